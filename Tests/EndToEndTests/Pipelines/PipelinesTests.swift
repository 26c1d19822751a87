import PipelineTesting
import BuiltinPlugins
import PipelineKit
import Tabular
import Testing

/// Every pipeline of the project on the fixtures.
@Suite struct PipelinesTests {
  static let pipelines = Files.names(Files.root + "/Pipelines").filter { $0.hasSuffix(".yml") }

  @Test func thereAreSome() { #expect(Self.pipelines.contains("balance.yml")) }

  @Test(arguments: pipelines) func runsAndIsThenUpToDate(pipeline: String) throws {
    let run = try PipelineRun.asStated(pipeline)
    #expect(!run.report.outputs.isEmpty)
    for output in run.report.outputs {
      #expect(run.files[output.path]?.count == output.bytes, "\(output.path)")
      #expect(output.rows > 0, "\(output.path)")
    }
    #expect(run.files.keys.sorted() == (run.report.outputs.map(\.path) + ["manifest.json"]).sorted())
    for check in run.report.checks {
      #expect(check.failed == 0 && check.passed > 0, "\(check.on): \(check.expect)")
    }
    #expect(run.isUpToDate)
  }

  @Test(arguments: pipelines) func outputsAreTheSameOnTwoThreads(pipeline: String) throws {
    let one = try PipelineRun.asStated(pipeline)
    let two = try PipelineRun(pipeline, threads: 2)
    #expect(one.files.keys.sorted() == two.files.keys.sorted())
    for (name, bytes) in one.files { #expect(two.files[name] == bytes, "\(name) differs") }
  }

  @Test(arguments: pipelines) func summariesFollowTheirSchema(pipeline: String) throws {
    let run = try PipelineRun.asStated(pipeline)
    let path = Files.root + "/Documentation/schemas/summary.schema.json"
    let text = String(decoding: try #require(Files.bytes(path)), as: UTF8.self)
    let schema = JSONSchema(root: try SpecParser.nodes(text, file: path))
    for output in run.report.outputs where output.sink == "summary" {
      #expect(try schema.mistakes(run.json(output.path)) == [])
    }
    // The check itself finds what does not fit.
    let wrong = try SpecParser.nodes(
      "{\"schema\": \"x\", \"findings\": [{\"id\": 1, \"bread\": 2}], \"title\": {\"nl\": \"a\", \"en\": \"b\"}}",
      file: "wrong")
    let mistakes = try schema.mistakes(wrong)
    #expect(mistakes.contains("$.schema: not peil-summary-1"))
    #expect(mistakes.contains("$.findings[0].bread: not in the schema"))
    #expect(mistakes.contains("$.findings[0].id: number instead of [\"string\"]"))
    #expect(mistakes.contains("$.findings[0]: lacks metric"))
  }
}
