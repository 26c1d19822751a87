import PipelineTesting
import BuiltinPlugins
import PipelineKit
import Synchronization
import Testing

/// One large file that several threads read gives, to the byte, what one thread makes of it: outputs, counts, cells put
/// aside, warnings, errors.
@Suite struct SharedFileTests {
  /// One for all runs of a test: the quarantine file names the file that was read.
  private let folder = TemporaryFolder()
  private let pipeline = """
    pipeline: shared
    title: Persons by year and buurt
    sources:
      persons:
        adapter: cbs_dataset_csv
        files: persons.csv
        on_error: reject
        types: {jaar: int64, opleiding: int64, uren: float64}
        markers: {"": unknown, "?": not_asked}
        footer: "Bron"
    steps:
      - {id: adults, uses: filter, from: persons, where: leeftijd != '0-14'}
      - id: counts
        uses: aggregate
        from: adults
        by: [jaar, buurt, opleiding]
        measures: MEASURES
        fields: {opleiding: {role: measure}}
    outputs:
      - {sink: parquet, from: counts, path: counts.parquet}
      - {sink: csv, from: counts, path: counts.csv}
    """
  private let exact = "{n: count(), worked: count(uren), most: count_if(uren > 30), years: sum(jaar)}"

  /// Rows with quoted names, missing values of two kinds, letters beyond ASCII and some cells that are no numbers.
  private func lines(_ count: Int) -> [String] {
    var state: UInt64 = 7
    func draw(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % below
    }
    return (0..<count).map { row in
      let level = ["", "?", "1", "2", "3"][draw(5)]
      let hours = row % 97 == 50 ? "3x" : "\(draw(40)).5"
      let name = ["Één", "\"a; \"\"b\"\"\"", "c"][draw(3)]
      return "\(2015 + draw(4));BU\(1000 + draw(30));\(["0-14", "15-24", "65+"][draw(3)]);\(level);\(hours);\(name)"
    }
  }

  private func text(_ lines: [String], end: String = "\n") -> String {
    (["jaar;buurt;leeftijd;opleiding;uren;naam"] + lines).joined(separator: end) + end
  }

  private struct Outcome: Equatable {
    var files: [String: String]
    var counts: [RowCounts]
    var filtered: [Int]
    var warnings: [String]
  }

  private func run(
    _ bytes: [UInt8], threads: Int, stretch: Int, measures: String? = nil
  ) throws -> Outcome {
    folder.write("p.yml", pipeline.replacing("MEASURES", with: measures ?? exact))
    folder.write("persons.csv", bytes)
    var options = RunOptions(outputFolder: folder.path + "/out", threads: threads)
    options.stretchBytes = stretch
    let plan = try Planner(catalog: .builtin, threads: threads).plan(path: folder.path + "/p.yml")
    let report = try Runner(plan, options: options).run()
    var files: [String: String] = [:]
    for name in ["counts.csv", "counts.parquet", "quarantine.parquet", "manifest.json"] {
      files[name] = folder.read("out/" + name).map { "\($0)" } ?? "none"
    }
    return Outcome(
      files: files, counts: report.sources.map(\.counts), filtered: report.steps.map(\.filtered),
      warnings: report.warnings.map { "\($0)" })
  }

  private func message(_ bytes: [UInt8], threads: Int, stretch: Int) -> String {
    do {
      _ = try run(bytes, threads: threads, stretch: stretch)
      return "no error"
    } catch { return "\(error)".split(separator: "/").last.map(String.init) ?? "" }
  }

  @Test(arguments: ["\n", "\r\n"]) func anyNumberOfThreadsGivesTheSameBytes(end: String) throws {
    let bytes = Array((text(lines(600), end: end) + "Bron: CBS" + end).utf8)
    let one = try run(bytes, threads: 1, stretch: 1 << 20)
    #expect(one.counts[0].read == 600 && one.counts[0].cellsRejected == 6)
    #expect(one.filtered[0] > 100)
    #expect(one.files["quarantine.parquet"] != "none")
    for (threads, stretch) in [(2, 97), (2, 1_000), (4, 97), (4, 3_333), (2, 1 << 20)] {
      #expect(try run(bytes, threads: threads, stretch: stretch) == one, "\(threads) threads, \(stretch) bytes")
    }
  }

