public import PipelineKit
internal import Statistics
public import Tabular

/// What the score would be if indicators were different: accounting, not cause.
public struct Scenario: Transform {
  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var file = SpecPath("", at: SourcePosition(file: ""))
    var profile = SpecPath("", at: SourcePosition(file: ""))
    var frame = AnchoredFrame()
    var households: Located?
    var classes = 5
    var every = false

    /// Levers as the file says.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("file", \.file, required: true, "The scenario: its levers."),
        .init("profile", \.profile, required: true, "The profile, as in compose."),
      ]
        + AnchoredFrame.declaration(
          \.frame, at: "The period that is changed.", where: "Which areas are scored.", needsPopulation: true) + [
          .init("households", \.households, "The column of households, for rules and costs that count them."),
          .init("classes", \.classes, "The number of equal classes of the base; the last is the worst."),
          .init("every", \.every, "Also each indicator of the profile, set to the national median."),
        ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "scenario",
    summary: "Re-scores areas with changed indicators in the anchored frame: the effect of levers, as accounting.",
    details: """
      One row a lever of the file, then with `every` one for each indicator set to the national median (`every_<indicator>`), \
      and a row `all` for the levers of the file together, in their order. `areas` (with a changed indicator), `score_before`, \
      `score_after`, `score_change` (means weighted by inhabitants over the areas scored), `worst_before`, `worst_after`, \
      `leaving` (areas that leave the worst class), `leaving_inhabitants`, `households` (100ths of the change times the \
      households of the area), `cost` (that times the unit cost) and `cost_per_inhabitant` (of those who leave the class). \
      `is_small` is 1 when the score moves by less than 0.5.

      A rule never makes an indicator worse. Only the areas change: the base's distribution and class bound stay. This is \
      accounting, not cause: it says what the index would read, not what a policy achieves. A figure that does not exist (no \
      unit cost, nobody leaves) is `not_applicable`.
      """,
    example: """
      - id: levers
        uses: scenario
        from: buurten
        file: scenarios/levers.yml
        profile: profiles/mdi-open.yml
        area: area_code
        period: year
        base: 2012
        at: 2020
        where: gemeente_code == 'GM0141'
        population: {column: inhabitants, minimum: 100}
      """)

  private let options: Options
  private let profile: Profile
  private let population: Located
  private let levers: [ScenarioFile.Lever]

  /// A scenario with its file and profile read and checked.
  public init(options: Options, context: RunContext) throws(SpecError) {
    guard options.classes >= 2 else {
      throw SpecError(options.file.position, "\"classes\" is \(options.classes), expected 2 or more")
    }
    guard let population = options.frame.population?.column else {
      throw SpecError(options.file.position, "\"population\" is missing: a scenario counts inhabitants")
    }
    (self.options, self.population) = (options, population)
    profile = try Profile(path: options.profile, context: context)
    guard profile.conventions.ties != .asPublished else {
      throw SpecError(options.profile.position, "ties: as_published takes ranks as they are; it has no anchored frame")
    }
    levers = try ScenarioFile(
      path: options.file, profile: profile, hasHouseholds: options.households != nil, context: context
    ).levers
  }

  private var every: [ScenarioFile.Lever] {
    guard options.every else { return [] }
    return profile.domains.flatMap(\.indicators).map { indicator in
      var lever = ScenarioFile.Lever()
      lever.id = Located("every_" + indicator.column.text, at: indicator.column.position)
      lever.indicator = indicator.column
      lever.rule.setToMedian = true
      return lever
    }
  }

  /// The columns that the profile, the levers and the options name.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    let own = profile.domains.flatMap(\.indicators).map(\.column) + [options.households].compactMap { $0 }
    return [options.frame.columns.union(own.map(\.text)).union(levers.flatMap { $0.condition?.columns ?? [] })]
  }

  private static let fields: [Field] = [
    Field("lever", .string, role: .key), Field("indicator", .string), Field("rule", .string),
    Field("areas", .int64, unit: "areas", decimals: 0), Field("score_before", .float64, unit: "points", decimals: 1),
    Field("score_after", .float64, unit: "points", decimals: 1),
    Field("score_change", .float64, unit: "points", decimals: 2),
    Field("worst_before", .int64, unit: "areas", decimals: 0),
    Field("worst_after", .int64, unit: "areas", decimals: 0), Field("leaving", .int64, unit: "areas", decimals: 0),
    Field("leaving_inhabitants", .float64, unit: "persons", decimals: 0),
    Field("households", .float64, unit: "households", decimals: 0),
    Field("cost", .float64, unit: "euro", decimals: 0),
    Field("cost_per_inhabitant", .float64, unit: "euro", decimals: 0),
    Field("is_small", .int64, unit: "flag", decimals: 0),
  ]

  /// The table of levers.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let numeric = profile.domains.flatMap(\.indicators).map(\.column) + [population]
    var origins: [[Origin]] = []
    for column in numeric + [options.households].compactMap({ $0 }) {
      origins.append(try inputs[0].numericField(at: column).origins)
    }
    try options.frame.check(inputs[0])
    for lever in levers { try lever.condition?.requireCondition(in: inputs[0]) }
    let merged = Field.mergeOrigins(origins)
    let fields = Self.fields.map { field in
      var field = field
      field.origins = merged
      return field
    }
    do throws(TabularError) { return try Schema(fields) } catch {
      throw SpecError(options.file.position, "\(error)")
    }
  }

  /// One row a lever.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let scorer = try AnchoredScorer(table, profile, options.frame)
    let people = try NumberColumn(table, population.text)
    let households = try options.households.map { name throws(TransformError) in try NumberColumn(table, name.text) }
    let work = ScenarioWork(
      scorer: scorer, classes: options.classes, people: scorer.rows.map { people.values[$0] },
      households: scorer.rows.map { row in households.flatMap { $0.isPresent(row) ? $0.values[row] : nil } })
    var results: [ScenarioWork.Effect] = []
    for lever in levers + every { results.append(try work.effect(of: [lever], id: lever.id.text, table)) }
    results.append(try work.effect(of: levers, id: "all", table))
    let figures = results.map(\.figures)
    var columns: [Column] = [\ScenarioWork.Effect.id, \.indicator, \.rule].map { path in
      .string(StringColumn(results.map { $0[keyPath: path] }, reason: .unknown))
    }
    for (place, field) in Self.fields.dropFirst(3).enumerated() {
      let list = figures.map { $0[place] }
      let mask = MissingMask(reasons: list.map { $0 == nil ? MissingReason.notApplicable.rawValue : 0 })
      columns.append(
        field.type == .int64
          ? .int64(Int64Column(list.map { Int64($0 ?? 0) }, missing: mask))
          : .float64(Float64Column(list.map { $0 ?? 0 }, missing: mask)))
    }
    let made = columns
    let schema: Schema
    do { schema = try outputSchema(for: [table.schema]) } catch { throw TransformError(error.description) }
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: made) }
  }
}
