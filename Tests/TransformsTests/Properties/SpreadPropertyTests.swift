import Statistics
import Tabular
import Testing

@testable import Transforms

/// Properties of measures over areas, for seeded areas: permuting, scaling, weight zero, and few or equal areas.
@Suite struct SpreadPropertyTests {
  static let seeds: [UInt64] = [1, 2, 3, 4, 5, 6]

  /// Areas with two parts of a score at two moments, classes, people and a district.
  private struct Areas {
    var rows: [Int]
    var lists: [String: [Double?]] = [:]

    static let parts = ["a", "b", "a_base", "b_base"]

    init(_ count: Int, seed: UInt64) {
      var random = CounterGenerator(seed: seed, stream: "spread")
      rows = Array(0..<count)
      for name in Self.parts + ["v"] { lists[name] = rows.map { _ in random.uniform(1, 40) } }
      for name in ["c", "c_base"] { lists[name] = rows.map { _ in Double(1 + random.index(below: 5)) } }
      lists["people"] = rows.map { _ in random.uniform(10, 900).rounded() }
      lists["poor"] = lists["people"]?.map { people in
        people.map { ($0 * random.uniform(0.05, 0.5)).rounded() }
      }
    }

    mutating func set(_ name: String, _ change: (Double?) -> Double?) { lists[name] = lists[name]?.map(change) }

    func table() throws -> Table {
      var columns: [TestColumn] = [
        .text("code", rows.map { "BU0141\(1000 + $0)" }), .text("w", rows.map { "W\($0 % 4)" }),
      ]
      for name in Self.parts + ["v", "people", "poor"] {
        columns.append(.double(name, rows.map { lists[name]?[$0] ?? nil }))
      }
      for name in ["c", "c_base"] {
        columns.append(.int(name, rows.map { (lists[name]?[$0] ?? nil).map { Int64($0) } }))
      }
      return try Table(schema: Schema(columns.map(\.field)), columns: columns.map(\.column))
    }
  }

  /// A transform with the figures that this suite looks at; those that resample areas in their order are left out.
  private static let measures: [(name: String, figures: [String], make: @Sendable (Table) throws -> Table)] = [
    (
      "inequality", ["v_gini", "v_theil_t", "v_theil_l", "v_atkinson_half", "v_p90_p10", "v_theil_l_within"],
      { try run(InequalityTransform.self, ["column": "v", "weight": "people", "groups": "w"], $0) }
    ),
    (
      "converge", ["beta", "beta_theil_sen", "spearman", "sigma_ratio", "p90_p10_end"],
      { try run(Converge.self, ["start": "a_base", "end": "a", "draws": 0], $0) }
    ),
    (
      "transition", ["areas", "stayed", "rose", "fell", "shorrocks", "moved_1_2"],
      { try run(Transition.self, ["before": "c_base", "after": "c"], $0) }
    ),
    (
      "decompose", ["a_spread_start_pct", "b_spread_end_pct"],
      { try run(Decompose.self, ["parts": ["a", "b"], "weight": "people"], $0) }
    ),
    (
      "autocorrelate", ["areas", "moran", "moran_expected"],
      { try run(Autocorrelate.self, ["column": "v", "neighbourhood": "w", "draws": 9], $0) }
    ),
    (
      "summarise_areas", ["average_rank_weighted", "worst_20_pct_unweighted", "extent_pct_weighted"],
      {
        try run(
          SummariseAreas.self, ["area": "code", "score": "v", "population": "people", "levels": "gemeente"], $0)
      }
    ),
    (
      "cohere", ["pearson", "spearman", "kendall", "kendall_p"],
      { try run(Cohere.self, ["columns": ["a", "b", "v"]], $0) }
    ),
  ]

  private func figures(_ place: Int, _ areas: Areas) throws -> [Double?] {
    let output = try Self.measures[place].make(areas.table())
    return try Self.measures[place].figures.flatMap { try numbers(output, $0) }
  }

