public import PipelineKit
internal import Statistics
public import Tabular

/// What each part of a score adds to its level, its change and its spread.
public struct Decompose: Transform {
  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var parts: [Located] = []
    var startSuffix = "_base"
    var weight: Located?
    var weightStart: Located?
    var by: [Located] = []

    /// Unweighted, one row for the whole table.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("parts", \.parts, required: true, "The parts of the score, which sum to it: its contributions."),
        .init(
          "start_suffix", \.startSuffix, "What follows a part's name in the column of its value at the first moment."),
        .init("weight", \.weight, "Weights, for example inhabitants; without it every row counts once."),
        .init(
          "weight_start", \.weightStart,
          "The weights at the first moment; splits the change into what happened within areas and people's shift between "
            + "them."),
        .init("by", \.by, "One row for each combination of these columns' values."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "decompose",
    summary: "Splits level, change and spread of a score over its parts.",
    details: """
      One row a group over the areas that have every part at both moments: `areas`, `level` and `change` (weighted means of \
      the sum of the parts), `spread_start` and `spread_end` (its deviation, divided by the weight), and for each part \
      `<part>_level`, `<part>_change`, `<part>_spread_start_pct`, `<part>_spread_end_pct` (100 Cov(part, sum) / Var(sum), \
      Shorrocks' natural decomposition, which sum to 100) and `<part>_spread_change` (the difference of Cov / deviation at \
      both moments: they sum to the change of the deviation). Levels and changes of the parts sum to those of the whole. \
      With `weight_start` the first moment has its own weights, and `change_within` (sum of mean share times change of level) and \
      `change_between` (sum of mean level times change of share; means over both moments, Kitagawa 1955) sum to `change`; those \
      of the parts sum to it as well. Accounting, not cause. Figures that do not exist are `insufficient`.
      """,
    example: """
      - id: why
        uses: decompose
        from: scores
        parts: [mdi_contribution_means, mdi_contribution_health]
        weight: inhabitants
        by: [gemeente_code]
      """)

  private let options: Options

  /// A decomposition with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    if let start = options.weightStart, options.weight == nil {
      throw SpecError(start.position, "\"weight_start\" needs \"weight\", the weights at the last moment")
    }
    self.options = options
  }

  private var weights: [Located] { [options.weight, options.weightStart].compactMap { $0 } }

  private var starts: [Located] { options.parts.map { Located($0.text + options.startSuffix, at: $0.position) } }

  private var figures: GroupFigures {
    var fields = [Field("areas", .int64, unit: "areas", decimals: 0)]
    func add(_ name: String, _ unit: String) { fields.append(Field(name, .float64, unit: unit, decimals: 1)) }
    for name in ["level", "change", "spread_start", "spread_end"] { add(name, "points") }
    for part in options.parts {
      add("\(part)_level", "points")
      add("\(part)_change", "points")
      add("\(part)_spread_start_pct", "%")
      add("\(part)_spread_end_pct", "%")
      add("\(part)_spread_change", "points")
    }
    if options.weightStart != nil {
      add("change_within", "points")
      add("change_between", "points")
    }
    return GroupFigures(by: options.by, fields: fields)
  }

  /// The keys, the parts at both moments and the weight.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [Set((options.by + options.parts + starts + weights).map(\.text))]
  }

  /// The keys and the shares.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    for column in options.parts + starts + weights {
      _ = try inputs[0].numericField(at: column)
    }
    return try figures.schema(for: inputs[0])
  }

  /// One row a group.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let count = options.parts.count
    var columns: [NumberColumn] = []
    for name in options.parts + starts + weights {
      columns.append(try NumberColumn(table, name.text))
    }
    return try figures.table(table) { rows in
      let numbers = PairedNumbers(columns, rows)
      let (end, start) = (Array(numbers.lists[..<count]), Array(numbers.lists[count..<(2 * count)]))
      let weights = options.weight == nil ? nil : numbers.lists[2 * count]
      let before = options.weightStart == nil ? weights : numbers.lists[2 * count + 1]
      guard let last = CovarianceShares(parts: end, weights: weights),
        let first = CovarianceShares(parts: start, weights: before)
      else { return [Double(numbers.rows.count)] + [Double?](repeating: nil, count: figures.fields.count - 1) }
      let levels = end.map { Spread($0, weights: weights)?.mean ?? 0 }
      let changes = zip(levels, start).map { $0 - (Spread($1, weights: before)?.mean ?? 0) }
      let (spreadBefore, spreadAfter) = (first.variance.squareRoot(), last.variance.squareRoot())
      var result: [Double?] = [
        Double(numbers.rows.count), levels.reduce(0, +), changes.reduce(0, +), spreadBefore, spreadAfter,
      ]
      for part in 0..<count {
        let own =
          spreadAfter > 0 && spreadBefore > 0
          ? last.covariances[part] / spreadAfter - first.covariances[part] / spreadBefore : nil
        result += [
          levels[part], changes[part], first.shares.map { 100 * $0[part] }, last.shares.map { 100 * $0[part] }, own,
        ]
      }
      if let before, let weights, options.weightStart != nil {
        func sums(_ parts: [[Double]]) -> [Double] {
          numbers.rows.indices.map { row in parts.reduce(0) { $0 + $1[row] } }
        }
        let split = ChangeSplit(levels: sums(start), sums(end), people: before, weights)
        result += [split?.within, split?.between]
      }
      return result
    }
  }
}
