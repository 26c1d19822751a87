import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct SpecialiseTests {
  /// The example of EconGeo 1.3 (five regions, five industries), without its zeros.
  static func jobs() throws -> Table {
    let matrix = [
      [100, 0, 0, 0, 0], [0, 15, 5, 70, 10], [0, 20, 10, 20, 50], [0, 25, 30, 5, 40], [0, 40, 55, 5, 0],
    ]
    var (areas, industries, values): ([String], [String], [Double]) = ([], [], [])
    for (r, row) in matrix.enumerated() {
      for (i, value) in row.enumerated() where value > 0 {
        areas.append("R\(r + 1)")
        industries.append("I\(i + 1)")
        values.append(Double(value))
      }
    }
    return try table(.text("area", areas), .text("industry", industries), .double("jobs", values, unit: "jobs"))
  }

  static func spec(_ output: String, _ reference: SpecLiteral = ["all": true]) -> SpecLiteral {
    [
      "area": "area", "industry": "industry", "value": "jobs", "reference": reference, "output": .text(output),
    ]
  }

  private func near(_ values: [Double?], _ expected: [Double]) -> Bool {
    zip(values, expected).allSatisfy { abs(($0 ?? .nan) - $1) < 1e-12 } && values.count == expected.count
  }

  @Test func areasAgainstAllTogether() throws {
    let output = try run(Specialise.self, Self.spec("areas"), Self.jobs())
    #expect(try cells(output, "area") == ["R1", "R2", "R3", "R4", "R5"])
    #expect(try near(numbers(output, "herfindahl_index"), [1, 0.525, 0.34, 0.315, 0.465]))
    #expect(try near(numbers(output, "hoover_coefficient"), [0.8, 0.5, 0.3, 0.35, 0.55]))
    #expect(try near(numbers(output, "krugman_index"), [1.6, 1, 0.6, 0.7, 1.1]))
    #expect(
      try near(
        numbers(output, "hachman_index"),
        [0.2, 0.38095238095238093, 0.5882352941176471, 0.6349206349206349, 0.4301075268817204]))
    #expect(try numbers(output, "entropy")[0] == 0)
  }

  @Test func industriesOverAreas() throws {
    let output = try run(Specialise.self, Self.spec("concentration"), Self.jobs())
    #expect(try cells(output, "industry") == ["I1", "I2", "I3", "I4", "I5"])
    #expect(try near(numbers(output, "locational_gini"), [0.4, 0.18, 0.27, 0.31, 0.28]))
  }

  /// Cells without a row are zeros, with a row of their own in the output.
  @Test func industriesOfAreas() throws {
    let output = try run(Specialise.self, Self.spec("industries"), Self.jobs())
    #expect(output.rowCount == 25)
    #expect(try cells(output, "jobs").prefix(5) == ["100", "0", "0", "0", "0"])
    #expect(try near(Array(numbers(output, "location_quotient").prefix(2)), [5, 0]))
    #expect(try near(Array(numbers(output, "share_pct")[5...8]), [0, 15, 5, 70]))
    #expect(try near(Array(numbers(output, "share_difference")[5...8]), [-20, -5, -15, 50]))
    #expect(output.schema["share_difference"]?.unit == "pp" && output.schema["jobs"]?.unit == "jobs")
  }

  /// A reference area has no shift from itself, counts in no concentration, and each year has its own.
  @Test func againstOneArea() throws {
    let input = try table(
      .int("year", [1, 1, 1, 1, 2, 2, 3, 3]), .text("area", ["A", "A", "NL", "NL", "A", "A", "A", "NL"]),
      .text("industry", ["x", "y", "x", "y", "x", "y", "x", "x"]), .double("jobs", [30, 70, 200, 200, 1, 1, nil, 5]))
    func spec(_ output: String) -> SpecLiteral {
      [
        "area": "area", "by": ["year"], "industry": "industry", "value": "jobs", "reference": ["area": "NL"],
        "output": .text(output),
      ]
    }
    let output = try run(Specialise.self, spec("industries"), input)
    #expect(try cells(output, "year") == ["1", "1", "1", "1", "2", "2", "3", "3", "3", "3"])
    #expect(
      try cells(output, "location_quotient") == [
        "0.6", "1.4", "1", "1", "(not_matched)", "(not_matched)", "(unknown)", "(unknown)", "1", "(undefined)",
      ])
    let spread = try run(Specialise.self, spec("concentration"), input)
    #expect(try cells(spread, "locational_gini") == ["0", "0", "0", "0", "(undefined)", "(undefined)"])
    let areas = try run(Specialise.self, spec("areas"), input)
    #expect(try cells(areas, "krugman_index") == ["0.39999999999999997", "0", "(not_matched)", "(unknown)", "0"])
    #expect(try cells(areas, "relative_diversity")[1] == "(undefined)")
  }

  @Test func nothing() throws {
    let none = try table(.text("area", []), .text("industry", []), .double("jobs", []))
    for output in ["areas", "industries", "concentration"] {
      #expect(try run(Specialise.self, Self.spec(output, ["area": "NL"]), none).rowCount == 0)
    }
  }

  @Test func mistakes() throws {
    let input = try Self.jobs()
    #expect(
      schemaError(Specialise.self, Self.spec("areas", ["area": "R1", "all": true]), input)
        == "p.yml:1:1: \"reference\" takes either {area: code} or {all: true}")
    #expect(
      schemaError(Specialise.self, Self.spec("areas", .map([])), input)
        == "p.yml:1:1: \"reference\" takes either {area: code} or {all: true}")
    #expect(
      try dataError(Specialise.self, Self.spec("areas", ["area": "R9"]), input)
        == "no row has area=R9; did you mean \"R1\"?")
    let negative = try table(.text("area", ["A"]), .text("industry", ["x"]), .double("jobs", [-1]))
    #expect(
      try dataError(Specialise.self, Self.spec("areas"), negative) == "\"jobs\" is -1 in row 1, expected 0 or more")
  }
}
