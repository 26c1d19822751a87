import PipelineKit
import PipelineTesting
import SourceAdapters
import Tabular
import Testing

private let folder = fixtures + "cbs_odata4/"

private func name(_ text: String) -> Located { Located(text, at: SourcePosition(file: "p.yml", line: 4, column: 13)) }

private func adapter(_ shape: CBSOData4.Shape, _ change: (inout CBSOData4.Options) -> Void = { _ in }) throws
  -> CBSOData4
{
  var options = CBSOData4.Options()
  options.shape = shape
  change(&options)
  return try CBSOData4(options: options, context: RunContext())
}

/// The files of the whole download: Observations.csv, and beside it MeasureCodes.csv, MeasureGroups.csv, Dimensions.csv,
/// RegioSCodes.csv, RegioSGroups.csv, PeriodenCodes.csv, Properties.csv, LinkProvenances.csv.
private let income = folder + "valid_income"

@Suite struct CBSOData4Tests {
  @Test(arguments: ["valid_income", "valid_income/Observations.csv", "valid_income.zip"])
  func long(path: String) throws {
    let table = try readAll(adapter(.long), [folder + path])
    #expect(
      table.schema.names == ["Id", "Measure", "RegioS", "Perioden", "Value", "StringValue", "ValueAttribute"])
    #expect(table.rowCount == 8)
    #expect(table.schema["RegioS"]?.label == "Regio's" && table.schema["RegioS"]?.role == .key)
    #expect(
      try cells(table, "Value") == [
        "24.6", "25.0", "<not_applicable>", "-3.25", "<suppressed>", "<unknown>", "<not_applicable>", "<unspecified>",
      ])
    #expect(try cells(table, "StringValue")[6] == "stedelijk; \"matig\"")
    #expect(
      try cells(table, "StringValue")[0] == "<not_applicable>" && cells(table, "StringValue")[7] == "<unspecified>")
    #expect(try cells(table, "Id").last == "7")
  }

  @Test(arguments: ["valid_income", "valid_income.zip"]) func wide(path: String) throws {
    let context = RunContext(threads: 2)
    let origin = Origin(producer: "CBS")
    let table = try readAll(adapter(.wide), [folder + path], origin: origin, context: context)
    #expect(table.schema.names == ["RegioS", "Perioden", "M000224", "1050010_2", "T000001"])
    #expect(try cells(table, "RegioS") == ["GM0141", "GM0141", "GM0153", "GM0153"])
    #expect(try cells(table, "Perioden") == ["2022JJ00", "2023JJ00", "2022JJ00", "2023JJ00"])
    #expect(try cells(table, "M000224") == ["24.6", "25.0", "<not_applicable>", "<unspecified>"])
    #expect(try cells(table, "1050010_2") == ["-3.25", "<unspecified>", "<suppressed>", "<unknown>"])
    #expect(
      try cells(table, "T000001") == ["stedelijk; \"matig\"", "<unspecified>", "<unspecified>", "<unspecified>"])
    let field = try #require(table.schema["1050010_2"])
    #expect(field.label == "Inkomen / Huishoudens / Gemiddeld" && field.unit == "%" && field.decimals == 2)
    #expect(table.schema["T000001"]?.label == "Stedelijkheid")
    #expect(
      field.origins == [Origin(producer: "CBS", table: "99999NED", column: "1050010_2", vintage: "2023-05-12")])
    #expect(context.warnings == [])
  }

  @Test func everyTitleHasItsGroupsBeforeItWhenAskedFor() throws {
    let folder = TemporaryFolder()
    folder.write("Observations.csv", "Id;Measure;RegioS;Value;ValueAttribute\n0;M1;GM0141;5;None\n1;M2;GM0141;6;None\n")
    folder.write(
      "MeasureCodes.csv",
      "Identifier;MeasureGroupId;Index;Title;Description;DataType;Unit;Decimals;PresentationType\n"
        + "M1;2;1;Jongeren;;Double;aantal;0;\nM2;;2;Ouderen;;Double;aantal;0;\n")
    folder.write("MeasureGroups.csv", "Id;Index;Title;Description;ParentId\n1;1;Bevolking;;\n2;1;Leeftijd;;1\n")
    for (isAsked, title) in [(false, "Jongeren"), (true, "Bevolking / Leeftijd / Jongeren")] {
      let wide = try readAll(adapter(.wide) { $0.topicPaths = isAsked }, [folder.path])
      #expect(wide.schema["M1"]?.label == title && wide.schema["M2"]?.label == "Ouderen")
      let long = try adapter(.long) {
        $0.topicPaths = isAsked
        $0.labels = [name("Measure")]
      }
      #expect(try cells(readAll(long, [folder.path]), "Measure_label") == [title, "Ouderen"])
    }
  }

  @Test func options() throws {
    let chosen = try adapter(.wide) {
      $0.measures = [name("1050010_2"), name("M000224")]
      $0.labels = [name("RegioS"), name("Perioden")]
      $0.absent = .notAsked
      $0.attributes = OrderedMap([
        .init(key: "Missing", position: SourcePosition(file: "p.yml"), value: .notAsked)
      ])
    }
    let table = try readAll(chosen, [income])
    #expect(
      table.schema.names == [
        "RegioS", "RegioS_label", "Perioden", "Perioden_label", "Perioden_state", "1050010_2", "M000224",
      ])
    #expect(try cells(table, "RegioS_label") == ["Almelo", "Almelo", "Enschede", "Enschede"])
    #expect(try cells(table, "Perioden_state") == ["Definitief", "Voorlopig", "Definitief", "Voorlopig"])
    #expect(try cells(table, "1050010_2") == ["-3.25", "<not_asked>", "<suppressed>", "<not_asked>"])
    // A selection of columns in another order is read alike.
    let some = try readAll(chosen, [income], columns: ["M000224", "Perioden_label"])
    #expect(try cells(some, "M000224") == cells(table, "M000224"))
    #expect(try cells(some, "Perioden_label") == ["2022", "2023*", "2022", "2023*"])
    let long = try adapter(.long) {
      $0.measures = [name("T000001")]
      $0.labels = [name("Measure")]
    }
    let texts = try readAll(long, [income])
    #expect(try cells(texts, "Measure_label") == ["Stedelijkheid", "Stedelijkheid"])
    #expect(try cells(texts, "Id") == ["6", "7"])
  }

  @Test func observationsAlone() throws {
    let table = try readAll(adapter(.wide), [folder + "valid_other_order.csv"])
    #expect(table.schema.names == ["Perioden", "RegioS", "M1", "M2"])
    #expect(try cells(table, "RegioS") == ["GM0141", "GM0153"])
    #expect(try cells(table, "M1") == ["1.5", "3.0"] && cells(table, "M2") == ["2.5", "4.0"])
    let texts = try readAll(adapter(.wide), [folder + "undecided_text.csv"])
    #expect(try cells(texts, "M1") == ["1", "laag"])
    let long = try readAll(adapter(.long), [folder + "valid_other_order.csv"])
    #expect(try cells(long, "Value") == ["1.5", "2.5", "3.0", "4.0"])
    #expect(try cells(long, "RegioS") == ["GM0141", "GM0141", "GM0153", "GM0153"])
  }

  @Test(arguments: [CBSOData4.Shape.long, .wide]) func attributes(shape: CBSOData4.Shape) throws {
    let file = folder + "undecided_attributes.csv"
    var column: [String] = []
    let said = try warnings { context in
      let table = try readAll(adapter(shape), [file], context: context)
      column = try cells(table, shape == .long ? "Value" : "M1")
    }
    #expect(column == ["1.0", "<unknown>", "<unspecified>"])
    #expect(
      said == [
        "\(file): 1 observations have a value and the ValueAttribute \"Provisional\"; the values are kept",
        "\(file): the ValueAttribute \"Provisional\" is not known; observations without a value that have it are unknown; "
          + "say what it means under attributes",
        "\(file): the ValueAttribute \"Vervallen\" is not known; observations without a value that have it are unknown; "
          + "say what it means under attributes",
      ])
  }

  @Test(arguments: [CBSOData4.Shape.long, .wide]) func mistakes(shape: CBSOData4.Shape) throws {
    let expected: [(String, String)] = [
      ("invalid_empty.csv", "is empty; expected the observations of an OData v4 download"),
      (
        "invalid_no_measure.csv:1",
        "column \"Measure\": is missing from the header; expected the Observations.csv of an OData v4 download; "
          + "there are: Id, Maat, RegioS, Value"
      ),
      ("invalid_column_twice.csv:1", "column \"RegioS\": occurs twice in the header"),
      (
        "invalid_links.csv:1",
        "is a list of links of an OData v4 download, not its observations; name Observations.csv or the folder"
      ),
      ("invalid_fields.csv:3", "found 6 fields, expected 7 as in the header"),
      (
        "invalid_number.csv:3",
        "column \"Value\": cannot read \"1.5\" as a number; the adapter's decimal mark is \",\"; set decimal_mark: \".\""
      ),
      ("invalid_no_code.csv:3", "column \"RegioS\": is empty; every observation must have a code here"),
      (
        "invalid_quote.csv:3",
        "a quote stands inside a field or is never closed, in the record that starts here; "
          + "a quote in a quoted field is written twice (\"\")"
      ),
      (
        "invalid_cut.csv:3",
        "a quote stands inside a field or is never closed, in the record that starts here; "
          + "a quote in a quoted field is written twice (\"\")"
      ),
      (
        "invalid_mixed/Observations.csv:1",
        "Dimensions.csv names RegioS, which the observations lack: the folder mixes two downloads; "
          + "unpack each one in a folder of its own"
      ),
      (
        "invalid_count/Observations.csv",
        "holds 1 observations, but Properties.csv states 8 for 99999NED: the download broke off, or the folder mixes two; "
          + "fetch it again, or set complete: false"
      ),
    ]
    for (place, text) in expected {
      let file = place.prefix { $0 != ":" }
      let found = message { _ = try readAll(adapter(shape), [folder + file]) }
      #expect(found == "cbs_odata4/\(place): \(text)")
    }
    let whatever = try readAll(adapter(shape) { $0.complete = false }, [folder + "invalid_count"])
    #expect(whatever.rowCount == 1)
  }

  @Test func mistakesOfWideTables() throws {
    let expected: [(String, String)] = [
      (
        "invalid_twice.csv:4",
        "column \"M1\": has a second observation for RegioS GM0141, Perioden 2022JJ00; "
          + "read the table with shape: long to see both"
      ),
      (
        "invalid_text/Observations.csv:3",
        "column \"StringValue\": the measure M000224 holds numbers, but here the text \"laag\"; "
          + "its DataType in MeasureCodes.csv should be String"
      ),
      (
        "invalid_measure/Observations.csv:2",
        "column \"Measure\": the measure \"M1\" is not among those of MeasureCodes.csv or, without that file, of the first "
          + "256 KiB; the folder mixes two downloads, or the measures must be named under measures"
      ),
    ]
    for (place, text) in expected {
      let file = place.prefix { $0 != ":" }
      #expect(message { _ = try readAll(adapter(.wide), [folder + file]) } == "cbs_odata4/\(place): \(text)")
    }
    let wrong = message { _ = try readAll(adapter(.wide) { $0.measures = [name("M000225")] }, [income]) }
    #expect(
      wrong
        == "cbs_odata4/valid_income/Observations.csv: column \"M000225\": the option measures names this measure, but "
        + "MeasureCodes.csv does not; did you mean \"M000224\"?")
    #expect(
      message { _ = try adapter(.wide) { $0.measures = [name("M1"), name("M1")] } }
        == "p.yml:4:13: the measure \"M1\" is named twice")
  }

  /// A file of many pieces, one with quotes, in which rows return: as a naive pivot of the same observations.
  @Test(arguments: [1, 2], [false, true]) func manyPieces(threads: Int, isQuoted: Bool) throws {
    var text = "Id;Measure;Geslacht;RegioS;Value;StringValue;ValueAttribute\r\n"
    var expected: [String: [String: Double]] = [:]
    var order: [String] = []
    var id = 0
    for measure in 0..<7 {
      for region in 0..<1_500 {
        for sex in ["1100", "3000   ", "A-very-long-code-of-24b"] where (measure + region) % 11 != 0 {
          let value = Double((id * 7_919) % 100_003) / 8
          let key = "\(sex.split(separator: " ")[0]) GM\(region)"
          if expected[key] == nil { order.append(key) }
          expected[key, default: [:]]["M\(measure)"] = value
          let shown = "\(value)".split(separator: ".").joined(separator: ",")
          let padding = String(repeating: "0", count: id % 37)
          text +=
            isQuoted && id % 5 == 0
            ? "\(id);M\(measure);\"\(sex)\";GM\(region);\"\(padding)\(shown)\";;\"None\"\r\n"
            : "\(id);M\(measure);\(sex);GM\(region);\(padding)\(shown);;None\r\n"
          id += 1
        }
      }
    }
    try #require(text.utf8.count > 1 << 20)
    let chosen = try adapter(.wide) { $0.measures = (0..<7).map { name("M\($0)") } }
    let table = try withFile(text, ".csv") { path in
      try readAll(chosen, [path], context: RunContext(threads: threads))
    }
    let (sexes, regions) = (try cells(table, "Geslacht"), try cells(table, "RegioS"))
    #expect(zip(sexes, regions).map { "\($0) \($1)" } == order)
    for measure in 0..<7 {
      let column = try cells(table, "M\(measure)")
      for (row, key) in order.enumerated() {
        let wanted = expected[key]?["M\(measure)"].map { "\($0)" } ?? "<unspecified>"
        guard column[row] != wanted else { continue }
        Issue.record("M\(measure) of \(key): \(column[row]) instead of \(wanted)")
        break
      }
    }
  }

  /// Bytes changed, left out or doubled at random: a table or an error with the file's name, the same in two readings.
  @Test func damage() throws {
    var state: UInt64 = 20_240_101
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    let marks = Array("\";,\r\n\0\u{FF}9- ".utf8)
    let whole = try RunContext().head(income + "/Observations.csv", count: 1 << 16)
    for _ in 0..<60 {
      var bytes = whole
      for _ in 0...next(3) {
        let place = next(bytes.count)
        switch next(4) {
        case 0: bytes[place] = marks[next(marks.count)]
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(bytes[next(bytes.count)], at: place)
        default: bytes.removeSubrange(place..<min(place + next(30), bytes.count))
        }
        if bytes.isEmpty { bytes = whole }
      }
      try withFile(bytes, ".csv") { path in
        for shape in [CBSOData4.Shape.long, .wide] {
          var outcomes: [String] = []
          for threads in [1, 2] {
            let reader = try adapter(shape)
            do throws(SourceError) {
              var rows = 0
              let input = Input(parts: [InputPart(path: path)])
              let context = RunContext(threads: threads)
              let schema = try reader.schema(of: input, context: context)
              try reader.read(input.parts[0], of: input, as: schema, context: context) { batch in
                for column in batch.table.columns { column.checkInvariants() }
                rows += batch.table.rowCount
                return .more
              }
              outcomes.append("\(rows) rows")
            } catch {
              outcomes.append(error.description)
              #expect(error.file == path && !error.message.isEmpty)
            }
          }
          #expect(outcomes[0] == outcomes[1])
        }
      }
    }
  }

  @Test func recognition() throws {
    func judge(_ name: String) throws -> Int {
      CBSOData4.recognise(head: try RunContext().head(folder + name), path: name).confidence
    }
    #expect(try judge("valid_income/Observations.csv") == 98)
    #expect(try judge("valid_other_order.csv") == 98)
    #expect(try judge("invalid_links.csv") == 60)
    #expect(try judge("valid_income/MeasureCodes.csv") == 0)
  }
}
