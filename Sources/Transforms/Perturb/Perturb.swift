public import PipelineKit
internal import Statistics
public import Tabular

/// How much an index depends on the choices with which it was built.
public struct Perturb: Transform {
  /// One way to put indicators on a scale.
  struct Scale: PluginOptions {
    var scale = ScaleOptions()

    static var declaration: [OptionField<Self>] { ScaleOptions.declaration(at: \.scale) }
  }

  enum Give: String, OptionChoice {
    case areas, assumptions
  }

  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var tree: TreeOption?
    var columns = OrderedMap<DirectionOption>()
    var area = Located("", at: SourcePosition(file: ""))
    var upwards = DirectionOption.higherIsWorse
    var treat: [Bool] = [false]
    var normalise: [Scale] = []
    var combine: [CombineLevel.Method] = [.arithmetic]
    var noise = 0.0
    var missing = MissingRules.Enough()
    var replicates = 500
    var level = 0.9
    var seed = 1
    var give = Give.areas

    /// Nothing varies.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "tree", \.tree, required: true,
          "Each aggregate with its parts, a list or a mapping of names to weights; or the path of a file that holds it."
        ),
        .init(
          "columns", \.columns, required: true, "The indicators of the tree, before treatment, with their directions."),
        .init("area", \.area, required: true, "The column of area codes."),
        .init("upwards", \.upwards, "What a higher index means; indicators that mean the other are turned around."),
        .init("treat", \.treat, "Whether outliers are treated as `treat` does by default; several choices vary it."),
        .init("normalise", \.normalise, "A scale as in `normalise`, min_max 1 to 100 by default; several vary it."),
        .init("combine", \.combine, "How parts become a whole on every level; several vary it."),
        .init("weights", \.noise, "Each weight is drawn evenly within this share around the tree's, 0 to 1."),
        .init("missing", \.missing, "How much must be present on every level."),
        .init("replicates", \.replicates, "How many draws; for `assumptions` times the assumptions that vary and two."),
        .init("level", \.level, "What share of the draws an interval holds."),
        .init("seed", \.seed, "The seed of the draws."),
        .init("give", \.give, "A row an area: how certain its rank is; or a row an assumption: how much hangs on it."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "perturb",
    summary: "Says how much the ranks of an index hang on treatment, scale, aggregation and weights.",
    details: """
      The first choice of each list is the index as it is; each draw takes one of each. Draws are points of Sobol's sequence, \
      shifted by the seed. Rank 1 is the highest index, ties share the smallest.

      `areas` gives the area, `score`, `rank` (as it is), `rank_mean`, `rank_median`, `rank_low`, `rank_high` (quantiles of type \
      7 over the draws) and `rank_shift` (mean distance of a draw's rank from the rank as it is). An area without a score in \
      any draw is `insufficient`.

      `assumptions` gives `assumption` (treat, normalise, combine, weights: those that vary) and its share of the variance of y, \
      the mean distance of a draw's ranks from those of the index as it is: `first` (alone) and `total` (with all \
      interactions), each with `_low` and `_high` from resampled draws, and `variance` of y. Centred estimators of Saltelli \
      (2010) and Jansen (1999). Chance may put an estimate a little outside 0 to 1.

      The result is the same for any number of threads. It measures the builder's choices, not the error of the data: for \
      that see `simulate`.
      """,
    example: """
      - id: robustness
        uses: perturb
        from: indicators
        area: area_code
        tree: profiles/tree.yml
        columns: {income: higher_is_better, crime_per_1000: higher_is_worse}
        treat: [true, false]
        normalise: [{method: min_max, range: [1, 100]}, {method: percentile_rank}]
        combine: [arithmetic, geometric]
        weights: 0.25
      """)

  private let options: Options
  private let tree: IndicatorTree
  private let methods: [NormalisationMethod]

  /// A perturbation with its tree read and checked.
  public init(options: Options, context: RunContext) throws(SpecError) {
    self.options = options
    guard let tree = options.tree else { throw SpecError(SourcePosition(file: ""), "perturb needs a \"tree\"") }
    let place = tree.position
    self.tree = try tree.tree(context)
    guard self.tree.parents.count(where: { $0 == nil }) == 1 else {
      throw SpecError(place, "the tree needs one index at its top")
    }
    guard options.replicates >= 1, options.seed >= 0, options.level > 0, options.level < 1,
      (0..<1).contains(options.noise)
    else {
      throw SpecError(
        place,
        "\"replicates\" must be 1 or more, \"seed\" 0 or more, \"level\" between 0 and 1, \"weights\" 0 or more and below 1"
      )
    }
    guard !options.treat.isEmpty, !options.combine.isEmpty else {
      throw SpecError(place, "\"treat\" and \"combine\" need a choice")
    }
    if options.combine.contains(where: { $0 == .ordered || $0 == .power || $0 == .exponential }) {
      throw SpecError(
        place, "\"combine\" takes methods without numbers of their own here: not ordered, power, exponential")
    }
    for name in self.tree.indicators where options.columns[name.text] == nil {
      throw SpecError(name.position, "\"columns\" does not name the indicator \"\(name)\"")
    }
    for entry in options.columns.entries where !self.tree.indicators.contains(where: { $0.text == entry.key }) {
      throw SpecError(
        entry.position,
        "\"\(entry.key)\" is no indicator of the tree" + didYouMean(entry.key, among: self.tree.indicators.map(\.text)))
    }
    var methods: [NormalisationMethod] = []
    for scale in options.normalise { methods.append(try scale.scale.resolved(at: place)) }
    self.methods = methods.isEmpty ? [.minMax(low: 1, high: 100)] : methods
    if options.give == .assumptions, PerturbDraws.assumptions(options, self.methods.count).isEmpty {
      throw SpecError(
        place, "nothing varies: give two choices of \"treat\", \"normalise\" or \"combine\", or \"weights\"")
    }
  }

  /// The indicators and the area.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [Set(options.columns.keys + [options.area.text])]
  }

  private func figures(_ sources: [Field]) -> [Field] {
    func number(_ name: String, _ unit: String, _ label: String, _ decimals: Int) -> Field {
      .figure(name, unit, label, decimals: decimals, from: sources)
    }
    switch options.give {
    case .areas:
      return [
        number("score", "points", "Index as it is", 2), number("rank", "rank", "Rank as it is", 0),
        number("rank_mean", "rank", "Mean rank of the draws", 1), number("rank_median", "rank", "Median rank", 1),
        number("rank_low", "rank", "Low end of the ranks", 1), number("rank_high", "rank", "High end of the ranks", 1),
        number("rank_shift", "ranks", "Mean distance from the rank as it is", 2),
      ]
    case .assumptions:
      return [
        number("first", "share", "Share of the variance alone", 3), number("first_low", "share", "Low end", 3),
        number("first_high", "share", "High end", 3), number("total", "share", "Share with all interactions", 3),
        number("total_low", "share", "Low end", 3), number("total_high", "share", "High end", 3),
        number("variance", "", "Variance of the mean distance", 4),
      ]
    }
  }

  /// The area or the assumption, and the figures.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let area = try inputs[0].field(at: options.area)
    var sources: [Field] = []
    for entry in options.columns.entries {
      sources.append(try inputs[0].numericField(at: Located(entry.key, at: entry.position)))
    }
    let key = options.give == .areas ? area.asKey : Field("assumption", .string, role: .key)
    let fields = [key] + figures(sources)
    do throws(TabularError) { return try Schema(fields) } catch { throw SpecError(options.area.position, "\(error)") }
  }

  /// The figures.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let schema = try promised([table.schema])
    let draws = PerturbDraws(tree, options, try variants(table, context))
    var rows = MeasureRows(figures([]))
    let key: Column
    switch options.give {
    case .areas:
      for figures in draws.areas(context) { rows.append(figures, reason: MissingReason.insufficient.rawValue) }
      key = try table.columns(named: [options.area.text])[0]
    case .assumptions:
      for figures in draws.indices(context) { rows.append(figures, reason: MissingReason.undefined.rawValue) }
      key = .texts(draws.assumptions.map(\.rawValue))
    }
    let columns = [key] + rows.columns
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: columns) }
  }

  /// The indicators under each choice of treatment and then of scale.
  private func variants(_ table: Table, _ context: RunContext) throws(TransformError) -> [ValueMatrix] {
    let names = tree.indicators.map(\.text)
    let columns = try table.columns(named: names)
    let cells = try GroupedCells(table, by: [])
    let turns = names.map { options.columns[$0] != options.upwards }
    return options.treat.flatMap { treats in
      let treated =
        !treats
        ? columns
        : context.gather(columns.count) { i in
          cells.changing(columns[i]) { list, _ in
            _ = OutlierTreatment().apply(list)
            return true
          }
        }
      return methods.map { method in
        let scaled = context.gather(columns.count) { i in
          let workspace = RankWorkspace()
          return cells.changing(treated[i]) { list, _ in
            NormalisationScale.place(list, method, turns: turns[i], workspace: workspace)
          }
        }
        let matrix = ValueMatrix(rows: table.rowCount, columns: names.count)
        for (place, column) in scaled.enumerated() { matrix.fill(place, with: column) }
        return matrix
      }
    }
  }
}
