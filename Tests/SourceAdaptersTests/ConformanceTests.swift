import Parquet
import PipelineKit
import PipelineTesting
import SourceAdapters
import Tabular
import Testing

/// The contract of source adapters, on every adapter.
@Suite struct ConformanceTests {
  @Test func csv() {
    let trial = SourceConformance(
      CBSDatasetCSV.self, file: fixtures + "cbs_dataset_csv/valid_untyped.csv", reasons: [.unknown, .notApplicable],
      large: {
        var text = "\"ID\";\"WijkenEnBuurten\";\"Inwoners_1\";\"Aandeel_2\"\r\n"
        for row in 0..<40_000 {
          text += "\"\(row)\";\"BU\(10_000_000 + row % 900)\";\"\(row * 7 % 1000)\";\"\(row % 100).5\"\r\n"
        }
        return Array(text.utf8)
      })
    #expect(trial.violations() == [])
  }

  @Test func atom() {
    let trial = SourceConformance(
      CBSDatasetAtom.self, file: fixtures + "cbs_dataset_atom/valid_untyped.xml", reasons: [.unknown, .notApplicable],
      large: {
        let data = "http://schemas.microsoft.com/ado/2007/08/dataservices"
        var text =
          "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:d=\"\(data)\" "
          + "xmlns:m=\"\(data)/metadata\">\n"
        for row in 0..<25_000 {
          text +=
            "<entry><content type=\"application/xml\"><m:properties><d:ID m:type=\"Edm.Int32\">\(row)</d:ID>"
            + "<d:RegioS>GM\(1000 + row % 400)</d:RegioS><d:Inwoners_1 m:type=\"Edm.Int32\">\(row * 7 % 1000)</d:Inwoners_1>"
            + "</m:properties></content></entry>\n"
        }
        return Array((text + "</feed>\n").utf8)
      })
    #expect(trial.violations() == [])
  }

  @Test func parquet() throws {
    let origin = [Origin(producer: "Peil", table: "conformance", column: "x")]
    let table = try Table(
      schema: Schema([
        Field("code", .string, origins: origin), Field("share", .float64, unit: "%", origins: origin),
        Field("count", .int64, origins: origin),
      ]),
      columns: [
        .string(StringColumn(["a", "b", nil, "d"], reason: .unknown)),
        .float64(
          Float64Column([1.5, 0, 2.5, 3], missing: MissingMask(reasons: [0, MissingReason.suppressed.rawValue, 0, 0]))),
        .int64(Int64Column([1, 2, 3, 4])),
      ])
    try withFile(ParquetWriter.encode(table.withStatusColumns(always: true)), ".parquet") { path in
      let trial = SourceConformance(
        ParquetSource.self, file: path, format: .binary, reasons: [.unknown, .suppressed], capabilities: [.noticesCuts])
      #expect(trial.violations() == [])
    }
  }
}
