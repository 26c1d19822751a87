/// A difference between two overall rates, split into different group rates and a different composition.
///
/// With shares s and rates r of groups at two moments or in two areas, and each weighed by the mean of the other:
/// rateEffect = sum (s0 + s1) / 2 (r1 - r0), compositionEffect = sum (r0 + r1) / 2 (s1 - s0); they sum to the difference
/// (Kitagawa 1955, JASA 50; as within and between in Berman, Bound and Griliches 1994, QJE 109). With education shares within
/// occupations or sectors as rates it splits an upgrading of education: within is upgrading proper, between a shift to
/// sectors that had more of it.
public struct RateDecomposition: Sendable, Equatable {
  /// The overall rate of the second less that of the first.
  public let total: Double
  /// What different rates within the groups account for.
  public let rateEffect: Double
  /// What different shares of the groups account for.
  public let compositionEffect: Double
  /// The rate effect of each group.
  public let rateEffects: [Double]
  /// The composition effect of each group.
  public let compositionEffects: [Double]

  /// Splits the difference; all four are equally long, shares are 0-1 and sum to 1.
  public init(shares: [Double], rates: [Double], laterShares: [Double], laterRates: [Double]) {
    precondition(
      shares.count == rates.count && shares.count == laterShares.count && shares.count == laterRates.count,
      "one share and rate of each group at both moments")
    rateEffects = shares.indices.map { (shares[$0] + laterShares[$0]) / 2 * (laterRates[$0] - rates[$0]) }
    compositionEffects = shares.indices.map { (rates[$0] + laterRates[$0]) / 2 * (laterShares[$0] - shares[$0]) }
    rateEffect = rateEffects.compensatedSum
    compositionEffect = compositionEffects.compensatedSum
    total =
      zip(laterShares, laterRates).map { $0 * $1 }.compensatedSum - zip(shares, rates).map { $0 * $1 }.compensatedSum
  }
}
