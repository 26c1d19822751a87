import Statistics
import Tabular
import Testing

@testable import Transforms

/// The worked examples are those of the English Indices of Deprivation 2019, Technical Report, appendix N.
@Suite struct SummariseAreasTests {
  private func example(
    ranks: [Double], people: [Double], scores: [Double?]? = nil, more: [TestColumn] = []
  ) throws -> Table {
    var columns: [TestColumn] = [
      .text("area", ranks.indices.map { "E\($0)" }), .double("rank", ranks), .double("people", people),
      .text("district", ranks.map { _ in "D" }),
    ]
    if let scores { columns.append(.double("score", scores, unit: "points")) }
    columns += more
    return try Table(schema: Schema(columns.map(\.field)), columns: columns.map(\.column))
  }

  private let options: [(String, SpecLiteral)] = [
    ("area", "area"), ("rank", "rank"), ("population", "people"), ("columns", ["district"]), ("count", 32_844),
  ]

  private func figure(_ table: Table, _ name: String) throws -> Double { try #require(try numbers(table, name)[0]) }

  @Test func iod2019AverageRankIs25240AndAverageScore4035() throws {
    let input = try example(
      ranks: [3000, 10_000, 500, 1000, 20_000], people: [1200, 1800, 1400, 1500, 1700],
      scores: [45.90, 26.51, 65.67, 59.14, 13.64])
    let output = try run(SummariseAreas.self, .map(options + [("score", "score")]), input)
    #expect(try figure(output, "average_rank_weighted").rounded() == 25_240)
    #expect(try abs(figure(output, "average_score_weighted") - 40.35) < 0.005)
    // Each area once: 32,845 - 6,900.
    #expect(try figure(output, "average_rank_unweighted") == 25_945)
    #expect(try abs(figure(output, "average_score_unweighted") - 42.172) < 1e-9)
    #expect(try cells(output, "level") == ["district"] && cells(output, "area_code") == ["D"])
    #expect(output.schema["average_score_weighted"]?.unit == "points")
  }

  @Test func iod2019ShareOfAreasInTheWorstTenthIs0277() throws {
    let input = try example(
      ranks: (0..<65).map { $0 < 18 ? 3284 : 3285 }, people: (0..<65).map { $0 < 18 ? 3000 : 1000 })
    let output = try run(SummariseAreas.self, .map(options), input)
    #expect(try abs(figure(output, "worst_10_pct_unweighted") / 100 - 0.277) < 0.0005)
    #expect(try abs(figure(output, "worst_10_pct_weighted") - 100 * 54.0 / 101) < 1e-9)
    #expect(try figure(output, "worst_20_pct_unweighted") == 100)
  }

  @Test func iod2019ExtentIs00623() throws {
    let input = try example(
      ranks: [500, 1000, 3000, 9000, 30_000], people: [1400, 1500, 1200, 1800, 64_100])
    let output = try run(SummariseAreas.self, .map(options), input)
    #expect(try abs(figure(output, "extent_pct_weighted") / 100 - 0.062_293_23) < 5e-9)
  }

  @Test func iod2019LocalConcentrationIs26302() throws {
    let input = try example(
      ranks: [20_000, 1000, 3000, 500, 10_000, 32_000], people: [1700, 1500, 1200, 1400, 1800, 62_400])
    let output = try run(SummariseAreas.self, .map(options), input)
    #expect(try abs(figure(output, "local_concentration_weighted") - 26_302.14) < 0.005)
  }

  @Test func iod2019ScaleIs8291() throws {
    let input = try example(
      ranks: [1, 2, 3, 4, 5], people: [1, 1, 1, 1, 1],
      more: [.double("poor", [1563, 1672, 1745, 1499, 1812], unit: "persons")])
    let output = try run(SummariseAreas.self, .map(options + [("deprived", "poor")]), input)
    #expect(try figure(output, "scale") == 8291)
  }

  /// Four buurten in two wijken of one gemeente and one buurt elsewhere, in two years.
  private func buurten() throws -> Table {
    try table(
      .text("code", ["BU01410001", "BU01410002", "BU01410101", "BU01410102", "BU01530001", "BU01410001"]),
      .int("year", [2020, 2020, 2020, 2020, 2020, 2012]),
      .double("s", [50, 40, nil, 10, 20, 7]),
      .int("n", [100, 300, 500, nil, 200, 100]),
      .text("region", ["CR12", "CR12", "CR12", "CR12", nil, "CR12"]))
  }

  @Test func rollsUpByCodeAndByColumn() throws {
    let output = try run(
      SummariseAreas.self,
      [
        "area": "code", "score": "s", "population": "n", "levels": ["wijk", "gemeente", "land"], "columns": ["region"],
        "by": ["year"],
      ], try buurten())
    #expect(
      try cells(output, "area_code") == [
        "WK014100", "WK014100", "WK014101", "WK015300", "GM0141", "GM0141", "GM0153", "NL00", "NL00", "CR12", "CR12",
      ])
    #expect(try cells(output, "year").prefix(2) == ["2012", "2020"])
    #expect(try cells(output, "areas") == ["1", "2", "1", "1", "1", "3", "1", "1", "4", "1", "3"])
    #expect(try cells(output, "areas_unscored")[5] == "1")
    // Ranks in 2020: 50, 40, 20, 10 are 1 to 4. A buurt without known inhabitants counts only unweighted.
    #expect(try cells(output, "inhabitants")[5] == "400")
    #expect(try cells(output, "inhabitants_unscored")[5] == "500")
    #expect(try numbers(output, "average_rank_weighted")[5] == 5 - 1.75)
    #expect(try numbers(output, "average_rank_unweighted")[5] == 5 - (1 + 2 + 4.0) / 3)
    #expect(try numbers(output, "average_score_weighted")[5] == 42.5)
    // Nobody is known to live in the second wijk's scored buurt.
    #expect(try cells(output, "average_score_weighted")[2] == "(insufficient)")
    #expect(try cells(output, "average_score_unweighted")[2] == "10")
    // The country's mean rank is its middle by definition.
    #expect(try numbers(output, "average_rank_unweighted")[8] == 2.5)
  }

