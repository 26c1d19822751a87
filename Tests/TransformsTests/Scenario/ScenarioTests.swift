import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct ScenarioTests {
  private func effects(_ levers: String, _ more: [(String, SpecLiteral)] = [], seed: UInt64 = 1) throws -> Table {
    let profile = ProfileFile(SimulateTests.profile)
    let file = ProfileFile("scenario: test\nlevers:\n" + levers)
    let spec = SimulateTests.options(
      profile.path,
      [("file", .text(file.path)), ("population", ["column": "people", "minimum": 0])] + more)
    return try run(Scenario.self, spec, SimulateTests.areas(seed))
  }

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64]) func aUniformImprovementLowersTheAnchoredScore(seed: UInt64) throws {
    let output = try effects(
      """
        - {id: x, indicator: x, rule: {reduce_by_percent: 50}}
        - {id: y, indicator: y, rule: {cap: 5}}
        - {id: z, indicator: z, rule: {set_to_national_median: true}}
        - {id: none, indicator: x, rule: {reduce_by_percent: 0}}
      """, seed: seed)
    let change = try numbers(output, "score_change").map { $0 ?? .nan }
    #expect(change[0] < 0 && change[1] < 0 && change[2] <= 0 && change[3] == 0)
    #expect(change[4] <= change[..<3].min() ?? .nan)
    #expect(try cells(output, "lever") == ["x", "y", "z", "none", "all"])
    let (before, after, leaving) = try (
      numbers(output, "worst_before"), numbers(output, "worst_after"), numbers(output, "leaving")
    )
    for row in 0..<5 { #expect((before[row] ?? .nan) - (after[row] ?? .nan) == leaving[row]) }
    #expect(try cells(output, "areas")[3] == "0")
    #expect(try cells(output, "cost").allSatisfy { $0 == "(not_applicable)" })
  }

  /// One household in each area is 100 / `people` points and costs 10 euros.
  @Test func householdsAndTheirCost() throws {
    let output = try effects(
      "  - {id: x, indicator: x, rule: {households: 1}, unit_cost: 10, where: x > 5}\n", [("households", "people")])
    let areas = try #require(try numbers(output, "areas")[0])
    #expect(areas > 30)
    #expect(abs(try #require(try numbers(output, "households")[0]) - areas) < 1e-9)
    #expect(abs(try #require(try numbers(output, "cost")[0]) - 10 * areas) < 1e-9)
  }

  @Test func everyIndicatorCanBeALever() throws {
    let output = try effects("  - {id: x, indicator: x, rule: {cap: 0}}\n", [("every", true)])
    #expect(try cells(output, "lever") == ["x", "every_x", "every_y", "every_z", "all"])
  }

  @Test func mistakesAreNamed() throws {
    let profile = ProfileFile(SimulateTests.profile)
    func error(_ levers: String) throws -> String {
      let file = ProfileFile("scenario: test\nlevers:\n" + levers)
      let spec = SimulateTests.options(
        profile.path, [("file", .text(file.path)), ("population", ["column": "people", "minimum": 0])])
      return schemaError(Scenario.self, spec, try SimulateTests.areas(1)).replacing(file.path, with: "s.yml")
    }
    #expect(
      try error("  - {id: a, indicator: xx, rule: {cap: 1}}\n")
        == "s.yml:3:24: \"xx\" is no indicator of the profile; did you mean \"x\"?")
    #expect(
      try error("  - {id: a, indicator: x, rule: {}}\n")
        == "s.yml:3:10: the lever \"a\" has 0 rules, expected one: set_to_national_median, reduce_by_percent, cap or "
        + "households")
    #expect(
      try error("  - {id: a, indicator: x, rule: {households: 5}}\n")
        == "s.yml:3:10: the lever \"a\" counts households; the step needs \"households\": their column")
  }
}
