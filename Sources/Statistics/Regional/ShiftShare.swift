/// Growth of a region split into that of the nation, of its industries, and its own.
///
/// For each industry i: r0 and r1 jobs in the region, g_i the growth rate of the industry in the nation, g that of the whole
/// nation, g_ir that of the industry in the region, g_r that of the region. Rates are fractions. An industry that the region
/// had no jobs in has no growth rate there: what came is counted as regional (r1 - r0 (1 + g_i)), so that the parts always
/// add to the growth. An industry that the nation had none of has national rate 0.
public struct ShiftShare: Sendable, Equatable {
  /// What one industry adds.
  public struct Part: Sendable, Equatable {
    /// r0.
    public let before: Double
    /// r1.
    public let after: Double
    /// g_i.
    public let nationalRate: Double
    /// r0 g: growth at the rate of the nation.
    public let national: Double
    /// r0 (g_i - g): the industry grows otherwise than the nation.
    public let industryMix: Double
    /// r0 (g_ir - g_i): the industry grows otherwise here than elsewhere.
    public let regional: Double
    /// r0 under the industry structure of the nation (Esteban-Marquillas's homothetic jobs).
    public let homothetic: Double

    /// r1 - r0.
    public var growth: Double { after - before }

    /// The competitive effect free of structure (Esteban-Marquillas 1972): h (g_ir - g_i); nil when the region had no jobs in
    /// the industry but has some now.
    public var competitive: Double? {
      if before > 0 { return homothetic * regional / before }
      return after == 0 ? 0 : nil
    }

    /// (r0 - h) (g_ir - g_i): whether the region is specialised where it grows better.
    public var allocation: Double? { competitive.map { regional - $0 } }
  }

  /// The parts of each industry, in the order given.
  public let parts: [Part]
  /// g.
  public let nationalRate: Double
  /// g_r, 0 when the region had no jobs.
  public let regionalRate: Double

  /// Splits the growth; nil when the nation had no jobs to grow from.
  public init?(region before: [Double], _ after: [Double], nation nationBefore: [Double], _ nationAfter: [Double]) {
    precondition(
      before.count == after.count && before.count == nationBefore.count && before.count == nationAfter.count,
      "both moments of region and nation need the same industries")
    let (n0, n1) = (nationBefore.compensatedSum, nationAfter.compensatedSum)
    guard n0 > 0 else { return nil }
    let g = n1 / n0 - 1
    let r0 = before.compensatedSum
    nationalRate = g
    regionalRate = r0 > 0 ? after.compensatedSum / r0 - 1 : 0
    parts = before.indices.map { i in
      let gi = nationBefore[i] > 0 ? nationAfter[i] / nationBefore[i] - 1 : 0
      return Part(
        before: before[i], after: after[i], nationalRate: gi, national: before[i] * g,
        industryMix: before[i] * (gi - g), regional: after[i] - before[i] * (1 + gi),
        homothetic: r0 * nationBefore[i] / n0)
    }
  }

  /// The region's growth in jobs.
  public var growth: Double { parts.map(\.growth).compensatedSum }
  /// Growth at the rate of the nation (Dunn 1960).
  public var national: Double { parts.map(\.national).compensatedSum }
  /// The industry mix effect.
  public var industryMix: Double { parts.map(\.industryMix).compensatedSum }
  /// The regional, or competitive, effect.
  public var regional: Double { parts.map(\.regional).compensatedSum }
  /// Industry mix and regional effect together.
  public var netTotalShift: Double { industryMix + regional }
  /// Esteban-Marquillas's competitive effect; nil when an industry has none.
  public var competitive: Double? { sum(\.competitive) }
  /// Esteban-Marquillas's allocation effect; with `competitive` it adds to `regional`.
  public var allocation: Double? { sum(\.allocation) }

  private func sum(_ term: (Part) -> Double?) -> Double? {
    let terms = parts.compactMap(term)
    return terms.count == parts.count ? terms.compensatedSum : nil
  }

