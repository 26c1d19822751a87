/// Covariances and Cronbach's alpha of a group of indicators.
public enum Reliability {
  /// Which areas a covariance uses.
  public enum Areas: String, Sendable, CaseIterable {
    /// Those that have the two indicators.
    case pairwise
    /// Those that have all indicators of the group.
    case complete
  }

  /// The covariances (divisor n - 1) among the columns, or nil when some pair shares fewer than two areas.
  public static func covariances(_ matrix: ValueMatrix, _ columns: [Int], areas: Areas) -> SquareMatrix? {
    let complete = areas == .complete ? matrix.completeRows(columns) : []
    var result = SquareMatrix(order: columns.count)
    for i in columns.indices {
      for j in i..<columns.count {
        let rows = areas == .complete ? complete : matrix.completeRows([columns[i], columns[j]])
        guard rows.count >= 2 else { return nil }
        let x = rows.map { matrix[$0, columns[i]] ?? 0 }
        let y = rows.map { matrix[$0, columns[j]] ?? 0 }
        let n = Double(rows.count)
        let (mx, my) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
        var sum = NeumaierSum()
        for k in x.indices { sum.add((x[k] - mx) * (y[k] - my)) }
        result[i, j] = sum.value / (n - 1)
        result[j, i] = result[i, j]
      }
    }
    return result
  }

  /// Cronbach's alpha: k^2 times the mean off-diagonal covariance over the sum of all covariances.
  ///
  /// That is k/(k-1)(1 - sum of variances/variance of the sum). nil for fewer than two indicators or a sum without spread.
  /// L. J. Cronbach, "Coefficient alpha and the internal structure of tests", Psychometrika 16 (1951).
  public static func cronbachAlpha(_ covariances: SquareMatrix) -> Double? {
    let k = covariances.order
    guard k >= 2 else { return nil }
    let all = covariances.cells.reduce(0, +)
    var trace = 0.0
    for i in 0..<k { trace += covariances[i, i] }
    guard all > 0 else { return nil }
    return Double(k) / Double(k - 1) * (all - trace) / all
  }

  /// The correlation of one indicator with the sum of the others, all standardised, from their correlation matrix: the
  /// sum of its correlations with them over the root of the sum of all correlations among them.
  ///
  /// nil for fewer than two indicators or when the others' sum has no spread.
  public static func restCorrelation(_ correlations: SquareMatrix, of one: Int) -> Double? {
    let others = (0..<correlations.order).filter { $0 != one }
    let spread = correlations.selecting(others).cells.reduce(0, +)
    guard !others.isEmpty, spread > 1e-12 else { return nil }
    return others.reduce(0) { $0 + correlations[one, $1] } / spread.squareRoot()
  }
}

/// What a correlation between two indicators of a group says about them.
public enum CoherenceFlag: String, Sendable, CaseIterable {
  /// So closely alike that one of the two may say nothing new.
  case redundant
  /// They pull against each other: in a mean each hides the other.
  case opposing
  /// Hardly related.
  case weak

  /// The flag of a coefficient, or nil; thresholds are those of COINr unless given.
  public init?(_ coefficient: Double, redundant: Double = 0.9, weak: Double = 0.3, opposing: Double = -0.4) {
    if coefficient >= redundant {
      self = .redundant
    } else if coefficient <= opposing {
      self = .opposing
    } else if abs(coefficient) < weak {
      self = .weak
    } else {
      return nil
    }
  }
}
