internal import Glibc
public import PipelineKit
internal import Statistics
public import Tabular

/// Describes each series by its change, its trend and its turning point.
public struct Trend: Transform {
  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "trend",
    summary: "Describes each series by its change, its trend and its turning point.",
    details: """
      One row a series. Values are those of `value`, or `factor` times value / exposure. A missing value or exposure is \
      left out of the series. With the prefix p of `into`:

      - `p_first_period`, `p_last_period`, `p_observations`, `p_first`, `p_last`: what there is.
      - `p_change`, `p_change_pct`: last minus first, and 100 (last / first - 1); `p_growth_pct`: the yearly growth \
      between them, 100 ((last / first)^(1 / years) - 1).
      - `p_trend_from`, `p_slope`, `p_slope_lower`, `p_slope_upper`: one straight trend.
      - `p_break`, `p_break_lower`, `p_break_upper`: the searched break of a trend of two pieces that meet there, with \
      its interval by profile likelihood; `p_before`, `p_after` the slopes on either side and `p_difference` theirs, \
      each with `_lower` and `_upper`; `p_turns` is 1 where the slopes have opposite signs; `p_gain` is BIC without \
      minus BIC with the break: not above 0, the data do not ask for one.
      - `p_minimum_period`, `p_maximum_period`: where the lowest and the highest value stand, the first of equals. The \
      turning point of a series that falls and then rises is its lowest value.

      Slopes of `poisson` and `gaussian_log` are in percent a period, 100 (e^b - 1), their difference is that of the \
      growth factors; of `linear` in the unit of the value. Intervals take the break as known; counts are allowed to \
      scatter more than a Poisson distribution does.

      **Breaks of the series.** Nothing crosses one silently. Values before a break with a `bridge` are multiplied by it. \
      At a break without one, change and growth are missing (`undefined`), the trend and the extremes take the last \
      stretch only (`p_trend_from` is its first period), and a note says so.

      A trend that cannot be fitted, for too few observations or values the model cannot take, is missing: \
      `insufficient` and `undefined`.
      """,
    example: """
      - id: crime_trend
        uses: trend
        from: crime
        by: [area_code]
        period: year
        value: violent_offences
        exposure: inhabitants
        factor: 1000
        model: poisson
        breaks: [{from: 2023, note: new classification of offences}]
      """)

  private let options: Options
  private let breaks: SeriesBreaks

  /// Trends with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    let place = options.value.position
    guard options.minimum >= 2 else { throw SpecError(place, "\"minimum\" is \(options.minimum), expected 2 or more") }
    guard options.level > 0, options.level < 1 else {
      throw SpecError(place, "\"level\" is \(options.level), expected a number between 0 and 1")
    }
    self.options = options
    breaks = try options.breaks.checked(at: place)
  }

  /// The columns of the series, whatever is wanted.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [
      Set(
        options.by.map(\.text) + [options.period.text, options.value.text] + (options.exposure.map { [$0.text] } ?? []))
    ]
  }

  /// The keys and the figures.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    var keys: [Field] = []
    for name in options.by {
      var field = try inputs[0].field(at: name)
      field.role = .key
      keys.append(field)
    }
    _ = try inputs[0].numericField(at: options.period)
    let value = try inputs[0].numericField(at: options.value)
    if let exposure = options.exposure { _ = try inputs[0].numericField(at: exposure) }
    do throws(TabularError) { return try Schema(keys + fields(value, inputs[0])) } catch {
      throw SpecError(options.value.position, "\(error)")
    }
  }

  /// One row a series.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let series = try SeriesRows(table, by: options.by, period: options.period, context: context)
    let values = try NumberColumn(table, options.value.text)
    let exposures = try options.exposure.map { name throws(TransformError) in try NumberColumn(table, name.text) }
    guard let value = table.schema[options.value.text] else { throw TransformError("a column went missing") }
    var output = MeasureRows(fields(value, table.schema))
    for (group, rows) in series.rows.enumerated() {
      let present = rows.filter { row in
        values.isPresent(row) && exposures.map { $0.isPresent(row) && $0.values[row] > 0 } ?? true
      }
      let times = present.map { series.periods.values[$0] }
      output.append(
        cells(
          times, present.enumerated().map { breaks.bridged(values.values[$1], at: times[$0]) },
          exposures.map { exposures in present.map { exposures.values[$0] } }))
      if let first = times.first, let last = times.last, let item = breaks.between(first, last) {
        let name = options.by.isEmpty ? "" : keyText(options.by.map(\.text), series.keys, row: group) + ": "
        context.note("\(name)the trend starts at the break of \(Int(item.time))\(options.breaks.note(item))")
      }
    }
    let columns = output.columns
    let schema: Schema
    do { schema = try outputSchema(for: [table.schema]) } catch { throw TransformError(error.description) }
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: series.keys + columns) }
  }

  private typealias Cell = (value: Double?, reason: MissingReason)

  /// The figures of one series.
  private func cells(_ times: [Double], _ values: [Double], _ exposure: [Double]?) -> [Cell] {
    let rates = values.enumerated().map { options.factor * $1 / (exposure?[$0] ?? 1) }
    guard let start = times.first, let end = times.last, let first = rates.first, let last = rates.last else {
      return (0..<Self.names.count).map { ($0 == 2 ? 0 : nil, .insufficient) }
    }
    let broken = breaks.between(start, end) != nil
    var cells: [Cell] = [start, end, Double(times.count), first, last].map { ($0, .undefined) }
    let growth = SeriesChange.compoundGrowth(from: first, to: last, periods: end - start).map { 100 * $0 }
    let changes = [last - first, SeriesChange.percent(from: first, to: last), growth]
    cells += changes.map { (broken ? nil : $0, .undefined) }
    // The last stretch without a break.
    let kept = times.indices.filter { breaks.segment(of: times[$0]) == breaks.segment(of: end) }
    let (stretch, numbers) = (kept.map { times[$0] }, kept.map { values[$0] })
    let people = exposure.map { exposure in kept.map { exposure[$0] } }
    let straight = StraightTrend(
      times: stretch, values: numbers, exposure: people, model: options.model.model, level: options.level)
    let trend = SegmentedTrend(
      times: stretch, values: numbers, exposure: people, model: options.model.model, minimumPoints: options.minimum,
      level: options.level)
    cells.append((stretch.first, .undefined))
    cells += slopes(straight?.slope).map { ($0, stretch.count < 3 ? .insufficient : .undefined) }
    let reason: MissingReason = stretch.count < max(5, 2 * options.minimum - 1) ? .insufficient : .undefined
    cells += [trend?.breakTime, trend?.breakInterval.lowerBound, trend?.breakInterval.upperBound].map { ($0, reason) }
    for slope in [trend?.slopeBefore, trend?.slopeAfter, trend?.difference] {
      cells += slopes(slope).map { ($0, reason) }
    }
    cells += [trend.map { $0.isTurningPoint ? 1 : 0 }, trend?.gain].map { ($0, reason) }
    let extremes = SeriesChange.extremes(kept.map { rates[$0] })
    cells += [extremes.map { stretch[$0.smallest] }, extremes.map { stretch[$0.largest] }].map { ($0, .undefined) }
    return cells
  }

  /// A slope and its interval, in percent or in the unit of the value.
  private func slopes(_ estimate: Estimate?) -> [Double?] {
    let numbers = [estimate?.value, estimate?.lower, estimate?.upper]
    return options.model == .linear ? numbers : numbers.map { $0.map { 100 * expm1($0) } }
  }

  private static let names = [
    "first_period", "last_period", "observations", "first", "last", "change", "change_pct", "growth_pct", "trend_from",
    "slope", "slope_lower", "slope_upper", "break", "break_lower", "break_upper", "before", "before_lower",
    "before_upper", "after", "after_lower", "after_upper", "difference", "difference_lower", "difference_upper",
    "turns",
    "gain", "minimum_period", "maximum_period",
  ]

  private func fields(_ value: Field, _ schema: Schema) -> [Field] {
    var origins = value.origins
    if let exposure = options.exposure { origins += schema[exposure.text]?.origins ?? [] }
    let sorted = Set(origins).sorted()
    let unit = options.exposure == nil ? value.unit : ""
    return Self.names.map { name in
      let isPeriod = name.hasSuffix("period") || name.hasPrefix("break") || name == "trend_from"
      let isCount = name == "observations" || name == "turns"
      let isSlope = ["slope", "before", "after", "difference"].contains { name == $0 || name.hasPrefix($0 + "_") }
      var field = Field("\(options.into)_\(name)", isPeriod || isCount ? .int64 : .float64)
      field.unit =
        isPeriod || isCount || name == "gain"
        ? "" : name.hasSuffix("_pct") || (isSlope && options.model != .linear) ? "%" : unit
      if name == "change", unit == "%" { field.unit = "pp" }
      field.decimals = isPeriod || isCount ? 0 : nil
      if isSlope || name.hasPrefix("change") || name.hasPrefix("growth") || ["first", "last"].contains(name) {
        field.direction = value.direction
      }
      field.origins = sorted
      return field
    }
  }
}
