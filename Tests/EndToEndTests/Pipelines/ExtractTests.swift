import PipelineTesting
import BuiltinPlugins
import PipelineKit
import Tabular
import Testing

/// What commands say about an extract: `trace`, `verify`, `diff`, `plan`, `graph`; and cells put aside on the way into it.
@Suite struct ExtractTests {
  private let pipeline = """
    pipeline: small
    title: A small extract
    sources:
      areas:
        adapter: cbs_dataset_csv
        files: data.csv
        on_error: reject
        types: {People_2: float64, Men_3: float64}
        origin: {producer: CBS, table: 84799NED, licence: CC BY 4.0}
    steps:
      - {id: shares, uses: derive, from: areas, columns: {men_pct: 100 * Men_3 / People_2}}
    outputs:
      - {sink: parquet, from: shares, path: areas.parquet}
    checks:
      - {on: areas, file: checks.yml}
    corrections:
      - {on: areas, file: corrections.yml}
    """

  private func folder() -> TemporaryFolder {
    let folder = TemporaryFolder()
    folder.write("small.yml", pipeline)
    folder.write(
      "data.csv", "ID;Area;People_2;Men_3\n0;GM0001;100;40\n1;GM0002;200;1x0\n2;GM0003;30;20\n3;GM0004;9;4\n")
    folder.write("checks.yml", "checks:\n  - {range: {column: People_2, from: 10}, severity: quarantine}\n")
    folder.write(
      "corrections.yml",
      "corrections:\n  - {column: People_2, where: Area == \"GM0003\", when: 30, override: 40, reason: typed twice, source: letter}\n"
    )
    return folder
  }

  private func plan(_ folder: TemporaryFolder) throws -> Plan {
    try Planner(catalog: .builtin).plan(path: folder.path + "/small.yml")
  }

  @discardableResult
  private func run(_ folder: TemporaryFolder, _ out: String = "out") throws -> RunReport {
    try Runner(plan(folder), options: RunOptions(outputFolder: folder.path + "/" + out)).run()
  }

  private func shown(_ text: String, _ folder: TemporaryFolder) -> String {
    text.replacing(folder.path + "/", with: "")
  }

