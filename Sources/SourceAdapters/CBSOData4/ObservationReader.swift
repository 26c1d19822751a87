import PipelineKit
import Tabular

/// Reads files of observations as they are: one row an observation.
final class ObservationReader {
  /// The observations read so far, those that were left out included.
  private(set) var observations = 0

  private let header: ObservationHeader
  private let schema: Schema
  private let wanted: Set<[UInt8]>
  private let attributes: AttributeReasons
  private let numbers: NumberParser
  private let context: RunContext
  private let decoder: BatchDecoder
  private var places: [(field: Int, kind: ObservationHeader.Kind, slot: UnsafeMutablePointer<ColumnSlot>)] = []
  private var rows = 0
  private var filtered = 0
  private var reasons: [[UInt8]: MissingReason] = [:]
  private var lastAttribute: (bytes: [UInt8], reason: MissingReason, isPlain: Bool) = ([], .unspecified, true)
  private var unknown: [String] = []
  private var kept: [String: Int] = [:]

  /// A reader of the columns `schema`; without `measures` of all of them.
  init(
    schema: Schema, header: ObservationHeader, measures: [String], attributes: AttributeReasons, numbers: NumberParser,
    context: RunContext
  ) throws(SourceError) {
    self.schema = schema
    self.header = header
    wanted = Set(measures.map { Array($0.utf8) })
    self.attributes = attributes
    self.numbers = numbers
    self.context = context
    do {
      decoder = try BatchDecoder(
        schema: schema, dialect: CellDialect(numbers: numbers, markers: [], emptyReason: .unspecified))
    } catch {
      throw SourceError(file: "", error.description)
    }
    for (i, field) in schema.fields.enumerated() {
      if let place = header.names.firstIndex(of: field.name) {
        places.append((place, header.kinds[place], decoder.slot(i)))
      }
    }
  }

  /// Reads one file and hands on its rows.
  func read(_ file: String, into receive: (Batch) -> ReadControl) throws(SourceError) -> ReadControl {
    unknown = []
    kept = [:]
    let stream = try RecordStream(path: file, context: context)
    var splitter = RecordSplitter()
    defer { splitter.destroy() }
    var control = ReadControl.more
    var isHeader = true
    try stream.read { (piece, end, isLast) throws(SourceError) in
      var start = piece
      while true {
        let next: UnsafePointer<UInt8>
        switch splitter.split(start, end, isLast: isLast) {
        case .record(let following): next = following
        case .nothing(let following): return following
        case .incomplete: return start
        case .misplacedQuote, .openQuote: throw stream.quoteError(at: start - piece, splitter)
        }
        if isHeader {
          isHeader = false
        } else {
          do throws(RecordTrouble) { try take(splitter.fields) } catch {
            throw stream.error(error, at: start - piece)
          }
          if rows + filtered >= decoder.batchRows { control = handOn(receive) }
          if control == .stop { return nil }
        }
        start = next
      }
    }
    if control == .more, rows + filtered > 0 { control = handOn(receive) }
    AttributeReasons.warn(unknown: unknown, kept: kept, file: file, context)
    return control
  }

  private func handOn(_ receive: (Batch) -> ReadControl) -> ReadControl {
    context.count(read: rows + filtered, filtered: filtered)
    let table = decoder.take(rows: rows)
    filtered = 0
    rows = 0
    return table.rowCount == 0 ? .more : receive(Batch(table))
  }

  private func take(_ fields: [FieldSpan]) throws(RecordTrouble) {
    guard fields.count == header.names.count else { throw .fieldCount(fields.count, header.names.count) }
    observations += 1
    let measure = fields[header.measurePlace]
    if !wanted.isEmpty, !wanted.contains(measure.trimmed) {
      filtered += 1
      return
    }
    let hasValue = !fields[header.valuePlace].isBlank
    let hasText = header.textPlace.map { !fields[$0].isBlank } ?? false
    note(header.attributePlace.map { fields[$0] }, hasValue: hasValue || hasText)
    for place in places {
      let field = fields[place.field]
      if field.isBlank {
        let reason: MissingReason =
          switch place.kind {
          case .value: hasText ? .notApplicable : lastAttribute.reason
          case .text: hasValue ? .notApplicable : lastAttribute.reason
          case .dimension, .measure: throw .noCode(header.names[place.field])
          case .id, .attribute: .unspecified
          }
        place.slot.pointee.appendMissing(reason)
      } else if !ColumnSlot.append(field.start, field.count, to: place.slot), let trouble = decoder.trouble {
        let name = schema[trouble.column].name
        throw .cell(name, CellMessage.text(trouble, column: name, numbers: numbers))
      }
    }
    rows += 1
  }

  /// Finds the reason of an observation's attribute; most have that of the one before.
  private func note(_ field: FieldSpan?, hasValue: Bool) {
    guard let field else { return }
    if !field.equals(lastAttribute.bytes) {
      let bytes = field.trimmed
      let text = String(decoding: bytes, as: UTF8.self)
      let isNew = reasons[bytes] == nil
      let (reason, isKnown) = attributes.reason(text)
      if isNew, !isKnown { unknown.append(text) }
      reasons[bytes] = reason
      lastAttribute = (field.bytes, reason, AttributeReasons.isPlain(text))
    }
    if hasValue, !lastAttribute.isPlain {
      kept[String(decoding: field.trimmed, as: UTF8.self), default: 0] += 1
    }
  }
}

/// What is wrong with a record; the line is found afterwards.
enum RecordTrouble: Error {
  /// So many fields, and so many in the header.
  case fieldCount(Int, Int)
  /// A dimension's field is empty.
  case noCode(String)
  /// A cell of a column, with the whole message.
  case cell(String, String)
}

extension RecordStream {
  /// The error for `trouble` with the record that starts `place` bytes into the running piece.
  func error(_ trouble: RecordTrouble, at place: Int) -> SourceError {
    let line = line(at: offset + place)
    switch trouble {
    case .fieldCount(let found, let expected):
      return SourceError(
        file: path, line: line, "found \(found) fields, expected \(expected) as in the header")
    case .noCode(let column):
      return SourceError(file: path, line: line, column: column, "is empty; every observation must have a code here")
    case .cell(let column, let message):
      return SourceError(file: path, line: line, column: column, message)
    }
  }

  /// The error for a quote out of place in the record that starts `place` bytes into the running piece.
  func quoteError(at place: Int, _ splitter: RecordSplitter) -> SourceError {
    SourceError(
      file: path, line: line(at: offset + place),
      "a quote stands inside a field or is never closed, in the record that starts here; "
        + "a quote in a quoted field is written twice (\"\")")
  }
}

extension FieldSpan {
  /// The bytes.
  var bytes: [UInt8] { [UInt8](UnsafeBufferPointer(start: start, count: count)) }

  /// The bytes without the blanks around them.
  var trimmed: [UInt8] {
    var (from, to) = (0, count)
    while to > from, start[to - 1] == 0x20 { to -= 1 }
    while from < to, start[from] == 0x20 { from += 1 }
    return [UInt8](UnsafeBufferPointer(start: start + from, count: to - from))
  }

  /// Whether there is nothing but blanks.
  var isBlank: Bool {
    for i in 0..<count where start[i] != 0x20 { return false }
    return true
  }

  /// Whether the bytes are these.
  func equals(_ bytes: [UInt8]) -> Bool {
    bytes.count == count && UnsafeBufferPointer(start: start, count: count).elementsEqual(bytes)
  }
}
