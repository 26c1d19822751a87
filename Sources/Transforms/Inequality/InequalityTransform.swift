public import PipelineKit
internal import Statistics
public import Tabular

/// How unequally a number is spread over the areas of each group.
public struct InequalityTransform: Transform {
  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var column = Located("", at: SourcePosition(file: ""))
    var by: [Located] = []
    var weight: Located?
    var groups: Located?

    /// Unweighted, over the whole table.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("column", \.column, required: true, "The numbers, 0 or more."),
        .init("by", \.by, "One row for each combination of these columns' values."),
        .init("weight", \.weight, "Weights, for example inhabitants; without it every row counts once."),
        .init("groups", \.groups, "Splits Theil's T and L into parts within and between the groups of this column."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "inequality",
    summary: "Measures how unequally a number is spread: Gini, Theil, Atkinson, Wolfson, P90/P10.",
    details: """
      One row a group with, for a column named `mdi`: `mdi_areas` (rows with a number), `mdi_mean`, `mdi_deviation` (divided \
      by n), `mdi_gini`, `mdi_theil_t`, `mdi_theil_l`, `mdi_atkinson_half` (epsilon 0.5), `mdi_p90_p10`, `mdi_wolfson`; with \
      `groups` also `mdi_theil_t_within`, `mdi_theil_t_between`, `mdi_theil_l_within` and `mdi_theil_l_between`, which sum to \
      the whole. The deviation, Gini, Theil and Atkinson are weighted when a weight is given; P90/P10 (quantiles of type 7) \
      and Wolfson's polarisation never are.

      A row without the number or the weight takes no part. A measure that does not exist (no rows, a sum of 0, a \
      logarithm of 0) is `insufficient`. Formulas: the methods pages.
      """,
    example: """
      - {id: spread, uses: inequality, from: scores, column: mdi, by: [year], weight: inhabitants}
      """)

  private let options: Options

  /// A measure with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) { self.options = options }

  private var figures: GroupFigures {
    let name = options.column.text
    var fields = [Field(name + "_areas", .int64, unit: "areas", decimals: 0)]
    var measures = ["mean", "deviation", "gini", "theil_t", "theil_l", "atkinson_half", "p90_p10", "wolfson"]
    if options.groups != nil {
      measures += ["theil_t_within", "theil_t_between", "theil_l_within", "theil_l_between"]
    }
    for measure in measures {
      fields.append(
        Field("\(name)_\(measure)", .float64, decimals: measure == "mean" || measure == "deviation" ? 1 : 3))
    }
    return GroupFigures(by: options.by, fields: fields)
  }

  /// The keys, the number, the weight and the groups.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    let named = options.by + [options.column] + [options.weight, options.groups].compactMap { $0 }
    return [Set(named.map(\.text))]
  }

  /// The keys and the measures.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    for column in [options.column] + [options.weight].compactMap({ $0 }) { _ = try inputs[0].numericField(at: column) }
    if let groups = options.groups { _ = try inputs[0].field(at: groups) }
    return try figures.schema(for: inputs[0])
  }

  /// One row a group.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    var columns = [try NumberColumn(table, options.column.text)]
    if let weight = options.weight { columns.append(try NumberColumn(table, weight.text)) }
    let groups = try options.groups.map { name throws(TransformError) in try RowGroups(table, by: [name]).codes }
    return try figures.table(table) { rows in
      let kept = rows.filter { (groups?[$0] ?? 0) >= 0 }
      let numbers = PairedNumbers(columns, kept)
      let values = numbers.lists[0]
      let weights = options.weight == nil ? nil : numbers.lists[1]
      let spread = Spread(values, weights: weights)
      var result: [Double?] = [
        Double(values.count), spread?.mean, spread?.deviation(), Inequality.gini(values, weights: weights),
        Inequality.theilT(values, weights: weights), Inequality.theilL(values, weights: weights),
        Inequality.atkinson(values, weights: weights, epsilon: 0.5), Inequality.percentileRatio(values),
        Inequality.wolfson(values),
      ]
      if let groups {
        let own = numbers.rows.map { Int(groups[$0]) }
        for alpha in [1.0, 0] {
          let split = EntropyDecomposition(values, groups: own, weights: weights, alpha: alpha)
          result += [split?.within, split?.between]
        }
      }
      return result
    }
  }
}
