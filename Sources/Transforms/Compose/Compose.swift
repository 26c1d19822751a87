public import PipelineKit
import Statistics
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
        .init("score", \.score, "The name of the score, which begins every column's name; the profile's name by default."),
        .init("outputs", \.outputs, "What is written."),
      ]
    }
  }

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "compose", summary: "Compose indicators into a score per area and period, with ranks and contributions.",
    details: """
      Each indicator of a domain is ranked or turned into a normal score (or taken as it is) and averaged with its weight;
      the domain's value is ranked among the areas of the frame, r = 1 the most deprived of N, and its scaled rank R becomes
      X = -k ln(1 - R (1 - exp(-100/k))); the score is the weighted sum of the X (IoD 2019 Technical Report, chapter 3 and
      appendix F). A domain of one indicator is ranked as it stands.

      Frames. `relative`: R among the areas of the same period; a ranking, in which not all can improve. `anchored`: R is the
      share of the base period's areas that are no more deprived (ties by the tie rule, at least 1/N, at most 1), for
      indicators and for domain values alike. `pooled`: the same against all periods together.

      Columns, for a score named `mdi`: `mdi_<domain>` (0-100, higher is worse), `mdi`, `mdi_rank` (1 = most deprived of the
      period, ties share the smallest), `mdi_decile` (1 = most deprived tenth, ceil(10 r/N)), `mdi_contribution_<domain>`
      (weight times X; they sum to the score to the last bit, in the order of the profile) and
      `mdi_contribution_<domain>_<indicator>` (the domain's contribution shared out in proportion to weight times the X that
      the indicator has by itself; they sum to the domain's). The share-out is an attribution, not a decomposition of the
      ranking.

      Missing. An area outside the frame has `outside_frame`. A domain or score with some parts, but fewer than the profile
      asks for, has `insufficient`; with none, the reason of its first part.
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

  private let options: Options
  private let profile: Profile
  private let name: String

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
    for indicator in profile.domains.flatMap(\.indicators) { try require(indicator.column, .numeric, in: input) }
    for column in [options.area, options.period].compactMap({ $0 }) { try require(column, .any, in: input) }
    if let population = options.population { try require(population.column, .numeric, in: input) }
    do throws(TabularError) { return try Schema(input.fields + newFields(input)) } catch {
      throw SpecError(options.profile.position, "\(error); give the score another name with \"score\"")
    }
  }

  private enum Kind { case numeric, any }

  private func require(_ column: Located, _ kind: Kind, in schema: Schema) throws(SpecError) {
    guard let field = schema[column.text] else {
      throw SpecError(column.position, "no column \"\(column)\"" + didYouMean(column.text, among: schema.names))
    }
    if kind == .numeric, !field.type.isNumeric {
      throw SpecError(column.position, "column \"\(column)\" is \(field.type.rawValue), expected a number")
    }
  }

  /// The output, with warnings for indicators that a period lacks.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    try checkKeys(table)
    let frame = try ComposeFrame(table, options)
    var columns: [[Column]] = []
    for domain in profile.domains {
      var own: [Column] = []
      for indicator in domain.indicators { own.append(try ComposeFrame.column(indicator.column, table)) }
      columns.append(own)
    }
    warn(columns, frame, context)
    let results = Mutex([DomainResult?](repeating: nil, count: profile.domains.count))
    context.parallel(profile.domains.count) { [columns] d in
      let scorer = DomainScorer(
        domain: profile.domains[d], conventions: profile.conventions, rule: profile.missing.domain.rule, frame: frame,
        wantsRanks: options.outputs.contains(.domainRanks),
        wantsIndicatorScores: options.outputs.contains(.indicatorContributions))
      let result = scorer.score(columns[d], rowCount: table.rowCount)
      results.withLock { $0[d] = result }
    }
    let domains = results.withLock { $0.compactMap { $0 } }
    let made = ScoreColumns(profile: profile, frame: frame, outputs: options.outputs, domains: domains).columns(context)
    do throws(TabularError) {
      return try Table(schema: try Schema(table.schema.fields + newFields(table.schema)), columns: table.columns + made)
    } catch { throw TransformError(error.description) }
  }

  private func checkKeys(_ table: Table) throws(TransformError) {
    guard let area = options.area else { return }
    let names = [area] + [options.period].compactMap { $0 }
    var keys: [Column] = []
    for name in names { keys.append(try ComposeFrame.column(name, table)) }
    let grouping = Grouping(by: keys, rowCount: table.rowCount)
    guard grouping.count < table.rowCount, let twice = grouping.sizes.firstIndex(where: { $0 > 1 }) else { return }
    let row = Int(grouping.representatives[twice])
    let key = keys.map { $0.text(at: row) ?? "missing" }.joined(separator: ", ")
    throw TransformError(
      TabularError.duplicateKey(columns: names.map(\.text), key: "(\(key))").description
        + "; filter the table to one row for each area and period")
  }

  /// Names each indicator that has values in some period of the frame but none in another.
  private func warn(_ columns: [[Column]], _ frame: ComposeFrame, _ context: RunContext) {
    for (domain, own) in zip(profile.domains, columns) {
      for (indicator, column) in zip(domain.indicators, own) {
        let empty = frame.periods.indices.filter { period in
          !frame.periods[period].isEmpty && frame.positions(period, column.missing?.reasons).isEmpty
        }
        if !empty.isEmpty {
          let names = empty.map { frame.periodNames[$0] }.joined(separator: ", ")
          context.warn("\"\(indicator.column)\" has no value in the frame for \(names)")
        }
      }
    }
  }

  // MARK: - Fields

  private func newFields(_ input: Schema) -> [Field] {
    var fields: [Field] = []
    func origins(_ domains: [Profile.Domain]) -> [Origin] {
      Field.mergeOrigins(domains.flatMap(\.indicators).compactMap { input[$0.column.text]?.origins })
    }
    func add(_ name: String, _ unit: String, _ label: String, _ domains: [Profile.Domain]) {
      let type: ColumnType = unit == "points" ? .float64 : .int64
      fields.append(
        Field(
          name, type, unit: unit, label: label, direction: unit == "points" ? .higherIsWorse : nil,
          decimals: unit == "points" ? 1 : 0, origins: origins(domains)))
    }
    let title = profile.title.isEmpty ? name : profile.title
    for part in Part.allCases where options.outputs.contains(part) {
      switch part {
      case .score: add(name, "points", title, profile.domains)
      case .rank: add(name + "_rank", "rank", "\(title), rank (1 = most deprived)", profile.domains)
      case .decile: add(name + "_decile", "decile", "\(title), tenth (1 = most deprived)", profile.domains)
      case .domainScores:
        for domain in profile.domains { add("\(name)_\(domain.id)", "points", domain.label, [domain]) }
      case .domainRanks:
        for domain in profile.domains { add("\(name)_\(domain.id)_rank", "rank", domain.label, [domain]) }
      case .contributions:
        for domain in profile.domains {
          add("\(name)_contribution_\(domain.id)", "points", "\(title), from: \(domain.label)", [domain])
        }
      case .indicatorContributions:
        for domain in profile.domains {
          for indicator in domain.indicators {
            add(
              "\(name)_contribution_\(domain.id)_\(indicator.column)", "points", "\(title), from: \(indicator.column)",
              [domain])
          }
        }
      }
    }
    return fields
  }
}
