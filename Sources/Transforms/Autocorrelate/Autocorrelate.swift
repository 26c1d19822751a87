public import PipelineKit
internal import Statistics
public import Tabular

/// Whether neighbouring areas are alike: Moran's I, with the counts of local clusters.
public struct Autocorrelate: Transform {
  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var column = Located("", at: SourcePosition(file: ""))
    var neighbourhood = Located("", at: SourcePosition(file: ""))
    var by: [Located] = []
    var draws = 999
    var level = 0.05
    var seed = 1

    /// Neighbours by a shared larger area.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("column", \.column, required: true, "The numbers."),
        .init(
          "neighbourhood", \.neighbourhood, required: true,
          "Rows that share this column's value are neighbours, for example the buurten of a wijk."),
        .init("by", \.by, "One row for each combination of these columns' values."),
        .init("draws", \.draws, "Random arrangements for the pseudo p."),
        .init("level", \.level, "A local cluster counts below this pseudo p."),
        .init("seed", \.seed, "The seed of the arrangements."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "autocorrelate",
    summary: "Measures whether neighbouring areas are alike: Moran's I and local clusters.",
    details: """
      Areas that share the value of `neighbourhood` are neighbours of equal weight, row-standardised. One row a group: \
      `areas` (with a number and a neighbourhood), `moran`, `moran_expected` (-1 / (n - 1)), `moran_p` (one-sided pseudo p of \
      seeded permutations, (1 + as extreme) / (1 + draws)), `high_high`, `low_low`, `high_low`, `low_high`: areas whose \
      local Moran has a pseudo p below `level`, by quadrant, without correction for many tests. The pseudo p of an area of a \
      large group is costly; `draws: 0` leaves all pseudo p and quadrants out. What does not exist is `insufficient`.
      """,
    example: """
      - {id: clusters, uses: autocorrelate, from: scores, column: mdi, neighbourhood: wijk_code, by: [gemeente_code]}
      """)

  private let options: Options

  /// A measure with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    guard options.draws >= 0, options.seed >= 0, options.level > 0, options.level <= 1 else {
      throw SpecError(
        options.column.position, "\"draws\" and \"seed\" must be 0 or more and \"level\" between 0 and 1")
    }
    self.options = options
  }

  private var figures: GroupFigures {
    GroupFigures(
      by: options.by,
      fields: [Field("areas", .int64, unit: "areas", decimals: 0)]
        + ["moran", "moran_expected", "moran_p"].map { Field($0, .float64, decimals: 3) }
        + ["high_high", "low_low", "high_low", "low_high"].map { Field($0, .int64, unit: "areas", decimals: 0) })
  }

  /// The keys, the numbers and the neighbourhoods.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [Set((options.by + [options.column, options.neighbourhood]).map(\.text))]
  }

  /// The keys and the measures.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    _ = try inputs[0].numericField(at: options.column)
    _ = try inputs[0].field(at: options.neighbourhood)
    return try figures.schema(for: inputs[0])
  }

  /// One row a group.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let column = try NumberColumn(table, options.column.text)
    let groups = try RowGroups(table, by: [options.neighbourhood])
    let (draws, seed) = (options.draws, UInt64(options.seed))
    return try figures.table(table) { rows in
      let numbers = PairedNumbers([column], rows.filter { groups.codes[$0] >= 0 })
      let values = numbers.lists[0]
      var members = [[Int]](repeating: [], count: groups.count)
      for (place, row) in numbers.rows.enumerated() { members[Int(groups.codes[row])].append(place) }
      let weights = SpatialWeights(
        neighbours: numbers.rows.enumerated().map { place, row in
          members[Int(groups.codes[row])].filter { $0 != place }
        }
      ).styled(.rowStandardised)
      let moran = MoranI(values, weights)
      let p = MoranI.permutationProbability(values, weights, draws: draws, seed: seed)
      var counts = [Double?](repeating: nil, count: 4)
      if let local = LocalMoran(values, weights),
        let own = LocalMoran.permutationProbabilities(values, weights, draws: draws, seed: seed)
      {
        counts = [MoranQuadrant.highHigh, .lowLow, .highLow, .lowHigh].map { quadrant in
          Double(own.indices.count { own[$0] < options.level && local.quadrants[$0] == quadrant })
        }
      }
      return [Double(values.count), moran?.value, moran?.expected, p] + counts
    }
  }
}
