internal import Glibc

/// The distributions behind intervals and p-values.
public enum Distributions {
  /// The two-sided p-value of Student's t with `degrees` of freedom: P(|T| >= |t|) = I_x(v/2, 1/2) at x = v/(v + t^2).
  public static func studentTwoSided(_ t: Double, degrees: Double) -> Double {
    t == 0 ? 1 : 2 * StudentT.tail(abs(t), degrees)
  }

  /// The two-sided p-value of a standard normal number: P(|Z| >= |z|).
  public static func normalTwoSided(_ z: Double) -> Double { erfc(abs(z) * 0.707106781186547524400844362104849) }

  /// The regularised incomplete beta function I_x(a, b), by Lentz's continued fraction.
  ///
  /// Reference: W. J. Lentz (1976); NIST Digital Library of Mathematical Functions, 8.17.22.
  public static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    return x < (a + 1) / (a + b + 2)
      ? front * betaFraction(x, a, b) / a : 1 - front * betaFraction(1 - x, b, a) / b
  }

  /// The x with I_x(a, b) = p.
  public static func betaQuantile(_ p: Double, _ a: Double, _ b: Double) -> Double {
    if p <= 0 { return 0 }
    if p >= 1 { return 1 }
    return Minimum.root(0, 1, of: p) { incompleteBeta($0, a, b) }
  }

  /// The regularised lower incomplete gamma function P(a, x): a series below a + 1, a continued fraction above.
  ///
  /// Reference: NIST Digital Library of Mathematical Functions, 8.11.4 and 8.9.2.
  public static func incompleteGamma(_ a: Double, _ x: Double) -> Double {
    if x <= 0 { return 0 }
    if x.isInfinite { return 1 }
    let front = exp(-x + a * log(x) - lgamma(a))
    if x < a + 1 {
      var term = 1 / a
      var sum = term
      var n = a
      for _ in 0..<100_000 {
        n += 1
        term *= x / n
        sum += term
        if term < sum * 1e-17 { break }
      }
      return front * sum
    }
    var b = x + 1 - a
    var c = 1e300
    var d = 1 / b
    var h = d
    for i in 1..<100_000 {
      let an = -Double(i) * (Double(i) - a)
      b += 2
      d = an * d + b
      if abs(d) < 1e-300 { d = 1e-300 }
      c = b + an / c
      if abs(c) < 1e-300 { c = 1e-300 }
      d = 1 / d
      let change = d * c
      h *= change
      if abs(change - 1) < 1e-16 { break }
    }
    return 1 - front * h
  }

  /// The x with P(a, x) = p; half the chi-square quantile with 2a degrees of freedom.
  public static func gammaQuantile(_ p: Double, _ a: Double) -> Double {
    if p <= 0 { return 0 }
    if p >= 1 { return .infinity }
    var (low, high) = (0.0, a + 10)
    while incompleteGamma(a, high) < p { (low, high) = (high, 2 * high) }
    // Newton's steps from Wilson and Hilferty's start; halving where a step would leave the interval.
    let t = 1 - 1 / (9 * a) + Normal.quantile(p) / (3 * a.squareRoot())
    var x = a * t * t * t
    let logarithm: Double = Glibc.lgamma(a)
    for _ in 0..<2000 {
      if !(x > low && x < high) { x = 0.5 * (low + high) }
      let below = incompleteGamma(a, x) - p
      if below < 0 { low = x } else { high = x }
      let next = x - below / exp((a - 1) * log(x) - x - logarithm)
      if abs(next - x) <= 2e-16 * x || !(low < 0.5 * (low + high) && 0.5 * (low + high) < high) { return x }
      x = next
    }
    return x
  }

  private static func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    var c = 1.0
    var d = 1 - (a + b) * x / (a + 1)
    if abs(d) < 1e-300 { d = 1e-300 }
    d = 1 / d
    var h = d
    for i in 1..<100_000 {
      let m = Double(i)
      for term in [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ] {
        d = 1 + term * d
        if abs(d) < 1e-300 { d = 1e-300 }
        c = 1 + term / c
        if abs(c) < 1e-300 { c = 1e-300 }
        d = 1 / d
        h *= d * c
      }
      if abs(d * c - 1) < 1e-16 { break }
    }
    return h
  }
}
