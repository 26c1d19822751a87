public import PipelineKit
public import Tabular

/// Makes one row of each group of rows.
public struct Aggregate: Transform {
  /// The options of ``Aggregate``.
  public struct Options: PluginOptions {
    var by: [Located] = []
    var measures = OrderedMap<Aggregation>()
    var fields = OrderedMap<FieldSettings>()

    /// Nothing aggregated.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("by", \.by, "The columns that define a group; without them all rows make one."),
        .init("measures", \.measures, "The columns to compute: `name: aggregation`, for example `mean(income)`."),
        .init("fields", \.fields, "Unit, label, role, direction and decimals of columns of the output."),
      ]
    }
  }

  /// Name and documentation.
  public static let info = PluginInfo(
    name: "aggregate", summary: "Makes one row of each group of rows.",
    details: """
      The output has the columns of `by`, as keys, and then the measures. Its rows are in order of those keys: numbers and
      dates ascend, text goes by its UTF-8 bytes, and a missing key makes a group of its own for each reason, at the end.
      Without `by` there is one row, also for an empty table.

      Cells without a value are left out of a measure; a measure of no values is missing as `undefined`, a count is 0.
      Arguments are expressions over the rows, and measures may be computed from several: `sum(a) / sum(b)`.

      Functions:
      """ + "\n\n" + Aggregation.functions.map { "- `\($0.signature)`: \($0.summary)" }.joined(separator: "\n"),
    example: """
      - id: per_municipality
        uses: aggregate
        from: neighbourhoods
        by: [year, municipality_code]
        measures:
          neighbourhoods: count()
          inhabitants: sum(inhabitants)
          benefit_pct: 100 * sum(benefits) / sum(inhabitants)
          median_value: median(house_value)
      """)

  private let by: [Located]
  private let measures: OrderedMap<Aggregation>
  private let fields: OrderedMap<FieldSettings>

  /// Groups and measures.
  /// - Throws: ``SpecError`` at a column that is named twice.
  public init(options: Options, context: RunContext) throws(SpecError) {
    var seen: Set<String> = []
    for name in options.by where !seen.insert(name.text).inserted {
      throw SpecError(name.position, "column \"\(name)\" occurs twice under by")
    }
    for entry in options.measures.entries where !seen.insert(entry.key).inserted {
      throw SpecError(entry.position, "the measure \"\(entry.key)\" has the name of a column under by; choose another")
    }
    if seen.isEmpty { throw SpecError(SourcePosition(file: ""), "aggregate needs by, measures or both") }
    by = options.by
    measures = options.measures
    fields = options.fields
  }

  /// The measures, in their order.
  var aggregations: [Aggregation] { measures.entries.map(\.value) }

  /// Where the columns of the keys stand.
  func keyPlaces(in schema: Schema) -> [Int] { by.compactMap { schema.index(of: $0.text) } }

  /// The keys and the columns of the measures, whatever is wanted.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    var columns = Set(by.map(\.text))
    for entry in measures.entries { columns.formUnion(entry.value.columns) }
    return [atLeastOne(columns, of: inputs[0])]
  }

  /// The keys and the measures.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    var output: [Field] = []
    for name in by {
      var field = try inputs[0].field(name)
      field.role = .key
      output.append(field)
    }
    for entry in measures.entries { output.append(try entry.value.field(named: entry.key, in: inputs[0])) }
    let schema: Schema
    do { schema = try Schema(output) } catch { preconditionFailure("names are unique") }
    return try fields.applied(to: schema)
  }

  /// The rows of a large table are folded in pieces of so many: what is computed on the way then stays small.
  static let piece = 1 << 14

  /// One row a group.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    if table.rowCount >= 8 * Self.piece, let fold = fold(over: table.schema) {
      for start in stride(from: 0, to: table.rowCount, by: Self.piece) {
        try fold.take(table.slice(start..<min(start + Self.piece, table.rowCount)))
      }
      return try fold.finish()
    }
    return try table.transformed { (table) throws(SpecError) in
      try outputSchema(for: [table.schema])
    } columns: { (_) throws(TransformError) in
      let keys = keyPlaces(in: table.schema).map { table.columns[$0] }
      let groups = Grouping(by: keys, rowCount: table.rowCount)
      var columns = keys.map { $0.gathering(groups.representatives) }
      for entry in measures.entries { columns.append(try entry.value.evaluate(on: table, groups: groups)) }
      return columns
    }
  }
}
