public import Tabular

/// A formula over the columns of a table, as written in a pipeline file.
///
/// Literals are numbers (decimal point), `'text'`, `true`, `false` and `missing`; columns stand bare or in backquotes.
/// Operators, from loose to tight: `or`, `and`, `not`, comparisons with `between a and b` and `in [..]`, `+ -`, `* /`,
/// unary `-`, `^`. ``functions`` lists the functions.
///
/// Types: `+ - *` on whole numbers give whole numbers, `/` and `^` always give numbers with decimals, and mixing the two
/// gives numbers with decimals. A result that does not exist (division by zero, overflow of whole numbers, the logarithm
/// of zero) is missing with the reason `undefined`.
///
/// A missing operand makes the result missing for the reason of the first operand, from the left, that is missing.
/// `and`, `or` and `not` are three-valued: `false and missing` is false, `true or missing` is true.
public struct Expression: OptionValue, Sendable, Equatable {
  /// The expression as written.
  public let text: String
  /// Where its first character stands.
  public let position: SourcePosition
  let root: ExpressionNode

  /// The expression that `text` states.
  /// - Throws: ``SpecError`` at the place of the mistake inside the text.
  public init(parsing text: String, at position: SourcePosition) throws(SpecError) {
    let place = ExpressionPlace(text: text, position: position)
    root = try place.parsed(.rows)
    self.text = text
    self.position = position
  }

  /// An expression over columns.
  public static var optionType: OptionType { .expression }

  /// The expression that a scalar states.
  public init(option node: SpecNode) throws(SpecError) {
    let place = try ExpressionPlace(option: node)
    try self.init(parsing: place.text, at: place.position)
  }

  /// The columns that it uses, in order of first use.
  public var columns: [String] { root.columns }

  /// The name of the column when the expression is that column and nothing else.
  public var plainColumn: String? {
    if case .column(let name) = root.kind { return name }
    return nil
  }

  /// The type of the result on a table of `schema`.
  /// - Throws: ``SpecError`` at the column, operator or function that does not fit.
  public func type(in schema: Schema) throws(SpecError) -> ColumnType {
    try place.type(of: root, in: schema)
  }

  /// Checks that the result on a table of `schema` is true or false.
  /// - Throws: ``SpecError`` when it is not, or when the expression does not fit the schema.
  public func requireCondition(in schema: Schema) throws(SpecError) {
    let type = try type(in: schema)
    guard type == .bool else {
      throw place.error(root.offset, "expected a condition (true or false), found \(type.expressionWord)")
    }
  }

  /// The description of the result under `name`: origins are those of all columns in the expression; a plain column keeps
  /// its unit, label, direction and decimals, `round` and `coalesce` of columns of one unit keep the unit.
  /// - Throws: ``SpecError`` as ``type(in:)``.
  public func field(named name: String, in schema: Schema) throws(SpecError) -> Field {
    var field = Field(name, try type(in: schema))
    field.describe(as: root, in: schema)
    return field
  }

  var place: ExpressionPlace { ExpressionPlace(text: text, position: position) }
}

/// A text and where it stands, to give mistakes their place.
struct ExpressionPlace {
  var text: String
  var position: SourcePosition

  init(text: String, position: SourcePosition) {
    self.text = text
    self.position = position
  }

  /// The text of a scalar.
  ///
  /// In quotes the text starts one character after the scalar.
  init(option node: SpecNode) throws(SpecError) {
    text = try node.text("an expression")
    position = node.position
    if case .scalar(_, quoted: true) = node.content, !text.hasSuffix("\n"), position.column > 0 { position.column += 1 }
  }

  /// The place of the character at `offset`; of the whole where the text has several lines.
  func position(at offset: Int) -> SourcePosition {
    guard position.column > 0, !text.unicodeScalars.contains("\n") else { return position }
    var place = position
    place.column += offset
    return place
  }

  func error(_ offset: Int, _ message: String) -> SpecError { SpecError(position(at: offset), message) }

  func parsed(_ mode: ExpressionParser.Mode) throws(SpecError) -> ExpressionNode {
    do { return try ExpressionParser.parse(text, mode) } catch { throw self.error(error.offset, error.message) }
  }

  /// The type of `node`, which must have one.
  func type(of node: ExpressionNode, in schema: Schema) throws(SpecError) -> ColumnType {
    guard let type = try ExpressionTyping(schema: schema, place: self).type(of: node) else {
      throw error(
        node.offset, "nothing but missing has no type; say number(missing), integer(missing) or text(missing)")
    }
    return type
  }
}

extension Field {
  /// Takes over what `node` leaves standing of the columns in it.
  mutating func describe(as node: ExpressionNode, in schema: Schema) {
    let sources = node.columns.compactMap { schema[$0] }
    if !sources.isEmpty { origins = Field.mergeOrigins(sources.map(\.origins)) }
    switch node.kind {
    case .column(let name):
      guard let source = schema[name] else { return }
      unit = source.unit
      label = source.label
      direction = source.direction
      decimals = source.decimals
      if source.role != .key { role = source.role }
    case .call(.round), .call(.coalesce), .call(.missingAs):
      let operands = node.children.filter { !$0.isLiteral }
      guard let first = sources.first, operands.allSatisfy({ if case .column = $0.kind { true } else { false } }),
        sources.allSatisfy({ $0.unit == first.unit })
      else { return }
      unit = first.unit
      if sources.allSatisfy({ $0.direction == first.direction }) { direction = first.direction }
      if node.kind == .call(.round) {
        decimals = 0
        if node.children.count > 1, case .integer(let count) = node.children[1].kind { decimals = max(0, Int(count)) }
      } else if sources.allSatisfy({ $0.decimals == first.decimals }) {
        decimals = first.decimals
      }
    default: break
    }
  }
}

extension ColumnType {
  /// How messages about expressions name the type.
  var expressionWord: String {
    switch self {
    case .float64: "a number"
    case .int64: "a whole number"
    case .string: "text"
    case .bool: "true or false"
    case .date: "a date"
    }
  }
}
