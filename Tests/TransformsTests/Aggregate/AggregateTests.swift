import PipelineKit
import Tabular
import Testing

@Suite struct AggregateTests {
  private let origin = Origin(producer: "CBS", table: "T", column: "x")

  private func table() throws -> Table {
    try Make.table([
      (Field("town", .string), Make.texts(["Enschede", "Almelo", nil, "Almelo", "Enschede"])),
      (Field("year", .int64), Make.ints([2020, 2016, 2016, 2020, 2016])),
      (Field("x", .float64, unit: "euro", origins: [origin]), Make.floats([1, 2, 4, nil, 8])),
    ])
  }

  private func aggregate(by: [String], _ measures: KeyValuePairs<String, SpecNode>) throws -> any Transform {
    let keys = Make.list(by.enumerated().map { Make.text($1, 1, 5 + $0) })
    return try Make.transform("aggregate", Make.map(["by": keys, "measures": Make.map(measures)]))
  }

  @Test func makesOneRowOfEachGroupInOrder() throws {
    let aggregate = try aggregate(
      by: ["year", "town"], ["n": Make.text("count()", 2, 9), "total": Make.text("sum(x)", 3, 9)])
    let table = try table()
    let result = try aggregate.apply([table], context: RunContext())
    #expect(try Make.shown(result, "year") == ["2016", "2016", "2016", "2020", "2020"])
    #expect(try Make.shown(result, "town") == ["Almelo", "Enschede", "!suppressed", "Almelo", "Enschede"])
    #expect(try Make.shown(result, "n") == ["1", "1", "1", "1", "1"])
    #expect(try Make.shown(result, "total") == ["2", "8", "4", "!undefined", "1"])
    #expect(
      result.schema.fields == [
        Field("year", .int64, role: .key), Field("town", .string, role: .key), Field("n", .int64),
        Field("total", .float64, unit: "euro", origins: [origin]),
      ])
    #expect(result.schema == (try aggregate.outputSchema(for: [table.schema])))
    #expect(!aggregate.isRowLevel)
    #expect(aggregate.neededColumns(["n"], inputs: [table.schema]) == [["year", "town", "x"]])
  }

  @Test func makesOneRowWithoutKeys() throws {
    let aggregate = try aggregate(by: [], ["n": Make.text("count()", 2, 9), "x": Make.text("mean(x)", 3, 9)])
    let result = try aggregate.apply([table()], context: RunContext())
    #expect(try Make.shown(result, "n") == ["5"] && Make.shown(result, "x") == ["3.75"])
    let empty = try aggregate.apply([table().gathering([])], context: RunContext())
    #expect(try Make.shown(empty, "n") == ["0"] && Make.shown(empty, "x") == ["!undefined"])
    // Counting rows needs a column to count them by.
    let count = try self.aggregate(by: [], ["n": Make.text("count()", 2, 9)])
    #expect(count.neededColumns(nil, inputs: [try table().schema]) == [["town"]])
  }

  @Test func doesNotDependOnTheOrderOfRows() throws {
    let aggregate = try aggregate(
      by: ["town"],
      ["n": Make.text("count()", 2, 9), "x": Make.text("max(x)", 3, 9), "y": Make.text("median(x)", 3, 9)])
    let expected = try aggregate.apply([table()], context: RunContext())
    for order in [[4, 3, 2, 1, 0], [2, 0, 4, 1, 3]] as [[Int32]] {
      let result = try aggregate.apply([table().gathering(order)], context: RunContext())
      for name in ["town", "n", "x", "y"] { #expect(try Make.shown(result, name) == Make.shown(expected, name)) }
    }
  }

  @Test func givesNoRowsForAnEmptyTableWithKeys() throws {
    let aggregate = try aggregate(by: ["town"], ["n": Make.text("count()", 2, 9)])
    #expect(try aggregate.apply([table().gathering([])], context: RunContext()).rowCount == 0)
  }

  @Test func saysWhatIsWrong() throws {
    let schema = try table().schema
    func error(_ by: [String], _ measures: KeyValuePairs<String, SpecNode>) -> String {
      Make.error { _ = try aggregate(by: by, measures).outputSchema(for: [schema]) }
    }
    #expect(error([], [:]) == "p.yml:1:1: aggregate needs by, measures or both")
    #expect(error(["jear"], [:]) == "p.yml:1:5: no column \"jear\"; did you mean \"year\"?")
    #expect(error(["year", "year"], [:]) == "p.yml:1:6: column \"year\" occurs twice under by")
    #expect(
      error(["year"], ["year": Make.text("count()", 2, 9)])
        == "p.yml:1:3: the measure \"year\" has the name of a column under by; choose another")
    #expect(
      error(["year"], ["m": Make.text("mean(town)", 2, 9)])
        == "p.yml:2:14: mean needs a number, found text; use number(x)")
    #expect(
      error(["year"], ["m": Make.text("x / 2", 2, 9)])
        == "p.yml:2:9: column \"x\" stands outside a function over groups; write for example mean(x)")
  }
}
