internal import Glibc

/// Moran's I: whether near areas have like values; (n / S0) sum of w_ij z_i z_j / sum of z_i².
///
/// Expected -1/(n - 1) without spatial pattern. Variances under normality and under randomisation: A. Cliff and J. Ord 1981.
public struct MoranI: Sendable, Equatable {
  /// I.
  public let value: Double
  /// -1/(n - 1).
  public let expected: Double
  /// The variance if values were drawn from a normal distribution.
  public let normalVariance: Double
  /// The variance if the values at hand fell on the areas at random; nil for fewer than four areas.
  public let randomisedVariance: Double?

  /// nil for fewer than three areas, without neighbours, or when all values are equal.
  public init?(_ values: [Double], _ weights: SpatialWeights) {
    guard let facts = MoranFacts(values, weights) else { return nil }
    let (n, moments) = (facts.n, facts.moments)
    value = n / moments.s0 * facts.products() / facts.squares
    expected = -1 / (n - 1)
    let square = moments.s0 * moments.s0
    normalVariance =
      (n * n * moments.s1 - n * moments.s2 + 3 * square) / ((n * n - 1) * square) - expected * expected
    if n > 3 {
      let kurtosis = facts.kurtosis
      let first = n * ((n * n - 3 * n + 3) * moments.s1 - n * moments.s2 + 3 * square)
      let second = kurtosis * ((n * n - n) * moments.s1 - 2 * n * moments.s2 + 6 * square)
      randomisedVariance =
        (first - second) / ((n - 1) * (n - 2) * (n - 3) * square) - expected * expected
    } else {
      randomisedVariance = nil
    }
  }

  /// (I - E) / sd under randomisation, or under normality; nil without a variance above 0.
  public func score(normal: Bool = false) -> Double? {
    guard let variance = normal ? normalVariance : randomisedVariance, variance > 0 else { return nil }
    return (value - expected) / variance.squareRoot()
  }

  /// The two-sided p of that score.
  public func probability(normal: Bool = false) -> Double? {
    score(normal: normal).map { 2 * Normal.cumulative(-abs($0)) }
  }

  /// The pseudo p of `draws` random arrangements of the values: (1 + those at least as extreme on I's side) / (1 + draws).
  ///
  /// One-sided, on the side of I's own deviation, as in PySAL. Seeded, so always the same.
  public static func permutationProbability(
    _ values: [Double], _ weights: SpatialWeights, draws: Int, seed: UInt64
  ) -> Double? {
    guard let facts = MoranFacts(values, weights), draws > 0 else { return nil }
    let own = facts.products()
    var larger = 0
    var shuffled = facts.deviations
    for draw in 0..<draws {
      var random = CounterGenerator(seed: seed, stream: "moran", replicate: UInt64(draw))
      shuffled = facts.deviations
      random.shuffle(&shuffled)
      if facts.products(shuffled) >= own { larger += 1 }
    }
    return Double(min(larger, draws - larger) + 1) / Double(draws + 1)
  }
}

/// What Moran's statistics share.
struct MoranFacts {
  let n: Double
  let deviations: [Double]
  let squares: Double
  let weights: SpatialWeights
  let moments: (s0: Double, s1: Double, s2: Double)

  init?(_ values: [Double], _ weights: SpatialWeights) {
    precondition(values.count == weights.count, "a value for each area is needed")
    guard values.count > 2, let spread = Spread(values), spread.squaredDeviations > 0 else { return nil }
    let moments = weights.moments
    guard moments.s0 > 0 else { return nil }
    n = Double(values.count)
    deviations = values.map { $0 - spread.mean }
    squares = spread.squaredDeviations
    self.weights = weights
    self.moments = moments
  }

  /// n times the sum of fourth powers over the square of the sum of squares.
  var kurtosis: Double {
    n * Inequality.summed(deviations.map { $0 * $0 * $0 * $0 }) / (squares * squares)
  }

  /// Sum of w_ij z_i z_j.
  func products(_ other: [Double]? = nil) -> Double {
    let z = other ?? deviations
    var sum = 0.0
    for area in 0..<z.count {
      var lag = 0.0
      for i in weights.range(area) { lag += weights.weights[i] * z[weights.neighbours[i]] }
      sum += z[area] * lag
    }
    return sum
  }
}

