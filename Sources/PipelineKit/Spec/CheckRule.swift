import Tabular

/// What a check asks of a table. Every row passes, fails, or is undecided.
public enum CheckRule: Sendable, Equatable {
  /// A condition that must be true; a row where it is missing is undecided.
  case expect(Expression)
  /// A number between two bounds, both included; a missing cell is undecided.
  case range(RangeRule)
  /// A cell that is one of a list of texts; a missing cell is undecided.
  case set(SetRule)
  /// Rows that no other row equals in all of the columns.
  case unique([Located])
  /// A cell that is there. A cell that cannot occur (`not_applicable`) is undecided.
  case complete(Located)
  /// Parts that add up to a total within what rounding explains: the absolute difference is at most the rounding unit
  /// times the number of parts (CBS rounds to multiples of 5). A row with a missing cell is undecided.
  case sum(SumRule)
  /// A number that differs from the one a year before, in the row with the same `by` columns, by at most a limit. A row
  /// without such a neighbour is undecided, and so is a percentage of zero.
  case jump(JumpRule)

  /// The keys that name a rule.
  static let keys = ["expect", "range", "set", "unique", "complete", "sum", "jump"]

  /// The rule that `node` gives under one of ``keys``.
  init(entry: SpecNode.Entry) throws(SpecError) {
    let node = entry.value
    switch entry.key {
    case "range": self = .range(try RangeRule(option: node))
    case "set": self = .set(try SetRule(option: node))
    case "unique":
      let columns = try [Located](option: node)
      if columns.isEmpty { throw SpecError(node.position, "unique needs a column at least") }
      self = .unique(columns)
    case "complete": self = .complete(try Located(option: node))
    case "sum": self = .sum(try SumRule(option: node))
    case "jump": self = .jump(try JumpRule(option: node))
    default: self = .expect(try Expression(option: node))
    }
  }

  /// The names of the columns that it looks at.
  public var columns: [String] { if case .expect(let e) = self { e.columns } else { located.map(\.text) } }

  private var located: [Located] {
    switch self {
    case .expect: []
    case .range(let rule): [rule.column]
    case .set(let rule): [rule.column]
    case .unique(let columns): columns
    case .complete(let column): [column]
    case .sum(let rule): rule.parts + [rule.total]
    case .jump(let rule): [rule.column] + rule.by + [rule.over]
    }
  }

  /// The column whose cell a failing row shows; empty when the condition has several.
  var shownColumn: String {
    switch self {
    case .expect(let expression): expression.columns.count == 1 ? expression.columns[0] : ""
    case .sum(let rule): rule.total.text
    default: located.first?.text ?? ""
    }
  }

  /// Checks that the columns are there and have the right types.
  func check(_ schema: Schema) throws(SpecError) {
    if case .expect(let expression) = self {
      let type = try expression.type(in: schema)
      guard type == .bool else {
        throw SpecError(expression.position, "a check must be true or false, this is \(type.rawValue)")
      }
    }
    for column in located where schema[column.text] == nil {
      throw SpecError(column.position, "no column \"\(column)\"" + didYouMean(column.text, among: schema.names))
    }
    let numeric: [Located] =
      switch self {
      case .range(let rule): [rule.column]
      case .sum(let rule): rule.parts + [rule.total]
      case .jump(let rule): [rule.column]
      default: []
      }
    for column in numeric {
      if let type = schema[column.text]?.type, !type.isNumeric {
        throw SpecError(column.position, "the check needs numbers; \"\(column)\" is \(type.rawValue)")
      }
    }
  }

  /// How reports name it.
  public var text: String {
    switch self {
    case .expect(let expression): expression.text
    case .range(let rule):
      "\(rule.column) from \(rule.from.map(JSON.text(of:)) ?? "anything") to \(rule.to.map(JSON.text(of:)) ?? "anything")"
    case .set(let rule): "\(rule.column) is one of \(rule.values.joined(separator: ", "))"
    case .unique(let columns): "\(columns.map(\.text).joined(separator: ", ")) unique"
    case .complete(let column): "\(column) complete"
    case .sum(let rule):
      "\(rule.parts.map(\.text).joined(separator: " + ")) = \(rule.total) within "
        + JSON.text(of: rule.rounding * Double(rule.parts.count))
    case .jump(let rule): "\(rule.column) changes by at most \(rule.limit.optionText ?? "") a year"
    }
  }
}

/// Options of the check `range`.
public struct RangeRule: PluginOptions, Equatable {
  var column = Located("", at: SourcePosition(file: ""))
  var from: Double?
  var to: Double?

  /// No bounds.
  public init() {}
  /// The options.
  public static var declaration: [OptionField<Self>] {
    [
      .init("column", \.column, required: true, "The column."),
      .init("from", \.from, "The lowest value allowed."), .init("to", \.to, "The highest value allowed."),
    ]
  }
}

/// Options of the check `set`.
public struct SetRule: PluginOptions, Equatable {
  var column = Located("", at: SourcePosition(file: ""))
  var values: [String] = []

  /// No values.
  public init() {}
  /// The options.
  public static var declaration: [OptionField<Self>] {
    [
      .init("column", \.column, required: true, "The column."),
      .init("values", \.values, required: true, "The texts allowed."),
    ]
  }
}

/// Options of the check `sum`.
public struct SumRule: PluginOptions, Equatable {
  var parts: [Located] = []
  var total = Located("", at: SourcePosition(file: ""))
  var rounding = 5.0

  /// CBS's rounding.
  public init() {}
  /// The options.
  public static var declaration: [OptionField<Self>] {
    [
      .init("parts", \.parts, required: true, "The columns that add up."),
      .init("total", \.total, required: true, "The column that holds their sum."),
      .init("rounding", \.rounding, "The difference that rounding allows for each part."),
    ]
  }
}

/// Options of the check `jump`.
public struct JumpRule: PluginOptions, Equatable {
  var column = Located("", at: SourcePosition(file: ""))
  var by: [Located] = []
  var over = Located("", at: SourcePosition(file: ""))
  var limit = Allowance()

  /// No limit.
  public init() {}
  /// The options.
  public static var declaration: [OptionField<Self>] {
    [
      .init("column", \.column, required: true, "The column."),
      .init("by", \.by, required: true, "The columns that say which row is which: an area code."),
      .init("over", \.over, required: true, "The column with the year, or with a period that starts with its year."),
      .init(
        "limit", \.limit, required: true,
        "The largest difference allowed: a number, or a percentage of the year before."),
    ]
  }
}
