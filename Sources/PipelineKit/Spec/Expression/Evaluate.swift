public import Tabular

extension Expression {
  /// The result for every row of `table`: a column of the type that ``type(in:)`` gives for its schema.
  /// - Throws: ``TransformError`` when the table does not have the columns or types that the expression needs.
  public func evaluate(on table: Table) throws(TransformError) -> Column {
    // Checked again since a table may come from anywhere; this costs nothing beside the rows.
    do { _ = try type(in: table.schema) } catch { throw TransformError(error.description) }
    let evaluator = ExpressionEvaluator(table: table, count: table.rowCount, groups: nil)
    return evaluator.column(evaluator.value(of: root))
  }
}

/// A part of an expression, evaluated.
enum ExpressionValue {
  /// A value a row.
  case column(Column)
  /// The same in all rows: a column of one row.
  case constant(Column)
  /// The literal `missing`, which takes any type.
  case missing(MissingReason)

  var type: ColumnType? {
    switch self {
    case .column(let column), .constant(let column): column.type
    case .missing: nil
    }
  }

  var isColumn: Bool { if case .column = self { true } else { false } }

  /// The text of a constant that is present.
  var constantText: String? {
    guard case .constant(.string(let c)) = self, c.missing == nil else { return nil }
    return c.dictionary[c.codes[0]]
  }
}

/// Evaluates expressions whose types have been checked, a column at a time.
struct ExpressionEvaluator {
  let table: Table
  /// Rows of the result: those of the table, or its groups.
  let count: Int
  /// Set where functions over groups stand.
  let groups: Grouping?
  /// The values of functions over groups, where rows have streamed by.
  var folded: ((ExpressionNode) -> Column)?

  func value(of node: ExpressionNode) -> ExpressionValue {
    switch node.kind {
    case .integer(let value): return .constant(.int64(Int64Column([value])))
    case .number(let value): return .constant(.float64(Float64Column([value])))
    case .text(let text): return .constant(.string(StringColumn([text])))
    case .truth(let value): return .constant(.bool(BoolColumn([value ? 1 : 0])))
    case .missing: return .missing(.unspecified)
    case .column(let name):
      guard let index = table.schema.index(of: name) else { preconditionFailure("types are checked first") }
      return .column(table.columns[index])
    case .aggregate(let function):
      if let folded { return .column(folded(node)) }
      guard let groups else { preconditionFailure("the parser keeps functions over groups out of rows") }
      return .column(reduce(function, node.children, groups))
    case .and, .or, .not, .negate, .arithmetic, .compare, .between, .membership, .call:
      return combine(node, node.children.map { value(of: $0) })
    }
  }

  /// The result of an operation; where all operands are constants it is one too.
  private func combine(_ node: ExpressionNode, _ operands: [ExpressionValue]) -> ExpressionValue {
    if let untyped = untyped(node, operands) { return untyped }
    if operands.contains(where: \.isColumn) { return .column(apply(node, operands)) }
    let single = ExpressionEvaluator(table: table, count: 1, groups: nil)
    let columns = operands.map { operand -> ExpressionValue in
      if case .constant(let column) = operand { .column(column) } else { operand }
    }
    return .constant(single.apply(node, columns))
  }

  /// Results of functions that leave `missing` without a type.
  private func untyped(_ node: ExpressionNode, _ operands: [ExpressionValue]) -> ExpressionValue? {
    guard case .call(let function) = node.kind,
      case .missing(let reason)? = operands.dropFirst(function == .if ? 1 : 0).first
    else { return nil }
    switch function {
    case .missingAs:
      return operands[1].constantText.flatMap { MissingReason(label: $0) }.map { .missing($0) }
    case .if: if case .missing = operands[2] { return .missing(reason) }
    case .coalesce where operands.allSatisfy({ $0.type == nil }): return .missing(reason)
    default: break
    }
    return nil
  }

  private func apply(_ node: ExpressionNode, _ operands: [ExpressionValue]) -> Column {
    switch node.kind {
    case .negate:
      if operands[0].type == .int64 {
        return .int64(Arithmetic.apply(.subtract, .constant(0), integers(operands[0])))
      }
      return .float64(Arithmetic.apply(.subtract, .constant(0), numbers(operands[0])))
    case .arithmetic(let operation):
      let isWhole = operation != .divide && operation != .power && !operands.contains { $0.type == .float64 }
      if isWhole { return .int64(Arithmetic.apply(operation, integers(operands[0]), integers(operands[1]))) }
      return .float64(Arithmetic.apply(operation, numbers(operands[0]), numbers(operands[1])))
    case .compare(let comparison): return .bool(compare(comparison, operands[0], operands[1]))
    case .between(let negated):
      let value = ExpressionValue.column(column(operands[0], as: operands[0].type ?? operands[1].type))
      let inside = Logic.and(
        compare(.greaterOrEqual, value, operands[1]), compare(.lessOrEqual, value, operands[2]))
      return .bool(negated ? Logic.not(inside) : inside)
    case .membership(let negated):
      let inside = member(operands[0], of: operands.dropFirst())
      return .bool(negated ? Logic.not(inside) : inside)
    case .and: return .bool(Logic.and(truths(operands[0]), truths(operands[1])))
    case .or: return .bool(Logic.or(truths(operands[0]), truths(operands[1])))
    case .not: return .bool(Logic.not(truths(operands[0])))
    case .call(let function): return call(function, operands)
    case .integer, .number, .text, .truth, .missing, .column, .aggregate:
      preconditionFailure("values are not operations")
    }
  }

