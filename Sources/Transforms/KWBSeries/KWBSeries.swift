public import PipelineKit
public import Tabular

/// Makes one series of yearly tables of CBS's key figures of wijken and buurten.
public struct KWBSeries: Transform {
  /// The options of `kwb_series`.
  public struct Options: PluginOptions {
    var mapping = SpecPath("", at: SourcePosition(file: ""))
    var area = Located("WijkenEnBuurten", at: SourcePosition(file: ""))
    var topics: [Located] = []

    /// All topics.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "mapping", \.mapping, required: true,
          "The file that knows the years of tables and the columns of topics, such as `mappings/kwb.yml`."),
        .init("area", \.area, "The column with the codes of the areas, in every input."),
        .init("topics", \.topics, "The topics to keep, in that order; without it all that an input has."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "kwb_series",
    summary: "Makes one series of yearly tables of Kerncijfers wijken en buurten, whose columns change names.",
    details: """
      Each input is the table of one year. The table has no period: the year comes from the table's id, which stands in the \
      origin of its columns, and the mapping file knows the year of each id. Two inputs of one year are an error.

      **Columns.** Numbers behind names shift each year (`GemiddeldInkomenPerInwoner_66`, `_72`), and so do words and letter \
      case. A topic of the mapping file is found by, in this order, its measure code (OData v4), its title, or its name \
      without the number, whatever its case. Names that occur more than once in a table (`Appartement_48` in kWh, \
      `Appartement_56` in m3) are told apart by unit, by group of topics, or by the column behind which they stand. Another \
      unit than the mapping's is an error, not a conversion.

      The output has `area_code` and `year` as keys, then the topics; rows stand in the order of `from`. Each column keeps \
      the published columns as its origins.

      **Missing values.** A topic that a table lacks is `not_asked` in that year. A table that CBS has published half empty \
      is told as a warning, with its empty topics; nothing is filled in. Values below a topic's `minimum` (the distances of \
      -1 in copies of 2017) become `unknown`, with a warning.
      """,
    example: """
      - id: series
        uses: kwb_series
        from: [kwb_2017, kwb_2020]
        mapping: mappings/kwb.yml
        topics: [inhabitants, income_per_inhabitant]
      """)

  /// One table or more.
  public static var inputCount: ClosedRange<Int> { 1...100 }

  private let options: Options
  private let mapping: KWBMapping
  private let wanted: [KWBMapping.Topic]
  private var position: SourcePosition { options.mapping.position }

  /// A series with the given options; the mapping is read here.
  public init(options: Options, context: RunContext) throws(SpecError) {
    self.options = options
    mapping = try KWBMapping(path: options.mapping, context: context)
    var chosen: [KWBMapping.Topic] = []
    for name in options.topics {
      guard let topic = mapping.topics.first(where: { $0.name.text == name.text }) else {
        throw SpecError(
          name.position,
          "the mapping has no topic \"\(name)\"" + didYouMean(name.text, among: mapping.topics.map(\.name.text)))
      }
      chosen.append(topic)
    }
    wanted = chosen.isEmpty ? mapping.topics : chosen
  }

  /// What one input gives.
  private struct Part {
    var table: String
    var year: Int64
    /// The position of each topic's column, or nil.
    var places: [Int?]
  }

  /// The inputs' tables, years and columns.
  private func parts(_ inputs: [Schema]) throws(SpecError) -> [Part] {
    var parts: [Part] = []
    for (i, schema) in inputs.enumerated() {
      let (id, year) = try mapping.table(of: schema, input: i + 1, at: position)
      if let other = parts.firstIndex(where: { $0.year == year }) {
        throw SpecError(position, "inputs \(other + 1) and \(i + 1) are both of \(year); give one table for each year")
      }
      let columns = KWBColumns(schema)
      var places: [Int?] = []
      for topic in wanted { places.append(try columns.find(topic, table: id)) }
      parts.append(Part(table: id, year: year, places: places))
    }
    return parts
  }

