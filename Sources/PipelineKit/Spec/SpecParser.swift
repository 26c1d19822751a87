import Tabular
internal import Yams

/// Reads YAML with the place of every value, and pipeline files on top of it.
public enum SpecParser {
  /// The values of a YAML text. Texts of the form `${name}` are filled in from `parameters`; `$${` stands for `${`.
  ///
  /// - Parameter overridden: names whose value came from the command line.
  /// - Throws: ``SpecError`` with the place of the first mistake.
  public static func nodes(
    _ text: String, file: String, parameters: [String: String] = [:], overridden: Set<String> = []
  ) throws(SpecError) -> SpecNode {
    let root = try compose(text, file: file)
    return try Substitution(file: file, parameters: parameters, overridden: overridden).convert(root)
  }

  /// The pipeline that `text` describes.
  ///
  /// - Parameter settings: parameters from the command line; a name that the file does not declare is an error.
  public static func pipeline(_ text: String, file: String, settings: [(name: String, value: String)] = [])
    throws(SpecError) -> PipelineSpec
  {
    let bare = try compose(text, file: file)
    let parameters = try parameters(bare, file: file, settings: settings)
    let values = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.value) })
    let substitution = Substitution(file: file, parameters: values, overridden: Set(settings.map(\.name)))
    let root = try substitution.convert(bare)
    let plain = try Substitution(file: file, parameters: nil, overridden: []).convert(bare)
    return try pipeline(root, bare: plain, file: file, parameters: parameters)
  }

  /// Scalars stay text, so no rule needs to look at them.
  private static func compose(_ text: String, file: String) throws(SpecError) -> Node {
    do {
      guard let node = try Yams.compose(yaml: text, .basic) else {
        throw SpecError(SourcePosition(file: file), "is empty")
      }
      return node
    } catch let error as SpecError {
      throw error
    } catch let error as YamlError {
      throw Self.error(error, file: file)
    } catch {
      throw SpecError(SourcePosition(file: file), "is not YAML: \(error)")
    }
  }

  private static func error(_ error: YamlError, file: String) -> SpecError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return SpecError(SourcePosition(file: file, line: mark.line, column: mark.column), "is not YAML: \(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      let keys = duplicates.map { "\"\($0)\"" }.sorted().joined(separator: ", ")
      let mark = context.mark
      return SpecError(
        SourcePosition(file: file, line: mark.line, column: mark.column), "a mapping that has \(keys) more than once")
    default:
      return SpecError(SourcePosition(file: file), "is not YAML: \(error)")
    }
  }

  private static func parameters(_ root: Node, file: String, settings: [(name: String, value: String)])
    throws(SpecError) -> [(name: String, value: String)]
  {
    var parameters: [(name: String, value: String)] = []
    let plain = Substitution(file: file, parameters: nil, overridden: [])
    if let block = root.mapping?["parameters"] {
      for entry in try plain.convert(block).mapping("a mapping of names to values") {
        parameters.append((entry.key, try entry.value.text("a single value")))
      }
    }
    for (name, value) in settings {
      guard let index = parameters.firstIndex(where: { $0.name == name }) else {
        throw SpecError(
          SourcePosition(file: file),
          "no parameter \"\(name)\" to set" + didYouMean(name, among: parameters.map(\.name)))
      }
      parameters[index].value = value
    }
    return parameters
  }

  private static let keys = ["pipeline", "title", "parameters", "sources", "steps", "outputs", "checks", "corrections"]

  private static func pipeline(
    _ root: SpecNode, bare: SpecNode, file: String, parameters: [(name: String, value: String)]
  ) throws(SpecError) -> PipelineSpec {
    for entry in try root.mapping("a mapping with \(keys.joined(separator: ", "))") {
      guard keys.contains(entry.key) else {
        throw SpecError(entry.position, "unknown key \"\(entry.key)\"" + didYouMean(entry.key, among: keys))
      }
    }
    guard let name = root["pipeline"] else {
      throw SpecError(root.position, "the key \"pipeline\" is missing: it names the pipeline")
    }
    var spec = PipelineSpec(
      file: file, name: try name.text(), title: try root["title"]?.text() ?? "", parameters: parameters, sources: [],
      steps: [], outputs: [], checks: [], root: root, bare: bare)
    for entry in try root["sources"]?.mapping("a mapping of names to sources") ?? [] {
      spec.sources.append(try source(entry))
    }
    for node in try root["steps"]?.elements("a list of steps") ?? [] { spec.steps.append(try step(node)) }
    for node in try root["outputs"]?.elements("a list of outputs") ?? [] { spec.outputs.append(try output(node)) }
    for node in try root["checks"]?.elements("a list of checks") ?? [] {
      if node["file"] != nil {
        spec.ruleFiles.append(try ruleFile(node, .checks))
      } else {
        spec.checks.append(try RuleParser.check(node, on: nil))
      }
    }
    for node in try root["corrections"]?.elements("a list of corrections") ?? [] {
      spec.ruleFiles.append(try ruleFile(node, .corrections))
    }
    return spec
  }

  private static func source(_ entry: SpecNode.Entry) throws(SpecError) -> SourceSpec {
    let node = entry.value
    _ = try node.mapping("a mapping with adapter and files")
    var files: [FilePattern] = []
    for file in try required("files", of: node, "a path or a list of paths").elements("paths") {
      var pattern = FilePattern(try SpecPath(option: file))
      pattern.mayBeAbsent = node["otherwise"] != nil
      files.append(pattern)
    }
    return SourceSpec(
      id: entry.key, adapter: try located("adapter", of: node, "the name of a source adapter"), files: files,
      otherwise: try node["otherwise"].map { node throws(SpecError) in try SpecPath(option: node) },
      origin: try node["origin"].map { node throws(SpecError) in try OriginOptions(option: node).origin } ?? Origin(),
      node: node)
  }

  private static func step(_ node: SpecNode) throws(SpecError) -> StepSpec {
    _ = try node.mapping("a mapping with id, uses and from")
    return StepSpec(
      id: try required("id", of: node, "the name of the step's result").text("a name"),
      uses: try located("uses", of: node, "the name of a transform"), from: try names("from", of: node), node: node)
  }

  private static func output(_ node: SpecNode) throws(SpecError) -> OutputSpec {
    _ = try node.mapping("a mapping with sink, from and path")
    return OutputSpec(
      sink: try located("sink", of: node, "the name of a sink"), from: try names("from", of: node),
      path: try located("path", of: node, "the file to write"), node: node)
  }

  private static func ruleFile(_ node: SpecNode, _ kind: RuleFile.Kind) throws(SpecError) -> RuleFile {
    let known = ["on", "file"]
    for entry in try node.mapping("a mapping with on and file") where !known.contains(entry.key) {
      throw SpecError(entry.position, "unknown key \"\(entry.key)\"" + didYouMean(entry.key, among: known))
    }
    return RuleFile(
      kind: kind, on: try located("on", of: node, "the name of a table"),
      path: try SpecPath(option: try required("file", of: node, "a file with \(kind.rawValue)")))
  }

  static func required(_ key: String, of node: SpecNode, _ what: String) throws(SpecError) -> SpecNode {
    if let value = node[key] { return value }
    let others = (node.entries ?? []).map(\.key)
    let hint = nearest(key, among: others).map { "; \"\($0)\" looks like it" } ?? ""
    throw SpecError(node.position, "the key \"\(key)\" is missing: \(what)\(hint)")
  }

  static func located(_ key: String, of node: SpecNode, _ what: String) throws(SpecError) -> Located {
    try Located(option: try required(key, of: node, what))
  }

  private static func names(_ key: String, of node: SpecNode) throws(SpecError) -> [Located] {
    var names: [Located] = []
    for element in try required(key, of: node, "the source or step to take").elements("names of sources or steps") {
      names.append(try Located(option: element))
    }
    return names
  }
}

