public import Tabular

/// A pipeline whose plugins are made and whose schemas fit: ready to run.
public struct Plan: Sendable {
  /// One file of a source.
  public struct Part: Sendable, Equatable {
    /// The file.
    public var input: InputPart
    /// Key columns that the file's name gives, constant over the file.
    public var captures: [(field: Field, value: String)]

    /// Parts are equal when path and captures are.
    public static func == (a: Part, b: Part) -> Bool {
      a.input == b.input && a.captures.elementsEqual(b.captures) { $0.field == $1.field && $0.value == $1.value }
    }
  }

  /// A source, bound.
  public struct Source: Sendable {
    /// The source in the pipeline file.
    public var spec: SourceSpec
    let adapter: any SourceAdapter
    let info: PluginInfo
    /// The files.
    public var parts: [Part]
    let input: Input
    /// Everything that the files hold.
    public var fullSchema: Schema
    /// What the adapter delivers: the columns that somebody needs.
    private(set) var adapterSchema: Schema
    /// The adapter's columns and those of the file name.
    public private(set) var schema: Schema

    init(
      spec: SourceSpec, adapter: any SourceAdapter, info: PluginInfo, parts: [Part], input: Input,
      fullSchema: Schema, adapterSchema: Schema
    ) {
      self.spec = spec
      self.adapter = adapter
      self.info = info
      self.parts = parts
      self.input = input
      self.fullSchema = fullSchema
      self.adapterSchema = adapterSchema
      schema = fullSchema
    }

    /// Reads only `fields`, a selection of the full schema. One column at least is kept, to count rows by.
    mutating func narrow(to fields: [Field]) {
      let captured = Set(parts.first?.captures.map(\.field.name) ?? [])
      var own = adapterSchema.fields.filter { field in fields.contains { $0.name == field.name } }
      if own.isEmpty { own = Array(adapterSchema.fields.prefix(1)) }
      let kept = fields.filter { captured.contains($0.name) }
      for i in parts.indices { parts[i].captures.removeAll { capture in !kept.contains(capture.field) } }
      // A selection of unique names is a schema.
      guard let narrowed = try? Schema(own), let all = try? Schema(kept + own) else { return }
      adapterSchema = narrowed
      schema = all
    }
  }

  /// A step, bound.
  public struct Step: Sendable {
    /// The step in the pipeline file.
    public var spec: StepSpec
    let transform: any Transform
    let info: PluginInfo
    let inputs: [Schema]
    /// The result's schema.
    public var schema: Schema
  }

  /// An output, bound.
  public struct Output: Sendable {
    /// The output in the pipeline file.
    public var spec: OutputSpec
    let sink: any Sink
    let info: PluginInfo
  }

  /// The pipeline file.
  public var spec: PipelineSpec
  let graph: Graph
  /// The sources, in the order of the file.
  public var sources: [Source]
  /// The steps, in the order of the file.
  public var steps: [Step]
  /// The outputs, in the order of the file.
  public var outputs: [Output]
  let record: RunRecord
  /// Writes the quarantine file; nil when the program has no sink for Parquet.
  let quarantineSink: (any Sink)?
  /// Folders whose content decided which files a source reads.
  let searchedFolders: [String]

  /// The schema of the source or step `name`.
  func schema(of name: String) -> Schema {
    switch graph.nodes[name] {
    case .source(let i): sources[i].schema
    case .step(let i): steps[i].schema
    case nil: Schema()
    }
  }
}

/// Everything that can go wrong between a pipeline file and its outputs.
public enum PipelineError: Error, Sendable, CustomStringConvertible {
  /// A mistake in a file that a person wrote.
  case spec(SpecError)
  /// A source's file.
  case source(SourceError)
  /// Data on which a step cannot work; the position is the step's.
  case transform(step: String, SourcePosition, TransformError)
  /// An output that cannot be written.
  case sink(SinkError)
  /// Checks that failed; one text a check.
  case checks([String])
  /// Another run holds the output folder.
  case busy(String)

  /// The text for the user.
  public var description: String {
    switch self {
    case .spec(let error): "\(error)"
    case .source(let error): "\(error)"
    case .transform(let step, let position, let error): "\(position): step \"\(step)\": \(error)"
    case .sink(let error): "\(error)"
    case .checks(let failures): failures.joined(separator: "\n")
    case .busy(let folder): "\(folder): another run is writing here; wait for it, or choose another folder with --out"
    }
  }

  /// The exit code, after sysexits.h.
  public var exitCode: Int32 {
    switch self {
    case .spec: 78
    case .source(let error): error.kind == .unreadable ? 66 : 65
    case .transform, .checks: 65
    case .sink(let error): error.kind == .unwritable ? 73 : 65
    case .busy: 75
    }
  }
}
