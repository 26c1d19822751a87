internal import Glibc

/// Generalised entropy split into what stands within groups and between their means; exact up to rounding.
///
/// within = sum over groups of p_g (mu_g / mu)^a GE_g, between = GE of the group means weighted with p_g, where p_g is the
/// group's share of the weight. a = 1 is Theil's T, a = 0 Theil's L. Source: A. Shorrocks 1980.
public struct EntropyDecomposition: Sendable, Equatable {
  /// The whole: within + between.
  public let total: Double
  /// What remains when every group has the same mean.
  public let within: Double
  /// What remains when nobody differs from the own group's mean.
  public let between: Double

  /// The share of the whole that stands between groups; nil when there is no inequality.
  public var betweenShare: Double? { total > 0 ? between / total : nil }

  /// Splits the entropy of `values` over `groups`, any whole numbers, one a value.
  ///
  /// nil where ``Inequality/generalisedEntropy(_:weights:alpha:)`` is. A group of mean 0 has no inequality within it; for
  /// `alpha` of 0 or less such a group makes the result nil, as its values are 0.
  public init?(_ values: [Double], groups: [Int], weights: [Double]? = nil, alpha: Double = 1) {
    precondition(groups.count == values.count, "a group for each value is needed")
    guard let all = Shares(values, weights),
      let total = Inequality.generalisedEntropy(values, weights: weights, alpha: alpha)
    else { return nil }
    let order = values.indices.sorted { (groups[$0], $0) < (groups[$1], $1) }
    var (within, between) = (NeumaierSum(), NeumaierSum())
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, groups[order[end]] == groups[order[start]] { end += 1 }
      let members = order[start..<end]
      start = end
      let own = members.map { values[$0] }
      let ownWeights = weights.map { weights in members.map { weights[$0] } }
      let weight = ownWeights.map(Inequality.summed) ?? Double(own.count)
      guard weight > 0 else { continue }
      let share = weight / all.total
      guard let group = Shares(own, ownWeights) else {
        // A mean of 0: r = 0, whose entropy term is 0 for T and (0 - 1)/(a (a - 1)) for other a above 0.
        between.add(share * (alpha == 1 ? 0 : -1 / (alpha * (alpha - 1))))
        continue
      }
      guard let entropy = Inequality.generalisedEntropy(own, weights: ownWeights, alpha: alpha) else { return nil }
      let r = group.mean / all.mean
      within.add(share * pow(r, alpha) * entropy)
      let term = alpha == 0 ? -log(r) : alpha == 1 ? r * log(r) : (pow(r, alpha) - 1) / (alpha * (alpha - 1))
      between.add(share * term)
    }
    self.total = total
    self.within = max(0, within.value)
    self.between = max(0, between.value)
  }
}
