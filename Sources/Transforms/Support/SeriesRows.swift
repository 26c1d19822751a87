import PipelineKit
import Statistics
import Tabular

/// What a period may be.
let periodRule = "a period is a whole number of at most nine digits, such as a year"

/// Whether a number can be a period: whole, and small enough to count with.
func isPeriod(_ value: Double) -> Bool { value.magnitude < 1e9 && value == value.rounded() }

/// The rows of a table as series: one for each combination of keys, in order of time.
struct SeriesRows {
  /// One row a series, ascending by the keys.
  let keys: [Column]
  /// The rows of each series that have a period, ascending by it.
  let rows: [[Int]]
  /// The period of every row of the table.
  let periods: NumberColumn

  /// Groups the rows; rows without a period are left out, and `context` says how many.
  init(_ table: Table, by names: [Located], period: Located, context: RunContext) throws(TransformError) {
    let columns = try table.columns(named: names.map(\.text))
    let grouping = Grouping(by: columns, rowCount: table.rowCount)
    periods = try NumberColumn(table, period.text)
    keys = columns.map { $0.gathering(grouping.representatives) }
    var rows = [[Int]](repeating: [], count: grouping.count)
    var without = 0
    for (row, group) in grouping.groups.enumerated() {
      guard periods.isPresent(row) else {
        without += 1
        continue
      }
      guard isPeriod(periods.values[row]) else {
        throw TransformError(
          "\(names.isEmpty ? "" : keyText(names.map(\.text), columns, row: row) + ", ")"
            + "\(period)=\(periods.values[row]) is no period; \(periodRule)")
      }
      rows[Int(group)].append(row)
    }
    if without > 0 { context.warn("\(without) row(s) without a \"\(period)\" belong to no series") }
    for group in rows.indices {
      let times = periods.values
      rows[group].sort { times[$0] < times[$1] }
      for (one, next) in zip(rows[group], rows[group].dropFirst()) where times[one] == times[next] {
        throw TransformError(
          "two rows for \(keyText(names.map(\.text), columns, row: one)), \(period)=\(Int(times[one])); "
            + "a series has one value a period: add what tells them apart to \"by\"")
      }
    }
    self.rows = rows
  }
}

/// A break of a series as an option states it.
struct BreakOption: PluginOptions {
  var from = 0.0
  var bridge: Double?
  var note = ""

  static var declaration: [OptionField<Self>] {
    [
      .init("from", \.from, required: true, "The first period that is measured in the new way."),
      .init("bridge", \.bridge, "New level / old level: values before the break are multiplied by it."),
      .init("note", \.note, "Why: printed when a change or a trend stops at the break."),
    ]
  }
}

extension [BreakOption] {
  /// The breaks, after a check of their factors and times.
  func checked(at position: SourcePosition) throws(SpecError) -> SeriesBreaks {
    var seen: Set<Double> = []
    for item in self {
      guard isPeriod(item.from) else {
        throw SpecError(position, "a break from \(item.from) is no period; \(periodRule)")
      }
      if let bridge = item.bridge, bridge <= 0 {
        throw SpecError(position, "the bridge of the break from \(Int(item.from)) is \(bridge), expected more than 0")
      }
      guard seen.insert(item.from).inserted else {
        throw SpecError(position, "two breaks from \(Int(item.from)); one period has one")
      }
    }
    return SeriesBreaks(map { SeriesBreak(time: $0.from, bridge: $0.bridge) })
  }

  /// The note of a break, in brackets and with a blank before it.
  func note(_ item: SeriesBreak) -> String {
    let text = first { $0.from == item.time }?.note ?? ""
    return text.isEmpty ? "" : " (\(text))"
  }
}
