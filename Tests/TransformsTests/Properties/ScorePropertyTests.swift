import Statistics
import Tabular
import Testing

@testable import Transforms

/// A made-up panel of areas in 2012 and 2020, and what can be done to it.
///
/// A failing case is replayed by its seed.
struct PropertyPanel {
  /// The rows, in the order of the table: each area in 2012, then in 2020.
  var order: [Int]
  var x: [Double?]
  var y: [Double?]
  var z: [Double?]
  var people: [Double]
  let areas: Int

  init(areas: Int = 30, seed: UInt64) {
    var random = CounterGenerator(seed: seed, stream: "properties")
    func draw(_ low: Double, _ high: Double) -> [Double?] { (0..<(2 * areas)).map { _ in random.uniform(low, high) } }
    (x, y, z) = (draw(1, 50), draw(1, 50), draw(1, 50))
    people = draw(50, 900).map { ($0 ?? 0).rounded() }
    order = Array(0..<(2 * areas))
    self.areas = areas
  }

  static let profile = """
    profile: test
    domains:
      - {id: a, weight: 60, indicators: [{column: x, direction: higher_is_worse}]}
      - id: b
        weight: 40
        indicators:
          - {column: y, direction: higher_is_worse}
          - {column: z, direction: higher_is_better}
    """
  static let oneDomain = """
    profile: test
    domains: [{id: a, weight: 1, indicators: [{column: x, direction: higher_is_worse}]}]
    """

  func permuted(_ seed: UInt64) -> Self {
    var copy = self
    var random = CounterGenerator(seed: seed, stream: "order")
    random.shuffle(&copy.order)
    return copy
  }

  func table() throws -> Table {
    try TransformsTests.table(
      .text("code", order.map { "B\($0 / 2)" }), .int("year", order.map { $0 % 2 == 0 ? 2012 : 2020 }),
      .text("district", order.map { "W\($0 / 2 % 5)" }),
      .double("x", order.map { x[$0] }), .double("y", order.map { y[$0] }), .double("z", order.map { z[$0] }),
      .double("people", order.map { people[$0] }))
  }

  /// The figure of each area in 2020, whatever the order of the rows; of every row when `year` is nil.
  static func byArea(_ output: Table, _ name: String, year: String? = "2020") throws -> [String: Double?] {
    let (codes, years) = try (
      cells(output, "code"), output.schema["year"] == nil ? nil : cells(output, "year")
    )
    var result: [String: Double?] = [:]
    for (row, value) in try numbers(output, name).enumerated() where years == nil || years?[row] == year {
      result[codes[row]] = .some(value)
    }
    return result
  }
}

/// Properties of scores and of what is simulated from them, for seeded panels.
@Suite struct ScorePropertyTests {
  static let seeds: [UInt64] = [1, 2, 3, 4, 5, 6, 7, 8]

  private func compose(_ panel: PropertyPanel, frame: SpecLiteral, profile: String = PropertyPanel.profile) throws
    -> Table
  {
    let file = ProfileFile(profile)
    return try run(
      Compose.self,
      .map([
        ("profile", .text(file.path)), ("area", "code"), ("period", "year"), ("score", "s"), ("frame", frame),
        ("outputs", ["domain_scores", "domain_ranks", "score", "rank", "contributions"]),
      ]), panel.table())
  }

  private func simulate(
    _ panel: PropertyPanel, profile: String = PropertyPanel.profile, _ more: [(String, SpecLiteral)] = []
  ) throws -> Table {
    let file = ProfileFile(profile)
    return try run(
      Simulate.self,
      SimulateTests.options(file.path, [("replicates", 20), ("weights", 100), ("top", 3)] + more), panel.table())
  }

  private func scenario(
    _ panel: PropertyPanel, profile: String = PropertyPanel.profile, levers: String
  ) throws -> Table {
    let (file, levers) = (ProfileFile(profile), ProfileFile("scenario: test\nlevers:\n" + levers))
    return try run(
      Scenario.self,
      SimulateTests.options(
        file.path, [("file", .text(levers.path)), ("population", ["column": "people", "minimum": 0])]), panel.table())
  }

  private static let lever = "  - {id: x, indicator: x, rule: {reduce_by_percent: 20}}\n"
  private static let leverOfB = "  - {id: y, indicator: y, rule: {reduce_by_percent: 20}}\n"

