import PipelineKit
import Tabular

/// The rules by which CBS names the columns of a data set.
enum CBSColumnName {
  /// Whether `name` ends in `_<number>`: a topic.
  ///
  /// All others are dimensions, save `ID`.
  static func isTopic(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    guard let line = bytes.lastIndex(of: UInt8(ascii: "_")), line > 0, line + 1 < bytes.count else { return false }
    return bytes[(line + 1)...].allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }

  /// Whether `name` is that of the row number that CBS puts before the data.
  static func isRowNumber(_ name: String) -> Bool { name == "ID" }
}

/// How a cell is judged while a file's head is looked through.
struct SampleRules: Sendable {
  /// Reads numbers.
  let numbers: NumberParser
  /// Texts that the options name as missing: they say nothing about a column's type.
  let markers: [[UInt8]]
  /// Whether some of them read as numbers.
  let namesNumbers: Bool

  init(numbers: NumberParser, markers: OrderedMap<MarkerReason>) {
    self.numbers = numbers
    self.markers = markers.keys.map { Array($0.utf8) }
    namesNumbers = markers.keys.contains { numbers.parse($0) != nil }
  }

  func isMarker(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    markers.contains { $0.count == text.count && $0.elementsEqual(text) }
  }
}

/// What the sampled cells of one column show.
struct ColumnEvidence {
  /// Whether a cell cannot be a number's in a typed data set, or in an untyped one.
  private(set) var isTextIfTyped = false
  private(set) var isTextIfUntyped = false
  /// Whether a cell is written as only untyped data sets write it: eight characters, right-aligned.
  private(set) var isUntyped = false

  /// Takes in one cell.
  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, _ rules: SampleRules) {
    guard let base = bytes.baseAddress, !bytes.isEmpty, !(isTextIfTyped && isTextIfUntyped) else { return }
    // One more number as before, without blanks around it: most cells of most columns.
    if isTextIfUntyped, !rules.namesNumbers, bytes[0] > 0x20, bytes[bytes.count - 1] > 0x20,
      !rules.numbers.parse(base, bytes.count).isNaN
    {
      return
    }
    var start = 0
    var end = bytes.count
    while start < end, bytes[start] == 0x20 { start += 1 }
    while end > start, bytes[end - 1] == 0x20 { end -= 1 }
    if start == end { return }
    let isDot = end - start == 1 && bytes[start] == UInt8(ascii: ".")
    let isNumber = !isDot && !rules.numbers.parse(base + start, end - start).isNaN
    if !isNumber || rules.namesNumbers, rules.isMarker(bytes[start..<end]) { return }
    guard isNumber || isDot else {
      // Digits with a mark too many or the wrong mark are a mistake to report, not a sign of text.
      if Self.isLikeNumber(bytes[start..<end]) { return }
      isTextIfTyped = true
      isTextIfUntyped = true
      return
    }
    let isRightAligned = end == bytes.count
    if isRightAligned, start > 0, bytes.count == 8 {
      isUntyped = true
      return
    }
    let isPlain = isNumber && isRightAligned && start == 0
    if !isPlain { isTextIfTyped = true }
    if !isPlain || bytes.count < 8 { isTextIfUntyped = true }
  }

  /// Whether the text is made of digits and decimal or grouping marks, with or without a sign.
  private static func isLikeNumber(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    var rest = text
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    return rest.contains { $0 >= 0x30 && $0 <= 0x39 }
      && rest.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }
  }

  /// Takes in what another file shows of the same column.
  mutating func merge(_ other: ColumnEvidence) {
    isTextIfTyped = isTextIfTyped || other.isTextIfTyped
    isTextIfUntyped = isTextIfUntyped || other.isTextIfUntyped
    isUntyped = isUntyped || other.isUntyped
  }

  /// Whether the column holds text, in a data set of the given form.
  ///
  /// A column without content holds numbers.
  func isText(untyped: Bool) -> Bool { untyped ? isTextIfUntyped : isTextIfTyped }
}

/// What is known about one column before its data is read.
struct ColumnFinding {
  /// The name as published.
  var name: String
  /// What its cells show.
  var evidence = ColumnEvidence()
  /// The type that the file itself states, or nil.
  var statedType: ColumnType?
  /// Whether the file states that a cell is text.
  var hasText = false

  /// Takes in what another file shows of the same column.
  mutating func merge(_ other: ColumnFinding) {
    evidence.merge(other.evidence)
    hasText = hasText || other.hasText
    if statedType == nil || other.statedType == .float64 { statedType = other.statedType ?? statedType }
  }
}

