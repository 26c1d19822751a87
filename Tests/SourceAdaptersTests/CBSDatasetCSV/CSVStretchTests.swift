import PipelineKit
import Synchronization
import Tabular
import Testing

@testable import SourceAdapters

/// A file read in stretches gives what it gives when it is read as a whole, or says that it must be.
@Suite struct CSVStretchTests {
  /// The rows as texts, missing ones by their reason.
  private func texts(_ tables: [Table]) -> [String] {
    tables.flatMap { table in
      (0..<table.rowCount).map { row in
        table.columns.map { $0.text(at: row) ?? "!\($0.missingReason(at: row)?.label ?? "")" }.joined(separator: "|")
      }
    }
  }

  private struct Reading {
    var rows: [String]
    var context: RunContext
    var count: Int
  }

  private func adapter(_ options: String) throws -> CBSDatasetCSV {
    let node = try SpecParser.nodes(options, file: "options")
    return try CBSDatasetCSV(options: CBSDatasetCSV.Options(option: node), context: RunContext())
  }

  private func whole(_ part: InputPart, _ options: String) throws -> Reading {
    let (adapter, context, input) = (try adapter(options), RunContext(), Input(parts: [part]))
    let schema = try adapter.schema(of: input, context: context)
    var tables: [Table] = []
    try adapter.read(part, of: input, as: schema, context: context) { batch in
      tables.append(batch.table)
      return .more
    }
    return Reading(rows: texts(tables), context: context, count: 1)
  }

  /// The rows from stretches of `bytes` bytes, by two threads in turns; nil when the file must be read as a whole.
  private func divided(_ part: InputPart, _ bytes: Int, _ options: String) throws -> Reading? {
    let (adapter, context, input) = (try adapter(options), RunContext(threads: 2), Input(parts: [part]))
    let schema = try adapter.schema(of: input, context: context)
    let stretches = try adapter.stretches(of: part, of: input, as: schema, bytes: bytes, context: context)
    guard let stretches else { return nil }
    let tables = Mutex<[Int: [Table]]>([:])
    context.parallel(stretches.count) { index in
      stretches.read(index) { batch in
        tables.withLock { $0[index, default: []].append(batch.table) }
        return .more
      }
    }
    guard stretches.join() else {
      #expect(context.rowCounts == RowCounts())
      #expect(context.rejectedCells == [])
      return nil
    }
    let ordered = tables.withLock { $0.sorted { $0.key < $1.key }.flatMap(\.value) }
    return Reading(rows: texts(ordered), context: context, count: stretches.count)
  }

  /// Whether stretches of `size` bytes leave the file to a reading of the whole.
  private func isLeft(_ bytes: [UInt8], _ size: Int, _ options: String = "{}") throws -> Bool {
    try withFile(bytes, ".csv") { path in try divided(InputPart(path: path), size, options) == nil }
  }

  /// Stretches of every size from one byte on give all rows, or nothing.
  ///
  /// - Returns: How many of the sizes had to be read as a whole.
  private func check(_ text: String, _ options: String = "{}", through sizes: Int = 90) throws -> Int {
    try withFile(text, ".csv") { path in
      let part = InputPart(path: path)
      let wanted = try whole(part, options)
      var refused = 0
      for bytes in 1...sizes {
        guard let found = try divided(part, bytes, options) else {
          refused += 1
          continue
        }
        #expect(found.rows == wanted.rows, "stretches of \(bytes) bytes")
        #expect(found.context.rowCounts == wanted.context.rowCounts)
        #expect(found.context.rejectedCells == wanted.context.rejectedCells)
        #expect(bytes > 20 || found.count > 2)
      }
      return refused
    }
  }

