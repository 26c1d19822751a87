import Statistics
import Testing

@Suite struct SpatialTests {
  /// A row of four squares of side 1, and a fifth that touches the first at a corner.
  static let squares: [[[PlanePoint]]] = [(0, 0), (1, 0), (2, 0), (3, 0), (-1, 1)].map { (x: Double, y: Double) in
    [[PlanePoint(x, y), PlanePoint(x + 1, y), PlanePoint(x + 1, y + 1), PlanePoint(x, y + 1), PlanePoint(x, y)]]
  }

  @Test func neighboursFromBoundaries() {
    let queen = SpatialWeights(boundaries: Self.squares)
    #expect((0..<5).map { queen.range($0).map { queen.neighbours[$0] } } == [[1, 4], [0, 2], [1, 3], [2], [0]])
    let rook = SpatialWeights(boundaries: Self.squares, edges: true)
    #expect((0..<5).map { rook.range($0).map { rook.neighbours[$0] } } == [[1], [0, 2], [1, 3], [2], []])
    #expect(rook.islands == [4] && queen.islands.isEmpty && queen.symmetric == queen)
  }

  @Test func styles() {
    let lists = SpatialWeights(neighbours: [[1], [0, 2], [1], []])
    #expect(lists.styled(.rowStandardised).weights == [1, 0.5, 0.5, 1])
    #expect(lists.styled(.globallyStandardised).weights == [0.75, 0.75, 0.75, 0.75])
    #expect(close(lists.styled(.varianceStabilising).total, 3))
    #expect(lists.lag([1, 2, 4, 8]) == [2, 5, 2, 0])
    let oneWay = SpatialWeights(weighted: [[(1, 2)], [], [(1, 3)]])
    #expect(oneWay.symmetric == SpatialWeights(weighted: [[(1, 2)], [(0, 2), (2, 3)], [(1, 3)]]))
  }

  /// A checkerboard is as unlike its neighbours as can be; two halves are alike.
  @Test func patterns() throws {
    let side = 8
    let lists = (0..<(side * side)).map { cell in
      [(-1, 0), (1, 0), (0, -1), (0, 1)].compactMap { step -> Int? in
        let (row, column) = (cell / side + step.0, cell % side + step.1)
        return (0..<side).contains(row) && (0..<side).contains(column) ? row * side + column : nil
      }
    }
    let weights = SpatialWeights(neighbours: lists).styled(.rowStandardised)
    let board = (0..<64).map { Double(($0 / side + $0 % side) % 2) }
    #expect(close(MoranI(board, weights)?.value, -1))
    let halves = (0..<64).map { $0 % side < 4 ? 1.0 : 5 }
    let found = try #require(MoranI(halves, weights))
    #expect(found.value > 0.8 && found.probability().map { $0 < 1e-9 } == true)
    #expect(GearyC(halves, weights).map { $0.value < 0.3 } == true)
    #expect(MoranI.permutationProbability(halves, weights, draws: 199, seed: 2) == 1.0 / 200)
    #expect(
      LocalMoran(halves, weights)?.quadrants[0] == .lowLow && LocalMoran(halves, weights)?.quadrants[7] == .highHigh)
    let chances = try #require(LocalMoran.permutationProbabilities(halves, weights, draws: 199, seed: 2))
    #expect(chances == LocalMoran.permutationProbabilities(halves, weights, draws: 199, seed: 2))
    #expect(chances.allSatisfy { $0 > 0 && $0 <= 1 } && chances[0] < 0.3)
    // The local ones average to the global one times (n - 1)/n under row-standardised weights.
    let local = try #require(LocalMoran(halves, weights)).values.reduce(0, +) / 64
    #expect(close(local, found.value * 63 / 64, relative: 1e-12))
  }

  /// Permutation p-values agree with the analytic one where values are random.
  @Test func permutationsAgreeWithTheAnalyticTest() throws {
    var random = CounterGenerator(seed: 5, stream: "points")
    let points = (0..<80).map { _ in PlanePoint(random.uniform(), random.uniform()) }
    let values = points.map { 0.5 * $0.x + random.normal() }
    let weights = SpatialWeights(points: points, nearest: 5).symmetric.styled(.rowStandardised)
    let found = try #require(MoranI(values, weights))
    let chance = try #require(MoranI.permutationProbability(values, weights, draws: 9_999, seed: 1))
    #expect(abs(chance - (found.probability() ?? 0) / 2) < 0.03)
  }

  @Test func nothingToSay() {
    let pair = SpatialWeights(neighbours: [[1], [0], []])
    #expect(MoranI([1, 1, 1], pair) == nil && GearyC([1, 1, 1], pair) == nil && LocalMoran([1, 1, 1], pair) == nil)
    #expect(MoranI([1, 2, 3], SpatialWeights(neighbours: [[], [], []])) == nil)
    #expect(MoranI([1, 2], SpatialWeights(neighbours: [[1], [0]])) == nil)
    #expect(GetisOrdG([0, 0, 1], pair) == nil && GetisOrdG([-1, 2, 1], pair) == nil)
    #expect(LocalMoran.permutationProbabilities([1, 2, 4], pair, draws: 9, seed: 1)?.last == 1)
    #expect(MoranI([], SpatialWeights(neighbours: [])) == nil)
    #expect(MoranI([1, 2, 4], pair)?.randomisedVariance == nil)
  }
}
