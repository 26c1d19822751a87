public import PipelineKit
internal import Statistics
public import Tabular

/// What each indicator added to the change of each area's score.
public struct Explain: Transform {
  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var profile = SpecPath("", at: SourcePosition(file: ""))
    var area = Located("", at: SourcePosition(file: ""))
    var period = Located("", at: SourcePosition(file: ""))
    var base = Located("", at: SourcePosition(file: ""))
    var from: Located?
    var at = Located("", at: SourcePosition(file: ""))
    var condition: Expression?
    var population: Compose.Population?
    var keep: [Located] = []
    var into = "score"

    /// Nothing stated.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("profile", \.profile, required: true, "The profile, as in compose."),
        .init("area", \.area, required: true, "The column of area codes."),
        .init("period", \.period, required: true, "The column of periods."),
        .init("base", \.base, required: true, "The period whose distribution is kept."),
        .init("start", \.from, "The first period of the change; the base unless given."),
        .init("at", \.at, required: true, "The last period of the change."),
        .init("where", \.condition, "Which areas are explained."),
        .init("population", \.population, "Areas too small to count."),
        .init("keep", \.keep, "Columns that pass through."),
        .init("into", \.into, "What the names of the new columns begin with."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "explain",
    summary: "Splits the change of each area's score over domains and, by Shapley values, over their indicators.",
    details: """
      Scores are those of `compose` in a frame anchored in `base`. For `into: score` one row an area of `at` with `score_start`, \
      `score`, `score_change`, and for each domain `score_change_<domain>` and each of its indicators \
      `score_change_<domain>_<column>`, in points of the score.

      A domain's part is its weight times the change of its score. Within a domain the score is no sum of its indicators; an \
      indicator's part is its Shapley value: the mean, over all orders in which the indicators go from their first value to \
      their last, of what its own step adds. Indicators sum to their domain and domains to the change, up to the rounding of \
      the last place.

      An area that lacks a score in one of the periods, or a domain that counts, is `insufficient`. Accounting, not cause. A \
      domain may have 16 indicators at most.
      """,
    example: """
      - id: why
        uses: explain
        from: buurten
        profile: profiles/mdi-open.yml
        area: area_code
        period: year
        base: 2012
        at: 2020
        where: gemeente_code == 'GM0141'
      """)

  private let options: Options
  private let profile: Profile

  /// An explanation with its profile read and checked.
  public init(options: Options, context: RunContext) throws(SpecError) {
    profile = try Simulate.profiles(options.profile, [], context)[0]
    for domain in profile.domains where domain.indicators.count > ShapleyValues.largestCount {
      throw SpecError(
        domain.id.position,
        "the domain \"\(domain.id)\" has \(domain.indicators.count) indicators, expected at most "
          + "\(ShapleyValues.largestCount)")
    }
    self.options = options
  }

  private var indicators: [Located] { profile.domains.flatMap(\.indicators).map(\.column) }

  /// The columns that the profile and the options name.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    let own = [options.area, options.period] + options.keep + [options.population?.column].compactMap { $0 }
    return [Set((indicators + own).map(\.text)).union(options.condition?.columns ?? [])]
  }

  /// The area, what is kept, and the parts.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    for column in indicators { _ = try inputs[0].numericField(at: column) }
    _ = try inputs[0].field(at: options.period)
    if let population = options.population { _ = try inputs[0].numericField(at: population.column) }
    try options.condition?.requireCondition(in: inputs[0])
    var kept: [Field] = []
    for name in [options.area] + options.keep { kept.append(try inputs[0].field(at: name)) }
    do throws(TabularError) { return try Schema(kept + figures(inputs[0])) } catch {
      throw SpecError(options.area.position, "\(error)")
    }
  }

  private func figures(_ input: Schema) -> [Field] {
    let (name, all) = (options.into, indicators.compactMap { input[$0.text] })
    var fields = ["_start", "", "_change"].map { suffix in
      Field.figure(name + suffix, "points", "", decimals: 1, direction: .higherIsWorse, from: all)
    }
    for domain in profile.domains {
      let own = domain.indicators.compactMap { input[$0.column.text] }
      fields.append(.figure("\(name)_change_\(domain.id)", "points", domain.title, decimals: 1, from: own))
      for (indicator, source) in zip(domain.indicators, own) {
        fields.append(
          .figure(
            "\(name)_change_\(domain.id)_\(indicator.column)", "points", source.label, decimals: 1, from: [source]))
      }
    }
    return fields
  }

  /// One row an area.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    func scorer(_ at: Located) throws(TransformError) -> AnchoredScorer {
      try AnchoredScorer(
        table, profile,
        AnchoredScorer.Frame(
          area: options.area, period: options.period, base: options.base, at: at, population: options.population,
          condition: options.condition))
    }
    let (last, first) = (try scorer(options.at), try scorer(options.from ?? options.base))
    if last.rows.isEmpty { context.warn("no area is in the frame for \(options.at)") }
    let codes = try table.columns(named: [options.area.text])[0]
    let areas = Grouping(by: [codes], rowCount: table.rowCount).groups
    var rows = MeasureRows(figures(table.schema))
    let change = ScoreChange(last, first, places: areas)
    for area in last.rows.indices {
      rows.append(change.figures(area), reason: MissingReason.insufficient.rawValue)
    }
    let kept = try table.columns(named: ([options.area] + options.keep).map(\.text))
      .map { $0.gathering(last.rows.map { Int32($0) }) }
    let schema: Schema
    do throws(SpecError) { schema = try outputSchema(for: [table.schema]) } catch { throw TransformError("\(error)") }
    let made = kept + rows.columns
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: made) }
  }
}
