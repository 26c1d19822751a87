import Tabular
import Testing

@testable import PipelineKit
@testable import Transforms

@Suite struct FlagChangesTests {
  /// Buurten of Almelo around the new division of 1 January 2021: code, name in 2020, name in 2022. The names are those of
  /// CBS's lists of regions.
  static let almelo: [(String, String?, String?)] = [
    ("BU01411000", "Binnenstad-Noord", "Binnenstad Noord"),
    ("BU01411100", "Bornsestraat en omgeving Midden", "Bornsestraat Midden-Riet Noord"),
    ("BU01411101", "Riet Noord", "Bornsestraat en omgeving Zuid"), ("BU01411103", "Nieuwland", "Nieuwland"),
    ("BU01411104", "Arendsboer en omgeving Zuid", "Arendsboer en omgeving Zuid-Riet Zuid"),
    ("BU01411105", "Riet Zuid", "Bedrijventerrein Bornsestraat"), ("BU01411106", "Bornsestraat en omgeving Zuid", nil),
    ("BU01411205", nil, "Bedrijvenpark Twente"), ("BU01411400", "Dijkstraat en omgeving", "Rohof en omgeving"),
    ("BU01411401", "Rohof en omgeving", "Wierdensebrug en omgeving"),
    ("BU01411500", "Nieuwstraat en omgeving", "Nieuwstraat -Witvoet en omgeving"),
    ("BU01411501", "Wonde en omgeving", "Wonde en omgeving"),
    ("BU01411502", "Witvoet en omgeving", "Achterlanden en omgeving"), ("BU01411503", "Achterlanden en omgeving", nil),
    ("BU01411703", "Kollenveld-Bolkshoek", "Kollenveld"),
    ("BU01411709", "Verspreide huizen Hofkamp", "Verspreide huizen wijk 17"),
    ("BU01411908", "De Grens", "Bedrijventerrein Twentepoort - Stadion"),
    ("BU01411910", "Verspreide huizen wijk 19", "Bedrijventerrein XL Businesspark"),
    ("BU01411920", nil, "Verspreide huizen wijk 19"), ("BU01412100", "Bornerbroek", "Bornerbroek Kern"),
    ("WK014110", "Wijk 10 Binnenstad", "Binnenstad"),
  ]

  /// The codes whose area is another one, by the study of the lists; the first eight stand in it by name.
  static let moved = [
    "BU01411101", "BU01411105", "BU01411400", "BU01411401", "BU01411500", "BU01411502", "BU01411908", "BU01411910",
    "BU01411100", "BU01411104",
  ]

  static func panel(_ areas: [(String, String?, String?)]) throws -> Table {
    let before = areas.filter { $0.1 != nil }
    let after = areas.filter { $0.2 != nil }
    return try table(
      .text("code", before.map(\.0) + after.map(\.0)),
      .int("year", before.map { _ in 2020 } + after.map { _ in 2022 }), .text("name", before.map(\.1) + after.map(\.2)))
  }

  private let spec: SpecLiteral = ["area": "code", "period": "year", "name": "name"]

  @Test func flagsTheNewDivisionOfAlmelo() throws {
    let output = try run(FlagChanges.self, spec, Self.panel(Self.almelo))
    let (codes, changes) = (try cells(output, "code"), try cells(output, "change"))
    func list(_ change: String) -> [String] { zip(codes, changes).filter { $0.1 == change }.map(\.0) }
    #expect(list("moved") == Self.moved.sorted())
    #expect(list("renamed") == ["BU01411703", "BU01411709", "BU01412100"])
    #expect(list("gone") == ["BU01411106", "BU01411503"])
    #expect(list("new") == ["BU01411205", "BU01411920"])
    #expect(list("unchanged") == [])
    let row = try #require(codes.firstIndex(of: "BU01411500"))
    #expect(try cells(output, "evidence")[row] == "name_of_other")
    #expect(try cells(output, "other_code")[row] == "BU01411502")
    #expect(try cells(output, "previous_year")[row] == "2020")
    #expect(try cells(output, "previous_name")[row] == "Nieuwstraat en omgeving")
    let gone = try #require(codes.firstIndex(of: "BU01411106"))
    #expect(try cells(output, "name")[gone] == "(not_applicable)")
  }

