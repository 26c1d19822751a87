public import PipelineKit
internal import Statistics
public import Tabular

/// Which assumption the result of a composite hangs on: Sobol' indices of what `simulate` varies.
public struct AttributeVariance: Transform {
  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var profile = SpecPath("", at: SourcePosition(file: ""))
    var methods: [SpecPath] = []
    var frame = AnchoredFrame()
    var bases: [Located] = []
    var noise = AssumedNoise()
    var each = false
    var classes = 5
    var samples = 512
    var draws = 500
    var level = 0.9
    var seed = 1

    /// Nothing varies.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [.init("profile", \.profile, required: true, "The profile, as in compose.")]
        + AnchoredFrame.declaration(
          \.frame, at: "The period that is scored.", where: "Which areas are scored and ranked.") + [
          .init("methods", \.methods, "Other profiles; a replicate takes one of all."),
          .init("bases", \.bases, "Other base periods; a replicate takes one of all."),
        ] + AssumedNoise.declaration(\.noise) + [
          .init(
            "each", \.each, "Take every domain's weight and every input apart, not all weights and all inputs together."
          ),
          .init("classes", \.classes, "The number of equal classes of the base; the last is the worst."),
          .init("samples", \.samples, "Points of the low-discrepancy sample; powers of two fill the space best."),
          .init("draws", \.draws, "Bootstrap samples for the intervals."),
          .init("level", \.level, "What share of the bootstrap samples an interval holds."),
          .init("seed", \.seed, "The seed of the sample's shift and of the noise."),
        ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "attribute_variance",
    summary: "Says which assumption a composite hangs on: first-order and total Sobol' indices with intervals.",
    details: """
      Scores replicates as `simulate` does, under the points of a Sobol' sequence (directions of Joe and Kuo, shifted by the \
      seed): sample A, sample B, and for each assumption A with that assumption from B, so `samples` times (assumptions + 2) \
      replicates. Assumptions are `methods` and `bases` (when several), `weights` and `inputs`, or with `each` the weight of each domain \
      (`weight_<id>`) and each input (`input_<column>`). Each domain's weight is a gamma quantile at a coordinate of its own; \
      the noise of an input is seeded by one coordinate.

      One row an assumption and result: `result` is `rank_shift` (mean distance of the areas' ranks from those under the \
      profile as it is), `mean_score` or `worst_count` (areas in the worst class). `first` is the share of the result's variance \
      that the assumption has alone (Saltelli's estimator of 2010, on results less their mean), `total` the share with all \
      interactions (Jansen's), each with `_low` and `_high` from bootstrap samples of points, in which the variance is estimated \
      anew; `mean` and `deviation` are the result's. Estimates may fall a little outside 0 to 1. A result that does not vary \
      has `insufficient` shares. The same for any number of threads.
      """,
    example: """
      - id: hangs_on
        uses: attribute_variance
        from: buurten
        profile: profiles/mdi-open.yml
        methods: [profiles/mdi-open-equal.yml]
        area: area_code
        period: year
        base: 2012
        at: 2020
        where: gemeente_code == 'GM0141'
        weights: 200
        inputs: {smoking_pct: 0.05}
      """)

  private let options: Options
  private let profiles: [Profile]
  private let assumptions: Assumptions

  /// An attribution with its profiles read and checked.
  public init(options: Options, context: RunContext) throws(SpecError) {
    let place = options.profile.position
    guard options.samples >= 2, options.draws >= 0, options.classes >= 2, options.seed >= 0, options.level > 0,
      options.level < 1
    else {
      throw SpecError(
        place,
        "\"samples\" and \"classes\" must be 2 or more, \"draws\" and \"seed\" 0 or more, \"level\" between 0 and 1")
    }
    profiles = try Simulate.profiles(options.profile, options.methods, context)
    try options.noise.check(profiles, at: place)
    self.options = options
    assumptions = try Assumptions(profiles, options)
  }

  /// The columns that the profiles and the options name.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    let named = profiles.flatMap { $0.domains.flatMap(\.indicators) }.map(\.column) + options.noise.columns
    return [options.frame.columns.union(named.map(\.text))]
  }

  private var figures: [Field] {
    ["first", "first_low", "first_high", "total", "total_low", "total_high"].map { Field($0, .float64, decimals: 2) }
      + [Field("mean", .float64, decimals: 2), Field("deviation", .float64, decimals: 2)]
  }

  /// The result, the assumption and the indices.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    for indicator in profiles.flatMap({ $0.domains.flatMap(\.indicators) }) {
      _ = try inputs[0].numericField(at: indicator.column)
    }
    try options.frame.check(inputs[0])
    try options.noise.check(inputs[0])
    let keys = [Field("result", .string, role: .key), Field("assumption", .string, role: .key)]
    do throws(TabularError) { return try Schema(keys + figures) } catch {
      throw SpecError(options.frame.area.position, "\(error)")
    }
  }

  /// One row an assumption and result.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let scorers = try AnchoredScorer.all(table, profiles, options.frame, bases: options.bases)
    if scorers[0].rows.isEmpty { context.warn("no area is in the frame for \(options.frame.at)") }
    let noise = try InputNoise(options.noise, table, rows: scorers[0].rows, context)
    let sample = assumptions.results(scorers, noise, context)
    var rows = MeasureRows(figures)
    var (results, names): ([String], [String]) = ([], [])
    for (place, result) in Assumptions.results.enumerated() {
      let indices = sample.indices(place, options)
      for (number, assumption) in assumptions.names.enumerated() {
        results.append(result)
        names.append(assumption)
        let (first, total) = (indices?.first[number], indices?.total[number])
        rows.append(
          [first?.value, first?.low, first?.high, total?.value, total?.low, total?.high] + sample.moments(place),
          reason: MissingReason.insufficient.rawValue)
      }
    }
    let schema = try promised([table.schema])
    let made = [Column.texts(results), Column.texts(names)] + rows.columns
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: made) }
  }
}
