import Statistics
import Testing

@Suite struct BenchmarkTests {
  @Test func meanAndPooledRateDiffer() {
    #expect(BenchmarkFigures.mean([10, nil, 30]) == 20 && BenchmarkFigures.mean([nil]) == nil)
    let pooled = BenchmarkFigures.pooledRate(numerators: [1, 90, nil], denominators: [10, 300, 5], factor: 100)
    #expect(close(pooled, 9100.0 / 310))
    #expect(BenchmarkFigures.pooledRate(numerators: [1], denominators: [0]) == nil)
    #expect(BenchmarkFigures.pooledRate(numerators: [nil], denominators: [5]) == nil)
    // Equal denominators: the two figures agree.
    #expect(BenchmarkFigures.pooledRate(numerators: [1, 3], denominators: [10, 10], factor: 10) == 2)
    #expect(BenchmarkFigures.mean([1, 3]) == 2)
  }

  /// Case `werkgelegenheidsquote`: 40,000 jobs on a labour force of 35,200 are 113.636... per 100.
  @Test func employmentQuotient() {
    #expect(
      close(
        BenchmarkFigures.pooledRate(numerators: [40_000], denominators: [35_200], factor: 100), 113.63636363636364,
        relative: 0, absolute: 1e-9))
  }

  @Test func ranksInASet() {
    let others: [Double?] = [5, 7, nil, 7, 9]
    #expect(BenchmarkFigures.rank(7, among: others) == 2 && BenchmarkFigures.ties(7, among: others) == 2)
    #expect(BenchmarkFigures.rank(7, among: others, highestFirst: false) == 2)
    #expect(BenchmarkFigures.rank(1, among: []) == 1 && BenchmarkFigures.rank(4, among: others) == 5)
    #expect(BenchmarkFigures.distanceToMedian(7, of: [1, nil, 2, 10]) == 5)
    #expect(BenchmarkFigures.distanceToMedian(7, of: [nil]) == nil)
  }

  @Test func neighboursAgreeWithSciPy() throws {
    let rows = try ReferenceTable("trends/neighbours.csv").rows.map { $0.compactMap { Double($0) } }
    #expect(rows.count == 30)
    let features: [[Double?]] = (1...4).map { k in rows.map { $0[k] } }
    let neighbours = NearestNeighbours(features: features, weights: [1, 2, 0.5, 1])
    for (area, row) in rows.enumerated() {
      let nearest = neighbours.nearest(5, to: area, among: Array(0..<30))
      #expect(nearest.map { Double($0.area) } == Array(row[5..<10]))
      for (one, distance) in zip(nearest, row[10..<15]) { #expect(close(one.distance, distance, relative: 1e-12)) }
    }
    // Another unit changes nothing; a feature without spread neither.
    let scaled = NearestNeighbours(
      features: features.map { $0.map { $0.map { 1000 * $0 + 3 } } } + [[Double?](repeating: 4, count: 30)],
      weights: [1, 2, 0.5, 1, 9])
    for area in 0..<30 {
      #expect(
        scaled.nearest(5, to: area, among: Array(0..<30)).map(\.area)
          == neighbours.nearest(5, to: area, among: Array(0..<30)).map(\.area))
    }
  }

  @Test func neighboursOfFewOrIncompleteAreas() {
    let some = NearestNeighbours(features: [[1, 2, 2, nil, 9]])
    #expect(some.isComplete == [true, true, true, false, true])
    #expect(some.nearest(2, to: 0, among: [4, 3, 2, 1, 0]).map(\.area) == [1, 2])
    #expect(some.nearest(9, to: 1, among: [0, 2]).map(\.area) == [2, 0])
    #expect(some.nearest(1, to: 1, among: [2]).first?.distance == 0)
    #expect(some.nearest(2, to: 3, among: [0, 1]) == [])
    #expect(NearestNeighbours(features: [[5, 5]]).nearest(1, to: 0, among: [1]) == [])
    #expect(NearestNeighbours(features: []).isComplete == [])
  }

  @Test func amenities() {
    #expect(AmenityIndex.value(6, reference: 12) == 50)
    #expect(AmenityIndex.value(2, reference: 3, isDistance: true) == 150)
    #expect(AmenityIndex.value(0, reference: 3) == 0 && AmenityIndex.value(0, reference: 3, isDistance: true) == nil)
    #expect(AmenityIndex.value(1, reference: 0) == nil && AmenityIndex.value(-1, reference: 2) == nil)
    #expect(close(AmenityIndex.total([50, nil, 200]), 100, relative: 1e-13))
    #expect(close(AmenityIndex.total([50, 200], mean: .arithmetic), 125))
    #expect(close(AmenityIndex.total([50, 200], weights: [3, 1], mean: .arithmetic), 87.5))
    #expect(AmenityIndex.total([50, 200], weights: [0, 0]) == nil && AmenityIndex.total([nil]) == nil)
    #expect(AmenityIndex.total([0, 200]) == 0)
  }

  @Test func indexOfStandardScores() throws {
    let dimensions = [
      StandardisedIndex.Dimension(weight: 3), .init(weight: 1, higherIsBetter: false), .init(weight: 0),
    ]
    // Means 5 and 20, population deviations 2 and 10; the third has no spread.
    let index = try #require(
      StandardisedIndex(dimensions, frame: [[3, 7, 3, 7], [10, 30, 10, 30], [1, 1, 1, nil]]))
    #expect(index.weights == [0.75, 0.25, 0])
    #expect(index.scores([7, 10, 1]) == [1, 1, nil] && index.score([7, 10, 1]) == 1)
    #expect(index.contributions([9, 40, nil]) == [1.5, -0.5, nil] && index.score([9, 40, nil]) == 1)
    #expect(index.score([nil, 40, 1]) == nil && index.farBelow([2, 40, 1]) == 2 && index.farBelow([3, 30, 1]) == 0)
    #expect(index.contributionsToChange(from: [5, 20, 1], to: [9, nil, 1]) == [1.5, nil, nil])
    #expect(StandardisedIndex([.init(weight: 0)], frame: [[1, 2]]) == nil)
    #expect(StandardisedIndex([.init()], frame: [[4]])?.score([4]) == nil)
  }

  /// Contributions sum to the index, contributions to change to its change, and the frame's mean index is 0.
  @Test func contributionsAreExact() throws {
    var generator = SeededGenerator(3)
    for _ in 0..<30 {
      let frame: [[Double?]] = (0..<5).map { k in
        (0..<50).map { _ in Double(k) * 10 + Double.random(in: 0...5, using: &generator) }
      }
      let dimensions = (0..<5).map { k in
        StandardisedIndex.Dimension(weight: Double.random(in: 0.1...3, using: &generator), higherIsBetter: k % 2 == 0)
      }
      let index = try #require(StandardisedIndex(dimensions, frame: frame))
      var mean = 0.0
      for area in 0..<50 { mean += try #require(index.score(frame.map { $0[area] })) / 50 }
      #expect(abs(mean) < 1e-12)
      let (before, after) = (frame.map { $0[0] }, frame.map { $0[1] })
      let parts = index.contributionsToChange(from: before, to: after).compactMap(\.self)
      let change = try #require(index.score(after)) - #require(index.score(before))
      #expect(parts.count == 5 && abs(parts.reduce(0, +) - change) < 1e-12)
    }
  }

  @Test func scorecards() {
    let better = ScorecardEntry(own: (10, 8), benchmark: (10, 9), higherIsBetter: false)
    #expect(better.verdict == .better && better.relativeVerdict == .better && better.relativeChange == -1)
    let slower = ScorecardEntry(own: (10, 12), benchmark: (10, 15), higherIsBetter: true)
    #expect(slower.verdict == .better && slower.relativeVerdict == .worse && slower.change == 2)
    let tied = ScorecardEntry(own: (10, 10.5), benchmark: nil, higherIsBetter: true, epsilon: 0.5)
    #expect(tied.verdict == .unchanged && tied.relativeVerdict == nil && tied.relativeChange == nil)
    #expect(Verdict(rise: 0, higherIsBetter: true) == .unchanged && Verdict(rise: -1, higherIsBetter: true) == .worse)
    #expect(Verdict.allCases.map(\.rawValue) == [-1, 0, 1])
  }
}