  @Test func rollingUpTwiceGivesTheSame() throws {
    // The weighted score of a gemeente is that of its wijken, weighted by theirs.
    var random = CounterGenerator(seed: 3, stream: "summaries")
    let codes = (0..<40).map { "BU01410\(100 + $0 / 8 * 100 + $0 % 8)" }
    let input = try table(
      .text("code", codes), .double("s", codes.map { _ in random.uniform(0, 90) }),
      .double("n", codes.map { _ in random.uniform(1, 900).rounded() }))
    let output = try run(
      SummariseAreas.self,
      ["area": "code", "score": "s", "population": "n", "levels": ["wijk", "gemeente"]], input)
    let (people, scores) = try (numbers(output, "inhabitants"), numbers(output, "average_score_weighted"))
    let wijken = (0..<5).map { (people[$0] ?? 0, scores[$0] ?? 0) }
    let again = wijken.reduce(0) { $0 + $1.0 * $1.1 } / wijken.reduce(0) { $0 + $1.0 }
    let whole = try #require(scores[5])
    #expect(output.rowCount == 6 && abs(again - whole) < 1e-9)
  }

  @Test func nothingAndEqualScores() throws {
    let none = try run(
      SummariseAreas.self, ["area": "code", "score": "s", "levels": "land"],
      table(.text("code", ["BU01410001"]), .double("s", [nil])))
    #expect(try cells(none, "areas") == ["0"] && cells(none, "average_rank_unweighted") == ["(insufficient)"])
    #expect(none.schema["average_rank_weighted"] == nil)
    let empty = try run(
      SummariseAreas.self, ["area": "code", "score": "s", "levels": "land"],
      table(.text("code", []), .double("s", [])))
    #expect(empty.rowCount == 0)
    let equal = try run(
      SummariseAreas.self, ["area": "code", "score": "s", "population": "n", "levels": "land"],
      table(.text("code", ["BU01410001", "BU01410002"]), .double("s", [4, 4]), .int("n", [0, 0])))
    #expect(try cells(equal, "average_rank_unweighted") == ["2"])
    #expect(try cells(equal, "average_rank_weighted") == ["(insufficient)"])
  }

  @Test func mistakesAreNamed() throws {
    let input = try table(
      .text("code", ["BU01410001", "GM0141"]), .double("s", [1, 2]), .int("n", [-1, 2]), .double("r", [1, 3]))
    #expect(
      schemaError(SummariseAreas.self, ["area": "code", "levels": "wijk"], input)
        == "p.yml:1:1: give \"score\", \"rank\" or both")
    #expect(
      schemaError(SummariseAreas.self, ["area": "code", "score": "s"], input)
        == "p.yml:1:1: give \"levels\" (wijk, gemeente, land), \"columns\" of larger areas, or both")
    #expect(
      schemaError(SummariseAreas.self, ["area": "n", "score": "s", "levels": "wijk"], input)
        == "p.yml:1:1: column \"n\" is int64, expected codes as text")
    #expect(
      try dataError(SummariseAreas.self, ["area": "code", "score": "s", "levels": "land"], input)
        == "\"code\" holds areas of two levels, buurt and gemeente (GM0141), which would count twice; filter one of "
        + "them before the step")
    #expect(
      try dataError(SummariseAreas.self, ["area": "code", "score": "s", "population": "n", "levels": "land"], input)
        == "\"n\" is -1 in row 1, expected 0 or more")
    #expect(
      try dataError(SummariseAreas.self, ["area": "code", "rank": "r", "levels": "land"], input)
        == "the rank of row 2 is 3, expected 1 to 2, the number of areas; give \"count\" when the country has more")
  }
}
