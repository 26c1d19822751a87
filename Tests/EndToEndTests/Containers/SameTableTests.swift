import PipelineTesting
import PipelineKit
import Tabular
import Testing

/// The same table in every container in which CBS hands it out: equal cell for cell and reason for reason.
@Suite struct SameTableTests {
  private let fixtures = Files.root + "/Fixtures/"

  /// `.` is unknown, an empty cell cannot occur.
  @Test func untyped() throws {
    let raw = try RawTable(csv: fixtures + "cbs_dataset_csv/valid_untyped.csv", .untyped)
    let lines = try expectSameThroughEveryContainer(raw, key: "WijkenEnBuurten")
    #expect(lines.count == 6 && lines.allSatisfy { $0.contains("unknown") && $0.contains("not_applicable") })
  }

  /// A null is unspecified.
  @Test func typed() throws {
    let raw = try RawTable(csv: fixtures + "cbs_dataset_csv/valid_typed.csv", .typed)
    #expect(try expectSameThroughEveryContainer(raw, key: "WijkenEnBuurten").count == 6)
  }

  /// The key figures of Almelo, of 118 columns.
  @Test func keyFigures() throws {
    let raw = try RawTable(csv: fixtures + "kwb/synthetic_84799NED_TypedDataSet.csv", .typed) { row in
      ["GM0141", "WK0141", "BU0141", "NL00"].contains { row[1].hasPrefix($0) }
    }
    #expect(raw.rows.count == 82)
    #expect(try expectSameThroughEveryContainer(raw, key: "WijkenEnBuurten").count == 6)
  }

  /// The feeds that stand in the fixtures, and the rows of the CSV with the same `ID`, straight and through Parquet.
  @Test func feedsOfTheFixtures() throws {
    let pages = ["page1", "page2"].map { fixtures + "kwb/synthetic_84799NED_TypedDataSet_Almelo_\($0).atom.xml" }
    let feed = try readTable(pages, "cbs_dataset_atom")
    let file = [fixtures + "kwb/synthetic_84799NED_TypedDataSet.csv"]
    for (what, all) in [
      ("csv", try readTable(file, "cbs_dataset_csv")), ("parquet", try throughParquet(file, "cbs_dataset_csv")),
    ] {
      let places = Dictionary(uniqueKeysWithValues: try all.texts("ID").enumerated().map { ($1 ?? "", Int32($0)) })
      let rows = all.gathering(try feed.texts("ID").map { try #require(places[$0 ?? ""]) })
      #expect(expectSame(feed, rows, what) == 82 * 118)
    }
    expectSame(try throughParquet(pages, "cbs_dataset_atom"), feed, "feed to parquet")
  }

  /// Two pages of JSON as CBS cuts them: 10,000 rows and the rest.
  @Test func twoPagesOfJSON() throws {
    let rows = (0..<15_504).map { ["\($0)", "GM\(1000 + $0 % 400)    ", $0 % 7 == 0 ? "" : "\($0 % 997)"] }
    let folder = TemporaryFolder()
    let all = RawTable(names: ["ID", "RegioS", "Inwoners_1"], rows: rows, form: .typed)
    let expected = try readTable([folder.write("all.csv", all.csv)], "cbs_dataset_csv")
    var (first, last) = (all, all)
    first.rows = Array(rows[..<10_000])
    last.rows = Array(rows[10_000...])
    let numbers = ["ID": "Edm.Int32", "Inwoners_1": "Edm.Int32"]
    let pages = [
      folder.write("1.json", first.json(numbers, next: "https://x/TypedDataSet?$format=json&$skip=10000")),
      folder.write("2.json", last.json(numbers)),
    ]
    let table = try readTable(pages, "cbs_dataset_json")
    expectSame(table, expected, "pages")
    #expect(try table.numbers("ID") == (0..<15_504).map { Double($0) })
  }
}
