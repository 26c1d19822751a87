public import PipelineKit
internal import Statistics
public import Tabular

/// Draws the rates of small areas towards that of the larger area that they lie in.
public struct Shrink: Transform {
  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var share = ShareColumns()
    var of = Located("", at: SourcePosition(file: ""))
    var within: [Located] = []
    var into = Located("", at: SourcePosition(file: ""))

    /// One larger area.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("count", \.share.count, "The number of people (or homes) counted; or give `percent`."),
        .init("percent", \.share.percent, "Their share of `of` in percent, in place of `count`."),
        .init("of", \.of, required: true, "How many there are to be counted, 0 or more."),
        .init("within", \.within, "The larger area, and the period; without it the whole table is one larger area."),
        .init("into", \.into, required: true, "The name of the drawn rate, and what those beside it begin with."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "shrink",
    summary: "Draws rates of small areas towards the larger area's, the more the fewer people they rest on.",
    details: """
      For r of n people in area j of a larger area with k areas: m = ln((r + 1/2)/(n - r + 1/2)), s^2 = (n + 1)(n + 2)/(n (r + 1) \
      (n - r + 1)), M the same logit of the sums, t^2 = sum (m - M)^2/(k - 1), w = (1/s^2)/(1/s^2 + 1/t^2); the rate is the \
      inverse logit of w m + (1 - w) M. For `into: poor_drawn_pct` the columns `poor_drawn_pct`, `poor_drawn_pct_weight` (w, 0 to 1) \
      and `poor_drawn_pct_larger` (M as a rate, in percent) are added. English Indices of Deprivation 2019, Technical Report, \
      appendix D.

      A single area keeps its own rate (w = 1); areas that do not differ get the larger area's (w = 0). A row without one \
      of the numbers keeps its reason; with `of` 0, or more counted than there are (which rounding can cause), it is \
      `undefined` and takes no part. Not meant for modelled figures, distances, and figures that exist for large areas only: \
      those are smooth already.
      """,
    example: """
      - {id: drawn, uses: shrink, from: areas, percent: low_income_pct, of: households, within: [gemeente_code, year], \
      into: low_income_drawn_pct}
      """)

  private let options: Options

  /// A shrinkage with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    try options.share.check(at: options.of.position)
    self.options = options
  }

  private var added: [String] { ["", "_weight", "_larger"].map { options.into.text + $0 } }

  /// The wanted columns and those of the options.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    let own = [options.share.column, options.of] + options.within
    return [needed.map { $0.subtracting(added).union(own.map(\.text)) }]
  }

  /// The input's columns and the drawn rates.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    for name in [options.share.column, options.of] { _ = try inputs[0].numericField(at: name) }
    for name in options.within { _ = try inputs[0].field(at: name) }
    for name in added { try inputs[0].checkFree(name, at: options.into.position) }
    return try inputs[0].appending(fields(inputs[0]), at: options.into.position)
  }

  private func fields(_ input: Schema) -> [Field] {
    let source = input[options.share.column.text]
    let sources = [source, input[options.of.text]].compactMap { $0 }
    let label = source?.label ?? ""
    return [
      .figure(
        added[0], "%", label.isEmpty ? "" : label + ", drawn towards the larger area", decimals: 1,
        direction: source?.direction, from: sources),
      .figure(added[1], "", "Weight of the area's own rate", decimals: 2, from: sources),
      .figure(added[2], "%", "Rate of the larger area", decimals: 1, direction: source?.direction, from: sources),
    ]
  }

  /// The input with the drawn rates.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let counts = try options.share.counts(table, of: options.of)
    let groups = try RowGroups(table, by: options.within)
    var reasons = counts.reasons
    if let own = groups.reasons { for row in reasons.indices where reasons[row] == 0 { reasons[row] = own[row] } }
    var impossible = 0
    for row in reasons.indices where reasons[row] == 0 {
      let problem = Shrinkage.problem(counts.numerators[row], counts.denominators[row])
      if problem != .none { reasons[row] = MissingReason.undefined.rawValue }
      if problem == .impossible { impossible += 1 }
    }
    if impossible > 0 {
      context.warn(
        "\(impossible) rows have more of \"\(options.share.column)\" than \"\(options.of)\"; they are undefined")
    }
    var values = [[Double]](repeating: [Double](repeating: 0, count: table.rowCount), count: 3)
    let usable = reasons
    groups.rows { usable[$0] == 0 }.forEach { _, rows in
      let drawn = Shrinkage(rows.map { (counts.numerators[Int($0)], counts.denominators[Int($0)]) })
      for (place, row) in rows.enumerated() {
        values[0][Int(row)] = 100 * (drawn.rates[place] ?? 0)
        values[1][Int(row)] = drawn.weights[place] ?? 0
        values[2][Int(row)] = 100 * (drawn.largerRate ?? 0)
      }
    }
    let mask = MissingMask(reasons: reasons)
    return try table.appending(fields(table.schema), values.map { .float64(Float64Column($0, missing: mask)) })
  }
}
