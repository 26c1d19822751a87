import Statistics
import Tabular
import Testing

@testable import Transforms

@Suite struct ExplainTests {
  private func explain(_ panel: PropertyPanel, profile: String = PropertyPanel.profile) throws -> Table {
    let file = ProfileFile(profile)
    return try run(
      Explain.self,
      .map([("profile", .text(file.path)), ("area", "code"), ("period", "year"), ("base", "2012"), ("at", "2020")]),
      panel.table())
  }

  /// Indicators sum to domains, domains to the change, and the change is that of composed scores.
  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64]) func partsSumToTheChange(seed: UInt64) throws {
    let panel = PropertyPanel(seed: seed)
    let output = try explain(panel)
    let file = ProfileFile(PropertyPanel.profile)
    let composed = try run(
      Compose.self,
      .map([
        ("profile", .text(file.path)), ("area", "code"), ("period", "year"), ("score", "s"),
        ("frame", ["anchored": "2012"]), ("outputs", ["score", "contributions"]),
      ]), panel.table())
    let (before, after) = try (
      PropertyPanel.byArea(composed, "s", year: "2012"), PropertyPanel.byArea(composed, "s")
    )
    #expect(try PropertyPanel.byArea(output, "score_start") == before && PropertyPanel.byArea(output, "score") == after)
    let (changes, a, b, x, y, z) = try (
      numbers(output, "score_change"), numbers(output, "score_change_a"), numbers(output, "score_change_b"),
      numbers(output, "score_change_a_x"), numbers(output, "score_change_b_y"), numbers(output, "score_change_b_z")
    )
    for area in changes.indices {
      let total = try #require(changes[area])
      #expect(abs((a[area] ?? .nan) + (b[area] ?? .nan) - total) < 1e-9)
      #expect(abs((y[area] ?? .nan) + (z[area] ?? .nan) - (b[area] ?? .nan)) < 1e-9)
      // A domain of one indicator is all its own.
      #expect(x[area] == a[area])
    }
  }

  /// An indicator that did not change has no part, and one that does the same as another has the same part.
  @Test(arguments: [1, 2, 3] as [UInt64]) func whoDoesNothingHasNoPart(seed: UInt64) throws {
    var panel = PropertyPanel(seed: seed)
    for area in 0..<panel.areas { panel.y[2 * area + 1] = panel.y[2 * area] }
    let still = try explain(panel)
    #expect(try numbers(still, "score_change_b_y").allSatisfy { abs($0 ?? 1) < 1e-12 })
    #expect(try numbers(still, "score_change_b_z").contains { abs($0 ?? 0) > 1 })
    panel.z = panel.y.map { $0.map { -$0 } }
    for area in 0..<panel.areas {
      panel.y[2 * area + 1] = panel.y[2 * ((area + 1) % panel.areas)]
      panel.z[2 * area + 1] = panel.y[2 * area + 1].map { -$0 }
    }
    let twins = try explain(panel)
    for (one, other) in try zip(numbers(twins, "score_change_b_y"), numbers(twins, "score_change_b_z")) {
      #expect(abs((one ?? .nan) - (other ?? .nan)) < 1e-9)
    }
  }

  @Test func anAreaWithoutOneMomentIsInsufficient() throws {
    var panel = PropertyPanel(areas: 6, seed: 1)
    panel.x[2] = nil
    let output = try explain(panel)
    #expect(
      try cells(output, "score_change")[1] == "(insufficient)" && cells(output, "score_change_b")[1] == "(insufficient)"
    )
    #expect(try numbers(output, "score")[1] != nil && numbers(output, "score_change")[0] != nil)
    // A domain of weight 0 has no part, missing or not.
    let zero = try explain(panel, profile: PropertyPanel.profile.replacing("weight: 60", with: "weight: 0"))
    #expect(try numbers(zero, "score_change_a") == [0, 0, 0, 0, 0, 0])
    #expect(try numbers(zero, "score_change")[1] != nil)
    let one = try explain(PropertyPanel(areas: 1, seed: 1))
    #expect(try numbers(one, "score_change")[0] != nil)
  }

  @Test func mistakesAreNamed() throws {
    let indicators = (0..<17).map { "{column: x\($0), direction: higher_is_worse}" }.joined(separator: ", ")
    let file = ProfileFile("profile: test\ndomains:\n  - {id: d, weight: 1, indicators: [\(indicators)]}\n")
    let spec: SpecLiteral = .map([
      ("profile", .text(file.path)), ("area", "code"), ("period", "year"), ("base", "2012"), ("at", "2020"),
    ])
    #expect(
      file.named(schemaError(Explain.self, spec, try PropertyPanel(seed: 1).table()))
        == "profile.yml:3:10: the domain \"d\" has 17 indicators, expected at most 16")
  }
}
