/// An index of standard scores: I = sum of w_k z_k with z_k = direction_k (x_k - mean_k) / sd_k.
///
/// Means and standard deviations belong to a stated frame: the areas of one period, of a base period, or of all periods
/// together. Weights are scaled to sum to 1. Within one frame a change of the index is exactly the sum of the changes of
/// its terms, dI = sum of w_k dz_k; between two frames it is so too, but holds the frames' own shift.
public struct StandardisedIndex: Sendable, Equatable {
  /// One dimension of the index.
  public struct Dimension: Sendable, Equatable {
    /// Its weight, 0 or more, before scaling.
    public var weight: Double
    /// Whether more is better: a standard score above 0 is always better than the mean.
    public var higherIsBetter: Bool

    /// A dimension.
    public init(weight: Double = 1, higherIsBetter: Bool = true) {
      self.weight = weight
      self.higherIsBetter = higherIsBetter
    }
  }

  /// The weights, summing to 1.
  public let weights: [Double]
  private let dimensions: [Dimension]
  private let means: [Double?]
  private let deviations: [Double?]

  /// The index in the frame of `columns`, one list of values a dimension; nil when the weights sum to 0.
  ///
  /// A dimension without spread in the frame has no standard scores.
  public init?(_ dimensions: [Dimension], frame columns: [[Double?]], divisor: VarianceDivisor = .population) {
    precondition(dimensions.count == columns.count, "a column for each dimension is needed")
    precondition(dimensions.allSatisfy { $0.weight >= 0 && $0.weight.isFinite }, "weights are 0 or more")
    var total = 0.0
    for dimension in dimensions { total += dimension.weight }
    guard total > 0 else { return nil }
    self.dimensions = dimensions
    weights = dimensions.map { $0.weight / total }
    let moments = columns.map { column in
      column.compactMap(\.self).withUnsafeBufferPointer { Moments(ValueView($0)) }
    }
    means = moments.map(\.mean)
    deviations = moments.map { $0.standardDeviation(divisor).flatMap { $0 > 0 ? $0 : nil } }
  }

  /// The standard scores of one area, above 0 where it is better than the frame's mean; nil where a value is absent.
  public func scores(_ values: [Double?]) -> [Double?] {
    precondition(values.count == dimensions.count, "a value for each dimension is needed")
    return dimensions.indices.map { k in
      guard let value = values[k], let mean = means[k], let deviation = deviations[k] else { return nil }
      return (dimensions[k].higherIsBetter ? value - mean : mean - value) / deviation
    }
  }

  /// The terms w_k z_k of one area; nil where a score is.
  public func contributions(_ values: [Double?]) -> [Double?] {
    zip(scores(values), weights).map { score, weight in score.map { weight * $0 } }
  }

  /// The index of one area; nil unless every dimension with a weight has a score.
  public func score(_ values: [Double?]) -> Double? {
    var sum = 0.0
    for (term, weight) in zip(contributions(values), weights) where weight > 0 {
      guard let term else { return nil }
      sum += term
    }
    return sum
  }

  /// How many dimensions lie far below the mean of the frame: z_k below -`deviations`.
  public func farBelow(_ values: [Double?], deviations: Double = 1) -> Int {
    scores(values).count { $0.map { $0 < -deviations } ?? false }
  }

  /// What each dimension adds to a change of the index between two moments of this frame: w_k (z_k after - z_k before).
  public func contributionsToChange(from before: [Double?], to after: [Double?]) -> [Double?] {
    zip(contributions(before), contributions(after)).map { one, other in
      guard let one, let other else { return nil }
      return other - one
    }
  }
}
