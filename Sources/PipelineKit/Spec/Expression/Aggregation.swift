public import Tabular

/// A formula over the groups of a table: functions such as `sum(x)` over the rows of each group, and arithmetic
/// between them.
///
/// Arguments are full expressions over the columns.
///
/// Cells without a value are left out. A function over no values is missing with the reason `undefined`, except that the
/// counts are 0.
public struct Aggregation: OptionValue, Sendable, Equatable {
  /// The aggregation as written.
  public let text: String
  /// Where its first character stands.
  public let position: SourcePosition
  let root: ExpressionNode

  /// The aggregation that `text` states.
  /// - Throws: ``SpecError`` at the place of the mistake inside the text.
  public init(parsing text: String, at position: SourcePosition) throws(SpecError) {
    root = try ExpressionPlace(text: text, position: position).parsed(.groups)
    self.text = text
    self.position = position
  }

  /// An expression over columns.
  public static var optionType: OptionType { .expression }

  /// The aggregation that a scalar states.
  public init(option node: SpecNode) throws(SpecError) {
    let place = try ExpressionPlace(option: node)
    try self.init(parsing: place.text, at: place.position)
  }

  /// The columns that it uses, in order of first use.
  public var columns: [String] { root.columns }

  /// The functions over groups, in the order in which documentation lists them.
  public static var functions: [FunctionDescription] {
    AggregateFunction.allCases.map { FunctionDescription(signature: $0.signature, summary: $0.summary) }
  }

  /// The type of the result for a table of `schema`.
  /// - Throws: ``SpecError`` at the column, operator or function that does not fit.
  public func type(in schema: Schema) throws(SpecError) -> ColumnType { try place.type(of: root, in: schema) }

  /// The description of the result under `name`: origins are those of all columns used; the unit of a plain column stays
  /// under functions that keep it (sum, mean, median, min and the like).
  /// - Throws: ``SpecError`` as ``type(in:)``.
  public func field(named name: String, in schema: Schema) throws(SpecError) -> Field {
    var field = Field(name, try type(in: schema))
    let sources = root.columns.compactMap { schema[$0] }
    if !sources.isEmpty { field.origins = Field.mergeOrigins(sources.map(\.origins)) }
    if case .aggregate(let function) = root.kind, function.keepsUnit, case .column(let column) = root.children[0].kind,
      let source = schema[column]
    {
      field.unit = source.unit
      field.direction = source.direction
      if field.type == source.type { field.decimals = source.decimals }
    }
    return field
  }

  /// The result for every group of `groups`, which groups the rows of `table`.
  /// - Throws: ``TransformError`` when the table does not have the columns or types that the aggregation needs.
  public func evaluate(on table: Table, groups: Grouping) throws(TransformError) -> Column {
    do { _ = try type(in: table.schema) } catch { throw TransformError(error.description) }
    let evaluator = ExpressionEvaluator(table: table, count: groups.count, groups: groups)
    return evaluator.column(evaluator.value(of: root))
  }

  var place: ExpressionPlace { ExpressionPlace(text: text, position: position) }
}

extension ExpressionEvaluator {
  /// The function over the groups, of arguments that are evaluated row by row.
  func reduce(_ function: AggregateFunction, _ arguments: [ExpressionNode], _ groups: Grouping) -> Column {
    let rows = ExpressionEvaluator(table: table, count: groups.groups.count, groups: nil)
    let values = arguments.map { rows.value(of: $0) }
    guard let first = values.first else { return .int64(Reduction.count(groups)) }
    let x = rows.column(first)
    switch function {
    case .count: return .int64(Reduction.count(x, groups))
    case .countDistinct: return .int64(Reduction.countDistinct(x, groups))
    case .countIf: return .int64(Reduction.countTrue(rows.truths(first), groups))
    case .shareIf: return .float64(Reduction.shareTrue(rows.truths(first), groups))
    case .any: return .bool(Reduction.anyTrue(rows.truths(first), groups))
    case .all: return .bool(Reduction.allTrue(rows.truths(first), groups))
    case .sum:
      if case .int64(let c) = x { return .int64(Reduction.sum(c, groups)) }
      return .float64(Reduction.sum(rows.floats(first), groups))
    case .mean: return .float64(Reduction.mean(rows.floats(first), groups))
    case .weightedMean:
      return .float64(Reduction.weightedMean(rows.floats(first), rows.floats(values[1]), groups))
    case .sd, .sdPopulation:
      let isPopulation = function == .sdPopulation
      return .float64(Reduction.standardDeviation(rows.floats(first), population: isPopulation, groups))
    case .median: return .float64(Reduction.quantile(rows.floats(first), 0.5, groups))
    case .quantile:
      return .float64(Reduction.quantile(rows.floats(first), arguments[1].literalNumber ?? 0.5, groups))
    case .min, .max:
      return x.gathering(
        Reduction.extremeRows(x, largest: function == .max, groups), unmatched: .undefined)
    case .first, .last:
      return x.gathering(Reduction.edgeRows(x, last: function == .last, groups), unmatched: .undefined)
    }
  }
}

extension AggregateFunction {
  /// Whether the result is in the unit of its first argument.
  var keepsUnit: Bool {
    switch self {
    case .count, .countIf, .countDistinct, .shareIf, .any, .all: false
    default: true
    }
  }
}
