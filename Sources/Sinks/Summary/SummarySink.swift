public import PipelineKit
import Tabular

/// Writes findings: figures with comparators and a statement in Dutch and English.
public struct SummarySink: Sink {
  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var title = Bilingual()
    var areaColumn = Located("", at: SourcePosition(file: ""))
    var labelColumn: Located?
    var findings: [FindingSpec] = []

    /// No findings.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("title", \.title, required: true, "What the summary is about."),
        .init("area_column", \.areaColumn, required: true, "The column that holds area codes, in every table."),
        .init("label_column", \.labelColumn, "The column that holds area names, where a table has it."),
        .init("findings", \.findings, required: true, "The findings, in the order of the file."),
      ]
    }
  }

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "summary", summary: "Write findings as JSON: value, unit, comparators and a statement in Dutch and English.",
    details: """
      Each finding takes one row for its area and one for each comparator from a table; a comparator that has no row, or an
      area that has several, is an error. A missing value is null with its reason under `status`. The layout is published as
      `Documentation/schemas/summary.schema.json`.
      """,
    example: """
      - sink: summary
        from: [municipal]
        path: summary.json
        area_column: gemeente_code
        title: {nl: Achterstand per buurt, en: Disadvantage per neighbourhood}
        findings:
          - id: A10
            metric: buurten_improved
            level: gemeente
            area: GM0141
            period: 2012-2020
            value: improved
            unit: buurten
            comparators: [GM0153, GM0164]
            statement:
              nl: "{value} van de {scored} buurten in {area} verbeteren."
              en: "{value} of the {scored} buurten in {area} improve."
      """)

  private let options: Options

  /// A sink with its options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    self.options = options
    var seen: Set<String> = []
    for finding in options.findings where !seen.insert(finding.id).inserted {
      throw SpecError(finding.area.position, "two findings have the id \"\(finding.id)\"")
    }
  }

  /// Every finding's table, columns and conditions exist, and its statement can be filled in.
  public func check(_ inputs: [NamedSchema]) throws(SpecError) {
    for finding in options.findings {
      let schema = try schema(finding.from, of: finding, inputs)
      try require(options.areaColumn, in: schema)
      try require(finding.value, in: schema)
      for entry in finding.parts.entries { try require(Located(entry.key, at: entry.position), in: schema) }
      try requireCondition(finding.condition, in: schema)
      if let rows = finding.rows {
        let schema = try self.schema(rows.from ?? finding.from, of: finding, inputs)
        for column in rows.columns { try require(column, in: schema) }
        try requireCondition(rows.condition, in: schema)
      }
      for text in finding.statements {
        for column in try Statement(text, of: finding).columns {
          try require(Located(column, at: finding.area.position), in: schema)
        }
      }
    }
  }

  /// What findings name, of each input.
  public func neededColumns(_ inputs: [NamedSchema]) -> [Set<String>?] {
    inputs.enumerated().map { i, input in
      var needed: Set<String> = []
      for finding in options.findings {
        if finding.from?.text ?? inputs[0].name == input.name {
          needed.formUnion([options.areaColumn.text, finding.value.text])
          needed.formUnion(finding.parts.keys + (finding.condition?.columns ?? []))
          if let label = options.labelColumn?.text, input.schema[label] != nil { needed.insert(label) }
          for text in finding.statements {
            needed.formUnion((try? Statement(text, of: finding).columns) ?? [])
          }
        }
        if let rows = finding.rows, (rows.from ?? finding.from)?.text ?? inputs[0].name == input.name {
          needed.formUnion(rows.columns.map(\.text) + (rows.condition?.columns ?? []))
        }
      }
      return needed
    }
  }

  /// Writes the findings, and tells the user each statement.
  public func write(_ inputs: [NamedTable], to output: OutputFile, context: RunContext) throws(SinkError) {
    let builder = FindingBuilder(options.areaColumn.text, options.labelColumn?.text, inputs, path: output.path)
    var findings: [JSON] = []
    for spec in options.findings {
      let finding = try builder.finding(spec)
      findings.append(finding.json)
      context.note("\(spec.id): \(finding.english)")
    }
    let title = JSON.object([("nl", .string(options.title.nl)), ("en", .string(options.title.en))])
    let summary = JSON.object([
      ("schema", .string("peil-summary-1")), ("title", title), ("findings", .array(findings)),
    ])
    try output.write(summary.text(indent: 2) + "\n")
  }

  private func schema(_ from: Located?, of finding: FindingSpec, _ inputs: [NamedSchema]) throws(SpecError) -> Schema {
    guard let from else { return inputs[0].schema }
    guard let input = inputs.first(where: { $0.name == from.text }) else {
      throw SpecError(
        from.position, "\"\(from)\" is none of the output's inputs" + didYouMean(from.text, among: inputs.map(\.name)))
    }
    return input.schema
  }

  private func require(_ column: Located, in schema: Schema) throws(SpecError) {
    guard schema[column.text] == nil else { return }
    throw SpecError(column.position, "no column \"\(column)\"" + didYouMean(column.text, among: schema.names))
  }

  private func requireCondition(_ condition: Expression?, in schema: Schema) throws(SpecError) {
    guard let condition, try condition.type(in: schema) != .bool else { return }
    throw SpecError(condition.position, "a condition must be true or false")
  }
}
