import Statistics
import Testing

/// Qualification mismatch: worked cases under the ids by which they are known, and the edges.
@Suite struct MismatchTests {
  /// Synthetic, by hand: no start qualification, mbo-2, mbo-3/4, hbo, wo.
  static let nl5: [[Double]] = [
    [3000, 700, 250, 40, 10], [1400, 1500, 550, 45, 5], [1700, 2300, 5600, 350, 50], [200, 350, 1500, 2600, 350],
    [50, 50, 300, 900, 1200],
  ]

  @Test("nl5_rates") func nl5Rates() throws {
    let matrix = try #require(QualificationMatrix(Self.nl5))
    let rates = try #require(matrix.rates)
    #expect(matrix.total == 25_000 && rates.total == 25_000)
    #expect(close(rates.matched, 0.556, relative: 0, absolute: 1e-12))
    #expect(close(rates.over, 0.35, relative: 0, absolute: 1e-12))
    #expect(close(rates.under, 0.094, relative: 0, absolute: 1e-12))
    let expected = [0.5275590551181102, 0.5510204081632653, 0.21951219512195122, 0.22871664548919948, 0]
    for (balance, share) in zip(matrix.balance, expected) {
      #expect(close(balance.displacedShare, share, relative: 0, absolute: 1e-12))
    }
    #expect(matrix.ratesByJobLevel.map { $0?.over } == matrix.balance.map(\.displacedShare))
    // mbo-3/4 in jobs for mbo-2 or lower: (1700 + 2300) / 10000.
    #expect(matrix.ratesByEducation[2]?.over == 0.4)
    #expect(matrix.displacedJobs == 8_750)
  }

