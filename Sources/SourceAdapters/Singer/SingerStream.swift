import PipelineKit
import Tabular

/// The columns of a stream, as its SCHEMA message states them in JSON Schema.
struct SingerStream {
  /// A property and the JSON type of its values.
  struct Property: Equatable {
    enum Kind { case text, number, integer, nested }
    var name: String
    var kind: Kind
  }

  /// The stream's name.
  var name: String
  /// The properties in order.
  var properties: [Property] = []
  /// The key.
  var keys: [String]

  /// Reads the payload of a SCHEMA message.
  init(_ message: SingerMessage, _ json: JSONStream, line: Int) throws(SourceError) {
    name = message.stream
    keys = message.keys
    json.load(message.payload, line: line)
    guard try json.next() == .beginObject else { throw json.failure("the schema of \"\(name)\" is not an object") }
    while try json.next() == .key {
      let isProperties = json.isText("properties")
      let event = try json.next()
      guard isProperties, event == .beginObject else {
        try json.skip(event)
        continue
      }
      while try json.next() == .key {
        let name = json.string
        if properties.count >= 16_384 { throw json.failure("the schema has more than 16384 properties") }
        properties.removeAll { $0.name == name }
        properties.append(Property(name: name, kind: try Self.kind(json)))
      }
    }
    if let key = keys.first(where: { key in !properties.contains { $0.name == key } }) {
      throw json.failure("the key \"\(key)\" of the stream \"\(name)\" is not among its properties")
    }
  }

  /// The kind that a property's schema states: `type` may be a name or a list, and stand inside `anyOf` or `oneOf`.
  private static func kind(_ json: JSONStream) throws(SourceError) -> Property.Kind {
    let event = try json.next()
    guard event == .beginObject else {
      try json.skip(event)
      return .text
    }
    var types: Set<String> = []
    try collect(&types, json)
    if types.contains("object") || types.contains("array") { return .nested }
    if types.contains("string") || types.contains("boolean") || types.isEmpty { return .text }
    if types.contains("number") { return .number }
    return types.contains("integer") ? .integer : .text
  }

  private static func collect(_ types: inout Set<String>, _ json: JSONStream) throws(SourceError) {
    while try json.next() == .key {
      let isType = json.isText("type")
      let isChoice = json.isText("anyOf") || json.isText("oneOf")
      let event = try json.next()
      if isType, event == .string {
        types.insert(json.string)
      } else if isType, event == .beginArray {
        while true {
          let item = try json.next()
          if item == .endArray { break }
          if item == .string { types.insert(json.string) }
          try json.skip(item)
        }
      } else if isChoice, event == .beginArray {
        while true {
          let item = try json.next()
          if item == .endArray { break }
          if item == .beginObject { try collect(&types, json) } else { try json.skip(item) }
        }
      } else {
        try json.skip(event)
      }
    }
  }

  /// The columns: those of nested values are left out, keys are text.
  func fields(types: OrderedMap<SourceColumnType>, origin: Origin) -> [Field] {
    properties.filter { $0.kind != .nested }.map { property in
      let isKey = keys.contains(property.name)
      let stated: ColumnType =
        switch property.kind {
        case .number where !isKey: .float64
        case .integer where !isKey: .int64
        default: .string
        }
      var field = Field(property.name, types[property.name]?.type ?? stated, role: isKey ? .key : .measure)
      if !origin.isEmpty {
        var mine = origin
        mine.column = property.name
        field.origins = [mine]
      }
      return field
    }
  }
}

/// Gathers the values of one record and writes rows.
final class SingerRows {
  private struct Cell {
    let value = ByteBuffer(capacity: 32)
    var isSet = false
  }

  let decoder: BatchDecoder
  private(set) var rows = 0
  private let schema: Schema
  private let cells: CellDialect
  private var values: [Cell]
  private var places: [String: Int] = [:]
  private let path: String

  init(schema: Schema, cells: CellDialect, path: String) throws(SourceError) {
    self.schema = schema
    self.cells = cells
    self.path = path
    do { decoder = try BatchDecoder(schema: schema, dialect: cells) } catch {
      throw SourceError(file: path, error.description)
    }
    values = schema.fields.map { _ in Cell() }
    for (i, field) in schema.fields.enumerated() { places[field.name] = i }
  }

  /// Whether a batch is due.
  var isFull: Bool { rows >= decoder.batchRows }

  /// Takes the rows since the last batch.
  func take() -> Table {
    defer { rows = 0 }
    return decoder.take(rows: rows)
  }

  /// Adds the payload of a RECORD message; `others` gets the names that no column has.
  func append(_ payload: UnsafeBufferPointer<UInt8>, _ json: JSONStream, line: Int, others: (String) -> Void)
    throws(SourceError)
  {
    json.load(payload, line: line)
    guard try json.next() == .beginObject else { throw json.failure("a record is not an object") }
    while try json.next() == .key {
      guard let place = places[json.string] else {
        others(json.string)
        try json.skip(json.next())
        continue
      }
      let event = try json.next()
      values[place].value.removeAll()
      values[place].isSet = event != .null
      switch event {
      case .string, .number: values[place].value.append(json.text)
      case .bool(let value):
        var text = value ? "true" : "false"
        text.withUTF8 { values[place].value.append($0) }
      case .null: break
      default: throw json.failure("holds an object or a list; the schema says otherwise", column: schema[place].name)
      }
    }
    for i in values.indices {
      let slot = decoder.slot(i)
      if let start = values[i].value.bytes.baseAddress, values[i].isSet {
        if !ColumnSlot.append(start, values[i].value.count, to: slot), let trouble = decoder.trouble {
          let name = schema[i].name
          throw SourceError(
            file: path, line: line, column: name, CellMessage.text(trouble, column: name, numbers: cells.numbers))
        }
      } else {
        slot.pointee.appendMissing(cells.emptyReason)
      }
      values[i].isSet = false
    }
    rows += 1
  }
}
