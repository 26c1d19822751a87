import Parquet
import PipelineKit
import PipelineTesting
import SourceAdapters
import Tabular
import Testing

/// The contract of source adapters, on every adapter.
@Suite struct ConformanceTests {
  @Test func csv() {
    let trial = SourceConformance(
      CBSDatasetCSV.self, file: fixtures + "cbs_dataset_csv/valid_untyped.csv", reasons: [.unknown, .notApplicable],
      large: {
        var text = "\"ID\";\"WijkenEnBuurten\";\"Inwoners_1\";\"Aandeel_2\"\r\n"
        for row in 0..<40_000 {
          text += "\"\(row)\";\"BU\(10_000_000 + row % 900)\";\"\(row * 7 % 1000)\";\"\(row % 100).5\"\r\n"
        }
        return Array(text.utf8)
      })
    #expect(trial.violations() == [])
  }

  @Test func delimited() {
    let trial = SourceConformance(
      Delimited.self, file: fixtures + "delimited/valid_semicolons.csv", reasons: [.unknown, .unspecified],
      large: {
        let rows = (0..<40_000).map { "0\($0 % 900);name \($0 % 50);\($0 * 7 % 1000);\($0 % 100),5\n" }
        return Array(("code;name;count;share\n" + rows.joined()).utf8)
      })
    #expect(trial.violations() == [])
  }

  @Test func statLine() {
    let trial = SourceConformance(
      StatLineCSV.self, file: fixtures + "statline_csv/valid_symbols.csv",
      reasons: [.unknown, .notApplicable, .suppressed],
      large: {
        let rows = (0..<40_000).map {
          "\"2022*\";\"area \($0 % 900)\";\"  \(100_000 + $0)\";\"    \(10 + $0 % 90).5\"\r\n"
        }
        return Array(("\"Perioden\";\"Gebied\";\"Inwoners (Aantal)\";\"Aandeel (%)\"\r\n" + rows.joined()).utf8)
      })
    #expect(trial.violations() == [])
  }

  @Test func oldStatLine() {
    let trial = SourceConformance(
      StatLineCSV.self, file: fixtures + "statline_csv/valid_old_table.csv", reasons: [.unknown, .notApplicable])
    #expect(trial.violations() == [])
  }

  @Test func duo() {
    let trial = SourceConformance(
      DUOCSV.self, options: "{bounds: true}", file: fixtures + "duo_csv/valid_exams.csv",
      reasons: [.unknown, .unspecified, .suppressed],
      large: {
        let rows = (0..<40_000).map { "\"00A\($0 % 10)\";\"\($0 % 10 == 0 ? "<5" : "\($0 % 300)")\"\r\n" }
        return Array(("\"BRIN NUMMER\";\"LEERLINGEN\"\r\n" + rows.joined()).utf8)
      })
    #expect(trial.violations() == [])
  }

  @Test func atom() {
    let trial = SourceConformance(
      CBSDatasetAtom.self, file: fixtures + "cbs_dataset_atom/valid_untyped.xml", reasons: [.unknown, .notApplicable],
      large: {
        let data = "http://schemas.microsoft.com/ado/2007/08/dataservices"
        var text =
          "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:d=\"\(data)\" "
          + "xmlns:m=\"\(data)/metadata\">\n"
        for row in 0..<25_000 {
          text +=
            "<entry><content type=\"application/xml\"><m:properties><d:ID m:type=\"Edm.Int32\">\(row)</d:ID>"
            + "<d:RegioS>GM\(1000 + row % 400)</d:RegioS><d:Inwoners_1 m:type=\"Edm.Int32\">\(row * 7 % 1000)</d:Inwoners_1>"
            + "</m:properties></content></entry>\n"
        }
        return Array((text + "</feed>\n").utf8)
      })
    #expect(trial.violations() == [])
  }

  @Test func parquet() throws {
    let origin = [Origin(producer: "Peil", table: "conformance", column: "x")]
    let table = try Table(
      schema: Schema([
        Field("code", .string, origins: origin), Field("share", .float64, unit: "%", origins: origin),
        Field("count", .int64, origins: origin),
      ]),
      columns: [
        .string(StringColumn(["a", "b", nil, "d"], reason: .unknown)),
        .float64(
          Float64Column([1.5, 0, 2.5, 3], missing: MissingMask(reasons: [0, MissingReason.suppressed.rawValue, 0, 0]))),
        .int64(Int64Column([1, 2, 3, 4])),
      ])
    try withFile(ParquetWriter.encode(table.withStatusColumns(always: true)), ".parquet") { path in
      let trial = SourceConformance(
        ParquetSource.self, file: path, format: .binary, reasons: [.unknown, .suppressed], capabilities: [.noticesCuts])
      #expect(trial.violations() == [])
    }
  }

  @Test func cbsJSON() {
    let trial = SourceConformance(
      CBSDatasetJSON.self, file: fixtures + "cbs_dataset_json/valid_untyped.json", reasons: [.unknown, .notApplicable],
      large: {
        var text = "{\"odata.metadata\": \"https://x/$metadata#Cbs.OData.WebAPI.TypedDataSet\", \"value\": ["
        for row in 0..<25_000 {
          text += row == 0 ? "\n" : ",\n"
          text += "{\"ID\": \(row), \"RegioS\": \"GM\(1000 + row % 400)\", \"Inwoners_1\": \(row * 7 % 1000)}"
        }
        return Array((text + "]}\n").utf8)
      })
    #expect(trial.violations() == [])
  }

