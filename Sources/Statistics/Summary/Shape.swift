internal import Glibc

/// Skewness and excess kurtosis of the present numbers of a view, adjusted for the number of areas (type 2 of e1071, as in
/// Excel, SAS and SPSS).
///
/// With S_k the sum of k-th powers of deviations from the mean: skewness = sqrt(n(n-1))/(n-2) sqrt(n) S_3 / S_2^1.5 and,
/// with r = n S_4 / S_2^2, kurtosis = ((n+1)(r-3) + 6)(n-1)/((n-2)(n-3)). Reference: D. N. Joanes and C. A. Gill,
/// "Comparing measures of sample skewness and kurtosis", The Statistician 47 (1998).
public struct Shape: Sendable, Equatable {
  /// nil for fewer than three values or when all are equal.
  public let skewness: Double?
  /// nil for fewer than four values or when all are equal.
  public let kurtosis: Double?

  /// Reads the view three times.
  public init(_ view: ValueView) {
    let moments = Moments(view)
    let n = Double(moments.count)
    guard moments.count >= 3, let mean = moments.mean, moments.squaredDeviations > 0 else {
      skewness = nil
      kurtosis = nil
      return
    }
    let second = moments.squaredDeviations
    let third = FixedOrderSum.sum(view) { ($0 - mean) * ($0 - mean) * ($0 - mean) }
    let biased = n.squareRoot() * third / (second * second.squareRoot())
    let skew = (n * (n - 1)).squareRoot() / (n - 2) * biased
    skewness = skew.isFinite ? skew : nil
    guard moments.count >= 4 else {
      kurtosis = nil
      return
    }
    let fourth = FixedOrderSum.sum(view) {
      let square = ($0 - mean) * ($0 - mean)
      return square * square
    }
    let r = n * fourth / (second * second)
    let kurt = ((n + 1) * (r - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    kurtosis = kurt.isFinite ? kurt : nil
  }
}
