import PipelineKit
import Tabular

/// Rows numbered by the group they belong to: those with equal values in the key columns.
struct RowGroups: Sendable {
  /// The group of each row, from 0 in order of first appearance, or -1 where a key is missing.
  let codes: [Int32]
  /// The first row of each group.
  let firstRows: [Int32]

  /// How many groups there are.
  var count: Int { firstRows.count }

  /// The groups of `rowCount` rows by `keys`; without keys, all rows are one group.
  init(keys: [Column], rowCount: Int) {
    guard !keys.isEmpty else {
      codes = [Int32](repeating: 0, count: rowCount)
      firstRows = rowCount > 0 ? [0] : []
      return
    }
    // The first row with the same key stands for the group.
    let matches = KeyMatches(left: keys, right: keys)
    var codes = [Int32](repeating: -1, count: rowCount)
    var firstRows: [Int32] = []
    for (row, first) in matches.first.enumerated() where first >= 0 {
      if Int(first) == row {
        codes[row] = Int32(firstRows.count)
        firstRows.append(first)
      } else {
        codes[row] = codes[Int(first)]
      }
    }
    self.codes = codes
    self.firstRows = firstRows
  }

  /// The groups by the named columns of `table`.
  init(_ table: Table, by names: [Located]) throws(TransformError) {
    self.init(keys: try table.columns(named: names.map(\.text)), rowCount: table.rowCount)
  }

  /// The rows of each group for which `keep` holds, ascending, group after group.
  func rows(where keep: (Int) -> Bool) -> GroupedRows {
    var starts = [Int](repeating: 0, count: count + 1)
    for (row, code) in codes.enumerated() where code >= 0 && keep(row) { starts[Int(code) + 1] += 1 }
    for group in 0..<count { starts[group + 1] += starts[group] }
    var next = starts
    var rows = [UInt32](repeating: 0, count: starts[count])
    for (row, code) in codes.enumerated() where code >= 0 && keep(row) {
      rows[next[Int(code)]] = UInt32(truncatingIfNeeded: row)
      next[Int(code)] += 1
    }
    return GroupedRows(rows: rows, starts: starts)
  }
}

/// Row numbers, group after group.
struct GroupedRows: Sendable {
  /// The rows.
  let rows: [UInt32]
  /// Where each group starts in `rows`; one more entry than there are groups.
  let starts: [Int]

  /// Calls `body` with each group's rows.
  func forEach(_ body: (_ group: Int, _ rows: UnsafeBufferPointer<UInt32>) -> Void) {
    rows.withUnsafeBufferPointer { all in
      for group in 0..<(starts.count - 1) {
        body(group, UnsafeBufferPointer(rebasing: all[starts[group]..<starts[group + 1]]))
      }
    }
  }
}

/// The numbers of a column as doubles, with the reason of each row that has none.
struct NumberColumn: Sendable {
  /// One number a row; 0 where there is none.
  var values: [Double]
  /// The raw value of the reason, 0 where a number is present; empty when all are.
  var reasons: [UInt8]

  /// The numbers of the numeric column `name`.
  init(_ table: Table, _ name: String) throws(TransformError) {
    guard
      case .float64(let c) = try onTables({ () throws(TabularError) in try table.column(name) }).converted(to: .float64)
    else { throw TransformError("column \"\(name)\" holds no numbers") }
    values = c.values
    reasons = c.missing?.reasons ?? []
  }

  /// Whether `row` has a number.
  @inline(__always)
  func isPresent(_ row: Int) -> Bool { reasons.isEmpty || reasons[row] == 0 }
}

/// The first missing reason of each row over several columns, from the left; nil when nothing is missing.
func firstReasons(_ columns: [Column], rowCount: Int) -> [UInt8]? {
  var result: [UInt8]?
  for column in columns {
    guard let mask = column.missing else { continue }
    if var reasons = result {
      for row in reasons.indices where reasons[row] == 0 { reasons[row] = mask.reasons[row] }
      result = reasons
    } else {
      result = mask.reasons
    }
  }
  return result
}
