public import PipelineKit
internal import Statistics
public import Tabular

/// Whether areas grow towards each other between two moments.
public struct Converge: Transform {
  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var start = Located("", at: SourcePosition(file: ""))
    var end = Located("", at: SourcePosition(file: ""))
    var by: [Located] = []
    var instrument: Located?
    var draws = 1_000
    var seed = 1

    /// One row for the whole table.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("start", \.start, required: true, "The number at the first moment."),
        .init("end", \.end, required: true, "The number at the last moment."),
        .init("by", \.by, "One row for each combination of these columns' values."),
        .init(
          "instrument", \.instrument,
          "An independent measurement of the start, which guards the slope against regression to the mean."),
        .init("draws", \.draws, "Replicates for the interval of the sigma ratio."),
        .init("seed", \.seed, "The seed of the replicates."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "converge",
    summary: "Measures whether areas converge: beta, sigma, P90/P10 and the change of the low, middle and high third.",
    details: """
      One row a group: `areas` (rows with both numbers), `beta` (the slope of the change on the start by least squares; \
      below 0 the high ones fall faster), `beta_error`, `beta_theil_sen` (median of pairwise slopes), `spearman` (of change \
      and start), `beta_instrumented` (with `instrument`), `sigma_start`, `sigma_end` (deviations divided by n), \
      `sigma_ratio` with a 90% interval from resampled areas, `p90_p10_start`, `p90_p10_end`, and `change_low`, \
      `change_middle`, `change_high`: mean changes of the thirds by the start, lowest first (ties in the order of the rows).

      beta is below 0 from measurement error alone: read it beside the sigma ratio and the instrumented slope. A figure \
      that does not exist is `insufficient`.
      """,
    example: """
      - {id: convergence, uses: converge, from: scores, start: mdi_base, end: mdi, by: [gemeente_code]}
      """)

  private let options: Options

  /// A measure with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    guard options.draws >= 0, options.seed >= 0 else {
      throw SpecError(options.start.position, "\"draws\" and \"seed\" must be 0 or more")
    }
    self.options = options
  }

  private var figures: GroupFigures {
    let unitless = [
      "beta", "beta_error", "beta_theil_sen", "spearman", "beta_instrumented", "sigma_start", "sigma_end",
      "sigma_ratio", "sigma_ratio_low", "sigma_ratio_high", "p90_p10_start", "p90_p10_end",
    ]
    return GroupFigures(
      by: options.by,
      fields: [Field("areas", .int64, unit: "areas", decimals: 0)]
        + unitless.map { Field($0, .float64, decimals: 3) }
        + ["change_low", "change_middle", "change_high"].map { Field($0, .float64, decimals: 1) })
  }

  /// The keys and the numbers.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [Set((options.by + [options.start, options.end] + [options.instrument].compactMap { $0 }).map(\.text))]
  }

  /// The keys and the measures.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    for column in [options.start, options.end] + [options.instrument].compactMap({ $0 }) {
      _ = try inputs[0].numericField(at: column)
    }
    return try figures.schema(for: inputs[0])
  }

  /// One row a group.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let columns = [try NumberColumn(table, options.start.text), try NumberColumn(table, options.end.text)]
    let instrument = try options.instrument.map { name throws(TransformError) in try NumberColumn(table, name.text) }
    return try figures.table(table) { rows in
      let numbers = PairedNumbers(columns, rows)
      let (start, end) = (numbers.lists[0], numbers.lists[1])
      let beta = BetaConvergence(start: start, end: end)
      let guarded = instrument.flatMap { instrument -> Double? in
        let all = PairedNumbers(columns + [instrument], rows)
        return BetaConvergence.instrumented(start: all.lists[0], end: all.lists[1], instrument: all.lists[2])
      }
      let interval = SigmaConvergence.interval(
        start: start, end: end, draws: options.draws, seed: UInt64(options.seed))
      return [
        Double(start.count), beta?.line.slope, beta?.line.slopeError, beta?.theilSen, beta?.spearman, guarded,
        Spread(start)?.deviation(), Spread(end)?.deviation(), SigmaConvergence.ratio(start: start, end: end),
        interval?.low, interval?.high, Inequality.percentileRatio(start), Inequality.percentileRatio(end),
      ] + Self.thirds(start, end)
    }
  }

  /// The mean change of the lowest, middle and highest third by the start.
  private static func thirds(_ start: [Double], _ end: [Double]) -> [Double?] {
    let order = start.indices.sorted { start[$0] != start[$1] ? start[$0] < start[$1] : $0 < $1 }
    return (0..<3).map { third in
      let own = order[(order.count * third / 3)..<(order.count * (third + 1) / 3)]
      return own.isEmpty ? nil : own.reduce(0.0) { $0 + (end[$1] - start[$1]) } / Double(own.count)
    }
  }
}
