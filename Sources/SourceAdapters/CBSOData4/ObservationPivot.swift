import Glibc
import PipelineKit
import Tabular

/// Makes a wide table of observations: one row a combination of the dimensions' codes, one column a measure.
///
/// Codes are numbered in order of first appearance (``CodeColumn``); the numbers of a record's dimensions lead to its row
/// and that of its measure to a place in the row, so that a value costs no hash and no text. Cells stand row by row in
/// blocks: a block never moves, and each becomes a batch.
final class ObservationPivot {
  /// The observations read so far, those that were left out included.
  private(set) var observations = 0

  static let noObservation: UInt8 = 255

  let schema: Schema
  let header: ObservationHeader
  let measures: [Measure]
  private let isSelection: Bool
  private let attributes: AttributeReasons
  let absent: MissingReason
  private let numbers: NumberParser
  let context: RunContext

  private var stream: RecordStream?
  private var splitter = RecordSplitter()
  let columns: UnsafeMutablePointer<CodeColumn>
  /// The places of the dimensions among the header's columns.
  let dimensions: [Int]
  /// By code of the measure: the place in a row, -1 for one that is not read, -2 for one that is left out.
  private var measurePlaces: [Int] = []
  /// By place in a row: the measure.
  let stored: [Int]
  /// By place in a row: whether the measure is one of texts.
  let isText: [Bool]
  /// By code of the attribute: the reason, and whether it says nothing.
  private var attributeReasons: [UInt8] = []
  private var attributePlain: [Bool] = []
  private var keptCounts: [Int] = []
  private var unknown: [String] = []

  var rows: RowIndex
  let width: Int
  let blockRows: Int
  var blocks: [Block] = []
  var texts: [StringDictionaryBuilder]
  var leftOut = 0

  /// The cells of some rows: values, or codes of texts, and reasons.
  struct Block {
    var values: UnsafeMutablePointer<Double>
    var reasons: UnsafeMutablePointer<UInt8>
  }

  /// A pivot for the columns `schema`; `isSelection` says that other measures than `measures` are left out.
  init(
    schema: Schema, header: ObservationHeader, measures: [Measure], isSelection: Bool, attributes: AttributeReasons,
    absent: MissingReason, numbers: NumberParser, context: RunContext
  ) throws(SourceError) {
    self.schema = schema
    self.header = header
    self.measures = measures
    self.isSelection = isSelection
    self.attributes = attributes
    self.absent = absent
    self.numbers = numbers
    self.context = context
    dimensions = header.kinds.indices.filter { header.kinds[$0] == .dimension }
    let stored = measures.indices.filter { schema[measures[$0].identifier] != nil }
    self.stored = stored
    isText = stored.map { measures[$0].isText }
    width = max(stored.count, 1)
    blockRows = max(64, min(4_096, (1 << 16) / width))
    texts = stored.map { _ in StringDictionaryBuilder() }
    columns = .allocate(capacity: header.names.count)
    for i in header.names.indices {
      (columns + i).initialize(to: CodeColumn(isLast: i == header.names.count - 1))
    }
    rows = RowIndex(dimensions: dimensions.count)
  }

  deinit {
    for i in header.names.indices { columns[i].destroy() }
    columns.deinitialize(count: header.names.count)
    columns.deallocate()
    splitter.destroy()
    for block in blocks {
      block.values.deallocate()
      block.reasons.deallocate()
    }
  }

  // MARK: Reading

  /// Takes in the observations of one file.
  func read(_ file: String) throws(SourceError) {
    let stream = try RecordStream(path: file, context: context)
    self.stream = stream
    unknown = []
    keptCounts = keptCounts.map { _ in 0 }
    var isHeader = true
    try stream.read { (piece, end, isLast) throws(SourceError) in
      var start = piece
      if isHeader {
        isHeader = false
        switch splitter.split(start, end, isLast: isLast) {
        case .record(let next), .nothing(let next): start = next
        case .incomplete: return start
        case .misplacedQuote, .openQuote: throw stream.quoteError(at: 0, splitter)
        }
      }
      return try take(start, end, piece, isLast: isLast)
    }
    let attribute = header.attributePlace.map { columns[$0].builder.build().strings } ?? []
    var kept: [String: Int] = [:]
    for (text, count) in zip(attribute, keptCounts) where count > 0 { kept[text] = count }
    AttributeReasons.warn(unknown: unknown, kept: kept, file: file, context)
  }

