/// How much of the spread of a sum each of its parts makes up: Cov(part, sum) / Var(sum), which add to 1.
///
/// A part that moves against the sum has a negative share. Source: A. Shorrocks 1982, the natural decomposition.
public struct CovarianceShares: Sendable, Equatable {
  /// The (weighted) variance of the sum, divided by the weight.
  public let variance: Double
  /// The covariance of each part with the sum.
  public let covariances: [Double]
  /// Each covariance over the variance; nil when the sum does not vary.
  public let shares: [Double]?

  /// From the parts of each area, one list a part; the sum is made here. nil for no areas or weights without sum.
  public init?(parts: [[Double]], weights: [Double]? = nil) {
    let count = parts.first?.count ?? 0
    precondition(parts.allSatisfy { $0.count == count }, "every part needs the same areas")
    let sums = (0..<count).map { row in parts.reduce(0) { $0 + $1[row] } }
    guard let spread = Spread(sums, weights: weights) else { return nil }
    covariances = parts.compactMap { part in
      guard let own = Spread(part, weights: weights) else { return nil }
      return Inequality.summed(
        (0..<count).map { row in
          (part[row] - own.mean) * (sums[row] - spread.mean) * (weights?[row] ?? 1)
        }) / spread.weight
    }
    let variance = spread.squaredDeviations / spread.weight
    self.variance = variance
    shares = variance > 0 ? covariances.map { $0 / variance } : nil
  }
}

/// The change of a city's mean split into what happened within its areas and people's shift between them; exact.
///
/// within = sum of mean share times change of level, between = sum of mean level times change of share, with means over
/// the two moments (the midpoint form of Kitagawa 1955).
public struct ChangeSplit: Sendable, Equatable {
  /// The change of the weighted mean.
  public let total: Double
  /// What is due to levels.
  public let within: Double
  /// What is due to where people live.
  public let between: Double

  /// From levels and people of each area at two moments; nil when one moment has no people.
  public init?(levels start: [Double], _ end: [Double], people before: [Double], _ after: [Double]) {
    precondition(
      start.count == end.count && before.count == start.count && after.count == start.count,
      "both moments need the same areas")
    let (first, last) = (Inequality.summed(before), Inequality.summed(after))
    guard first > 0, last > 0 else { return nil }
    var (within, between, total) = (NeumaierSum(), NeumaierSum(), NeumaierSum())
    for area in start.indices {
      let (p, q) = (before[area] / first, after[area] / last)
      within.add((p + q) / 2 * (end[area] - start[area]))
      between.add((start[area] + end[area]) / 2 * (q - p))
      total.add(q * end[area] - p * start[area])
    }
    (self.total, self.within, self.between) = (total.value, within.value, between.value)
  }
}
