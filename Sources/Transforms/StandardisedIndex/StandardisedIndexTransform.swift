public import PipelineKit
internal import Statistics
public import Tabular

/// Makes an index of standard scores, with ranks and exact contributions to its change.
public struct StandardisedIndexTransform: Transform {
  enum Output: String, OptionChoice {
    case areas, dimensions
  }

  /// One dimension.
  struct DimensionOption: PluginOptions {
    var weight = 1.0
    var direction: DirectionOption?

    static var declaration: [OptionField<Self>] {
      [
        .init("weight", \.weight, "Its weight, 0 or more; weights are scaled to sum to 1."),
        .init("direction", \.direction, "Whether more is better, where the column does not say."),
      ]
    }
  }

  /// The options of `standardised_index`.
  public struct Options: PluginOptions {
    var area = Located("", at: SourcePosition(file: ""))
    var period = Located("", at: SourcePosition(file: ""))
    var dimensions = OrderedMap<DimensionOption>()
    var frame: Expression?
    var base: Double?
    var since: Double?
    var far = 1.0
    var output = Output.areas

    /// One row an area and period.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("area", \.area, required: true, "The column of areas."),
        .init("period", \.period, required: true, "The column of the period, a whole number such as the year."),
        .init("dimensions", \.dimensions, required: true, "The columns, each with its weight and direction."),
        .init("frame", \.frame, "The rows that give means and deviations and are ranked; without it all rows."),
        .init("base", \.base, "The period that gives means and deviations; without it all periods together."),
        .init("since", \.since, "The period from which changes are taken; without it the area's first."),
        .init("far", \.far, "How many standard deviations below the mean is far behind."),
        .init("output", \.output, "One row for each area and period, or one for each dimension of those."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "standardised_index",
    summary: "Makes an index of standard scores, with ranks and exact contributions to its change.",
    details: """
      With z the standard score (value - mean) / sd over the frame (population sd), its sign turned where more is worse, \
      and w the weight scaled to sum to 1: index = sum of w z. Means and deviations are those of the rows of `frame` in \
      the period `base`, or in all periods together, and hold for every row.

      `output: areas`: `index`, `index_rank` among the rows of the frame in the same period (1 is the best, ties share the \
      smallest), `index_ties` (how many others have the same), `far_below` (dimensions with z below -`far`), \
      `index_change` (since the period `since`).

      `output: dimensions`, one row for each area, period and dimension: `weight`, `z`, `z_rank`, `to_median` (z minus the \
      median of the frame in the period), `contribution` (w z; they sum to the index), `contribution_to_change` (w times \
      the change of z; they sum exactly to index_change) and `gain`: what the index would gain if the dimension rose to the \
      frame's median, 0 for those above. A gain is arithmetic, not the effect of a policy.

      A row that lacks a dimension with a weight has no index (`insufficient`); a dimension without spread in the frame has no \
      scores (`undefined`). Rows outside the frame have scores but no rank (`not_applicable`). A change is missing \
      (`not_matched`) in periods before `since` and where the area has no row then.
      """,
    example: """
      - id: attractiveness
        uses: standardised_index
        from: panel
        area: area_code
        period: year
        frame: area_code != 'NL00'
        base: 2014
        dimensions:
          crimes_per_1000: {weight: 2, direction: higher_is_worse}
          restaurants: {direction: higher_is_better}
      """)

  private let options: Options

  /// An index with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    var total = 0.0
    for entry in options.dimensions.entries {
      guard entry.value.weight >= 0, entry.value.weight.isFinite else {
        throw SpecError(entry.position, "the weight of \"\(entry.key)\" is \(entry.value.weight), expected 0 or more")
      }
      total += entry.value.weight
    }
    guard total > 0 else {
      throw SpecError(options.area.position, "\"dimensions\" gives no column a weight above 0")
    }
    for (name, period) in [("base", options.base), ("since", options.since)] {
      if let period, !isPeriod(period) {
        throw SpecError(options.area.position, "\"\(name)\" is \(period), which is no period; \(periodRule)")
      }
    }
    guard options.far >= 0 else {
      throw SpecError(options.area.position, "\"far\" is \(options.far), expected 0 or more")
    }
    self.options = options
  }

  /// The area, the period, the dimensions and what the frame names.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [Set([options.area.text, options.period.text] + options.dimensions.keys + (options.frame?.columns ?? []))]
  }

  private func sources(_ schema: Schema) throws(SpecError) -> [Field] {
    var fields: [Field] = []
    for entry in options.dimensions.entries {
      let field = try schema.numericField(at: Located(entry.key, at: entry.position))
      _ = try entry.value.direction.higherIsBetter(field, at: entry.position)
      fields.append(field)
    }
    return fields
  }

  private func fields(_ sources: [Field]) -> [Field] {
    let origins = Field.mergeOrigins(sources.map(\.origins))
    func whole(_ name: String, _ label: String) -> Field {
      Field(name, .int64, label: label, decimals: 0, origins: origins)
    }
    func figure(_ name: String, _ label: String) -> Field {
      .figure(name, name == "weight" ? "" : "sd", label, decimals: 2, direction: .higherIsBetter, from: sources)
    }
    switch options.output {
    case .areas:
      return [
        figure("index", "Index"), whole("index_rank", "Rank of the index"),
        whole("index_ties", "Others with the index"),
        whole("far_below", "Dimensions far below the mean"), figure("index_change", "Change of the index"),
      ]
    case .dimensions:
      return [
        figure("weight", "Weight"), figure("z", "Standard score"), whole("z_rank", "Rank of the score"),
        figure("to_median", "Score minus the median"), figure("contribution", "Contribution to the index"),
        figure("contribution_to_change", "Contribution to its change"), figure("gain", "Gain at the median"),
      ]
    }
  }

  /// The keys and the figures.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let schema = inputs[0]
    var keys = [try schema.field(at: options.area).asKey, try schema.numericField(at: options.period).asKey]
    try options.frame?.requireCondition(in: schema)
    if options.output == .dimensions { keys.append(Field("dimension", .string, role: .key)) }
    let all = keys + fields(try sources(schema))
    do { return try Schema(all) } catch { throw SpecError(options.area.position, "\(error)") }
  }

  /// The index.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let schema = try promised([table.schema])
    let sources = try onSchemas { () throws(SpecError) in try self.sources(table.schema) }
    let places = try AreaPeriods(table, area: options.area, period: options.period, context: context)
    var output = MeasureRows(fields(sources))
    var rows: [Int32] = []
    if let scores = try IndexScores(table, places, options, sources) {
      for row in scores.order {
        let lines = options.output == .areas ? [scores.index(row)] : scores.dimensions(row)
        for line in lines {
          output.append(line)
          rows.append(Int32(row))
        }
      }
    }
    let keys = try table.columns(named: [options.area.text, options.period.text])
    var columns = keys.map { $0.gathering(rows) }
    if options.output == .dimensions {
      columns.append(.texts(rows.indices.map { options.dimensions.keys[$0 % options.dimensions.keys.count] }))
    }
    columns += output.columns
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: columns) }
  }
}
