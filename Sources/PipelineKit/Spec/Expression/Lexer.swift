/// A piece of an expression's text.
struct ExpressionToken: Equatable {
  enum Kind: Equatable {
    case integer(Int64)
    case number(Double)
    case text(String)
    /// A bare word: a keyword, a function or a column.
    case word(String)
    /// A column in backquotes.
    case quotedColumn(String)
    /// An operator, bracket or comma.
    case symbol(String)
    case end
  }

  var kind: Kind
  /// Where it starts, in Unicode scalars from the start of the text.
  var offset: Int

  /// How a message names it.
  var summary: String {
    switch kind {
    case .integer(let value): "\"\(value)\""
    case .number(let value): "\"\(value)\""
    case .text(let text): "'\(text)'"
    case .word(let word): "\"\(word)\""
    case .quotedColumn(let name): "`\(name)`"
    case .symbol(let symbol): "\"\(symbol)\""
    case .end: "the end"
    }
  }
}

/// A mistake in an expression's text, before its place in the file is known.
struct ExpressionMistake: Error, Equatable {
  var offset: Int
  var message: String

  init(_ offset: Int, _ message: String) {
    self.offset = offset
    self.message = message
  }
}

/// Cuts an expression's text into tokens.
struct ExpressionLexer {
  private let scalars: [Unicode.Scalar]
  private var next = 0

  /// The tokens of `text`, closed by ``ExpressionToken/Kind/end``.
  static func tokens(of text: String) throws(ExpressionMistake) -> [ExpressionToken] {
    var lexer = ExpressionLexer(scalars: Array(text.unicodeScalars))
    var tokens: [ExpressionToken] = []
    while let token = try lexer.token() { tokens.append(token) }
    tokens.append(ExpressionToken(kind: .end, offset: lexer.scalars.count))
    return tokens
  }

  private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

  private mutating func token() throws(ExpressionMistake) -> ExpressionToken? {
    while next < scalars.count, scalars[next].properties.isWhitespace { next += 1 }
    guard next < scalars.count else { return nil }
    let start = next
    let first = scalars[next]
    let kind: ExpressionToken.Kind
    if Self.isDigit(first) {
      kind = try number()
    } else if Self.startsWord(first) {
      kind = .word(word())
    } else if first == "'" || first == "\"" {
      kind = .text(try quoted("a text"))
    } else if first == "`" {
      let name = try quoted("a column name")
      guard !name.isEmpty else { throw ExpressionMistake(start, "an empty column name") }
      kind = .quotedColumn(name)
    } else {
      kind = .symbol(try symbol())
    }
    return ExpressionToken(kind: kind, offset: start)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func startsWord(_ scalar: Unicode.Scalar) -> Bool { scalar == "_" || scalar.properties.isAlphabetic }

  private mutating func word() -> String {
    var text = String.UnicodeScalarView()
    while next < scalars.count, Self.startsWord(scalars[next]) || Self.isDigit(scalars[next]) {
      text.append(scalars[next])
      next += 1
    }
    return String(text)
  }

  /// Text up to the closing quote; a doubled quote stands for one.
  private mutating func quoted(_ what: String) throws(ExpressionMistake) -> String {
    let start = next
    let quote = scalars[next]
    var text = String.UnicodeScalarView()
    next += 1
    while next < scalars.count {
      if scalars[next] == quote {
        if next + 1 < scalars.count, scalars[next + 1] == quote { next += 1 } else { break }
      }
      text.append(scalars[next])
      next += 1
    }
    guard next < scalars.count else { throw ExpressionMistake(start, "\(what) without its closing \(quote)") }
    next += 1
    return String(text)
  }

  private mutating func digits(into text: inout String) {
    while next < scalars.count, Self.isDigit(scalars[next]) {
      text.unicodeScalars.append(scalars[next])
      next += 1
    }
  }

  private mutating func number() throws(ExpressionMistake) -> ExpressionToken.Kind {
    let start = next
    var text = ""
    var isWhole = true
    digits(into: &text)
    if next + 1 < scalars.count, scalars[next] == ".", Self.isDigit(scalars[next + 1]) {
      isWhole = false
      text += "."
      next += 1
      digits(into: &text)
    }
    if next < scalars.count, scalars[next] == "e" || scalars[next] == "E" {
      var digit = next + 1
      if digit < scalars.count, scalars[digit] == "-" || scalars[digit] == "+" { digit += 1 }
      if digit < scalars.count, Self.isDigit(scalars[digit]) {
        isWhole = false
        for scalar in scalars[next..<digit] { text.unicodeScalars.append(scalar) }
        next = digit
        digits(into: &text)
      }
    }
    if next < scalars.count, Self.startsWord(scalars[next]) {
      let name = text + word()
      throw ExpressionMistake(start, "a name cannot start with a digit; put a column's name in backquotes: `\(name)`")
    }
    if isWhole, let value = Int64(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else {
      throw ExpressionMistake(start, "the number \(text) is too large")
    }
    return .number(value)
  }

  private static let symbols = [
    "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",",
  ]

  /// What to write instead of an operator of another language.
  private static let foreign: [(symbol: String, instead: String)] = [
    ("&&", "use and"), ("||", "use or"), ("<>", "use !="), ("**", "use ^"), ("=", "use =="), ("!", "use not"),
    ("&", "use and"), ("|", "use or"), (";", "use a comma"),
  ]

  private func stands(_ symbol: String) -> Bool { scalars[next...].starts(with: symbol.unicodeScalars) }

  private mutating func symbol() throws(ExpressionMistake) -> String {
    let known = Self.symbols.first { stands($0) }
    let other = Self.foreign.first { stands($0.symbol) }
    if let other, other.symbol.unicodeScalars.count > known?.unicodeScalars.count ?? 0 {
      throw ExpressionMistake(next, "\"\(other.symbol)\" is not an operator; \(other.instead)")
    }
    guard let known else { throw ExpressionMistake(next, "\"\(scalars[next])\" is not an operator") }
    next += known.unicodeScalars.count
    return known
  }
}
