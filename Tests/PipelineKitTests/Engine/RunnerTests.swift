@testable import PipelineKit
import PipelineTesting
import Tabular
import Testing

@Suite struct RunnerTests {
  private let pipeline = """
    pipeline: p
    title: A test
    parameters: {factor: 2}
    sources:
      pairs: {adapter: pairs, files: "in_{year}.csv"}
    steps:
      - {id: scaled, uses: scale, from: pairs, factor: "${factor}"}
      - {id: both, uses: append, from: [scaled, scaled]}
    outputs:
      - {sink: lines, from: both, path: both.txt}
    checks:
      - {on: scaled, expect: value >= 2}
    """

  private func folder() -> TemporaryFolder {
    let folder = TemporaryFolder()
    folder.write("p.yml", pipeline)
    folder.write("in_2019.csv", "key,value\na,1\nb,2\n")
    folder.write("in_2020.csv", "key,value\na,3\n")
    return folder
  }

  @discardableResult
  private func run(_ folder: TemporaryFolder, _ file: String = "p.yml", factor: String = "2", threads: Int = 1)
    throws(PipelineError) -> RunReport
  {
    let settings = file == "p.yml" ? [(name: "factor", value: factor)] : []
    let plan = try Planner(catalog: .test, threads: threads).plan(path: folder.path + "/" + file, settings: settings)
    return try Runner(plan, options: RunOptions(outputFolder: folder.path + "/out", threads: threads)).run()
  }

  @Test(arguments: [1, 2, 5]) func runsTheSameOnAnyNumberOfThreads(threads: Int) throws {
    let folder = folder()
    let report = try run(folder, threads: threads)
    #expect(folder.text("out/both.txt") == "2019 a 2\n2019 b 4\n2020 a 6\n2019 a 2\n2019 b 4\n2020 a 6\n")
    #expect(report.sources[0].counts.read == 3)
    #expect(report.sources[0].files == 2)
    #expect(report.steps.map(\.rows) == [3, 6])
    #expect(report.checks.map(\.passed) == [3])
    #expect(!folder.names.contains { $0.hasSuffix(".partial") })
  }

  @Test func theManifestIsTheSameOnAnyNumberOfThreads() throws {
    let folder = folder()
    try run(folder, threads: 1)
    let first = folder.text("out/manifest.json")
    try run(folder, threads: 2)
    #expect(folder.text("out/manifest.json") == first)
    #expect(first?.contains("\"rows_kept\": 3") == true)
  }

  @Test func anIdenticalOutputIsLeftUntouched() throws {
    let folder = folder()
    #expect(try run(folder).outputs.map(\.isUnchanged) == [false])
    #expect(try run(folder).outputs.map(\.isUnchanged) == [true])
  }

  @Test func nothingIsToBeDoneTwice() throws {
    let folder = folder()
    func isUpToDate(factor: String = "2") throws -> Bool {
      let plan = try Planner(catalog: .test).plan(path: folder.path + "/p.yml", settings: [("factor", factor)])
      return LastRun(plan, folder: folder.path + "/out").isUpToDate()
    }
    #expect(try !isUpToDate())
    try run(folder)
    #expect(try isUpToDate())
    #expect(try !isUpToDate(factor: "3"))
    folder.write("in_2020.csv", "key,value\na,4\n")
    #expect(try !isUpToDate())
    folder.write("in_2020.csv", "key,value\na,3\n")
    #expect(try isUpToDate())
    folder.write("in_2021.csv", "key,value\na,3\n")
    #expect(try !isUpToDate())
    try run(folder)
    folder.write("out/both.txt", "changed by hand\n")
    #expect(try !isUpToDate())
  }

  @Test func makeIsToldWhatWasRead() throws {
    let folder = folder()
    try run(folder)
    let rules = try #require(folder.text("out/manifest.d"))
    #expect(rules.hasPrefix("\(folder.path)/out/manifest.json: "))
    for name in ["p.yml", "in_2019.csv", "in_2020.csv"] { #expect(rules.contains("\n\(folder.path)/\(name):\n")) }
    #expect(rules.contains("\n\(folder.path):\n"))
  }

  @Test func aFailedCheckLeavesEarlierOutputs() throws {
    let folder = folder()
    try run(folder)
    let before = folder.text("out/both.txt")
    let error = #expect(throws: PipelineError.self) { try run(folder, factor: "1") }
    #expect(
      error?.description
        == "\(folder.path)/p.yml:12:26: check failed on \"scaled\": \"value >= 2\" does not hold for 1 row(s) (2 pass, 0 undecided); "
        + "outputs are left as they were")
    #expect(error?.exitCode == 65)
    #expect(folder.text("out/both.txt") == before)
  }

  @Test func anErrorInOneFileLeavesEarlierOutputs() throws {
    let folder = folder()
    try run(folder)
    let before = folder.text("out/both.txt")
    folder.write("in_2020.csv", "key,value\na,x\n")
    let error = #expect(throws: PipelineError.self) { try run(folder, threads: 2) }
    #expect(error?.description == "\(folder.path)/in_2020.csv:2: column \"value\": cannot read \"a,x\" as a number")
    #expect(folder.text("out/both.txt") == before)
    #expect(folder.text("out/both.txt.partial") == nil)
  }

