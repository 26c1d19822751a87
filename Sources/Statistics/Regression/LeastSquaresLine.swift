internal import Glibc

/// A straight line by ordinary least squares, y = a + b x, with its errors.
public struct LeastSquaresLine: Sendable, Equatable {
  /// How many pairs.
  public let count: Int
  /// a.
  public let intercept: Double
  /// b.
  public let slope: Double
  /// The standard error of b, residual variance over n - 2; nil for two pairs.
  public let slopeError: Double?
  /// The standard error of a; nil for two pairs.
  public let interceptError: Double?
  /// The share of the variance of y that the line explains, 0-1; nil when y does not vary.
  public let rSquared: Double?
  /// The standard deviation of the residuals, over n - 2; nil for two pairs.
  public let residualError: Double?

  /// b over its standard error; nil when that is 0 or undefined.
  public var slopeT: Double? { slopeError.flatMap { $0 > 0 ? slope / $0 : nil } }

  /// The line through pairs; nil for fewer than two, or when x does not vary.
  public init?(x: [Double], y: [Double]) {
    precondition(x.count == y.count, "x and y need the same number of values")
    guard let across = Spread(x), let up = Spread(y), varies(x) else { return nil }
    count = x.count
    let products = Inequality.summed(x.indices.map { (x[$0] - across.mean) * (y[$0] - up.mean) })
    let slope = products / across.squaredDeviations
    guard slope.isFinite else { return nil }
    self.slope = slope
    let intercept = up.mean - slope * across.mean
    self.intercept = intercept
    let rest = Inequality.summed(
      x.indices.map { index in
        let residual = (y[index] - up.mean) - slope * (x[index] - across.mean)
        return residual * residual
      })
    rSquared = up.squaredDeviations > 0 ? max(0, 1 - rest / up.squaredDeviations) : nil
    guard x.count > 2 else {
      (slopeError, interceptError, residualError) = (nil, nil, nil)
      return
    }
    let variance = rest / Double(x.count - 2)
    residualError = variance.squareRoot()
    slopeError = (variance / across.squaredDeviations).squareRoot()
    interceptError =
      (variance * (1 / Double(x.count) + across.mean * across.mean / across.squaredDeviations)).squareRoot()
  }

  /// The line's value at `x`.
  public func callAsFunction(_ x: Double) -> Double { intercept + slope * x }
}

/// Whether there are two values that differ.
private func varies(_ x: [Double]) -> Bool { x.first.map { first in x.contains { $0 != first } } ?? false }

/// The median of the slopes of all pairs that differ in x: a line that outliers do not move (H. Theil 1950, P. Sen 1968).
public enum TheilSen {
  /// The slope; nil when no two x differ.
  ///
  /// Up to 2,000 pairs of values (2 million slopes) all are taken; beyond that, each value is paired with the one n/2 places
  /// further in the order of x (Theil's incomplete form).
  public static func slope(x: [Double], y: [Double]) -> Double? {
    precondition(x.count == y.count, "x and y need the same number of values")
    var slopes: [Double] = []
    if x.count <= 2_000 {
      for i in x.indices {
        for j in x.indices.dropFirst(i + 1) where x[i] != x[j] { slopes.append((y[j] - y[i]) / (x[j] - x[i])) }
      }
    } else {
      let order = x.indices.sorted { (x[$0], $0) < (x[$1], $1) }
      let half = x.count / 2
      for place in 0..<(x.count - half) {
        let (i, j) = (order[place], order[place + half])
        if x[i] != x[j] { slopes.append((y[j] - y[i]) / (x[j] - x[i])) }
      }
    }
    slopes.sort()
    return slopes.withUnsafeBufferPointer { Quantiles.type7(sorted: $0, probability: 0.5) }
  }
}
