import Statistics
import Testing

@Suite struct NormalisationTests {
  private func scaled(
    _ method: NormalisationMethod, _ values: [Double], turns: Bool = false, learning base: [Double]? = nil
  ) -> [Double]? {
    let workspace = RankWorkspace()
    let scale = (base ?? values).withUnsafeBufferPointer {
      NormalisationScale(method, turns: turns, learning: $0, workspace: workspace)
    }
    guard let scale else { return nil }
    var result = values
    result.withUnsafeMutableBufferPointer { scale.apply($0, isBase: base == nil, workspace: workspace) }
    return result
  }

  @Test func scalesOfValues() {
    let values = [10.0, 15, 30]
    #expect(scaled(.minMax(low: 1, high: 101), values) == [1, 26, 101])
    #expect(scaled(.minMax(low: 0, high: 100), values, turns: true) == [100, 75, 0])
    #expect(scaled(.zScore(mean: 100, deviation: 10, divisor: .sample), [1, 2, 3]) == [90, 100, 110])
    #expect(scaled(.zScore(mean: 0, deviation: 1, divisor: .population), [2, 4, 4, 4, 5, 5, 7, 9])?.first == -1.5)
    #expect(scaled(.scaled(low: 0, high: 50, factor: 100), values) == [20, 30, 60])
    #expect(scaled(.scaled(low: 0, high: 50, factor: 100), values, turns: true) == [80, 70, 40])
    #expect(scaled(.distanceToMaximum, values) == [0, 0.25, 1])
    #expect(scaled(.distanceToReference(20, caps: false), values) == [0, 0.5, 2])
    #expect(scaled(.distanceToTarget(20, caps: true), values) == [0, 0.5, 1])
    // (max - x)/(max - target) when low is good.
    #expect(scaled(.distanceToTarget(20, caps: false), values, turns: true) == [2, 1.5, 0])
    #expect(scaled(.fractionOfMaximum, values) == [1.0 / 3, 0.5, 1])
    #expect(scaled(.fractionOfMaximum, values, turns: true) == [1, 10.0 / 15, 1.0 / 3])
    #expect(scaled(.goalposts(low: 12, high: 22, factor: 10, truncates: true), values) == [0, 3, 10])
    #expect(scaled(.goalposts(low: 12, high: 22, factor: 10, truncates: false), values) == [-2, 3, 18])
    #expect(scaled(.goalposts(low: 12, high: 22, factor: 10, truncates: true), values, turns: true) == [10, 7, 0])
    // Goalposts 20 -+ 10: 100 at the reference, 70 and 130 ten below and above it.
    #expect(scaled(.adjusted(reference: 20), values) == [70, 85, 130])
    #expect(scaled(.adjusted(reference: 20), values, turns: true) == [130, 115, 70])
    #expect(scaled(.adjusted(reference: nil), [10, 20, 30]) == [70, 100, 130])
  }

