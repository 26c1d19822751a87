import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct ScorecardTests {
  static func spec(_ more: [(String, SpecLiteral)] = [], jobs: [(String, SpecLiteral)] = []) -> SpecLiteral {
    .map(
      [
        ("area", "area"), ("period", "year"), ("benchmark", "Z"),
        (
          "indicators",
          .map([
            ("jobs", .map([("direction", "higher_is_better")] + jobs)),
            ("crime", .map([("direction", "higher_is_worse"), ("epsilon", 1)])),
          ])
        ),
      ] + more)
  }

  static func panel() throws -> Table {
    try table(
      .text("area", ["A", "A", "A", "Z", "Z", "Z"]), .int("year", [1, 2, 3, 1, 2, 3]),
      .double("jobs", [10, 11, 14, 20, 22, 26]), .double("crime", [8, nil, 6, 5, 5, 4]))
  }

  @Test func improvedAndMoreThanTheBenchmark() throws {
    let output = try run(Scorecard.self, Self.spec(), Self.panel())
    #expect(try cells(output, "area") == ["A", "A", "Z", "Z"])
    #expect(try cells(output, "indicator") == ["jobs", "crime", "jobs", "crime"])
    #expect(try numbers(output, "change") == [4, -2, 6, -1])
    #expect(try numbers(output, "benchmark_change") == [6, -1, 6, -1])
    #expect(try numbers(output, "relative_change") == [-2, -1, 0, 0])
    // Crime of Z fell by epsilon, which is no change; so is what A did better.
    #expect(try cells(output, "verdict") == ["1", "1", "1", "0"])
    #expect(try cells(output, "relative_verdict") == ["-1", "0", "0", "0"])
  }

  @Test func aCardCounts() throws {
    let output = try run(Scorecard.self, Self.spec([("output", "areas")]), Self.panel())
    #expect(try cells(output, "improved") == ["2", "1"])
    #expect(try numbers(output, "improved_pct") == [100, 50])
    #expect(try cells(output, "improved_more") == ["0", "0"])
    #expect(try cells(output, "worsened_more") == ["1", "0"])
  }

  @Test func aBreakIsNotCrossed() throws {
    let broken = try run(Scorecard.self, Self.spec(jobs: [("breaks", [["from": 3]])]), Self.panel())
    #expect(try cells(broken, "verdict") == ["(undefined)", "1", "(undefined)", "0"])
    let bridged = try run(Scorecard.self, Self.spec(jobs: [("breaks", [["from": 3, "bridge": 2]])]), Self.panel())
    #expect(try numbers(bridged, "change")[0] == -6)
    let early = try run(
      Scorecard.self, Self.spec([("output", "areas")], jobs: [("to", 2), ("breaks", [["from": 3]])]), Self.panel())
    #expect(try cells(early, "indicators") == ["2", "2"])
  }

  @Test func gaps() throws {
    let output = try run(Scorecard.self, Self.spec(jobs: [("from", 0)]), Self.panel())
    #expect(try cells(output, "verdict")[0] == "(insufficient)")
    let none = try table(.text("area", []), .int("year", []), .double("jobs", []), .double("crime", []))
    #expect(try run(Scorecard.self, Self.spec(), none).rowCount == 0)
  }

  @Test func mistakes() throws {
    #expect(
      schemaError(Scorecard.self, Self.spec(jobs: [("from", 2014.5)]), try Self.panel()).contains(
        "\"jobs\" is judged at 2014.5, which is no period; a period is a whole number"))
    #expect(
      schemaError(
        Scorecard.self,
        .map([("area", "area"), ("period", "year"), ("benchmark", "Z"), ("indicators", ["jobs": ["epsilon": 1]])]),
        try Self.panel())
        == "p.yml:5:1: column \"jobs\" does not say whether more is better; add direction: higher_is_better or higher_is_worse"
    )
    #expect(
      try dataError(
        Scorecard.self,
        .map([
          ("area", "area"), ("period", "year"), ("benchmark", "Y"),
          ("indicators", ["jobs": ["direction": "higher_is_better"]]),
        ]), Self.panel()) == "no row has area=Y; there are: A, Z")
  }
}
