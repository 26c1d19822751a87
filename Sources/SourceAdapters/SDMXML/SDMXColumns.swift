import PipelineKit
import Tabular

/// The columns of SDMX messages: from the structure file, and from what the messages' heads show.
struct SDMXColumns {
  /// What a column holds.
  enum Content: Sendable, Equatable {
    case key, measure, attribute
    /// The label of another column's code.
    case label(of: String)
  }

  /// A column and where it comes from.
  struct Column: Sendable, Equatable {
    var name: String
    var content: Content
    var label = ""
  }

  private(set) var columns: [Column] = []

  /// Adds the components of a data structure, in its order: dimensions, measures, attributes.
  mutating func add(_ structure: SDMXStructure.DataStructure, of message: SDMXStructure) {
    let groups: [(SDMXStructure.Kind, Content)] = [
      (.dimension, .key), (.timeDimension, .key), (.measure, .measure), (.attribute, .attribute),
    ]
    for (kind, content) in groups {
      for component in structure.components where component.kind == kind && self[component.id] == nil {
        columns.append(Column(name: component.id, content: content, label: message.name(of: component)))
        let labels = component.codelist.isEmpty ? [:] : message.labels(component.codelist)
        if !labels.isEmpty { columns.append(Column(name: component.id + "_label", content: .label(of: component.id))) }
      }
    }
  }

  /// Adds what a message's head shows: keys, then the dimension at the observations, the value, attributes.
  mutating func add(_ cells: SDMXCells, header: SDMXHeader, isGeneric: Bool) {
    let atObservation = Set(header.structures.map(\.dimensionAtObservation)).union(["TIME_PERIOD"])
    var found: [(rank: Int, column: Column)] = []
    for concept in cells.concepts where self[concept.id] == nil {
      let content: Content
      if concept.id == "OBS_VALUE" {
        content = .measure
      } else if concept.isKey || atObservation.contains(concept.id) {
        content = .key
      } else {
        let isAttribute =
          isGeneric || concept.level < .series || SDMXNames.attributes.contains(concept.id.uppercased())
        content = isAttribute ? .attribute : .key
      }
      let rank = content == .key ? (atObservation.contains(concept.id) ? 1 : 0) : content == .measure ? 2 : 3
      found.append((rank, Column(name: concept.id, content: content)))
    }
    for rank in 0...3 { columns += found.filter { $0.rank == rank }.map(\.column) }
    if !columns.contains(where: { $0.content == .measure }), cells.concepts.count > 0 {
      columns.append(Column(name: "OBS_VALUE", content: .measure))
    }
  }

  /// The column `name`, or nil.
  subscript(name: String) -> Column? { columns.first { $0.name == name } }

  /// The fields, with types from the options and origins.
  func fields(types: OrderedMap<SourceColumnType>, origin: Origin) -> [Field] {
    columns.map { column in
      let type = types[column.name]?.type ?? (column.content == .measure ? .float64 : .string)
      var field = Field(column.name, type, role: column.content == .key ? .key : .measure, label: column.label)
      if !origin.isEmpty {
        var mine = origin
        if case .label(let code) = column.content { mine.column = code } else { mine.column = column.name }
        field.origins = [mine]
      }
      return field
    }
  }
}

/// Turns the cells in force at an observation into rows.
final class SDMXRows {
  /// A column of the schema.
  private struct Target {
    let id: String
    let isMeasure: Bool
    var labels: [[UInt8]: [UInt8]] = [:]
    var isLabel = false
    var place: Int?
    var lastCode: [UInt8] = []
    var lastLabel: [UInt8]?
  }

  let decoder: BatchDecoder
  private(set) var rows = 0
  private let schema: Schema
  private var targets: [Target] = []
  private var statusPlaces: [(place: Int, isConfidentiality: Bool)] = []
  private var knownConcepts = 0
  private let reasons: OrderedMap<MarkerReason>
  /// Concepts that no column holds, in order of appearance.
  private(set) var others: [String] = []
  private let offered: Set<String>

