import Parquet
import PipelineKit
import PipelineTesting
import SourceAdapters
import Tabular
import Testing

@Suite struct ParquetSourceTests {
  private let folder = TemporaryFolder()

  private func table() throws -> Table {
    let missing = MissingMask(reasons: [0, MissingReason.unknown.rawValue, 0])
    return try Table(
      schema: try Schema([
        Field("code", .string, role: .key),
        Field("rate_pct", .float64, unit: "%", decimals: 1, origins: [Origin(producer: "CBS", table: "84799NED")]),
      ]),
      columns: [
        .string(StringColumn(["GM0141", "GM0153", "GM0164"])), .float64(Float64Column([1.5, 0, 3], missing: missing)),
      ])
  }

  private func read(_ path: String, columns: [String]? = nil) throws -> Table {
    let source = try ParquetSource(options: NoOptions(), context: RunContext())
    let input = Input(parts: [InputPart(path: path)])
    var schema = try source.schema(of: input, context: RunContext())
    if let columns { schema = try schema.selecting(columns) }
    var tables: [Table] = []
    try source.read(input.parts[0], of: input, as: schema, context: RunContext()) { batch in
      tables.append(batch.table)
      return .more
    }
    return try Table.concatenating(tables, as: schema)
  }

  @Test func reasonsUnitsAndOriginsComeBack() throws {
    let path = folder.write("table.parquet", try ParquetWriter.encode(try table().withStatusColumns(always: true)))
    let back = try read(path)
    #expect(back == (try table()))
    #expect(back.schema == (try table().schema))
    #expect(try read(path, columns: ["rate_pct"]) == table().selecting(["rate_pct"]))
  }

  @Test func aFileThatIsCutIsRefused() throws {
    let bytes = try ParquetWriter.encode(try table())
    let path = folder.write("table.parquet", Array(bytes.dropLast(20)))
    let error = #expect(throws: SourceError.self) { try read(path) }
    #expect(error?.file == path)
    #expect(error?.kind == .data)
  }

  /// What pyarrow wrote: nulls are unspecified, and only Peil's own status columns are reasons.
  @Test func filesOfAnotherProgram() throws {
    let table = try read(fixtures + "parquet/valid_flat.parquet")
    #expect(
      table.schema.fields.map { "\($0.name) \($0.type.rawValue)" } == [
        "code string", "year int64", "rate float64", "rate_status string", "share float64", "is_city bool", "day date",
      ])
    #expect(try cells(table, "code") == ["GM0141", "GM0153", "GM0164"])
    #expect(try cells(table, "year") == ["2022", "2022", "2023"])
    #expect(try cells(table, "rate") == ["1.5", "<unspecified>", "<unspecified>"])
    #expect(try cells(table, "rate_status") == ["<unspecified>", "suppressed", "not_asked"])
    #expect(try cells(table, "share") == ["0.25", "0.5", "<unspecified>"])
    #expect(try cells(table, "is_city") == ["1", "0", "<unspecified>"])
    #expect(try cells(table, "day") == ["18993", "<unspecified>", "-1"])
    let status = try read(fixtures + "parquet/undecided_status.parquet")
    #expect(try cells(status, "a_status") == ["suppressed", "<unspecified>"])
    #expect(try cells(status, "b") == ["1.0", "<unspecified>"])
    #expect(try cells(status, "b_status") == ["<unspecified>", "closed for the winter"])
  }

  @Test func badInput() {
    #expect(
      message { _ = try read(fixtures + "parquet/invalid_nested.parquet") }
        == "parquet/invalid_nested.parquet: column \"rates\": it is nested; only flat columns are supported, so take its "
        + "parts apart first")
    #expect(
      message { _ = try read(fixtures + "parquet/invalid_cut.parquet") }
        == "parquet/invalid_cut.parquet: not a sound Parquet file: it does not end with PAR1, so it may be cut short (at "
        + "byte 2919); fetch or write the file again")
  }

  @Test func isRecognisedByItsFirstBytes() {
    #expect(ParquetSource.recognise(head: Array("PAR1....".utf8), path: "x").confidence == 100)
    #expect(ParquetSource.recognise(head: Array("code,rate".utf8), path: "x.parquet").confidence == 0)
  }
}
