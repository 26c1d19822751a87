import PipelineKit
import SourceAdapters
import Tabular
import Testing

private let folder = fixtures + "statline_csv/"

private func read(
  _ name: String, columns: [String]? = nil, change: (inout StatLineCSV.Options) -> Void = { _ in }
) throws -> Table {
  var options = StatLineCSV.Options()
  change(&options)
  return try readAll(
    try StatLineCSV(options: options, context: RunContext()), [folder + name], origin: delivery, columns: columns)
}

@Suite struct StatLineCSVTests {
  @Test func symbols() throws {
    let table = try read("valid_symbols.csv")
    #expect(
      table.schema.fields.map { "\($0.name)|\($0.type.rawValue)|\($0.role.rawValue)|\($0.unit)|\($0.label)" } == [
        "Perioden|string|key||", "Perioden_status|string|measure||", "Wijken en buurten|string|key||",
        "Regiocode (gemeente, wijk, buurt) (code)|string|key||", "Huishoudens|float64|measure|Aantal|",
        "Opleiding/Laag/Waarde|float64|measure|%|Opleiding / Laag / Waarde",
        "Opleiding/Hoog/Waarde|float64|measure|%|Opleiding / Hoog / Waarde",
        "Energie/Appartement (kWh)|float64|measure|kWh|Energie / Appartement",
        "Energie/Appartement (m3)|float64|measure|m3|Energie / Appartement",
      ])
    #expect(table.schema["Opleiding/Laag/Waarde"]?.origins.first?.column == "Opleiding/Laag/Waarde (%)")
    #expect(try cells(table, "Perioden") == ["2021", "2022", "2023"])
    #expect(try cells(table, "Perioden_status") == ["final", "provisional", "revised_provisional"])
    #expect(
      try cells(table, "Regiocode (gemeente, wijk, buurt) (code)") == ["GM0141", "WK014110", "BU01411000"])
    #expect(try cells(table, "Wijken en buurten") == ["Almelo", "Binnenstad", "Kern; \"oud\""])
    #expect(try cells(table, "Huishoudens") == ["33000.0", "<unknown>", "10026773.0"])
    #expect(try cells(table, "Opleiding/Laag/Waarde") == ["25.5", "<not_applicable>", "25.0"])
    #expect(try cells(table, "Opleiding/Hoog/Waarde") == ["20.1", "<suppressed>", "21.0"])
    #expect(try cells(table, "Energie/Appartement (kWh)") == ["2000.0", "-0.1", "1990.0"])
  }

  @Test func someColumns() throws {
    let table = try read("valid_symbols.csv", columns: ["Energie/Appartement (m3)", "Perioden_status"])
    #expect(table.schema.names == ["Energie/Appartement (m3)", "Perioden_status"])
    #expect(try cells(table, "Energie/Appartement (m3)") == ["900.0", "905.0", "<unknown>"])
    #expect(try cells(table, "Perioden_status") == ["final", "provisional", "revised_provisional"])
  }

  @Test func oldTable() throws {
    let table = try read("valid_old_table.csv")
    #expect(
      table.schema.fields.map { "\($0.name)|\($0.role.rawValue)|\($0.unit)|\($0.label)" } == [
        "Wijken en buurten|key||", "Inkomen/Personen/Ontvangers|measure|aantal|Ontvangers",
        "Inkomen/Personen/Gemiddeld inkomen|measure|1 000 euro|Gemiddeld inkomen",
        "Inkomen/Huishoudens/Laagste 40%|measure|%|Laagste 40%",
      ])
    #expect(try cells(table, "Wijken en buurten") == ["Almelo", "Binnenstad"])
    #expect(try cells(table, "Inkomen/Personen/Ontvangers") == ["55000.0", "<not_applicable>"])
    #expect(try cells(table, "Inkomen/Personen/Gemiddeld inkomen") == ["23.7", "41.8"])
    #expect(try cells(table, "Inkomen/Huishoudens/Laagste 40%") == ["<unknown>", "48.3"])
  }

  @Test func markersOverrule() throws {
    let table = try read("valid_symbols.csv") { $0.markers = markers([("x", .notAsked), ("", .unspecified)]) }
    #expect(try cells(table, "Opleiding/Hoog/Waarde") == ["20.1", "<not_asked>", "21.0"])
    #expect(try cells(table, "Opleiding/Laag/Waarde") == ["25.5", "<unspecified>", "25.0"])
  }

  @Test func undecided() throws {
    let table = try read("undecided_dimension_with_brackets.csv")
    #expect(table.schema.names == ["Perioden", "Perioden_status", "Leeftijd (op 31 december)", "Totaal"])
    #expect(try cells(table, "Leeftijd (op 31 december)") == ["15 jaar"])
  }

  @Test func headerOnly() throws {
    try withFile("\"Perioden\";\"A/B (%)\"\r\n", ".csv") { path in
      let adapter = try StatLineCSV(options: StatLineCSV.Options(), context: RunContext())
      let table = try readAll(adapter, [path])
      #expect(table.schema.names == ["Perioden", "Perioden_status", "A/B"])
      #expect(table.rowCount == 0)
    }
  }

  @Test(arguments: [
    (
      "invalid_two_dimensions.csv:3",
      "expected \"Onderwerp\" alone behind the dimensions, found Onderwerp, Perioden; make the table again with the "
        + "topics as its only columns"
    ),
    ("invalid_cut.csv:4", "the file ends above the row of units"),
    (
      "invalid_no_topics.csv:1",
      "no column of topics: expected a header such as \"Onderwerp (eenheid)\" above numbers padded to 8 characters"
    ),
  ]) func badInput(place: String, text: String) {
    let name = String(place.prefix { $0 != ":" })
    #expect(message { _ = try read(name) } == "statline_csv/\(place): \(text)")
  }

  @Test func aCellThatIsNoNumber() throws {
    #expect(
      message { _ = try read("invalid_number.csv") }
        == "statline_csv/invalid_number.csv:3: column \"Totaal\": cannot read \"   25..5\" as a number; the adapter's decimal "
        + "mark is \".\"")
  }

  @Test func recognition() throws {
    func judge(_ name: String) throws -> Recognition {
      StatLineCSV.recognise(head: try RunContext().head(folder + name), path: name)
    }
    #expect(
      try judge("valid_symbols.csv")
        == Recognition(90, "StatLine's CSV with statistical symbols: 5 topics with units"))
    #expect(
      try judge("valid_old_table.csv")
        == Recognition(96, "a table of the old StatLine: \"Kerncijfers 2015\", 3 topics, a row of units"))
    #expect(try judge("invalid_no_topics.csv").confidence == 0)
    #expect(StatLineCSV.recognise(head: Array("ID;Topic_1\n0;1\n".utf8), path: "x").confidence == 0)
  }
}
