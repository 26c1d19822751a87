import Glibc
import Statistics
import Testing

/// Worked cases with published answers, by the id that they have in the collection `labour-cases.json`; each says where
/// it comes from. Tolerances are those of the collection.
@Suite struct LabourCasesTests {
  /// GDP of the sixteen German states in 2015, billions of euros, and their inhabitants; help pages of `gini` and `hoover`
  /// in the R package REAT 3.0.3.
  static let gdp = [
    460.69, 549.19, 124.16, 65.29, 31.59, 109.27, 263.44, 39.87, 258.53, 645.59, 131.95, 35.03, 112.66, 56.22, 85.61,
    56.81,
  ]
  static let inhabitants: [Double] = [
    10_879_618, 12_843_514, 3_520_031, 2_484_826, 671_489, 1_787_408, 6_176_172, 1_612_362, 7_926_599, 17_865_516,
    4_052_803, 995_597, 4_084_851, 2_245_470, 2_858_714, 2_170_714,
  ]
  /// Class means of US income in 1968 and their frequencies: the example of the R package ineq 0.2-13.
  static let income: [Double] = [541, 1_463, 2_445, 3_438, 4_437, 5_401, 6_392, 8_304, 11_904, 22_261]
  static let families: [Double] = [482, 825, 722, 690, 661, 760, 745, 2_140, 1_911, 1_024]
  /// Four shares of Doersam (2004), in the help pages of REAT.
  static let doersam: [Double] = [20, 50, 20, 10]
  /// Stoermann (2009), in the help page of `theil` in REAT.
  static let stoermann: [Double] = [10, 10, 10, 20, 50]
  /// Regions by industries: the example matrix of PABalland/EconGeo 1.3 (420c3c5).
  static let regions: [[Double]] = [
    [100, 0, 0, 0, 0], [0, 15, 5, 70, 10], [0, 20, 10, 20, 50], [0, 25, 30, 5, 40], [0, 40, 55, 5, 0],
  ]

  static let cases: [(id: String, value: Double?, expected: Double, tolerance: Double)] = [
    // Help page of `gini`, REAT.
    ("gini_german_gdp_2015", Inequality.gini(gdp), 0.5009, 5e-5),
    ("gini_norm_doersam", Inequality.normalisedGini(doersam), 0.4, 1e-12),
    (
      "gini_weighted_doersam",
      Inequality.gini([500, 1_500, 2_500, 4_000, 7_500, 15_000], weights: [1_000, 1_200, 1_600, 400, 200, 600]), 0.5278,
      5e-5
    ),
    // EconGeo 1.3, help pages of Gini and Hoover.index.
    ("econgeo_gini", Inequality.gini([0, 10, 10, 30, 50]), 0.48, 1e-12),
    ("econgeo_hoover_index_equal", Inequality.hoover([0, 10, 10, 30, 50]), 0.4, 1e-12),
    // Help page of `hoover`, REAT, run under R 4.2.2.
    ("hoover_german_gdp_pop_2015", Inequality.hoover(gdp, reference: inhabitants), 0.073589908887, 1e-11),
    // Help page of `herf`, REAT.
    ("hhi_doersam", Inequality.herfindahl(doersam), 0.34, 1e-12),
    ("hhi_norm_doersam", Inequality.normalisedHerfindahl(doersam), 0.12, 1e-12),
    // Help page of `theil`, REAT, which is Theil's L; T of the same values by hand, 0.5 ln 2.5 - 0.3 ln 2.
    ("mld_stoermann", Inequality.theilL(stoermann), 0.2326302, 5e-8),
    ("theil_t_same_vector", Inequality.theilT(stoermann), 0.25020121176909393, 1e-12),
    // ineq 0.2-13, run under R 4.2.2.
    ("ineq_us1968_atkinson_0.5", Inequality.atkinson(income, epsilon: 0.5), 0.179659098, 1e-9),
    ("ineq_us1968_ricci_schutz", Inequality.hoover(income), 0.3378067462, 1e-9),
    ("ineq_us1968_herfindahl", Inequality.herfindahl(income), 0.1840812309, 1e-9),
    // Test suite of pysal/inequality (0f9050e).
    ("atkinson_pysal_0.5", Inequality.atkinson([10, 20, 30, 40, 50], epsilon: 0.5), 0.06315, 1e-5),
    ("atkinson_pysal_0", Inequality.atkinson([10, 20, 30, 40, 50], epsilon: 0), 0, 1e-5),
    ("schutz_pysal", Inequality.hoover([1_000, 2_000, 1_500, 3_000, 2_500]), 0.15, 1e-12),
    ("wolfson_pysal_1", Inequality.wolfson([6, 6, 8, 8, 10, 10, 12, 12]), 1.0 / 12, 1e-9),
    (
      "wolfson_pysal_3",
      Inequality.wolfson([20_000, 25_000, 27_000, 30_000, 35_000, 45_000, 60_000, 75_000, 80_000, 120_000]), 0.2013,
      1e-4
    ),
  ]

