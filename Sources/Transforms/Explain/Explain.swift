public import PipelineKit
internal import Statistics
public import Tabular

/// What each indicator added to the change of each area's score.
public struct Explain: Transform {
  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var profile = SpecPath("", at: SourcePosition(file: ""))
    var frame = AnchoredFrame()
    var from: Located?
    var keep: [Located] = []
    var into = "score"

    /// Nothing stated.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [.init("profile", \.profile, required: true, "The profile, as in compose.")]
        + AnchoredFrame.declaration(
          \.frame, at: "The last period of the change.", where: "Which areas are explained.") + [
          .init("start", \.from, "The first period of the change; the base unless given."),
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
    [options.frame.columns.union((indicators + options.keep).map(\.text))]
  }

  /// The area, what is kept, and the parts.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    for column in indicators { _ = try inputs[0].numericField(at: column) }
    try options.frame.check(inputs[0])
    var kept: [Field] = []
    for name in [options.frame.area] + options.keep { kept.append(try inputs[0].field(at: name)) }
    do throws(TabularError) { return try Schema(kept + figures(inputs[0])) } catch {
      throw SpecError(options.frame.area.position, "\(error)")
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
      var frame = options.frame
      frame.at = at
      return try AnchoredScorer(table, profile, frame)
    }
    let (last, first) = (try scorer(options.frame.at), try scorer(options.from ?? options.frame.base))
    if last.rows.isEmpty { context.warn("no area is in the frame for \(options.frame.at)") }
    let codes = try table.columns(named: [options.frame.area.text])[0]
    let areas = Grouping(by: [codes], rowCount: table.rowCount).groups
    var rows = MeasureRows(figures(table.schema))
    let change = ScoreChange(last, first, places: areas)
    for area in last.rows.indices {
      rows.append(change.figures(area), reason: MissingReason.insufficient.rawValue)
    }
    let kept = try table.columns(named: ([options.frame.area] + options.keep).map(\.text))
      .map { $0.gathering(last.rows.map { Int32($0) }) }
    let schema = try promised([table.schema])
    let made = kept + rows.columns
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: made) }
  }
}
