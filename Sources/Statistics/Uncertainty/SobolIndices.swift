/// Which assumption a result hangs on: shares of its variance by assumption, alone and with all its interactions.
///
/// With results y_A and y_B of two independent samples and y_i of sample A with column i from B, after taking off the mean of
/// y_A and y_B: first order S_i = mean of y_B (y_i - y_A) / V (A. Saltelli and others 2010), total T_i = mean of
/// (y_A - y_i)² / (2 V) (M. Jansen 1999), V the variance of y_A and y_B together.
public struct SobolIndices: Sendable, Equatable {
  /// An index with its interval.
  public struct Index: Sendable, Equatable {
    /// The estimate; chance may put it a little outside 0 to 1.
    public let value: Double
    /// The lower end of the interval.
    public let low: Double
    /// The upper end.
    public let high: Double
  }

  /// The variance of the results, over their number.
  public let variance: Double
  /// What each assumption does alone.
  public let first: [Index]
  /// What it does alone and with others.
  public let total: [Index]

  /// The indices; nil when results do not vary or there are none.
  ///
  /// Intervals come from `draws` samples of rows with replacement, in each of which the variance is estimated anew.
  /// - Parameters:
  ///   - a: results of sample A.
  ///   - b: results of sample B.
  ///   - mixed: one list an assumption.
  ///   - draws: how many bootstrap samples.
  ///   - level: the share of them that an interval holds.
  ///   - seed: where chance starts.
  public init?(a: [Double], b: [Double], mixed: [[Double]], draws: Int = 1_000, level: Double = 0.9, seed: UInt64) {
    precondition(a.count == b.count && mixed.allSatisfy { $0.count == a.count }, "every sample needs as many results")
    let rows = Array(a.indices)
    guard let whole = Self.estimate(a, b, mixed, rows) else { return nil }
    var firsts = mixed.map { _ in [Double]() }
    var totals = firsts
    for draw in 0..<draws {
      var random = CounterGenerator(seed: seed, stream: "sobol bootstrap", replicate: UInt64(draw))
      let sample = rows.map { _ in random.index(below: rows.count) }
      guard let estimate = Self.estimate(a, b, mixed, sample) else { continue }
      for i in mixed.indices {
        firsts[i].append(estimate.first[i])
        totals[i].append(estimate.total[i])
      }
    }
    func index(_ value: Double, _ draws: [Double]) -> Index {
      let interval = Intervals.percentiles(draws, level: level)
      return Index(value: value, low: interval?.low ?? value, high: interval?.high ?? value)
    }
    variance = whole.variance
    first = mixed.indices.map { index(whole.first[$0], firsts[$0]) }
    total = mixed.indices.map { index(whole.total[$0], totals[$0]) }
  }

  private static func estimate(
    _ a: [Double], _ b: [Double], _ mixed: [[Double]], _ rows: [Int]
  ) -> (variance: Double, first: [Double], total: [Double])? {
    let count = Double(rows.count)
    guard count > 0 else { return nil }
    var mean = 0.0
    for row in rows { mean += a[row] + b[row] }
    mean /= 2 * count
    var squares = 0.0
    for row in rows { squares += (a[row] - mean) * (a[row] - mean) + (b[row] - mean) * (b[row] - mean) }
    let variance = squares / (2 * count)
    guard variance > 0 else { return nil }
    var (first, total): ([Double], [Double]) = ([], [])
    for own in mixed {
      var (alone, all) = (0.0, 0.0)
      for row in rows {
        alone += (b[row] - mean) * (own[row] - a[row])
        all += (a[row] - own[row]) * (a[row] - own[row])
      }
      first.append(alone / count / variance)
      total.append(all / (2 * count) / variance)
    }
    return (variance, first, total)
  }
}
