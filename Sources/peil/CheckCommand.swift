import ArgumentParser
import BuiltinPlugins
import PipelineKit
import Tabular

/// `peil check`: types the whole graph without reading data.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a pipeline: names, options, files and schemas, before data is read.")

  @OptionGroup var arguments: PipelineArguments

  @Flag(help: "Print the schemas as JSON.")
  var json = false

  func run() throws {
    let settings = try arguments.parameters()
    try reporting(json: json) { () throws(PipelineError) in
      let plan = try Planner(catalog: .builtin).plan(path: arguments.pipeline, settings: settings)
      let schemas = plan.sources.map { ($0.spec.id, $0.schema) } + plan.steps.map { ($0.spec.id, $0.schema) }
      if json {
        print(JSON.object(schemas.map { ($0, $1.json) }).text(indent: 2))
        return
      }
      for (name, schema) in schemas {
        print(
          "\(name): \(schema.count) columns: " + schema.names.prefix(8).joined(separator: ", ")
            + (schema.count > 8 ? ", ..." : ""))
      }
      print(
        "\(plan.spec.name): \(plan.sources.count) sources, \(plan.steps.count) steps, \(plan.outputs.count) outputs: sound"
      )
    }
  }
}