  @Test func plainRecords() throws {
    for end in ["\n", "\r\n"] {
      let lines = (0..<40).map { "\($0);BU\($0 % 7);\($0 % 3 == 0 ? "" : "\($0 * 13)");\($0 % 5 == 0 ? "." : "x y")" }
      let text = ((["ID;Area;People_2;Name_3"] + lines).joined(separator: end))
      #expect(try check(text) == 0)
      #expect(try check(text + end) == 0)
      #expect(try check(text + end + end) == 0)
      #expect(try check("\u{FEFF}" + text + end, "{markers: {\"\": unknown, \".\": suppressed}}") == 0)
    }
  }

  @Test func lettersOfSeveralBytes() throws {
    let lines = (0..<30).map { "\($0);Coëvorden€𝄞\($0 % 4);\($0)" }
    #expect(try check((["ID;Area;People_2"] + lines).joined(separator: "\n")) == 0)
  }

  @Test func quotedLineEndsAreSeenThrough() throws {
    // Where a stretch starts inside quotes its guess is wrong: the whole file is then read again.
    let lines = (0..<30).map { "\($0);\"a;\"\"b\"\"\n\($0)\";\($0)" }
    let refused = try check((["ID;\"Name\n_1\";People_2"] + lines).joined(separator: "\r\n") + "\r\n", through: 120)
    #expect(refused > 0 && refused < 120)
    // Quotes without line ends in them never mislead.
    let plain = (0..<30).map { "\($0);\"a;\"\"b\"\" \($0)\";\($0)" }
    #expect(try check((["ID;Name_1;People_2"] + plain).joined(separator: "\n")) == 0)
  }

  @Test func aFooterEndsTheDataOfTheLastStretch() throws {
    let lines = (0..<30).map { "\($0);BU\($0);\($0)" }
    let text = (["ID;Area;People_2"] + lines + ["© CBS"]).joined(separator: "\n")
    #expect(try check(text, "{footer: ©}") == 0)
    _ = try check(text + "\n\n", "{footer: ©}")
    let more = (["ID;Area;People_2"] + lines + ["© CBS"] + lines).joined(separator: "\n")
    #expect(try isLeft(Array(more.utf8), 50, "{footer: ©}"))
  }

  @Test func cellsArePutAsideWithTheirLines() throws {
    let lines = (0..<40).map { "\($0);BU\($0);\($0 % 9 == 4 ? "1x\($0)" : "\($0)");\"a\($0)\"" }
    let options = "{on_error: reject, types: {People_2: float64}}"
    #expect(try check((["ID;Area;People_2;Name_3"] + lines).joined(separator: "\n"), options) == 0)
    let found = try withFile((["ID;Area;People_2;Name_3"] + lines).joined(separator: "\n"), ".csv") {
      try divided(InputPart(path: $0), 40, options)
    }
    #expect(found?.context.rejectedCells.map(\.line) == [6, 15, 24, 33])
    #expect(found?.context.rejectedCells.map(\.value) == ["1x4", "1x13", "1x22", "1x31"])
  }

  @Test(arguments: [
    "1;A;x3", "1;A", "1;A;2;3", "1;\"A;2", "1;A\"B;2", "1;\u{0}A;2",
  ]) func whatIsWrongIsLeftToTheWhole(line: String) throws {
    var lines = (0..<30).map { "\($0);BU\($0);\($0)" }
    for place in [0, 11, 29] {
      let sound = lines[place]
      lines[place] = line
      let text = (["ID;Area;People_2"] + lines).joined(separator: "\n") + "\n"
      for size in [10, 33, 90] { #expect(try isLeft(Array(text.utf8), size, "{types: {People_2: float64}}")) }
      lines[place] = sound
    }
  }

  @Test func otherEncodingsAndPackedFilesAreLeftToTheWhole() throws {
    var bytes = Array("ID;Area;People_2\n".utf8)
    for i in 0..<30 { bytes += Array("\(i);BU".utf8) + [i == 20 ? 0xEB : 0x41] + Array(";\(i)\n".utf8) }
    #expect(try isLeft(bytes, 40))
    bytes = [0xFF, 0xFE] + Array("ID;Area;People_2\n1;A;2\n".utf8).flatMap { [$0, 0] }
    #expect(try isLeft(bytes, 40))
  }
}
