import Testing

@testable import Tabular

/// A repeatable stream of numbers, so that a failure can be replayed.
struct Sequence64: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    var x = state
    x ^= x >> 33
    x = x &* 0xFF51_AFD7_ED55_8CCD
    return x ^ (x >> 33)
  }
}

private func int64(_ values: [Int64?], reason: MissingReason = .unknown) -> Column {
  .int64(
    Int64Column(values.map { $0 ?? 0 }, missing: MissingMask(reasons: values.map { $0 == nil ? reason.rawValue : 0 })))
}
private func string(_ values: [String?]) -> Column { .string(StringColumn(values, reason: .unknown)) }

@Suite struct JoinKernel {
  @Test func leftKeepsEveryRowInOrder() {
    let matches = KeyMatches(left: [int64([3, 1, nil, 9])], right: [int64([1, nil, 3])])
    #expect(matches.first == [2, 0, -1, -1])
    #expect(matches.duplicate == nil)
    #expect(matches.rows(.left) == JoinRows(left: nil, right: [2, 0, -1, -1], appended: 0))
    #expect(matches.rows(.inner) == JoinRows(left: [0, 1], right: [2, 0], appended: 0))
    #expect(matches.rows(.semi) == JoinRows(left: [0, 1], right: [], appended: 0))
    #expect(matches.rows(.anti) == JoinRows(left: [2, 3], right: [], appended: 0))
    #expect(matches.rows(.full) == JoinRows(left: [0, 1, 2, 3, -1], right: [2, 0, -1, -1, 1], appended: 1))
  }

  @Test func textMatchesAcrossDictionaries() {
    let matches = KeyMatches(left: [string(["b", "a", "z", nil])], right: [string(["a", "c", "b"])])
    #expect(matches.first == [2, 0, -1, -1])
  }

  @Test func theFirstRepeatedRightKeyIsNamed() {
    let matches = KeyMatches(left: [int64([5])], right: [int64([nil, nil, 5, 6, 5, 6])])
    #expect(matches.duplicate?.earlier == 2)
    #expect(matches.duplicate?.later == 4)
    #expect(matches.rows(.left) == JoinRows(left: [0, 0], right: [2, 4], appended: 0))
    #expect(matches.rows(.full).right == [2, 4, 0, 1, 3, 5])
  }

  @Test func extremesOfWholeNumbersDoNotOverflow() {
    let matches = KeyMatches(left: [int64([.min, .max, 0])], right: [int64([.max, .min])])
    #expect(matches.first == [1, 0, -1])
  }

  @Test func bothZeroesAreOneKey() {
    let left = Column.float64(Float64Column([-0.0, 1.5]))
    let right = Column.float64(Float64Column([1.5, 0.0]))
    #expect(KeyMatches(left: [left], right: [right]).first == [1, 0])
  }

  @Test func nothingOnEitherSide() {
    #expect(KeyMatches(left: [int64([])], right: [int64([1])]).rows(.full).right == [0])
    #expect(KeyMatches(left: [string(["a"])], right: [string([])]).rows(.left).right == [-1])
    #expect(KeyMatches(left: [int64([]), string([])], right: [int64([]), string([])]).rows(.full).right == [])
  }

