import Glibc
import PipelineKit
import Tabular

/// Reads one page of an OData document in JSON into a ``BatchDecoder``.
///
/// A member's name is compared with the one that the row before had at this place; members that are not asked for cost
/// that comparison and the search for their end.
final class JSONReader {
  private struct Property {
    var name: UnsafeMutableBufferPointer<UInt8>
    var slot: UnsafeMutablePointer<ColumnSlot>?
    var row = -1
  }

  /// The address of the next page, when the page names one.
  private(set) var nextLink = ""

  private let schema: Schema
  private let decoder: BatchDecoder
  private let numbers: NumberParser
  private let context: RunContext
  private let scanner: JSONScanner
  private let path: String
  private var properties: [Property] = []
  private var rows = 0
  private var rowsTaken = 0
  private var rejected: RejectedCells

  init(
    path: String, file: InputFile, schema: Schema, cells: CellDialect, onError: OnError, context: RunContext
  ) throws(SourceError) {
    rejected = RejectedCells(file: path, onError: onError, context: context)
    self.path = path
    self.schema = schema
    self.context = context
    numbers = cells.numbers
    do { decoder = try BatchDecoder(schema: schema, dialect: cells) } catch {
      throw SourceError(file: path, error.description)
    }
    var isFirst = true
    scanner = JSONScanner(path: path) { (buffer) throws(SourceError) in
      var count = try file.read(into: buffer)
      if isFirst, buffer[..<count].starts(with: byteOrderMark), let base = buffer.baseAddress {
        count -= 3
        memmove(base, base + 3, count)
      }
      isFirst = false
      return count
    }
  }

  deinit { for property in properties { property.name.deallocate() } }

  // MARK: The loop

  /// Reads the document and hands on its rows.
  func read(into receive: (Batch) -> ReadControl) throws(SourceError) {
    guard try scanner.next() == .beginObject else {
      throw scanner.error("is JSON, but not an object with a list \"value\"; expected an OData document")
    }
    var hasValue = false
    while try scanner.next() == .key {
      let name = scanner.string
      let token = try scanner.next()
      if name == "value", token == .beginArray {
        guard !hasValue else { throw scanner.error("the document has two lists \"value\"") }
        hasValue = true
        if try readRows(into: receive) == .stop { return }
      } else if name == "odata.nextLink" || name == "@odata.nextLink", token == .string {
        nextLink = scanner.string
      } else {
        try scanner.skip(token)
      }
    }
    _ = try scanner.next()
    guard hasValue else {
      throw SourceError(file: path, "is JSON without a list \"value\"; expected an OData document")
    }
    if rows > 0 { _ = handOn(receive) }
  }

  private func readRows(into receive: (Batch) -> ReadControl) throws(SourceError) -> ReadControl {
    while true {
      let token = try scanner.next()
      if token == .endArray { return .more }
      guard token == .beginObject else {
        throw scanner.error("the list \"value\" holds something that is not an object")
      }
      try readRow()
      rows += 1
      if rows >= decoder.batchRows, handOn(receive) == .stop { return .stop }
    }
  }

  private func handOn(_ receive: (Batch) -> ReadControl) -> ReadControl {
    let table = decoder.take(rows: rows)
    rowsTaken += rows
    context.count(read: rows)
    rows = 0
    return receive(Batch(table))
  }

  private func readRow() throws(SourceError) {
    var place = 0
    var found = 0
    let row = rowsTaken + rows
    while try scanner.next() == .key {
      let i = try property(at: place)
      place = i + 1
      let token = try scanner.next()
      guard let slot = properties[i].slot else {
        try scanner.skip(token)
        continue
      }
      guard properties[i].row != row else {
        throw scanner.error("occurs twice in one row", column: name(properties[i]))
      }
      properties[i].row = row
      found += 1
      let isRead: Bool
      switch token {
      case .string, .number: isRead = ColumnSlot.append(scanner.text, scanner.textCount, to: slot)
      case .null: isRead = ColumnSlot.append(scanner.text, 0, to: slot)
      case .true: isRead = ColumnSlot.append(Array("true".utf8), 4, to: slot)
      case .false: isRead = ColumnSlot.append(Array("false".utf8), 5, to: slot)
      default:
        throw scanner.error("holds a list or an object, which is not supported", column: name(properties[i]))
      }
      if !isRead { try putAside() }
    }
    if found != schema.count {
      for i in 0..<schema.count where decoder.slot(i).pointee.count == rows {
        decoder.slot(i).pointee.appendMissing(.unspecified)
      }
    }
  }

  private func name(_ property: Property) -> String { String(decoding: property.name, as: UTF8.self) }

  /// The position of the property whose name the scanner has just read, expected at `place`.
  private func property(at place: Int) throws(SourceError) -> Int {
    if place < properties.count, isNamed(place) { return place }
    for i in properties.indices where isNamed(i) { return i }
    guard properties.count < JSONLimits.properties else {
      throw scanner.error("the rows have more than \(JSONLimits.properties) different names")
    }
    let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: scanner.textCount)
    _ = bytes.initialize(from: UnsafeBufferPointer(start: scanner.text, count: scanner.textCount))
    let slot = schema.index(of: scanner.string).map { decoder.slot($0) }
    properties.append(Property(name: bytes, slot: slot))
    return properties.count - 1
  }

  private func isNamed(_ i: Int) -> Bool {
    let name = properties[i].name
    guard name.count == scanner.textCount, let base = name.baseAddress else { return name.count == scanner.textCount }
    return memcmp(base, scanner.text, name.count) == 0
  }

  /// Puts the cell aside that could not be read, or throws.
  private func putAside() throws(SourceError) {
    guard let trouble = decoder.takeTroubles().first else { throw scanner.error("a cell cannot be read") }
    let name = schema[trouble.column].name
    let said = CellMessage.text(trouble, column: name, numbers: numbers)
    if let error = rejected.take(trouble, column: name, line: scanner.line, said) { throw error }
  }
}
