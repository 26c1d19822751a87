import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct MatchingTests {
  private func near(_ value: Double?, _ expected: Double) -> Bool { abs((value ?? .nan) - expected) < 1e-11 }

  @Test func indicesByPeriod() throws {
    let input = try table(
      .int("year", [2, 1, 1, 2, 2]), .double("u", [30, 50, 50, 50, 20], unit: "persons"),
      .double("v", [40, 80, 20, 20, 40]))
    let output = try run(Matching.self, ["by": ["year"], "unemployed": "u", "vacancies": "v"], input)
    #expect(try cells(output, "year") == ["1", "2"])
    #expect(near(try numbers(output, "mismatch_index")[0], 0.05131670194948623))
    #expect(near(try numbers(output, "jackman_roper")[0], 0.3))
    #expect(try numbers(output, "unemployed") == [100, 100])
    #expect(output.schema["unemployed"]?.unit == "persons")
    #expect(output.schema.names == ["year", "unemployed", "vacancies", "mismatch_index", "jackman_roper", "cosine"])
  }

  /// The planner's case of the statistics' tests, and Layard and Nickell's by hand.
  @Test func withEfficiencyWeightAndLabourForce() throws {
    let input = try table(
      .double("u", [30, 50, 20]), .double("v", [40, 20, 40]), .double("phi", [1, 0.8, 1.2]),
      .double("x", [1, 1.04, 1.08]), .double("l", [300, 500, 200]))
    let output = try run(
      Matching.self,
      ["unemployed": "u", "vacancies": "v", "efficiency": "phi", "weight": "x", "labour_force": "l"], input)
    #expect(near(try numbers(output, "mismatch_index_planner")[0], 0.099434615638))
    #expect(near(try numbers(output, "layard_nickell")[0], 0))
    #expect(try (numbers(output, "mismatch_index_efficiency")[0] ?? -1) > 0)
  }

  @Test func missingAndNobody() throws {
    let input = try table(
      .text("area", ["A", "A", "B"]), .double("u", [1, nil, 0], .suppressed), .double("v", [1, 1, 1]))
    let output = try run(Matching.self, ["by": ["area"], "unemployed": "u", "vacancies": "v"], input)
    #expect(try cells(output, "mismatch_index") == ["(suppressed)", "(undefined)"])
    #expect(try cells(output, "vacancies") == ["(suppressed)", "1"])
    let none = try table(.double("u", []), .double("v", []))
    #expect(try run(Matching.self, ["unemployed": "u", "vacancies": "v"], none).rowCount == 0)
  }

  @Test func mistakes() throws {
    let input = try table(.double("u", [-1]), .double("v", [1]))
    #expect(
      schemaError(Matching.self, ["unemployed": "u", "vacancies": "v", "alpha": 1], input)
        == "p.yml:1:1: \"alpha\" is 1, expected a number between 0 and 1")
    #expect(
      schemaError(Matching.self, ["unemployed": "u", "vacancies": "v", "weight": "u"], input)
        == "p.yml:3:1: \"weight\" needs \"efficiency\"")
    #expect(
      try dataError(Matching.self, ["unemployed": "u", "vacancies": "v"], input)
        == "\"u\" is -1 in row 1, expected 0 or more")
  }
}