  private func message(_ folder: TemporaryFolder, _ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return shown("\(error)", folder) }
  }

  @Test func whatIsPutAsideStandsInTheQuarantineFile() throws {
    let folder = folder()
    let report = try run(folder)
    let table = try readTable([folder.path + "/out/quarantine.parquet"], "parquet")
    #expect(table.schema.names == ["stage", "file", "line", "column", "value", "reason", "row"])
    let rows = (0..<table.rowCount).map { row in
      shown(table.columns.map { $0.text(at: row) ?? "-" }.joined(separator: "|"), folder)
    }
    #expect(
      rows == [
        "areas|data.csv|-|People_2|9|People_2 from 10 to anything does not hold|ID=3 Area=GM0004",
        "areas|data.csv|3|Men_3|1x0|cannot read \"1x0\" as a number; the adapter's decimal mark is \".\"; if the text stands "
          + "for a missing value, name it under markers; if the column holds text, set types: {Men_3: string}|-",
      ])
    let extract = try readTable([folder.path + "/out/areas.parquet"], "parquet")
    let shares = try extract.column("men_pct")
    #expect((0..<3).map { shares.text(at: $0) ?? shares.missingReason(at: $0)?.label } == ["40", "rejected", "50"])
    let source = report.sources[0].counts
    #expect([source.read, source.kept, source.rejected, source.filtered, source.cellsRejected] == [4, 3, 1, 0, 1])
    #expect(report.outputs.map(\.rows) == [3, 2])
    #expect(try LastRun(plan(folder), folder: folder.path + "/out").isUpToDate())
    folder.write("corrections.yml", "corrections: []\n")
    #expect(
      try LastRun(plan(folder), folder: folder.path + "/out").reasons().map { shown($0, folder) }
        == ["the file corrections.yml has another content"])
  }

  @Test func aValueIsTracedToItsFiles() throws {
    let folder = folder()
    try run(folder)
    func trace(_ key: String, _ column: String = "men_pct") throws -> Trace {
      try Trace(folder.path + "/out/areas.parquet", key: key, column: column, catalog: .builtin)
    }
    let lines = try shown(trace("Area=GM0003").text, folder).split(separator: "\n").map(String.init)
    #expect(lines[0] == "out/areas.parquet: Area=GM0003: men_pct = 50")
    let manifest = try SpecParser.nodes(
      String(decoding: try #require(folder.read("out/manifest.json")), as: UTF8.self), file: "m")
    let input = try #require(
      try manifest["inputs"]?.elements().first { $0["path"]?.shown.hasSuffix("data.csv") == true })
    let hash = try input.at("sha256")
    #expect(hash.count == 64)
    #expect(
      Set(lines[1...4]) == [
        "  from CBS, 84799NED, Men_3, CC BY 4.0", "  from CBS, 84799NED, People_2, CC BY 4.0",
        "    data.csv  sha256 \(hash)",
      ])
    #expect(Array(lines[5...]) == ["  through the steps of small:", "    shares: derive of areas"])
    #expect(try trace("GM0003").text == trace("ID=2,Area=GM0003").text)
    #expect(
      message(folder) { _ = try trace("Area=GM0009") } == "out/areas.parquet: no row has Area=GM0009")
    #expect(
      message(folder) { _ = try trace("Area=GM0001", "men_pc") }
        == "out/areas.parquet: has no column \"men_pc\"; did you mean \"men_pct\"?")
  }

  @Test func anExtractIsVerified() throws {
    let folder = folder()
    try run(folder)
    let sound = try Verification(folder: folder.path + "/out")
    #expect(sound.isSound)
    #expect(
      shown(sound.text, folder)
        == "\(folder.path)/out: 6 of 6 files as in the manifest".replacing(folder.path + "/", with: ""))
    folder.write("out/areas.parquet", "x")
    folder.write("data.csv", "ID\n")
    let unsound = try Verification(folder: folder.path + "/out")
    #expect(!unsound.isSound)
    #expect(
      shown(unsound.text, folder)
        == "input data.csv: changed\noutput out/areas.parquet: changed\nout: 4 of 6 files as in the manifest")
    #expect(
      message(folder) { _ = try Verification(folder: folder.path + "/nowhere") }
        == "nowhere/manifest.json: cannot be read: No such file or directory")
  }

  @Test func twoExtractsAreCompared() throws {
    let folder = folder()
    try run(folder, "a")
    folder.write("data.csv", "ID;Area;People_2;Men_3\n0;GM0001;100;50\n1;GM0002;200;110\n3;GM0004;19;4\n")
    try run(folder, "b")
    func compare(_ a: String, _ b: String) throws -> ExtractDifference {
      let paths = [a, b].map { "\(folder.path)/\($0)/areas.parquet" }
      return try ExtractDifference(paths[0], paths[1], key: ["Area"], catalog: .builtin)
    }
    let difference = try compare("a", "b")
    #expect([difference.common, difference.onlyBefore, difference.onlyAfter] == [2, 1, 1])
    #expect(
      shown(difference.text, folder) == """
        a/areas.parquet -> b/areas.parquet, by Area: 2 rows in both, 1 only before, 1 only after
        Men_3: 2 changed, 1 have a value now, mean change 10, largest 10
        men_pct: 2 changed, 1 have a value now, mean change 10, largest 10
        """)
    #expect(try compare("a", "a").isEmpty)
  }

  @Test func aPlanSaysWhatWouldRunAndWhy() throws {
    let folder = folder()
    func outline() throws -> [String] {
      try shown(PlanOutline(plan(folder), folder: folder.path + "/out").text, folder).split(separator: "\n").map(
        String.init)
    }
    #expect(
      try outline() == [
        "small: would run", "  because there is no earlier run in out",
        "  read areas: cbs_dataset_csv, data.csv, 84 bytes, 4 of 4 columns",
        "  step shares: derive of areas, 5 columns",
        "  write out/areas.parquet: parquet of shares", "  correct areas: People_2",
        "  check areas: People_2 from 10 to anything",
      ])
    try run(folder)
    #expect(try outline()[0] == "small: up to date, nothing would run")
    let drawing = try PipelineDrawing(plan(folder).spec)
    #expect(
      drawing.text(.mermaid) == """
        flowchart LR
          n0[("areas: cbs_dataset_csv")]
          n1["shares: derive"]
          n2>"areas.parquet: parquet"]
          n0 --> n1
          n1 --> n2
        """)
  }

  @Test func theSchemaKnowsEveryPipelineOfTheProject() throws {
    let schema = try SpecParser.nodes(PluginCatalog.builtin.pipelineSchema.text(indent: 1), file: "schema")
    let keys = try #require(schema["properties"]?.entries).map(\.key)
    #expect(keys == ["pipeline", "title", "parameters", "sources", "steps", "outputs", "checks", "corrections"])
    let pipelines = Files.names(Files.root + "/Pipelines/").filter { $0.hasSuffix(".yml") }
    #expect(!pipelines.isEmpty)
    for name in pipelines {
      let text = String(decoding: try #require(Files.bytes(Files.root + "/Pipelines/" + name)), as: UTF8.self)
      for entry in try SpecParser.pipeline(text, file: name).root.mapping() {
        #expect(keys.contains(entry.key), "\(name)")
      }
    }
  }
}
