import Statistics
import Testing

@Suite struct SummaryTests {
  @Test func agreesWithNumPy() throws {
    let values = try ReferenceTable("quantiles/values.csv").cases
    let expected = try ReferenceTable("quantiles/expected.csv")
    #expect(values.count == 6 && expected.rows.count == 6)
    let probabilities = expected.header.dropFirst(5).compactMap { Double($0.dropFirst()) }
    let workspace = RankWorkspace()
    for (item, row) in zip(values, expected.rows) {
      let column = TestColumn(item.rows.map { Double($0[1]) })
      let moments = Moments(column.view)
      #expect(moments == Moments(column.viewWithWords))
      #expect(moments.count == Int(row[1]), "\(item.name)")
      #expect(close(moments.mean, try #require(Double(row[2])), relative: 4e-16), "\(item.name)")
      #expect(close(moments.variance(.population), try #require(Double(row[3])), relative: 1e-14), "\(item.name)")
      if let sample = Double(row[4]) {
        #expect(close(moments.variance(.sample), sample, relative: 1e-14), "\(item.name)")
      } else {
        #expect(moments.variance(.sample) == nil)
      }
      let quantiles = Quantiles.type7(column.view, probabilities: probabilities, workspace: workspace)
      #expect(quantiles.count == probabilities.count)
      for (quantile, text) in zip(quantiles, row.dropFirst(5)) {
        #expect(close(quantile, try #require(Double(text)), relative: 1e-14), "\(item.name)")
      }
      #expect(moments.minimum == quantiles.first && moments.maximum == quantiles.last)
      #expect(Quantiles.median(column.view, workspace: workspace) == quantiles[5])
      let fifths = Quantiles.cuts(column.view, classes: 5, workspace: workspace)
      // Probabilities 0.2, 0.6 and 0.8 stand at 3, 6 and 8.
      for (cut, index) in [(0, 3), (2, 6), (3, 8)] { #expect(close(fifths[cut], quantiles[index], relative: 1e-13)) }
    }
  }

  @Test func nothingPresent() {
    for column in [TestColumn([]), TestColumn([nil, nil])] {
      let moments = Moments(column.view)
      #expect(moments.count == 0 && moments.sum == 0 && moments.squaredDeviations == 0)
      #expect(moments.mean == nil && moments.minimum == nil && moments.maximum == nil)
      #expect(moments.variance(.population) == nil && moments.standardDeviation() == nil)
      let workspace = RankWorkspace()
      #expect(Quantiles.median(column.view, workspace: workspace) == nil)
      #expect(Quantiles.type7(column.view, probabilities: [0.5], workspace: workspace) == [])
      #expect(Quantiles.cuts(column.view, classes: 4, workspace: workspace) == [])
      #expect(Moments.weightedMean(column.view, weights: column.view) == nil)
    }
  }

  @Test func equalValuesHaveNoSpread() {
    let column = TestColumn([Double?](repeating: 0.1, count: 150) + [nil])
    let moments = Moments(column.view)
    #expect(moments.mean == 0.1 && moments.variance() == 0)
    let scores = written(151) { #expect(!StandardScores.apply(column.view, moments: moments, into: $0)) }
    #expect(scores == [Double](repeating: 0, count: 151))
    let one = Moments(TestColumn([5]).view)
    #expect(one.mean == 5 && one.variance(.population) == 0 && one.variance(.sample) == nil)
  }

  @Test func standardScores() {
    let column = TestColumn([2, 4, nil, 4, 4, 5, 5, 7, 9])
    let moments = Moments(column.view)
    #expect(moments.mean == 5 && moments.standardDeviation(.population) == 2)
    let scores = written(9) {
      #expect(StandardScores.apply(column.view, moments: moments, divisor: .population, into: $0))
    }
    #expect(scores == [-1.5, -0.5, 0, -0.5, -0.5, 0, 0, 1, 2])
    var generator = SeededGenerator(51)
    let long = TestColumn((0..<200).map { _ in Double.random(in: 0..<9, using: &generator) })
    let standard = TestColumn(
      written(200) { StandardScores.apply(long.view, moments: Moments(long.view), into: $0) }.map { $0 })
    #expect(close(Moments(standard.view).mean, 0, absolute: 1e-15))
    #expect(close(Moments(standard.view).variance(), 1))
  }

  /// Large terms that cancel: a plain sum loses the small ones.
  @Test func sumsAreCompensatedBetweenRuns() {
    var cells = [Double?](repeating: 0, count: 64 * 4)
    cells[0] = 1e17
    cells[64] = 1
    cells[128] = 1
    cells[192] = -1e17
    #expect(Moments(TestColumn(cells).view).sum == 2)
    #expect(cells.compactMap { $0 }.reduce(0, +) == 0)
  }

  @Test func absentRowsCountAsZerosInTheirPlace() {
    var generator = SeededGenerator(52)
    let cells = (0..<1000).map { _ in
      Int.random(in: 0..<4, using: &generator) == 0 ? nil : Double.random(in: 0..<1, using: &generator)
    }
    let gaps = Moments(TestColumn(cells).view)
    #expect(gaps.sum == Moments(TestColumn(cells.map { $0 ?? 0 }).view).sum)
    #expect(gaps.count == cells.count { $0 != nil })
    #expect(gaps.minimum == cells.compactMap { $0 }.min() && gaps.maximum == cells.compactMap { $0 }.max())
  }

  /// English Indices of Deprivation 2019, Technical Report appendix N: populations and scores give 40.35.
  @Test func weightedMeanOfAreas() {
    let populations = TestColumn([1200, 1800, 1400, nil, 1500, 1700])
    let scores = TestColumn([45.90, 26.51, 65.67, 1, 59.14, 13.64])
    let mean = Moments.weightedMean(scores.view, weights: populations.view)
    #expect(close(mean, 40.3466, relative: 0, absolute: 5e-5))
    #expect(Moments.weightedMean(scores.view, weights: TestColumn([0, 0, 0, 0, 0, 0]).view) == nil)
  }
}

@Suite struct ClassTests {
  @Test func ceilingOfRanks() {
    let deciles = (1...20).map { RankClasses.ceiling(rank: Double($0), count: 20, classes: 10) }
    #expect(deciles == (1...20).map { ($0 + 1) / 2 })
    #expect(RankClasses.ceiling(rank: 2.5, count: 20, classes: 10) == 2)
    #expect(RankClasses.ceiling(rank: 1, count: 1, classes: 10) == 10)
    // 33,755 areas of the English index of 2025: the first tenth ends at rank 3,375.
    #expect(RankClasses.ceiling(rank: 3375, count: 33_755, classes: 10) == 1)
    #expect(RankClasses.ceiling(rank: 3376, count: 33_755, classes: 10) == 2)
  }

  @Test func floorOfRanks() {
    #expect((1...7).map { RankClasses.floor(rank: $0, count: 7, classes: 3) } == [1, 1, 1, 2, 2, 3, 3])
    #expect(RankClasses.floor(rank: 14_500, count: 14_500, classes: 5) == 5)
  }

  @Test func boundsBelongToOneSide() throws {
    let right = try #require(BoundedClasses(bounds: [10, 20], closure: .right))
    let left = try #require(BoundedClasses(bounds: [10, 20], closure: .left))
    let values: [Double] = [-5, 10, 15, 20, 99]
    #expect(values.map { right($0) } == [1, 1, 2, 2, 3])
    #expect(values.map { left($0) } == [1, 2, 2, 3, 3])
    #expect(right.count == 3)
    let column = TestColumn([15, nil, 20])
    var classes = [Int32](repeating: -1, count: 3)
    classes.withUnsafeMutableBufferPointer { left.apply(column.view, into: $0) }
    #expect(classes == [2, 0, 3])
    #expect(BoundedClasses(bounds: [2, 1], closure: .left) == nil)
    #expect(BoundedClasses(bounds: [.nan], closure: .left) == nil)
    #expect(BoundedClasses(bounds: [], closure: .left)?(7) == 1)
  }

  @Test func quantileCutsFallOnValues() throws {
    let column = TestColumn((0...20).map { Double($0) })
    let cuts = Quantiles.cuts(column.view, classes: 10, workspace: RankWorkspace())
    #expect(cuts == (1...9).map { Double($0 * 2) })
    let classes = try #require(BoundedClasses(bounds: cuts, closure: .right))
    let expected = (0...20).map { max(1, ($0 + 1) / 2) }
    #expect((0...20).map { classes(Double($0)) } == expected)
    let equal = Quantiles.cuts(TestColumn([1, 1, 1, 1, 9]).view, classes: 4, workspace: RankWorkspace())
    #expect(equal == [1, 1, 1])
    #expect(BoundedClasses(bounds: equal, closure: .right)?(9) == 4)
  }
}

@Suite struct ChangeTests {
  @Test func countsWhoImproves() {
    let before = TestColumn([10, 10, 10, 10, nil, 10])
    let after = TestColumn([9, 11, 10, 9.75, 1, nil])
    let plain = Improvement(from: before.view, to: after.view, lowerIsBetter: true)
    #expect((plain.improved, plain.unchanged, plain.worsened) == (2, 1, 1))
    #expect(plain.compared == 4 && plain.share == 0.5)
    let coarse = Improvement(from: before.view, to: after.view, lowerIsBetter: true, epsilon: 0.25)
    #expect((coarse.improved, coarse.unchanged, coarse.worsened) == (1, 2, 1))
    let higher = Improvement(from: before.view, to: after.view, lowerIsBetter: false)
    #expect((higher.improved, higher.worsened) == (1, 2))
    #expect(Improvement(from: TestColumn([]).view, to: TestColumn([]).view, lowerIsBetter: true).share == nil)
  }

  @Test func countsTransitions() {
    let before: [Int32] = [1, 1, 2, 3, 0, 3, 3]
    let after: [Int32] = [1, 2, 2, 1, 2, 0, 1]
    let matrix = before.withUnsafeBufferPointer { before in
      after.withUnsafeBufferPointer { TransitionMatrix(from: before, to: $0, classes: 3) }
    }
    #expect(matrix.counts == [1, 1, 0, 0, 1, 0, 2, 0, 0])
    #expect(matrix[3, 1] == 2 && matrix[1, 3] == 0 && matrix.total == 5)
  }
}
