internal import Glibc
public import PipelineKit
internal import Statistics
public import Tabular

/// Adds the rank of each row by one column.
public struct Rank: Transform {
  enum Order: String, OptionChoice {
    case descending
    case ascending
  }

  enum Ties: String, OptionChoice {
    case min
    case avg
    case max
    case dense
    case ordinal

    var rule: TieRule {
      switch self {
      case .min: .minimum
      case .avg: .average
      case .max: .maximum
      case .dense: .dense
      case .ordinal: .ordinal
      }
    }
  }

  /// The options of `rank`.
  public struct Options: PluginOptions {
    var column = Located("", at: SourcePosition(file: ""))
    var into = Located("", at: SourcePosition(file: ""))
    var by: [Located] = []
    var order = Order.descending
    var ties = Ties.min
    var decimals: Int?

    /// Highest first, ties share the smallest rank.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("column", \.column, required: true, "The numbers to rank."),
        .init("into", \.into, required: true, "The name of the new column."),
        .init("by", \.by, "Rank within the rows that share these columns' values, for example a year."),
        .init("order", \.order, "Which value has rank 1: the highest (descending) or the lowest (ascending)."),
        .init(
          "ties", \.ties,
          "The rank of equal values: the smallest, the mean or the largest of the ranks they take up, the number of "
            + "distinct values so far, or one each in the order of the rows."),
        .init("decimals", \.decimals, "Rank the values rounded to so many decimals, as some published tables do."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "rank",
    summary: "Adds the rank of each row by one column.",
    details: """
      Ranks count from 1, within the rows that share the values of `by`, or within the whole table. They are whole \
      numbers, except under `ties: avg`. For the values 7, 5, 5, 3 from high to low: `min` gives 1 2 2 4, `avg` 1 \
      2.5 2.5 4, `max` 1 3 3 4, `dense` 1 2 2 3, `ordinal` 1 2 3 4.

      A missing value takes no part and stays missing with its reason; so does a row whose `by` is missing. \
      `decimals` rounds halves away from zero.
      """,
    example: """
      - {id: ranked, uses: rank, from: scores, column: composite, into: rank, by: [year]}
      """)

  private let options: Options

  /// A rank with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    if let decimals = options.decimals, !(0...15).contains(decimals) {
      throw SpecError(options.column.position, "\"decimals\" is \(decimals), expected 0 to 15")
    }
    self.options = options
  }

  /// The columns needed from the input, the one ranked and those of `by`.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [needed.map { $0.subtracting([options.into.text]).union([options.column.text]).union(options.by.map(\.text)) }]
  }

  /// The input's columns and the rank.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let source = try inputs[0].numericField(at: options.column)
    for name in options.by { _ = try inputs[0].field(at: name) }
    try inputs[0].checkFree(options.into.text, at: options.into.position)
    return try inputs[0].appending([field(source)], at: options.into.position)
  }

  /// The input with the rank.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    var numbers = try NumberColumn(table, options.column.text)
    if let decimals = options.decimals {
      let scale = pow(10, Double(decimals))
      for row in numbers.values.indices { numbers.values[row] = (numbers.values[row] * scale).rounded() }
    }
    let keys = try table.columns(named: [options.column.text] + options.by.map(\.text))
    let groups = try RowGroups(table, by: options.by)
    var ranks = [Double](repeating: 0, count: table.rowCount)
    let workspace = RankWorkspace()
    let (rule, direction) = (options.ties.rule, options.order == .descending ? RankDirection.descending : .ascending)
    ranks.withUnsafeMutableBufferPointer { output in
      numbers.values.withUnsafeBufferPointer { values in
        groups.rows(where: numbers.isPresent).forEach { _, rows in
          workspace.rank(values, at: rows, ties: rule, direction: direction, into: output)
        }
      }
    }
    let missing = firstReasons(keys, rowCount: table.rowCount).map { MissingMask(reasons: $0) }
    guard let source = table.schema[options.column.text] else { throw TransformError("a column went missing") }
    let field = field(source)
    let column: Column =
      field.type == .float64
      ? .float64(Float64Column(ranks, missing: missing))
      : .int64(Int64Column(ranks.map { Int64($0) }, missing: missing))
    return try table.appending([field], [column])
  }

  private func field(_ source: Field) -> Field {
    var field = Field(options.into.text, options.ties == .avg ? .float64 : .int64, unit: "rank")
    field.origins = source.origins
    field.direction = options.order == .ascending ? source.direction : source.direction?.reversed
    field.decimals = options.ties == .avg ? 1 : 0
    return field
  }
}

extension Direction {
  /// The other one.
  var reversed: Direction { self == .higherIsBetter ? .higherIsWorse : .higherIsBetter }
}
