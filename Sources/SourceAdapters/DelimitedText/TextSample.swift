import PipelineKit
import Tabular

/// The first records of a text file.
struct TextSample {
  /// One record.
  struct Record {
    var fields: [[UInt8]]
    var line: Int
    /// Where in the text it starts.
    var offset: Int
  }

  /// The records, up to the limit or to the first that is not whole.
  private(set) var records: [Record] = []
  /// What is wrong with the quotes behind the last record, or nil.
  private(set) var trouble: SourceError?

  /// Reads `head`, the start of a text; `isWhole` says that it is all of it.
  init(_ head: [UInt8], isWhole: Bool, dialect: RecordDialect, limit: Int, path: String = "") {
    var place = 0
    let scanner = RecordScanner(path: path, dialect: dialect, piece: head.count + 16) { (buffer) throws(SourceError) in
      let count = min(buffer.count, head.count - place)
      buffer.copyBytes(from: head[place..<(place + count)])
      place += count
      return count
    }
    do throws(SourceError) {
      while records.count < limit, try scanner.next() {
        records.append(
          Record(
            fields: (0..<scanner.count).map { Array(scanner[$0]) }, line: scanner.recordLine,
            offset: scanner.recordOffset))
      }
    } catch { if isWhole { trouble = error } }
    // The last record of a head that is cut ends where the head does.
    if !isWhole, records.count < limit { records = records.dropLast() }
  }
}

/// Finds the separator of a text, and the record with which its table starts.
struct SeparatorFinding {
  /// The separator.
  var separator: UInt8
  /// The fields of a record.
  var width: Int
  /// The position, among the sample's records, of the table's first.
  var first: Int
  /// The share of records from there on that have as many fields.
  var share: Double

  /// The separators that are tried, the first of equally good ones wins.
  static let candidates = Array(";\t,|".utf8)
  /// How many records may stand above a table.
  static let longestPreamble = 20

  /// What `separator` makes of the text's first records; nil when it makes no table of two columns or more.
  init?(_ head: [UInt8], isWhole: Bool, dialect: RecordDialect) {
    let widths = TextSample(head, isWhole: isWhole, dialect: dialect, limit: 200).records.map(\.fields.count)
    var counts: [Int: Int] = [:]
    for width in widths where width > 1 { counts[width, default: 0] += 1 }
    guard let best = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }),
      let first = widths.firstIndex(of: best.key), first <= Self.longestPreamble
    else { return nil }
    separator = dialect.separator
    width = best.key
    self.first = first
    share = Double(best.value) / Double(widths.count - first)
  }

  /// The best of all separators.
  static func best(_ head: [UInt8], isWhole: Bool, dialect: RecordDialect) -> SeparatorFinding? {
    var best: SeparatorFinding?
    for separator in candidates {
      var dialect = dialect
      dialect.separator = separator
      guard let found = SeparatorFinding(head, isWhole: isWhole, dialect: dialect), found.share > 0.5 else { continue }
      // A hair less than whole, with more columns, is better: one footer must not decide.
      if let other = best, (other.share * 20).rounded() >= (found.share * 20).rounded() {
        if other.width >= found.width || (other.share * 20).rounded() > (found.share * 20).rounded() { continue }
      }
      best = found
    }
    return best
  }
}

/// What a table of text may hold at most; beyond it the file is refused, so that a hostile one cannot fill the memory.
enum TextLimits {
  /// Columns: as many as a worksheet has.
  static let columns = 16_384

  /// Refuses a record of more fields than a table has columns.
  static func check(_ columns: Int, file: String, line: Int) throws(SourceError) {
    guard columns > self.columns else { return }
    throw SourceError(
      file: file, line: line,
      "has \(columns) columns, more than \(self.columns); is it a table, and the separator right?")
  }
}

/// Text helpers for cells in a sample.
enum SampleCell {
  /// The bytes without blanks, tabs and no-break spaces around them, as text.
  static func text(_ bytes: [UInt8]) -> String {
    var rest = Substring(String(decoding: bytes, as: UTF8.self))
    while let first = rest.first, first == " " || first == "\u{A0}" || first == "\t" { rest.removeFirst() }
    while let last = rest.last, last == " " || last == "\u{A0}" || last == "\t" { rest.removeLast() }
    return String(rest)
  }

  /// Names of columns from the fields of a header: no blanks around them, `column_<n>` for an empty one, and a number
  /// behind one that occurs again.
  static func names(_ header: [[UInt8]]) -> (names: [String], repeated: [String]) {
    var names: [String] = []
    var seen: Set<String> = []
    var repeated: [String] = []
    // The next number to try for a name that occurs again.
    var numbers: [String: Int] = [:]
    for (i, field) in header.enumerated() {
      let text = text(field)
      var name = text.isEmpty ? "column_\(i + 1)" : text
      if seen.contains(name) {
        repeated.append(name)
        var number = numbers[text] ?? 2
        while seen.contains("\(text)_\(number)") { number += 1 }
        numbers[text] = number + 1
        name = "\(text)_\(number)"
      }
      seen.insert(name)
      names.append(name)
    }
    return (names, repeated)
  }
}
