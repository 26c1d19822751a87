/// The areas that resemble an area most in structure.
///
/// Features are standardised over all areas (mean 0, population standard deviation 1), and areas are compared by the
/// weighted Euclidean distance sqrt(sum of w_k (z_ik - z_jk)^2 / sum of w_k). A feature without spread tells nothing
/// apart and is left out. An area that lacks a feature resembles nobody: it has no neighbours and is none.
public struct NearestNeighbours: Sendable {
  /// A neighbour.
  public struct Neighbour: Sendable, Equatable {
    /// Its place among the areas.
    public let area: Int
    /// How far away it is, in standard deviations of a feature on average.
    public let distance: Double
  }

  /// Whether each area has every feature.
  public let isComplete: [Bool]
  private let scores: [[Double]]
  private let weights: [Double]

  /// Standardises the features.
  /// - Parameters:
  ///   - features: one list a feature, one value an area.
  ///   - weights: one a feature, 0 or more; without them all count alike.
  public init(features: [[Double?]], weights: [Double]? = nil) {
    let count = features.first?.count ?? 0
    precondition(features.allSatisfy { $0.count == count }, "equally long features")
    let weights = weights ?? [Double](repeating: 1, count: features.count)
    precondition(weights.count == features.count && weights.allSatisfy { $0 >= 0 }, "a weight of 0 or more a feature")
    let isComplete = (0..<count).map { area in features.allSatisfy { $0[area] != nil } }
    var kept: [[Double]] = []
    var keptWeights: [Double] = []
    for (feature, weight) in zip(features, weights) where weight > 0 {
      let present = (0..<count).filter { isComplete[$0] }.map { feature[$0] ?? 0 }
      let moments = present.withUnsafeBufferPointer { Moments(ValueView($0)) }
      guard let mean = moments.mean, let deviation = moments.standardDeviation(.population), deviation > 0 else {
        continue
      }
      kept.append(feature.map { (($0 ?? mean) - mean) / deviation })
      keptWeights.append(weight)
    }
    self.isComplete = isComplete
    scores = kept
    self.weights = keptWeights
  }

  /// The `count` nearest of `pool` to an area, nearest first and in order of place when equally near; never itself.
  public func nearest(_ count: Int, to area: Int, among pool: [Int]) -> [Neighbour] {
    guard isComplete[area], !scores.isEmpty else { return [] }
    var total = 0.0
    for weight in weights { total += weight }
    let all = pool.filter { $0 != area && isComplete[$0] }.map { other in
      var sum = 0.0
      for (score, weight) in zip(scores, weights) {
        let gap = score[area] - score[other]
        sum += weight * gap * gap
      }
      return Neighbour(area: other, distance: (sum / total).squareRoot())
    }
    return Array(
      all.sorted { $0.distance != $1.distance ? $0.distance < $1.distance : $0.area < $1.area }.prefix(count))
  }
}
