import PipelineKit
import Tabular

/// A count, or a share in percent that stands for one, of a number of people or homes.
struct ShareColumns: Sendable {
  /// The column of counts.
  var count: Located?
  /// The column of percents, in its place.
  var percent: Located?

  /// The one that is given.
  var column: Located { count ?? percent ?? Located("", at: SourcePosition(file: "")) }

  /// Refuses none or both.
  func check(at position: SourcePosition) throws(SpecError) {
    guard (count == nil) != (percent == nil) else {
      throw SpecError(position, "give either \"count\" or \"percent\"")
    }
  }

  /// Numerators and denominators, with the reason of each row that lacks one.
  struct Counts {
    var numerators: [Double]
    var denominators: [Double]
    var reasons: [UInt8]
  }

  /// The counts out of `of`; a percent of it is no whole number.
  func counts(_ table: Table, of: Located) throws(TransformError) -> Counts {
    let columns = try table.columns(named: [column.text, of.text])
    let reasons = firstReasons(columns, rowCount: table.rowCount) ?? [UInt8](repeating: 0, count: table.rowCount)
    var numerators = try NumberColumn(table, column.text)
    let denominators = try NumberColumn(table, of.text)
    try numerators.requireCounts(column.text)
    try denominators.requireCounts(of.text)
    if percent != nil {
      for row in reasons.indices where reasons[row] == 0 {
        numerators.values[row] = numerators.values[row] / 100 * denominators.values[row]
      }
    }
    return Counts(numerators: numerators.values, denominators: denominators.values, reasons: reasons)
  }
}
