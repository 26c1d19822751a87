internal import Glibc

/// How unequal the values of areas or persons are.
///
/// Every function takes the values that are present and, where it says so, one weight a value: a number of inhabitants,
/// say, 0 or more. Without weights each value counts once. A measure that is not defined for the values is nil: none at all,
/// a negative one, a mean of 0, weights that sum to 0; further conditions stand with each function. Sums go from the
/// first value to the last (sorted ones from the lowest), compensated, so the result is the same on every run.
public enum Inequality {
  /// Gini: sum of w_i w_j |x_i - x_j| / (2 W² mu), 0 when all are equal; (n - 1)/n when one of n has everything.
  ///
  /// Source: C. Gini 1914; the weighted form as in REAT and Stata's `ineqdeco`, weights sorted along with the values.
  public static func gini(_ values: [Double], weights: [Double]? = nil) -> Double? {
    guard let all = Shares(values, weights) else { return nil }
    // Pairs i < j of ascending values: sum of w_j (x_j W_before - S_before), each pair once.
    var pairs = NeumaierSum()
    var weight = 0.0
    var sum = 0.0
    for (value, own) in all.ascending {
      pairs.add(own * (value * weight - sum))
      weight += own
      sum += own * value
    }
    return max(0, pairs.value / (all.total * all.total * all.mean))
  }

  /// Gini times n / (n - 1), which is 1 when one of n values has everything; nil for fewer than two values.
  public static func normalisedGini(_ values: [Double]) -> Double? {
    guard values.count > 1, let gini = gini(values) else { return nil }
    return gini * Double(values.count) / Double(values.count - 1)
  }

  /// Hoover or Ricci-Schutz index: half the sum of |x_i / X - w_i / W|, the share that would have to move.
  ///
  /// With inhabitants as weights and counts as values this is the index of dissimilarity, half of Krugman's. nil when
  /// the values sum to 0. Values are totals of the weighted units here, not means: a weight is the reference that the value
  /// is set against, and without weights each area counts the same.
  public static func hoover(_ values: [Double], reference: [Double]? = nil) -> Double? {
    if let reference { precondition(reference.count == values.count, "a reference for each value is needed") }
    guard !values.isEmpty, values.allSatisfy({ $0 >= 0 }), reference?.allSatisfy({ $0 >= 0 }) ?? true else {
      return nil
    }
    let total = summed(values)
    let other = reference.map(summed) ?? Double(values.count)
    guard total > 0, other > 0, total.isFinite, other.isFinite else { return nil }
    return summed(values.indices.map { abs(values[$0] / total - (reference?[$0] ?? 1) / other) }) / 2
  }

  /// Theil's T, GE(1): sum of p r ln r with r = x / mu and p the share of the weight; 0 ln 0 counts as 0.
  public static func theilT(_ values: [Double], weights: [Double]? = nil) -> Double? {
    generalisedEntropy(values, weights: weights, alpha: 1)
  }

  /// Theil's L, the mean log deviation, GE(0): sum of p ln(1/r) with r = x / mu; nil when a value with weight is 0.
  public static func theilL(_ values: [Double], weights: [Double]? = nil) -> Double? {
    generalisedEntropy(values, weights: weights, alpha: 0)
  }

  /// Generalised entropy GE(a) = (sum of p r^a - 1) / (a (a - 1)), Theil's L at a = 0 and T at a = 1.
  ///
  /// A large a looks at the top, a small one at the bottom. GE(2) is half the squared coefficient of variation. For a of
  /// 0 or less it is nil when a value with weight is 0. Source: F. Cowell 1980; A. Shorrocks 1980.
  public static func generalisedEntropy(_ values: [Double], weights: [Double]? = nil, alpha: Double) -> Double? {
    guard let all = Shares(values, weights) else { return nil }
    if alpha <= 0, all.pairs.contains(where: { $0.weight > 0 && $0.value == 0 }) { return nil }
    let mean = all.mean
    let result = all.mean { value in
      let r = value / mean
      if alpha == 0 { return -log(r) }
      if alpha == 1 { return r > 0 ? r * log(r) : 0 }
      return (pow(r, alpha) - 1) / (alpha * (alpha - 1))
    }
    return result.isFinite ? max(0, result) : nil
  }

