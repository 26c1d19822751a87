import PipelineKit
import Tabular

/// One output column of a comparison.
struct ComparePart {
  var name: String
  var measure: String
  /// The place of the comparator among the options.
  var comparator: Int
  var form: CompareForm
}

extension Compare {
  /// The output columns in order: measure by measure, comparator by comparator, in the order of `as`.
  var parts: [ComparePart] {
    var parts: [ComparePart] = []
    for measure in options.measures {
      for (index, entry) in options.to.entries.enumerated() {
        for form in entry.value.forms ?? options.forms where form != .rank || entry.value.isSet {
          let word =
            switch form {
            case .value: ""
            case .points: "delta_"
            case .percent: "pct_"
            case .rank: "rank_"
            }
          let name = entry.value.givenName(form, measure: measure.text) ?? "\(measure.text)_\(word)\(entry.key)"
          parts.append(ComparePart(name: name, measure: measure.text, comparator: index, form: form))
        }
      }
    }
    return parts
  }

  /// The description of an output column: the measure's, with the unit of the form and the origins of the weight.
  func field(_ part: ComparePart, _ schema: Schema) -> Field {
    let comparator = options.to.entries[part.comparator].value
    let source = schema[part.measure] ?? Field(part.measure, .float64)
    var field = Field(part.name, part.form == .rank ? .int64 : .float64)
    field.direction = source.direction
    switch part.form {
    case .value, .points:
      field.unit = part.form == .points && source.unit == "%" ? "pp" : source.unit
      field.decimals = source.decimals
    case .percent: field.unit = "%"
    case .rank:
      field.unit = "rank"
      field.direction = source.direction?.reversed
      field.decimals = 0
    }
    var origins = [source.origins]
    if part.form != .rank, comparator.statistic == .weightedMean, let weight = comparator.weight ?? options.weight {
      origins.append(schema[weight.text]?.origins ?? [])
    }
    field.origins = Field.mergeOrigins(origins)
    return field
  }
}
