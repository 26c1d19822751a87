import PipelineKit
import PipelineTesting
import Tabular
import Testing

/// Every rule is broken once, and found.
@Suite(.serialized) struct SourceConformanceTests {
  private func violations(
    _ fault: String, capabilities: SourceConformance<FaultyLines>.Capabilities = [.streams, .noticesCuts]
  ) throws -> [String] {
    let lines = (0..<40).map { $0 % 9 == 4 ? "GM\(1000 + $0)|x\n" : "GM\(1000 + $0)|\($0).5\n" }
    let folder = TemporaryFolder()
    let path = folder.write("lines", lines.joined())
    let trial = SourceConformance(
      FaultyLines.self, options: "{fault: \(fault)}", file: path, reasons: [.suppressed], capabilities: capabilities,
      large: { Array((0..<21_000).map { "GM\($0)|\($0)\n" }.joined().utf8) })
    return withExtendedLifetime(folder) { trial.violations() }
  }

  @Test func aSoundAdapterPasses() throws { #expect(try violations("none") == []) }

  @Test(arguments: [
    ("forgets_reasons", "missing cells are unspecified, expected suppressed: reasons must be kept apart"),
    ("ignores_selection", "a batch is not what was asked for: [\"code\", \"rate\"] instead of [\"rate\"]"),
    ("sorts", "the columns [\"rate\"] alone have other cells than among all"),
    ("shares", "a second read gives another table"),
    ("bypasses", "the file was not read to its end through the context: 0 of 459 bytes passed"),
    ("miscounts", "context.count was told 41 rows read and 0 rejected, 40 were handed on"),
    ("prints", "something is written to standard output"),
    ("ignores_stop", "batches come after stop in the large file"),
    (
      "hoards", "the whole file is read before the first batch is handed on; batches should go on as they fill"
    ),
    ("no_origin", "column \"code\" does not carry the origin of the input"),
    ("no_line", "the error of a file cut after 248 of 459 bytes names no line: the file ends inside a line"),
    ("lenient", "bytes that are not UTF-8 are never noticed"),
    ("other_file", "the error of a file cut after 1 of 459 bytes names \"elsewhere\" instead of the file"),
    ("keeps_mark", "the file with a byte order mark gives other cells"),
  ]) func findsTheFault(_ fault: String, _ expected: String) throws {
    let found = try violations(fault)
    #expect(found.contains(expected), "\(found)")
  }

  @Test func claimsAreChecked() throws {
    #expect(
      try violations("none", capabilities: [.streams, .describes]) == [
        "column \"rate\" has no title", "column \"rate\" has no unit",
      ])
  }

  @Test func optionsAndFilesAreSaidToBeWrong() {
    let options = SourceConformance(FaultyLines.self, options: "{falt: none}", file: "x", reasons: [])
    #expect(
      options.violations() == [
        "the options are refused: options:1:2: unknown option \"falt\"; did you mean \"fault\"?"
      ])
    let file = SourceConformance(FaultyLines.self, file: "/nowhere/x", reasons: [])
    #expect(file.violations() == ["the file /nowhere/x cannot be read or is empty"])
  }
}
