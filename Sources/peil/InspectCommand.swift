import ArgumentParser
import BuiltinPlugins
import PipelineKit
import Tabular

/// `peil inspect`: what is in a file.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show adapter, schema, row count and first rows of any file that Peil reads.")

  @Argument(help: "The file.", completion: .file())
  var file: String

  @Option(help: "The adapter to use (default: the one that recognises the file).")
  var adapter: String?

  @Option(name: .customLong("option"), help: ArgumentHelp("An option of the adapter.", valueName: "name=value"))
  var options: [String] = []

  @Option(help: "How many rows to show.")
  var rows = 5

  @Flag(help: "Print as JSON.")
  var json = false

  func run() throws {
    let settings = try options.map { option in
      guard let equals = option.firstIndex(of: "=") else {
        throw ValidationError("--option takes name=value, not \"\(option)\"")
      }
      return (String(option[..<equals]), String(option[option.index(after: equals)...]))
    }
    try reporting(json: json) { () throws(PipelineError) in
      let found = try Inspection(file, adapter: adapter, options: settings, rows: rows, catalog: .builtin)
      print(json ? found.json.text(indent: 2) : found.text)
    }
  }
}
