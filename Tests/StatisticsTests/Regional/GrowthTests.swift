import Glibc
import Statistics
import Testing

@Suite struct GrowthTests {
  /// Definition: jobs (LISA, working persons) per 100 members of the labour force (Blaauwberg, Behind the numbers 5).
  @Test("werkgelegenheidsquote") func employmentQuotient() {
    #expect(
      close(EmploymentQuotient.quotient(jobs: 40_000, persons: 35_200), 113.63636363636364, relative: 0, absolute: 1e-9)
    )
    #expect(EmploymentQuotient.quotient(jobs: 40_000, persons: 50_000, per: 1000) == 800)
    #expect(EmploymentQuotient.quotient(jobs: 1, persons: 0) == nil)
  }

  /// CBS, second quarter of 2023 (x 1,000): labour force 10,079 of 13,310, gross 75.7 per cent.
  @Test("participation_unemployment") func participation() {
    let people = Participation(population: 13_310, employed: 9730, unemployed: 349)
    #expect(people.labourForce == 10_079)
    #expect((1000 * (people.gross ?? 0)).rounded() == 757 && (1000 * (people.net ?? 0)).rounded() == 731)
    #expect(close(people.unemploymentRate, 349.0 / 10_079))
    let nobody = Participation(population: 0, employed: 0, unemployed: 0)
    #expect(nobody.gross == nil && nobody.net == nil && nobody.unemploymentRate == nil)
  }

  @Test func indexAndRates() {
    #expect(Growth.index([50, 55, 60], base: 50) == [100, 110, 120])
    #expect(Growth.index([1], base: 0) == nil)
    #expect(Growth.rate(from: 50, to: 45) == -0.1 && Growth.rate(from: 0, to: 4) == nil)
    #expect(close(Growth.compoundRate(from: 100, to: 121, periods: 2), 0.1))
    #expect(Growth.compoundRate(from: 100, to: 0, periods: 2) == -1)
    #expect(Growth.compoundRate(from: 100, to: 121, periods: 0) == nil)
    let gaps = Growth.gaps([100, 110, 121], [200, 210, 210])
    #expect(close(gaps[0], 0.05) && close(gaps[1], 0.1))
    #expect(Growth.gaps([0, 1], [1, 1]) == [nil] && Growth.gaps([1], [1]).isEmpty)
  }

  /// A region that swings half as much again as the nation.
  @Test("cyclical_sensitivity_exact") func sensitivity() throws {
    let nation: [Double] = [100, 104, 101, 99, 105]
    let region = nation.map { 20 * pow($0 / 100, 1.5) }
    let line = try #require(CyclicalSensitivity.elasticity(region: region, nation: nation))
    #expect(close(line.slope, 1.5, relative: 1e-12) && abs(line.intercept) < 1e-14 && line.count == 4)
    #expect(CyclicalSensitivity.elasticity(region: [1, 2], nation: [1, 2]) == nil)
    #expect(CyclicalSensitivity.elasticity(region: [1, 2, 0], nation: [1, 2, 3]) == nil)
    #expect(CyclicalSensitivity.elasticity(region: [1, 2, 3], nation: [1, 1, 1]) == nil)
    let rates = try #require(CyclicalSensitivity.ofChanges(region: [5, 7, 6, 6.5], nation: [4, 5, 4.5, 4.75]))
    #expect(close(rates.slope, 2) && close(rates.rSquared, 1))
    #expect(CyclicalSensitivity.fromMix(region: [30, 10], sensitivities: [2, 0.4]) == 1.6)
  }

  /// Expected: 80 x -10% + 20 x +5% = -7. Lost: 10.
  @Test("resistance_index_hand") func resistance() {
    let value = CyclicalSensitivity.resistance(region: [80, 20], [70, 20], nation: [1000, 100], [900, 105])
    #expect(close(value, -3.0 / 7, relative: 1e-12))
    #expect(CyclicalSensitivity.resistance(region: [80], [80], nation: [10], [10]) == nil)
    #expect(CyclicalSensitivity.resistance(region: [80, 1], [80, 1], nation: [10, 0], [11, 0]) == nil)
    // Recovery: 10 expected, 12 gained.
    #expect(close(CyclicalSensitivity.resistance(region: [100], [112], nation: [10], [11]), 0.2, relative: 1e-12))
  }

  @Test func aLine() throws {
    let line = try #require(LeastSquaresLine(x: [1, 2, 3, 4], y: [2, 4, 5, 8]))
    // By hand: slope 9.5 / 5, intercept 4.75 - 1.9 x 2.5; residuals 0.1, 0.2, -0.7, 0.4.
    #expect(close(line.slope, 1.9) && close(line.intercept, 0, absolute: 1e-14))
    #expect(close(line.residualError, (0.7 / 2).squareRoot(), relative: 1e-13))
    #expect(close(line.slopeError, (0.7 / 2 / 5).squareRoot(), relative: 1e-13))
    #expect(close(line.rSquared, 1 - 0.7 / 18.75, relative: 1e-13))
    #expect(LeastSquaresLine(x: [1, 1], y: [1, 2]) == nil && LeastSquaresLine(x: [1], y: [2]) == nil)
    let flat = try #require(LeastSquaresLine(x: [1, 2], y: [3, 3]))
    #expect(flat.slope == 0 && flat.rSquared == nil && flat.slopeError == nil)
  }
}
