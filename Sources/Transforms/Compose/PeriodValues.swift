import Statistics
import Tabular

/// One number a row for the rows of one period, in memory that is used again for the next period.
///
/// Rows are numbered from 0 within the period. Missing rows store 0.
final class PeriodValues {
  private let allValues: UnsafeMutableBufferPointer<Double>
  private let allWords: UnsafeMutableBufferPointer<UInt64>
  private let allReasons: UnsafeMutableBufferPointer<UInt8>
  private let allPositions: UnsafeMutableBufferPointer<UInt32>
  /// The rows of the period at hand.
  private(set) var count = 0

  /// Room for periods of up to `capacity` rows.
  init(capacity: Int) {
    allValues = .allocate(capacity: capacity)
    allValues.initialize(repeating: 0)
    allWords = .allocate(capacity: (capacity + 63) / 64)
    allWords.initialize(repeating: 0)
    allReasons = .allocate(capacity: capacity)
    allReasons.initialize(repeating: 0)
    allPositions = .allocate(capacity: capacity)
    allPositions.initialize(repeating: 0)
  }

  deinit {
    allValues.deallocate()
    allWords.deallocate()
    allReasons.deallocate()
    allPositions.deallocate()
  }

  /// The numbers.
  var values: UnsafeMutableBufferPointer<Double> { .init(rebasing: allValues[..<count]) }
  /// One bit a row, 1 where there is a number.
  var words: UnsafeMutableBufferPointer<UInt64> { .init(rebasing: allWords[..<((count + 63) / 64)]) }
  /// Reason bytes, 0 where there is a number.
  var reasons: UnsafeMutableBufferPointer<UInt8> { .init(rebasing: allReasons[..<count]) }
  /// The numbers as statistics read them.
  var view: ValueView { ValueView(.init(values), validity: .init(words)) }

  /// The rows that have a number, ascending.
  ///
  /// They hold until the next call.
  var positions: UnsafeBufferPointer<UInt32> {
    .init(rebasing: allPositions[..<view.presentPositions(into: allPositions)])
  }

  /// Makes `count` rows without saying what is in them.
  func resize(_ count: Int) { self.count = count }

  /// Takes the cells of a numeric column at `rows`.
  func gather(_ column: Column, _ rows: UnsafeBufferPointer<UInt32>) {
    resize(rows.count)
    switch column {
    case .float64(let c): gather(c.values, c.missing, rows) { $0 }
    case .int64(let c): gather(c.values, c.missing, rows) { Double($0) }
    case .string, .bool, .date: preconditionFailure("the schema check refuses columns without numbers")
    }
  }

  @inline(__always)
  private func gather<Element>(
    _ cells: [Element], _ missing: MissingMask?, _ rows: UnsafeBufferPointer<UInt32>, _ number: (Element) -> Double
  ) {
    let (values, words, reasons) = (self.values, self.words, self.reasons)
    cells.withUnsafeBufferPointer { cells in
      for i in 0..<rows.count { values[i] = number(cells[Int(rows[i])]) }
    }
    for index in 0..<words.count { words[index] = ~0 }
    guard let missing else { return reasons.update(repeating: 0) }
    missing.reasons.withUnsafeBufferPointer { all in
      for index in 0..<words.count {
        var word: UInt64 = 0
        for i in (index << 6)..<min(index << 6 + 64, rows.count) {
          let reason = all[Int(rows[i])]
          reasons[i] = reason
          word |= (reason == 0 ? 1 : 0) << UInt64(truncatingIfNeeded: i & 63)
        }
        words[index] = word
      }
    }
  }

  /// Takes the number from every row that `takes` chooses among those that have one.
  func remove(_ reason: MissingReason, where takes: (Double) -> Bool = { _ in true }) {
    let (values, words, reasons) = (self.values, self.words, self.reasons)
    for i in 0..<count where reasons[i] == 0 && takes(values[i]) {
      values[i] = 0
      reasons[i] = reason.rawValue
      words[i >> 6] &= ~(1 << UInt64(i & 63))
    }
  }

  /// Becomes the weighted score of `parts`, which must not contain this.
  ///
  /// A row with some parts of positive weight, but too few, is `insufficient`; with none of them it has the reason of the
  /// first. A sum that is not finite is `undefined`.
  /// - Parameter contributions: one buffer a part, or none.
  func weigh(
    _ parts: [PeriodValues], _ weighted: WeightedScore, contributions: [UnsafeMutableBufferPointer<Double>] = []
  ) {
    resize(parts.first?.count ?? 0)
    let (values, words, reasons) = (self.values, self.words, self.reasons)
    weighted.apply(parts.map(\.view), into: values, validity: words, contributions: contributions)
    reasons.update(repeating: 0)
    let counted = parts.indices.filter { weighted.weights[$0] > 0 }.map { parts[$0] }
    for index in 0..<words.count {
      var left = ~words[index]
      while left != 0 {
        let row = index << 6 + left.trailingZeroBitCount
        guard row < count else { break }
        left &= left - 1
        values[row] = 0
        reasons[row] =
          counted.contains { $0.reasons[row] == 0 } ? MissingReason.insufficient.rawValue : counted[0].reasons[row]
      }
    }
    var isFinite = true
    for value in values { isFinite = isFinite && value.isFinite }
    if isFinite { return }
    remove(.undefined) { !$0.isFinite }
    for row in 0..<count where reasons[row] != 0 {
      for contribution in contributions { contribution[row] = 0 }
    }
  }
}
