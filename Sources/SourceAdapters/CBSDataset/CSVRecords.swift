import CLibCSV
import PipelineKit

/// The records of a CSV file that is small beside the data: metadata, code lists. One record stands in memory at a time,
/// beside those of the chunk that libcsv has just taken in.
final class CSVRecords {
  private var fields: [[UInt8]] = []
  private var records: [[[UInt8]]] = []

  private init() {}

  /// Calls `body` with each record's number, from 0 at the first line, and its fields, until it says stop.
  ///
  /// Blank lines are no records. A byte order mark is left out.
  /// - Throws: ``SourceError`` for a quote out of place and for text that is not UTF-8, with the line.
  static func read(
    _ path: String, separator: UInt8 = UInt8(ascii: ";"), context: RunContext,
    _ body: (Int, [String]) throws(SourceError) -> ReadControl
  ) throws(SourceError) {
    let file = try context.openText(path)
    let locator = CSVLocator(path: path, separator: separator, context: context)
    let parser = CSVParser(separator: separator)
    let collector = CSVRecords()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { buffer.deallocate() }
    var number = 0
    func handOn() throws(SourceError) -> ReadControl {
      defer { collector.records.removeAll(keepingCapacity: true) }
      for record in collector.records {
        var texts: [String] = []
        texts.reserveCapacity(record.count)
        for bytes in record {
          texts.append(String(decoding: bytes, as: UTF8.self))
        }
        if try body(number, texts) == .stop { return .stop }
        number += 1
      }
      return .more
    }
    let pointer = Unmanaged.passUnretained(collector).toOpaque()
    var isFirst = true
    while true {
      let count = try file.read(into: buffer)
      if count == 0 { break }
      var bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      if isFirst, bytes.starts(with: byteOrderMark) { bytes = UnsafeRawBufferPointer(rebasing: bytes[3...]) }
      isFirst = false
      guard parser.parse(bytes, field, row, pointer) else {
        if try handOn() == .stop { return }
        throw SourceError(
          file: path, line: locator.line(of: .end),
          "a quote stands inside a field; a quote in a quoted field is written twice (\"\")")
      }
      guard !parser.isOverfull else {
        throw SourceError(
          file: path, line: locator.line(of: .end), "a field of more than 16 MiB that starts here; a quote is missing")
      }
      if try handOn() == .stop { return }
    }
    guard parser.finish(field, row, pointer) else {
      throw SourceError(
        file: path, line: locator.line(of: .end),
        "the file ends inside a quoted field that starts here; the file is cut off, or a quote is missing")
    }
    _ = try handOn()
  }

  private static let field: CSVParser.FieldCallback = { bytes, count, context in
    guard let context else { return }
    let start = UnsafePointer(bytes?.assumingMemoryBound(to: UInt8.self))
    let text = [UInt8](UnsafeBufferPointer(start: start, count: start == nil ? 0 : count))
    Unmanaged<CSVRecords>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.fields.append(text) }
  }

  private static let row: CSVParser.RowCallback = { _, context in
    guard let context else { return }
    Unmanaged<CSVRecords>.fromOpaque(context)._withUnsafeGuaranteedRef { collector in
      collector.records.append(collector.fields)
      collector.fields.removeAll()
    }
  }
}
