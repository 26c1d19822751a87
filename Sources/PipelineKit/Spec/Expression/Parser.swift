import Tabular

/// A part of an expression.
struct ExpressionNode: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    case integer(Int64)
    case number(Double)
    case text(String)
    case truth(Bool)
    /// The literal `missing`.
    case missing
    case column(String)
    case negate
    case arithmetic(ArithmeticOperator)
    case compare(ComparisonOperator)
    case and
    case or
    case not
    /// Value, lower end, upper end.
    case between(negated: Bool)
    /// Value, then the literals of the list.
    case membership(negated: Bool)
    case call(ExpressionFunction)
    /// Only in an ``Aggregation``, and not inside another one.
    case aggregate(AggregateFunction)
  }

  var kind: Kind
  var children: [ExpressionNode] = []
  /// Where it stands, in Unicode scalars from the start of the text: an operator's own place for operations.
  var offset: Int
  /// Levels below and including this one.
  private(set) var depth = 1

  init(_ kind: Kind, _ children: [ExpressionNode] = [], at offset: Int) {
    self.kind = kind
    self.children = children
    self.offset = offset
    for child in children { depth = max(depth, child.depth + 1) }
  }

  var isLiteral: Bool {
    switch kind {
    case .integer, .number, .text, .truth, .missing: true
    default: false
    }
  }

  /// Calls `visit` with every node, in the order of the text of its operands.
  func walk(_ visit: (ExpressionNode) -> Void) {
    visit(self)
    for child in children { child.walk(visit) }
  }

  /// The columns, in order of first use.
  var columns: [String] {
    var seen: Set<String> = []
    var names: [String] = []
    walk { if case .column(let name) = $0.kind, seen.insert(name).inserted { names.append(name) } }
    return names
  }
}

/// Reads expressions by precedence climbing: or, and, not, comparison, + -, * /, unary -, ^.
struct ExpressionParser {
  /// Whether functions over groups are at home.
  enum Mode {
    case rows
    case groups
  }

  private static let keywords: Set<String> = ["and", "or", "not", "in", "between", "true", "false", "missing"]
  private static let maximumNesting = 100
  private static let maximumDepth = 1000

  private let tokens: [ExpressionToken]
  private var next = 0
  private var mode: Mode
  private var nesting = 0

  /// The tree of `text`.
  static func parse(_ text: String, _ mode: Mode) throws(ExpressionMistake) -> ExpressionNode {
    var parser = ExpressionParser(tokens: try ExpressionLexer.tokens(of: text), mode: mode)
    if parser.token.kind == .end { throw ExpressionMistake(0, "an empty expression") }
    let node = try parser.disjunction()
    guard parser.token.kind == .end else { throw parser.unexpected() }
    return node
  }

  private init(tokens: [ExpressionToken], mode: Mode) {
    self.tokens = tokens
    self.mode = mode
  }

  private var token: ExpressionToken { tokens[next] }

  private func isSymbol(_ symbol: String) -> Bool { token.kind == .symbol(symbol) }

  private func isWord(_ word: String) -> Bool { token.kind == .word(word) }

  private func symbol(among symbols: [String]) -> String? {
    if case .symbol(let symbol) = token.kind, symbols.contains(symbol) { return symbol }
    return nil
  }

  private mutating func expect(_ symbol: String, _ context: String) throws(ExpressionMistake) {
    guard isSymbol(symbol) else {
      throw ExpressionMistake(token.offset, "expected \"\(symbol)\" \(context), found \(token.summary)")
    }
    next += 1
  }

  private func unexpected() -> ExpressionMistake {
    var hint = ""
    switch token.kind {
    case .symbol(","): hint = "; a decimal mark is a point"
    case .word(let word):
      if let near = nearest(word, among: ["and", "or", "in", "between", "not"]) {
        hint = "; did you mean \"\(near)\"?"
      }
    default: break
    }
    return ExpressionMistake(token.offset, "expected an operator or the end, found \(token.summary)" + hint)
  }

  private func checked(_ node: ExpressionNode) throws(ExpressionMistake) -> ExpressionNode {
    guard node.depth <= Self.maximumDepth else {
      throw ExpressionMistake(node.offset, "more than \(Self.maximumDepth) operations in a row; split the expression")
    }
    return node
  }

  private mutating func disjunction() throws(ExpressionMistake) -> ExpressionNode {
    var left = try conjunction()
    while isWord("or") {
      let offset = token.offset
      next += 1
      left = try checked(ExpressionNode(.or, [left, try conjunction()], at: offset))
    }
    return left
  }

