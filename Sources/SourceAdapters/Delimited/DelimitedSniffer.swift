import PipelineKit
import Tabular

/// Finds out, from the head of a text file and the options, how its table is laid out.
struct DelimitedSniffer {
  /// Texts that stand for a missing number unless the options say otherwise.
  static let numberMarkers = ["NA", "N/A", "NaN", "nan", "NULL", "null"]

  let options: Delimited.Options
  let path: String

  /// What is known about a file.
  struct Result {
    var layout: TextLayout
    var evidence: [CellEvidence]
    /// Names that occur more than once in the header.
    var repeated: [String] = []
    /// Lines above the table.
    var preamble = 0
    var hasHeader = true
    var isComma = false
  }

  /// The layout of the text that starts with `head`.
  /// - Throws: ``SourceError`` when there is no table.
  func sniff(_ head: [UInt8], isWhole: Bool) throws(SourceError) -> Result {
    if head.isEmpty { throw SourceError(file: path, "is empty; expected a table of text") }
    var records = RecordDialect()
    records.quote = options.isQuoted ? options.quote.byte : 0
    records.comment = Array(options.comment.utf8)
    let (text, skipped) = try withoutSkippedLines(head)
    let finding = try separator(text, isWhole, records)
    records.separator = finding.separator
    let sample = TextSample(text, isWhole: isWhole, dialect: records, limit: 1_001, path: path)
    guard sample.records.count > finding.first else {
      if let trouble = sample.trouble { throw trouble }
      throw SourceError(file: path, line: 1, "no whole record in the first \(head.count) bytes; is this a text file?")
    }
    let table = Array(sample.records[finding.first...])
    var result = Result(layout: TextLayout(), evidence: [])
    result.preamble = table[0].line - 1 + options.skippedLines
    result.layout.records = records
    result.layout.offset = skipped + table[0].offset
    result.layout.encoding = options.encoding
    result.layout.footers = options.footer.isEmpty ? [] : [Array(options.footer.utf8)]
    result.hasHeader = try hasHeader(table)
    result.layout.headerRecords = result.hasHeader ? 1 : 0
    try nameColumns(table, &result)
    judge(table.dropFirst(result.layout.headerRecords), &result)
    return result
  }

  /// The text behind the lines that the options say to skip, and how many bytes those have.
  private func withoutSkippedLines(_ head: [UInt8]) throws(SourceError) -> ([UInt8], Int) {
    guard let lines = options.skipLines, lines > 0 else { return (head, 0) }
    var left = lines
    for (i, byte) in head.enumerated() where byte == 0x0A {
      left -= 1
      if left == 0 { return (Array(head[(i + 1)...]), i + 1) }
    }
    throw SourceError(file: path, "has no \(lines + 1) lines in its head; skip_lines is \(lines)")
  }

  private func separator(_ text: [UInt8], _ isWhole: Bool, _ records: RecordDialect) throws(SourceError)
    -> SeparatorFinding
  {
    var records = records
    var finding: SeparatorFinding?
    if options.separator.byte != 0 {
      records.separator = options.separator.byte
      finding = SeparatorFinding(text, isWhole: isWhole, dialect: records)
    } else {
      finding = SeparatorFinding.best(text, isWhole: isWhole, dialect: records)
    }
    var result = finding ?? SeparatorFinding(single: records.separator)
    if options.skipLines != nil { result.first = 0 }
    return result
  }

  // MARK: Header

  /// Whether the first record names the columns. It does when no cell of it is a number; or when a cell that is none stands
  /// above numbers; or when its numbers are years, as in a table that is wide by year.
  private func hasHeader(_ table: [TextSample.Record]) throws(SourceError) -> Bool {
    switch options.header {
    case .present: return true
    case .absent: return false
    case .auto: break
    }
    let first = table[0].fields.map { SampleCell.text($0) }
    let parsers = [NumberParser(), NumberParser(decimalMark: UInt8(ascii: ","))]
    func isNumber(_ text: String) -> Bool { parsers.contains { $0.parse(text) != nil } }
    let numbers = first.filter(isNumber)
    if numbers.isEmpty { return true }
    for (i, name) in first.enumerated() where !isNumber(name) && !name.isEmpty {
      let below = table.dropFirst().compactMap { $0.fields.count > i ? SampleCell.text($0.fields[i]) : nil }
        .filter { !$0.isEmpty && $0 != "." }
      if !below.isEmpty, below.allSatisfy(isNumber) { return true }
    }
    return numbers.count < first.count
      && numbers.allSatisfy { $0.utf8.count == 4 && Int($0).map { (1800...2200).contains($0) } == true }
      && Set(numbers).count == numbers.count
  }

