internal import Glibc

/// Whether areas that started higher fell more: the line of change on the level at the start.
///
/// b below 0 is convergence; for a deprivation score, where lower is better, b above 0 says that the worst areas improved
/// least. Chance in the level at the start pulls b down (regression to the mean): ``instrumented(start:end:instrument:)``
/// guards against it with an earlier level, and so does giving the mean of the first two moments as the level.
public struct BetaConvergence: Sendable, Equatable {
  /// The line of x_T - x_0 on x_0.
  public let line: LeastSquaresLine
  /// The same by the median of pairwise slopes.
  public let theilSen: Double?
  /// The rank correlation of level and change; nil when one of them does not vary.
  public let spearman: Double?

  /// From levels at two moments, area by area; nil for fewer than two areas or equal levels at the start.
  ///
  /// - Parameters:
  ///   - start: the level that change is set against.
  ///   - end: the level at the end.
  ///   - first: the level from which change is taken, when it is not `start`: the first moment beside a mean of two.
  public init?(start: [Double], end: [Double], changeFrom first: [Double]? = nil) {
    precondition(start.count == end.count, "both moments need the same areas")
    let from = first ?? start
    precondition(from.count == end.count, "both moments need the same areas")
    let change = end.indices.map { end[$0] - from[$0] }
    guard let line = LeastSquaresLine(x: start, y: change) else { return nil }
    self.line = line
    theilSen = TheilSen.slope(x: start, y: change)
    spearman = Self.rankCorrelation(start, change)
  }

  /// b by an instrument, Cov(z, change) / Cov(z, x_0), with z an earlier or other measurement of the level.
  ///
  /// The noise in x_0 does not enter when it is independent of that in z. nil when the two do not covary.
  public static func instrumented(start: [Double], end: [Double], instrument: [Double]) -> Double? {
    precondition(start.count == end.count && instrument.count == start.count, "every moment needs the same areas")
    guard let level = Spread(start), let final = Spread(end), let other = Spread(instrument) else { return nil }
    func covariance(_ y: (Int) -> Double) -> Double {
      Inequality.summed(start.indices.map { (instrument[$0] - other.mean) * y($0) })
    }
    let below = covariance { start[$0] - level.mean }
    guard below != 0 else { return nil }
    return covariance { (end[$0] - final.mean) - (start[$0] - level.mean) } / below
  }

  /// Pearson's correlation of mid-ranks; nil when one side does not vary.
  static func rankCorrelation(_ x: [Double], _ y: [Double]) -> Double? {
    let (a, b) = (Rank.ranks(of: x), Rank.ranks(of: y))
    guard let one = Spread(a), let other = Spread(b), one.squaredDeviations > 0, other.squaredDeviations > 0 else {
      return nil
    }
    let products = Inequality.summed(a.indices.map { (a[$0] - one.mean) * (b[$0] - other.mean) })
    return max(-1, min(1, products / (one.squaredDeviations * other.squaredDeviations).squareRoot()))
  }
}

/// Convergence in logs: (1/T) ln(x_T / x_0) = a + b ln x_0.
///
/// Speed lambda = -ln(1 + b T) / T and half-life ln 2 / lambda, the textbook form (Barro and Sala-i-Martin 1992).
public struct LogConvergence: Sendable, Equatable {
  /// The line; its slope is b.
  public let line: LeastSquaresLine
  /// The time between the moments.
  public let time: Double

  /// From positive levels at two moments, `time` apart (above 0); nil when a level is 0 or less, or all starts are equal.
  public init?(start: [Double], end: [Double], time: Double) {
    precondition(start.count == end.count, "both moments need the same areas")
    precondition(time > 0, "the moments must be apart")
    guard (start + end).allSatisfy({ $0 > 0 }) else { return nil }
    let growth = start.indices.map { log(end[$0] / start[$0]) / time }
    guard let line = LeastSquaresLine(x: start.map { log($0) }, y: growth) else { return nil }
    self.line = line
    self.time = time
  }

  /// The speed at which distances shrink, a unit of time; negative when they grow; nil when 1 + b T is 0 or less.
  public var speed: Double? {
    let kept = 1 + line.slope * time
    return kept > 0 ? -log(kept) / time : nil
  }

  /// The time in which distances halve; nil when they do not shrink.
  public var halfLife: Double? { speed.flatMap { $0 > 0 ? log(2) / $0 : nil } }
}

/// Whether areas lie closer together at the end: the ratio of their spreads.
public enum SigmaConvergence {
  /// The standard deviation at the end over that at the start, below 1 when areas converge; weighted when there are weights.
  ///
  /// nil when there is no spread at the start.
  public static func ratio(start: [Double], end: [Double], weights: [Double]? = nil) -> Double? {
    precondition(start.count == end.count, "both moments need the same areas")
    guard let first = Spread(start, weights: weights)?.deviation(), first > 0,
      let last = Spread(end, weights: weights)?.deviation()
    else { return nil }
    return last / first
  }

  /// An interval for the ratio by drawing areas with replacement: percentiles of `draws` replicates.
  ///
  /// A replicate without spread at its start is drawn but left out. nil when none is left.
  public static func interval(
    start: [Double], end: [Double], weights: [Double]? = nil, draws: Int, level: Double = 0.9, seed: UInt64
  ) -> (low: Double, high: Double)? {
    precondition(start.count == end.count, "both moments need the same areas")
    precondition(level > 0 && level < 1, "a level lies between 0 and 1")
    let count = start.count
    guard count > 0 else { return nil }
    var ratios: [Double] = []
    for draw in 0..<draws {
      var random = CounterGenerator(seed: seed, stream: "sigma", replicate: UInt64(draw))
      let rows = (0..<count).map { _ in random.index(below: count) }
      let own = weights.map { weights in rows.map { weights[$0] } }
      if let ratio = ratio(start: rows.map { start[$0] }, end: rows.map { end[$0] }, weights: own) {
        ratios.append(ratio)
      }
    }
    return Intervals.percentiles(ratios, level: level)
  }
}
