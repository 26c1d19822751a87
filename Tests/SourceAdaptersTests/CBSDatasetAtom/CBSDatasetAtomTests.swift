import PipelineKit
import SourceAdapters
import Tabular
import Testing

private let folder = fixtures + "cbs_dataset_atom/"
private let csvFolder = fixtures + "cbs_dataset_csv/"

@Suite struct CBSDatasetAtomTests {
  @Test func typedFeedEqualsTheCSV() throws {
    let feed = try readAll(
      atom(), [folder + "valid_typed_page1.xml", folder + "valid_typed_page2.xml"], origin: delivery)
    let file = try readAll(csv(), [csvFolder + "valid_typed.csv"], origin: delivery)
    #expect(feed.rowCount == 6)
    #expect(feed == file)
  }

  @Test func untypedFeedEqualsTheCSV() throws {
    let feed = try readAll(atom(), [folder + "valid_untyped.xml"], origin: delivery)
    let file = try readAll(csv(), [csvFolder + "valid_untyped.csv"], origin: delivery)
    #expect(
      try cells(feed, "GemiddeldInkomenPerInwoner_6")
        == ["28.5", "25.9", "<unknown>", "<not_applicable>", "<unknown>", "31.25"])
    #expect(feed == file)
  }

  @Test func aLastPageThatNamesANextOneIsWarnedAbout() throws {
    let page = folder + "valid_typed_page1.xml"
    #expect(
      try warnings { _ = try readAll(atom(), [page], context: $0) } == [
        "\(page): names a next page, https://opendata.cbs.nl/ODataFeed/OData/84799NED/TypedDataSet?$skip=4, but is the last of "
          + "the files; the table is not complete"
      ])
    #expect(
      try warnings { _ = try readAll(atom(), [page, folder + "valid_typed_page2.xml"], context: $0) }.isEmpty)
  }

  @Test func originComesFromTheFeed() throws {
    let table = try readAll(atom(), [folder + "valid_typed_page1.xml"], origin: Origin(producer: "CBS"))
    #expect(
      table.schema["AantalInwoners_4"]?.origins
        == [Origin(producer: "CBS", table: "84799NED", column: "AantalInwoners_4", vintage: "2021-03-26")])
    let older = try readAll(atom(), [folder + "valid_typed_page1.xml"], origin: Origin(table: "X", vintage: "Y"))
    #expect(older.schema["ID"]?.origins == [Origin(table: "X", column: "ID", vintage: "Y")])
  }

  @Test func prefixesOrderAndCharacterReferences() throws {
    let table = try readAll(atom(), [folder + "valid_other_prefixes.xml"])
    #expect(table.schema.names == ["ID", "SoortMisdrijf", "Naam_1", "Aantal_2"])
    #expect(try cells(table, "ID") == ["0", "<unspecified>"])
    #expect(try cells(table, "SoortMisdrijf") == ["1.1.1", "0.0.0"])
    #expect(try cells(table, "Naam_1") == ["Tom & Jerry <x> ë", "<b>"])
    #expect(try cells(table, "Aantal_2") == ["1382.0", "1.0"])
    #expect(table.schema["Aantal_2"]?.origins.first?.table == "47022NED")
  }

  @Test func selectionInAnotherOrder() throws {
    let table = try readAll(atom(), [folder + "valid_other_prefixes.xml"], columns: ["Aantal_2", "Naam_1"])
    #expect(table.schema.names == ["Aantal_2", "Naam_1"])
    #expect(try cells(table, "Naam_1") == ["Tom & Jerry <x> ë", "<b>"])
  }

  @Test func categories() throws {
    let table = try readAll(atom(), [folder + "valid_categories.xml"])
    #expect(
      table.schema.fields.map { "\($0.name) \($0.type.rawValue) \($0.role.rawValue)" } == [
        "Key string key", "Title string measure", "Description string measure", "Municipality string measure",
      ])
    #expect(try cells(table, "Key") == ["NL00", "GM0141"])
    #expect(try cells(table, "Description") == ["<unspecified>", "Gemeente 'Almelo'"])
    #expect(try cells(table, "Municipality") == ["<unspecified>", "GM0141"])
  }

  @Test func entriesThatDiffer() throws {
    let table = try readAll(atom(), [folder + "undecided_entry_without_property.xml"])
    #expect(try cells(table, "Aantal_1") == ["1.0", "<unspecified>", "3.0"])
    #expect(try cells(table, "Extra_2") == ["<unspecified>", "<unspecified>", "4.0"])
  }

  @Test func badInput() throws {
    let expected: [(String, String)] = [
      (
        "invalid_cut.xml:25",
        "is not well-formed XML: Premature end of data in tag RegioS line 25; the file is cut off or damaged, fetch it again"
      ),
      ("invalid_tags.xml:25", "is not well-formed XML: Opening and ending tag mismatch: RegioS line 25 and Regio"),
      (
        "invalid_doctype.xml:2",
        "a DOCTYPE is not allowed: it can pull in other files and blow up memory; fetch the feed from CBS again"
      ),
      (
        "invalid_number.xml:26",
        "column \"Aantal_1\": cannot read \"34,1,2\" as a number; the adapter's decimal mark is \".\""
      ),
      ("invalid_twice.xml:26", "column \"RegioS\": occurs twice in one entry"),
      ("invalid_deep.xml:4", "elements stand more than 64 deep inside each other"),
      ("invalid_nested.xml:25", "a property with elements inside, \"Punt\", is not supported"),
      (
        "invalid_service.xml",
        "is an OData service document, the list of a table's feeds; fetch the feed TypedDataSet that it names"
      ),
      ("invalid_not_atom.xml", "is XML with the root element \"gemeenten\"; expected an Atom feed"),
      ("invalid_no_entries.xml", "is an Atom feed without entries that have m:properties; there is nothing to read"),
    ]
    for (place, text) in expected {
      let name = place.prefix { $0 != ":" }
      #expect(message { _ = try readAll(atom(), [folder + name]) } == "cbs_dataset_atom/\(place): \(text)")
    }
  }

  @Test func recognition() throws {
    func judge(_ name: String) throws -> Int {
      CBSDatasetAtom.recognise(head: try RunContext().head(folder + name), path: name).confidence
    }
    #expect(try judge("valid_typed_page1.xml") == 95)
    #expect(try judge("valid_other_prefixes.xml") == 95)
    #expect(try judge("invalid_no_entries.xml") == 80)
    #expect(try judge("invalid_service.xml") == 60)
    #expect(try judge("invalid_not_atom.xml") == 0)
    #expect(CBSDatasetAtom.recognise(head: Array("\"ID\";".utf8), path: "x").confidence == 0)
  }
}

