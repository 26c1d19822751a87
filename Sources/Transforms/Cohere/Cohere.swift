public import PipelineKit
internal import Statistics
public import Tabular

/// Whether indicators that are to be summed belong together.
public struct Cohere: Transform {
  enum Give: String, OptionChoice {
    case pairs, indicators, groups
  }

  enum Areas: String, OptionChoice {
    case pairwise, complete
  }

  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var columns: [Located] = []
    var profile: SpecPath?
    var by: [Located] = []
    var give = Give.pairs
    var areas = Areas.pairwise
    var redundant = 0.9
    var weak = 0.3
    var opposing = -0.4
    var components = 2

    /// All pairs.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("columns", \.columns, "The indicators, as one group `all`; or give `profile`."),
        .init("profile", \.profile, "A profile: each of its domains is a group, and all of them together are `all`."),
        .init("by", \.by, "Apart for each combination of these columns' values, for example a year."),
        .init("give", \.give, "A row a pair of indicators, an indicator of a group, or a group."),
        .init("areas", \.areas, "Areas that have both indicators of a pair, or those that have all of the group."),
        .init("redundant", \.redundant, "Pearson's correlation from which a pair is redundant."),
        .init("weak", \.weak, "Pearson's correlation under which, either way, a pair is weak."),
        .init("opposing", \.opposing, "Pearson's correlation down from which a pair is opposing."),
        .init("components", \.components, "How many principal components `indicators` and `groups` show."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "cohere",
    summary: "Says whether indicators belong together: correlations, Cronbach's alpha, principal components, flags.",
    details: """
      Indicators whose higher is better count with the other sign, so that a positive correlation means agreement; the \
      direction is that of the profile, or of the column.

      `pairs` gives `domain` (the group of both, or `between`), `one`, `other`, `areas` (that have both), `pearson`, `spearman` \
      and `kendall` (tau-b) with `..._p` (two-sided, of no correlation; for tau the normal approximation with ties) and `flag`: \
      `redundant`, `opposing`, `weak` or `none`. Each pair once.

      `indicators` gives `domain`, `indicator`, `areas`, `rest_correlation` (with the sum of the others, all standardised), \
      `alpha_without` (standardised alpha of the others) and `loading_1` ...: correlations with the principal components of \
      the correlation matrix.

      `groups` gives `domain`, `indicators`, `areas`, `alpha` (Cronbach's, k/(k - 1)(1 - sum of variances/variance of the \
      sum), on the values as they are), `alpha_standardised` (the same on the correlations), `kaiser` (components with an \
      eigenvalue above 1), `eigenvalue_1` ..., `variance_1_pct` ..., and the numbers of pairs that are `redundant`, `opposing` and \
      `weak`. What does not exist (one indicator, no spread, no areas) is `insufficient`.

      High alpha is agreement, not validity; a composite may want indicators that are not alike.
      """,
    example: """
      - {id: coherence, uses: cohere, from: indicators, profile: profiles/mdi-open.yml, by: [year], give: groups}
      """)

  private let options: Options
  /// The indicators of each group and their names; the last group is `all` when there are several.
  private let groups: [Group]
  private let indicators: [Located]
  private let directions: [String: Direction]

  struct Group {
    let name: String
    let places: [Int]
  }

  /// Coherence with the given options, with the profile read and checked.
  public init(options: Options, context: RunContext) throws(SpecError) {
    let place = options.profile?.position ?? options.columns.first?.position ?? SourcePosition(file: "")
    guard (options.profile == nil) != options.columns.isEmpty else {
      throw SpecError(place, "give either \"columns\" or \"profile\"")
    }
    guard options.opposing < options.redundant, options.weak >= 0, (1...20).contains(options.components) else {
      throw SpecError(
        place, "\"opposing\" must be below \"redundant\", \"weak\" 0 or more and \"components\" 1 to 20")
    }
    var (indicators, groups, directions): ([Located], [Group], [String: Direction]) = (options.columns, [], [:])
    if let path = options.profile {
      for domain in try Profile(path: path, context: context).domains {
        let start = indicators.count
        for indicator in domain.indicators {
          indicators.append(indicator.column)
          directions[indicator.column.text] = indicator.direction == .higherIsWorse ? .higherIsWorse : .higherIsBetter
        }
        groups.append(Group(name: domain.id.text, places: Array(start..<indicators.count)))
      }
    }
    var seen: Set<String> = []
    for name in indicators where !seen.insert(name.text).inserted {
      throw SpecError(name.position, "\"\(name)\" is named twice")
    }
    if groups.count != 1 { groups.append(Group(name: "all", places: Array(indicators.indices))) }
    (self.options, self.groups, self.indicators, self.directions) = (options, groups, indicators, directions)
  }

