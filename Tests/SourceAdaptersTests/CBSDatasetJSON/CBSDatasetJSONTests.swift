import PipelineKit
import SourceAdapters
import Tabular
import Testing

private let folder = fixtures + "cbs_dataset_json/"
private let csvFolder = fixtures + "cbs_dataset_csv/"

private func json(_ change: (inout CBSDatasetJSON.Options) -> Void = { _ in }) throws -> CBSDatasetJSON {
  var options = CBSDatasetJSON.Options()
  change(&options)
  return try CBSDatasetJSON(options: options, context: RunContext())
}

@Suite struct CBSDatasetJSONTests {
  @Test func typedPagesEqualTheCSV() throws {
    let pages = [folder + "valid_typed_page1.json", folder + "valid_typed_page2.json"]
    let table = try readAll(json(), pages, origin: delivery)
    #expect(table.rowCount == 6)
    #expect(try table == readAll(csv(), [csvFolder + "valid_typed.csv"], origin: delivery))
  }

  @Test func untypedEqualsTheCSVReasonForReason() throws {
    let table = try readAll(json(), [folder + "valid_untyped.json"], origin: delivery)
    #expect(
      try cells(table, "GemiddeldInkomenPerInwoner_6")
        == ["28.5", "25.9", "<unknown>", "<not_applicable>", "<unknown>", "31.25"])
    #expect(try table == readAll(csv(), [csvFolder + "valid_untyped.csv"], origin: delivery))
  }

  @Test func aLastPageThatNamesANextOneIsWarnedAbout() throws {
    let page = folder + "valid_typed_page1.json"
    #expect(try warnings { _ = try readAll(json(), [page], context: $0) }.count == 1)
    #expect(
      try warnings { _ = try readAll(json(), [page, folder + "valid_typed_page2.json"], context: $0) }.isEmpty)
    #expect(
      try warnings { _ = try readAll(json(), [page], context: $0) }[0].hasSuffix(
        "valid_typed_page1.json: names a next page, https://opendata.cbs.nl/ODataApi/odata/84799NED/TypedDataSet?$skip=4, "
          + "but is the last of the files; the table is not complete"))
  }

  @Test func anyOrderEscapesAndMembersThatAreNotAskedFor() throws {
    let path = folder + "valid_other_order.json"
    let table = try readAll(json(), [path], columns: ["ID", "SoortMisdrijf", "Naam_1", "Aantal_2", "Later_3"])
    #expect(try cells(table, "Naam_1") == ["Tom & Jerry \"ë\" 😀\n2/3", "<unspecified>", "<unknown>"])
    #expect(try cells(table, "Aantal_2") == ["1382.0", "-15.0", "<unspecified>"])
    #expect(try cells(table, "SoortMisdrijf") == ["1.1.1", "0.0.0", "<unspecified>"])
    #expect(try cells(table, "Later_3") == ["<unspecified>", "<unspecified>", "x"])
    #expect(table.schema["Aantal_2"]?.origins.first?.table == "47022NED")
    #expect(
      message { _ = try readAll(json(), [path]) }
        == "cbs_dataset_json/valid_other_order.json:1: column \"Extra\": holds a list or an object, which is not supported"
    )
  }

  @Test func answersOfVersion4() throws {
    let table = try readAll(json(), [folder + "valid_v4.json"])
    #expect(table.schema["Value"]?.type == .float64)
    #expect(table.schema["Id"]?.type == .int64)
    #expect(try cells(table, "Value") == ["17081507.0", "72291.0"])
    #expect(try cells(table, "WijkenEnBuurten") == ["NL00", "GM0141"])
  }

  /// What an observation's attribute says is the reason, whether or not anybody asks for the attribute.
  @Test func attributesOfObservations() throws {
    let rows = [
      "1.5, \"StringValue\": null, \"ValueAttribute\": \"None\"",
      "null, \"StringValue\": \"x\", \"ValueAttribute\": \"None\"",
      "null, \"StringValue\": null, \"ValueAttribute\": \"Impossible\"",
      "null, \"StringValue\": null, \"ValueAttribute\": \"Confidential\"",
      "null, \"StringValue\": null, \"ValueAttribute\": \"Missing\"",
      "null, \"StringValue\": null, \"ValueAttribute\": null",
      "null, \"StringValue\": null, \"ValueAttribute\": \"Odd\"",
    ].enumerated().map { "{\"Id\": \($0.offset), \"Measure\": \"M1\", \"Value\": \($0.element)}" }
    let document =
      "{\"@odata.context\": \"https://datasets.cbs.nl/odata/v1/CBS/1/$metadata#Observations\", \"value\": ["
      + rows.joined(separator: ",\n") + "]}"
    try withFile(document, ".json") { path in
      let context = RunContext()
      let table = try readAll(json(), [path], context: context)
      let reasons = ["<not_applicable>", "<not_applicable>", "<suppressed>", "<unknown>", "<unspecified>", "<unknown>"]
      let values = try cells(table, "Value")
      #expect(values == ["1.5"] + reasons)
      let texts = try cells(table, "StringValue")
      #expect(texts == ["<not_applicable>", "x"] + reasons.dropFirst())
      #expect(
        context.warnings == [
          "\(path): the ValueAttribute \"Odd\" is not known; observations without a value that have it are unknown"
        ])
      let part = try readAll(json(), [path], columns: ["Value", "Id"])
      #expect(part.schema.names == ["Value", "Id"])
      let alone = try cells(part, "Value")
      #expect(alone == values)
      let overruled = try cells(readAll(json { $0.markers = markers([("", .notAsked)]) }, [path]), "Value")
      #expect(overruled == ["1.5"] + [String](repeating: "<not_asked>", count: 6))
    }
  }

  @Test func aTopicOfNullsHoldsNumbers() throws {
    let path = folder + "undecided_text_after_the_sample_of_nulls.json"
    let table = try readAll(json(), [path])
    #expect(table.schema["Leeg_1"]?.type == .float64)
    #expect(try readAll(json { $0.types = types([("Leeg_1", .string)]) }, [path]).schema["Leeg_1"]?.type == .string)
  }

  @Test func badInput() throws {
    let expected: [(String, String)] = [
      ("invalid_cut.json:3", "the document ends inside a text; the file is cut off, fetch it again"),
      (
        "invalid_number.json:3",
        "column \"Aantal_1\": cannot read \"1.2.3\" as a number; the adapter's decimal mark is \".\""
      ),
      (
        "invalid_text_in_number.json:3",
        "column \"Aantal_1\": cannot read \"     1,5\" as a number; the adapter's decimal mark is \".\"; set decimal_mark: \",\""
      ),
      ("invalid_twice.json:2", "column \"Aantal_1\": occurs twice in one row"),
      ("invalid_nested.json:2", "column \"Aantal_1\": holds a list or an object, which is not supported"),
      ("invalid_deep.json:1", "lists and objects stand more than 64 deep inside each other"),
      ("invalid_comma.json:1", "is not JSON: found \"\"\" where a comma or \"}\" is expected"),
      ("invalid_surrogate.json:1", "is not JSON: a text holds half of a surrogate pair"),
      (
        "invalid_service.json",
        "is an OData service document, the list of a table's entity sets; fetch the TypedDataSet that it names"
      ),
      (
        "invalid_description.json",
        "is the description of the data set 82045NED, not its data; fetch https://datasets.cbs.nl/csv/CBS/nl/82045NED and "
          + "read it with cbs_odata4"
      ),
      ("invalid_error.json", "is an error message of the server (\"odata.error\"), not data; fetch it again"),
      (
        "invalid_no_value.json",
        "is JSON without a list \"value\" (its members: WijkenEnBuurten, Gemeentenaam_1, SoortRegio_2, ...); "
          + "expected an OData document"
      ),
      ("invalid_no_rows.json", "is an OData document whose list \"value\" is empty; there is nothing to read"),
    ]
    for (place, text) in expected {
      let name = place.prefix { $0 != ":" }
      #expect(message { _ = try readAll(json(), [folder + name]) } == "cbs_dataset_json/\(place): \(text)")
    }
    #expect(
      try withFile("", ".json") { path in message { _ = try readAll(json(), [path]) } }
        .hasSuffix(".json: is empty; expected an OData document in JSON"))
  }

  @Test func everyPrefixIsReadOrRefused() throws {
    let head = try RunContext().head(folder + "valid_other_order.json")
    for length in 0..<head.count {
      try withFile(Array(head[..<length]), ".json") { path in
        let found = message { _ = try readAll(json(), [path]) }
        #expect(found.contains(".json:") || found.contains("is empty"), "\(length): \(found)")
      }
    }
  }

  @Test func longDocumentsInPiecesAndStops() throws {
    var text = "{\"value\":["
    for i in 0..<20_000 {
      text +=
        (i == 0 ? "" : ",\n") + "{\"ID\":\(i),\"RegioS\":\"BU\(i)  \",\"Aantal_1\":\(i % 7 == 0 ? "null" : "\(i).5")}"
    }
    try withFile(text + "]}", ".json") { path in
      let table = try readAll(json(), [path])
      #expect(table.rowCount == 20_000)
      let ids = try cells(table, "ID")
      let values = try cells(table, "Aantal_1")
      let codes = try cells(table, "RegioS")
      for i in 0..<20_000 where ids[i] != "\(i)" || codes[i] != "BU\(i)" {
        Issue.record("row \(i)")
      }
      #expect(values[7] == "<unspecified>" && values[19_998] == "19998.5")
      let input = Input(parts: [InputPart(path: path)])
      let schema = try json().schema(of: input, context: RunContext())
      var batches = 0
      try json().read(input.parts[0], of: input, as: schema, context: RunContext()) { _ in
        batches += 1
        return .stop
      }
      #expect(batches == 1)
    }
    let long = "{\"value\":[{\"A_1\":\"" + String(repeating: "x", count: 1 << 20) + "y\"}]}"
    try withFile(long, ".json") { path in
      #expect(message { _ = try readAll(json(), [path]) }.hasSuffix(":1: a text or name holds more than 1 MiB"))
    }
  }

  @Test func recognition() throws {
    func judge(_ name: String) throws -> Int {
      CBSDatasetJSON.recognise(head: try RunContext().head(folder + name), path: name).confidence
    }
    #expect(try judge("valid_typed_page1.json") == 95)
    #expect(try judge("valid_other_order.json") == 95)
    #expect(try judge("valid_v4.json") == 95)
    #expect(try judge("invalid_description.json") == 50)
    #expect(try judge("invalid_no_value.json") == 10)
    #expect(CBSDatasetJSON.recognise(head: Array("ID;x".utf8), path: "x").confidence == 0)
    #expect(CBSDatasetJSON.recognise(head: [], path: "x").confidence == 0)
  }
}
