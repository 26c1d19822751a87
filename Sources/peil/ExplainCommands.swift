public import ArgumentParser
import BuiltinPlugins
public import PipelineKit

/// `peil plan`: what would run, and why.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show what a run would do, and why it would do anything at all.")

  @OptionGroup var arguments: PipelineArguments

  @Option(
    name: .customLong("out"), help: ArgumentHelp("The output folder (default: out/PIPELINE).", valueName: "folder"))
  var output: String?

  @Flag(help: "Print as JSON.")
  var json = false

  func run() throws {
    let settings = try arguments.parameters()
    try reporting(json: json) { () throws(PipelineError) in
      let plan = try Planner(catalog: .builtin).plan(path: arguments.pipeline, settings: settings)
      let outline = PlanOutline(plan, folder: output ?? "out/" + plan.spec.name)
      print(json ? outline.json.text(indent: 2) : outline.text)
    }
  }
}

/// `peil graph`: the pipeline as a drawing.
struct GraphCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph", abstract: "Print the pipeline as a graph: sources, steps, outputs.")

  @OptionGroup var arguments: PipelineArguments

  @Option(help: "mermaid or dot.")
  var format = PipelineDrawing.Format.mermaid

  @Flag(help: "Print nodes and edges as JSON.")
  var json = false

  func run() throws {
    let settings = try arguments.parameters()
    try reporting(json: json) { () throws(PipelineError) in
      let plan = try Planner(catalog: .builtin).plan(path: arguments.pipeline, settings: settings)
      let drawing = PipelineDrawing(plan.spec)
      print(json ? drawing.json.text(indent: 2) : drawing.text(format))
    }
  }
}

extension PipelineDrawing.Format: ExpressibleByArgument {}

/// `peil schema`: the JSON Schema of pipeline files.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of pipeline files, for editors.")

  @Flag(help: "Accepted for symmetry: the schema is JSON.")
  var json = false

  func run() { print(PluginCatalog.builtin.pipelineSchema.text(indent: 2)) }
}
