import Tabular
import Testing

@testable import Transforms

/// What must hold for every index, on drawn tables. A failure names its seed; the seeds are fixed, so that it can be replayed.
@Suite struct ConstructionProperties {
  static let seeds: [UInt64] = [1, 2, 3, 4, 5, 6]
  static let names = ["a", "b", "c", "d", "e"]
  static let tree: SpecLiteral = ["p": ["a", "b"], "q": ["c", "d", "e"], "index": ["p", "q"]]

  struct Draws {
    var state: UInt64

    /// From 0 up to 1 (SplitMix64).
    mutating func next() -> Double {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
    }
  }

  /// Five indicators of some areas: one with a long tail, one with ties, gaps in all but the first.
  static func indicators(_ seed: UInt64) -> [[Double?]] {
    var draws = Draws(state: seed)
    let count = 60 + Int(draws.next() * 60)
    return names.indices.map { number in
      (0..<count).map { _ in
        let value = draws.next() + draws.next() + draws.next()
        if number > 0, draws.next() < 0.05 { return nil }
        switch number {
        case 3: return value > 2.6 ? 40 * value * value : value
        case 4: return (value * 4).rounded()
        default: return value * 10 - 7
        }
      }
    }
  }

  static func table(_ columns: [[Double?]]) throws -> Table {
    let made = zip(names, columns).map { TestColumn.double($0, $1, .suppressed) }
    return try Table(schema: Schema(made.map(\.field)), columns: made.map(\.column))
  }

  /// Treatment, a scale, aggregates, ranks.
  static func index(_ columns: [[Double?]], scale: String = "min_max", _ combine: [(String, SpecLiteral)] = []) throws
    -> Table
  {
    let all = SpecLiteral.list(names.map { .text($0) })
    let treated = try run(Treat.self, ["columns": all], table(columns))
    let directions = SpecLiteral.map(
      names.map { ($0, .text($0 == "b" ? "higher_is_better" : "higher_is_worse")) })
    let scaled = try run(
      Normalise.self, ["columns": directions, "method": .text(scale), "range": [1, 100], "prefix": ""], treated)
    let whole = try run(
      Combine.self,
      .map([("tree", tree), ("missing", ["minimum_share": 0.5])] + combine), scaled)
    return try run(Rank.self, ["column": "index", "into": "rank"], whole)
  }

  static func isNear(_ one: [Double?], _ other: [Double?]) -> Bool {
    zip(one, other).allSatisfy { a, b in
      guard let a, let b else { return a == nil && b == nil }
      return abs(a - b) <= 1e-9 * max(1, abs(a))
    } && one.count == other.count
  }

