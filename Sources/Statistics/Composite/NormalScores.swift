/// Which probability a rank r among N stands for when it becomes a normal score.
public enum NormalScoreConvention: String, Sendable, CaseIterable {
  /// (r - 1/2) / N, the rankit (Northern Ireland).
  case rankit
  /// r / (N + 1), van der Waerden (Scotland).
  case vanDerWaerden
  /// (r - 3/8) / (N + 1/4), Blom.
  case blom

  /// The probability of rank `rank` among `count`, as an exact quotient's two parts.
  fileprivate func quotient(rank: Double, count: Double) -> (numerator: Double, denominator: Double) {
    switch self {
    case .rankit: return (rank - 0.5, count)
    case .vanDerWaerden: return (rank, count + 1)
    case .blom: return (rank - 0.375, count + 0.25)
    }
  }
}

/// Ranks turned into standard normal numbers, rising with the rank.
public enum NormalScores {
  /// The normal score of rank `rank`, 1 to `count`; scores of r and N + 1 - r are each other's exact opposite.
  public static func score(rank: Double, count: Int, convention: NormalScoreConvention) -> Double {
    let (numerator, denominator) = convention.quotient(rank: rank, count: Double(count))
    let rest = denominator - numerator
    if numerator == rest { return 0 }
    return numerator < rest
      ? Normal.quantile(numerator / denominator) : -Normal.quantile(rest / denominator)
  }

  /// Writes the normal score at the position of each sorted value, computed once a group of ties.
  public static func apply(
    _ groups: TieGroups, ties: TieRule = .average, convention: NormalScoreConvention,
    into output: UnsafeMutableBufferPointer<Double>
  ) {
    let count = groups.count
    groups.fill(output, ties: ties) { score(rank: $0, count: count, convention: convention) }
  }
}