  /// The indicators and the keys.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [Set((indicators + options.by).map(\.text))]
  }

  /// The keys and the measures.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    var sources: [Field] = []
    for name in indicators { sources.append(try inputs[0].numericField(at: name)) }
    var keys: [Field] = []
    for name in options.by { keys.append(try inputs[0].field(at: name).asKey) }
    keys += texts.map { Field($0, .string, role: .key) }
    var fields = keys + figures(sources)
    if options.give == .pairs { fields.append(Field("flag", .string, label: "What the pair says")) }
    let all = fields
    do throws(TabularError) { return try Schema(all) } catch {
      throw SpecError(options.by.first?.position ?? indicators[0].position, "\(error)")
    }
  }

  private var texts: [String] {
    switch options.give {
    case .pairs: ["domain", "one", "other"]
    case .indicators: ["domain", "indicator"]
    case .groups: ["domain"]
    }
  }

  private func figures(_ sources: [Field]) -> [Field] {
    func number(_ name: String, _ label: String, _ unit: String = "", _ decimals: Int = 2) -> Field {
      .figure(name, unit, label, decimals: decimals, from: sources)
    }
    func count(_ name: String, _ unit: String, _ label: String) -> Field {
      Field(
        name, .int64, unit: unit, label: label, decimals: 0, origins: Field.mergeOrigins(sources.map(\.origins)))
    }
    let areas = count("areas", "areas", "Areas that count")
    switch options.give {
    case .pairs:
      return [areas]
        + CorrelationMethod.allCases.flatMap {
          [number($0.rawValue, "Correlation"), number($0.rawValue + "_p", "p-value", "", 4)]
        }
    case .indicators:
      return [
        areas, number("rest_correlation", "Correlation with the sum of the others"),
        number("alpha_without", "Alpha of the others"),
      ] + (1...options.components).map { number("loading_\($0)", "Loading on component \($0)") }
    case .groups:
      return [
        count("indicators", "indicators", "Indicators"), areas, number("alpha", "Cronbach's alpha"),
        number("alpha_standardised", "Cronbach's alpha of standardised indicators"),
        count("kaiser", "components", "Components with an eigenvalue above 1"),
      ] + (1...options.components).map { number("eigenvalue_\($0)", "Eigenvalue of component \($0)") }
        + (1...options.components).map { number("variance_\($0)_pct", "Variance of component \($0)", "%", 1) }
        + [
          count("redundant", "pairs", "Redundant pairs"), count("opposing", "pairs", "Opposing pairs"),
          count("weak", "pairs", "Weak pairs"),
        ]
    }
  }

  /// The rows of `give`, for each combination of the keys.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let schema = try promised([table.schema])
    var columns: [NumberColumn] = []
    for name in indicators {
      var column = try NumberColumn(table, name.text)
      if (directions[name.text] ?? table.schema[name.text]?.direction) == .higherIsBetter {
        for row in column.values.indices { column.values[row] = 0 - column.values[row] }
      }
      columns.append(column)
    }
    let keys = try table.columns(named: options.by.map(\.text))
    let grouping = Grouping(by: keys, rowCount: table.rowCount)
    let firstFigure = options.by.count + texts.count
    let flags = options.give == .pairs ? 1 : 0
    var rows = CoherenceRows(
      MeasureRows(Array(schema.fields[firstFigure..<(schema.fields.count - flags)])),
      names: indicators.map(\.text), options: options)
    var firsts: [Int32] = []
    for group in 0..<grouping.count {
      let own = grouping.rows[group].map { Int($0) }
      rows.add(columns, own, groups)
      firsts += [Int32](repeating: grouping.representatives[group], count: rows.count - firsts.count)
    }
    let made = keys.map { $0.gathering(firsts) } + rows.columns
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: made) }
  }
}
