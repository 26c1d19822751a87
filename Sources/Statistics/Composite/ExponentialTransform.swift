internal import Glibc

/// The exponential transform of a scaled rank: X = -k ln(1 - R (1 - exp(-100/k))), from 0 at R = 0 to 100 at R = 1.
///
/// It stretches the deprived end, so that little deprivation in one domain cancels little of much in another. k = 23 is
/// that of the English Indices of Deprivation 2019 (Technical Report, appendix F) and of the Welsh index; Northern
/// Ireland solves k so that the worst tenth scores 50 and more, see ``constant(forTopShare:)``.
public struct ExponentialTransform: Sendable, Equatable {
  /// The constant k.
  public let k: Double
  /// 1 - exp(-100/k).
  let span: Double

  /// Makes the transform with constant `k`, a positive finite number; anything else stops the program.
  public init(k: Double = 23) {
    precondition(k > 0 && k.isFinite, "the constant of the exponential transform must be positive")
    self.k = k
    span = -expm1(-100 / k)
  }

  /// The k for which the most deprived share `q` of areas scores 50 and more: 50 / ln((1 - q)/q).
  ///
  /// nil unless 0 < q < 1/2. A tenth gives 22.756.
  public static func constant(forTopShare q: Double) -> Double? {
    guard q > 0 && q < 0.5 else { return nil }
    return 50 / log((1 - q) / q)
  }

  /// X of a scaled rank R in 0...1; exactly 100 at R = 1 and above, exactly 0 at R = 0 and below.
  public func callAsFunction(_ scaledRank: Double) -> Double {
    if scaledRank >= 1 { return 100 }
    if scaledRank <= 0 { return 0 }
    return -k * log(1 - scaledRank * span)
  }

  /// The scaled rank R that has the score X: (1 - exp(-X/k)) / (1 - exp(-100/k)).
  public func inverse(_ score: Double) -> Double {
    if score >= 100 { return 1 }
    if score <= 0 { return 0 }
    return -expm1(-score / k) / span
  }

  /// Writes X of each scaled rank at its own position; rows outside `positions` are left as they are.
  ///
  /// A run of equal ranks costs one logarithm. `output` may be the memory of `scaledRanks`.
  public func apply(
    _ scaledRanks: UnsafeBufferPointer<Double>, at positions: UnsafeBufferPointer<UInt32>? = nil,
    into output: UnsafeMutableBufferPointer<Double>
  ) {
    precondition(output.count >= scaledRanks.count, "too little room for the scores")
    var lastRank = 0.0
    var lastScore = 0.0
    for place in 0..<(positions?.count ?? scaledRanks.count) {
      let position = positions.map { Int($0[place]) } ?? place
      let rank = scaledRanks[position]
      if rank != lastRank {
        lastRank = rank
        lastScore = self(rank)
      }
      output[position] = lastScore
    }
  }

  /// Writes X at the position of each sorted value, with one logarithm a group of ties.
  ///
  /// The groups must be sorted with the most deprived first.
  public func apply(
    _ groups: TieGroups, ties: TieRule, convention: ScaledRankConvention,
    into output: UnsafeMutableBufferPointer<Double>
  ) {
    let count = groups.count
    groups.fill(output, ties: ties) { self(convention.scaled(rank: $0, count: count)) }
  }
  /// Writes X of the anchored R at the position of each sorted value, with one logarithm a group of ties.
  ///
  /// Parameters are those of `ScaledRank.anchored`.
  public func apply(
    _ groups: TieGroups, in base: EmpiricalDistribution, ties: AnchoredTieRule = .average,
    convention: ScaledRankConvention = .countPlusOneMinusRank, direction: RankDirection = .descending,
    into output: UnsafeMutableBufferPointer<Double>
  ) {
    ScaledRank.fillAnchored(groups, base, ties, convention, direction, output) { self($0) }
  }
}
