import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct ShiftShareTests {
  /// Regions A and C and the nation of Farhauer and Kröll (2013), as on REAT's help page `shift`, with a third year.
  static func jobs(_ reversed: Bool = false) throws -> Table {
    let data: [(String, Int64, [Double])] = [
      ("A", 1, [90, 20, 10, 60]), ("A", 2, [100, 40, 10, 55]), ("A", 3, [105, 45, 15, 60]),
      ("C", 1, [250, 100, 110, 300]), ("C", 2, [255, 115, 85, 390]),
      ("N", 1, [400, 150, 150, 400]), ("N", 2, [440, 210, 135, 480]), ("N", 3, [460, 230, 155, 500]),
    ]
    let rows = data.flatMap { area, year, values in
      values.enumerated().map { (area, year, "I\($0.offset)", $0.element) }
    }
    let order = reversed ? rows.reversed() : rows
    return try table(
      .text("area", order.map(\.0)), .int("year", order.map(\.1)), .text("industry", order.map(\.2)),
      .double("jobs", order.map(\.3), unit: "jobs"))
  }

  static func spec(_ more: [(String, SpecLiteral)] = [("from_period", "1"), ("to_period", "2")]) -> SpecLiteral {
    .map(
      [
        ("area", "area"), ("period", "year"), ("industry", "industry"), ("value", "jobs"), ("reference", ["area": "N"]),
      ] + more)
  }

  private func near(_ value: Double?, _ expected: Double, _ tolerance: Double = 1e-9) -> Bool {
    abs((value ?? .nan) - expected) < tolerance
  }

  @Test(arguments: [false, true]) func twoPeriods(reversed: Bool) throws {
    let output = try run(ShiftShareTransform.self, Self.spec(), Self.jobs(reversed))
    #expect(try cells(output, "area") == ["A", "C", "N"])
    let expected: [(String, Double, Double)] = [
      ("before", 180, 760), ("after", 205, 845), ("growth", 25, 85), ("national", 27, 114), ("industry_mix", 1, 0),
      ("regional", -3, -29), ("competitive", -0.6363636364, -33.5719008264),
      ("allocation", -2.3636363636, 4.5719008264), ("structure_index", 1.0048309179, 1),
      ("location_index", 0.9855769231, 0.966819222),
    ]
    for (name, a, c) in expected {
      let values = try numbers(output, name)
      #expect(near(values[0], a) && near(values[1], c), "\(name)")
    }
    #expect(near(try numbers(output, "regional")[2], 0))
    #expect(output.schema["growth"]?.unit == "jobs")
  }

  /// The sum of the yearly splits: REAT shiftd. Region C has no third year.
  @Test func dynamic() throws {
    let output = try run(
      ShiftShareTransform.self, Self.spec([("from_period", "1"), ("to_period", "3"), ("method", "dynamic")]),
      Self.jobs())
    #expect(near(try numbers(output, "growth")[0], 45))
    #expect(near(try numbers(output, "national")[0], 39.964426877, 1e-8))
    #expect(near(try numbers(output, "industry_mix")[0], 0.163699626, 1e-8))
    #expect(near(try numbers(output, "regional")[0], 4.871873497, 1e-8))
    #expect(try cells(output, "structure_index")[0] == "(not_applicable)")
    #expect(try cells(output, "growth")[1] == "(not_matched)")
  }

  @Test func industries() throws {
    let output = try run(
      ShiftShareTransform.self, Self.spec([("from_period", "1"), ("to_period", "2"), ("output", "industries")]),
      Self.jobs())
    #expect(output.rowCount == 12)
    #expect(try cells(output, "industry").prefix(4) == ["I0", "I1", "I2", "I3"])
    #expect(try cells(output, "growth").prefix(4) == ["10", "20", "0", "-5"])
    let parts = try ["national", "industry_mix", "regional"].map { try numbers(output, $0) }
    let growth = try numbers(output, "growth")
    for row in growth.indices { #expect(near(parts.reduce(0) { $0 + ($1[row] ?? .nan) }, growth[row] ?? .nan)) }
  }

  /// An industry that is new in the area is regional growth, and a secret number makes its area missing.
  @Test func newAndMissing() throws {
    let input = try table(
      .text("area", ["A", "A", "A", "B", "B", "N", "N", "N", "N"]), .int("year", [1, 2, 2, 1, 2, 1, 2, 1, 2]),
      .text("industry", ["x", "x", "y", "x", "x", "x", "x", "y", "y"]),
      .double("jobs", [10, 11, 5, 10, nil, 100, 110, 10, 12], .suppressed))
    let output = try run(ShiftShareTransform.self, Self.spec(), input)
    #expect(near(try numbers(output, "growth")[0], 6))
    #expect(try cells(output, "competitive")[0] == "(undefined)")
    #expect(try cells(output, "growth")[1] == "(suppressed)")
  }

  @Test func mistakes() throws {
    let input = try Self.jobs()
    #expect(
      schemaError(ShiftShareTransform.self, Self.spec([("from_period", "1"), ("to_period", "1")]), input)
        .hasSuffix("\"from_period\" and \"to_period\" are the same"))
    #expect(
      schemaError(ShiftShareTransform.self, Self.spec([("from_period", "a"), ("to_period", "1")]), input)
        .hasSuffix("column \"year\" holds whole numbers; \"a\" is none"))
    #expect(
      try dataError(ShiftShareTransform.self, Self.spec([("from_period", "1"), ("to_period", "9")]), input)
        == "no row has year=9; there are: 1, 2, 3")
    #expect(
      try dataError(ShiftShareTransform.self, Self.spec([("from_period", "3"), ("to_period", "1")]), input)
        == "\"from_period\" 3 does not come before \"to_period\" 1")
    let none = try table(.text("area", []), .int("year", []), .text("industry", []), .double("jobs", []))
    #expect(try run(ShiftShareTransform.self, Self.spec(), none).rowCount == 0)
  }
}