  /// Against a nested loop, for dense and for hashed codes, with repeats and gaps.
  @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6]) func equalsTheNestedLoop(seed: UInt64) {
    var random = Sequence64(state: seed)
    let spread: Int64 = seed % 2 == 0 ? 1 : 1_000_003_000_003
    func keys(_ count: Int) -> (n: [Int64?], t: [String?], d: [Double?]) {
      let n = (0..<count).map { _ in
        Int.random(in: 0..<9, using: &random) == 0 ? nil : Int64.random(in: -3...3, using: &random) * spread
      }
      let t = (0..<count).map { _ in
        Int.random(in: 0..<9, using: &random) == 0 ? nil : "k\(Int.random(in: 0...4, using: &random))"
      }
      let d = (0..<count).map { _ -> Double? in Double(Int.random(in: 0...1, using: &random)) / 3 }
      return (n, t, d)
    }
    let (l, r) = (keys(90), keys(60))
    let columns = { (k: (n: [Int64?], t: [String?], d: [Double?])) in
      [int64(k.n), string(k.t), Column.float64(Float64Column(k.d.map { $0 ?? 0 }))]
    }
    let matches = KeyMatches(left: columns(l), right: columns(r))
    func equal(_ i: Int, _ j: Int) -> Bool {
      l.n[i] != nil && l.t[i] != nil && l.n[i] == r.n[j] && l.t[i] == r.t[j] && l.d[i] == r.d[j]
    }
    var expected: [(Int32, Int32)] = []
    for i in 0..<90 {
      let found = (0..<60).filter { equal(i, $0) }
      if found.isEmpty { expected.append((Int32(i), -1)) }
      for j in found { expected.append((Int32(i), Int32(j))) }
    }
    for j in 0..<60 where !(0..<90).contains(where: { equal($0, j) }) { expected.append((-1, Int32(j))) }
    let rows = matches.rows(.full)
    #expect(rows.left ?? [] == expected.map(\.0))
    #expect(rows.right == expected.map(\.1))
    for kind in JoinKind.allCases {
      let rows = matches.rows(kind)
      #expect(matches.rowCount(kind) == rows.left?.count ?? 90)
    }
  }
}

@Suite struct OverlayKernel {
  @Test func presentValuesStayAndGapsAreFilled() throws {
    let filled = try int64([1, nil, nil]).filledIn(from: int64([7, 8, nil], reason: .suppressed))
    #expect(
      filled == .int64(Int64Column([1, 8, 0], missing: MissingMask(reasons: [0, 0, MissingReason.unknown.rawValue]))))
  }

  @Test func anUnmatchedCellTakesTheOtherReason() throws {
    let filled = try int64([nil, nil], reason: .notMatched).filledIn(from: int64([4, nil], reason: .suppressed))
    #expect(
      filled == .int64(Int64Column([4, 0], missing: MissingMask(reasons: [0, MissingReason.suppressed.rawValue]))))
  }

  @Test func wholeNumbersAndDoublesGiveDoubles() throws {
    let filled = try int64([1, nil]).filledIn(from: .float64(Float64Column([0, 2.5])))
    #expect(filled == .float64(Float64Column([1, 2.5])))
    #expect(try int64([1]).filledIn(from: .float64(Float64Column([0]))) == .float64(Float64Column([1])))
  }

  @Test func textsOfTwoDictionaries() throws {
    let filled = try string([nil, "a", nil, nil]).filledIn(from: string(["b", "b", "a", nil]))
    #expect(filled == string(["b", "a", "a", nil]))
    filled.checkInvariants()
  }

  @Test func layingOverIsGatheringAndFillingIn() throws {
    let rows: [Int32] = [2, -1, 0, 1, 1, -1, 0]
    let pairs: [(Column, Column)] = [
      (int64([1, nil, 3, nil, 5, 6, nil], reason: .suppressed), int64([10, nil, 30], reason: .rejected)),
      (int64([1, nil, 3, nil, 5, 6, nil]), int64([10, nil, nil], reason: .notMatched)),
      (int64([1, 2, 3, 4, 5, 6, 7]), .float64(Float64Column([0.5, 1.5, 2.5]))),
      (string(["a", nil, "c", nil, "e", "a", nil]), string(["c", nil, "z"])),
      (string([nil, nil, nil, nil, nil, nil, nil]), string(["c", nil, "z"])),
    ]
    for (base, other) in pairs {
      var laid = base
      try laid.overlay(with: other, at: rows)
      #expect(try laid == other.gathering(rows).filledIn(from: base))
      laid.checkInvariants()
    }
    #expect(throws: TabularError.schemaMismatch("string cannot be laid over int64")) {
      var column = int64([1])
      try column.overlay(with: string(["a"]), at: [0])
    }
  }

  @Test func otherTypesAndLengthsAreRefused() {
    #expect(throws: TabularError.schemaMismatch("int64 cannot be filled in from string")) {
      try int64([nil]).filledIn(from: string(["a"]))
    }
    #expect(throws: TabularError.schemaMismatch("1 rows cannot be filled in from 2")) {
      try int64([nil]).filledIn(from: int64([1, 2]))
    }
  }
}
