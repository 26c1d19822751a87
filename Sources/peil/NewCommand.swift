public import ArgumentParser
import BuiltinPlugins
import Glibc
public import PipelineKit

extension PluginInfo.Kind: ExpressibleByArgument {}

/// `peil new`: the files of a new plugin.
struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Write a new plugin that compiles, with its test, its fixtures and its line in the list.")

  @Argument(help: "source, transform or sink.")
  var kind: PluginInfo.Kind

  @Argument(help: "The plugin's name in pipeline files, such as police_crime.")
  var name: String

  @Option(help: ArgumentHelp("The folder that holds Package.swift.", valueName: "folder"))
  var root = "."

  @Flag(help: "Print the files as JSON.")
  var json = false

  func run() throws {
    try reporting(json: json) { () throws(PipelineError) in
      let scaffold: Scaffold
      do throws(SpecError) { scaffold = try Scaffold(kind, name: name, catalog: .builtin) } catch { throw .spec(error) }
      let paths = try write(scaffold)
      if json {
        print(JSON.object([("files", .array(paths.map { .string($0) }))]).text(indent: 2))
        return
      }
      for path in paths { print("wrote \(path)") }
      print("next: swift test --filter \(scaffold.type)Tests, then make it do what you want")
    }
  }

  private func write(_ scaffold: Scaffold) throws(PipelineError) -> [String] {
    let registry = root + "/" + Scaffold.registry
    let changed: String
    do throws(SourceError) {
      let text = try RunContext(stage: "new").text(registry)
      guard let added = scaffold.registry(adding: text) else {
        throw SourceError(
          file: registry, "has no list of \(kind.rawValue)s between brackets; add \(scaffold.type).self by hand")
      }
      changed = added
      // Nothing is written over.
      for file in scaffold.files where access(root + "/" + file.path, F_OK) == 0 {
        throw SourceError(file: root + "/" + file.path, "is there already; choose another name, or remove it")
      }
    } catch { throw .source(error) }
    do throws(SinkError) {
      for file in scaffold.files { try OutputFile.write(file.text, to: root + "/" + file.path) }
      try OutputFile.write(changed, to: registry)
    } catch { throw .sink(error) }
    return scaffold.files.map(\.path) + [Scaffold.registry]
  }
}
