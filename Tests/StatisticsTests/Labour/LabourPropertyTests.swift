import Glibc
import Statistics
import Testing

/// The identities of labour and regional statistics on drawn inputs, one draw a seed.
///
/// A draw that fails is named by its seed in the report; `PEIL_SEED=n` runs that draw alone.
@Suite struct LabourPropertyTests {
  /// The seeds: 1 to 100, or the one in `PEIL_SEED`.
  static let seeds: [UInt64] =
    getenv("PEIL_SEED").flatMap { UInt64(String(cString: $0)) }.map { [$0] } ?? Array(1...100)

  @Test func whichSeeds() {
    print("labour properties: seeds \(Self.seeds.first ?? 0) to \(Self.seeds.last ?? 0); PEIL_SEED=n replays one")
    #expect(!Self.seeds.isEmpty)
  }

  /// Counts with zeros among them, whole or not.
  private func counts(_ count: Int, _ generator: inout SeededGenerator) -> [Double] {
    let isWhole = Bool.random(using: &generator)
    let zeros = Double.random(in: 0...0.5, using: &generator)
    return (0..<count).map { _ in
      if Double.random(in: 0..<1, using: &generator) < zeros { return 0 }
      let value = Double.random(in: 0.01...900, using: &generator)
      return isWhole ? value.rounded(.up) : value
    }
  }

  private func positives(_ count: Int, _ generator: inout SeededGenerator) -> [Double] {
    (0..<count).map { _ in Double.random(in: 0.01...900, using: &generator) }
  }

  private func matrix(_ seed: UInt64) throws -> QualificationMatrix {
    var generator = SeededGenerator(seed)
    let levels = Int.random(in: 1...7, using: &generator)
    return try #require(QualificationMatrix(levels: levels, counts: counts(levels * levels, &generator)))
  }

  @Test(arguments: seeds) func netDisplacementSumsToZero(seed: UInt64) throws {
    let matrix = try matrix(seed)
    let error = 1e-13 * max(1, matrix.total)
    #expect(abs(matrix.balance.map(\.netDisplacement).reduce(0, +)) <= error)
    for level in matrix.balance {
      let flows = level.fromAbove + level.fromBelow - level.toBelow - level.toAbove
      #expect(abs(level.jobs - level.workers - flows) <= error)
    }
    #expect(abs(matrix.displacedJobs - matrix.balance.map(\.fromAbove).reduce(0, +)) <= error)
  }

  @Test(arguments: seeds) func downLessUpIsTheSurplus(seed: UInt64) throws {
    let matrix = try matrix(seed)
    let error = 1e-13 * max(1, matrix.total)
    #expect(matrix.thresholds.count == matrix.levels - 1)
    for crossing in matrix.thresholds {
      let above = crossing.level...
      let surplus = matrix.workers[above].reduce(0, +) - matrix.jobs[above].reduce(0, +)
      #expect(abs(crossing.down - crossing.up - surplus) <= error)
      #expect(abs(crossing.surplus - surplus) <= error)
      #expect(abs(crossing.excess - min(crossing.down, crossing.up)) <= error)
      #expect(abs(crossing.structural + crossing.excess - crossing.down) <= error)
    }
    guard let excess = matrix.excessMismatch else { return }
    let surpluses = matrix.thresholds.map { abs($0.surplus) }.reduce(0, +)
    #expect(abs(excess.structuralSteps - surpluses) <= error)
    #expect(excess.excessShare >= -1e-13 && excess.excessSteps >= -error)
  }

