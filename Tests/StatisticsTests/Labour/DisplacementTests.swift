import Statistics
import Testing

/// Displacement: worked cases under their ids, identities on drawn matrices, and the edges.
@Suite struct DisplacementTests {
  static let workers: [Double] = [4000, 3500, 10000, 5000, 2500]
  static let jobs: [Double] = [6350, 4900, 8200, 3935, 1615]

  /// Synthetic, by hand: from above less to below at each level.
  @Test("nl5_balance") func balance() throws {
    let matrix = try #require(QualificationMatrix(MismatchTests.nl5))
    #expect(matrix.workers == Self.workers && matrix.jobs == Self.jobs)
    #expect(matrix.balance.map(\.fromAbove) == [3350, 2700, 1800, 900, 0])
    #expect(matrix.balance.map(\.toBelow) == [0, 1400, 4000, 2050, 1300])
    #expect(matrix.balance.map(\.netDisplacement) == [3350, 1300, -2200, -1150, -1300])
  }

  @Test("nl5_thresholds") func thresholds() throws {
    let crossings = try #require(QualificationMatrix(MismatchTests.nl5)).thresholds
    // Thresholds 2 to 5 of the five levels are 1 to 4 when counted from 0.
    #expect(crossings.map(\.level) == [1, 2, 3, 4])
    #expect(crossings.map(\.down) == [3350, 4650, 2450, 1300])
    #expect(crossings.map(\.up) == [1000, 900, 500, 415])
    #expect(crossings.map(\.surplus) == [2350, 3750, 1950, 885])
    #expect(crossings.map(\.structural) == [2350, 3750, 1950, 885])
    #expect(crossings.map(\.excess) == [1000, 900, 500, 415])
  }

  @Test("nl5_structural_minimum") func structuralMinimum() {
    #expect(close(Dissimilarity.index(Self.workers, Self.jobs), 0.15))
  }

  @Test("nl5_excess") func excess() throws {
    let excess = try #require(QualificationMatrix(MismatchTests.nl5)?.excessMismatch)
    #expect(close(excess.observedShare, 0.444, absolute: 1e-9))
    #expect(close(excess.structuralShare, 0.15, absolute: 1e-9))
    #expect(close(excess.excessShare, 0.294, absolute: 1e-9))
    #expect(excess.observedSteps == 14_565 && excess.structuralSteps == 8_935 && excess.excessSteps == 5_630)
  }

  @Test("nl5_own_level_first") func ownLevelFirst() throws {
    let matrix = try #require(JobAllocation.ownLevelFirst(workers: Self.workers, jobs: Self.jobs))
    let expected: [[Double]] = [
      [4000, 0, 0, 0, 0], [0, 3500, 0, 0, 0], [1800, 0, 8200, 0, 0], [550, 515, 0, 3935, 0], [0, 885, 0, 0, 1615],
    ]
    #expect(matrix == QualificationMatrix(expected))
    #expect(matrix.personsAffected == 3_750)
  }

  /// Rank order touches 8,935 people, one step each.
  @Test("nl5_assortative") func assortative() throws {
    let matrix = try #require(JobAllocation.assortative(workers: Self.workers, jobs: Self.jobs))
    #expect(matrix.workers == Self.workers && matrix.jobs == Self.jobs)
    #expect(matrix.personsAffected == 8_935)
    #expect(matrix.excessMismatch?.observedSteps == 8_935 && matrix.excessMismatch?.excessSteps == 0)
    #expect(matrix.displacedJobs == 8_935)
    #expect(JobAllocation.chainPersons(workers: Self.workers, jobs: Self.jobs) == 5_185)
  }

  /// By hand: the same margins and steps; the chain touches two people, the deep fall one.
  @Test("chain_versus_deep_fall") func chainOrFall() throws {
    let (workers, jobs): ([Double], [Double]) = ([0, 1, 1], [1, 1, 0])
    let chain = try #require(JobAllocation.assortative(workers: workers, jobs: jobs))
    let fall = try #require(JobAllocation.ownLevelFirst(workers: workers, jobs: jobs))
    #expect(chain == QualificationMatrix([[0, 0, 0], [1, 0, 0], [0, 1, 0]]))
    #expect(fall == QualificationMatrix([[0, 0, 0], [0, 1, 0], [1, 0, 0]]))
    #expect([chain.personsAffected, fall.personsAffected] == [2, 1])
    #expect([chain.excessMismatch?.observedSteps, fall.excessMismatch?.observedSteps] == [2, 2])
  }

  /// The share of hbo and wo in the labour force over age groups (Kitagawa 1955; Berman, Bound and Griliches 1994).
  @Test("kitagawa_education") func kitagawa() {
    let parts = RateDecomposition(
      shares: [0.3, 0.45, 0.25], rates: [0.18, 0.28, 0.22], laterShares: [0.26, 0.44, 0.3],
      laterRates: [0.27, 0.34, 0.25])
    #expect(close(parts.total, 0.0598, absolute: 1e-9))
    #expect(close(parts.rateEffect, 0.06015, absolute: 1e-9))
    #expect(close(parts.compositionEffect, -0.00035, absolute: 1e-9))
    #expect(close(parts.rateEffects.reduce(0, +), parts.rateEffect))
  }

