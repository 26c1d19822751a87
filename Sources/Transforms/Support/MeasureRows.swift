import PipelineKit
import Tabular

/// New rows of figures, for transforms whose output has other rows than their input.
struct MeasureRows {
  /// The fields of the figures.
  let fields: [Field]
  private var values: [[Double]]
  private var reasons: [[UInt8]]

  init(_ fields: [Field]) {
    self.fields = fields
    values = fields.map { _ in [] }
    reasons = fields.map { _ in [] }
  }

  /// Adds a row, one figure a field: nil and what is not finite is missing as `reason`.
  mutating func append(_ figures: [Double?], reason: UInt8 = MissingReason.undefined.rawValue) {
    append(figures.map { ($0, MissingReason(rawValue: reason) ?? .undefined) })
  }

  /// Adds a row, one figure a field with the reason why it would be missing; a count too large to be one is missing too.
  mutating func append(_ figures: [(value: Double?, reason: MissingReason)]) {
    precondition(figures.count == fields.count, "a figure for each field is needed")
    for (index, figure) in figures.enumerated() {
      let isWhole = fields[index].type == .int64
      let value = figure.value.flatMap { $0.isFinite && (!isWhole || $0.magnitude < 9e15) ? $0 : nil }
      values[index].append(value ?? 0)
      reasons[index].append(value == nil ? figure.reason.rawValue : 0)
    }
  }

  /// Adds a row without figures.
  mutating func append(missing reason: UInt8) { append(fields.map { _ in nil }, reason: reason) }

  /// The columns, in the order of the fields; whole numbers where a field says so.
  var columns: [Column] {
    fields.indices.map { index in
      let mask = MissingMask(reasons: reasons[index])
      if fields[index].type == .int64 {
        return .int64(Int64Column(values[index].map { Int64($0) }, missing: mask))
      }
      return .float64(Float64Column(values[index], missing: mask))
    }
  }
}

extension Field {
  /// A figure that a transform makes, from the columns that it depends on.
  static func figure(
    _ name: String, _ unit: String, _ label: String, decimals: Int, direction: Direction? = nil, from sources: [Field]
  ) -> Field {
    Field(
      name, .float64, unit: unit, label: label, direction: direction, decimals: decimals,
      origins: mergeOrigins(sources.map(\.origins)))
  }

  /// The field as a key of an output.
  var asKey: Field {
    var key = self
    key.role = .key
    return key
  }
}

extension Column {
  /// A column of texts without missing cells.
  static func texts(_ texts: [String]) -> Column { .string(StringColumn(texts.map { $0 })) }
}

extension NumberColumn {
  /// Refuses a number below zero where only counts make sense.
  func requireCounts(_ name: String) throws(TransformError) {
    guard let row = values.firstIndex(where: { $0 < 0 }) else { return }
    throw TransformError("\"\(name)\" is \(values[row].optionText ?? "negative") in row \(row + 1), expected 0 or more")
  }
}
