import PipelineKit
import Statistics
import Tabular

/// The rows of a composite: which period each belongs to, and which are in the frame.
struct ComposeFrame {
  /// The rows in the frame, period after period, in table order within each.
  let rows: [UInt32]
  /// The part of `rows` that each period has; empty when none of its areas is in the frame.
  let periods: [Range<Int>]
  /// Names of the periods, for messages; empty when the table is one period.
  let periodNames: [String]
  /// The period whose distribution is kept, in an anchored frame.
  let base: Int?
  /// Whether all periods share one distribution.
  let isPooled: Bool
  /// Reason bytes, 0 for rows in the frame; nil when all rows are.
  let outside: [UInt8]?

  /// Finds the periods and the areas in the frame, and checks that area and period name each row once.
  init(_ table: Table, _ options: Compose.Options) throws(TransformError) {
    let area = try options.area.map { name throws(TransformError) in try Self.column(name, table) }
    let period = try options.period.map { name throws(TransformError) in try Self.column(name, table) }
    let grouping = Grouping(by: period.map { [$0] } ?? [], rowCount: table.rowCount)
    let grouped = grouping.rows
    if let area, let row = Self.repeatedRow(area, grouped, rowCount: table.rowCount) {
      throw Self.repeated(
        row, [area, period].compactMap { $0 }, [options.area, options.period].compactMap { $0?.text })
    }
    let outside = try Self.outside(table, period, options)
    var rows: [UInt32] = []
    rows.reserveCapacity(table.rowCount)
    var periods: [Range<Int>] = []
    var names: [String] = []
    for group in 0..<grouping.count {
      if let period {
        // Rows without a period come last and belong to none.
        guard let name = period.text(at: Int(grouping.representatives[group])) else { continue }
        names.append(name)
      }
      let start = rows.count
      if let outside {
        for row in grouped[group] where outside[Int(row)] == 0 { rows.append(UInt32(bitPattern: row)) }
      } else {
        rows.append(contentsOf: grouped[group].lazy.map { UInt32(bitPattern: $0) })
      }
      periods.append(start..<rows.count)
    }
    self.rows = rows
    self.periods = periods
    self.outside = outside
    periodNames = names
    isPooled = options.frame == .pooled
    if case .anchored(let wanted) = options.frame {
      guard let index = names.firstIndex(of: wanted.text) else {
        throw TransformError(
          "\(wanted.position): the base period \"\(wanted)\" is not in the data" + didYouMean(wanted.text, among: names)
        )
      }
      base = index
    } else {
      base = nil
    }
  }

  /// The periods whose values make up the distribution against which others are placed; none in a relative frame.
  var basePeriods: Range<Int> {
    if let base { return base..<(base + 1) }
    return isPooled ? periods.indices : 0..<0
  }

  /// The size of the largest period.
  var largest: Int { periods.map(\.count).max() ?? 0 }

  /// Names each period without areas, and each indicator that a period lacks.
  func warn(_ indicators: [(name: String, column: Column)], _ context: RunContext) {
    func periodText(_ list: [Int]) -> String {
      periodNames.isEmpty ? "" : " for " + list.map { periodNames[$0] }.joined(separator: ", ")
    }
    let empty = periods.indices.filter { periods[$0].isEmpty }
    if !empty.isEmpty, outside?.isEmpty == false { context.warn("no area is in the frame" + periodText(empty)) }
    for (name, column) in indicators {
      guard let reasons = column.missing?.reasons else { continue }
      let lacking = periods.indices.filter { period in
        !periods[period].isEmpty && !rows[periods[period]].contains { reasons[Int($0)] == 0 }
      }
      if !lacking.isEmpty { context.warn("\"\(name)\" has no value in the frame" + periodText(lacking)) }
    }
  }

  /// Refuses published ranks that cannot be ranks among the areas of the period that have one.
  func checkRanks(_ indicators: [(name: Located, column: Column)]) throws(TransformError) {
    let values = PeriodValues(capacity: largest)
    for (name, column) in indicators {
      for (p, period) in periods.enumerated() {
        let wrong = rows.withUnsafeBufferPointer { rows -> (rank: Double, count: Int)? in
          values.gather(column, .init(rebasing: rows[period]))
          let positions = values.positions
          let count = Double(positions.count)
          return positions.first { !(values.values[Int($0)] >= 1 && values.values[Int($0)] <= count) }
            .map { (values.values[Int($0)], positions.count) }
        }
        guard let wrong else { continue }
        let place = periodNames.isEmpty ? "" : " in \(periodNames[p])"
        throw TransformError(
          "\(name.position): \"\(name)\" is \(wrong.rank.optionText ?? "\(wrong.rank)")\(place), expected a rank from 1 to "
            + "\(wrong.count), the number of areas that have one; compose before filtering, or give ties: avg")
      }
    }
  }

  /// The column that an option names.
  static func column(_ name: Located, _ table: Table) throws(TransformError) -> Column {
    do throws(TabularError) { return try table.column(name.text) } catch {
      throw TransformError("\(name.position): \(error)")
    }
  }

  /// The reasons of rows outside the frame: that of a missing period, or `outsideFrame` for too few inhabitants.
  private static func outside(
    _ table: Table, _ period: Column?, _ options: Compose.Options
  ) throws(TransformError) -> [UInt8]? {
    var outside = period?.missing?.reasons
    guard let population = options.population else { return outside }
    let inhabitants = try NumberColumn(table, population.column.text)
    for row in 0..<table.rowCount where !inhabitants.isPresent(row) || inhabitants.values[row] < population.minimum {
      if outside == nil { outside = [UInt8](repeating: 0, count: table.rowCount) }
      if outside?[row] == 0 { outside?[row] = MissingReason.outsideFrame.rawValue }
    }
    return outside
  }

  /// The first row, period by period, whose area stands in an earlier row of its period.
  ///
  /// A mark an area is enough: nothing is sorted. Missing areas count as one area for each reason.
  private static func repeatedRow(_ area: Column, _ grouped: Grouping.Rows, rowCount: Int) -> Int? {
    if case .string(let c) = area {
      return c.codes.withUnsafeBufferPointer { codes in
        guard let reasons = c.missing?.reasons else {
          return firstRepeat(grouped, c.dictionary.count) { Int(codes[$0]) }
        }
        return firstRepeat(grouped, c.dictionary.count + 256) { row in
          reasons[row] == 0 ? Int(codes[row]) : c.dictionary.count + Int(reasons[row])
        }
      }
    }
    let areas = Grouping(by: [area], rowCount: rowCount)
    return areas.groups.withUnsafeBufferPointer { codes in firstRepeat(grouped, areas.count) { Int(codes[$0]) } }
  }

  @inline(__always)
  private static func firstRepeat(_ grouped: Grouping.Rows, _ areas: Int, _ area: (Int) -> Int) -> Int? {
    var seen = [Int32](repeating: -1, count: areas)
    return seen.withUnsafeMutableBufferPointer { seen in
      for group in 0..<(grouped.offsets.count - 1) {
        let mark = Int32(truncatingIfNeeded: group)
        for row in grouped[group] {
          let area = area(Int(row))
          if seen[area] == mark { return Int(row) }
          seen[area] = mark
        }
      }
      return nil
    }
  }

  private static func repeated(_ row: Int, _ keys: [Column], _ names: [String]) -> TransformError {
    let key = keys.map { $0.text(at: row) ?? "missing" }.joined(separator: ", ")
    return TransformError(
      TabularError.duplicateKey(columns: names, key: "(\(key))").description
        + "; filter the table to one row for each area and period")
  }
}
