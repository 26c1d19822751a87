public import Tabular

/// A pipeline file, read and checked in form: names, kinds and places, parameters filled in.
public struct PipelineSpec: Sendable {
  /// The path of the file as the user gave it.
  public var file: String
  /// The pipeline's name.
  public var name: String
  /// A line that says what it is for; empty when not given.
  public var title: String
  /// Parameters with the values in force, in the order of the file.
  public var parameters: [(name: String, value: String)]
  /// The sources, in the order of the file.
  public var sources: [SourceSpec]
  /// The steps, in the order of the file.
  public var steps: [StepSpec]
  /// The outputs, in the order of the file.
  public var outputs: [OutputSpec]
  /// The checks, in the order of the file.
  public var checks: [CheckSpec]
  /// Files with checks or corrections that the planner reads, in the order of the file.
  var ruleFiles: [RuleFile] = []
  /// The corrections of sources, in the order of their files.
  public internal(set) var corrections: [Correction] = []
  /// The whole file with parameters filled in.
  public var root: SpecNode
  /// The whole file as it stands, with `${name}` for parameters.
  public var bare: SpecNode
}

/// A source: an adapter and the files it reads.
public struct SourceSpec: Sendable {
  /// The keys of a source that the engine reads itself; all others are options of the adapter.
  public static let reserved = ["adapter", "files", "otherwise", "origin"]
  /// The name under which steps use it.
  public var id: String
  /// The name of the adapter.
  public var adapter: Located
  /// Paths or patterns, in order.
  public var files: [FilePattern]
  /// The file that is read when a pattern finds none: the layout of data that one may not have.
  public var otherwise: SpecPath?
  /// Where the table comes from.
  public var origin: Origin
  /// The mapping, with the adapter's options.
  public var node: SpecNode
}

/// A step: a transform and its inputs.
public struct StepSpec: Sendable {
  /// The keys of a step that the engine reads itself; all others are options of the transform.
  public static let reserved = ["id", "uses", "from"]
  /// The name under which others use its result.
  public var id: String
  /// The name of the transform.
  public var uses: Located
  /// The names of its inputs.
  public var from: [Located]
  /// The mapping, with the transform's options.
  public var node: SpecNode
}

/// An output: a sink, its inputs and its file.
public struct OutputSpec: Sendable {
  /// The keys of an output that the engine reads itself; all others are options of the sink.
  public static let reserved = ["sink", "from", "path"]
  /// The name of the sink.
  public var sink: Located
  /// The names of its inputs.
  public var from: [Located]
  /// The path, relative to the folder of the run's outputs.
  public var path: Located
  /// The mapping, with the sink's options.
  public var node: SpecNode
}

/// A file with rules about a table.
struct RuleFile: Sendable {
  enum Kind: String, Sendable { case checks, corrections }
  var kind: Kind
  var on: Located
  var path: SpecPath
}

/// A check: what must hold for every row of a table.
public struct CheckSpec: Sendable {
  /// What a failure does.
  public enum Severity: String, OptionChoice {
    /// The run fails and earlier outputs stay as they are.
    case fail
    /// The run goes on; the failure is printed and stands in the manifest.
    case warn
    /// Rows that fail leave the table before anyone uses it and go to the quarantine file.
    case quarantine
  }
  /// The name of the table.
  public var on: Located
  /// What must hold.
  public var rule: CheckRule
  /// What a failure does.
  public var severity: Severity
  /// How many rows, or which share of them, may fail; nil for none, and for any number with `quarantine`.
  public var allow: Allowance?
  /// Where the rule stands.
  public var position: SourcePosition
}
