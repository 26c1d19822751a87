import PipelineKit
import Testing

@testable import SourceAdapters

/// The records of `text`, read in pieces of `step` bytes; the error as the last record.
private func records(
  _ text: [UInt8], _ dialect: RecordDialect = RecordDialect(), piece: Int = 64, limit: Int = 1 << 20, step: Int = 7
) -> [[String]] {
  var place = 0
  let scanner = RecordScanner(path: "f", dialect: dialect, piece: piece, limit: limit) { (buffer) throws(SourceError) in
    let count = min(step, buffer.count, text.count - place)
    buffer.copyBytes(from: text[place..<(place + count)])
    place += count
    return count
  }
  var found: [[String]] = []
  do throws(SourceError) {
    while try scanner.next() {
      found.append(["\(scanner.recordLine)"] + (0..<scanner.count).map { String(decoding: scanner[$0], as: UTF8.self) })
    }
  } catch { found.append(["\(error)"]) }
  return found
}

@Suite struct RecordScannerTests {
  private static let text = Array("a;b\r\n\r\n\"c;\"\"d\"\"\ne\";f \n;\n\"\";\"g\"  ;h\rlast;\"\"".utf8)

  /// Wherever the pieces are cut, the records are the same.
  @Test(arguments: 1...40, [64, 1 << 12]) func piecesDoNotMatter(step: Int, piece: Int) {
    #expect(
      records(Self.text, piece: piece, step: step) == [
        ["1", "a", "b"], ["3", "c;\"d\"\ne", "f "], ["5", "", ""], ["6", "", "g", "h"], ["7", "last", ""],
      ])
  }

  @Test func endsOfFiles() {
    #expect(records([]) == [])
    #expect(records([0xEF, 0xBB, 0xBF]) == [])
    #expect(records(Array("\u{FEFF}a".utf8), step: 2) == [["1", "a"]])
    #expect(records(Array("a;".utf8)) == [["1", "a", ""]])
    #expect(records(Array("\n\n\r\n".utf8)) == [])
    #expect(records(Array("a\r".utf8)) == [["1", "a"]])
    #expect(
      records(Array("a\n\"b\nc".utf8)) == [
        ["1", "a"],
        [
          "f:2: the file ends inside a quoted field, in the record that starts here; the file is cut off, or a quote is missing"
        ],
      ])
  }

  @Test func comments() {
    let dialect = RecordDialect(separator: UInt8(ascii: ","), comment: Array("//".utf8))
    for step in 1...9 {
      #expect(
        records(Array("// one\n/ a,//b\n//\n\n// last".utf8), dialect, step: step) == [["2", "/ a", "//b"]], "\(step)")
    }
  }

  @Test func withoutQuotes() {
    #expect(records(Array("\"a;b\"\n".utf8), RecordDialect(quote: 0)) == [["1", "\"a", "b\""]])
  }

  /// A quote that never closes swallows the rest of the file: no more than the limit is kept of it. The text is made on the
  /// way, so that a gigabyte costs no memory here either.
  @Test(arguments: [Character("x"), "\n", ";", "\""]) func endlessFields(filler: Character) throws {
    let total = 1 << 30
    let byte = try #require(filler.asciiValue)
    var given = 0
    let scanner = RecordScanner(path: "f", dialect: RecordDialect(), piece: 1 << 12, limit: 1 << 16) {
      (buffer) throws(SourceError) in
      let count = min(buffer.count, total - given)
      for i in 0..<count { buffer[i] = byte }
      // With quotes for filler, an even number of them in the field: two and two make one.
      if given == 0 { buffer[0] = UInt8(ascii: "\"") }
      given += count
      return count
    }
    var found = ""
    do throws(SourceError) { while try scanner.next() {} } catch { found = "\(error)" }
    #expect(
      found
        == "f:1: a record of more than 65536 bytes starts here; the file is cut off, or a quote "
        + "is missing")
    #expect(given <= 1 << 16)
  }

  @Test func aRecordOfManyFields() {
    let text = Array(String(repeating: "1;", count: 100_000).utf8)
    let found = records(text, piece: 1 << 10, limit: 1 << 20, step: 1 << 16)
    #expect(found.count == 1 && found[0].count == 100_002)
    #expect(
      records(text, piece: 1 << 10, limit: 1 << 16, step: 1 << 16) == [
        [
          "f:1: a record of more than 65536 bytes starts here; the file is cut off, or a quote is missing"
        ]
      ])
  }
}
