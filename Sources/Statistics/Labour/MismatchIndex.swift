internal import Glibc

/// Aggregate mismatch: the share of hires that is lost because the unemployed and the vacancies are not in the same markets.
///
/// Sahin, Song, Topa and Violante (2014, AER 104), with Cobb-Douglas matching of vacancy elasticity alpha. Markets (sectors,
/// occupations, regions) have unemployed u_i and vacancies v_i; shares are over the sum of the markets, since sector figures
/// rarely add up to a published total. Indices lie in 0-1 except where said, do not change when all u or all v are scaled,
/// and rise with finer markets.
public enum MismatchIndex {
  /// M = 1 - sum (v_i / v)^alpha (u_i / u)^(1 - alpha).
  ///
  /// nil when nobody is unemployed or nothing is vacant.
  public static func sahin(unemployed: [Double], vacancies: [Double], alpha: Double = 0.5) -> Double? {
    sahin(
      unemployed: unemployed, vacancies: vacancies,
      efficiency: [Double](repeating: 1, count: unemployed.count), alpha: alpha)
  }

  /// M_phi with matching efficiency phi_i by market: 1 - sum (phi_i / phibar) (v_i / v)^alpha (u_i / u)^(1 - alpha),
  /// phibar = (sum phi_i^(1 / alpha) v_i / v)^alpha.
  ///
  /// nil when nobody is unemployed or nothing is vacant where matching works.
  public static func sahin(unemployed: [Double], vacancies: [Double], efficiency: [Double], alpha: Double = 0.5)
    -> Double?
  {
    guard let v = shares(vacancies), let hires = hires(unemployed, vacancies, efficiency, alpha) else { return nil }
    let mean = pow(zip(efficiency, v).map { pow($0, 1 / alpha) * $1 }.compensatedSum, alpha)
    return mean > 0 ? 1 - hires / mean : nil
  }

  /// M_x, where a planner also weighs what a hire is worth: x_i combines productivity, separation and efficiency of market i.
  ///
  /// The sum of M_phi with phibar_x = sum phi_i (x_i / xbar)^((1 - alpha) / alpha) v_i / v in the place of phibar, and
  /// xbar = (sum x_i^(1 / alpha) v_i / v)^alpha: the planner sends u_i in proportion to x_i^(1 / alpha) v_i. It may be
  /// negative, since the planner may give up hires for better ones.
  public static func sahin(
    unemployed: [Double], vacancies: [Double], efficiency: [Double], weight: [Double], alpha: Double = 0.5
  ) -> Double? {
    precondition(weight.count == vacancies.count, "a weight for each market is needed")
    guard let v = shares(vacancies), let hires = hires(unemployed, vacancies, efficiency, alpha) else { return nil }
    let mean = pow(zip(weight, v).map { pow($0, 1 / alpha) * $1 }.compensatedSum, alpha)
    guard mean > 0 else { return nil }
    let planner = v.indices.map { efficiency[$0] * pow(weight[$0] / mean, (1 - alpha) / alpha) * v[$0] }.compensatedSum
    return planner > 0 ? 1 - hires / planner : nil
  }

  /// Half the sum of |u_i / u - v_i / v|: the share of the unemployed who would have to change market (Jackman and Roper
  /// 1987, after Mincer 1966).
  public static func jackmanRoper(unemployed: [Double], vacancies: [Double]) -> Double? {
    Dissimilarity.index(unemployed, vacancies)
  }

  /// 1 - sum sqrt(u_i v_i) / sqrt(u v), their second form; it equals M at alpha 0.5.
  public static func jackmanRoperRoot(unemployed: [Double], vacancies: [Double]) -> Double? {
    sahin(unemployed: unemployed, vacancies: vacancies, alpha: 0.5)
  }

  /// Half the variance of relative unemployment rates, weighted by labour force: 1/2 sum l_i (u_i / u - 1)^2 with l_i the
  /// share of the labour force (Layard, Nickell and Jackman 1991).
  ///
  /// Markets without labour force are left out. nil when nobody is unemployed.
  public static func layardNickell(unemployed: [Double], labourForce: [Double]) -> Double? {
    precondition(unemployed.count == labourForce.count, "a labour force for each market is needed")
    let (u, l) = (unemployed.compensatedSum, labourForce.compensatedSum)
    guard u > 0, l > 0 else { return nil }
    return zip(unemployed, labourForce).filter { $1 > 0 }
      .map { $1 / l * pow($0 / $1 / (u / l) - 1, 2) }.compensatedSum / 2
  }

  /// The cosine of the angle between the unemployed and the vacancies over markets: 1 when they are spread alike, 0 when
  /// they never meet. nil when nobody is unemployed or nothing is vacant.
  ///
  /// Fluckiger and Hazari's measure is the mean of these cosines over periods; see ``fluckigerHazari(periods:)``.
  public static func cosine(unemployed: [Double], vacancies: [Double]) -> Double? {
    precondition(unemployed.count == vacancies.count, "vacancies for each market are needed")
    let product = zip(unemployed, vacancies).map { $0 * $1 }.compensatedSum
    let lengths = unemployed.map { $0 * $0 }.compensatedSum.squareRoot()
    let others = vacancies.map { $0 * $0 }.compensatedSum.squareRoot()
    return lengths > 0 && others > 0 ? product / lengths / others : nil
  }

  /// The mean over periods of the cosine between unemployed and vacancies; nil when no period has one.
  public static func fluckigerHazari(periods: [(unemployed: [Double], vacancies: [Double])]) -> Double? {
    let cosines = periods.compactMap { cosine(unemployed: $0.unemployed, vacancies: $0.vacancies) }
    return cosines.isEmpty ? nil : cosines.compensatedSum / Double(cosines.count)
  }

  /// sum phi_i (v_i / v)^alpha (u_i / u)^(1 - alpha); nil when a total is zero.
  private static func hires(_ unemployed: [Double], _ vacancies: [Double], _ efficiency: [Double], _ alpha: Double)
    -> Double?
  {
    precondition(alpha > 0 && alpha < 1, "the vacancy elasticity lies between 0 and 1")
    precondition(
      unemployed.count == vacancies.count && efficiency.count == vacancies.count, "one figure of each for every market")
    guard let u = shares(unemployed), let v = shares(vacancies) else { return nil }
    return u.indices.map { efficiency[$0] * pow(v[$0], alpha) * pow(u[$0], 1 - alpha) }.compensatedSum
  }
}

/// The parts as shares of their sum; nil when that is not above zero.
func shares(_ parts: [Double]) -> [Double]? {
  let total = parts.compensatedSum
  return total > 0 ? parts.map { $0 / total } : nil
}

/// How far two distributions over the same categories are apart.
public enum Dissimilarity {
  /// Half the sum of |a_i / A - b_i / B|: the share that would have to move (Duncan and Duncan 1955; Hoover 1936).
  ///
  /// 0 for equal distributions, 1 for distributions that never meet. nil when one of them is empty.
  public static func index(_ one: [Double], _ other: [Double]) -> Double? {
    precondition(one.count == other.count, "both distributions need the same categories")
    guard let a = shares(one), let b = shares(other) else { return nil }
    return zip(a, b).map { abs($0 - $1) }.compensatedSum / 2
  }

  /// The same against an equal share for every category.
  public static func index(_ one: [Double]) -> Double? { index(one, [Double](repeating: 1, count: one.count)) }
}
