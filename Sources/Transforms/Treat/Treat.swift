public import PipelineKit
internal import Statistics
public import Tabular

/// Pulls in outliers that would rule an indicator.
public struct Treat: Transform {
  enum Function: String, OptionChoice {
    case logCT = "log_ct"
    case logCTPlus = "log_ct_plus"
    case logCTOriginal = "log_ct_original"
    case logGII = "log_gii"
    case boxCox = "box_cox"
    case none
  }

  enum Give: String, OptionChoice {
    case values, report
  }

  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var columns: [Located] = []
    var by: [Located] = []
    var skewness = 2.0
    var kurtosis = 3.5
    var winsorise: Int? = 5
    var unlimited = false
    var transform = Function.logCT
    var lambda: Double?
    var shifts = true
    var combines = false
    var always = false
    var give = Give.values
    var prefix = ""

    /// COINr's defaults.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("columns", \.columns, required: true, "The indicators."),
        .init("by", \.by, "Treat within the rows that share these columns' values, for example a year."),
        .init("skewness", \.skewness, "An indicator passes when its absolute skewness is below this, or"),
        .init("kurtosis", \.kurtosis, "when its excess kurtosis is below this."),
        .init(
          "winsorise", \.winsorise,
          "Winsorising stops when so many points hold a value that is not their own; 0 goes straight to the transform."),
        .init("unlimited", \.unlimited, "Winsorise without that limit."),
        .init(
          "transform", \.transform, "What is done to an indicator that winsorising did not bring within the bounds."),
        .init("lambda", \.lambda, "box_cox: the power; the likeliest is estimated when it is not given."),
        .init("shift", \.shifts, "box_cox: take x - min + 1 even where all values are above 0."),
        .init("combine", \.combines, "Transform the winsorised values instead of the original ones."),
        .init("always", \.always, "Transform every indicator, whether it passes or not, without winsorising."),
        .init("give", \.give, "The table with the treated values, or a report with a row an indicator."),
        .init("prefix", \.prefix, "What new columns' names begin with; nothing changes the columns themselves."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "treat",
    summary: "Treats outliers: winsorises by the rule on skewness and kurtosis, then transforms.",
    details: """
      The two stages of COINr's `Treat` and of the COIN Tool. An indicator passes when |skewness| < 2 or kurtosis < 3.5 (both \
      adjusted for n, type 2). One that does not is winsorised: the points at its far end get the next value, one after the \
      other, until it passes or 5 points hold a value that is not their own; tied points move together. One that still does \
      not pass gets the transform, on its original values:

      - `log_ct`: ln(x - min + 0.01 (max - min)); `log_ct_plus`: mirrored for a long left tail
      - `log_ct_original`: ln(x - min + 1); `log_gii`: the Global Innovation Index's
      - `box_cox`: (x^lambda - 1)/lambda of x - min + 1, lambda given or the likeliest between -5 and 5

      None of them reverses the order of areas. Missing cells stay missing and do not count. Fewer than four values, or no \
      spread: nothing is done.

      `give: report` has a row an indicator (and group): `indicator`, `action` (`none`, `winsorised`, `transformed`, `both`, \
      `undefined`), `winsorised_high`, `winsorised_low` (points), `skewness_before`, `kurtosis_before`, `skewness_after`, \
      `kurtosis_after` and `passes` (1 or 0).

      Treatment alters data: an extreme that is true, and matters, is lowered too. Look at the report.
      """,
    example: """
      - {id: treated, uses: treat, from: indicators, by: [year], columns: [crime_per_1000, income]}
      """)

  private let options: Options
  private let made: MadeColumns
  private let treatment: OutlierTreatment