  @Test("residence_workplace") func residenceAndWorkplace() throws {
    let area = ResidenceWorkplace(jobs: 40_000, residents: 35_000, both: 24_000)
    #expect(area.inflow == 16_000 && area.outflow == 11_000 && area.balance == 5_000)
    #expect(area.locallyFilledShare == 0.6 && area.localEmploymentShare == 24.0 / 35)
    #expect(close(area.jobsPer100Residents, 4000.0 / 35))
    #expect(area.isLabourMarketArea == false)
    #expect(ResidenceWorkplace(both: 0, inflow: 0, outflow: 0).locallyFilledShare == nil)
    // Between the sizes the bar falls from 75 to 66.7 per cent.
    #expect(ResidenceWorkplace(both: 2700, inflow: 900, outflow: 900).isLabourMarketArea == true)
    #expect(ResidenceWorkplace(both: 2500, inflow: 500, outflow: 500).isLabourMarketArea == false)
    #expect(ResidenceWorkplace(both: 20_100, inflow: 10_000, outflow: 10_000).isLabourMarketArea == true)
    #expect(ResidenceWorkplace(both: 2500, inflow: 1200, outflow: 1200).isLabourMarketArea == false)
  }

  @Test func excessOverABenchmark() throws {
    let own = try #require(QualificationMatrix([[20, 0], [30, 50]]))
    let bench = try #require(QualificationMatrix([[80, 10], [20, 90]]))
    // Level 1: 30 of 50 against 20 of 100; level 2 has nobody above.
    #expect(close(own.excessDisplacedJobs(over: bench), (0.6 - 0.2) * 50))
    let parts = try #require(own.overDifference(from: bench))
    #expect(close(parts.total, 0.3 - 0.1))
    #expect(close(parts.rateEffect + parts.compositionEffect, parts.total))
    // Of the higher educated 37.5 against 18.2 per cent, at the mean of their shares 80 and 55 per cent.
    #expect(close(parts.rateEffect, (0.8 + 0.55) / 2 * (0.375 - 2.0 / 11)))
    #expect(try own.excessDisplacedJobs(over: #require(QualificationMatrix([[1]]))) == nil)
    #expect(try own.overDifference(from: #require(QualificationMatrix([[0, 0], [0, 0]]))) == nil)
  }

  /// Higher-schooled people come in than go out (Gautier and others).
  @Test func schoolingOfFlows() {
    #expect(FlowDisplacement.schoolingGap(inflow: [10, 20, 10], outflow: [20, 20, 0]) == 0.5)
    #expect(FlowDisplacement.schoolingGap(inflow: [10, 10], outflow: [10, 10], scale: [8, 12]) == 0)
    #expect(FlowDisplacement.schoolingGap(inflow: [0, 0], outflow: [1, 0]) == nil)
  }

  @Test func whatCannotBeAllocated() {
    #expect(JobAllocation.assortative(workers: [1, 2], jobs: [1, 1]) == nil)
    #expect(JobAllocation.ownLevelFirst(workers: [1, 2], jobs: [3]) == nil)
    #expect(JobAllocation.assortative(workers: [], jobs: []) == nil)
    #expect(JobAllocation.assortative(workers: [-1, 2], jobs: [0, 1]) == nil)
    #expect(JobAllocation.ownLevelFirst(workers: [0, 0], jobs: [0, 0])?.total == 0)
    #expect(JobAllocation.ownLevelFirst(workers: [7], jobs: [7])?.counts == [7])
  }

  /// 300 drawn matrices: net displacement sums to zero, down less up is the surplus, jobs less workers is the balance, and
  /// no allocation has fewer steps or persons than the structural minimum.
  @Test func identitiesHold() throws {
    var generator = SeededGenerator(1902)
    for _ in 0..<300 {
      let levels = Int.random(in: 1...6, using: &generator)
      let cells = (0..<(levels * levels)).map { _ in Double(Int.random(in: -20...500, using: &generator)) }
        .map { max($0, 0) }
      let matrix = try #require(QualificationMatrix(levels: levels, counts: cells))
      guard matrix.total > 0 else { continue }
      #expect(matrix.balance.map(\.netDisplacement).reduce(0, +) == 0)
      for level in matrix.balance {
        #expect(level.jobs - level.workers == level.fromAbove + level.fromBelow - level.toBelow - level.toAbove)
      }
      for crossing in matrix.thresholds {
        #expect(crossing.down - crossing.up == crossing.surplus)
        #expect(crossing.excess == min(crossing.down, crossing.up))
      }
      let rates = try #require(matrix.rates)
      #expect(close(rates.over + rates.under + rates.matched, 1))
      let excess = try #require(matrix.excessMismatch)
      #expect(excess.excessShare > -1e-12 && excess.excessSteps >= 0)
      let chain = try #require(JobAllocation.assortative(workers: matrix.workers, jobs: matrix.jobs))
      let fall = try #require(JobAllocation.ownLevelFirst(workers: matrix.workers, jobs: matrix.jobs))
      for allocation in [chain, fall] {
        #expect(allocation.workers == matrix.workers && allocation.jobs == matrix.jobs)
        #expect(allocation.excessMismatch?.observedSteps == excess.structuralSteps)
      }
      #expect(close(fall.personsAffected, excess.structuralShare * matrix.total, relative: 1e-12))
      #expect(chain.personsAffected >= fall.personsAffected)
      #expect(matrix.overDifference(from: matrix)?.total == 0)
      #expect(matrix.excessDisplacedJobs(over: matrix) == 0)
    }
  }
}
