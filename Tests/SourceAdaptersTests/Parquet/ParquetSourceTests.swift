import Glibc
import Parquet
import PipelineKit
import SourceAdapters
import Tabular
import Testing

@Suite struct ParquetSourceTests {
  private func file(_ bytes: [UInt8]) throws -> String {
    var template = Array("/tmp/peil-parquet-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    defer { close(descriptor) }
    _ = write(descriptor, bytes, bytes.count)
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

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
    let path = try file(try ParquetWriter.encode(try table().withStatusColumns(always: true)))
    defer { unlink(path) }
    let back = try read(path)
    #expect(back == (try table()))
    #expect(back.schema == (try table().schema))
    #expect(try read(path, columns: ["rate_pct"]) == table().selecting(["rate_pct"]))
  }

  @Test func aFileThatIsCutIsRefused() throws {
    let bytes = try ParquetWriter.encode(try table())
    let path = try file(Array(bytes.dropLast(20)))
    defer { unlink(path) }
    let error = #expect(throws: SourceError.self) { try read(path) }
    #expect(error?.file == path)
    #expect(error?.kind == .data)
  }

  @Test func isRecognisedByItsFirstBytes() {
    #expect(ParquetSource.recognise(head: Array("PAR1....".utf8), path: "x").confidence == 100)
    #expect(ParquetSource.recognise(head: Array("code,rate".utf8), path: "x.parquet").confidence == 0)
  }
}
