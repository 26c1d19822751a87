public import PipelineKit
public import Tabular

/// Puts the rows of several tables under each other.
public struct Union: Transform {
  /// Which columns the union has.
  enum ColumnRule: String, OptionChoice {
    case common
    case all
    case same
  }

  /// A key column that tells the inputs apart.
  struct Period: PluginOptions {
    var column = Located("", at: SourcePosition(file: ""))
    var values: [Located] = []

    static var declaration: [OptionField<Self>] {
      [
        .init("column", \.column, required: true, "The name of the new key column."),
        .init("values", \.values, required: true, "Its value for each input, in the order of `from`."),
      ]
    }
  }

  /// The options of `union`.
  public struct Options: PluginOptions {
    var columns = ColumnRule.same
    var period: Period?

    /// Inputs with the same columns.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "columns", \.columns,
          "Which columns to keep: those that all inputs have, those that any has, or the same in all, anything else being "
            + "an error."),
        .init("period", \.period, "A key column to add, with one value for each input."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "union",
    summary: "Puts the rows of several tables under each other, matching columns by name.",
    details: """
      Rows stand in the order of `from`. Columns are matched by name, whatever their place; the order is that of the \
      first table, then of what later ones add. A column must have one type and one unit in all tables; whole \
      numbers and doubles together make doubles. Under `columns: all` a cell of a table that lacks the column is \
      missing for the reason `not_asked`.

      `period` adds a key column before the others, with one value for each table: whole numbers when all values \
      are, text otherwise.
      """,
    example: """
      - id: years
        uses: union
        from: [health_2012, health_2016, health_2020]
        columns: common
        period: {column: year, values: [2012, 2016, 2020]}
      """)

  /// Two tables or more.
  public static var inputCount: ClosedRange<Int> { 2...1000 }

  private let options: Options
  /// Where messages point: the period, or the step as a whole.
  private let position: SourcePosition

