import Glibc
import Testing

@testable import Statistics

@Suite struct UncertaintyTests {
  /// The known answers that come with Random123 (kat_vectors, philox4x32 10).
  @Test func philox() {
    typealias Four = (UInt32, UInt32, UInt32, UInt32)
    let cases: [(Four, (UInt32, UInt32), Four)] = [
      ((0, 0, 0, 0), (0, 0), (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
      ((.max, .max, .max, .max), (.max, .max), (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)),
      (
        (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), (0xa409_3822, 0x299f_31d0),
        (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
      ),
    ]
    for (counter, key, expected) in cases { #expect(CounterGenerator.philox(counter, key: key) == expected) }
  }

  @Test func seedNameAndReplicateDecide() {
    func four(_ seed: UInt64, _ stream: String, _ replicate: UInt64) -> [UInt64] {
      var random = CounterGenerator(seed: seed, stream: stream, replicate: replicate)
      return (0..<4).map { _ in random.next() }
    }
    let own = four(1, "weights", 3)
    #expect(own == four(1, "weights", 3) && Set(own).count == 4)
    for other in [four(2, "weights", 3), four(1, "weight", 3), four(1, "weights", 4)] {
      #expect(Set(other).isDisjoint(with: own))
    }
  }

  /// Means and variances of 100,000 draws within five standard errors.
  @Test func distributions() {
    var random = CounterGenerator(seed: 11, stream: "distributions")
    let count = 100_000
    func check(_ mean: Double, _ variance: Double, _ draw: () -> Double) {
      let draws = (0..<count).map { _ in draw() }
      let spread = Spread(draws)
      #expect(abs((spread?.mean ?? .nan) - mean) < 5 * (variance / Double(count)).squareRoot())
      #expect(close(spread?.variance(), variance, relative: 0.05))
    }
    check(0.5, 1.0 / 12) { random.uniform() }
    check(0, 1) { random.normal() }
    check(2.5, 2.5) { random.gamma(shape: 2.5) }
    check(0.3, 0.3) { random.gamma(shape: 0.3) }
    check(2, 2) { Double(random.index(below: 5)) }
    // Share a_i / a with variance (a_i/a) (1 - a_i/a) / (a + 1).
    check(0.25, 0.25 * 0.75 / 41) { random.dirichlet(means: [1, 0, 3], concentration: 40)[0] }
    let shares = random.dirichlet(means: [1, 0, 3], concentration: 40)
    #expect(shares[1] == 0 && close(shares.reduce(0, +), 1))
    var list = Array(0..<10)
    random.shuffle(&list)
    #expect(list.sorted() == Array(0..<10) && list != list.sorted())
  }

  /// Ishigami's function, whose indices are known: S = .3139, .4424, 0 and T = .5576, .4424, .2437.
  @Test func sobolIndicesOfIshigami() throws {
    func ishigami(_ u: [Double]) -> Double {
      let x = u.map { Double.pi * (2 * $0 - 1) }
      return sin(x[0]) + 7 * sin(x[1]) * sin(x[1]) + 0.1 * x[2] * x[2] * x[2] * x[2] * sin(x[0])
    }
    func estimate(_ count: UInt32) throws -> SobolIndices {
      let sequence = SobolSequence(dimension: 6, seed: 3)
      let points = (0..<count).map { sequence.point($0) }
      let mixed = (0..<3).map { i in
        points.map { point -> Double in
          var own = Array(point[..<3])
          own[i] = point[3 + i]
          return ishigami(own)
        }
      }
      return try #require(
        SobolIndices(
          a: points.map { ishigami(Array($0[..<3])) }, b: points.map { ishigami(Array($0[3...])) }, mixed: mixed,
          draws: 200, seed: 5))
    }
    let (first, total) = ([0.31390, 0.44241, 0], [0.55759, 0.44241, 0.24368])
    let large = try estimate(8_192)
    for i in 0..<3 {
      #expect(abs(large.first[i].value - first[i]) < 0.01 && abs(large.total[i].value - total[i]) < 0.01)
      #expect(large.first[i].low <= first[i] + 0.01 && large.first[i].high >= first[i] - 0.01)
    }
    #expect(close(large.variance, 13.8446, relative: 0.01))
    // Few points: centred estimates on even points stay near, where an uncentred one on random points went to -0.5.
    let small = try estimate(64)
    for i in 0..<3 { #expect(abs(small.first[i].value - first[i]) < 0.2) }
    #expect(SobolIndices(a: [1, 1], b: [1, 1], mixed: [[1, 1]], seed: 1) == nil)
    #expect(SobolIndices(a: [], b: [], mixed: [], seed: 1) == nil)
  }

  /// The first 2^m points of the sequence have one in each of 2^m equal parts of every axis, shifted or not.
  @Test func sobolPointsAreEven() {
    for seed in [nil, 9 as UInt64?] {
      let sequence = SobolSequence(dimension: SobolSequence.largestDimension, seed: seed)
      let points = (0..<256 as Range<UInt32>).map { sequence.point($0) }
      for axis in 0..<sequence.dimension {
        #expect(Set(points.map { Int($0[axis] * 256) }).count == 256, "axis \(axis)")
      }
    }
  }

  @Test func intervals() {
    #expect(Intervals.percentiles([], level: 0.9) == nil)
    let interval = Intervals.percentiles((0...100).map { Double($0) }, level: 0.9)
    #expect(close(interval?.low, 5, relative: 1e-12) && close(interval?.high, 95, relative: 1e-12))
  }
}

@Suite struct ExplanationTests {
  /// v(S) of a product: the contributions of a = 2, b = 3 to ab with 1 for who is not there.
  @Test func shapleyOfAProduct() {
    let found = ShapleyValues.contributions(count: 2) { ($0 & 1 == 1 ? 2 : 1) * ($0 & 2 == 2 ? 3 : 1) }
    #expect(found == [2, 3])
    #expect(ShapleyValues.contributions(count: 1) { $0 == 1 ? 5 : 2 } == [3])
  }

  /// A sum gives each part its own; a game of any kind sums to the whole; a part that never matters gets nothing.
  @Test(arguments: [UInt64](1...10)) func shapleyProperties(seed: UInt64) {
    var random = SeededGenerator(seed)
    let amounts = (0..<6).map { _ in Double.random(in: -5...5, using: &random) }
    func sum(_ parts: UInt32) -> Double { (0..<6).reduce(0) { $0 + (parts >> UInt32($1) & 1 == 1 ? amounts[$1] : 0) } }
    for (own, amount) in zip(ShapleyValues.contributions(count: 6, value: sum), amounts) {
      #expect(close(own, amount, relative: 1e-12, absolute: 1e-12))
    }
    let results = (0..<64).map { _ in Double.random(in: -100...100, using: &random) }
    let found = ShapleyValues.contributions(count: 6) { results[Int($0)] }
    #expect(close(found.reduce(0, +), results[63] - results[0], relative: 0, absolute: 1e-11))
    let idle = ShapleyValues.contributions(count: 6) { results[Int($0 & ~4)] }
    #expect(abs(idle[2]) < 1e-12)
  }

  @Test func sharesOfTheVariance() throws {
    let split = try #require(CovarianceShares(parts: [[1, 2, 3], [0, 0, 0], [3, 2, 1]]))
    #expect(split.variance == 0 && split.shares == nil)
    let other = try #require(CovarianceShares(parts: [[1, 2, 6], [0, 1, 0]], weights: [1, 1, 2]))
    #expect(close(other.shares?.reduce(0, +), 1) && close(other.covariances.reduce(0, +), other.variance))
    #expect(CovarianceShares(parts: []) == nil && CovarianceShares(parts: [[1]], weights: [0]) == nil)
    #expect(CovarianceShares(parts: [[1]])?.shares == nil)
  }

  @Test func changeWithinAndBetween() throws {
    // Nobody moves: all within. Levels stay: all between.
    let still = try #require(ChangeSplit(levels: [10, 20], [12, 18], people: [1, 3], [2, 6]))
    #expect(close(still.within, -1) && still.between == 0 && close(still.total, -1))
    let moved = try #require(ChangeSplit(levels: [10, 20], [10, 20], people: [1, 3], [3, 1]))
    #expect(moved.within == 0 && close(moved.between, -5))
    #expect(ChangeSplit(levels: [1], [2], people: [0], [1]) == nil)
    var random = SeededGenerator(4)
    func draws() -> [Double] { (0..<50).map { _ in Double.random(in: 1...100, using: &random) } }
    let any = try #require(ChangeSplit(levels: draws(), draws(), people: draws(), draws()))
    #expect(close(any.within + any.between, any.total, relative: 1e-12, absolute: 1e-12))
  }

  /// Quantiles at the points of an even sample have the means of the distribution, and as much spread as its draws.
  @Test func dirichletSharesFromEvenDraws() {
    let (means, concentration) = ([0.5, 0.3, 0, 0.2], 20.0)
    let sequence = SobolSequence(dimension: 4, seed: 5)
    let rows = (0..<1024).map {
      DirichletShares.quantiles(means: means, concentration: concentration, draws: sequence.point($0))
    }
    for (place, mean) in means.enumerated() {
      let list = rows.map { $0[place] }
      let own = list.reduce(0, +) / 1024
      let variance = list.reduce(0) { $0 + ($1 - own) * ($1 - own) } / 1024
      #expect(abs(own - mean) < 0.002)
      #expect(abs(variance - mean * (1 - mean) / (concentration + 1)) < 0.0005)
    }
    #expect(rows.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-12 && $0[2] == 0 })
    // Shares need not sum to one when given.
    #expect(
      DirichletShares.quantiles(means: [5, 3], concentration: 9, draws: [0.2, 0.7])
        == DirichletShares.quantiles(means: [0.625, 0.375], concentration: 9, draws: [0.2, 0.7]))
  }
}
