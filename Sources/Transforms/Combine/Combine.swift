public import PipelineKit
internal import Statistics
public import Tabular

/// Combines indicators into aggregates, level by level, up to an index.
public struct Combine: Transform {
  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var tree: TreeOption?
    var method = CombineLevel.Method.arithmetic
    var missing = MissingRules.Enough()
    var levels: [CombineLevel] = []
    var by: [Located] = []
    var prefix = ""

    /// Weighted means of complete rows.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "tree", \.tree, required: true,
          "Each aggregate with its parts, a list or a mapping of names to weights; or the path of a file that holds it."
        ),
        .init("method", \.method, "How parts become a whole on every level, unless \"levels\" says more."),
        .init("missing", \.missing, "How much must be present on every level, unless \"levels\" says more."),
        .init(
          "levels", \.levels, "A mapping for each level of aggregates, the lowest first: method, missing and more."),
        .init("by", \.by, "Columns within whose groups areas are compared (copeland, benefit_of_doubt, exponential)."),
        .init("prefix", \.prefix, "What the names of the indicators' columns begin with; aggregates have none."),
      ]
    }
  }

  /// One table, or a table and weights.
  public static var inputCount: ClosedRange<Int> { 1...2 }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "combine",
    summary: "Combines indicators into aggregates, level by level, up to an index.",
    details: """
      With weights w and parts x, each level by one of

      - `arithmetic`: sum w x/sum w; `geometric`: exp(sum w ln x/sum w); `harmonic`: sum w/sum(w/x); `power`: (sum w x^p/sum \
      w)^(1/p); all but the first for parts above 0
      - `copeland`: areas that one beats less areas that beat it; one beats another when the parts where it is higher weigh \
      more than those where it is lower, counted exactly
      - `mazziotta_pareto`: M - S cv (`penalty: plus` adds) of an area's parts, S by n - 1, for parts with mean 100 and \
      deviation 10; `adjusted_mazziotta_pareto`: S by n, for parts on the scale `adjusted` of `normalise`
      - `ordered`: parts weighted by their place, from the highest to the lowest
      - `benefit_of_doubt`: the weighted sum under the weights that suit the area best, no area above 1
      - `exponential`: parts ranked, 1 the highest, X = -k ln(1 - R(1 - exp(-100/k))), then the weighted mean

      Mazziotta-Pareto, ordered and benefit of the doubt do not use the weights of parts, but leave out parts of weight 0. \
      The second input, if any, gives weights: columns `part` and `weight`, as `weigh` makes them, one row for every part.

      An aggregate is a column with its name. Where the parts are too few it is `insufficient`; where none is there, the reason \
      of the first; where the method has no result, such as a geometric mean of 0, `undefined`. Parts of weight 0 do not count.
      OECD/JRC handbook, step 6. For deprivation indices with frames over years see `compose`.
      """,
    example: """
      - id: index
        uses: combine
        from: scaled
        tree:
          health: [life_expectancy, smoking_pct]
          housing: {crowding_pct: 2, heating_pct: 1}
          index: [health, housing]
        levels:
          - {method: arithmetic, missing: {minimum_share: 0.5}}
          - {method: geometric}
      """)

  private let options: Options
  private let tree: IndicatorTree
  private let levels: [CombineLevel]

  /// A combination with its tree read and checked.
  public init(options: Options, context: RunContext) throws(SpecError) {
    self.options = options
    guard let tree = options.tree else { throw SpecError(SourcePosition(file: ""), "combine needs a \"tree\"") }
    self.tree = try tree.tree(context)
    let count = self.tree.top - 1
    if options.levels.isEmpty {
      var level = CombineLevel()
      (level.method, level.missing) = (options.method, options.missing)
      levels = [CombineLevel](repeating: level, count: count)
    } else {
      guard options.levels.count == 1 || options.levels.count == count else {
        throw SpecError(
          tree.position, "the tree has \(count) levels of aggregates; \"levels\" states \(options.levels.count)")
      }
      levels = options.levels.count == 1 ? [CombineLevel](repeating: options.levels[0], count: count) : options.levels
    }
    for level in levels { try level.check(at: tree.position) }
    for aggregate in self.tree.aggregates { try levels[aggregate.level - 2].check(aggregate) }
  }

  private var columns: [Located] { tree.indicators.map { Located(options.prefix + $0.text, at: $0.position) } }

  /// The indicators, the groups and what passes through; of the weights everything.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    let own = Set((columns + options.by).map(\.text))
    let made = tree.aggregates.map(\.name.text)
    return [needed.map { own.union($0.subtracting(made)) }] + inputs.dropFirst().map { _ in ["part", "weight"] }
  }

  /// The input's columns and one an aggregate.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let input = inputs[0]
    for column in options.by { _ = try input.field(at: column) }
    if inputs.count == 2 {
      let place = options.tree?.position ?? SourcePosition(file: "")
      let part = try inputs[1].field(at: Located("part", at: place), of: "the table of weights")
      guard part.type == .string else { throw SpecError(place, "column \"part\" of the weights must be text") }
      _ = try inputs[1].numericField(at: Located("weight", at: place), of: "the table of weights")
    }
    var known: [String: Field] = [:]
    for (name, column) in zip(tree.indicators, columns) { known[name.text] = try input.numericField(at: column) }
    var fields: [Field] = []
    for aggregate in tree.aggregates {
      let parts = aggregate.parts.compactMap { known[$0.name.text] }
      let directions = Set(parts.map(\.direction))
      let field = Field(
        aggregate.name.text, .float64, unit: levels[aggregate.level - 2].method == .copeland ? "areas" : "points",
        direction: directions.count == 1 ? directions.first ?? nil : nil,
        origins: Field.mergeOrigins(parts.map(\.origins)))
      try input.checkFree(field.name, at: aggregate.name.position)
      known[field.name] = field
      fields.append(field)
    }
    return try input.appending(fields, at: tree.aggregates[0].name.position)
  }

  /// The input with the aggregates.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let schema = try promised(inputs.map(\.schema))
    let indicators = try table.columns(named: columns.map(\.text))
    let weights = inputs.count == 2 ? try PartWeights(inputs[1]) : nil
    let matrix = ValueMatrix(rows: table.rowCount, columns: indicators.count + tree.aggregates.count)
    for (place, column) in indicators.enumerated() { matrix.fill(place, with: column) }
    var places: [String: Int] = [:]
    for (place, name) in tree.names.enumerated() { places[name] = place }
    let groups = levels.contains { $0.method.compares } ? try RowGroups(table, by: options.by) : nil
    var columns = indicators
    for (number, aggregate) in tree.aggregates.enumerated() {
      let own = aggregate.parts.compactMap { places[$0.name.text] }
      let list = try weights?.list(aggregate) ?? aggregate.parts.map(\.weight)
      let combiner: AggregateCombiner
      do throws(WeightProblem) {
        combiner = try AggregateCombiner(parts: own, weights: list, level: levels[aggregate.level - 2])
      } catch { throw TransformError("the weights of \"\(aggregate.name)\": \(error)") }
      let place = indicators.count + number
      combiner.combine(matrix, into: place, groups)
      columns.append(
        matrix.column(place) { row in combiner.reason(row, matrix, columns, groups) })
    }
    let made = Array(columns.dropFirst(indicators.count))
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: table.columns + made) }
  }
}
