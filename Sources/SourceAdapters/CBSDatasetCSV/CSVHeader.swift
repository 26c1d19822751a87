import PipelineKit
import Tabular

/// The first line of a data set: the column keys.
enum CSVHeader {
  /// The name that the field states: without the blanks (no-break ones too) around it, unless blanks are kept.
  static func name(_ field: [UInt8], _ dialect: CSVDialect) -> String {
    let name = String(decoding: field, as: UTF8.self)
    return dialect.trims ? trimBlanks(name) : name
  }

  /// The column names of `header`, checked.
  /// - Throws: ``SourceError`` naming line 1 when the header cannot be one.
  static func names(_ header: [[UInt8]], _ dialect: CSVDialect, file: String) throws(SourceError) -> [String] {
    try TextLimits.check(header.count, file: file, line: 1)
    var names: [String] = []
    var seen: Set<String> = []
    for (i, bytes) in header.enumerated() {
      guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
        throw SourceError(
          file: file, line: 1,
          "the name of column \(i + 1), \(CellMessage.quoted(bytes)), is not UTF-8 text; "
            + "convert the file to UTF-8")
      }
      let trimmed = Self.name(bytes, dialect)
      guard !trimmed.isEmpty else {
        throw SourceError(
          file: file, line: 1,
          "column \(i + 1) of the header has no name; "
            + "the adapter reads data sets whose first line holds the column keys")
      }
      guard seen.insert(trimmed).inserted else {
        throw SourceError(file: file, line: 1, column: trimmed, "occurs twice in the header; rename one of them")
      }
      names.append(trimmed)
    }
    if names.count == 1, names[0] == "TableInfos" {
      throw SourceError(
        file: file, line: 1, "is the metadata file of a CBS table, not its data; name the file with the data set")
    }
    if names.count == 1, let error = separatorError(header[0], dialect, file: file) { throw error }
    return names
  }

  /// An error when the line without the adapter's separator holds another one.
  static func separatorError(_ line: some Sequence<UInt8>, _ dialect: CSVDialect, file: String) -> SourceError? {
    let marks = line.prefix { $0 != 0x0A && $0 != 0x0D }
    guard !marks.contains(dialect.separator), let other = Array(";,\t|".utf8).first(where: { marks.contains($0) })
    else {
      return nil
    }
    return SourceError(
      file: file, line: 1,
      "the first line has no \"\(Character(UnicodeScalar(dialect.separator)))\" between its fields; set separator: "
        + (other == 0x09 ? "tab" : "\"\(Character(UnicodeScalar(other)))\""))
  }

  /// The text without the blanks, no-break ones too, around it.
  static func trimBlanks(_ text: String) -> String {
    var rest = Substring(text)
    while let first = rest.first, first == " " || first == "\u{A0}" { rest.removeFirst() }
    while let last = rest.last, last == " " || last == "\u{A0}" { rest.removeLast() }
    return String(rest)
  }
}