  private func near(_ one: Double??, _ other: Double??, _ tolerance: Double = 1e-9) -> Bool {
    switch (one ?? nil, other ?? nil) {
    case (nil, nil): true
    case (let a?, let b?): abs(a - b) <= tolerance
    default: false
    }
  }

  @Test(arguments: seeds) func permutingAreasChangesNothing(seed: UInt64) throws {
    var panel = PropertyPanel(seed: seed)
    panel.y[3] = nil
    panel.z[7] = panel.z[9]
    let other = panel.permuted(seed)
    for frame: SpecLiteral in ["relative", ["anchored": "2012"], "pooled"] {
      let (one, two) = try (compose(panel, frame: frame), compose(other, frame: frame))
      for name in ["s", "s_rank", "s_a", "s_contribution_b"] where one.schema[name] != nil {
        #expect(try PropertyPanel.byArea(one, name) == PropertyPanel.byArea(two, name), "\(name)")
      }
    }
    // Weights are drawn a replicate, whatever the order of the areas.
    let (one, two) = try (simulate(panel), simulate(other))
    for name in ["score", "score_low", "score_rank_high", "score_p_worst", "score_count_low"] {
      #expect(try PropertyPanel.byArea(one, name) == PropertyPanel.byArea(two, name), "\(name)")
    }
    let (before, after) = try (scenario(panel, levers: Self.lever), scenario(other, levers: Self.lever))
    for name in ["score_before", "score_after", "worst_after", "leaving_inhabitants"] {
      #expect(try near(numbers(before, name)[0], numbers(after, name)[0]), "\(name)")
    }
  }

  /// Ranks do not know the unit of an indicator.
  @Test(arguments: seeds) func scalingAnIndicatorChangesNoScore(seed: UInt64) throws {
    let panel = PropertyPanel(seed: seed)
    var other = panel
    other.x = panel.x.map { $0.map { 1000 * $0 } }
    other.z = panel.z.map { $0.map { $0 / 8 } }
    for frame: SpecLiteral in ["relative", ["anchored": "2012"], "pooled"] {
      #expect(try numbers(compose(panel, frame: frame), "s") == numbers(compose(other, frame: frame), "s"))
    }
    #expect(try numbers(simulate(panel), "score_high") == numbers(simulate(other), "score_high"))
    // A share of an indicator is the same share of a scaled one.
    let (one, two) = try (scenario(panel, levers: Self.lever), scenario(other, levers: Self.lever))
    #expect(try near(numbers(one, "score_change")[0], numbers(two, "score_change")[0]))
  }

