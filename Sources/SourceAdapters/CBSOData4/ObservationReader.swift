import Glibc
import PipelineKit
import Tabular

/// Reads files of observations as they are: one row an observation.
final class ObservationReader {
  /// The observations read so far, those that were left out included.
  private(set) var observations = 0

  private let header: ObservationHeader
  private let fieldCount: Int
  private let valuePlace: Int
  /// Places of columns that a file may lack; -1 then.
  private let textPlace: Int
  private let attributePlace: Int
  private let schema: Schema
  private let wanted: Set<[UInt8]>
  private let attributes: AttributeReasons
  private let numbers: NumberParser
  private let context: RunContext
  private let decoder: BatchDecoder
  private let places: UnsafeMutableBufferPointer<Place>
  private var rows = 0
  private var filtered = 0
  /// The attributes seen so far, and which of them the observation before had.
  private var seen: [Attribute] = []
  private var last = 0
  /// The attributes of the file at hand that are not known.
  private var unknown: [String] = []

  /// A column of the table.
  private struct Place {
    var field: Int
    var kind: ObservationHeader.Kind
    var slot: UnsafeMutablePointer<ColumnSlot>
  }

  /// A text of `ValueAttribute`.
  private struct Attribute {
    var bytes: [UInt8]
    var text: String
    var reason: MissingReason
    var isPlain: Bool
    /// Observations of the file at hand with a value and this attribute, which says something.
    var kept = 0
  }

  /// A reader of the columns `schema`; without `measures` of all of them.
  init(
    schema: Schema, header: ObservationHeader, measures: [String], attributes: AttributeReasons, numbers: NumberParser,
    context: RunContext
  ) throws(SourceError) {
    self.schema = schema
    self.header = header
    fieldCount = header.names.count
    valuePlace = header.valuePlace
    textPlace = header.textPlace ?? -1
    attributePlace = header.attributePlace ?? -1
    wanted = Set(measures.map { Array($0.utf8) })
    self.attributes = attributes
    self.numbers = numbers
    self.context = context
    let decoder: BatchDecoder
    do {
      decoder = try BatchDecoder(
        schema: schema, dialect: CellDialect(numbers: numbers, markers: [], emptyReason: .unspecified))
    } catch {
      throw SourceError(file: "", error.description)
    }
    self.decoder = decoder
    let found = schema.fields.indices.compactMap { i in
      header.names.firstIndex(of: schema[i].name).map {
        Place(field: $0, kind: header.kinds[$0], slot: decoder.slot(i))
      }
    }
    places = .allocate(capacity: found.count)
    _ = places.initialize(from: found)
  }

  deinit { places.deallocate() }

  /// Reads one file and hands on its rows.
  func read(_ file: String, into receive: (Batch) -> ReadControl) throws(SourceError) -> ReadControl {
    unknown = []
    for i in seen.indices { seen[i].kept = 0 }
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
    let kept = seen.filter { $0.kept > 0 }.map { ($0.text, $0.kept) }
    AttributeReasons.warn(
      unknown: unknown, kept: Dictionary(kept, uniquingKeysWith: +), file: file, context)
    return control
  }

  private func handOn(_ receive: (Batch) -> ReadControl) -> ReadControl {
    context.count(read: rows + filtered, filtered: filtered)
    let table = decoder.take(rows: rows)
    filtered = 0
    rows = 0
    return table.rowCount == 0 ? .more : receive(Batch(table))
  }

  private func take(_ fields: UnsafeBufferPointer<FieldSpan>) throws(RecordTrouble) {
    guard fields.count == fieldCount else { throw .fieldCount(fields.count, fieldCount) }
    observations += 1
    if !wanted.isEmpty, !wanted.contains(fields[header.measurePlace].trimmed) {
      filtered += 1
      return
    }
    let hasValue = !fields[valuePlace].isBlank
    let hasText = textPlace >= 0 && !fields[textPlace].isBlank
    let reason = attributePlace < 0 ? .unspecified : note(fields[attributePlace], hasValue: hasValue || hasText)
    for place in places {
      let field = fields[place.field]
      if field.isBlank {
        switch place.kind {
        case .value: place.slot.pointee.appendMissing(hasText ? .notApplicable : reason)
        case .text: place.slot.pointee.appendMissing(hasValue ? .notApplicable : reason)
        case .dimension, .measure: throw .noCode(header.names[place.field])
        case .id, .attribute: place.slot.pointee.appendMissing(.unspecified)
        }
      } else if !ColumnSlot.append(field.start, field.count, to: place.slot) {
        try refuse()
      }
    }
    rows += 1
  }

  private func refuse() throws(RecordTrouble) {
    guard let trouble = decoder.trouble else { return }
    let name = schema[trouble.column].name
    throw .cell(name, CellMessage.text(trouble, column: name, numbers: numbers))
  }

  /// The reason of an observation's attribute; most have that of the one before.
  @inline(__always)
  private func note(_ field: FieldSpan, hasValue: Bool) -> MissingReason {
    if last >= seen.count || !field.equals(seen[last].bytes) { find(field) }
    if hasValue, !seen[last].isPlain { seen[last].kept += 1 }
    return seen[last].reason
  }

  /// Makes `last` the place of an attribute.
  private func find(_ field: FieldSpan) {
    if let place = seen.firstIndex(where: { field.equals($0.bytes) }) {
      last = place
      return
    }
    let text = String(decoding: field.trimmed, as: UTF8.self)
    let (reason, isKnown) = attributes.reason(text)
    if !isKnown, !seen.contains(where: { $0.text == text }) { unknown.append(text) }
    last = seen.count
    seen.append(
      Attribute(bytes: field.bytes, text: text, reason: reason, isPlain: AttributeReasons.isPlain(text)))
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
    bytes.count == count && bytes.withUnsafeBufferPointer { memcmp($0.baseAddress ?? start, start, count) == 0 }
  }
}
