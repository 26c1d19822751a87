public import PipelineKit
public import Tabular

/// Makes columns of rows: one column for each value of a key.
public struct Pivot: Transform {
  /// What to do with rows whose key is not listed.
  enum Others: String, OptionChoice {
    case error
    case leaveOut = "leave_out"
  }

  /// The options of ``Pivot``.
  public struct Options: PluginOptions {
    var by: [Located] = []
    var key = Located("", at: SourcePosition(file: ""))
    var values: [Located] = []
    var columns = OrderedMap<Located>()
    var name = Located("{value}_{column}", at: SourcePosition(file: ""))
    var others = Others.error

    /// Nothing stated.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("by", \.by, required: true, "The columns that together name a row of the output."),
        .init("key", \.key, required: true, "The column whose values become columns."),
        .init("values", \.values, required: true, "The columns that are spread."),
        .init(
          "columns", \.columns, required: true,
          "Which values of the key become columns, and the word for each in the new names: `{MW00000: \"\", MOG0095: lower}`."
        ),
        .init(
          "name", \.name,
          "How new columns are called: `{value}` is the name of the spread column, `{column}` the word for the key. Where the "
            + "word is empty, the column keeps its name."),
        .init(
          "others", \.others,
          "What becomes of rows whose key is not listed or missing: an error, or they are left out and counted."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "pivot",
    summary: "Makes columns of rows: one for each value of a key.",
    details: """
      The output has a row for each combination of the values of `by`, in their order (numbers and days ascend, text goes by \
      its bytes), and for each column of `values` a column for each entry of `columns`. Other columns are left out. A cell \
      for which the input has no row is missing (`not_matched`); a missing value keeps its reason. Two rows with the same \
      `by` and key are an error: which of them counts would be chance.

      This is how figures with margins are read, as in the health monitor of RIVM, where the dimension `Marges` says whether \
      a row holds the value or a bound of its interval: the value keeps the name of its topic, the bounds follow as \
      `<topic>_lower` and `<topic>_upper`.
      """,
    example: """
      - id: health
        uses: pivot
        from: monitor
        by: [WijkenEnBuurten, Perioden]
        key: Marges
        values: [ErvarenGezondheidGoedZeerGoed_4]
        columns: {MW00000: "", MOG0095: lower, MBG0095: upper}
      """)

  private let options: Options

  /// A pivot with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    guard !options.by.isEmpty, !options.values.isEmpty, !options.columns.entries.isEmpty else {
      throw SpecError(options.key.position, "pivot needs at least one column each in by, values and columns")
    }
    guard options.name.text.contains("{column}") else {
      throw SpecError(options.name.position, "\"name\" holds no {column}, so that all columns would be called the same")
    }
    for name in options.values where (options.by + [options.key]).contains(where: { $0.text == name.text }) {
      throw SpecError(name.position, "\"\(name.text)\" is under values and also a key")
    }
    self.options = options
  }

  /// Keys and values, whatever is wanted.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [Set((options.by + options.values + [options.key]).map(\.text))]
  }

  private func name(_ value: String, _ column: String) -> String {
    if column.isEmpty { return value }
    return options.name.text.split(separator: "{column}", omittingEmptySubsequences: false).map { part in
      part.split(separator: "{value}", omittingEmptySubsequences: false).joined(separator: value)
    }.joined(separator: column)
  }

  /// The columns of `by`, then the spread ones.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    var fields: [Field] = []
    for name in options.by { fields.append(try inputs[0].field(at: name)) }
    let key = try inputs[0].field(at: options.key)
    for value in options.values {
      let source = try inputs[0].field(at: value)
      for entry in options.columns.entries {
        var field = source
        field.name = name(source.name, entry.value.text)
        field.origins = Field.mergeOrigins([source.origins, key.origins])
        if !field.label.isEmpty, !entry.value.text.isEmpty { field.label += " (\(entry.value.text))" }
        if fields.contains(where: { $0.name == field.name }) {
          throw SpecError(
            entry.position, "two columns of the output are called \"\(field.name)\"; give the entries different words")
        }
        fields.append(field)
      }
    }
    do throws(TabularError) { return try Schema(fields) } catch { throw SpecError(options.key.position, "\(error)") }
  }

  /// The wide table.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let schema = try promised([table.schema])
    let by = try table.columns(named: options.by.map(\.text))
    let grouping = Grouping(by: by, rowCount: table.rowCount)
    let places = try places(table, context)
    var sources = [[Int32]](
      repeating: [Int32](repeating: -1, count: grouping.count), count: options.columns.entries.count)
    var isKept = [Bool](repeating: false, count: grouping.count)
    for row in 0..<table.rowCount where places[row] >= 0 {
      let (place, group) = (Int(places[row]), Int(grouping.groups[row]))
      if sources[place][group] >= 0 {
        throw TransformError(
          "two rows have \(keyText(options.by.map(\.text), by, row: row)) and \(options.key.text)="
            + "\(options.columns.entries[place].key); name the column that tells them apart under by, or filter first")
      }
      sources[place][group] = Int32(row)
      isKept[group] = true
    }
    let kept = isKept.indices.filter { isKept[$0] }
    if kept.count < grouping.count { sources = sources.map { rows in kept.map { rows[$0] } } }
    let first = kept.map { grouping.representatives[$0] }
    var columns = by.map { $0.gathering(first) }
    for value in try table.columns(named: options.values.map(\.text)) {
      for rows in sources { columns.append(value.gathering(rows)) }
    }
    return try onTables { [columns] () throws(TabularError) in try Table(schema: schema, columns: columns) }
  }

  /// The entry of each row's key; -1 for a row that is left out.
  private func places(_ table: Table, _ context: RunContext) throws(TransformError) -> [Int32] {
    let key = try table.columns(named: [options.key.text])[0]
    let texts = Text.text(key)
    let known = texts.dictionary.strings.map { text in
      Int32(options.columns.entries.firstIndex { $0.key == text } ?? -1)
    }
    var leftOut = 0
    var places = [Int32](repeating: -1, count: table.rowCount)
    for row in places.indices {
      if texts.missing?.isPresent(row) ?? true { places[row] = known[Int(texts.codes[row])] }
      guard places[row] < 0 else { continue }
      leftOut += 1
      if options.others == .error {
        throw TransformError(
          "\(options.key.text)=\(cellText(key, row: row)) is not listed under columns ("
            + "\(options.columns.keys.joined(separator: ", "))); list it, or set others: leave_out")
      }
    }
    if leftOut > 0 { context.count(filtered: leftOut) }
    return places
  }
}
