import Statistics
import Testing

@Suite struct WeightedScoreTests {
  struct Outcome {
    var score: [Double?]
    var contributions: [[Double]]
  }

  func weigh(_ composite: WeightedScore, _ parts: [[Double?]]) -> Outcome {
    let columns = parts.map { TestColumn($0) }
    let rows = parts[0].count
    var validity = [UInt64](repeating: 0xABCD, count: (rows + 63) >> 6)
    let buffers = parts.map { _ in UnsafeMutableBufferPointer<Double>.allocate(capacity: rows) }
    defer { for buffer in buffers { buffer.deallocate() } }
    let score = written(rows) { output in
      validity.withUnsafeMutableBufferPointer {
        composite.apply(columns.map { $0.view }, into: output, validity: $0, contributions: buffers)
      }
    }
    var bare = validity
    let withoutContributions = written(rows) { output in
      bare.withUnsafeMutableBufferPointer { composite.apply(columns.map { $0.view }, into: output, validity: $0) }
    }
    #expect(score == withoutContributions && bare == validity)
    if rows & 63 != 0 { #expect(validity[rows >> 6] >> UInt64(rows & 63) == 0) }
    let present = (0..<rows).map { validity[$0 >> 6] >> UInt64($0 & 63) & 1 == 1 }
    #expect((0..<rows).allSatisfy { present[$0] || score[$0] == 0 })
    return Outcome(score: (0..<rows).map { present[$0] ? score[$0] : nil }, contributions: buffers.map { Array($0) })
  }

  @Test func sumAndMean() throws {
    let parts: [[Double?]] = [[10, 20], [30, 50]]
    #expect(weigh(try WeightedScore(weights: [0.5, 0.25]), parts).score == [12.5, 22.5])
    #expect(weigh(try WeightedScore(weights: [1, 3], scale: .mean), parts).score == [25, 42.5])
    #expect(
      weigh(try WeightedScore(weights: [1, 3], scale: .mean), parts).contributions == [[2.5, 5], [22.5, 37.5]])
  }

  /// Northern Ireland Multiple Deprivation Measure 2017, annex D: weights 3/4 and 1/4 on
  /// opposite orders give the ranks 1, 2, 4, 5, 3.
  @Test func northernIrelandExample() throws {
    let scores = [100, 35.8568, 20.6327, 11.5515, 5.0580]
    let combined = weigh(try WeightedScore(weights: [0.75, 0.25]), [scores, scores.reversed()]).score.compactMap { $0 }
    #expect(Rank.ranks(of: combined, direction: .descending) == [1, 2, 4, 5, 3])
  }

  @Test func missingParts() throws {
    let parts: [[Double?]] = [[10, nil, 10, nil, 10], [20, 20, nil, nil, 20], [40, 40, 40, nil, nil]]
    let weights = [0.5, 0.25, 0.25]
    #expect(weigh(try WeightedScore(weights: weights), parts).score == [20, nil, nil, nil, nil])
    let rescaled = MissingPartRule.rescale(minimumCount: 1, minimumShare: 0)
    let scores = weigh(try WeightedScore(weights: weights, missing: rescaled), parts).score
    #expect(Array(scores.dropLast()) == [20, 30, 20, nil])
    #expect(close(scores[4], 40.0 / 3))
    let half = MissingPartRule.rescale(minimumCount: 2, minimumShare: 0.75)
    let enough = weigh(try WeightedScore(weights: weights, scale: .mean, missing: half), parts).score.map { $0 != nil }
    #expect(enough == [true, false, true, false, true])
    let omit = MissingPartRule.omit(minimumCount: 1, minimumShare: 0)
    #expect(weigh(try WeightedScore(weights: weights, missing: omit), parts).score == [20, 15, 15, nil, 10])
    let omitted = weigh(try WeightedScore(weights: weights, missing: omit), parts).contributions
    #expect(omitted == [[5, 0, 5, 0, 5], [5, 5, 0, 0, 5], [10, 10, 10, 0, 0]])
  }

  /// England's weights sum to .999; a score of 100 everywhere is then 99.9, and stays so when a part is rescaled away.
  @Test func weightsThatDoNotSumToOneKeepTheirSum() throws {
    let weights = [0.225, 0.225, 0.135, 0.135, 0.093, 0.093, 0.093]
    let all = try WeightedScore(weights: weights, missing: .rescale(minimumCount: 1, minimumShare: 0))
    let parts: [[Double?]] = weights.indices.map { [100, $0 == 2 ? nil : 100] }
    let score = weigh(all, parts).score
    #expect(close(score[0], 99.9) && close(score[1], 99.9))
  }

