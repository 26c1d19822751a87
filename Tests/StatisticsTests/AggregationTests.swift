import Statistics
import Testing

@Suite struct AggregationTests {
  /// The whole of each row; nil where there is none.
  private func whole(
    _ columns: [[Double?]], _ method: AggregationMethod, weights: [Double]? = nil,
    missing: MissingPartRule = .rescale(minimumCount: 1, minimumShare: 0)
  ) throws -> [Double?] {
    let matrix = ValueMatrix(columns)
    let aggregator = try Aggregator(
      weights: weights ?? [Double](repeating: 1, count: columns.count), method: method, missing: missing)
    let result = ValueMatrix(rows: matrix.rowCount, columns: 1)
    aggregator.apply(matrix.views, into: result.values(0), validity: result.words(0))
    return result.cells(0)
  }

  @Test func means() throws {
    let columns: [[Double?]] = [[1, 4, nil, 9], [4, 4, 9, nil], [16, 4, 9, nil]]
    #expect(try whole(columns, .arithmetic) == [7, 4, 9, 9])
    #expect(try zip(whole(columns, .geometric), [4, 4, 9, 9]).allSatisfy { close($0, $1) })
    #expect(try zip(whole(columns, .harmonic), [3 / 1.3125, 4, 9, 9]).allSatisfy { close($0, $1) })
    #expect(try zip(whole(columns, .power(2)), [Double(91).squareRoot(), 4, 9, 9]).allSatisfy { close($0, $1) })
    #expect(try whole(columns, .power(0)) == whole(columns, .geometric))
    #expect(try close(whole(columns, .geometric, weights: [2, 1, 1])[0], Double(64).squareRoot().squareRoot()))
    #expect(try close(whole(columns, .power(-1))[0], whole(columns, .harmonic)[0] ?? .nan))
    // A power mean rises with its power.
    let rising = try [-3.0, -1, 0, 1, 2, 5].map { try whole(columns, .power($0))[0] ?? .nan }
    #expect(rising == rising.sorted() && Set(rising).count == 6)
  }

  /// Weighted means by SciPy's gmean, hmean and pmean, and Mazziotta and Pareto's index by NumPy.
  @Test func meansAgreeWithSciPy() throws {
    let reference = try ConstructionReference()
    let columns = reference.columns[0..<6]
    let first = columns.map { Array($0[0..<12]) }
    let weights = [1, 2, 3, 1, 2, 1.5]
    for (name, method) in [
      ("mean_geometric", AggregationMethod.geometric), ("mean_harmonic", .harmonic), ("mean_power_half", .power(0.5)),
      ("mean_power_3", .power(3)),
    ] {
      let own = try whole(first, method, weights: weights).compactMap { $0 }
      #expect(try agree(own, reference(name), relative: 1e-13), "\(name)")
    }
    let standard = try columns.map { column in
      var list = column.compactMap { $0 }
      let isPlaced = list.withUnsafeMutableBufferPointer {
        NormalisationScale.place(
          $0, .zScore(mean: 100, deviation: 10, divisor: .sample), turns: false, workspace: RankWorkspace())
      }
      try #require(isPlaced)
      return list[0..<12].map { $0 as Double? }
    }
    let own = try whole(standard, .mazziottaPareto(.minus, .sample)).compactMap { $0 }
    #expect(try agree(own, reference("mazziotta_pareto"), relative: 1e-13))
  }

  @Test func meansOfPartsThatAreNotPositive() throws {
    let columns: [[Double?]] = [[0, -1, 2], [4, 4, 2]]
    for method in [AggregationMethod.geometric, .harmonic, .power(0.5)] {
      #expect(try whole(columns, method).prefix(2) == [nil, nil], "\(method)")
      // A part of weight 0 does not count.
      #expect(try zip(whole(columns, method, weights: [0, 1]), [4, 4, 2]).allSatisfy { close($0, $1) }, "\(method)")
    }
    #expect(try whole(columns, .arithmetic) == [2, 1.5, 2])
  }

