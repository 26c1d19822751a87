/// What a sum of squared deviations is divided by.
public enum VarianceDivisor: String, Sendable, CaseIterable {
  /// n - 1, for a sample.
  case sample
  /// n, for a whole population.
  case population
}

/// Count, sum, extremes and spread of the present numbers of a view.
///
/// Sums have one fixed order: within each run of 64 rows eight interleaved partial sums, joined pairwise, and the runs
/// joined by Neumaier's compensated summation. The order hangs on the rows alone, so threads cannot change the result, and
/// an absent row counts as a zero in its place. Deviations are taken in a second pass and corrected for the rounding of
/// the mean. If all values are equal the mean is that value and the spread is exactly 0.
public struct Moments: Sendable, Equatable {
  /// Present rows.
  public let count: Int
  /// Their sum, 0 when there are none.
  public let sum: Double
  /// Their smallest value, or nil when there are none.
  public let minimum: Double?
  /// Their largest value, or nil when there are none.
  public let maximum: Double?
  /// Their arithmetic mean, or nil when there are none.
  public let mean: Double?
  /// The sum of squared deviations from the mean, 0 when there are no values.
  public let squaredDeviations: Double

  /// Reads the view twice.
  ///
  /// A NaN at a present row makes every figure NaN or leaves it undefined: mark it absent.
  public init(_ view: ValueView) {
    var count = 0
    for index in 0..<view.wordCount { count += view.word(index).nonzeroBitCount }
    self.count = count
    guard count > 0 else {
      sum = 0
      minimum = nil
      maximum = nil
      mean = nil
      squaredDeviations = 0
      return
    }
    let (lowest, highest) = FixedOrderSum.extremes(view)
    minimum = lowest
    maximum = highest
    sum = FixedOrderSum.sum(view) { $0 }
    if lowest == highest {
      mean = lowest
      squaredDeviations = 0
      return
    }
    let mean = sum / Double(count)
    self.mean = mean
    let squares = FixedOrderSum.sum(view) { ($0 - mean) * ($0 - mean) }
    let rest = FixedOrderSum.sum(view) { $0 - mean }
    squaredDeviations = max(0, squares - rest * rest / Double(count))
  }

  /// The variance, or nil when there are fewer values than the divisor needs (2 for `sample`, 1 for `population`).
  public func variance(_ divisor: VarianceDivisor = .sample) -> Double? {
    let degrees = divisor == .sample ? count - 1 : count
    return degrees > 0 ? squaredDeviations / Double(degrees) : nil
  }

  /// The square root of the variance.
  public func standardDeviation(_ divisor: VarianceDivisor = .sample) -> Double? {
    variance(divisor)?.squareRoot()
  }

  /// The mean of `values` weighted by `weights`, over the rows where both are present: sum of w x / sum of w.
  ///
  /// nil when no weight is left or when the weights sum to 0 or less. Views must be equally long.
  public static func weightedMean(_ values: ValueView, weights: ValueView) -> Double? {
    precondition(values.count == weights.count, "a weight for each value is needed")
    let total = FixedOrderSum.sum(values, weights) { $1 }
    guard total > 0 else { return nil }
    return FixedOrderSum.sum(values, weights) { $0 * $1 } / total
  }
}

/// Standard scores: how many standard deviations a value lies from the mean.
public enum StandardScores {
  /// Writes (x - mean) / sd for each present row and 0 for each absent one.
  ///
  /// Returns false, writing zeros alone, when the spread is 0 or undefined: standard scores do not exist then.
  @discardableResult
  public static func apply(
    _ view: ValueView, moments: Moments, divisor: VarianceDivisor = .sample,
    into output: UnsafeMutableBufferPointer<Double>
  ) -> Bool {
    precondition(output.count >= view.count, "too little room for the standard scores")
    guard let mean = moments.mean, let deviation = moments.standardDeviation(divisor), deviation > 0 else {
      for row in 0..<view.count { output[row] = 0 }
      return false
    }
    for index in 0..<view.wordCount {
      let bits = view.word(index)
      let first = index << 6
      if bits == .max {
        for row in first..<(first + 64) { output[row] = (view.values[row] - mean) / deviation }
      } else {
        for row in first..<min(first + 64, view.count) {
          let present = bits >> UInt64(row & 63) & 1 == 1
          output[row] = present ? (view.values[row] - mean) / deviation : 0
        }
      }
    }
    return true
  }
}
