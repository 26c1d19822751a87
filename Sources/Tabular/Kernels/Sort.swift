/// One column to sort by.
public struct SortKey: Sendable {
  /// The values.
  public var column: Column
  /// Whether the largest value comes first.
  public var descending: Bool

  /// A column to sort by.
  public init(_ column: Column, descending: Bool = false) {
    self.column = column
    self.descending = descending
  }
}

/// The order of rows by one or more columns.
public enum SortOrder {
  /// The rows of equally long columns in order: by the first key, equal ones by the second, and so on.
  ///
  /// Stable: rows that are equal in all keys stay in the order in which they stand. Missing values come last in either
  /// direction, whatever their reason. Text orders by its UTF-8 bytes, false before true, -0 equals 0. Cost: a radix
  /// sort, one pass over the rows for each 11 bits in which the keys differ.
  public static func rows(by keys: [SortKey], rowCount: Int) -> [Int32] {
    var order = (0..<Int32(truncatingIfNeeded: rowCount)).map { $0 }
    guard rowCount > 1 else { return order }
    var scratch = [Int32](repeating: 0, count: rowCount)
    for key in keys.reversed() {
      sort(&order, &scratch, by: key)
      if let missing = key.column.missing { partition(&order, &scratch, missing) }
    }
    return order
  }

  /// Sorts `order` by unsigned numbers in the order of the key's values; missing ones stay in the order in which they are.
  private static func sort(_ order: inout [Int32], _ scratch: inout [Int32], by key: SortKey) {
    func unsigned(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) ^ 1 << 63 }
    switch key.column {
    case .float64(let c): sort(&order, &scratch, by: c.values.map { unsigned(KeyRanks.ordered($0)) }, key)
    case .int64(let c): sort(&order, &scratch, by: c.values.map(unsigned), key)
    case .date(let c): sort(&order, &scratch, by: c.values.map { UInt32(bitPattern: $0) ^ 1 << 31 }, key)
    case .bool(let c): sort(&order, &scratch, by: c.values, key)
    case .string: sort(&order, &scratch, by: KeyRanks(of: key.column).ranks, key)
    }
  }

  /// Sorts `order` by the bits of its rows, 11 at a time, leaving out digits that all rows share.
  ///
  /// What stands where a value is missing does not count: those rows are all alike.
  private static func sort<Bits: FixedWidthInteger & UnsignedInteger>(
    _ order: inout [Int32], _ scratch: inout [Int32], by bits: consuming [Bits], _ key: SortKey
  ) {
    if let missing = key.column.missing {
      for row in bits.indices where !missing.isPresent(row) { bits[row] = 0 }
    }
    var differing: Bits = 0
    for row in bits.indices { differing |= bits[row] ^ bits[0] }
    let mask = Bits(truncatingIfNeeded: 0x7FF)
    let flip: Bits = key.descending ? .max : 0
    var counts = [Int](repeating: 0, count: 1 << 11)
    for shift in stride(from: 0, to: Bits.bitWidth, by: 11) where differing >> shift & mask != 0 {
      let shift = Bits(truncatingIfNeeded: shift)
      for digit in counts.indices { counts[digit] = 0 }
      bits.withUnsafeBufferPointer { bits in
        counts.withUnsafeMutableBufferPointer { counts in
          for value in bits { counts[Int((value ^ flip) &>> shift & mask)] += 1 }
          var start = 0
          for digit in counts.indices {
            let size = counts[digit]
            counts[digit] = start
            start += size
          }
          order.withUnsafeBufferPointer { order in
            scratch.withUnsafeMutableBufferPointer { out in
              for row in order {
                let digit = Int((bits[Int(row)] ^ flip) &>> shift & mask)
                out[counts[digit]] = row
                counts[digit] += 1
              }
            }
          }
        }
      }
      swap(&order, &scratch)
    }
  }

  /// Moves missing rows to the end, otherwise keeping the order.
  private static func partition(_ order: inout [Int32], _ scratch: inout [Int32], _ missing: MissingMask) {
    var present = 0
    var absent = order.count - missing.missingCount
    for row in order {
      if missing.isPresent(Int(row)) {
        scratch[present] = row
        present += 1
      } else {
        scratch[absent] = row
        absent += 1
      }
    }
    swap(&order, &scratch)
  }
}

extension Table {
  /// The rows in the order of the named columns; see ``SortOrder/rows(by:rowCount:)``.
  /// - Throws: ``TabularError/unknownColumn(_:candidates:)``.
  public func sorted(by names: [(column: String, descending: Bool)]) throws(TabularError) -> Table {
    var keys: [SortKey] = []
    for name in names { keys.append(SortKey(try column(name.column), descending: name.descending)) }
    if SortOrder.isInOrder(by: keys, rowCount: rowCount) { return self }
    return gathering(SortOrder.rows(by: keys, rowCount: rowCount))
  }
}
