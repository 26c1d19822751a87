import PipelineKit
import Tabular

/// Hands on the rows of a file's features as batches: shared by the adapters of boundaries.
final class FeatureBatches {
  /// Whether whoever takes the batches wants no more.
  private(set) var isStopped = false
  /// The rows, for the properties of the feature at hand.
  let rows: FeatureRows
  /// The file, for messages.
  let path: String
  let context: RunContext
  private let names: Set<String>
  private let schema: Schema
  private let numbers: NumberParser
  private let receive: (Batch) -> ReadControl

  /// Batches of `schema` from the features of the file at `path`, whose properties are `names`.
  init(
    schema: Schema, names: [String], system: ReferenceSystem, cells: CellDialect, path: String, context: RunContext,
    receive: @escaping (Batch) -> ReadControl
  ) throws(SourceError) {
    rows = try FeatureRows(schema: schema, names: names, system: system, cells: cells, file: path)
    self.names = Set(names)
    self.schema = schema
    self.path = path
    self.context = context
    numbers = cells.numbers
    self.receive = receive
  }

  /// Whether the first features had the property.
  func knows(_ name: String) -> Bool { names.contains(name) }

  /// Ends a feature, whose shape is none without a kind: whether more of them are wanted.
  func append(_ shape: ShapeBuilder, _ kind: ShapeBuilder.Kind?) throws(SourceError) -> Bool {
    if let bad = rows.append(shape, kind), let trouble = rows.decoder.trouble {
      let name = schema[trouble.column].name
      throw SourceError(
        file: path, line: bad, column: name, CellMessage.text(trouble, column: name, numbers: numbers))
    }
    if rows.isFull { handOn() }
    return !isStopped
  }

  /// Hands on what is left.
  func finish() {
    if rows.rows > 0, !isStopped { handOn() }
  }

  private func handOn() {
    context.count(read: rows.rows)
    if receive(Batch(rows.take())) == .stop { isStopped = true }
  }
}
