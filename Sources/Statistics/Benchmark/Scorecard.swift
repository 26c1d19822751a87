/// Which way something went.
public enum Verdict: Int, Sendable, CaseIterable {
  /// It got worse by more than the tie band.
  case worse = -1
  /// It stayed within the tie band.
  case unchanged = 0
  /// It got better by more than the tie band.
  case better = 1

  /// The verdict on a change towards more: `epsilon` (0 or more) is the half-width of the tie band, itself included.
  public init(rise: Double, higherIsBetter: Bool, epsilon: Double = 0) {
    precondition(epsilon >= 0, "a tie band is 0 or wider")
    self = abs(rise) <= epsilon ? .unchanged : (rise > 0) == higherIsBetter ? .better : .worse
  }
}

/// "Improved, and improved more than the benchmark": one indicator of one area between two moments.
public struct ScorecardEntry: Sendable, Equatable {
  /// x_T - x_0.
  public let change: Double
  /// (x_T - x_0) - (b_T - b_0), or nil when the benchmark lacks a value.
  public let relativeChange: Double?
  /// sign(direction * change).
  public let verdict: Verdict
  /// sign(direction * relative change), or nil when there is none.
  public let relativeVerdict: Verdict?

  /// Judges a change; changes of at most `epsilon` are none, own and relative alike.
  public init(
    own: (before: Double, after: Double), benchmark: (before: Double, after: Double)?, higherIsBetter: Bool,
    epsilon: Double = 0
  ) {
    change = own.after - own.before
    verdict = Verdict(rise: change, higherIsBetter: higherIsBetter, epsilon: epsilon)
    relativeChange = benchmark.map { SeriesChange.difference(own: own, benchmark: $0) }
    relativeVerdict = relativeChange.map { Verdict(rise: $0, higherIsBetter: higherIsBetter, epsilon: epsilon) }
  }
}
