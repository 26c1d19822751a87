import PipelineTesting
import PipelineKit
import Tabular
import Testing

/// What `attractiveness.yml` says about the fixtures, computed a second time from the files that it read, or known from
/// how `Fixtures/attractiveness.py` made them.
@Suite struct AttractivenessTests {
  /// What the run wrote, read once.
  struct Written: Sendable {
    let run: PipelineRun
    let summary: SpecNode
    let figures: Table
    let panel: Table
    let buurten: Table
    let warnings: Table
  }

  static let written = Result {
    let run = try PipelineRun.attractiveness.get()
    return Written(
      run: run, summary: try run.json("summary.json"), figures: try run.table("figures.parquet", "parquet"),
      panel: try run.table("panel.parquet", "parquet"), buurten: try run.table("buurten.parquet", "parquet"),
      warnings: try run.table("warnings.parquet", "parquet"))
  }

  static let members = ["GM0106", "GM0114", "GM0150", "GM0153", "GM0164", "GM0202", "GM0794", "GM0917"]
  static let four = ["GM0153", "GM0164", "BENCHMARK", "NL00"]

  let written: Written
  var summary: SpecNode { written.summary }
  var figures: Table { written.figures }
  private let places: [String: Int]

  init() throws {
    written = try Self.written.get()
    let codes = try written.figures.texts("area_code").map { $0 ?? "" }
    places = Dictionary(uniqueKeysWithValues: zip(codes, codes.indices))
  }

  func figure(_ column: String, _ area: String = "GM0141") throws -> Double {
    let row = try #require(places[area], "\(area)")
    return try #require(figures.numbers(column)[row], "\(column) of \(area)")
  }

  /// A table that the pipeline read.
  static func read(_ name: String) throws -> Table {
    try readTable([Files.root + "/Fixtures/attractiveness/" + name], "cbs_dataset_csv")
  }

  static let offences = Result { try read("synthetic_83648NED_TypedDataSet.csv") }
  static let earlier = Result { try read("earlier/synthetic_83648NED_TypedDataSet.csv") }
  static let inhabitants = Result { try read("synthetic_70072ned_TypedDataSet.csv") }
  static let facilities = Result { try read("synthetic_80305ned_TypedDataSet.csv") }
  static let research = Result { try read("synthetic_research.csv") }
  static let buurtCrimes = Result { try read("synthetic_47018NED_TypedDataSet.csv") }
  static let health = Result { try read("synthetic_50120NED_TypedDataSet.csv") }

  /// The one cell of a column where the key columns hold these texts.
  func cell(_ table: Table, _ column: String, _ keys: [String: String]) throws -> Double {
    var rows = Set(0..<table.rowCount)
    for (name, text) in keys {
      let cells = try table.texts(name)
      rows = rows.filter { cells[$0] == text }
    }
    #expect(rows.count == 1, "\(keys)")
    let row = try #require(rows.first)
    return try #require(table.numbers(column)[row])
  }

  func count(_ kind: String, _ area: String, _ year: Int, _ table: Table? = nil) throws -> Double {
    try cell(
      table ?? Self.offences.get(), "GeregistreerdeMisdrijven_1",
      ["SoortMisdrijf": kind, "RegioS": area, "Perioden": "\(year)JJ00"])
  }

  func people(_ area: String, _ year: Int) throws -> Double {
    try cell(Self.inhabitants.get(), "TotaleBevolking_2", ["RegioS": area, "Perioden": "\(year)JJ00"])
  }

  func own(_ column: String, _ area: String, _ year: Int) throws -> Double {
    try cell(Self.research.get(), column, ["RegioS": area, "Perioden": "\(year)"])
  }

  // MARK: - Every finding

  static let findings = [
    ("A01_attractiveness", "improved_pct"), ("A09", "crime_break"), ("A15", "nl_below"), ("A16", "stacked_3_more"),
    ("A18", "energy_poor_now"), ("A19", "good_health_pct"), ("A20", "best_lever_change"), ("A21", "years_to_target"),
    ("A22", "to_move_pct"), ("A23", "flagged_3_more"), ("A24", "improved_more_pct"), ("B11", "debt_now"),
    ("B12", "place"), ("B13", "below_median"), ("B14", "violence_rate"), ("B15", "nl"), ("B16", "horeca_near"),
    ("B17", "stage_rate"), ("B18", "change_to_middle"), ("B19", "lagging"), ("B20", "far_below"), ("D07", "index_now"),
    ("D08", "rising"), ("D11", "revision_pct"),
  ]

  @Test func theFindingsAreThese() throws {
    let ids = Self.findings.map(\.0)
    #expect(try summary["findings"]?.elements().map { try $0.at("id") } == ids[..<2] + ["A10", "A11"] + ids[2...])
  }

