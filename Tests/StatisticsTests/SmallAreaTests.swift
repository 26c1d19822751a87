import Statistics
import Testing

@Suite struct SmallAreaTests {
  /// The formula of the English Indices of Deprivation 2019 on five cells.
  @Test func shrinkage() throws {
    let shrinkage = Shrinkage([(2, 40), (30, 400), (90, 600), (12, 80), (150, 1000)])
    #expect(close(shrinkage.larger, -1.8648836117, absolute: 1e-10))
    #expect(close(shrinkage.between, 0.3046086411, absolute: 1e-10))
    #expect(
      agree(shrinkage.rates.compactMap { $0 }, [0.094603, 0.080772, 0.149879, 0.149405, 0.149926], absolute: 5e-7))
    #expect(
      agree(shrinkage.weights.compactMap { $0 }, [0.452911, 0.896832, 0.959167, 0.766953, 0.975016], absolute: 5e-7))
  }

  @Test func shrinkageGuards() {
    let one = Shrinkage([(3, 12)])
    #expect(one.rates == [0.25] && one.weights == [1] && one.between == nil)
    let none = Shrinkage([(0, 0), (5, 2), (-1, 10), (.nan, 4)])
    #expect(none.rates == [nil, nil, nil, nil] && none.larger == nil)
    // Areas that cannot be used change nothing for the others.
    let some = Shrinkage([(2, 40), (0, 0), (30, 400)])
    let alone = Shrinkage([(2, 40), (30, 400)])
    #expect(some.rates == [alone.rates[0], nil, alone.rates[1]])
    // Without variance between areas each gets the larger area's own logit.
    let equal = Shrinkage([(0, 0), (0, 10), (0, 10)])
    #expect(equal.between.map { $0 > 0 } == true)
    let flat = Shrinkage([(1, 2), (1, 2)])
    #expect(flat.between == 0 && flat.weights == [0, 0] && flat.rates == [0.5, 0.5])
    #expect(Shrinkage([]).rates.isEmpty)
    #expect(
      Shrinkage.problem(1, 0) == .impossible && Shrinkage.problem(0, 0) == .nobody && Shrinkage.problem(1, 2) == .none)
  }

  @Test func intervalsAgreeWithSciPy() throws {
    let reference = try ConstructionReference()
    for (count, total) in [(0, 20), (1, 20), (7, 20), (20, 20), (123, 4567)] {
      let wilson = try #require(Interval.wilson(Double(count), of: Double(total)))
      let jeffreys = try #require(Interval.jeffreys(Double(count), of: Double(total)))
      #expect(agree([wilson.low, wilson.high], try reference("wilson_\(count)_\(total)"), absolute: 1e-14))
      #expect(agree([jeffreys.low, jeffreys.high], try reference("jeffreys_\(count)_\(total)"), absolute: 1e-12))
    }
    for count in [0, 1, 10, 250] {
      let exact = try #require(Interval.poissonExact(Double(count)))
      #expect(agree([exact.low, exact.high], try reference("poisson_\(count)"), absolute: 1e-11, relative: 1e-12))
      // Byar's approximation comes near from ten cases on.
      let byar = try #require(Interval.byar(Double(count)))
      if count >= 10 { #expect(abs(byar.low - exact.low) < 0.03 && abs(byar.high - exact.high) < 0.03) }
      #expect(byar.low <= Double(count) && byar.high > Double(count))
    }
    #expect(Interval.byar(0)?.low == 0)
  }

  @Test func intervalsThatDoNotExist() {
    #expect(Interval.wilson(1, of: 0) == nil && Interval.wilson(3, of: 2) == nil && Interval.jeffreys(-1, of: 2) == nil)
    #expect(
      Interval.poissonExact(-1) == nil && Interval.byar(1, level: 1) == nil
        && Interval.wilson(1, of: 2, level: 0) == nil)
  }

  @Test func rounding() {
    let five = RoundingNoise.multiplesOfFive
    #expect(five.interval(10) == Interval(low: 7.5, high: 12.5) && five.interval(0, limits: 0...10).low == 0)
    #expect(RoundingNoise.wholePercents.interval(100, limits: 0...100) == Interval(low: 99.5, high: 100))
    #expect(RoundingNoise.hundreds.interval(300) == Interval(low: 250, high: 350))
    #expect(close(five.variance, 25.0 / 12) && five.draw(10, uniform: 0) == 7.5 && five.draw(10, uniform: 0.5) == 10)
  }

  /// The worked examples of the English Indices of Deprivation 2019, Technical Report, appendix N.
  @Test func summariesOfLargerAreas() {
    let five = AreaSummaries(
      zip([3000, 10000, 500, 1000, 20000], [1200, 1800, 1400, 1500, 1700]).map { .init(rank: $0, population: $1) },
      count: 32_844)
    #expect(close(five.averageRank, 25_239.74, absolute: 0.005))
    #expect(close(five.averageScore([45.90, 26.51, 65.67, 59.14, 13.64]), 40.3466, absolute: 5e-5))
    let eighteen = AreaSummaries(
      (0..<65).map { .init(rank: $0 < 18 ? 3284 : 3285, population: 1500) }, count: 32_844)
    #expect(close(eighteen.shareOfAreas(worst: 0.1), 0.277, absolute: 5e-4))
    #expect(AreaSummaries.scale([1563, 1672, 1745, 1499, 1812]) == 8291)
    let extent = AreaSummaries(
      zip([500, 1000, 3000, 9000, 30_000], [1400, 1500, 1200, 1800, 64_100]).map { .init(rank: $0, population: $1) },
      count: 32_844)
    #expect(close(extent.extent, 0.06229323, absolute: 5e-9))
    let concentration = AreaSummaries(
      zip([500, 1000, 3000, 10_000, 20_000, 32_000], [1400, 1500, 1200, 1800, 1700, 62_400])
        .map { .init(rank: $0, population: $1) }, count: 32_844)
    #expect(close(concentration.localConcentration, 26_302.14, absolute: 0.005))
  }

  @Test func summariesOfFewAreas() {
    let none = AreaSummaries([], count: 10)
    #expect(none.averageRank == nil && none.shareOfAreas(worst: 0.1) == nil && none.extent == nil)
    #expect(none.localConcentration == nil && none.averageScore([]) == nil && none.averageRankUnweighted == nil)
    let empty = AreaSummaries([.init(rank: 1, population: 0)], count: 10)
    #expect(empty.averageRank == nil && empty.shareOfAreas(worst: 0.1) == 1 && empty.averageRankUnweighted == 10)
    let one = AreaSummaries([.init(rank: 2, population: 7)], count: 10)
    #expect(one.averageRank == 9 && one.localConcentration == 9 && one.shareOfPopulation(worst: 0.2) == 1)
    #expect(one.shareOfAreas(worst: 0.1) == 0 && close(one.extent, 0.95 - 0.9 * 9 / 19))
    #expect(
      AreaSummaries.extentWeight(rank: 30, count: 100) > 0 && AreaSummaries.extentWeight(rank: 31, count: 100) == 0)
    #expect(
      AreaSummaries.extentWeight(rank: 10, count: 100) == 1 && AreaSummaries.extentWeight(rank: 11, count: 100) == 0.95)
  }
}
