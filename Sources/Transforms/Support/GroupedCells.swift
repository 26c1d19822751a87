import PipelineKit
import Tabular

/// The present numbers of a column, group by group, and what becomes of them.
struct GroupedCells: Sendable {
  private let groups: Grouping.Rows
  /// The reason of each row that has no group, 0 elsewhere; nil when every row has one.
  private let keyReasons: [UInt8]?

  /// Groups of `table`'s rows by the columns `keys`; without keys, all rows are one group.
  init(_ table: Table, by keys: [Located]) throws(TransformError) {
    let columns = try table.columns(named: keys.map(\.text))
    groups = Grouping(by: columns, rowCount: table.rowCount).rows
    keyReasons = firstReasons(columns, rowCount: table.rowCount)
  }

  /// The number of groups, those of missing keys included.
  var count: Int { groups.offsets.count - 1 }

  /// The column with its numbers changed.
  ///
  /// `change` gets the present numbers of one group, one after the other, and the row of each; it changes the numbers in
  /// place and says whether there is a result. Where there is none, and where a result is not finite, cells are missing as
  /// `undefined`. Missing cells keep their reason; rows without a group have that of their key.
  func changing(
    _ column: Column, _ change: (_ list: UnsafeMutableBufferPointer<Double>, _ rows: UnsafeBufferPointer<Int32>) -> Bool
  ) -> Column {
    switch column {
    case .float64(let c): changing(c, { $0 }, change)
    case .int64(let c): changing(c, { Double($0) }, change)
    case .string, .bool, .date: preconditionFailure("the schema check refuses columns without numbers")
    }
  }

  @inline(__always)
  private func changing<Element>(
    _ column: PrimitiveColumn<Element>, _ number: (Element) -> Double,
    _ change: (UnsafeMutableBufferPointer<Double>, UnsafeBufferPointer<Int32>) -> Bool
  ) -> Column {
    let missing = mask(column.missing)
    var undefined: [Int32] = []
    var output = [Double](repeating: 0, count: column.values.count)
    let largest = zip(groups.offsets, groups.offsets.dropFirst()).map { Int($1 - $0) }.max() ?? 0
    withUnsafeTemporaryAllocation(of: Double.self, capacity: largest) { scratch in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: largest) { places in
        output.withUnsafeMutableBufferPointer { output in
          column.values.withUnsafeBufferPointer { values in
            groups.rows.withUnsafeBufferPointer { rows in
              for (start, end) in zip(groups.offsets, groups.offsets.dropFirst()) {
                // The group's numbers, one after the other.
                var count = 0
                if let missing {
                  missing.reasons.withUnsafeBufferPointer { reasons in
                    for place in Int(start)..<Int(end) {
                      let row = rows[place]
                      scratch[count] = number(values[Int(row)])
                      places[count] = row
                      count += reasons[Int(row)] == 0 ? 1 : 0
                    }
                  }
                } else {
                  for place in Int(start)..<Int(end) {
                    scratch[count] = number(values[Int(rows[place])])
                    places[count] = rows[place]
                    count += 1
                  }
                }
                if count == 0 { continue }
                if change(.init(rebasing: scratch[..<count]), .init(rebasing: places[..<count])) {
                  for i in 0..<count {
                    let result = scratch[i]
                    output[Int(places[i])] = result.isFinite ? result : 0
                    if !result.isFinite { undefined.append(places[i]) }
                  }
                } else {
                  undefined += places[..<count]
                }
              }
            }
          }
        }
      }
    }
    guard !undefined.isEmpty else { return .float64(Float64Column(output, missing: missing)) }
    var reasons = missing?.reasons ?? [UInt8](repeating: 0, count: output.count)
    for row in undefined { reasons[Int(row)] = MissingReason.undefined.rawValue }
    return .float64(Float64Column(output, missing: MissingMask(reasons: reasons)))
  }

  /// The column's own reasons, and then those of the keys.
  private func mask(_ own: MissingMask?) -> MissingMask? {
    guard let keyReasons else { return own }
    guard let own else { return MissingMask(reasons: keyReasons) }
    return MissingMask(reasons: zip(own.reasons, keyReasons).map { $0 == 0 ? $1 : $0 })
  }
}
