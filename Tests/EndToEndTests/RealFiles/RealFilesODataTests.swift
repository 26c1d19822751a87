import PipelineTesting
import BuiltinPlugins
import PipelineKit
import Tabular
import Testing

/// Downloads of OData v3 and v4 and their metadata, as CBS wrote them.
@Suite(.enabled(if: RealFiles.isThere)) struct RealFilesODataTests {
  private let download = RealFiles.folder + "/odata4-csv/82045NED"

  private func error(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func aWholeDownloadHasTheObservationsThatItStates() throws {
    let long = try readTable([download], "cbs_odata4")
    #expect(long.rowCount == 4_275)
    let sum = try long.numbers("Value").reduce(0) { $0 + ($1 ?? .nan) }
    #expect(sum == 159_085)
    #expect(long.schema["Geslacht"]?.label == "" && long.schema["Perioden"]?.role == .key)
    let wide = try readTable([download], "cbs_odata4", "{shape: wide, labels: [Nationaliteit, Perioden]}")
    #expect(wide.rowCount == 4_275)
    #expect(try wide.numbers("D000091").reduce(0) { $0 + ($1 ?? .nan) } == sum)
    #expect(wide.schema["D000091"]?.label == "Alleenstaande minderjarige vreemdelingen")
    #expect(wide.schema["D000091"]?.unit == "aantal" && wide.schema["D000091"]?.decimals == 0)
    #expect(try wide.reasons("Nationaliteit_label").allSatisfy { $0 == nil })
    let states = Set(try wide.texts("Perioden_state"))
    #expect(states == ["Definitief", "Voorlopig"])
  }

  /// The same observations beside the files of another table, and cut short.
  @Test func aFolderThatMixesTwoDownloadsIsRefused() throws {
    let folder = TemporaryFolder()
    let observations = try #require(Files.bytes(download + "/Observations.csv"))
    let dimensions = try #require(Files.bytes(download + "/Dimensions.csv"))
    folder.write("mixed/Observations.csv", observations)
    folder.write(
      "mixed/Dimensions.csv", dimensions + Array("RegioS;Regio's;;2023;;GeoDimension;True;True;;\r\n".utf8))
    #expect(
      error { _ = try readTable([folder.path + "/mixed"], "cbs_odata4") }.hasSuffix(
        "/mixed/Observations.csv:1: Dimensions.csv names RegioS, which the observations lack: the folder mixes two downloads; "
          + "unpack each one in a folder of its own"))
    folder.write("short/Properties.csv", try #require(Files.bytes(download + "/Properties.csv")))
    let lines = observations.split(separator: 0x0A, omittingEmptySubsequences: false)
    folder.write("short/Observations.csv", Array(lines.prefix(4_001).joined(separator: [0x0A])) + [0x0A])
    for shape in ["long", "wide"] {
      #expect(
        error { _ = try readTable([folder.path + "/short"], "cbs_odata4", "{shape: \(shape)}") }.hasSuffix(
          "/short/Observations.csv: holds 4000 observations, but Properties.csv states 4275 for 82045NED: the download broke "
            + "off, or the folder mixes two; fetch it again, or set complete: false"))
    }
  }

  @Test(arguments: [
    (
      "03759ned",
      [
        "TableInfos": 1, "DataProperties": 7, "Geslacht": 3, "Leeftijd": 108, "BurgerlijkeStaat": 5, "RegioS": 887,
        "Perioden": 32,
      ]
    ),
    ("83958NED", ["TableInfos": 1, "DataProperties": 11, "Woonplaatsen": 2_501]),
    ("81901NED", ["TableInfos": 1, "DataProperties": 3, "KenmerkenBaanWerknemer": 26, "Perioden": 8]),
  ])
  func sectionsOfMetadata(table: String, sections: [String: Int]) throws {
    let file = RealFiles.folder + "/odata3-csv/\(table)_metadata.csv"
    for (section, rows) in sections {
      let found = try readTable([file], "cbs_metadata_csv", "{section: \(section)}")
      #expect(found.rowCount == rows, "\(section)")
    }
    let missing = error { _ = try readTable([file], "cbs_metadata_csv", "{section: \"*\"}") }
    #expect(missing.contains("has no section \"*\""))
    for section in sections.keys { #expect(missing.contains(section)) }
  }

  @Test func metadataDescribeTheData() throws {
    let folder = RealFiles.folder + "/odata3-csv/"
    let table = try readTable(
      RealFiles.named("03759ned_Untyped", in: "odata3-csv"), "cbs_dataset_csv",
      "{metadata: \(folder)03759ned_metadata.csv, labels: [RegioS]}")
    #expect(table.rowCount == 6_912)
    let field = try #require(table.schema["BevolkingOp1Januari_1"])
    #expect(field.label == "Bevolking op 1 januari" && field.unit == "aantal")
    #expect(field.type == .float64)
    #expect(table.missingSummary == "unknown 594")
    #expect(try table.reasons("RegioS_label").allSatisfy { $0 == nil })
  }

  /// The measure codes of the mapping are those that CBS gives, and stand for the same topics; three are not in it.
  @Test func theMappingKnowsTheMeasuresOf2017() throws {
    let file = RealFiles.folder + "/odata4-csv/83765NED_MeasureCodes.csv"
    let measures = try readTable([file], "cbs_dataset_csv")
    let codes = try measures.texts("Identifier").map { $0 ?? "" }
    let units = try measures.texts("Unit")
    let titles = try measures.texts("Title")
    #expect(codes.count == 103)
    // A table as cbs_odata4 makes it, wide.
    let origin = [Origin(producer: "CBS", table: "83765NED")]
    var fields = [Field("WijkenEnBuurten", .string, role: .key, origins: origin)]
    for (i, code) in codes.enumerated() { fields.append(Field(code, .float64, unit: units[i] ?? "")) }
    let entry = try #require(PluginCatalog.builtin.transform("kwb_series"))
    let options = try SpecParser.nodes("{mapping: \(Files.root)/Pipelines/mappings/kwb.yml}", file: "options")
    let series = try entry.plugin.make(options, [], RunContext())
    let schema = try Schema(fields)
    let output = try series.outputSchema(for: [schema])
    #expect(output.count == 2 + 100)
    // By title and unit alone: the same topics, where a title is not shared.
    for (i, code) in codes.enumerated() { fields[i + 1].name = "Column_\(i)"; fields[i + 1].label = titles[i] ?? code }
    let shared = Set(titles.filter { title in titles.count { $0 == title } > 1 })
    let kept = fields.enumerated().filter { $0.offset == 0 || !shared.contains(titles[$0.offset - 1]) }.map(\.element)
    let titled = try series.outputSchema(for: [try Schema(kept)])
    #expect(titled.count - 2 == kept.count - 1 - 3)
    #expect(titled.names == output.names.filter { titled[$0] != nil })
  }

  @Test func keyFiguresOf2020AsASeries() throws {
    let context = RunContext()
    let (_, series) = try KeyFiguresTests.series(
      RealFiles.named("84799NED", in: "kwb"), table: "84799NED", context: context)
    let codes = try series.texts("area_code")
    let almelo = series.rows { codes[$0] == "GM0141" }
    #expect(series.rowCount == 17_341 && almelo.rowCount == 1)
    #expect(try almelo.numbers("inhabitants") == [73_107] && almelo.numbers("year") == [2020])
    #expect(context.warnings.count == 1)
    #expect(context.warnings[0].hasPrefix("84799NED (2020): 68 of 113 topics hold no value in this delivery: "))
  }

  /// Files that are not data say what they are.
  @Test(arguments: [
    ("metadata/D-83841NED.json", "is the description of the data set 83841NED, not its data; fetch "),
    (
      "metadata/cbs.v3.84799NED_ColDescriptions.json",
      "is JSON without a list \"value\" (its members: WijkenEnBuurten, "
    ),
    ("odata4-csv/82045NED/D-82045NED.json", "is the description of the data set 82045NED, not its data; fetch "),
    ("odata4-csv/82045NED/LinkProvenances.csv", "is a list of links of an OData v4 download, not its observations; "),
    (
      "odata4-csv/82045NED/LinkRelatedSources.csv", "is a list of links of an OData v4 download, not its observations; "
    ),
    ("odata3-atom/ODataFeed_81162eng_service.xml", "is an OData service document, "),
    (
      "odata3-atom/catalogue_service_index.xml",
      "is the OData service document of a catalogue, the list of its feeds; it holds no table's data"
    ),
  ])
  func whatIsNotData(file: String, text: String) {
    let found = error {
      _ = try Inspection(RealFiles.folder + "/" + file, adapter: nil, options: [], rows: 1, catalog: .builtin)
    }
    #expect(found.contains(text) && !found.contains("\n"), "\(found)")
  }
}
