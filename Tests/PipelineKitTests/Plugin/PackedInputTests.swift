import Testing

@testable import PipelineKit

private let fixtures: String = {
  let parts = #filePath.split(separator: "/")
  return "/" + parts.dropLast(4).joined(separator: "/") + "/Fixtures/input/"
}()

private let table = "Code;Naam;Aantal\r\nGM0141;Almelo;73107\r\nGM0153;Enschede;159640\r\n"

/// The text of a file, read in pieces of `size` bytes.
private func text(_ name: String, size: Int = 7, context: RunContext = RunContext()) throws -> String {
  let file = try context.open(fixtures + name)
  var bytes: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: size)
  while true {
    let count = try piece.withUnsafeMutableBytes { try file.read(into: $0) }
    if count == 0 { return String(decoding: bytes, as: UTF8.self) }
    bytes += piece[..<count]
  }
}

private func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)".split(separator: fixtures, omittingEmptySubsequences: false).joined()
  }
}

@Suite struct PackedInputTests {
  @Test(
    arguments: [
      "valid_table.csv.gz", "valid_deflated.csv.gz", "valid_two_members.csv.gz", "valid_one.zip",
      "valid_one.zip/data/table.csv", "valid_several.zip/data/table.csv", "valid_several.zip/table.csv",
    ], [1, 7, 1 << 16])
  func isReadThrough(name: String, size: Int) throws {
    #expect(try text(name, size: size) == table)
    #expect(try RunContext().head(fixtures + name, count: 12) == Array("Code;Naam;Aa".utf8))
  }

  /// The manifest speaks of the bytes on disk, so that anyone can check them.
  @Test func factsAreThoseOfTheFileOnDisk() throws {
    let context = RunContext()
    for name in ["valid_deflated.csv.gz", "valid_several.zip/data/other.csv"] { _ = try text(name, context: context) }
    for name in ["valid_deflated.csv.gz", "valid_several.zip"] {
      let facts = try #require(context.record.files[fixtures + name])
      #expect(facts.bytes == fileSize(fixtures + name))
      #expect(facts.sha256 == OutputFile.sha256(ofFile: fixtures + name, size: nil))
    }
    #expect(
      context.record.allDependencies == [fixtures + "valid_deflated.csv.gz", fixtures + "valid_several.zip"])
  }

  @Test func anArchiveIsAFolder() throws {
    let context = RunContext()
    #expect(
      try context.members(of: fixtures + "valid_several.zip") == ["data/table.csv", "data/other.csv", "readme.txt"])
    #expect(try context.members(of: fixtures + "valid_one.zip") == ["data/table.csv"])
    #expect(try context.members(of: fixtures + "valid_table.csv.gz") == nil)
    var pattern = FilePattern(SpecPath(fixtures + "valid_several.zip/*.txt", at: SourcePosition(file: "p")))
    #expect(try pattern.expand().map(\.path) == [fixtures + "valid_several.zip/readme.txt"])
    #expect(try text("valid_several.zip/readme.txt") == "Text.")
    // An adapter for whole archives must be able to see that the file is one.
    #expect(try context.head(fixtures + "valid_several.zip", count: 2) == Array("PK".utf8))
  }

  @Test(arguments: [
    ("invalid_cut.csv.gz", "ends in the middle of its gzip data; the file is cut off, fetch it again"),
    ("invalid_damaged.csv.gz", "its gzip data are damaged: incorrect data check; fetch the file again"),
    ("invalid_trailing.csv.gz", "has other bytes behind its gzip data; the file is damaged, fetch it again"),
    (
      "valid_several.zip",
      "is a zip archive of 3 files; name one as valid_several.zip/data/table.csv; it holds data/table.csv, data/other.csv, readme.txt"
    ),
    (
      "valid_several.zip/data/tabel.csv",
      "valid_several.zip has no file \"data/tabel.csv\"; it holds data/table.csv, data/other.csv, readme.txt"
    ),
    ("invalid_workbook.xlsx", "is an Office document, not text; save its sheet as CSV"),
    ("valid_table.csv.gz/table.csv", "cannot be read: Not a directory"),
  ]) func damage(name: String, expected: String) {
    #expect(message { _ = try text(name) } == "\(name): \(expected)")
  }

  /// Where exactly libarchive notices depends on its version.
  @Test func aCutArchive() {
    let found = message { _ = try text("invalid_cut.zip") }
    #expect(found.hasPrefix("invalid_cut.zip: cannot be unpacked as a zip archive"), "\(found)")
    #expect(found.hasSuffix("fetch the file again"), "\(found)")
  }

  @Test func theRecogniserSaysWhatAnArchiveHolds() {
    let recogniser = Recogniser(catalog: PluginCatalog(sources: [], transforms: [], sinks: []))
    #expect(
      message { _ = try recogniser.recognise(fixtures + "valid_several.zip", context: RunContext()) }
        == "valid_several.zip: is a zip archive of 3 files; name one as valid_several.zip/data/table.csv; it holds "
        + "data/table.csv, data/other.csv, readme.txt")
  }

  @Test func namesInFoldersAndArchives() throws {
    let context = RunContext()
    #expect(
      try context.names(in: fixtures + "valid_several.zip") == ["data/other.csv", "data/table.csv", "readme.txt"])
    let folder = try context.names(in: fixtures)
    #expect(folder == folder?.sorted() && folder?.contains("valid_one.zip") == true)
    #expect(try context.names(in: String(fixtures.dropLast())) == folder)
    #expect(try context.names(in: fixtures + "valid_table.csv.gz") == nil)
    #expect(try context.names(in: fixtures + "valid_several.zip/readme.txt") == nil)
    #expect(try context.names(in: fixtures + "nothing") == nil)
    #expect(try context.names(in: "/dev/null") == nil)
  }
}