  private func nameColumns(_ table: [TextSample.Record], _ result: inout Result) throws(SourceError) {
    let width = table[0].fields.count
    try TextLimits.check(width, file: path, line: table[0].line)
    if !options.names.isEmpty {
      guard options.names.count == width else {
        throw SourceError(
          file: path, line: table[0].line,
          "the option names lists \(options.names.count) columns, the file has \(width)")
      }
      result.layout.names = options.names
    } else if result.hasHeader {
      for (i, field) in table[0].fields.enumerated() where field.contains(0) {
        throw SourceError(
          file: path, line: table[0].line,
          "the name of column \(i + 1), \(CellMessage.quoted(field)), holds a NUL byte; the file is damaged, or not a text file"
        )
      }
      (result.layout.names, result.repeated) = SampleCell.names(table[0].fields)
    } else {
      result.layout.names = (1...width).map { "column_\($0)" }
    }
  }

  // MARK: Cells

  private func judge(_ rows: ArraySlice<TextSample.Record>, _ result: inout Result) {
    let grouping = options.groupingMark.byte
    func parser(_ mark: Character) -> NumberParser {
      let byte = mark.asciiValue ?? 0
      return NumberParser(decimalMark: byte, groupingMark: grouping == byte ? 0 : grouping)
    }
    let (point, comma) = (parser("."), parser(","))
    let markers = options.markers.markers.map(\.text) + Self.numberMarkers
    var evidence = [CellEvidence](repeating: CellEvidence(), count: result.layout.names.count)
    let own = result.layout.names.map { options.columnMarkers[$0]?.keys ?? [] }
    for row in rows where row.fields.count == evidence.count {
      for (i, field) in row.fields.enumerated() {
        let text = SampleCell.text(field)
        if text.isEmpty || markers.contains(text) || own[i].contains(text) { continue }
        evidence[i].add(text, point: point, comma: comma)
      }
    }
    result.evidence = evidence
    let votes = evidence.reduce(0) { $0 + $1.onlyComma - $1.onlyPoint }
    result.isComma = options.decimalMark.map { $0 == .comma } ?? (votes > 0)
    let numbers = result.isComma ? comma : point
    let empty = options.markers[""]?.reason ?? .unspecified
    let numberMarkers =
      options.markers.markers
      + Self.numberMarkers.filter { options.markers[$0] == nil }.map { CellDialect.Marker($0, .unspecified) }
    result.layout.numbers = CellDialect(numbers: numbers, markers: numberMarkers, emptyReason: empty, trimsText: true)
    result.layout.texts = CellDialect(
      numbers: numbers, markers: options.markers.markers, emptyReason: empty, trimsText: options.trim)
  }
}

extension SeparatorFinding {
  /// A file of one column.
  init(single separator: UInt8) { (self.separator, width, first, share) = (separator, 1, 0, 1) }
}

extension Delimited.Options {
  /// Lines that are skipped because the options say so.
  var skippedLines: Int { skipLines ?? 0 }
}

extension DelimitedSniffer.Result {
  /// What was found, in words.
  var summary: String {
    let names: [UInt8: String] = [0x3B: "semicolons", 0x09: "tabs", 0x2C: "commas", 0x7C: "bars"]
    let separator = layout.records.separator
    var parts: [String] = []
    if layout.names.count > 1 {
      let name = names[separator] ?? "\"\(Character(UnicodeScalar(separator)))\""
      parts.append("\(layout.names.count) columns between \(name)")
    } else {
      parts.append("one column")
    }
    parts.append(isComma ? "decimal comma" : "decimal point")
    parts.append(hasHeader ? "a header" : "no header")
    if preamble > 0 { parts.append("\(preamble) line\(preamble == 1 ? "" : "s") above it") }
    return parts.joined(separator: ", ")
  }
}
