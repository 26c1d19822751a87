import PipelineKit
import Tabular

/// What each row is compared with, found in a table.
enum ComparedRows {
  /// One row, or none for a reason.
  case rows(_ rows: [Int32], reasons: [UInt8])
  /// A set of rows.
  case sets(RowSets)
}

extension Compare {
  /// Finds what each row of `table` is compared with under `comparator`.
  func resolve(
    _ name: String, _ comparator: Comparator, _ table: Table, _ context: RunContext
  ) throws(TransformError) -> ComparedRows {
    let area = try table.columns(named: [options.area.text])[0]
    if let code = comparator.area { return try oneArea(name, code.text, area, table) }
    if let column = comparator.parent { return try parents(name, column.text, area, table, context) }
    if let period = comparator.period { return try samePlace(period.text, area, table) }
    var members = [Bool](repeating: true, count: table.rowCount)
    var keys = options.by
    if !comparator.areas.isEmpty {
      members = [Bool](repeating: false, count: table.rowCount)
      for code in comparator.areas {
        let rows = CellLiteral.rows(of: area, equalTo: code.text)
        try checkExists(name, code.text, rows, area)
        for row in rows.indices where rows[row] { members[row] = true }
      }
    } else if let condition = comparator.condition {
      guard case .bool(let column) = try condition.evaluate(on: table) else {
        throw TransformError("comparator \"\(name)\": \"\(condition.text)\" is no condition")
      }
      members = column.values.map { $0 != 0 }
    } else if let set = comparator.set {
      members = try set.rows(in: table)
    } else if let group = comparator.group {
      keys.append(group)
    }
    return .sets(
      RowSets(
        groups: try RowGroups(table, by: keys), members: members, statistic: comparator.statistic ?? .mean,
        excludeSelf: comparator.excludeSelf ?? false))
  }

  /// Refuses areas that occur more than once where rows are looked up by area.
  func checkUnique(_ table: Table) throws(TransformError) {
    let names = options.by.map(\.text) + [options.area.text]
    let keys = try table.columns(named: names)
    guard let (_, row) = KeyMatches(left: keys, right: keys).duplicate else { return }
    throw TransformError(
      "more than one row has \(keyText(names, keys, row: row)); areas must be unique to be compared with: "
        + "name every column that tells them apart in \"by\"")
  }

  /// The row of one area in the period of each row.
  private func oneArea(_ name: String, _ code: String, _ area: Column, _ table: Table) throws(TransformError)
    -> ComparedRows
  {
    let rows = CellLiteral.rows(of: area, equalTo: code)
    try checkExists(name, code, rows, area)
    let groups = try RowGroups(table, by: options.by)
    var rowOfGroup = [Int32](repeating: -1, count: groups.count)
    for row in rows.indices where rows[row] && groups.codes[row] >= 0 {
      rowOfGroup[Int(groups.codes[row])] = Int32(row)
    }
    let found = groups.codes.map { $0 < 0 ? -1 : rowOfGroup[Int($0)] }
    return .rows(found, reasons: Self.unmatched(found, groups.reasons))
  }

  /// The row of the area that a column names, in the period of each row.
  private func parents(
    _ name: String, _ column: String, _ area: Column, _ table: Table, _ context: RunContext
  ) throws(TransformError) -> ComparedRows {
    let by = try table.columns(named: options.by.map(\.text))
    let parent = try table.columns(named: [column])
    let found = KeyMatches(left: parent + by, right: [area] + by).first
    if table.rowCount > 0, !found.contains(where: { $0 >= 0 }) {
      context.warn("comparator \"\(name)\": no row has the \(options.area.text) that any \(column) names")
    }
    return .rows(found, reasons: Self.unmatched(found, firstReasons(parent + by, rowCount: table.rowCount)))
  }

  /// The row of the same area in one period.
  private func samePlace(_ period: String, _ area: Column, _ table: Table) throws(TransformError) -> ComparedRows {
    let by = options.by[0].text
    let periods = try table.columns(named: [by])[0]
    let isThen = CellLiteral.rows(of: periods, equalTo: period)
    guard table.rowCount == 0 || isThen.contains(true) else { throw CellLiteral.absent(period, from: by, periods) }
    let then = isThen.indices.filter { isThen[$0] }.map { Int32(truncatingIfNeeded: $0) }
    let found = KeyMatches(left: [area], right: [area.gathering(then)]).first.map { $0 < 0 ? -1 : then[Int($0)] }
    return .rows(found, reasons: Self.unmatched(found, area.missing?.reasons))
  }

  private static func unmatched(_ found: [Int32], _ keys: [UInt8]?) -> [UInt8] {
    found.indices.map { row in
      if found[row] >= 0 { return 0 }
      let reason = keys?[row] ?? 0
      return reason != 0 ? reason : MissingReason.notMatched.rawValue
    }
  }

  /// Refuses an area that no row has, naming the codes that look most like it.
  private func checkExists(_ name: String, _ code: String, _ rows: [Bool], _ area: Column) throws(TransformError) {
    guard !rows.isEmpty, !rows.contains(true) else { return }
    let near = Self.nearestCodes(code, among: CellLiteral.distinct(area))
    throw TransformError(
      "comparator \"\(name)\": no row has \(options.area.text)=\(code)"
        + (near.isEmpty ? "" : "; the nearest are \(near.joined(separator: ", "))"))
  }

  /// Up to three codes that differ from `code` in the fewest characters, place by place; equally near ones in order.
  static func nearestCodes(_ code: String, among codes: [String]) -> [String] {
    let wanted = Array(code.utf8)
    let ranked = codes.enumerated().map { place, other in
      let bytes = Array(other.utf8)
      let differing = zip(wanted, bytes).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) }
      return (distance: differing + abs(wanted.count - bytes.count), place: place, code: other)
    }
    return ranked.sorted { ($0.distance, $0.place) < ($1.distance, $1.place) }.prefix(3).map(\.code)
  }
}
