@testable import PipelineKit
import Tabular
import Testing

@Suite struct SpecParserTests {
  private func error(_ text: String, settings: [(name: String, value: String)] = []) -> String {
    do throws(SpecError) {
      let spec = try SpecParser.pipeline(text, file: "p.yml", settings: settings)
      _ = try Graph(spec)
      return "no error"
    } catch { return error.description }
  }

  @Test func readsAWholePipeline() throws {
    let spec = try SpecParser.pipeline(
      """
      pipeline: balance
      title: A title
      parameters: {data: ../Fixtures, year: 2020}
      sources:
        health:
          adapter: cbs_dataset_csv
          files: ["${data}/a_*.csv", b.csv]
          origin: {producer: RIVM, table: 50090NED}
      steps:
        - {id: double, uses: scale, from: health, factor: "${year}"}
      outputs:
        - {sink: lines, from: [double, health], path: x.txt}
      checks:
        - {on: double, expect: value > 0, severity: warn}
      """, file: "Pipelines/p.yml")
    #expect(spec.name == "balance")
    #expect(spec.sources[0].files.map(\.path) == ["Fixtures/a_*.csv", "Pipelines/b.csv"])
    #expect(spec.sources[0].origin.table == "50090NED")
    #expect(spec.steps[0].node["factor"]?.scalar == "2020")
    #expect(spec.outputs[0].from.map(\.text) == ["double", "health"])
    #expect(spec.checks[0].severity == .warn)
  }

  @Test func codesKeepTheirZeros() throws {
    let node = try SpecParser.nodes("{a: 0141, b: NO, c: 1_000}", file: "p.yml")
    #expect(node["a"]?.scalar == "0141")
    #expect(node["b"]?.scalar == "NO")
    #expect(node["c"]?.scalar == "1_000")
  }

  @Test func aPathFromTheCommandLineIsRelativeToTheCurrentFolder() throws {
    let text = """
      pipeline: p
      parameters: {data: ../Fixtures}
      sources: {s: {adapter: pairs, files: "${data}/a.csv"}}
      """
    let own = try SpecParser.pipeline(text, file: "Pipelines/p.yml")
    #expect(own.sources[0].files[0].path == "Fixtures/a.csv")
    let given = try SpecParser.pipeline(text, file: "Pipelines/p.yml", settings: [("data", "mine")])
    #expect(given.sources[0].files[0].path == "mine/a.csv")
  }

  @Test(arguments: [
    (
      "pipeline: p\nsteps:\n  - {id: a, use: scale, from: b}",
      "p.yml:3:5: the key \"uses\" is missing: the name of a transform; \"use\" looks like it"
    ),
    ("pipeline: p\nsourcess: {}", "p.yml:2:1: unknown key \"sourcess\"; did you mean \"sources\"?"),
    ("title: x", "p.yml:1:1: the key \"pipeline\" is missing: it names the pipeline"),
    ("pipeline: p\ntitle: ${nmae}\nparameters: {name: x}", "p.yml:2:8: no parameter \"nmae\"; did you mean \"name\"?"),
    (
      "pipeline: p\nsteps:\n- {id: a, uses: scale, from: b}\n- {id: b, uses: scale, from: a}",
      "p.yml:3:3: the steps depend on each other in a circle: a <- b <- a"
    ),
    (
      "pipeline: p\nsteps:\n- {id: a, uses: scale, from: helth}\nsources: {health: {adapter: x, files: y}}",
      "p.yml:3:30: no source or step \"helth\"; did you mean \"health\"?"
    ),
    (
      "pipeline: p\nsteps:\n- {id: a, uses: x, from: a2}\n- {id: a, uses: x, from: a2}",
      "p.yml:4:3: the name \"a\" is used twice; every source and step needs its own"
    ),
    ("pipeline: [", "p.yml:2:1: is not YAML: did not find expected node content"),
    (
      "pipeline: p\nchecks: [{on: a, expect: x, severty: warn}]",
      "p.yml:2:29: unknown key \"severty\"; did you mean \"severity\"?"
    ),
  ])
  func mistakesNameTheirPlace(text: String, message: String) { #expect(error(text) == message) }

  @Test func anUnknownSettingIsRefused() {
    #expect(
      error("pipeline: p\nparameters: {year: 2020}", settings: [("yaer", "2016")])
        == "p.yml: no parameter \"yaer\" to set; did you mean \"year\"?")
  }
}
