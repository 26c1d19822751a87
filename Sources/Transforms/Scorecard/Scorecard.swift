public import PipelineKit
internal import Statistics
public import Tabular

/// Judges many indicators: improved, and improved more than the benchmark.
public struct Scorecard: Transform {
  enum Output: String, OptionChoice {
    case entries, areas
  }

  /// One indicator of the card.
  struct Indicator: PluginOptions {
    var direction: DirectionOption?
    var epsilon = 0.0
    var from: Double?
    var to: Double?
    var breaks: [BreakOption] = []

    static var declaration: [OptionField<Self>] {
      [
        .init("direction", \.direction, "Whether more is better, where the column does not say."),
        .init("epsilon", \.epsilon, "Changes of at most so much are none, in the unit of the column."),
        .init("from", \.from, "The first period; without it the area's first with a value."),
        .init("to", \.to, "The last period; without it the area's last with a value."),
        .init("breaks", \.breaks, "Periods from which the series is measured otherwise."),
      ]
    }
  }

  /// The options of `scorecard`.
  public struct Options: PluginOptions {
    var area = Located("", at: SourcePosition(file: ""))
    var period = Located("", at: SourcePosition(file: ""))
    var indicators = OrderedMap<Indicator>()
    var benchmark = Located("", at: SourcePosition(file: ""))
    var output = Output.entries

    /// One row an area and indicator.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("area", \.area, required: true, "The column of areas."),
        .init("period", \.period, required: true, "The column of the period, a whole number such as the year."),
        .init("indicators", \.indicators, required: true, "The columns to judge, each with its tie band and periods."),
        .init("benchmark", \.benchmark, required: true, "The area whose change is the benchmark's."),
        .init("output", \.output, "One row for each area and indicator, or one an area."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "scorecard",
    summary: "Judges many indicators: improved, and improved more than the benchmark.",
    details: """
      `output: entries` gives one row an area and indicator: `first_period`, `last_period`, `before`, `after`, `change` \
      (after minus before), `benchmark_change` of the benchmark between the same two periods, `relative_change` (change \
      minus benchmark_change), and `verdict` and `relative_verdict`: 1 better, -1 worse, 0 when the change lies within \
      the indicator's `epsilon`, itself included.

      `output: areas` gives one row an area: `indicators` (those with a verdict), `improved`, `worsened`, `improved_pct`, \
      and the same beside the benchmark: `compared`, `improved_more`, `worsened_more`, `improved_more_pct`. Percentages \
      are of those judged; a card without any is `undefined`.

      No change crosses a break of a series silently: over one without a bridge it is missing (`undefined`); with a bridge \
      values before it are multiplied by it. An indicator with one period only is `insufficient`.
      """,
    example: """
      - id: card
        uses: scorecard
        from: panel
        area: area_code
        period: year
        benchmark: BENCHMARK
        indicators:
          participation_pct: {direction: higher_is_better, epsilon: 0.1, breaks: [{from: 2021}]}
          crimes_per_1000: {direction: higher_is_worse, epsilon: 0.5, from: 2014}
      """)

  private let options: Options
  private let breaks: [SeriesBreaks]

  /// A card with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    var breaks: [SeriesBreaks] = []
    guard !options.indicators.entries.isEmpty else {
      throw SpecError(options.area.position, "\"indicators\" names no column to judge")
    }
    for entry in options.indicators.entries {
      guard entry.value.epsilon >= 0, entry.value.epsilon.isFinite else {
        throw SpecError(
          entry.position, "the epsilon of \"\(entry.key)\" is \(entry.value.epsilon), expected 0 or more")
      }
      for period in [entry.value.from, entry.value.to] {
        if let period, !isPeriod(period) {
          throw SpecError(entry.position, "\"\(entry.key)\" is judged at \(period), which is no period; \(periodRule)")
        }
      }
      breaks.append(try entry.value.breaks.checked(at: entry.position))
    }
    self.options = options
    self.breaks = breaks
  }

