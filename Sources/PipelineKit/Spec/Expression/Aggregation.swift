public import Tabular

/// A formula over the groups of a table: functions such as `sum(x)` over the rows of each group, and arithmetic between
/// them. Arguments are full expressions over the columns.
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

  var place: ExpressionPlace { ExpressionPlace(text: text, position: position) }
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
