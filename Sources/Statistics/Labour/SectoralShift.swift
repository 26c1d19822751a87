internal import Glibc

/// How unequally sectors grow (Lilien 1982, JPE 90).
public enum SectoralShift {
  /// Whose shares weigh the sectors.
  public enum Weights: String, Sendable, CaseIterable {
    /// The later period's, as Lilien has it.
    case later
    /// The mean of both periods', the modified index (Stamer 1998; Ansari, Mussida and Pastore 2013): the same both ways.
    case average
  }

  /// sqrt(sum s_i (dln x_i - dln X)^2) with s_i the sector's share and X the total.
  ///
  /// Sectors that are empty in both periods are left out. nil when a sector is empty in one of the two, since its growth is
  /// not defined, and when all are empty.
  public static func lilien(from before: [Double], to after: [Double], weights: Weights = .later) -> Double? {
    precondition(before.count == after.count, "both periods need the same sectors")
    let used = before.indices.filter { before[$0] != 0 || after[$0] != 0 }
    guard !used.isEmpty, used.allSatisfy({ before[$0] > 0 && after[$0] > 0 }) else { return nil }
    let (first, last) = (before.compensatedSum, after.compensatedSum)
    let growth = log(last / first)
    return used.map { i in
      let share = weights == .later ? after[i] / last : (after[i] / last + before[i] / first) / 2
      return share * pow(log(after[i] / before[i]) - growth, 2)
    }.compensatedSum.squareRoot()
  }
}
