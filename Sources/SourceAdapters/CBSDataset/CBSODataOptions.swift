public import PipelineKit
import Tabular

/// What a pipeline file says about a data set in a document of OData v3, Atom or JSON.
public struct CBSODataOptions: CBSDatasetOptions {
  /// The form of the data set.
  public var dataset = CBSDatasetForm.auto
  /// Texts that stand for a missing value.
  public var markers = OrderedMap<MarkerReason>()
  /// Whether blanks around text are cut off.
  public var trim = true
  /// Types by column.
  public var types = OrderedMap<SourceColumnType>()
  /// Files with metadata.
  public var metadata: [SpecPath] = []
  /// Dimensions of which the titles of the codes are wanted.
  public var labels: [Located] = []
  /// What a cell that cannot be read does.
  public var onError = OnError.fail
  /// What a null of a typed data set means.
  public var typedNull = TypedNull.unspecified
  /// Whether every title has the groups of topics before it.
  public var topicPaths = false

  /// CBS's own conventions.
  public init() {}

  /// The options, as documentation lists them.
  public static var declaration: [OptionField<Self>] {
    [
      .init(
        "dataset", \.dataset,
        "The form of the data set. It decides what an empty or null cell means: unspecified in a typed one, "
          + "not_applicable in an untyped one."),
      .init(
        "markers", \.markers,
        "Texts that stand for a missing value and the reason of each, beside `.` for unknown. An entry for \"\" says what "
          + "an empty or null cell means."),
      .init("trim", \.trim, "Whether blanks around keys and texts are cut off."),
      .init("types", \.types, "The type of a column, where the document and the rules find another."),
      .init("on_error", \.onError, OnError.help),
    ] + metadataDeclaration
  }
}
