import PipelineTesting
import BuiltinPlugins
import Glibc
import PipelineKit
import Testing

/// Bad input: one clear error with its place, its exit code, and earlier outputs whole. `@` stands for the test's folder.
@Suite struct BadInputTests {
  let folder = TemporaryFolder()

  static let pipeline = """
    pipeline: p
    parameters: {file: a.csv, path: named.csv}
    sources:
      areas: {adapter: cbs_dataset_csv, files: "${file}"}
    steps:
      - {id: named, uses: derive, from: areas, columns: {people: People_2 * 1}}
    outputs:
      - {sink: parquet, from: named, path: named.parquet}
      - {sink: csv, from: named, path: "${path}"}
    checks:
      - {on: named, expect: people > 15}
    """
  static let header = "\"ID\";\"Area\";\"Name_1\";\"People_2\"\r\n"

  /// A folder in which a first run has left its outputs.
  init() throws {
    folder.write("p.yml", Self.pipeline)
    folder.write("a.csv", Self.header + "\"0\";\"BU1\";\"Een\";\"20\"\r\n\"1\";\"BU2\";\"Twee\";\"30\"\r\n")
    try run("p.yml")
  }

  private func run(_ file: String, _ settings: [String: String] = [:], threads: Int = 1, out: String = "out")
    throws(PipelineError)
  {
    let settings = settings.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
      .map { $0.name == "file" ? (name: $0.name, value: folder.path + "/" + $0.value) : $0 }
    let plan = try Planner(catalog: .builtin, threads: threads).plan(path: folder.path + "/" + file, settings: settings)
    _ = try Runner(plan, options: RunOptions(outputFolder: folder.path + "/" + out, threads: threads)).run()
  }

  /// The error's exit code and text; checks that the outputs of the first run are untouched and nothing else is left.
  private func failure(
    _ file: String = "p.yml", _ settings: [String: String] = [:], out: String = "out",
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> String {
    let before = folder.files.map { ($0, folder.read($0)) }
    var texts: [String] = []
    for threads in [1, 2] {
      do {
        try run(file, settings, threads: threads, out: out)
        texts.append("no error")
      } catch { texts.append("\(error.exitCode): \(error.description)") }
      let names = folder.files.filter { !$0.hasSuffix(".lock") }
      #expect(names == before.map(\.0).filter { !$0.hasSuffix(".lock") }, sourceLocation: sourceLocation)
    }
    for (name, bytes) in before {
      #expect(folder.read(name) == bytes, "\(name) changed", sourceLocation: sourceLocation)
    }
    #expect(texts[0] == texts[1], "threads change the error", sourceLocation: sourceLocation)
    #expect(!texts[0].contains("\n"), sourceLocation: sourceLocation)
    return texts[0].replacing(folder.path, with: "@")
  }

  // MARK: - CSV

  @Test(arguments: [
    (
      "\"0\";\"BU1\";\"Een\";\"20\"\r\n\"1\";\"BU2\";\"Tw",
      "65: @/b.csv:3: the file ends inside a quoted field that starts here; the file is cut off, or a quote is missing"
    ),
    (
      "\"0\";\"BU1\";\"Een\";\"20\"\r\n\"1\";\"BU2\"",
      "65: @/b.csv:3: the file ends in the middle of a record: found 2 fields, expected 4 as in the header"
    ),
    (
      "\"0\";\"BU1\";\"Een\"\r\n\"1\";\"BU2\";\"Twee\";\"30\"\r\n",
      "65: @/b.csv:2: found 3 fields, expected 4 as in the header"
    ),
    (
      "\"0\";\"BU1\";\"Een\";\"20\"\r\n\"1\";\"BU2\";\"Twee\";\"30,5\"\r\n",
      "65: @/b.csv:3: column \"People_2\": cannot read \"30,5\" as a number; the adapter's decimal mark is \".\"; "
        + "set decimal_mark: \",\""
    ),
    (
      "\"0\";\"BU1\";\"Een\";\"20,5\"\r\n\"1\";\"BU2\";\"Twee\";\"30,5\"\r\n",
      "65: @/b.csv:2: column \"People_2\": cannot read \"20,5\" as a number; the adapter's decimal mark is \".\"; "
        + "set decimal_mark: \",\""
    ),
  ])
  func badCSV(rows: String, text: String) {
    folder.write("b.csv", Self.header + rows)
    #expect(failure("p.yml", ["file": "b.csv"]) == text)
  }

  @Test func aMarkThatIsWrongFarDownTheFile() {
    let rows = (0..<20_000).map { "\"\($0)\";\"BU\($0)\";\"N\";\"\($0 == 19_000 ? "1,5" : "20")\"\r\n" }
    folder.write("b.csv", Self.header + rows.joined())
    #expect(
      failure("p.yml", ["file": "b.csv"])
        == "65: @/b.csv:19002: column \"People_2\": cannot read \"1,5\" as a number; the adapter's decimal mark is \".\"; "
        + "set decimal_mark: \",\"")
  }

