import PipelineKit
import Tabular

/// Gives observations of OData v4 without a value the reason that their `ValueAttribute` states, as `cbs_odata4` does.
final class JSONObservations {
  /// The columns that must be read.
  let needed: Schema
  private let schema: Schema
  private let attributes = AttributeReasons(OrderedMap())
  private var reasons: [String: MissingReason] = [:]
  private var unknown: [String] = []

  private static let value = "Value"
  private static let text = "StringValue"
  private static let attribute = "ValueAttribute"

  /// Nil when the document holds no observations, or nobody asks for their values.
  init?(reading schema: Schema, of sample: JSONSample) throws(TabularError) {
    let names = sample.columns.map(\.name)
    guard sample.entitySet == "Observations", names.contains(Self.value), names.contains(Self.attribute),
      schema.names.contains(where: { $0 == Self.value || $0 == Self.text })
    else { return nil }
    let others = [Self.value, Self.text, Self.attribute].filter { names.contains($0) && schema[$0] == nil }
    needed = try Schema(schema.fields + others.map { Field($0, .string) })
    self.schema = schema
  }

  /// A batch of ``needed`` as one of the schema.
  func explained(_ table: Table) throws(TabularError) -> Table {
    let (value, attribute) = (try table.column(Self.value), try table.column(Self.attribute))
    let text = needed[Self.text] == nil ? nil : try table.column(Self.text)
    let why = stated(attribute)
    let columns = try schema.fields.map { field throws(TabularError) in
      let column = try table.column(field.name)
      let other = field.name == Self.value ? text : field.name == Self.text ? value : nil
      return field.name == Self.value || field.name == Self.text ? explained(column, other, why) : column
    }
    return try Table(schema: schema, columns: columns)
  }

  /// The reason that each row's attribute states.
  private func stated(_ attribute: Column) -> [MissingReason] {
    guard case .string(let column) = attribute else {
      return [MissingReason](repeating: .unspecified, count: attribute.count)
    }
    let known = column.dictionary.strings.map { reason($0) }
    return column.codes.indices.map { row in
      column.missing?.isPresent(row) ?? true ? known[Int(column.codes[row])] : .unspecified
    }
  }

  private func reason(_ text: String) -> MissingReason {
    if let known = reasons[text] { return known }
    let (reason, isKnown) = attributes.reason(text)
    if !isKnown { unknown.append(text) }
    reasons[text] = reason
    return reason
  }

  /// A value that is not there because the observation has one of the other kind cannot be there.
  private func explained(_ column: Column, _ other: Column?, _ why: [MissingReason]) -> Column {
    guard let mask = column.missing else { return column }
    var reasons = mask.reasons
    for row in reasons.indices where reasons[row] == MissingReason.unspecified.rawValue {
      let hasOther = other.map { $0.missing?.isPresent(row) ?? true } ?? false
      reasons[row] = (hasOther ? .notApplicable : why[row]).rawValue
    }
    let missing = MissingMask(reasons: reasons)
    return switch column {
    case .float64(let c): .float64(Float64Column(c.values, missing: missing))
    case .int64(let c): .int64(Int64Column(c.values, missing: missing))
    case .bool(let c): .bool(BoolColumn(c.values, missing: missing))
    case .date(let c): .date(DateColumn(c.values, missing: missing))
    case .string(let c): .string(StringColumn(codes: c.codes, dictionary: c.dictionary, missing: missing))
    }
  }

  /// Tells of attributes that are not known.
  func warn(file: String, _ context: RunContext) {
    for text in unknown {
      context.warn(
        "\(file): the ValueAttribute \"\(text)\" is not known; observations without a value that have it are unknown")
    }
  }
}
