import PipelineKit
import Statistics
import Tabular

/// The rows of a composite: which period each belongs to, and which are in the frame.
struct ComposeFrame {
  /// Rows of each period, in table order.
  let periods: [[UInt32]]
  /// Names of the periods, for messages.
  let periodNames: [String]
  /// The period whose distribution is kept, in an anchored frame.
  let base: Int?
  /// Whether all periods share one distribution.
  let isPooled: Bool
  /// Reason bytes: 0 for rows in the frame.
  let outside: [UInt8]

  init(_ table: Table, _ options: Compose.Options) throws(TransformError) {
    var rows: [[UInt32]] = [Array(0..<UInt32(table.rowCount))]
    var names = ["all rows"]
    if let period = options.period {
      let column = try Self.column(period, table)
      let grouping = Grouping(by: [column], rowCount: table.rowCount)
      let grouped = grouping.rows
      rows = (0..<grouping.count).map { group in grouped[group].map { UInt32($0) } }
      names = grouping.representatives.map { column.text(at: Int($0)) ?? "missing" }
    }
    periods = rows
    periodNames = names
    isPooled = options.frame == .pooled
    if case .anchored(let wanted) = options.frame {
      guard let index = names.firstIndex(of: wanted.text) else {
        throw TransformError(
          "\(wanted.position): the base period \"\(wanted)\" is not in the data"
            + didYouMean(wanted.text, among: names))
      }
      base = index
    } else {
      base = nil
    }
    outside = try Self.outside(table, options)
  }

  /// The distributions against which period `p` is placed: none in a relative frame.
  var needsBase: Bool { base != nil || isPooled }

  /// Positions of `period` that are in the frame and hold a value.
  func positions(_ period: Int, _ missing: [UInt8]?) -> [UInt32] {
    guard let missing else { return periods[period].filter { outside[Int($0)] == 0 } }
    return periods[period].filter { outside[Int($0)] == 0 && missing[Int($0)] == 0 }
  }

  /// Positions of the base: of the base period, or of all periods when pooled.
  func basePositions(_ missing: [UInt8]?) -> [UInt32] {
    if let base { return positions(base, missing) }
    return periods.indices.flatMap { positions($0, missing) }
  }

  static func column(_ name: Located, _ table: Table) throws(TransformError) -> Column {
    do throws(TabularError) { return try table.column(name.text) } catch {
      throw TransformError("\(name.position): \(error)")
    }
  }

  private static func outside(_ table: Table, _ options: Compose.Options) throws(TransformError) -> [UInt8] {
    var outside = [UInt8](repeating: 0, count: table.rowCount)
    guard let population = options.population else { return outside }
    let column = try column(population.column, table)
    let values = column.doubles
    let missing = column.missing?.reasons
    for row in outside.indices where missing.map({ $0[row] != 0 }) ?? false || values[row] < population.minimum {
      outside[row] = MissingReason.outsideFrame.rawValue
    }
    return outside
  }
}

extension Column {
  /// The values of a numeric column as doubles; zeros for other types.
  var doubles: [Double] {
    switch self {
    case .float64(let c): c.values
    case .int64(let c): c.values.map { Double($0) }
    default: [Double](repeating: 0, count: count)
    }
  }
}
