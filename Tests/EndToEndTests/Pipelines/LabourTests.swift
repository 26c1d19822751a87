import PipelineTesting
import PipelineKit
import Tabular
import Testing

/// What `labour.yml` says about the fixtures, computed a second time from the files that it read.
@Suite struct LabourTests {
  static let run = Result { try PipelineRun("labour.yml") }

  let run: PipelineRun
  let summary: SpecNode
  let figures: Table
  let labour: Table
  private let places: [String: Int]

  init() throws {
    run = try Self.run.get()
    summary = try run.json("summary.json")
    figures = try run.table("figures.parquet", "parquet")
    labour = try readTable(
      [
        Files.root + "/Fixtures/labour/synthetic_82208NED_arbeidsdeelname_TypedDataSet.csv",
        Files.root + "/Fixtures/labour/synthetic_later_arbeidsdeelname_TypedDataSet.csv",
      ], "cbs_dataset_csv")
    let codes = try figures.texts("area_code").map { $0 ?? "" }
    places = Dictionary(uniqueKeysWithValues: zip(codes, codes.indices))
  }

  private func figure(_ column: String, _ area: String) throws -> Double {
    let row = try #require(places[area], "\(area)")
    return try #require(figures.numbers(column)[row], "\(column) of \(area)")
  }

