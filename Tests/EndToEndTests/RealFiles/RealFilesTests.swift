import PipelineTesting
import PipelineKit
import Tabular
import Testing

/// Real exports with known figures. `PEIL_REAL` names a folder with `kwb/`, `rivm/` and `odata3-atom/`.
enum RealFiles {
  static let folder = Files.environment("PEIL_REAL") ?? ""
  static var isThere: Bool { !folder.isEmpty }

  /// The files in a folder whose name holds `part`, sorted.
  static func named(_ part: String, in name: String) -> [String] {
    Files.names(folder + "/" + name).filter { $0.contains(part) }.map { folder + "/" + name + "/" + $0 }
  }

  /// KWB 2020, all areas.
  static let population = Result { try readTable(named("84799NED", in: "kwb"), "cbs_dataset_csv") }

  /// The health monitor of 2012, 2016 and 2020, one table each.
  static let health = Result {
    try ["2012", "2016", "2020"].map { try readTable(named("50090NED_" + $0, in: "rivm"), "cbs_dataset_csv") }
  }

  /// `balance.yml` on the real files.
  static let balance = Result { try PipelineRun("balance.yml", ["data": folder], threads: 2) }
}

@Suite(.enabled(if: RealFiles.isThere)) struct RealFilesTests {
  /// The number of rows by kind of area.
  private func kinds(_ table: Table) throws -> [String: Int] {
    try table.texts("SoortRegio_2").reduce(into: [:]) { $0[$1 ?? "", default: 0] += 1 }
  }

  @Test func populationHasEveryArea() throws {
    let table = try RealFiles.population.get()
    #expect(table.rowCount == 17_341)
    #expect(try kinds(table) == ["Land": 1, "Gemeente": 355, "Wijk": 3_177, "Buurt": 13_808])
  }

  /// Inhabitants of the gemeente, and the sums over its wijken and its buurten, which are rounded.
  @Test(arguments: [
    ("Almelo", 12, 68, 73_107.0, 73_095.0, 73_055.0), ("Enschede", 10, 70, 159_640, 159_635, 159_550),
    ("Hengelo", 10, 62, 81_140, 81_125, 81_080),
  ])
  func inhabitants(
    name: String, wijken: Int, buurten: Int, ofGemeente: Double, ofWijken: Double, ofBuurten: Double
  ) throws {
    let table = try RealFiles.population.get()
    let names = try table.texts("Gemeentenaam_1")
    let area = table.rows { names[$0] == name }
    let (kinds, counts) = try (area.texts("SoortRegio_2"), area.numbers("AantalInwoners_5"))
    func sum(_ kind: String) -> Double { zip(kinds, counts).filter { $0.0 == kind }.reduce(0) { $0 + ($1.1 ?? .nan) } }
    #expect(sum("Gemeente") == ofGemeente)
    #expect(sum("Wijk") == ofWijken)
    #expect(sum("Buurt") == ofBuurten)
    #expect(try self.kinds(area) == ["Gemeente": 1, "Wijk": wijken, "Buurt": buurten])
  }

  @Test func manyColumnsOfPopulationAreStillEmpty() throws {
    let table = try RealFiles.population.get()
    #expect(table.schema.count == 118)
    #expect(table.columns.count { $0.missingCount == table.rowCount } == 68)
  }

  @Test func buurtenAreRoundedToFives() throws {
    let table = try RealFiles.population.get()
    let (kinds, counts) = try (table.texts("SoortRegio_2"), table.numbers("AantalInwoners_5"))
    let buurten = zip(kinds, counts).filter { $0.0 == "Buurt" }.map(\.1)
    #expect(buurten.count { $0.map { $0.truncatingRemainder(dividingBy: 5) == 0 } ?? false } == 13_808)
  }

  @Test func aBuurtWithoutInhabitantsHasNoDistances() throws {
    let table = try RealFiles.population.get()
    let codes = try table.texts("WijkenEnBuurten")
    let row = table.rows { codes[$0] == "BU01412002" }
    #expect(try row.numbers("AantalInwoners_5") == [0])
    let distances = row.schema.names.filter { $0.hasPrefix("AfstandTot") }
    #expect(!distances.isEmpty)
    for name in distances { #expect(try row.reasons(name) == [.unspecified], "\(name)") }
  }

  /// A `.` is unknown; an empty cell, in an untyped data set, cannot occur: here, a topic that was not asked.
  @Test(arguments: [(0, 20, 1_215, 73.1), (1, 27, 648, 72.9), (2, 32, 243, 76.6)])
  func health(year: Int, unknown: Int, notAsked: Int, goodHealth: Double) throws {
    let table = try RealFiles.health.get()[year]
    #expect(table.rowCount == 17_341)
    #expect(try kinds(table) == ["Land": 1, "Gemeente": 355, "Wijk": 3_177, "Buurt": 13_808])
    let names = try table.texts("Gemeentenaam_1")
    let almelo = table.rows { names[$0] == "Almelo" }
    #expect(almelo.rowCount == 81)
    #expect(almelo.missingSummary == "not_applicable \(notAsked), unknown \(unknown)")
    let kinds = try almelo.texts("SoortRegio_2")
    let gemeente = almelo.rows { kinds[$0] == "Gemeente" }
    #expect(try gemeente.numbers("ErvarenGezondheidGoedZeerGoed_4") == [goodHealth])
    // All unknown cells are those of one buurt without inhabitants: every topic that was asked.
    let codes = try almelo.texts("WijkenEnBuurten")
    let empty = almelo.rows { codes[$0] == "BU01412002" }
    #expect(empty.columns.count { $0.missingReason(at: 0) == .unknown } == unknown)
    #expect(notAsked == 81 * (35 - unknown))
  }
}

/// KWB 2020 of Almelo through Atom, against the rows of the CSV with the same `ID`.
@Suite(.enabled(if: RealFiles.isThere)) struct RealFilesAtomTests {
  static let typed = Result {
    try readTable(RealFiles.named("84799NED_TypedDataSet_Almelo_page", in: "odata3-atom"), "cbs_dataset_atom")
  }
  static let untyped = Result {
    try readTable(RealFiles.named("84799NED_UntypedDataSet_Almelo", in: "odata3-atom"), "cbs_dataset_atom")
  }

  /// The rows of the CSV that the feed has, in the feed's order.
  private func counterpart(of feed: Table) throws -> Table {
    let all = try RealFiles.population.get()
    let places = Dictionary(uniqueKeysWithValues: try all.texts("ID").enumerated().map { ($1 ?? "", Int32($0)) })
    return all.gathering(try feed.texts("ID").map { try #require(places[$0 ?? ""]) })
  }

  private func count(_ reason: MissingReason, _ table: Table) -> Int {
    table.columns.reduce(0) { $0 + ($1.missing?.reasons.count { $0 == reason.rawValue } ?? 0) }
  }

  @Test func typedFeedAndCSVAreEqualCellForCellAndReasonForReason() throws {
    let feed = try Self.typed.get()
    let csv = try counterpart(of: feed)
    #expect(feed.rowCount == 82)
    #expect(feed.schema.names == csv.schema.names)
    #expect(feed.schema.fields.map(\.type) == csv.schema.fields.map(\.type))
    #expect(feed.schema.fields.map(\.role) == csv.schema.fields.map(\.role))
    var equal = 0
    for (i, name) in feed.schema.names.enumerated() {
      #expect(feed.columns[i] == csv.columns[i], "\(name)")
      equal += feed.columns[i] == csv.columns[i] ? feed.rowCount : 0
    }
    #expect(equal == 82 * 118)
    #expect(count(.unspecified, feed) == 5_616 && count(.unknown, feed) == 16)
  }

  /// In the typed set CBS has folded "unknown" and "cannot occur" into one null; the untyped one writes them as `.`.
  @Test func untypedFeedHasTheSameValuesAndTheSameCellsMissing() throws {
    let feed = try Self.untyped.get()
    let csv = try counterpart(of: feed)
    #expect(feed.rowCount == 82)
    #expect(feed.schema.names == csv.schema.names)
    #expect(feed.schema.fields.map(\.type) == csv.schema.fields.map(\.type))
    var pairs: [String: Int] = [:]
    var equal = 0
    for name in feed.schema.names {
      #expect(try feed.texts(name) == csv.texts(name), "\(name)")
      equal += try feed.texts(name) == csv.texts(name) ? feed.rowCount : 0
      for (mine, other) in try zip(feed.reasons(name), csv.reasons(name)) where mine != nil || other != nil {
        pairs["\(mine?.label ?? "a value") here, \(other?.label ?? "a value") in the CSV", default: 0] += 1
      }
    }
    #expect(equal == 82 * 118)
    #expect(pairs == ["unknown here, unspecified in the CSV": 5_616, "unknown here, unknown in the CSV": 16])
  }

  /// Told what the nulls of the typed set stand for, the CSV and the untyped feed are one table.
  @Test func untypedFeedAndCSVAreEqualReasonForReasonOnceNullIsGivenItsMeaning() throws {
    let feed = try Self.untyped.get()
    let all = try readTable(
      RealFiles.named("84799NED", in: "kwb"), "cbs_dataset_csv", "{markers: {\"\": unknown}}")
    let places = Dictionary(uniqueKeysWithValues: try all.texts("ID").enumerated().map { ($1 ?? "", Int32($0)) })
    let csv = all.gathering(try feed.texts("ID").map { try #require(places[$0 ?? ""]) })
    let equal = feed.columns.indices.reduce(0) { $0 + (feed.columns[$1] == csv.columns[$1] ? feed.rowCount : 0) }
    #expect(equal == 82 * 118 && csv.missingSummary == feed.missingSummary)
  }
}

/// The main job on real files.
@Suite(.enabled(if: RealFiles.isThere)) struct RealFilesBalanceTests {
  let run: PipelineRun
  let summary: SpecNode

  init() throws {
    run = try RealFiles.balance.get()
    summary = try run.json("summary.json")
  }

  @Test func readsEveryRow() {
    #expect(run.report.sources.map(\.counts.read) == [3 * 17_341, 17_341, 0])
    #expect(run.report.sources.map(\.files) == [3, 1, 1])
    #expect(run.report.sources.map(\.counts.rejected) == [0, 0, 0])
    #expect(run.isUpToDate)
  }

  @Test func scoresEveryBuurtInEveryYear() throws {
    let scores = try run.table("mdi.parquet", "parquet")
    let years = try scores.texts("year").reduce(into: [:]) { $0[$1 ?? "", default: 0] += 1 }
    #expect(years == ["2012": 13_808, "2016": 13_808, "2020": 13_808])
    let (codes, reasons) = try (scores.texts("area_code"), scores.reasons("mdi"))
    let gemeenten = try scores.texts("gemeente_code")
    let almelo = (0..<scores.rowCount).filter { gemeenten[$0] == "GM0141" }
    #expect(almelo.count == 3 * 68)
    let unscored = almelo.filter { reasons[$0] != nil }.map { "\(codes[$0] ?? ""): \(reasons[$0]?.label ?? "")" }
    let expected = ["BU01411806", "BU01412002", "BU01412009"].map { $0 + ": outside_frame" }
    #expect(unscored == expected + expected + expected)
  }

  @Test func namesTheUnscoredBuurten() throws {
    let finding = try summary.finding("unscored")
    let rows = try #require(try finding["rows"]?.elements())
    #expect(try rows.map { try $0.at("area_code") } == ["BU01411806", "BU01412002", "BU01412009"])
    #expect(try rows.map { try $0.at("mdi_status") } == ["outside_frame", "outside_frame", "outside_frame"])
    #expect(try finding.at("value") == "3")
    #expect(
      try finding.at("statement", "en")
        == "3 of the 68 buurten in Almelo have no score: BU01411806 (outside_frame), BU01412002 (outside_frame), "
        + "BU01412009 (outside_frame).")
  }

  @Test(arguments: [
    ("inhabitants", "73107"), ("good_health_2012", "73.1"), ("good_health_2016", "72.9"), ("good_health_2020", "76.6"),
  ])
  func publishedFigures(id: String, value: String) throws {
    #expect(try summary.finding(id).at("area", "code") == "GM0141")
    #expect(try summary.finding(id).at("value") == value)
  }
}
