import Glibc
import Statistics
import Testing

/// Specialisation and concentration: worked cases under their ids, and the edges.
@Suite struct SpecialisationTests {
  /// Regions in rows, industries in columns: the example of EconGeo 1.3 (Balland).
  static let econgeo: [[Double]] = [
    [100, 0, 0, 0, 0], [0, 15, 5, 70, 10], [0, 20, 10, 20, 50], [0, 25, 30, 5, 40], [0, 40, 55, 5, 0],
  ]
  static let econgeoWhole: [Double] = (0..<5).map { j in econgeo.reduce(0) { $0 + $1[j] } }

  /// REAT 3.0.3, help page locq, after Farhauer and Kröll (2013).
  @Test("lq_farhauer_kroell") func locationQuotient() {
    let quotient = Specialisation.locationQuotient(1714, region: 79_006, industry: 879_213, total: 15_593_224)
    #expect(close(quotient, 0.3847623, relative: 0, absolute: 5e-8))
    #expect(Specialisation.locationQuotient(1, region: 0, industry: 5, total: 9) == nil)
    #expect(Specialisation.locationQuotient(0, region: 4, industry: 0, total: 9) == nil)
  }

  @Test("lq_additive") func additiveQuotient() throws {
    let quotients = try #require(Specialisation.additiveQuotients(region: [30, 70], reference: [200, 200]))
    #expect(close(quotients[0], -0.2) && close(quotients[1], 0.2))
    #expect(Specialisation.additiveQuotients(region: [0, 0], reference: [1, 1]) == nil)
    #expect(Specialisation.locationQuotients(region: [30, 70, 0], reference: [200, 200, 0]) == [0.6, 1.4, nil])
    // 30 of the industry's 200 jobs are here, and 100 of all 400.
    #expect(close(Concentration.additiveQuotient(30, region: 100, industry: 200, total: 400), -0.1))
    #expect(Concentration.additiveQuotient(0, region: 100, industry: 0, total: 400) == nil)
    #expect(Concentration.additiveQuotient(0, region: 0, industry: 1, total: 0) == nil)
  }

  /// REAT, help page krugman.spec2, Farhauer and Kröll (2013): the reference is the unweighted mean of the shares.
  @Test("krugman_sweden_vs_four") func krugmanSeveral() {
    let others: [[Double]] = [
      [35_000, 12_000, 30_000, 8000, 22_000], [40_000, 10_000, 25_000, 9000, 18_000],
      [30_000, 11_000, 18_000, 3000, 13_000], [40_000, 6000, 11_000, 2000, 12_000],
    ]
    let index = Specialisation.krugman([45_000, 15_000, 32_000, 10_000, 30_000], others: others)
    #expect(close(index, 0.1595, relative: 0, absolute: 5e-5))
    #expect(Specialisation.krugman([1, 2], others: []) == nil)
    #expect(Specialisation.krugman([1, 2], others: [[0, 0]]) == nil)
  }

  @Test("krugman_pair") func krugmanPair() {
    #expect(Specialisation.krugman([5, 0], [0, 9]) == 2)
    #expect(Specialisation.krugman([1, 1], [3, 1]) == 0.5)
    #expect(Specialisation.krugman([0, 0], [3, 1]) == nil)
  }

  /// REAT, help page gini.conc, Farhauer and Kröll (2013).
  @Test("gini_conc_fk") func giniOfQuotients() {
    let gini = Concentration.giniOfQuotients([500, 500, 1000, 7000, 1000], [20_000, 15_000, 20_000, 40_000, 5000])
    #expect(close(gini, 0.4068966, relative: 0, absolute: 5e-8))
    #expect(Concentration.giniOfQuotients([1, 2], [10, 20]) == 0)
    #expect(Concentration.giniOfQuotients([0, 0], [10, 20]) == nil)
    #expect(Concentration.giniOfQuotients([1, 2], [10, 0]) == nil)
  }

  /// REAT, help page herf, Dörsam (2004).
  @Test("hhi_doersam") func herfindahl() {
    #expect(close(Specialisation.herfindahl([20, 50, 20, 10]), 0.34, relative: 0, absolute: 1e-12))
    #expect(close(Specialisation.equivalentNumber([20, 50, 20, 10]), 1 / 0.34))
    #expect(Specialisation.herfindahl([]) == nil && Specialisation.herfindahl([0]) == nil)
  }

  /// REAT, help page herf: (H - 1/n) / (1 - 1/n).
  @Test("hhi_norm_doersam") func herfindahlNormalised() {
    #expect(close(Specialisation.normalisedHerfindahl([20, 50, 20, 10]), 0.12, relative: 0, absolute: 1e-12))
    #expect(close(Specialisation.normalisedHerfindahl([3, 3, 3]), 0, absolute: 1e-15))
    #expect(Specialisation.normalisedHerfindahl([3]) == nil)
  }

