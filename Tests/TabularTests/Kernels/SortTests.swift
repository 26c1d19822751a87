import Testing

@testable import Tabular

@Suite struct SortKernel {
  private let unknown = MissingReason.unknown.rawValue

  @Test func missingComesLastInEitherDirection() {
    let column = Column.float64(Float64Column([0, -2, 5, 0], missing: MissingMask(reasons: [unknown, 0, 0, unknown])))
    #expect(SortOrder.rows(by: [SortKey(column)], rowCount: 4) == [1, 2, 0, 3])
    #expect(SortOrder.rows(by: [SortKey(column, descending: true)], rowCount: 4) == [2, 1, 0, 3])
  }

  @Test func whatStandsUnderAMissingCellDoesNotCount() {
    let mask = MissingMask(reasons: [unknown, 0, unknown, MissingReason.suppressed.rawValue, 0])
    for column in [
      Column.float64(Float64Column([9, 2, 5, -1, 1], missing: mask)),
      .int64(Int64Column([9, 2, 5, -1, 1], missing: mask)), .date(DateColumn([9, 2, 5, -1, 1], missing: mask)),
    ] {
      #expect(SortOrder.rows(by: [SortKey(column)], rowCount: 5) == [4, 1, 0, 2, 3])
      #expect(SortOrder.rows(by: [SortKey(column, descending: true)], rowCount: 5) == [1, 4, 0, 2, 3])
    }
  }

  @Test func aColumnWithoutAValueLeavesTheOrder() {
    for column in [Column.string(StringColumn([nil, nil, nil])), .allMissing(.float64, reason: .unknown, count: 3)] {
      #expect(SortOrder.rows(by: [SortKey(column)], rowCount: 3) == [0, 1, 2])
      let numbers = SortKey(.int64(Int64Column([3, 1, 2])))
      #expect(SortOrder.rows(by: [SortKey(column, descending: true), numbers], rowCount: 3) == [1, 2, 0])
    }
  }

  @Test func equalRowsKeepTheirOrder() {
    let column = Column.int64(Int64Column([2, 1, 2, 1]))
    #expect(SortOrder.rows(by: [SortKey(column)], rowCount: 4) == [1, 3, 0, 2])
    #expect(SortOrder.rows(by: [SortKey(column, descending: true)], rowCount: 4) == [0, 2, 1, 3])
    let zeroes = Column.float64(Float64Column([0.0, -0.0, 0.0]))
    #expect(SortOrder.rows(by: [SortKey(zeroes)], rowCount: 3) == [0, 1, 2])
  }

  @Test func textOrdersByBytes() {
    let column = Column.string(StringColumn(["é", "z", "Z", "", "abcdefghi", "abcdefgh", "abcdefgha", "z"]))
    #expect(SortOrder.rows(by: [SortKey(column)], rowCount: 8) == [3, 2, 5, 6, 4, 1, 7, 0])
  }

  @Test func extremesOfEveryType() {
    let whole = Column.int64(Int64Column([.max, -1, .min, 0]))
    #expect(SortOrder.rows(by: [SortKey(whole)], rowCount: 4) == [2, 1, 3, 0])
    let numbers = Column.float64(Float64Column([.infinity, 1e-300, -.infinity, -1e300]))
    #expect(SortOrder.rows(by: [SortKey(numbers)], rowCount: 4) == [2, 3, 1, 0])
    let days = Column.date(DateColumn([3, -4]))
    #expect(SortOrder.rows(by: [SortKey(days)], rowCount: 2) == [1, 0])
    let truth = Column.bool(BoolColumn([1, 0]))
    #expect(SortOrder.rows(by: [SortKey(truth)], rowCount: 2) == [1, 0])
  }

  @Test func noRowsAndOneRow() {
    #expect(SortOrder.rows(by: [SortKey(.int64(Int64Column([])))], rowCount: 0) == [])
    #expect(SortOrder.rows(by: [SortKey(.int64(Int64Column([4])))], rowCount: 1) == [0])
  }