  /// A treatment with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    self.options = options
    let place = options.columns.first?.position ?? SourcePosition(file: "")
    made = MadeColumns(sources: options.columns, prefix: options.prefix)
    try made.check(at: place)
    guard options.skewness >= 0, (options.winsorise ?? 0) >= 0 else {
      throw SpecError(place, "\"skewness\" and \"winsorise\" must be 0 or more")
    }
    guard options.lambda == nil || options.transform == .boxCox else {
      throw SpecError(place, "\"lambda\" belongs to transform: box_cox")
    }
    guard !options.always || options.transform != .none else {
      throw SpecError(place, "\"always\" needs a transform")
    }
    let function: ValueTransform? =
      switch options.transform {
      case .logCT: .logCT
      case .logCTPlus: .logCTPlus
      case .logCTOriginal: .logCTOriginal
      case .logGII: .logGII
      case .boxCox:
        options.lambda.map { .boxCox(lambda: $0, shifts: options.shifts) } ?? .boxCoxEstimated(shifts: options.shifts)
      case .none: nil
      }
    treatment = OutlierTreatment(
      skewness: options.skewness, kurtosis: options.kurtosis,
      maximumPoints: options.unlimited ? nil : options.winsorise, transform: function, combines: options.combines)
  }

  /// The columns, the groups and what passes through.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    if options.give == .report { return [Set((options.columns + options.by).map(\.text))] }
    return [made.needed(needed, others: options.by.map(\.text), of: inputs[0])]
  }

  /// The input's columns and the treated ones, or the report's.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let input = inputs[0]
    for column in options.by { _ = try input.field(at: column) }
    var sources: [Field] = []
    for column in options.columns { sources.append(try input.numericField(at: column)) }
    if options.give == .report { return try reportSchema(input, sources) }
    return try made.schema(
      input,
      sources.map { field in
        var treated = field
        (treated.name, treated.type) = (options.prefix + field.name, .float64)
        return treated
      })
  }

  private func reportSchema(_ input: Schema, _ sources: [Field]) throws(SpecError) -> Schema {
    var keys: [Field] = []
    for name in options.by { keys.append(try input.field(at: name).asKey) }
    keys.append(Field("indicator", .string, role: .key))
    let all = keys + [Field("action", .string, label: "What was done")] + Self.figures(sources)
    do throws(TabularError) { return try Schema(all) } catch {
      throw SpecError(options.columns[0].position, "\(error)")
    }
  }

  private static func figures(_ sources: [Field]) -> [Field] {
    func number(_ name: String, _ unit: String, _ label: String, _ decimals: Int, type: ColumnType = .float64) -> Field
    {
      var field = Field.figure(name, unit, label, decimals: decimals, from: sources)
      field.type = type
      return field
    }
    return [
      number("winsorised_high", "points", "Points lowered", 0, type: .int64),
      number("winsorised_low", "points", "Points raised", 0, type: .int64),
      number("skewness_before", "", "Skewness before", 3), number("kurtosis_before", "", "Kurtosis before", 3),
      number("skewness_after", "", "Skewness after", 3), number("kurtosis_after", "", "Kurtosis after", 3),
      number("passes", "", "Within the bounds", 0, type: .int64),
    ]
  }

  /// What was done to one indicator in one group.
  private struct Done: Sendable {
    let row: Int32
    let result: OutlierTreatment.Summary
  }

  /// The treated values, or the report; columns are treated side by side.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let schema = try promised([table.schema])
    let columns = try table.columns(named: options.columns.map(\.text))
    let cells = try GroupedCells(table, by: options.by)
    let results = context.gather(columns.count) { [columns] i in
      var done: [Done] = []
      let column = cells.changing(columns[i]) { list, rows in
        done.append(Done(row: rows[0], result: treat(list)))
        return true
      }
      return (column, done)
    }
    if options.give == .values { return try made.table(table, schema, results.map(\.0)) }
    return try report(table, schema, results.map(\.1))
  }

  private func treat(_ list: UnsafeMutableBufferPointer<Double>) -> OutlierTreatment.Summary {
    options.always ? treatment.transform(list) : treatment.apply(list)
  }

  private func report(_ table: Table, _ schema: Schema, _ done: [[Done]]) throws(TransformError) -> Table {
    var rows = MeasureRows(Self.figures(made.sources.compactMap { table.schema[$0.text] }))
    var (places, names, actions): ([Int32], [String], [String]) = ([], [], [])
    for (name, groups) in zip(options.columns, done) {
      for group in groups {
        let result = group.result
        places.append(group.row)
        names.append(name.text)
        actions.append(result.action.rawValue)
        rows.append([
          Double(result.high), Double(result.low), result.before.skewness, result.before.kurtosis,
          result.after.skewness, result.after.kurtosis, result.passes.map { $0 ? 1 : 0 },
        ])
      }
    }
    let keys = try table.columns(named: options.by.map(\.text)).map { $0.gathering(places) }
    let columns = keys + [.texts(names), .texts(actions)] + rows.columns
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: columns) }
  }
}