  /// The codes of areas, and the columns of the topics that are needed.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    guard let parts = try? parts(inputs) else { return inputs.map { _ in nil } }
    return zip(inputs, parts).map { schema, part in
      var columns: Set<String> = [options.area.text]
      let chosen = wanted.filter { needed?.contains($0.name.text) ?? true }
      for (topic, place) in zip(wanted, part.places) where chosen.contains(where: { $0.sharesNames(with: topic) }) {
        // A topic is told from its namesakes by them, and by the column that heads it.
        if let place { columns.insert(schema[place].name) }
        columns.formUnion(schema.names.filter { KWBColumns.stem($0) == topic.behind.lowercased() })
      }
      return columns
    }
  }

  /// The keys, and the topics that an input has or the options name.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    for (i, schema) in inputs.enumerated() {
      let field = try schema.field(at: options.area, of: "input \(i + 1)")
      guard field.type == .string else {
        throw SpecError(
          options.area.position, "column \"\(field.name)\" of input \(i + 1) is \(field.type.rawValue), expected string"
        )
      }
    }
    let parts = try parts(inputs)
    let areas = inputs.map { $0[options.area.text]?.origins ?? [] }
    var fields = [
      Field("area_code", .string, role: .key, origins: Field.mergeOrigins(areas)), Field("year", .int64, role: .key),
    ]
    for (t, topic) in wanted.enumerated() {
      let found = zip(inputs, parts).compactMap { schema, part in part.places[t].map { schema[$0] } }
      if found.isEmpty, options.topics.isEmpty { continue }
      fields.append(
        Field(
          topic.name.text, topic.type, unit: topic.units.first ?? "", label: topic.label,
          decimals: topic.isText ? nil : found.compactMap(\.decimals).max(),
          origins: Field.mergeOrigins(found.map(\.origins))))
    }
    do throws(TabularError) { return try Schema(fields) } catch { throw SpecError(position, "\(error)") }
  }

  /// The rows of all years.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let parts = try onSchemas { () throws(SpecError) in try self.parts(inputs.map(\.schema)) }
    let schema = try promised(inputs.map(\.schema))
    var tables: [Table] = []
    for (table, part) in zip(inputs, parts) {
      var columns = try table.columns(named: [options.area.text])
      columns.append(.int64(Int64Column([Int64](repeating: part.year, count: table.rowCount))))
      var empty: [String] = []
      for (topic, place) in zip(wanted, part.places) where schema[topic.name.text] != nil {
        guard let place else {
          columns.append(.allMissing(topic.type, reason: .notAsked, count: table.rowCount))
          continue
        }
        let column = Self.bounded(table.columns[place].converted(to: topic.type), topic, part.table, context)
        if table.rowCount > 0, column.missingCount == table.rowCount { empty.append(topic.name.text) }
        columns.append(column)
      }
      report(part, empty, context)
      tables.append(try onTables { () throws(TabularError) in try Table(schema: schema, columns: columns) })
    }
    return try onTables { () throws(TabularError) in try Table.concatenating(tables) }
  }

  private func report(_ part: Part, _ empty: [String], _ context: RunContext) {
    guard !empty.isEmpty else { return }
    let found = part.places.count { $0 != nil }
    context.warn(
      "\(part.table) (\(part.year)): \(empty.count) of \(found) topics hold no value in this delivery: "
        + empty.joined(separator: ", "))
  }

  /// The column with values that are known to be mistakes as unknown ones.
  private static func bounded(_ column: Column, _ topic: KWBMapping.Topic, _ table: String, _ context: RunContext)
    -> Column
  {
    guard let minimum = topic.minimum, case .float64(var numbers) = column else { return column }
    var reasons = numbers.missing?.reasons ?? [UInt8](repeating: 0, count: numbers.values.count)
    var count = 0
    for row in numbers.values.indices where reasons[row] == 0 && numbers.values[row] < minimum {
      numbers.values[row] = 0
      reasons[row] = MissingReason.unknown.rawValue
      count += 1
    }
    if count == 0 { return column }
    context.warn(
      "\(table): \(count) values of \(topic.name) are below \(minimum.optionText ?? "\(minimum)"), which cannot be; "
        + "they are unknown")
    return .float64(Float64Column(numbers.values, missing: MissingMask(reasons: reasons)))
  }
}
