import PipelineKit
import Tabular
import Testing

@Suite struct SelectTests {
  private func table() throws -> Table {
    try Make.table([
      (Field("code", .string, role: .key), Make.texts(["a", nil])),
      (Field("x", .float64, unit: "%"), Make.floats([1, nil])),
      (Field("y", .int64), Make.ints([3, 4])),
    ])
  }

  private func names(_ names: String...) -> SpecNode { Make.list(names.enumerated().map { Make.text($1, 2, 5 + $0) }) }

  @Test func keepsColumnsInTheOrderNamed() throws {
    let table = try table()
    let select = try Make.transform("select", Make.map(["columns": names("y", "code")]))
    let result = try select.apply([table], context: RunContext())
    #expect(result == (try table.selecting(["y", "code"])))
    #expect(result.schema == (try select.outputSchema(for: [table.schema])))
    #expect(select.neededColumns(["y"], inputs: [table.schema]) == [["y", "code"]])
    #expect(select.isRowLevel)
  }

  @Test func leavesColumnsOut() throws {
    let table = try table()
    let select = try Make.transform("select", Make.map(["except": names("x")]))
    #expect(try select.apply([table], context: RunContext()) == table.selecting(["code", "y"]))
    #expect(select.neededColumns(nil, inputs: [table.schema]) == [nil])
    #expect(select.neededColumns(["y"], inputs: [table.schema]) == [["x", "y"]])
  }

  @Test func keepsTheRowsOfAnEmptyTable() throws {
    let select = try Make.transform("select", Make.map(["columns": names("y")]))
    #expect(try select.apply([table().gathering([])], context: RunContext()).rowCount == 0)
  }

  @Test func saysWhatIsWrong() throws {
    let schema = try table().schema
    func error(_ options: SpecNode) -> String {
      Make.error { _ = try Make.transform("select", options).outputSchema(for: [schema]) }
    }
    #expect(error(Make.map([:])) == "p.yml:1:1: select needs columns (to keep) or except (to leave out)")
    #expect(
      error(Make.map(["columns": names("x"), "except": names("y")]))
        == "p.yml:2:5: select takes columns or except, not both")
    #expect(error(Make.map(["columns": names("x", "z")])) == "p.yml:2:6: no column \"z\"; there are: code, x, y")
    #expect(error(Make.map(["columns": names("x", "x")])) == "p.yml:2:6: column \"x\" is selected twice")
    #expect(
      error(Make.map(["columns": names()])) == "p.yml:1:1: select keeps no column; name at least one under columns")
    #expect(error(Make.map(["except": names("cod")])) == "p.yml:2:5: no column \"cod\"; did you mean \"code\"?")
    #expect(
      error(Make.map(["except": names("x", "y", "code")]))
        == "p.yml:2:7: except leaves out every column; keep at least one")
  }
}