  /// Atkinson: 1 - (sum of p r^(1 - e))^(1 / (1 - e)), with the geometric mean at e = 1.
  ///
  /// `epsilon` is the aversion to inequality, 0 (none) or more. For e of 1 or more a value of 0 makes it 1: all welfare is
  /// lost. Source: A. Atkinson 1970.
  public static func atkinson(_ values: [Double], weights: [Double]? = nil, epsilon: Double) -> Double? {
    precondition(epsilon >= 0 && epsilon.isFinite, "the aversion to inequality is 0 or more")
    guard let all = Shares(values, weights) else { return nil }
    if epsilon == 0 { return 0 }
    if epsilon >= 1, all.pairs.contains(where: { $0.weight > 0 && $0.value == 0 }) { return 1 }
    let mean = all.mean
    let equal: Double
    if epsilon == 1 {
      equal = exp(all.mean { log($0 / mean) })
    } else {
      equal = pow(all.mean { pow($0 / mean, 1 - epsilon) }, 1 / (1 - epsilon))
    }
    return min(1, max(0, 1 - equal))
  }

  /// Coefficient of variation: the standard deviation over the mean, weighted when there are weights.
  ///
  /// `sample` divides by W (n - 1)/n, which is n - 1 without weights. nil when the mean is 0, or for fewer than two values
  /// under `sample`. Values may be negative.
  public static func coefficientOfVariation(
    _ values: [Double], weights: [Double]? = nil, divisor: VarianceDivisor = .population
  ) -> Double? {
    guard let spread = Spread(values, weights: weights), spread.mean != 0 else { return nil }
    return spread.deviation(divisor).map { $0 / abs(spread.mean) }
  }

  /// The value at the upper share over that at the lower, P90/P10 as it stands; quantiles of type 7, unweighted.
  ///
  /// nil when the lower one is 0 or less.
  public static func percentileRatio(_ values: [Double], upper: Double = 0.9, lower: Double = 0.1) -> Double? {
    let sorted = values.sorted()
    return sorted.withUnsafeBufferPointer { sorted in
      guard let high = Quantiles.type7(sorted: sorted, probability: upper),
        let low = Quantiles.type7(sorted: sorted, probability: lower), low > 0
      else { return nil }
      return high / low
    }
  }

  /// Wolfson's index of bipolarisation: (2 (1/2 - L(1/2)) - G) mu / median, 0 when all are equal.
  ///
  /// It rises when values leave the middle, where Gini may fall. L(1/2) is read off the Lorenz curve between its points.
  /// nil when the median is 0. Source: M. Wolfson 1994, in the form of pysal/inequality.
  public static func wolfson(_ values: [Double]) -> Double? {
    guard let gini = gini(values), let curve = LorenzCurve(values), let half = curve.share(ofLowest: 0.5) else {
      return nil
    }
    let sorted = values.sorted()
    let median = sorted.withUnsafeBufferPointer { Quantiles.type7(sorted: $0, probability: 0.5) } ?? 0
    guard median > 0 else { return nil }
    return (2 * (0.5 - half) - gini) * (summed(values) / Double(values.count)) / median
  }

  /// Herfindahl: the sum of squared shares, 1/n to 1; nil when the values sum to 0.
  public static func herfindahl(_ values: [Double]) -> Double? {
    let total = summed(values)
    guard total > 0, values.allSatisfy({ $0 >= 0 }) else { return nil }
    return summed(values.map { ($0 / total) * ($0 / total) })
  }

