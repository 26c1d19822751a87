public import PipelineKit
import Synchronization
public import Tabular

/// Computes columns from columns of the same row.
public struct Derive: Transform {
  /// The options of ``Derive``.
  public struct Options: PluginOptions {
    var columns = OrderedMap<Expression>()
    var fields = OrderedMap<FieldSettings>()

    /// Nothing derived.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("columns", \.columns, "The new columns: `name: expression`. Later ones may use earlier ones."),
        .init("fields", \.fields, "Unit, label, role, direction and decimals of columns, new or old."),
      ]
    }
  }

  /// Name and documentation.
  public static let info = PluginInfo(
    name: "derive", summary: "Computes columns from columns of the same row.",
    details: """
      A new column comes behind the others; one whose name exists takes the place of the old one and keeps its role and
      label. Every column depends on the origins of all columns in its expression. A plain column keeps its unit, label,
      direction and decimals, and `round` and `coalesce` of columns of one unit keep that; all else is said under `fields`.

      A missing operand makes the result missing, for the reason of the first missing operand from the left. What cannot
      be computed (division by zero, the logarithm of zero, a whole number beyond 64 bits) is missing as `undefined`.

      In the pipeline file an expression that starts with a quote, a backquote or a bracket, or that stands inside
      `{ }`, goes in double quotes.

      Functions:
      """ + "\n\n" + Expression.functions.map { "- `\($0.signature)`: \($0.summary)" }.joined(separator: "\n"),
    example: """
      - id: shares
        uses: derive
        from: areas
        columns:
          aged_65_pct: round(100 * aged_65 / inhabitants, 1)
          poor_health_pct: 100 - good_health_pct
        fields:
          poor_health_pct: {unit: "%", direction: higher_is_worse}
      """)

  /// Rows pass one by one.
  public var isRowLevel: Bool { true }

  private let columns: OrderedMap<Expression>
  private let fields: OrderedMap<FieldSettings>
  private let known = SchemaMemory()

  /// New columns.
  /// - Throws: ``SpecError`` at a name that is empty.
  public init(options: Options, context: RunContext) throws(SpecError) {
    for entry in options.columns.entries where entry.key.isEmpty {
      throw SpecError(entry.position, "a column without a name")
    }
    columns = options.columns
    fields = options.fields
  }

  /// The wanted columns of the input, those in expressions, those that are replaced and those that are described.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    guard let needed else { return [nil] }
    var wanted = needed.union(fields.keys).union(columns.keys)
    for entry in columns.entries { wanted.formUnion(entry.value.columns) }
    // What the table does not have is derived here, or refused by the schema check.
    return [atLeastOne(wanted.filter { inputs[0].index(of: $0) != nil }, of: inputs[0])]
  }

  /// The input's fields and the new ones.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    try schemas(from: inputs[0]).last ?? inputs[0]
  }

  /// The input's columns and the new ones.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let schemas: [Schema]
    do { schemas = try known.schemas(from: inputs[0].schema, otherwise: schemas(from:)) } catch {
      throw TransformError(error.description)
    }
    do throws(TabularError) {
      var table = inputs[0]
      var columns = table.columns
      for (i, entry) in self.columns.entries.enumerated() {
        let column: Column
        do { column = try entry.value.evaluate(on: table) } catch { throw .schemaMismatch(error.message) }
        if let index = table.schema.index(of: entry.key) { columns[index] = column } else { columns.append(column) }
        table = try Table(schema: schemas[i], columns: columns)
      }
      return try Table(schema: schemas.last ?? inputs[0].schema, columns: columns)
    } catch { throw TransformError(error.description) }
  }

  /// The schema after each expression, and the last one with its fields described.
  private func schemas(from input: Schema) throws(SpecError) -> [Schema] {
    var schemas: [Schema] = []
    var schema = input
    for entry in columns.entries {
      var field = try entry.value.field(named: entry.key, in: schema)
      var fields = schema.fields
      if let index = schema.index(of: entry.key) {
        field.role = fields[index].role
        if !fields[index].label.isEmpty { field.label = fields[index].label }
        fields[index] = field
      } else {
        fields.append(field)
      }
      do { schema = try Schema(fields) } catch { preconditionFailure("a name that exists is replaced") }
      schemas.append(schema)
    }
    schemas.append(try fields.applied(to: schema))
    return schemas
  }
}

/// The schemas that belong to the last input schema, so that batches do not work them out again and again.
private final class SchemaMemory: Sendable {
  private let last = Mutex<(input: Schema, schemas: [Schema])?>(nil)

  func schemas(
    from input: Schema, otherwise make: (Schema) throws(SpecError) -> [Schema]
  ) throws(SpecError) -> [Schema] {
    if let held = last.withLock({ $0 }), held.input == input { return held.schemas }
    let schemas = try make(input)
    last.withLock { $0 = (input, schemas) }
    return schemas
  }
}