  // MARK: - Comparison

  private func compare(_ comparison: ComparisonOperator, _ a: ExpressionValue, _ b: ExpressionValue) -> BoolColumn {
    switch (a.type ?? b.type, b.type ?? a.type) {
    case (.int64, .int64): return Comparison.apply(comparison, integers(a), integers(b))
    case (.date, _), (_, .date): return Comparison.apply(comparison, days(a), days(b))
    case (.bool, _): return Comparison.apply(comparison, .column(truths(a)), .column(truths(b)))
    case (.string, _):
      if let text = b.constantText { return Comparison.apply(comparison, texts(a), text) }
      if let text = a.constantText { return Comparison.apply(comparison.flipped, texts(b), text) }
      return Comparison.apply(comparison, texts(a), texts(b))
    default: return Comparison.apply(comparison, numbers(a), numbers(b))
    }
  }

  private func member(_ value: ExpressionValue, of elements: ArraySlice<ExpressionValue>) -> BoolColumn {
    if value.type == .string { return Comparison.isMember(texts(value), of: elements.compactMap(\.constantText)) }
    let value = ExpressionValue.column(column(value, as: value.type ?? elements.first?.type))
    var inside: BoolColumn?
    for element in elements {
      let equal = compare(.equal, value, element)
      inside = inside.map { Logic.or($0, equal) } ?? equal
    }
    return inside ?? BoolColumn([UInt8](repeating: 0, count: count))
  }

  // MARK: - Functions

  private func call(_ function: ExpressionFunction, _ operands: [ExpressionValue]) -> Column {
    let first = operands[0]
    switch function {
    case .abs:
      if case .int64(let c) = column(first, as: first.type) { return .int64(Arithmetic.absolute(c)) }
      return map(first, .absolute)
    case .floor, .ceil:
      if first.type == .int64 { return column(first, as: .int64) }
      return map(first, function == .floor ? .floor : .ceiling)
    case .sqrt: return map(first, .squareRoot)
    case .ln: return map(first, .naturalLogarithm)
    case .log10: return map(first, .decimalLogarithm)
    case .exp: return map(first, .exponential)
    case .power: return .float64(Arithmetic.apply(.power, numbers(first), numbers(operands[1])))
    case .min, .max: return extreme(operands, largest: function == .max)
    case .round:
      let decimals = operands.count > 1 ? literal(operands[1]) : 0
      if first.type == .int64 { return .int64(Arithmetic.round(wholes(first), decimals: decimals)) }
      return .float64(Arithmetic.round(floats(first), decimals: decimals))
    case .if:
      let type = common(operands[1...])
      return Logic.choose(truths(first), column(operands[1], as: type), column(operands[2], as: type))
    case .coalesce:
      let type = common(operands[...])
      return operands.dropFirst().reduce(column(first, as: type)) { Logic.coalesce($0, column($1, as: type)) }
    case .missing: return .bool(Logic.isMissing(column(first, as: first.type)))
    case .reason: return .string(Logic.reasons(of: column(first, as: first.type)))
    case .missingAs:
      guard let reason = label(operands[1]).flatMap({ MissingReason(label: $0) }) else {
        preconditionFailure("types are checked first")
      }
      return Logic.replacingReasons(of: column(first, as: first.type), by: reason)
    case .concat: return .string(concat(operands))
    case .startsWith: return .bool(holds(operands, .start))
    case .endsWith: return .bool(holds(operands, .end))
    case .contains: return .bool(holds(operands, .anywhere))
    case .trim: return .string(Text.trim(texts(first)))
    case .upper: return .string(Text.upper(texts(first)))
    case .lower: return .string(Text.lower(texts(first)))
    case .length: return .int64(Text.length(texts(first)))
    case .substring:
      let length = operands.count > 2 ? literal(operands[2]) : nil
      return .string(Text.substring(texts(first), start: literal(operands[1]), length: length))
    case .text: return .string(Text.text(column(first, as: first.type ?? .string)))
    case .number:
      switch column(first, as: first.type ?? .float64) {
      case .string(let c): return .float64(Text.number(c))
      case .bool(let c): return .float64(Arithmetic.float64(Arithmetic.int64(c)))
      default: return .float64(floats(first))
      }
    case .integer:
      switch column(first, as: first.type ?? .int64) {
      case .string(let c): return .int64(Text.integer(c))
      case .bool(let c): return .int64(Arithmetic.int64(c))
      case .float64(let c): return .int64(Arithmetic.int64(c))
      case .int64(let c): return .int64(c)
      case .date: preconditionFailure("types are checked first")
      }
    case .year:
      guard case .date(let c) = column(first, as: .date) else { preconditionFailure("types are checked first") }
      return .int64(Arithmetic.year(c))
    case .regionCode, .regionLevel, .regionParent, .periodCode, .periodYear, .periodType, .periodNumber, .periodStart,
      .periodStatus:
      let codes = Text.text(column(first, as: first.type ?? .string))
      return code(
        function, codes, level: operands.dropFirst().first.flatMap { label($0) }.flatMap { .init(rawValue: $0) })
    }
  }