  private mutating func conjunction() throws(ExpressionMistake) -> ExpressionNode {
    var left = try negation()
    while isWord("and") {
      let offset = token.offset
      next += 1
      left = try checked(ExpressionNode(.and, [left, try negation()], at: offset))
    }
    return left
  }

  private mutating func negation() throws(ExpressionMistake) -> ExpressionNode {
    var offsets: [Int] = []
    while isWord("not") {
      offsets.append(token.offset)
      next += 1
    }
    var node = try comparison()
    for offset in offsets.reversed() { node = try checked(ExpressionNode(.not, [node], at: offset)) }
    return node
  }

  private mutating func comparison() throws(ExpressionMistake) -> ExpressionNode {
    let left = try sum()
    let node: ExpressionNode
    if let symbol = symbol(among: ComparisonOperator.allCases.map(\.rawValue)),
      let comparison = ComparisonOperator(rawValue: symbol)
    {
      let offset = token.offset
      next += 1
      node = ExpressionNode(.compare(comparison), [left, try sum()], at: offset)
    } else if isWord("between") || isWord("in") || isWord("not") {
      node = try range(of: left)
    } else {
      return left
    }
    if symbol(among: ComparisonOperator.allCases.map(\.rawValue)) != nil || isWord("between") || isWord("in") {
      throw ExpressionMistake(
        token.offset, "comparisons cannot be chained; join two of them with and, or use x between a and b")
    }
    return node
  }

  /// `between a and b`, `in [..]` and both with `not`.
  private mutating func range(of value: ExpressionNode) throws(ExpressionMistake) -> ExpressionNode {
    let offset = token.offset
    let negated = isWord("not")
    if negated { next += 1 }
    if isWord("between") {
      next += 1
      let low = try sum()
      guard isWord("and") else {
        throw ExpressionMistake(token.offset, "expected and (x between a and b), found \(token.summary)")
      }
      next += 1
      return ExpressionNode(.between(negated: negated), [value, low, try sum()], at: offset)
    }
    guard isWord("in") else {
      throw ExpressionMistake(token.offset, "expected in or between after not, found \(token.summary)")
    }
    next += 1
    try expect("[", "before the values of in")
    var children = [value]
    while true {
      let element = try unary()
      guard element.isLiteral else {
        throw ExpressionMistake(element.offset, "the values of in [..] are numbers, texts, true or false, written out")
      }
      guard element.kind != .missing else {
        throw ExpressionMistake(element.offset, "missing equals nothing; use missing(x)")
      }
      children.append(element)
      guard isSymbol(",") else { break }
      next += 1
    }
    try expect("]", "after the values of in")
    return ExpressionNode(.membership(negated: negated), children, at: offset)
  }

  private mutating func sum() throws(ExpressionMistake) -> ExpressionNode {
    var left = try product()
    while let symbol = symbol(among: ["+", "-"]), let operation = ArithmeticOperator(rawValue: symbol) {
      let offset = token.offset
      next += 1
      left = try checked(ExpressionNode(.arithmetic(operation), [left, try product()], at: offset))
    }
    return left
  }

  private mutating func product() throws(ExpressionMistake) -> ExpressionNode {
    var left = try unary()
    while let symbol = symbol(among: ["*", "/"]), let operation = ArithmeticOperator(rawValue: symbol) {
      let offset = token.offset
      next += 1
      left = try checked(ExpressionNode(.arithmetic(operation), [left, try unary()], at: offset))
    }
    return left
  }

  private mutating func unary() throws(ExpressionMistake) -> ExpressionNode {
    var offsets: [Int] = []
    while isSymbol("-") {
      offsets.append(token.offset)
      next += 1
    }
    var node = try power()
    for offset in offsets.reversed() {
      switch node.kind {
      case .integer(let value): node = ExpressionNode(.integer(-value), at: offset)
      case .number(let value): node = ExpressionNode(.number(-value), at: offset)
      default: node = try checked(ExpressionNode(.negate, [node], at: offset))
      }
    }
    return node
  }

  /// `a ^ b ^ c` is a ^ (b ^ c), and -a ^ b is -(a ^ b).
  private mutating func power() throws(ExpressionMistake) -> ExpressionNode {
    let base = try primary()
    guard isSymbol("^") else { return base }
    let offset = token.offset
    next += 1
    try enter(offset)
    defer { nesting -= 1 }
    return ExpressionNode(.arithmetic(.power), [base, try unary()], at: offset)
  }

