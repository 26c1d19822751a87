/// A borrowed run of numbers, some of which may be absent.
///
/// Row `i` is present when bit `i & 63` of word `i >> 6` of `validity` is 1; without validity words every row is present.
/// What stands in `values` at an absent row is never read as a number. The view owns nothing: its buffers must outlive it.
@frozen
public struct ValueView {
  /// One number a row.
  public let values: UnsafeBufferPointer<Double>
  /// One bit a row in words of 64, or nil when nothing is absent.
  public let validity: UnsafeBufferPointer<UInt64>?

  /// Makes a view of `values` with the rows present that `validity` marks.
  @inlinable
  public init(_ values: UnsafeBufferPointer<Double>, validity: UnsafeBufferPointer<UInt64>? = nil) {
    if let validity { precondition(validity.count >= (values.count + 63) >> 6, "too few validity words") }
    self.values = values
    self.validity = validity
  }

  /// Rows, present or not.
  @inlinable public var count: Int { values.count }

  /// Words of 64 rows, the last perhaps in part.
  @inlinable public var wordCount: Int { (values.count + 63) >> 6 }

  /// The presence bits of one word, with zeros beyond the last row.
  @inlinable
  public func word(_ index: Int) -> UInt64 {
    let rows = min(64, values.count - index << 6)
    let inside = rows == 64 ? UInt64.max : (1 << UInt64(rows)) - 1
    guard let validity else { return inside }
    return validity[index] & inside
  }

  /// Whether the row has a number.
  @inlinable
  public func isPresent(_ row: Int) -> Bool {
    guard let validity else { return true }
    return validity[row >> 6] >> UInt64(row & 63) & 1 == 1
  }

  /// Writes the present rows, ascending, into `positions` and returns how many there are.
  ///
  /// `positions` must have room for `count` numbers. The result, cut to the returned length, is the `positions` argument
  /// that ranks and transforms take.
  public func presentPositions(into positions: UnsafeMutableBufferPointer<UInt32>) -> Int {
    precondition(positions.count >= count, "too little room for the positions")
    var next = 0
    for index in 0..<wordCount {
      var bits = word(index)
      let first = UInt32(truncatingIfNeeded: index << 6)
      if bits == .max {
        for offset in 0..<64 { positions[next + offset] = first &+ UInt32(truncatingIfNeeded: offset) }
        next += 64
      } else {
        while bits != 0 {
          positions[next] = first &+ UInt32(truncatingIfNeeded: bits.trailingZeroBitCount)
          bits &= bits &- 1
          next += 1
        }
      }
    }
    return next
  }
}
