import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct TrendTests {
  static var options: [(String, SpecLiteral)] { [("by", ["area"]), ("period", "year"), ("value", "x")] }

  static func spec(_ more: [(String, SpecLiteral)] = []) -> SpecLiteral { .map(options + more) }

  static func series(_ values: [Double?], from year: Int64 = 2010) throws -> Table {
    try table(
      .text("area", values.map { _ in "A" }), .int("year", values.indices.map { year + Int64($0) }),
      .double("x", values, unit: "%"))
  }

  @Test func aLineIsALine() throws {
    let output = try run(Trend.self, Self.spec([("model", "linear")]), Self.series([10, 12, 14, 16, 18, 20]))
    #expect(try cells(output, "area") == ["A"])
    #expect(try cells(output, "trend_first_period") == ["2010"])
    #expect(try cells(output, "trend_last_period") == ["2015"])
    #expect(try numbers(output, "trend_change") == [10])
    #expect(try numbers(output, "trend_change_pct") == [100])
    #expect(abs((try numbers(output, "trend_slope")[0] ?? 0) - 2) < 1e-9)
    #expect(output.schema["trend_change"]?.unit == "pp")
    #expect(output.schema["trend_change_pct"]?.unit == "%")
  }

  /// Growth of 10 percent a year is a log-linear slope of 10 percent.
  @Test func growthIsInPercent() throws {
    let values = (0..<6).map { i in (0..<i).reduce(100.0) { value, _ in value * 1.1 } }
    let output = try run(Trend.self, Self.spec(), Self.series(values))
    #expect(abs((try numbers(output, "trend_slope")[0] ?? 0) - 10) < 1e-9)
    #expect(abs((try numbers(output, "trend_growth_pct")[0] ?? 0) - 10) < 1e-9)
  }

  @Test func theTurningPointIsFound() throws {
    let values: [Double?] = [20, 18, 16, 14, 12, 15, 18, 21]
    let output = try run(Trend.self, Self.spec([("model", "linear")]), Self.series(values))
    #expect(try cells(output, "trend_break") == ["2014"])
    #expect(abs((try numbers(output, "trend_before")[0] ?? 0) + 2) < 1e-9)
    #expect(abs((try numbers(output, "trend_after")[0] ?? 0) - 3) < 1e-9)
    #expect(abs((try numbers(output, "trend_difference")[0] ?? 0) - 5) < 1e-9)
    #expect(try cells(output, "trend_turns") == ["1"])
    #expect(try cells(output, "trend_minimum_period") == ["2014"])
    #expect(try cells(output, "trend_maximum_period") == ["2017"])
  }

  @Test func nothingCrossesABreakOfTheSeries() throws {
    let values: [Double?] = [10, 11, 12, 50, 52, 54]
    let input = try Self.series(values)
    let output = try run(
      Trend.self, Self.spec([("model", "linear"), ("breaks", [["from": 2013]])]), input)
    #expect(try cells(output, "trend_change") == ["(undefined)"])
    #expect(try cells(output, "trend_growth_pct") == ["(undefined)"])
    #expect(try cells(output, "trend_trend_from") == ["2013"])
    #expect(abs((try numbers(output, "trend_slope")[0] ?? 0) - 2) < 1e-9)
    #expect(try cells(output, "trend_minimum_period") == ["2013"])
    let bridged = try run(
      Trend.self, Self.spec([("model", "linear"), ("breaks", [["from": 2013, "bridge": 4]])]), input)
    #expect(try numbers(bridged, "trend_change") == [14])
    #expect(try numbers(bridged, "trend_first") == [40])
  }

  @Test func countsAreRatesOfTheirExposure() throws {
    let input = try table(
      .text("area", ["A", "A", "A"]), .int("year", [3, 1, 2]), .int("x", [30, 10, 20]),
      .double("people", [1000, 1000, nil]))
    let output = try run(
      Trend.self, Self.spec([("exposure", "people"), ("factor", 1000), ("model", "poisson")]), input)
    #expect(try numbers(output, "trend_first") == [10])
    #expect(try numbers(output, "trend_last") == [30])
    #expect(try cells(output, "trend_observations") == ["2"])
    #expect(try cells(output, "trend_slope") == ["(insufficient)"])
  }

  @Test func tooLittle() throws {
    let output = try run(Trend.self, Self.spec(), Self.series([nil, nil]))
    #expect(try cells(output, "trend_observations") == ["0"])
    #expect(try cells(output, "trend_first") == ["(insufficient)"])
    #expect(try run(Trend.self, Self.spec(), Self.series([])).rowCount == 0)
    let even = try run(Trend.self, Self.spec([("model", "linear")]), Self.series([5, 5, 5, 5, 5, 5]))
    #expect(abs((try numbers(even, "trend_slope")[0] ?? 1)) < 1e-12)
    #expect(try cells(even, "trend_turns") == ["0"])
  }

  @Test func mistakes() throws {
    #expect(
      schemaError(Trend.self, Self.spec([("minimum", 1)]), try Self.series([1]))
        == "p.yml:4:1: \"minimum\" is 1, expected 2 or more")
    #expect(
      schemaError(Trend.self, Self.spec([("breaks", [["from": 2013], ["from": 2013]])]), try Self.series([1]))
        == "p.yml:4:1: two breaks from 2013; one period has one")
    for number in [2012.5, 1e300, -1e9] {
      #expect(
        schemaError(Trend.self, Self.spec([("breaks", [["from": .text("\(number)")]])]), try Self.series([1]))
          == "p.yml:4:1: a break from \(number) is no period; a period is a whole number of at most nine digits, such as "
          + "a year")
      #expect(
        try dataError(
          Trend.self, Self.spec(),
          table(.text("area", ["A", "A"]), .double("year", [2012, number]), .double("x", [1, 2])))
          == "area=A, year=\(number) is no period; a period is a whole number of at most nine digits, such as a year")
    }
    let twice = try table(.text("area", ["A", "A"]), .int("year", [1, 1]), .double("x", [1, 2]))
    #expect(
      try dataError(Trend.self, Self.spec(), twice)
        == "two rows for area=A, year=1; a series has one value a period: add what tells them apart to \"by\"")
  }
}
