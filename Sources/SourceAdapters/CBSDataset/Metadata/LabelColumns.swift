import PipelineKit
import Tabular

/// Columns with the titles of codes, beside the columns that hold the codes.
struct LabelColumns: Sendable {
  /// A column of codes and what its codes are called.
  struct Labelled: Sendable {
    /// The column of codes.
    var column: String
    /// What follows the column's name in that of the label column.
    var suffix: String
    /// The texts by code.
    var texts: [String: String]
  }

  /// The columns, in order.
  private(set) var labelled: [Labelled] = []

  /// What follows the name of a column of codes in that of the column with their titles.
  static let labelSuffix = "_label"
  /// What follows the name of a column of periods in that of the column that says whether figures are final.
  static let stateSuffix = "_state"

  /// Adds the titles of the codes in `column`, and the state of figures where there is one.
  mutating func add(_ column: String, _ categories: CBSMetadata.Categories) {
    labelled.append(Labelled(column: column, suffix: Self.labelSuffix, texts: categories.titles))
    if !categories.statuses.isEmpty {
      labelled.append(Labelled(column: column, suffix: Self.stateSuffix, texts: categories.statuses))
    }
  }

  /// `schema` with each label column behind its column of codes.
  /// - Throws: ``TabularError`` when a name is taken.
  func extended(_ schema: Schema) throws(TabularError) -> Schema {
    if labelled.isEmpty { return schema }
    var fields: [Field] = []
    for field in schema.fields {
      fields.append(field)
      for label in labelled where label.column == field.name {
        fields.append(
          Field(field.name + label.suffix, .string, label: field.label, origins: field.origins))
      }
    }
    return try Schema(fields)
  }

  /// The columns that must be read for `schema`: those that are no labels, and the codes of those that are.
  private func needed(for schema: Schema) throws(TabularError) -> Schema {
    if labelled.isEmpty { return schema }
    var fields: [Field] = []
    for field in schema.fields {
      if let source = source(of: field.name) {
        if !schema.names.contains(source.column), !fields.contains(where: { $0.name == source.column }) {
          fields.append(Field(source.column, .string, role: .key))
        }
      } else {
        fields.append(field)
      }
    }
    return try Schema(fields)
  }

  private func source(of name: String) -> Labelled? { labelled.first { $0.column + $0.suffix == name } }

  /// A mapper for one reading of `schema`.
  func mapper(for schema: Schema) throws(TabularError) -> Mapper {
    Mapper(self, schema, needed: try needed(for: schema))
  }

  /// Puts label columns into the batches of one reading; texts are looked up once per dictionary, not per row.
  final class Mapper {
    /// The columns that must be read.
    let needed: Schema
    private let columns: LabelColumns
    private let schema: Schema
    private var known: [Int: (from: StringDictionary, to: [UInt32], texts: StringDictionary)] = [:]

    fileprivate init(_ columns: LabelColumns, _ schema: Schema, needed: Schema) {
      self.needed = needed
      self.columns = columns
      self.schema = schema
    }

    /// Hands on a batch of ``needed`` as one of the schema.
    ///
    /// A code without a title is not matched; a missing code keeps its reason.
    func pass(_ batch: Batch, to receive: (Batch) -> ReadControl) -> ReadControl {
      if columns.labelled.isEmpty { return receive(batch) }
      do { return receive(Batch(try complete(batch.table))) } catch {
        preconditionFailure("labels: \(error)")
      }
    }

    private func complete(_ table: Table) throws(TabularError) -> Table {
      var result: [Column] = []
      for (i, field) in schema.fields.enumerated() {
        if let source = columns.source(of: field.name), case .string(let codes) = try table.column(source.column) {
          result.append(.string(labels(i, codes, source.texts)))
        } else {
          result.append(try table.column(field.name))
        }
      }
      return try Table(schema: schema, columns: result)
    }

    private func labels(_ i: Int, _ codes: StringColumn, _ texts: [String: String]) -> StringColumn {
      if known[i]?.from !== codes.dictionary {
        var builder = StringDictionaryBuilder()
        let map = codes.dictionary.strings.map { code in texts[code].map { builder.code(of: $0) } ?? .max }
        known[i] = (codes.dictionary, map, builder.build())
      }
      guard let (_, map, dictionary) = known[i] else { return codes }
      var reasons = codes.missing?.reasons ?? [UInt8](repeating: 0, count: codes.codes.count)
      var rows = [UInt32](repeating: 0, count: codes.codes.count)
      for row in rows.indices where reasons[row] == 0 {
        let code = map[Int(codes.codes[row])]
        if code == .max {
          reasons[row] = MissingReason.notMatched.rawValue
        } else {
          rows[row] = code
        }
      }
      return StringColumn(codes: rows, dictionary: dictionary, missing: MissingMask(reasons: reasons))
    }
  }
}
