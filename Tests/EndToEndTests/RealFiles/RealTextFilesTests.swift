import BuiltinPlugins
import PipelineKit
import Tabular
import Testing

/// Real text files of all kinds: the adapter is found from the content, and known figures come out.
@Suite(.enabled(if: RealFiles.isThere)) struct RealTextFilesTests {
  private static let folders = [
    "duo", "kwb", "odata3-csv", "odata4-csv", "odata4-csv/82045NED", "regions", "rivm", "statline",
  ]

  /// The adapter of each file whose format is not that of OData v4, by a part of its path.
  private static let expected = [
    ("duo/duo_examen", "duo_csv"), ("kwb/", "cbs_dataset_csv"), ("odata3-csv/03759ned_metadata", "cbs_metadata_csv"),
    ("odata3-csv/83958NED_metadata", "cbs_metadata_csv"), ("odata3-csv/81901NED_metadata", "cbs_metadata_csv"),
    ("odata3-csv/", "cbs_dataset_csv"), ("regions/", "delimited"), ("rivm/", "cbs_dataset_csv"),
    ("odata4-csv/82045NED/Observations", "cbs_odata4"),
    ("statline/", "statline_csv"),
  ]

  /// Every CSV file is opened without an option, or refused in one line.
  @Test(arguments: folders) func everyFileFindsItsAdapter(folder: String) throws {
    let names = Files.names(RealFiles.folder + "/" + folder).filter { $0.contains(".csv") }
    for name in names {
      let path = RealFiles.folder + "/" + folder + "/" + name
      do {
        let found = try Inspection(path, adapter: nil, options: [], rows: 1, catalog: .builtin)
        let missing = found.missing.sorted { $0.key < $1.key }.map { "\($0.key.label) \($0.value)" }
        print(
          "\(folder)/\(name): \(found.adapter) (\(found.reason)), \(found.rowCount) rows, \(found.schema.count) columns, "
            + "missing: \(missing.isEmpty ? "none" : missing.joined(separator: ", "))")
        if let known = Self.expected.first(where: { "\(folder)/\(name)".hasPrefix($0.0) }) {
          #expect(found.adapter == known.1, "\(folder)/\(name)")
        }
        #expect(!found.reason.isEmpty)
      } catch {
        print("\(folder)/\(name): \(error)")
        // Of a download of OData v4, some files hold no data: that is said in one line.
        #expect(folder.hasPrefix("odata4-csv") && !"\(error)".contains("\n"), "\(folder)/\(name): \(error)")
      }
    }
  }

  @Test func theOldTableOfKeyFiguresOf2015() throws {
    let table = try RealFiles.read(RealFiles.named("legacy-export", in: "statline"), "statline_csv")
    #expect(table.rowCount == 106)
    #expect(table.missingSummary == "unknown 28")
    #expect(table.schema.names.first == "Wijken en buurten")
    let income = "Inkomen/Inkomen van personen/Gemiddeld inkomen per inkomensontvanger"
    let names = try table.texts("Wijken en buurten")
    let row = try #require(names.firstIndex(of: "Haarlemmerbuurt"))
    #expect(try table.numbers(income)[row] == 41.8)
    #expect(names.last == "Driemond")
    #expect(table.schema[income]?.label == "Gemiddeld inkomen per inkomensontvanger")
  }

  @Test func statisticalSymbols() throws {
    let scores = try RealFiles.read(RealFiles.named("SES_WOA", in: "statline"), "statline_csv")
    #expect(scores.rowCount == 579 && scores.missingSummary == "unknown 450")
    #expect(try scores.texts("Regiocode (gemeente, wijk, buurt) (code)").first == "GM0363")
    #expect(try scores.numbers("SES-WOA/Totaalscore/Gemiddelde score").first == -0.1)
    #expect(scores.schema["Opleidingsniveau/Laag/Waarde"]?.unit == "%")
    let donors = try RealFiles.read(RealFiles.named("DonorRegister", in: "statline"), "statline_csv")
    #expect(donors.rowCount == 63)
    #expect(try donors.texts("Perioden_status").count { $0 == "provisional" } == 7)
    #expect(try donors.texts("Perioden").count { $0?.hasSuffix("*") ?? true } == 0)
  }

  @Test func examsOfDUO() throws {
    let paths = RealFiles.named("duo_examen", in: "duo")
    let table = try RealFiles.read(paths, "duo_csv")
    #expect(table.rowCount == 12_782 && table.schema.count == 52)
    let towns = try table.texts("GEMEENTENAAM")
    #expect(towns.count { $0 == "ALMELO" } == 105)
    let suppressed = table.columns.reduce(0) { sum, column in
      sum + (column.missing?.reasons.count { $0 == MissingReason.suppressed.rawValue } ?? 0)
    }
    #expect(suppressed == 99_220)
    let bounds = try readTable(paths, "duo_csv", "{bounds: true}")
    let name = "EXAMENKANDIDATEN SCHOOLJAAR 2019-2020 - MAN"
    let (values, lower, upper) = try (
      bounds.reasons(name), bounds.numbers(name + "_lower"), bounds.numbers(name + "_upper")
    )
    for (row, reason) in values.enumerated() where reason == .suppressed {
      #expect(lower[row] == 0 && upper[row] == 4)
    }
    #expect(try bounds.numbers(name).count { $0 != nil } + values.count { $0 == .suppressed } == 12_782)
  }
}
