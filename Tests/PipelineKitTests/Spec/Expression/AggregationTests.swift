import PipelineKit
import Tabular
import Testing

@Suite struct AggregationTests {
  /// Groups a (4 rows), b (2 rows, all missing) and c (1 row), mixed.
  private func table() throws -> Table {
    try Cells.table([
      "g": Cells.texts(["c", "a", "b", "a", "a", "b", "a"]), "x": Cells.floats([5, 1, nil, 4, nil, nil, 10]),
      "i": Cells.ints([5, 1, nil, 4, nil, nil, 10]), "w": Cells.floats([2, 3, 1, nil, 7, 1, 1]),
      "b": Cells.bools([true, true, nil, false, nil, nil, true]),
      "s": Cells.texts(["z", "q", nil, "p", nil, nil, "q"]),
      "d": Cells.dates(["2020-01-01", "2021-01-01", nil, "2019-01-01", nil, nil, "2022-01-01"]),
    ])
  }

  @Test(arguments: [
    ("count()", ["4", "2", "1"]),
    ("count(x)", ["3", "0", "1"]),
    ("count_if(b)", ["2", "0", "1"]),
    ("count_if(x > 3)", ["2", "0", "1"]),
    ("count_distinct(s)", ["2", "0", "1"]),
    ("count_distinct(g)", ["1", "1", "1"]),
    ("sum(x)", ["15", "!undefined", "5"]),
    ("sum(i)", ["15", "!undefined", "5"]),
    ("sum(i * 2 + 1)", ["33", "!undefined", "11"]),
    ("mean(i)", ["5", "!undefined", "5"]),
    ("mean(x)", ["5", "!undefined", "5"]),
    // (1 * 3 + 10 * 1) / (3 + 1)
    ("weighted_mean(x, w)", ["3.25", "!undefined", "5"]),
    // deviations -4, -1, 5: 42 / 2 = 21
    ("sd(x)", ["4.58257569495584", "!undefined", "!undefined"]),
    ("sd_population(x) ^ 2", ["14", "!undefined", "0"]),
    ("min(x)", ["1", "!undefined", "5"]),
    ("max(x)", ["10", "!undefined", "5"]),
    ("min(s)", ["p", "!undefined", "z"]),
    ("max(d)", ["2022-01-01", "!undefined", "2020-01-01"]),
    ("median(i)", ["4", "!undefined", "5"]),
    ("quantile(x, 0.25)", ["2.5", "!undefined", "5"]),
    ("quantile(x, 0)", ["1", "!undefined", "5"]),
    ("quantile(x, 1)", ["10", "!undefined", "5"]),
    ("first(x)", ["1", "!undefined", "5"]),
    ("last(s)", ["q", "!undefined", "z"]),
    ("share_if(b)", ["0.6666666666666666", "!undefined", "1"]),
    ("any(b)", ["true", "!undefined", "true"]),
    ("all(b)", ["false", "!undefined", "true"]),
    ("sum(x) / count()", ["3.75", "!undefined", "5"]),
    ("100 * count(x) / count()", ["75", "0", "100"]),
    ("max(x) - min(x)", ["9", "!undefined", "0"]),
    ("max(min(x), 2.5)", ["2.5", "!undefined", "5"]),
    ("coalesce(sum(x), 0)", ["15", "0", "5"]),
    ("if(count(x) < 2, missing_as(missing, 'suppressed'), mean(x))", ["5", "!suppressed", "!suppressed"]),
    ("mean(if(b, 1, 0))", ["0.6666666666666666", "!undefined", "1"]),
    ("sum(1)", ["4", "2", "1"]),
    ("42", ["42", "42", "42"]),
  ])
  func aggregates(_ text: String, _ expected: [String]) throws {
    #expect(try Cells.aggregate(text, by: "g", on: table()) == expected)
  }

  @Test func countsAnEmptyTableAsOneGroup() throws {
    let empty = try table().gathering([])
    #expect(try Cells.aggregate("count()", on: empty) == ["0"])
    #expect(try Cells.aggregate("count(x)", on: empty) == ["0"])
    #expect(try Cells.aggregate("sum(i)", on: empty) == ["!undefined"])
    #expect(try Cells.aggregate("median(x)", on: empty) == ["!undefined"])
    #expect(try Cells.aggregate("first(s)", on: empty) == ["!undefined"])
    #expect(try Cells.aggregate("any(b)", on: empty) == ["!undefined"])
    #expect(try Cells.aggregate("count()", by: "g", on: empty) == [])
  }

  @Test func sumsWithoutLosingSmallNumbers() throws {
    let table = try Cells.table(["x": Cells.floats([1e16, 1, 1, 1, -1e16, 0.5])])
    #expect(try Cells.aggregate("sum(x)", on: table) == ["3.5"])
    let huge = try Cells.table([
      "x": Cells.floats([1.7e308, 1.7e308]), "i": Cells.ints([.max, 1]),
    ])
    #expect(try Cells.aggregate("sum(x)", on: huge) == ["!undefined"])
    #expect(try Cells.aggregate("sum(i)", on: huge) == ["!undefined"])
  }

  @Test func keepsTheUnitUnderFunctionsThatDo() throws {
    let schema = try Schema([Field("a", .float64, unit: "euro", decimals: 2, origins: [Origin(table: "T")])])
    func field(_ text: String) throws -> Field {
      try Aggregation(parsing: text, at: SourcePosition(file: "p.yml")).field(named: "n", in: schema)
    }
    #expect(try field("median(a)") == Field("n", .float64, unit: "euro", decimals: 2, origins: [Origin(table: "T")]))
    #expect(try field("count(a)") == Field("n", .int64, origins: [Origin(table: "T")]))
    #expect(try field("sum(a) / 2") == Field("n", .float64, origins: [Origin(table: "T")]))
  }
}
