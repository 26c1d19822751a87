extension PluginCatalog {
  /// The JSON Schema of pipeline files: their own keys, and the options of every plugin behind its name.
  public var pipelineSchema: JSON {
    let text = JSON.object([("type", .string("string"))])
    let scalar = JSON.object([("type", .array(["string", "number", "boolean"].map { .string($0) }))])
    let names = Self.oneOrMany(text)
    let source = Self.choice(
      by: "adapter", sources.map { ($0.plugin.info, $0.plugin.options) },
      others: [("files", names, true), ("origin", Self.origin, false)] + SourceSpec.engineOptions, free: ["auto"])
    let step = Self.choice(
      by: "uses", transforms.map { ($0.plugin.info, $0.plugin.options) },
      others: [("id", text, true), ("from", names, true)], free: [])
    let output = Self.choice(
      by: "sink", sinks.map { ($0.info, $0.options) }, others: [("from", names, true), ("path", text, true)], free: [])
    return .object([
      ("$schema", .string("https://json-schema.org/draft/2020-12/schema")), ("title", .string("Peil pipeline")),
      ("type", .string("object")), ("required", .array([.string("pipeline")])), ("additionalProperties", .bool(false)),
      (
        "properties",
        .object(
          [
            ("pipeline", text), ("title", text),
            ("parameters", .object([("type", .string("object")), ("additionalProperties", scalar)])),
            ("sources", .object([("type", .string("object")), ("additionalProperties", source)])),
            ("steps", .object([("type", .string("array")), ("items", step)])),
            ("outputs", .object([("type", .string("array")), ("items", output)])),
          ] + PipelineSpec.ruleSchemas)
      ),
    ])
  }

  private static var origin: JSON {
    .object([
      ("type", .string("object")), ("additionalProperties", .bool(false)),
      (
        "properties",
        .object(
          ["producer", "table", "vintage", "licence"].map { ($0, .object([("type", .string("string"))])) })
      ),
    ])
  }

  static func oneOrMany(_ one: JSON) -> JSON {
    .object([("anyOf", .array([one, .object([("type", .string("array")), ("items", one)])]))])
  }

  /// A mapping in which `key` names a plugin, whose options are then allowed.
  private static func choice(
    by key: String, _ plugins: [(info: PluginInfo, options: [OptionDescription])],
    others: [(name: String, schema: JSON, isRequired: Bool)], free: [String]
  ) -> JSON {
    let branches = plugins.map { plugin -> JSON in
      let properties =
        others.map { ($0.name, $0.schema) } + [(key, JSON.object([]))] + plugin.options.map(\.schemaMember)
      return .object([
        (
          "if",
          .object([
            ("properties", .object([(key, .object([("const", .string(plugin.info.name))]))])),
            ("required", .array([.string(key)])),
          ])
        ),
        (
          "then",
          .object([
            ("properties", .object(properties.map { (key: $0.0, value: $0.1) })),
            ("required", .array(plugin.options.filter(\.isRequired).map { .string($0.name) })),
            ("additionalProperties", .bool(false)),
          ])
        ),
      ])
    }
    let words = free + plugins.map(\.info.name)
    return .object([
      ("type", .string("object")),
      ("required", .array(([key] + others.filter(\.isRequired).map(\.name)).map { .string($0) })),
      (
        "properties",
        .object([
          (
            key,
            .object([
              ("enum", .array(words.map { .string($0) })),
              ("description", .string(plugins.map { "\($0.info.name): \($0.info.summary)" }.joined(separator: "\n"))),
            ])
          )
        ])
      ),
      ("allOf", .array(branches)),
    ])
  }
}

extension SourceSpec {
  /// Keys of a source that the engine reads, beside files and origin.
  static let engineOptions: [(name: String, schema: JSON, isRequired: Bool)] = [
    ("otherwise", .object([("type", .string("string"))]), false)
  ]
}

extension PipelineSpec {
  /// The schemas of the keys that hold rules about tables.
  static var ruleSchemas: [(key: String, value: JSON)] {
    let text = JSON.object([("type", .string("string"))])
    let oneOrMany = PluginCatalog.oneOrMany(text)
    let check = JSON.object([
      ("type", .string("object")), ("required", .array([.string("on")])),
      ("additionalProperties", .bool(false)),
      (
        "properties",
        .object([
          ("on", text), ("expect", text), ("file", text),
          ("range", .object(RangeRule.optionType.schemaMembers)), ("set", .object(SetRule.optionType.schemaMembers)),
          ("unique", oneOrMany),
          ("complete", text), ("sum", .object(SumRule.optionType.schemaMembers)),
          ("jump", .object(JumpRule.optionType.schemaMembers)),
          ("allow", .object(Allowance.optionType.schemaMembers)),
          ("severity", .object([("enum", .array(CheckSpec.Severity.allCases.map { .string($0.rawValue) }))])),
        ])
      ),
    ])
    let correction = JSON.object([
      ("type", .string("object")), ("required", .array([.string("on"), .string("file")])),
      ("additionalProperties", .bool(false)), ("properties", .object([("on", text), ("file", text)])),
    ])
    return [
      ("checks", .object([("type", .string("array")), ("items", check)])),
      ("corrections", .object([("type", .string("array")), ("items", correction)])),
    ]
  }
}
