public import PipelineKit
public import Tabular

/// Reads the CSV files that StatLine writes for people: with statistical symbols, and the table of the old StatLine.
public struct StatLineCSV: SourceAdapter {
  /// What the pipeline file says about it.
  public struct Options: PluginOptions {
    /// Texts that stand for a missing value.
    public var markers = OrderedMap<MarkerReason>()

    /// CBS's own symbols.
    public init() {}

    /// The options, as documentation lists them.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "markers", \.markers,
          "More texts that stand for a missing value and the reason of each; an entry for `.`, `x` or \"\" overrules its rule."
        )
      ]
    }
  }

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "statline_csv",
    summary: "Reads StatLine's \"CSV met statistische symbolen\" and the table layout of the old StatLine.",
    details: """
      **With statistical symbols.** One header; topics are `Group/Subgroup/Topic (unit)`, numbers have a decimal point and
      are padded to eight characters. A column is a topic when its cells are such numbers.

      **Table of the old StatLine.** A title, an empty record, `"";"Onderwerp"`, topics as `Group|Topic`, a row with the
      titles of the dimensions and the units, data with a decimal comma, and `Bron: CBS` at the end. Topics must be the only
      columns: a second dimension across them is refused.

      **Columns.** A topic is called by its path with `/` between the groups, without the unit; where two topics have one
      path, the unit follows. Its label is its own title, with the groups before it when another topic has the same; its
      unit is the unit. Dimensions and codes (`Regiocode (...) (code)`) are text with role key, under their published names.

      **Periods.** `2022*` is the period 2022 with provisional figures: the column holds `2022`, and `<name>_status` holds
      `provisional`, `revised_provisional` (two stars) or `final`.

      **Missing values.** `.` is `unknown`, `x` is `suppressed`, an empty cell is `not_applicable`.
      """,
    example: """
      sources:
        status:
          adapter: statline_csv
          files: data/SES_WOA_scores_per_wijk_en_buurt_25042023_160857.csv
      """)

  private let options: Options

  /// An adapter with its options.
  public init(options: Options, context: RunContext) throws(SpecError) { self.options = options }

  /// Whether the head has one of the two layouts.
  public static func recognise(head: [UInt8], path: String) -> Recognition {
    guard let text = TextHead.text(head), text.first == UInt8(ascii: "\"") else {
      return Recognition(0, "does not start with a quoted field")
    }
    guard let layout = try? StatLineLayout(text, isWhole: head.count < 1 << 16, path: path) else {
      return Recognition(0, "no topics with units as StatLine writes them")
    }
    let topics = layout.columns.count { $0.kind == .topic }
    switch layout.form {
    case .statWeb:
      return Recognition(96, "a table of the old StatLine: \"\(layout.title)\", \(topics) topics, a row of units")
    case .symbols:
      guard layout.columns.contains(where: { $0.kind == .topic && !$0.unit.isEmpty }), layout.columns[0].kind != .topic
      else { return Recognition(0, "no dimension, or no topic with a unit") }
      return Recognition(90, "StatLine's CSV with statistical symbols: \(topics) topics with units")
    }
  }

  /// The columns of all parts, in order of first appearance.
  public func schema(of input: Input, context: RunContext) throws(SourceError) -> Schema {
    var fields: [Field] = []
    var seen: Set<String> = []
    for part in input.parts {
      let layout = try layout(part.path, context)
      if !layout.title.isEmpty { context.note("title: \(layout.title)") }
      for column in columns(layout, input.origin) where seen.insert(column.field.name).inserted {
        fields.append(column.field)
      }
    }
    do throws(TabularError) { return try Schema(fields) } catch {
      throw SourceError(file: input.parts.first?.path ?? "", line: 1, error.description)
    }
  }

  private func layout(_ path: String, _ context: RunContext) throws(SourceError) -> StatLineLayout {
    let limit = 1 << 18
    let head = try context.textHead(path, count: limit)
    return try StatLineLayout(head, isWhole: head.count < limit, path: path)
  }

  private func columns(_ layout: StatLineLayout, _ origin: Origin) -> [OutputColumn] {
    var result: [OutputColumn] = []
    for (place, column) in layout.columns.enumerated() {
      let isKey = column.kind != .topic && column.kind != .text
      var field = Field(column.name, column.kind == .topic ? .float64 : .string, role: isKey ? .key : .measure)
      field.unit = column.unit
      field.label = layout.label(column)
      if !origin.isEmpty {
        var mine = origin
        mine.column = column.published
        field.origins = [mine]
      }
      guard column.kind == .period else {
        result.append(OutputColumn(field: field, place: place))
        continue
      }
      result.append(OutputColumn(field: field, place: place, reading: .texts { Self.withoutStars($0) }))
      field.name += "_status"
      field.role = .measure
      result.append(OutputColumn(field: field, place: place, reading: .texts { PeriodCode($0).status.rawValue }))
    }
    return result
  }

  private static func withoutStars(_ text: String) -> String {
    var rest = text[...]
    while rest.last == "*" || rest.last == " " { rest.removeLast() }
    return String(rest)
  }

  /// Reads one file, in memory that does not grow with it.
  public func read(
    _ part: InputPart, of input: Input, as schema: Schema, context: RunContext, into receive: (Batch) -> ReadControl
  ) throws(SourceError) {
    let found = try layout(part.path, context)
    let offered = columns(found, input.origin)
    var wanted: [OutputColumn] = []
    for field in schema.fields {
      guard var column = offered.first(where: { $0.field.name == field.name && $0.field.type == field.type }) else {
        throw SourceError(
          file: part.path, line: 1, column: field.name,
          "is missing from the header" + didYouMean(field.name, among: offered.map(\.field.name)))
      }
      column.field = field
      wanted.append(column)
    }
    var layout = TextLayout()
    layout.headerRecords = found.headerRecords
    layout.names = found.columns.map(\.name)
    let mark: Character = found.form == .statWeb ? "," : "."
    var markers = options.markers.markers
    if options.markers["x"] == nil { markers.append(CellDialect.Marker("x", .suppressed)) }
    let empty = options.markers[""]?.reason ?? .notApplicable
    layout.numbers = CellDialect(
      numbers: NumberParser(decimalMark: mark.asciiValue ?? 0), markers: markers, emptyReason: empty)
    layout.texts = CellDialect(emptyReason: empty)
    layout.footers = ["Bron: CBS", "© "].map { Array($0.utf8) }
    let reader = try TextTableReader(path: part.path, columns: wanted, layout: layout, context: context)
    try reader.read(try context.openText(part.path), into: receive)
  }
}
