/// For each row the rank (from 0) of its value among the distinct values of a column, in order: numbers and days
/// ascending, text by its UTF-8 bytes, false before true, then missing rows by reason.
struct KeyRanks: Sendable {
  /// A rank a row, each below `cardinality`.
  var ranks: [UInt32]
  /// One more than the largest rank possible; every rank below it occurs unless ranks were combined.
  var cardinality: Int

  /// Cells that a table over all possible values may have for so many rows, so that it costs less than hashing.
  static func tableLimit(rows: Int) -> Int { max(1 << 16, 8 * rows) }

  init(ranks: [UInt32], cardinality: Int) {
    self.ranks = ranks
    self.cardinality = cardinality
  }

  /// The ranks of `column`.
  init(of column: Column) {
    switch column {
    case .int64(let c): self.init(ordered: c.values, missing: c.missing)
    case .date(let c): self.init(ordered: c.values.map { Int64($0) }, missing: c.missing)
    case .bool(let c): self.init(ordered: c.values.map { Int64($0) }, missing: c.missing)
    case .float64(let c): self.init(ordered: c.values.map { Self.ordered($0) }, missing: c.missing)
    case .string(let c): self.init(of: c)
    }
  }

  /// A whole number that orders as `value` does; -0 and 0 are one.
  @inline(__always)
  static func ordered(_ value: Double) -> Int64 {
    let bits = Int64(bitPattern: (value + 0).bitPattern)
    return bits >= 0 ? bits : bits ^ Int64.max
  }

  private init(of column: StringColumn) {
    let dictionary = column.dictionary
    var rankOf = [UInt32](repeating: 0, count: dictionary.count)
    if let mask = column.missing {
      for row in column.codes.indices where mask.isPresent(row) { rankOf[Int(column.codes[row])] = 1 }
    } else {
      column.codes.withUnsafeBufferPointer { codes in
        rankOf.withUnsafeMutableBufferPointer { seen in for code in codes { seen[Int(code)] = 1 } }
      }
    }
    var used: [SortKey] = []
    used.reserveCapacity(dictionary.count)
    dictionary.withTexts { text in
      for code in 0..<UInt32(dictionary.count) where rankOf[Int(code)] != 0 { used.append(SortKey(text(code), code)) }
      func precedes(_ a: SortKey, _ b: SortKey) -> Bool {
        if a.high != b.high { return a.high < b.high }
        if a.low != b.low { return a.low < b.low }
        return Comparison.order(text(a.code), text(b.code)) < 0
      }
      let isSorted = used.indices.dropFirst().allSatisfy { precedes(used[$0 - 1], used[$0]) }
      if !isSorted { used.sort(by: precedes) }
    }
    for (rank, key) in used.enumerated() { rankOf[Int(key.code)] = UInt32(truncatingIfNeeded: rank) }
    let ranks = [UInt32](unsafeUninitializedCapacity: column.codes.count) { out, filled in
      column.codes.withUnsafeBufferPointer { codes in
        rankOf.withUnsafeBufferPointer { rankOf in
          // A missing row has code 0, which an empty dictionary does not know.
          if !rankOf.isEmpty { for i in codes.indices { out[i] = rankOf[Int(codes[i])] } }
          if rankOf.isEmpty { for i in codes.indices { out[i] = 0 } }
        }
      }
      filled = column.codes.count
    }
    self.init(ranks: ranks, cardinality: used.count)
    addReasons(column.missing)
  }

  /// The first 16 bytes of a text, so that most comparisons need no look at the text.
  private struct SortKey {
    var high: UInt64 = 0
    var low: UInt64 = 0
    var code: UInt32

    init(_ text: UnsafeBufferPointer<UInt8>, _ code: UInt32) {
      self.code = code
      for i in 0..<8 { high = high << 8 | (i < text.count ? UInt64(text[i]) : 0) }
      for i in 8..<16 { low = low << 8 | (i < text.count ? UInt64(text[i]) : 0) }
    }
  }

  /// The ranks of whole numbers.
  init(ordered values: [Int64], missing: MissingMask?) {
    var low = Int64.max
    var high = Int64.min
    if let missing {
      for row in values.indices where missing.isPresent(row) {
        low = min(low, values[row])
        high = max(high, values[row])
      }
    } else {
      for value in values {
        low = min(low, value)
        high = max(high, value)
      }
    }
    if low > high {  // nothing present
      self.init(ranks: [UInt32](repeating: 0, count: values.count), cardinality: 0)
    } else if UInt64(bitPattern: high &- low) < UInt64(Self.tableLimit(rows: values.count)) {
      self.init(values, from: low, size: Int(high - low) + 1, missing)
    } else {
      self.init(hashing: values, missing)
    }
    addReasons(missing)
  }

