import PipelineKit
import SourceAdapters
import Tabular
import Testing

private let folder = fixtures + "cbs_dataset_csv/"

@Suite struct CBSDatasetCSVTests {
  @Test func typedDataSet() throws {
    let table = try readAll(csv(), [folder + "valid_typed.csv"], origin: delivery)
    #expect(table.rowCount == 6)
    #expect(
      table.schema.fields.map { "\($0.name) \($0.type.rawValue) \($0.role.rawValue)" } == [
        "ID int64 key", "WijkenEnBuurten string key", "Gemeentenaam_1 string measure", "SoortRegio_2 string measure",
        "IndelingswijzigingWijkenEnBuurten_3 string measure", "AantalInwoners_4 float64 measure",
        "GemiddeldeHuishoudensgrootte_5 float64 measure", "GemiddeldInkomenPerInwoner_6 float64 measure",
        "MeestVoorkomendePostcode_7 string measure",
      ])
    #expect(try cells(table, "ID") == ["0", "1", "2", "3", "4", "5"])
    #expect(
      try cells(table, "WijkenEnBuurten") == ["NL00", "GM0141", "WK014110", "BU01411000", "BU01411001", "BU01412002"])
    #expect(try cells(table, "Gemeentenaam_1") == ["Nederland", "Almelo", "Almelo", "Almelo", "Almelo", "Almelo"])
    #expect(
      try cells(table, "IndelingswijzigingWijkenEnBuurten_3") == ["<unknown>", "<unknown>", "1", "1", "2", "3"])
    #expect(try cells(table, "AantalInwoners_4") == ["17407585.0", "73107.0", "3610.0", "1265.0", "0.0", "-5.0"])
    #expect(
      try cells(table, "GemiddeldInkomenPerInwoner_6")
        == ["28.5", "25.9", "<unspecified>", "<unspecified>", "<unspecified>", "31.25"])
    #expect(
      try cells(table, "MeestVoorkomendePostcode_7")
        == ["<unknown>", "<unknown>", "<unknown>", "7607", "7607", "<unknown>"])
    #expect(
      table.schema["AantalInwoners_4"]?.origins == [
        Origin(
          producer: "CBS", table: "84799NED", column: "AantalInwoners_4", vintage: "2021-03-26", licence: "CC BY 4.0")
      ])
  }

  @Test func untypedDataSetKeepsTheTwoReasonsApart() throws {
    let table = try readAll(csv(), [folder + "valid_untyped.csv"])
    #expect(
      try cells(table, "GemiddeldInkomenPerInwoner_6")
        == ["28.5", "25.9", "<unknown>", "<not_applicable>", "<unknown>", "31.25"])
    #expect(try cells(table, "AantalInwoners_4") == ["17407585.0", "73107.0", "3610.0", "1265.0", "0.0", "-5.0"])
    #expect(table.schema["MeestVoorkomendePostcode_7"]?.type == .string)
    #expect(table.schema["IndelingswijzigingWijkenEnBuurten_3"]?.type == .string)
    #expect(table.schema["ID"]?.origins == [])
    let forced = try readAll(csv { $0.markers = markers([("", .notAsked)]) }, [folder + "valid_untyped.csv"])
    #expect(try cells(forced, "GemiddeldInkomenPerInwoner_6")[3] == "<not_asked>")
    let typed = try readAll(csv { $0.dataset = .typed }, [folder + "valid_untyped.csv"])
    #expect(try cells(typed, "GemiddeldInkomenPerInwoner_6")[3] == "<unspecified>")
  }

  @Test func mixedDialect() throws {
    let adapter = try csv {
      $0.decimalMark = .comma
      $0.groupingMark = CharacterOption(UInt8(ascii: "."))
      $0.markers = markers([(".", .unknown), ("x", .suppressed), ("", .notApplicable)])
      $0.footer = "©"
    }
    let table = try readAll(adapter, [folder + "valid_mixed_comma.csv"])
    #expect(table.rowCount == 3)
    #expect(
      try cells(table, "RegioNaam_1") == ["Nederland", "De Riet; verspreide huizen \"Het Loo\"", "Patiëntenhof"])
    #expect(try cells(table, "AantalInwoners_2") == ["17407585.0", "<unknown>", "<not_applicable>"])
    #expect(try cells(table, "PercentageJeugdzorg_3") == ["9.5", "<suppressed>", "-0.5"])
    #expect(try cells(table, "MediaanVermogen_4") == ["1052177.5", "<not_applicable>", "<unknown>"])
  }

  @Test func lineEndsAndSecondPart() throws {
    let table = try readAll(
      csv(), [folder + "valid_line_ends.csv", folder + "valid_columns_in_other_order.csv"],
      columns: ["Aantal_2", "Perioden"])
    #expect(try cells(table, "Aantal_2") == ["1.0", "2.0", "3.0", "4.0"])
    #expect(try cells(table, "Perioden") == ["2020JJ00", "2021JJ00", "2022JJ00", "2023JJ00"])
    let text = try readAll(csv(), [folder + "valid_line_ends.csv"], columns: ["Toelichting_1"])
    #expect(
      try cells(text, "Toelichting_1") == ["eerste regel\ntweede regel", "met \"aanhaling\"", "<unspecified>"])
    #expect(
      message {
        _ = try readAll(csv(), [folder + "valid_line_ends.csv", folder + "valid_columns_in_other_order.csv"])
      }
        == "cbs_dataset_csv/valid_line_ends.csv:1: column \"Extra_3\": is missing from the header; "
        + "there are: ID, Perioden, Toelichting_1, Aantal_2")
  }

  @Test func otherEncodings() throws {
    #expect(try cells(readAll(csv(), [folder + "valid_windows_1252.csv"]), "Naam_1") == ["goed", "Patiëntenhof"])
    #expect(try readAll(csv(), [folder + "valid_utf16.csv"]).schema.names == ["ID", "Naam_1"])
  }

  @Test func codesThatLookLikeNumbers() throws {
    let path = folder + "undecided_codes_that_look_like_numbers.csv"
    let table = try readAll(csv(), [path])
    #expect(try cells(table, "Gemeente") == ["0141", "0153"])
    #expect(try cells(table, "Klasse_1") == ["1.0", "2.0"])
    let text = try readAll(csv { $0.types = types([("Klasse_1", .string), ("ID", .float64)]) }, [path])
    #expect(try cells(text, "Klasse_1") == ["1", "2"])
    #expect(try cells(text, "ID") == ["0.0", "1.0"])
    #expect(
      message { _ = try readAll(csv { $0.types = types([("Klase_1", .string)]) }, [path]) }
        == "cbs_dataset_csv/undecided_codes_that_look_like_numbers.csv:1: column \"Klase_1\": the option types names "
        + "this column, but the file has none of that name; did you mean \"Klasse_1\"?")
  }

  @Test func blanksAreKeptWhenAsked() throws {
    let table = try readAll(csv { $0.trim = false }, [folder + "valid_typed.csv"])
    #expect(try cells(table, "WijkenEnBuurten")[0] == "NL00      ")
    #expect(try cells(table, "MeestVoorkomendePostcode_7")[0] == "<unknown>")
  }

  @Test func badInput() throws {
    let q = "\""
    let expected: [(String, String)] = [
      (
        "invalid_number.csv:5",
        "column \"AantalInwoners_5\": cannot read \"34,1,2\" as a number; the adapter's decimal mark is \".\""
      ),
      (
        "invalid_decimal_mark.csv:3",
        "column \"PercentageJeugdzorg_1\": cannot read \"12,5\" as a number; the adapter's decimal mark is \".\"; set decimal_mark: \",\""
      ),
      (
        "invalid_text_in_number.csv:1102",
        "column \"Aantal_1\": cannot read \"onbekend\" as a number; the adapter's decimal mark is \".\"; if the text stands for a missing value, name it under markers; if the column holds text, set types: {Aantal_1: string}"
      ),
      ("invalid_too_few_fields.csv:3", "found 2 fields, expected 3 as in the header"),
      ("invalid_too_many_fields.csv:3", "found 5 fields, expected 3 as in the header"),
      (
        "invalid_unnamed_footer.csv:3",
        "found 1 field, expected 3 as in the header; if the data end here, name the start of this line as footer"
      ),
      (
        "invalid_cut_in_quotes.csv:3",
        "the file ends inside a quoted field that starts here; the file is cut off, or a quote is missing"
      ),
      (
        "invalid_cut_in_record.csv:3",
        "the file ends in the middle of a record: found 2 fields, expected 3 as in the header"
      ),
      (
        "invalid_stray_quote.csv:3",
        "a quote stands inside a field; a quote in a quoted field is written twice (\(q)\(q)), and a field with quotes is quoted"
      ),
      (
        "invalid_nul.csv:2",
        "column \"Naam_1\": the cell \"go\\u{0}ed\" holds a NUL byte; the file is damaged, or not a text file"
      ),
      ("invalid_column_twice.csv:1", "column \"Aantal_1\": occurs twice in the header; rename one of them"),
      ("invalid_separator.csv:1", "the first line has no \";\" between its fields; set separator: \",\""),
      ("invalid_metadata.csv:1", "is the metadata file of a CBS table, not its data; name the file with the data set"),
      ("invalid_empty.csv", "is empty; expected a first line with the column names, then the data"),
    ]
    for (place, text) in expected {
      let name = place.prefix { $0 != ":" }
      #expect(message { _ = try readAll(csv(), [folder + name]) } == "cbs_dataset_csv/\(place): \(text)")
    }
  }

  @Test func missingColumnNamesTheNearest() throws {
    let path = folder + "valid_typed.csv"
    let input = Input(parts: [InputPart(path: path)])
    let wanted = try Schema([Field("AantalInwoners_5", .float64)])
    let text = message {
      try csv().read(input.parts[0], of: input, as: wanted, context: RunContext()) { _ in .more }
    }
    #expect(
      text == "cbs_dataset_csv/valid_typed.csv:1: column \"AantalInwoners_5\": is missing from the header; "
        + "did you mean \"AantalInwoners_4\"?")
  }

  @Test func optionsThatContradictEachOther() throws {
    let position = SourcePosition(file: "p.yml", line: 4, column: 20)
    func option(_ text: String) throws -> CharacterOption {
      try CharacterOption(option: SpecNode(.scalar(text, quoted: true), at: position))
    }
    #expect(
      message { _ = try csv { $0.groupingMark = (try? option(".")) ?? CharacterOption(0) } }
        == "p.yml:4:20: grouping_mark is also the decimal mark or the separator; give it another character")
    #expect(
      message { _ = try option(";;") } == "p.yml:4:20: expected one character such as \";\", or tab, found \";;\"")
    #expect(try option("tab").byte == 9)
  }

  @Test func recognition() throws {
    func judge(_ name: String) throws -> Int {
      CBSDatasetCSV.recognise(head: try RunContext().head(folder + name), path: name).confidence
    }
    #expect(try judge("valid_typed.csv") == 95)
    #expect(try judge("valid_columns_in_other_order.csv") == 70)
    #expect(CBSDatasetCSV.recognise(head: Array("a;b\n1;2\n".utf8), path: "x").confidence == 30)
    #expect(CBSDatasetCSV.recognise(head: Array("<feed/>".utf8), path: "x").confidence == 0)
    #expect(CBSDatasetCSV.recognise(head: [], path: "x").confidence == 0)
  }
}
