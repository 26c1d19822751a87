/// One side of an operation: a column, or one value for all rows.
public enum Operand<Element: BitwiseCopyable & Hashable & Sendable>: Sendable {
  /// A value a row.
  case column(PrimitiveColumn<Element>)
  /// The same value in all rows; never missing.
  case constant(Element)
}

extension MissingMask {
  /// Missing where either is, for the reason of `a` where both are.
  static func either(_ a: MissingMask?, _ b: MissingMask?) -> MissingMask? {
    guard let a else { return b }
    guard let b else { return a }
    let count = a.count
    let reasons = [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      a.reasons.withUnsafeBufferPointer { a in
        b.reasons.withUnsafeBufferPointer { b in
          for i in 0..<count { out[i] = a[i] != 0 ? a[i] : b[i] }
        }
      }
      filled = count
    }
    let words = [UInt64](unsafeUninitializedCapacity: a.words.count) { out, filled in
      for w in a.words.indices { out[w] = a.words[w] & b.words[w] }
      filled = a.words.count
    }
    return MissingMask(reasons: reasons, words: words)
  }

  /// The rows of `mask`, and those of `marked` (1 a row) that it counts as present, as missing for `reason`.
  static func adding(_ marked: [Int32], to mask: MissingMask?, count: Int, reason: MissingReason) -> MissingMask? {
    if marked.isEmpty { return mask }
    var reasons = mask?.reasons ?? [UInt8](repeating: 0, count: count)
    for row in marked where reasons[Int(row)] == 0 { reasons[Int(row)] = reason.rawValue }
    return MissingMask(reasons: reasons)
  }
}

/// Values computed as if every row were present, then put right: zero where a row is missing.
enum Masking {
  /// Rows that are computed and put right together, so that they stay in the processor's first cache.
  static let block = 2048

  /// Stores zero in the rows `range` (which starts at a multiple of 64) that `words` counts as missing.
  @inline(__always)
  static func clear<E: BitwiseCopyable>(
    _ out: UnsafeMutableBufferPointer<E>, _ range: Range<Int>, _ words: UnsafeBufferPointer<UInt64>, zero: E
  ) {
    var start = range.lowerBound
    while start < range.upperBound {
      let rows = min(64, range.upperBound - start)
      var gone = ~words[start / 64]
      if rows < 64 { gone &= (1 << UInt64(rows)) - 1 }
      while gone != 0 {
        out[start + gone.trailingZeroBitCount] = zero
        gone &= gone - 1
      }
      start += 64
    }
  }

  /// A column of `count` values that `fill` computes block by block.
  @inline(__always)
  static func column<E: BitwiseCopyable & Hashable & Sendable>(
    _ count: Int, _ mask: MissingMask?, zero: E, _ fill: (UnsafeMutableBufferPointer<E>, Range<Int>) -> Void
  ) -> PrimitiveColumn<E> {
    let values = [E](unsafeUninitializedCapacity: count) { out, filled in
      var start = 0
      while start < count {
        let range = start..<min(start + block, count)
        fill(out, range)
        if let mask { mask.words.withUnsafeBufferPointer { clear(out, range, $0, zero: zero) } }
        start += block
      }
      filled = count
    }
    return PrimitiveColumn(values, missing: mask)
  }

  /// A column of `count` numbers that `fill` computes block by block; what is not finite becomes missing (`undefined`).
  @inline(__always)
  static func finite(
    _ count: Int, _ mask: MissingMask?, _ fill: (UnsafeMutableBufferPointer<Double>, Range<Int>) -> Void
  ) -> Float64Column {
    var undefined: [Int32] = []
    let values = [Double](unsafeUninitializedCapacity: count) { out, filled in
      var start = 0
      while start < count {
        let range = start..<min(start + block, count)
        fill(out, range)
        if let mask { mask.words.withUnsafeBufferPointer { clear(out, range, $0, zero: 0) } }
        // x - x is +0 for every finite number and NaN for the others.
        var odd: UInt64 = 0
        for i in range { odd |= (out[i] - out[i]).bitPattern }
        if odd != 0 { takeOut(out, range, &undefined) }
        start += block
      }
      filled = count
    }
    return Float64Column(
      values, missing: .adding(undefined, to: mask, count: count, reason: .undefined))
  }

  @inline(never)
  private static func takeOut(
    _ out: UnsafeMutableBufferPointer<Double>, _ range: Range<Int>, _ undefined: inout [Int32]
  ) {
    for i in range where !out[i].isFinite {
      out[i] = 0
      undefined.append(Int32(truncatingIfNeeded: i))
    }
  }
}