  /// A union with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    self.options = options
    position = options.period?.column.position ?? SourcePosition(file: context.stage)
  }

  /// The columns needed, as far as each input has them; at least one, so that rows can be counted.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    let kept = Set(columnNames(inputs))
    let wanted = needed.map { $0.intersection(kept) } ?? kept
    return inputs.map { schema in
      let own = wanted.intersection(schema.names)
      guard own.isEmpty else { return own }
      return Set(schema.names.first { kept.contains($0) }.map { [$0] } ?? Array(schema.names.prefix(1)))
    }
  }

  /// The columns that the rule keeps, after the period.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    if options.columns == .same { try checkSame(inputs, at: position) }
    let names = columnNames(inputs)
    if names.isEmpty { throw SpecError(position, "the inputs have no column in common") }
    var fields: [Field] = []
    if let period = options.period {
      guard period.values.count == inputs.count else {
        throw SpecError(
          period.values.first?.position ?? position,
          "\"period\" gives \(period.values.count) values for \(inputs.count) inputs; give one for each")
      }
      for (i, schema) in inputs.enumerated() where schema[period.column.text] != nil {
        throw SpecError(
          position, "input \(i + 1) already has a column \"\(period.column.text)\"; leave \"period\" out or rename it")
      }
      fields.append(Field(period.column.text, periodValues == nil ? .string : .int64, role: .key))
    }
    for name in names { fields.append(try field(name, inputs, at: position)) }
    do throws(TabularError) { return try Schema(fields) } catch { throw SpecError(position, "\(error)") }
  }

  /// The rows of all inputs.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let schemas = inputs.map(\.schema)
    var fields: [Field] = []
    for name in columnNames(schemas) {
      do throws(SpecError) {
        fields.append(try field(name, schemas, at: position))
      } catch {
        throw TransformError(error.message)
      }
    }
    let period = options.period.map { Field($0.column.text, periodValues == nil ? .string : .int64, role: .key) }
    return try onTables { () throws(TabularError) in
      let schema = try Schema((period.map { [$0] } ?? []) + fields)
      var aligned: [Table] = []
      for (i, table) in inputs.enumerated() {
        var columns: [Column] = period == nil ? [] : [periodColumn(i, rows: table.rowCount)]
        for field in fields {
          if let index = table.schema.index(of: field.name) {
            columns.append(table.columns[index].converted(to: field.type))
          } else {
            columns.append(.allMissing(field.type, reason: .notAsked, count: table.rowCount))
          }
        }
        aligned.append(try Table(schema: schema, columns: columns))
      }
      return try Table.concatenating(aligned)
    }
  }

  /// The names that the rule keeps, in the order of the output.
  ///
  /// Under `same`, tables that carry more than was asked for are cut to what they share.
  private func columnNames(_ inputs: [Schema]) -> [String] {
    if options.columns == .all {
      var seen: Set<String> = []
      return inputs.flatMap(\.names).filter { seen.insert($0).inserted }
    }
    return inputs[0].names.filter { name in inputs.allSatisfy { $0[name] != nil } }
  }

  /// The values of the period when all are whole numbers.
  private var periodValues: [Int64]? {
    let values = options.period?.values.compactMap { value in
      Int64(value.text).flatMap { String($0) == value.text ? $0 : nil }
    }
    return values?.count == options.period?.values.count ? values : nil
  }

  private func periodColumn(_ input: Int, rows: Int) -> Column {
    if let values = periodValues { return .int64(Int64Column([Int64](repeating: values[input], count: rows))) }
    let text = options.period?.values[input].text ?? ""
    var builder = StringDictionaryBuilder()
    let code = builder.code(of: text)
    return .string(StringColumn(codes: [UInt32](repeating: code, count: rows), dictionary: builder.build()))
  }

  /// Lists what differs, all of it: one message for one mistake in many columns.
  private func checkSame(_ inputs: [Schema], at position: SourcePosition) throws(SpecError) {
    for (i, schema) in inputs.enumerated().dropFirst() {
      let lacking = inputs[0].names.filter { schema[$0] == nil }
      let extra = schema.names.filter { inputs[0][$0] == nil }
      var parts: [String] = []
      if !lacking.isEmpty { parts.append("lacks " + Self.listed(lacking)) }
      if !extra.isEmpty { parts.append("has " + Self.listed(extra) + " besides") }
      guard parts.isEmpty else {
        throw SpecError(
          position,
          "input \(i + 1) has other columns than input 1: it \(parts.joined(separator: " and ")); "
            + "say \"columns: common\" to keep what all have or \"columns: all\" to keep everything")
      }
    }
  }

  private static func listed(_ names: [String]) -> String {
    let shown = names.prefix(12).map { "\"\($0)\"" }.joined(separator: ", ")
    return names.count > 12 ? shown + " and \(names.count - 12) more" : shown
  }

  /// The description of one column over all inputs that have it.
  private func field(_ name: String, _ inputs: [Schema], at position: SourcePosition) throws(SpecError) -> Field {
    let found = inputs.enumerated().compactMap { i, schema in schema[name].map { (input: i + 1, field: $0) } }
    guard var result = found.first?.field else { throw SpecError(position, "no input has a column \"\(name)\"") }
    let first = found[0].input
    var unitInput = first
    for (input, field) in found.dropFirst() {
      guard let type = ColumnType.common(result.type, field.type) else {
        throw SpecError(
          position,
          "column \"\(name)\" is \(result.type.rawValue) in input \(first) and \(field.type.rawValue) in input \(input); "
            + "derive one of them as the other's type before the union")
      }
      if result.unit.isEmpty {
        result.unit = field.unit
        unitInput = input
      } else if !field.unit.isEmpty, field.unit != result.unit {
        throw SpecError(
          position,
          "column \"\(name)\" is in \"\(result.unit)\" in input \(unitInput) and in \"\(field.unit)\" in input \(input); "
            + "derive one of them in the other's unit before the union")
      }
      result.type = type
      if result.label.isEmpty { result.label = field.label }
      result.direction = result.direction ?? field.direction
      if let decimals = field.decimals { result.decimals = max(result.decimals ?? decimals, decimals) }
    }
    result.origins = Field.mergeOrigins(found.map(\.field.origins))
    return result
  }
}
