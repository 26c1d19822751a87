internal import Glibc

/// Rates of small areas drawn towards that of the larger area they lie in, on the logit scale.
///
/// For r_j of n_j people in area j of a larger area with k areas: m_j = ln((r_j + 1/2)/(n_j - r_j + 1/2)), s_j^2 = (n_j + 1)
/// (n_j + 2)/(n_j (r_j + 1)(n_j - r_j + 1)), M the same logit of the sums, t^2 = sum (m_j - M)^2/(k - 1), w_j = (1/s_j^2)/
/// (1/s_j^2 + 1/t^2), and the rate is the inverse logit of w_j m_j + (1 - w_j) M. English Indices of Deprivation 2019,
/// Technical Report, appendix D.
public struct Shrinkage: Sendable, Equatable {
  /// The drawn rate of each area, 0-1; nil where counts cannot be used.
  public let rates: [Double?]
  /// The weight of each area's own logit, 0-1; nil likewise.
  public let weights: [Double?]
  /// The logit of the larger area, or nil when no area counts.
  public let larger: Double?
  /// t^2, the variance between areas; nil for fewer than two areas.
  public let between: Double?

  /// The larger area's rate, the inverse logit of ``larger``; nil when no area counts.
  public var largerRate: Double? { larger.map { 1 / (1 + exp(-$0)) } }

  /// Why an area has no drawn rate.
  public enum Guard: Sendable, Equatable {
    /// It has one.
    case none
    /// n_j is 0: nobody is at risk.
    case nobody
    /// The count is negative, above n_j, or not finite.
    case impossible
  }

  /// Draws the areas of one larger area.
  ///
  /// A single area keeps r/n as it is (w = 1): t^2 does not exist. With t^2 = 0 every area gets the larger area's logit
  /// (w = 0). Areas whose counts cannot be used take no part.
  public init(_ counts: [(numerator: Double, denominator: Double)]) {
    let isUsed = counts.map { Self.problem($0.numerator, $0.denominator) == .none }
    let used = counts.indices.filter { isUsed[$0] }
    var rates = [Double?](repeating: nil, count: counts.count)
    var weights = rates
    guard !used.isEmpty else {
      (self.rates, self.weights, larger, between) = (rates, weights, nil, nil)
      return
    }
    let logits = counts.map { Self.logit($0.numerator, $0.denominator) }
    let total = used.reduce((0.0, 0.0)) { ($0.0 + counts[$1].numerator, $0.1 + counts[$1].denominator) }
    let centre = Self.logit(total.0, total.1)
    larger = centre
    guard used.count > 1 else {
      let only = counts[used[0]]
      rates[used[0]] = only.numerator / only.denominator
      weights[used[0]] = 1
      (self.rates, self.weights, between) = (rates, weights, nil)
      return
    }
    let spread = used.reduce(0.0) { $0 + (logits[$1] - centre) * (logits[$1] - centre) } / Double(used.count - 1)
    between = spread
    for j in used {
      let (r, n) = counts[j]
      let variance = (n + 1) * (n + 2) / (n * (r + 1) * (n - r + 1))
      let weight = spread / (spread + variance)
      let drawn = weight * logits[j] + (1 - weight) * centre
      weights[j] = weight
      rates[j] = 1 / (1 + exp(-drawn))
    }
    (self.rates, self.weights) = (rates, weights)
  }

  /// Whether `numerator` of `denominator` can be used.
  public static func problem(_ numerator: Double, _ denominator: Double) -> Guard {
    guard numerator.isFinite, denominator.isFinite, numerator >= 0, denominator >= 0, numerator <= denominator else {
      return .impossible
    }
    return denominator == 0 ? .nobody : .none
  }

  private static func logit(_ r: Double, _ n: Double) -> Double { log((r + 0.5) / (n - r + 0.5)) }
}