/// Which values stand near which: the quadrants of Moran's scatter plot.
public enum MoranQuadrant: Int, Sendable, CaseIterable {
  /// High among high.
  case highHigh = 1
  /// Low among high.
  case lowHigh = 2
  /// Low among low.
  case lowLow = 3
  /// High among low.
  case highLow = 4
}

/// Moran's I by area: I_i = (n - 1) z_i sum of w_ij z_j / sum of z_i², with quadrants as PySAL numbers them.
///
/// Source: L. Anselin, "Local indicators of spatial association", Geographical Analysis 27 (1995), in the scaling of PySAL.
public struct LocalMoran: Sendable, Equatable {
  /// I by area; 0 for an island.
  public let values: [Double]
  /// The quadrant of each area by the signs of its own deviation and its neighbours'; a deviation of 0 counts as low.
  public let quadrants: [MoranQuadrant]
  /// The mean of I_i when all values fall on the areas at random: -w_i / n, with w_i the sum of the area's weights.
  public let expected: [Double]
  /// The variance of I_i under total randomisation (R. Sokal, N. Oden and B. Thomson 1998); empty below four areas.
  public let variances: [Double]

  /// nil for fewer than three areas, without neighbours, or when all values are equal.
  public init?(_ values: [Double], _ weights: SpatialWeights) {
    guard let facts = MoranFacts(values, weights) else { return nil }
    let (n, z) = (facts.n, facts.deviations)
    let lag = weights.lag(z)
    self.values = z.indices.map { (n - 1) * z[$0] * lag[$0] / facts.squares }
    quadrants = z.indices.map { area in
      switch (z[area] > 0, lag[area] > 0) {
      case (true, true): .highHigh
      case (false, true): .lowHigh
      case (false, false): .lowLow
      case (true, false): .highLow
      }
    }
    // Sokal's moments are those of z_i lag_i / m2 with m2 = squares / n; ours has squares / (n - 1).
    let scale = (n - 1) / n
    var (expected, variances): ([Double], [Double]) = ([], [])
    let b2 = facts.kurtosis
    for area in z.indices {
      let own = weights.range(area).map { weights.weights[$0] }
      let sum = own.reduce(0, +)
      let squares = own.reduce(0) { $0 + $1 * $1 }
      let mean = -sum / (n - 1)
      expected.append(mean * scale)
      guard n > 3 else { continue }
      let variance =
        squares * (n - b2) / (n - 1) + (sum * sum - squares) * (2 * b2 - n) / ((n - 1) * (n - 2)) - mean * mean
      variances.append(variance * scale * scale)
    }
    self.expected = expected
    self.variances = variances
  }

  /// The pseudo p of each area when its own value stays and the others fall on its neighbours at random.
  ///
  /// (1 + arrangements at least as extreme on the area's own side) / (1 + draws), as in PySAL; 1 for an island. Seeded by
  /// area and draw, so that the order of work does not matter.
  public static func permutationProbabilities(
    _ values: [Double], _ weights: SpatialWeights, draws: Int, seed: UInt64
  ) -> [Double]? {
    guard let facts = MoranFacts(values, weights), draws > 0 else { return nil }
    let z = facts.deviations
    let key = CounterGenerator.key(seed: seed, stream: "local moran")
    var pool = Array(z.indices)
    return z.indices.map { area in
      let own = weights.range(area)
      if own.isEmpty { return 1 }
      var observed = 0.0
      for i in own { observed += weights.weights[i] * z[weights.neighbours[i]] }
      observed *= z[area]
      var larger = 0
      for draw in 0..<draws {
        var random = CounterGenerator(key: key, replicate: UInt64(area) << 32 | UInt64(draw))
        // The first places of the pool, which holds every area but this one, become a random choice.
        if draw == 0 {
          for i in pool.indices { pool[i] = i }
          pool.swapAt(area, pool.count - 1)
        }
        var lag = 0.0
        for (place, i) in own.enumerated() {
          pool.swapAt(place, place + random.index(below: pool.count - 1 - place))
          lag += weights.weights[i] * z[pool[place]]
        }
        if z[area] * lag >= observed { larger += 1 }
      }
      return Double(min(larger, draws - larger) + 1) / Double(draws + 1)
    }
  }
}