  @Test(arguments: findings) func aFindingIsWhole(id: String, column: String) throws {
    let finding = try summary.finding(id)
    #expect(try finding.at("area", "label") == "Almelo")
    #expect(try !finding.at("unit").isEmpty && !finding.at("period").isEmpty)
    #expect(try Double(finding.at("value")) == figure(column))
    let comparators = try #require(try finding["comparators"]?.elements())
    #expect(try comparators.map { try $0.at("area", "code") } == Self.four + (id == "D07" ? ["PEERS"] : []))
    for comparator in comparators {
      #expect(try Double(comparator.at("value")) == figure(column, comparator.at("area", "code")))
      #expect(try !comparator.at("area", "label").isEmpty)
    }
    for language in ["nl", "en"] {
      let statement = try finding.at("statement", language)
      #expect(statement.contains("Almelo") && !statement.contains("{") && !statement.contains("$"), "\(statement)")
      #expect(!statement.contains("onbekend") && !statement.contains("unknown"), "\(statement)")
      let definition = try finding.at("definition", language)
      #expect(definition.count > 40 && !definition.contains("{"), "\(definition)")
    }
    #expect(try finding.at("statement", "nl") != finding.at("statement", "en"))
  }

  @Test(arguments: ["A18", "A22", "B11", "B17", "B19"]) func whatIsNotOpenIsSaid(id: String) throws {
    let (nl, en) = try (summary.finding(id).at("definition", "nl"), summary.finding(id).at("definition", "en"))
    #expect(nl.contains("geen open data: opgave van de onderzoeker"), "\(nl)")
    #expect(en.contains("not open data: the researcher's own CSV"), "\(en)")
  }