  @Test func weightZeroHasNoEffect() throws {
    let two = try WeightedScore(weights: [0.3, 0.7])
    let three = try WeightedScore(weights: [0.3, 0, 0.7])
    let parts: [[Double?]] = [[1, 2, nil], [5, 6, 7]]
    #expect(weigh(two, parts).score == weigh(three, [parts[0], [9, nil, 9], parts[1]]).score)
    let mean = try WeightedScore(weights: [1, 0], scale: .mean, missing: .rescale(minimumCount: 1, minimumShare: 0))
    #expect(weigh(mean, [[nil], [3]]).score == [nil])
  }

  @Test func shareIsNotLostToRounding() throws {
    let weights = [Double](repeating: 0.1, count: 10)
    let rule = MissingPartRule.rescale(minimumCount: 0, minimumShare: 0.3)
    let parts: [[Double?]] = (0..<10).map { [$0 < 3 ? 1 : nil, $0 < 2 ? 1 : nil] }
    let score = weigh(try WeightedScore(weights: weights, scale: .mean, missing: rule), parts).score
    #expect(close(score[0], 1) && score[1] == nil)
  }

  @Test func contributionsSumToTheScore() throws {
    var generator = SeededGenerator(31)
    let weights = (0..<9).map { _ in Double.random(in: 0.01..<1, using: &generator) }
    let parts: [[Double?]] = weights.map { _ in
      (0..<300).map { row -> Double? in
        let absent = row >= 128 && Int.random(in: 0..<8, using: &generator) == 0
        return absent ? nil : Double.random(in: 0..<100, using: &generator)
      }
    }
    for scale in WeightScale.allCases {
      let rule = MissingPartRule.rescale(minimumCount: 6, minimumShare: 0.5)
      let outcome = weigh(try WeightedScore(weights: weights, scale: scale, missing: rule), parts)
      for row in 0..<300 {
        #expect(outcome.contributions.reduce(0) { $0 + $1[row] } == outcome.score[row] ?? 0)
      }
      #expect(outcome.score.contains { $0 == nil })
    }
  }

  @Test func badWeightsAreRefused() {
    #expect(throws: WeightProblem.invalid(part: 1, weight: -1)) { try WeightedScore(weights: [1, -1]) }
    #expect(throws: WeightProblem.invalid(part: 0, weight: .infinity)) { try WeightedScore(weights: [.infinity]) }
    #expect(throws: WeightProblem.nothingToWeigh) { try WeightedScore(weights: [0, 0]) }
    #expect(throws: WeightProblem.nothingToWeigh) { try WeightedScore(weights: []) }
    let text = "\(WeightProblem.invalid(part: 1, weight: -1))"
    #expect(text == "weight 2 is -1.0; a weight is a finite number of 0 or more")
  }
}

@Suite struct AllocationTests {
  func split(_ total: Double, _ amounts: [Double], _ fallback: [Double]) -> [Double] {
    written(amounts.count) { shares in
      amounts.withUnsafeBufferPointer { amounts in
        fallback.withUnsafeBufferPointer {
          Allocation.split(total, inProportionTo: amounts, fallback: $0, into: shares)
        }
      }
    }
  }

  @Test func byHand() {
    #expect(split(12, [1, 2, 3], [1, 1, 1]) == [2, 4, 6])
    #expect(split(12, [1, 0, 3, 0], [1, 1, 1, 1]) == [3, 0, 9, 0])
    #expect(split(12, [0, 0, 0], [1, 0, 3]) == [3, 0, 9])
    #expect(split(12, [0, 0, 0], [0, 0, 0]) == [4, 4, 4])
    #expect(split(0, [1, 2], [1, 1]) == [0, 0])
    #expect(split(5, [7], [1]) == [5])
    #expect(split(5, [], []) == [])
  }

  @Test func sharesAddUpToTheLastBit() {
    var generator = SeededGenerator(41)
    for _ in 0..<20_000 {
      let amounts = (0..<Int.random(in: 1...9, using: &generator)).map { _ in
        Int.random(in: 0..<6, using: &generator) == 0 ? 0 : Double.random(in: 0..<1, using: &generator)
      }
      let total = Double.random(in: -20..<100, using: &generator)
      let shares = split(total, amounts, amounts.map { _ in 1 })
      #expect(shares.reduce(0, +) == total)
      let sum = amounts.reduce(0, +)
      guard sum > 0 else { continue }
      for (share, amount) in zip(shares, amounts) {
        #expect(abs(share - total * amount / sum) <= 1e-14 * abs(total))
      }
    }
  }

  @Test func splitsColumns() {
    let total = TestColumn([12, nil, 6, 8])
    let parts = [TestColumn([1, 1, nil, 0]), TestColumn([1, 1, 5, 0])]
    let shares = parts.map { _ in UnsafeMutableBufferPointer<Double>.allocate(capacity: 4) }
    defer { for share in shares { share.deallocate() } }
    Allocation.split(total.view, over: parts.map { $0.view }, weights: [1, 3], into: shares)
    #expect(shares.map { Array($0) } == [[3, 0, 0, 2], [9, 0, 6, 6]])
  }
}
