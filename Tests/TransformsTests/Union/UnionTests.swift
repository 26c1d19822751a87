import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct UnionTests {
  @Test func sameColumnsInAnyOrder() throws {
    let a = try table(.text("code", ["B1"]), .int("n", [1]))
    let b = try table(.double("n", [2.5, nil], .suppressed), .text("code", ["B2", "B1"]))
    let output = try run(Union.self, [:], a, b)
    #expect(output.schema.names == ["code", "n"])
    #expect(output.schema["n"]?.type == .float64)
    #expect(try cells(output, "code") == ["B1", "B2", "B1"])
    #expect(try cells(output, "n") == ["1", "2.5", "(suppressed)"])
  }

  @Test func commonAndAll() throws {
    let a = try table(.int("x", [1]), .text("code", ["B1"]))
    let b = try table(.text("code", ["B2"]), .double("y", [9]))
    #expect(try run(Union.self, ["columns": "common"], a, b).schema.names == ["code"])
    let all = try run(Union.self, ["columns": "all"], a, b)
    #expect(all.schema.names == ["x", "code", "y"])
    #expect(try cells(all, "x") == ["1", "(not_asked)"])
    #expect(try cells(all, "y") == ["(not_asked)", "9"])
  }

  @Test func aPeriodOfWholeNumbersOrText() throws {
    let a = try table(.text("code", ["B1", "B2"]))
    let b = try table(.text("code", ["B1"]))
    let whole = try run(Union.self, ["period": ["column": "year", "values": [2012, 2016]]], a, b)
    #expect(whole.schema.fields[0] == Field("year", .int64, role: .key))
    #expect(try cells(whole, "year") == ["2012", "2012", "2016"])
    let text = try run(Union.self, ["period": ["column": "wave", "values": ["2012", "2016*"]]], a, b)
    #expect(text.schema.fields[0] == Field("wave", .string, role: .key))
    #expect(try cells(text, "wave") == ["2012", "2012", "2016*"])
    let padded = try run(Union.self, ["period": ["column": "wave", "values": ["01", "02"]]], a, b)
    #expect(try cells(padded, "wave") == ["01", "01", "02"])
  }

  @Test func onlyThePeriodIsNeeded() throws {
    let a = try table(.text("code", ["B1", "B2"]), .int("x", [1, 2]))
    let union = try make(Union.self, ["period": ["column": "year", "values": [1, 2]]])
    #expect(union.neededColumns(["year"], inputs: [a.schema, a.schema]) == [["code"], ["code"]])
    #expect(union.neededColumns(["year", "x"], inputs: [a.schema, a.schema]) == [["x"], ["x"]])
    #expect(union.neededColumns(nil, inputs: [a.schema, a.schema]) == [["code", "x"], ["code", "x"]])
  }

  @Test func emptyTablesAndOrigins() throws {
    let cbs = Origin(producer: "CBS", table: "1")
    let rivm = Origin(producer: "RIVM", table: "2")
    let a = try table(TestColumn.int("n", []).with { $0.origins = [rivm] })
    let b = try table(TestColumn.int("n", [4], unit: "%").with { $0.origins = [cbs] })
    let output = try run(Union.self, [:], a, b)
    #expect(try cells(output, "n") == ["4"])
    #expect(output.schema["n"]?.origins == [cbs, rivm])
    #expect(output.schema["n"]?.unit == "%")
  }

  @Test func mistakesInTheOptions() throws {
    let a = try table(.text("code", []), .int("n", [], unit: "%"), .int("year", []))
    #expect(
      schemaError(Union.self, [:], a, try table(.text("code", []), .int("m", [])))
        == "test: input 2 has other columns than input 1: it lacks \"n\", \"year\" and has \"m\" besides; "
        + "say \"columns: common\" to keep what all have or \"columns: all\" to keep everything")
    #expect(
      schemaError(Union.self, ["columns": "common"], a, try table(.int("m", [])))
        == "test: the inputs have no column in common")
    #expect(
      schemaError(Union.self, ["columns": "common"], a, try table(.text("n", [])))
        == "test: column \"n\" is int64 in input 1 and string in input 2; "
        + "derive one of them as the other's type before the union")
    #expect(
      schemaError(Union.self, ["columns": "common"], a, try table(.int("n", [], unit: "euro")))
        == "test: column \"n\" is in \"%\" in input 1 and in \"euro\" in input 2; "
        + "derive one of them in the other's unit before the union")
    #expect(
      schemaError(Union.self, ["period": ["column": "wave", "values": [1]]], a, a)
        == "p.yml:4:3: \"period\" gives 1 values for 2 inputs; give one for each")
    #expect(
      schemaError(Union.self, ["period": ["column": "year", "values": [1, 2]]], a, a)
        == "p.yml:2:1: input 1 already has a column \"year\"; leave \"period\" out or rename it")
  }
}
