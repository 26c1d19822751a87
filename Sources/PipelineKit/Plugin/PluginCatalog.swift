import Tabular

/// A plugin as the catalogue knows it: its description and how to make one.
public struct PluginEntry<Instance>: Sendable {
  /// Name, summary, version.
  public let info: PluginInfo
  /// The options, for documentation and JSON Schema.
  ///
  /// Made when asked for: a run needs those of a few plugins at most.
  public var options: [OptionDescription] { describe() }
  private let describe: @Sendable () -> [OptionDescription]
  /// Makes the plugin from the mapping in the pipeline file, leaving the reserved keys to the engine.
  public let make: @Sendable (SpecNode, [String], RunContext) throws(SpecError) -> Instance

  fileprivate init(
    _ info: PluginInfo, _ describe: @escaping @Sendable () -> [OptionDescription],
    make: @escaping @Sendable (SpecNode, [String], RunContext) throws(SpecError) -> Instance
  ) {
    self.info = info
    self.describe = describe
    self.make = make
  }
}

/// A source adapter in the catalogue.
public struct SourceEntry: Sendable {
  /// Description and maker.
  public let plugin: PluginEntry<any SourceAdapter>
  /// Whether the head of a file looks like the adapter's format.
  public let recognise: @Sendable ([UInt8], String) -> Recognition
  /// Whether it reads folders and archives of several files.
  public let readsFolders: Bool
}

/// A transform in the catalogue.
public struct TransformEntry: Sendable {
  /// Description and maker.
  public let plugin: PluginEntry<any Transform>
  /// How many inputs it takes.
  public let inputCount: ClosedRange<Int>
}

/// The plugins that a program is built with, chosen at compile time.
public struct PluginCatalog: Sendable {
  /// Source adapters, sorted by name.
  public let sources: [SourceEntry]
  /// Transforms, sorted by name.
  public let transforms: [TransformEntry]
  /// Sinks, sorted by name.
  public let sinks: [PluginEntry<any Sink>]

  /// A catalogue of the given plugin types.
  public init(
    sources: [any SourceAdapter.Type], transforms: [any Transform.Type], sinks: [any Sink.Type]
  ) {
    self.sources = sources.map { Self.entry($0) }.sorted { $0.plugin.info.name < $1.plugin.info.name }
    self.transforms = transforms.map { Self.entry($0) }.sorted { $0.plugin.info.name < $1.plugin.info.name }
    self.sinks = sinks.map { Self.entry($0) }.sorted { $0.info.name < $1.info.name }
  }

  /// The adapter `name`, or nil.
  public func source(_ name: String) -> SourceEntry? { sources.first { $0.plugin.info.name == name } }
  /// The transform `name`, or nil.
  public func transform(_ name: String) -> TransformEntry? { transforms.first { $0.plugin.info.name == name } }
  /// The sink `name`, or nil.
  public func sink(_ name: String) -> PluginEntry<any Sink>? { sinks.first { $0.info.name == name } }

  private static func entry<P: SourceAdapter>(_ type: P.Type) -> SourceEntry {
    SourceEntry(
      plugin: PluginEntry(P.info, { P.Options.descriptions }) {
        (node, reserved, context) throws(SpecError) in
        try make(P.self, node, reserved, context)
      },
      recognise: { P.recognise(head: $0, path: $1) }, readsFolders: P.readsFolders)
  }

  private static func entry<P: Transform>(_ type: P.Type) -> TransformEntry {
    TransformEntry(
      plugin: PluginEntry(P.info, { P.Options.descriptions }) {
        (node, reserved, context) throws(SpecError) in
        try make(P.self, node, reserved, context)
      },
      inputCount: P.inputCount)
  }

  private static func entry<P: Sink>(_ type: P.Type) -> PluginEntry<any Sink> {
    PluginEntry(P.info, { P.Options.descriptions }) { (node, reserved, context) throws(SpecError) in
      try make(P.self, node, reserved, context)
    }
  }

  /// The plugin with the options of `node`. A mistake that has no place of its own gets that of the mapping.
  private static func make<P: Plugin>(
    _ type: P.Type, _ node: SpecNode, _ reserved: [String], _ context: RunContext
  ) throws(SpecError) -> P {
    let options = try P.Options(option: node, ignoring: reserved)
    do throws(SpecError) { return try P(options: options, context: context) } catch {
      throw error.position.file.isEmpty ? SpecError(node.position, error.message) : error
    }
  }
}
