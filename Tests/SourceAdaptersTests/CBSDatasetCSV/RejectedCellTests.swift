import PipelineKit
import SourceAdapters
import Tabular
import Testing

/// Cells that cannot be read, with `on_error: reject`.
@Suite struct RejectedCellTests {
  private let text = """
    ID;Regio;Name_1;Aantal_2;Deel_3
    0;A;"a
    b";1;1.5
    1;B;c;x1;2,5
    2;C;d;.;
    3;D;e;4;"9;9"
    4;E;f;5;6

    """

  private func adapter(_ onError: OnError) throws -> CBSDatasetCSV {
    try csv {
      $0.onError = onError
      $0.types = types([("Aantal_2", .int64), ("Deel_3", .float64)])
    }
  }

  @Test func theyBecomeMissingAndAreNamedWithTheirPlace() throws {
    try withFile(text, ".csv") { path in
      let context = RunContext()
      let table = try readAll(adapter(.reject), [path], context: context)
      #expect(try cells(table, "Aantal_2") == ["1", "<rejected>", "<unknown>", "4", "5"])
      #expect(try cells(table, "Deel_3") == ["1.5", "<rejected>", "<unspecified>", "<rejected>", "6.0"])
      #expect(try cells(table, "Name_1") == ["a\nb", "c", "d", "e", "f"])
      #expect(
        context.rejectedCells.map { "\($0.line) \($0.column) \($0.value)" }
          == ["4 Aantal_2 x1", "4 Deel_3 2,5", "6 Deel_3 9;9"])
      #expect(context.rejectedCells.allSatisfy { $0.file == path && !$0.isRow })
      #expect(
        context.rejectedCells.map(\.reason)[1]
          == "cannot read \"2,5\" as a number; the adapter's decimal mark is \".\"; set decimal_mark: \",\"")
      #expect(context.rowCounts.read == 5)
      #expect(context.rowCounts.kept == 5)
      #expect(context.rowCounts.cellsRejected == 3)
    }
  }

  @Test func withoutItTheFirstEndsTheReading() throws {
    try withFile(text, ".csv") { path in
      let said = message { _ = try readAll(adapter(.fail), [path]) }
      #expect(
        said.hasSuffix(
          ":4: column \"Aantal_2\": cannot read \"x1\" as a whole number; set types: {Aantal_2: string} "
            + "to read the column as text"))
    }
  }

  @Test(arguments: [1_000, 1_001]) func thousandsOfThemAreAnotherFormat(count: Int) throws {
    let rows = (0..<3_000).map { "\($0);A;a;1;\($0 % 2 == 0 && $0 / 2 < count ? "x" : "1")\n" }
    let text = "ID;Regio;Name_1;Aantal_2;Deel_3\n" + rows.joined()
    try withFile(text, ".csv") { path in
      let context = RunContext()
      let said = message { _ = try readAll(adapter(.reject), [path], context: context) }
      if count == 1_000 {
        #expect(said == "no error")
        #expect(context.rejectedCells.map(\.line).suffix(2) == [1_998, 2_000])
      } else {
        #expect(
          said.hasSuffix(
            ": more than 1000 cells cannot be read; with on_error: fail the first of them is shown with its place"))
      }
    }
  }

  @Test func aColumnThatNobodyAsksForIsNotLookedAt() throws {
    try withFile(text, ".csv") { path in
      let context = RunContext()
      _ = try readAll(adapter(.reject), [path], columns: ["ID", "Aantal_2"], context: context)
      #expect(context.rejectedCells.map(\.column) == ["Aantal_2"])
    }
  }

  @Test func atomFeedsPutCellsAsideToo() throws {
    let path = fixtures + "cbs_dataset_atom/invalid_number.xml"
    let failure = message { _ = try readAll(atom(), [path]) }
    let context = RunContext()
    let table = try readAll(atom { $0.onError = .reject }, [path], context: context)
    let cell = try #require(context.rejectedCells.first)
    #expect(context.rejectedCells.count == 1)
    #expect(failure == "cbs_dataset_atom/invalid_number.xml:\(cell.line): column \"\(cell.column)\": \(cell.reason)")
    #expect(try cells(table, cell.column).filter { $0 == "<rejected>" }.count == 1)
    #expect(context.rowCounts.kept == table.rowCount)
  }

  @Test func documentsInJSONPutCellsAsideToo() throws {
    let path = fixtures + "cbs_dataset_json/invalid_text_in_number.json"
    func reader(_ onError: OnError) throws -> CBSDatasetJSON {
      var options = CBSDatasetJSON.Options()
      options.onError = onError
      options.types = types([("Aantal_1", .float64)])
      return try CBSDatasetJSON(options: options, context: RunContext())
    }
    let failure = message { _ = try readAll(reader(.fail), [path]) }
    let context = RunContext()
    let table = try readAll(reader(.reject), [path], context: context)
    let cell = try #require(context.rejectedCells.first)
    #expect(context.rejectedCells.count == 1 && cell.line == 3 && cell.value == "     1,5")
    #expect(failure == "cbs_dataset_json/invalid_text_in_number.json:3: column \"Aantal_1\": \(cell.reason)")
    #expect(try cells(table, "Aantal_1") == ["5.0", "<rejected>"])
    #expect(context.rowCounts.kept == 2 && context.rowCounts.cellsRejected == 1)
  }

  @Test(arguments: [1_000, 1_001]) func thousandsInJSONAreAnotherFormatToo(count: Int) throws {
    let rows = (0..<3_000).map { "{\"ID\":\($0),\"Aantal_1\":\($0 < 3_000 - count ? "1" : "\"x\"")}" }
    try withFile("{\"value\":[" + rows.joined(separator: ",\n") + "]}", ".json") { path in
      var options = CBSDatasetJSON.Options()
      options.onError = .reject
      options.types = types([("Aantal_1", .float64)])
      let adapter = try CBSDatasetJSON(options: options, context: RunContext())
      let context = RunContext()
      let said = message { _ = try readAll(adapter, [path], context: context) }
      #expect(
        said.hasSuffix(count == 1_000 ? "no error" : "with on_error: fail the first of them is shown with its place"))
      #expect(context.rejectedCells.count == 1_000)
    }
  }
}
