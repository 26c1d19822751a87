internal import Glibc

/// How much a region moves with the nation.
public enum CyclicalSensitivity {
  /// Beta of dln E_r = a + b dln E_n over the steps of two series: above 1 for a region that swings more than the nation.
  ///
  /// nil for fewer than three moments, a value that is not above zero, or a nation that grows evenly.
  public static func elasticity(region: [Double], nation: [Double]) -> LeastSquaresLine? {
    precondition(region.count == nation.count, "both series need the same moments")
    guard region.count >= 3, (region + nation).allSatisfy({ $0 > 0 }) else { return nil }
    func steps(_ values: [Double]) -> [Double] { (1..<values.count).map { log(values[$0] / values[$0 - 1]) } }
    return LeastSquaresLine(x: steps(nation), y: steps(region))
  }

  /// Beta of the changes of two rates, such as unemployment rates: du_r = a + b du_n.
  ///
  /// nil for fewer than three moments or a nation whose rate changes evenly.
  public static func ofChanges(region: [Double], nation: [Double]) -> LeastSquaresLine? {
    precondition(region.count == nation.count, "both series need the same moments")
    guard region.count >= 3 else { return nil }
    func steps(_ values: [Double]) -> [Double] { (1..<values.count).map { values[$0] - values[$0 - 1] } }
    return LeastSquaresLine(x: steps(nation), y: steps(region))
  }

  /// The sensitivity that the mix of industries (or of education levels) gives: sum s_i b_i with the shares of the region;
  /// nil when the region is empty.
  public static func fromMix(region: [Double], sensitivities: [Double]) -> Double? {
    precondition(region.count == sensitivities.count, "a sensitivity for each industry is needed")
    return shares(region).map { zip($0, sensitivities).map { $0 * $1 }.compensatedSum }
  }

  /// Resistance, or in an upswing recovery: (dE - dE_expected) / |dE_expected|, with dE_expected the change that the nation's
  /// industry rates give for the region's industries (Martin, Sunley, Gardiner and Tyler 2016, Regional Studies 50).
  ///
  /// 0 for a region that moves as expected; in a slump -0.2 is a loss a fifth larger. nil when nothing was expected, or when
  /// the region is in an industry that the nation had not.
  public static func resistance(
    region before: [Double], _ after: [Double], nation nationBefore: [Double], _ nationAfter: [Double]
  ) -> Double? {
    precondition(
      before.count == after.count && before.count == nationBefore.count && before.count == nationAfter.count,
      "both moments of region and nation need the same industries")
    guard before.indices.allSatisfy({ nationBefore[$0] > 0 || before[$0] == 0 }) else { return nil }
    let expected = before.indices.filter { before[$0] > 0 }
      .map { before[$0] * (nationAfter[$0] / nationBefore[$0] - 1) }.compensatedSum
    let change = after.compensatedSum - before.compensatedSum
    return expected != 0 ? (change - expected) / abs(expected) : nil
  }
}
