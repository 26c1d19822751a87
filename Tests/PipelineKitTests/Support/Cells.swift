import Tabular

@testable import PipelineKit

/// Columns and tables in short, for tests of expressions.
enum Cells {
  /// `nil` is a missing cell for `unknown`.
  static func floats(_ values: [Double?], _ reason: MissingReason = .unknown) -> Column {
    .float64(Float64Column(values.map { $0 ?? 0 }, missing: mask(values, reason)))
  }

  static func ints(_ values: [Int64?], _ reason: MissingReason = .unknown) -> Column {
    .int64(Int64Column(values.map { $0 ?? 0 }, missing: mask(values, reason)))
  }

  static func bools(_ values: [Bool?], _ reason: MissingReason = .unknown) -> Column {
    .bool(BoolColumn(values.map { $0 == true ? 1 : 0 }, missing: mask(values, reason)))
  }

  static func dates(_ values: [String?], _ reason: MissingReason = .unknown) -> Column {
    .date(DateColumn(values.map { $0.flatMap(CalendarDay.parse) ?? 0 }, missing: mask(values, reason)))
  }

  static func texts(_ values: [String?], _ reason: MissingReason = .unknown) -> Column {
    .string(StringColumn(values, reason: reason))
  }

  private static func mask<T>(_ values: [T?], _ reason: MissingReason) -> MissingMask {
    MissingMask(reasons: values.map { $0 == nil ? reason.rawValue : 0 })
  }

  static func table(_ columns: KeyValuePairs<String, Column>) throws -> Table {
    try Table(schema: Schema(columns.map { Field($0.key, $0.value.type) }), columns: columns.map(\.value))
  }

  /// Every cell as text; a missing one as `!reason`.
  static func shown(_ column: Column) -> [String] {
    column.checkInvariants()
    let texts = Text.text(column)
    return (0..<column.count).map { row in
      column.missingReason(at: row).map { "!" + $0.label } ?? texts.dictionary[texts.codes[row]]
    }
  }

  /// The result of the expression on the table, or the error's text.
  static func evaluate(_ text: String, on table: Table) throws -> [String] {
    do throws(SpecError) {
      let expression = try Expression(parsing: text, at: SourcePosition(file: "p.yml", line: 3, column: 10))
      let type = try expression.type(in: table.schema)
      let column = try evaluated(expression, table)
      return column.type == type ? shown(column) : ["\(column.type) instead of \(type)"]
    } catch { return [error.description] }
  }

  private static func evaluated(_ expression: Expression, _ table: Table) throws(SpecError) -> Column {
    do { return try expression.evaluate(on: table) } catch { throw SpecError(expression.position, error.message) }
  }

  /// The result of the aggregation by the column `by` (or of all rows), or the error's text.
  static func aggregate(_ text: String, by: String? = nil, on table: Table) throws -> [String] {
    do throws(SpecError) {
      let aggregation = try Aggregation(parsing: text, at: SourcePosition(file: "p.yml", line: 3, column: 10))
      let type = try aggregation.type(in: table.schema)
      let keys = by.flatMap { table.schema.index(of: $0) }.map { [table.columns[$0]] } ?? []
      let groups = Grouping(by: keys, rowCount: table.rowCount)
      do {
        let column = try aggregation.evaluate(on: table, groups: groups)
        return column.type == type ? shown(column) : ["\(column.type) instead of \(type)"]
      } catch { return ["\(error)"] }
    } catch { return [error.description] }
  }
}