  /// Ranks through a table of all values from `low` on.
  private init(_ values: [Int64], from low: Int64, size: Int, _ missing: MissingMask?) {
    var table = [UInt32](repeating: 0, count: size)
    ranks = [UInt32](repeating: 0, count: values.count)
    cardinality = 0
    values.withUnsafeBufferPointer { values in
      table.withUnsafeMutableBufferPointer { table in
        if let missing {
          for i in values.indices where missing.isPresent(i) { table[Int(values[i] &- low)] = 1 }
        } else {
          for value in values { table[Int(value &- low)] = 1 }
        }
        for cell in table.indices where table[cell] != 0 {
          table[cell] = UInt32(truncatingIfNeeded: cardinality)
          cardinality += 1
        }
        ranks.withUnsafeMutableBufferPointer { out in
          if let missing {
            for i in values.indices where missing.isPresent(i) { out[i] = table[Int(values[i] &- low)] }
          } else {
            for i in values.indices { out[i] = table[Int(values[i] &- low)] }
          }
        }
      }
    }
  }

  /// Ranks through a hash table and a sort of the distinct values.
  private init(hashing values: [Int64], _ missing: MissingMask?) {
    var distinct: [Int64] = []
    var slots = [UInt32](repeating: .max, count: 1024)
    ranks = [UInt32](repeating: 0, count: values.count)
    for row in values.indices where missing?.isPresent(row) ?? true {
      let value = values[row]
      var slot = Self.slot(value, slots.count)
      while slots[slot] != .max, distinct[Int(slots[slot])] != value { slot = (slot + 1) & (slots.count - 1) }
      if slots[slot] == .max {
        slots[slot] = UInt32(truncatingIfNeeded: distinct.count)
        distinct.append(value)
        ranks[row] = slots[slot]
        if distinct.count * 2 > slots.count { slots = Self.rehashed(distinct, slots.count * 2) }
      } else {
        ranks[row] = slots[slot]
      }
    }
    let order = distinct.indices.sorted { distinct[$0] < distinct[$1] }
    var rankOf = [UInt32](repeating: 0, count: distinct.count)
    for (rank, index) in order.enumerated() { rankOf[index] = UInt32(truncatingIfNeeded: rank) }
    for row in ranks.indices where missing?.isPresent(row) ?? true { ranks[row] = rankOf[Int(ranks[row])] }
    cardinality = distinct.count
  }

  @inline(__always)
  private static func slot(_ value: Int64, _ size: Int) -> Int {
    var h = UInt64(bitPattern: value) &* 0x9E37_79B9_7F4A_7C15
    h ^= h >> 32
    h = h &* 0xFF51_AFD7_ED55_8CCD
    return Int(h >> 33) & (size - 1)
  }

  private static func rehashed(_ distinct: [Int64], _ size: Int) -> [UInt32] {
    var slots = [UInt32](repeating: .max, count: size)
    for (index, value) in distinct.enumerated() {
      var slot = slot(value, size)
      while slots[slot] != .max { slot = (slot + 1) & (size - 1) }
      slots[slot] = UInt32(truncatingIfNeeded: index)
    }
    return slots
  }

  /// Gives missing rows ranks behind all values, one for each reason that occurs.
  private mutating func addReasons(_ missing: MissingMask?) {
    guard let missing else { return }
    var rankOf = [UInt32](repeating: 0, count: 256)
    var seen = [Bool](repeating: false, count: 256)
    for reason in missing.reasons { seen[Int(reason)] = true }
    for reason in 1..<256 where seen[reason] {
      rankOf[reason] = UInt32(truncatingIfNeeded: cardinality)
      cardinality += 1
    }
    for row in ranks.indices where missing.reasons[row] != 0 { ranks[row] = rankOf[Int(missing.reasons[row])] }
  }

  /// The ranks of pairs: by these ranks first, then by those of `other`.
  ///
  /// Not every rank need occur, unless compacted.
  func combined(with other: KeyRanks) -> KeyRanks {
    if other.cardinality <= 1 { return self }
    let size = cardinality.multipliedReportingOverflow(by: other.cardinality)
    if !size.overflow, size.partialValue <= Self.tableLimit(rows: ranks.count) {
      let factor = UInt32(truncatingIfNeeded: other.cardinality)
      let pairs = [UInt32](unsafeUninitializedCapacity: ranks.count) { out, filled in
        ranks.withUnsafeBufferPointer { a in
          other.ranks.withUnsafeBufferPointer { b in for i in a.indices { out[i] = a[i] &* factor &+ b[i] } }
        }
        filled = ranks.count
      }
      return KeyRanks(ranks: pairs, cardinality: size.partialValue)
    }
    let factor = Int64(other.cardinality)
    return KeyRanks(ordered: ranks.indices.map { Int64(ranks[$0]) * factor + Int64(other.ranks[$0]) }, missing: nil)
  }

  /// The same order without ranks that do not occur.
  func compacted() -> KeyRanks {
    var table = [UInt32](repeating: 0, count: cardinality)
    var count = 0
    var result = ranks
    table.withUnsafeMutableBufferPointer { table in
      result.withUnsafeMutableBufferPointer { ranks in
        for rank in ranks { table[Int(rank)] = 1 }
        for cell in table.indices where table[cell] != 0 {
          table[cell] = UInt32(truncatingIfNeeded: count)
          count += 1
        }
        if count < table.count { for i in ranks.indices { ranks[i] = table[Int(ranks[i])] } }
      }
    }
    return KeyRanks(ranks: result, cardinality: count)
  }
}
