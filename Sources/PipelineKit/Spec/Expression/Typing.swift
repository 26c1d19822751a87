import Tabular

/// The type of every part of an expression.
///
/// `nil` stands for the literal `missing`, which takes any type.
struct ExpressionTyping {
  let schema: Schema
  let place: ExpressionPlace

  func type(of node: ExpressionNode) throws(SpecError) -> ColumnType? {
    switch node.kind {
    case .integer: return .int64
    case .number: return .float64
    case .text: return .string
    case .truth: return .bool
    case .missing: return nil
    case .column(let name):
      guard let field = schema[name] else {
        throw place.error(node.offset, "no column \"\(name)\"" + didYouMean(name, among: schema.names))
      }
      return field.type
    case .negate: return try number(node.children[0], for: "-") ?? .float64
    case .arithmetic(let operation): return try arithmetic(operation, node)
    case .compare(let comparison):
      for child in node.children where child.kind == .missing {
        throw place.error(child.offset, "a comparison with missing is always missing; use missing(x)")
      }
      try compare(node, comparison.rawValue, ordered: comparison.isOrder)
      return .bool
    case .between:
      try compare(node, "between", ordered: true)
      return .bool
    case .membership:
      try compare(node, "in", ordered: false)
      return .bool
    case .and, .or:
      for child in node.children { try condition(child, for: node.kind == .and ? "and" : "or") }
      return .bool
    case .not:
      try condition(node.children[0], for: "not")
      return .bool
    case .call(let function): return try call(function, node)
    case .aggregate: return try AggregateTyping(rows: self).type(of: node)
    }
  }

  private func arithmetic(_ operation: ArithmeticOperator, _ node: ExpressionNode) throws(SpecError) -> ColumnType? {
    var isWhole = operation != .divide && operation != .power
    for child in node.children {
      if try number(child, for: operation.rawValue) == .float64 { isWhole = false }
    }
    return isWhole ? .int64 : .float64
  }

  /// The type of a numeric operand, or nil for `missing`.
  @discardableResult
  func number(_ node: ExpressionNode, for user: String) throws(SpecError) -> ColumnType? {
    guard let type = try type(of: node) else { return nil }
    if type.isNumeric { return type }
    throw place.error(node.offset, "\(user) needs a number, found \(type.expressionWord)" + hint(type, user))
  }

  private func hint(_ type: ColumnType, _ user: String) -> String {
    switch type {
    case .string:
      user == "+" ? "; to join texts use concat(a, b), to read them as numbers number(x)" : "; use number(x)"
    case .bool: "; use integer(x) or if(x, 1, 0)"
    default: ""
    }
  }

  func condition(_ node: ExpressionNode, for user: String) throws(SpecError) {
    guard let type = try type(of: node), type != .bool else { return }
    throw place.error(
      node.offset, "\(user) needs a condition (true or false), found \(type.expressionWord); compare it with something")
  }

  private func text(_ node: ExpressionNode, for user: String) throws(SpecError) {
    guard let type = try type(of: node), type != .string else { return }
    throw place.error(node.offset, "\(user) needs text, found \(type.expressionWord); use text(x)")
  }

  /// Checks that the first operand of `node` can be compared with each of the others.
  private func compare(_ node: ExpressionNode, _ user: String, ordered: Bool) throws(SpecError) {
    let left = node.children[0]
    // Each operand is typed once: typing it again at every level would double the work with each level.
    let type = try type(of: left)
    for right in node.children.dropFirst() {
      guard let other = try self.type(of: right), let type else { continue }
      try compare(left, type, right, other, user, ordered: ordered)
    }
  }

  private func compare(
    _ left: ExpressionNode, _ a: ColumnType, _ right: ExpressionNode, _ b: ColumnType, _ user: String, ordered: Bool
  ) throws(SpecError) {
    if a == .bool, b == .bool, ordered {
      throw place.error(left.offset, "\(user) needs numbers, texts or dates, found true or false")
    }
    if a == b || (a.isNumeric && b.isNumeric) { return }
    for (type, other) in [(a, right), (b, left)] where type == .date {
      if case .text(let text) = other.kind {
        guard CalendarDay.parse(text) == nil else { return }
        throw place.error(other.offset, "'\(text)' is not a date; write it as '2020-12-31'")
      }
    }
    var hint = ""
    if a.isNumeric, b == .string || b.isNumeric, a == .string || b == .string { hint = "; use number(x) or text(x)" }
    if b.isNumeric, a == .string { hint = "; use number(x) or text(x), and quotes around a code" }
    throw place.error(right.offset, "\(user) compares \(a.expressionWord) with \(b.expressionWord)" + hint)
  }

  /// The one type that all `nodes` can take; nil when all are `missing`.
  private func common(_ nodes: ArraySlice<ExpressionNode>, for user: String) throws(SpecError) -> ColumnType? {
    var result: ColumnType?
    for node in nodes {
      guard let type = try type(of: node) else { continue }
      guard let known = result, known != type else {
        result = type
        continue
      }
      guard known.isNumeric, type.isNumeric else {
        throw place.error(
          node.offset, "\(user) gives values of one type, found \(known.expressionWord) and \(type.expressionWord)")
      }
      result = .float64
    }
    return result
  }

