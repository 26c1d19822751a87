import PipelineKit
import Statistics
import Tabular

extension ValueMatrix {
  /// Puts a numeric column of a table into `place`.
  func fill(_ place: Int, with column: Column) {
    let values = self.values(place)
    switch column {
    case .float64(let c): for row in values.indices { values[row] = c.values[row] }
    case .int64(let c): for row in values.indices { values[row] = Double(c.values[row]) }
    case .string, .bool, .date: preconditionFailure("the schema check refuses columns without numbers")
    }
    let words = self.words(place)
    if let missing = column.missing {
      for index in words.indices { words[index] = missing.words[index] }
    } else {
      for index in words.indices { words[index] = .max }
      if rowCount & 63 != 0, let last = words.indices.last { words[last] = 1 << UInt64(rowCount & 63) - 1 }
    }
  }

  /// The numbers of some columns of a table, in that order, with room for `more` columns behind them.
  convenience init(_ table: Table, _ names: [String], more: Int = 0) throws(TransformError) {
    self.init(rows: table.rowCount, columns: names.count + more)
    for (place, column) in try table.columns(named: names).enumerated() { fill(place, with: column) }
  }

  /// A column with the reason of each absent cell.
  func column(_ place: Int, reason: (Int) -> UInt8) -> Column {
    let words = self.words(place)
    let list = [Double](values(place))
    var absent = false
    for index in words.indices {
      let rows = min(64, rowCount - index << 6)
      if words[index].nonzeroBitCount < rows { absent = true }
    }
    guard absent else { return .float64(Float64Column(list)) }
    var reasons = [UInt8](repeating: 0, count: rowCount)
    var cleared = list
    for row in 0..<rowCount where !isPresent(row, place) {
      reasons[row] = reason(row)
      cleared[row] = 0
    }
    return .float64(Float64Column(cleared, missing: MissingMask(reasons: reasons)))
  }
}