  /// (H - 1/n) / (1 - 1/n): 0 when all have the same; nil for fewer than two values.
  public static func normalisedHerfindahl(_ values: [Double]) -> Double? {
    guard values.count > 1, let index = herfindahl(values) else { return nil }
    let least = 1 / Double(values.count)
    return (index - least) / (1 - least)
  }

  /// The compensated sum from first to last.
  static func summed(_ values: [Double]) -> Double {
    var sum = NeumaierSum()
    for value in values { sum.add(value) }
    return sum.value
  }
}

/// Values of 0 or more with weights of 0 or more, and their mean.
struct Shares {
  let pairs: [(value: Double, weight: Double)]
  let total: Double
  let mean: Double

  /// nil when a value or weight is negative or not finite, or when weights or mean are 0.
  init?(_ values: [Double], _ weights: [Double]?) {
    if let weights { precondition(weights.count == values.count, "a weight for each value is needed") }
    guard values.allSatisfy({ $0 >= 0 && $0.isFinite }), weights?.allSatisfy({ $0 >= 0 && $0.isFinite }) ?? true else {
      return nil
    }
    pairs = values.indices.map { (values[$0], weights?[$0] ?? 1) }
    total = weights.map(Inequality.summed) ?? Double(values.count)
    guard total > 0 else { return nil }
    let own = total
    // Equal values have that mean to the last bit, so that nothing is unequal about them.
    let carrying = pairs.lazy.filter { $0.weight > 0 }
    guard let first = carrying.first?.value else { return nil }
    if carrying.allSatisfy({ $0.value == first }) {
      mean = first
    } else {
      mean = Inequality.summed(pairs.map { $0.value * $0.weight }) / own
    }
    guard mean > 0, mean.isFinite else { return nil }
  }

  /// The pairs by value; equal values stay in the order of the input.
  var ascending: [(value: Double, weight: Double)] {
    pairs.enumerated().sorted { ($0.element.value, $0.offset) < ($1.element.value, $1.offset) }.map(\.element)
  }

  /// The weighted mean of what `term` makes of each value that has weight.
  func mean(_ term: (Double) -> Double) -> Double {
    var sum = NeumaierSum()
    for (value, weight) in pairs where weight > 0 { sum.add(weight * term(value)) }
    return sum.value / total
  }
}

/// Mean and spread of values of any sign, weighted or not.
public struct Spread: Sendable, Equatable {
  /// How many values there are.
  public let count: Int
  /// The sum of the weights; the count without weights.
  public let weight: Double
  /// The (weighted) mean.
  public let mean: Double
  /// The (weighted) sum of squared deviations from the mean.
  public let squaredDeviations: Double

  /// nil for no values, or for weights that sum to 0 or less.
  public init?(_ values: [Double], weights: [Double]? = nil) {
    if let weights { precondition(weights.count == values.count, "a weight for each value is needed") }
    count = values.count
    weight = weights.map(Inequality.summed) ?? Double(values.count)
    guard count > 0, weight > 0 else { return nil }
    if let first = values.first, values.allSatisfy({ $0 == first }) {
      mean = first
      squaredDeviations = 0
      return
    }
    let mean = Inequality.summed(values.indices.map { values[$0] * (weights?[$0] ?? 1) }) / weight
    self.mean = mean
    squaredDeviations = Inequality.summed(
      values.indices.map { (values[$0] - mean) * (values[$0] - mean) * (weights?[$0] ?? 1) })
  }

  /// The variance: squared deviations over W, or over W (n - 1)/n under `sample`; nil when that is 0.
  public func variance(_ divisor: VarianceDivisor = .population) -> Double? {
    let by = divisor == .population ? weight : weight * Double(count - 1) / Double(count)
    return by > 0 ? squaredDeviations / by : nil
  }

  /// The square root of the variance.
  public func deviation(_ divisor: VarianceDivisor = .population) -> Double? { variance(divisor)?.squareRoot() }
}
