extension SortOrder {
  /// Whether the rows of equally long columns already stand in the order that ``rows(by:rowCount:)`` gives them.
  ///
  /// One pass over the rows for each key, which ends at the first row out of order; a bit a row of memory.
  public static func isInOrder(by keys: [SortKey], rowCount: Int) -> Bool {
    var pairs = UndecidedPairs(rowCount: rowCount)
    return keys.allSatisfy { pairs.stayInOrder(by: $0) }
  }
}

/// The rows that are equal to the row before them in all keys so far.
private struct UndecidedPairs {
  private let rowCount: Int
  /// A bit for each row that an earlier key puts behind the row before it.
  private var decided: [UInt64]

  init(rowCount: Int) {
    self.rowCount = rowCount
    decided = [UInt64](repeating: 0, count: (rowCount + 63) / 64)
  }

  /// Whether no row comes before an earlier one by `key`, as far as earlier keys leave it open.
  mutating func stayInOrder(by key: SortKey) -> Bool {
    let missing = key.column.missing
    switch key.column {
    case .float64(let c): return check(c.values, missing, key.descending) { KeyRanks.ordered($0) }
    case .int64(let c): return check(c.values, missing, key.descending) { $0 }
    case .date(let c): return check(c.values, missing, key.descending) { $0 }
    case .bool(let c): return check(c.values, missing, key.descending) { $0 }
    case .string(let c):
      return c.dictionary.withTexts { text in
        let count = UInt32(c.dictionary.count)
        if count > 1, (1..<count).allSatisfy({ Comparison.order(text($0 - 1), text($0)) < 0 }) {
          return check(c.codes, missing, key.descending) { $0 }
        }
        return check(c.codes, missing) { a, b in
          let order = a == b ? 0 : Comparison.order(text(a), text(b))
          return key.descending ? -order : order
        }
      }
    }
  }

  @inline(__always)
  private mutating func check<Value, Rank: Comparable>(
    _ values: [Value], _ missing: MissingMask?, _ descending: Bool, _ rank: (Value) -> Rank
  ) -> Bool {
    check(values, missing) { a, b in
      let (a, b) = descending ? (rank(b), rank(a)) : (rank(a), rank(b))
      return a < b ? -1 : a == b ? 0 : 1
    }
  }

  /// Compares each row that is open with the one before; `order` is negative when the first comes first.
  @inline(__always)
  private mutating func check<Value>(
    _ values: [Value], _ missing: MissingMask?, _ order: (Value, Value) -> Int
  ) -> Bool {
    values.withUnsafeBufferPointer { values in
      for row in 1..<max(1, rowCount) where decided[row / 64] >> UInt64(row % 64) & 1 == 0 {
        let comparison: Int
        if let missing, !missing.isPresent(row) || !missing.isPresent(row - 1) {
          // Missing rows come last, and among each other stay as they are.
          comparison = (missing.isPresent(row - 1) ? 0 : 1) - (missing.isPresent(row) ? 0 : 1)
        } else {
          comparison = order(values[row - 1], values[row])
        }
        if comparison > 0 { return false }
        if comparison < 0 { decided[row / 64] |= 1 << UInt64(row % 64) }
      }
      return true
    }
  }
}
