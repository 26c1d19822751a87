import Tabular

/// Reads checks and corrections, from a pipeline file or from files of their own.
enum RuleParser {
  /// One check. `on` is the table when the file that names the rules gives it.
  static func check(_ node: SpecNode, on: Located?) throws(SpecError) -> CheckSpec {
    let known = (on == nil ? ["on"] : []) + CheckRule.keys + ["severity", "allow"]
    let entries = try node.mapping("a mapping with on and expect")
    for entry in entries where !known.contains(entry.key) {
      throw SpecError(entry.position, "unknown key \"\(entry.key)\"" + didYouMean(entry.key, among: known))
    }
    let table = if let on { on } else { try SpecParser.located("on", of: node, "the name of a step") }
    let rules = entries.filter { CheckRule.keys.contains($0.key) }
    guard let rule = rules.first else {
      _ = try SpecParser.required("expect", of: node, "what must hold for every row")
      throw SpecError(node.position, "no rule")
    }
    guard rules.count == 1 else {
      throw SpecError(rules[1].position, "a check has one rule; write a second check for \"\(rules[1].key)\"")
    }
    return CheckSpec(
      on: table, rule: try CheckRule(entry: rule),
      severity: try node["severity"].map { node throws(SpecError) in try CheckSpec.Severity(option: node) } ?? .fail,
      allow: try node["allow"].map { node throws(SpecError) in try Allowance(option: node) },
      position: rule.value.position)
  }

  /// The list under the one key `kind` of a file of rules.
  private static func list(_ root: SpecNode, _ kind: RuleFile.Kind) throws(SpecError) -> [SpecNode] {
    for entry in try root.mapping("a mapping with \(kind.rawValue)") where entry.key != kind.rawValue {
      throw SpecError(entry.position, "unknown key \"\(entry.key)\"" + didYouMean(entry.key, among: [kind.rawValue]))
    }
    return try SpecParser.required(kind.rawValue, of: root, "a list").elements("a list of \(kind.rawValue)")
  }

  /// Adds the rules of `text`, the content of `file`, to `spec`.
  static func add(_ text: String, of file: RuleFile, to spec: inout PipelineSpec) throws(SpecError) {
    let parameters = Dictionary(uniqueKeysWithValues: spec.parameters.map { ($0.name, $0.value) })
    let root = try SpecParser.nodes(text, file: file.path.path, parameters: parameters)
    for node in try list(root, file.kind) {
      switch file.kind {
      case .checks: spec.checks.append(try check(node, on: file.on))
      case .corrections:
        guard spec.sources.contains(where: { $0.id == file.on.text }) else {
          throw SpecError(
            file.on.position,
            "no source \"\(file.on)\"; corrections are made to sources"
              + didYouMean(file.on.text, among: spec.sources.map(\.id)))
        }
        spec.corrections.append(Correction(on: file.on.text, rule: try CorrectionRule(option: node), at: node.position))
      }
    }
  }
}
