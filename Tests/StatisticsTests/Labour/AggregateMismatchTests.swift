import Glibc
import Statistics
import Testing

/// Aggregate mismatch: worked cases under their ids, and what must hold for any markets.
@Suite struct AggregateMismatchTests {
  /// By hand: 1 - sqrt(.8 x .5) - sqrt(.2 x .5).
  @Test("sahin_M_hand_no_heterogeneity") func sahinByHand() {
    let (u, v): ([Double], [Double]) = ([50, 50], [80, 20])
    #expect(close(MismatchIndex.sahin(unemployed: u, vacancies: v), 0.05131670194948623, absolute: 1e-12))
    #expect(close(MismatchIndex.jackmanRoperRoot(unemployed: u, vacancies: v), 0.05131670194948623, absolute: 1e-12))
    #expect(close(MismatchIndex.jackmanRoper(unemployed: u, vacancies: v), 0.3))
  }

  /// Closed form against the planner's allocation u* in proportion to x^(1/alpha) v.
  @Test("sahin_M_x_planner") func sahinPlanner() throws {
    let (u, v, phi, x): ([Double], [Double], [Double], [Double]) = (
      [30, 50, 20], [40, 20, 40], [1, 0.8, 1.2], [1, 1.04, 1.08]
    )
    let m = try #require(MismatchIndex.sahin(unemployed: u, vacancies: v, efficiency: phi, weight: x))
    #expect(close(m, 0.099434615638, absolute: 1e-11))
    let pull = zip(x, v).map { $0 * $0 * $1 }
    let planned = pull.map { 100 * $0 / pull.reduce(0, +) }
    func hires(_ u: [Double]) -> Double { u.indices.reduce(0) { $0 + phi[$1] * (v[$1] * u[$1]).squareRoot() } }
    #expect(close(m, 1 - hires(u) / hires(planned), relative: 1e-12))
  }

  /// Sahin, Song, Topa and Violante (2014), table 1: the rise of u - u* and its share of the 5.4-point rise.
  @Test(
    "sahin_table1_consistency",
    arguments: [(0.75, 13.9), (0.59, 11.0), (1.15, 21.3), (1.58, 29.3), (0.14, 2.6)])
  func sahinTable1(gap: Double, percent: Double) throws {
    let share = try #require(CounterfactualUnemployment.shareOfRise(gap: gap, unemployment: 5.4))
    #expect(abs(share - percent) <= 0.11)
  }

  @Test("layard_nickell_hand") func layardNickell() {
    #expect(MismatchIndex.layardNickell(unemployed: [60, 40], labourForce: [600, 400]) == 0)
    // Rates 0.15 and 0.05 around 0.1: half of 0.5 x 0.25 + 0.5 x 0.25.
    #expect(close(MismatchIndex.layardNickell(unemployed: [75, 25], labourForce: [500, 500]), 0.125))
    #expect(MismatchIndex.layardNickell(unemployed: [0, 0], labourForce: [5, 5]) == nil)
    #expect(MismatchIndex.layardNickell(unemployed: [5, 0], labourForce: [50, 0]) == 0)
  }