/// The `origin:` mapping of a source.
private struct OriginOptions: PluginOptions {
  var producer = ""
  var table = ""
  var vintage = ""
  var licence = ""

  var origin: Origin { Origin(producer: producer, table: table, vintage: vintage, licence: licence) }

  static var declaration: [OptionField<Self>] {
    [
      .init("producer", \.producer, "Who published the table."),
      .init("table", \.table, "The table's identifier."),
      .init("vintage", \.vintage, "Which delivery of the table."),
      .init("licence", \.licence, "The licence under which it may be used."),
    ]
  }
}

/// Turns YAML nodes into ``SpecNode``s and fills in parameters.
private struct Substitution {
  let file: String
  /// nil leaves `${name}` as it stands.
  let parameters: [String: String]?
  let overridden: Set<String>

  func convert(_ node: Node) throws(SpecError) -> SpecNode {
    let position = position(of: node)
    switch node {
    case .scalar(let scalar):
      let isPlain = scalar.style == .plain || scalar.style == .any
      if isPlain, ["", "~", "null"].contains(scalar.string) { return SpecNode(.null, at: position) }
      let (text, isFromCommandLine) = try fill(scalar.string, at: position)
      return SpecNode(.scalar(text, quoted: !isPlain), at: position, isFromCommandLine: isFromCommandLine)
    case .sequence(let sequence):
      var list: [SpecNode] = []
      for element in sequence { list.append(try convert(element)) }
      return SpecNode(.list(list), at: position)
    case .mapping(let mapping):
      var entries: [SpecNode.Entry] = []
      for (key, value) in mapping {
        let keyPosition = self.position(of: key)
        guard case .scalar(let scalar) = key else { throw SpecError(keyPosition, "a key must be text") }
        entries.append(.init(key: scalar.string, position: keyPosition, value: try convert(value)))
      }
      return SpecNode(.map(entries), at: position)
    case .alias:
      throw SpecError(position, "aliases (*name) are not supported; write the value out")
    }
  }

  private func position(of node: Node) -> SourcePosition {
    SourcePosition(file: file, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0)
  }

  private func fill(_ text: String, at position: SourcePosition) throws(SpecError) -> (String, Bool) {
    guard let parameters, text.contains("${") else { return (text, false) }
    var result = ""
    var rest = Substring(text)
    var isFromCommandLine = false
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[dollar...]
      if rest.hasPrefix("$${") {
        result += "${"
        rest = rest.dropFirst(3)
      } else if rest.hasPrefix("${"), let end = rest.firstIndex(of: "}") {
        let name = String(rest[rest.index(rest.startIndex, offsetBy: 2)..<end])
        guard let value = parameters[name] else {
          throw SpecError(
            position, "no parameter \"\(name)\"" + didYouMean(name, among: parameters.keys.sorted()))
        }
        if result.isEmpty, overridden.contains(name) { isFromCommandLine = true }
        result += value
        rest = rest[rest.index(after: end)...]
      } else {
        result += "$"
        rest = rest.dropFirst()
      }
    }
    return (result + rest, isFromCommandLine)
  }
}
