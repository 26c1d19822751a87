public import PipelineKit
import Tabular

/// What a null in a typed data set means where the metadata say that an absent cell is impossible.
public enum TypedNull: String, OptionChoice {
  /// Unspecified: CBS writes an unknown cell in the same way.
  case unspecified
  /// Not applicable, as the topic's `Default` says of a cell that the table does not hold.
  case asDefault = "as_default"
}

/// The options that all adapters for data sets of OData v3 have: how cells are written, and the metadata of the table.
public protocol CBSDatasetOptions: PluginOptions {
  /// Texts that stand for a missing value.
  var markers: OrderedMap<MarkerReason> { get set }
  /// Whether blanks around text are cut off.
  var trim: Bool { get set }
  /// Files with metadata.
  var metadata: [SpecPath] { get set }
  /// Dimensions of which the titles of the codes are wanted.
  var labels: [Located] { get set }
  /// What a null of a typed data set means.
  var typedNull: TypedNull { get set }
  /// Whether every title has the groups of topics before it.
  var topicPaths: Bool { get set }
}

extension CBSDatasetOptions {
  /// How the cells of a data set of the form `form` are written.
  func cells(
    _ form: CBSDatasetForm, _ description: CBSDescription, numbers: NumberParser = NumberParser()
  ) -> CellDialect {
    var cells = CellDialect(
      numbers: numbers, markers: markers.markers, emptyReason: markers.emptyReason(form), trimsText: trim)
    if markers[""] == nil { cells.emptyReasons = description.absentReasons(form) }
    return cells
  }

  /// The declarations of the options for metadata.
  static var metadataDeclaration: [OptionField<Self>] {
    [
      .init(
        "metadata", \.metadata,
        "Files with the table's metadata: its metadata.csv, or DataProperties, TableInfos and categories as Atom, JSON or "
          + "CSV. They give columns their titles, units, decimals and types, and say what an absent cell means."),
      .init(
        "labels", \.labels,
        "Dimensions whose codes get a column with their titles, `<dimension>_label`, from the metadata; a dimension of "
          + "periods also gets `<dimension>_state`: Definitief, Voorlopig or NaderVoorlopig."),
      .init(
        "typed_null", \.typedNull,
        "What a null in a typed data set means for a topic whose Default is Impossible; where it is Missing a null is "
          + "always unknown."),
      .init(
        "topic_paths", \.topicPaths,
        "Whether every topic's title has the groups of topics before it, as in Bevolking / Leeftijd / 0 tot 15 jaar; "
          + "otherwise only where another topic has the same title."),
    ]
  }
}

/// A table's metadata and what the options want of them.
struct CBSDescription: Sendable {
  /// The metadata.
  let metadata: CBSMetadata
  /// The columns with titles of codes.
  let labels: LabelColumns
  private let takesDefault: Bool

  /// Reads the metadata that the options name.
  init(_ options: some CBSDatasetOptions, context: RunContext) throws(SpecError) {
    var metadata = try CBSMetadata(options.metadata, context: context)
    metadata.showsPaths = options.topicPaths
    self.metadata = metadata
    takesDefault = options.typedNull == .asDefault
    var labels = LabelColumns()
    for dimension in options.labels {
      guard let categories = metadata.categories[dimension.text] else {
        throw SpecError(
          dimension.position,
          "the metadata hold no categories of \"\(dimension)\""
            + didYouMean(dimension.text, among: metadata.categories.keys.sorted()))
      }
      labels.add(dimension.text, categories)
    }
    self.labels = labels
  }

  /// The reasons of empty cells by column, in a data set of `form`.
  func absentReasons(_ form: CBSDatasetForm) -> [String: MissingReason] {
    metadata.absentReasons(form, takesDefault: takesDefault)
  }

  /// The schema of a data set whose files, `file` first, show `columns`, with the label columns.
  /// - Throws: ``SourceError`` when the metadata are another table's, or an option names a column that is not there.
  func schema(
    _ columns: [ColumnFinding], types: OrderedMap<SourceColumnType>, isUntyped: Bool, origin: Origin,
    dimensionsAreKeys: Bool = true, file: String, context: RunContext
  ) throws(SourceError) -> Schema {
    try metadata.check(columns.map(\.name), table: origin.table, file: file, context: context)
    let rules = CBSSchemaRules(
      types: types, isUntyped: isUntyped, origin: metadata.completed(origin), dimensionsAreKeys: dimensionsAreKeys,
      metadata: metadata)
    return try extended(try rules.schema(columns, file: file), file: file)
  }

  /// `schema` with the label columns.
  private func extended(_ schema: Schema, file: String) throws(SourceError) -> Schema {
    for label in labels.labelled where schema[label.column] == nil {
      throw SourceError(
        file: file, column: label.column,
        "the option labels names this column, but the data have none of that name"
          + didYouMean(label.column, among: schema.names))
    }
    do { return try labels.extended(schema) } catch { throw SourceError(file: file, error.description) }
  }

  /// What must be read for `schema`, and what makes its batches of that.
  func mapper(for schema: Schema, file: String) throws(SourceError) -> LabelColumns.Mapper {
    do { return try labels.mapper(for: schema) } catch { throw SourceError(file: file, error.description) }
  }
}
