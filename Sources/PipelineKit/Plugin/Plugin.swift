public import Tabular

/// What a plugin is called and what it is for.
public struct PluginInfo: Sendable, Equatable {
  /// The three kinds of plugin.
  public enum Kind: String, Sendable, CaseIterable {
    /// Reads files into tables.
    case source
    /// Makes a table from tables.
    case transform
    /// Writes tables to files.
    case sink
  }

  /// The name in pipeline files: a noun for sources and sinks, a verb for transforms.
  public var name: String
  /// One sentence.
  public var summary: String
  /// Raised when the same options and inputs give another result; part of every stage's key.
  public var version: Int
  /// More than one sentence: rules, formulas, what missing values do. Markdown.
  public var details: String
  /// A piece of a pipeline file that uses the plugin.
  public var example: String

  /// A description.
  public init(name: String, summary: String, version: Int = 1, details: String = "", example: String = "") {
    self.name = name
    self.summary = summary
    self.version = version
    self.details = details
    self.example = example
  }
}

/// A piece of the pipeline that a pipeline file can name.
public protocol Plugin: Sendable {
  /// What the pipeline file says about it.
  associatedtype Options: PluginOptions
  /// Name, summary, version.
  static var info: PluginInfo { get }
  /// A plugin with its options. Files that the options name are read here, through `context`.
  /// - Throws: ``SpecError`` when the options contradict each other or a file they name is wrong.
  init(options: Options, context: RunContext) throws(SpecError)
}

/// One file of a source, with the columns that its name gives.
public struct InputPart: Sendable, Equatable {
  /// The path, ready to open.
  public var path: String
  /// A part of the input at `path`.
  public init(path: String) { self.path = path }
}

/// What a source reads: one or more files, in order, that make up one table.
public struct Input: Sendable, Equatable {
  /// The files.
  public var parts: [InputPart]
  /// Where the table comes from, as the pipeline file says; adapters add the column.
  public var origin: Origin

  /// An input of the given files.
  public init(parts: [InputPart], origin: Origin = Origin()) {
    self.parts = parts
    self.origin = origin
  }
}

/// Whether a source should go on.
public enum ReadControl: Sendable {
  /// Go on with the next batch.
  case more
  /// Stop quietly: the run ends for another cause.
  case stop
}

/// Why an adapter thinks that a file is or is not its own.
public struct Recognition: Sendable, Equatable {
  /// 0 (not mine) to 100 (certain).
  public var confidence: Int
  /// The sign by which it is recognised, as a clause: `an Atom feed with m:properties`.
  public var reason: String

  /// A judgement.
  public init(_ confidence: Int, _ reason: String) {
    self.confidence = confidence
    self.reason = reason
  }
}

/// Reads one family of export files. Raw is passthrough: types and missing reasons, no judgement.
///
/// The engine asks for the schema of all parts first, then reads the parts, possibly side by side: an adapter keeps no
/// state between calls.
public protocol SourceAdapter: Plugin {
  /// Whether `head`, the first bytes of the file at `path`, looks like this adapter's format.
  static func recognise(head: [UInt8], path: String) -> Recognition
  /// Whether a part may be a folder or an archive of several files, one of which the adapter recognises.
  static var readsFolders: Bool { get }
  /// The schema of the input, from the head of its files: every column, whether needed or not.
  func schema(of input: Input, context: RunContext) throws(SourceError) -> Schema
  /// Reads one part and hands on its rows as batches whose columns are exactly `schema`: a selection, in any order, of
  /// what ``schema(of:context:)`` gave. Stops quietly when `receive` says ``ReadControl/stop``.
  func read(
    _ part: InputPart, of input: Input, as schema: Schema, context: RunContext, into receive: (Batch) -> ReadControl
  ) throws(SourceError)
}

extension SourceAdapter {
  /// A part is one file.
  public static var readsFolders: Bool { false }
}

/// Makes one table from one or more. Pure: the same inputs and options give the same table.
public protocol Transform: Plugin {
  /// How many inputs it takes.
  static var inputCount: ClosedRange<Int> { get }
  /// Whether each row of the output depends on one row of the input only, so that batches can pass one by one.
  var isRowLevel: Bool { get }
  /// The columns of each input that must be there when `needed` columns of the output are wanted (nil: all of them).
  /// The default asks for everything. Columns that the options name must be in the answer.
  func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?]
  /// The schema of the output; the whole graph is checked with it before a byte of data is read.
  func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema
  /// The output. Column names and types are those of ``outputSchema(for:)``.
  ///
  /// The inputs are given away: a transform that declares them `consuming` may change columns in place that nobody else
  /// holds.
  func apply(_ inputs: consuming [Table], context: RunContext) throws(TransformError) -> Table
}

extension Transform {
  /// One input.
  public static var inputCount: ClosedRange<Int> { 1...1 }
  /// Whole tables.
  public var isRowLevel: Bool { false }
  /// Everything.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] { inputs.map { _ in nil } }
}

/// A table under the name that the pipeline file gives it.
public struct NamedTable: Sendable {
  /// The id of the step or source.
  public var name: String
  /// The table.
  public var table: Table

  /// A table under a name.
  public init(_ name: String, _ table: Table) {
    self.name = name
    self.table = table
  }
}

/// A schema under the name that the pipeline file gives its table.
public struct NamedSchema: Sendable {
  /// The id of the step or source.
  public var name: String
  /// The schema.
  public var schema: Schema

  /// A schema under a name.
  public init(_ name: String, _ schema: Schema) {
    self.name = name
    self.schema = schema
  }
}

/// Writes tables to a file. Bytes depend on the tables and options alone.
public protocol Sink: Plugin {
  /// Checks on schemas, before data is read, that the tables can be written.
  func check(_ inputs: [NamedSchema]) throws(SpecError)
  /// The columns of each input that it writes; nil means all of them.
  func neededColumns(_ inputs: [NamedSchema]) -> [Set<String>?]
  /// Writes `inputs` to `output`; the engine gives the file its name when this returns.
  func write(_ inputs: [NamedTable], to output: OutputFile, context: RunContext) throws(SinkError)
}

extension Sink {
  /// Everything can be written.
  public func check(_ inputs: [NamedSchema]) throws(SpecError) {}
  /// Everything is written.
  public func neededColumns(_ inputs: [NamedSchema]) -> [Set<String>?] { inputs.map { _ in nil } }
}

/// A sink that takes its one input piece by piece, so that a table need never stand in memory whole.
public protocol StreamingSink: Sink {
  /// Starts writing a table of `schema`.
  func open(_ schema: Schema, to output: OutputFile, context: RunContext) throws(SinkError) -> any SinkStream
}

/// A table on its way into a file.
public protocol SinkStream: AnyObject {
  /// Writes the next rows.
  func append(_ table: Table) throws(SinkError)
  /// Writes what is left. Called once, after the last rows.
  func finish() throws(SinkError)
}

extension StreamingSink {
  /// Writes the one input through a stream.
  public func write(_ inputs: [NamedTable], to output: OutputFile, context: RunContext) throws(SinkError) {
    for input in inputs {
      let stream = try open(input.table.schema, to: output, context: context)
      try stream.append(input.table)
      try stream.finish()
    }
  }
}