  @Test("lilien_hand") func lilienByHand() {
    #expect(
      close(SectoralShift.lilien(from: [100, 100], to: [110, 90]), 0.099957960777, relative: 0, absolute: 1e-11))
  }

  /// Statalist 2012 prints 0.1763637091 for these sectors.
  @Test("lilien_statalist") func lilienPublished() {
    let (x0, x1): ([Double], [Double]) = ([10, 10, 10, 10, 10], [12, 14, 16, 18, 20])
    #expect(close(SectoralShift.lilien(from: x0, to: x1), 0.1763637091, relative: 0, absolute: 5e-11))
  }

  /// The mean of both periods as weights (Stamer 1998; Ansari, Mussida and Pastore 2013).
  @Test("lilien_modified_same_vector") func lilienModified() {
    let (x0, x1): ([Double], [Double]) = ([10, 10, 10, 10, 10], [12, 14, 16, 18, 20])
    let both = SectoralShift.lilien(from: x0, to: x1, weights: .average)
    #expect(close(both, 0.178823456227, relative: 0, absolute: 1e-11))
    #expect(close(SectoralShift.lilien(from: x1, to: x0, weights: .average), both ?? .nan))
  }

  @Test func sectorsWithoutJobs() {
    #expect(SectoralShift.lilien(from: [10, 0], to: [20, 0]) == 0)
    #expect(SectoralShift.lilien(from: [10, 0], to: [20, 1]) == nil)
    #expect(SectoralShift.lilien(from: [10, 1], to: [20, 0]) == nil)
    #expect(SectoralShift.lilien(from: [0, 0], to: [0, 0]) == nil)
    #expect(SectoralShift.lilien(from: [], to: []) == nil)
  }

  @Test func cosines() {
    #expect(close(MismatchIndex.cosine(unemployed: [1, 2], vacancies: [2, 4]), 1))
    #expect(MismatchIndex.cosine(unemployed: [1, 0], vacancies: [0, 4]) == 0)
    #expect(MismatchIndex.cosine(unemployed: [0, 0], vacancies: [0, 4]) == nil)
    #expect(close(MismatchIndex.fluckigerHazari(periods: [([3, 4], [3, 4]), ([1, 0], [0, 1])]), 0.5))
    #expect(MismatchIndex.fluckigerHazari(periods: []) == nil)
  }

  @Test func nobodyOrNothing() {
    #expect(MismatchIndex.sahin(unemployed: [0, 0], vacancies: [1, 1]) == nil)
    #expect(MismatchIndex.sahin(unemployed: [1, 1], vacancies: [0, 0]) == nil)
    #expect(MismatchIndex.sahin(unemployed: [4], vacancies: [9]) == 0)
    #expect(MismatchIndex.sahin(unemployed: [5, 0], vacancies: [0, 5]) == 1)
  }

  @Test func matchingFunctionFindsWhatMadeTheFigures() throws {
    let (v, u): ([Double], [Double]) = ([10, 20, 40, 30], [50, 40, 45, 60])
    let hires = zip(v, u).map { 1.5 * $1 * pow($0 / $1, 0.6) }
    let fit = try #require(MatchingFunction(hires: hires, vacancies: v, unemployed: u))
    #expect(close(fit.alpha, 0.6, relative: 1e-12) && close(fit.line.intercept, log(1.5), relative: 1e-12))
    #expect(MatchingFunction(hires: [1, 0], vacancies: [1, 2], unemployed: [1, 1]) == nil)
    #expect(MatchingFunction(hires: [1, 2], vacancies: [1, 1], unemployed: [1, 1]) == nil)
  }

  /// Without mismatch nothing changes; with mismatch the unemployment without it is lower.
  @Test func counterfactual() throws {
    let rates = [0.05, 0.06, 0.07]
    let flows = try #require(
      CounterfactualUnemployment.Flows(
        unemployed: [50, 60, 70, 80], shortTerm: [20, 22, 25, 28], employed: [950, 940, 930, 920]))
    let none = try #require(CounterfactualUnemployment.path(rate: rates, mismatch: [0, 0, 0], flows: flows))
    for (path, observed) in zip(none, rates + [0.08]) { #expect(close(path, observed, relative: 1e-12)) }
    let some = try #require(CounterfactualUnemployment.path(rate: rates, mismatch: [0.1, 0.1, 0.1], flows: flows))
    #expect(some[0] == 0.05 && zip(some, none).dropFirst().allSatisfy { $0 < $1 })
    #expect(CounterfactualUnemployment.path(rate: [0.1, 0], mismatch: [0, 0], flows: flows.first(2)) == nil)
    #expect(CounterfactualUnemployment.path(rate: [0.1, 0.1], mismatch: [0, 1], flows: flows.first(2)) == nil)
    #expect(CounterfactualUnemployment.Flows(unemployed: [1], shortTerm: [1], employed: [1]) == nil)
    #expect(CounterfactualUnemployment.Flows(unemployed: [1, 0], shortTerm: [1, 0], employed: [1, 1]) == nil)
    #expect(CounterfactualUnemployment.shareOfRise(gap: 1, unemployment: 0) == nil)
  }

  /// 200 drawn sets of markets: in 0-1, zero for proportional ones, unchanged by scale, larger for finer markets.
  @Test func propertiesHold() throws {
    var generator = SeededGenerator(2014)
    for _ in 0..<200 {
      let n = Int.random(in: 2...12, using: &generator)
      func draw() -> [Double] { (0..<n).map { _ in Double.random(in: 0.1...100, using: &generator) } }
      let (u, v, phi) = (draw(), draw(), draw())
      let alpha = Double.random(in: 0.2...0.8, using: &generator)
      let m = try #require(MismatchIndex.sahin(unemployed: u, vacancies: v, alpha: alpha))
      #expect((0...1).contains(m))
      let scaled = MismatchIndex.sahin(unemployed: u.map { $0 * 7 }, vacancies: v.map { $0 / 3 }, alpha: alpha)
      #expect(close(scaled, m, absolute: 1e-13))
      let even = try #require(MismatchIndex.sahin(unemployed: u, vacancies: u, alpha: alpha))
      #expect(abs(even) < 1e-14)
      #expect(abs(try #require(MismatchIndex.jackmanRoper(unemployed: u, vacancies: u.map { $0 * 2 }))) < 1e-14)
      let coarse = try #require(
        MismatchIndex.sahin(
          unemployed: [u[0] + u[1]] + u.dropFirst(2), vacancies: [v[0] + v[1]] + v.dropFirst(2), alpha: alpha))
      #expect(coarse <= m + 1e-14)
      let mPhi = try #require(MismatchIndex.sahin(unemployed: u, vacancies: v, efficiency: phi, alpha: alpha))
      #expect(mPhi >= -1e-12 && mPhi <= 1)
      let ones = [Double](repeating: 3, count: n)
      let same = MismatchIndex.sahin(unemployed: u, vacancies: v, efficiency: ones, alpha: alpha)
      #expect(close(same, m, absolute: 1e-12))
      // A planner who weighs hires by their efficiency alone maximises hires: the two forms agree.
      let planned = MismatchIndex.sahin(unemployed: u, vacancies: v, efficiency: phi, weight: phi, alpha: alpha)
      #expect(close(planned, mPhi, absolute: 1e-11))
      let lilien = try #require(SectoralShift.lilien(from: u, to: u.map { $0 * 1.3 }))
      #expect(lilien < 1e-13)
    }
  }
}

extension CounterfactualUnemployment.Flows {
  /// The first periods.
  fileprivate func first(_ count: Int) -> Self {
    Self(finding: Array(finding.prefix(count)), separation: Array(separation.prefix(count)))
  }
}
