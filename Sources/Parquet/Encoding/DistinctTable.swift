/// Gives the distinct values of a chunk their places in a dictionary, in order of first appearance.
///
/// An open-addressing table of places; the values themselves stand in a list. Memory is used again from chunk to chunk.
final class DistinctTable {
  private let slotStore = ByteStore()
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
    var bits = 12
    var slots = slotStore.room(for: 1 << bits, of: UInt32.self)
    slots.update(repeating: .max, count: 1 << bits)
    // One place more than the limit, for the value that shows that the limit is passed.
    values = valueStore.room(for: min(limit, count) + 1, of: UInt64.self)
    let values = values
    var distinct = 0
    var last: UInt64 = 0
    var lastPlace: UInt32 = .max
    for i in 0..<count {
      let value = UInt64(truncatingIfNeeded: source[i])
      if value == last, lastPlace != .max {
        indices[i] = lastPlace
        continue
      }
      let mask = 1 << bits - 1
      var slot = Self.slot(of: value, bits: bits)
      var place = slots[slot]
      while place != .max, values[Int(place)] != value {
        slot = (slot + 1) & mask
        place = slots[slot]
      }
      if place == .max {
        place = UInt32(truncatingIfNeeded: distinct)
        values[distinct] = value
        slots[slot] = place
        distinct += 1
        if distinct > limit { return nil }
        if distinct * 2 > mask {
          bits += 1
          slots = rebuild(bits: bits, distinct: distinct)
        }
      }
      indices[i] = place
      last = value
      lastPlace = place
    }
    return distinct
  }

  @inline(__always)
  private static func slot(of value: UInt64, bits: Int) -> Int {
    Int(truncatingIfNeeded: ((value ^ value >> 32) &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - bits))
  }

  private func rebuild(bits: Int, distinct: Int) -> UnsafeMutablePointer<UInt32> {
    let slots = slotStore.room(for: 1 << bits, of: UInt32.self)
    slots.update(repeating: .max, count: 1 << bits)
    let mask = 1 << bits - 1
    for place in 0..<distinct {
      var slot = Self.slot(of: values[place], bits: bits)
      while slots[slot] != .max { slot = (slot + 1) & mask }
      slots[slot] = UInt32(truncatingIfNeeded: place)
    }
    return slots
  }

  /// Whether a sample holds so few repeats that more than `limit` distinct values are certain enough not to go on.
  ///
  /// Of s values drawn from D equally frequent ones about s²/2D repeat an earlier one; half of that for D = `limit` is
  /// the bar. Values of unequal frequency repeat more often, so the test errs on the side of going on.
  private func looksUnique<V: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ source: UnsafePointer<V>, count: Int, limit: Int
  ) -> Bool {
    let size = 8192
    guard count >= 4 * size else { return false }
    let bits = 14
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
