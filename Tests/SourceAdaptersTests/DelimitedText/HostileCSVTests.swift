import PipelineKit
import Tabular
import Testing

@testable import SourceAdapters

/// Files that are made to do harm: each is refused, with its place, and no more of it is held than the longest record.
@Suite struct HostileCSVTests {
  private static let table =
    "\"BRIN NUMMER\";\"LEERLINGEN (aantal)\"\n" + String(repeating: "\"00AH\";\"      12\"\n", count: 2_100)

  private func refusal(_ text: String) throws -> [String: String] {
    var found: [String: String] = [:]
    try withFile(text, ".csv") { path in
      func note(_ name: String, _ adapter: some SourceAdapter) {
        found[name] = message { _ = try readAll(adapter, [path]) }.replacing(path, with: "f")
      }
      note("delimited", try Delimited(options: Delimited.Options(), context: RunContext()))
      note("duo_csv", try DUOCSV(options: DUOCSV.Options(), context: RunContext()))
      note("statline_csv", try StatLineCSV(options: StatLineCSV.Options(), context: RunContext()))
    }
    return found
  }

  private func expectAll(_ text: String, _ expected: String) throws {
    for (name, found) in try refusal(text).sorted(by: { $0.key < $1.key }) { #expect(found == expected, "\(name)") }
  }

  @Test func aQuoteThatNeverClosesOverTwentyMegabytes() throws {
    let rest = String(repeating: "\"00AH\";\"      12\n", count: 1)
    try expectAll(
      Self.table + rest + String(repeating: "x", count: 20 << 20),
      "f:2102: a record of more than 16 MiB starts here; the file is cut off, or a quote is missing"
    )
  }

  @Test func aFieldOfTwentyMegabytes() throws {
    try expectAll(
      Self.table + String(repeating: "x", count: 20 << 20) + ";1\n",
      "f:2102: a record of more than 16 MiB starts here; the file is cut off, or a quote is missing"
    )
  }

  @Test func aQuoteThatNeverCloses() throws {
    try expectAll(
      Self.table + "\"00AH\";\"12\n\"00AH;13\n",
      "f:2102: text stands behind the closing quote of a field; a quote in a quoted field is written twice (\"\")")
    try expectAll(
      Self.table + "\"00AH\";\"12\n",
      "f:2102: the file ends inside a quoted field, in the record that starts here; the file is cut off, or a quote is "
        + "missing")
  }

  @Test func bytesOfNothing() throws {
    for (name, found) in try refusal(Self.table + "\"00\u{0}AH\";\"      12\"\n").sorted(by: { $0.key < $1.key }) {
      #expect(
        found
          == "f:2102: column \"BRIN NUMMER\": the cell \"00\\u{0}AH\" holds a NUL byte; the file is damaged, or not a text "
          + "file", "\(name)")
    }
  }

  /// A header that does not end in the head of the file.
  @Test func nothingButAnOpenQuote() throws {
    for (name, found) in try refusal("\"" + String(repeating: "x", count: 2 << 20)).sorted(by: { $0.key < $1.key }) {
      #expect(found.hasPrefix("f") && found.contains(":"), "\(name): \(found)")
      #expect(found != "no error", "\(name)")
    }
  }

  /// Looking for the line of a mistake stops at a field that is too long, so that it is not held whole.
  @Test func theLocatorStopsAtAnEndlessField() throws {
    try withFile("a;b\n" + String(repeating: "x", count: 20 << 20) + "\n1;2\n", ".csv") { path in
      let locator = CSVLocator(path: path, separator: UInt8(ascii: ";"), context: RunContext())
      #expect(locator.line(of: .record(2)) == 2)
      #expect(locator.line(of: .record(0)) == 1)
    }
  }
}
