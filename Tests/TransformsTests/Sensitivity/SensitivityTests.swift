import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct SensitivityTests {
  /// B swings twice as much as the country except into year 5, where its series starts anew.
  static func rates() throws -> Table {
    let country: [Double] = [4, 5, 4.5, 4.75, 5, 5.5]
    let region: [Double] = [5, 7, 6, 6.5, 20, 21]
    return try table(
      .text("area", [String](repeating: "B", count: 6) + [String](repeating: "NL", count: 6)),
      .int("year", [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]), .double("rate", region + country, unit: "%"))
  }

  static func spec(_ more: [(String, SpecLiteral)] = []) -> SpecLiteral {
    .map([("area", "area"), ("period", "year"), ("value", "rate"), ("reference", "NL")] + more)
  }

  @Test func aBreakIsNotCrossed() throws {
    let output = try run(Sensitivity.self, Self.spec([("breaks", ["5"])]), Self.rates())
    #expect(try cells(output, "area") == ["B", "NL"])
    #expect(abs((try numbers(output, "beta")[0] ?? 0) - 2) < 1e-12)
    #expect(try cells(output, "changes") == ["4", "4"])
    #expect(abs((try numbers(output, "beta")[1] ?? 0) - 1) < 1e-12)
    let crossed = try run(Sensitivity.self, Self.spec(), Self.rates())
    #expect(try cells(crossed, "changes") == ["5", "5"])
    #expect(abs((try numbers(crossed, "beta")[0] ?? 0) - 2) > 0.1)
  }

  @Test func elasticities() throws {
    let country: [Double] = [100, 104, 101, 99]
    let input = try table(
      .text("area", ["B", "B", "B", "B", "NL", "NL", "NL", "NL"]), .int("year", [1, 2, 3, 4, 1, 2, 3, 4]),
      .double("rate", country.map { $0 * $0 } + country))
    let output = try run(Sensitivity.self, Self.spec([("form", "log")]), input)
    #expect(abs((try numbers(output, "beta")[0] ?? 0) - 2) < 1e-12)
    #expect(abs((try numbers(output, "r_squared")[0] ?? 0) - 1) < 1e-12)
  }

  @Test func gapsAndTooLittle() throws {
    let input = try table(
      .text("area", ["B", "B", "B", "C", "NL", "NL", "NL"]), .int("year", [1, 3, 2, 1, 1, 2, 3]),
      .double("rate", [1, 2, nil, 1, 4, 5, 7]))
    let output = try run(Sensitivity.self, Self.spec([("minimum", 2)]), input)
    #expect(try cells(output, "beta") == ["(insufficient)", "(insufficient)", "1"])
    #expect(try cells(output, "changes") == ["0", "0", "2"])
    let even = try table(
      .text("area", ["NL", "NL", "NL"]), .int("year", [1, 2, 3]), .double("rate", [4, 5, 6]))
    #expect(try cells(run(Sensitivity.self, Self.spec([("minimum", 2)]), even), "beta") == ["(undefined)"])
    let none = try table(.text("area", []), .int("year", []), .double("rate", []))
    #expect(try run(Sensitivity.self, Self.spec(), none).rowCount == 0)
  }

  @Test func mistakes() throws {
    #expect(
      schemaError(Sensitivity.self, Self.spec([("minimum", 1)]), try Self.rates())
        == "p.yml:1:1: \"minimum\" is 1, expected at least 2")
    #expect(
      try dataError(
        Sensitivity.self, .map([("area", "area"), ("period", "year"), ("value", "rate"), ("reference", "NL00")]),
        Self.rates()) == "no row has area=NL00; there are: B, NL")
    let twice = try table(.text("area", ["NL", "NL"]), .int("year", [1, 1]), .double("rate", [4, 5]))
    #expect(
      try dataError(Sensitivity.self, Self.spec(), twice)
        == "more than one row has area=NL, year=1; filter or aggregate before")
  }
}
