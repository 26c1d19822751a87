public import PipelineKit
internal import Statistics
public import Tabular

/// How certain a share or a rate of a small area is.
public struct IntervalTransform: Transform {
  enum Method: String, OptionChoice {
    case wilson, jeffreys, poisson, byar, rounding
  }

  /// The steps to which published figures are rounded.
  struct Rounding: PluginOptions {
    var count: Double?
    var of: Double?
    var percent: Double?

    static var declaration: [OptionField<Self>] {
      [
        .init("count", \.count, "Counts are multiples of it; 5 in key figures of neighbourhoods."),
        .init("of", \.of, "The numbers counted from are multiples of it."),
        .init("percent", \.percent, "Percents are multiples of it; 1 for whole percents."),
      ]
    }
  }

  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var share = ShareColumns()
    var of: Located?
    var method = Method.wilson
    var level = 0.95
    var per: Double?
    var rounding: Rounding?
    var into = Located("", at: SourcePosition(file: ""))

    /// Wilson's interval of 95%.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("count", \.share.count, "The number of people, homes or events counted; or give `percent`."),
        .init("percent", \.share.percent, "Their share of `of` in percent, in place of `count`."),
        .init("of", \.of, "How many there are to be counted; events without it have an interval as a count."),
        .init(
          "method", \.method,
          "wilson or jeffreys for shares, poisson (exact) or byar for events, rounding for nothing but the rounding."),
        .init("level", \.level, "How much an interval holds, between 0 and 1."),
        .init("per", \.per, "Rates are per so many; 100 for shares and 1000 for events unless given."),
        .init("rounding", \.rounding, "The steps to which the published figures are rounded."),
        .init(
          "into", \.into, required: true, "The name of the share or rate, and what `_low` and `_high` stand behind."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "interval",
    summary:
      "Adds intervals to shares and rates of small areas, with the rounding of published figures as known noise.",
    details: """
      For `into: poor_pct` the columns `poor_pct`, `poor_pct_low` and `poor_pct_high` are added. With x counted of n and z the \
      normal quantile: `wilson` (p + z^2/2n -+ z sqrt(p(1 - p)/n + z^2/4n^2))/(1 + z^2/n); `jeffreys` quantiles of the beta \
      distribution with x + 1/2 and n - x + 1/2; `poisson` chi-square quantiles with 2x and 2x + 2 degrees of freedom, halved; \
      `byar` its approximation; `rounding` no sampling, the rounding alone.

      With `rounding` the figures may stand for anything within half a step, and the interval runs from the lower end at the \
      smallest count and the largest `of` to the upper end at the largest count and the smallest `of`: it holds every interval \
      that the true figures could have. Register counts are no sample: an interval then says how much a count would vary \
      where the same chance holds.

      A row without one of the numbers keeps its reason; with `of` 0 or a share above 100% it is `undefined`. Where rounding \
      allows an `of` of 0, a rate has no upper end, and a share that of 100%.
      """,
    example: """
      - {id: sure, uses: interval, from: areas, count: welfare, of: inhabitants, rounding: {count: 5, of: 5}, \
      into: welfare_pct}
      """)

  private let options: Options

  /// Intervals with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    let place = options.into.position
    try options.share.check(at: place)
    guard options.level > 0, options.level < 1, options.per.map({ $0 > 0 && $0.isFinite }) ?? true else {
      throw SpecError(place, "\"level\" must be between 0 and 1 and \"per\" above 0")
    }
    let rounding = options.rounding
    for step in [rounding?.count, rounding?.of, rounding?.percent] {
      guard step.map({ $0 > 0 && $0.isFinite }) ?? true else {
        throw SpecError(place, "a step of \"rounding\" is a number above 0")
      }
    }
    if options.method == .rounding, rounding == nil {
      throw SpecError(place, "method: rounding needs \"rounding\": the steps of the figures")
    }
    if options.of == nil,
      [.wilson, .jeffreys].contains(options.method) || options.method != .rounding && options.share.percent != nil
    {
      throw SpecError(place, "method: \(options.method.rawValue) needs \"of\": how many there are to be counted")
    }
    self.options = options
  }

  private var added: [String] { ["", "_low", "_high"].map { options.into.text + $0 } }
  private var isShare: Bool {
    options.method == .wilson || options.method == .jeffreys
      || (options.method == .rounding && (options.of != nil || options.share.percent != nil))
  }
  private var scale: Double {
    options.per ?? (isShare ? 100 : options.of == nil ? 1 : 1000)
  }

  /// The wanted columns and those of the options.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    let own = [options.share.column] + [options.of].compactMap { $0 }
    return [needed.map { $0.subtracting(added).union(own.map(\.text)) }]
  }

  /// The input's columns and the intervals.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    for name in [options.share.column] + [options.of].compactMap({ $0 }) { _ = try inputs[0].numericField(at: name) }
    for name in added { try inputs[0].checkFree(name, at: options.into.position) }
    return try inputs[0].appending(fields(inputs[0]), at: options.into.position)
  }

  private func fields(_ input: Schema) -> [Field] {
    let source = input[options.share.column.text]
    let sources = [source, options.of.flatMap { input[$0.text] }].compactMap { $0 }
    let unit = scale == 100 ? "%" : scale == 1 ? source?.unit ?? "" : "per \(scale.optionText ?? "")"
    return zip(added, ["", ", lower end", ", upper end"]).map { name, end in
      .figure(
        name, unit, source.map { $0.label.isEmpty ? "" : $0.label + end } ?? "", decimals: 1,
        direction: source?.direction, from: sources)
    }
  }

  /// The input with the intervals.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let counts: ShareColumns.Counts
    if let of = options.of {
      counts = try options.share.counts(table, of: of)
    } else {
      let own = try NumberColumn(table, options.share.column.text)
      try own.requireCounts(options.share.column.text)
      counts = .init(
        numerators: own.values, denominators: [],
        reasons: own.reasons.isEmpty ? [UInt8](repeating: 0, count: table.rowCount) : own.reasons)
    }
    let bounds = IntervalBounds(options, scale: scale, isShare: isShare)
    var rows = MeasureRows(fields(table.schema))
    for row in 0..<table.rowCount {
      if counts.reasons[row] != 0 {
        rows.append(missing: counts.reasons[row])
      } else {
        let total = counts.denominators.isEmpty ? nil : counts.denominators[row]
        rows.append(bounds.figures(counts.numerators[row], total))
      }
    }
    return try table.appending(rows.fields, rows.columns)
  }
}
