import PipelineKit
import SourceAdapters
import Tabular
import Testing

private let folder = fixtures + "delimited/"

private func delimited(_ change: (inout Delimited.Options) -> Void = { _ in }) throws -> Delimited {
  var options = Delimited.Options()
  change(&options)
  return try Delimited(options: options, context: RunContext())
}

private func read(
  _ names: String..., columns: [String]? = nil, change: (inout Delimited.Options) -> Void = { _ in }
) throws -> Table {
  try readAll(delimited(change), names.map { folder + $0 }, columns: columns)
}

private func fields(_ table: Table) -> [String] {
  table.schema.fields.map { "\($0.name) \($0.type.rawValue) \($0.role.rawValue)" }
}

@Suite struct DelimitedTests {
  @Test func semicolonsAndADecimalComma() throws {
    let table = try read("valid_semicolons.csv")
    #expect(
      fields(table) == [
        "gemeente_code string key", "naam string measure", "jaar int64 key", "inwoners float64 measure",
        "dichtheid float64 measure",
      ])
    #expect(try cells(table, "gemeente_code") == ["0141", "0153", "0164"])
    #expect(try cells(table, "naam") == ["Almelo", "Enschede", "Hengelo; \"O\""])
    #expect(try cells(table, "jaar") == ["2020", "2020", "2021"])
    #expect(try cells(table, "inwoners") == ["73107.0", "159640.0", "<unspecified>"])
    #expect(try cells(table, "dichtheid") == ["1084.5", "<unknown>", "1339.25"])
  }

  @Test func commasAndQuotes() throws {
    let table = try read("valid_commas.csv")
    #expect(try cells(table, "name") == ["Almelo, Overijssel", "two\nlines", "5\" pipe"])
    #expect(try cells(table, "rate") == ["12.5", "<unspecified>", "-3.0"])
  }

  @Test func withoutAHeader() throws {
    #expect(
      fields(try read("valid_tabs_no_header.txt"))
        == ["column_1 string measure", "column_2 float64 measure", "column_3 float64 measure"])
    let named = try read("valid_tabs_no_header.txt") { $0.names = ["gemeente_code", "n", "rate"] }
    #expect(try cells(named, "gemeente_code") == ["GM0141", "GM0153"])
    #expect(named.schema["gemeente_code"]?.role == .key)
    let given = try read("valid_semicolons.csv") { $0.names = ["a", "b", "c", "d", "e"] }
    #expect(try cells(given, "a") == ["0141", "0153", "0164"])
    let data = try read("valid_semicolons.csv") { $0.header = .absent }
    #expect(try cells(data, "column_1") == ["gemeente_code", "0141", "0153", "0164"])
  }

  @Test func linesAboveTheTable() throws {
    let table = try read("valid_title_and_comments.csv") {
      $0.comment = "#"
      $0.footer = "Bron:"
    }
    #expect(try cells(table, "code") == ["GM0141", "GM0153"])
    #expect(try cells(table, "aantal") == ["1.0", "2.0"])
    let skipped = try read("valid_title_and_comments.csv", columns: ["aantal"]) {
      $0.comment = "#"
      $0.footer = "Bron:"
      $0.skipLines = 3
    }
    #expect(try cells(skipped, "aantal") == ["1.0", "2.0"])
  }

  @Test func windows1252() throws {
    let table = try read("valid_windows_1252.csv")
    #expect(try cells(table, "naam") == ["Patiëntenhof", "Café €"])
    #expect(
      try read("valid_windows_1252.csv") { $0.encoding = .windows1252 }.columns == table.columns)
    #expect(
      message { _ = try read("valid_windows_1252.csv") { $0.encoding = .utf8 } }
        == "delimited/valid_windows_1252.csv:2: the byte 0xeb is not UTF-8; the file is damaged, or in another encoding"
    )
  }

  /// The same text is a marker in one column and a number in another.
  @Test func markersAndIntervals() throws {
    let table = try read("valid_markers.csv") {
      $0.markers = markers([("-99999999", .unspecified), ("x", .notAsked)])
      $0.columnMarkers = OrderedMap([
        .init(
          key: "afstand_school_km", position: SourcePosition(file: "test"), value: markers([("-1", .unknown)]))
      ])
      $0.intervals = ["kandidaten"]
    }
    #expect(try cells(table, "postcode") == ["7607", "7606", "7605", "7604"])
    #expect(try cells(table, "afstand_school_km") == ["<unknown>", "0.4", "1.2", "<unknown>"])
    #expect(try cells(table, "aantal_inwoners") == ["<unspecified>", "-1.0", "120.0", "<unknown>"])
    #expect(try cells(table, "kandidaten") == ["<suppressed>", "12.0", "<not_asked>", "<suppressed>"])
    #expect(try cells(table, "kandidaten_lower") == ["0.0", "12.0", "<not_asked>", "0.0"])
    #expect(try cells(table, "kandidaten_upper") == ["4.0", "12.0", "<not_asked>", "3.0"])
    let upper = try read("valid_markers.csv", columns: ["kandidaten_upper"]) {
      $0.intervals = ["kandidaten"]
      $0.markers = markers([("x", .notAsked)])
    }
    #expect(try cells(upper, "kandidaten_upper") == ["4.0", "12.0", "<not_asked>", "3.0"])
    #expect(
      message {
        _ = try read("valid_markers.csv") { $0.types = types([("kandidaten", .float64)]) }
      }
        == "delimited/valid_markers.csv:2: column \"kandidaten\": cannot read \"<5\" as a number; the adapter's decimal mark "
        + "is \".\"; if the text stands for a missing value, name it under markers; if the column holds text, set types: "
        + "{kandidaten: string}")
  }

  @Test func namesThatOccurTwice() throws {
    let table = try read("valid_repeated_names.csv")
    #expect(table.schema.names == ["Id", "Title", "column_3", "Id_2", "Title_2"])
    #expect(try cells(table, "Title_2") == ["c"])
  }

  @Test func aHeaderOfYears() throws {
    #expect(try read("valid_years_wide.csv").schema.names == ["regio", "2015", "2016"])
  }

  @Test func undecided() throws {
    #expect(
      try read("undecided_years_without_header.csv").schema.names == ["Almelo", "2015", "x"])
    let without = try read("undecided_years_without_header.csv") { $0.header = .absent }
    #expect(try cells(without, "column_2") == ["2015.0", "2016.0"])
    #expect(try cells(read("undecided_grouping.csv"), "inwoners") == ["73.107", "159.64"])
    let grouped = try read("undecided_grouping.csv") {
      $0.groupingMark = CharacterOption(UInt8(ascii: ","))
      $0.decimalMark = .point
    }
    #expect(try cells(grouped, "inwoners") == ["73107.0", "159640.0"])
    #expect(try cells(read("undecided_numeric_codes.csv"), "wijk") == ["14110.0", "14110.0"])
    let text = try read("undecided_numeric_codes.csv") { $0.types = types([("wijk", .string)]) }
    #expect(try cells(text, "wijk") == ["14110", "14110"])
  }

  @Test func severalParts() throws {
    let text = "naam,aantal_x\nb,2\n"
    try withFile(text, ".csv") { path in
      try withFile("aantal_x;naam\n1,5;a\n", ".csv") { other in
        let table = try readAll(delimited(), [path, other])
        #expect(try cells(table, "naam") == ["b", "a"])
        #expect(try cells(table, "aantal_x") == ["2.0", "1.5"])
      }
      try withFile("naam;anders\na;1\n", ".csv") { other in
        let found = message { _ = try readAll(delimited(), [other, path]) }
        #expect(
          found.hasSuffix(".csv:1: column \"aantal_x\": is missing from the header; there are: naam, anders"),
          "\(found)")
      }
    }
  }

  @Test(arguments: [
    ("invalid_empty.csv", "is empty; expected a table of text"),
    ("invalid_too_few_fields.csv:3", "found 2 fields, expected 3 as in the header"),
    (
      "invalid_footer.csv:4",
      "found 1 field, expected 2 as in the header; if the data end here, name the start of this line as footer"
    ),
    (
      "invalid_late_text.csv:1004",
      "column \"a\": cannot read \"onbekend\" as a number; the adapter's decimal mark is \".\"; if the text stands for a missing value, name it under markers; if the column holds text, set types: {a: string}"
    ),
    (
      "invalid_open_quote.csv:3",
      "the file ends inside a quoted field, in the record that starts here; the file is cut off, or a quote is missing"
    ),
    (
      "invalid_stray_quote.csv:2",
      "text stands behind the closing quote of a field; a quote in a quoted field is written twice (\"\")"
    ),
    (
      "invalid_nul.csv:2",
      "column \"b\": the cell \"x\\u{0}y\" holds a NUL byte; the file is damaged, or not a text file"
    ),
    (
      "invalid_mixed_encodings.csv:3",
      "the byte 0xe9 is not UTF-8, but characters before it are; the file mixes two encodings, convert it to UTF-8"
    ),
  ]) func badInput(place: String, text: String) {
    let name = String(place.prefix { $0 != ":" })
    #expect(message { _ = try read(name) } == "delimited/\(place): \(text)")
  }

  /// As many columns as there may be are looked up in one go: one by one among all of them took minutes.
  @Test func aLineOfSeparators() throws {
    let line = String(repeating: "1,", count: 16_383) + "2\n"
    let (spent, table) = try withFile(line + line, ".csv") { path in
      let start = ContinuousClock.now
      let table = try readAll(delimited(), [path])
      return (ContinuousClock.now - start, table)
    }
    #expect(table.schema.count == 16_384 && table.rowCount == 2)
    #expect(try cells(table, "column_16384") == ["2.0", "2.0"])
    #expect(spent < .seconds(30), "\(spent)")
    let wider = "1," + line + "1," + line
    let text = try withFile(Array(wider.utf8), ".csv") { path in
      message { _ = try readAll(delimited(), [path]) }
    }
    #expect(text.hasSuffix(".csv:1: has 16385 columns, more than 16384; is it a table, and the separator right?"))
  }

  @Test func optionsThatDoNotFit() throws {
    #expect(
      message { _ = try read("valid_semicolons.csv") { $0.types = types([("nam", .string)]) } }
        == "delimited/valid_semicolons.csv: column \"nam\": the option types names this column, but the file has none of "
        + "that name; did you mean \"naam\"?")
    #expect(
      message { _ = try read("valid_semicolons.csv") { $0.names = ["a"] } }
        == "delimited/valid_semicolons.csv:1: the option names lists 1 columns, the file has 5")
    #expect(message { _ = try delimited { $0.skipLines = -1 } }.hasSuffix("skip_lines is -1, expected 0 to 100000"))
    #expect(message { _ = try delimited { $0.names = ["a", "a"] } }.hasSuffix("names lists \"a\" twice"))
  }

  @Test func recognition() throws {
    func judge(_ name: String) throws -> Recognition {
      Delimited.recognise(head: try RunContext().head(folder + name), path: name)
    }
    #expect(
      try judge("valid_semicolons.csv") == Recognition(40, "5 columns between semicolons, decimal comma, a header"))
    #expect(
      Delimited.recognise(
        head: Array("Bevolking\nStand 1 januari\n\ncode;aantal\nGM0141;1\nGM0153;2\n".utf8), path: "x")
        == Recognition(40, "2 columns between semicolons, decimal point, a header, 3 lines above it"))
    #expect(
      try judge("valid_tabs_no_header.txt") == Recognition(40, "3 columns between tabs, decimal point, no header"))
    #expect(
      Delimited.recognise(head: Array("<feed/>".utf8), path: "x")
        == Recognition(0, "starts with \"<\": XML or JSON, not delimited text"))
    #expect(
      Delimited.recognise(head: Array("\"TableInfos\"\r\nID;Title\r\n".utf8), path: "x")
        == Recognition(
          0,
          "the metadata of a CBS table, in sections (TableInfos, DataProperties, a list for each dimension)"))
    #expect(Delimited.recognise(head: [0, 1, 2, 3], path: "x").confidence == 0)
    #expect(Delimited.recognise(head: Array("PAR1".utf8) + [0], path: "x").confidence == 0)
  }

  /// The dialect is shown by `peil inspect`.
  @Test func inspection() throws {
    let catalog = PluginCatalog(sources: [CBSDatasetCSV.self, Delimited.self], transforms: [], sinks: [])
    let found = try Inspection(
      folder + "valid_windows_1252.csv", adapter: "delimited", options: [("types", "{aantal: string}")], rows: 1,
      catalog: catalog)
    let lines = found.text.split(separator: "\n").map { $0.split(separator: fixtures).joined() }
    #expect(
      Array(lines.prefix(5)) == [
        "delimited/valid_windows_1252.csv: delimited (named on the command line)",
        "dialect: 2 columns between bars, decimal point, a header",
        "warning: delimited/valid_windows_1252.csv:2: the byte 0xeb is not UTF-8; the file is read as Windows-1252",
        "2 rows, 2 columns", "missing cells: none",
      ])
    let seen = try Inspection(
      folder + "valid_semicolons.csv", adapter: nil, options: [], rows: 1, catalog: catalog)
    #expect(seen.adapter == "delimited")
  }
}