  private func call(_ function: ExpressionFunction, _ node: ExpressionNode) throws(SpecError) -> ColumnType? {
    let name = function.rawValue
    let arguments = node.children
    switch function {
    case .abs, .floor, .ceil: return try number(arguments[0], for: name) ?? .float64
    case .sqrt, .ln, .log10, .exp, .power:
      for argument in arguments { try number(argument, for: name) }
      return .float64
    case .min, .max:
      var result: ColumnType?
      for argument in arguments {
        guard let type = try number(argument, for: name) else { continue }
        if result != .float64 { result = type }
      }
      return result ?? .float64
    case .round:
      let type = try number(arguments[0], for: name) ?? .float64
      guard arguments.count == 2 else { return type }
      guard case .integer(let decimals) = arguments[1].kind, (-15...15).contains(decimals) else {
        throw place.error(arguments[1].offset, "the decimals of round are a whole number from -15 to 15, written out")
      }
      return type
    case .if:
      try condition(arguments[0], for: name)
      return try common(arguments[1...], for: name)
    case .coalesce: return try common(arguments[...], for: name)
    case .missing:
      _ = try type(of: arguments[0])
      return .bool
    case .reason:
      _ = try type(of: arguments[0])
      return .string
    case .missingAs:
      guard case .text(let label) = arguments[1].kind, MissingReason(label: label) != nil else {
        let labels = MissingReason.allCases.map(\.label).joined(separator: ", ")
        throw place.error(arguments[1].offset, "the reason of missing_as is one of the texts \(labels)")
      }
      return try type(of: arguments[0])
    case .concat, .startsWith, .endsWith, .contains, .trim, .upper, .lower:
      for argument in arguments { try text(argument, for: name) }
      switch function {
      case .startsWith, .endsWith, .contains: return .bool
      default: return .string
      }
    case .length:
      try text(arguments[0], for: name)
      return .int64
    case .substring:
      try text(arguments[0], for: name)
      for argument in arguments[1...] {
        guard case .integer(let value) = argument.kind, value >= 0 else {
          throw place.error(argument.offset, "start and length of substring are whole numbers, written out")
        }
      }
      if arguments[1].kind == .integer(0) {
        throw place.error(arguments[1].offset, "the first character of a text is number 1")
      }
      return .string
    case .text:
      _ = try type(of: arguments[0])
      return .string
    case .number, .integer:
      if try type(of: arguments[0]) == .date {
        throw place.error(arguments[0].offset, "\(name) needs text, a number or a condition, found a date; use year(x)")
      }
      return function == .number ? .float64 : .int64
    case .year:
      if let type = try type(of: arguments[0]), type != .date {
        throw place.error(arguments[0].offset, "year needs a date, found \(type.expressionWord)")
      }
      return .int64
    case .regionCode, .regionLevel, .regionParent, .periodCode, .periodYear, .periodType, .periodNumber, .periodStart,
      .periodStatus:
      return try code(function, node)
    }
  }
}

/// The types of functions over groups.
struct AggregateTyping {
  let rows: ExpressionTyping

  func type(of node: ExpressionNode) throws(SpecError) -> ColumnType? {
    guard case .aggregate(let function) = node.kind else { return try rows.type(of: node) }
    let name = function.rawValue
    for argument in node.children where argument.kind == .missing {
      throw rows.place.error(argument.offset, "\(name) of missing is always missing")
    }
    switch function {
    case .count, .countDistinct:
      for argument in node.children { _ = try rows.type(of: argument) }
      return .int64
    case .countIf:
      try rows.condition(node.children[0], for: name)
      return .int64
    case .shareIf:
      try rows.condition(node.children[0], for: name)
      return .float64
    case .any, .all:
      try rows.condition(node.children[0], for: name)
      return .bool
    case .sum: return try rows.number(node.children[0], for: name)
    case .mean, .sd, .sdPopulation, .median:
      try rows.number(node.children[0], for: name)
      return .float64
    case .weightedMean:
      for argument in node.children { try rows.number(argument, for: name) }
      return .float64
    case .quantile:
      try rows.number(node.children[0], for: name)
      guard let q = node.children[1].literalNumber, (0...1).contains(q) else {
        throw rows.place.error(node.children[1].offset, "q of quantile is a number from 0 to 1, written out")
      }
      return .float64
    case .min, .max:
      let type = try rows.type(of: node.children[0])
      if type == .bool {
        throw rows.place.error(node.children[0].offset, "\(name) needs numbers, texts or dates; use all or any")
      }
      return type
    case .first, .last: return try rows.type(of: node.children[0])
    }
  }
}

extension ExpressionNode {
  /// The value of a literal number.
  var literalNumber: Double? {
    switch kind {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}
