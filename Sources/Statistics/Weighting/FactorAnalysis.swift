internal import Glibc

/// A model of one common factor by maximum likelihood, as R's `factanal(factors = 1)` fits it.
///
/// The uniquenesses psi minimise f = sum over j > 1 of (e_j - ln e_j - 1), e the eigenvalues of psi^-1/2 R psi^-1/2, with
/// each psi between 0.005 and 1. Loadings are sqrt(psi) u_1 sqrt(max(e_1 - 1, 0)), with a sum of 0 or more. All four
/// nations of the United Kingdom weigh deprivation indicators so, on normal scores. D. N. Lawley and A. E. Maxwell, "Factor
/// Analysis as a Statistical Method" (1971); K. G. Jöreskog, Psychometrika 32 (1967).
public struct OneFactorModel: Sendable, Equatable {
  /// The share of each indicator's variance that the factor does not explain, 0.005 to 1.
  public let uniquenesses: [Double]
  /// The correlation of each indicator with the factor.
  public let loadings: [Double]
  /// The regression-score weights R^-1 lambda over their sum; nil when that sum is not above 0.
  public let weights: [Double]?
  /// f at the solution; 0 when the factor explains every correlation.
  public let discrepancy: Double
  /// Whether some uniqueness lies on its lower bound (a Heywood case): its indicator is taken for the factor itself.
  public var isHeywood: Bool { uniquenesses.contains { $0 <= Self.lowest * (1 + 1e-9) } }

  static let lowest = 0.005

  /// Fits a correlation matrix of at least three indicators.
  ///
  /// nil for fewer, or when the matrix cannot be inverted: an indicator is then a sum of others.
  public init?(_ correlations: SquareMatrix) {
    let p = correlations.order
    guard p >= 3, let inverse = correlations.inverse() else { return nil }
    var theta = (0..<p).map { i in
      log(min(max((1 - 0.5 / Double(p)) / inverse[i, i], Self.lowest), 1))
    }
    let bounds = (log(Self.lowest), 0.0)
    var state = Self.state(theta, correlations)
    for _ in 0..<500 {
      let isFree = (0..<p).map { i in
        !(theta[i] <= bounds.0 && state.gradient[i] > 0 || theta[i] >= bounds.1 && state.gradient[i] < 0)
      }
      let free = (0..<p).filter { isFree[$0] }
      let steepest = free.map { abs(state.gradient[$0]) }.max() ?? 0
      if steepest < 1e-12 { break }
      guard let next = Self.step(theta, state, free, bounds, correlations) else { break }
      (theta, state) = next
    }
    let psi = theta.map { exp($0) }
    uniquenesses = psi
    discrepancy = state.value
    let length = max(state.eigen.values[0] - 1, 0).squareRoot()
    let first = zip(state.eigen.vectors[0], psi).map { $0 * $1.squareRoot() * length }
    let raw = first.reduce(0, +) < 0 ? first.map { -$0 } : first
    loadings = raw
    let scores = correlations.solve(raw) ?? raw
    let total = scores.reduce(0, +)
    weights = total > 1e-12 ? scores.map { $0 / total } : nil
  }

  private struct State {
    var value: Double
    var gradient: [Double]
    var eigen: SymmetricEigen
  }

  /// f, its gradient by ln psi (sum over m > 1 of (1 - e_m) u_im^2) and the eigensystem.
  private static func state(_ theta: [Double], _ correlations: SquareMatrix) -> State {
    let p = theta.count
    let scale = theta.map { exp(-0.5 * $0) }
    var scaled = SquareMatrix(order: p)
    for i in 0..<p { for j in 0..<p { scaled[i, j] = correlations[i, j] * scale[i] * scale[j] } }
    let eigen = SymmetricEigen(scaled)
    var value = 0.0
    var gradient = [Double](repeating: 0, count: p)
    for m in 1..<p {
      let e = max(eigen.values[m], 1e-300)
      value += e - log(e) - 1
      for i in 0..<p { gradient[i] += (1 - e) * eigen.vectors[m][i] * eigen.vectors[m][i] }
    }
    return State(value: value, gradient: gradient, eigen: eigen)
  }

  /// One damped Newton step on the free uniquenesses; nil when no step lowers f.
  private static func step(
    _ theta: [Double], _ state: State, _ free: [Int], _ bounds: (Double, Double), _ correlations: SquareMatrix
  ) -> ([Double], State)? {
    let p = theta.count
    let (e, u) = (state.eigen.values, state.eigen.vectors)
    // The exact second derivatives; where they are not positive definite, Jöreskog's approximation to them.
    var exact = SquareMatrix(order: free.count)
    var approximate = exact
    for (a, i) in free.enumerated() {
      for (b, j) in free.enumerated() {
        var residual = 0.0
        var second = 0.0
        for m in 1..<p {
          let pair = u[m][i] * u[m][j]
          residual += pair
          for n in 1..<p { second += 0.5 * (e[m] + e[n]) * pair * u[n][i] * u[n][j] }
          if e[0] - e[m] > 1e-12 * e[0] {
            second += (1 - e[m]) * (e[0] + e[m]) / (e[0] - e[m]) * pair * u[0][i] * u[0][j]
          }
        }
        exact[a, b] = second
        approximate[a, b] = residual * residual
      }
    }
    let gradient = free.map { state.gradient[$0] }
    for hessian in [exact, approximate] {
      var damped = hessian
      for i in free.indices { damped[i, i] += 1e-12 }
      guard let move = damped.solve(gradient) else { continue }
      var length = 1.0
      for _ in 0..<40 {
        var next = theta
        for (a, i) in free.enumerated() { next[i] = min(max(theta[i] - length * move[a], bounds.0), bounds.1) }
        let there = Self.state(next, correlations)
        if there.value < state.value || next == theta { return next == theta ? nil : (next, there) }
        length /= 2
      }
    }
    return nil
  }
}