  @Test func warnsAgainstJoining() throws {
    let context = RunContext()
    _ = try make(FlagChanges.self, spec).apply([Self.panel(Self.almelo)], context: context)
    #expect(
      context.record.warnings.map(\.message) == [
        "10 codes name another area than in the period before: BU01411100 is \"Bornsestraat en omgeving Midden\" in 2020 and "
          + "\"Bornsestraat Midden-Riet Noord\" in 2022. Do not join these years on code; harmonise them through a crosswalk"
      ])
  }

  /// The flag of CBS decides where the panel holds the year before; a 3 counts always.
  @Test func readsTheFlagOfCBS() throws {
    let panel = try table(
      .text("code", ["B1", "B2", "B3", "B4", "B5", "B1", "B2", "B3", "B4", "B5"]),
      .text("period", Array(repeating: "2019JJ00", count: 5) + Array(repeating: "2020JJ00", count: 5)),
      .text("name", ["Hof", "Laan", "Park", "Plein", "Kade", "Weide", "Laan", "Park", "Plein", "Ven"]),
      .text("flag", [nil, nil, nil, nil, nil, "1  ", "2", "3", "1", "."]))
    let spec: SpecLiteral = [
      "area": "code", "period": "period", "name": "name", "flag": "flag",
      "include": ["moved", "boundary_changed", "renamed", "new", "gone", "unchanged"],
    ]
    let output = try run(FlagChanges.self, spec, panel)
    #expect(try cells(output, "change") == ["renamed", "moved", "boundary_changed", "unchanged", "moved"])
    #expect(try cells(output, "evidence") == ["cbs_1", "cbs_2", "cbs_3", "cbs_1", "name"])
    // With 2020 called 2021, the flags speak of a year that is not there.
    let gap = try table(
      .text("code", ["B1", "B2", "B3", "B1", "B2", "B3"]), .int("period", [2019, 2019, 2019, 2021, 2021, 2021]),
      .text("name", ["Hof", "Laan", "Park", "Weide", "Laan", "Park"]), .int("flag", [1, 1, 1, 1, 2, 3]))
    #expect(
      try cells(run(FlagChanges.self, spec, gap), "change") == ["moved", "unchanged", "boundary_changed"])
  }

  @Test(arguments: [
    ("Vriezenveenseweg en omgeving Haghoek Oost", "Vriezenveenseweg e.o. Haghoek Oost", true),
    ("Riet Zuid", "Leemslagen Zuid", false), ("Bedrijventerrein Noord", "Bedrijventerrein Zuid", true),
    ("Verspreide huizen wijk 12", "Verspreide huizen", true), ("Centrum", "Hofkamp", false), ("Indië", "INDIË", true),
  ])
  func namesOfOnePlace(_ one: String, _ other: String, _ isAkin: Bool) {
    #expect(AreaName(one).isAkin(to: AreaName(other)) == isAkin)
    #expect(AreaName(other).isAkin(to: AreaName(one)) == isAkin)
  }

  @Test func emptySingleAndRepeated() throws {
    let panel = try Self.panel(Self.almelo)
    #expect(try run(FlagChanges.self, spec, panel.gathering([])).rowCount == 0)
    #expect(try run(FlagChanges.self, spec, panel.gathering([0, 1, 2])).rowCount == 0)
    #expect(
      try dataError(FlagChanges.self, spec, panel.gathering([0, 0]))
        == "more than one row has code=BU01411000, year=2020; flag_changes needs one row for each area and period")
  }
}

/// The whole list of Almelo's codes 2014-2024, where there is a folder with real files.
@Suite(.enabled(if: !environment("PEIL_REAL").isEmpty)) struct FlagChangesRealFilesTests {
  @Test func almelo() throws {
    let context = RunContext()
    let text = try context.text(environment("PEIL_REAL") + "/regions/almelo_regiocodes_2014-2024.csv")
    let rows = text.split(whereSeparator: \.isNewline).dropFirst().map {
      $0.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
    }
    let areas = rows.filter { $0[0].hasPrefix("BU") }.map { row in
      (row[0], row[3].isEmpty ? nil : row[3], row[4].isEmpty ? nil : row[4])
    }
    #expect(areas.filter { $0.1 != nil }.count == 68)
    #expect(areas.filter { $0.2 != nil }.count == 71)
    #expect(areas.filter { $0.1 != nil && $0.2 != nil }.count == 64)
    let output = try run(
      FlagChanges.self, ["area": "code", "period": "year", "name": "name"], FlagChangesTests.panel(areas))
    let (codes, changes) = (try cells(output, "code"), try cells(output, "change"))
    #expect(zip(codes, changes).filter { $0.1 == "moved" }.map(\.0) == FlagChangesTests.moved.sorted())
    #expect(changes.filter { $0 == "gone" }.count == 4)
    #expect(changes.filter { $0 == "new" }.count == 7)
  }
}
