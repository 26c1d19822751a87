internal import Glibc

/// Weights that the values of the indicators themselves give. Each list sums to 1.
public enum ObjectiveWeights {
  /// Entropy weights: with p = x/sum x and e = -sum p ln p / ln n, w is proportional to 1 - e.
  ///
  /// An indicator that differs more between areas weighs more. Only areas that have every indicator count. nil for a
  /// negative value, an indicator of zeros alone, fewer than two areas, or when no indicator differs.
  public static func entropy(_ matrix: ValueMatrix) -> [Double]? {
    let rows = matrix.completeRows(Array(0..<matrix.columnCount))
    guard rows.count >= 2, matrix.columnCount > 0 else { return nil }
    var divergence: [Double] = []
    for column in 0..<matrix.columnCount {
      let values = rows.map { matrix[$0, column] ?? 0 }
      let total = values.reduce(0, +)
      guard total > 0, total.isFinite, values.allSatisfy({ $0 >= 0 }) else { return nil }
      var sum = NeumaierSum()
      for value in values where value > 0 { sum.add(value / total * log(value / total)) }
      divergence.append(max(0, 1 + sum.value / log(Double(rows.count))))
    }
    return shares(divergence)
  }

  /// CRITIC weights (criteria importance through intercriteria correlation): on min-max values, w_j is proportional to
  /// sd_j times the sum over k of 1 - r_jk.
  ///
  /// An indicator that differs more and agrees less with the others weighs more. Only areas that have every indicator count.
  /// nil when an indicator has no spread. D. Diakoulaki, G. Mavrotas and L. Papayannakis, Computers & Operations Research 22
  /// (1995). The divisor of the standard deviation cancels.
  public static func critic(_ matrix: ValueMatrix) -> [Double]? {
    let columns = Array(0..<matrix.columnCount)
    let rows = matrix.completeRows(columns)
    guard rows.count >= 2, !columns.isEmpty else { return nil }
    let complete = ValueMatrix(columns.map { column in rows.map { matrix[$0, column] } })
    guard let correlations = CorrelationMatrix(complete, .pearson).coefficients else { return nil }
    var information: [Double] = []
    for column in columns {
      let moments = Moments(complete.view(column))
      guard let low = moments.minimum, let high = moments.maximum, low < high,
        let deviation = moments.standardDeviation(.sample)
      else { return nil }
      let conflict = columns.reduce(0.0) { $0 + (1 - correlations[column, $1]) }
      information.append(deviation / (high - low) * conflict)
    }
    return shares(information)
  }

  /// Weights over their sum; nil when that is not above 0.
  static func shares(_ weights: [Double]) -> [Double]? {
    let total = weights.reduce(0, +)
    guard total > 0, total.isFinite else { return nil }
    return weights.map { $0 / total }
  }
}

/// Weights under which parts correlate with their weighted mean as asked for.
public struct BalancedWeights: Sendable, Equatable {
  /// Weights that sum to 1.
  public let weights: [Double]
  /// The correlation of each part with the weighted mean.
  public let correlations: [Double]
  /// Whether the correlations are in the proportions asked for; false when that would take a negative weight, and the
  /// weights come as near as weights of 0 and more can in least squares.
  public let isExact: Bool

  /// Solves R u = t for the correlations R among the parts and the target t; w is proportional to u/sd.
  ///
  /// The correlation of part i with the mean of parts is (R u)_i over the mean's deviation, so that this is exact where R^-1
  /// t is not negative; else u minimises |R u - t| subject to u >= 0 (C. L. Lawson and R. J. Hanson, 1974).
  ///
  /// - Parameters:
  ///   - correlations: among the parts.
  ///   - deviations: the standard deviation of each part, above 0.
  ///   - target: how strongly each part should correlate with the mean, up to a factor; nil for all equally (W. Becker, M.
  ///     Saisana, P. Paruolo and I. Vandecasteele, Ecological Indicators 80, 2017).
  /// - Returns: nil when R cannot be inverted or no part can have weight.
  public init?(_ correlations: SquareMatrix, deviations: [Double], target: [Double]? = nil) {
    let n = correlations.order
    let goal = target ?? [Double](repeating: 1, count: n)
    guard n > 0, deviations.allSatisfy({ $0 > 0 }), var standard = correlations.solve(goal) else { return nil }
    isExact = standard.allSatisfy { $0 >= 0 }
    if !isExact {
      guard let nearest = Self.nonNegative(correlations, goal) else { return nil }
      standard = nearest
    }
    guard let weights = ObjectiveWeights.shares(zip(standard, deviations).map { $0 / $1 }) else { return nil }
    self.weights = weights
    let shared = correlations.times(standard)
    let variance = zip(standard, shared).reduce(0.0) { $0 + $1.0 * $1.1 }
    self.correlations = shared.map { $0 / variance.squareRoot() }
  }

  /// The u >= 0 that minimises |A u - b|, by the active set method.
  private static func nonNegative(_ a: SquareMatrix, _ b: [Double]) -> [Double]? {
    let n = a.order
    var normal = SquareMatrix(order: n)
    for i in 0..<n { for j in 0..<n { for k in 0..<n { normal[i, j] += a[k, i] * a[k, j] } } }
    let right = (0..<n).map { i in (0..<n).reduce(0.0) { $0 + a[$1, i] * b[$1] } }
    var u = [Double](repeating: 0, count: n)
    var passive: [Int] = []
    for _ in 0..<(10 * n) {
      let gradient = zip(right, normal.times(u)).map { $0 - $1 }
      guard
        let enter = (0..<n).filter({ !passive.contains($0) && gradient[$0] > 1e-10 }).max(by: {
          gradient[$0] < gradient[$1]
        })
      else { break }
      passive = (passive + [enter]).sorted()
      while true {
        guard let solved = normal.selecting(passive).solve(passive.map { right[$0] }) else { return nil }
        if solved.allSatisfy({ $0 > 0 }) {
          for (place, index) in passive.enumerated() { u[index] = solved[place] }
          break
        }
        var length = 1.0
        for (place, index) in passive.enumerated() where solved[place] <= 0 {
          length = min(length, u[index] / (u[index] - solved[place]))
        }
        for (place, index) in passive.enumerated() { u[index] += length * (solved[place] - u[index]) }
        for index in passive where u[index] <= 1e-14 { u[index] = 0 }
        passive = passive.filter { u[$0] > 0 }
        if passive.isEmpty { break }
      }
    }
    return u.contains { $0 > 0 } ? u : nil
  }
}

/// How much each part of a tree weighs in the whole.
public enum EffectiveWeights {
  /// The product, from a part up to the root, of each weight over the sum of its siblings' weights.
  ///
  /// - Parameters:
  ///   - weights: one a part, 0 or more.
  ///   - parents: the index of each part's parent, or nil for a root.
  /// - Returns: one a part; the roots' shares sum to 1, and so do those of any level that every branch passes.
  public static func products(_ weights: [Double], parents: [Int?]) -> [Double] {
    precondition(weights.count == parents.count, "a parent for each weight is needed")
    var sums = [Double](repeating: 0, count: weights.count)
    var rootSum = 0.0
    for (part, parent) in parents.enumerated() {
      if let parent { sums[parent] += weights[part] } else { rootSum += weights[part] }
    }
    return weights.indices.map { part in
      var product = 1.0
      var at = part
      for _ in weights.indices {
        let sum = parents[at].map { sums[$0] } ?? rootSum
        product *= sum > 0 ? weights[at] / sum : 0
        guard let parent = parents[at] else { break }
        at = parent
      }
      return product
    }
  }
}
