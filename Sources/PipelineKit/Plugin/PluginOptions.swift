import Tabular

/// The options of a plugin. One declaration gives decoding, validation, documentation and JSON Schema.
///
/// ```swift
/// struct Options: PluginOptions {
///   var separator = ";"
///   static var declaration: [OptionField<Self>] {
///     [.init("separator", \.separator, "The character between fields.")]
///   }
/// }
/// ```
public protocol PluginOptions: OptionValue {
  /// All options at their defaults.
  init()
  /// The options, in the order in which documentation lists them.
  static var declaration: [OptionField<Self>] { get }
}

/// One option of `Root`: its key, shape, meaning and where its value goes.
public struct OptionField<Root: PluginOptions> {
  /// How documentation and JSON Schema see it.
  public let description: OptionDescription
  let decode: (SpecNode, inout Root) throws(SpecError) -> Void

  /// An option stored at `path`; its default is what `Root()` holds there.
  public init<Value: OptionValue>(
    _ name: String, _ path: WritableKeyPath<Root, Value>, required: Bool = false, _ summary: String
  ) {
    description = OptionDescription(
      name: name, type: Value.optionType, isRequired: required, summary: summary,
      defaultText: required ? nil : Root()[keyPath: path].optionText)
    decode = { (node: SpecNode, root: inout Root) throws(SpecError) in
      root[keyPath: path] = try Value(option: node)
    }
  }
}

extension PluginOptions {
  /// The options as documentation and JSON Schema see them.
  public static var descriptions: [OptionDescription] { declaration.map(\.description) }

  /// A mapping with the declared keys.
  public static var optionType: OptionType { .object(descriptions) }

  /// The options that the mapping `node` states. Unknown keys are refused with the nearest known one.
  public init(option node: SpecNode) throws(SpecError) { try self.init(option: node, ignoring: []) }

  /// The options that the mapping `node` states, leaving the keys `reserved` to others.
  public init(option node: SpecNode, ignoring reserved: [String]) throws(SpecError) {
    self.init()
    let fields = Self.declaration
    let entries: [SpecNode.Entry]
    if case .null = node.content { entries = [] } else { entries = try node.mapping() }
    for entry in entries where !reserved.contains(entry.key) {
      guard let field = fields.first(where: { $0.description.name == entry.key }) else {
        let known = fields.map(\.description.name) + reserved
        throw SpecError(entry.position, "unknown option \"\(entry.key)\"" + didYouMean(entry.key, among: known))
      }
      try field.decode(entry.value, &self)
    }
    for field in fields where field.description.isRequired {
      guard entries.contains(where: { $0.key == field.description.name }) else {
        throw SpecError(
          node.position,
          "option \"\(field.description.name)\" is missing; it takes \(field.description.type.summary): "
            + field.description.summary)
      }
    }
  }
}

/// For plugins without options.
public struct NoOptions: PluginOptions {
  /// No options.
  public init() {}
  /// No options.
  public static var declaration: [OptionField<Self>] { [] }
}
