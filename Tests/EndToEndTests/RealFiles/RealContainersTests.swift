import PipelineKit
import Tabular
import Testing

/// Real tables in every container: equal cell for cell and reason for reason.
@Suite(.enabled(if: RealFiles.isThere)) struct RealFilesContainersTests {
  private static let almelo = ["GM0141", "WK0141", "BU0141", "NL00"]

  @Test func keyFiguresOfAlmelo() throws {
    let raw = try RawTable(csv: RealFiles.named("84799NED", in: "kwb")[0], .typed) { row in
      Self.almelo.contains { row[1].hasPrefix($0) }
    }
    #expect(raw.rows.count == 82)
    let lines = try expectSameThroughEveryContainer(raw, key: "WijkenEnBuurten")
    #expect(lines.first == "cbs_dataset_csv to parquet: 9676 cells and reasons equal (unknown 16, unspecified 5616)")
    #expect(lines.count == 6)
  }

  /// The health monitor is an untyped data set: `.` beside empty cells.
  @Test func healthInAlmelo() throws {
    for (year, missing) in [
      ("2012", "not_applicable 1215, unknown 20"), ("2016", "not_applicable 648, unknown 27"),
      ("2020", "not_applicable 243, unknown 32"),
    ] {
      let path = RealFiles.named("50090NED_\(year)", in: "rivm")[0]
      let header = try RawTable(csv: path, .untyped) { _ in false }
      let place = try #require(header.names.firstIndex(of: "WijkenEnBuurten"))
      let raw = try RawTable(csv: path, .untyped) { row in Self.almelo.contains { row[place].hasPrefix($0) } }
      #expect(raw.rows.count == 81)
      let lines = try expectSameThroughEveryContainer(raw, key: "WijkenEnBuurten")
      #expect(lines.first == "cbs_dataset_csv to parquet: 3483 cells and reasons equal (\(missing))")
      #expect(lines.count == 6)
    }
  }

  /// The whole table of 2020, all 17,341 areas, and the feeds of Almelo, through Parquet.
  @Test func parquet() throws {
    let table = try RealFiles.population.get()
    let equal = expectSame(
      try throughParquet(RealFiles.named("84799NED", in: "kwb"), "cbs_dataset_csv"), table, "KWB 2020")
    #expect(equal == 17_341 * 118)
    let pages = RealFiles.named("84799NED_TypedDataSet_Almelo_page", in: "odata3-atom")
    let typed = try throughParquet(pages, "cbs_dataset_atom")
    let places = Dictionary(uniqueKeysWithValues: try table.texts("ID").enumerated().map { ($1 ?? "", Int32($0)) })
    let rows = table.gathering(try typed.texts("ID").map { try #require(places[$0 ?? ""]) })
    #expect(expectSame(typed, rows, "feed") == 82 * 118)
    let untyped = RealFiles.named("84799NED_UntypedDataSet_Almelo", in: "odata3-atom")
    expectSame(
      try throughParquet(untyped, "cbs_dataset_atom"), try RealFilesAtomTests.untyped.get(), "untyped feed")
  }
}