  /// Takes the records of a piece; answers where the first begins that is not whole.
  private func take(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ piece: UnsafePointer<UInt8>, isLast: Bool
  ) throws(SourceError) -> UnsafePointer<UInt8> {
    var lastLine = end
    while lastLine > start, lastLine[-1] != 0x0A { lastLine -= 1 }
    var place = start
    var record = Record()
    while place < end {
      if place < lastLine, let next = quick(place, &record) {
        try store(record, at: place - piece)
        place = next
        continue
      }
      switch splitter.split(place, end, isLast: isLast) {
      case .record(let next):
        record = try careful(splitter.fields, at: place - piece)
        try store(record, at: place - piece)
        place = next
      case .nothing(let next): place = next
      case .incomplete: return place
      case .misplacedQuote, .openQuote: throw error("", at: place - piece)
      }
    }
    return place
  }

  /// What an observation says: codes, and where its value or text stands.
  private struct Record {
    var row = -1
    var measure = 0
    var attribute = -1
    var value: UnsafePointer<UInt8>?
    var valueCount = 0
    var text: UnsafePointer<UInt8>?
    var textCount = 0
  }

  /// Reads a record without quotes at `place`; nil when it is another one, to be looked at with care.
  @inline(__always)
  private func quick(_ start: UnsafePointer<UInt8>, _ record: inout Record) -> UnsafePointer<UInt8>? {
    var place = start
    let separator = UInt8(ascii: ";")
    let count = header.kinds.count
    var isSameRow = record.row >= 0
    return header.kinds.withUnsafeBufferPointer { kinds in
      for i in 0..<count {
        switch kinds[i] {
        case .measure:
          guard case .code(let code, let next) = CodeColumn.take(place, columns + i) else { return nil }
          record.measure = code
          place = next
        case .dimension:
          let last = columns[i].last
          guard case .code(let code, let next) = CodeColumn.take(place, columns + i) else { return nil }
          if code != last { isSameRow = false }
          place = next
        case .attribute:
          guard case .code(let code, let next) = CodeColumn.take(place, columns + i) else { return nil }
          record.attribute = code
          place = next
        case .id, .value, .text:
          let from = place
          while place.pointee != separator, place.pointee != 0x0A { place += 1 }
          let isEnd = place.pointee == 0x0A
          guard isEnd == (i == count - 1), from.pointee != UInt8(ascii: "\"") else { return nil }
          var length = place - from
          if isEnd, length > 0, from[length - 1] == 0x0D { length -= 1 }
          if kinds[i] == .value {
            record.value = from
            record.valueCount = length
          } else if kinds[i] == .text {
            record.text = from
            record.textCount = length
          }
          place += 1
        }
      }
      if !isSameRow { record.row = row() }
      return place
    }
  }

  /// Reads a record from its fields.
  private func careful(_ fields: UnsafeBufferPointer<FieldSpan>, at place: Int) throws(SourceError) -> Record {
    guard fields.count == header.names.count else {
      throw fail(.fieldCount(fields.count, header.names.count), at: place)
    }
    var record = Record()
    for (i, field) in fields.enumerated() {
      switch header.kinds[i] {
      case .id: break
      case .value: (record.value, record.valueCount) = (field.start, field.count)
      case .text: (record.text, record.textCount) = (field.start, field.count)
      case .measure, .dimension, .attribute:
        if header.kinds[i] != .attribute, field.isBlank { throw fail(.noCode(header.names[i]), at: place) }
        guard let code = columns[i].code(of: field) else {
          throw fail(
            .cell(header.names[i], "the cell \(CellMessage.quoted(field.bytes)) is not UTF-8 text or holds a NUL byte"),
            at: place)
        }
        if header.kinds[i] == .measure { record.measure = code }
        if header.kinds[i] == .attribute { record.attribute = code }
      }
    }
    record.row = row()
    return record
  }

  /// The row of the codes that the columns of dimensions have just read, new or known.
  private func row() -> Int {
    var row = 0
    for (j, i) in dimensions.enumerated() { row = rows.step(j, row, columns[i].last) }
    if dimensions.isEmpty { row = rows.step(0, 0, 0) }
    return row
  }

  /// Puts the value of an observation into its cell.
  @inline(__always)
  private func store(_ record: Record, at place: Int) throws(SourceError) {
    observations += 1
    if record.measure >= measurePlaces.count { try addMeasures(at: place) }
    if record.attribute >= attributeReasons.count { addAttributes() }
    let column = measurePlaces[record.measure]
    if column < 0 {
      if column == -2 { leftOut += 1 }
      return
    }
    let number = record.row / blockRows
    while number >= blocks.count { addBlock() }
    let block = blocks[number]
    let cell = (record.row - number * blockRows) * width + column
    guard block.reasons[cell] == Self.noObservation else { throw twice(record, at: place) }
    if let value = record.value, record.valueCount > 0, !isText[column] {
      let parsed = numbers.parse(value, record.valueCount)
      if !parsed.isNaN {
        block.values[cell] = parsed
        block.reasons[cell] = 0
        if record.attribute >= 0, !attributePlain[record.attribute] { keptCounts[record.attribute] += 1 }
        return
      }
    }
    try storeOther(record, column, block, cell, at: place)
  }

