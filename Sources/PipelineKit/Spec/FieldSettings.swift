public import Tabular

/// What a pipeline file says about a column: anything that it leaves out stays as it is.
public struct FieldSettings: PluginOptions {
  /// The unit of measurement.
  public var unit: String?
  /// The title for people.
  public var label: String?
  /// What the column is for.
  public var role: FieldRole?
  /// Whether more is better or worse.
  public var direction: Direction?
  /// Decimals to print.
  public var decimals: Int?

  /// Nothing said.
  public init() {}

  /// The settings.
  public static var declaration: [OptionField<Self>] {
    [
      .init("unit", \.unit, "The unit of measurement, for example \"%\"."),
      .init("label", \.label, "The title for people."),
      .init("role", \.role, "What the column is for: it identifies rows, states something, weighs or explains."),
      .init("direction", \.direction, "Whether a higher value is better or worse."),
      .init("decimals", \.decimals, "Decimals to print."),
    ]
  }

  /// Describes `field` as the settings say.
  public func apply(to field: inout Field) {
    if let unit { field.unit = unit }
    if let label { field.label = label }
    if let role { field.role = role }
    if let direction { field.direction = direction }
    if let decimals { field.decimals = decimals }
  }
}

extension FieldRole: OptionChoice {}
extension Direction: OptionChoice {}

extension OrderedMap where Value == FieldSettings {
  /// The schema with its fields described as the settings say.
  /// - Throws: ``SpecError`` at a name that is not a column of `schema`.
  public func applied(to schema: Schema) throws(SpecError) -> Schema {
    var fields = schema.fields
    for entry in entries {
      guard let index = schema.index(of: entry.key) else {
        throw SpecError(entry.position, "no column \"\(entry.key)\"" + didYouMean(entry.key, among: schema.names))
      }
      if let decimals = entry.value.decimals, !(0...15).contains(decimals) {
        throw SpecError(entry.position, "the decimals of \"\(entry.key)\" are \(decimals); they run from 0 to 15")
      }
      entry.value.apply(to: &fields[index])
    }
    do { return try Schema(fields) } catch { preconditionFailure("names do not change") }
  }
}

extension Schema {
  /// The field that the pipeline file names.
  /// - Throws: ``SpecError`` at the name when there is no such column.
  public func field(_ name: Located) throws(SpecError) -> Field {
    guard let field = self[name.text] else {
      throw SpecError(name.position, "no column \"\(name.text)\"" + didYouMean(name.text, among: names))
    }
    return field
  }
}