  /// CRAN ineq 0.2-13, US income 1968, run under R 4.2.2.
  @Test("ineq_us1968_herfindahl") func herfindahlOfIncomes() {
    let x: [Double] = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11_904, 22_261]
    #expect(close(Specialisation.herfindahl(x), 0.1840812309, relative: 0, absolute: 1e-9))
  }

  /// EconGeo 1.3 (420c3c5), help pages Herfindahl, spec.coeff, Hachman.
  @Test("econgeo_herfindahl, econgeo_spec_coeff, econgeo_hachman") func econGeoByRegion() {
    let herfindahl = [1, 0.525, 0.34, 0.315, 0.465]
    let coefficient = [0.8, 0.5, 0.3, 0.35, 0.55]
    let hachman = [0.2, 0.38095238095238093, 0.5882352941176471, 0.6349206349206349, 0.4301075268817204]
    for (r, region) in Self.econgeo.enumerated() {
      #expect(close(Specialisation.herfindahl(region), herfindahl[r], relative: 0, absolute: 1e-12))
      let hoover = Specialisation.hooverCoefficient(region, Self.econgeoWhole)
      #expect(close(hoover, coefficient[r], relative: 0, absolute: 1e-12))
      #expect(close(Specialisation.hachman(region, Self.econgeoWhole), hachman[r], relative: 0, absolute: 1e-12))
    }
  }

  /// EconGeo 1.3, help page locational.Gini: Krugman (1991), at most 0.5.
  @Test("econgeo_locational_gini") func locationalGini() {
    let regions = Self.econgeo.map { $0.reduce(0, +) }
    for (j, expected) in [0.4, 0.18, 0.27, 0.31, 0.28].enumerated() {
      let gini = Concentration.locationalGini(Self.econgeo.map { $0[j] }, regions)
      #expect(close(gini, expected, relative: 0, absolute: 1e-12))
    }
    #expect(Concentration.locationalGini([3, 0], [1, 0]) == 0)
    #expect(Concentration.locationalGini([0, 3], [1, 0]) == nil)
    #expect(Concentration.locationalGini([0, 0], [1, 0]) == nil)
    #expect(close(Concentration.locationalGini([2, 4, 6], [1, 2, 3]), 0, absolute: 1e-15))
  }

  /// REAT, help page hoover, run under R 4.2.2: GDP 2015 and population of the German states.
  @Test("hoover_german_gdp_pop_2015") func hooverOfStates() {
    let gdp = [
      460.69, 549.19, 124.16, 65.29, 31.59, 109.27, 263.44, 39.87, 258.53, 645.59, 131.95, 35.03, 112.66, 56.22, 85.61,
      56.81,
    ]
    let population: [Double] = [
      10_879_618, 12_843_514, 3_520_031, 2_484_826, 671_489, 1_787_408, 6_176_172, 1_612_362, 7_926_599, 17_865_516,
      4_052_803, 995_597, 4_084_851, 2_245_470, 2_858_714, 2_170_714,
    ]
    #expect(close(Dissimilarity.index(gdp, population), 0.073589908887, relative: 0, absolute: 1e-11))
  }

  /// EconGeo 1.3, help page Hoover.index, which prints 40.
  @Test("econgeo_hoover_index_equal") func hooverAgainstEqual() {
    #expect(close(Dissimilarity.index([0, 10, 10, 30, 50]), 0.4, relative: 0, absolute: 1e-12))
  }

  /// REAT, help page litzenberger, Farhauer and Kröll (2014).
  @Test("litzenberger") func litzenbergerSternberg() throws {
    let cluster = try #require(
      Concentration.Cluster(
        jobs: 1743, allJobs: 5740, area: 50, allArea: 576, population: 488, allPopulation: 4621, plants: 35,
        allPlants: 53))
    #expect(close(cluster.index, 21.87491, relative: 0, absolute: 5e-6))
    #expect(close(cluster.density * cluster.stock * cluster.smallness, cluster.index))
    #expect(
      Concentration.Cluster(
        jobs: 0, allJobs: 1, area: 1, allArea: 1, population: 1, allPopulation: 1, plants: 0, allPlants: 1) == nil)
  }

  /// REAT, help page ellison.a, Farhauer and Kröll (2014): plants in Vienna, Linz and Graz.
  @Test("ellison_glaeser_fk") func ellisonGlaeser() {
    let plants: [Double] = [200, 650, 12_000, 100, 50, 16_000, 13_000, 1500, 1500, 25_000]
    let region = [0, 0, 0, 0, 0, 1, 1, 1, 1, 2]
    let whole: [Double] = [500_000, 400_000, 100_000]
    let gamma = Concentration.ellisonGlaeser(plants: plants, region: region, whole: whole)
    #expect(close(gamma, 0.05990628, relative: 0, absolute: 5e-9))
    #expect(Concentration.ellisonGlaeser(plants: [5], region: [0], whole: whole) == nil)
    #expect(Concentration.ellisonGlaeser(plants: [5, 5], region: [0, 0], whole: [9]) == nil)
  }

  /// Two industries whose plants lie together, worked out from the definition by hand.
  ///
  /// Each has two plants of 5 in region 0 and region 1 of two equal regions; w = 1/2, H_j = 1/2, gamma_j = (0 - 1/2 x 1/2) /
  /// (1/2 x 1/2) = -1. H = 1/4 and G = 0, so (0 - 1/4 + 2 x 1/4 x 1/2) / (1 - 1/2) = 0.
  @Test func coagglomeration() {
    let both = Concentration.coagglomeration(
      plants: [5, 5, 5, 5], region: [0, 1, 0, 1], industry: [0, 0, 1, 1], whole: [50, 50])
    #expect(close(both, 0, absolute: 1e-15))
    // All of it in region 0: G = 1/2, G / (1 - 1/2) = 1, gamma_j = (1/2 - 1/4) / (1/4) = 1: (1 - 1/4 - 1/4) / (1/2) = 1.
    let together = Concentration.coagglomeration(
      plants: [5, 5, 5, 5], region: [0, 0, 0, 0], industry: [0, 0, 1, 1], whole: [50, 50])
    #expect(close(together, 1))
    #expect(Concentration.coagglomeration(plants: [5, 5], region: [0, 1], industry: [0, 0], whole: [1, 1]) == nil)
  }

  @Test("duranton_puga_rdi") func durantonPuga() {
    #expect(Specialisation.relativeDiversity([1, 1], [3, 1]) == 2)
    #expect(Specialisation.relativeDiversity([3, 1], [3, 1]) == nil)
    #expect(Specialisation.relativeSpecialisation([1, 3], [1, 1]) == 1.5)
  }

  @Test func entropies() {
    #expect(close(Specialisation.entropy([1, 1, 1, 1]), log(4)))
    #expect(close(Specialisation.entropy([1, 1, 1, 1], base: 2), 2))
    #expect(close(Specialisation.entropy([1, 1, 1, 1], base: 4), 1))
    #expect(Specialisation.entropy([7, 0]) == 0)
    #expect(close(Specialisation.relativeEntropy([2, 2, 2]), 1))
    #expect(Specialisation.relativeEntropy([2]) == nil && Specialisation.entropy([0, 0]) == nil)
  }

  @Test func hachmanNeedsTheWhole() {
    #expect(Specialisation.hachman([1, 1], [2, 0]) == nil)
    #expect(Specialisation.hachman([1, 3], [2, 6]) == 1)
  }

  /// 200 drawn regions: all indices are zero for the structure of the whole, do not change with scale, and are in range.
  @Test func propertiesHold() throws {
    var generator = SeededGenerator(1991)
    for _ in 0..<200 {
      let n = Int.random(in: 2...15, using: &generator)
      let whole = (0..<n).map { _ in Double.random(in: 1...1000, using: &generator) }
      let part = whole.map { $0 * Double.random(in: 0...1, using: &generator) }
      let same = whole.map { $0 * 0.25 }
      #expect(Specialisation.krugman(same, whole) == 0 && Dissimilarity.index(same, whole) == 0)
      #expect(Concentration.rawConcentration(same, whole) == 0)
      #expect(abs(try #require(Concentration.giniOfQuotients(same, whole))) < 1e-14)
      #expect(abs(try #require(Concentration.locationalGini(same, whole))) < 1e-14)
      #expect(close(Specialisation.hachman(same, whole), 1, relative: 1e-14))
      #expect(close(Specialisation.normalisedHerfindahl([Double](repeating: 3.7, count: n)), 0, absolute: 1e-15))
      let krugman = try #require(Specialisation.krugman(part, whole))
      #expect((0...2).contains(krugman))
      #expect(close(Specialisation.krugman(part.map { $0 * 9 }, whole), krugman, absolute: 1e-14))
      #expect((0..<1).contains(try #require(Concentration.giniOfQuotients(part, whole))))
      #expect((-1e-15..<0.5).contains(try #require(Concentration.locationalGini(part, whole))))
      let additive = try #require(Specialisation.additiveQuotients(region: part, reference: whole))
      #expect(abs(additive.reduce(0, +)) < 1e-14)
      #expect(close(additive.map(abs).reduce(0, +), krugman, relative: 1e-13))
    }
  }
}