  @Test func aColumnThatALaterFileLacks() {
    folder.write("b.csv", "\"ID\";\"Area\";\"Name_1\"\r\n\"2\";\"BU3\";\"Drie\"\r\n")
    #expect(
      failure("p.yml", ["file": "?.csv"])
        == "65: @/b.csv:1: column \"People_2\": is missing from the header; there are: ID, Area, Name_1")
  }

  @Test func aFileWithoutContent() {
    folder.write("b.csv", "")
    #expect(
      failure("p.yml", ["file": "b.csv"])
        == "65: @/b.csv: is empty; expected a first line with the column names, then the data")
  }

  // MARK: - Atom

  @Test func aFeedThatIsCut() throws {
    let name = "/Fixtures/kwb/synthetic_84799NED_TypedDataSet_Almelo_page1.atom.xml"
    let feed = try #require(Files.bytes(Files.root + name))
    folder.write(
      "x.yml",
      """
      pipeline: x
      sources:
        areas: {adapter: cbs_dataset_atom, files: feed.xml}
      outputs:
        - {sink: csv, from: areas, path: named.csv}
      """)
    folder.write("feed.xml", Array(feed[..<100_000]))
    #expect(
      failure("x.yml")
        == "65: @/feed.xml:1382: is not well-formed XML: Specification mandates value for attribute type; "
        + "the file is cut off or damaged, fetch it again")
    folder.write("feed.xml", Array(feed[..<3_000]))
    #expect(
      failure("x.yml")
        == "65: @/feed.xml:44: is not well-formed XML: Couldn't find end of Start Tag Geboorte line 44; "
        + "the file is cut off or damaged, fetch it again")
    // Cut between two entries: every row that is there is whole, the feed is not.
    let end = Array("</entry>\n".utf8)
    let cut = try #require((60_000..<feed.count - end.count).first { Array(feed[$0..<$0 + end.count]) == end })
    folder.write("feed.xml", Array(feed[..<(cut + end.count)]))
    let text = failure("x.yml")
    #expect(
      text.hasPrefix("65: @/feed.xml:") && text.hasSuffix("the file is cut off or damaged, fetch it again"), "\(text)")
  }

  // MARK: - The pipeline file

  @Test(arguments: [
    ("People_2 * 1", "Peeple_2 * 1", "6:62: no column \"Peeple_2\"; did you mean \"People_2\"?"),
    ("People_2 * 1", "Name_1 * 1", "6:62: * needs a number, found text; use number(x)"),
    ("columns: {people", "colums: {people", "6:44: unknown option \"colums\"; did you mean \"columns\"?"),
    ("uses: derive", "uses: derrive", "6:23: no transform \"derrive\"; did you mean \"derive\"?"),
    ("sink: csv", "sink: cvs", "9:12: no sink \"cvs\"; did you mean \"csv\"?"),
    (
      "adapter: cbs_dataset_csv", "adapter: cbs_dataset_cvs",
      "4:20: no source adapter \"cbs_dataset_cvs\"; did you mean \"cbs_dataset_csv\"?"
    ),
    (
      "files: \"${file}\"", "files: a.csv, decimal_marc: \",\"",
      "4:51: unknown option \"decimal_marc\"; did you mean \"decimal_mark\"?"
    ),
    ("steps:", "stepps:", "5:1: unknown key \"stepps\"; did you mean \"steps\"?"),
    ("from: areas", "from: area", "6:37: no source or step \"area\"; did you mean \"areas\"?"),
    ("from: areas", "from: named", "6:5: the steps depend on each other in a circle: named <- named"),
    ("${path}", "named.parquet", "9:36: two outputs write \"named.parquet\""),
    ("${path}", "../named.csv", "9:36: an output's path stays inside the output folder: no leading \"/\", no \"..\""),
    ("people > 15", "people + 15", "11:25: a check must be true or false, this is float64"),
  ])
  func aMistakeInThePipeline(old: String, new: String, text: String) throws {
    let parts = Self.pipeline.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
    try #require(parts.count == 2)
    folder.write("q.yml", parts[0] + new + parts[1])
    #expect(failure("q.yml") == "78: @/q.yml:" + text)
  }

  @Test func aCircle() {
    folder.write(
      "q.yml",
      """
      pipeline: q
      sources:
        areas: {adapter: cbs_dataset_csv, files: a.csv}
      steps:
        - {id: first, uses: filter, from: third, where: People_2 > 1}
        - {id: second, uses: filter, from: first, where: People_2 > 1}
        - {id: third, uses: filter, from: second, where: People_2 > 1}
      outputs:
        - {sink: csv, from: third, path: named.csv}
      """)
    #expect(
      failure("q.yml")
        == "78: @/q.yml:5:5: the steps depend on each other in a circle: first <- third <- second <- first")
  }

  @Test func aParameterThatIsNotThere() {
    #expect(failure("p.yml", ["fiel": "x"]) == "78: @/p.yml: no parameter \"fiel\" to set; did you mean \"file\"?")
  }

  // MARK: - Files and folders

  @Test(arguments: [
    ("none/*.csv", "66: @/none: cannot be read: No such file or directory (source \"areas\", @/p.yml:4:44)"),
    ("none/a.csv", "66: @/none/a.csv: cannot be read: No such file or directory (source \"areas\", @/p.yml:4:44)"),
    ("a.csv/*.csv", "66: @/a.csv: cannot be read: Not a directory (source \"areas\", @/p.yml:4:44)"),
    (
      "no_*.csv",
      "66: @/no_*.csv: no file matches (source \"areas\", @/p.yml:4:44); check the folder and the pattern"
    ),
    (
      "out",
      "66: @/out: is a folder; name the file, or a pattern such as \"@/out/*.csv\" (source \"areas\", @/p.yml:4:44)"
    ),
  ])
  func aPathThatCannotBeRead(path: String, text: String) {
    #expect(failure("p.yml", ["file": path]) == text)
  }

  /// The second of two paths is the one to blame.
  @Test func theErrorNamesThePathThatIsWrong() throws {
    folder.write("q.yml", Self.pipeline.replacing("files: \"${file}\"", with: "files: [a.csv, b.csv]"))
    #expect(
      failure("q.yml") == "66: @/b.csv: cannot be read: No such file or directory (source \"areas\", @/q.yml:4:52)")
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything")) func aFileWithoutPermission() {
    folder.write("b.csv", Self.header)
    chmod(folder.path + "/b.csv", 0)
    #expect(
      failure("p.yml", ["file": "b.csv"])
        == "66: @/b.csv: cannot be read: Permission denied; check the permissions of the file and its folders "
        + "(source \"areas\", @/p.yml:4:44)")
  }

  @Test func anOutputFolderThatCannotBeWritten() {
    let advice = "cannot be written: Not a directory; a file stands where a folder is needed: choose another path"
    #expect(failure("p.yml", out: "a.csv") == "73: @/a.csv: " + advice)
    #expect(failure("p.yml", out: "a.csv/deeper") == "73: @/a.csv/deeper: " + advice)
    #expect(failure("p.yml", ["path": "manifest.json/x.csv"]) == "73: @/out/manifest.json/x.csv: " + advice)
  }

  /// The other output, which differs from the earlier one, does not take its place.
  @Test func anOutputWithTheNameOfAFolder() {
    folder.write("b.csv", Self.header + "\"0\";\"BU1\";\"Een\";\"50\"\r\n")
    folder.write("out/sub/keep", "")
    #expect(
      failure("p.yml", ["file": "b.csv", "path": "sub"])
        == "73: @/out/sub: cannot be written: Is a directory; a folder has this name: choose another path")
  }

  // MARK: - Checks

  @Test func aCheckThatFails() {
    folder.write(
      "b.csv",
      Self.header + "\"0\";\"BU1\";\"Een\";\"10\"\r\n\"1\";\"BU2\";\"Twee\";\"30\"\r\n\"2\";\"BU3\";\"\";\"\"\r\n")
    #expect(
      failure("p.yml", ["file": "b.csv"])
        == "65: @/p.yml:11:25: check failed on \"named\": \"people > 15\" does not hold for 1 row(s) (1 pass, 1 undecided); "
        + "outputs are left as they were")
  }

  /// All is well after the mistake is repaired.
  @Test func aRunAfterAFailureSucceeds() throws {
    let before = folder.read("out/named.csv")
    folder.write("b.csv", Self.header + "\"0\";\"BU1\";\"Een\";\"10\"\r\n")
    #expect(failure("p.yml", ["file": "b.csv"]).hasPrefix("65: "))
    folder.write("b.csv", Self.header + "\"0\";\"BU1\";\"Een\";\"100\"\r\n")
    try run("p.yml", ["file": "b.csv"])
    #expect(folder.read("out/named.csv") != before)
    #expect(!folder.files.contains { $0.hasSuffix(".partial") })
  }

  // MARK: - The main job's parameters

  @Test(arguments: [
    (
      ["municipality": "GM9999"],
      "65: @/out2/summary.json: finding A10 (#:L:C): 0 rows for area \"GM9999\", expected one; did you mean \"GM0599\"?"
    ),
    (
      ["year": "2019"],
      "65: #:L:C: step \"explained\": #:L:C: the period \"2019\" is not in the data; did you mean \"2012\"?"
    ),
    (
      ["base_year": "2013"],
      "65: #:L:C: step \"anchored\": #:L:C: the base period \"2013\" is not in the data; did you mean \"2012\"?"
    ),
    (["minimum_inhabitants": "veel"], "78: #:L:C: expected a number with a decimal point, found \"veel\""),
  ])
  func aParameterOfBalance(settings: [String: String], text: String) throws {
    let pipeline = Files.root + "/Pipelines/balance.yml"
    let settings = settings.map { (name: $0.key, value: $0.value) }
    let error = #expect(throws: PipelineError.self) {
      let plan = try Planner(catalog: .builtin, threads: 2).plan(path: pipeline, settings: settings)
      _ = try Runner(plan, options: RunOptions(outputFolder: folder.path + "/out2", threads: 2)).run()
    }
    let shown = error.map { "\($0.exitCode): \($0.description)" } ?? "no error"
    // Lines and columns of the project's own file change with it.
    let placeless = shown.replacing(folder.path, with: "@").replacing(pipeline, with: "#")
      .replacing(/#:[0-9]+:[0-9]+/, with: "#:L:C")
    #expect(placeless == text)
    #expect(Files.names(folder.path + "/out2").filter { $0 != ".lock" } == [])
  }
}
