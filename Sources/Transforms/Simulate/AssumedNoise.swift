import PipelineKit
import Statistics
import Tabular

/// What a replicate may draw differently: inputs within rounding or published margins, and weights around the profile's.
struct AssumedNoise: Sendable {
  /// Two columns that hold the ends of a published interval.
  struct Margins: PluginOptions {
    var low = Located("", at: SourcePosition(file: ""))
    var high = Located("", at: SourcePosition(file: ""))

    static var declaration: [OptionField<Self>] {
      [
        .init("low", \.low, required: true, "The column of lower ends."),
        .init("high", \.high, required: true, "The column of upper ends."),
      ]
    }
  }

  /// Half-widths of uniform noise by column.
  var inputs = OrderedMap<Double>()
  /// Published intervals by column, and how much they hold.
  var margins = OrderedMap<Margins>()
  var marginLevel = 0.95
  /// The concentration of Dirichlet weights, or how much of itself a weight may be more or less.
  var concentration: Double?
  var weightNoise: Double?

  /// The declarations of the options, stored at `path`.
  static func declaration<Options: PluginOptions>(_ path: WritableKeyPath<Options, Self>) -> [OptionField<Options>] {
    [
      .init(
        "inputs", path.appending(path: \.inputs),
        "Half-widths of uniform noise by column: 0.05 for one decimal, 0.5 for whole percents."),
      .init(
        "margins", path.appending(path: \.margins), "Columns with the ends of published intervals, by column."),
      .init("margin_level", path.appending(path: \.marginLevel), "How much a published interval holds."),
      .init(
        "weights", path.appending(path: \.concentration),
        "The concentration of Dirichlet weights around the profile's: 100 varies them widely, 1000 little."),
      .init(
        "weight_noise", path.appending(path: \.weightNoise),
        "In place of weights: how much of itself a weight may be more or less, evenly; 0.25 for a quarter."),
    ]
  }

  /// The columns of the margins.
  var columns: [Located] { margins.entries.flatMap { [$0.value.low, $0.value.high] } }
  /// Whether weights are drawn.
  var variesWeights: Bool { concentration != nil || weightNoise != nil }
  /// The columns whose cells are drawn, rounding first.
  var noisy: [String] { inputs.entries.filter { $0.value > 0 }.map(\.key) + margins.keys }

  /// Checks the numbers, and that the columns are indicators of the profiles.
  func check(_ profiles: [Profile], at position: SourcePosition) throws(SpecError) {
    guard concentration.map({ $0 > 0 && $0.isFinite }) ?? true, weightNoise.map({ $0 >= 0 && $0 < 1 }) ?? true,
      marginLevel > 0, marginLevel < 1
    else {
      throw SpecError(
        position,
        "\"weights\" must be above 0, \"weight_noise\" 0 or more and below 1, \"margin_level\" between 0 and 1")
    }
    if concentration != nil, weightNoise != nil {
      throw SpecError(position, "give either \"weights\" or \"weight_noise\"")
    }
    let names = profiles.flatMap { $0.domains.flatMap(\.indicators) }.map(\.column.text)
    for (key, place) in inputs.entries.map({ ($0.key, $0.position) }) + margins.entries.map({ ($0.key, $0.position) })
    where !names.contains(key) {
      throw SpecError(place, "\"\(key)\" is no indicator of the profile" + didYouMean(key, among: names))
    }
    for entry in inputs.entries {
      guard entry.value >= 0, entry.value.isFinite else {
        throw SpecError(entry.position, "a half-width is a number of 0 or more")
      }
      if margins[entry.key] != nil {
        throw SpecError(entry.position, "\"\(entry.key)\" has both a half-width and margins; give one of them")
      }
    }
  }

  /// Checks that the columns of the margins hold numbers.
  func check(_ schema: Schema) throws(SpecError) {
    for column in columns { _ = try schema.numericField(at: column) }
  }

  /// Shares of weights around `means`, from the numbers of a replicate; nil when weights do not vary.
  func shares(_ means: [Double], _ random: inout CounterGenerator) -> [Double]? {
    if let concentration { return random.dirichlet(means: means, concentration: concentration) }
    guard weightNoise != nil else { return nil }
    return shares(means, draws: means.map { _ in random.uniform() })
  }

  /// The same from an even draw for each weight.
  func shares(_ means: [Double], draws: [Double]) -> [Double]? {
    if let concentration {
      return DirichletShares.quantiles(means: means, concentration: concentration, draws: draws)
    }
    guard let weightNoise else { return nil }
    let drawn = zip(means, draws).map { $0 * (1 + weightNoise * (2 * $1 - 1)) }
    let sum = drawn.reduce(0, +)
    return drawn.map { $0 / sum }
  }
}

/// Draws the inputs of the areas that are scored.
struct InputNoise: Sendable {
  private enum Kind {
    case rounding(Double)
    /// Deviations below and above the figure of each area.
    case margins(below: [Double], above: [Double])
  }

  private let kinds: [String: Kind]

  /// From the margins of the areas at `rows`; an area without margins keeps its figure.
  init(_ noise: AssumedNoise, _ table: Table, rows: [Int], _ context: RunContext) throws(TransformError) {
    var kinds: [String: Kind] = [:]
    for entry in noise.inputs.entries where entry.value > 0 { kinds[entry.key] = .rounding(entry.value) }
    let q = Normal.quantile((1 + noise.marginLevel) / 2)
    for entry in noise.margins.entries {
      let own = try NumberColumn(table, entry.key)
      let (low, high) = try (NumberColumn(table, entry.value.low.text), NumberColumn(table, entry.value.high.text))
      var (below, above, without) = ([Double](), [Double](), 0)
      for row in rows {
        guard own.isPresent(row), low.isPresent(row), high.isPresent(row) else {
          without += own.isPresent(row) ? 1 : 0
          below.append(0)
          above.append(0)
          continue
        }
        guard low.values[row] <= own.values[row], own.values[row] <= high.values[row] else {
          throw TransformError(
            "row \(row + 1): \"\(entry.key)\" is \(cell(own, row)), outside its margins \(cell(low, row)) to "
              + "\(cell(high, row)); check that \"\(entry.value.low)\" and \"\(entry.value.high)\" belong to it")
        }
        below.append((own.values[row] - low.values[row]) / q)
        above.append((high.values[row] - own.values[row]) / q)
      }
      if without > 0 { context.warn("\(without) areas have no margins of \"\(entry.key)\"; they keep their figure") }
      kinds[entry.key] = .margins(below: below, above: above)
    }
    self.kinds = kinds
  }

  /// Draws the cells of one indicator.
  func apply(_ indicator: inout AnchoredScorer.Indicator, _ random: inout CounterGenerator) {
    switch kinds[indicator.name] {
    case .none: return
    case .rounding(let width):
      for area in indicator.values.indices { indicator.values[area] += random.uniform(-width, width) }
    case .margins(let below, let above):
      for area in indicator.values.indices {
        let z = random.normal()
        indicator.values[area] += z * (z < 0 ? below[area] : above[area])
      }
    }
  }
}

private func cell(_ column: NumberColumn, _ row: Int) -> String {
  column.values[row].optionText ?? "\(column.values[row])"
}
