import PipelineKit
import Tabular
import Testing

@Suite struct DeriveTests {
  private let origin = Origin(producer: "CBS", table: "T", column: "good")

  private func table() throws -> Table {
    try Make.table([
      (Field("code", .string, role: .key, label: "Area"), Make.texts([" a", "b "])),
      (Field("good", .float64, unit: "%", direction: .higherIsBetter, origins: [origin]), Make.floats([70, nil])),
    ])
  }

  private func derive(_ columns: KeyValuePairs<String, SpecNode>, fields: SpecNode? = nil) throws -> any Transform {
    if let fields { return try Make.transform("derive", Make.map(["columns": Make.map(columns), "fields": fields])) }
    return try Make.transform("derive", Make.map(["columns": Make.map(columns)]))
  }

  @Test func computesColumnsThatLaterOnesUse() throws {
    let derive = try derive(["poor": Make.text("100 - good", 2, 9), "twice": Make.text("poor * 2", 3, 9)])
    let table = try table()
    let result = try derive.apply([table], context: RunContext())
    #expect(result.schema.names == ["code", "good", "poor", "twice"])
    #expect(try Make.shown(result, "poor") == ["30", "!unknown"])
    #expect(try Make.shown(result, "twice") == ["60", "!unknown"])
    #expect(result.schema[3] == Field("twice", .float64, origins: [origin]))
    #expect(result.schema == (try derive.outputSchema(for: [table.schema])))
    // A second batch of another schema must not get the first one's.
    let narrow = try table.selecting(["good"])
    #expect(try derive.apply([narrow], context: RunContext()).schema.names == ["good", "poor", "twice"])
  }

  @Test func replacesAColumnAndKeepsItsRoleAndLabel() throws {
    let result = try derive(["code": Make.text("trim(code)", 2, 9)]).apply([table()], context: RunContext())
    #expect(result.schema[0] == Field("code", .string, role: .key, label: "Area"))
    #expect(try Make.shown(result, "code") == ["a", "b"])
    #expect(result.schema.names == ["code", "good"])
  }

  @Test func describesColumnsNewAndOld() throws {
    let fields = Make.map([
      "poor": Make.map([
        "unit": Make.text("%", 5, 5), "label": Make.text("Poor health", 5, 5), "role": Make.text("weight", 5, 5),
        "direction": Make.text("higher_is_worse", 5, 5), "decimals": Make.text("1", 5, 5),
      ]), "code": Make.map(["label": Make.text("Buurt", 6, 5)]),
    ])
    let schema = try derive(["poor": Make.text("100 - good", 2, 9)], fields: fields).outputSchema(for: [table().schema])
    #expect(
      schema["poor"]
        == Field(
          "poor", .float64, role: .weight, unit: "%", label: "Poor health", direction: .higherIsWorse, decimals: 1,
          origins: [origin]))
    #expect(schema["code"] == Field("code", .string, role: .key, label: "Buurt"))
  }

  @Test func asksForWhatItUsesAndReplaces() throws {
    let schema = try table().schema
    let derive = try derive(["poor": Make.text("100 - good", 2, 9), "twice": Make.text("poor * 2", 3, 9)])
    #expect(derive.neededColumns(["twice"], inputs: [schema]) == [["good"]])
    #expect(derive.neededColumns(["code"], inputs: [schema]) == [["code", "good"]])
    #expect(derive.neededColumns(nil, inputs: [schema]) == [nil])
    let constant = try self.derive(["one": Make.text("1", 2, 9)])
    #expect(constant.neededColumns(["one"], inputs: [schema]) == [["code"]])
  }

  @Test func givesTheSameInBatches() throws {
    let derive = try derive(["poor": Make.text("round(100 - good)", 2, 9), "c": Make.text("concat(code, '!')", 3, 9)])
    let table = try table()
    let parts = try [[0], [1], []].map { try derive.apply([table.gathering($0)], context: RunContext()) }
    let whole = try derive.apply([table], context: RunContext())
    let joined = try Table.concatenating(parts)
    for name in whole.schema.names { #expect(try Make.shown(joined, name) == Make.shown(whole, name)) }
  }

  @Test func saysWhatIsWrong() throws {
    let schema = try table().schema
    func error(_ columns: KeyValuePairs<String, SpecNode>, _ fields: SpecNode? = nil) -> String {
      Make.error { _ = try derive(columns, fields: fields).outputSchema(for: [schema]) }
    }
    #expect(error(["p": Make.text("100 - goood", 2, 9)]) == "p.yml:2:15: no column \"goood\"; did you mean \"good\"?")
    #expect(
      error(["p": Make.text("q + 1", 2, 9), "q": Make.text("1", 3, 9)])
        == "p.yml:2:9: no column \"q\"; there are: code, good")
    #expect(error(["": Make.text("1", 2, 9)]) == "p.yml:1:3: a column without a name")
    #expect(
      error(["p": Make.text("1", 2, 9)], Make.map(["god": Make.map([:])]))
        == "p.yml:1:3: no column \"god\"; did you mean \"good\"?")
    #expect(
      error(["p": Make.text("1", 2, 9)], Make.map(["p": Make.map(["decimals": Make.text("99", 4, 4)])]))
        == "p.yml:1:3: the decimals of \"p\" are 99; they run from 0 to 15")
    #expect(
      error(["p": Make.text("1", 2, 9)], Make.map(["p": Make.map(["direction": Make.text("up", 4, 4)])]))
        == "p.yml:4:4: expected one of higher_is_better, higher_is_worse, found \"up\"")
  }
}
