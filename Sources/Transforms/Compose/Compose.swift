public import PipelineKit
import Synchronization
public import Tabular

/// Composes indicators into a score per area and period.
public struct Compose: Transform {
  /// The areas that are too small for the frame.
  struct Population: PluginOptions {
    var column = Located("", at: SourcePosition(file: ""))
    var minimum = 0.0

    static var declaration: [OptionField<Self>] {
      [
        .init("column", \.column, required: true, "The column that holds the number of inhabitants."),
        .init("minimum", \.minimum, required: true, "Areas with fewer, or an unknown number, are outside the frame."),
      ]
    }
  }

  enum Part: String, OptionChoice {
    case score, rank, decile
    case domainScores = "domain_scores"
    case domainRanks = "domain_ranks"
    case contributions
    case indicatorContributions = "indicator_contributions"

    /// Whether its columns hold whole numbers.
    var isWhole: Bool {
      switch self {
      case .rank, .decile, .domainRanks: true
      case .score, .domainScores, .contributions, .indicatorContributions: false
      }
    }
  }

  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var profile = SpecPath("", at: SourcePosition(file: ""))
    var area: Located?
    var period: Located?
    var frame = FrameOption.relative
    var population: Population?
    var score: String?
    var outputs: [Part] = [.domainScores, .score, .rank, .decile, .contributions, .indicatorContributions]

    /// The defaults.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("profile", \.profile, required: true, "The profile: domains, indicators, weights, conventions."),
        .init("area", \.area, "The column of area codes; with the period it must name each row once."),
        .init("period", \.period, "The column of periods; without it all rows are one period."),
        .init(
          "frame", \.frame,
          "What a score is relative to: each period, all periods, or a base period whose distribution is kept."),
        .init("population", \.population, "Areas too small to count."),
        .init(
          "score", \.score, "The name of the score, which begins every column's name; the profile's name by default."),
        .init("outputs", \.outputs, "What is written."),
      ]
    }
  }

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "compose", summary: "Compose indicators into a score per area and period, with ranks and contributions.",
    details: """
      Each indicator of a domain is ranked or turned into a normal score (or taken as it is, minus it where higher is better)
      and averaged with its weight; the domain's value is ranked among the areas of the frame, r = 1 the most deprived of N,
      and its scaled rank R, (N + 1 - r)/N or (N - r)/N, becomes X = -k ln(1 - R (1 - exp(-100/k))); the score is the weighted
      sum of the X (IoD 2019 Technical Report, chapter 3 and appendix F). A domain of one indicator is ranked as it stands.
      Under `ties: as_published` the indicator is r itself (higher_is_better) or N + 1 - r (higher_is_worse).

      Frames. `relative`: R among the areas of the same period; a ranking, in which not all can improve. `anchored`: R is the
      share of the base period's areas that are no more deprived (ties by the tie rule, at least 1/N, at most 1; less 1/N
      under n_minus_r), for indicators and for domain values alike. `pooled`: the same against all periods together. Ranks and
      tenths are those of the period in every frame.

      Columns, for a score named `mdi`: `mdi_<domain>` (0-100, higher is worse), `mdi_<domain>_rank`, `mdi`, `mdi_rank` (1 =
      most deprived of the period, ties share the smallest; neighbours that differ by no more than tie_tolerance are tied, or
      those that are equal after rounding when rank_decimals is given), `mdi_decile` (ceil(10 r/N) of that rank r, 1 = most
      deprived tenth; fewer than ten areas leave tenths empty), `mdi_contribution_<domain>` (weight times X; they sum to the
      score to the last bit, in the order of the profile) and `mdi_contribution_<domain>_<indicator>` (the domain's
      contribution shared out in proportion to weight times the X that the indicator has by itself, or by weight when none is
      above 0; they sum to the domain's). The share-out is an attribution, not a decomposition of the ranking. Contributions
      are missing where the score is, and 0 where only the domain or the indicator is.

      Missing. An area with fewer inhabitants than the minimum, or an unknown number, has `outside_frame`; a row without a
      period has that cell's reason. A domain or score with some parts, but fewer than the profile asks for, has
      `insufficient`; with none, the reason of its first part. Parts of weight 0 do not count. A base without values places
      nobody: `undefined`. An indicator that has no value in a period is named in a warning.
      """,
    example: """
      - id: scores
        uses: compose
        from: indicators
        profile: profiles/mdi-open.yml
        area: area_code
        period: year
        frame: {anchored: 2012}
        population: {column: inhabitants, minimum: 100}
      """)

  let options: Options
  let profile: Profile
  let name: String

  /// A transform with its profile read and checked.
  public init(options: Options, context: RunContext) throws(SpecError) {
    self.options = options
    profile = try Profile(path: options.profile, context: context)
    name = options.score ?? profile.name.split(separator: "-").joined(separator: "_")
    if case .anchored(let base) = options.frame, options.period == nil {
      throw SpecError(base.position, "an anchored frame needs \"period\": the column that holds \"\(base)\"")
    }
    if profile.conventions.ties == .asPublished, options.frame != .relative {
      throw SpecError(options.profile.position, "ties: as_published takes ranks as they are; its frame is relative")
    }
  }

  /// The indicators, the keys and the population; and what passes through.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    guard let needed else { return [nil] }
    var own = Set(profile.domains.flatMap(\.indicators).map(\.column.text))
    for column in [options.area, options.period, options.population?.column] { column.map { _ = own.insert($0.text) } }
    let made = Set(newFields(inputs[0]).map(\.name))
    return [own.union(needed.subtracting(made))]
  }

  /// The input's columns and the score's.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let input = inputs[0]
    for indicator in profile.domains.flatMap(\.indicators) { _ = try input.numericField(at: indicator.column) }
    for column in [options.area, options.period].compactMap({ $0 }) { _ = try input.field(at: column) }
    if let population = options.population { _ = try input.numericField(at: population.column) }
    do throws(TabularError) { return try Schema(input.fields + newFields(input)) } catch {
      throw SpecError(options.profile.position, "\(error); give the score another name with \"score\"")
    }
  }

  /// The output, with warnings for indicators that a period lacks.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let frame = try ComposeFrame(table, options)
    var columns: [[Column]] = []
    for domain in profile.domains {
      var own: [Column] = []
      for indicator in domain.indicators { own.append(try ComposeFrame.column(indicator.column, table)) }
      columns.append(own)
    }
    let indicators = profile.domains.flatMap(\.indicators).map(\.column)
    frame.warn(zip(indicators, columns.joined()).map { (name: $0.text, column: $1) }, context)
    if profile.conventions.ties == .asPublished {
      try frame.checkRanks(zip(indicators, columns.joined()).map { ($0, $1) })
    }
    let made = ScoreColumns(
      profile: profile, frame: frame, outputs: options.outputs, scorers: scorers(columns, frame, context),
      rowCount: table.rowCount
    ).columns(context)
    return try table.appending(newFields(table.schema), made)
  }

  /// A scorer a domain, made side by side when each has a base to learn.
  private func scorers(_ columns: [[Column]], _ frame: ComposeFrame, _ context: RunContext) -> [DomainScorer] {
    let scorers = Mutex([DomainScorer?](repeating: nil, count: columns.count))
    context.parallel(columns.count) { d in
      let scorer = DomainScorer(domain: profile.domains[d], profile: profile, columns: columns[d], frame: frame)
      scorers.withLock { $0[d] = scorer }
    }
    return scorers.withLock { $0.compactMap { $0 } }
  }
}
