public import PipelineKit
import Synchronization
public import Tabular

/// Puts indicators on a common scale.
public struct Normalise: Transform {
  enum Method: String, OptionChoice {
    case zScore = "z_score"
    case minMax = "min_max"
    case rank
    case percentileRank = "percentile_rank"
  }

  enum Divisor: String, OptionChoice {
    case population, sample
  }

  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var columns = OrderedMap<DirectionOption>()
    var method = Method.zScore
    var divisor = Divisor.population
    var by: [Located] = []
    var prefix = "z_"
    var range = [0.0, 100.0]

    /// The defaults.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "columns", \.columns, required: true, "The columns and their directions; higher_is_better is turned around."),
        .init("method", \.method, "z-score, min-max, rank (1 = lowest), or percentile rank (r - 1)/(n - 1)."),
        .init("standard_deviation", \.divisor, "Whether the standard deviation of a z-score divides by n or by n - 1."),
        .init("by", \.by, "Columns within whose groups the scale is taken, for example the period."),
        .init("prefix", \.prefix, "What the new columns' names begin with."),
        .init("range", \.range, "Where min-max puts the lowest and the highest value."),
      ]
    }
  }

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "normalise", summary: "Put indicators on a common scale within each period: z-scores, min-max or ranks.",
    details: """
      With v = value, or minus the value where higher is better, so that higher is worse in every new column: z-score
      (v - mean)/sd; min-max (v - min)/(max - min)(u - l) + l for the range [l, u]; rank, 1 the lowest v, with ties at their
      mean; percentile rank (r - 1)/(n - 1) with ties at the smallest rank r. Each is taken within the rows that share the
      values of `by`, or within the whole table.

      Missing cells stay missing for their reason and do not count; so do rows of which a `by` is missing, for its reason. A
      group without spread has no z-score and no min-max, a group of one no percentile rank and no sample deviation: missing,
      `undefined`. OECD/JRC handbook, step 5.
      """,
    example: """
      - id: scaled
        uses: normalise
        from: indicators
        by: [year]
        columns: {low_income_pct: higher_is_worse, employment_pct: higher_is_better}
      """)

  private let options: Options

  /// A transform with its options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    self.options = options
    guard options.range.count == 2, options.range[0] < options.range[1],
      (options.range[1] - options.range[0]).isFinite
    else {
      throw SpecError(
        options.columns.entries.first?.position ?? SourcePosition(file: ""), "\"range\" takes two rising numbers")
    }
  }

  /// The columns, the groups and what passes through.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    guard let needed else { return [nil] }
    let made = Set(options.columns.keys.map { options.prefix + $0 })
    let wanted = Set(options.columns.keys + options.by.map(\.text)).union(needed.subtracting(made))
    return [atLeastOne(wanted, of: inputs[0])]
  }

  /// The input's columns and the normalised ones.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let input = inputs[0]
    for column in options.by { _ = try input.field(at: column) }
    for entry in options.columns.entries {
      _ = try input.numericField(at: Located(entry.key, at: entry.position))
    }
    do throws(TabularError) { return try Schema(input.fields + newFields(input)) } catch {
      throw SpecError(options.columns.entries[0].position, "\(error); choose another \"prefix\"")
    }
  }

  private func newFields(_ input: Schema) -> [Field] {
    let (unit, decimals): (String, Int?) =
      switch options.method {
      case .zScore: ("standard deviations", nil)
      case .minMax: ("points", nil)
      case .rank: ("rank", 1)
      case .percentileRank: ("share", nil)
      }
    return options.columns.keys.compactMap { input[$0] }.map { field in
      Field(
        options.prefix + field.name, .float64, unit: unit, label: field.label, direction: .higherIsWorse,
        decimals: decimals, origins: field.origins)
    }
  }

  /// The output; columns are scaled side by side.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let keys = try table.columns(named: options.by.map(\.text))
    let columns = try table.columns(named: options.columns.keys)
    let groups = Grouping(by: keys, rowCount: table.rowCount).rows
    let keyReasons = firstReasons(keys, rowCount: table.rowCount)
    let results = Mutex([Column?](repeating: nil, count: columns.count))
    context.parallel(columns.count) { [columns] i in
      let scaler = Scaler(
        options: options, direction: options.columns.entries[i].value, groups: groups, keyReasons: keyReasons)
      let scaled = scaler.scale(columns[i])
      results.withLock { $0[i] = scaled }
    }
    let made = results.withLock { $0.compactMap { $0 } }
    return try table.appending(newFields(table.schema), made)
  }
}