  @Test func aStepThatFailsNamesItself() {
    let folder = folder()
    let error = #expect(throws: PipelineError.self) { try run(folder, factor: "-1") }
    #expect(error?.description == "\(folder.path)/p.yml:7:5: step \"scaled\": a negative factor")
  }

  @Test func filesThatAreNotThere() {
    let folder = folder()
    folder.write("q.yml", "pipeline: q\nsources: {s: {adapter: pairs, files: \"no_*.csv\"}}")
    let missing = #expect(throws: PipelineError.self) { try run(folder, "q.yml") }
    #expect(
      missing?.description == "\(folder.path)/no_*.csv: no file matches (source \"s\", \(folder.path)/q.yml:2:38); "
        + "check the folder and the pattern")
    #expect(missing?.exitCode == 66)
    let nothing = #expect(throws: PipelineError.self) { try run(folder, "r.yml") }
    #expect(nothing?.description == "\(folder.path)/r.yml: cannot be read: No such file or directory")
  }

  @Test func theLayoutStandsInForFilesThatAreNotThere() throws {
    let folder = folder()
    folder.write("layout.csv", "key,value\n")
    let text = """
      pipeline: q
      sources:
        s: {adapter: pairs, files: "extra/in_*.csv", otherwise: layout.csv}
      outputs:
        - {sink: lines, from: s, path: all.txt}

      """
    folder.write("q.yml", text)
    let none = try run(folder, "q.yml")
    #expect(none.sources.map(\.counts.read) == [0])
    func isUpToDate() throws -> Bool {
      let plan = try Planner(catalog: .test).plan(path: folder.path + "/q.yml", settings: [])
      return LastRun(plan, folder: folder.path + "/out").isUpToDate()
    }
    #expect(try isUpToDate())
    // make looks at the folder in which the files would appear.
    #expect(folder.text("out/manifest.d")?.contains("  \(folder.path) \\\n") == true)
    folder.write("extra/in_1.csv", "key,value\na,1\n")
    #expect(try !isUpToDate())
    let one = try run(folder, "q.yml")
    #expect(one.sources.map(\.counts.read) == [1])
  }

  @Test func optionsAndPluginsAreChecked() {
    let folder = folder()
    folder.write(
      "q.yml",
      """
      pipeline: q
      sources: {s: {adapter: pairs, files: in_2019.csv}}
      steps: [{id: a, uses: scale, from: s, facter: 2}]
      """)
    let option = #expect(throws: PipelineError.self) { try run(folder, "q.yml") }
    #expect(option?.description == "\(folder.path)/q.yml:3:39: unknown option \"facter\"; did you mean \"factor\"?")
    #expect(option?.exitCode == 78)
    folder.write("q.yml", "pipeline: q\nsources: {s: {adapter: pair, files: in_2019.csv}}")
    let adapter = #expect(throws: PipelineError.self) { try run(folder, "q.yml") }
    #expect(adapter?.description == "\(folder.path)/q.yml:2:24: no source adapter \"pair\"; did you mean \"pairs\"?")
    folder.write(
      "q.yml",
      "pipeline: q\nsources: {s: {adapter: pairs, files: in_2019.csv}}\noutputs: [{sink: lines, from: s, path: ../x}]")
    let path = #expect(throws: PipelineError.self) { try run(folder, "q.yml") }
    #expect(
      path?.description
        == "\(folder.path)/q.yml:3:40: an output's path stays inside the output folder: no leading \"/\", no \"..\"")
  }

  @Test func anAdapterCanBeFound() throws {
    let folder = folder()
    folder.write(
      "q.yml",
      "pipeline: q\nsources: {s: {adapter: auto, files: in_2019.csv}}\noutputs: [{sink: lines, from: s, path: x.txt}]")
    try run(folder, "q.yml")
    #expect(folder.text("out/x.txt") == "a 1\nb 2\n")
  }

  @Test func rowsStreamPastWhenNobodyNeedsTheTable() throws {
    let folder = folder()
    folder.write(
      "q.yml",
      """
      pipeline: q
      sources: {s: {adapter: pairs, files: "in_*.csv"}}
      steps: [{id: a, uses: scale, from: s, factor: 10}]
      outputs: [{sink: stream, from: a, path: x.txt}]
      """)
    let report = try run(folder, "q.yml", threads: 2)
    #expect(folder.text("out/x.txt") == "a 10\nb 20\na 30\n3 pieces\n")
    #expect(report.outputs[0].rows == 3)
    #expect(report.steps[0].rows == nil)
  }

  @Test func anotherRunHoldsTheFolder() throws {
    let folder = folder()
    try run(folder)
    let lock = try FolderLock(folder.path + "/out")
    defer { lock.release() }
    let error = #expect(throws: PipelineError.self) { try run(folder) }
    #expect(error?.exitCode == 75)
  }
}
