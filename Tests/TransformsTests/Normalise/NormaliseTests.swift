import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct NormaliseTests {
  func scaled(_ column: TestColumn, _ options: [(String, SpecLiteral)], _ direction: String = "higher_is_worse") throws
    -> Table
  {
    let name = column.field.name
    return try run(Normalise.self, .map([("columns", .map([(name, .text(direction))]))] + options), table(column))
  }

  /// Mean 5 and deviation 2 (by n) of 2, 4, 4, 4, 5, 5, 7, 9.
  @Test func zScores() throws {
    let column = TestColumn.int("v", [2, 4, 4, 4, 5, 5, 7, nil, 9])
    #expect(
      try numbers(scaled(column, []), "z_v") == [-1.5, -0.5, -0.5, -0.5, 0, 0, 1, nil, 2])
    #expect(
      try numbers(scaled(column, [], "higher_is_better"), "z_v") == [1.5, 0.5, 0.5, 0.5, 0, 0, -1, nil, -2])
    let sample = try numbers(scaled(TestColumn.double("v", [1, 2, 3]), [("standard_deviation", "sample")]), "z_v")
    #expect(sample == [-1, 0, 1])
  }

  @Test func minMax() throws {
    let column = TestColumn.double("v", [10, 15, 30, nil], .notAsked)
    #expect(try cells(scaled(column, [("method", "min_max")]), "z_v") == ["0", "25", "100", "(not_asked)"])
    #expect(
      try cells(scaled(column, [("method", "min_max"), ("range", [0.1, 0.7])], "higher_is_better"), "z_v").first
        == "0.7")
    #expect(
      try numbers(scaled(column, [("method", "min_max"), ("range", [-1, 1])]), "z_v") == [-1, -0.5, 1, nil])
  }

  @Test func ranks() throws {
    let column = TestColumn.double("v", [7, 5, nil, 5, 3])
    #expect(try numbers(scaled(column, [("method", "rank"), ("prefix", "r_")]), "r_v") == [4, 2.5, nil, 2.5, 1])
    #expect(try numbers(scaled(column, [("method", "rank")], "higher_is_better"), "z_v") == [1, 2.5, nil, 2.5, 4])
    #expect(try numbers(scaled(column, [("method", "percentile_rank")]), "z_v") == [1, 1.0 / 3, nil, 1.0 / 3, 0])
  }

  @Test(arguments: ["z_score", "min_max", "percentile_rank", "rank"]) func noSpreadOneValueNone(method: String) throws {
    let options: [(String, SpecLiteral)] = [("method", .text(method))]
    let equal = try cells(scaled(.double("v", [0.1, 0.1, nil, 0.1], .suppressed), options), "z_v")
    let one = try cells(scaled(.double("v", [4]), options), "z_v")
    let spreadless = method == "z_score" || method == "min_max"
    let (all, alone) =
      method == "rank"
      ? ("2", "1") : method == "percentile_rank" ? ("0", "(undefined)") : ("(undefined)", "(undefined)")
    #expect(equal == [all, all, "(suppressed)", all] && one == [alone])
    #expect(spreadless == (all == "(undefined)"))
    #expect(
      try cells(scaled(.double("v", [nil, nil], .suppressed), options), "z_v") == ["(suppressed)", "(suppressed)"])
    #expect(try scaled(.double("v", []), options).rowCount == 0)
  }

  @Test func valuesTooFarApart() throws {
    let wide = TestColumn.double("v", [-1.7e308, 1.7e308])
    #expect(try cells(scaled(wide, [("method", "min_max")]), "z_v") == ["(undefined)", "(undefined)"])
    #expect(try cells(scaled(wide, []), "z_v") == ["(undefined)", "(undefined)"])
  }

  /// Each group by itself, whatever the order of rows; a row without a group has that cell's reason.
  @Test func groups() throws {
    let input = try table(
      .text("year", ["b", "a", "b", nil, "a", "c", nil], .rejected), .double("v", [1, 10, 3, 99, 20, 7, nil]),
      .int("w", [5, 5, 7, 7, 9, 9, 1]))
    let output = try run(
      Normalise.self, ["by": ["year"], "columns": ["v": "higher_is_worse", "w": "higher_is_better"]], input)
    #expect(try cells(output, "z_v") == ["-1", "-1", "1", "(rejected)", "1", "(undefined)", "(unknown)"])
    #expect(try cells(output, "z_w") == ["1", "1", "-1", "(rejected)", "-1", "(undefined)", "(rejected)"])
  }

  @Test func identitiesOnManyValues() throws {
    let input = try panel(areas: 500, years: 3)
    let spec: SpecLiteral = [
      "by": ["year"], "columns": ["a": "higher_is_worse", "b": "higher_is_better", "c": "higher_is_worse"],
    ]
    let output = try run(Normalise.self, spec, input)
    for name in ["z_a", "z_b", "z_c"] {
      let all = try numbers(output, name)
      for year in 0..<3 {
        let values = all[(500 * year)..<(500 * year + 500)].compactMap { $0 }
        let (sum, squares) = (values.reduce(0, +), values.reduce(0) { $0 + $1 * $1 })
        #expect(abs(sum) < 1e-9 && abs(squares - Double(values.count)) < 1e-9)
      }
      #expect(try output.column(name).missing == input.column(String(name.dropFirst(2))).missing)
    }
    let transform = try make(Normalise.self, spec)
    #expect(try transform.apply([input], context: RunContext(threads: 2)) == output)
    let order = (0..<Int32(1500)).map { ($0 * 7) % 1500 }
    let rank: SpecLiteral = ["by": ["year"], "columns": ["a": "higher_is_worse"], "method": "rank"]
    #expect(
      try run(Normalise.self, rank, input.gathering(order)) == run(Normalise.self, rank, input).gathering(order))
  }

  @Test func theFieldSaysWhatItIs() throws {
    let origin = Origin(producer: "CBS", table: "1")
    let column = TestColumn.double("v", [1, 2], unit: "%").with {
      $0.origins = [origin]
      $0.label = "V"
    }
    #expect(
      try scaled(column, []).schema["z_v"]
        == Field(
          "z_v", .float64, unit: "standard deviations", label: "V", direction: .higherIsWorse, origins: [origin]))
    #expect(try scaled(column, [("method", "percentile_rank")]).schema["z_v"]?.unit == "share")
  }

  @Test func mistakesInTheOptions() throws {
    let input = try table(.text("code", []), .double("value", []), .double("z_value", []))
    #expect(
      schemaError(Normalise.self, ["columns": ["valeu": "higher_is_worse"]], input)
        == "p.yml:2:1: the input has no column \"valeu\"; did you mean \"value\"?")
    #expect(
      schemaError(Normalise.self, ["columns": ["code": "higher_is_worse"]], input)
        == "p.yml:2:1: column \"code\" is string, expected a number")
    #expect(
      schemaError(Normalise.self, ["columns": ["value": "higher_is_worse"]], input)
        == "p.yml:2:1: column \"z_value\" occurs twice; rename one of them; choose another \"prefix\"")
    #expect(
      schemaError(Normalise.self, ["columns": ["value": "higher_is_worse"], "range": [1, 1]], input)
        == "p.yml:2:1: \"range\" takes two rising numbers")
    #expect(
      schemaError(Normalise.self, ["columns": ["value": "higher_is_worse"], "by": ["year"], "prefix": "n_"], input)
        == "p.yml:4:3: the input has no column \"year\"; there are: code, value, z_value")
  }
}
