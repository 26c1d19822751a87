public import PipelineKit
internal import Statistics
public import Tabular

/// Puts indicators on a common scale.
public struct Normalise: Transform {
  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var columns = OrderedMap<IndicatorScale>()
    var scale = ScaleOptions()
    var by: [Located] = []
    var base = OrderedMap<Located>()
    var prefix = "z_"
    var upwards = DirectionOption.higherIsWorse

    /// The defaults.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "columns", \.columns, required: true,
          "The columns with their directions, or a mapping with direction, method and the numbers of the method."),
        .init("by", \.by, "Columns within whose groups the scale is taken, for example the period."),
        .init(
          "base", \.base,
          "Column and value of the rows that the scale is learnt from, for example a base year; the others are put on it."
        ),
        .init("prefix", \.prefix, "What the new columns' names begin with; nothing changes the columns themselves."),
        .init(
          "upwards", \.upwards,
          "What higher means in the new columns; indicators that mean the other are turned around."),
      ] + ScaleOptions.declaration(at: \.scale)
    }
  }

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "normalise",
    summary: "Put indicators on a common scale, per period or over all: z-scores, min-max, ranks and more.",
    details: """
      With v = value, or minus the value where the direction is not that of `upwards`, n values, and r the rank of v, 1 the
      lowest:

      - `z_score`: (v - mean)/sd times `deviation` plus `mean`
      - `min_max`: (v - min)/(max - min)(u - l) + l for `range: [l, u]`
      - `scaled`: (v - l)/(u - l) times `factor`, l and u given as `low` and `high`; `goalposts`: the same, put on the ends
      - `rank`: r; `borda`: r - 1; `percentile_rank`: (r - 1)/(n - 1); `normal_score`: the standard normal number of r
      - `distance_to_maximum`: 1 - (max - v)/(max - min); `distance_to_reference`: the same with `reference` for max;
        `distance_to_target`: (v - min)/(target - min)
      - `fraction_of_maximum`: v/max, or turned around min/value; only for values above 0
      - `adjusted`: 60 (v - a)/(b - a) + 70 with a, b = `reference` -+ (max - min)/2, for adjusted Mazziotta-Pareto
      - `categorical`, `quantile_classes`: the score of the class of v, classes closed on the right

      Each is taken within the rows that share the values of `by`: `by: [year]` gives every year its own scale, nothing
      one scale for all years. With `base` the scale is learnt from those rows alone and the others may lie outside its
      ends; a rank then counts the base's values below, and ties are min, avg or max. A column may have a method of its own.

      Missing cells stay missing for their reason and do not count; so do rows of which a `by` is missing, for its reason. A
      group without spread has no z-score and no min-max, a group of one no percentile rank and no sample deviation: missing,
      `undefined`; so is a group without a value in the base. OECD/JRC handbook, step 5; names and formulas follow COINr 1.1.14.
      """,
    example: """
      - id: scaled
        uses: normalise
        from: indicators
        by: [year]
        columns:
          low_income_pct: higher_is_worse
          employment_pct: {direction: higher_is_better, method: goalposts, low: 40, high: 80}
      """)

  private let options: Options
  private let methods: [NormalisationMethod]
  private let made: MadeColumns

  /// A transform with its options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    self.options = options
    let entries = options.columns.entries
    made = MadeColumns(sources: entries.map { Located($0.key, at: $0.position) }, prefix: options.prefix)
    try made.check(at: SourcePosition(file: ""))
    var methods: [NormalisationMethod] = []
    for entry in entries {
      let scale = entry.value.scale.over(options.scale)
      if !options.base.entries.isEmpty, scale.ties == .dense || scale.ties == .ordinal {
        throw SpecError(entry.position, "ties in a base are min, avg or max: dense and ordinal number one set only")
      }
      methods.append(try scale.resolved(at: entry.position))
    }
    self.methods = methods
  }

  /// The columns, the groups and what passes through.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [made.needed(needed, others: options.by.map(\.text) + options.base.keys, of: inputs[0])]
  }

  /// The input's columns and the normalised ones.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let input = inputs[0]
    for column in options.by { _ = try input.field(at: column) }
    for entry in options.base.entries {
      try CellLiteral.check(entry.value, in: try input.field(at: Located(entry.key, at: entry.position)))
    }
    var fields: [Field] = []
    for (source, entry) in zip(made.sources, options.columns.entries) {
      let field = try input.numericField(at: source)
      let (unit, decimals) = (entry.value.scale.over(options.scale).method ?? .zScore).unit
      fields.append(
        Field(
          options.prefix + field.name, .float64, unit: unit, label: field.label,
          direction: options.upwards == .higherIsWorse ? .higherIsWorse : .higherIsBetter, decimals: decimals,
          origins: field.origins))
    }
    return try made.schema(input, fields)
  }

  /// The output; columns are scaled side by side.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let schema = try promised([table.schema])
    let columns = try table.columns(named: options.columns.keys)
    let cells = try GroupedCells(table, by: options.by)
    let base = try baseRows(table)
    let results = context.gather(columns.count) { [columns] i in
      let turns = options.columns.entries[i].value.direction != options.upwards
      let method = methods[i]
      let workspace = RankWorkspace()
      return cells.changing(columns[i]) { list, rows in
        guard let base else { return NormalisationScale.place(list, method, turns: turns, workspace: workspace) }
        let learnt = list.indices.filter { base[Int(rows[$0])] }.map { list[$0] }
        let scale = learnt.withUnsafeBufferPointer {
          NormalisationScale(method, turns: turns, learning: $0, workspace: workspace)
        }
        scale?.apply(list, isBase: false, workspace: workspace)
        return scale != nil
      }
    }
    return try made.table(table, schema, results)
  }

  /// For each row whether the scale is learnt from it; nil without a base.
  private func baseRows(_ table: Table) throws(TransformError) -> [Bool]? {
    var result: [Bool]?
    for entry in options.base.entries {
      let column = try table.columns(named: [entry.key])[0]
      let rows = CellLiteral.rows(of: column, equalTo: entry.value.text)
      guard table.rowCount == 0 || rows.contains(true) else {
        throw CellLiteral.absent(entry.value.text, from: entry.key, column)
      }
      result = result.map { zip($0, rows).map { $0 && $1 } } ?? rows
    }
    return result
  }
}