  @Test func classes() {
    let scores = [1.0, 2, 3]
    #expect(scaled(.categorical(bounds: [10, 20], scores: scores), [5, 10, 11, 20, 99]) == [1, 1, 2, 2, 3])
    #expect(
      scaled(.categorical(bounds: [10, 20], scores: scores), [5, 10, 11, 20, 99], turns: true) == [3, 3, 2, 2, 1])
    #expect(scaled(.quantileClasses(probabilities: [0.25, 0.5], scores: scores), [1, 2, 3, 4, 5]) == [1, 1, 2, 3, 3])
  }

  @Test func ranks() {
    let values = [7.0, 5, 5, 3]
    #expect(scaled(.rank(.average), values) == [4, 2.5, 2.5, 1])
    #expect(scaled(.rank(.dense), values, turns: true) == [1, 2, 2, 3])
    #expect(scaled(.borda(.minimum), values) == [3, 1, 1, 0])
    #expect(scaled(.percentileRank(.minimum), values) == [1, 1.0 / 3, 1.0 / 3, 0])
    #expect(scaled(.percentileRank(.maximum), values) == [1, 2.0 / 3, 2.0 / 3, 0])
    let normal = scaled(.normalScore(.vanDerWaerden, .average), [1, 2, 3])
    #expect(normal?[1] == 0 && close(normal?[2], 0.6744897501960817) && normal?[0] == normal.map { -$0[2] })
  }

  @Test(arguments: [false, true]) func whatHasNoScale(turns: Bool) {
    for method in [
      NormalisationMethod.minMax(low: 0, high: 1), .zScore(mean: 0, deviation: 1, divisor: .sample), .distanceToMaximum,
      .distanceToTarget(3, caps: true), .adjusted(reference: 3),
    ] {
      #expect(scaled(method, [3, 3], turns: turns) == nil && scaled(method, [], turns: turns) == nil, "\(method)")
    }
    #expect(scaled(.percentileRank(.average), [3], turns: turns) == nil)
    #expect(scaled(.rank(.average), [3], turns: turns) == [1])
    #expect(scaled(.fractionOfMaximum, [0, 3], turns: turns) == nil)
    #expect(scaled(.minMax(low: 0, high: 1), [-1.7e308, 1.7e308], turns: turns) == nil)
  }

  /// A set placed in itself has its own ranks; what lies below or above all has the ends.
  @Test(arguments: [TieRule.average, .minimum, .maximum]) func placingInABase(ties: TieRule) {
    var generator = SeededGenerator(4)
    let base = (0..<300).map { _ in Double(Int.random(in: 0..<80, using: &generator)) }
    for method in [NormalisationMethod.rank(ties), .borda(ties), .percentileRank(ties), .normalScore(.rankit, ties)] {
      #expect(scaled(method, base) == scaled(method, base, learning: base))
    }
    #expect(scaled(.rank(ties), [-5, 500], learning: base) == [1, 300])
    #expect(scaled(.percentileRank(ties), [-5, 500], learning: base) == [0, 1])
    #expect(scaled(.rank(ties), [2.5], learning: [1, 2, 3, 4]) == [3])
    #expect(scaled(.minMax(low: 0, high: 100), [0, 20, 5], learning: [0, 10]) == [0, 200, 50])
    #expect(scaled(.zScore(mean: 0, deviation: 1, divisor: .sample), [5], learning: [1, 2, 3]) == [3])
  }

  /// Learning and placing at once gives what learning and then applying gives.
  @Test(arguments: [UInt64(5), 6], [false, true]) func placingAtOnce(seed: UInt64, turns: Bool) {
    var generator = SeededGenerator(seed)
    let values = (0..<90).map { _ in Double(Int.random(in: 1..<50, using: &generator)) }
    for method in [
      NormalisationMethod.minMax(low: 1, high: 100), .zScore(mean: 0, deviation: 1, divisor: .sample), .rank(.dense),
      .rank(.average), .borda(.maximum), .percentileRank(.minimum), .normalScore(.blom, .average), .distanceToMaximum,
      .categorical(bounds: [10, 20], scores: [1, 2, 3]),
    ] {
      var list = values
      let isPlaced = list.withUnsafeMutableBufferPointer {
        NormalisationScale.place($0, method, turns: turns, workspace: RankWorkspace())
      }
      #expect(isPlaced && list == scaled(method, values, turns: turns), "\(method)")
    }
  }

  /// Scaling or shifting an indicator by exact amounts changes no scale; permuting areas permutes it.
  @Test(arguments: [UInt64(1), 2, 3]) func scalingAndPermuting(seed: UInt64) {
    var generator = SeededGenerator(seed)
    let values = (0..<150).map { _ in Double(Int.random(in: 1..<1000, using: &generator)) }
    let order = values.indices.shuffled(using: &generator)
    for method in [
      NormalisationMethod.minMax(low: 0, high: 100), .rank(.average), .percentileRank(.minimum), .distanceToMaximum,
      .normalScore(.blom, .average), .fractionOfMaximum,
    ] {
      for turns in [false, true] {
        let own = scaled(method, values, turns: turns)
        #expect(scaled(method, values.map { $0 * 64 }, turns: turns) == own)
        #expect(scaled(method, order.map { values[$0] }, turns: turns) == own.map { own in order.map { own[$0] } })
      }
    }
  }
}
