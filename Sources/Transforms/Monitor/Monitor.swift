public import PipelineKit
internal import Statistics
public import Tabular

/// Watches many series for a shift away from their own past.
public struct Monitor: Transform {
  /// The options of `monitor`.
  public struct Options: PluginOptions {
    var by: [Located] = []
    var period = Located("", at: SourcePosition(file: ""))
    var value = Located("", at: SourcePosition(file: ""))
    var within: [Located] = []
    var baseline = 5
    var weight = 0.3
    var slack = 0.5
    var limit = 4.0
    var discovery = 0.1
    var breaks: [BreakOption] = []

    /// The charts' usual limits.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("by", \.by, required: true, "The columns that tell the series apart, for example the area."),
        .init("period", \.period, required: true, "The column of the period, a whole number such as the year."),
        .init("value", \.value, required: true, "The values to watch."),
        .init("within", \.within, "Columns of `by` whose values divide the series into families for false alarms."),
        .init("baseline", \.baseline, "How many observations from the start make the baseline; 3 or more."),
        .init("weight", \.weight, "The weight of the newest value in the moving average, above 0 and at most 1."),
        .init("slack", \.slack, "The slack k of the cumulative sums, in standard deviations."),
        .init("limit", \.limit, "The limit h of the cumulative sums, in standard deviations."),
        .init("false_discovery", \.discovery, "The share of false alarms that is allowed among the flags."),
        .init("breaks", \.breaks, "Periods from which the series is measured otherwise."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "monitor",
    summary: "Flags series that shift away from their own past, with control of false alarms over many areas.",
    details: """
      One row a series. The first `baseline` observations give a mean and a standard deviation; later ones are \
      standardised with them to z.

      - `cusum_rise_period`, `cusum_fall_period`: the first period in which the cumulative sum of z - k (of -z - k), kept \
      at 0 or above, exceeds h (Page 1954).
      - `ewma`: the exponentially weighted moving average of z in the last period (Roberts 1959), `ewma_period` that period.
      - `p_value`: the two-sided chance of such an average when nothing changed, by the t distribution of the baseline; \
      `q_value`: the same after Benjamini and Hochberg over all series, or over those with the same `within`.
      - `flag`: 1 for a rise, -1 for a fall, where q_value is at most `false_discovery`; 0 otherwise.

      The standard deviation is that of a short baseline and the values are taken as independent: flags are a reason to \
      look, no proof. A break without a bridge starts a series anew. A series without a value after its baseline is \
      `insufficient`, one whose baseline has no spread `undefined`; neither counts among the series.
      """,
    example: """
      - id: warnings
        uses: monitor
        from: crime
        by: [buurt]
        period: year
        value: burglaries_per_1000
        baseline: 6
      """)

  private let options: Options
  private let breaks: SeriesBreaks

  /// A watch with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    let place = options.value.position
    guard options.baseline >= 3 else {
      throw SpecError(place, "\"baseline\" is \(options.baseline), expected 3 or more")
    }
    guard options.weight > 0, options.weight <= 1 else {
      throw SpecError(place, "\"weight\" is \(options.weight), expected more than 0 and at most 1")
    }
    guard options.slack >= 0, options.limit > 0 else {
      throw SpecError(place, "\"slack\" takes 0 or more and \"limit\" more than 0")
    }
    guard options.discovery >= 0, options.discovery <= 1 else {
      throw SpecError(place, "\"false_discovery\" is \(options.discovery), expected a share from 0 to 1")
    }
    for name in options.within where !options.by.contains(where: { $0.text == name.text }) {
      throw SpecError(
        name.position,
        "\"within\" names \"\(name)\", which is not in \"by\""
          + didYouMean(name.text, among: options.by.map(\.text)))
    }
    self.options = options
    breaks = try options.breaks.checked(at: place)
  }

