/// Workers by their own level of education and the level that their job requires, on one ordered scale.
///
/// Cell n[e][o] counts workers of education level e in jobs of level o; both run from the lowest level (0) to the highest.
/// With N all workers, W_e the workers of education e and J_o the jobs of level o, a worker is over-qualified when e > o,
/// under-qualified when e < o and matched when e = o. Shares are 0-1. Counts may be estimates, so they are doubles; a
/// negative, infinite or NaN count is refused by the initialiser.
public struct QualificationMatrix: Sendable, Equatable {
  /// Levels on the scale, at least one.
  public let levels: Int
  /// The counts row by row: education, then job level.
  public let counts: [Double]

  /// A matrix of `levels` by `levels` counts, row by row; nil when they are not that many, or when one is no count.
  public init?(levels: Int, counts: [Double]) {
    guard levels > 0, counts.count == levels * levels, counts.allSatisfy({ $0 >= 0 && $0.isFinite }) else { return nil }
    self.levels = levels
    self.counts = counts
  }

  /// A matrix of rows, one an education level; nil when it is not square, or when a cell is no count.
  public init?(_ rows: [[Double]]) {
    guard rows.allSatisfy({ $0.count == rows.count }) else { return nil }
    self.init(levels: rows.count, counts: rows.flatMap { $0 })
  }

  /// Workers of education level `education` in jobs of level `job`, both from 0.
  public subscript(education: Int, job: Int) -> Double {
    precondition(0..<levels ~= education && 0..<levels ~= job, "a level outside the scale")
    return counts[education * levels + job]
  }

  /// N: all workers.
  public var total: Double { counts.compensatedSum }

  /// W: workers of each education level.
  public var workers: [Double] { (0..<levels).map { e in (0..<levels).map { self[e, $0] }.compensatedSum } }

  /// J: jobs of each level.
  public var jobs: [Double] { (0..<levels).map { o in (0..<levels).map { self[$0, o] }.compensatedSum } }

  /// The sum of the cells for which `isCounted(education, job)` holds.
  func sum(where isCounted: (Int, Int) -> Bool) -> Double {
    var sum = NeumaierSum()
    for e in 0..<levels {
      for o in 0..<levels where isCounted(e, o) { sum.add(self[e, o]) }
    }
    return sum.value
  }

  /// Over-, under- and rightly qualified workers as shares of all workers; nil without workers.
  public var rates: MismatchRates? {
    MismatchRates(over: sum { $0 > $1 }, under: sum { $0 < $1 }, matched: sum { $0 == $1 })
  }

  /// The same among the workers of each education level; nil for a level without workers.
  public var ratesByEducation: [MismatchRates?] {
    (0..<levels).map { e in
      MismatchRates(
        over: sum { $0 == e && $0 > $1 }, under: sum { $0 == e && $0 < $1 }, matched: self[e, e])
    }
  }

  /// The same among the jobs of each level; nil for a level without jobs.
  ///
  /// `over` is the share of the level's jobs that higher-educated workers hold, the displacement share.
  public var ratesByJobLevel: [MismatchRates?] {
    (0..<levels).map { o in
      MismatchRates(
        over: sum { $1 == o && $0 > $1 }, under: sum { $1 == o && $0 < $1 }, matched: self[o, o])
    }
  }

  /// Cohen's kappa: agreement of education and job level beyond chance, (p_o - p_e) / (1 - p_e) with p_o the matched share
  /// and p_e = sum W_k J_k / N^2 (Cohen 1960, Educational and Psychological Measurement 20).
  ///
  /// nil without workers, or when all workers and all jobs are of one level.
  public var kappa: Double? {
    guard let observed = rates?.matched else { return nil }
    let expected = zip(workers, jobs).map { $0 / total * ($1 / total) }.compensatedSum
    return expected < 1 ? (observed - expected) / (1 - expected) : nil
  }
}

/// The shares of over-, under- and rightly qualified workers; they sum to 1.
public struct MismatchRates: Sendable, Equatable {
  /// The share whose education is above the level of the job.
  public let over: Double
  /// The share whose education is below it.
  public let under: Double
  /// The share whose education is the level of the job.
  public let matched: Double
  /// The workers that the shares are of.
  public let total: Double

  /// Shares from counts; nil when nobody is counted.
  public init?(over: Double, under: Double, matched: Double) {
    let total = [over, under, matched].compensatedSum
    guard total > 0 else { return nil }
    self.over = over / total
    self.under = under / total
    self.matched = matched / total
    self.total = total
  }
}
