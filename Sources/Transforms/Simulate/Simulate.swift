public import PipelineKit
internal import Statistics
import Synchronization
public import Tabular

/// How certain scores, ranks and the worst class are, by Monte Carlo over declared assumptions.
public struct Simulate: Transform {
  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var profile = SpecPath("", at: SourcePosition(file: ""))
    var methods: [SpecPath] = []
    var frame = AnchoredFrame()
    var bases: [Located] = []
    var keep: [Located] = []
    var into = "score"
    var noise = AssumedNoise()
    var classes = 5
    var top = 10
    var replicates = 1_000
    var level = 0.9
    var seed = 1

    /// Nothing varies.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [.init("profile", \.profile, required: true, "The profile, as in compose.")]
        + AnchoredFrame.declaration(
          \.frame, at: "The period that is scored.", where: "Which areas are scored and ranked.") + [
          .init("methods", \.methods, "Other profiles; each replicate takes one of all, in turn."),
          .init("bases", \.bases, "Other base periods; each replicate takes one of all, in turn with the methods."),
          .init("keep", \.keep, "Columns that pass through."),
          .init("into", \.into, "What the names of the new columns begin with."),
        ] + AssumedNoise.declaration(\.noise) + [
          .init("classes", \.classes, "The number of equal classes of the base; the last is the worst."),
          .init("top", \.top, "How many areas are a priority."),
          .init("replicates", \.replicates, "How many draws."),
          .init("level", \.level, "What share of the draws an interval holds."),
          .init("seed", \.seed, "The seed of the draws."),
        ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "simulate",
    summary: "Says how certain ranks and the worst class are, by Monte Carlo over weights, inputs and methods.",
    details: """
      Each replicate draws the inputs within their rounding (evenly) or their published margins (a normal draw on each side, of \
      which the interval holds `margin_level`), weights around the profile's and a method, scores the areas \
      against the base's distribution as `compose` does in an anchored frame, and cuts the base's scores under the same \
      weights and method into equal classes. The base's inputs are not redrawn. An area is in the worst class when its score is \
      above the highest of the other classes.

      One row an area, for `into: score`: `score` (under the profile as it is), `score_low`, `score_high`, `score_rank` (1 = \
      worst among the areas scored, ties share the smallest), `score_rank_low`, `score_rank_high`, `score_rank_shift` (mean \
      distance of a replicate's rank from it), `score_is_worst` (1 or 0), `score_p_worst`, `score_p_flip` (share of the \
      replicates that put it on the other side), `score_p_top` (share in which it is among the `top` worst); and the same in \
      every row: `score_count` (areas in the worst class), `score_count_low`, `score_count_high`, \
      `score_spearman` and `score_spearman_lowest` (mean and smallest rank correlation of a replicate with the profile as it is).

      An area without a score is `insufficient`. A replicate's draws depend on the seed and its number alone: the result is \
      the same for any number of threads.
      """,
    example: """
      - id: certainty
        uses: simulate
        from: buurten
        profile: profiles/mdi-open.yml
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

  /// A simulation with its profiles read and checked.
  public init(options: Options, context: RunContext) throws(SpecError) {
    guard options.replicates >= 1, options.classes >= 2, options.top >= 1, options.seed >= 0,
      options.level > 0, options.level < 1
    else {
      throw SpecError(
        options.profile.position,
        "\"replicates\" and \"top\" must be 1 or more, \"classes\" 2 or more, \"seed\" 0 or more, \"level\" between 0 and 1"
      )
    }
    let profiles = try Self.profiles(options.profile, options.methods, context)
    try options.noise.check(profiles, at: options.profile.position)
    (self.options, self.profiles) = (options, profiles)
  }

  /// The profile and the other methods, read and checked.
  static func profiles(_ first: SpecPath, _ others: [SpecPath], _ context: RunContext) throws(SpecError) -> [Profile] {
    var profiles: [Profile] = []
    for path in [first] + others {
      let profile = try Profile(path: path, context: context)
      if profile.conventions.ties == .asPublished {
        throw SpecError(path.position, "ties: as_published takes ranks as they are; it has no anchored frame")
      }
      profiles.append(profile)
    }
    return profiles
  }

  /// The columns that the profiles and the options name.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    let named =
      profiles.flatMap { $0.domains.flatMap(\.indicators) }.map(\.column) + options.keep + options.noise.columns
    return [options.frame.columns.union(named.map(\.text))]
  }

  /// The area, what is kept, and the figures.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    for indicator in profiles.flatMap({ $0.domains.flatMap(\.indicators) }) {
      _ = try inputs[0].numericField(at: indicator.column)
    }
    try options.frame.check(inputs[0])
    try options.noise.check(inputs[0])
    var kept: [Field] = []
    for name in [options.frame.area] + options.keep { kept.append(try inputs[0].field(at: name)) }
    do throws(TabularError) { return try Schema(kept + figures) } catch {
      throw SpecError(options.frame.area.position, "\(error)")
    }
  }

  private var figures: [Field] {
    let name = options.into
    func field(_ suffix: String, _ type: ColumnType, _ unit: String, _ decimals: Int) -> Field {
      Field(name + suffix, type, unit: unit, decimals: decimals)
    }
    return [
      field("", .float64, "points", 1), field("_low", .float64, "points", 1), field("_high", .float64, "points", 1),
      field("_rank", .int64, "rank", 0), field("_rank_low", .float64, "rank", 0),
      field("_rank_high", .float64, "rank", 0), field("_rank_shift", .float64, "ranks", 1),
      field("_is_worst", .int64, "", 0), field("_p_worst", .float64, "", 2), field("_p_flip", .float64, "", 2),
      field("_p_top", .float64, "", 2), field("_count", .int64, "areas", 0), field("_count_low", .float64, "areas", 0),
      field("_count_high", .float64, "areas", 0), field("_spearman", .float64, "", 3),
      field("_spearman_lowest", .float64, "", 3),
    ]
  }

  /// One row an area.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let scorers = try AnchoredScorer.all(table, profiles, options.frame, bases: options.bases)
    let noise = try InputNoise(options.noise, table, rows: scorers[0].rows, context)
    let draws = Replicates(scorers, noise, options).run(context)
    let rows = scorers[0].rows
    if rows.isEmpty { context.warn("no area is in the frame for \(options.frame.at)") }
    var columns: [Column] = []
    for name in [options.frame.area] + options.keep {
      columns.append(
        try onTables { () throws(TabularError) in try table.column(name.text) }
          .gathering(rows.map { Int32($0) }))
    }
    let values = draws.figures(options)
    for (field, list) in zip(figures, values) {
      let mask = MissingMask(reasons: list.map { $0 == nil ? MissingReason.insufficient.rawValue : 0 })
      columns.append(
        field.type == .int64
          ? .int64(Int64Column(list.map { Int64($0 ?? 0) }, missing: mask))
          : .float64(Float64Column(list.map { $0 ?? 0 }, missing: mask)))
    }
    let schema = try promised([table.schema])
    let made = columns
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: made) }
  }
}
