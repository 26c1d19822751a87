/// Ways to fill the jobs of each level with the workers of each level without anybody displacing anybody needlessly.
///
/// Workers and jobs must sum to the same number. All three figures of a result follow from the margins: the steps are the
/// same for both ways, the persons are not. Few jobs at the top push people down either in chains (university takes the jobs
/// of college, college those of secondary school: many people, one step each) or in deep falls (few people, many steps).
public enum JobAllocation {
  /// Rank order: the highest jobs go to the highest educated, the next jobs to the next (the north-west corner rule of
  /// transport problems). Gives chains.
  ///
  /// Cell (e, o) is the overlap of the intervals that level e of the workers and level o of the jobs take up on the
  /// cumulative scale. nil when the sums differ by more than a billionth, when a count is negative, or when the lengths
  /// differ.
  public static func assortative(workers: [Double], jobs: [Double]) -> QualificationMatrix? {
    guard let sizes = balanced(workers, jobs) else { return nil }
    var (left, open) = sizes
    let levels = left.count
    var counts = [Double](repeating: 0, count: levels * levels)
    var (e, o) = (levels - 1, levels - 1)
    while e >= 0, o >= 0 {
      let taken = min(left[e], open[o])
      counts[e * levels + o] += taken
      left[e] -= taken
      open[o] -= taken
      if left[e] <= 0 { e -= 1 } else { o -= 1 }
    }
    return QualificationMatrix(levels: levels, counts: counts)
  }

  /// Own level first: everybody who can stays at the own level; then the others, from the highest educated down, take the
  /// highest job still open. Gives deep falls, and the least possible number of persons away from their level.
  ///
  /// nil as for ``assortative(workers:jobs:)``.
  public static func ownLevelFirst(workers: [Double], jobs: [Double]) -> QualificationMatrix? {
    guard let (workers, jobs) = balanced(workers, jobs) else { return nil }
    let kept = zip(workers, jobs).map { min($0, $1) }
    let rest = zip(workers, kept).map { $0 - $1 }
    let open = zip(jobs, kept).map { $0 - $1 }
    // The remainders' sums differ by rounding alone.
    guard var counts = assortative(workers: rest, jobs: open)?.counts else { return nil }
    let levels = workers.count
    for k in 0..<levels { counts[k * levels + k] += kept[k] }
    return QualificationMatrix(levels: levels, counts: counts)
  }

  /// The persons that chains touch beyond deep falls: workers away from their level under ``assortative(workers:jobs:)``
  /// less those under ``ownLevelFirst(workers:jobs:)``.
  public static func chainPersons(workers: [Double], jobs: [Double]) -> Double? {
    guard let chains = assortative(workers: workers, jobs: jobs),
      let falls = ownLevelFirst(workers: workers, jobs: jobs)
    else { return nil }
    return chains.sum { $0 != $1 } - falls.sum { $0 != $1 }
  }

  private static func balanced(_ workers: [Double], _ jobs: [Double]) -> ([Double], [Double])? {
    guard !workers.isEmpty, workers.count == jobs.count,
      (workers + jobs).allSatisfy({ $0 >= 0 && $0.isFinite })
    else { return nil }
    let (all, places) = (workers.compensatedSum, jobs.compensatedSum)
    return abs(all - places) <= 1e-9 * max(all, 1) ? (workers, jobs) : nil
  }
}

extension QualificationMatrix {
  /// Workers away from their own level.
  public var personsAffected: Double { sum { $0 != $1 } }
}