  @Test(arguments: [
    AggregationMethod.arithmetic, .geometric, .harmonic, .power(2), .ordered(.quantifier(2)), .copeland,
    .benefitOfDoubt,
    .mazziottaPareto(.minus, .population),
  ]) func missingParts(method: AggregationMethod) throws {
    let columns: [[Double?]] = [[1, 2, nil, nil, 3], [2, nil, nil, 4, 3], [3, 4, nil, nil, 3]]
    let all = try whole(columns, method, missing: .requireAll)
    #expect(all.map { $0 != nil } == [true, false, false, false, true])
    let two = try whole(columns, method, missing: .rescale(minimumCount: 2, minimumShare: 0))
    let isComplete = method == .benefitOfDoubt
    #expect(two.map { $0 != nil } == [true, !isComplete, false, false, true])
    let share = try whole(
      columns, method, weights: [1, 1, 1], missing: .rescale(minimumCount: 1, minimumShare: 1.0 / 3))
    #expect(share.map { $0 != nil } == [true, !isComplete, false, !isComplete, true])
  }

  @Test func copelandCounts() throws {
    // A beats B on 2 of 3, A beats C on 3, B and C tie on one and win one each.
    let columns: [[Double?]] = [[3, 2, 1], [3, 2, 2], [1, 2, 3].map { 4 - $0 }]
    #expect(try whole(columns, .copeland) == [2, 0, -2])
    #expect(try whole([[1, 2, 3], [3, 2, 1]], .copeland) == [0, 0, 0])
    #expect(try whole([[1, 2, 3], [3, 2, 1]], .copeland, weights: [2, 1]) == [-2, 0, 2])
    #expect(try whole([[5]], .copeland) == [0])
    // Ten weights of .1 against each other sum to a half only without rounding.
    let tenths = [Double](repeating: 0.1, count: 10)
    let split: [[Double?]] = (0..<10).map { $0 < 5 ? [1, 2] : [2, 1] }
    #expect(try whole(split, .copeland, weights: tenths) == [0, 0])
    #expect(try whole(split, .copeland, weights: [0.1, 0.2, 0.1, 0.1, 0.1, 0.2, 0.1, 0.1, 0.1, 0.1]) == [0, 0])
    // Scores sum to 0, whatever the parts.
    var generator = SeededGenerator(3)
    let many = (0..<7).map { _ in
      (0..<200).map { _ in Bool.random(using: &generator) ? Double(Int.random(in: 0..<9, using: &generator)) : nil }
    }
    #expect(try whole(many, .copeland).reduce(0) { $0 + ($1 ?? 0) } == 0)
  }

  /// Means and standard deviations by hand: parts 90, 100, 110 have mean 100, S 10 (n - 1) and cv .1.
  @Test func mazziottaPareto() throws {
    let columns: [[Double?]] = [[90, 100, 100], [100, 100, nil], [110, 100, nil]]
    #expect(try whole(columns, .mazziottaPareto(.minus, .sample)) == [99, 100, nil])
    #expect(try whole(columns, .mazziottaPareto(.plus, .sample)) == [101, 100, nil])
    let adjusted = try whole(columns, .mazziottaPareto(.minus, .population))
    #expect(close(adjusted[0], 100 - 2.0 / 3, relative: 1e-14) && adjusted[1] == 100 && adjusted[2] == 100)
  }

  @Test func orderedWeights() throws {
    let columns: [[Double?]] = [[1, 5], [3, nil], [2, 7]]
    #expect(try whole(columns, .ordered(.highest(1))) == [3, 7])
    #expect(try whole(columns, .ordered(.lowest(2))) == [1.5, 6])
    #expect(try close(whole(columns, .ordered(.lowest(3)))[0], 2) && whole(columns, .ordered(.lowest(3)))[1] == nil)
    #expect(try whole(columns, .ordered(.places([3, 1, 0]))) == [2.75, nil])
    #expect(try zip(whole(columns, .ordered(.quantifier(1))), [2, 6]).allSatisfy { close($0, $1, relative: 1e-14) })
    #expect(OrderedWeights.quantifier(2).weights(2) == [0.25, 0.75])
    #expect(OrderedWeights.quantifier(0).weights(2) == nil && OrderedWeights.highest(0).weights(2) == nil)
  }