  /// Four levels by hand: over 35 (10 + 5 + 20), under 15 of 100.
  @Test("normative_hand_4x4") func handFourByFour() throws {
    let matrix = try #require(
      QualificationMatrix([[10, 5, 0, 0], [10, 15, 5, 0], [5, 0, 15, 5], [0, 0, 20, 10]]))
    let rates = try #require(matrix.rates)
    #expect(rates == MismatchRates(over: 35, under: 15, matched: 50))
    #expect(rates.over == 0.35 && rates.under == 0.15 && rates.matched == 0.5)
    #expect(matrix.workers == [15, 30, 25, 30] && matrix.jobs == [25, 20, 40, 15])
    #expect(matrix.ratesByEducation.map { $0?.over } == [0, 10.0 / 30, 0.2, 20.0 / 30])
    #expect(matrix.ratesByJobLevel.map { $0?.under } == [0, 0.25, 0.125, 5.0 / 15])
  }

  /// CBS table 70085NED, 2006, "wetenschappelijke beroepen" (x 1,000): primary 2, lower secondary 25, upper secondary 184,
  /// post-secondary 21, tertiary 1215, doctoral 46; unknown (2) left out.
  ///
  /// 232 of 1493 have less than a tertiary education.
  @Test("cbs_wetenschappelijk_2006") func cbsScientificOccupations() throws {
    let required = try #require(RequiredEducation(lowest: 4, highest: 5))
    let rates = RequiredEducation.rates(
      education: [0, 1, 2, 3, 4, 5], required: [RequiredEducation](repeating: required, count: 6),
      counts: [2, 25, 184, 21, 1215, 46])
    #expect(close(rates?.under, 0.15539182853315472, relative: 0, absolute: 1e-12))
    #expect(rates?.over == 0)
  }

  /// CBS table 82208NED, 2014, the Netherlands (x 1,000): employed by occupational level 1-4 are 737, 3,534, 1,349 and 2,436,
  /// of the low educated 426, 1,086, 149 and 85.
  ///
  /// 42.2 per cent of level-1 work and 69.3 per cent of level-2 work is not held by the low educated.
  @Test("nl_2014_82208NED") func netherlands2014() throws {
    let (all, low): ([Double], [Double]) = ([737, 3534, 1349, 2436], [426, 1086, 149, 85])
    // With low education required at levels 1 and 2, "above" is everybody else.
    let required = try #require(RequiredEducation(lowest: 0, highest: 0))
    for (level, percent) in [(0, 42.2), (1, 69.3)] {
      let rates = RequiredEducation.rates(
        education: [0, 1], required: [required, required], counts: [low[level], all[level] - low[level]])
      let share = try #require(rates?.over)
      #expect((1000 * share).rounded() / 10 == percent)
    }
  }

  @Test("cbs_below_level_method") func cbsBelowLevel() {
    // Method: CBS 2016, technical notes; the numbers are made up. One row an occupation: low, middle, high.
    let below = BelowLevel(counts: [[50, 30, 20], [20, 60, 20], [5, 25, 70]])
    #expect(below.modalLevel == [0, 1, 2])
    #expect(close(below.share[0], 0, absolute: 1e-12))
    #expect(close(below.share[1], 0.2608695652173913, relative: 0, absolute: 1e-12))
    #expect(close(below.share[2], 0.36363636363636365, relative: 0, absolute: 1e-12))
    #expect(below.below == [0, 30, 40])
    // A tie decides who is below: 40 middle in an occupation whose low and middle tie.
    let tied: [[Double]] = [[40, 40, 20], [0, 0, 0]]
    #expect(BelowLevel(counts: tied).share == [0, 1, 1])
    #expect(BelowLevel(counts: tied, tie: .highest).share == [0, 0, 1])
    #expect(BelowLevel(counts: tied).modalLevel == [0, nil])
    #expect(BelowLevel(counts: []).share.isEmpty)
  }

  @Test("nl5_kappa") func kappa() throws {
    // p_o 0.556; p_e = (4000 x 6350 + 3500 x 4900 + 10000 x 8200 + 5000 x 3935 + 2500 x 1615) / 25000^2 = 0.2372.
    let matrix = try #require(QualificationMatrix(Self.nl5))
    let products: [Double] = [4000 * 6350, 3500 * 4900, 10_000 * 8200, 5000 * 3935, 2500 * 1615]
    let expected: Double = products.reduce(0, +) / 625_000_000
    #expect(close(matrix.kappa, (0.556 - expected) / (1 - expected), relative: 1e-13))
    #expect(QualificationMatrix([[5, 0], [0, 0]])?.kappa == nil)
    #expect(QualificationMatrix([[1, 1], [1, 1]])?.kappa == 0)
    #expect(QualificationMatrix([[2, 0], [0, 3]])?.kappa == 1)
  }

  /// Eurostat: ISCED 5-8 in ISCO-08 groups 4-9 over all with ISCED 5-8; with and without the armed forces.
  @Test func overQualification() {
    let counts: [Double] = [60, 25, 5, 40, 10]
    let isTertiary = [true, true, true, false, true]
    let isBelow = [false, true, true, true, false]
    #expect(
      RequiredEducation.overQualificationRate(counts: counts, isQualified: isTertiary, isBelow: isBelow) == 0.3)
    // The last cell is ISCO 0: left out, 30 of 90.
    #expect(
      RequiredEducation.overQualificationRate(
        counts: counts, isQualified: [true, true, true, false, false], isBelow: isBelow) == 30.0 / 90)
    #expect(RequiredEducation.overQualificationRate(counts: [1], isQualified: [false], isBelow: [true]) == nil)
  }

  @Test func modesTie() {
    let education: [Double] = [12, 12, 14, 16, 16]
    func bounds(_ tie: RealisedMatches.ModeTie) -> [Double] {
      let bounds = RealisedMatches.bounds(education, rule: .mode(tie))
      return [bounds?.lower ?? .nan, bounds?.upper ?? .nan]
    }
    #expect(bounds(.lowest) == [12, 12])
    #expect(bounds(.highest) == [16, 16])
    #expect(bounds(.all) == [12, 16])
    let occupation = [Int](repeating: 0, count: 5)
    func signs(_ tie: RealisedMatches.ModeTie) -> [Int?] {
      RealisedMatches.mismatch(education: education, occupation: occupation, rule: .mode(tie))
    }
    #expect(signs(.lowest) == [0, 0, 1, 1, 1])
    #expect(signs(.highest) == [-1, -1, -1, 0, 0])
    #expect(signs(.all) == [0, 0, 0, 0, 0])
  }

  /// Mean 10 and population deviation 2: both bounds belong to the matched.
  @Test func meanAndDeviationAreSymmetric() throws {
    let education: [Double] = [8, 12, 8, 12]
    let rule = RealisedMatches.Rule.mean(deviations: 1, divisor: .population)
    #expect(
      RealisedMatches.mismatch(education: education, occupation: [0, 0, 0, 0], rule: rule) == [0, 0, 0, 0])
    let half = RealisedMatches.Rule.mean(deviations: 0.5, divisor: .population)
    #expect(
      RealisedMatches.mismatch(education: education, occupation: [0, 0, 0, 0], rule: half) == [-1, 1, -1, 1])
    let sample = RealisedMatches.Rule.mean(deviations: 1, divisor: .sample)
    #expect(RealisedMatches.bounds([5], rule: sample) == nil)
  }

  @Test func quantileHasNoLowerBound() throws {
    let education = (1...10).map(Double.init)
    let bounds = try #require(RealisedMatches.bounds(education, rule: .quantile(0.8)))
    #expect(close(bounds.upper, 8.2) && bounds.lower == -.infinity)
    let rates = RealisedMatches.rates(
      education: education, occupation: [Int](repeating: 3, count: 10), rule: .quantile(0.8))
    #expect(rates == MismatchRates(over: 2, under: 0, matched: 8))
  }

  @Test func smallOccupationsAreLeftOut() {
    let rule = RealisedMatches.Rule.mode(.lowest)
    let signs = RealisedMatches.mismatch(
      education: [1, 1, 2, 9], occupation: [0, 0, 0, 1], rule: rule, minimum: 2)
    #expect(signs == [0, 0, 1, nil])
    #expect(
      RealisedMatches.rates(education: [1, 1, 2, 9], occupation: [0, 0, 0, 1], rule: rule, minimum: 2)
        == MismatchRates(over: 1, under: 0, matched: 2))
    #expect(RealisedMatches.rates(education: [], occupation: [], rule: rule) == nil)
  }

  /// ILO 2012: 14 is 3 where other managers are 4, and the armed forces have three levels.
  @Test func skillLevels() {
    let expected: [(String, Int?)] = [
      ("11", 4), ("1219", 4), ("13", 4), ("1411", 3), ("2", 4), ("25", 4), ("31", 3), ("4", 2), ("51", 2), ("6", 2),
      ("75", 2), ("83", 2), ("9", 1), ("01", 4), ("0210", 2), ("03", 1), ("0", nil), ("1", nil), ("", nil), ("x", nil),
      ("15", nil), ("04", nil),
    ]
    for (code, level) in expected { #expect(RequiredEducation.skillLevel(isco08: code) == level, "\(code)") }
  }

  @Test func whatIsNoMatrix() {
    #expect(QualificationMatrix([[1, 2]]) == nil)
    #expect(QualificationMatrix([]) == nil)
    #expect(QualificationMatrix([[-1]]) == nil)
    #expect(QualificationMatrix([[.nan]]) == nil)
    #expect(QualificationMatrix(levels: 2, counts: [1, 2, 3]) == nil)
    #expect(RequiredEducation(lowest: 2, highest: 1) == nil)
    let empty = QualificationMatrix([[0, 0], [0, 0]])
    #expect(empty?.rates == nil && empty?.excessMismatch == nil && empty?.kappa == nil)
    #expect(empty?.ratesByEducation == [nil, nil] && empty?.balance[0].displacedShare == nil)
  }
}
