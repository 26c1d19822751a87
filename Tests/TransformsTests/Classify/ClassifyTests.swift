import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct ClassifyTests {
  @Test func fixedBoundsClosedOnEitherSide() throws {
    let input = try table(.double("v", [-5, 1, 1.5, 2, 9, nil], .suppressed))
    let right = try run(Classify.self, ["column": "v", "into": "c", "bounds": [1, 2]], input)
    #expect(try cells(right, "c") == ["1", "1", "2", "2", "3", "(suppressed)"])
    let left = try run(Classify.self, ["column": "v", "into": "c", "bounds": [1, 2], "closed": "left"], input)
    #expect(try cells(left, "c") == ["1", "2", "2", "3", "3", "(suppressed)"])
  }

  @Test func labelsMakeText() throws {
    let input = try table(.int("v", [1, 5, nil]))
    let output = try run(
      Classify.self, ["column": "v", "into": "c", "bounds": [3], "labels": ["low", "high"]], input)
    #expect(output.schema["c"]?.type == .string)
    #expect(try cells(output, "c") == ["low", "high", "(unknown)"])
  }

  /// 1 + floor(n (a - 1) / N), counted directly.
  @Test(arguments: [2, 5, 10]) func quantilesByRank(n: Int) throws {
    let values: [Double?] = (0..<103).map { $0 % 9 == 0 ? nil : Double(($0 * 31) % 41) }
    let years: [Int64?] = (0..<103).map { Int64(2000 + $0 % 2) }
    let input = try table(.int("year", years), .double("v", values))
    let output = try run(
      Classify.self, ["column": "v", "into": "c", "quantiles": .text("\(n)"), "frame": ["by": ["year"]]], input)
    for (row, found) in try numbers(output, "c").enumerated() {
      let frame = (0..<103).filter { years[$0] == years[row] }.compactMap { values[$0] }
      let expected = values[row].map { v in Double(1 + n * frame.filter { $0 < v }.count / frame.count) }
      #expect(found == expected)
    }
  }

  /// Cut points of R: quantile(c(1, 2, 3, 4, 10), c(.25, .5, .75)) is 2, 3, 4.
  @Test func quantilesAtCutPoints() throws {
    let input = try table(.double("v", [1, 2, 3, 4, 10]))
    let spec: SpecLiteral = ["column": "v", "into": "c", "quantiles": 4, "method": "cut_points"]
    #expect(try cells(run(Classify.self, spec, input), "c") == ["1", "1", "2", "3", "4"])
    let left: SpecLiteral = ["column": "v", "into": "c", "quantiles": 4, "method": "cut_points", "closed": "left"]
    #expect(try cells(run(Classify.self, left, input), "c") == ["1", "2", "3", "4", "4"])
  }

  @Test func anAnchoredFrameLetsAreasMoveTogether() throws {
    let input = try table(
      .int("year", [2012, 2012, 2012, 2012, 2020, 2020, 2020, 2020, 2020]),
      .double("v", [10, 20, 30, 40, 5, 20, 25, 41, nil], .notAsked))
    let frame: SpecLiteral = ["period": "year", "base": 2012]
    let ranked = try run(Classify.self, ["column": "v", "into": "c", "quantiles": 2, "frame": frame], input)
    #expect(try cells(ranked, "c") == ["1", "1", "2", "2", "1", "1", "2", "2", "(not_asked)"])
    let cut = try run(
      Classify.self, ["column": "v", "into": "c", "quantiles": 2, "method": "cut_points", "frame": frame], input)
    #expect(try cells(cut, "c") == ["1", "1", "2", "2", "1", "1", "1", "2", "(not_asked)"])
    let pooled = try run(Classify.self, ["column": "v", "into": "c", "quantiles": 2, "frame": "pooled"], input)
    #expect(try cells(pooled, "c") == ["1", "1", "2", "2", "1", "1", "2", "2", "(not_asked)"])
  }

  @Test func aGroupWithoutABaseIsOutsideTheFrame() throws {
    let input = try table(
      .text("level", ["buurt", "wijk", "buurt", nil], .rejected), .text("wave", ["a", "b", "b", "b"]),
      .double("v", [1, 2, 3, 4]))
    let output = try run(
      Classify.self,
      ["column": "v", "into": "c", "quantiles": 3, "frame": ["by": ["level"], "period": "wave", "base": "a"]], input)
    #expect(try cells(output, "c") == ["1", "(outside_frame)", "3", "(rejected)"])
  }

  @Test func oneRowAllEqualAllMissingAndNone() throws {
    for method in ["rank", "cut_points"] {
      let spec: SpecLiteral = ["column": "v", "into": "c", "quantiles": 5, "method": .text(method)]
      #expect(try cells(run(Classify.self, spec, table(.int("v", [4]))), "c") == ["1"])
      #expect(try cells(run(Classify.self, spec, table(.int("v", [4, 4, 4]))), "c") == ["1", "1", "1"])
      #expect(try cells(run(Classify.self, spec, table(.int("v", [nil, nil]))), "c") == ["(unknown)", "(unknown)"])
      #expect(try run(Classify.self, spec, table(.int("v", []))).rowCount == 0)
    }
  }

  @Test func theOrderOfRowsDoesNotMatter() throws {
    let values: [Double?] = (0..<90).map { $0 % 11 == 0 ? nil : Double(($0 * 7919) % 37) }
    let order = (0..<90).map { Int32(($0 * 77) % 90) }
    let input = try table(.double("v", values))
    for method in ["rank", "cut_points"] {
      let spec: SpecLiteral = ["column": "v", "into": "c", "quantiles": 4, "method": .text(method)]
      let output = try run(Classify.self, spec, input)
      #expect(try run(Classify.self, spec, input.gathering(order)).columns[1] == output.columns[1].gathering(order))
    }
  }

  @Test func mistakesInTheOptions() throws {
    let input = try table(.int("year", [2012, 2016]), .double("value", [1, 2]), .double("share", [1, 2]))
    func error(_ more: (String, SpecLiteral)...) -> String {
      schemaError(Classify.self, .map([("column", "value"), ("into", "c")] + more), input)
    }
    #expect(error() == "p.yml:1:1: say \"bounds\" or \"quantiles\": there are no classes otherwise")
    #expect(
      error(("bounds", [1]), ("quantiles", 2)) == "p.yml:1:1: \"bounds\" and \"quantiles\" exclude each other")
    #expect(
      error(("bounds", [2, 1]))
        == "p.yml:1:1: \"bounds\" must name at least one number, and each must be above the one before")
    #expect(
      error(("bounds", [1]), ("frame", "pooled")) == "p.yml:1:1: \"frame\" is for \"quantiles\"; fixed bounds need none"
    )
    #expect(error(("quantiles", 1)) == "p.yml:1:1: \"quantiles\" is 1, expected 2 to 1000")
    #expect(
      error(("quantiles", 2), ("closed", "left"))
        == "p.yml:1:1: \"closed\" is for bounds and \"method: cut_points\"; ranks have no bounds")
    #expect(error(("quantiles", 2), ("labels", ["a"])) == "p.yml:1:1: \"labels\" names 1 classes, there are 2")
    #expect(error(("quantiles", 2), ("labels", ["a", "a"])) == "p.yml:1:1: \"labels\" names two classes alike")
    #expect(
      error(("quantiles", 2), ("frame", "year"))
        == "p.yml:4:1: expected pooled, {by: [columns]} or {period: column, base: value}, found \"year\"")
    #expect(error(("quantiles", 2), ("frame", [:])) == "p.yml:4:1: a frame names \"by\", or \"period\" and \"base\"")
    #expect(
      error(("quantiles", 2), ("frame", ["period": "year"]))
        == "p.yml:5:1: a frame with a base names both \"period\" and \"base\"")
    #expect(
      error(("quantiles", 2), ("frame", ["period": "year", "base": "first"]))
        == "p.yml:6:1: column \"year\" holds whole numbers; \"first\" is none")
    #expect(
      error(("quantiles", 2), ("frame", ["period": "share", "base": 1]))
        == "p.yml:6:1: column \"share\" is float64; a period or a code is a whole number or text")
    #expect(
      error(("quantiles", 2), ("frame", ["by": ["year"], "period": "year", "base": 2012]))
        == "p.yml:6:3: \"year\" is the period of the base and cannot be in \"by\" as well")
    #expect(
      try dataError(
        Classify.self,
        ["column": "value", "into": "c", "quantiles": 2, "frame": ["period": "year", "base": "1999"]], input)
        == "no row has year=1999; there are: 2012, 2016")
  }
}