  private func map(_ value: ExpressionValue, _ function: NumberFunction) -> Column {
    .float64(Arithmetic.apply(function, floats(value)))
  }

  private func extreme(_ operands: [ExpressionValue], largest: Bool) -> Column {
    var result = operands[0]
    let isWhole = common(operands[...]) == .int64
    for operand in operands.dropFirst() {
      // Both may be constants while a later one is a column.
      let left = ExpressionValue.column(column(result, as: isWhole ? .int64 : .float64))
      if isWhole {
        let (a, b) = (integers(left), integers(operand))
        result = .column(.int64(largest ? Arithmetic.maximum(a, b) : Arithmetic.minimum(a, b)))
      } else {
        let (a, b) = (numbers(left), numbers(operand))
        result = .column(.float64(largest ? Arithmetic.maximum(a, b) : Arithmetic.minimum(a, b)))
      }
    }
    return column(result, as: isWhole ? .int64 : .float64)
  }

  private func concat(_ operands: [ExpressionValue]) -> StringColumn {
    let columns = operands.filter { $0.constantText == nil }
    if columns.count == 1, let index = operands.firstIndex(where: { $0.constantText == nil }) {
      let prefix = operands[..<index].compactMap(\.constantText).joined()
      let suffix = operands[(index + 1)...].compactMap(\.constantText).joined()
      return Text.enclose(texts(operands[index]), prefix: prefix, suffix: suffix)
    }
    return Text.concat(operands.map { texts($0) })
  }

  private func holds(_ operands: [ExpressionValue], _ place: Text.Place) -> BoolColumn {
    if let part = operands[1].constantText { return Text.holds(texts(operands[0]), part, at: place) }
    return Text.holds(texts(operands[0]), texts(operands[1]), at: place)
  }

  // MARK: - Operands

  /// The type that all values take; nil when all are `missing`.
  private func common(_ values: ArraySlice<ExpressionValue>) -> ColumnType? {
    let types = values.compactMap(\.type)
    return types.contains(.float64) ? .float64 : types.first
  }

  /// The whole number of a value that is written out.
  private func literal(_ value: ExpressionValue) -> Int {
    switch value {
    case .column(.int64(let c)), .constant(.int64(let c)): Int(clamping: c.values.first ?? 0)
    default: 0
    }
  }

  /// The first text of a value, which is the same in all rows.
  private func label(_ value: ExpressionValue) -> String? {
    if case .column(.string(let c)) = value { return c.codes.first.map { c.dictionary[$0] } }
    return value.constantText
  }

  /// The value as a column of ``count`` rows.
  func column(_ value: ExpressionValue, as type: ColumnType? = nil) -> Column {
    let column: Column
    switch value {
    case .column(let c): column = c
    case .constant(let c): column = count == 1 ? c : c.gathering([Int32](repeating: 0, count: count))
    case .missing(let reason): column = .allMissing(type ?? .float64, reason: reason, count: count)
    }
    if type == .float64, case .int64(let c) = column { return .float64(Arithmetic.float64(c)) }
    return column
  }

  private func numbers(_ value: ExpressionValue) -> Operand<Double> {
    switch value {
    case .constant(.float64(let c)) where c.missing == nil: .constant(c.values[0])
    case .constant(.int64(let c)) where c.missing == nil: .constant(Double(c.values[0]))
    default: .column(floats(value))
    }
  }

  private func integers(_ value: ExpressionValue) -> Operand<Int64> {
    if case .constant(.int64(let c)) = value, c.missing == nil { return .constant(c.values[0]) }
    return .column(wholes(value))
  }

  /// Days; a text constant states one.
  private func days(_ value: ExpressionValue) -> Operand<Int32> {
    if let text = label(value), value.type == .string, let day = CalendarDay.parse(text) { return .constant(day) }
    guard case .date(let c) = column(value, as: .date) else { preconditionFailure("types are checked first") }
    return .column(c)
  }

  func floats(_ value: ExpressionValue) -> Float64Column {
    guard case .float64(let c) = column(value, as: .float64) else { preconditionFailure("types are checked first") }
    return c
  }

  private func wholes(_ value: ExpressionValue) -> Int64Column {
    guard case .int64(let c) = column(value, as: .int64) else { preconditionFailure("types are checked first") }
    return c
  }

  func truths(_ value: ExpressionValue) -> BoolColumn {
    guard case .bool(let c) = column(value, as: .bool) else { preconditionFailure("types are checked first") }
    return c
  }

  private func texts(_ value: ExpressionValue) -> StringColumn {
    guard case .string(let c) = column(value, as: .string) else { preconditionFailure("types are checked first") }
    return c
  }
}
