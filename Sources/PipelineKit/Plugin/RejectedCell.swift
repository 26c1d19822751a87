/// A cell or row that was put aside, with its place: a row of the quarantine file.
package struct RejectedCell: Sendable, Equatable, Comparable {
  /// The source or step.
  package var stage: String
  /// The file; empty when the row belongs to no file alone.
  package var file: String
  /// The line from 1; 0 when it is not known.
  package var line: Int
  /// The column.
  package var column: String
  /// The cell as it stands in the file or table.
  package var value: String
  /// What is wrong with it.
  package var reason: String
  /// The keys of the row, as in `region=GM0141 year=2020`; empty when the cell has a line.
  package var row = ""
  /// Whether the whole row was put aside, not a cell alone.
  package var isRow = false

  private var order: (String, String, Int, String) { (stage, file, line, column) }

  /// By stage, file, line and column, and then by what they hold.
  package static func < (a: Self, b: Self) -> Bool {
    a.order != b.order ? a.order < b.order : (a.row, a.value, a.reason) < (b.row, b.value, b.reason)
  }
}
