import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct HarmoniseTests {
  /// A goes whole to X; B goes half to X and half to Y; C is Y in part and Z for the rest. The panel of 2022 is on the new
  /// geography already.
  private func panel() throws -> Table {
    try table(
      .text("code", ["A", "B", "C", "X", "Y"]), .int("year", [2020, 2020, 2020, 2022, 2022]),
      .int("people", [100, 60, 40, 131, 44], unit: "persons"),
      .double("income", [10, 20, nil, 11, 21], .suppressed), .double("rent_pct", [50, 20, 40, 45, 30], unit: "%"),
      .text("name", ["a", "b", "c", "x", "y"]))
  }

  private func crosswalk() throws -> Table {
    try table(
      .text("from_code", ["A", "B", "B", "C", "C"]), .text("to_code", ["X", "X", "Y", "Y", "Z"]),
      .int("weight", [7, 20, 20, 5, 15]))
  }

  private let spec: [(String, SpecLiteral)] = [
    ("area", "code"), ("by", ["year"]), ("on_reference", "year >= 2021"), ("averages", ["income": "people"]),
    ("count_units", ["persons"]), ("average_units", ["%": "people"]), ("drop", ["name"]), ("population", "people"),
  ]

  private func spec(_ changes: KeyValuePairs<String, SpecLiteral?>) -> SpecLiteral {
    var entries = spec
    for (key, value) in changes {
      entries.removeAll { $0.0 == key }
      if let value { entries.append((key, value)) }
    }
    return .map(entries)
  }

  @Test func putsAPanelOnOneGeography() throws {
    let output = try run(Harmonise.self, .map(spec), panel(), crosswalk())
    #expect(output.schema.names == ["code", "year", "people", "income", "rent_pct", "bridged_pct"])
    #expect(try cells(output, "code") == ["X", "Y", "Z", "X", "Y"])
    #expect(try cells(output, "year") == ["2020", "2020", "2020", "2022", "2022"])
    #expect(try numbers(output, "people") == [130, 40, 30, 131, 44])
    // (100 * 50 + 30 * 20) / 130; (30 * 20 + 10 * 40) / 40.
    let rent = try numbers(output, "rent_pct").compactMap { $0 }
    #expect(abs(rent[0] - 5600.0 / 130) < 1e-12)
    #expect(Array(rent[1...]) == [25, 40, 45, 30])
    let income = try cells(output, "income")
    #expect(Array(income[1...]) == ["(suppressed)", "(suppressed)", "11", "21"])
    // 30 of the 130 of X are half of B.
    #expect(abs((try numbers(output, "bridged_pct")[0] ?? 0) - 3000.0 / 130) < 1e-12)
    #expect(try Array(numbers(output, "bridged_pct")[1...]) == [100, 100, 0, 0])
    #expect(output.schema["people"]?.unit == "persons")
    #expect(output.schema["code"]?.role == .key)
  }

  @Test func aLowerCoverageGivesMore() throws {
    let output = try run(Harmonise.self, spec(["minimum_coverage": 0.7]), panel(), crosswalk())
    // 30 of the 40 in Y are known, none in Z.
    #expect(try Array(cells(output, "income")[1...2]) == ["20", "(suppressed)"])
  }

  @Test func originsTellOfTheCrosswalk() throws {
    let cbs = Origin(producer: "CBS", table: "1")
    let links = Origin(producer: "CBS", table: "pc6hnr")
    let left = try table(.text("code", ["A"]), TestColumn.int("n", [4]).with { $0.origins = [cbs] })
    let right = try table(
      .text("from_code", ["A"]), .text("to_code", ["X"]), TestColumn.int("weight", [1]).with { $0.origins = [links] })
    let output = try run(Harmonise.self, ["area": "code", "counts": ["n"]], left, right)
    #expect(output.schema["n"]?.origins == [cbs, links])
    #expect(output.schema["code"]?.origins == [])
    #expect(try cells(output, "bridged_pct") == ["0"])
  }

  @Test func areasThatTheCrosswalkDoesNotHave() throws {
    let short = try crosswalk().gathering([0, 1, 2])
    #expect(
      try dataError(Harmonise.self, .map(spec), panel(), short)
        == "1 rows are of areas that the crosswalk does not have: C; add them to the crosswalk, say with on_reference which "
        + "rows need none, or choose unmatched: keep or drop")
    let kept = try run(Harmonise.self, spec(["unmatched": "keep"]), panel(), short)
    #expect(try cells(kept, "code") == ["C", "X", "Y", "X", "Y"])
    #expect(try numbers(kept, "people") == [40, 130, 30, 131, 44])
    let dropped = try run(Harmonise.self, spec(["unmatched": "drop"]), panel(), short)
    #expect(try cells(dropped, "code") == ["X", "Y", "X", "Y"])
  }

  @Test func aCrosswalkForEachYear() throws {
    let left = try table(
      .text("code", ["A", "A"]), .int("year", [2019, 2020]), .int("n", [10, 20]))
    let right = try table(
      .text("old", ["A", "A", "A"]), .text("new", ["X", "X", "Y"]), .int("w", [1, 1, 3]), .int("y", [2019, 2020, 2020]))
    let output = try run(
      Harmonise.self,
      [
        "area": "code", "by": ["year"], "counts": ["n"],
        "crosswalk": ["from": "old", "to": "new", "weight": "w", "on": ["year": "y"]],
      ], left, right)
    #expect(try cells(output, "code") == ["X", "X", "Y"])
    #expect(try numbers(output, "n") == [10, 5, 15])
  }

  @Test func emptyTables() throws {
    let none = try panel().gathering([])
    #expect(try run(Harmonise.self, .map(spec), none, crosswalk()).rowCount == 0)
    let onlyNew = try panel().gathering([3, 4])
    #expect(try run(Harmonise.self, .map(spec), onlyNew, crosswalk().gathering([])).rowCount == 2)
  }

  @Test func mistakesInTheFile() throws {
    #expect(
      try schemaError(Harmonise.self, spec(["count_units": nil]), panel(), crosswalk())
        == "p.yml:1:1: nothing says what column \"people\" (int64, in \"persons\") is; name it under counts, averages or "
        + "drop, or state its unit under count_units or average_units")
    #expect(
      try schemaError(Harmonise.self, spec(["counts": ["income"]]), panel(), crosswalk())
        == "p.yml:6:1: column \"income\" is stated twice")
    #expect(
      try schemaError(Harmonise.self, spec(["minimum_coverage": 70]), panel(), crosswalk())
        == "p.yml:1:1: minimum_coverage is 70.0; it is a share, from 0 to 1")
    let numbers = try table(.int("from_code", [141]), .text("to_code", ["X"]), .int("weight", [1]))
    #expect(
      try schemaError(Harmonise.self, .map(spec), panel(), numbers)
        == "p.yml:1:1: column \"from_code\" of the crosswalk is int64, and codes are text; derive it with "
        + "region_code(from_code, 'buurt')")
  }

  @Test func mistakesInTheData() throws {
    let twice = try panel().gathering([0, 0])
    #expect(
      try dataError(Harmonise.self, .map(spec), twice, crosswalk())
        == "the panel has more than one row for year=2020, code=A; name every key that tells them apart under by")
    #expect(
      try dataError(Harmonise.self, .map(spec), panel(), crosswalk().gathering([0, 0]))
        == "the crosswalk has more than one row for from_code=A, to_code=X; name every key that tells them apart under "
        + "crosswalk.on")
    let negative = try table(.text("from_code", ["A"]), .text("to_code", ["X"]), .int("weight", [-1]))
    #expect(
      try dataError(Harmonise.self, .map(spec), panel(), negative)
        == "the weight of from_code=A, to_code=X in the crosswalk is -1; expected a number, 0 or more")
    let open = try table(.text("from_code", ["A"]), .text("to_code", [nil]), .int("weight", [1]))
    #expect(
      try dataError(Harmonise.self, .map(spec), panel(), open)
        == "the crosswalk has a row without a target area: from_code=A, to_code=(unknown)")
  }
}
