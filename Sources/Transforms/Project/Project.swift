public import PipelineKit
internal import Statistics
public import Tabular

/// Carries each series on along its trend.
public struct Project: Transform {
  enum Method: String, OptionChoice {
    case linear, ar1

    var method: ProjectionMethod { self == .linear ? .linear : .autoregressive }
  }

  /// The options of `project`.
  public struct Options: PluginOptions {
    var by: [Located] = []
    var period = Located("", at: SourcePosition(file: ""))
    var value = Located("", at: SourcePosition(file: ""))
    var until = 0
    var target: Double?
    var method = Method.linear
    var draws = 999
    var block = 2
    var level = 0.9
    var seed = 1
    var breaks: [BreakOption] = []

    /// A straight line.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("by", \.by, required: true, "The columns that tell the series apart, for example the area."),
        .init("period", \.period, required: true, "The column of the period, a whole number such as the year."),
        .init("value", \.value, required: true, "The values to carry on."),
        .init("until", \.until, required: true, "The last period to give."),
        .init("target", \.target, "The value to reach."),
        .init("method", \.method, "A straight line, or a trend with first-order autoregressive deviations."),
        .init("draws", \.draws, "How many bootstrap draws make the bands."),
        .init("block", \.block, "How many residuals in a row are drawn together."),
        .init("level", \.level, "The level of the bands."),
        .init("seed", \.seed, "The seed of the draws; each series has a stream of its own."),
        .init("breaks", \.breaks, "Periods from which the series is measured otherwise."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "project",
    summary: "Carries each series on along its trend, with bands, and says when it reaches a target.",
    details: """
      One row for each series and period after its last one, to `until`. `value` keeps its name and is what the trend \
      gives; `<value>_lower` and `<value>_upper` are the band, by a block bootstrap of the residuals: it holds the \
      uncertainty of the trend and the scatter of single periods. `<value>_slope` is the trend's change a period.

      With a `target`: `years_to_target` from the last observed period to where the trend meets it, 0 when it is reached \
      already (of a column that says whether more is better: when the last value is as good), and missing (`undefined`) \
      when the trend leads away; `years_to_target_lower` and `_upper` over the draws, \
      missing where the draws beyond never arrive; `target_share_pct` is the share of draws that ever do.

      A missing value is left out. A break of the series without a bridge ends it: the trend takes the last stretch. A \
      series of fewer than 3 observations (5 for `ar1`, which also cannot have gaps) has rows without values, \
      `insufficient`. This carries the past on: it is no forecast of what policy does.
      """,
    example: """
      - id: outlook
        uses: project
        from: scores
        by: [area_code]
        period: year
        value: mdi
        until: 2040
        target: 40
      """)

  private static let longest = 1_000

  private let options: Options
  private let breaks: SeriesBreaks

  /// Projections with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    let place = options.value.position
    guard options.until.magnitude < 1_000_000_000 else {
      throw SpecError(place, "\"until\" is \(options.until); \(periodRule)")
    }
    guard options.draws > 0 && options.block > 0 else {
      throw SpecError(place, "\"draws\" and \"block\" take 1 or more")
    }
    guard options.level > 0, options.level < 1 else {
      throw SpecError(place, "\"level\" is \(options.level), expected a number between 0 and 1")
    }
    self.options = options
    breaks = try options.breaks.checked(at: place)
  }

  /// The columns of the series, whatever is wanted.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [Set(options.by.map(\.text) + [options.period.text, options.value.text])]
  }

  /// The keys, the period and the figures.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    var fields: [Field] = []
    for name in options.by + [options.period] {
      var field = try inputs[0].field(at: name)
      field.role = .key
      fields.append(field)
    }
    let period = try inputs[0].numericField(at: options.period)
    guard period.type == .int64 else {
      throw SpecError(options.period.position, "column \"\(period.name)\" is float64; a period is a whole number")
    }
    fields += figures(try inputs[0].numericField(at: options.value))
    do throws(TabularError) { return try Schema(fields) } catch { throw SpecError(options.value.position, "\(error)") }
  }

  private func figures(_ value: Field) -> [Field] {
    let name = value.name
    var fields = [name, name + "_lower", name + "_upper", name + "_slope"].map { name in
      var field = value
      field.name = name
      field.type = .float64
      field.role = .measure
      return field
    }
    if options.target != nil {
      for name in ["years_to_target", "years_to_target_lower", "years_to_target_upper", "target_share_pct"] {
        fields.append(
          Field(
            name, .float64, unit: name == "target_share_pct" ? "%" : "years",
            decimals: name == "target_share_pct" ? 0 : 1,
            origins: value.origins))
      }
    }
    return fields
  }

  /// One row a series and future period.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let series = try SeriesRows(table, by: options.by, period: options.period, context: context)
    let values = try NumberColumn(table, options.value.text)
    guard let field = table.schema[options.value.text] else { throw TransformError("a column went missing") }
    var output = MeasureRows(figures(field))
    var groups: [Int32] = []
    var periods: [Int64] = []
    for (group, rows) in series.rows.enumerated() {
      let all = rows.filter { values.isPresent($0) }
      guard let lastRow = all.last else { continue }
      let last = series.periods.values[lastRow]
      let kept = all.filter { breaks.segment(of: series.periods.values[$0]) == breaks.segment(of: last) }
      if kept.count < all.count, let item = breaks.between(series.periods.values[all[0]], last) {
        let name = keyText(options.by.map(\.text), series.keys, row: group)
        context.note("\(name): the projection starts at the break of \(Int(item.time))\(options.breaks.note(item))")
      }
      let times = kept.map { series.periods.values[$0] }
      let horizon = max(0, options.until - Int(last))
      guard horizon <= Self.longest else {
        throw TransformError(
          "\(keyText(options.by.map(\.text), series.keys, row: group)): from \(Int(last)) to \(options.until) are "
            + "\(horizon) periods; a projection has at most \(Self.longest)")
      }
      let projection = TrendProjection(
        times: times, values: zip(kept, times).map { breaks.bridged(values.values[$0], at: $1) },
        method: options.method.method, horizon: horizon, target: options.target, draws: options.draws,
        block: options.block, level: options.level, seed: UInt64(bitPattern: Int64(options.seed)) &+ UInt64(group) << 32
      )
      let isReached =
        options.target.map {
          field.direction?.reaches($0, with: breaks.bridged(values.values[lastRow], at: last)) ?? false
        } ?? false
      for step in 0..<horizon {
        groups.append(Int32(group))
        periods.append(Int64(last) + Int64(step + 1))
        guard let projection else {
          output.append(missing: MissingReason.insufficient.rawValue)
          continue
        }
        let point = projection.points[step]
        var cells: [Double?] = [point.value, point.lower, point.upper, projection.slope]
        if options.target != nil {
          let arrival = projection.arrival
          cells +=
            isReached
            ? [0, 0, 0, 100] : [arrival?.years, arrival?.lower, arrival?.upper, arrival.map { 100 * $0.share }]
        }
        output.append(cells)
      }
    }
    let schema: Schema
    do { schema = try outputSchema(for: [table.schema]) } catch { throw TransformError(error.description) }
    let columns = series.keys.map { $0.gathering(groups) } + [.int64(Int64Column(periods))] + output.columns
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: columns) }
  }
}

extension Direction {
  /// Whether a value is as good as a target, or better.
  fileprivate func reaches(_ target: Double, with value: Double) -> Bool {
    self == .higherIsBetter ? value >= target : value <= target
  }
}
