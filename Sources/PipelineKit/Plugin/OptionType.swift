/// The shape of an option's value: the one source of validation messages, documentation and JSON Schema.
public indirect enum OptionType: Sendable, Equatable {
  /// Any text.
  case string
  /// A whole number.
  case integer
  /// A number.
  case number
  /// `true` or `false`.
  case boolean
  /// One of the words.
  case oneOf([String])
  /// The name of a column.
  case column
  /// A path, relative to the pipeline file.
  case path
  /// An expression over columns.
  case expression
  /// A list.
  case list(OptionType)
  /// A mapping from free names.
  case map(OptionType)
  /// A mapping with fixed keys.
  case object([OptionDescription])
  /// Any of several shapes.
  case anyOf([OptionType])

  /// How a message or a page names the shape.
  public var summary: String {
    switch self {
    case .string: "text"
    case .integer: "a whole number"
    case .number: "a number"
    case .boolean: "true or false"
    case .oneOf(let words): words.joined(separator: " | ")
    case .column: "a column"
    case .path: "a path"
    case .expression: "an expression"
    case .list(let element): "a list of " + element.plural
    case .map(let value): "a mapping of names to " + value.plural
    case .object: "a mapping"
    case .anyOf(let types): types.map(\.summary).joined(separator: ", or ")
    }
  }

  private var plural: String {
    switch self {
    case .string: "texts"
    case .integer: "whole numbers"
    case .number: "numbers"
    case .column: "columns"
    case .path: "paths"
    case .expression: "expressions"
    case .object: "mappings"
    default: "(\(summary))"
    }
  }
}

/// One option as documentation and JSON Schema need it.
public struct OptionDescription: Sendable, Equatable {
  /// The key in the pipeline file.
  public var name: String
  /// The shape of its value.
  public var type: OptionType
  /// Whether it must be given.
  public var isRequired: Bool
  /// What it does, in a sentence or two.
  public var summary: String
  /// The default as text; nil when required or when absence means something of its own.
  public var defaultText: String?

  /// A description of one option.
  public init(name: String, type: OptionType, isRequired: Bool, summary: String, defaultText: String?) {
    self.name = name
    self.type = type
    self.isRequired = isRequired
    self.summary = summary
    self.defaultText = defaultText
  }
}

/// A value that an option can have.
public protocol OptionValue: Sendable {
  /// The shape, for messages, documentation and JSON Schema.
  static var optionType: OptionType { get }
  /// The value that `node` states.
  init(option node: SpecNode) throws(SpecError)
  /// The value as documentation shows a default; nil shows none.
  var optionText: String? { get }
}

extension OptionValue {
  /// No default is shown unless a type says how.
  public var optionText: String? { nil }
}

extension String: OptionValue {
  /// Any text.
  public static var optionType: OptionType { .string }
  /// The scalar as written.
  public init(option node: SpecNode) throws(SpecError) { self = try node.text() }
  /// The text in quotes.
  public var optionText: String? { isEmpty ? nil : "\"\(self)\"" }
}

extension Int: OptionValue {
  /// A whole number.
  public static var optionType: OptionType { .integer }
  /// Digits with an optional sign.
  public init(option node: SpecNode) throws(SpecError) {
    let text = try node.text("a whole number")
    guard let value = Int(text) else {
      throw SpecError(node.position, "expected a whole number, found \(node.summary)")
    }
    self = value
  }
  /// The digits.
  public var optionText: String? { String(self) }
}

extension Double: OptionValue {
  /// A number.
  public static var optionType: OptionType { .number }
  /// A finite number with a decimal point.
  public init(option node: SpecNode) throws(SpecError) {
    let text = try node.text("a number")
    guard let value = Double(text), value.isFinite else {
      throw SpecError(node.position, "expected a number with a decimal point, found \(node.summary)")
    }
    self = value
  }
  /// The shortest text that reads back as the same number.
  public var optionText: String? {
    self == rounded() && magnitude < 1e15 ? String(Int(self)) : String(self)
  }
}

extension Bool: OptionValue {
  /// `true` or `false`.
  public static var optionType: OptionType { .boolean }
  /// `true` or `false`, nothing else that YAML takes for a truth value.
  public init(option node: SpecNode) throws(SpecError) {
    switch try node.text("true or false") {
    case "true": self = true
    case "false": self = false
    default: throw SpecError(node.position, "expected true or false, found \(node.summary)")
    }
  }
  /// `true` or `false`.
  public var optionText: String? { self ? "true" : "false" }
}

extension Optional: OptionValue where Wrapped: OptionValue {
  /// The shape of the value when given.
  public static var optionType: OptionType { Wrapped.optionType }
  /// The value; `null` is none.
  public init(option node: SpecNode) throws(SpecError) {
    if case .null = node.content { self = nil } else { self = try Wrapped(option: node) }
  }
  /// The default when there is one.
  public var optionText: String? { self?.optionText }
}

