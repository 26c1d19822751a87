import PipelineKit
import Statistics
import Tabular

/// Rows numbered by the group they belong to, without the rows of which a key is missing.
struct RowGroups: Sendable {
  /// The group of each row, or -1 where a key is missing.
  let codes: [Int32]
  /// How many groups there are, some of them perhaps without rows.
  let count: Int
  /// The reason of each row without a group, 0 elsewhere; nil when every row has a group.
  let reasons: [UInt8]?

  /// The groups of `rowCount` rows by `keys`; without keys, all rows are one group.
  init(keys: [Column], rowCount: Int) {
    let grouping = Grouping(by: keys, rowCount: rowCount)
    count = grouping.count
    reasons = firstReasons(keys, rowCount: rowCount)
    if let reasons {
      codes = zip(grouping.groups, reasons).map { $1 == 0 ? $0 : -1 }
    } else {
      codes = grouping.groups
    }
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

  /// Numbers with their reasons, equally many or none.
  init(values: [Double], reasons: [UInt8]) {
    self.values = values
    self.reasons = reasons
  }

  /// Calls `body` with a view of the numbers, valid during the call.
  func withView<R>(_ body: (ValueView) -> R) -> R {
    let words = reasons.isEmpty ? nil : MissingMask(reasons: reasons).words
    return values.withUnsafeBufferPointer { values in
      guard let words else { return body(ValueView(values)) }
      return words.withUnsafeBufferPointer { body(ValueView(values, validity: $0)) }
    }
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