  @Test func readsAllRows() {
    #expect(
      written.run.report.sources.map(\.counts.read).sorted() == [
        8, 50, 408, 459, 765, 765, 765, 2_192, 2_948, 3_060, 4_570, 8_844,
      ])
  }

  /// Another municipality gives other findings from the same panel, also one that is a comparator itself.
  @Test func parametersChooseTheFindings() throws {
    let other = try PipelineRun("attractiveness.yml", ["municipality": "GM0164"])
    #expect(other.files["panel.csv"] != nil)
    let summary = try other.json("summary.json")
    for (id, column) in [
      ("A09", "crime_break"), ("A20", "best_lever_change"), ("B14", "violence_rate"), ("D08", "rising"),
    ] {
      let finding = try summary.finding(id)
      #expect(try finding.at("area", "label") == "Hengelo")
      #expect(try Double(finding.at("value")) == figure(column, "GM0164"))
    }
    #expect(try summary.finding("A20")["rows"]?.elements().count == 12)
  }

  /// Without the researcher's files the open figures stay, and the others are unknown, never 0.
  @Test func withoutTheResearchersFilesTheOpenFiguresStay() throws {
    let folder = TemporaryFolder()
    for name in Files.all(Files.root + "/Fixtures") {
      let isData = ["rivm/", "kwb/", "attractiveness/"].contains { name.hasPrefix($0) } && name.hasSuffix(".csv")
      guard isData, !name.hasSuffix("research.csv"), !name.hasSuffix("synthetic_buurten.csv") else { continue }
      folder.write(name, try #require(Files.bytes(Files.root + "/Fixtures/" + name)))
    }
    let other = try PipelineRun("attractiveness.yml", ["data": folder.path])
    let summary = try other.json("summary.json")
    for id in ["A09", "A16", "A19", "A20", "A21", "B14", "B16", "D08", "D11"] {
      #expect(try summary.finding(id).at("value") == self.summary.finding(id).at("value"), "\(id)")
    }
    for id in ["A18", "A22", "A23", "B11", "B12", "B17", "B18", "B19", "D07"] {
      let finding = try summary.finding(id)
      let (nl, en) = try (finding.at("statement", "nl"), finding.at("statement", "en"))
      #expect(nl.hasPrefix("Geen ") && en.hasPrefix("No ") && nl.contains("van Almelo"), "\(nl) \(en)")
      #expect(!nl.contains("onbekend") && !en.contains("unknown"), "\(nl) \(en)")
      #expect(try finding.at("value") == "null", "\(id)")
      #expect(try ["undefined", "insufficient"].contains(finding.at("status")), "\(id)")
    }
    // Ten facilities are open.
    #expect(try summary.finding("A15").at("value") == "10")
  }

  // MARK: - The benchmark

  @Test func theBenchmarkIsTheMeanOfItsMembersAndThePooledRate() throws {
    for column in ["violence_rate", "stage_rate", "debt_now", "energy_poor_now", "crime_rate", "horeca_near"] {
      let mean = try Self.members.map { try figure(column, $0) }.reduce(0, +) / Double(Self.members.count)
      #expect(try abs(figure(column, "BENCHMARK") - mean) < 1e-9, "\(column)")
    }
    let violence = try Self.members.map { try count("CRI3000", $0, 2024) }.reduce(0, +)
    let crowd = try Self.members.map { try people($0, 2024) }.reduce(0, +)
    #expect(try abs(figure("violence_rate", "POOLED") - 1000 * violence / crowd) < 1e-9)
    #expect(try abs(figure("violence_rate", "POOLED") - figure("violence_rate", "BENCHMARK")) > 1e-6)
    let debtors = try Self.members.map { try own("ProblematischeSchulden_5", $0, 2024) }.reduce(0, +)
    let households = try Self.members.map { try own("Huishoudens_4", $0, 2024) }.reduce(0, +)
    #expect(try abs(figure("debt_now", "POOLED") - 100 * debtors / households) < 1e-9)
  }

  // MARK: - Safety

  /// The generator turns Almelo's crime in 2021, from -5.2 to +3.8 percent a year, and the country's in 2019, from -4.4.
  @Test func theTurningPointsAreThoseOfTheGenerator() throws {
    #expect(try figure("crime_break") == 2021 && figure("violence_break") == 2021)
    #expect(try figure("crime_break", "NL00") == 2019)
    #expect(try figure("crime_before_lower") < figure("crime_before") && figure("crime_before_upper") < 0)
    #expect(try abs(figure("crime_before") + 5.2) < 0.3)
    #expect(try abs(figure("crime_after") - 3.8) < 1.5 && figure("crime_after_lower") > 0)
    #expect(try figure("crime_turns") == 1 && figure("crime_gain") > 0)
    #expect(try abs(figure("crime_before", "NL00") + 4.4) < 0.1 && abs(figure("crime_after", "NL00") - 0.4) < 0.1)
  }

  @Test(arguments: [("GM0141", "GM0141"), ("GM0164", "GM0164"), ("NL01", "NL00")])
  func violenceFollowsTheTables(code: String, area: String) throws {
    let (before, after) = try (count("CRI3000", code, 2014), count("CRI3000", code, 2024))
    let (were, are) = try (people(code, 2014), people(code, 2024))
    #expect(try abs(figure("violence_rate", area) - 1000 * after / are) < 1e-9)
    #expect(try abs(figure("violence_index", area) - 100 * (after / are) / (before / were)) < 1e-9)
    #expect(try abs(figure("crime_rate", area) - 1000 * count("T001161", code, 2024) / are) < 1e-9)
  }

  /// Four buurten of Almelo nearly double their crimes from 2022 on; nothing else is drawn to change.
  @Test func theWarningsAreTheBuurtenThatRise() throws {
    let warnings = written.warnings
    let (codes, flags) = try (warnings.texts("area_code"), warnings.numbers("flag"))
    let flagged = codes.indices.filter { flags[$0] == 1 }.map { codes[$0] ?? "" }.sorted()
    #expect(flagged == ["BU01411003", "BU01411405", "BU01411603", "BU01411702"])
    #expect(try figure("rising") == 4 && figure("rising", "GM0153") == 0)
    #expect(try figure("unadjusted") > figure("rising"))
    // The adjusted probabilities (Benjamini and Hochberg), once more: p times m over its rank, never above a later one.
    let p = try warnings.numbers("p_value")
    let q = try warnings.numbers("q_value")
    let order = p.indices.filter { p[$0] != nil }.sorted { (p[$0] ?? 0) < (p[$1] ?? 0) }
    var least = 1.0
    for (rank, row) in order.enumerated().reversed() {
      least = min(least, (p[row] ?? .nan) * Double(order.count) / Double(rank + 1))
      #expect(abs((q[row] ?? .nan) - least) < 1e-12)
    }
    #expect(try Double(order.count) == figure("watched", "NL00"))
  }

  @Test func theAverageOfABuurtFollowsItsCrimes() throws {
    let crimes = try Self.buurtCrimes.get()
    let counts = try (2015...2024).map {
      try cell(
        crimes, "GeregistreerdeMisdrijven_1", ["WijkenEnBuurten": "BU01411405", "Perioden": "\($0)JJ00"])
    }
    // Rates are counts times a constant, so that standard scores are those of the counts.
    let baseline = counts.prefix(6)
    let mean = baseline.reduce(0, +) / 6
    let deviation = (baseline.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 5).squareRoot()
    let expected = counts.dropFirst(6).reduce(0.0) { 0.7 * $0 + 0.3 * ($1 - mean) / deviation }
    #expect(try abs(cell(written.warnings, "ewma", ["area_code": "BU01411405"]) - expected) < 1e-9)
  }
}
