import PipelineKit
import Tabular

/// Whose distribution is cut into quantiles: the whole table's, each group's own, or that of a base period.
struct ClassFrame: OptionValue {
  private struct Parts: PluginOptions {
    var by: [Located] = []
    var period: Located?
    var base: Located?

    static var declaration: [OptionField<Self>] {
      [
        .init("by", \.by, "A distribution for each combination of these columns' values."),
        .init("period", \.period, "The column that holds the period."),
        .init("base", \.base, "The period whose distribution counts for all periods."),
      ]
    }
  }

  private(set) var by: [Located] = []
  private var anchor: (period: Located, base: Located)?

  static var optionType: OptionType { .anyOf([.oneOf(["pooled"]), Parts.optionType]) }

  init(option node: SpecNode) throws(SpecError) {
    if case .scalar(let text, _) = node.content {
      guard text == "pooled" else {
        throw SpecError(
          node.position, "expected pooled, {by: [columns]} or {period: column, base: value}, found \"\(text)\"")
      }
      return
    }
    let parts = try Parts(option: node)
    by = parts.by
    switch (parts.period, parts.base) {
    case (let period?, let base?): anchor = (period, base)
    case (nil, nil):
      if by.isEmpty { throw SpecError(node.position, "a frame names \"by\", or \"period\" and \"base\"") }
    case (let given?, nil), (nil, let given?):
      throw SpecError(given.position, "a frame with a base names both \"period\" and \"base\"")
    }
  }

  /// Every column that the frame names.
  var columns: [Located] { by + (anchor.map { [$0.period] } ?? []) }

  /// Checks the columns and the base value.
  func check(in schema: Schema) throws(SpecError) {
    for name in by { _ = try schema.field(at: name) }
    guard let anchor else { return }
    try CellLiteral.check(anchor.base, in: schema.field(at: anchor.period))
    if let same = by.first(where: { $0.text == anchor.period.text }) {
      throw SpecError(same.position, "\"\(same.text)\" is the period of the base and cannot be in \"by\" as well")
    }
  }

  /// Which rows are of the base period; nil without a base.
  func baseRows(in table: Table) throws(TransformError) -> [Bool]? {
    guard let anchor else { return nil }
    let column = try onTables { () throws(TabularError) in try table.column(anchor.period.text) }
    let rows = CellLiteral.rows(of: column, equalTo: anchor.base.text)
    guard table.rowCount == 0 || rows.contains(true) else {
      throw CellLiteral.absent(anchor.base.text, from: anchor.period.text, column)
    }
    return rows
  }
}
