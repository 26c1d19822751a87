import Glibc
import Tabular

/// The file beside the outputs that holds what was put aside: one row a cell, or a row of a table.
enum Quarantine {
  /// Its name in the output folder.
  static let path = "quarantine.parquet"

  /// The columns `stage`, `file`, `line`, `column`, `value`, `reason` and `row` (the keys of a row without a line).
  static func table(_ cells: [RejectedCell]) throws(TabularError) -> Table {
    func texts(_ text: (RejectedCell) -> String) -> Column {
      .string(StringColumn(cells.map { text($0).isEmpty ? nil : text($0) }, reason: .notApplicable))
    }
    let lines = MissingMask(reasons: cells.map { $0.line > 0 ? 0 : MissingReason.notApplicable.rawValue })
    return try Table(
      schema: Schema([
        Field("stage", .string, role: .key), Field("file", .string), Field("line", .int64), Field("column", .string),
        Field("value", .string), Field("reason", .string), Field("row", .string),
      ]),
      columns: [
        texts(\.stage), texts(\.file), .int64(Int64Column(cells.map { Int64(max(0, $0.line)) }, missing: lines)),
        texts(\.column), texts(\.value), texts(\.reason), texts(\.row),
      ])
  }

  /// Removes the file that an earlier run left in `folder`.
  static func remove(from folder: String) { unlink(folder + "/" + path) }

  /// The keys of a row in words, as in `region=GM0141 year=2020`; its number when the table has no keys.
  static func name(ofRow row: Int, in table: Table) -> String {
    let keys = table.schema.fields.indices.filter { table.schema[$0].role == .key }
    if keys.isEmpty { return "row \(row + 1)" }
    return keys.map { "\(table.schema[$0].name)=\(table.columns[$0].text(at: row) ?? "")" }.joined(separator: " ")
  }
}
