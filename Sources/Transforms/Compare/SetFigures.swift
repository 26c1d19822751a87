import PipelineKit
import Statistics
import Tabular

/// One figure a row, with the reason where there is none.
struct Figures {
  var values: [Double]
  /// Raw values of ``MissingReason``, 0 where there is a figure.
  var reasons: [UInt8]

  init(count: Int) {
    values = [Double](repeating: 0, count: count)
    reasons = [UInt8](repeating: 0, count: count)
  }

  /// Sets a row; a figure that is nil or not finite is missing as `undefined`.
  mutating func set(_ row: Int, _ value: Double?) {
    if let value, value.isFinite {
      values[row] = value
    } else {
      reasons[row] = MissingReason.undefined.rawValue
    }
  }
}

/// Sets of rows, and the set that each row is compared with.
struct RowSets {
  /// The sets: the set that a row belongs to when it is a member, and is compared with in any case.
  var groups: RowGroups
  /// The rows that make up the sets.
  var members: [Bool]
  var statistic: SetStatistic
  var excludeSelf: Bool

  /// For each row the statistic of its set over the members that have a value (and a weight).
  func figures(_ numbers: NumberColumn, weights: NumberColumn?) -> Figures {
    var figures = Figures(count: numbers.values.count)
    let sets = groups.rows { isCounted($0, numbers, weights) }
    let summaries =
      statistic == .median ? [] : (0..<groups.count).map { SetSums(rows(sets, $0), numbers.values, weights?.values) }
    let sorted = statistic == .median ? self.sorted(numbers, sets) : []
    for (row, group) in groups.codes.enumerated() {
      guard group >= 0 else {
        figures.reasons[row] = groups.reasons?[row] ?? MissingReason.undefined.rawValue
        continue
      }
      let isOut = excludeSelf && isCounted(row, numbers, weights)
      if statistic == .median {
        let set = sorted[sets.starts[Int(group)]..<sets.starts[Int(group) + 1]]
        figures.set(row, Self.median(set, without: isOut ? numbers.values[row] : nil))
      } else if isOut {
        figures.set(row, summaries[Int(group)].mean(without: numbers.values[row], weight: weights?.values[row] ?? 1))
      } else {
        figures.set(row, summaries[Int(group)].mean)
      }
    }
    return figures
  }

  /// For each row with a value 1 + the number of members of its set with a higher one.
  func ranks(_ numbers: NumberColumn) -> Figures {
    var figures = Figures(count: numbers.values.count)
    let sets = groups.rows { isCounted($0, numbers, nil) }
    let sorted = self.sorted(numbers, sets)
    for (row, group) in groups.codes.enumerated() {
      if !numbers.isPresent(row) {
        figures.reasons[row] = numbers.reasons[row]
      } else if group < 0 {
        figures.reasons[row] = groups.reasons?[row] ?? MissingReason.undefined.rawValue
      } else {
        let set = sorted[sets.starts[Int(group)]..<sets.starts[Int(group) + 1]]
        let notHigher = Self.firstPlace(in: set) { $0 > numbers.values[row] }
        figures.values[row] = Double(1 + set.endIndex - notHigher)
      }
    }
    return figures
  }

  @inline(__always)
  private func isCounted(_ row: Int, _ numbers: NumberColumn, _ weights: NumberColumn?) -> Bool {
    members[row] && numbers.isPresent(row) && (weights?.isPresent(row) ?? true)
  }

  private func rows(_ sets: GroupedRows, _ group: Int) -> ArraySlice<UInt32> {
    sets.rows[sets.starts[group]..<sets.starts[group + 1]]
  }

  /// The values of each set, ascending, in the places of its rows.
  private func sorted(_ numbers: NumberColumn, _ sets: GroupedRows) -> [Double] {
    let workspace = RankWorkspace()
    var result: [Double] = []
    result.reserveCapacity(sets.rows.count)
    numbers.values.withUnsafeBufferPointer { values in
      sets.forEach { _, rows in result.append(contentsOf: workspace.tieGroups(of: values, at: rows).sorted) }
    }
    return result
  }

  /// The first place of an ascending list at which `isBeyond` holds.
  private static func firstPlace(in list: ArraySlice<Double>, _ isBeyond: (Double) -> Bool) -> Int {
    var (low, high) = (list.startIndex, list.endIndex)
    while low < high {
      let middle = (low + high) / 2
      if isBeyond(list[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The median of an ascending list, if need be without one of its values.
  private static func median(_ list: ArraySlice<Double>, without value: Double?) -> Double? {
    let gap = value.map { value in firstPlace(in: list) { $0 >= value } } ?? list.endIndex
    let count = list.count - (value == nil ? 0 : 1)
    guard count > 0 else { return nil }
    func at(_ place: Int) -> Double { list[list.startIndex + place + (list.startIndex + place >= gap ? 1 : 0)] }
    let (low, high) = (at((count - 1) / 2), at(count / 2))
    return low == high ? low : 0.5 * low + 0.5 * high
  }
}

/// The sums behind a mean, in row order and with the rounding errors carried along (Neumaier, 1974, ZAMM 54).
private struct SetSums {
  private var products = CompensatedSum()
  private var weights = CompensatedSum()
  private var count = 0
  private var lowest = Double.infinity
  private var highest = -Double.infinity

  init(_ rows: ArraySlice<UInt32>, _ values: [Double], _ weight: [Double]?) {
    count = rows.count
    for row in rows {
      let (value, weight) = (values[Int(row)], weight?[Int(row)] ?? 1)
      products.add(value * weight)
      weights.add(weight)
      lowest = min(lowest, value)
      highest = max(highest, value)
    }
  }

  /// The sum of value times weight over the sum of weights; nil without weight.
  var mean: Double? {
    guard count > 0, weights.value > 0 else { return nil }
    return lowest == highest ? lowest : products.value / weights.value
  }

  /// The same without one of the rows.
  func mean(without value: Double, weight: Double) -> Double? {
    var rest = self
    rest.count -= 1
    rest.products.add(-(value * weight))
    rest.weights.add(-weight)
    return rest.mean
  }
}

/// A sum that keeps what rounding loses.
private struct CompensatedSum {
  private var sum = 0.0
  private var lost = 0.0

  var value: Double { sum + lost }

  mutating func add(_ term: Double) {
    let next = sum + term
    lost += sum.magnitude >= term.magnitude ? (sum - next) + term : (term - next) + sum
    sum = next
  }
}
