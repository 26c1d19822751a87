import Statistics
import Tabular
import Testing

@testable import Transforms

@Suite struct IntervalTests {
  private func ends(_ table: Table, _ name: String = "z") throws -> [[Double?]] {
    try [numbers(table, name), numbers(table, name + "_low"), numbers(table, name + "_high")]
  }

  private func near(_ one: Double?, _ other: Double, _ tolerance: Double = 1e-9) -> Bool {
    one.map { abs($0 - other) < tolerance } ?? false
  }

  /// Wilson's interval of 7 in 20 is 18.12% to 56.71%, as SciPy's `binomtest(7, 20).proportion_ci(method="wilson")` has it.
  @Test func sharesByWilsonAndJeffreys() throws {
    let input = try table(.int("x", [7, 0, 20, 5]), .int("n", [20, 20, 20, 0]))
    let wilson = try ends(run(IntervalTransform.self, ["count": "x", "of": "n", "into": "z"], input))
    #expect(near(wilson[0][0], 35) && near(wilson[1][0], 18.1192, 5e-4) && near(wilson[2][0], 56.7146, 5e-4))
    #expect(wilson[1][1] == 0 && wilson[2][2] == 100)
    #expect(wilson.map { $0[3] } == [nil, nil, nil])
    let jeffreys = try ends(
      run(IntervalTransform.self, ["count": "x", "of": "n", "method": "jeffreys", "level": 0.9, "into": "z"], input))
    let expected = try #require(Interval.jeffreys(7, of: 20, level: 0.9))
    #expect(near(jeffreys[1][0], 100 * expected.low) && near(jeffreys[2][0], 100 * expected.high))
  }

  /// Garwood's interval of 10 events is 4.795 to 18.390.
  @Test func eventsByPoisson() throws {
    let input = try table(.int("x", [10, 0]), .int("n", [2000, 2000]))
    let counts = try ends(run(IntervalTransform.self, ["count": "x", "method": "poisson", "into": "z"], input))
    #expect(counts[0][0] == 10 && near(counts[1][0], 4.7954, 1e-4) && near(counts[2][0], 18.3904, 1e-4))
    #expect(counts[1][1] == 0)
    let output = try run(
      IntervalTransform.self, ["count": "x", "of": "n", "method": "poisson", "into": "z"], input)
    let rates = try ends(output)
    #expect(rates[0][0] == 5 && near(rates[2][0], 9.1952, 1e-4) && output.schema["z"]?.unit == "per 1000")
    let byar = try ends(run(IntervalTransform.self, ["count": "x", "method": "byar", "into": "z"], input))
    #expect(near(byar[1][0], 4.7954, 0.03) && near(byar[2][0], 18.3904, 0.03))
  }

  /// Multiples of 5 and whole percents as published by CBS: what the true figures may be.
  @Test func roundingIsKnownNoise() throws {
    let input = try table(.int("x", [10, 0, 5]), .int("n", [100, 50, 5]), .int("p", [12, 0, 100]))
    let counts = try ends(
      run(
        IntervalTransform.self,
        ["count": "x", "of": "n", "method": "rounding", "rounding": ["count": 5, "of": 5], "into": "z"], input))
    #expect(near(counts[0][0], 10) && near(counts[1][0], 100 * 7.5 / 102.5) && near(counts[2][0], 100 * 12.5 / 97.5))
    #expect(counts[1][1] == 0 && near(counts[2][1], 100 * 2.5 / 47.5))
    // 7.5 of 2.5 is no share: the upper end stays 100%.
    #expect(near(counts[1][2], 100 * 2.5 / 7.5) && counts[2][2] == 100)
    let percents = try ends(
      run(
        IntervalTransform.self, ["percent": "p", "method": "rounding", "rounding": ["percent": 1], "into": "z"], input))
    #expect(percents == [[12, 0, 100], [11.5, 0, 99.5], [12.5, 0.5, 100]])
  }

  /// With rounding an interval holds those of all the figures that may be behind it.
  @Test(arguments: ["wilson", "jeffreys", "poisson"]) func aRoundedIntervalHoldsTheOthers(method: String) throws {
    let input = try table(.int("x", [15, 5, 60]), .int("n", [60, 10, 60]))
    let wide = try ends(
      run(
        IntervalTransform.self,
        [
          "count": "x", "of": "n", "method": .text(method), "per": 1, "rounding": ["count": 5, "of": 5], "into": "z",
        ],
        input))
    for (row, count, total) in [(0, 15.0, 60.0), (1, 5, 10), (2, 60, 60)] {
      for x in stride(from: count - 2.5, through: count + 2.5, by: 0.5) {
        for n in stride(from: total - 2.5, through: total + 2.5, by: 0.5) where x <= n {
          let own: Interval?
          switch method {
          case "wilson": own = .wilson(x, of: n)
          case "jeffreys": own = .jeffreys(x, of: n)
          default: own = Interval.poissonExact(x).map { Interval(low: $0.low / n, high: $0.high / n) }
          }
          let one = try #require(own)
          let (low, high) = try (#require(wide[1][row]), #require(wide[2][row]))
          #expect(low <= one.low + 1e-12 && high >= one.high - 1e-12, "\(x) of \(n): \(one), not in \(low) to \(high)")
        }
      }
    }
  }

  @Test func missingAndImpossibleCells() throws {
    let input = try table(.int("x", [nil, 3], .suppressed), .int("n", [10, 2]))
    let output = try run(IntervalTransform.self, ["count": "x", "of": "n", "into": "z"], input)
    for name in ["z", "z_low", "z_high"] { #expect(try cells(output, name) == ["(suppressed)", "(undefined)"]) }
    let none = try run(IntervalTransform.self, ["count": "x", "into": "z", "method": "poisson"], table(.int("x", [])))
    #expect(none.rowCount == 0)
  }

  @Test func mistakesAreNamed() throws {
    let input = try table(.int("x", [1]), .int("n", [2]))
    func error(_ spec: SpecLiteral) -> String { schemaError(IntervalTransform.self, spec, input) }
    #expect(error(["of": "n", "into": "z"]) == "p.yml:2:1: give either \"count\" or \"percent\"")
    #expect(
      error(["count": "x", "into": "z"])
        == "p.yml:2:1: method: wilson needs \"of\": how many there are to be counted")
    #expect(
      error(["count": "x", "of": "n", "method": "rounding", "into": "z"])
        == "p.yml:4:1: method: rounding needs \"rounding\": the steps of the figures")
    #expect(
      error(["count": "x", "of": "n", "level": 1, "into": "z"])
        == "p.yml:4:1: \"level\" must be between 0 and 1 and \"per\" above 0")
    #expect(
      error(["count": "x", "of": "n", "rounding": ["of": 0], "into": "z"])
        == "p.yml:5:1: a step of \"rounding\" is a number above 0")
  }
}