  @Test(arguments: seeds) func shiftShareAddsToGrowth(seed: UInt64) throws {
    var generator = SeededGenerator(seed)
    let n = Int.random(in: 1...12, using: &generator)
    let years = Int.random(in: 2...5, using: &generator)
    // A nation has every industry; the region may gain and lose industries.
    let nation = (0..<years).map { _ in positives(n, &generator) }
    let region = (0..<years).map { _ in counts(n, &generator) }
    let steps = try #require(ShiftShare.steps(region: region, nation: nation))
    var largest = 0.0
    for (year, split) in steps.enumerated() {
      // Rounding is a share of the terms that are added, of which industries that grow from next to nothing have large ones.
      let magnitude = split.parts.reduce(1) { sum, part in
        let finer = abs(part.competitive ?? 0) + abs(part.allocation ?? 0)
        return sum + abs(part.national) + abs(part.industryMix) + abs(part.regional) + finer
      }
      let error = 1e-13 * magnitude
      largest += error
      let growth = region[year + 1].reduce(0, +) - region[year].reduce(0, +)
      #expect(abs(split.growth - growth) <= error)
      #expect(abs(split.national + split.industryMix + split.regional - growth) <= error)
      #expect(abs(split.netTotalShift - split.industryMix - split.regional) <= error)
      for part in split.parts {
        #expect(abs(part.national + part.industryMix + part.regional - part.growth) <= error)
      }
      // The finer splits exist where no industry is new to the region.
      let isNew = zip(region[year], region[year + 1]).contains { $0 == 0 && $1 > 0 }
      #expect((split.competitive == nil) == isNew && (split.arcelus == nil) == isNew)
      guard let competitive = split.competitive, let allocation = split.allocation, let terms = split.arcelus else {
        continue
      }
      #expect(abs(competitive + allocation - split.regional) <= error)
      let regional = [
        terms.regionalGrowthExpected, terms.regionalIndustryExpected, terms.regionalGrowthDifferential,
        terms.regionalIndustryDifferential,
      ]
      let others = [
        terms.nationalExpected, terms.nationalDifferential, terms.industryMixExpected, terms.industryMixDifferential,
      ]
      #expect(abs((others + regional).reduce(0, +) - growth) <= error)
      #expect(abs(regional[0] + regional[1] - competitive) <= error)
    }
    let whole = region[years - 1].reduce(0, +) - region[0].reduce(0, +)
    #expect(abs(steps.map { $0.national + $0.industryMix + $0.regional }.reduce(0, +) - whole) <= largest)
  }

  @Test(arguments: seeds) func indicesAreZeroForEqualDistributions(seed: UInt64) throws {
    var generator = SeededGenerator(seed)
    let n = Int.random(in: 2...20, using: &generator)
    let whole = positives(n, &generator)
    let scale = Double.random(in: 0.001...1, using: &generator)
    let part = whole.map { $0 * scale }
    for (name, index) in [
      ("Krugman", Specialisation.krugman(part, whole)),
      ("several", Specialisation.krugman(part, others: [whole, part])),
      ("Hoover", Specialisation.hooverCoefficient(part, whole)), ("Duncan", Dissimilarity.index(part, whole)),
      ("Gini of quotients", Concentration.giniOfQuotients(part, whole)),
      ("locational Gini", Concentration.locationalGini(part, whole)),
      ("raw concentration", Concentration.rawConcentration(part, whole)),
      ("M", MismatchIndex.sahin(unemployed: part, vacancies: whole)),
      ("Jackman-Roper", MismatchIndex.jackmanRoper(unemployed: part, vacancies: whole)),
      ("its root form", MismatchIndex.jackmanRoperRoot(unemployed: part, vacancies: whole)),
      ("Layard-Nickell", MismatchIndex.layardNickell(unemployed: part, labourForce: whole)),
      ("Lilien", SectoralShift.lilien(from: part, to: whole)),
      ("modified Lilien", SectoralShift.lilien(from: part, to: whole, weights: .average)),
    ] {
      let value = try #require(index, "\(name)")
      #expect(abs(value) <= 1e-13, "\(name): \(value)")
    }
    let equal = [Double](repeating: whole[0], count: n)
    for (name, index) in [
      ("Gini", Inequality.gini(equal)), ("Theil T", Inequality.theilT(equal)), ("Theil L", Inequality.theilL(equal)),
      ("Atkinson", Inequality.atkinson(equal, epsilon: 0.5)), ("Hoover", Inequality.hoover(equal)),
      ("variation", Inequality.coefficientOfVariation(equal)), ("Wolfson", Inequality.wolfson(equal)),
      ("Herfindahl", Specialisation.normalisedHerfindahl(equal)), ("against equal", Dissimilarity.index(equal)),
    ] {
      let value = try #require(index, "\(name)")
      #expect(abs(value) <= 1e-13, "\(name): \(value)")
    }
    for quotient in Specialisation.locationQuotients(region: part, reference: whole) {
      #expect(close(quotient, 1, relative: 1e-12))
    }
  }

