import Tabular

extension CheckRule {
  /// What a row comes to.
  enum Outcome: UInt8 { case failed, passed, undecided }

  /// The outcome of every row of `table`, whose schema has been checked.
  func outcomes(on table: Table) throws(TransformError) -> [Outcome] {
    switch self {
    case .expect(let expression):
      guard case .bool(let column) = try expression.evaluate(on: table) else {
        throw TransformError("a check must be true or false")
      }
      return (0..<table.rowCount).map { row in
        column.missing?[row] != nil ? .undecided : column.values[row] != 0 ? .passed : .failed
      }
    case .range(let rule):
      let numbers = try Self.numbers(rule.column, table)
      return (0..<table.rowCount).map { row in
        guard numbers.missing?[row] == nil else { return .undecided }
        let value = numbers.values[row]
        return value >= rule.from ?? -.infinity && value <= rule.to ?? .infinity ? .passed : .failed
      }
    case .set(let rule):
      let column = try Self.column(rule.column, table)
      let allowed = Set(rule.values)
      return (0..<table.rowCount).map { row in
        column.text(at: row).map { allowed.contains($0) ? .passed : .failed } ?? .undecided
      }
    case .unique(let names):
      let groups = Grouping(by: try Self.columns(names, table), rowCount: table.rowCount)
      return groups.groups.map { groups.sizes[Int($0)] > 1 ? .failed : .passed }
    case .complete(let name):
      let column = try Self.column(name, table)
      return (0..<table.rowCount).map { row in
        switch column.missingReason(at: row) {
        case nil: .passed
        case .notApplicable: .undecided
        default: .failed
        }
      }
    case .sum(let rule): return try Self.sums(rule, table)
    case .jump(let rule): return try Self.jumps(rule, table)
    }
  }

  private static func sums(_ rule: SumRule, _ table: Table) throws(TransformError) -> [Outcome] {
    var parts: [Float64Column] = []
    for name in rule.parts { parts.append(try numbers(name, table)) }
    let total = try numbers(rule.total, table)
    let limit = rule.rounding * Double(parts.count)
    return (0..<table.rowCount).map { row in
      if total.missing?[row] != nil || parts.contains(where: { $0.missing?[row] != nil }) { return .undecided }
      let sum = parts.reduce(0) { $0 + $1.values[row] }
      return (sum - total.values[row]).magnitude <= limit ? .passed : .failed
    }
  }

  private struct Place: Hashable {
    var group: Int32
    var year: Int
  }

  private static func jumps(_ rule: JumpRule, _ table: Table) throws(TransformError) -> [Outcome] {
    let numbers = try numbers(rule.column, table)
    let over = try column(rule.over, table)
    let groups = Grouping(by: try columns(rule.by, table), rowCount: table.rowCount).groups
    let years = (0..<table.rowCount).map { row in
      over.text(at: row).flatMap { Int($0.prefix { $0.isNumber }.prefix(4)) }
    }
    var rows: [Place: Int] = [:]
    for (row, year) in years.enumerated() {
      guard let year else { continue }
      let place = Place(group: groups[row], year: year)
      if rows[place] == nil { rows[place] = row }
    }
    return (0..<table.rowCount).map { row in
      guard let year = years[row], numbers.missing?[row] == nil,
        let before = rows[Place(group: groups[row], year: year - 1)], numbers.missing?[before] == nil
      else { return .undecided }
      let old = numbers.values[before]
      if rule.limit.isPercent, old == 0 { return .undecided }
      return (numbers.values[row] - old).magnitude <= rule.limit.limit(of: old) ? .passed : .failed
    }
  }

  private static func column(_ name: Located, _ table: Table) throws(TransformError) -> Column {
    do throws(TabularError) { return try table.column(name.text) } catch { throw TransformError(error.description) }
  }

  private static func columns(_ names: [Located], _ table: Table) throws(TransformError) -> [Column] {
    var columns: [Column] = []
    for name in names { columns.append(try column(name, table)) }
    return columns
  }

  private static func numbers(_ name: Located, _ table: Table) throws(TransformError) -> Float64Column {
    guard case .float64(let numbers) = try column(name, table).converted(to: .float64) else {
      throw TransformError("the check needs numbers; \"\(name)\" holds none")
    }
    return numbers
  }
}