  @Test(arguments: cases.indices) func aPublishedFigure(index: Int) throws {
    let one = Self.cases[index]
    let value = try #require(one.value, "\(one.id)")
    #expect(abs(value - one.expected) <= one.tolerance, "\(one.id): \(value), expected \(one.expected)")
  }

  /// EconGeo 1.3, help page of Herfindahl.
  @Test func econgeo_herfindahl() {
    let found = Self.regions.map { Inequality.herfindahl($0) }
    for (value, expected) in zip(found, [1, 0.525, 0.34, 0.315, 0.465]) {
      #expect(close(value, expected, relative: 0, absolute: 1e-12))
    }
  }

  /// EconGeo 1.3, help page of spec.coeff: Hoover's index of a region's industries against all regions'.
  @Test func econgeo_spec_coeff() {
    let industries = (0..<5).map { industry in Self.regions.reduce(0) { $0 + $1[industry] } }
    for (region, expected) in zip(Self.regions, [0.8, 0.5, 0.3, 0.35, 0.55]) {
      #expect(close(Inequality.hoover(region, reference: industries), expected, relative: 0, absolute: 1e-12))
    }
  }

  /// ineq 0.2-13, `Lc(x, n)` under R 4.2.2.
  @Test func ineq_us1968_lorenz_weighted() throws {
    let curve = try #require(LorenzCurve(Self.income, weights: Self.families))
    let people = [
      0, 0.048393574, 0.1312249, 0.203714859, 0.272991968, 0.33935743, 0.415662651, 0.490461847, 0.705321285,
      0.897188755, 1,
    ]
    let total = [
      0, 0.00323048, 0.018183229, 0.040052727, 0.069441248, 0.105775285, 0.156627577, 0.215622658, 0.435775288,
      0.717598246, 1,
    ]
    #expect(curve.population.count == 11 && curve.total.count == 11)
    for (own, expected) in zip(curve.population + curve.total, people + total) { #expect(abs(own - expected) <= 1e-8) }
  }

  /// Test suite of pysal/inequality (0f9050e), test_theil.py: a group without income has no part in the inequality within.
  @Test func theil_zero_values() throws {
    let split = try #require(EntropyDecomposition([0, 0, 0, 10, 10, 10], groups: [0, 0, 0, 1, 1, 1]))
    #expect(abs(split.total - 0.6931471805599453) <= 1e-7)
    #expect(abs(split.between - 0.6931471805599453) <= 1e-7)
    #expect(abs(split.within) <= 1e-7)
  }

  /// Test suite of pysal/esda (11450be), test_getisord.py: neighbours within 15.
  @Test func getis_ord_g_esda() throws {
    let points = [(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)].map { PlanePoint($0, $1) }
    let found = try #require(GetisOrdG([2, 3, 3.2, 5, 8, 7], SpatialWeights(points: points, within: 15)))
    #expect(abs(found.value - 0.55709779) <= 1e-7)
  }

  /// Test suite of pysal/mapclassify, TestHeadTailBreaks: counts by class of i^-2, i = 1 ... 999.
  @Test func headtail_inverse_square() throws {
    let values = (1...999).map { 1 / (Double($0) * Double($0)) }
    let bounds = ClassBreaks.headTail(values)
    let classes = try #require(BoundedClasses(bounds: Array(bounds.dropLast()), closure: .right))
    let counts = (1...4).map { wanted in values.count { classes($0) == wanted } }
    #expect(bounds.count == 4 && counts == [975, 21, 2, 1])
  }
}
