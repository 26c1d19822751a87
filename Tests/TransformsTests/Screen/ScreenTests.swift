import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct ScreenTests {
  let input: Table

  init() throws {
    input = try table(
      .text("code", ["k", "l", "m", "n"]), .double("a", [1, nil, 0, 4]), .int("b", [1, nil, 0, nil], .suppressed),
      .double("c", [1, 2, 3, 4]))
  }

  @Test func areasThatStay() throws {
    let spec: SpecLiteral = ["columns": ["a", "b", "c"], "areas": ["minimum_present": 0.6666666666666667]]
    #expect(try cells(run(Screen.self, spec, input), "code") == ["k", "m", "n"])
    let zeros: SpecLiteral = ["columns": ["a", "b", "c"], "areas": ["minimum_nonzero": 0.5]]
    #expect(try cells(run(Screen.self, zeros, input), "code") == ["k", "l", "n"])
    let kept: SpecLiteral = [
      "columns": ["a", "b", "c"], "areas": ["minimum_present": 1.0], "area": "code", "keep": ["l"],
    ]
    #expect(try cells(run(Screen.self, kept, input), "code") == ["k", "l", "m"])
  }

  @Test func indicatorsThatStay() throws {
    let spec: SpecLiteral = ["columns": ["a", "b", "c"], "indicators": ["minimum_present": 0.6]]
    let context = RunContext()
    let output = try make(Screen.self, spec, context).apply([input], context: context)
    #expect(try cells(output, "b") == ["(insufficient)", "(insufficient)", "(insufficient)", "(insufficient)"])
    #expect(try cells(output, "a") == ["1", "(unknown)", "0", "4"])
    // Without b every area but l has what is left.
    let both: SpecLiteral = [
      "columns": ["a", "b", "c"], "areas": ["minimum_present": 1.0], "indicators": ["minimum_present": 0.6],
      "first": "indicators",
    ]
    #expect(try cells(run(Screen.self, both, input), "code") == ["k", "m", "n"])
  }

  @Test func report() throws {
    let spec: SpecLiteral = [
      "columns": ["a", "b", "c"], "area": "code", "areas": ["minimum_present": 0.5], "give": "report",
    ]
    let report = try run(Screen.self, spec, input)
    #expect(try cells(report, "name") == ["k", "l", "m", "n", "a", "b", "c"])
    #expect(try cells(report, "kept") == ["1", "0", "1", "1", "1", "1", "1"])
    let nonZero = try numbers(report, "non_zero").compactMap { $0 }
    #expect(zip(nonZero, [1, 1, 1.0 / 3, 1]).allSatisfy { abs($0 - $1) < 1e-15 } && nonZero.count == 7)
    // Indicators are judged among the areas that stay.
    #expect(abs((try numbers(report, "present")[5] ?? 0) - 2.0 / 3) < 1e-15)
  }

  @Test func nothingThere() throws {
    let spec: SpecLiteral = ["columns": ["x"], "areas": ["minimum_present": 1.0]]
    #expect(try run(Screen.self, spec, table(.double("x", []))).rowCount == 0)
    #expect(try run(Screen.self, spec, table(.double("x", [nil, nil]))).rowCount == 0)
    #expect(try run(Screen.self, spec, table(.double("x", [1]))).rowCount == 1)
  }

  @Test func mistakes() throws {
    #expect(
      schemaError(Screen.self, ["columns": ["a"], "areas": ["minimum_present": 65]], input)
        == "p.yml:2:3: \"minimum_present\" and \"minimum_nonzero\" are shares, 0 to 1")
    #expect(
      schemaError(Screen.self, ["columns": ["a"], "give": "report"], input)
        == "p.yml:2:3: \"keep\" and the report need \"area\"")
  }
}
