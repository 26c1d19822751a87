internal import Glibc

/// What a region does more, or less, of than elsewhere.
///
/// Vectors run over industries (or, for the concentration of one industry, over regions); they are counts such as jobs, 0 or
/// more. Figures that are not defined are nil.
public enum Specialisation {
  /// (e_ij / e_j) / (e_i / e): the industry's share of the region over its share of the whole; nil when a share below the
  /// line is not defined or zero.
  public static func locationQuotient(_ cell: Double, region: Double, industry: Double, total: Double) -> Double? {
    guard region > 0, total > 0, industry > 0 else { return nil }
    return cell / region / (industry / total)
  }

  /// The location quotient of each industry; nil for industries that the whole has not.
  public static func locationQuotients(region: [Double], reference: [Double]) -> [Double?] {
    precondition(region.count == reference.count, "both need the same industries")
    let (all, whole) = (region.compensatedSum, reference.compensatedSum)
    return zip(region, reference).map { locationQuotient($0, region: all, industry: $1, total: whole) }
  }

  /// The additive form s_i - s0_i for each industry: the difference of its shares, 0 where they are equal; nil when one of
  /// the two is empty.
  public static func additiveQuotients(region: [Double], reference: [Double]) -> [Double]? {
    precondition(region.count == reference.count, "both need the same industries")
    guard let own = shares(region), let whole = shares(reference) else { return nil }
    return zip(own, whole).map { $0 - $1 }
  }

  /// Krugman's index: sum |s_i - s0_i|, 0 for the same structure to 2 for nothing in common (Krugman 1991, Geography and
  /// Trade).
  public static func krugman(_ region: [Double], _ reference: [Double]) -> Double? {
    Dissimilarity.index(region, reference).map { 2 * $0 }
  }

  /// Krugman's index against several regions, whose reference share is the unweighted mean of their shares.
  public static func krugman(_ region: [Double], others: [[Double]]) -> Double? {
    let references = others.compactMap { other -> [Double]? in
      precondition(other.count == region.count, "all regions need the same industries")
      return shares(other)
    }
    guard references.count == others.count, !others.isEmpty else { return nil }
    let mean = region.indices.map { i in references.map { $0[i] }.compensatedSum / Double(others.count) }
    return krugman(region, mean)
  }

  /// The Hoover coefficient of specialisation: half Krugman's index.
  public static func hooverCoefficient(_ region: [Double], _ reference: [Double]) -> Double? {
    Dissimilarity.index(region, reference)
  }

  /// H = sum s_i^2, from 1 / n (all equal) to 1 (one industry).
  public static func herfindahl(_ parts: [Double]) -> Double? {
    shares(parts).map { $0.map { $0 * $0 }.compensatedSum }
  }

  /// (H - 1 / n) / (1 - 1 / n), from 0 (all equal) to 1; nil for fewer than two industries.
  public static func normalisedHerfindahl(_ parts: [Double]) -> Double? {
    guard parts.count > 1, let h = herfindahl(parts) else { return nil }
    let least = 1 / Double(parts.count)
    return (h - least) / (1 - least)
  }

  /// 1 / H: the number of equal industries that would give the same index.
  public static func equivalentNumber(_ parts: [Double]) -> Double? { herfindahl(parts).map { 1 / $0 } }

  /// Hachman's index: 1 / sum LQ_i s_i, from 1 (the structure of the whole) towards 0.
  ///
  /// nil when the region is active in an industry that the whole has not.
  public static func hachman(_ region: [Double], _ reference: [Double]) -> Double? {
    precondition(region.count == reference.count, "both need the same industries")
    guard let own = shares(region), let whole = shares(reference) else { return nil }
    guard own.indices.allSatisfy({ whole[$0] > 0 || own[$0] == 0 }) else { return nil }
    return 1 / own.indices.filter { own[$0] > 0 }.map { own[$0] * own[$0] / whole[$0] }.compensatedSum
  }

  /// Shannon's entropy - sum s_i log s_i, with 0 log 0 = 0: 0 for one industry to log n for n equal ones.
  ///
  /// - Parameters:
  ///   - parts: the industries.
  ///   - base: the base of the logarithm; nil is e. EconGeo takes 2.
  public static func entropy(_ parts: [Double], base: Double? = nil) -> Double? {
    shares(parts).map { own in
      // Subtracted from zero, so that one industry gives 0 and not -0.
      0 - own.filter { $0 > 0 }.map { $0 * logarithm($0, base) }.compensatedSum
    }
  }

  /// Entropy over that of n equal industries, 0-1; nil for fewer than two industries.
  public static func relativeEntropy(_ parts: [Double]) -> Double? {
    parts.count > 1 ? entropy(parts).map { $0 / log(Double(parts.count)) } : nil
  }

  /// Duranton and Puga's (2000) relative diversity: 1 / sum |s_i - s0_i|; nil when the structures are equal.
  public static func relativeDiversity(_ region: [Double], _ reference: [Double]) -> Double? {
    krugman(region, reference).flatMap { $0 > 0 ? 1 / $0 : nil }
  }

  /// Duranton and Puga's (2000) relative specialisation: the highest location quotient.
  public static func relativeSpecialisation(_ region: [Double], _ reference: [Double]) -> Double? {
    locationQuotients(region: region, reference: reference).compactMap { $0 }.max()
  }
}

/// The logarithm to a base; nil is e.
private func logarithm(_ value: Double, _ base: Double?) -> Double {
  guard let base else { return log(value) }
  return base == 2 ? log2(value) : log(value) / log(base)
}
