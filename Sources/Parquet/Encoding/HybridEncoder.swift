/// The bits that the numbers 0 to `maximum` need.
func bitWidth(of maximum: Int) -> Int { Int.bitWidth - maximum.leadingZeroBitCount }

/// Writes the hybrid of run lengths and bit packing that dictionary indices and definition levels stand in.
///
/// A run of equal numbers becomes `varint(length << 1)` and the number in whole bytes; anything else becomes
/// `varint(groups << 1 | 1)` and groups of eight numbers of `width` bits, lowest bits first.
enum HybridEncoder {
  /// Bytes that suffice for `count` numbers of `width` bits, with slack for stores of whole words.
  static func bound(count: Int, width: Int) -> Int { (count / 8 + 2) * (width + 1) + count / 4 + 64 }

  /// Encodes `count` numbers of at most `width` bits.
  static func encode(_ values: UnsafePointer<UInt32>, count: Int, width: Int, to out: inout ByteCursor) {
    guard count > 0 else { return }
    // Width 0 still needs its run header: readers count values by it.
    if width == 0 { return out.putVarint(UInt64(count) << 1) }
    // A run must save more than its header and the header of the literals after it.
    let valueBytes = (width + 7) / 8
    let shortest = max(8, ((4 + valueBytes) * 8 / width + 8) / 8 * 8)
    var literal = 0
    var i = 0
    while i + 8 <= count {
      guard isUniform(values + i) else {
        i += 8
        continue
      }
      let value = values[i]
      var end = i + 8
      while end < count, values[end] == value { end += 1 }
      if end - i < shortest {
        i += (end - i) / 8 * 8
        continue
      }
      putLiterals(values + literal, count: i - literal, width: width, to: &out)
      out.putVarint(UInt64(end - i) << 1)
      for byte in 0..<valueBytes { out.put(UInt8(truncatingIfNeeded: value >> UInt32(8 * byte))) }
      literal = end
      i = end
    }
    putLiterals(values + literal, count: count - literal, width: width, to: &out)
  }

  /// Encodes `count` bits, packed lowest first in `bits`, as numbers of width 1.
  ///
  /// Bits past `count` must be 0.
  static func encode(bits: UnsafePointer<UInt8>, count: Int, to out: inout ByteCursor) {
    let whole = count / 8
    let shortest = 8
    var literal = 0
    var i = 0
    // A run that is long enough covers four bytes from a multiple of four on.
    while i + 4 <= whole {
      let four = UnsafeRawPointer(bits).loadUnaligned(fromByteOffset: i, as: UInt32.self)
      guard four == 0 || four == .max else {
        i += 4
        continue
      }
      let byte = bits[i]
      var start = i
      while start > literal, bits[start - 1] == byte { start -= 1 }
      var end = i + 4
      while end < whole, bits[end] == byte { end += 1 }
      if end - start >= shortest {
        putLiteralBits(bits + literal, bytes: start - literal, to: &out)
        out.putVarint(UInt64(end - start) * 8 << 1)
        out.put(byte & 1)
        literal = end
      }
      i = (end + 3) / 4 * 4
    }
    putLiteralBits(bits + literal, bytes: (count + 7) / 8 - literal, to: &out)
  }

  private static func putLiteralBits(_ bits: UnsafePointer<UInt8>, bytes: Int, to out: inout ByteCursor) {
    guard bytes > 0 else { return }
    out.putVarint(UInt64(bytes) << 1 | 1)
    out.put(bits, count: bytes)
  }

  /// Whether the eight numbers at `values` are the same.
  @inline(__always)
  private static func isUniform(_ values: UnsafePointer<UInt32>) -> Bool {
    let raw = UnsafeRawPointer(values)
    let a = raw.loadUnaligned(as: UInt64.self)
    let b = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    let c = raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
    let d = raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
    return (a ^ b) | (a ^ c) | (a ^ d) | (a ^ (a << 32 | a >> 32)) == 0
  }

  private static func putLiterals(_ values: UnsafePointer<UInt32>, count: Int, width: Int, to out: inout ByteCursor) {
    guard count > 0 else { return }
    let groups = count / 8
    let rest = count % 8
    out.putVarint(UInt64(groups + (rest > 0 ? 1 : 0)) << 1 | 1)
    pack(values, groups: groups, width: width, to: &out)
    guard rest > 0 else { return }
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 8) { last in
      last.initialize(repeating: 0)
      for i in 0..<rest { last[i] = values[groups * 8 + i] }
      guard let start = last.baseAddress else { return }
      pack(start, groups: 1, width: width, to: &out)
    }
  }

  /// Packs whole groups of eight; may write up to 16 bytes past the end, which the next write covers.
  private static func pack(_ values: UnsafePointer<UInt32>, groups: Int, width: Int, to out: inout ByteCursor) {
    if width <= 16 {
      packNarrow(values, groups: groups, width: width, to: &out)
    } else {
      packWide(values, groups: groups, width: width, to: &out)
    }
  }

  /// Four numbers of at most 16 bits fill at most one word, so that two words take a group.
  private static func packNarrow(_ values: UnsafePointer<UInt32>, groups: Int, width: Int, to out: inout ByteCursor) {
    let w = UInt64(width)
    var next = out.next
    var v = values
    for _ in 0..<groups {
      let low = UInt64(v[0]) | UInt64(v[1]) &<< w | UInt64(v[2]) &<< (2 &* w) | UInt64(v[3]) &<< (3 &* w)
      let high = UInt64(v[4]) | UInt64(v[5]) &<< w | UInt64(v[6]) &<< (2 &* w) | UInt64(v[7]) &<< (3 &* w)
      next.storeBytes(of: low | high << (4 &* w), as: UInt64.self)
      next.storeBytes(of: high >> (64 &- 4 &* w), toByteOffset: 8, as: UInt64.self)
      next += width
      v += 8
    }
    out.next = next
  }

  private static func packWide(_ values: UnsafePointer<UInt32>, groups: Int, width: Int, to out: inout ByteCursor) {
    let w = UInt64(width)
    var next = out.next
    var word: UInt64 = 0
    var filled: UInt64 = 0
    for i in 0..<(groups * 8) {
      let value = UInt64(values[i])
      word |= value &<< filled
      filled += w
      if filled >= 32 {
        next.storeBytes(of: UInt32(truncatingIfNeeded: word), as: UInt32.self)
        next += 4
        word >>= 32
        filled -= 32
      }
    }
    // A group of eight is a whole number of bytes; the odd ones are left over.
    while filled > 0 {
      next.storeBytes(of: UInt8(truncatingIfNeeded: word), as: UInt8.self)
      next += 1
      word >>= 8
      filled -= 8
    }
    out.next = next
  }
}
