internal import Glibc

/// The level of facilities beside a reference, 100 being the reference.
public enum AmenityIndex {
  /// 100 x / reference for a number of facilities; 100 reference / x for a distance, where less is better.
  ///
  /// nil when either is negative or the divisor is 0.
  public static func value(_ value: Double, reference: Double, isDistance: Bool = false) -> Double? {
    let (above, below) = isDistance ? (reference, value) : (value, reference)
    guard above >= 0, below > 0 else { return nil }
    return 100 * above / below
  }

  /// How single indices make a total.
  public enum Mean: String, Sendable, CaseIterable {
    /// exp(sum w ln I / sum w): twice as much of one makes up for half as much of another.
    case geometric
    /// sum w I / sum w.
    case arithmetic
  }

  /// The weighted mean of the indices that are present; nil when none is, or when their weights sum to 0.
  ///
  /// A geometric mean with an index of 0 is 0.
  public static func total(_ indices: [Double?], weights: [Double]? = nil, mean: Mean = .geometric) -> Double? {
    precondition(weights?.count ?? indices.count == indices.count, "a weight for each index is needed")
    var (sum, total) = (0.0, 0.0)
    for (place, index) in indices.enumerated() {
      let weight = weights?[place] ?? 1
      guard let index, weight > 0 else { continue }
      sum += weight * (mean == .geometric ? log(index / 100) : index)
      total += weight
    }
    guard total > 0 else { return nil }
    return mean == .geometric ? 100 * exp(sum / total) : sum / total
  }
}
