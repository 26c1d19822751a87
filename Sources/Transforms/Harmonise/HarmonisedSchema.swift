import PipelineKit
import Tabular

extension Harmonise {
  /// What a column of the panel is.
  enum ColumnKind: Equatable {
    case key
    case count
    /// A rate, share or mean over what `weight` counts.
    case average(weight: Located)
    case dropped
    case unknown
  }

  /// The names of the keys in the order in which rows are sorted.
  var keyNames: [String] { options.by.map(\.text) + [options.area.text] }

  /// What is stated about a column: by name first, then by unit.
  func kind(of field: Field) -> ColumnKind {
    if keyNames.contains(field.name) { return .key }
    if options.drop.contains(where: { $0.text == field.name }) { return .dropped }
    if options.counts.contains(where: { $0.text == field.name }) { return .count }
    if let weight = options.averages[field.name] { return .average(weight: weight) }
    if field.type.isNumeric, !field.unit.isEmpty {
      if options.countUnits.contains(field.unit) { return .count }
      if let weight = options.averageUnits[field.unit] { return .average(weight: weight) }
    }
    return .unknown
  }

  /// The output's fields, as far as the panel has them.
  func layout(_ panel: Schema, _ crosswalk: Schema) -> Schema {
    let bridge = crosswalk[options.crosswalk.weight.text]?.origins ?? []
    var fields: [Field] = []
    for field in panel.fields {
      var field = field
      switch kind(of: field) {
      case .key: field.role = .key
      case .count:
        field.type = .float64
        field.origins = Field.mergeOrigins([field.origins, bridge])
      case .average(let weight):
        field.type = .float64
        field.origins = Field.mergeOrigins([field.origins, panel[weight.text]?.origins ?? [], bridge])
      case .dropped, .unknown: continue
      }
      fields.append(field)
    }
    let population = options.population.flatMap { panel[$0.text]?.origins } ?? []
    fields.append(
      Field(
        options.bridged, .float64, unit: "%", label: "Population that was estimated from parts of areas", decimals: 1,
        origins: Field.mergeOrigins([population, bridge])))
    do { return try Schema(fields) } catch { preconditionFailure("the schema check keeps names unique") }
  }
}
