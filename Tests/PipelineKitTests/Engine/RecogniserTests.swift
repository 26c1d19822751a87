import PipelineTesting
import Testing

@testable import PipelineKit

/// Files that no adapter reads are named, with the way out, before any adapter is asked.
@Suite struct RecogniserTests {
  private func reason(_ bytes: [UInt8]) -> String {
    let folder = TemporaryFolder()
    let path = folder.write("file", bytes)
    do {
      _ = try Recogniser(catalog: PluginCatalog(sources: [], transforms: [], sinks: [])).recognise(
        path, context: RunContext())
      return "no error"
    } catch { return "\(error)".split(separator: path + ": ", omittingEmptySubsequences: false).joined() }
  }

  @Test(arguments: [
    (Array("%PDF-1.7\n".utf8), "is a PDF document; ask for the table as CSV"),
    ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "is a picture (PNG); it holds no table"),
    ([0xFF, 0xD8, 0xFF, 0xE0], "is a picture (JPEG); it holds no table"),
    (
      [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0],
      "is a workbook of old Excel (xls), or another old file of Office; save the sheet as CSV"
    ),
    (
      Array("SQLite format 3\0\u{10}\0".utf8),
      "is an SQLite database, such as a GeoPackage; export the layer as GeoJSON, or the table as CSV"
    ),
    ([0x00, 0x00, 0x27, 0x0A, 0, 0], "is a shapefile; convert it to GeoJSON, its .dbf included"),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0], "is a 7z archive; unpack it"),
    ([0x28, 0xB5, 0x2F, 0xFD, 0], "is packed with zstd; unpack it, or pack it with gzip"),
    (
      Array("\u{FEFF}\n<!doctype HTML>\n<html>".utf8),
      "is a web page; it holds no data: fetch the file itself, not the page about it"
    ),
    (
      Array("  <HTML lang=\"nl\">".utf8),
      "is a web page; it holds no data: fetch the file itself, not the page about it"
    ),
    ([], "is empty"), (Array("a;b\n1;2\n".utf8), "no adapter knows this format (); name one with \"adapter\""),
  ])
  func otherFormats(bytes: [UInt8], text: String) { #expect(reason(bytes) == text) }
}
