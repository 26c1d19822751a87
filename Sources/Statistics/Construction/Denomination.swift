/// Counts made comparable between areas of different size: x / (d / scale).
public enum Denomination {
  /// Writes `scale` x / d for each row where both are present and the denominator is not 0; other rows become absent.
  ///
  /// A quotient that is not finite is absent too. `scale` 100 gives percentages, 1000 gives numbers per 1000.
  public static func apply(
    _ numerator: ValueView, by denominator: ValueView, scale: Double = 1,
    into output: UnsafeMutableBufferPointer<Double>, validity: UnsafeMutableBufferPointer<UInt64>
  ) {
    precondition(numerator.count == denominator.count, "a denominator for each value is needed")
    precondition(output.count >= numerator.count && validity.count >= numerator.wordCount, "too little room")
    for index in 0..<numerator.wordCount {
      let bits = numerator.word(index) & denominator.word(index)
      var kept: UInt64 = 0
      for row in (index << 6)..<min(index << 6 + 64, numerator.count) {
        let quotient = numerator.values[row] / (denominator.values[row] / scale)
        let isThere =
          bits >> UInt64(row & 63) & 1 == 1 && denominator.values[row] != 0 && quotient.isFinite
        output[row] = isThere ? quotient : 0
        kept |= (isThere ? 1 : 0) << UInt64(row & 63)
      }
      validity[index] = kept
    }
  }
}
