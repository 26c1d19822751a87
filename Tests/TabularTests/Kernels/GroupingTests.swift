import Testing

@testable import Tabular

@Suite struct GroupingTests {
  private func ints(_ values: [Int64?]) -> Column {
    .int64(
      Int64Column(
        values.map { $0 ?? 0 },
        missing: MissingMask(reasons: values.map { $0 == nil ? MissingReason.unknown.rawValue : 0 })))
  }

  /// Repeatable numbers for tests (Numerical Recipes' linear congruential generator).
  private func numbers(_ count: Int, below limit: UInt64) -> [Int64] {
    var state: UInt64 = 12345
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64((state >> 33) % limit)
    }
  }

  @Test func ordersGroupsByKey() {
    let texts = Column.string(StringColumn(["b", "a", "é", "ab", nil, "a"], reason: .unknown))
    let groups = Grouping(by: [texts], rowCount: 6)
    #expect(groups.groups == [2, 0, 3, 1, 4, 0])
    #expect(groups.count == 5)
    #expect(groups.representatives == [1, 3, 0, 2, 4])
    #expect(groups.sizes == [2, 1, 1, 1, 1])
    #expect(groups.rows.offsets == [0, 2, 3, 4, 5, 6])
    #expect(Array(groups.rows[0]) == [1, 5])
  }

  @Test func ordersByTheFirstKeyFirst() {
    let groups = Grouping(by: [ints([2, 1, 2, 1]), ints([1, 9, 0, 9])], rowCount: 4)
    #expect(groups.groups == [2, 0, 1, 0])
    #expect(groups.representatives == [1, 2, 0])
  }

  @Test func givesEveryReasonAGroupAtTheEnd() {
    let mask = MissingMask(reasons: [0, MissingReason.rejected.rawValue, MissingReason.unknown.rawValue, 0, 4])
    let groups = Grouping(by: [.int64(Int64Column([5, 0, 0, -5, 0], missing: mask))], rowCount: 5)
    #expect(groups.groups == [1, 3, 2, 0, 3])
  }

  @Test func ordersNumbersWithDecimals() {
    let groups = Grouping(by: [.float64(Float64Column([0.5, -0.0, -3, 1e9, 0.0]))], rowCount: 5)
    #expect(groups.groups == [2, 1, 0, 3, 1])
  }

  @Test func groupsNothingAndWithoutKeys() {
    let none = Grouping(by: [ints([])], rowCount: 0)
    #expect(none.count == 0 && none.rows.rows.isEmpty)
    let all = Grouping(by: [], rowCount: 3)
    #expect(all.count == 1 && all.groups == [0, 0, 0] && all.sizes == [3] && all.representatives == [0])
    let empty = Grouping(by: [], rowCount: 0)
    #expect(empty.count == 1 && empty.sizes == [0] && empty.representatives == [-1])
    let missing = Grouping(by: [ints([nil, nil])], rowCount: 2)
    #expect(missing.count == 1 && missing.groups == [0, 0])
  }

  /// Small and wide ranges take different ways; both must agree with a sort of the distinct pairs.
  @Test(arguments: [UInt64(5), 300, 1 << 31])
  func agreesWithASortOfPairs(_ limit: UInt64) {
    let a = numbers(3000, below: limit)
    let b = numbers(6000, below: limit).suffix(3000).map { $0 * 1_000_003 - 7 }
    let groups = Grouping(by: [ints(a), ints(b)], rowCount: 3000)
    let pairs = zip(a, b).map { [$0, $1] }
    let distinct = Set(pairs).sorted { $0.lexicographicallyPrecedes($1) }
    let number = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, Int32($0)) })
    #expect(groups.groups == pairs.map { number[$0] ?? -1 })
    #expect(groups.count == distinct.count)
  }

  @Test func ordersTextsThatShareLongStarts() {
    let start = String(repeating: "x", count: 16)
    let texts = [start + "b", start, start + "a", "x", "", start + "\0"]
    let groups = Grouping(by: [.string(StringColumn(texts))], rowCount: 6)
    #expect(groups.groups == [5, 2, 4, 1, 0, 3])
  }

  @Test func permutingRowsLeavesCountsUnchanged() {
    let a = numbers(500, below: 7).map { $0 == 3 ? nil : $0 }
    let x = numbers(500, below: 20).map { $0 == 0 ? nil : $0 }
    let order = (0..<500).map { Int32(($0 * 7919) % 500) }
    let groups = Grouping(by: [ints(a)], rowCount: 500)
    let other = Grouping(by: [ints(a).gathering(order)], rowCount: 500)
    #expect(Reduction.count(groups) == Reduction.count(other))
    #expect(Reduction.count(ints(x), groups) == Reduction.count(ints(x).gathering(order), other))
    #expect(Reduction.countDistinct(ints(x), groups) == Reduction.countDistinct(ints(x).gathering(order), other))
  }
}

