import Statistics
import Testing

/// Figures carried over to another geography: worked by hand, and what must hold whatever the numbers.
@Suite struct ArealInterpolationTests {
  /// Area 0 goes whole to target 0; area 1 half to 0, half to 1; area 2 a quarter to 1 and the rest to 2.
  private let parts = ArealInterpolation.Parts(
    rows: [0, 1, 1, 2, 2], shares: [1, 0.5, 0.5, 0.25, 0.75], starts: [0, 2, 4, 5])

  @Test func sharesAddUpAndZeroWeightsAreEqual() {
    let shares = ArealInterpolation.shares(of: [3, 1, 0, 0, 0.1, 7], sources: [0, 0, 1, 1, 2, 3], sourceCount: 4)
    #expect(shares == [0.75, 0.25, 0.5, 0.5, 1, 1])
  }

  @Test func countsFollowShares() {
    let figures = ArealInterpolation.counts(TestColumn([100, 60, 40]).view, parts)
    #expect(figures.values == [130, 40, 30])
    #expect(figures.causes == [-1, -1, -1])
  }

  @Test func aMissingPartLeavesNoCount() {
    let figures = ArealInterpolation.counts(TestColumn([100, nil, nil]).view, parts)
    // Target 1 takes more of area 1 than of area 2.
    #expect(figures.causes == [1, 1, 2])
    #expect(figures.values == [0, 0, 0])
    let none = ArealInterpolation.Parts(rows: [0, 1], shares: [1, 0], starts: [0, 2])
    #expect(ArealInterpolation.counts(TestColumn([8, nil]).view, none).values == [8])
  }

  @Test func averagesAreWeighted() {
    let means = TestColumn([10, 20, 30]).view
    let figures = ArealInterpolation.averages(means, weights: TestColumn([100, 60, 40]).view, parts)
    // (100 * 10 + 30 * 20) / 130; (30 * 20 + 10 * 30) / 40; one part keeps its value.
    #expect(close(figures.values[0], 1600.0 / 130))
    #expect(close(figures.values[1], 22.5))
    #expect(figures.values[2] == 30)
  }

  @Test func coverageDecidesOnGapsAndWeightsMustBeKnown() {
    let means = TestColumn([10, nil, 30]).view
    let people = TestColumn([100, 60, 40]).view
    let strict = ArealInterpolation.averages(means, weights: people, parts)
    #expect(strict.causes == [1, 1, -1])
    // 100 of 130 inhabitants are known in target 0, 10 of 40 in target 1.
    let half = ArealInterpolation.averages(means, weights: people, parts, coverage: 0.5)
    #expect(half.causes == [-1, 1, -1])
    #expect(half.values == [10, 0, 30])
    let unknown = ArealInterpolation.averages(
      TestColumn([10, 20, 30]).view, weights: TestColumn([100, 60, nil]).view, parts)
    #expect(unknown.causes == [-1, 2, -1])
    let empty = ArealInterpolation.averages(means, weights: TestColumn([0, 0, 0]).view, parts)
    #expect(empty.causes == [ArealInterpolation.Figures.undefined, ArealInterpolation.Figures.undefined, -1])
    // A part without inhabitants does not matter.
    let void = ArealInterpolation.averages(means, weights: TestColumn([100, 0, 40]).view, parts)
    #expect(void.values == [10, 30, 30])
  }

  @Test func bridgedShares() {
    let figures = ArealInterpolation.bridgedShares(population: TestColumn([90, 60, nil]).view, parts)
    // 30 of 120 in target 0 are estimated; the others are made of pieces only.
    #expect(figures.values == [0.25, 1, 1])
    let missing = ArealInterpolation.bridgedShares(population: TestColumn([nil, 60, 0]).view, parts)
    #expect(missing.causes == [0, -1, -1])
    let nobody = ArealInterpolation.bridgedShares(population: TestColumn([0, 0, 0]).view, parts)
    #expect(nobody.causes == [ArealInterpolation.Figures.undefined, -1, -1])
  }

  /// Whatever the weights: no one is lost, and a rate that is the same everywhere stays the same to the last bit.
  @Test(arguments: 1...20) func conserves(seed: UInt64) {
    var generator = SeededGenerator(seed)
    let (sources, targets) = (Int.random(in: 1...40, using: &generator), Int.random(in: 1...30, using: &generator))
    var weights: [Double] = []
    var from: [Int32] = []
    var to: [Int] = []
    for source in 0..<sources {
      for target in Set((0..<3).map { _ in Int.random(in: 0..<targets, using: &generator) }).sorted() {
        weights.append(Double.random(in: 0...50, using: &generator))
        from.append(Int32(source))
        to.append(target)
      }
    }
    let shares = ArealInterpolation.shares(of: weights, sources: from, sourceCount: sources)
    let order = to.indices.sorted { (to[$0], $0) < (to[$1], $1) }
    var starts = [0]
    for target in 0..<targets { starts.append(starts[target] + to.filter { $0 == target }.count) }
    let parts = ArealInterpolation.Parts(rows: order.map { from[$0] }, shares: order.map { shares[$0] }, starts: starts)
    let people = (0..<sources).map { _ in Double(Int.random(in: 1...9000, using: &generator)) }
    let counts = ArealInterpolation.counts(TestColumn(people).view, parts)
    #expect(close(counts.values.reduce(0, +), people.reduce(0, +), relative: 1e-12))
    let rates = ArealInterpolation.averages(
      TestColumn(people.map { _ in 12.3 }).view, weights: TestColumn(people).view, parts)
    for target in 0..<targets where rates.causes[target] == -1 { #expect(rates.values[target] == 12.3) }
    // The mean over everyone stays what it was.
    let income = (0..<sources).map { _ in Double.random(in: 10...60, using: &generator) }
    let means = ArealInterpolation.averages(TestColumn(income).view, weights: TestColumn(people).view, parts)
    let before = zip(income, people).map(*).reduce(0, +)
    let after = zip(means.values, counts.values).map(*).reduce(0, +)
    #expect(close(after, before, relative: 1e-12))
  }
}
