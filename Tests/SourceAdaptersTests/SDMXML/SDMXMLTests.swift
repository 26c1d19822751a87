import PipelineKit
import SourceAdapters
import Tabular
import Testing

private let folder = fixtures + "sdmx_ml/"
private let place = SourcePosition(file: "test")

private func adapter(structure: String? = nil, _ change: (inout SDMXML.Options) -> Void = { _ in }) throws -> SDMXML {
  var options = SDMXML.Options()
  options.structure = structure.map { SpecPath($0.hasPrefix("/") ? $0 : folder + $0, at: place) }
  change(&options)
  return try SDMXML(options: options, context: RunContext())
}

private func described(_ table: Table) -> [String] {
  table.schema.fields.map { "\($0.name) \($0.type.rawValue) \($0.role.rawValue)" }
}

@Suite struct SDMXMLTests {
  @Test(arguments: ["valid_generic_series.xml", "valid_specific_series.xml"]) func series(name: String) throws {
    let table = try readAll(adapter(), [folder + name])
    #expect(table.rowCount == 5)
    #expect(
      Set(described(table)) == [
        "FREQ string key", "AREA string key", "TIME_PERIOD string key", "OBS_VALUE float64 measure",
        "COLLECTION string measure", "TITLE string measure", "UNIT_MULT string measure", "OBS_STATUS string measure",
      ])
    #expect(table.schema.names.suffix(5).first == "OBS_VALUE")
    #expect(try cells(table, "AREA") == ["0141", "0141", "0141", "0153", "0153"])
    #expect(try cells(table, "TIME_PERIOD") == ["2019", "2020", "2021", "2019", "2020"])
    #expect(try cells(table, "OBS_VALUE") == ["4.5", "<suppressed>", "<unknown>", "<not_applicable>", "-0.15"])
    #expect(try cells(table, "OBS_STATUS") == ["A", "Q", "<unspecified>", "M", "<unspecified>"])
    #expect(try cells(table, "COLLECTION") == ["A", "A", "A", "A", "A"])
    let title = "Rate & Almelo"
    #expect(try cells(table, "TITLE") == [title, title, title, "<unspecified>", "<unspecified>"])
    #expect(try cells(table, "UNIT_MULT") == ["0", "0", "0", "<unspecified>", "<unspecified>"])
    #expect(
      table.schema["OBS_VALUE"]?.origins
        == [Origin(producer: "PEIL", table: "RATES", column: "OBS_VALUE", vintage: "2024-03-05")])
  }

  @Test func flat() throws {
    let generic = try readAll(adapter(), [folder + "valid_generic_flat.xml"])
    #expect(generic.schema.names == ["AREA", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS"])
    #expect(try cells(generic, "OBS_VALUE") == ["4.5", "<unspecified>"])
    let specific = try readAll(adapter(), [folder + "valid_specific_flat_30.xml"])
    #expect(described(specific) == described(generic))
    #expect(try cells(specific, "AREA") == ["0141", "0153"])
    #expect(try cells(specific, "OBS_VALUE") == ["4.5", "<not_asked>"])
    let stated = try readAll(
      adapter { $0.statuses = markers([("L", .suppressed)]) }, [folder + "valid_specific_flat_30.xml"])
    #expect(try cells(stated, "OBS_VALUE") == ["4.5", "<suppressed>"])
  }

  @Test func structureFile() throws {
    for name in ["valid_specific_series.xml", "valid_generic_series.xml"] {
      let table = try readAll(adapter(structure: "valid_structure.xml"), [folder + name])
      #expect(
        described(table).prefix(7) == [
          "AREA string key", "AREA_label string measure", "TIME_PERIOD string key", "OBS_VALUE float64 measure",
          "FREQ string measure", "OBS_STATUS string measure", "EMBARGO_TIME string measure",
        ])
      #expect(table.schema["AREA"]?.label == "Area")
      #expect(table.schema["FREQ"]?.label == "Frequency")
      #expect(table.schema["OBS_VALUE"]?.label == "Rate")
      #expect(try cells(table, "AREA_label") == ["Almelo", "Almelo", "Almelo", "<not_matched>", "<not_matched>"])
      #expect(try cells(table, "EMBARGO_TIME") == [String](repeating: "<unspecified>", count: 5))
      #expect(try cells(table, "TITLE").first == "Rate & Almelo")
    }
    let some = try readAll(
      adapter(structure: "valid_structure.xml"), [folder + "valid_specific_series.xml"],
      columns: ["OBS_VALUE", "AREA_label"])
    #expect(try cells(some, "AREA_label").first == "Almelo")
    let empty = try readAll(adapter(structure: "valid_structure.xml"), [folder + "undecided_no_observations.xml"])
    #expect(empty.rowCount == 0 && empty.schema.names.contains("OBS_VALUE"))
  }

  @Test func structureMessageAsTable() throws {
    let table = try readAll(adapter(), [folder + "valid_structure.xml"])
    #expect(table.schema.names == ["kind", "list", "list_name", "id", "parent", "name", "codelist"])
    #expect(try cells(table, "id").prefix(3) == ["NL", "0141", "AREA"])
    #expect(try cells(table, "name").prefix(3) == ["The Netherlands", "Almelo", "Area"])
    #expect(try cells(table, "parent").prefix(2) == ["<not_applicable>", "NL"])
    #expect(try cells(table, "list_name").first == "Areas")
    #expect(
      try cells(table, "kind") == [
        "code", "code", "concept", "concept", "concept", "dimension", "time_dimension", "attribute", "attribute",
        "attribute", "measure",
      ])
    #expect(try cells(table, "codelist")[5] == "CL_AREA")
    #expect(try cells(table, "codelist")[8] == "CL_OBS_STATUS")
    let dutch = try readAll(adapter { $0.language = "nl" }, [folder + "valid_structure.xml"], columns: ["name"])
    #expect(try cells(dutch, "name").first == "Nederland")
  }

  @Test func badInput() throws {
    let expected: [(String, String)] = [
      (
        "invalid_footer.xml",
        ": is a message without a data set; the sender says, under code 413 (Information): \"The answer is too large; it "
          + "will stand at http://example.org/file Look again later.\"; get the file it speaks of, or ask for less at a time"
      ),
      ("invalid_error.xml", ": is an error message: code 100: \"No results\""),
      (
        "invalid_value.xml",
        ":4: column \"OBS_VALUE\": cannot read \"1,5\" as a number; the adapter's decimal mark is \".\"; set decimal_mark: "
          + "\",\""
      ),
      ("invalid_twice.xml", ":3: column \"A\": occurs twice in one series"),
      ("invalid_delete.xml", ":1: a data set with action \"Delete\" withdraws observations; it holds no data to read"),
      (
        "invalid_cut.xml",
        ":5: is not well-formed XML: Couldn't find end of Start Tag ObsDimens line 4; the file is cut off or damaged, fetch "
          + "it again"
      ),
      ("invalid_version_20.xml", ": is an SDMX-ML 2.0 message; ask the sender for version 2.1 (or 3.0)"),
      (
        "undecided_no_observations.xml",
        ": has a data set without observations; give its structure file to read it as an empty table"
      ),
    ]
    for (name, text) in expected {
      #expect(message { _ = try readAll(adapter(), [folder + name]) } == "sdmx_ml/\(name)\(text)")
    }
    #expect(
      message { _ = try adapter(structure: "invalid_error.xml") }.hasSuffix(
        "invalid_error.xml: is XML with the root element \"Error\"; expected an SDMX structure message"))
    #expect(
      message { _ = try readAll(adapter(), [folder + "valid_structure.xml", folder + "valid_generic_flat.xml"]) }
        == "sdmx_ml/valid_structure.xml: is a structure message; give it under \"structure\", not among the files")
    try withFile("", ".xml") { path in #expect(message { _ = try readAll(adapter(), [path]) }.contains("is empty")) }
  }

  @Test func everyPrefixIsRefused() throws {
    let bytes = try RunContext().head(folder + "valid_generic_series.xml")
    for length in stride(from: 0, to: bytes.count - 2, by: 7) {
      try withFile(Array(bytes[..<length]), ".xml") { path in
        let found = message { _ = try readAll(adapter(), [path]) }
        #expect(found.contains("not well-formed") || found.contains("is empty"), "\(length): \(found)")
      }
    }
  }

  @Test func aLongMessage() throws {
    var text =
      "<m:StructureSpecificData xmlns:m=\"http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message\"><m:Header/>"
    text += "<m:DataSet>"
    for i in 0..<200 {
      text += "<Series AREA=\"\(i)\">"
      for year in 0..<100 { text += "<Obs TIME_PERIOD=\"\(1900 + year)\" OBS_VALUE=\"\(i).\(year)\"/>\n" }
      text += i == 199 ? "<Obs TIME_PERIOD=\"x\" LATE=\"y\"/></Series>" : "</Series>"
    }
    try withFile(text + "</m:DataSet></m:StructureSpecificData>", ".xml") { path in
      let table = try readAll(adapter(), [path])
      #expect(table.rowCount == 20_001)
      guard case .float64(let values) = try table.column("OBS_VALUE"), case .string(let areas) = table.columns[0] else {
        Issue.record("other column types")
        return
      }
      #expect((0..<20_000).allSatisfy { values.values[$0] == Double("\($0 / 100).\($0 % 100)") })
      #expect((0..<20_000).allSatisfy { areas[$0] == "\($0 / 100)" })
    }
  }

  @Test func recognition() throws {
    func judge(_ name: String) throws -> Recognition {
      SDMXML.recognise(head: try RunContext().head(folder + name), path: name)
    }
    #expect(try judge("valid_generic_series.xml") == Recognition(95, "an SDMX-ML 2.1 message, GenericData"))
    #expect(try judge("valid_specific_flat_30.xml") == Recognition(95, "an SDMX-ML 3.0 message, StructureSpecificData"))
    #expect(try judge("invalid_version_20.xml") == Recognition(60, "an SDMX-ML 2.0 message"))
    #expect(try judge("README.md") == Recognition(0, "not XML"))
  }
}