  /// The stages of a run.
  private func stages(threads: Int, stretch: Int, measures: String) throws -> [String] {
    folder.write("p.yml", pipeline.replacing("MEASURES", with: measures))
    folder.write("persons.csv", Array(text(lines(600)).utf8))
    let seen = Mutex<[String]>([])
    var options = RunOptions(outputFolder: folder.path + "/out", threads: threads)
    options.stretchBytes = stretch
    options.timing = { stage, _ in seen.withLock { $0.append(stage.replacing("\(folder.path)/", with: "")) } }
    _ = try Runner(Planner(catalog: .builtin, threads: threads).plan(path: folder.path + "/p.yml"), options: options)
      .run()
    return seen.withLock { $0.sorted() }
  }

  @Test func onlyLargeFilesAreShared() throws {
    let shared = try stages(threads: 2, stretch: 6_000, measures: exact)
    #expect(
      shared.prefix(4) == ["fold persons.csv 1/3", "fold persons.csv 2/3", "fold persons.csv 3/3", "hash persons.csv"])
    #expect(try stages(threads: 2, stretch: 1 << 20, measures: exact).first == "fold persons.csv")
    #expect(try stages(threads: 1, stretch: 6_000, measures: exact).first == "fold persons.csv")
    #expect(try stages(threads: 2, stretch: 6_000, measures: "{hours: sum(uren)}").first == "fold persons.csv")
    // A median needs all rows.
    #expect(try stages(threads: 2, stretch: 6_000, measures: "{hours: median(uren)}").first == "read persons.csv")
  }

  @Test func sumsInTheOrderOfRowsStayInOneThread() throws {
    let bytes = Array(text(lines(300)).utf8)
    let measures = "{n: count(), hours: sum(uren), mean: mean(uren)}"
    let one = try run(bytes, threads: 1, stretch: 1 << 20, measures: measures)
    #expect(try run(bytes, threads: 3, stretch: 200, measures: measures) == one)
  }

  @Test func aFileInAnotherEncodingIsReadAgainAsAWhole() throws {
    var bytes = Array(text(lines(200).map { $0.replacing("Één", with: "x") }).utf8)
    bytes += Array("2015;BU1;65+;1;2;caf".utf8) + [0xE9, 0x0A]
    let one = try run(bytes, threads: 1, stretch: 1 << 20)
    #expect(one.warnings.count == 1)
    #expect(try run(bytes, threads: 4, stretch: 150) == one)
  }

  @Test func lineEndsInsideQuotesAreNoRecords() throws {
    let rows = lines(200).enumerated().map {
      $0.offset % 3 == 0 ? $0.element.replacing(";c", with: ";\"c\nd\"") : $0.element
    }
    let bytes = Array(text(rows).utf8)
    let one = try run(bytes, threads: 1, stretch: 1 << 20)
    for stretch in [64, 150, 2_000] { #expect(try run(bytes, threads: 2, stretch: stretch) == one) }
  }

  @Test(arguments: [
    ("2015;BU1;65+", "persons.csv:302: found 3 fields, expected 6 as in the header"),
    (
      "2015;BU1;65+;1;2;a\"b",
      "persons.csv:302: a quote stands inside a field; a quote in a quoted field is written twice (\"\"), and a field with"
        + " quotes is quoted"
    ),
  ]) func errorsNameTheirLine(line: String, expected: String) {
    var rows = lines(600)
    rows[300] = line
    let bytes = Array(text(rows).utf8)
    for (threads, stretch) in [(1, 1 << 20), (2, 100), (4, 2_500)] {
      #expect(message(bytes, threads: threads, stretch: stretch) == expected)
    }
  }
}