/// Feeds of several reads and batches.
@Suite struct CBSDatasetAtomStreamTests {
  private func feed(_ entries: Int, _ cell: (Int) -> String) -> String {
    var text = "<feed xmlns=\"http://www.w3.org/2005/Atom\" "
    text += "xmlns:d=\"http://schemas.microsoft.com/ado/2007/08/dataservices\" "
    text += "xmlns:m=\"http://schemas.microsoft.com/ado/2007/08/dataservices/metadata\">\n"
    text += "<id>https://opendata.cbs.nl/ODataFeed/odata/1/TypedDataSet</id>\n"
    for i in 0..<entries {
      text += "<entry><content><m:properties><d:ID m:type=\"Edm.Int32\">\(i)</d:ID>"
      text += "<d:RegioS xml:space=\"preserve\">BU\(i)  </d:RegioS>\(cell(i))</m:properties></content></entry>\n"
    }
    return text + "</feed>\n"
  }

  @Test func everyCellOfALongFeed() throws {
    let text = feed(9_000) { i in
      i % 5 == 0
        ? "<d:W_1 m:type=\"Edm.Double\" m:null=\"true\" />" : "<d:W_1 m:type=\"Edm.Double\">\(i).\(i % 10)</d:W_1>"
    }
    try withFile(text, ".xml") { path in
      let table = try readAll(atom(), [path])
      #expect(table.rowCount == 9_000)
      guard case .int64(let ids) = table.columns[0], case .string(let codes) = table.columns[1],
        case .float64(let values) = table.columns[2]
      else {
        Issue.record("other column types")
        return
      }
      var wrong = 0
      for i in 0..<9_000 {
        let isMissing = i % 5 == 0
        let value: Double? = isMissing ? 0 : Double("\(i).\(i % 10)")
        if ids.values[i] != Int64(i) || codes[i] != "BU\(i)" || values.missing?[i] != (isMissing ? .unspecified : nil)
          || values.values[i] != value
        {
          wrong += 1
        }
      }
      #expect(wrong == 0)
    }
  }

  @Test func stopsWhenToldTo() throws {
    try withFile(feed(9_000) { _ in "" }, ".xml") { path in
      let adapter = try atom()
      let input = Input(parts: [InputPart(path: path)])
      let schema = try adapter.schema(of: input, context: RunContext())
      var batches = 0
      try adapter.read(input.parts[0], of: input, as: schema, context: RunContext()) { _ in
        batches += 1
        return .stop
      }
      #expect(batches == 1)
    }
  }

  @Test func aHeadThatBreaksOffGivesNoHalfNames() throws {
    let name = "Heel" + String(repeating: "Lange", count: 10) + "Naam_1"
    let text = feed(1_500) { _ in "<d:\(name) m:type=\"Edm.Int32\">1</d:\(name)><d:Naam_2>x</d:Naam_2>" }
    for shift in stride(from: 0, to: 320, by: 20) {
      try withFile(String(repeating: "\n", count: shift) + text, ".xml") { path in
        let schema = try atom().schema(of: Input(parts: [InputPart(path: path)]), context: RunContext())
        #expect(schema.names == ["ID", "RegioS", name, "Naam_2"])
      }
    }
  }

  @Test func textBeyondTheLimit() throws {
    let long = String(repeating: "x", count: 1 << 20)
    for (text, kind) in [("<d:T_1>\(long)</d:T_1>", "no error"), ("<d:T_1>\(long)y</d:T_1>", "error")] {
      try withFile(feed(2) { $0 == 1 ? text : "<d:T_1>a</d:T_1>" }, ".xml") { path in
        let found = message { _ = try readAll(atom { $0.types = types([("T_1", .string)]) }, [path]) }
        if kind == "error" {
          #expect(found.contains("an element or attribute holds more than 1 MiB of text"))
        } else {
          #expect(found == "no error")
        }
      }
    }
  }

  @Test func everyPrefixOfAFeedIsRefused() throws {
    let bytes = Array(feed(2) { _ in "<d:W_1 m:type=\"Edm.Int32\">1</d:W_1>" }.utf8)
    for length in 0..<(bytes.count - 1) {
      try withFile(Array(bytes[..<length]), ".xml") { path in
        let found = message { _ = try readAll(atom(), [path]) }
        #expect(found.contains("not well-formed") || found.contains("is empty"), "\(length): \(found)")
      }
    }
  }
}
