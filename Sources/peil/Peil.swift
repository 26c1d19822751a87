import ArgumentParser
import BuiltinPlugins
import PipelineKit

/// The command line, nothing else: every command reads its arguments, calls the library and prints.
@main
struct Peil: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "peil",
    abstract: "Neighbourhood statistics from CBS exports: read, transform, check, write.",
    version: peilVersion,
    subcommands: [
      RunCommand.self, PlanCommand.self, CheckCommand.self, GraphCommand.self, InspectCommand.self, TraceCommand.self,
      VerifyCommand.self, DiffCommand.self, ListCommand.self, DescribeCommand.self, SchemaCommand.self, NewCommand.self,
    ])

  static func main() {
    Memory.configure()
    Threads.prepare()
    main(nil)
  }
}

/// What `run` and `check` have in common: a pipeline file and its parameters.
struct PipelineArguments: ParsableArguments {
  @Argument(help: "The pipeline file.", completion: .file(extensions: ["yml", "yaml"]))
  var pipeline: String

  @Option(
    name: .customLong("set"), help: ArgumentHelp("Set a parameter of the pipeline.", valueName: "name=value"))
  var settings: [String] = []

  /// The parameters, split at the first equals sign.
  func parameters() throws -> [(name: String, value: String)] {
    try settings.map { setting in
      guard let equals = setting.firstIndex(of: "=") else {
        throw ValidationError("--set takes name=value, not \"\(setting)\"")
      }
      return (String(setting[..<equals]), String(setting[setting.index(after: equals)...]))
    }
  }
}

/// Calls `body`; a pipeline error goes to stderr and becomes its exit code.
func reporting(json: Bool = false, _ body: () throws(PipelineError) -> Void) throws {
  do throws(PipelineError) {
    try body()
  } catch {
    if json {
      let value = JSON.object([("error", .string(error.description)), ("exit_code", .integer(Int(error.exitCode)))])
      print(value.text(indent: 2))
    }
    Terminal.error("peil: \(error)")
    throw ExitCode(error.exitCode)
  }
}