extension Array: OptionValue where Element: OptionValue {
  /// A list.
  public static var optionType: OptionType { .list(Element.optionType) }
  /// The elements; a single value stands for a list of one.
  public init(option node: SpecNode) throws(SpecError) {
    self = []
    for element in try node.elements("\(Self.optionType.summary)") { append(try Element(option: element)) }
  }
  /// The elements in brackets.
  public var optionText: String? {
    isEmpty ? nil : "[" + compactMap(\.optionText).joined(separator: ", ") + "]"
  }
}

/// A mapping that keeps the order of the file.
public struct OrderedMap<Value: OptionValue>: OptionValue {
  /// One `key: value`, with the key's place.
  public struct Entry: Sendable {
    /// The key.
    public var key: String
    /// Where the key stands.
    public var position: SourcePosition
    /// The value.
    public var value: Value

    /// An entry.
    public init(key: String, position: SourcePosition, value: Value) {
      self.key = key
      self.position = position
      self.value = value
    }
  }

  /// The entries, in the order of the file.
  public var entries: [Entry]

  /// An empty mapping.
  public init() { entries = [] }

  /// A mapping of the given entries.
  public init(_ entries: [Entry]) { self.entries = entries }

  /// A mapping of free names.
  public static var optionType: OptionType { .map(Value.optionType) }

  /// The entries that `node` states.
  public init(option node: SpecNode) throws(SpecError) {
    entries = []
    for entry in try node.mapping(Self.optionType.summary) {
      entries.append(Entry(key: entry.key, position: entry.position, value: try Value(option: entry.value)))
    }
  }

  /// The keys, in order.
  public var keys: [String] { entries.map(\.key) }

  /// The value under `key`, or nil.
  public subscript(key: String) -> Value? { entries.first { $0.key == key }?.value }
}

/// A choice among fixed words: an enum with raw text values gets its decoding from here.
public protocol OptionChoice: OptionValue, CaseIterable, RawRepresentable where RawValue == String {}

extension OptionChoice {
  /// One of the words.
  public static var optionType: OptionType { .oneOf(allCases.map(\.rawValue)) }
  /// The case with that raw value.
  public init(option node: SpecNode) throws(SpecError) {
    let words = Self.allCases.map(\.rawValue)
    let text = try node.text("one of " + words.joined(separator: ", "))
    guard let value = Self(rawValue: text) else {
      throw SpecError(node.position, "expected one of \(words.joined(separator: ", ")), found \"\(text)\"")
    }
    self = value
  }
  /// The word.
  public var optionText: String? { rawValue }
}

/// Text with its place, for values that are checked later: columns, expressions, names of steps.
public struct Located: OptionValue, Hashable, CustomStringConvertible {
  /// The text.
  public var text: String
  /// Where it stands.
  public var position: SourcePosition

  /// A text at a place.
  public init(_ text: String, at position: SourcePosition) {
    self.text = text
    self.position = position
  }

  /// The name of a column.
  public static var optionType: OptionType { .column }
  /// The scalar as written.
  public init(option node: SpecNode) throws(SpecError) {
    self.init(try node.text("a column"), at: node.position)
  }
  /// The text.
  public var description: String { text }
  /// The text.
  public var optionText: String? { text.isEmpty ? nil : text }
}

/// A path, already resolved against the folder of the file that names it.
public struct SpecPath: OptionValue, Hashable {
  /// The path, ready to open.
  public var path: String
  /// Where it stands.
  public var position: SourcePosition

  /// A path at a place.
  public init(_ path: String, at position: SourcePosition) {
    self.path = path
    self.position = position
  }

  /// A path relative to the file.
  public static var optionType: OptionType { .path }
  /// The scalar, resolved against the folder of the file in which it stands.
  public init(option node: SpecNode) throws(SpecError) {
    let text = try node.text("a path")
    self.init(node.isFromCommandLine ? text : Self.resolve(text, beside: node.position.file), at: node.position)
  }

  /// `path` as seen from the folder of `file`; absolute paths stay as they are.
  public static func resolve(_ path: String, beside file: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let slash = file.lastIndex(of: "/") else { return path }
    var folder = String(file[...slash])
    var rest = Substring(path)
    while rest.hasPrefix("../"), folder != "/", !folder.hasSuffix("../") {
      let parent = folder.dropLast()
      folder = parent.lastIndex(of: "/").map { String(parent[...$0]) } ?? ""
      rest = rest.dropFirst(3)
      if folder.isEmpty { break }
    }
    if rest.hasPrefix("./") { rest = rest.dropFirst(2) }
    return folder + rest
  }
}
