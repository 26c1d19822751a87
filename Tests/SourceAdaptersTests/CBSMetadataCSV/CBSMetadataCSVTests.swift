import PipelineKit
import SourceAdapters
import Tabular
import Testing

private let folder = fixtures + "cbs_metadata_csv/"

private func section(_ name: String) throws -> CBSMetadataCSV {
  var options = CBSMetadataCSV.Options()
  options.section = Located(name, at: SourcePosition(file: "test"))
  return try CBSMetadataCSV(options: options, context: RunContext())
}

private func path(_ name: String) -> SpecPath {
  SpecPath(folder + name, at: SourcePosition(file: "p.yml", line: 3, column: 15))
}

private func name(_ text: String) -> Located { Located(text, at: SourcePosition(file: "p.yml", line: 4, column: 13)) }

@Suite struct CBSMetadataCSVTests {
  @Test func topics() throws {
    let table = try readAll(section("DataProperties"), [folder + "valid_84799NED_metadata.csv"])
    #expect(table.rowCount == 12)
    #expect(table.schema.names.last == "Path")
    #expect(
      try cells(table, "Key") == [
        "WijkenEnBuurten", "<unspecified>", "Gemeentenaam_1", "SoortRegio_2", "IndelingswijzigingWijkenEnBuurten_3",
        "<unspecified>", "AantalInwoners_4", "<unspecified>", "GemiddeldeHuishoudensgrootte_5", "<unspecified>",
        "GemiddeldInkomenPerInwoner_6", "MeestVoorkomendePostcode_7",
      ])
    #expect(try cells(table, "Path")[8] == "Bevolking / Huishoudens / Gemiddelde")
    #expect(try cells(table, "Description")[1] == "De gemeenten zijn verdeeld in\nwijken en buurten.")
    #expect(try cells(table, "ParentID")[4] == "1" && cells(table, "ParentID")[0] == "<unspecified>")
    #expect(try cells(table, "Decimals")[8] == "1")
  }

  @Test func otherSections() throws {
    let file = folder + "valid_84799NED_metadata.csv"
    let table = try readAll(section("TableInfos"), [file])
    #expect(try cells(table, "Description") == ["Eerste regel;\ntweede \"regel\" en\nderde."])
    let regions = try readAll(section("WijkenEnBuurten"), [file])
    #expect(try cells(regions, "Key") == ["NL00", "GM0141", "WK014110", "BU01411000", "BU01411001"])
    #expect(regions.schema["Key"]?.role == .key)
    let periods = try readAll(section("Perioden"), [folder + "valid_crlf.csv"])
    #expect(try cells(periods, "Title") == ["2020*"])
    let parents = try readAll(
      section("DataProperties"), [folder + "undecided_parents_as_decimals.csv"], columns: ["Path"])
    #expect(try cells(parents, "Path") == ["<unspecified>", "Bevolking / Aantal"])
  }

  @Test func mistakes() throws {
    let expected: [(String, String, String)] = [
      ("TableInfos", "invalid_row.csv:5", "found 3 fields, expected 2 as in the header of the section \"TableInfos\""),
      (
        "DataProperties", "invalid_section_without_header.csv:2",
        "the section \"TableInfos\" has no line with its column names"
      ),
      (
        "DataProperties", "invalid_circle.csv",
        "column \"Aantal_1\": the groups of this topic stand inside each other in a circle, or 64 deep"
      ),
      ("TableInfos", "invalid_column_twice.csv:2", "the section \"TableInfos\" names the column \"Title\" twice"),
      (
        "TableInfos", "invalid_cut.csv:3",
        "the file ends inside a quoted field that starts here; the file is cut off, or a quote is missing"
      ),
      ("Perioden", "valid_84799NED_metadata.csv", "no error"),
      (
        "Periode", "valid_crlf.csv", "has no section \"Periode\"; did you mean \"Perioden\"?"
      ),
    ]
    for (wanted, place, text) in expected {
      let name = place.prefix { $0 != ":" }
      let found = message { _ = try readAll(section(wanted), [folder + name]) }
      #expect(found == (text == "no error" ? text : "cbs_metadata_csv/\(place): \(text)"))
    }
  }

  @Test func recognition() throws {
    func judge(_ name: String) throws -> Int {
      CBSMetadataCSV.recognise(head: try RunContext().head(folder + name), path: name).confidence
    }
    #expect(try judge("valid_84799NED_metadata.csv") == 97)
    #expect(try judge("valid_crlf.csv") == 97)
    #expect(CBSMetadataCSV.recognise(head: Array("ID;x\n".utf8), path: "x").confidence == 0)
  }
}