  /// All of u, all of v, all efficiencies and all values times a number change nothing.
  @Test(arguments: seeds) func mismatchDoesNotScale(seed: UInt64) throws {
    var generator = SeededGenerator(seed)
    let n = Int.random(in: 1...15, using: &generator)
    let (u, v) = (positives(n, &generator), positives(n, &generator))
    let (phi, x) = (positives(n, &generator), positives(n, &generator))
    let alpha = Double.random(in: 0.2...0.8, using: &generator)
    func times(_ values: [Double]) -> [Double] {
      let factor = pow(10, Double.random(in: -4...4, using: &generator))
      return values.map { $0 * factor }
    }
    let m = try #require(MismatchIndex.sahin(unemployed: u, vacancies: v, alpha: alpha))
    #expect((-1e-14...1).contains(m))
    let scaled = MismatchIndex.sahin(unemployed: times(u), vacancies: times(v), alpha: alpha)
    #expect(close(scaled, m, relative: 0, absolute: 1e-12))
    let mPhi = try #require(MismatchIndex.sahin(unemployed: u, vacancies: v, efficiency: phi, alpha: alpha))
    let scaledPhi = MismatchIndex.sahin(
      unemployed: times(u), vacancies: times(v), efficiency: times(phi), alpha: alpha)
    #expect(close(scaledPhi, mPhi, relative: 0, absolute: 1e-12))
    let mX = try #require(MismatchIndex.sahin(unemployed: u, vacancies: v, efficiency: phi, weight: x, alpha: alpha))
    let scaledX = MismatchIndex.sahin(
      unemployed: times(u), vacancies: times(v), efficiency: times(phi), weight: times(x), alpha: alpha)
    #expect(close(scaledX, mX, relative: 1e-11, absolute: 1e-12))
    // The planner of M_phi has the most hires: no other sharing out of the unemployed has a smaller loss.
    #expect(mPhi >= -1e-12)
    let spread = try #require(MismatchIndex.layardNickell(unemployed: u, labourForce: v))
    #expect(close(MismatchIndex.layardNickell(unemployed: times(u), labourForce: times(v)), spread, relative: 1e-11))
  }

  /// Both effects add to the difference, and a swap of the two moments turns the signs.
  @Test(arguments: seeds) func kitagawaAddsUp(seed: UInt64) {
    var generator = SeededGenerator(seed)
    let n = Int.random(in: 1...10, using: &generator)
    func shares() -> [Double] {
      let raw = positives(n, &generator)
      return raw.map { $0 / raw.reduce(0, +) }
    }
    let (s0, s1) = (shares(), shares())
    let (r0, r1) = (positives(n, &generator).map { $0 / 900 }, positives(n, &generator).map { $0 / 900 })
    let parts = RateDecomposition(shares: s0, rates: r0, laterShares: s1, laterRates: r1)
    let difference = zip(s1, r1).map(*).reduce(0, +) - zip(s0, r0).map(*).reduce(0, +)
    #expect(abs(parts.rateEffect + parts.compositionEffect - difference) <= 1e-13)
    #expect(abs(parts.total - difference) <= 1e-13)
    let back = RateDecomposition(shares: s1, rates: r1, laterShares: s0, laterRates: r0)
    #expect(abs(back.rateEffect + parts.rateEffect) <= 1e-13)
  }
}
