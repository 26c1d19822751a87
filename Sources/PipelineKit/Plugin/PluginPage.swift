import Tabular

/// A plugin's documentation, made from its declaration.
public struct PluginPage: Sendable {
  /// Name, summary, details.
  public let info: PluginInfo
  /// Source, transform or sink.
  public let kind: PluginInfo.Kind
  /// The options.
  public let options: [OptionDescription]

  /// The page as text for a terminal (it is Markdown).
  public var text: String {
    var text = "# \(info.name) (\(kind.rawValue))\n\n\(info.summary)\n"
    if !info.details.isEmpty { text += "\n\(info.details)\n" }
    text += "\n## Options\n\n" + (options.isEmpty ? "None.\n" : Self.lines(options, indent: ""))
    if !info.example.isEmpty { text += "\n## Example\n\n```yaml\n\(info.example)\n```" }
    return text
  }

  private static func lines(_ options: [OptionDescription], indent: String) -> String {
    var text = ""
    for option in options {
      let state = option.isRequired ? "required" : option.defaultText.map { "default \($0)" } ?? "optional"
      text += "\(indent)- `\(option.name)` (\(option.type.summary); \(state)): \(option.summary)\n"
      for inner in option.type.objects { text += lines(inner, indent: indent + "  ") }
    }
    return text
  }

  /// The options as a JSON Schema object.
  public var schema: JSON {
    .object(
      [("$schema", .string("https://json-schema.org/draft/2020-12/schema")), ("title", .string(info.name))]
        + OptionType.object(options).schemaMembers)
  }
}

extension OptionType {
  /// The options of mappings with fixed keys inside this shape.
  fileprivate var objects: [[OptionDescription]] {
    switch self {
    case .object(let options): [options]
    case .list(let type), .map(let type): type.objects
    case .anyOf(let types): types.flatMap(\.objects)
    default: []
    }
  }

  var schemaMembers: [(key: String, value: JSON)] {
    switch self {
    case .string, .column, .path, .expression: return [("type", .string("string"))]
    case .integer: return [("type", .string("integer"))]
    case .number: return [("type", .string("number"))]
    case .boolean: return [("type", .string("boolean"))]
    case .oneOf(let words): return [("enum", .array(words.map { .string($0) }))]
    case .list(let element):
      let one = JSON.object(element.schemaMembers)
      return [("anyOf", .array([one, .object([("type", .string("array")), ("items", one)])]))]
    case .map(let value):
      return [("type", .string("object")), ("additionalProperties", .object(value.schemaMembers))]
    case .anyOf(let types): return [("anyOf", .array(types.map { .object($0.schemaMembers) }))]
    case .object(let options):
      return [
        ("type", .string("object")), ("properties", .object(options.map(\.schemaMember))),
        ("required", .array(options.filter(\.isRequired).map { .string($0.name) })),
        ("additionalProperties", .bool(false)),
      ]
    }
  }
}

extension OptionDescription {
  /// The option as a member of the `properties` of a JSON Schema.
  var schemaMember: (key: String, value: JSON) {
    (name, .object(type.schemaMembers + [("description", .string(summary))]))
  }
}

extension PluginCatalog {
  /// The documentation of the plugin `name`, or nil.
  public func page(of name: String) -> PluginPage? {
    if let entry = source(name) {
      return PluginPage(info: entry.plugin.info, kind: .source, options: entry.plugin.options)
    }
    if let entry = transform(name) {
      return PluginPage(info: entry.plugin.info, kind: .transform, options: entry.plugin.options)
    }
    return sink(name).map { PluginPage(info: $0.info, kind: .sink, options: $0.options) }
  }

  /// `; did you mean ...?` for a plugin that does not exist.
  public func suggestion(for name: String) -> String {
    didYouMean(
      name, among: sources.map(\.plugin.info.name) + transforms.map(\.plugin.info.name) + sinks.map(\.info.name))
  }
}