  @Test(arguments: seeds, ["min_max", "z_score", "percentile_rank", "normal_score"])
  func permutingAreasPermutesTheIndex(seed: UInt64, scale: String) throws {
    let columns = Self.indicators(seed)
    var draws = Draws(state: seed &+ 1000)
    let order = columns[0].indices.map { (draws.next(), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    let own = try Self.index(columns, scale: scale)
    let other = try Self.index(columns.map { column in order.map { column[$0] } }, scale: scale)
    for name in ["p", "q", "index"] {
      let expected = try numbers(own, name)
      #expect(try Self.isNear(numbers(other, name), order.map { expected[$0] }), "seed \(seed), \(name)")
    }
  }

  @Test(arguments: seeds, ["min_max", "z_score", "percentile_rank", "normal_score"])
  func theUnitOfAnIndicatorDoesNotMatter(seed: UInt64, scale: String) throws {
    let columns = Self.indicators(seed)
    let own = try Self.index(columns, scale: scale)
    for place in Self.names.indices {
      var other = columns
      other[place] = other[place].map { $0.map { $0 * 1024 } }
      #expect(
        try Self.isNear(numbers(Self.index(other, scale: scale), "index"), numbers(own, "index")),
        "seed \(seed), \(Self.names[place])")
    }
  }

  @Test(
    arguments: seeds,
    [
      "arithmetic", "geometric", "harmonic", "copeland", "mazziotta_pareto", "adjusted_mazziotta_pareto",
      "benefit_of_doubt", "exponential",
    ])
  func weightZeroIsLeftOut(seed: UInt64, method: String) throws {
    let input = try Self.table(Self.indicators(seed).map { $0.map { $0.map { 8 + $0 } } })
    func index(_ tree: SpecLiteral) throws -> [Double?] {
      let level: SpecLiteral = ["method": .text(method), "missing": ["minimum_share": 0.5]]
      return try numbers(run(Combine.self, ["tree": tree, "levels": [level]], input), "index")
    }
    let with = try index(["index": ["a": 1, "b": 2, "c": 1, "d": 0, "e": 0]])
    #expect(try Self.isNear(with, index(["index": ["a": 1, "b": 2, "c": 1]])), "seed \(seed)")
    #expect(with.contains { $0 != nil }, "seed \(seed)")
  }

  @Test(arguments: seeds) func weightsKnowNoUnitAndNoOrder(seed: UInt64) throws {
    // Indicators of one factor, so that every method has a result.
    var draws = Draws(state: seed)
    let factor = (0..<120).map { _ in draws.next() + draws.next() + draws.next() }
    let related: [[Double?]] = Self.names.indices.map { _ in
      factor.map { common in
        let own = draws.next() + draws.next()
        return draws.next() < 0.02 ? nil : common + own
      }
    }
    for method in ["principal_component", "squared_loadings", "one_factor", "critic"] {
      func weights(_ columns: [[Double?]]) throws -> [Double?] {
        let tree: SpecLiteral = ["index": .list(Self.names.map { .text($0) })]
        return try numbers(run(Weigh.self, ["tree": tree, "method": .text(method)], Self.table(columns)), "weight")
      }
      let own = try weights(related)
      #expect(abs(own.dropLast().reduce(0) { $0 + ($1 ?? 0) } - 1) < 1e-9, "seed \(seed), \(method)")
      #expect(try Self.isNear(weights(related.map { $0.reversed() }), own), "seed \(seed), \(method)")
      let scaled = related.enumerated().map { place, column in column.map { $0.map { $0 * Double(1 << place) } } }
      #expect(try Self.isNear(weights(scaled), own), "seed \(seed), \(method)")
    }
  }

  @Test(arguments: seeds) func imputingChangesNothingThatIsThere(seed: UInt64) throws {
    let columns = Self.indicators(seed)
    for method in ["mean", "median", "regression"] {
      let all = SpecLiteral.list(Self.names.map { .text($0) })
      let filled = try run(Impute.self, ["columns": all, "method": .text(method)], Self.table(columns))
      for (name, column) in zip(Self.names, columns) {
        let (own, marks) = try (numbers(filled, name), cells(filled, name + "_imputed"))
        for row in column.indices {
          #expect(column[row] == nil || column[row] == own[row], "seed \(seed), \(method), \(name), row \(row)")
          #expect((marks[row] == "true") == (column[row] == nil && own[row] != nil), "seed \(seed)")
        }
      }
    }
  }

  // MARK: - Ends

  @Test func oneArea() throws {
    let one = [[3], [4], [5], [6], [7]] as [[Double?]]
    #expect(try cells(Self.index(one), "index") == ["(undefined)"])
    #expect(try cells(Self.index(one, scale: "rank"), "index") == ["1"])
    #expect(try cells(Self.index(one, scale: "rank"), "rank") == ["1"])
  }

  @Test func allEqual() throws {
    let equal = Self.names.map { _ in [Double?](repeating: 2.5, count: 6) }
    #expect(try Set(cells(Self.index(equal), "index")) == ["(undefined)"])
    #expect(try Set(cells(Self.index(equal, scale: "rank"), "index")) == ["3.5"])
    #expect(try Set(cells(Self.index(equal, scale: "rank"), "rank")) == ["1"])
  }

  @Test func allMissing() throws {
    let none = Self.names.map { _ in [Double?](repeating: nil, count: 4) }
    for name in ["p", "q", "index", "rank"] { #expect(try Set(cells(Self.index(none), name)) == ["(suppressed)"]) }
    #expect(try Self.index(Self.names.map { _ in [] }).rowCount == 0)
  }

  @Test(arguments: seeds) func oneDomainIsTheIndex(seed: UInt64) throws {
    let input = try Self.table(Self.indicators(seed))
    let output = try run(
      Combine.self, ["tree": ["p": ["a", "b", "c"], "index": ["p"]], "missing": ["minimum_count": 1]], input)
    #expect(try numbers(output, "index") == numbers(output, "p"), "seed \(seed)")
  }
}
