import ArgumentParser
import BuiltinPlugins
import PipelineKit

/// `peil list`: the plugins.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the plugins.")

  @Flag(help: "Print as JSON.")
  var json = false

  func run() {
    let catalog = PluginCatalog.builtin
    let groups: [(String, [PluginInfo])] = [
      ("sources", catalog.sources.map(\.plugin.info)), ("transforms", catalog.transforms.map(\.plugin.info)),
      ("sinks", catalog.sinks.map(\.info)),
    ]
    if json {
      let value = groups.map { group in
        (group.0, JSON.array(group.1.map { .object([("name", .string($0.name)), ("summary", .string($0.summary))]) }))
      }
      print(JSON.object(value).text(indent: 2))
      return
    }
    let wide = groups.flatMap(\.1).map(\.name.count).max() ?? 0
    for (title, infos) in groups {
      print(title)
      for info in infos { print("  \(Terminal.padded(info.name, wide))  \(info.summary)") }
    }
  }
}

/// `peil describe`: one plugin and its options.
struct DescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe", abstract: "Show what a plugin does and which options it takes.")

  @Argument(help: "The plugin's name, as \"peil list\" shows it.")
  var plugin: String

  @Flag(help: "Print the options as JSON Schema.")
  var json = false

  func run() throws {
    let catalog = PluginCatalog.builtin
    guard let page = catalog.page(of: plugin) else {
      Terminal.error("peil: no plugin \"\(plugin)\"" + catalog.suggestion(for: plugin))
      throw ExitCode(64)
    }
    print(json ? page.schema.text(indent: 2) : page.text)
  }
}
