import PipelineKit
import Tabular

/// A value of a column as an option states it: a period, a code.
enum CellLiteral {
  /// Checks that `text` can be a value of `field`, which must hold whole numbers or text.
  static func check(_ text: Located, in field: Field) throws(SpecError) {
    switch field.type {
    case .string: return
    case .int64:
      guard Int64(text.text) == nil else { return }
      throw SpecError(
        text.position, "column \"\(field.name)\" holds whole numbers; \"\(text.text)\" is none")
    case .float64, .bool, .date:
      throw SpecError(
        text.position,
        "column \"\(field.name)\" is \(field.type.rawValue); a period or a code is a whole number or text")
    }
  }

  /// For each row whether `column` has the value `text`.
  static func rows(of column: Column, equalTo text: String) -> [Bool] {
    switch column {
    case .int64(let c):
      guard let wanted = Int64(text) else { break }
      return c.values.indices.map { c.values[$0] == wanted && c.missing?.isPresent($0) ?? true }
    case .string(let c):
      guard let wanted = c.dictionary.code(of: text) else { break }
      return c.codes.indices.map { c.codes[$0] == wanted && c.missing?.isPresent($0) ?? true }
    case .float64, .bool, .date: break
    }
    return [Bool](repeating: false, count: column.count)
  }

  /// The distinct values of a column in their order, as texts.
  ///
  /// For messages.
  static func distinct(_ column: Column) -> [String] {
    let rows = Grouping(by: [column], rowCount: column.count).representatives
    return rows.filter { column.missing?.isPresent(Int($0)) ?? true }.map { cellText(column, row: Int($0)) }
  }

  /// The error for a value that no row has.
  static func absent(_ text: String, from name: String, _ column: Column) -> TransformError {
    TransformError("no row has \(name)=\(text)" + didYouMean(text, among: distinct(column)))
  }
}
