import PipelineKit
import Statistics
import Tabular

/// Puts one column on a new scale, group by group.
struct Scaler {
  let options: Normalise.Options
  let direction: DirectionOption
  let groups: Grouping.Rows
  /// The reason of each row that has no group, 0 elsewhere; nil when every row has one.
  let keyReasons: [UInt8]?

  /// The column on its new scale.
  func scale(_ column: Column) -> Column {
    switch column {
    case .float64(let c): scale(c) { $0 }
    case .int64(let c): scale(c) { Double($0) }
    case .string, .bool, .date: preconditionFailure("the schema check refuses columns without numbers")
    }
  }

  @inline(__always)
  private func scale<Element>(_ column: PrimitiveColumn<Element>, _ number: (Element) -> Double) -> Column {
    let missing = mask(column.missing)
    var undefined: [Range<Int>] = []
    var output = [Double](repeating: 0, count: column.values.count)
    let workspace = RankWorkspace()
    let sign = direction == .higherIsWorse ? 1.0 : -1.0
    let largest = zip(groups.offsets, groups.offsets.dropFirst()).map { Int($1 - $0) }.max() ?? 0
    withUnsafeTemporaryAllocation(of: Double.self, capacity: largest) { scratch in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: largest) { places in
        output.withUnsafeMutableBufferPointer { output in
          column.values.withUnsafeBufferPointer { values in
            groups.rows.withUnsafeBufferPointer { rows in
              for (start, end) in zip(groups.offsets, groups.offsets.dropFirst()) {
                // The group's numbers, one after the other; adding zero leaves no negative zero.
                var count = 0
                if let missing {
                  missing.reasons.withUnsafeBufferPointer { reasons in
                    for place in Int(start)..<Int(end) {
                      let row = rows[place]
                      scratch[count] = sign * number(values[Int(row)]) + 0
                      places[count] = row
                      count += reasons[Int(row)] == 0 ? 1 : 0
                    }
                  }
                } else {
                  for place in Int(start)..<Int(end) {
                    scratch[count] = sign * number(values[Int(rows[place])]) + 0
                    places[count] = rows[place]
                    count += 1
                  }
                }
                if count == 0 { continue }
                if scale(.init(rebasing: scratch[..<count]), workspace) {
                  for i in 0..<count { output[Int(places[i])] = scratch[i] }
                } else {
                  undefined.append(Int(start)..<Int(end))
                }
              }
            }
          }
        }
      }
    }
    guard !undefined.isEmpty else { return .float64(Float64Column(output, missing: missing)) }
    var reasons = missing?.reasons ?? [UInt8](repeating: 0, count: output.count)
    for row in undefined.joined().map({ Int(groups.rows[$0]) }) where reasons[row] == 0 {
      reasons[row] = MissingReason.undefined.rawValue
    }
    return .float64(Float64Column(output, missing: MissingMask(reasons: reasons)))
  }

  /// The column's own reasons, and then those of the keys.
  private func mask(_ own: MissingMask?) -> MissingMask? {
    guard let keyReasons else { return own }
    guard let own else { return MissingMask(reasons: keyReasons) }
    return MissingMask(reasons: zip(own.reasons, keyReasons).map { $0 == 0 ? $1 : $0 })
  }

  /// Puts the values of one group, at least one, on the new scale; false when the group has none.
  private func scale(_ list: UnsafeMutableBufferPointer<Double>, _ workspace: RankWorkspace) -> Bool {
    let view = ValueView(.init(list))
    switch options.method {
    case .zScore:
      let divisor: VarianceDivisor = options.divisor == .population ? .population : .sample
      let moments = Moments(view)
      guard let deviation = moments.standardDeviation(divisor), deviation.isFinite else { return false }
      return StandardScores.apply(view, moments: moments, divisor: divisor, into: list)
    case .minMax:
      guard let low = list.min(), let high = list.max(), low < high, (high - low).isFinite else { return false }
      let (bottom, top) = (options.range[0], options.range[1])
      for i in list.indices {
        list[i] = list[i] == high ? top : (list[i] - low) / (high - low) * (top - bottom) + bottom
      }
    case .rank: workspace.rank(.init(list), ties: .average, direction: .ascending, into: list)
    case .percentileRank:
      guard list.count > 1 else { return false }
      workspace.rank(.init(list), ties: .minimum, direction: .ascending, into: list)
      for i in list.indices { list[i] = (list[i] - 1) / Double(list.count - 1) }
    }
    return true
  }
}
