import ArgumentParser
import BuiltinPlugins
import PipelineKit

/// `peil trace`: where one value comes from.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", abstract: "Show from which columns, files and hashes a value of an extract came.")

  @Argument(help: "An output of a run, with manifest.json beside it.", completion: .file())
  var output: String

  @Argument(help: ArgumentHelp("The row: key=value, with commas between several.", valueName: "key"))
  var key: String

  @Argument(help: "The column.")
  var column: String

  @Flag(help: "Print as JSON.")
  var json = false

  func run() throws {
    try reporting(json: json) { () throws(PipelineError) in
      let trace = try Trace(output, key: key, column: column, catalog: .builtin)
      print(json ? trace.json.text(indent: 2) : trace.text)
    }
  }
}

/// `peil verify`: whether an extract and its inputs are what the manifest says.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Compare the hashes of inputs and outputs with the manifest of a run.")

  @Argument(help: "The folder of a run, with manifest.json in it.", completion: .directory)
  var folder: String

  @Flag(help: "Print as JSON.")
  var json = false

  func run() throws {
    var isSound = true
    try reporting(json: json) { () throws(PipelineError) in
      let result = try Verification(folder: folder)
      print(json ? result.json.text(indent: 2) : result.text)
      isSound = result.isSound
    }
    if !isSound { throw ExitCode(65) }
  }
}

/// `peil diff`: what changed between two extracts.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare two extracts by key: rows, and changed values per column.",
    discussion: "The exit code is 0 when they hold the same, 1 when they differ.")

  @Argument(help: "The extract before.", completion: .file())
  var before: String

  @Argument(help: "The extract after.", completion: .file())
  var after: String

  @Option(
    help: ArgumentHelp(
      "The key columns, with commas between them (default: the columns with the role key).", valueName: "a,b"))
  var key: String?

  @Flag(help: "Print as JSON.")
  var json = false

  func run() throws {
    var isEqual = true
    try reporting(json: json) { () throws(PipelineError) in
      let keys = key?.split(separator: ",").map(String.init)
      let difference = try ExtractDifference(before, after, key: keys, catalog: .builtin)
      print(json ? difference.json.text(indent: 2) : difference.text)
      isEqual = difference.isEmpty
    }
    if !isEqual { throw ExitCode(1) }
  }
}
