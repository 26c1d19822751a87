/// The rows of a wide table: one for every combination of codes, in order of first appearance.
///
/// The codes of the dimensions are taken one after the other: each pair of what the ones before led to and the next code
/// has a number of its own.
struct RowIndex {
  private var tables: [PairTable]

  init(dimensions: Int) { tables = (0..<max(dimensions, 1)).map { _ in PairTable() } }

  /// The number of rows.
  var count: Int { tables[tables.count - 1].count }

  /// The number of the pair of `prefix`, what the dimensions before the `j`th led to, and its `code`.
  @inline(__always)
  mutating func step(_ j: Int, _ prefix: Int, _ code: Int) -> Int {
    tables[j].number(UInt64(prefix) << 32 | UInt64(code))
  }

  /// The codes of dimension `j` in `count` rows from `first` on.
  func codes(_ j: Int, _ first: Int, _ count: Int) -> [UInt32] {
    (first..<(first + count)).map { row in
      var number = row
      for k in stride(from: tables.count - 1, to: j, by: -1) { number = Int(tables[k].keys[number] >> 32) }
      return UInt32(truncatingIfNeeded: tables[j].keys[number])
    }
  }

  /// Numbers for pairs, in order of first appearance.
  private struct PairTable {
    private(set) var keys: [UInt64] = []
    private var slots = [Int32](repeating: -1, count: 64)

    var count: Int { keys.count }

    mutating func number(_ key: UInt64) -> Int {
      if let last = keys.last, last == key { return keys.count - 1 }
      let mask = slots.count - 1
      var slot = Self.hash(key) & mask
      while slots[slot] >= 0 {
        if keys[Int(slots[slot])] == key { return Int(slots[slot]) }
        slot = (slot + 1) & mask
      }
      slots[slot] = Int32(keys.count)
      keys.append(key)
      if keys.count * 2 > mask { grow() }
      return keys.count - 1
    }

    private mutating func grow() {
      let mask = slots.count * 2 - 1
      slots = [Int32](repeating: -1, count: mask + 1)
      for (i, key) in keys.enumerated() {
        var slot = Self.hash(key) & mask
        while slots[slot] >= 0 { slot = (slot + 1) & mask }
        slots[slot] = Int32(i)
      }
    }

    private static func hash(_ key: UInt64) -> Int {
      Int(truncatingIfNeeded: ((key ^ key >> 29) &* 0x9E37_79B9_7F4A_7C15) >> 24)
    }
  }
}
