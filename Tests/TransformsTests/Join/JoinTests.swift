import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct JoinTests {
  let left: Table
  let right: Table

  init() throws {
    left = try table(
      .int("year", [2019, 2020, 2020]), .text("code", ["B1", "B1", "B2"]), .double("value", [1, 2, nil], .suppressed))
    right = try table(
      .text("code", ["B2", "B1", "B9"]), .int("year", [2020, 2020, 2020]), .int("people", [20, 10, 90]))
  }

  @Test func leftIsTheDefault() throws {
    let output = try run(Join.self, ["on": ["year", "code"]], left, right)
    #expect(output.schema.names == ["year", "code", "value", "people"])
    #expect(try cells(output, "people") == ["(not_matched)", "10", "20"])
    #expect(try cells(output, "value") == ["1", "2", "(suppressed)"])
  }

  @Test func inner() throws {
    let output = try run(Join.self, ["on": ["year", "code"], "kind": "inner"], left, right)
    #expect(try cells(output, "code") == ["B1", "B2"])
    #expect(try cells(output, "people") == ["10", "20"])
  }

  @Test func fullAppendsRightRowsWithTheirKeys() throws {
    let output = try run(Join.self, ["on": ["year", "code"], "kind": "full"], left, right)
    #expect(try cells(output, "code") == ["B1", "B1", "B2", "B9"])
    #expect(try cells(output, "year") == ["2019", "2020", "2020", "2020"])
    #expect(try cells(output, "value") == ["1", "2", "(suppressed)", "(not_matched)"])
    #expect(try cells(output, "people") == ["(not_matched)", "10", "20", "90"])
  }

  @Test func semiAndAntiKeepLeftColumns() throws {
    let semi = try run(Join.self, ["on": ["year", "code"], "kind": "semi"], left, right)
    #expect(semi.schema == left.schema)
    #expect(try cells(semi, "year") == ["2020", "2020"])
    let anti = try run(Join.self, ["on": ["year", "code"], "kind": "anti"], left, right)
    #expect(try cells(anti, "year") == ["2019"])
  }

  @Test func keysOfTwoNames() throws {
    let other = try table(.text("region", ["B1", "B2"]), .double("area_km2", [1.5, 2.5]))
    let output = try run(Join.self, ["on": ["code": "region"]], left, other)
    #expect(output.schema.names == ["year", "code", "value", "area_km2"])
    #expect(try cells(output, "area_km2") == ["1.5", "1.5", "2.5"])
  }

  @Test func repeatedRightKeys() throws {
    let twice = try table(.text("code", ["B1", "B2", "B1"]), .int("n", [1, 2, 3]))
    #expect(
      try dataError(Join.self, ["on": ["code"]], left, twice)
        == "the right table has more than one row for code=B1; make its rows unique, add a key to \"on\", "
        + "or say \"many: true\" to have a row for each")
    let output = try run(Join.self, ["on": ["code"], "many": true], left, twice)
    #expect(try cells(output, "n") == ["1", "3", "1", "3", "2"])
    #expect(try cells(output, "year") == ["2019", "2019", "2020", "2020", "2020"])
    #expect(try run(Join.self, ["on": ["code"], "kind": "semi"], left, twice).rowCount == 3)
  }

  @Test func aRevisionPrefersTheRight() throws {
    let revision = try table(
      .int("year", [2020, 2020]), .text("code", ["B2", "B1"]), .int("value", [7, nil], .rejected, unit: "%"))
    let output = try run(Join.self, ["on": ["year", "code"], "overlap": "prefer_right"], left, revision)
    #expect(output.schema.names == ["year", "code", "value"])
    #expect(output.schema["value"]?.type == .float64)
    #expect(output.schema["value"]?.unit == "%")
    #expect(try cells(output, "value") == ["1", "2", "7"])
    let both = try table(
      .int("year", [2020]), .text("code", ["B2"]), .double("value", [nil], .rejected))
    let preferred = try run(Join.self, ["on": ["year", "code"], "overlap": "prefer_right"], left, both)
    #expect(try cells(preferred, "value") == ["1", "2", "(rejected)"])
    let kept = try run(Join.self, ["on": ["year", "code"], "overlap": "prefer_left"], left, both)
    #expect(try cells(kept, "value") == ["1", "2", "(suppressed)"])
  }

  @Test func preferLeftFillsGaps() throws {
    let revision = try table(
      .int("year", [2020, 2020]), .text("code", ["B2", "B1"]), .double("value", [7, 8]))
    let output = try run(Join.self, ["on": ["year", "code"], "overlap": "prefer_left"], left, revision)
    #expect(try cells(output, "value") == ["1", "2", "7"])
    let full = try run(
      Join.self, ["on": ["code"], "overlap": "prefer_right", "kind": "full"], left,
      try table(.text("code", ["C"]), .double("value", [5])))
    #expect(try cells(full, "value") == ["1", "2", "(suppressed)", "5"])
  }

  @Test func suffix() throws {
    let other = try table(.text("code", ["B1"]), .int("value", [5]), .int("more", [6]))
    let output = try run(Join.self, ["on": ["code"], "overlap": "suffix"], left, other)
    #expect(output.schema.names == ["year", "code", "value", "value_right", "more"])
    #expect(try cells(output, "value_right") == ["5", "5", "(not_matched)"])
    let named = try run(Join.self, ["on": ["code"], "overlap": "suffix", "suffix": "_b"], left, other)
    #expect(named.schema.names == ["year", "code", "value", "value_b", "more"])
  }

  @Test func originsMergeWhereColumnsDo() throws {
    let cbs = Origin(producer: "CBS", table: "1")
    let rivm = Origin(producer: "RIVM", table: "2")
    let l = try table(.text("k", ["a"]), TestColumn.int("v", [1]).with { $0.origins = [rivm] })
    let r = try table(.text("k", ["a"]), TestColumn.int("v", [1]).with { $0.origins = [cbs] })
    let merged = try run(Join.self, ["on": "k", "overlap": "prefer_right"], l, r)
    #expect(merged.schema["v"]?.origins == [cbs, rivm])
    let apart = try run(Join.self, ["on": "k", "overlap": "suffix"], l, r)
    #expect(apart.schema["v"]?.origins == [rivm])
    #expect(apart.schema["v_right"]?.origins == [cbs])
  }

  @Test func emptyTables() throws {
    let none = Table(empty: right.schema)
    #expect(try cells(run(Join.self, ["on": ["year", "code"]], left, none), "people").count == 3)
    #expect(try run(Join.self, ["on": ["year", "code"]], Table(empty: left.schema), right).rowCount == 0)
    let full = try run(Join.self, ["on": ["year", "code"], "kind": "full"], Table(empty: left.schema), right)
    #expect(try cells(full, "code") == ["B2", "B1", "B9"])
  }

  @Test func neededColumnsAreExact() throws {
    let join = try make(Join.self, ["on": ["year", "code"], "kind": "left"])
    #expect(
      join.neededColumns(["people"], inputs: [left.schema, right.schema]) == [
        ["year", "code"], ["year", "code", "people"],
      ])
    #expect(
      join.neededColumns(["value"], inputs: [left.schema, right.schema]) == [
        ["year", "code", "value"], ["year", "code"],
      ])
    #expect(join.neededColumns(nil, inputs: [left.schema, right.schema]) == [nil, nil])
    let semi = try make(Join.self, ["on": ["year", "code"], "kind": "semi"])
    #expect(semi.neededColumns(nil, inputs: [left.schema, right.schema]) == [nil, ["year", "code"]])
  }

  @Test func mistakesInTheOptions() throws {
    #expect(
      schemaError(Join.self, ["on": ["yer", "code"]], left, right)
        == "p.yml:2:3: the left table has no column \"yer\"; did you mean \"year\"?")
    #expect(
      schemaError(Join.self, ["on": ["code": "cod"]], left, right)
        == "p.yml:2:1: the right table has no column \"cod\"; did you mean \"code\"?")
    #expect(
      schemaError(Join.self, ["on": ["year": "code"]], left, right)
        == "p.yml:2:1: the key \"year\" is int64 on the left and \"code\" string on the right; "
        + "derive one of them as the other's type before the join")
    #expect(
      schemaError(Join.self, ["on": ["code"]], left, right)
        == "p.yml:1:1: both sides have the column \"year\"; say what to do with \"overlap: suffix\", "
        + "\"overlap: prefer_right\" or \"overlap: prefer_left\", or select columns before the join")
    #expect(
      schemaError(Join.self, ["on": ["code", "code"]], left, right) == "p.yml:3:3: the key \"code\" is named twice")
    #expect(
      schemaError(Join.self, ["on": []], left, right)
        == "p.yml:1:1: option \"on\" names no column; a join needs at least one key")
    #expect(
      schemaError(
        Join.self, ["on": ["code"], "overlap": "prefer_right"], left, try table(.text("code", []), .text("value", [])))
        == "p.yml:1:1: \"value\" is float64 on the left and string on the right and cannot be one column; "
        + "derive one of them as the other's type, or say \"overlap: suffix\"")
    #expect(
      schemaError(
        Join.self, ["on": ["code"], "overlap": "prefer_right"],
        try table(.text("code", []), .int("v", [], unit: "euro")),
        try table(.text("code", []), .int("v", [], unit: "1 000 euro")))
        == "p.yml:1:1: \"v\" is in \"euro\" on the left and in \"1 000 euro\" on the right and cannot be one column; "
        + "derive one of them in the other's unit, or say \"overlap: suffix\"")
    #expect(
      schemaError(
        Join.self, ["on": ["code"], "overlap": "suffix"], left,
        try table(.text("code", []), .int("value", []), .int("value_right", [])))
        == "p.yml:1:1: the column \"value\" of the right table cannot become \"value_right\": "
        + "that name is taken; choose another \"suffix\"")
  }
}
