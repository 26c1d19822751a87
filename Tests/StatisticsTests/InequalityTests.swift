import Glibc
import Statistics
import Testing

@Suite struct InequalityTests {
  @Test func allEqualIsNoInequality() {
    for values in [[3.0], [0.1, 0.1, 0.1], [7, 7]] {
      #expect(Inequality.gini(values) == 0 && Inequality.theilT(values) == 0 && Inequality.theilL(values) == 0)
      #expect(Inequality.atkinson(values, epsilon: 1) == 0 && Inequality.wolfson(values) == 0)
      #expect(Inequality.coefficientOfVariation(values) == 0 && Inequality.percentileRatio(values) == 1)
      #expect(close(Inequality.hoover(values), 0, absolute: 1e-15))
    }
    #expect(Inequality.normalisedGini([3]) == nil && Inequality.normalisedHerfindahl([3]) == nil)
  }

  @Test func whatIsNotDefinedIsNil() {
    for values in [[], [0, 0], [-1, 2], [1, .infinity]] {
      #expect(Inequality.gini(values) == nil && Inequality.theilT(values) == nil && LorenzCurve(values) == nil)
      #expect(Inequality.atkinson(values, epsilon: 0.5) == nil && Inequality.wolfson(values) == nil)
    }
    #expect(Inequality.gini([1, 2], weights: [0, 0]) == nil && Inequality.gini([1, 2], weights: [1, -1]) == nil)
    #expect(Inequality.hoover([]) == nil && Inequality.hoover([0, 0]) == nil && Inequality.herfindahl([0]) == nil)
    #expect(Inequality.percentileRatio([]) == nil && Inequality.percentileRatio([0, 1]) != nil)
    #expect(Inequality.percentileRatio([0, 0, 1]) == nil && Inequality.coefficientOfVariation([-1, 1]) == nil)
    #expect(EntropyDecomposition([], groups: []) == nil)
  }

  /// 0 ln 0 counts as 0 in T; L has no value; Atkinson with full aversion says that all welfare is lost.
  @Test func zeroValues() {
    #expect(close(Inequality.theilT([0, 2]), log(2)))
    #expect(Inequality.theilL([0, 2]) == nil && Inequality.generalisedEntropy([0, 2], alpha: -1) == nil)
    #expect(Inequality.atkinson([0, 2], epsilon: 1) == 1 && Inequality.atkinson([0, 2], epsilon: 2) == 1)
    #expect(close(Inequality.generalisedEntropy([0, 2], alpha: 2), 0.5))
    // A value without weight is not there.
    #expect(Inequality.theilL([0, 2, 2], weights: [0, 1, 1]) == 0)
    let split = EntropyDecomposition([0, 0, 4, 4], groups: [1, 1, 2, 2], alpha: 2)
    #expect(close(split?.between, 0.5) && split?.within == 0)
  }

  /// Atkinson and entropy are two faces of the same: A(1 - a) from GE(a), and GE(2) is half the squared variation.
  @Test func measuresAgreeWithEachOther() throws {
    let values = [1.0, 2, 2, 5, 11, 30]
    let variation = try #require(Inequality.coefficientOfVariation(values))
    #expect(close(Inequality.generalisedEntropy(values, alpha: 2), variation * variation / 2))
    let half = try #require(Inequality.generalisedEntropy(values, alpha: 0.5))
    #expect(close(Inequality.atkinson(values, epsilon: 0.5), 1 - pow(1 - 0.25 * half, 2)))
    let log = try #require(Inequality.theilL(values))
    #expect(close(Inequality.atkinson(values, epsilon: 1), 1 - exp(-log)))
  }