  init(
    schema: Schema, columns: SDMXColumns, structure: SDMXStructure?, components: [SDMXStructure.Component],
    reasons: OrderedMap<MarkerReason>, cells: CellDialect, file: String
  ) throws(SourceError) {
    self.schema = schema
    self.reasons = reasons
    offered = Set(columns.columns.map(\.name))
    do { decoder = try BatchDecoder(schema: schema, dialect: cells) } catch {
      throw SourceError(file: file, error.description)
    }
    for name in schema.names {
      switch columns[name]?.content {
      case .label(let code)?:
        let list = components.first { $0.id == code }?.codelist ?? ""
        targets.append(Target(id: code, isMeasure: false, labels: structure?.labels(list) ?? [:], isLabel: true))
      case .measure?: targets.append(Target(id: name, isMeasure: true))
      default: targets.append(Target(id: name, isMeasure: false))
      }
    }
  }

  /// Takes the rows since the last batch.
  func take() -> Table {
    defer { rows = 0 }
    return decoder.take(rows: rows)
  }

  /// Appends the observation at hand; false when a cell cannot be read.
  func append(_ cells: SDMXCells) -> Bool {
    if cells.concepts.count != knownConcepts { resolve(cells) }
    var isGood = true
    for i in targets.indices {
      let slot = decoder.slot(i)
      guard let place = targets[i].place, let value = cells.value(place) else {
        slot.pointee.appendMissing(targets[i].isMeasure ? reason(cells, isNaN: false) : .unspecified)
        continue
      }
      if targets[i].isLabel {
        appendLabel(value, i, slot)
      } else if targets[i].isMeasure, value.isEmpty || Self.isNaN(value) {
        slot.pointee.appendMissing(reason(cells, isNaN: !value.isEmpty))
      } else if let start = value.baseAddress, !ColumnSlot.append(start, value.count, to: slot) {
        isGood = false
      }
    }
    rows += 1
    return isGood
  }

  private func appendLabel(
    _ value: UnsafeBufferPointer<UInt8>, _ i: Int, _ slot: UnsafeMutablePointer<ColumnSlot>
  ) {
    if targets[i].lastLabel == nil || !targets[i].lastCode.elementsEqual(value) {
      targets[i].lastCode = Array(value)
      targets[i].lastLabel = targets[i].labels[targets[i].lastCode]
    }
    guard let label = targets[i].lastLabel, !label.isEmpty else {
      slot.pointee.appendMissing(.notMatched)
      return
    }
    label.withUnsafeBufferPointer { bytes in
      if let start = bytes.baseAddress { ColumnSlot.append(start, bytes.count, to: slot) }
    }
  }

  private static func isNaN(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    value.count == 3 && value[0] | 0x20 == UInt8(ascii: "n") && value[1] | 0x20 == UInt8(ascii: "a")
      && value[2] | 0x20 == UInt8(ascii: "n")
  }

  private func resolve(_ cells: SDMXCells) {
    for i in targets.indices where targets[i].place == nil {
      targets[i].place = cells.concepts.firstIndex { $0.id == targets[i].id }
    }
    statusPlaces = SDMXNames.statuses.flatMap { name in
      cells.concepts.indices.filter { cells.concepts[$0].id.uppercased() == name }.map { ($0, name.contains("CONF")) }
    }
    for concept in cells.concepts[knownConcepts...] where !offered.contains(concept.id) { others.append(concept.id) }
    knownConcepts = cells.concepts.count
  }

  /// Why the observation has no value, by its status.
  private func reason(_ cells: SDMXCells, isNaN: Bool) -> MissingReason {
    for (place, isConfidentiality) in statusPlaces {
      guard let value = cells.value(place), !value.isEmpty else { continue }
      let code = String(decoding: value, as: UTF8.self)
      if let stated = reasons[code] { return stated.reason }
      if isConfidentiality {
        if code != "F" { return .suppressed }
        continue
      }
      switch code {
      case "M", "H", "z": return .notApplicable
      case "L": return .notAsked
      case "Q", "c": return .suppressed
      case "O": return .unknown
      default: continue
      }
    }
    return isNaN ? .unknown : .unspecified
  }
}
