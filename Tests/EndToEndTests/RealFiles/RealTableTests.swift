import PipelineTesting
import BuiltinPlugins
import PipelineKit
import Tabular
import Testing

/// Every real file, opened as `peil inspect` opens it, in one table.
@Suite(.enabled(if: RealFiles.isThere)) struct RealFilesTableTests {
  /// A file as `peil inspect` shows it, or the line in which it is refused.
  private struct Entry {
    var file: String
    var found: Inspection?
    var refusal = ""

    init(_ file: String) {
      self.file = file
      do {
        found = try Inspection(RealFiles.folder + "/" + file, adapter: nil, options: [], rows: 1, catalog: .builtin)
      } catch { refusal = "\(error)" }
    }

    /// File, adapter, rows, columns, missing cells by reason.
    var cells: [String] {
      guard let found else { return [file, "-", "", "", "not data: " + reason] }
      let missing = found.missing.sorted { $0.key < $1.key }.map { "\($0.key.label) \($0.value)" }
      return [
        file, found.adapter, String(found.rowCount), String(found.schema.count),
        missing.isEmpty ? "none" : missing.joined(separator: ", "),
      ]
    }

    /// The refusal without the file's own path.
    var reason: String {
      let path = RealFiles.folder + "/" + file + ":"
      guard refusal.hasPrefix(path) else { return refusal }
      return String(refusal.dropFirst(path.count).drop { "0123456789:".contains($0) }.dropFirst())
    }
  }

  private static let entries = Files.all(RealFiles.folder).filter { !isOurs($0) }.map { Entry($0) }

  /// Notes of people beside the data.
  private static func isOurs(_ file: String) -> Bool { file.hasSuffix(".md") || file.hasSuffix("SHA256SUMS") }

  /// Numbers stand at the right of their column, text at the left.
  private static func aligned(_ rows: [[String]]) -> String {
    let widths = (0..<5).map { i in rows.map { $0[i].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { i, cell in
        let blanks = String(repeating: " ", count: widths[i] - cell.count)
        return i == 2 || i == 3 ? blanks + cell : i == 4 ? cell : cell + blanks
      }
      return cells.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  /// Files whose rows, columns and missing cells were counted with Python (csv, ElementTree, json): a `.` is unknown, an
  /// empty cell what its format says.
  private static let known: [(file: String, cells: [String])] = [
    ("duo/duo_examen_raw_all.csv", ["duo_csv", "12782", "52", "suppressed 99220"]),
    ("geo/Buurt_2014_layer_q1e3.topojson", ["geojson", "11691", "12", "none"]),
    ("geo/gemeente_gegeneraliseerd_2024_rd.geojson", ["geojson", "342", "14", "none"]),
    (
      "kwb/kwb-2020_84799NED_TypedDataSet_NL.csv",
      ["cbs_dataset_csv", "17341", "118", "unknown 3967, unspecified 1198028"]
    ),
    ("odata3-atom/84799NED_DataProperties.atom.xml", ["cbs_dataset_atom", "157", "13", "unspecified 490"]),
    (
      "odata3-atom/84799NED_TypedDataSet_Almelo_page1.atom.xml",
      ["cbs_dataset_atom", "50", "118", "unknown 12, unspecified 3410"]
    ),
    (
      "odata3-atom/84799NED_TypedDataSet_Almelo_page2.atom.xml",
      ["cbs_dataset_atom", "32", "118", "unknown 4, unspecified 2206"]
    ),
    ("odata3-atom/84799NED_UntypedDataSet_Almelo.atom.xml", ["cbs_dataset_atom", "82", "118", "unknown 5632"]),
    ("odata3-atom/84799NED_WijkenEnBuurten_Almelo.atom.xml", ["cbs_dataset_atom", "82", "5", "unspecified 3"]),
    ("odata3-atom/politie_47022NED_TypedDataSet_2entries.xml", ["cbs_dataset_atom", "2", "5", "unspecified 1"]),
    ("odata3-csv/03759ned_UntypedDataSet_05022020_161839.csv", ["cbs_dataset_csv", "6912", "7", "unknown 594"]),
    ("odata3-csv/80305ned_UntypedDataSet_31012020_124042.csv", ["cbs_dataset_csv", "156", "128", "unknown 6132"]),
    ("odata3-csv/81901NED_UntypedDataSet_24102017_212134.csv", ["cbs_dataset_csv", "208", "4", "none"]),
    ("odata3-csv/83958NED_TypedDataSet_19062020_173530.csv", ["cbs_dataset_csv", "2501", "9", "none"]),
    ("odata4-csv/82045NED/Dimensions.csv", ["delimited", "4", "10", "unspecified 13"]),
    ("odata4-csv/82045NED/NationaliteitCodes.csv", ["delimited", "19", "6", "unspecified 15"]),
    ("odata4-csv/82045NED/Observations.csv", ["cbs_odata4", "4275", "9", "not_applicable 4275"]),
    ("odata4-csv/82045NED/Properties.csv", ["delimited", "1", "25", "unspecified 1"]),
    ("odata4-csv/83765NED_MeasureCodes.csv", ["delimited", "103", "10", "unspecified 120"]),
    ("odata4-csv/83765NED_WijkenEnBuurtenCodes.csv", ["delimited", "16667", "6", "unspecified 16440"]),
    ("regions/almelo_regiocodes_2014-2024.csv", ["delimited", "88", "6", "unspecified 42"]),
    ("regions/gemeentelijke-indeling.xml", ["xml_records", "17430", "7", "unspecified 16982"]),
    (
      "rivm/rivm_50090NED_2012_18plus_UntypedDataSet.csv",
      ["cbs_dataset_csv", "17341", "43", "not_applicable 260115, unknown 17200"]
    ),
    (
      "rivm/rivm_50090NED_2016_18plus_UntypedDataSet.csv",
      ["cbs_dataset_csv", "17341", "43", "not_applicable 138728, unknown 21897"]
    ),
    (
      "rivm/rivm_50090NED_2020_18plus_UntypedDataSet.csv",
      ["cbs_dataset_csv", "17341", "43", "not_applicable 52023, unknown 24608"]
    ),
    ("sdmx/ECB_EXR_1_M.USD.EUR.SP00.A.xml", ["sdmx_ml", "252", "16", "none"]),
    ("sdmx/ECB_EXR_ng-ts.xml", ["sdmx_ml", "12", "14", "none"]),
    ("sdmx/ESTAT_NAMA_10_GDP-ss.xml", ["sdmx_ml", "4", "6", "none"]),
    ("statline/DonorRegister_data.csv", ["statline_csv", "63", "5", "unknown 7"]),
    (
      "statline/Kerncijfers_wijken_en_buurten_2015_legacy-export_Amsterdam.csv",
      ["statline_csv", "106", "11", "unknown 28"]
    ),
    ("statline/Laag_inkomen__huishoudenskenmerken_regio_03062025_164145.csv", ["statline_csv", "25", "12", "none"]),
    ("statline/SES_WOA_scores_per_wijk_en_buurt_25042023_160857.csv", ["statline_csv", "579", "10", "unknown 450"]),
  ]

  /// Files without data, and what is said of them.
  private static let refused = [
    "metadata/D-83841NED.json": "is the description of the data set 83841NED, not its data; fetch ",
    "metadata/cbs.v3.84799NED_ColDescriptions.json": "is JSON without a list \"value\"",
    "odata3-atom/ODataFeed_81162eng_service.xml": "is an OData service document, ",
    "odata3-atom/catalogue_service_index.xml": "is the OData service document of a catalogue, ",
    "odata4-csv/82045NED/D-82045NED.json": "is the description of the data set 82045NED, not its data; fetch ",
    "odata4-csv/82045NED/LinkProvenances.csv": "is a list of links of an OData v4 download, not its observations; ",
    "odata4-csv/82045NED/LinkRelatedSources.csv": "is a list of links of an OData v4 download, not its observations; ",
    "regions/gemeentelijke-indeling.xsd": "is an XML Schema, which describes documents; it holds no data",
    "sdmx/ESTAT_footer.xml": "is a message without a data set; the sender says, under code 413 ",
  ]

  @Test func everyFileOpensOrSaysWhyNot() throws {
    let entries = Self.entries
    print(Self.aligned([["file", "adapter", "rows", "columns", "missing cells"]] + entries.map(\.cells)))
    print("\(entries.count) files, \(entries.count { $0.found != nil }) of them data")
    for entry in entries {
      if let found = entry.found {
        #expect(!found.reason.isEmpty && found.schema.count > 0, "\(entry.file)")
        #expect(Self.refused[entry.file] == nil, "\(entry.file)")
      } else {
        let text = try #require(Self.refused[entry.file], "\(entry.file): \(entry.refusal)")
        #expect(entry.reason.hasPrefix(text) && !entry.refusal.contains("\n"), "\(entry.file): \(entry.refusal)")
      }
    }
    for (file, cells) in Self.known {
      let entry = try #require(entries.first { $0.file == file }, "\(file) is not there")
      #expect(Array(entry.cells.dropFirst()) == cells, "\(file)")
    }
  }
}
