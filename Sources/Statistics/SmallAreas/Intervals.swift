internal import Glibc

/// An interval for a quantity that a count estimates.
public struct Interval: Sendable, Equatable {
  /// The lower end.
  public let low: Double
  /// The upper end.
  public let high: Double

  /// From `low` to `high`.
  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  /// Wilson's score interval for a proportion of `count` in `total`, which is above 0.
  ///
  /// (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2))/(1 + z^2/n). E. B. Wilson, JASA 22 (1927). nil for counts that are no
  /// proportion or a level outside 0 to 1.
  public static func wilson(_ count: Double, of total: Double, level: Double = 0.95) -> Interval? {
    guard let z = quantile(level), isProportion(count, total) else { return nil }
    let p = count / total
    let width = 1 + z * z / total
    let centre = (p + z * z / (2 * total)) / width
    let half = z / width * (p * (1 - p) / total + z * z / (4 * total * total)).squareRoot()
    return Interval(low: count == 0 ? 0 : max(0, centre - half), high: count == total ? 1 : min(1, centre + half))
  }

  /// Jeffreys' interval for a proportion: quantiles of the beta distribution with x + 1/2 and n - x + 1/2.
  ///
  /// The lower end is 0 for no cases and the upper end 1 for all. L. D. Brown, T. T. Cai and A. DasGupta, Statistical Science
  /// 16 (2001).
  public static func jeffreys(_ count: Double, of total: Double, level: Double = 0.95) -> Interval? {
    guard level > 0, level < 1, isProportion(count, total) else { return nil }
    let (a, b) = (count + 0.5, total - count + 0.5)
    let tail = (1 - level) / 2
    return Interval(
      low: count == 0 ? 0 : Distributions.betaQuantile(tail, a, b),
      high: count == total ? 1 : Distributions.betaQuantile(1 - tail, a, b))
  }

  /// The exact interval for the mean of a Poisson count: chi-square quantiles with 2x and 2x + 2 degrees of freedom, halved.
  ///
  /// F. Garwood, Biometrika 28 (1936). Divide by the population for a rate.
  public static func poissonExact(_ count: Double, level: Double = 0.95) -> Interval? {
    guard level > 0, level < 1, count >= 0, count.isFinite else { return nil }
    let tail = (1 - level) / 2
    return Interval(
      low: count == 0 ? 0 : Distributions.gammaQuantile(tail, count),
      high: Distributions.gammaQuantile(1 - tail, count + 1))
  }

  /// Byar's approximation to ``poissonExact(_:level:)``: x (1 - 1/9x - z/(3 sqrt x))^3 and the same of x + 1 upwards.
  ///
  /// N. E. Breslow and N. E. Day, "Statistical Methods in Cancer Research" II (1987). Good from about ten cases.
  public static func byar(_ count: Double, level: Double = 0.95) -> Interval? {
    guard let z = quantile(level), count >= 0, count.isFinite else { return nil }
    func end(_ x: Double, _ z: Double) -> Double {
      let root = 1 - 1 / (9 * x) + z / (3 * x.squareRoot())
      return x * root * root * root
    }
    return Interval(low: count == 0 ? 0 : max(0, end(count, -z)), high: end(count + 1, z))
  }

  private static func quantile(_ level: Double) -> Double? {
    level > 0 && level < 1 ? Normal.quantile(1 - (1 - level) / 2) : nil
  }

  private static func isProportion(_ count: Double, _ total: Double) -> Bool {
    total > 0 && total.isFinite && count >= 0 && count <= total
  }
}

/// Rounding of published figures as noise that is known: the true figure lies anywhere within half a step.
///
/// CBS rounds counts of neighbourhoods to multiples of 5 and shares to whole percents.
public struct RoundingNoise: Sendable, Equatable {
  /// What figures are multiples of, above 0.
  public let step: Double

  /// Counts in multiples of 5.
  public static let multiplesOfFive = RoundingNoise(step: 5)
  /// Shares in whole percents.
  public static let wholePercents = RoundingNoise(step: 1)
  /// Numbers in hundreds.
  public static let hundreds = RoundingNoise(step: 100)

  /// Rounding to multiples of `step`, a positive number.
  public init(step: Double) {
    precondition(step > 0 && step.isFinite, "a rounding step is a positive number")
    self.step = step
  }

  /// Where the true figure lies: half a step around the published one, cut to `limits`, such as 0... or 0...100.
  public func interval(_ value: Double, limits: ClosedRange<Double> = -.infinity ... .infinity) -> Interval {
    Interval(low: max(value - step / 2, limits.lowerBound), high: min(value + step / 2, limits.upperBound))
  }

  /// The variance that rounding adds, step^2/12.
  public var variance: Double { step * step / 12 }

  /// A figure that the published one may stand for, uniform over its interval; `uniform` lies in 0..<1.
  public func draw(_ value: Double, uniform: Double, limits: ClosedRange<Double> = -.infinity ... .infinity) -> Double {
    let range = interval(value, limits: limits)
    return range.low + uniform * (range.high - range.low)
  }
}
