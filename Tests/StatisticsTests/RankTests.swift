import Statistics
import Testing

@Suite struct RankTests {
  @Test func agreesWithRankdata() throws {
    let table = try ReferenceTable("ranks/ranks.csv")
    #expect(table.cases.count == 11)
    for (name, rows) in table.cases {
      let values = rows.map { Double($0[1]) ?? .nan }
      for (column, (direction, ties)) in RankDirection.allCases.flatMap({ direction in
        TieRule.allCases.map { (direction, $0) }
      }).enumerated() {
        let expected = rows.map { Double($0[2 + column]) ?? .nan }
        #expect(Rank.ranks(of: values, ties: ties, direction: direction) == expected, "\(name) \(ties) \(direction)")
      }
    }
  }

  @Test func emptyAndOne() {
    for ties in TieRule.allCases {
      #expect(Rank.ranks(of: [], ties: ties) == [])
      #expect(Rank.ranks(of: [-4], ties: ties, direction: .descending) == [1])
    }
    let groups = [Double]().withUnsafeBufferPointer { RankWorkspace().tieGroups(of: $0).groupCount }
    #expect(groups == 0)
  }

  /// Distributions that lead to insertion, to buckets, to repair and to the sort on bits.
  static let draws: [@Sendable (inout SeededGenerator) -> Double] = [
    { Double.random(in: -50..<50, using: &$0) },
    { Double(Int.random(in: -3...8, using: &$0)) },
    { Double(bitPattern: $0.next() & 0xBFFF_FFFF_FFFF_FFFF) },
    { Double.random(in: 0..<1, using: &$0) < 0.01 ? 1e15 : Double.random(in: 0..<1, using: &$0) },
    { [Double.infinity, -.infinity, 0.0, -0.0, 1, .leastNonzeroMagnitude][Int.random(in: 0..<6, using: &$0)] },
    { Double.random(in: 0..<1, using: &$0) * 0x1p-1030 },
  ]

  @Test(arguments: [2, 63, 64, 65, 700, 1023, 1024, 5000], draws.indices)
  func agreesWithAStableSort(count: Int, draw: Int) {
    var generator = SeededGenerator(UInt64(count * 10 + draw))
    let values = (0..<count).map { _ in Self.draws[draw](&generator) }
    let workspace = RankWorkspace()
    for direction in RankDirection.allCases {
      let expected = values.indices.sorted {
        if values[$0] == values[$1] { return $0 < $1 }
        return (values[$0] < values[$1]) == (direction == .ascending)
      }
      values.withUnsafeBufferPointer { buffer in
        let groups = workspace.tieGroups(of: buffer, direction: direction)
        #expect(groups.order.map { Int($0) } == expected)
        #expect(Array(groups.sorted) == expected.map { values[$0] })
        let starts = expected.indices.filter { $0 == 0 || values[expected[$0]] != values[expected[$0 - 1]] }
        #expect(groups.starts.map { Int($0) } == starts + [count])
      }
    }
  }

  @Test func permutationPermutesRanks() {
    var generator = SeededGenerator(5)
    let values = (0..<3000).map { _ in (Double.random(in: 0..<100, using: &generator) * 4).rounded() / 4 }
    let shuffle = values.indices.shuffled(using: &generator)
    for ties in TieRule.allCases where ties != .ordinal {
      let ranks = Rank.ranks(of: values, ties: ties)
      let shuffled = Rank.ranks(of: shuffle.map { values[$0] }, ties: ties)
      #expect(shuffled == shuffle.map { ranks[$0] })
    }
    #expect(Rank.ranks(of: values).reduce(0, +) == 3000 * 3001 / 2)
    #expect(Rank.ranks(of: values, ties: .ordinal).sorted() == (1...3000).map { Double($0) })
  }

  @Test func ranksOnlyThePositionsGiven() {
    var generator = SeededGenerator(9)
    let workspace = RankWorkspace()
    for count in [10, 400, 4000] {
      let cells = (0..<count).map { _ in
        Bool.random(using: &generator) ? Double(Int.random(in: 0..<200, using: &generator)) : nil
      }
      let column = TestColumn(cells)
      var positions = [UInt32](repeating: 0, count: count)
      let present = positions.withUnsafeMutableBufferPointer { column.view.presentPositions(into: $0) }
      #expect(positions[..<present].map { Int($0) } == cells.indices.filter { cells[$0] != nil })
      let ranks = written(count) { output in
        positions[..<present].withUnsafeBufferPointer {
          workspace.rank(column.view.values, at: $0, ties: .maximum, direction: .descending, into: output)
        }
      }
      let compact = Rank.ranks(of: cells.compactMap { $0 }, ties: .maximum, direction: .descending)
      #expect(cells.indices.filter { cells[$0] != nil }.map { ranks[$0] } == compact)
      #expect(cells.indices.allSatisfy { cells[$0] != nil || ranks[$0] == -7 })
    }
  }

  @Test func oneWorkspaceServesInputsOfAnySize() {
    var generator = SeededGenerator(3)
    let workspace = RankWorkspace()
    // The sort on bits keeps keys of its own, which must follow when the workspace grows.
    for count in [100, 3000, 90, 6000, 0, 1] {
      let values = (0..<count).map { _ in Self.draws[2](&generator) }
      let ranks = values.withUnsafeBufferPointer { buffer in
        written(count) { workspace.rank(buffer, ties: .ordinal, into: $0) }
      }
      #expect(ranks == Rank.ranks(of: values, ties: .ordinal))
      #expect(zip(ranks, values).sorted { $0.0 < $1.0 }.map { $0.1 } == values.sorted())
    }
  }

  @Test func placesValuesInABase() {
    let base = EmpiricalDistribution([3, 1, 2, 2, 5])
    let expected: [(Double, Int, Int)] = [
      (0, 0, 0), (1, 0, 1), (1.5, 1, 1), (2, 1, 3), (3, 3, 4), (4, 4, 4), (5, 4, 5), (9, 5, 5), (-.infinity, 0, 0),
      (.infinity, 5, 5),
    ]
    for (value, below, atMost) in expected {
      #expect(base.emplace(value) == (below, atMost))
    }
    #expect(EmpiricalDistribution([]).emplace(1) == (0, 0))
  }

  @Test(arguments: [3, 40, 2000])
  func placingManyAgreesWithCounting(count: Int) {
    var generator = SeededGenerator(UInt64(count))
    let frame = (0..<1500).map { _ in Double(Int.random(in: 0..<900, using: &generator)) }
    let values = (0..<count).map { _ in Double(Int.random(in: -20..<2000, using: &generator)) / 2 }
    let base = EmpiricalDistribution(frame)
    let workspace = RankWorkspace()
    for direction in RankDirection.allCases {
      var below = [UInt32](repeating: 9, count: count)
      var atMost = below
      values.withUnsafeBufferPointer { buffer in
        below.withUnsafeMutableBufferPointer { below in
          atMost.withUnsafeMutableBufferPointer {
            base.emplace(workspace.tieGroups(of: buffer, direction: direction), below: below, atMost: $0)
          }
        }
      }
      #expect(below.map { Int($0) } == values.map { value in frame.count { $0 < value } })
      #expect(atMost.map { Int($0) } == values.map { value in frame.count { $0 <= value } })
      #expect(values.indices.allSatisfy { base.emplace(values[$0]) == (Int(below[$0]), Int(atMost[$0])) })
    }
  }
}
