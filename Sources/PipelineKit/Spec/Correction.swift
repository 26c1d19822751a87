import Tabular

/// A correction of a source: which cell, what it must still hold, and what becomes of it.
public struct Correction: Sendable, Equatable {
  /// The source.
  public var on: String
  var rule: CorrectionRule
  /// Where it stands.
  public var position: SourcePosition

  init(on: String, rule: CorrectionRule, at position: SourcePosition) {
    self.on = on
    self.rule = rule
    self.position = position
  }

  /// The columns that must be read for it.
  var columns: [String] { (rule.condition?.columns ?? []) + [rule.column.text] }

  /// Checks the correction against the schema of its source.
  func check(_ schema: Schema) throws(SpecError) {
    try rule.condition?.requireCondition(in: schema)
    guard let field = schema[rule.column.text] else {
      throw SpecError(
        rule.column.position, "no column \"\(rule.column)\"" + didYouMean(rule.column.text, among: schema.names))
    }
    let texts: [(String, Located?)] = [
      ("when", MissingReason(label: rule.old.text) == nil ? rule.old : nil), ("override", rule.override),
    ]
    for case (let name, let text?) in texts where !Self.fits(text.text, field.type) {
      throw SpecError(
        text.position, "\"\(name)\" is \"\(text)\", which is no \(field.type.rawValue) as \"\(field.name)\"")
    }
    if rule.scale != nil, !field.type.isNumeric {
      throw SpecError(rule.column.position, "scale needs numbers; \"\(field.name)\" is \(field.type.rawValue)")
    }
    let actions = [rule.drop, rule.override != nil, rule.scale != nil, rule.flag != nil].filter { $0 }.count
    if actions != 1 { throw SpecError(position, "a correction does one of drop, override, scale and flag") }
    if let flag = rule.flag, MissingReason(label: flag.text) == nil {
      let labels = MissingReason.allCases.map(\.label)
      throw SpecError(flag.position, "no missing reason \"\(flag)\"" + didYouMean(flag.text, among: labels))
    }
  }

  private static func fits(_ text: String, _ type: ColumnType) -> Bool {
    switch type {
    case .float64: Double(text)?.isFinite ?? false
    case .int64: Int64(text) != nil
    case .string: true
    case .bool, .date: false
    }
  }
}

/// A correction as its file states it.
struct CorrectionRule: PluginOptions, Equatable {
  var column = Located("", at: SourcePosition(file: ""))
  var condition: Expression?
  var old = Located("", at: SourcePosition(file: ""))
  var drop = false
  var override: Located?
  var scale: Double?
  var flag: Located?
  var reason = ""
  var source = ""

  static var declaration: [OptionField<Self>] {
    [
      .init("column", \.column, required: true, "The column with the cell that is wrong."),
      .init("where", \.condition, required: true, "The rows that are corrected."),
      .init(
        "when", \.old, required: true,
        "What the cell must still hold: its value, or the label of a missing reason. Elsewhere the correction does nothing."
      ),
      .init("drop", \.drop, "Whether the row is left out."),
      .init("override", \.override, "The value that takes the old one's place."),
      .init("scale", \.scale, "The number by which the old value is multiplied."),
      .init("flag", \.flag, "The missing reason that takes the value's place."),
      .init("reason", \.reason, required: true, "Why the cell is wrong."),
      .init("source", \.source, required: true, "Who says so: a letter, a page, a later table."),
    ]
  }
}