/// What the files of a source show of its columns, in order of first appearance.
struct ColumnFindings {
  /// The columns so far.
  var list: [ColumnFinding] = []
  private var places: [String: Int] = [:]

  /// Takes in what a file shows of a column.
  mutating func add(_ column: ColumnFinding) {
    if let known = places[column.name] {
      list[known].merge(column)
    } else {
      places[column.name] = list.count
      list.append(column)
    }
  }
}

/// Makes the schema of a data set from what its files show.
struct CBSSchemaRules {
  /// Types by column, from the options.
  var types: OrderedMap<SourceColumnType>
  /// The form, from the options or from the content.
  var isUntyped: Bool
  /// Where the table comes from.
  var origin: Origin
  /// Whether all text without a topic number is a key; otherwise `ID` and `Key` are.
  var dimensionsAreKeys = true
  /// What the table's metadata say.
  var metadata = CBSMetadata()

  /// The schema of `columns`.
  /// - Throws: ``SourceError`` when the options give a type to a column that is not there.
  func schema(_ columns: [ColumnFinding], file: String) throws(SourceError) -> Schema {
    let names = columns.map(\.name)
    for key in types.keys where !names.contains(key) {
      throw SourceError(
        file: file, line: 1, column: key,
        "the option types names this column, but the file has none of that name" + didYouMean(key, among: names))
    }
    do {
      return try Schema(columns.map(field))
    } catch {
      throw SourceError(file: file, line: 1, error.description)
    }
  }

  private func field(_ column: ColumnFinding) -> Field {
    let isTopic = CBSColumnName.isTopic(column.name)
    let isRowNumber = CBSColumnName.isRowNumber(column.name)
    let type: ColumnType
    if let chosen = types[column.name] {
      type = chosen.type
    } else if isTopic, let known = metadata[column.name]?.columnType {
      type = known
    } else if let stated = column.statedType {
      type = isTopic && stated == .int64 ? .float64 : stated
    } else if isRowNumber {
      type = .int64
    } else if isTopic {
      type = column.evidence.isText(untyped: isUntyped) ? .string : .float64
    } else {
      type = .string
    }
    let isKey = isRowNumber || column.name == "Key" || (!isTopic && type == .string && dimensionsAreKeys)
    let field = Field(column.name, type, role: isKey ? .key : .measure, origins: origins(column.name))
    return metadata.described(field)
  }

  private func origins(_ column: String) -> [Origin] {
    if origin.isEmpty { return [] }
    var mine = origin
    mine.column = column
    return [mine]
  }
}

/// The text of a message about a cell that cannot be read.
enum CellMessage {
  /// What is wrong with the cell, and the way out.
  ///
  /// `column` is the cell's column.
  static func text(_ trouble: CellTrouble, column: String, numbers: NumberParser) -> String {
    let shown = quoted(trouble.bytes)
    switch trouble.kind {
    case .nulByte: return "the cell \(shown) holds a NUL byte; the file is damaged, or not a text file"
    case .notUTF8: return "the cell \(shown) is not UTF-8; convert the file to UTF-8"
    case .notAnInteger:
      return "cannot read \(shown) as a whole number; set types: {\(column): string} to read the column as text"
    case .notANumber: break
    }
    let mark = numbers.decimalMark
    let start = "cannot read \(shown) as a number; the adapter's decimal mark is \"\(Character(UnicodeScalar(mark)))\""
    let other = mark == UInt8(ascii: ".") ? UInt8(ascii: ",") : UInt8(ascii: ".")
    let swapped = NumberParser(decimalMark: other)
    let readsOtherwise = trouble.bytes.withUnsafeBufferPointer { bytes in
      bytes.baseAddress.map { !swapped.parse($0, bytes.count).isNaN } ?? false
    }
    if readsOtherwise { return start + "; set decimal_mark: \"\(Character(UnicodeScalar(other)))\"" }
    let numeric = Array("0123456789.,+- ".utf8)
    if trouble.bytes.allSatisfy({ numeric.contains($0) }) { return start }
    return start + "; if the text stands for a missing value, name it under markers; "
      + "if the column holds text, set types: {\(column): string}"
  }

  /// The bytes in quotes, at most 60 characters, with control characters made visible.
  static func quoted(_ bytes: [UInt8]) -> String {
    var text = ""
    for character in String(decoding: bytes.prefix(240), as: UTF8.self).unicodeScalars.prefix(60) {
      text += character.value < 0x20 ? "\\u{\(String(character.value, radix: 16))}" : String(character)
    }
    return "\"\(text)\"" + (bytes.count > 240 || text.unicodeScalars.count >= 60 ? " (cut off)" : "")
  }
}
