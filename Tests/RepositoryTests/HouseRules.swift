import BuiltinPlugins
import PipelineKit
import Testing

/// The rules of ARCHITECTURE.md and CONTRIBUTING.md, as code.
@Suite struct HouseRules {
  /// What each module may import of ours and of libraries.
  static let arrows: [String: Set<String>] = [
    "Tabular": ["Glibc", "Synchronization"],
    "Statistics": ["Glibc"],
    "Parquet": ["Tabular", "Glibc", "Dispatch", "Synchronization", "CByteMasks", "CZstd", "CSnappy", "CZlib"],
    "PipelineKit": [
      "Tabular", "Glibc", "Dispatch", "Synchronization", "CArchive", "CCrypto", "CMalloc", "CZlib", "Yams",
    ],
    "PipelineTesting": ["Tabular", "PipelineKit", "Glibc", "Synchronization"],
    "SourceAdapters": [
      "Tabular", "PipelineKit", "Parquet", "Glibc", "Synchronization", "CLibXML2", "CLibCSV", "CByteMasks",
    ],
    "Transforms": ["Tabular", "PipelineKit", "Statistics", "Glibc", "Synchronization"],
    "Sinks": ["Tabular", "PipelineKit", "Parquet", "Glibc"],
    "BuiltinPlugins": ["PipelineKit", "SourceAdapters", "Transforms", "Sinks"],
    "peil": ["Tabular", "PipelineKit", "BuiltinPlugins", "ArgumentParser", "Glibc", "Synchronization"],
  ]

  @Test(arguments: arrows.keys.sorted()) func importsPointDown(module: String) {
    for file in Repository.files("Sources/\(module)", suffix: ".swift") {
      for line in Repository.lines(file) {
        let words = line.split(separator: " ").filter { !["public", "internal", "package", "@testable"].contains($0) }
        guard words.count >= 2, words[0] == "import", line.first != " " else { continue }
        #expect(Self.arrows[module]?.contains(String(words[1])) == true, "\(file) imports \(words[1])")
      }
    }
  }

  @Test func everyModuleHasItsArrows() {
    let modules = Repository.names("Sources").filter { name in !name.hasPrefix("C") }
    #expect(modules == Self.arrows.keys.sorted())
  }

  @Test func filesStaySmall() {
    for file in Repository.files("Sources", suffix: ".swift") + Repository.files("Tests", suffix: ".swift") {
      let count = Repository.lines(file).count
      #expect(count <= 500, "\(file) has \(count) lines: it is asking to be two")
    }
  }

  /// `cbs_dataset_csv` is at home in `CBSDatasetCSV`.
  private func folder(of plugin: String, among names: [String]) -> String? {
    let wanted = plugin.split(separator: "_").joined()
    return names.first { $0.lowercased() == wanted || $0.lowercased() == wanted + "s" }
  }

  @Test(arguments: [PluginInfo.Kind.source, .transform, .sink]) func everyPluginIsAtHome(kind: PluginInfo.Kind) {
    let catalog = PluginCatalog.builtin
    let (module, plugins) =
      switch kind {
      case .source: ("SourceAdapters", catalog.sources.map(\.plugin.info))
      case .transform: ("Transforms", catalog.transforms.map(\.plugin.info))
      case .sink: ("Sinks", catalog.sinks.map(\.info))
      }
    let sources = Repository.names("Sources/\(module)")
    let tests = Repository.names("Tests/\(module)Tests")
    for info in plugins {
      #expect(folder(of: info.name, among: sources) != nil, "no folder for \(info.name) in Sources/\(module)")
      #expect(folder(of: info.name, among: tests) != nil, "no folder for \(info.name) in Tests/\(module)Tests")
    }
  }

  @Test func everyPluginIsDocumented() {
    let catalog = PluginCatalog.builtin
    let names =
      catalog.sources.map(\.plugin.info.name) + catalog.transforms.map(\.plugin.info.name)
      + catalog.sinks.map(\.info.name)
    for name in names {
      guard let page = catalog.page(of: name) else { continue }
      #expect(!page.info.summary.isEmpty && !page.info.details.isEmpty && !page.info.example.isEmpty, "\(name)")
      for option in page.options { #expect(option.summary.count > 10, "\(name): option \(option.name)") }
    }
  }

  /// Every source that the changelog announces has a section in the documentation, with its options, and a row in the
  /// table of signs.
  @Test func everySourceHasItsSection() throws {
    let page = Repository.text("Documentation/adapters.md")
    let changelog = Repository.text("CHANGELOG.md")
    let sections = page.split(separator: "\n## ").dropFirst(2)
    let sources = PluginCatalog.builtin.sources.filter { changelog.contains("`\($0.plugin.info.name)`") }
    #expect(sources.count >= 14)
    for source in sources {
      let name = source.plugin.info.name
      let section = try #require(sections.first { $0.hasPrefix(name + "\n") }, "no section on \(name)")
      #expect(page.contains("| [`\(name)`](#\(name)) |"), "\(name) is not in the table")
      #expect(section.contains("Recognised") && section.contains("Traps: "), "\(name)")
      for option in source.plugin.options { #expect(section.contains("`\(option.name)`"), "\(name): \(option.name)") }
    }
    #expect(sections.count == sources.count, "a section on no source")
  }

  /// Every source is held to the contract: in the tests of all, or in its own.
  @Test func everySourceIsHeldToTheContract() {
    let all = Repository.text("Tests/SourceAdaptersTests/ConformanceTests.swift")
    for source in PluginCatalog.builtin.sources {
      let name = source.plugin.info.name
      let home = folder(of: name, among: Repository.names("Tests/SourceAdaptersTests")) ?? name
      let own = Repository.files("Tests/SourceAdaptersTests/\(home)").map(Repository.text).joined()
      let isHeld = ["      \(home).self", "      \(home)Source.self"].contains { all.contains($0) }
      #expect(isHeld || own.contains("SourceConformance("), "\(name)")
    }
  }

  @Test func everyFixtureIsDescribedAndUsed() {
    let tests = Repository.files("Tests", suffix: ".swift").map(Repository.text).joined()
    let pipelines = Repository.files("Pipelines", suffix: ".yml").map(Repository.text).joined()
    for file in Repository.files("Fixtures") where !file.hasSuffix("README.md") && !file.hasSuffix(".py") {
      let parts = file.split(separator: "/")
      let name = String(parts[parts.count - 1])
      let readmes = ["Fixtures/README.md", parts.dropLast().joined(separator: "/") + "/README.md"].map(Repository.text)
      #expect(readmes.contains { $0.contains(name) }, "\(file) is described in no README.md")
      let isUsed =
        tests.contains(name) || (file.hasPrefix("Fixtures/Reference/") && tests.contains(String(parts[2])))
        || (pipelines.contains("/\(parts[1])/") && name.hasPrefix("synthetic_"))
      #expect(isUsed, "\(file) is used by no test")
    }
  }

  @Test func theReadmeKnowsEveryCommandOfMake() {
    let targets = Repository.lines("Makefile").filter {
      $0.contains(": ") && $0.contains("## ") && !$0.contains("grep")
    }
    .map { $0.prefix { $0 != ":" } }
    #expect(targets.count >= 10)
    let help = Repository.text("README.md") + Repository.text("CONTRIBUTING.md")
    for target in targets where target != "$(PEIL)" { #expect(help.contains("make \(target)"), "make \(target)") }
  }
}