@Suite struct SelectionTests {
  /// Quantiles of numpy 1.x and R's type 7 for 1...5 and 1...4, and ties, sorted and reversed runs.
  @Test(
    arguments: [
      ([3, 1, 5, 2, 4], 0.5, 3), ([1, 2, 3, 4], 0.5, 2.5), ([4, 3, 2, 1], 0.25, 1.75), ([7], 0.9, 7),
      ([2, 2, 2, 2], 0.3, 2), ([1, 2, 3, 4, 5], 0.9, 4.6),
    ] as [([Double], Double, Double)])
  func findsQuantiles(_ values: [Double], _ q: Double, _ expected: Double) {
    let groups = Grouping(by: [], rowCount: values.count)
    let found = Reduction.quantile(Float64Column(values), q, groups).values[0]
    #expect((found - expected).magnitude < 1e-12)
  }

  @Test func agreesWithASort() {
    var state: UInt64 = 99
    for count in [2, 3, 17, 100, 1001] {
      let values = (0..<count).map { _ -> Double in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double((state >> 40) % 50)
      }
      let sorted = values.sorted()
      for q in [0, 0.1, 0.5, 0.77, 1] {
        let position = Double(count - 1) * q
        let low = Int(position)
        let high = min(low + 1, count - 1)
        let expected = sorted[low] + (position - Double(low)) * (sorted[high] - sorted[low])
        let groups = Grouping(by: [], rowCount: count)
        #expect(Reduction.quantile(Float64Column(values), q, groups).values[0] == expected)
      }
    }
  }
}

@Suite struct MissingMaskTests {
  @Test func findsWordsOfAnyLength() {
    for count in [0, 1, 7, 8, 9, 63, 64, 65, 200] {
      let reasons = (0..<count).map { UInt8($0 % 5 == 2 ? 3 : $0 % 7 == 1 ? 128 : 0) }
      let mask = MissingMask(reasons: reasons)
      for row in 0..<count {
        #expect((mask.words[row / 64] >> UInt64(row % 64)) & 1 == (reasons[row] == 0 ? 1 : 0))
      }
      #expect(mask.missingCount == reasons.count { $0 != 0 })
    }
  }
}

@Suite struct CalendarDayTests {
  @Test(
    arguments: [
      ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11016), ("2020-12-31", 18627), ("1600-01-01", -135140),
    ] as [(String, Int32)])
  func countsDays(_ text: String, _ number: Int32) {
    #expect(CalendarDay.parse(text) == number)
    #expect(CalendarDay.text(of: number) == text)
  }

  @Test(arguments: ["2021-02-29", "2020-13-01", "2020-00-10", "2020-1-1", "20-01-2020", "2020/01/01", "1900-02-29"])
  func refusesWhatIsNoDay(_ text: String) { #expect(CalendarDay.parse(text) == nil) }

  @Test func readsBackEveryDayOfFourCenturies() {
    for number in stride(from: Int32(-135_140), to: 30_000, by: 37) {
      let (year, month, day) = CalendarDay.date(of: number)
      #expect(CalendarDay.number(year: year, month: month, day: day) == number)
    }
  }
}
