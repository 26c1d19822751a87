import Testing

@testable import Tabular

/// Rows in batches give the groups that ``Grouping`` gives for all rows together.
@Suite struct StreamedGroupsTests {
  private struct Rows {
    var keys: [Column]
    var count: Int
  }

  /// Rows of a year, an area and a level, some of them missing for two reasons; `width` different areas.
  private func rows(_ count: Int, seed: UInt64, width: Int = 40) -> Rows {
    var state = seed
    func draw(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % below
    }
    var years: [Int64] = []
    var areas: [String?] = []
    var levels: [Int64] = []
    var reasons: [UInt8] = []
    for _ in 0..<count {
      years.append(Int64(2015 + draw(10)))
      areas.append("BU\(draw(width) * 7919 % 100_000)")
      let reason = [0, 0, 0, 1, 3][draw(5)]
      reasons.append(UInt8(reason))
      levels.append(reason == 0 ? Int64(draw(5)) * 1_000_000 : 0)
    }
    return Rows(
      keys: [
        .int64(Int64Column(years)), .string(StringColumn(areas)),
        .int64(Int64Column(levels, missing: MissingMask(reasons: reasons))),
      ], count: count)
  }

  private func piece(_ rows: Rows, _ range: Range<Int>) -> Rows {
    let picked = range.map { Int32($0) }
    return Rows(keys: rows.keys.map { $0.gathering(picked) }, count: range.count)
  }

  private let types: [ColumnType] = [.int64, .string, .int64]

  private func check(
    _ result: StreamedGroups.Result, _ rows: Rows, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let wanted = Grouping(by: rows.keys, rowCount: rows.count)
    #expect(result.sizes == wanted.sizes.map { Int64($0) }, sourceLocation: sourceLocation)
    for (mine, key) in zip(result.keys, rows.keys) {
      #expect(mine == key.gathering(wanted.representatives), sourceLocation: sourceLocation)
      mine.checkInvariants()
    }
  }

  @Test(arguments: [1, 7, 1000], [true, false]) func groupsAsGroupingDoes(batch: Int, isCountOnly: Bool) {
    let rows = rows(1000, seed: 1)
    let groups = StreamedGroups(types, isCountOnly: isCountOnly)
    var first = 0
    while first < rows.count {
      let part = piece(rows, first..<min(first + batch, rows.count))
      let numbers = groups.take(part.keys, rowCount: part.count)
      #expect(numbers.count == (isCountOnly ? 0 : part.count))
      first += batch
    }
    check(groups.finish(), rows)
  }

  @Test(arguments: [true, false]) func manyCombinationsGoThroughAHash(isCountOnly: Bool) {
    let rows = rows(3000, seed: 2, width: 900)
    let groups = StreamedGroups(types, isCountOnly: isCountOnly)
    groups.cellLimit = 5_000  // a few batches fit
    for first in stride(from: 0, to: rows.count, by: 100) {
      let part = piece(rows, first..<(first + 100))
      _ = groups.take(part.keys, rowCount: part.count)
    }
    check(groups.finish(), rows)
  }

  @Test(arguments: [Int.max, 3_000], [true, false]) func sharedRowsMerge(limit: Int, isCountOnly: Bool) {
    let rows = rows(2000, seed: 3, width: 300)
    let parts = (0..<3).map { _ in StreamedGroups(types, isCountOnly: isCountOnly) }
    let sums = (0..<3).map { _ in StreamedReduction(.wholeSum) }
    if limit < .max { for part in parts.dropFirst() { part.cellLimit = limit } }
    for (turn, first) in stride(from: 0, to: rows.count, by: 50).enumerated() {
      let part = piece(rows, first..<(first + 50))
      let numbers = parts[turn * turn % 3].take(part.keys, rowCount: part.count)
      if !isCountOnly { sums[turn * turn % 3].take(part.keys[0], numbers, count: parts[turn * turn % 3].count) }
    }
    for i in 1..<3 {
      let numbers = parts[0].merge(parts[i])
      if !isCountOnly { sums[0].merge(sums[i], numbers, count: parts[0].count) }
    }
    let result = parts[0].finish()
    check(result, rows)
    if !isCountOnly, case .int64(let years) = rows.keys[0] {
      #expect(sums[0].wholeSums(result.numbers) == Reduction.sum(years, Grouping(by: rows.keys, rowCount: rows.count)))
    }
  }

  @Test func withoutKeysAllRowsAreOneGroup() {
    let groups = StreamedGroups([], isCountOnly: true)
    #expect(StreamedGroups([], isCountOnly: false).finish().sizes == [0])
    _ = groups.take([], rowCount: 3)
    _ = groups.take([], rowCount: 4)
    let other = StreamedGroups([], isCountOnly: true)
    _ = other.take([], rowCount: 5)
    _ = groups.merge(other)
    #expect(groups.finish().sizes == [12])
  }

  @Test func withoutRowsThereAreNoGroups() {
    let result = StreamedGroups(types, isCountOnly: true).finish()
    #expect(result.sizes == [])
    #expect(result.keys.map(\.count) == [0, 0, 0])
    #expect(result.keys.map(\.type) == types)
  }

  @Test func theResultDoesNotDependOnTheOrderOfRows() {
    let rows = rows(500, seed: 4)
    let groups = StreamedGroups(types, isCountOnly: true)
    let turned = Rows(keys: rows.keys.map { $0.gathering((0..<500).reversed().map { Int32($0) }) }, count: 500)
    _ = groups.take(turned.keys, rowCount: 500)
    let result = groups.finish()
    check(result, rows)
    guard case .string(let areas) = result.keys[1] else { return }
    #expect(areas.dictionary.strings == areas.dictionary.strings.sorted())
  }

  @Test func numbersFarApartAndOfEveryTypeAreKeys() {
    let numbers: [Double] = [0, -0.0, 1e300, -2.5, 1e300]
    let keys: [Column] = [
      .float64(Float64Column(numbers)), .date(DateColumn([5, -3, 5, 5, 5])), .bool(BoolColumn([1, 1, 0, 0, 0])),
      .int64(Int64Column([.min, .min, .max, 0, .max])),
    ]
    let rows = Rows(keys: keys, count: 5)
    let groups = StreamedGroups(keys.map(\.type), isCountOnly: false)
    for row in 0..<5 { _ = groups.take(piece(rows, row..<(row + 1)).keys, rowCount: 1) }
    check(groups.finish(), rows)
  }
}
