import PipelineKit
import Statistics
import Tabular

/// Rows by area and period, each pair at most once.
struct AreaPeriods {
  /// The areas, ascending, as one column.
  let areas: Column
  /// The rows of each area with their periods, ascending by it.
  let rows: [[(period: Double, row: Int)]]
  private let codes: [String]

  init(_ table: Table, area: Located, period: Located, context: RunContext) throws(TransformError) {
    let series = try SeriesRows(table, by: [area], period: period, context: context)
    areas = series.keys[0]
    rows = table.rowCount == 0 ? [] : series.rows.map { rows in rows.map { (series.periods.values[$0], $0) } }
    codes = rows.indices.map { [areas] in cellText(areas, row: $0) }
  }

  /// The row of an area in a period.
  func row(_ area: Int, _ period: Double) -> Int? { rows[area].first { $0.period == period }?.row }

  /// The place of an area.
  /// - Throws: ``TransformError`` when no row has it.
  func place(of area: Located, in name: String) throws(TransformError) -> Int {
    guard let place = codes.firstIndex(of: area.text) else { throw CellLiteral.absent(area.text, from: name, areas) }
    return place
  }
}

extension DirectionOption? {
  /// Whether more is better: what the option says, else what the column says.
  func higherIsBetter(_ field: Field, at position: SourcePosition) throws(SpecError) -> Bool {
    if let option = self { return option == .higherIsBetter }
    guard let direction = field.direction else {
      throw SpecError(
        position,
        "column \"\(field.name)\" does not say whether more is better; add direction: higher_is_better or higher_is_worse"
      )
    }
    return direction == .higherIsBetter
  }
}
