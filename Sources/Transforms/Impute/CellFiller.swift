import PipelineKit
import Statistics
import Tabular

/// Makes an estimate for each cell of a column that has no value.
struct CellFiller: Sendable {
  private let method: Impute.Method
  private let horizon: Double?
  private let groups: RowGroups
  /// The rows of each area in the order of periods, and their times; empty for methods that look at other areas.
  private let series: [(rows: [Int], times: [Double])]

  init(_ table: Table, _ options: Impute.Options) throws(TransformError) {
    (method, horizon) = (options.method, options.horizon)
    guard let area = options.area, let period = options.period else {
      groups = try RowGroups(table, by: options.by)
      series = []
      return
    }
    groups = try RowGroups(table, by: [area])
    let times = try NumberColumn(table, period.text)
    var series: [(rows: [Int], times: [Double])] = []
    groups.rows(where: times.isPresent).forEach { _, rows in
      let sorted = rows.map { Int($0) }.sorted { (times.values[$0], $0) < (times.values[$1], $1) }
      series.append((sorted, sorted.map { times.values[$0] }))
    }
    let names = [area.text, period.text]
    for (rows, own) in series {
      for i in own.indices.dropFirst() where own[i] == own[i - 1] {
        let keys = try table.columns(named: names)
        throw TransformError("two rows have \(keyText(names, keys, row: rows[i])): a series has one value a period")
      }
    }
    self.series = series
  }

  /// For each row what would stand in a cell without a value; nil where nothing can be said.
  func estimates(_ column: NumberColumn) -> [Double?] {
    let cells = column.values.indices.map { column.isPresent($0) ? column.values[$0] : nil }
    if let centre = method.centre {
      return Imputation.byCentre(cells, groups: groups.codes.map { Int($0) }, centre)
    }
    guard let panel = method.panel else { return cells }
    var result = cells
    for (rows, times) in series {
      let filled = panel.fill(times: times, rows.map { cells[$0] }, horizon: horizon)
      for (row, value) in zip(rows, filled) { result[row] = value }
    }
    return result
  }

  /// The same for every column, from the others.
  func regressions(_ columns: [NumberColumn]) -> [[Double?]] {
    var result = columns.map { column in column.values.indices.map { column.isPresent($0) ? column.values[$0] : nil } }
    groups.rows { _ in true }.forEach { _, rows in
      let matrix = ValueMatrix(result.map { cells in rows.map { cells[Int($0)] } })
      let filled = columns.indices.map { Imputation.byRegression($0, of: matrix).cells }
      for (place, cells) in filled.enumerated() {
        for (row, value) in zip(rows, cells) { result[place][Int(row)] = value }
      }
    }
    return result
  }
}