  /// Against the standard library's stable sort of tuples.
  @Test(arguments: [UInt64(11), 12, 13]) func equalsAComparisonSort(seed: UInt64) {
    var random = Sequence64(state: seed)
    let count = 500
    let texts: [String?] = (0..<count).map { _ in
      let n = Int.random(in: 0..<20, using: &random)
      return n == 0 ? nil : String(repeating: "ab", count: n % 7) + "\(n)"
    }
    let numbers = (0..<count).map { _ in Double(Int.random(in: -5...5, using: &random)) * 1.25e7 }
    let order = SortOrder.rows(
      by: [SortKey(.string(StringColumn(texts)), descending: true), SortKey(.float64(Float64Column(numbers)))],
      rowCount: count)
    let expected = (0..<count).sorted { a, b in
      if texts[a] != texts[b] {
        guard let x = texts[a] else { return false }
        guard let y = texts[b] else { return true }
        return Array(y.utf8).lexicographicallyPrecedes(Array(x.utf8))
      }
      return numbers[a] != numbers[b] ? numbers[a] < numbers[b] : a < b
    }
    #expect(order.map { Int($0) } == expected)
  }

  /// In order is what sorting leaves as it is: random columns of every type with ties, missing rows and mixed directions, as
  /// they come, sorted, and sorted with two rows exchanged.
  @Test(arguments: 0..<60) func inOrderIsWhatSortingLeavesAsItIs(seed: Int) {
    var random = Sequence64(state: UInt64(seed + 1))
    let count = [0, 1, 2, 3, 64, 65, 130][seed % 7]
    func number(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }
    let reasons = [0, 0, 0, unknown, MissingReason.suppressed.rawValue]
    func mask() -> MissingMask? {
      number(2) == 0 ? nil : MissingMask(reasons: (0..<count).map { _ in reasons[number(reasons.count)] })
    }
    let texts = (0..<count).map { _ -> String? in ["b", "a", "é", "", "abcdefghij", nil][number(6)] }
    var columns: [Column] = [
      .float64(Float64Column((0..<count).map { _ in [0, -0.0, 1.5, -2, .infinity][number(5)] }, missing: mask())),
      .int64(Int64Column((0..<count).map { _ in Int64(number(3)) - 1 }, missing: mask())),
      .bool(BoolColumn((0..<count).map { _ in UInt8(number(2)) }, missing: mask())),
      .date(DateColumn((0..<count).map { _ in Int32(number(3)) - 1 }, missing: mask())),
      .string(StringColumn(texts)), .string(StringColumn(texts.sorted { ($0 ?? "~") < ($1 ?? "~") })),
    ]
    columns.shuffle(using: &random)
    let directions = columns.map { _ in number(2) == 0 }
    func keys(_ rows: [Int32]) -> [SortKey] {
      zip(columns, directions).map { SortKey($0.gathering(rows), descending: $1) }
    }
    let identity = (0..<Int32(count)).map { $0 }
    let order = SortOrder.rows(by: keys(identity), rowCount: count)
    var exchanged = order
    if count > 1 { exchanged.swapAt(number(count), number(count)) }
    let isSorted = SortOrder.isInOrder(by: keys(order), rowCount: count)
    #expect(isSorted)
    for rows in [identity, exchanged] {
      for used in 1...columns.count {
        let keys = Array(keys(rows).prefix(used))
        let (isInOrder, stays) = (
          SortOrder.isInOrder(by: keys, rowCount: count), SortOrder.rows(by: keys, rowCount: count) == identity
        )
        #expect(isInOrder == stays)
      }
    }
  }

  @Test func aTableInOrderStaysAsItIs() throws {
    let table = try Table(
      schema: Schema([Field("a", .int64), Field("b", .string)]),
      columns: [.int64(Int64Column([2, 1])), .string(StringColumn(["x", "y"]))])
    let sorted = try table.sorted(by: [("a", false)])
    #expect(sorted.columns[1] == .string(StringColumn(["y", "x"])))
    #expect(try sorted.sorted(by: [("a", false)]) == sorted)
    #expect(throws: TabularError.unknownColumn("c", candidates: ["a", "b"])) { try table.sorted(by: [("c", false)]) }
  }
}
