internal import Glibc

/// Student's t distribution.
public enum StudentT {
  /// The probability of a value at or below `t` with `degrees` (positive) of freedom.
  public static func cumulative(_ t: Double, degrees: Double) -> Double {
    t > 0 ? 1 - tail(t, degrees) : tail(-t, degrees)
  }

  /// The t below which a share `p`, between 0 and 1, lies: Newton's method from the normal quantile, kept in a bracket.
  ///
  /// -infinity at 0, infinity at 1, NaN outside.
  public static func quantile(_ p: Double, degrees: Double) -> Double {
    guard p > 0 && p < 1 else { return Normal.quantile(p) }
    let wanted = min(p, 1 - p)
    let sign: Double = p < 0.5 ? -1 : 1
    if wanted == 0.5 { return 0 }
    var (low, high) = (0.0, 2.0)
    while tail(high, degrees) > wanted { (low, high) = (high, high * 2) }
    var t = min(max(-Normal.quantile(wanted), low), high)
    let scale = halfStep(degrees / 2) - 0.5 * log(degrees * Double.pi)
    for _ in 0..<200 {
      let miss = tail(t, degrees) - wanted
      if miss > 0 { low = t } else { high = t }
      let density = exp(scale - (degrees + 1) / 2 * log1p(t * t / degrees))
      var next = t + miss / density
      if !(next > low && next < high) { next = (low + high) / 2 }
      if abs(next - t) <= 1e-15 * next { return sign * next }
      t = next
    }
    return sign * t
  }

  /// The probability of a value above `t`, 0 or more: half the regularised incomplete beta function of
  /// degrees / (degrees + t^2) with parameters degrees / 2 and 1/2, by Lentz's continued fraction (Abramowitz and
  /// Stegun 26.5.8).
  static func tail(_ t: Double, _ degrees: Double) -> Double {
    guard t > 0 else { return 0.5 }
    let (a, b) = (degrees / 2, 0.5)
    let (x, rest) = (degrees / (degrees + t * t), t * t / (degrees + t * t))
    guard x > 0 else { return 0 }
    let front = exp(halfStep(a) - 0.5 * log(Double.pi) - a * log1p(t * t / degrees) + b * log(rest))
    let beta = x < (a + 1) / (a + b + 2) ? front * fraction(a, b, x) / a : 1 - front * fraction(b, a, rest) / b
    return 0.5 * beta
  }

  /// ln(Gamma(a + 1/2) / Gamma(a)), for large `a` by its asymptotic series (Tricomi and Erdelyi 1951).
  private static func halfStep(_ a: Double) -> Double {
    guard a > 40 else {
      var sign: Int32 = 0
      return lgamma_r(a + 0.5, &sign) - lgamma_r(a, &sign)
    }
    let square = 1 / (a * a)
    return 0.5 * log(a) - (1.0 / 8 - square * (1.0 / 192 - square * (1.0 / 640 - square * 17 / 14_336))) / a
  }

  private static func fraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    func guarded(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / guarded(1 - (a + b) * x / (a + 1))
    var result = d
    for step in 1...500 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / guarded(1 + even * d)
      c = guarded(1 + even / c)
      result *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / guarded(1 + odd * d)
      c = guarded(1 + odd / c)
      let factor = d * c
      result *= factor
      if abs(factor - 1) < 1e-16 { break }
    }
    return result
  }
}