/// The metadata of a table beside its data, through each adapter.
@Suite struct CBSMetadataOptionTests {
  private let data = fixtures + "cbs_dataset_csv/"

  @Test func columnsGetTitleUnitDecimalsTypeAndOrigin() throws {
    let table = try readAll(csv { $0.metadata = [path("valid_84799NED_metadata.csv")] }, [data + "valid_typed.csv"])
    let income = try #require(table.schema["GemiddeldInkomenPerInwoner_6"])
    #expect(income.label == "Inkomen / Gemiddelde")
    #expect(income.unit == "x 1 000 euro")
    #expect(income.decimals == 1)
    #expect(
      income.origins == [Origin(table: "84799NED", column: "GemiddeldInkomenPerInwoner_6", vintage: "2021-03-26")])
    #expect(table.schema["AantalInwoners_4"]?.label == "Aantal inwoners")
    #expect(table.schema["WijkenEnBuurten"]?.label == "Wijken en buurten")
    #expect(table.schema["MeestVoorkomendePostcode_7"]?.type == .string)
  }

  /// Asked for, the groups stand before every title.
  @Test func topicPaths() throws {
    let table = try readAll(
      csv {
        $0.metadata = [path("valid_84799NED_metadata.csv")]
        $0.topicPaths = true
      }, [data + "valid_typed.csv"])
    #expect(table.schema["AantalInwoners_4"]?.label == "Bevolking / Aantal inwoners")
    #expect(table.schema["GemiddeldInkomenPerInwoner_6"]?.label == "Inkomen / Gemiddelde")
    #expect(table.schema["WijkenEnBuurten"]?.label == "Wijken en buurten")
  }

  @Test func anAbsentCellMeansWhatTheDefaultSays() throws {
    let files: [SpecPath] = [path("valid_84799NED_metadata.csv")]
    let untyped = try readAll(csv { $0.metadata = files }, [data + "valid_untyped.csv"])
    // Default Missing: the empty cell is unknown too.
    #expect(
      try cells(untyped, "GemiddeldInkomenPerInwoner_6")
        == ["28.5", "25.9", "<unknown>", "<unknown>", "<unknown>", "31.25"])
    let typed = try readAll(csv { $0.metadata = files }, [data + "valid_typed.csv"])
    #expect(
      try cells(typed, "GemiddeldInkomenPerInwoner_6")
        == ["28.5", "25.9", "<unknown>", "<unknown>", "<unknown>", "31.25"])
    // Default Impossible: a null of the typed set may also be an unknown one.
    try withFile("\"ID\";\"AantalInwoners_4\"\n\"0\";\"\"\n", ".csv") { file in
      let plain = try csv { $0.metadata = files }
      #expect(try cells(readAll(plain, [file]), "AantalInwoners_4") == ["<unspecified>"])
      let byDefault = try csv {
        $0.metadata = files
        $0.typedNull = .asDefault
      }
      #expect(try cells(readAll(byDefault, [file]), "AantalInwoners_4") == ["<not_applicable>"])
      let byOption = try csv {
        $0.metadata = files
        $0.markers = markers([("", .suppressed)])
      }
      #expect(try cells(readAll(byOption, [file]), "AantalInwoners_4") == ["<suppressed>"])
    }
  }

  @Test func labelsOfCodes() throws {
    func labelled() throws -> CBSDatasetCSV {
      try csv {
        $0.metadata = [path("valid_84799NED_metadata.csv")]
        $0.labels = [name("WijkenEnBuurten")]
      }
    }
    let table = try readAll(labelled(), [data + "valid_typed.csv"])
    #expect(table.schema.names.prefix(3) == ["ID", "WijkenEnBuurten", "WijkenEnBuurten_label"])
    #expect(
      try cells(table, "WijkenEnBuurten_label")
        == ["Nederland", "Almelo", "Wijk 10 Binnenstad", "Centrum Noord", "Centrum Zuid", "<not_matched>"])
    let alone = try readAll(labelled(), [data + "valid_typed.csv"], columns: ["WijkenEnBuurten_label"])
    #expect(alone.schema.names == ["WijkenEnBuurten_label"])
    #expect(try cells(alone, "WijkenEnBuurten_label")[1] == "Almelo")
  }

  @Test func metadataAsAtomAndJSON() throws {
    let atomFolder = fixtures + "cbs_dataset_atom/"
    let regions = SpecPath(atomFolder + "valid_categories.xml", at: SourcePosition(file: "p.yml", line: 3, column: 15))
    let table = try readAll(
      atom {
        $0.metadata = [regions]
        $0.labels = [name("WijkenEnBuurten")]
      }, [atomFolder + "valid_typed_page1.xml", atomFolder + "valid_typed_page2.xml"])
    #expect(try cells(table, "WijkenEnBuurten_label").first == "Nederland")
    let properties =
      "{\"odata.metadata\":\"https://opendata.cbs.nl/ODataApi/odata/84799NED/$metadata#Cbs.OData.WebAPI.DataProperties\","
      + "\"value\":[{\"odata.type\":\"Cbs.OData.TopicGroup\",\"ID\":0,\"Position\":null,\"ParentID\":null,\"Type\":\"TopicGroup\","
      + "\"Key\":\"\",\"Title\":\"Bevolking\"},{\"odata.type\":\"Cbs.OData.Topic\",\"ID\":1,\"Position\":0,\"ParentID\":0,"
      + "\"Type\":\"Topic\",\"Key\":\"AantalInwoners_4\",\"Title\":\"Aantal inwoners\",\"Datatype\":\"Long\",\"Unit\":\"aantal\","
      + "\"Decimals\":0,\"Default\":\"Impossible\"}]}"
    try withFile(properties, ".json") { file in
      let context = RunContext()
      let adapter = try csv { $0.metadata = [SpecPath(file, at: SourcePosition(file: "p.yml"))] }
      let table = try readAll(adapter, [data + "valid_typed.csv"], context: context)
      #expect(table.schema["AantalInwoners_4"]?.unit == "aantal")
      #expect(
        try warnings { _ = try readAll(adapter, [data + "valid_typed.csv"], context: $0) }.map {
          $0.split(separator: ": ").last
        }
          == [
            "Gemeentenaam_1, SoortRegio_2, IndelingswijzigingWijkenEnBuurten_3, GemiddeldeHuishoudensgrootte_5, "
              + "GemiddeldInkomenPerInwoner_6, MeestVoorkomendePostcode_7"
          ])
    }
  }

  @Test func mistakes() throws {
    func found(_ change: (inout CBSDatasetCSV.Options) -> Void, origin: Origin = Origin()) -> String {
      message { _ = try readAll(csv(change), [data + "valid_typed.csv"], origin: origin) }
        .replacing(fixtures, with: "")
    }
    #expect(
      found { $0.metadata = [path("invalid_row.csv")] }
        == "p.yml:3:15: the metadata cbs_metadata_csv/invalid_row.csv:5: found 3 fields, expected 2 as in the header of the "
        + "section \"TableInfos\"")
    #expect(
      found { $0.metadata = [path("valid_84799NED_metadata.csv"), path("valid_crlf.csv")] }
        == "p.yml:3:15: the metadata cbs_metadata_csv/valid_crlf.csv: is the metadata of 99999NED, another file that of "
        + "84799NED; name the metadata of one table")
    #expect(
      found { $0.metadata = [path("valid_crlf.csv")] }
        == "cbs_dataset_csv/valid_typed.csv: column \"Gemeentenaam_1\": none of the 7 topics is in the metadata's "
        + "DataProperties of 99999NED; name the metadata of this table")
    #expect(
      found({ $0.metadata = [path("valid_84799NED_metadata.csv")] }, origin: Origin(table: "84583NED"))
        == "cbs_dataset_csv/valid_typed.csv: holds data of 84583NED, but the metadata is that of 84799NED; "
        + "name the metadata of 84583NED")
    #expect(
      found {
        $0.metadata = [path("valid_84799NED_metadata.csv")]
        $0.labels = [name("WijkenEnBurten")]
      } == "p.yml:4:13: the metadata hold no categories of \"WijkenEnBurten\"; did you mean \"WijkenEnBuurten\"?")
    #expect(
      found {
        $0.metadata = [path("valid_84799NED_metadata.csv")]
        $0.labels = [name("Perioden")]
      }
        == "cbs_dataset_csv/valid_typed.csv: column \"Perioden\": the option labels names this column, but the data have none "
        + "of that name; there are: ID, WijkenEnBuurten, Gemeentenaam_1, SoortRegio_2, IndelingswijzigingWijkenEnBuurten_3, "
        + "AantalInwoners_4, GemiddeldeHuishoudensgrootte_5, GemiddeldInkomenPerInwoner_6, MeestVoorkomendePostcode_7")
    #expect(
      found {
        $0.metadata = [SpecPath(data + "valid_typed.csv", at: SourcePosition(file: "p.yml", line: 3, column: 15))]
      }
        == "p.yml:3:15: the metadata cbs_dataset_csv/valid_typed.csv: is not metadata of a CBS table: \"typed\" has no columns "
        + "Key and Title; expected DataProperties, TableInfos or the categories of a dimension")
  }
}
