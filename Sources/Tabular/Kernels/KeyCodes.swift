/// The keys of two tables as small numbers: equal keys have equal codes from 0, and -1 stands for no counterpart.
///
/// Codes are given by the right side; a left key that does not occur there has none, and a missing key has none on
/// either side.
struct KeyCodes: Sendable {
  private(set) var left: [Int32]
  private(set) var right: [Int32]
  /// Codes lie below this number.
  private(set) var cardinality: Int

  /// The codes of one pair of columns, which the caller knows to be of one type.
  init(left: Column, right: Column) {
    switch (left, right) {
    case (.string(let l), .string(let r)): self.init(l, r)
    case (.int64(let l), .int64(let r)): self.init(l, r)
    case (.date(let l), .date(let r)): self.init(l, r)
    case (.bool(let l), .bool(let r)): self.init(l, r)
    case (.float64(let l), .float64(let r)): self.init(Self.bits(l), Self.bits(r))
    default: preconditionFailure("key columns of one join have one type")
    }
  }

  private init(_ l: StringColumn, _ r: StringColumn) {
    cardinality = r.dictionary.count
    right = Self.mapped(r.codes, r.missing) { Int32(bitPattern: $0) }
    if l.dictionary === r.dictionary {
      left = Self.mapped(l.codes, l.missing) { Int32(bitPattern: $0) }
    } else {
      let translation = l.dictionary.translation(into: r.dictionary)
      left = translation.withUnsafeBufferPointer { translation in
        Self.mapped(l.codes, l.missing) { translation[Int($0)] }
      }
    }
  }

  /// Numbers that span few values are their own codes, less the smallest; others are numbered through a hash.
  private init<E: FixedWidthInteger>(_ l: PrimitiveColumn<E>, _ r: PrimitiveColumn<E>) {
    var low = E.max
    var high = E.min
    for (row, value) in r.values.enumerated() where r.missing?.isPresent(row) ?? true {
      low = min(low, value)
      high = max(high, value)
    }
    let limit = E(clamping: Self.denseLimit(l.values.count + r.values.count))
    let (span, overflow) = high.subtractingReportingOverflow(low)
    if low > high {
      cardinality = 0
      left = [Int32](repeating: -1, count: l.values.count)
      right = [Int32](repeating: -1, count: r.values.count)
    } else if !overflow, span < limit {
      cardinality = Int(span) + 1
      right = Self.mapped(r.values, r.missing) { Int32(truncatingIfNeeded: $0 &- low) }
      left = Self.mapped(l.values, l.missing) {
        $0 < low || $0 > high ? -1 : Int32(truncatingIfNeeded: $0 &- low)
      }
    } else {
      var numbers = NumberCodes(capacity: r.values.count)
      right = Self.mapped(r.values, r.missing) { numbers.code(of: UInt64(truncatingIfNeeded: $0)) }
      left = Self.mapped(l.values, l.missing) { numbers.find(UInt64(truncatingIfNeeded: $0)) }
      cardinality = numbers.count
    }
  }

  /// The codes of keys that consist of this one and another.
  func combined(with other: KeyCodes) -> KeyCodes {
    var result = self
    let size = other.cardinality
    if cardinality * size <= Self.denseLimit(left.count + right.count) {
      result.cardinality = cardinality * size
      result.right = Self.paired(right, other.right) { Int32(truncatingIfNeeded: $0 * size + $1) }
      result.left = Self.paired(left, other.left) { Int32(truncatingIfNeeded: $0 * size + $1) }
      return result
    }
    var numbers = NumberCodes(capacity: right.count)
    result.right = Self.paired(right, other.right) { numbers.code(of: UInt64($0 * size + $1)) }
    result.left = Self.paired(left, other.left) { numbers.find(UInt64($0 * size + $1)) }
    result.cardinality = numbers.count
    return result
  }

  /// Up to how many codes an array indexed by them is worth its memory.
  private static func denseLimit(_ rows: Int) -> Int { max(1 << 16, min(4 * rows, 1 << 28)) }

  /// The bits of doubles as numbers, with one zero.
  private static func bits(_ column: Float64Column) -> Int64Column {
    Int64Column(column.values.map { Int64(bitPattern: ($0 == 0 ? 0 : $0).bitPattern) }, missing: column.missing)
  }

  @inline(__always)
  private static func mapped<E: BitwiseCopyable>(
    _ values: [E], _ missing: MissingMask?, _ code: (E) -> Int32
  ) -> [Int32] {
    [Int32](unsafeUninitializedCapacity: values.count) { out, filled in
      values.withUnsafeBufferPointer { values in
        if let missing {
          missing.reasons.withUnsafeBufferPointer { reasons in
            for row in values.indices { out[row] = reasons[row] == 0 ? code(values[row]) : -1 }
          }
        } else {
          for row in values.indices { out[row] = code(values[row]) }
        }
      }
      filled = values.count
    }
  }

  @inline(__always)
  private static func paired(_ a: [Int32], _ b: [Int32], _ code: (Int, Int) -> Int32) -> [Int32] {
    [Int32](unsafeUninitializedCapacity: a.count) { out, filled in
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          for row in a.indices { out[row] = a[row] < 0 || b[row] < 0 ? -1 : code(Int(a[row]), Int(b[row])) }
        }
      }
      filled = a.count
    }
  }
}

/// Numbers given codes from 0 in the order in which they come.
///
/// The hash has no seed: every run is the same.
struct NumberCodes {
  private var slots: [Int32]
  private var keys: [UInt64] = []
  private var mask: Int

  /// An empty numbering with room for `capacity` numbers.
  init(capacity: Int) {
    var size = 64
    while size < 2 * capacity { size *= 2 }
    slots = [Int32](repeating: -1, count: size)
    mask = size - 1
    keys.reserveCapacity(capacity)
  }

  /// How many numbers have a code.
  var count: Int { keys.count }

  /// The code of `key`, given now when it is new.
  ///
  /// More keys than the capacity are not foreseen.
  mutating func code(of key: UInt64) -> Int32 {
    var slot = Self.slot(key) & mask
    while slots[slot] >= 0 {
      if keys[Int(slots[slot])] == key { return slots[slot] }
      slot = (slot + 1) & mask
    }
    let code = Int32(truncatingIfNeeded: keys.count)
    slots[slot] = code
    keys.append(key)
    return code
  }

  /// The code of `key`, or -1.
  func find(_ key: UInt64) -> Int32 {
    var slot = Self.slot(key) & mask
    while slots[slot] >= 0 {
      if keys[Int(slots[slot])] == key { return slots[slot] }
      slot = (slot + 1) & mask
    }
    return -1
  }

  @inline(__always)
  private static func slot(_ key: UInt64) -> Int {
    var h = key &* 0x9E37_79B9_7F4A_7C15
    h ^= h >> 32
    h = h &* 0xD6E8_FEB8_6659_FD93
    return Int(truncatingIfNeeded: h >> 32)
  }
}