  @Test func benefitOfDoubtAgreesWithHiGHS() throws {
    let reference = try ConstructionReference()
    let own = try whole(Array(reference.columns[0..<4]), .benefitOfDoubt)
    #expect(try agree(own.compactMap { $0 }, reference("bod"), absolute: 1e-9))
    // Scale does not matter, nor an area that another one covers.
    let scaled = reference.columns[0..<4].enumerated().map { c, column in
      column.map { $0.map { $0 * [1, 1000, 1e-6, 3][c] } }
    }
    #expect(agree(try whole(scaled, .benefitOfDoubt).compactMap { $0 }, own.compactMap { $0 }, absolute: 1e-9))
  }

  @Test func benefitOfDoubtAtTheEdges() throws {
    #expect(try whole([[2, 4], [0, 0]], .benefitOfDoubt) == [0.5, 1])
    #expect(try whole([[0, 0]], .benefitOfDoubt) == [0, 0])
    #expect(try whole([[-1, 1], [1, 1]], .benefitOfDoubt) == [nil, 1])
    #expect(try whole([[3, 3], [3, 3]], .benefitOfDoubt) == [1, 1])
    #expect(try whole([[1, 0, 0.5], [0, 1, 0.5]], .benefitOfDoubt) == [1, 1, 1])
    #expect(LinearProgram.maximise([1], rows: [[0]]) == nil)
    #expect(close(LinearProgram.maximise([1, 1], rows: [[1, 2], [3, 1]]), 0.6, relative: 1e-15))
    #expect(LinearProgram.maximise([-1, 0], rows: [[1, 1]]) == 0)
  }

  @Test func refusedWeights() {
    #expect(throws: WeightProblem.invalid(part: 1, weight: -1)) { try Aggregator(weights: [1, -1], method: .copeland) }
    #expect(throws: WeightProblem.nothingToWeigh) { try Aggregator(weights: [0], method: .geometric) }
  }

  static let methods: [AggregationMethod] = [
    .arithmetic, .geometric, .harmonic, .power(3), .copeland, .mazziottaPareto(.plus, .sample), .ordered(.highest(2)),
    .benefitOfDoubt,
  ]

  /// Permuting areas permutes results; a part of weight 0 changes nothing.
  @Test(arguments: methods, [UInt64(1), 2, 3]) func properties(method: AggregationMethod, seed: UInt64) throws {
    var generator = SeededGenerator(seed)
    let columns: [[Double?]] = (0..<5).map { _ in
      (0..<90).map { _ in
        Int.random(in: 0..<12, using: &generator) == 0 ? nil : Double.random(in: 1..<100, using: &generator)
      }
    }
    let weights = (0..<5).map { _ in Double.random(in: 0.5..<2, using: &generator) }
    let own = try whole(columns, method, weights: weights)
    let order = (0..<90).shuffled(using: &generator)
    let shuffled = try whole(columns.map { column in order.map { column[$0] } }, method, weights: weights)
    for (place, row) in order.enumerated() {
      #expect(shuffled[place] == own[row] || close(shuffled[place], own[row] ?? .nan, relative: 1e-12))
    }
    let more = (0..<90).map { _ in Double.random(in: -9..<9, using: &generator) }
    #expect(try whole(columns + [more], method, weights: weights + [0]) == own)
    #expect(try whole([[], []], method).isEmpty)
    let missing: [[Double?]] = [[nil, nil], [nil, nil]]
    #expect(try whole(missing, method) == [nil, nil])
  }
}
