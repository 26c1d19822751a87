import PipelineKit
import Tabular

/// Gathers the properties of one feature and writes rows: shared by the adapters of boundaries.
final class FeatureRows {
  /// The bytes of geometry after which a batch is due, whatever its rows.
  static let batchBytes = 1 << 22

  private enum Target {
    case property(Int)
    case derived(BoundaryColumns.Derived)
  }

  /// A property of the feature at hand.
  private struct Property {
    let value = ByteBuffer(capacity: 32)
    var isSet = false
    var isNull = false
    var line = 0
  }

  let decoder: BatchDecoder
  private(set) var rows = 0
  private var bytes = 0
  private let schema: Schema
  private let system: ReferenceSystem
  private var targets: [Target] = []
  private var properties: [Property] = []
  private var places: [String: Int] = [:]
  private let wkt = ByteBuffer(capacity: 1 << 12)
  private let emptyReason: MissingReason
  private let wantsText: Bool

  /// Rows of `schema`, from features with the properties `names`.
  init(schema: Schema, names: [String], system: ReferenceSystem, cells: CellDialect, file: String) throws(SourceError) {
    self.schema = schema
    self.system = system
    emptyReason = cells.emptyReason
    do { decoder = try BatchDecoder(schema: schema, dialect: cells) } catch {
      throw SourceError(file: file, error.description)
    }
    let derived = BoundaryColumns.Derived.allCases.map { (BoundaryColumns.name($0, beside: names), $0) }
    var wantsText = false
    for name in schema.names {
      if !names.contains(name), let found = derived.first(where: { $0.0 == name }) {
        targets.append(.derived(found.1))
        if found.1 == .geometry { wantsText = true }
      } else {
        targets.append(.property(properties.count))
        places[name] = properties.count
        properties.append(Property())
      }
    }
    self.wantsText = wantsText
  }

  /// Whether a batch is due.
  var isFull: Bool { rows >= decoder.batchRows || bytes >= Self.batchBytes }

  /// Takes the rows since the last batch.
  func take() -> Table {
    defer { (rows, bytes) = (0, 0) }
    return decoder.take(rows: rows)
  }

  /// The place of the property `name`; nil when it is not wanted.
  func place(_ name: String) -> Int? { places[name] }

  /// States a property of the feature at hand; nil bytes are a null. The last one counts.
  func put(_ value: UnsafeBufferPointer<UInt8>?, at place: Int, line: Int) {
    properties[place].isSet = true
    properties[place].isNull = value == nil
    properties[place].line = line
    properties[place].value.removeAll()
    if let value { properties[place].value.append(value) }
  }

  /// Ends the feature; a shape without a kind is none. The line of a cell that cannot be read, or nil.
  func append(_ shape: ShapeBuilder, _ kind: ShapeBuilder.Kind?) -> Int? {
    var bad: Int?
    let measuresKind = kind?.measures ?? .points
    let centroid = kind == nil ? nil : shape.measures.centroid(measuresKind)
    for (i, target) in targets.enumerated() {
      let slot = decoder.slot(i)
      switch target {
      case .property(let place):
        let property = properties[place]
        if !property.isSet || property.isNull {
          slot.pointee.appendMissing(emptyReason)
        } else if let start = property.value.bytes.baseAddress,
          !ColumnSlot.append(start, property.value.count, to: slot)
        {
          bad = bad ?? property.line
        }
      case .derived(let derived):
        guard let kind else {
          slot.pointee.appendMissing(.unspecified)
          continue
        }
        if derived == .geometry {
          appendText(shape, kind, slot)
        } else {
          appendNumber(number(derived, shape, kind, centroid), slot)
        }
      }
    }
    for place in properties.indices { properties[place].isSet = false }
    rows += 1
    if wantsText { bytes += shape.text.count }
    return bad
  }

  private func number(
    _ derived: BoundaryColumns.Derived, _ shape: ShapeBuilder, _ kind: ShapeBuilder.Kind,
    _ centroid: (x: Double, y: Double)?
  ) -> Double? {
    let measures = shape.measures
    guard measures.count > 0 else { return nil }
    return switch derived {
    case .geometry: nil
    case .centroidX: centroid?.x
    case .centroidY: centroid?.y
    case .area: measures.squareMetres(kind.measures, isGeographic: system.isGeographic)
    case .minX: measures.minX
    case .minY: measures.minY
    case .maxX: measures.maxX
    case .maxY: measures.maxY
    }
  }

  private func appendText(
    _ shape: ShapeBuilder, _ kind: ShapeBuilder.Kind, _ slot: UnsafeMutablePointer<ColumnSlot>
  ) {
    wkt.removeAll()
    for byte in kind.word.utf8 { wkt.append(byte) }
    wkt.append(UInt8(ascii: " "))
    if shape.measures.count == 0 { for byte in "EMPTY".utf8 { wkt.append(byte) } } else { wkt.append(shape.text.bytes) }
    if let start = wkt.bytes.baseAddress { ColumnSlot.append(start, wkt.count, to: slot) }
  }

  /// A number goes in as text, the decoder's only door: the shortest that reads back as the same double.
  private func appendNumber(_ number: Double?, _ slot: UnsafeMutablePointer<ColumnSlot>) {
    guard let number, number.isFinite else {
      slot.pointee.appendMissing(.undefined)
      return
    }
    var text = number.description
    text.withUTF8 { bytes in
      if let start = bytes.baseAddress { ColumnSlot.append(start, bytes.count, to: slot) }
    }
  }
}
