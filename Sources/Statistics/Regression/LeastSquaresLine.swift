internal import Glibc

/// An ordinary least squares line y = a + b x.
public struct LeastSquaresLine: Sendable, Equatable {
  /// Pairs used.
  public let count: Int
  /// a.
  public let intercept: Double
  /// b.
  public let slope: Double
  /// The standard error of the slope with n - 2 degrees of freedom; nil for two pairs.
  public let slopeError: Double?
  /// The share of the variance of y that the line explains; nil when y does not vary.
  public let rSquared: Double?
  /// The residual standard error, the root of the sum of squared residuals over n - 2; nil for two pairs.
  public let residualError: Double?

  /// Fits the line; nil for fewer than two pairs or when x does not vary.
  public init?(x: [Double], y: [Double]) {
    precondition(x.count == y.count, "a y for each x is needed")
    guard x.count >= 2, x.contains(where: { $0 != x[0] }) else { return nil }
    count = x.count
    let n = Double(x.count)
    let (meanX, meanY) = (x.compensatedSum / n, y.compensatedSum / n)
    let squares = x.map { ($0 - meanX) * ($0 - meanX) }.compensatedSum
    slope = zip(x, y).map { ($0 - meanX) * ($1 - meanY) }.compensatedSum / squares
    intercept = meanY - slope * meanX
    let (a, b) = (intercept, slope)
    let residuals = zip(x, y).map { pow($1 - a - b * $0, 2) }.compensatedSum
    let all = y.map { ($0 - meanY) * ($0 - meanY) }.compensatedSum
    rSquared = all > 0 ? 1 - residuals / all : nil
    residualError = x.count > 2 ? (residuals / (n - 2)).squareRoot() : nil
    slopeError = x.count > 2 ? (residuals / (n - 2) / squares).squareRoot() : nil
  }
}