  /// Scaling, permuting, and a weight of 2 for a value that stands twice change nothing; a transfer downwards lowers all.
  @Test(arguments: [UInt64](1...20)) func properties(seed: UInt64) throws {
    var random = SeededGenerator(seed)
    let count = Int.random(in: 3...60, using: &random)
    var values = (0..<count).map { _ in Double.random(in: 0.5...20, using: &random) }
    let weights = (0..<count).map { _ in Double(Int.random(in: 1...4, using: &random)) }
    func measures(_ values: [Double], _ weights: [Double]?) -> [Double] {
      [
        Inequality.gini(values, weights: weights), Inequality.theilT(values, weights: weights),
        Inequality.theilL(values, weights: weights), Inequality.atkinson(values, weights: weights, epsilon: 1.5),
        Inequality.coefficientOfVariation(values, weights: weights),
      ].compactMap { $0 }
    }
    let own = measures(values, weights)
    #expect(own.count == 5)
    let repeated = values.indices.flatMap { Array(repeating: values[$0], count: Int(weights[$0])) }
    var shuffled = Array(zip(values, weights))
    shuffled.shuffle(using: &random)
    for other in [
      measures(values.map { $0 * 3.7 }, weights), measures(repeated, nil),
      measures(shuffled.map(\.0), shuffled.map(\.1)),
    ] {
      for (a, b) in zip(own, other) { #expect(close(a, b, relative: 1e-11, absolute: 1e-13)) }
    }
    let groups = values.indices.map { $0 % 3 }
    for alpha in [-1, 0, 0.5, 1, 2] {
      let split = try #require(EntropyDecomposition(values, groups: groups, weights: weights, alpha: alpha))
      #expect(close(split.within + split.between, split.total, relative: 1e-11, absolute: 1e-13))
    }
    let before = measures(values, nil)
    let (low, high) = (values.indices.min { values[$0] < values[$1] }!, values.indices.max { values[$0] < values[$1] }!)
    let amount = (values[high] - values[low]) / 4
    values[high] -= amount
    values[low] += amount
    for (after, before) in zip(measures(values, nil), before) { #expect(after < before) }
  }

  @Test func lorenzIsReadOffBetweenItsPoints() throws {
    let curve = try #require(LorenzCurve([1, 3]))
    #expect(curve.population == [0, 0.5, 1] && curve.total == [0, 0.25, 1])
    #expect(curve.share(ofLowest: 0.75) == 0.625 && curve.share(ofLowest: 0) == 0 && curve.share(ofLowest: 1) == 1)
    #expect(curve.share(ofLowest: 1.1) == nil)
  }

  @Test func breaksOfFewOrEqualValues() {
    for method in [ClassBreaks.fisherJenks, ClassBreaks.quantile, ClassBreaks.equalInterval] {
      #expect(method([], 3) == [])
      #expect(method([5, 5], 3).last == 5)
    }
    #expect(ClassBreaks.headTail([]) == [] && ClassBreaks.headTail([4, 4]) == [4])
    #expect(
      ClassBreaks.fisherJenks([1, 2], count: 5) == [1, 2] && ClassBreaks.fisherJenks([3, 1, 2], count: 1) == [3])
  }

  /// Against every way to cut the values into three classes.
  @Test(arguments: [UInt64](1...10)) func naturalBreaksAreTheBest(seed: UInt64) {
    var random = SeededGenerator(seed)
    let values = (0..<25).map { _ in Double(Int.random(in: 0...40, using: &random)) }.sorted()
    func cost(_ part: ArraySlice<Double>) -> Double { Spread(Array(part))?.squaredDeviations ?? 0 }
    var least = Double.infinity
    for i in 1..<24 {
      for j in (i + 1)..<25 { least = min(least, cost(values[..<i]) + cost(values[i..<j]) + cost(values[j...])) }
    }
    let bounds = ClassBreaks.fisherJenks(values, count: 3)
    let (i, j) = (values.firstIndex { $0 > bounds[0] }!, values.firstIndex { $0 > bounds[1] }!)
    #expect(close(cost(values[..<i]) + cost(values[i..<j]) + cost(values[j...]), least, relative: 1e-12))
  }
}
