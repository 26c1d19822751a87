import Tabular
import Testing

@testable import PipelineKit
@testable import Transforms

@Suite struct CrosswalkTests {
  private func old() throws -> Table {
    try table(
      .text("pc6", ["7607AA", "7607AA", "7607AB", "7607AB", "7607AC", "7607AD", nil]),
      .int("nr", [1, 2, 1, 3, 5, 1, 1]),
      .text("buurt", ["A", "A", "A", "A", "B", "C", "A"]), .int("homes", [1, 1, 1, 5, 2, 1, 1]))
  }

  private func new() throws -> Table {
    try table(
      .text("postcode", ["7607AA", "7607AA", "7607AB", "7607AB", "7607AC", "7607ZZ"]),
      .int("number", [1, 2, 1, 3, 5, 9]),
      .text("area", ["X", "X", "X", "Y", "Y", "Z"]))
  }

  private let spec: SpecLiteral = ["on": ["pc6": "postcode", "nr": "number"], "old": "buurt", "new": "area"]

  @Test func countsCommonAddresses() throws {
    let output = try run(Crosswalk.self, spec, old(), new())
    #expect(output.schema.names == ["from_code", "to_code", "weight", "from_share", "to_share"])
    #expect(try cells(output, "from_code") == ["A", "A", "B"])
    #expect(try cells(output, "to_code") == ["X", "Y", "Y"])
    #expect(try numbers(output, "weight") == [3, 1, 1])
    #expect(try numbers(output, "from_share") == [0.75, 0.25, 1])
    #expect(try numbers(output, "to_share") == [1, 0.5, 0.5])
    #expect(output.schema["weight"]?.unit == "addresses")
  }

  @Test func weighsAddresses() throws {
    let output = try run(
      Crosswalk.self, ["on": ["pc6": "postcode", "nr": "number"], "old": "buurt", "new": "area", "weight": "homes"],
      old(),
      new())
    #expect(try numbers(output, "weight") == [3, 5, 2])
    #expect(try numbers(output, "from_share") == [0.375, 0.625, 1])
  }

  @Test func fitsHarmonise() throws {
    let crosswalk = try run(Crosswalk.self, spec, old(), new())
    let panel = try table(.text("code", ["A", "B"]), .int("people", [40, 10]))
    let output = try run(Harmonise.self, ["area": "code", "counts": ["people"]], panel, crosswalk)
    #expect(try cells(output, "code") == ["X", "Y"])
    #expect(try numbers(output, "people") == [30, 20])
  }

  @Test func anAddressCountsOnce() throws {
    let twice = try old().gathering([0, 0, 1])
    let output = try run(Crosswalk.self, spec, twice, new())
    #expect(try numbers(output, "weight") == [2])
    let conflict = try table(.text("pc6", ["7607AA", "7607AA"]), .int("nr", [1, 1]), .text("buurt", ["A", "B"]))
    #expect(
      try dataError(Crosswalk.self, spec, conflict, new())
        == "the first table: the address pc6=7607AA, nr=1 stands in A and in B; add the column that tells them apart to "
        + "\"on\"")
  }

  @Test func saysWhatIsLost() throws {
    let context = RunContext()
    let transform = try make(Crosswalk.self, spec, context)
    _ = try transform.apply([old(), new()], context: context)
    #expect(
      context.record.notes(of: "test") == [
        "5 addresses in both lists, 1 in the first only, 1 in the second only, 1 rows without a code"
      ])
    #expect(
      context.record.warnings.map(\.message) == [
        "no address of these areas stands in the second list, so the crosswalk does not have them: C"
      ])
  }

  @Test func emptyListsAndNumbers() throws {
    #expect(try run(Crosswalk.self, spec, old().gathering([]), new()).rowCount == 0)
    let numbers = try table(.text("pc6", ["7607AA"]), .int("nr", [1]), .int("buurt", [1411000]))
    #expect(
      try schemaError(Crosswalk.self, spec, numbers, new())
        == "p.yml:4:1: column \"buurt\" of the first table is int64, and codes are text; derive it with "
        + "region_code(buurt, 'buurt')")
  }
}
