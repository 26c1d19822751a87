internal import Glibc

/// The matching function h / u = A (v / u)^alpha, fitted in logarithms by ordinary least squares: ln(h / u) = a + alpha ln(v / u).
public struct MatchingFunction: Sendable, Equatable {
  /// The fitted line; its slope is alpha, its intercept ln A.
  public let line: LeastSquaresLine

  /// The vacancy elasticity.
  public var alpha: Double { line.slope }

  /// Fits hires, vacancies and unemployed of the same periods, all above zero; nil when one is not, for fewer than two
  /// periods, or when tightness does not vary.
  public init?(hires: [Double], vacancies: [Double], unemployed: [Double]) {
    precondition(
      hires.count == vacancies.count && hires.count == unemployed.count, "one figure of each for every period")
    guard (hires + vacancies + unemployed).allSatisfy({ $0 > 0 }),
      let line = LeastSquaresLine(
        x: zip(vacancies, unemployed).map { log($0 / $1) }, y: zip(hires, unemployed).map { log($0 / $1) })
    else { return nil }
    self.line = line
  }
}

/// Unemployment as it would have been without mismatch (Sahin and others 2014).
public enum CounterfactualUnemployment {
  /// Monthly (or other) chances: of an unemployed person to find work, of a worker to lose it.
  public struct Flows: Sendable, Equatable {
    /// f: the chance to find work, one a period.
    public var finding: [Double]
    /// s: the chance to lose it.
    public var separation: [Double]

    /// Chances of the same periods.
    public init(finding: [Double], separation: [Double]) {
      precondition(finding.count == separation.count, "both chances for each period")
      self.finding = finding
      self.separation = separation
    }

    /// Chances from stocks (Shimer 2012, Review of Economic Dynamics 15): f_t = 1 - (U_(t+1) - U^short_(t+1)) / U_t, and s_t
    /// such that u_(t+1) = s_t + (1 - s_t - f_t) u_t holds exactly for the rate u = U / (U + E).
    ///
    /// - Parameters:
    ///   - unemployed: U, at n moments.
    ///   - shortTerm: the part of U that was not unemployed a period earlier.
    ///   - employed: E.
    /// - Returns: n - 1 periods; nil for fewer than two moments or when nobody is unemployed or everybody at one of them.
    public init?(unemployed: [Double], shortTerm: [Double], employed: [Double]) {
      precondition(
        unemployed.count == shortTerm.count && unemployed.count == employed.count, "one stock of each at every moment")
      guard unemployed.count >= 2, (unemployed + employed).allSatisfy({ $0 > 0 }) else { return nil }
      let rate = zip(unemployed, employed).map { $0 / ($0 + $1) }
      var (finding, separation): ([Double], [Double]) = ([], [])
      for t in 0..<(unemployed.count - 1) {
        let f = 1 - (unemployed[t + 1] - shortTerm[t + 1]) / unemployed[t]
        finding.append(f)
        separation.append((rate[t + 1] - (1 - f) * rate[t]) / (1 - rate[t]))
      }
      self.init(finding: finding, separation: separation)
    }
  }

  /// The rates u* at n + 1 moments for n periods: u*_(t+1) = s_t + (1 - s_t - f*_t) u*_t with
  /// f*_t = f_t / (1 - M_t) (u_t / u*_t)^alpha, starting from the observed rate.
  ///
  /// - Parameters:
  ///   - rate: the observed unemployment rate at each of the n moments at which periods start, 0-1.
  ///   - mismatch: M at those moments, below 1.
  ///   - flows: the chances in each period.
  ///   - alpha: the vacancy elasticity.
  /// - Returns: nil when a rate is not above 0 or an M is 1 or more.
  public static func path(rate: [Double], mismatch: [Double], flows: Flows, alpha: Double = 0.5) -> [Double]? {
    precondition(
      rate.count == flows.finding.count && mismatch.count == rate.count, "one figure of each for every period")
    guard let first = rate.first, rate.allSatisfy({ $0 > 0 }), mismatch.allSatisfy({ $0 < 1 }) else { return nil }
    var result = [first]
    var current = first
    for t in rate.indices {
      let finding = flows.finding[t] / (1 - mismatch[t]) * pow(rate[t] / current, alpha)
      current = flows.separation[t] + (1 - flows.separation[t] - finding) * current
      result.append(current)
    }
    return result
  }

  /// The share of a rise in unemployment that mismatch accounts for, in per cent: 100 times the rise of the gap u - u* over
  /// the rise of u; nil when unemployment did not change.
  public static func shareOfRise(gap: Double, unemployment: Double) -> Double? {
    unemployment != 0 ? 100 * gap / unemployment : nil
  }
}
