import PipelineKit
import SourceAdapters
import Tabular
import Testing

private let folder = fixtures + "xml_records/"
private let place = SourcePosition(file: "test")

private func adapter(
  _ records: String? = nil, _ fields: [(String, String)] = [], _ change: (inout XMLRecords.Options) -> Void = { _ in }
) throws -> XMLRecords {
  var options = XMLRecords.Options()
  options.records = records.map { Located($0, at: place) }
  options.fields = OrderedMap(fields.map { .init(key: $0.0, position: place, value: $0.1) })
  change(&options)
  return try XMLRecords(options: options, context: RunContext())
}

private func described(_ table: Table) -> [String] {
  table.schema.fields.map { "\($0.name) \($0.type.rawValue) \($0.role.rawValue)" }
}

@Suite struct XMLRecordsTests {
  @Test func findsRecordsAndFieldsByItself() throws {
    let table = try readAll(adapter(), [folder + "valid_areas.xml"], origin: delivery)
    #expect(
      described(table) == [
        "indeling_versie string key", "jaar_nr string key", "provincie_code string key",
        "provincie_naam string measure",
        "code string key", "naam string measure", "sinds string measure", "tot string measure",
      ])
    #expect(try cells(table, "jaar_nr") == ["2020", "2020", "2020", "2021"])
    #expect(try cells(table, "provincie_naam") == ["Overijssel", "Overijssel", "Groningen & Ommelanden", "Overijssel"])
    #expect(try cells(table, "code") == ["141", "147", "014", "141"])
    #expect(try cells(table, "naam") == ["Almelo", "Borne", "Groningen", "Almelo"])
    #expect(try cells(table, "sinds") == ["1914-01-01", "1811-01-01", "1811-01-01", "<unspecified>"])
    #expect(try cells(table, "tot") == ["<unspecified>", "<unspecified>", "2030-01-01", "<unspecified>"])
    #expect(table.schema["code"]?.origins.map(\.column) == ["code"])
  }

  @Test func readsThePathsThatAreGiven() throws {
    let fields = [
      ("year", "../../@nr"), ("province", "../@code"), ("code", "@code"), ("until", "@tot"),
      ("version", "../../../@versie"),
    ]
    for records in ["/indeling/jaar/provincie/gemeente", "//gemeente", "//provincie/gemeente"] {
      let table = try readAll(
        adapter(records, fields) {
          $0.types = types([("code", .int64)])
          $0.markers = markers([("2030-01-01", .unknown)])
        }, [folder + "valid_areas.xml"])
      #expect(table.schema.names == fields.map(\.0))
      #expect(try cells(table, "year") == ["2020", "2020", "2020", "2021"])
      #expect(try cells(table, "province") == ["23", "23", "1", "23"])
      #expect(try cells(table, "code") == ["141", "147", "14", "141"])
      #expect(try cells(table, "until") == ["<unspecified>", "<unspecified>", "<unknown>", "<unspecified>"])
      #expect(try cells(table, "version") == ["2", "2", "2", "2"])
    }
  }

  @Test func elementsInsideElements() throws {
    let table = try readAll(
      adapter { $0.markers = markers([("x", .suppressed), ("", .notApplicable)]) }, [folder + "valid_elements.xml"])
    #expect(
      described(table) == [
        "id string measure", "plaats_naam_lang string measure", "plaats_naam string measure",
        "plaats_x float64 measure",
        "waarde_eenheid string measure", "waarde float64 measure", "aantal string key", "noot string measure",
      ])
    #expect(try cells(table, "plaats_naam") == ["Almelo", "Ljouwert café"])
    #expect(try cells(table, "plaats_x") == ["240.5", "182.0"])
    #expect(try cells(table, "waarde") == ["12.25", "<suppressed>"])
    #expect(try cells(table, "aantal") == ["4", "07"])
    #expect(try cells(table, "noot") == ["<gemiddeld>", "<not_applicable>"])
    let dated = try readAll(
      adapter(
        "/lijst/meting", [("noot", "noot"), ("lang", "plaats/naam/@lang"), ("datum", "../datum"), ("eigen", ".")]),
      [folder + "valid_elements.xml"], columns: ["lang", "noot"])
    #expect(try cells(dated, "lang") == ["nl", "fy"])
  }

  @Test func anElementBeforeTheRecords() throws {
    try withFile("<l><g><d>1</d><r a='x'/><r a='y'/><d>2</d><r a='z'/></g><g><r a='w'/></g></l>", ".xml") { path in
      let table = try readAll(adapter("//r", [("d", "../d"), ("a", "@a")]), [path])
      #expect(try cells(table, "d") == ["1", "1", "2", "<unspecified>"])
      #expect(try cells(table, "a") == ["x", "y", "z", "w"])
    }
  }

  @Test func repeatedFields() throws {
    #expect(
      message { _ = try readAll(adapter(), [folder + "valid_repeated.xml"]) }
        == "xml_records/valid_repeated.xml:2: column \"phone\": occurs twice in one record; set join_repeated: \"|\" to "
        + "read all its values as one text, or give records as the path of the inner element")
    let table = try readAll(adapter { $0.joinRepeated = "|" }, [folder + "valid_repeated.xml"])
    #expect(try cells(table, "phone") == ["1|2", "3"])
    let phones = try readAll(
      adapter("//phone", [("phone", "."), ("name", "../name")]), [folder + "valid_repeated.xml"])
    #expect(try cells(phones, "phone") == ["1", "2", "3"])
    #expect(try cells(phones, "name") == ["Ada", "Ada", "Bob"])
  }

  @Test func recordsThatLackFields() throws {
    let table = try readAll(adapter(), [folder + "undecided_later_fields.xml"])
    #expect(try cells(table, "code") == ["1", "2"])
    #expect(try cells(table, "value") == ["1.5", "<unspecified>"])
  }

  @Test func badInput() throws {
    let start = "xml_records/"
    let expected: [(String, String)] = [
      (
        "invalid_cut.xml",
        ":4: is not well-formed XML: Couldn't find end of Start Tag val line 3; the file is cut off or damaged, fetch it again"
      ),
      (
        "invalid_doctype.xml",
        ":2: a DOCTYPE is not allowed: it can pull in other files and blow up memory; take it out, or ask for the file "
          + "without it"
      ),
      (
        "invalid_single.xml",
        ": has no elements that repeat; its root element is \"settings\"; give the path of the rows under \"records\""
      ),
      ("invalid_schema.xml", ": is an XML Schema, which describes documents; it holds no data"),
    ]
    for (name, text) in expected {
      #expect(message { _ = try readAll(adapter(), [folder + name]) } == start + name + text)
    }
    let number = try adapter { $0.types = types([("value", .float64)]) }
    #expect(
      message { _ = try readAll(number, [folder + "invalid_number.xml"]) }
        == "xml_records/invalid_number.xml:4: column \"value\": cannot read \"1,5\" as a number; the adapter's decimal "
        + "mark is \".\"; set decimal_mark: \",\"")
    #expect(
      message { _ = try readAll(adapter("/lijst/regel", [("a", "@a")]), [folder + "invalid_number.xml"]) }
        == "xml_records/invalid_number.xml: has no element /lijst/regel; its root element is \"list\"; correct the path "
        + "under \"records\"")
    #expect(
      message {
        _ = try readAll(adapter { $0.types = types([("cod", .int64)]) }, [folder + "undecided_later_fields.xml"])
      }
        == "xml_records/undecided_later_fields.xml: column \"cod\": the option types names this column, but the records "
        + "have none of that name; did you mean \"code\"?")
    try withFile("", ".xml") { path in #expect(message { _ = try readAll(adapter(), [path]) }.contains("is empty")) }
    try withFile("<l><r><r a='1'/></r></l>", ".xml") { path in
      #expect(message { _ = try readAll(adapter("//r", [("a", "@a")]), [path]) }.contains("stands inside another"))
    }
  }

  @Test func badPaths() {
    let expected: [(String?, String, String)] = [
      ("list/item", "@a", "expected a path from the root such as /list/item, or //item, found \"list/item\""),
      (
        "/list//item", "@a",
        "cannot read the path \"/list//item\"; expected names between slashes, such as item/value, @code, item/@unit, "
          + "../@year"
      ),
      ("/x:list", "@a", "\"/x:list\" has a prefix, \"x:list\"; give local names, they count in any namespace"),
      (
        nil, "a[1]",
        "cannot read the path \"a[1]\"; expected names between slashes, such as item/value, @code, item/@unit, ../@year"
      ),
      (
        nil, "../a/b",
        "\"../a/b\" goes up and down again; outside a record only ../@attribute and ../element can be read"
      ),
      ("/list/item", "../../@a", "\"../../@a\" goes up beyond the root element"),
    ]
    for (records, field, text) in expected {
      #expect(message { _ = try adapter(records, [("a", field)]) } == "test: " + text)
    }
  }

  @Test func emptyListIsAnEmptyTable() throws {
    try withFile("<list></list>", ".xml") { path in
      let table = try readAll(adapter("/list/item", [("a", "@a")]), [path])
      #expect(table.rowCount == 0)
    }
  }

  @Test func aLongDocumentComesInBatchesAndStops() throws {
    var text = "<list>"
    for i in 0..<20_000 { text += "<item code=\"\(i)\"><value>\(i).5</value></item>\n" }
    try withFile(text + "</list>", ".xml") { path in
      let table = try readAll(adapter(), [path])
      guard case .string(let codes) = table.columns[0], case .float64(let values) = table.columns[1] else {
        Issue.record("other column types")
        return
      }
      #expect((0..<20_000).allSatisfy { codes[$0] == "\($0)" && values.values[$0] == Double($0) + 0.5 })
      var batches = 0
      let input = Input(parts: [InputPart(path: path)])
      let schema = try adapter().schema(of: input, context: RunContext())
      try adapter().read(input.parts[0], of: input, as: schema, context: RunContext()) { _ in
        batches += 1
        return .stop
      }
      #expect(batches == 1)
    }
  }

  @Test func recognition() throws {
    func judge(_ name: String) throws -> Recognition {
      XMLRecords.recognise(head: try RunContext().head(folder + name), path: name)
    }
    #expect(try judge("valid_elements.xml") == Recognition(15, "XML with the root element \"lijst\""))
    #expect(try judge("invalid_schema.xml") == Recognition(40, "an XML Schema"))
    #expect(try judge("README.md") == Recognition(0, "not XML"))
  }
}