  @Test(arguments: seeds) func aDomainOfWeightZeroHasNoEffect(seed: UInt64) throws {
    let panel = PropertyPanel(seed: seed)
    var other = panel
    var random = CounterGenerator(seed: seed, stream: "other")
    other.y = panel.y.map { _ in random.uniform(0, 90) }
    let profile = PropertyPanel.profile.replacing("weight: 40", with: "weight: 0")
    #expect(
      try numbers(simulate(panel, profile: profile), "score_low")
        == numbers(simulate(other, profile: profile), "score_low"))
    #expect(
      try numbers(simulate(panel, profile: profile), "score")
        == numbers(simulate(panel, profile: PropertyPanel.oneDomain), "score"))
    let effect = try scenario(panel, profile: profile, levers: Self.leverOfB)
    #expect(try numbers(effect, "score_change") == [0, 0])
    #expect(try cells(effect, "leaving") == ["0", "0"])
  }

  /// Every area has a tenth less of what is bad and more of what is good, so that the order stays.
  @Test(arguments: seeds) func uniformImprovement(seed: UInt64) throws {
    var panel = PropertyPanel(seed: seed)
    for area in 0..<panel.areas {
      let (before, after) = (2 * area, 2 * area + 1)
      panel.x[after] = panel.x[before].map { $0 * 0.9 }
      panel.y[after] = panel.y[before].map { $0 * 0.9 }
      panel.z[after] = panel.z[before].map { $0 * 1.1 }
    }
    func scores(_ frame: SpecLiteral, _ year: String) throws -> [String: Double?] {
      try PropertyPanel.byArea(compose(panel, frame: frame), "s", year: year)
    }
    #expect(try scores("relative", "2020") == scores("relative", "2012"))
    let (before, after) = try (
      scores(["anchored": "2012"], "2012"), scores(["anchored": "2012"], "2020")
    )
    var lower = 0
    for (area, score) in after {
      let (one, other) = try (#require(before[area] ?? nil), #require(score))
      #expect(other <= one, "\(area)")
      lower += other < one ? 1 : 0
    }
    // Whoever is last in every domain can go no lower, and ten per cent may pass nobody.
    #expect(lower > panel.areas * 3 / 4)
    #expect(after.values.compactMap { $0 }.reduce(0, +) < before.values.compactMap { $0 }.reduce(0, +))
  }

  @Test(arguments: seeds) func contributionsSumToTheChange(seed: UInt64) throws {
    let output = try compose(PropertyPanel(seed: seed), frame: ["anchored": "2012"])
    func change(_ name: String) throws -> [String: Double] {
      let (before, after) = try (
        PropertyPanel.byArea(output, name, year: "2012"), PropertyPanel.byArea(output, name)
      )
      return after.mapValues { $0 ?? .nan }.merging(before.mapValues { $0 ?? .nan }) { $0 - $1 }
    }
    let (whole, a, b) = try (change("s"), change("s_contribution_a"), change("s_contribution_b"))
    #expect(whole.count == 30)
    for (area, total) in whole { #expect(abs((a[area] ?? .nan) + (b[area] ?? .nan) - total) < 1e-9, "\(area)") }
  }

  @Test func oneArea() throws {
    let panel = PropertyPanel(areas: 1, seed: 1)
    let output = try simulate(panel)
    #expect(try cells(output, "score_rank") == ["1"] && cells(output, "score_rank_high") == ["1"])
    #expect(try cells(output, "score_spearman") == ["(insufficient)"])
    let effect = try scenario(panel, levers: Self.lever)
    #expect(try numbers(effect, "score_before")[0] != nil)
    #expect(try cells(compose(panel, frame: "relative"), "s_rank") == ["1", "1"])
  }

  @Test func allEqual() throws {
    var panel = PropertyPanel(areas: 10, seed: 1)
    (panel.x, panel.y, panel.z) = (panel.x.map { _ in 5 }, panel.y.map { _ in 5 }, panel.z.map { _ in 5 })
    let output = try simulate(panel)
    #expect(try Set(cells(output, "score_rank")) == ["1"])
    #expect(try numbers(output, "score_p_flip").allSatisfy { $0 == 0 })
    // No area is above the bound that all share.
    #expect(try numbers(output, "score_count").allSatisfy { $0 == 0 })
    #expect(try cells(output, "score_spearman")[0] == "(insufficient)")
    let effect = try scenario(panel, levers: Self.lever)
    #expect(try numbers(effect, "score_change")[0].map { $0 < 0 } == true)
  }

  @Test func allMissing() throws {
    var panel = PropertyPanel(areas: 4, seed: 1)
    (panel.x, panel.y, panel.z) = (panel.x.map { _ in nil }, panel.y.map { _ in nil }, panel.z.map { _ in nil })
    let output = try simulate(panel)
    #expect(try Set(cells(output, "score")) == ["(insufficient)"])
    #expect(try Set(cells(output, "score_p_worst")) == ["(insufficient)"])
    let effect = try scenario(panel, levers: Self.lever)
    #expect(try cells(effect, "areas") == ["0", "0"])
    #expect(try numbers(effect, "score_change") == [nil, nil])
    let composed = try compose(panel, frame: ["anchored": "2012"])
    #expect(try numbers(composed, "s").allSatisfy { $0 == nil })
  }

  /// With one domain there is nothing to weigh: drawn weights change nothing.
  @Test(arguments: seeds) func oneDomain(seed: UInt64) throws {
    let panel = PropertyPanel(seed: seed)
    let output = try simulate(panel, profile: PropertyPanel.oneDomain)
    let (scores, low, high) = try (
      numbers(output, "score"), numbers(output, "score_low"), numbers(output, "score_high")
    )
    for area in scores.indices {
      #expect(near(scores[area], low[area]) && near(scores[area], high[area]))
    }
    let composed = try compose(panel, frame: ["anchored": "2012"], profile: PropertyPanel.oneDomain)
    #expect(try numbers(composed, "s") == numbers(composed, "s_contribution_a"))
  }
}
