@testable import PipelineKit
import Tabular
import Testing

@Suite struct FilterTests {
  private func table() throws -> Table {
    try Make.table([
      (Field("code", .string), Make.texts(["a", "b", nil, "d"])), (Field("x", .float64), Make.floats([1, nil, 3, -4])),
    ])
  }

  private func filter(_ condition: String) throws -> any Transform {
    try Make.transform("filter", Make.map(["where": Make.text(condition, 1, 10)]))
  }

  @Test func keepsRowsWhereTheConditionIsTrueAndCountsTheOthers() throws {
    let context = RunContext(stage: "f")
    let result = try filter("x > 0").apply([table()], context: context)
    #expect(try Make.shown(result, "code") == ["a", "!suppressed"])
    #expect(try Make.shown(result, "x") == ["1", "3"])
    #expect(context.record.counts(of: "f").filtered == 2)
  }

  @Test func keepsMissingRowsOnlyWhenAsked() throws {
    #expect(try Make.shown(filter("not x > 0").apply([table()], context: RunContext()), "code") == ["d"])
    #expect(try Make.shown(filter("x > 0 or missing(x)").apply([table()], context: RunContext()), "code").count == 3)
    #expect(try filter("true").apply([table()], context: RunContext()) == table())
    #expect(try filter("code == 'zz'").apply([table()], context: RunContext()).rowCount == 0)
    #expect(try filter("x > 0").apply([table().gathering([])], context: RunContext()).rowCount == 0)
  }

  @Test func asksForTheColumnsOfItsCondition() throws {
    let schema = try table().schema
    #expect(try filter("x > 0").neededColumns(["code"], inputs: [schema]) == [["code", "x"]])
    #expect(try filter("x > 0").neededColumns(nil, inputs: [schema]) == [nil])
    #expect(try filter("true").neededColumns([], inputs: [schema]) == [["code"]])
  }

  @Test func saysWhatIsWrong() throws {
    let schema = try table().schema
    func error(_ condition: String) -> String {
      Make.error { _ = try filter(condition).outputSchema(for: [schema]) }
    }
    #expect(error("x + 1") == "p.yml:1:12: expected a condition (true or false), found a number")
    #expect(error("cod == 'a'") == "p.yml:1:10: no column \"cod\"; did you mean \"code\"?")
    #expect(error("x = 1") == "p.yml:1:12: \"=\" is not an operator; use ==")
  }
}