  /// The columns of the series, whatever is wanted.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [Set(options.by.map(\.text) + [options.period.text, options.value.text])]
  }

  /// The keys and the signals.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    var keys: [Field] = []
    for name in options.by {
      var field = try inputs[0].field(at: name)
      field.role = .key
      keys.append(field)
    }
    _ = try inputs[0].numericField(at: options.period)
    let value = try inputs[0].numericField(at: options.value)
    do throws(TabularError) { return try Schema(keys + fields(value)) } catch {
      throw SpecError(options.value.position, "\(error)")
    }
  }

  private func fields(_ value: Field) -> [Field] {
    ["cusum_rise_period", "cusum_fall_period", "ewma_period", "ewma", "p_value", "q_value", "flag"].map { name in
      let isWhole = name.hasSuffix("_period") || name == "flag"
      return Field(
        name, isWhole ? .int64 : .float64, unit: name == "ewma" ? "sd" : "",
        decimals: isWhole ? 0 : name == "ewma" ? 2 : 4,
        origins: value.origins)
    }
  }

  /// One row a series.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let series = try SeriesRows(table, by: options.by, period: options.period, context: context)
    let values = try NumberColumn(table, options.value.text)
    guard let field = table.schema[options.value.text] else { throw TransformError("a column went missing") }
    var signals: [[Double?]] = []
    var reasons: [MissingReason] = []
    for rows in series.rows {
      let all = rows.filter { values.isPresent($0) }
      let last = all.last.map { series.periods.values[$0] } ?? 0
      let kept = all.filter { breaks.segment(of: series.periods.values[$0]) == breaks.segment(of: last) }
      let times = kept.map { series.periods.values[$0] }
      let numbers = zip(kept, times).map { breaks.bridged(values.values[$0], at: $1) }
      reasons.append(numbers.count <= options.baseline ? .insufficient : .undefined)
      guard numbers.count > options.baseline, let baseline = Baseline(Array(numbers.prefix(options.baseline))) else {
        signals.append([Double?](repeating: nil, count: 5))
        continue
      }
      let z = numbers.dropFirst(options.baseline).map { baseline.standardised($0) }
      let later = times.dropFirst(options.baseline)
      let sums = Cusum(z, slack: options.slack, limit: options.limit)
      let average = Ewma(z, weight: options.weight)
      func period(_ place: Int?) -> Double? { place.map { later[later.startIndex + $0] } }
      signals.append([
        period(sums.firstRise), period(sums.firstFall), later.last, average.averages.last,
        average.probability(weight: options.weight, baseline: options.baseline),
      ])
    }
    let adjusted = adjusted(signals.map { $0[4] }, series)
    var output = MeasureRows(fields(field))
    for (group, signal) in signals.enumerated() {
      let q = adjusted[group]
      let flag = q.map { $0 <= options.discovery ? ((signal[3] ?? 0) > 0 ? 1.0 : -1.0) : 0 }
      let noSignal: MissingReason = q == nil ? reasons[group] : .notApplicable
      output.append(
        signal.enumerated().map { (value: $1, reason: $0 < 2 ? noSignal : reasons[group]) }
          + [(value: q, reason: reasons[group]), (value: flag, reason: reasons[group])])
    }
    let schema: Schema
    do { schema = try outputSchema(for: [table.schema]) } catch { throw TransformError(error.description) }
    let columns = series.keys + output.columns
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: columns) }
  }

  /// The probabilities, adjusted within each family.
  private func adjusted(_ probabilities: [Double?], _ series: SeriesRows) -> [Double?] {
    let names = options.by.map(\.text)
    let keys = options.within.compactMap { name in names.firstIndex(of: name.text) }.map { series.keys[$0] }
    let families = Grouping(by: keys, rowCount: probabilities.count)
    var result = [Double?](repeating: nil, count: probabilities.count)
    for family in 0..<families.count {
      let members = families.groups.indices.filter { families.groups[$0] == Int32(family) }
      for (place, q) in zip(members, FalseDiscovery.adjusted(members.map { probabilities[$0] })) { result[place] = q }
    }
    return result
  }
}