  /// Stores a text, or why there is nothing.
  @inline(never)
  private func storeOther(_ record: Record, _ column: Int, _ block: Block, _ cell: Int, at place: Int)
    throws(SourceError)
  {
    let measure = measures[stored[column]]
    let value = FieldSpan(start: record.value, count: record.valueCount)
    let text = FieldSpan(start: record.text, count: record.textCount)
    if measure.isText, let content = text.flatMap({ $0.isBlank ? value : $0 }) ?? value, !content.isBlank {
      let bytes = content.trimmed
      guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
        throw fail(
          .cell(
            measure.identifier, "the cell \(CellMessage.quoted(bytes)) is not UTF-8 text or holds a NUL byte"),
          at: place)
      }
      block.values[cell] = Double(bytes.withUnsafeBufferPointer { texts[column].code(of: $0) })
      block.reasons[cell] = 0
      if record.attribute >= 0, !attributePlain[record.attribute] { keptCounts[record.attribute] += 1 }
      return
    }
    if let value, !value.isBlank {
      let trouble = CellTrouble(kind: .notANumber, column: 0, row: 0, bytes: value.bytes)
      throw fail(
        .cell("Value", CellMessage.text(trouble, column: "Value", numbers: numbers)), at: place)
    }
    if let text, !text.isBlank {
      throw fail(
        .cell(
          "StringValue",
          "the measure \(measure.identifier) holds numbers, but here the text \(CellMessage.quoted(text.bytes)); "
            + "its DataType in MeasureCodes.csv should be String"), at: place)
    }
    block.reasons[cell] = record.attribute < 0 ? MissingReason.unspecified.rawValue : attributeReasons[record.attribute]
  }

  // MARK: What is new

  func addBlock() {
    let count = blockRows * width
    let block = Block(values: .allocate(capacity: count), reasons: .allocate(capacity: count))
    block.values.initialize(repeating: 0, count: count)
    block.reasons.initialize(repeating: Self.noObservation, count: count)
    blocks.append(block)
  }

  private func addMeasures(at place: Int) throws(SourceError) {
    let codes = columns[header.measurePlace].builder.build()
    for code in measurePlaces.count..<codes.count {
      let name = codes[UInt32(code)]
      if let i = measures.firstIndex(where: { $0.identifier == name }) {
        measurePlaces.append(stored.firstIndex(of: i) ?? -1)
      } else if isSelection {
        measurePlaces.append(-2)
      } else {
        throw fail(
          .cell(
            "Measure",
            "the measure \"\(name)\" is not among those of MeasureCodes.csv or, without that file, of the first 256 KiB; "
              + "the folder mixes two downloads, or the measures must be named under measures"), at: place)
      }
    }
  }

  private func addAttributes() {
    guard let place = header.attributePlace else { return }
    let codes = columns[place].builder.build()
    for code in attributeReasons.count..<codes.count {
      let text = codes[UInt32(code)]
      let (reason, isKnown) = attributes.reason(text)
      if !isKnown { unknown.append(text) }
      attributeReasons.append(reason.rawValue)
      attributePlain.append(AttributeReasons.isPlain(text))
      keptCounts.append(0)
    }
  }

  // MARK: Errors

  private func fail(_ trouble: RecordTrouble, at place: Int) -> SourceError {
    stream?.error(trouble, at: place) ?? SourceError(file: "", "\(trouble)")
  }

  private func error(_ message: String, at place: Int) -> SourceError {
    stream?.quoteError(at: place, splitter) ?? SourceError(file: "", message)
  }

  private func twice(_ record: Record, at place: Int) -> SourceError {
    let codes = dimensions.map { "\(header.names[$0]) \(columns[$0].builder.build()[UInt32(columns[$0].last)])" }
    let measure = measures[stored[measurePlaces[record.measure]]].identifier
    return fail(
      .cell(
        measure,
        "has a second observation for \(codes.joined(separator: ", ")); read the table with shape: long to see both"),
      at: place)
  }
}

extension FieldSpan {
  fileprivate init?(start: UnsafePointer<UInt8>?, count: Int) {
    guard let start else { return nil }
    self.init(start: start, count: count)
  }
}
