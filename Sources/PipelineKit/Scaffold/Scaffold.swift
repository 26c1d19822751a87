/// The files of a new plugin: one that compiles, does something small, keeps its contract and has a test.
///
/// A plugin changes few places: its folder under Sources, its folder under Tests, its fixtures, and one line in the list of
/// plugins.
public struct Scaffold: Sendable {
  /// A file to write.
  public struct File: Sendable, Equatable {
    /// The path, relative to the folder that holds Package.swift.
    public var path: String
    /// Its text.
    public var text: String
  }

  /// The file with the list of plugins.
  public static let registry = "Sources/BuiltinPlugins/BuiltinPlugins.swift"

  /// Source, transform or sink.
  public let kind: PluginInfo.Kind
  /// The plugin's name in pipeline files.
  public let name: String

  /// The scaffold of a plugin `name` in snake_case.
  /// - Throws: ``SpecError`` when the name is none, or is that of a plugin in `catalog`.
  public init(_ kind: PluginInfo.Kind, name: String, catalog: PluginCatalog) throws(SpecError) {
    let place = SourcePosition(file: "peil new")
    let words = name.split(separator: "_", omittingEmptySubsequences: false)
    let isName = words.allSatisfy { word in
      !word.isEmpty && word.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
    }
    guard isName, let first = name.utf8.first, (0x61...0x7A).contains(first) else {
      throw SpecError(
        place, "\"\(name)\" is no name for a plugin: small letters, digits and single underscores, such as police_crime"
      )
    }
    guard catalog.page(of: name) == nil else {
      throw SpecError(place, "there is a plugin \"\(name)\" already; choose another name")
    }
    guard
      !["if", "for", "in", "do", "case", "class", "struct", "enum", "let", "var", "self", "type", "any"].contains(name)
    else { throw SpecError(place, "\"\(name)\" is a word of Swift; choose another name") }
    self.kind = kind
    self.name = name
  }

  /// The plugin's name as one word: `PoliceCrime`.
  public var folder: String {
    name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// The name of the type.
  public var type: String {
    switch kind {
    case .source: folder + "Source"
    case .transform: folder
    case .sink: folder + "Sink"
    }
  }

  var module: String {
    switch kind {
    case .source: "SourceAdapters"
    case .transform: "Transforms"
    case .sink: "Sinks"
    }
  }

  /// The files to write, the registry not among them.
  public var files: [File] {
    let source = "Sources/\(module)/\(folder)/\(type).swift"
    let test = "Tests/\(module)Tests/\(folder)/\(type)Tests.swift"
    switch kind {
    case .source:
      return [
        File(path: source, text: filled(ScaffoldText.source)), File(path: test, text: filled(ScaffoldText.sourceTest)),
        File(path: "Fixtures/\(name)/README.md", text: filled(ScaffoldText.readme)),
        File(path: "Fixtures/\(name)/valid_\(name).txt", text: ScaffoldText.valid),
        File(path: "Fixtures/\(name)/invalid_\(name).txt", text: ScaffoldText.invalid),
      ]
    case .transform:
      return [
        File(path: source, text: filled(ScaffoldText.transform)),
        File(path: test, text: filled(ScaffoldText.transformTest)),
      ]
    case .sink:
      return [
        File(path: source, text: filled(ScaffoldText.sink)), File(path: test, text: filled(ScaffoldText.sinkTest)),
      ]
    }
  }

  private func filled(_ text: String) -> String {
    var result = text
    for (key, value) in [("@TYPE@", type), ("@NAME@", name)] {
      result = result.split(separator: key, omittingEmptySubsequences: false).joined(separator: value)
    }
    return result
  }

  /// The registry with the plugin's line added to `text`, in the order of the alphabet; nil when the list is not found.
  public func registry(adding text: String) -> String? {
    let label = kind == .source ? "sources: [" : kind == .transform ? "transforms: [" : "sinks: ["
    guard let start = text.firstRange(of: label)?.upperBound, let end = text[start...].firstIndex(of: "]") else {
      return nil
    }
    let present = text[start..<end].split { $0 == "," || $0.isWhitespace }.map(String.init)
    let entry = type + ".self"
    let all = present.contains(entry) ? present : (present + [entry]).sorted { $0.lowercased() < $1.lowercased() }
    return "\(text[..<start])\n" + all.map { "      \($0),\n" }.joined() + "    \(text[end...])"
  }
}