  private func expectNear(_ one: [Double?], _ other: [Double?], _ place: Int) {
    #expect(one.count == other.count && one.contains { $0 != nil })
    for (a, b) in zip(one, other) {
      #expect(
        a.flatMap { a in b.map { abs(a - $0) <= 1e-9 * max(1, abs(a)) } } ?? (a == nil && b == nil),
        "\(Self.measures[place].name): \(one), \(other)")
    }
  }

  @Test(arguments: seeds, 0..<measures.count) func permutingAreasChangesNothing(seed: UInt64, place: Int) throws {
    let areas = Areas(24, seed: seed)
    var other = areas
    var random = CounterGenerator(seed: seed, stream: "order")
    random.shuffle(&other.rows)
    #expect(other.rows != areas.rows)
    expectNear(try figures(place, areas), try figures(place, other), place)
  }

  /// Relative measures do not know the unit.
  @Test(arguments: seeds, 0..<measures.count) func scalingChangesNothing(seed: UInt64, place: Int) throws {
    let areas = Areas(24, seed: seed)
    var other = areas
    for name in Areas.parts + ["v"] { other.set(name) { $0.map { 60 * $0 } } }
    expectNear(try figures(place, areas), try figures(place, other), place)
  }

  /// An area of weight 0 is as good as absent, where there are weights.
  @Test(arguments: seeds) func anAreaWithoutPeopleHasNoWeight(seed: UInt64) throws {
    var areas = Areas(24, seed: seed)
    areas.lists["people"]?[5] = 0
    var other = areas
    other.rows.remove(at: 5)
    let spread: SpecLiteral = ["column": "v", "weight": "people"]
    for name in ["v_gini", "v_theil_t", "v_mean", "v_deviation"] {
      let (one, two) = try (
        numbers(run(InequalityTransform.self, spread, areas.table()), name),
        numbers(run(InequalityTransform.self, spread, other.table()), name)
      )
      expectNear(one, two, 0)
    }
    expectNear(try figures(3, areas), try figures(3, other), 3)
    let key: SpecLiteral = ["score": "v", "population": "people", "above": 5, "into": "k"]
    let (one, two) = try (run(Allocate.self, key, areas.table()), run(Allocate.self, key, other.table()))
    #expect(try numbers(one, "k_pct")[5] == 0)
    expectNear([try numbers(one, "k_concentration")[0]], [try numbers(two, "k_concentration")[0]], 0)
  }

  @Test(arguments: seeds) func ratesAreDrawnTheSameInAnyOrder(seed: UInt64) throws {
    let areas = Areas(24, seed: seed)
    var other = areas
    var random = CounterGenerator(seed: seed, stream: "order")
    random.shuffle(&other.rows)
    func drawn(_ areas: Areas) throws -> [String: Double] {
      let output = try run(
        Shrink.self, ["count": "poor", "of": "people", "within": ["w"], "into": "z"], areas.table())
      return Dictionary(
        uniqueKeysWithValues: try zip(cells(output, "code"), numbers(output, "z")).map { ($0, $1 ?? .nan) })
    }
    let (one, two) = try (drawn(areas), drawn(other))
    for (code, rate) in one { #expect(abs(rate - (two[code] ?? .nan)) < 1e-9) }
    // Every drawn rate lies between its own and the larger area's.
    let table = try run(
      Shrink.self, ["count": "poor", "of": "people", "within": ["w"], "into": "z"], areas.table())
    let (rates, larger) = try (numbers(table, "z"), numbers(table, "z_larger"))
    for row in areas.rows {
      let (poor, people) = (areas.lists["poor"]?[row] ?? nil, areas.lists["people"]?[row] ?? nil)
      let own = 100 * ((poor ?? .nan) + 0.5) / ((people ?? .nan) + 1)
      let (rate, wide) = (rates[row] ?? .nan, larger[row] ?? .nan)
      #expect(rate >= min(own, wide) - 1e-9 && rate <= max(own, wide) + 1e-9)
    }
  }

  /// Parts of a change sum to it, whatever the areas.
  @Test(arguments: seeds) func partsSumToTheChange(seed: UInt64) throws {
    let output = try run(Decompose.self, ["parts": ["a", "b"], "weight": "people"], Areas(24, seed: seed).table())
    func figure(_ name: String) throws -> Double { try #require(try numbers(output, name)[0]) }
    #expect(try abs(figure("a_change") + figure("b_change") - figure("change")) < 1e-9)
  }

  /// With one domain it makes up all of the level, the change and the spread.
  @Test(arguments: seeds) func onePartIsTheWhole(seed: UInt64) throws {
    let output = try run(Decompose.self, ["parts": ["a"], "weight": "people"], Areas(24, seed: seed).table())
    #expect(try numbers(output, "a_change") == numbers(output, "change"))
    #expect(try numbers(output, "a_level") == numbers(output, "level"))
    for name in ["a_spread_start_pct", "a_spread_end_pct"] {
      #expect(try abs((numbers(output, name)[0] ?? .nan) - 100) < 1e-9)
    }
  }

  @Test(arguments: 0..<measures.count) func oneAreaAllEqualAllMissing(place: Int) throws {
    // What a single area, equal areas and no areas have is known; the rest is missing, never made up.
    let one = try figures(place, Areas(1, seed: 1))
    var equal = Areas(6, seed: 1)
    for name in Areas.parts + ["v"] { equal.set(name) { _ in 7 } }
    for name in ["c", "c_base"] { equal.set(name) { _ in 2 } }
    let same = try figures(place, equal)
    var missing = Areas(3, seed: 1)
    for name in Areas.parts + ["v", "c", "c_base"] { missing.set(name) { _ in nil } }
    let none = try figures(place, missing)
    switch Self.measures[place].name {
    case "inequality":
      #expect(one.prefix(4) == [0, 0, 0, 0] && same.prefix(4).allSatisfy { abs($0 ?? 1) < 1e-12 })
      #expect(none.allSatisfy { $0 == nil })
    case "converge":
      #expect(one.prefix(4) == [nil, nil, nil, nil] && same.prefix(4) == [nil, nil, nil, nil])
      #expect(none.allSatisfy { $0 == nil })
    case "transition":
      #expect(one[0] == 1 && same[0] == 6 && same[1] == 6 && none == [0, 0, 0, 0, nil, 0])
    case "decompose": #expect(one + same + none == [nil, nil, nil, nil, nil, nil])
    case "autocorrelate": #expect(one[1] == nil && same[1] == nil && none[1] == nil && none[0] == 0)
    case "summarise_areas":
      // Equal scores share rank 1: everyone is among the worst.
      #expect(one[0] == 1 && same[0] == 6 && same[1] == 100 && none == [nil, nil, nil])
    default: #expect((one + same + none).allSatisfy { $0 == nil })
    }
  }
}
