/// Numbers for combinations of the codes of some keys that are too many for a ``KeyCube``: the first two keys make a pair,
/// the pair and the third key the next, and so on; each pair is numbered through a hash.
struct KeyChain {
  private var levels: [PairNumbers]
  /// The number of combinations so far.
  private(set) var count = 0

  init(keys: Int) { levels = [PairNumbers](repeating: PairNumbers(), count: max(0, keys - 1)) }

  /// Writes the number of the combination of each of `count` rows to `out`.
  mutating func locate(
    _ codes: [UnsafeMutablePointer<UInt32>], _ rows: Int, into out: UnsafeMutablePointer<UInt32>
  ) {
    for row in 0..<rows { out[row] = codes[0][row] }
    for level in levels.indices {
      for row in 0..<rows {
        out[row] = levels[level].number(of: UInt64(out[row]) << 32 | UInt64(codes[level + 1][row]))
      }
    }
    if let last = levels.last {
      count = last.pairs.count
    } else {
      for row in 0..<rows { count = max(count, Int(out[row]) + 1) }
    }
  }

  /// The codes of a combination.
  func decode(_ number: Int, into codes: inout [UInt32]) {
    var rest = UInt32(truncatingIfNeeded: number)
    for level in levels.indices.reversed() {
      let pair = levels[level].pairs[Int(rest)]
      codes[level + 1] = UInt32(truncatingIfNeeded: pair)
      rest = UInt32(truncatingIfNeeded: pair >> 32)
    }
    codes[0] = rest
  }
}

/// Pairs of codes, numbered in the order in which they come. The hash has no seed.
private struct PairNumbers {
  private(set) var pairs: [UInt64] = []
  private var slots = [UInt32](repeating: .max, count: 1 << 10)

  mutating func number(of pair: UInt64) -> UInt32 {
    var slot = Self.slot(pair) & (slots.count - 1)
    while slots[slot] != .max {
      if pairs[Int(slots[slot])] == pair { return slots[slot] }
      slot = (slot + 1) & (slots.count - 1)
    }
    let number = UInt32(truncatingIfNeeded: pairs.count)
    slots[slot] = number
    pairs.append(pair)
    if pairs.count * 2 > slots.count { grow() }
    return number
  }

  private mutating func grow() {
    var wider = [UInt32](repeating: .max, count: slots.count * 2)
    for (number, pair) in pairs.enumerated() {
      var slot = Self.slot(pair) & (wider.count - 1)
      while wider[slot] != .max { slot = (slot + 1) & (wider.count - 1) }
      wider[slot] = UInt32(truncatingIfNeeded: number)
    }
    slots = wider
  }

  @inline(__always)
  private static func slot(_ pair: UInt64) -> Int {
    var hash = pair &* 0x9E37_79B9_7F4A_7C15
    hash ^= hash >> 32
    hash = hash &* 0xFF51_AFD7_ED55_8CCD
    return Int(hash >> 33)
  }
}
