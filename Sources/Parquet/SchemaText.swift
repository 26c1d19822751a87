import Tabular

/// The description of a table's fields as text in the footer: a JSON array with an object for each column.
///
/// `{"name","type","role","unit","label","direction","decimals","origin":[{"producer","table","column","vintage",
/// "licence"}]}`, in this order; name, type and role always stand, the others when they are not empty.
enum SchemaText {
  /// The footer key.
  static let key = "peil.schema"

  /// The text for `schema`.
  static func write(_ schema: Schema) -> String {
    "[" + schema.fields.map(write).joined(separator: ",") + "]"
  }

  private static func write(_ field: Field) -> String {
    var parts = [
      member("name", JSON.quoted(field.name)), member("type", JSON.quoted(field.type.rawValue)),
      member("role", JSON.quoted(field.role.rawValue)),
    ]
    if !field.unit.isEmpty { parts.append(member("unit", JSON.quoted(field.unit))) }
    if !field.label.isEmpty { parts.append(member("label", JSON.quoted(field.label))) }
    if let direction = field.direction { parts.append(member("direction", JSON.quoted(direction.rawValue))) }
    if let decimals = field.decimals { parts.append(member("decimals", String(decimals))) }
    if !field.origins.isEmpty {
      parts.append(member("origin", "[" + field.origins.map(write).joined(separator: ",") + "]"))
    }
    return "{" + parts.joined(separator: ",") + "}"
  }

  private static func write(_ origin: Origin) -> String {
    let parts = [
      ("producer", origin.producer), ("table", origin.table), ("column", origin.column), ("vintage", origin.vintage),
      ("licence", origin.licence),
    ]
    return "{" + parts.filter { !$0.1.isEmpty }.map { member($0.0, JSON.quoted($0.1)) }.joined(separator: ",") + "}"
  }

  private static func member(_ name: String, _ value: String) -> String { "\"\(name)\":" + value }

  /// The fields that `text` describes, or nil when it is not such a text.
  static func read(_ text: String) -> [Field]? {
    guard case .array(let items)? = JSON.parse(text) else { return nil }
    var fields: [Field] = []
    for item in items {
      guard let name = item["name"]?.text, let type = ColumnType(rawValue: item["type"]?.text ?? "") else { return nil }
      var field = Field(name, type)
      if let role = item["role"]?.text {
        guard let role = FieldRole(rawValue: role) else { return nil }
        field.role = role
      }
      field.unit = item["unit"]?.text ?? ""
      field.label = item["label"]?.text ?? ""
      field.direction = item["direction"]?.text.flatMap(Direction.init)
      if case .number(let digits)? = item["decimals"] { field.decimals = Int(digits) }
      if case .array(let origins)? = item["origin"] {
        field.origins = origins.map { origin in
          Origin(
            producer: origin["producer"]?.text ?? "", table: origin["table"]?.text ?? "",
            column: origin["column"]?.text ?? "", vintage: origin["vintage"]?.text ?? "",
            licence: origin["licence"]?.text ?? "")
        }
      }
      fields.append(field)
    }
    return fields
  }
}