  /// The area, the period and the indicators.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [Set([options.area.text, options.period.text] + options.indicators.keys)]
  }

  private func sources(_ schema: Schema) throws(SpecError) -> [Field] {
    var fields: [Field] = []
    for entry in options.indicators.entries {
      let field = try schema.numericField(at: Located(entry.key, at: entry.position))
      _ = try entry.value.direction.higherIsBetter(field, at: entry.position)
      fields.append(field)
    }
    return fields
  }

  private func fields(_ sources: [Field]) -> [Field] {
    func whole(_ name: String, _ label: String) -> Field {
      Field(name, .int64, label: label, decimals: 0, origins: Field.mergeOrigins(sources.map(\.origins)))
    }
    func figure(_ name: String, _ label: String, _ unit: String = "") -> Field {
      .figure(name, unit, label, decimals: unit == "%" ? 0 : 2, from: sources)
    }
    switch options.output {
    case .entries:
      return [
        whole("first_period", "First period"), whole("last_period", "Last period"), figure("before", "Value before"),
        figure("after", "Value after"), figure("change", "Change"),
        figure("benchmark_change", "Change of the benchmark"),
        figure("relative_change", "Change beside the benchmark's"), whole("verdict", "Better 1, worse -1"),
        whole("relative_verdict", "Better than the benchmark 1, worse -1"),
      ]
    case .areas:
      return [
        whole("indicators", "Indicators judged"), whole("improved", "Indicators that improved"),
        whole("worsened", "Indicators that worsened"), figure("improved_pct", "Share that improved", "%"),
        whole("compared", "Indicators judged beside the benchmark"),
        whole("improved_more", "Indicators that improved more than the benchmark"),
        whole("worsened_more", "Indicators that did worse than the benchmark"),
        figure("improved_more_pct", "Share that improved more than the benchmark", "%"),
      ]
    }
  }

  /// The area, for entries the indicator, and the figures.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let area = try inputs[0].field(at: options.area)
    _ = try inputs[0].numericField(at: options.period)
    try CellLiteral.check(options.benchmark, in: area)
    let keys = options.output == .entries ? [area.asKey, Field("indicator", .string, role: .key)] : [area.asKey]
    let all = keys + fields(try sources(inputs[0]))
    do { return try Schema(all) } catch { throw SpecError(options.area.position, "\(error)") }
  }

  /// The card.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let schema = try promised([table.schema])
    let sources = try onSchemas { () throws(SpecError) in try self.sources(table.schema) }
    let places = try AreaPeriods(table, area: options.area, period: options.period, context: context)
    let isEmpty = places.rows.isEmpty
    let benchmark = isEmpty ? 0 : try places.place(of: options.benchmark, in: options.area.text)
    var cards = [[Judged]](repeating: [], count: places.rows.count)
    for (index, entry) in options.indicators.entries.enumerated() {
      let values = try NumberColumn(table, entry.key)
      let isBetter = (try? entry.value.direction.higherIsBetter(sources[index], at: entry.position)) ?? true
      let judge = Judge(
        places: places, values: values, indicator: entry.value, breaks: breaks[index], higherIsBetter: isBetter)
      for area in cards.indices { cards[area].append(judge.judged(area, beside: benchmark)) }
    }
    var output = MeasureRows(fields(sources))
    var groups: [Int32] = []
    for (area, card) in cards.enumerated() {
      if options.output == .areas {
        output.append(Self.counts(card))
        groups.append(Int32(area))
        continue
      }
      for judged in card {
        output.append(judged.cells)
        groups.append(Int32(area))
      }
    }
    var columns = [places.areas.gathering(groups)]
    if options.output == .entries { columns.append(.texts(cards.flatMap { _ in options.indicators.keys })) }
    columns += output.columns
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: columns) }
  }

  private static func counts(_ card: [Judged]) -> [Double?] {
    let own = card.compactMap { $0.entry?.verdict }
    let relative = card.compactMap { $0.entry?.relativeVerdict }
    return [own, relative].flatMap { verdicts -> [Double?] in
      let better = verdicts.count { $0 == .better }
      return [
        Double(verdicts.count), Double(better), Double(verdicts.count { $0 == .worse }),
        verdicts.isEmpty ? nil : 100 * Double(better) / Double(verdicts.count),
      ]
    }
  }
}
