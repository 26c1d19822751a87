import Tabular
import Testing

@testable import Transforms

@Suite struct ShrinkTests {
  private static let counts: [Double?] = [2, 30, 90, 12, 150]
  private static let totals: [Double?] = [40, 400, 600, 80, 1000]

  /// Appendix D of the English Indices of Deprivation 2019 on five cells of one gemeente, another beside it.
  @Test func drawsTowardsTheLargerArea() throws {
    let input = try table(
      .text("g", ["a", "a", "b", "a", "a", "a"]),
      .double("r", [2, 30, 1, 90, 12, 150]), .double("n", [40, 400, 4, 600, 80, 1000]))
    let output = try run(Shrink.self, ["count": "r", "of": "n", "within": ["g"], "into": "z"], input)
    let (rates, weights, larger) = try (numbers(output, "z"), numbers(output, "z_weight"), numbers(output, "z_larger"))
    for (row, rate, weight) in [
      (0, 0.094603, 0.452911), (1, 0.080772, 0.896832), (3, 0.149879, 0.959167), (4, 0.149405, 0.766953),
      (5, 0.149926, 0.975016),
    ] {
      #expect(abs((rates[row] ?? .nan) - 100 * rate) < 5e-5 && abs((weights[row] ?? .nan) - weight) < 5e-7)
      #expect(larger[row] == larger[0])
    }
    // The logit of 284.5/1836.5.
    #expect(abs((larger[0] ?? .nan) - 100 * 284.5 / 2121) < 1e-9)
    // The only area of b keeps its own.
    #expect(rates[2] == 25 && weights[2] == 1)
    #expect(output.schema["z"]?.unit == "%")
  }

  @Test func percentsStandForCounts() throws {
    let percents = zip(Self.counts, Self.totals).map { 100 * ($0 ?? 0) / ($1 ?? 1) }
    let input = try table(.double("p", percents), .double("r", Self.counts), .double("n", Self.totals))
    let byCount = try run(Shrink.self, ["count": "r", "of": "n", "into": "z"], input)
    let byPercent = try run(Shrink.self, ["percent": "p", "of": "n", "into": "z"], input)
    for (one, other) in try zip(numbers(byCount, "z"), numbers(byPercent, "z")) {
      #expect(abs((one ?? .nan) - (other ?? .nan)) < 1e-10)
    }
  }

  @Test func whatCannotBeDrawnIsMissing() throws {
    let input = try table(
      .text("g", ["a", "a", "a", nil, "a", "a"]), .double("r", [5, nil, 0, 1, 2, 30]),
      .double("n", [4, 10, 0, 10, 40, 400]))
    let output = try run(Shrink.self, ["count": "r", "of": "n", "within": ["g"], "into": "z"], input)
    #expect(
      try cells(output, "z").prefix(4) == ["(undefined)", "(unknown)", "(undefined)", "(unknown)"])
    // The others are as if those were not there.
    let alone = try run(
      Shrink.self, ["count": "r", "of": "n", "into": "z"], table(.double("r", [2, 30]), .double("n", [40, 400])))
    #expect(try Array(numbers(output, "z").suffix(2)) == numbers(alone, "z"))
  }

  @Test func areasThatDoNotDifferGetOneRate() throws {
    let output = try run(
      Shrink.self, ["count": "r", "of": "n", "into": "z"], table(.int("r", [1, 1]), .int("n", [2, 2])))
    #expect(try cells(output, "z") == ["50", "50"] && cells(output, "z_weight") == ["0", "0"])
    let none = try run(Shrink.self, ["count": "r", "of": "n", "into": "z"], table(.int("r", []), .int("n", [])))
    #expect(none.rowCount == 0)
  }

  @Test func mistakesAreNamed() throws {
    let input = try table(.double("r", [-1]), .double("n", [4]))
    #expect(
      schemaError(Shrink.self, ["of": "n", "into": "z"], input) == "p.yml:1:1: give either \"count\" or \"percent\"")
    #expect(
      schemaError(Shrink.self, ["count": "r", "of": "n", "into": "n"], input)
        == "p.yml:3:1: the input already has a column \"n\"; choose another name")
    #expect(
      try dataError(Shrink.self, ["count": "r", "of": "n", "into": "z"], input)
        == "\"r\" is -1 in row 1, expected 0 or more")
  }
}
