/// Who holds whose jobs: flows between education and job levels at one level of the scale.
///
/// `jobs - workers = fromAbove + fromBelow - toBelow - toAbove` holds at every level.
public struct LevelBalance: Sendable, Equatable {
  /// Workers whose education is this level.
  public let workers: Double
  /// Jobs of this level.
  public let jobs: Double
  /// Jobs of this level held by workers with a higher education: the displaced jobs.
  public let fromAbove: Double
  /// Jobs of this level held by workers with a lower education.
  public let fromBelow: Double
  /// Workers of this level who hold a lower job.
  public let toBelow: Double
  /// Workers of this level who hold a higher job.
  public let toAbove: Double

  /// fromAbove - toBelow: positive where a level loses more jobs to those above than it takes from those below.
  ///
  /// Over all levels it sums to zero.
  public var netDisplacement: Double { fromAbove - toBelow }

  /// The share of the level's jobs held by higher-educated workers, 0-1; nil without jobs.
  public var displacedShare: Double? { jobs > 0 ? fromAbove / jobs : nil }
}

/// Crossings of one threshold of the scale, split into what the numbers of jobs force and what is beyond that.
///
/// `down - up = surplus` holds at every threshold; the split is that of structural and exchange movement in mobility tables.
public struct ThresholdCrossing: Sendable, Equatable {
  /// Level k from 0: the threshold lies between k - 1 and k.
  public let level: Int
  /// X: workers at or above the level in jobs below it.
  public let down: Double
  /// Y: workers below the level in jobs at or above it.
  public let up: Double
  /// C: workers at or above the level less jobs at or above it.
  public let surplus: Double

  /// max(0, C): downward crossings that too few jobs above the threshold force.
  public var structural: Double { max(0, surplus) }

  /// X - max(0, C) = min(X, Y): downward crossings that are swapped places.
  public var excess: Double { down - structural }
}

/// Observed mismatch beside the least that the numbers of workers and jobs allow.
public struct ExcessMismatch: Sendable, Equatable {
  /// The share of workers not at their own level, 0-1.
  public let observedShare: Double
  /// The least possible share: half the sum of |W_k / N - J_k / N|, the dissimilarity of workers and jobs (Duncan).
  public let structuralShare: Double
  /// Levels between worker and job, summed over the workers.
  public let observedSteps: Double
  /// The least possible number of steps: the sum over thresholds of |C_k|.
  public let structuralSteps: Double

  /// The share beyond the least possible one.
  public var excessShare: Double { observedShare - structuralShare }
  /// The steps beyond the least possible number.
  public var excessSteps: Double { observedSteps - structuralSteps }
}

extension QualificationMatrix {
  /// The flows at each level, from the lowest.
  public var balance: [LevelBalance] {
    let (workers, jobs) = (workers, jobs)
    return (0..<levels).map { k in
      LevelBalance(
        workers: workers[k], jobs: jobs[k], fromAbove: sum { $1 == k && $0 > k }, fromBelow: sum { $1 == k && $0 < k },
        toBelow: sum { $0 == k && $1 < k }, toAbove: sum { $0 == k && $1 > k })
    }
  }

  /// Jobs held by workers with a higher education than the job requires, over all levels.
  public var displacedJobs: Double { sum { $0 > $1 } }

  /// The crossings of each threshold, from that between the lowest and the second level.
  public var thresholds: [ThresholdCrossing] {
    let (workers, jobs) = (workers, jobs)
    return (1..<max(levels, 1)).map { k in
      ThresholdCrossing(
        level: k, down: sum { $0 >= k && $1 < k }, up: sum { $0 < k && $1 >= k },
        surplus: zip(workers, jobs).dropFirst(k).map { $0 - $1 }.compensatedSum)
    }
  }

  /// Observed and structural mismatch; nil without workers.
  public var excessMismatch: ExcessMismatch? {
    guard let rates else { return nil }
    var steps = NeumaierSum()
    for e in 0..<levels {
      for o in 0..<levels { steps.add(Double(abs(e - o)) * self[e, o]) }
    }
    return ExcessMismatch(
      observedShare: rates.over + rates.under, structuralShare: Dissimilarity.index(workers, jobs) ?? 0,
      observedSteps: steps.value, structuralSteps: thresholds.map { abs($0.surplus) }.compensatedSum)
  }

  /// The jobs held by higher-educated workers beyond what another area's displacement shares would give: the sum over levels
  /// of (D_own - D_benchmark) J_own. Levels that one of the two has no jobs in are left out.
  ///
  /// nil when the scales differ, or when no level can be compared.
  public func excessDisplacedJobs(over benchmark: QualificationMatrix) -> Double? {
    guard levels == benchmark.levels else { return nil }
    let pairs = zip(balance, benchmark.balance).compactMap { own, other -> Double? in
      guard let mine = own.displacedShare, let theirs = other.displacedShare else { return nil }
      return (mine - theirs) * own.jobs
    }
    return pairs.isEmpty ? nil : pairs.compensatedSum
  }

  /// The difference in the share of all workers above the level of their job with a benchmark, split by education level
  /// (Kitagawa 1955): what the education mix explains and what the allocation to jobs does with the mix held equal.
  ///
  /// Education levels that one of the two has no workers of count with the rate of the other, so that their difference lies
  /// in the mix. nil when the scales differ or an area has no workers.
  public func overDifference(from benchmark: QualificationMatrix) -> RateDecomposition? {
    guard levels == benchmark.levels, total > 0, benchmark.total > 0 else { return nil }
    let (mine, theirs) = (ratesByEducation.map { $0?.over }, benchmark.ratesByEducation.map { $0?.over })
    return RateDecomposition(
      shares: benchmark.workers.map { $0 / benchmark.total }, rates: zip(theirs, mine).map { $0 ?? $1 ?? 0 },
      laterShares: workers.map { $0 / total }, laterRates: zip(mine, theirs).map { $0 ?? $1 ?? 0 })
  }
}

/// Gautier, Van den Berg, Van Ours and Ridder (1998, 2002): crowding out at a job level shows in new workers who are better
/// schooled than those who leave.
public enum FlowDisplacement {
  /// The mean education of the inflow less that of the outflow, education numbered from the lowest level; nil when one of
  /// them is empty.
  ///
  /// - Parameters:
  ///   - inflow: people who enter the job level, by education from low to high.
  ///   - outflow: people who leave it.
  ///   - scale: the value of each education level, for example years of schooling; nil for 1, 2, 3 ...
  public static func schoolingGap(inflow: [Double], outflow: [Double], scale: [Double]? = nil) -> Double? {
    precondition(inflow.count == outflow.count, "both flows need the same education levels")
    let scale = scale ?? inflow.indices.map { Double($0 + 1) }
    precondition(scale.count == inflow.count, "a value for each education level is needed")
    let (into, out) = (inflow.compensatedSum, outflow.compensatedSum)
    guard into > 0, out > 0 else { return nil }
    return zip(inflow, scale).map { $0 * $1 }.compensatedSum / into
      - zip(outflow, scale).map { $0 * $1 }.compensatedSum / out
  }
}