  @Test func cbsMetadata() throws {
    // Without line ends inside cells, so that other line ends change no cell.
    let text = """
      "TableInfos"
      "ID";"Title"
      "0";"made up"
      "DataProperties"
      "ID";"Position";"ParentID";"Type";"Key";"Title";"Unit";"Decimals"
      "0";"0";;"GeoDetail";"WijkenEnBuurten";"Wijken en buurten";;
      "1";;;"TopicGroup";"";"Bevolking";;
      "2";"1";"1";"Topic";"AantalInwoners_4";"Aantal inwoners één";"aantal";"0"

      """
    try withFile(text, ".csv") { path in
      let trial = SourceConformance(
        CBSMetadataCSV.self, options: "{section: DataProperties}", file: path, reasons: [.unspecified])
      #expect(trial.violations() == [])
    }
  }

  @Test func cbsOData4() {
    let trial = SourceConformance(
      CBSOData4.self, file: fixtures + "cbs_odata4/valid_other_order.csv", reasons: [],
      large: {
        var text = "Id;Measure;RegioS;Perioden;Value;StringValue;ValueAttribute\r\n"
        for row in 0..<40_000 { text += "\(row);M0002;GM\(1000 + row / 40);\(1980 + row % 40)JJ00;\(row),5;;None\r\n" }
        return Array(text.utf8)
      })
    #expect(trial.violations() == [])
  }

  @Test func geoJSON() {
    let trial = SourceConformance(
      GeoJSON.self, file: fixtures + "geojson/valid_areas.geojson", reasons: [.unspecified, .unknown, .undefined],
      large: {
        var text = "{\"type\": \"FeatureCollection\", \"features\": [\n"
        for i in 0..<25_000 {
          text += "{\"type\": \"Feature\", \"properties\": {\"code\": \"\(i)\", \"v\": \(i).5}, "
          text += "\"geometry\": {\"type\": \"Point\", \"coordinates\": [5.\(i), 52]}}\(i == 24_999 ? "" : ",")\n"
        }
        return Array((text + "]}\n").utf8)
      })
    #expect(trial.violations() == [])
  }

  @Test func gml() {
    let trial = SourceConformance(
      GML.self, file: fixtures + "gml/valid_areas.gml", reasons: [.unspecified, .unknown, .undefined],
      large: {
        var text = "<gml:FeatureCollection xmlns:gml=\"http://www.opengis.net/gml/3.2\">\n"
        for i in 0..<25_000 {
          text +=
            "<gml:member><a gml:id=\"\(i)\"><v>\(i).5</v><g><gml:Point srsName=\"EPSG:28992\"><gml:pos>\(i) 1</gml:pos>"
          text += "</gml:Point></g></a></gml:member>\n"
        }
        return Array((text + "</gml:FeatureCollection>\n").utf8)
      })
    #expect(trial.violations() == [])
  }

  @Test func sdmx() {
    let trial = SourceConformance(
      SDMXML.self, file: fixtures + "sdmx_ml/valid_generic_series.xml",
      reasons: [.notApplicable, .unknown, .unspecified, .suppressed],
      large: {
        let base = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/"
        var text = "<?xml version=\"1.0\"?>\n<m:StructureSpecificData xmlns:m=\"\(base)message\"><m:DataSet>\n"
        for series in 0..<50 {
          text += "<Series AREA=\"GM\(1000 + series)\">\n"
          for year in 0..<500 { text += "<Obs TIME_PERIOD=\"\(1500 + year)\" OBS_VALUE=\"\(year).5\"/>\n" }
          text += "</Series>\n"
        }
        return Array((text + "</m:DataSet></m:StructureSpecificData>\n").utf8)
      })
    #expect(trial.violations() == [])
  }

  @Test func singer() {
    let trial = SourceConformance(
      Singer.self, file: fixtures + "singer/valid_messages.jsonl", reasons: [.unspecified],
      large: {
        var text =
          "{\"type\":\"SCHEMA\",\"stream\":\"a\",\"key_properties\":[\"id\"],\"schema\":{\"properties\":"
          + "{\"id\":{\"type\":\"integer\"},\"v\":{\"type\":\"number\"}}}}\n"
        for i in 0..<25_000 {
          text += "{\"type\":\"RECORD\",\"stream\":\"a\",\"record\":{\"id\":\(i),\"v\":\(i).5}}\n"
        }
        return Array(text.utf8)
      })
    #expect(trial.violations() == [])
  }

  @Test func xmlRecords() {
    let trial = SourceConformance(
      XMLRecords.self, file: fixtures + "xml_records/valid_areas.xml", reasons: [.unspecified],
      large: {
        var text = "<list>\n"
        for i in 0..<25_000 { text += "<area code=\"\(i)\"><name>n\(i % 7)</name><v>\(i).5</v></area>\n" }
        return Array((text + "</list>\n").utf8)
      })
    #expect(trial.violations() == [])
  }
}