  private mutating func enter(_ offset: Int) throws(ExpressionMistake) {
    nesting += 1
    if nesting > Self.maximumNesting {
      throw ExpressionMistake(offset, "nested more than \(Self.maximumNesting) levels deep; split the expression")
    }
  }

  private mutating func primary() throws(ExpressionMistake) -> ExpressionNode {
    let start = token
    next += 1
    switch start.kind {
    case .integer(let value): return ExpressionNode(.integer(value), at: start.offset)
    case .number(let value): return ExpressionNode(.number(value), at: start.offset)
    case .text(let text): return ExpressionNode(.text(text), at: start.offset)
    case .quotedColumn(let name): return try column(name, at: start.offset)
    case .symbol("("):
      try enter(start.offset)
      defer { nesting -= 1 }
      let node = try disjunction()
      try expect(")", "to close the bracket")
      return node
    case .word(let word):
      if isSymbol("(") { return try call(word, at: start.offset) }
      switch word {
      case "true": return ExpressionNode(.truth(true), at: start.offset)
      case "false": return ExpressionNode(.truth(false), at: start.offset)
      case "missing": return ExpressionNode(.missing, at: start.offset)
      default:
        if Self.keywords.contains(word) { break }
        return try column(word, at: start.offset)
      }
    default: break
    }
    next -= 1
    throw ExpressionMistake(start.offset, "expected a value, found \(start.summary)")
  }

  private func column(_ name: String, at offset: Int) throws(ExpressionMistake) -> ExpressionNode {
    if mode == .groups {
      throw ExpressionMistake(
        offset, "column \"\(name)\" stands outside a function over groups; write for example mean(\(name))")
    }
    return ExpressionNode(.column(name), at: offset)
  }

  private mutating func call(_ name: String, at offset: Int) throws(ExpressionMistake) -> ExpressionNode {
    try enter(offset)
    defer { nesting -= 1 }
    let row = ExpressionFunction(rawValue: name)
    if let aggregate = AggregateFunction(rawValue: name) {
      if mode == .groups, row == nil || argumentCount() < 2 {
        mode = .rows
        defer { mode = .groups }
        let children = try arguments()
        try checkCount(children.count, aggregate.arity, aggregate.signature, at: offset)
        return ExpressionNode(.aggregate(aggregate), children, at: offset)
      }
      if row == nil {
        throw ExpressionMistake(offset, "\(name) works on groups of rows; it belongs in the measures of aggregate")
      }
    }
    guard let row else {
      let known = ExpressionFunction.allCases.map(\.rawValue)
      let all = mode == .groups ? known + AggregateFunction.allCases.map(\.rawValue) : known
      throw ExpressionMistake(offset, "no function \"\(name)\"" + didYouMean(name, among: all))
    }
    let children = try arguments()
    try checkCount(children.count, row.arity, row.signature, at: offset)
    return ExpressionNode(.call(row), children, at: offset)
  }

  private func checkCount(
    _ count: Int, _ arity: ClosedRange<Int>, _ signature: String, at offset: Int
  ) throws(ExpressionMistake) {
    if arity.contains(count) { return }
    let given = count == 0 ? "none is" : count == 1 ? "1 is" : "\(count) are"
    let wanted: String
    switch (arity.lowerBound, arity.upperBound) {
    case (let low, .max): wanted = "at least \(low)"
    case (let low, let high) where low == high: wanted = "\(low)"
    case (let low, let high): wanted = "\(low) or \(high)"
    }
    let noun = arity == 1...1 ? "argument" : "arguments"
    throw ExpressionMistake(offset, "\(signature) takes \(wanted) \(noun), \(given) given")
  }

  /// How many arguments stand in the brackets that open at the next token.
  private func argumentCount() -> Int {
    var level = 0
    var count = 0
    for token in tokens[next...] {
      switch token.kind {
      case .symbol("("), .symbol("["):
        if level == 1, count == 0 { count = 1 }
        level += 1
      case .symbol(")"), .symbol("]"):
        level -= 1
        if level == 0 { return count }
      case .symbol(",") where level == 1: count += 1
      default: if count == 0 { count = 1 }
      }
    }
    return count
  }

  private mutating func arguments() throws(ExpressionMistake) -> [ExpressionNode] {
    next += 1  // the opening bracket
    var nodes: [ExpressionNode] = []
    if isSymbol(")") {
      next += 1
      return nodes
    }
    while true {
      nodes.append(try disjunction())
      guard isSymbol(",") else { break }
      next += 1
    }
    try expect(")", "or a comma after the argument")
    return nodes
  }
}
