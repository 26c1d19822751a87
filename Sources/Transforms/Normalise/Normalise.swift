public import PipelineKit
import Statistics
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
        .init("columns", \.columns, required: true, "The columns and their directions; higher_is_better is turned around."),
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
      With v = value, or minus the value where higher is better: z-score (v - mean)/sd; min-max
      (v - min)/(max - min)(u - l) + l; rank, ascending with ties at their mean; percentile rank (r - 1)/(n - 1) with ties at
      the smallest. Missing cells stay missing for their reason and do not count. A group without spread has no z-score and no
      min-max, a group of one no percentile rank: missing, `undefined`. OECD/JRC handbook, step 5.
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
    guard options.range.count == 2, options.range[0] < options.range[1] else {
      throw SpecError(options.columns.entries.first?.position ?? SourcePosition(file: ""), "\"range\" takes two rising numbers")
    }
  }

  /// The columns, the groups and what passes through.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    guard let needed else { return [nil] }
    let made = Set(options.columns.keys.map { options.prefix + $0 })
    return [Set(options.columns.keys + options.by.map(\.text)).union(needed.subtracting(made))]
  }

  /// The input's columns and the normalised ones.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let input = inputs[0]
    for column in options.by where input[column.text] == nil {
      throw SpecError(column.position, "no column \"\(column)\"" + didYouMean(column.text, among: input.names))
    }
    var made: [Field] = []
    for entry in options.columns.entries {
      guard let field = input[entry.key] else {
        throw SpecError(entry.position, "no column \"\(entry.key)\"" + didYouMean(entry.key, among: input.names))
      }
      guard field.type.isNumeric else {
        throw SpecError(entry.position, "column \"\(entry.key)\" is \(field.type.rawValue), expected a number")
      }
      let unit: String =
        switch options.method {
        case .zScore: "standard deviations"
        case .minMax: "points"
        case .rank: "rank"
        case .percentileRank: "share"
        }
      made.append(
        Field(
          options.prefix + entry.key, .float64, unit: unit, label: field.label, direction: .higherIsWorse,
          origins: field.origins))
    }
    do throws(TabularError) { return try Schema(input.fields + made) } catch {
      throw SpecError(options.columns.entries[0].position, "\(error); choose another \"prefix\"")
    }
  }

  /// The output; columns are scaled side by side.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    do throws(TabularError) {
      var keys: [Column] = []
      for column in options.by { keys.append(try table.column(column.text)) }
      let grouping = Grouping(by: keys, rowCount: table.rowCount)
      let groups = grouping.rows
      var columns: [Column] = []
      for entry in options.columns.entries { columns.append(try table.column(entry.key)) }
      let results = Mutex([Column?](repeating: nil, count: columns.count))
      context.parallel(columns.count) { [columns] i in
        let sign = options.columns.entries[i].value == .higherIsWorse ? 1.0 : -1.0
        let scaled = scale(columns[i], sign, groups, grouping.count)
        results.withLock { $0[i] = scaled }
      }
      let made = results.withLock { $0.compactMap { $0 } }
      let schema: Schema
      do throws(SpecError) { schema = try outputSchema(for: [table.schema]) } catch {
        throw TabularError.schemaMismatch(error.description)
      }
      return try Table(schema: schema, columns: table.columns + made)
    } catch { throw TransformError(error.description) }
  }

  private func scale(_ column: Column, _ sign: Double, _ groups: Grouping.Rows, _ count: Int) -> Column {
    var values = column.doubles
    var reasons = column.missing?.reasons ?? [UInt8](repeating: 0, count: values.count)
    let workspace = RankWorkspace()
    for group in 0..<count {
      let rows = groups[group].filter { reasons[Int($0)] == 0 }
      if rows.isEmpty { continue }
      let list = rows.map { sign * values[Int($0)] }
      guard let scaled = scaled(list, workspace) else {
        for row in rows {
          values[Int(row)] = 0
          reasons[Int(row)] = MissingReason.undefined.rawValue
        }
        continue
      }
      for (i, row) in rows.enumerated() { values[Int(row)] = scaled[i] }
    }
    return .float64(Float64Column(values, missing: MissingMask(reasons: reasons)))
  }

  /// The values of one group on the new scale, or nil when the group has none.
  private func scaled(_ list: [Double], _ workspace: RankWorkspace) -> [Double]? {
    var result = [Double](repeating: 0, count: list.count)
    let isDefined = list.withUnsafeBufferPointer { list in
      result.withUnsafeMutableBufferPointer { result in
        let moments = Moments(ValueView(list))
        switch options.method {
        case .zScore:
          return StandardScores.apply(
            ValueView(list), moments: moments, divisor: options.divisor == .population ? .population : .sample, into: result)
        case .minMax:
          guard let low = moments.minimum, let high = moments.maximum, low < high else { return false }
          for i in list.indices {
            result[i] = (list[i] - low) / (high - low) * (options.range[1] - options.range[0]) + options.range[0]
          }
        case .rank: workspace.rank(list, ties: .average, direction: .ascending, into: result)
        case .percentileRank:
          guard list.count > 1 else { return false }
          workspace.rank(list, ties: .minimum, direction: .ascending, into: result)
          for i in list.indices { result[i] = (result[i] - 1) / Double(list.count - 1) }
        }
        return true
      }
    }
    return isDefined ? result : nil
  }
}
