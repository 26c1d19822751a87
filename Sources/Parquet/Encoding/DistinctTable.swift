/// Gives the distinct values of a chunk their places in a dictionary, in order of first appearance.
///
/// A hash table of buckets of two places. Both are compared without a branch, which the processor could not foresee;
/// only the few values that lie beyond their bucket take the slow way. A place stands in the table plus one, 0 is free.
/// Memory is used again from chunk to chunk.
final class DistinctTable {
  private let bucketStore = ByteStore()
  private let valueStore = ByteStore()
  private let sampleStore = ByteStore()

  /// The distinct values after a successful ``index(_:count:into:)``, as 64 bits each.
  private(set) var values: UnsafeMutablePointer<UInt64>

  init() { values = valueStore.room(for: 1, of: UInt64.self) }

  /// The largest number of distinct values for which a dictionary pays, 0 when none does.
  ///
  /// It pays when dictionary and indices together take less than 0.8 of the plain values. 30 bytes are what the
  /// dictionary's page header costs.
  static func limit(count: Int, valueSize: Int) -> Int {
    let budget = 0.8 * Double(valueSize * count) - 30
    var best = 0
    for width in 0...31 {
      let left = budget - Double(width * count) / 8
      if left < Double(valueSize) { break }
      best = max(best, min(1 << width, Int(left / Double(valueSize))))
    }
    return best
  }

  /// Writes each value's place in the dictionary to `indices`; the number of distinct values, or nil as soon as it
  /// is clear that a dictionary does not pay.
  func index<V: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ source: UnsafePointer<V>, count: Int, into indices: UnsafeMutablePointer<UInt32>
  ) -> Int? {
    let limit = Self.limit(count: count, valueSize: MemoryLayout<V>.size)
    guard limit > 0, !looksUnique(source, count: count, limit: limit) else { return nil }
    // Bound for one value more than the limit: the one that shows that it is passed. Place 0 holds no value, but free
    // entries are compared with it.
    let known = valueStore.room(for: min(limit, count) + 2, of: UInt64.self)
    known[0] = 0
    values = known + 1
    var bits = 11
    var buckets = clearedBuckets(bits)
    var distinct = 0
    for i in 0..<count {
      let value = UInt64(truncatingIfNeeded: source[i])
      let bucket = Self.slot(of: value, bits: bits)
      let pair = buckets[bucket]
      let first = UInt32(truncatingIfNeeded: pair)
      let second = UInt32(truncatingIfNeeded: pair >> 32)
      var place = known[Int(second)] == value ? second : 0
      place = known[Int(first)] == value ? first : place
      if _slowPath(place == 0) {
        place = Self.find(value, from: bucket, buckets, bits: bits, known)
        if place == 0 {
          distinct += 1
          if distinct > limit { return nil }
          known[distinct] = value
          if distinct > 1 << (bits - 1) {
            bits += 1
            buckets = clearedBuckets(bits)
            for old in 1..<distinct { Self.insert(UInt32(truncatingIfNeeded: old), buckets, bits: bits, known) }
          }
          place = UInt32(truncatingIfNeeded: distinct)
          Self.insert(place, buckets, bits: bits, known)
        }
      }
      indices[i] = place &- 1
    }
    return distinct
  }

  /// The entry of `value` at or behind `bucket`; 0 when it is not there.
  private static func find(
    _ value: UInt64, from bucket: Int, _ buckets: UnsafeMutablePointer<UInt64>, bits: Int,
    _ known: UnsafeMutablePointer<UInt64>
  ) -> UInt32 {
    var bucket = bucket
    while true {
      let first = UInt32(truncatingIfNeeded: buckets[bucket])
      let second = UInt32(truncatingIfNeeded: buckets[bucket] >> 32)
      if first == 0 { return 0 }
      if known[Int(first)] == value { return first }
      if second == 0 { return 0 }
      if known[Int(second)] == value { return second }
      bucket = (bucket + 1) & (1 << bits - 1)
    }
  }

  /// Puts an entry for a value that is not in the table yet.
  private static func insert(
    _ place: UInt32, _ buckets: UnsafeMutablePointer<UInt64>, bits: Int, _ known: UnsafeMutablePointer<UInt64>
  ) {
    var bucket = slot(of: known[Int(place)], bits: bits)
    while buckets[bucket] >> 32 != 0 { bucket = (bucket + 1) & (1 << bits - 1) }
    buckets[bucket] |= buckets[bucket] == 0 ? UInt64(place) : UInt64(place) << 32
  }

  private func clearedBuckets(_ bits: Int) -> UnsafeMutablePointer<UInt64> {
    let buckets = bucketStore.room(for: 1 << bits, of: UInt64.self)
    buckets.update(repeating: 0, count: 1 << bits)
    return buckets
  }

  @inline(__always)
  private static func slot(of value: UInt64, bits: Int) -> Int {
    let mixed = (value ^ value >> 29) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed &>> UInt64(truncatingIfNeeded: 64 &- bits))
  }

  /// Whether a sample holds so few repeats that more than `limit` distinct values are certain enough not to go on.
  ///
  /// Of s values drawn from D equally frequent ones about s²/2D repeat an earlier one; half of that for D = `limit` is
  /// the bar. Values of unequal frequency repeat more often, so the test errs on the side of going on. As many are drawn
  /// as make some fifty repeats at the limit, with a standard deviation of seven: the bar is three and a half of them lower.
  private func looksUnique<V: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ source: UnsafePointer<V>, count: Int, limit: Int
  ) -> Bool {
    let size = min(8192, count / 4, max(1024, Int(10 * Double(limit).squareRoot())))
    guard size >= 1024 else { return false }
    let bits = bitWidth(of: 2 * size - 1)
    let slots = sampleStore.room(for: 1 << bits, of: UInt64.self)
    slots.update(repeating: 0, count: 1 << bits)
    let stride = count / size
    let bar = max(1, size * size / (4 * limit))
    var repeats = 0
    var random: UInt64 = 0x2545_F491_4F6C_DD1D
    for i in 0..<size {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = UInt64(truncatingIfNeeded: source[i * stride + Int(random >> 33) % stride])
      if value == 0 {
        repeats += 1  // 0 marks a free slot; a column with many zeros is not unique
        continue
      }
      var slot = Self.slot(of: value, bits: bits)
      while slots[slot] != 0, slots[slot] != value { slot = (slot + 1) & (1 << bits - 1) }
      if slots[slot] == value { repeats += 1 } else { slots[slot] = value }
      if repeats > bar { return false }
    }
    return true
  }
}
