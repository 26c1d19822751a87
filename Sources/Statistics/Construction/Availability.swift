/// How much of an area's data is there, and how much of it is not 0.
public struct Availability: Sendable, Equatable {
  /// The share of indicators that are present, 0-1; 1 when there are no indicators.
  public let present: Double
  /// The share of the present ones that are not 0, 0-1; 1 when none is present.
  public let nonZero: Double

  /// Counts over the columns of one row.
  public init(present: Int, zeros: Int, of count: Int) {
    self.present = count > 0 ? Double(present) / Double(count) : 1
    nonZero = present > 0 ? 1 - Double(zeros) / Double(present) : 1
  }

  /// The availability of every row of `matrix`, over all its columns.
  public static func rows(of matrix: ValueMatrix) -> [Availability] {
    rows(of: matrix, columns: Array(0..<matrix.columnCount))
  }

  /// The availability of every row of `matrix`, over some of its columns.
  public static func rows(of matrix: ValueMatrix, columns: [Int]) -> [Availability] {
    var present = [Int](repeating: 0, count: matrix.rowCount)
    var zeros = present
    for column in columns {
      let values = matrix.values(column)
      for row in 0..<matrix.rowCount where matrix.isPresent(row, column) {
        present[row] += 1
        if values[row] == 0 { zeros[row] += 1 }
      }
    }
    return zip(present, zeros).map { Availability(present: $0, zeros: $1, of: columns.count) }
  }

  /// The availability of every column of `matrix`, over some of its rows.
  public static func columns(of matrix: ValueMatrix, rows: [Int]) -> [Availability] {
    (0..<matrix.columnCount).map { column in
      let there = rows.compactMap { matrix[$0, column] }
      return Availability(present: there.count, zeros: there.count { $0 == 0 }, of: rows.count)
    }
  }

  /// Whether the area is kept: both shares are at or above their thresholds.
  public func suffices(minimumPresent: Double = 0, minimumNonZero: Double = 0) -> Bool {
    // Shares such as 2/3 are not exact, so one that should be met is not lost to rounding.
    present >= minimumPresent - 1e-12 && nonZero >= minimumNonZero - 1e-12
  }
}
