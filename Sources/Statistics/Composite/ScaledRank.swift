/// How a rank becomes a number between 0 and 1 before the exponential transform; r = 1 is the most deprived of N areas.
public enum ScaledRankConvention: String, Sendable, CaseIterable {
  /// R = (N + 1 - r) / N: 1/N for the least and 1 for the most deprived (England, Wales and Northern Ireland).
  case countPlusOneMinusRank
  /// R = (N - r) / N: 0 for the least and (N - 1)/N for the most deprived (Scotland).
  case countMinusRank

  /// R of one rank among `count` areas.
  @inlinable
  public func scaled(rank: Double, count: Int) -> Double {
    switch self {
    case .countPlusOneMinusRank: return (Double(count) + 1 - rank) / Double(count)
    case .countMinusRank: return (Double(count) - rank) / Double(count)
    }
  }
}

/// Ranks scaled to 0-1 where higher means more deprived, within a set (relative) or against a base (anchored, pooled).
///
/// Every function takes the end that gets rank 1: `descending` when high values mean deprivation. An anchored R is the
/// share of base areas that are no more deprived than the value: with L base values strictly less deprived and E equal to
/// it, the numerator is L when E = 0, else L + (E + 1)/2 (`average`), L + E (`minimum`) or L + 1 (`maximum`), kept between
/// 1 and the base's N; `countMinusRank` takes 1 off. Placing a set in itself therefore gives exactly its relative R. Pooled
/// is the same against the values of all years together.
public enum ScaledRank {
  /// Writes R for each rank: `output[i]` from `ranks[i]`, with rank 1 most deprived among `count`.
  public static func relative(
    ranks: UnsafeBufferPointer<Double>, count: Int, convention: ScaledRankConvention,
    into output: UnsafeMutableBufferPointer<Double>
  ) {
    precondition(output.count >= ranks.count, "too little room for the scaled ranks")
    for index in 0..<ranks.count { output[index] = convention.scaled(rank: ranks[index], count: count) }
  }

  /// Writes R at the position of each sorted value; the groups must be sorted with the most deprived first.
  public static func relative(
    _ groups: TieGroups, ties: TieRule, convention: ScaledRankConvention,
    into output: UnsafeMutableBufferPointer<Double>
  ) {
    let count = groups.count
    groups.fill(output, ties: ties) { convention.scaled(rank: $0, count: count) }
  }

  /// R of one value against a base that has at least one value.
  public static func anchored(
    _ value: Double, in base: EmpiricalDistribution, ties: AnchoredTieRule = .average,
    convention: ScaledRankConvention = .countPlusOneMinusRank, direction: RankDirection = .descending
  ) -> Double {
    precondition(base.count > 0, "a base without values places nothing")
    let (below, atMost) = base.emplace(value)
    return scaled(below, atMost, base.count, ties, convention, direction)
  }

  /// Writes R of each sorted value against a base that has at least one value, at the value's own position.
  ///
  /// - Parameters:
  ///   - groups: the values to place, sorted either way.
  ///   - base: the base year's values, or those of all years for a pooled frame.
  ///   - ties: how a value shares the places of equal base values.
  ///   - convention: whether the top is 1 or (N - 1)/N.
  ///   - direction: `descending` when high values mean deprivation.
  ///   - output: receives R; positions that were not sorted are left as they are.
  public static func anchored(
    _ groups: TieGroups, in base: EmpiricalDistribution, ties: AnchoredTieRule = .average,
    convention: ScaledRankConvention = .countPlusOneMinusRank, direction: RankDirection = .descending,
    into output: UnsafeMutableBufferPointer<Double>
  ) {
    fillAnchored(groups, base, ties, convention, direction, output) { $0 }
  }

  /// Writes what `transform` gives for the anchored R of each group, at the positions of its members.
  @inline(__always)
  static func fillAnchored(
    _ groups: TieGroups, _ base: EmpiricalDistribution, _ ties: AnchoredTieRule, _ convention: ScaledRankConvention,
    _ direction: RankDirection, _ output: UnsafeMutableBufferPointer<Double>, _ transform: (Double) -> Double
  ) {
    precondition(base.count > 0, "a base without values places nothing")
    let count = base.count
    base.forEachGroup(groups) { group, below, atMost in
      let result = transform(scaled(below, atMost, count, ties, convention, direction))
      for place in groups.places(group) { output[Int(groups.order[place])] = result }
    }
  }

  @inline(__always)
  private static func scaled(
    _ below: Int, _ atMost: Int, _ count: Int, _ ties: AnchoredTieRule, _ convention: ScaledRankConvention,
    _ direction: RankDirection
  ) -> Double {
    let equal = atMost - below
    let less = direction == .descending ? below : count - atMost
    var numerator = Double(less)
    if equal > 0 {
      switch ties {
      case .average: numerator += Double(equal + 1) * 0.5
      case .minimum: numerator += Double(equal)
      case .maximum: numerator += 1
      }
    }
    numerator = max(1, min(numerator, Double(count)))
    return (convention == .countMinusRank ? numerator - 1 : numerator) / Double(count)
  }
}