  /// Arcelus's (1984) eight terms: each of four effects, split over homothetic jobs (expected) and the rest (differential).
  ///
  /// They add to the growth. The two regional expected terms add to Esteban-Marquillas's competitive effect, the two regional
  /// differential terms to the allocation effect.
  public struct Arcelus: Sendable, Equatable {
    /// h g.
    public let nationalExpected: Double
    /// (r0 - h) g.
    public let nationalDifferential: Double
    /// h (g_i - g).
    public let industryMixExpected: Double
    /// (r0 - h) (g_i - g).
    public let industryMixDifferential: Double
    /// h (g_r - g).
    public let regionalGrowthExpected: Double
    /// (r0 - h) (g_r - g).
    public let regionalGrowthDifferential: Double
    /// h ((g_ir - g_i) - (g_r - g)).
    public let regionalIndustryExpected: Double
    /// (r0 - h) ((g_ir - g_i) - (g_r - g)).
    public let regionalIndustryDifferential: Double
  }

  /// The eight terms; nil where an industry has no growth rate in the region.
  public var arcelus: Arcelus? {
    let own = regionalRate - nationalRate
    let gaps = parts.map { $0.before > 0 ? $0.regional / $0.before : $0.after == 0 ? 0 : nil }
    guard gaps.allSatisfy({ $0 != nil }) else { return nil }
    func sum(_ weight: (Part) -> Double, _ rate: (Part, Double) -> Double) -> Double {
      zip(parts, gaps).map { weight($0) * rate($0, $1 ?? 0) }.compensatedSum
    }
    func expected(_ rate: (Part, Double) -> Double) -> Double { sum(\.homothetic, rate) }
    func differential(_ rate: (Part, Double) -> Double) -> Double { sum({ $0.before - $0.homothetic }, rate) }
    let g = nationalRate
    return Arcelus(
      nationalExpected: expected { _, _ in g }, nationalDifferential: differential { _, _ in g },
      industryMixExpected: expected { part, _ in part.nationalRate - g },
      industryMixDifferential: differential { part, _ in part.nationalRate - g },
      regionalGrowthExpected: expected { _, _ in own }, regionalGrowthDifferential: differential { _, _ in own },
      regionalIndustryExpected: expected { _, gap in gap - own },
      regionalIndustryDifferential: differential { _, gap in gap - own })
  }

  /// Gerfin's (1964) indices: structure (the region's jobs at national industry rates over those at the national rate),
  /// location (the region's jobs over those at national industry rates), and their product.
  public struct Gerfin: Sendable, Equatable {
    /// Above 1 for a favourable mix of industries.
    public let structure: Double
    /// Above 1 for a favourable location.
    public let location: Double
    /// Above 1 when the region grows faster than the nation.
    public var total: Double { structure * location }
  }

  /// Gerfin's indices; nil when the region had no jobs or nothing would be left at national rates.
  public var gerfin: Gerfin? {
    let before = parts.map(\.before).compensatedSum
    let expected = parts.map { $0.before * (1 + $0.nationalRate) }.compensatedSum
    guard before > 0, expected > 0, nationalRate > -1 else { return nil }
    return Gerfin(
      structure: expected / before / (1 + nationalRate), location: parts.map(\.after).compensatedSum / expected)
  }

  /// The dynamic form (Barff and Knight 1988): the yearly splits, whose parts sum to the growth over the whole time.
  ///
  /// - Parameters:
  ///   - region: jobs by industry, one row a moment.
  ///   - nation: the same of the nation.
  /// - Returns: one split a step; nil when one is not defined or there are fewer than two moments.
  public static func steps(region: [[Double]], nation: [[Double]]) -> [ShiftShare]? {
    precondition(region.count == nation.count, "region and nation need the same moments")
    guard region.count >= 2 else { return nil }
    let steps = (1..<region.count).map {
      ShiftShare(region: region[$0 - 1], region[$0], nation: nation[$0 - 1], nation[$0])
    }
    let split = steps.compactMap { $0 }
    return split.count == steps.count ? split : nil
  }
}
