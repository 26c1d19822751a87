import PipelineKit
import Tabular
import Testing

/// What `balance.yml` says about the fixtures, computed a second time from its tables.
@Suite struct BalanceTests {
  /// What the run wrote, read once.
  struct Written: Sendable {
    let run: PipelineRun
    let summary: SpecNode
    let scores: Table
    let municipal: Table
    /// Rows of `municipal` by area and year.
    let places: [String: Int]
  }

  static let written = Result {
    let run = try PipelineRun.balance.get()
    let municipal = try run.table("municipal.parquet", "parquet")
    let names = try zip(municipal.texts("gemeente_code"), municipal.texts("year")).map { "\($0 ?? "") \($1 ?? "")" }
    return Written(
      run: run, summary: try run.json("summary.json"), scores: try run.table("mdi.parquet", "parquet"),
      municipal: municipal, places: Dictionary(uniqueKeysWithValues: zip(names, names.indices)))
  }

  let run: PipelineRun
  let summary: SpecNode
  let scores: Table
  let municipal: Table
  private let places: [String: Int]

  init() throws {
    let written = try Self.written.get()
    (run, summary, scores, municipal) = (written.run, written.summary, written.scores, written.municipal)
    places = written.places
  }

  /// A cell of the row of `municipal` for an area and a year.
  private func figure(_ column: String, _ area: String, _ year: String) throws -> String? {
    try municipal.column(column).text(at: #require(places["\(area) \(year)"]))
  }

  @Test func readsAllAreas() {
    #expect(run.report.sources.map(\.counts.read) == [8_844, 2_948, 600])
    #expect(scores.rowCount == 7_500)
  }

  static let findings = [
    ("A10", "buurten_improved", "2012-2020", "buurten", "improved"),
    ("A11", "buurten_very_high", "2020", "buurten", "very_high"),
    ("C06", "inhabitants_in_very_high_pct", "2020", "%", "very_high_inhabitants_pct"),
    ("C08", "mdi_change", "2012-2020", "points", "change"),
    ("D06", "buurten_improved_relative", "2012-2020", "buurten", "improved_relative"),
    ("unscored", "buurten_unscored", "2020", "buurten", "unscored"),
    ("inhabitants", "inhabitants", "2020", "persons", "published_inhabitants"),
    ("good_health_2012", "good_health_pct", "2012", "%", "good_health_pct"),
    ("good_health_2016", "good_health_pct", "2016", "%", "good_health_pct"),
    ("good_health_2020", "good_health_pct", "2020", "%", "good_health_pct"),
  ]

  @Test func theFindingsAreThese() throws {
    #expect(try summary["findings"]?.elements().map { try $0.at("id") } == Self.findings.map(\.0) + Self.further)
  }

  static let further = [
    "C01", "C02", "C03", "C04", "C05", "C07", "C08_spread", "C10", "C12", "D01", "D02", "D03", "D04", "D05", "D09",
    "D12", "A16", "A22", "C09", "C11", "D10",
  ]

  @Test(arguments: further) func aFurtherFindingHasAValueAndStatements(id: String) throws {
    let finding = try summary.finding(id)
    #expect(try finding.at("area", "label") == "Almelo")
    #expect(try Double(finding.at("value")) != nil)
    for language in ["nl", "en"] {
      let statement = try finding.at("statement", language)
      #expect(!statement.contains("{") && !statement.contains("insufficient"), "\(statement)")
      #expect(try !finding.at("definition", language).isEmpty)
    }
    #expect(try finding.at("statement", "nl") != finding.at("statement", "en"))
  }

  /// The certainty of the class counts the same buurten as the classes themselves, and so does the scenario before it.
  @Test func certaintyAndScenarioStartFromTheSameClasses() throws {
    #expect(try summary.finding("D04").at("value") == summary.finding("A11").at("value"))
    let leaving = try #require(Int(try summary.finding("A11").at("value")))
    let after = try #require(Int(try summary.finding("D05").at("value")))
    #expect(after <= leaving)
    let levers = try #require(try summary.finding("D02")["rows"]?.elements())
    let effects = try levers.map { try Double($0.at("score_change")) ?? .nan }
    #expect(levers.count == 12 && effects == effects.sorted() && effects.allSatisfy { $0 <= 0 })
  }

  @Test func theMedianChangeIsThatOfItsRows() throws {
    let finding = try summary.finding("C04")
    let rows = try #require(try finding["rows"]?.elements())
    let changes = try rows.map { try Double($0.at("mdi_delta_base")) ?? .nan }.sorted()
    #expect(changes.count == 57)
    #expect(try abs(changes[28] - (Double(finding.at("value")) ?? .nan)) < 1e-9)
  }

  @Test(arguments: findings)
  func aFindingIsWhole(id: String, metric: String, period: String, unit: String, column: String) throws {
    let finding = try summary.finding(id)
    #expect(try finding.at("metric") == metric)
    #expect(try finding.at("level") == "gemeente")
    #expect(try finding.at("area", "code") == "GM0141")
    #expect(try finding.at("area", "label") == "Almelo")
    #expect(try finding.at("period") == period)
    #expect(try finding.at("unit") == unit)
    let year = String(period.suffix(4))
    #expect(try finding.at("value") == figure(column, "GM0141", year))
    let comparators = try #require(try finding["comparators"]?.elements())
    #expect(try comparators.map { try $0.at("area", "code") } == ["GM0153", "GM0164", "NL00"])
    for comparator in comparators {
      #expect(try comparator.at("value") == figure(column, comparator.at("area", "code"), year))
      func number(_ node: SpecNode, _ key: String) throws -> Double { try Double(node.at(key)) ?? .nan }
      #expect(try number(comparator, "difference") == number(finding, "value") - number(comparator, "value"))
    }
    for language in ["nl", "en"] {
      let statement = try finding.at("statement", language)
      #expect(statement.contains("Almelo") && !statement.contains("{"), "\(statement)")
    }
    #expect(try finding.at("statement", "nl") != finding.at("statement", "en"))
  }

  @Test func theUnscoredBuurtenAreNamedWithTheirReason() throws {
    let rows = try #require(try summary.finding("unscored")["rows"]?.elements())
    let (codes, gemeenten, years) = try (
      scores.texts("area_code"), scores.texts("gemeente_code"), scores.texts("year")
    )
    let reasons = try scores.reasons("mdi")
    let expected = (0..<scores.rowCount).filter { row in
      gemeenten[row] == "GM0141" && years[row] == "2020" && reasons[row] != nil
    }
    #expect(expected.count == 11)
    #expect(try rows.map { try $0.at("area_code") } == expected.map { codes[$0] ?? "" })
    #expect(try rows.map { try $0.at("mdi_status") } == expected.map { reasons[$0]?.label ?? "" })
    #expect(try rows.contains { try $0.at("area_code") == "BU01411105" && $0.at("mdi_status") == "unknown" })
  }

  @Test func fewInhabitantsPutABuurtOutsideTheFrame() throws {
    let reasons = try scores.reasons("mdi")
    let isSmall = try scores.numbers("inhabitants").map { ($0 ?? .nan) < 100 }
    #expect(reasons.map { $0 == .outsideFrame } == isSmall)
    #expect(isSmall.contains(true) && isSmall.contains(false))
    let counted = Set(reasons.compactMap { $0?.label })
    #expect(counted == ["outside_frame", "unknown"])
  }

  @Test func contributionsSumToTheScore() throws {
    let scored = try scores.numbers("mdi")
    let names = scores.schema.names
    let domains = ["means", "health", "mind", "lifestyle", "care"].map { "mdi_contribution_" + $0 }
    let ofDomains = try domains.map { try scores.numbers($0) }
    let indicators = names.filter { name in
      domains.contains { name.hasPrefix($0 + "_") } && !name.contains("_base") && !name.hasSuffix("_status")
    }
    #expect(indicators.count == 9)
    let ofIndicators = try indicators.map { try scores.numbers($0) }
    for parts in [ofDomains, ofIndicators] {
      var sound = 0
      for (row, score) in scored.enumerated() {
        let present = parts.compactMap { $0[row] }
        let fits = score.map { present.count == parts.count && abs(present.reduce(0, +) - $0) < 1e-9 }
        sound += fits ?? present.isEmpty ? 1 : 0
      }
      #expect(sound == 7_500)
    }
    #expect(scored.count { $0 != nil } == 6_563)
  }

  /// Counts buurten by gemeente and year from the scores, and for the country.
  @Test func municipalCountsAreThoseOfTheirBuurten() throws {
    struct Counts: Equatable {
      var buurten = 0
      var scored = 0
      var compared = 0
      var improved = 0
      var worsened = 0
      var unchanged = 0
      var veryHigh = 0
    }
    var counts: [String: Counts] = [:]
    let (codes, years) = try (scores.texts("gemeente_code"), scores.texts("year"))
    let (scored, deltas, classes) = try (
      scores.numbers("mdi"), scores.numbers("mdi_delta_base"), scores.numbers("mdi_class")
    )
    for row in 0..<scores.rowCount {
      for area in [codes[row] ?? "", "NL00"] {
        var mine = counts["\(area) \(years[row] ?? "")"] ?? Counts()
        mine.buurten += 1
        mine.scored += scored[row] == nil ? 0 : 1
        if let delta = deltas[row] {
          mine.compared += 1
          mine.improved += delta < 0 ? 1 : 0
          mine.worsened += delta > 0 ? 1 : 0
          mine.unchanged += delta == 0 ? 1 : 0
        }
        mine.veryHigh += classes[row] == 5 ? 1 : 0
        counts["\(area) \(years[row] ?? "")"] = mine
      }
    }
    #expect(municipal.rowCount == counts.count)
    for row in 0..<municipal.rowCount {
      func cell(_ name: String) throws -> Int? { try municipal.column(name).text(at: row).flatMap { Int($0) } }
      let area = try #require(places.first { $0.value == row }?.key)
      let mine = try #require(counts[area])
      #expect(mine.improved + mine.worsened + mine.unchanged == mine.compared, "\(area)")
      #expect(try cell("buurten") == mine.buurten, "\(area)")
      #expect(try cell("scored") == mine.scored, "\(area)")
      #expect(try cell("unscored") == mine.buurten - mine.scored, "\(area)")
      #expect(try cell("compared") == mine.compared, "\(area)")
      #expect(try cell("improved") == mine.improved, "\(area)")
      #expect(try cell("worsened") == mine.worsened, "\(area)")
      #expect(try cell("very_high") == mine.veryHigh, "\(area)")
    }
  }

  @Test func aBuurtIsComparedWithItsMunicipalityAndTheCountry() throws {
    let deltas = try run.table("deltas.parquet", "parquet")
    #expect(deltas.rowCount == 204)
    let (own, years) = try (deltas.numbers("mdi"), deltas.texts("year"))
    for (place, area) in [("gemeente", "GM0141"), ("enschede", "GM0153"), ("hengelo", "GM0164"), ("nl", "NL00")] {
      let (means, differences) = try (deltas.numbers("mdi_" + place), deltas.numbers("mdi_delta_" + place))
      for row in 0..<deltas.rowCount {
        let expected = try figure("mdi_mean", area, years[row] ?? "").flatMap { Double($0) } ?? .nan
        #expect(abs((means[row] ?? .nan) - expected) < 1e-9)
        #expect((differences[row] == nil) == (own[row] == nil))
        if let difference = differences[row], let mine = own[row] { #expect(abs(mine - expected - difference) < 1e-9) }
      }
    }
  }

  @Test(arguments: ["mdi", "deltas", "municipal"]) func parquetAndCSVHoldTheSame(name: String) throws {
    let parquet = try run.table(name + ".parquet", "parquet")
    let types = parquet.schema.fields.filter { $0.type != .string }.map { "\($0.name): \($0.type.rawValue)" }
    let csv = try run.table(
      name + ".csv", "cbs_dataset_csv",
      "{separator: \",\", markers: {\"\": not_applicable}, types: {\(types.joined(separator: ", "))}}")
    #expect(csv.rowCount == parquet.rowCount)
    var missing = 0
    var labelled = 0
    for (field, column) in zip(parquet.schema.fields, parquet.columns) {
      let other = try csv.column(field.name)
      #expect(try csv.texts(field.name) == parquet.texts(field.name), "\(field.name)")
      guard field.role != .key, field.role != .status, csv.schema.index(of: field.name + "_status") != nil else {
        continue
      }
      let labels = try csv.texts(field.name + "_status")
      #expect(labels == (0..<column.count).map { column.missingReason(at: $0)?.label }, "\(field.name)")
      #expect(other.missingCount == column.missingCount, "\(field.name)")
      missing += column.missingCount
      labelled += 1
    }
    #expect(labelled > 10 && (missing > 0) == (name != "municipal"))
  }

  /// The scores do not depend on the year and the area that the findings are about.
  @Test func parametersChooseTheFindings() throws {
    let other = try PipelineRun("balance.yml", ["municipality": "GM0164", "year": "2016"])
    for name in ["mdi.csv", "mdi.parquet", "municipal.csv", "municipal.parquet"] {
      #expect(other.files[name] == run.files[name], "\(name)")
    }
    #expect(other.files["deltas.csv"] != run.files["deltas.csv"])
    let otherSummary = try other.json("summary.json")
    for (id, column) in [("A10", "improved"), ("A11", "very_high"), ("C08", "change"), ("unscored", "unscored")] {
      let finding = try otherSummary.finding(id)
      #expect(try finding.at("area", "label") == "Hengelo")
      #expect(try finding.at("value") == figure(column, "GM0164", "2016"))
    }
    #expect(try otherSummary.finding("A10").at("period") == "2012-2016")
    #expect(try otherSummary.finding("good_health_2012").at("value") == figure("good_health_pct", "GM0164", "2012"))
  }

  /// Another base year, or another minimum of inhabitants, gives other scores.
  @Test func parametersChooseTheFrame() throws {
    let other = try PipelineRun("balance.yml", ["base_year": "2016", "minimum_inhabitants": "0"])
    let table = try other.table("mdi.parquet", "parquet")
    #expect(try !table.reasons("mdi").contains(.outsideFrame))
    let (years, deltas) = try (table.texts("year"), table.numbers("mdi_delta_base"))
    #expect(deltas.enumerated().allSatisfy { years[$0.offset] != "2016" || $0.element == nil || $0.element == 0 })
    #expect(deltas.enumerated().contains { years[$0.offset] == "2012" && $0.element != nil && $0.element != 0 })
    #expect(try other.json("summary.json").finding("A10").at("period") == "2016-2020")
  }
}