  /// A cell of the tables that were read.
  private func cell(_ column: String, _ area: String, _ year: String, _ trait: String = "T009002") throws -> Double {
    let (areas, years, traits) = try (
      labour.texts("RegioS"), labour.texts("Perioden"), labour.texts("Persoonskenmerken")
    )
    let row = try #require(
      (0..<labour.rowCount).first { areas[$0] == area && years[$0] == year + "JJ00" && traits[$0] == trait })
    return try #require(labour.numbers(column)[row])
  }

  /// The numbers of rows in `synthetic_83582NED_TypedDataSet.csv`, `synthetic_85525NED_TypedDataSet.csv`,
  /// `synthetic_70072ned_TypedDataSet.csv`, `synthetic_84455NED_TypedDataSet.csv`, `synthetic_84780NED_TypedDataSet.csv` and
  /// `synthetic_research.csv`, after those of participation.
  @Test func readsAllRows() {
    #expect(run.report.sources.map(\.counts.read) == [4_080, 5_049, 510, 561, 510, 459, 510, 8])
    #expect(figures.rowCount == 53)
  }

  static let findings = [
    ("A01", "improved"), ("A02", "gross_change"), ("A03", "gross_2023"), ("A04", "unemployment_2023"),
    ("A05", "hightech_2023"), ("A06", "employment_quotient"), ("A07", "middle_change"), ("A08", "youth_2024"),
    ("A12", "hbo_wo_2024"), ("A13", "unqualified_2023"), ("A14", "underadvised_2023"), ("A17", "displaced_low_2023"),
    ("B01", "job_index"), ("B02", "pace_after"), ("B03", "krugman_index"), ("B04", "net_low_2023"),
    ("B05", "unqualified_2023"), ("B06", "beta"), ("B07", "home_work_gap_pct"), ("B08", "high_2023"),
    ("B09", "youth_index"), ("B10", "unqualified_change"),
  ]

  @Test func theFindingsAreThese() throws {
    #expect(try summary["findings"]?.elements().map { try $0.at("id") } == Self.findings.map(\.0))
  }

  @Test(arguments: findings) func aFindingIsWhole(id: String, column: String) throws {
    let finding = try summary.finding(id)
    #expect(try finding.at("area", "label") == "Almelo")
    #expect(try !finding.at("unit").isEmpty)
    #expect(try Double(finding.at("value")) == figure(column, "GM0141"))
    let comparators = try #require(try finding["comparators"]?.elements())
    #expect(try comparators.map { try $0.at("area", "code") } == ["GM0153", "GM0164", "BENCHMARK", "NL00"])
    for comparator in comparators {
      #expect(try Double(comparator.at("value")) == figure(column, comparator.at("area", "code")))
    }
    for language in ["nl", "en"] {
      let statement = try finding.at("statement", language)
      #expect(statement.contains("Almelo") && !statement.contains("{"), "\(statement)")
      #expect(!statement.contains("onbekend") && !statement.contains("unknown"), "\(statement)")
      #expect(try finding.at("definition", language).count > 10)
    }
    #expect(try finding.at("statement", "nl") != finding.at("statement", "en"))
  }

  @Test(arguments: ["A02", "A03"]) func participationComesWithItsDefinition(id: String) throws {
    let finding = try summary.finding(id)
    #expect(try finding.at("definition", "nl").contains("beroepsbevolking per 100 inwoners van 15 tot 75 jaar"))
    #expect(try finding.at("definition", "en").contains("the EBB breaks in 2021"))
    #expect(try finding.at("statement", "nl").contains("bruto participatie (15-75)"))
  }

  @Test(arguments: ["A05", "A13", "B05", "B07", "B10"]) func whatIsNotOpenIsSaid(id: String) throws {
    #expect(try summary.finding(id).at("definition", "nl").contains("geen open data: opgave van de onderzoeker"))
    #expect(try summary.finding(id).at("definition", "en").contains("not open data"))
  }

  @Test(arguments: [("GM0141", "GM0141"), ("GM0153", "GM0153"), ("NL01", "NL00")])
  func participationFollowsTheTables(code: String, area: String) throws {
    for year in ["2014", "2023"] {
      let population = try cell("Bevolking_1", code, year)
      let (force, employed) = try (
        cell("Beroepsbevolking_2", code, year), cell("WerkzameBeroepsbevolking_3", code, year)
      )
      #expect(try abs(figure("gross_" + year, area) - 100 * force / population) < 1e-9)
      #expect(try abs(figure("net_" + year, area) - 100 * employed / population) < 1e-9)
      #expect(try abs(figure("unemployment_" + year, area) - 100 * (force - employed) / force) < 1e-9)
    }
  }

  /// CBS, table 82208NED: 42.2 and 69.3 percent of work at levels 1 and 2 was not held by the low educated.
  @Test func displacementInTheNetherlandsIn2014() throws {
    #expect(try (figure("level1_not_low_2014", "NL00") * 10).rounded() / 10 == 42.2)
    #expect(try (figure("level2_not_low_2014", "NL00") * 10).rounded() / 10 == 69.3)
    // Both levels as one, over the employed whose education is known: here none is unknown.
    #expect(try abs(figure("displaced_low_2014", "NL00") - 100 * (1 - (426 + 1086) / (737 + 3534))) < 1e-9)
  }

  @Test func displacementOfAnAreaFollowsTheTable() throws {
    var (all, low) = (0.0, 0.0)
    for column in ["Beroepsniveau1_5", "Beroepsniveau2_6"] {
      for trait in ["2018700", "2018740", "2018790"] { all += try cell(column, "GM0141", "2023", trait) }
      low += try cell(column, "GM0141", "2023", "2018700")
    }
    #expect(try abs(figure("displaced_low_2023", "GM0141") - 100 * (1 - low / all)) < 1e-9)
  }

  /// The middle educated have their level at 3, the high educated at 4: who works below it.
  @Test func workBelowTheOwnLevelFollowsTheTable() throws {
    for (name, trait, below) in [
      ("middle_below_2023", "2018740", ["Beroepsniveau1_5", "Beroepsniveau2_6"]),
      ("high_below_2023", "2018790", ["Beroepsniveau1_5", "Beroepsniveau2_6", "Beroepsniveau3_7"]),
    ] {
      let levels = ["Beroepsniveau1_5", "Beroepsniveau2_6", "Beroepsniveau3_7", "Beroepsniveau4_8"]
      let all = try levels.map { try cell($0, "GM0141", "2023", trait) }.reduce(0, +)
      let lower = try below.map { try cell($0, "GM0141", "2023", trait) }.reduce(0, +)
      #expect(try abs(figure(name, "GM0141") - 100 * lower / all) < 1e-9)
    }
  }

  /// The model has the area's own margins, and the country's is the country's table.
  @Test func theModelledTableHasTheMarginsOfTheArea() throws {
    let table = try run.table("modelled.parquet", "parquet")
    #expect(table.rowCount == 52 * 3 * 4)
    #expect(table.schema["workers"]?.label.contains("modelled") == true)
    let (areas, traits, workers) = try (table.texts("area_code"), table.texts("trait"), table.numbers("workers"))
    for trait in ["2018700", "2018740", "2018790"] {
      let rows = (0..<table.rowCount).filter { areas[$0] == "GM0141" && traits[$0] == trait }
      let sum = rows.map { workers[$0] ?? .nan }.reduce(0, +)
      #expect(try rows.count == 4 && abs(sum - cell("WerkzameBeroepsbevolking_3", "GM0141", "2023", trait)) < 1e-6)
    }
    let (model, count) = try (figure("displaced_low_modelled_2023", "NL00"), figure("displaced_low_2023", "NL00"))
    #expect(abs(model - count) < 0.1)
    #expect(try abs(figure("displaced_low_modelled_2023", "GM0141") - figure("displaced_low_2023", "GM0141")) < 10)
    #expect(try summary.finding("A17").at("statement", "nl").contains("gemodelleerd uit de randtotalen"))
  }

  @Test func whatIsSetBesideTheCountry() throws {
    #expect(try figure("youth_lq", "NL00") == 1 && figure("high_gap_2023", "NL00") == 0)
    #expect(
      try abs(figure("youth_lq", "GM0141") - figure("youth_2024", "GM0141") / figure("youth_2024", "NL00")) < 1e-12)
    for year in ["2014", "2023"] {
      let gap = try figure("high_" + year, "GM0141") - figure("high_" + year, "NL00")
      #expect(try abs(figure("high_gap_" + year, "GM0141") - gap) < 1e-9)
    }
  }

  @Test func netDisplacementSumsToZero() throws {
    let table = try run.table("displacement.parquet", "parquet")
    let (areas, years, net) = try (table.texts("area_code"), table.texts("year"), table.numbers("net_displacement"))
    #expect(table.rowCount == 52 * 16 * 3)
    var sum = 0.0
    for row in 0..<table.rowCount {
      sum += net[row] ?? .nan
      guard row % 3 == 2 else { continue }
      #expect(areas[row] == areas[row - 2] && years[row] == years[row - 2])
      #expect(abs(sum) < 1e-9)
      sum = 0
    }
  }

  @Test func theBenchmarkIsTheMeanOfItsMembers() throws {
    let members = ["GM0106", "GM0114", "GM0150", "GM0153", "GM0164", "GM0202", "GM0794", "GM0917"]
    for column in ["gross_2014", "job_index", "displaced_low_2023", "unqualified_2023", "beta"] {
      let mean = try members.map { try figure(column, $0) }.reduce(0, +) / Double(members.count)
      #expect(try abs(figure(column, "BENCHMARK") - mean) < 1e-9, "\(column)")
    }
    #expect(
      try abs(figure("gap_change", "GM0141") - figure("gross_change", "GM0141") + figure("gross_change", "BENCHMARK"))
        < 1e-9)
  }

  /// Beside the mean of the members' rates stands the rate of the set as one area.
  @Test func thePooledRateIsThatOfTheSumsOfCounts() throws {
    let members = ["GM0106", "GM0114", "GM0150", "GM0153", "GM0164", "GM0202", "GM0794", "GM0917"]
    let force = try members.map { try cell("Beroepsbevolking_2", $0, "2023") }.reduce(0, +)
    let people = try members.map { try cell("Bevolking_1", $0, "2023") }.reduce(0, +)
    #expect(try abs(figure("gross_2023", "POOLED") - 100 * force / people) < 1e-9)
    #expect(try abs(figure("gross_2023", "POOLED") - figure("gross_2023", "BENCHMARK")) > 0.01)
    let jobs = try [2014, 2024].map { year in
      try members.map { try figure("jobs_\(year)", $0) }.reduce(0, +)
    }
    #expect(try abs(figure("job_index", "POOLED") - 100 * jobs[1] / jobs[0]) < 1e-9)
    #expect(try summary.finding("A03").at("statement", "nl").contains("(samen 75,5)"))
    // The set as one area has no rank among its own members.
    let row = try #require(places["POOLED"])
    #expect(try figures.numbers("rank_unemployment_2023")[row] == nil)
  }

  @Test func theCountryComparedWithItselfDoesNotDiffer() throws {
    #expect(try abs(figure("beta", "NL00") - 1) < 1e-12)
    #expect(try figure("krugman_index", "NL00") == 0)
    #expect(try abs(figure("regional_pct", "NL00")) < 1e-9 && abs(figure("mix_pct", "NL00")) < 1e-9)
  }

  /// The fixture turns Almelo's jobs from falling behind to running ahead in 2021: the search finds it.
  @Test func theBreakInJobsIsFound() throws {
    #expect(try figure("gap_break", "GM0141") == 2021)
    #expect(try figure("gap_break_lower", "GM0141") == 2021 && figure("gap_break_upper", "GM0141") == 2021)
    #expect(try figure("gap_before", "GM0141") < -0.5 && figure("gap_after", "GM0141") > 0.8)
    #expect(try figure("gap_difference_lower", "GM0141") > 0)
    let statement = try summary.finding("B02").at("statement", "nl")
    #expect(statement.contains("het gezochte kantelpunt tegenover Nederland is 2021 (2021 tot 2021)"))
  }

  @Test func jobsComeAsASeries() throws {
    let series = try run.table(
      "jobs.csv", "cbs_dataset_csv",
      "{separator: \",\", types: {year: int64, all_jobs: float64, index_2014: float64, growth_pct: float64}}")
    let areas = try series.texts("area_code")
    let own = (0..<series.rowCount).filter { areas[$0] == "GM0141" }
    let (years, index) = try (series.numbers("year"), series.numbers("index_2014"))
    let growth = try series.numbers("growth_pct")
    #expect(series.rowCount == 52 * 11 && own.map { years[$0] } == (2014...2024).map(Double.init))
    #expect(growth[own[0]] == nil && index[own[0]] == 100)
    let last = try #require(index[own[10]])
    #expect(try abs(last - figure("job_index", "GM0141")) < 1e-9)
    // The yearly rates multiply to the growth of all years.
    #expect(abs(own.dropFirst().reduce(100) { $0 * (1 + (growth[$1] ?? .nan) / 100) } - last) < 1e-9)
  }

  /// The survey was redesigned in 2013 and 2021: the trend of participation starts at the last of these.
  @Test func noTrendCrossesTheBreaksOfTheSurvey() throws {
    let years = ["2021", "2022", "2023"]
    let rates = try years.map {
      try 100 * cell("Beroepsbevolking_2", "GM0153", $0) / cell("Bevolking_1", "GM0153", $0)
    }
    #expect(try figure("gross_trend_from", "GM0153") == 2021)
    #expect(try abs(figure("gross_slope", "GM0153") - (rates[2] - rates[0]) / 2) < 1e-9)
    for id in ["A02", "A03", "B06", "B08"] {
      #expect(try summary.finding(id).at("definition", "en").contains("2021"))
    }
  }

  @Test func contributionsOfAgesAddUpToTheGrowth() throws {
    let people = try readTable(
      [Files.root + "/Fixtures/labour/synthetic_70072ned_TypedDataSet.csv"], "cbs_dataset_csv")
    let (areas, years) = try (people.texts("RegioS"), people.texts("Perioden"))
    let groups = [
      ("children_growth", "k_0Tot15Jaar_2"), ("youth_growth", "k_15Tot25Jaar_3"), ("younger_growth", "k_25Tot45Jaar_4"),
      ("older_growth", "k_45Tot65Jaar_5"), ("elderly_growth", "k_65JaarOfOuder_6"),
    ]
    func count(_ column: String, _ year: String) throws -> Double {
      let row = (0..<people.rowCount).first { areas[$0] == "GM0141" && years[$0] == year + "JJ00" }
      let index = try #require(row)
      return try #require(people.numbers(column)[index])
    }
    let (before, after) = try (
      groups.map { try count($0.1, "2014") }.reduce(0, +), groups.map { try count($0.1, "2024") }.reduce(0, +)
    )
    var sum = 0.0
    for (name, column) in groups {
      let expected = try 100 * (count(column, "2024") - count(column, "2014")) / before
      #expect(try abs(figure(name, "GM0141") - expected) < 1e-9)
      sum += expected
    }
    #expect(abs(sum - 100 * (after / before - 1)) < 1e-9)
    #expect(try abs(figure("people_growth", "GM0141") - sum) < 1e-9)
  }

  /// The stock every year, and the flow of the school year that begins in it, in a table of their own.
  @Test func youngPeopleComeAsASeries() throws {
    let series = try run.table("youth.parquet", "parquet")
    #expect(series.rowCount == 510)
    let (areas, years) = try (series.texts("area_code"), series.numbers("year"))
    let (level, flow) = try (series.numbers("unqualified_pct"), series.numbers("early_leavers_pct"))
    let own = (0..<510).filter { areas[$0] == "GM0141" }
    #expect(own.map { years[$0] } == (2014...2023).map(Double.init))
    #expect(own.allSatisfy { level[$0] != nil } && own.dropLast().allSatisfy { flow[$0] != nil })
    // The last school year has not been counted yet.
    #expect(flow[own[9]] == nil)
    #expect(try level[own[9]] == figure("unqualified_2023", "GM0141"))
    #expect(try flow[own[8]] == figure("early_leavers_2022", "GM0141"))
    #expect(try figure("level_slope", "GM0141") < 0 && figure("level_slope_upper", "GM0141") < 0)
    let statement = try summary.finding("A13").at("statement", "en")
    #expect(statement.contains("left school early") && statement.contains("are out of education"))
  }

  @Test func unemploymentOfTheMixUsesTheCountrysRates() throws {
    var (expected, force) = (0.0, 0.0)
    for trait in ["2018700", "2018740", "2018790"] {
      let own = try cell("Beroepsbevolking_2", "GM0141", "2023", trait)
      let rate =
        try cell("WerklozeBeroepsbevolking_4", "NL01", "2023", trait)
        / cell("Beroepsbevolking_2", "NL01", "2023", trait)
      expected += own * 100 * rate
      force += own
    }
    #expect(try abs(figure("mix_unemployment_2023", "GM0141") - expected / force) < 1e-9)
  }

  @Test func theScorecardCountsWhatImproved() throws {
    let signs: [(String, Double)] = [
      ("gross_change", 1), ("unemployment_change", -1), ("youth_unemployment_change", -1), ("low_change", -1),
      ("displaced_change", -1), ("unqualified_change", -1), ("hightech_change", 1), ("growth_pct", 1),
    ]
    for area in ["GM0141", "GM0153", "NL00"] {
      let improved = try signs.count { try $0.1 * figure($0.0, area) > 0.1 }
      let more = try signs.count { try $0.1 * (figure($0.0, area) - figure($0.0, "BENCHMARK")) > 0.1 }
      #expect(try figure("improved", area) == Double(improved))
      #expect(try figure("improved_more", area) == Double(more))
    }
  }

  /// Without the researcher's file and the tables of young people the open figures stay, and the others are unknown, never 0.
  @Test func withoutTheResearchersFileTheOpenFiguresStay() throws {
    let folder = TemporaryFolder()
    for name in Files.all(Files.root + "/Fixtures") where name.hasPrefix("labour/") && name.hasSuffix(".csv") {
      guard !["research", "84455NED", "84780NED"].contains(where: { name.contains($0) }) else { continue }
      folder.write(name, try #require(Files.bytes(Files.root + "/Fixtures/" + name)))
    }
    let other = try PipelineRun("labour.yml", ["data": folder.path]).json("summary.json")
    for id in ["A02", "A03", "A04", "A06", "A07", "A08", "A12", "A17", "B01", "B02", "B03", "B04", "B06", "B08", "B09"]
    {
      #expect(try other.finding(id).at("value") == summary.finding(id).at("value"), "\(id)")
    }
    for id in ["A01", "A05", "A13", "A14", "B05", "B07", "B10"] {
      let finding = try other.finding(id)
      #expect(try finding.at("value") == "null" && finding.at("statement", "nl").contains("onderzoeker"), "\(id)")
      #expect(try !finding.at("statement", "en").contains("unknown"), "\(id)")
    }
  }
}
