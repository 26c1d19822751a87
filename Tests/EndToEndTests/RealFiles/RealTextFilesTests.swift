import BuiltinPlugins
import PipelineKit
import Tabular
import Testing

/// Real text files of all kinds: known figures come out.
@Suite(.enabled(if: RealFiles.isThere)) struct RealTextFilesTests {
  @Test func theOldTableOfKeyFiguresOf2015() throws {
    let table = try readTable(RealFiles.named("legacy-export", in: "statline"), "statline_csv")
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
    let scores = try readTable(RealFiles.named("SES_WOA", in: "statline"), "statline_csv")
    #expect(scores.rowCount == 579 && scores.missingSummary == "unknown 450")
    #expect(try scores.texts("Regiocode (gemeente, wijk, buurt) (code)").first == "GM0363")
    #expect(try scores.numbers("SES-WOA/Totaalscore/Gemiddelde score").first == -0.1)
    #expect(scores.schema["Opleidingsniveau/Laag/Waarde"]?.unit == "%")
    let donors = try readTable(RealFiles.named("DonorRegister", in: "statline"), "statline_csv")
    #expect(donors.rowCount == 63)
    #expect(try donors.texts("Perioden_status").count { $0 == "provisional" } == 7)
    #expect(try donors.texts("Perioden").count { $0?.hasSuffix("*") ?? true } == 0)
  }

  @Test func examsOfDUO() throws {
    let paths = RealFiles.named("duo_examen", in: "duo")
    let table = try readTable(paths, "duo_csv")
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
