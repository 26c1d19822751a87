internal import Glibc

/// A function that pulls in the long tail of an indicator. None reverses the order of areas.
public enum ValueTransform: Sendable, Equatable {
  /// ln(x - min + 0.01 (max - min)): COIN Tool's logarithm with an offset that follows the scale of the indicator.
  case logCT
  /// ``logCT`` for a long right tail (skewness above 0), else its mirror -ln(max - x + 0.01 (max - min)).
  case logCTPlus
  /// ln(x - min + 1): COIN Tool's original.
  case logCTOriginal
  /// The Global Innovation Index's ln((max f - 1)(x - min)/(max - min) + 1) for a long right tail, else
  /// -ln((max f - 1)(max - x)/(max - min) + 1).
  ///
  /// `f` is a power of ten, at least 1, such that max f is 10 or more; without that a maximum below 1 would reverse the
  /// order. A maximum of 0 or less has no such factor and leaves the transform undefined.
  case logGII
  /// (x^lambda - 1)/lambda, or ln x at lambda 0, after `x - min + 1` when `shifts` or when some value is 0 or less.
  case boxCox(lambda: Double, shifts: Bool)
  /// ``boxCox(lambda:shifts:)`` with the lambda of greatest likelihood.
  case boxCoxEstimated(shifts: Bool)

  /// The transformed values, or nil when the function does not exist for them (no spread, or not finite).
  public func callAsFunction(_ values: [Double]) -> [Double]? {
    guard let low = values.min(), let high = values.max(), low < high, (high - low).isFinite else { return nil }
    let range = high - low
    let result: [Double]
    switch self {
    case .logCT: result = values.map { log($0 - low + 0.01 * range) }
    case .logCTPlus:
      result =
        Self.isRightTailed(values)
        ? values.map { log($0 - low + 0.01 * range) } : values.map { -log(high - $0 + 0.01 * range) }
    case .logCTOriginal: result = values.map { log($0 - low + 1) }
    case .logGII:
      guard high > 0 else { return nil }
      var factor = 1.0
      while high * factor < 10 { factor *= 10 }
      let reach = (high * factor - 1) / range
      result =
        Self.isRightTailed(values)
        ? values.map { log(reach * ($0 - low) + 1) } : values.map { -log(reach * (high - $0) + 1) }
    case .boxCox(let lambda, let shifts):
      result = Self.boxCox(Self.positive(values, low, shifts), lambda)
    case .boxCoxEstimated(let shifts):
      let positive = Self.positive(values, low, shifts)
      result = Self.boxCox(positive, Self.likeliestLambda(positive))
    }
    return result.allSatisfy(\.isFinite) ? result : nil
  }

  /// The lambda of greatest likelihood of positive values, between -5 and 5.
  ///
  /// Maximises (lambda - 1) sum ln x - n/2 ln(variance of the transformed values), G. E. P. Box and D. R. Cox, "An analysis
  /// of transformations" (1964).
  public static func likeliestLambda(_ positive: [Double]) -> Double {
    let logs = positive.map { log($0) }
    let logSum = logs.reduce(0, +)
    let n = Double(positive.count)
    return Minimum.brent(-5, 5) { lambda in
      // exp and expm1 keep digits that x^lambda - 1 loses near lambda 0; a constant does not change the variance.
      let transformed = lambda == 0 ? logs : logs.map { expm1(lambda * $0) / lambda }
      let variance = transformed.withUnsafeBufferPointer { Moments(ValueView($0)).variance(.population) } ?? 0
      return variance > 0 && variance.isFinite ? n / 2 * log(variance) - (lambda - 1) * logSum : .infinity
    }
  }

  private static func isRightTailed(_ values: [Double]) -> Bool {
    values.withUnsafeBufferPointer { Shape(ValueView($0)).skewness ?? 0 } > 0
  }

  /// The values where Box and Cox's function takes them: as they are when all are above 0, unless a shift is asked for.
  private static func positive(_ values: [Double], _ low: Double, _ shifts: Bool) -> [Double] {
    shifts || low <= 0 ? values.map { $0 - low + 1 } : values
  }

  private static func boxCox(_ values: [Double], _ lambda: Double) -> [Double] {
    lambda == 0 ? values.map { log($0) } : values.map { (pow($0, lambda) - 1) / lambda }
  }
}
