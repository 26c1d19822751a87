public import PipelineKit
public import Tabular

/// Makes rows of columns whose names follow a pattern.
public struct Unpivot: Transform {
  /// The options of ``Unpivot``.
  public struct Options: PluginOptions {
    var by: [Located] = []
    var pattern = Located("", at: SourcePosition(file: ""))
    var value = Located("value", at: SourcePosition(file: ""))

    /// Nothing stated.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("by", \.by, required: true, "The columns that are repeated on each row."),
        .init(
          "pattern", \.pattern, required: true,
          "The names of all other columns, with placeholders. `{value}` stands for the part that names a column of the output; "
            + "each other placeholder becomes a key column that holds what stands in its place."),
        .init("value", \.value, "The name of the column of values when the pattern has no `{value}`."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "unpivot",
    summary: "Makes rows of columns whose names follow a pattern.",
    details: """
      Every input row becomes a row for each combination of what stands in the placeholders, in the order in which the \
      columns have them. `{value}_{year}` makes `births_2020`, `births_2021` and `deaths_2021` into the columns `year`, \
      `births` and `deaths`; there is no `deaths_2020`, so that cell is missing (`not_asked`). Missing values keep their \
      reasons. Columns that are put below each other must be of one type, or numbers; the unit is kept when all have it.

      Every column must be under `by` or fit the pattern: nothing is left out in silence. Leave columns out with `select`.
      """,
    example: """
      - id: by_year
        uses: unpivot
        from: exams
        by: [VESTIGINGSCODE, "ONDERWIJSTYPE VO"]
        pattern: "{value} SCHOOLJAAR {school_year} - {sex}"
      """)

  private let options: Options
  private let pattern: NamePattern

  /// An unpivot with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    self.options = options
    do throws(NamePattern.Flaw) { pattern = try NamePattern(options.pattern.text) } catch {
      throw SpecError(options.pattern.position, "pattern \"\(options.pattern.text)\" \(error.text)")
    }
  }

  /// Which column of the input holds what.
  private struct Plan {
    /// The values of the placeholders other than `{value}`, one list a row.
    var combinations: [[String]] = []
    /// The names of the columns of values, and for each the input's column for each combination.
    var values: [(name: String, sources: [Int: Field])] = []
  }

  private func plan(_ schema: Schema) throws(SpecError) -> Plan {
    var plan = Plan()
    for name in options.by { _ = try schema.field(at: name) }
    let repeated = Set(options.by.map(\.text))
    for field in schema.fields where !repeated.contains(field.name) {
      guard var parts = pattern.match(field.name) else {
        throw SpecError(
          options.pattern.position,
          "column \"\(field.name)\" does not fit the pattern \"\(options.pattern.text)\"; name it under by, or leave it out "
            + "with select")
      }
      var name = options.value.text
      if let place = pattern.placeholders.firstIndex(of: "value") { name = parts.remove(at: place) }
      let combination = plan.combinations.firstIndex(of: parts) ?? plan.combinations.count
      if combination == plan.combinations.count { plan.combinations.append(parts) }
      let value = plan.values.firstIndex { $0.name == name } ?? plan.values.count
      if value == plan.values.count { plan.values.append((name, [:])) }
      plan.values[value].sources[combination] = field
    }
    if plan.combinations.isEmpty {
      throw SpecError(options.pattern.position, "all columns are under by: there is nothing to make rows of")
    }
    return plan
  }

  private var keys: [String] { pattern.placeholders.filter { $0 != "value" } }

  /// The columns of `by`, those of the placeholders, and those of values.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let plan = try plan(inputs[0])
    var fields: [Field] = []
    for name in options.by { fields.append(try inputs[0].field(at: name)) }
    fields += keys.map { Field($0, .string, role: .key) }
    for value in plan.values {
      fields.append(try field(value.name, plan.combinations.indices.compactMap { value.sources[$0] }))
    }
    do throws(TabularError) { return try Schema(fields) } catch {
      throw SpecError(options.pattern.position, "\(error)")
    }
  }

  private func field(_ name: String, _ sources: [Field]) throws(SpecError) -> Field {
    var field = sources[0]
    field.name = name
    field.label = ""
    field.origins = Field.mergeOrigins(sources.map(\.origins))
    for source in sources.dropFirst() {
      if source.type != field.type {
        guard source.type.isNumeric, field.type.isNumeric else {
          throw SpecError(
            options.pattern.position,
            "column \"\(source.name)\" is \(source.type.rawValue) and \"\(sources[0].name)\" is "
              + "\(sources[0].type.rawValue); both would be \"\(name)\"")
        }
        field.type = .float64
      }
      if source.unit != field.unit { field.unit = "" }
      if source.direction != field.direction { field.direction = nil }
      if source.decimals != field.decimals { field.decimals = nil }
    }
    return field
  }

  /// The long table.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let schema = try promised([table.schema])
    let plan = try onSchemas { () throws(SpecError) in try self.plan(table.schema) }
    let (rows, width) = (table.rowCount, plan.combinations.count)
    guard rows * width <= Int(Int32.max) else {
      throw TransformError("\(rows) rows times \(width) combinations are more than \(Int32.max) rows; filter first")
    }
    let repeated = (0..<rows).flatMap { row in [Int32](repeating: Int32(row), count: width) }
    var columns = try table.columns(named: options.by.map(\.text)).map { $0.gathering(repeated) }
    let turns = (0..<rows).flatMap { _ in (0..<Int32(width)).map { $0 } }
    for i in keys.indices {
      columns.append(Column.string(StringColumn(plan.combinations.map { $0[i] })).gathering(turns))
    }
    for value in plan.values {
      guard let type = schema[value.name]?.type else { throw TransformError("a column went missing") }
      let present = plan.combinations.indices.filter { value.sources[$0] != nil }
      let stacked = try stack(table, present.compactMap { value.sources[$0] }, as: type)
      var starts = [Int32](repeating: -1, count: width)
      for (i, combination) in present.enumerated() { starts[combination] = Int32(i * rows) }
      let sources = (0..<Int32(rows)).flatMap { row in starts.map { $0 < 0 ? -1 : $0 + row } }
      columns.append(stacked.gathering(sources, unmatched: .notAsked))
    }
    return try onTables { [columns] () throws(TabularError) in try Table(schema: schema, columns: columns) }
  }

  /// The columns of `fields`, one below the other.
  private func stack(_ table: Table, _ fields: [Field], as type: ColumnType) throws(TransformError) -> Column {
    let parts = try table.columns(named: fields.map(\.name)).map { $0.converted(to: type) }
    return try onTables { () throws(TabularError) in
      let schema = try Schema([Field("v", type)])
      var tables: [Table] = []
      for part in parts { tables.append(try Table(schema: schema, columns: [part])) }
      return try Table.concatenating(tables).columns[0]
    }
  }
}
