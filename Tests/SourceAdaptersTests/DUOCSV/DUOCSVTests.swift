import PipelineKit
import SourceAdapters
import Tabular
import Testing

private let folder = fixtures + "duo_csv/"
private let candidates = "KANDIDATEN SCHOOLJAAR 2019-2020 - MAN"
private let passed = "SLAAGPERC SCHOOLJAAR 2019-2020 - MAN"

private func adapter(_ change: (inout DUOCSV.Options) -> Void = { _ in }) throws -> DUOCSV {
  var options = DUOCSV.Options()
  change(&options)
  return try DUOCSV(options: options, context: RunContext())
}

private func read(_ name: String, columns: [String]? = nil, change: (inout DUOCSV.Options) -> Void = { _ in }) throws
  -> Table
{
  try readAll(adapter(change), [folder + name], columns: columns)
}

@Suite struct DUOCSVTests {
  @Test func codesStayTextAndIntervalsAreMissing() throws {
    let table = try read("valid_exams.csv")
    #expect(
      table.schema.fields.map { "\($0.name) \($0.type.rawValue) \($0.role.rawValue) \($0.unit)" } == [
        "INSTELLINGSCODE string key ", "VESTIGINGSCODE string key ", "INSTELLINGSNAAM VESTIGING string key ",
        "INSPECTIECODE string key ", "\(candidates) float64 measure ", "\(passed) float64 measure %",
      ])
    #expect(try cells(table, "INSTELLINGSCODE") == ["00AH", "0123", "01AB", "02AB"])
    #expect(try cells(table, "INSPECTIECODE") == ["50", "51", "52", "53"])
    #expect(try cells(table, candidates) == ["<suppressed>", "11.0", "<unspecified>", "0.0"])
    #expect(try cells(table, passed) == ["100.0", "90.9", "<unknown>", "<suppressed>"])
  }

  @Test func bounds() throws {
    let table = try read("valid_exams.csv") { $0.hasBounds = true }
    #expect(table.schema.count == 4 + 3 * 2)
    #expect(try cells(table, candidates) == ["<suppressed>", "11.0", "<unspecified>", "0.0"])
    #expect(try cells(table, candidates + "_lower") == ["0.0", "11.0", "<unspecified>", "0.0"])
    #expect(try cells(table, candidates + "_upper") == ["4.0", "11.0", "<unspecified>", "0.0"])
    let upper = try read("valid_exams.csv", columns: [candidates + "_upper"]) { $0.hasBounds = true }
    #expect(upper.schema.count == 1)
    #expect(try cells(upper, candidates + "_upper") == ["4.0", "11.0", "<unspecified>", "0.0"])
  }

  @Test func undecided() throws {
    let table = try read("undecided_only_intervals.csv") { $0.hasBounds = true }
    #expect(table.schema.names == ["BRIN NUMMER", "LEERLINGEN", "LEERLINGEN_lower", "LEERLINGEN_upper"])
    #expect(try cells(table, "LEERLINGEN_upper") == ["4.0"])
  }

  @Test func badInput() throws {
    #expect(
      message { _ = try read("invalid_too_few_fields.csv") }.hasPrefix(
        "duo_csv/invalid_too_few_fields.csv:2: found 1 field, expected 2 as in the header"))
    let rows = String(repeating: "\"00AH\";\"5\"\r\n", count: 2_000)
    try withFile("\"BRIN NUMMER\";\"LEERLINGEN\"\r\n" + rows + "\"00AH\";\"<vijf\"\r\n", ".csv") { path in
      let found = message { _ = try readAll(adapter(), [path]) }
      #expect(found.contains(".csv:2002: column \"LEERLINGEN\": cannot read \"<vijf\" as a number"), "\(found)")
    }
    try withFile("", ".csv") { path in
      let found = message { _ = try readAll(adapter(), [path]) }
      #expect(found.hasSuffix(".csv: is empty; expected a first line with the column names"), "\(found)")
    }
  }

  @Test func recognition() throws {
    #expect(
      DUOCSV.recognise(head: try RunContext().head(folder + "valid_exams.csv"), path: "x")
        == Recognition(85, "6 columns between semicolons, schools by DUO's INSTELLINGSCODE"))
    #expect(DUOCSV.recognise(head: Array("a;b\n1;2\n".utf8), path: "x").confidence == 0)
  }

  /// A header that says the same over and over: each gets a number of its own, and too many are refused.
  @Test func manyColumnsOfOneName() throws {
    let header = Array(repeating: "LEERLINGEN", count: 16_384)
    let adapter = try DUOCSV(options: .init(), context: RunContext())
    let (spent, schema) = try withFile(header.joined(separator: ";") + "\n", ".csv") { path in
      let start = ContinuousClock.now
      let schema = try adapter.schema(
        of: Input(parts: [InputPart(path: path)], origin: Origin()), context: RunContext())
      return (ContinuousClock.now - start, schema)
    }
    #expect(schema.names.last == "LEERLINGEN_16384")
    #expect(spent < .seconds(30), "\(spent)")
    let text = try withFile((header + ["X"]).joined(separator: ";") + "\n", ".csv") { path in
      message { _ = try readAll(adapter, [path]) }
    }
    #expect(text.hasSuffix(".csv:1: has 16385 columns, more than 16384; is it a table, and the separator right?"))
  }
}
