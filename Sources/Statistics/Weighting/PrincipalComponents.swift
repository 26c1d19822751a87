/// Principal components of a correlation matrix.
public struct PrincipalComponents: Sendable, Equatable {
  /// The variance of each component, the largest first; they sum to the number of indicators.
  public let eigenvalues: [Double]
  /// The coefficients of each component, at length 1, with a sum of 0 or more.
  public let vectors: [[Double]]

  /// Of a correlation matrix.
  public init(_ correlations: SquareMatrix) {
    let eigen = SymmetricEigen(correlations)
    eigenvalues = eigen.values
    vectors = eigen.vectors
  }

  /// The share of the total variance that a component has.
  public func share(_ component: Int) -> Double { eigenvalues[component] / eigenvalues.reduce(0, +) }

  /// The correlations of a component with the indicators: vector times the square root of the eigenvalue.
  public func loadings(_ component: Int) -> [Double] {
    let length = max(eigenvalues[component], 0).squareRoot()
    return vectors[component].map { $0 * length }
  }

  /// How many components have an eigenvalue above 1 (Kaiser's rule).
  public var kaiser: Int { eigenvalues.count { $0 > 1 } }

  /// The coefficients of the first component over their sum; nil when that is not above 0.
  ///
  /// An indicator that runs against the others gets a negative weight: turn it around or leave it out.
  public var firstComponentWeights: [Double]? {
    let total = vectors.first?.reduce(0, +) ?? 0
    return total > 1e-12 ? vectors[0].map { $0 / total } : nil
  }

  /// The squared loadings on the first component over their sum: the share of its variance that each explains.
  public var squaredLoadingWeights: [Double]? {
    guard let first = vectors.first else { return nil }
    let squares = first.map { $0 * $0 }
    let total = squares.reduce(0, +)
    return squares.map { $0 / total }
  }
}
