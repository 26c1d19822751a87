import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct MonitorTests {
  static func spec(_ more: [(String, SpecLiteral)] = []) -> SpecLiteral {
    .map([("by", ["area"]), ("period", "year"), ("value", "x"), ("baseline", 6)] + more)
  }

  /// One series rises, one stays, one has no spread, one ends with its baseline.
  static func crimes() throws -> Table {
    let series: [(String, [Double])] = [
      ("A", [10, 11, 9, 10, 11, 9, 20, 21]), ("B", [10, 11, 9, 10, 11, 9, 10, 10]),
      ("C", [5, 5, 5, 5, 5, 5, 5, 5]), ("D", [1, 2, 1, 2, 1, 2]),
    ]
    return try table(
      .text("area", series.flatMap { name, values in values.map { _ in name } }),
      .int("year", series.flatMap { $0.1.indices.map { Int64(2010 + $0) } }),
      .double("x", series.flatMap { $0.1.map { $0 } }))
  }

  @Test func aShiftIsFlagged() throws {
    let output = try run(Monitor.self, Self.spec(), Self.crimes())
    #expect(try cells(output, "flag") == ["1", "0", "(undefined)", "(insufficient)"])
    #expect(try cells(output, "cusum_rise_period") == ["2016", "(not_applicable)", "(undefined)", "(insufficient)"])
    #expect(try cells(output, "cusum_fall_period")[0] == "(not_applicable)")
    // Baseline: mean 10, sd sqrt(4 / 5); z of 20 and 21; the average 0.3 z2 + 0.7 * 0.3 z1.
    let sd = (4.0 / 5).squareRoot()
    let expected = 0.3 * 11 / sd + 0.7 * 0.3 * 10 / sd
    #expect(abs((try numbers(output, "ewma")[0] ?? 0) - expected) < 1e-12)
  }

  @Test func falseAlarmsAreControlled() throws {
    let output = try run(Monitor.self, Self.spec(), Self.crimes())
    let (p, q) = try (numbers(output, "p_value"), numbers(output, "q_value"))
    // Two series have a chance: the smaller is doubled, the larger stays.
    #expect(q[0] == p[0].map { min($0 * 2, q[1] ?? 1) })
    #expect(q[1] == p[1])
    let apart = try run(Monitor.self, Self.spec([("within", ["area"])]), Self.crimes())
    #expect(try numbers(apart, "q_value") == numbers(apart, "p_value"))
  }

  @Test func mistakes() throws {
    #expect(
      schemaError(Monitor.self, Self.spec([("limit", 0)]), try Self.crimes())
        == "p.yml:4:1: \"slack\" takes 0 or more and \"limit\" more than 0")
    #expect(
      schemaError(Monitor.self, Self.spec([("false_discovery", 2)]), try Self.crimes())
        == "p.yml:4:1: \"false_discovery\" is 2.0, expected a share from 0 to 1")
    #expect(
      schemaError(Monitor.self, Self.spec([("within", ["are"])]), try Self.crimes())
        == "p.yml:7:3: \"within\" names \"are\", which is not in \"by\"; did you mean \"area\"?")
    #expect(
      schemaError(Monitor.self, Self.spec([("weight", 0)]), try Self.crimes())
        == "p.yml:4:1: \"weight\" is 0.0, expected more than 0 and at most 1")
    let none = try table(.text("area", []), .int("year", []), .double("x", []))
    #expect(try run(Monitor.self, Self.spec(), none).rowCount == 0)
  }
}
