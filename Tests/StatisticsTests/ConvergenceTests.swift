import Glibc
import Statistics
import Testing

@Suite struct ConvergenceTests {
  /// Areas that close half of their gap: b = -1/2, all spreads halve.
  @Test func halfOfEveryGap() throws {
    let start = [10.0, 20, 30, 60]
    let end = start.map { 30 + ($0 - 30) / 2 }
    let beta = try #require(BetaConvergence(start: start, end: end))
    #expect(close(beta.line.slope, -0.5) && close(beta.theilSen, -0.5) && beta.spearman == -1)
    #expect(close(SigmaConvergence.ratio(start: start, end: end), 0.5))
    #expect(close(SigmaConvergence.ratio(start: start, end: end, weights: [1, 2, 3, 4]), 0.5))
    let interval = try #require(SigmaConvergence.interval(start: start, end: end, draws: 200, seed: 1))
    #expect(close(interval.low, 0.5, relative: 1e-12) && close(interval.high, 0.5, relative: 1e-12))
  }

  /// x_T = m (x_0 / m)^(e^(-lambda T)): the line in logs gives lambda back, and ln 2 / lambda the half-life.
  @Test func speedInLogs() throws {
    let (lambda, time) = (0.03, 14.0)
    let start = [5.0, 12, 20, 33, 80]
    let end = start.map { 20 * pow($0 / 20, exp(-lambda * time)) }
    let found = try #require(LogConvergence(start: start, end: end, time: time))
    #expect(close(found.speed, lambda, relative: 1e-12) && close(found.halfLife, log(2) / lambda, relative: 1e-12))
    let apart = try #require(LogConvergence(start: end, end: start, time: time))
    #expect(apart.speed.map { $0 < 0 } == true && apart.halfLife == nil)
    #expect(LogConvergence(start: [0, 1], end: [1, 1], time: 1) == nil)
  }

  /// No true convergence, noise in every measurement: the plain slope says -1/2, the guards about 0.
  @Test func regressionToTheMeanIsGuardedAgainst() throws {
    var random = CounterGenerator(seed: 7, stream: "guard")
    let truth = (0..<4_000).map { _ in 50 + 10 * random.normal() }
    let earlier = truth.map { $0 + 10 * random.normal() }
    let start = truth.map { $0 + 10 * random.normal() }
    let end = truth.map { $0 + 10 * random.normal() }
    let plain = try #require(BetaConvergence(start: start, end: end)).line.slope
    let guarded = try #require(BetaConvergence.instrumented(start: start, end: end, instrument: earlier))
    #expect(abs(plain + 0.5) < 0.03 && abs(guarded) < 0.05)
    let mean = zip(earlier, start).map { ($0 + $1) / 2 }
    let averaged = try #require(BetaConvergence(start: mean, end: end)).line.slope
    #expect(averaged > plain + 0.1)
  }

  @Test func tooLittleToSay() {
    #expect(BetaConvergence(start: [1], end: [2]) == nil && BetaConvergence(start: [2, 2], end: [1, 3]) == nil)
    #expect(
      SigmaConvergence.ratio(start: [2, 2], end: [1, 3]) == nil && SigmaConvergence.ratio(start: [], end: []) == nil)
    #expect(SigmaConvergence.interval(start: [], end: [], draws: 10, seed: 1) == nil)
    #expect(BetaConvergence.instrumented(start: [1, 2], end: [1, 2], instrument: [3, 3]) == nil)
    let two = LeastSquaresLine(x: [1, 2], y: [5, 7])
    #expect(two?.slope == 2 && two?.intercept == 3 && two?.slopeError == nil && two?.slopeT == nil)
    #expect(LeastSquaresLine(x: [], y: []) == nil && TheilSen.slope(x: [1, 1], y: [1, 2]) == nil)
  }

  /// One far value draws the line of least squares away, the median of slopes hardly.
  @Test func outliersDoNotMoveTheMedianOfSlopes() throws {
    let x = (0..<2_500).map { Double($0) }
    let y = x.map { $0 == 2_400 ? 1e9 : 2 * $0 + 1 }
    #expect(close(TheilSen.slope(x: x, y: y), 2, relative: 1e-12))
    #expect(close(TheilSen.slope(x: Array(x[..<200]), y: Array(y[..<200])), 2, relative: 1e-12))
    #expect(try #require(LeastSquaresLine(x: x, y: y)).slope > 100)
  }

  private func matrix(_ from: [Int32], _ to: [Int32], _ classes: Int) -> TransitionMatrix {
    from.withUnsafeBufferPointer { from in
      to.withUnsafeBufferPointer { TransitionMatrix(from: from, to: $0, classes: classes) }
    }
  }

  @Test func movesBetweenClasses() {
    let stay = matrix([1, 1, 2, 2], [1, 1, 2, 2], 2)
    #expect(stay.shorrocks == 0 && stay.halfLife == nil && close(stay.secondEigenvalue, 1))
    let swap = matrix([1, 2], [2, 1], 2)
    #expect(swap.shorrocks == 2 && close(swap.secondEigenvalue, 1) && swap.rose == 1 && swap.fell == 1)
    let even = matrix([1, 1, 2, 2], [1, 2, 1, 2], 2)
    #expect(even.shorrocks == 1 && even.secondEigenvalue == 0 && even.halfLife == 0)
    // P = (.9 .1; .2 .8): the second eigenvalue is .7.
    let some = matrix(
      [Int32](repeating: 1, count: 10) + [Int32](repeating: 2, count: 10),
      [1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2], 2)
    #expect(close(some.secondEigenvalue, 0.7, relative: 1e-12) && close(some.shorrocks, 0.3, relative: 1e-12))
    #expect(close(some.halfLife, -log(2) / log(0.7), relative: 1e-11))
    // Rows that are alike but not even: nothing is remembered.
    let alike = matrix([1, 1, 1, 1, 2, 2, 2, 2], [1, 2, 2, 2, 1, 2, 2, 2], 2)
    #expect(alike.secondEigenvalue == 0 && alike.halfLife == 0)
    // A class that nobody left from.
    let empty = matrix([1, 1, 0], [1, 3, 2], 3)
    #expect(empty.rowShares[3] == nil && empty.shorrocks == nil && empty.halfLife == nil && empty.total == 2)
    #expect(empty.rowShares[0] == 0.5 && empty.rose == 1 && empty.stayed == 1)
  }
}
