internal import Glibc

/// Geary's C: (n - 1) sum of w_ij (x_i - x_j)² / (2 S0 sum of z_i²); below 1 when near areas are alike.
///
/// Expected 1 without spatial pattern. Variances: A. Cliff and J. Ord 1981.
public struct GearyC: Sendable, Equatable {
  /// C.
  public let value: Double
  /// The variance if values were drawn from a normal distribution.
  public let normalVariance: Double
  /// The variance if the values at hand fell on the areas at random; nil for fewer than four areas.
  public let randomisedVariance: Double?

  /// nil for fewer than three areas, without neighbours, or when all values are equal.
  public init?(_ values: [Double], _ weights: SpatialWeights) {
    guard let facts = MoranFacts(values, weights) else { return nil }
    let (n, (s0, s1, s2), z) = (facts.n, facts.moments, facts.deviations)
    var sum = NeumaierSum()
    for area in z.indices {
      for i in weights.range(area) {
        let difference = z[area] - z[weights.neighbours[i]]
        sum.add(weights.weights[i] * difference * difference)
      }
    }
    value = (n - 1) * sum.value / (2 * s0 * facts.squares)
    normalVariance = ((2 * s1 + s2) * (n - 1) - 4 * s0 * s0) / (2 * (n + 1) * s0 * s0)
    guard n > 3 else {
      randomisedVariance = nil
      return
    }
    let k = facts.kurtosis
    let a = (n - 1) * s1 * (n * n - 3 * n + 3 - (n - 1) * k)
    let b = (n - 1) * s2 * (n * n + 3 * n - 6 - (n * n - n + 2) * k) / 4
    let c = s0 * s0 * (n * n - 3 - (n - 1) * (n - 1) * k)
    randomisedVariance = (a - b + c) / (n * (n - 2) * (n - 3) * s0 * s0)
  }

  /// (C - 1) / sd under randomisation, or under normality: negative when near areas are alike.
  public func score(normal: Bool = false) -> Double? {
    guard let variance = normal ? normalVariance : randomisedVariance, variance > 0 else { return nil }
    return (value - 1) / variance.squareRoot()
  }
}

/// Getis and Ord's general G: sum of w_ij x_i x_j / sum of x_i x_j over pairs of different areas.
///
/// Large when high values lie near each other, small when low ones do. Values must be 0 or more; weights are binary by
/// custom. Expected value and variance under randomisation: A. Getis and J. Ord, Geographical Analysis 24 (1992).
public struct GetisOrdG: Sendable, Equatable {
  /// G.
  public let value: Double
  /// S0 / (n (n - 1)).
  public let expected: Double
  /// The variance under randomisation; nil for fewer than four areas.
  public let variance: Double?

  /// nil for fewer than three areas, without neighbours, for negative values or when fewer than two are above 0.
  public init?(_ values: [Double], _ weights: SpatialWeights) {
    precondition(values.count == weights.count, "a value for each area is needed")
    let (s0, s1, s2) = weights.moments
    guard values.count > 2, s0 > 0, values.allSatisfy({ $0 >= 0 }) else { return nil }
    let n = Double(values.count)
    func power(_ k: Int) -> Double {
      Inequality.summed(values.map { x in (0..<k).reduce(1) { product, _ in product * x } })
    }
    let (m1, m2, m3, m4) = (power(1), power(2), power(3), power(4))
    let pairs = m1 * m1 - m2
    guard pairs > 0 else { return nil }
    var sum = NeumaierSum()
    for area in values.indices {
      for i in weights.range(area) { sum.add(weights.weights[i] * values[area] * values[weights.neighbours[i]]) }
    }
    value = sum.value / pairs
    expected = s0 / (n * (n - 1))
    guard n > 3 else {
      variance = nil
      return
    }
    let n2 = n * n
    let square = s0 * s0
    let b0 = (n2 - 3 * n + 3) * s1 - n * s2 + 3 * square
    let b1 = -((n2 - n) * s1 - 2 * n * s2 + 6 * square)
    let b2 = -(2 * n * s1 - (n + 3) * s2 + 6 * square)
    let b3 = 4 * (n - 1) * s1 - 2 * (n + 1) * s2 + 8 * square
    let b4 = s1 - s2 + square
    let second =
      (b0 * m2 * m2 + b1 * m4 + b2 * m1 * m1 * m2 + b3 * m1 * m3 + b4 * m1 * m1 * m1 * m1)
      / (pairs * pairs * n * (n - 1) * (n - 2) * (n - 3))
    variance = second - expected * expected
  }

  /// (G - E) / sd; nil without a variance above 0.
  public var score: Double? { variance.flatMap { $0 > 0 ? (value - expected) / $0.squareRoot() : nil } }
}
