public import PipelineKit
internal import Statistics
public import Tabular

/// Leaves out areas and indicators of which too little is known.
public struct Screen: Transform {
  enum Give: String, OptionChoice {
    case values, report
  }

  enum First: String, OptionChoice {
    case areas, indicators
  }

  /// What an area or an indicator must have.
  struct Threshold: PluginOptions {
    var present = 0.0
    var nonZero = 0.0

    static var declaration: [OptionField<Self>] {
      [
        .init("minimum_present", \.present, "The share of values (0-1) that must be there."),
        .init("minimum_nonzero", \.nonZero, "The share of those there (0-1) that must not be 0."),
      ]
    }
  }

  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var columns: [Located] = []
    var areas = Threshold()
    var indicators = Threshold()
    var first = First.areas
    var area: Located?
    var keep: [Located] = []
    var give = Give.values

    /// Nothing is left out.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("columns", \.columns, required: true, "The indicators."),
        .init("areas", \.areas, "What an area (a row) must have among the indicators."),
        .init("indicators", \.indicators, "What an indicator must have among the areas."),
        .init("first", \.first, "What is judged first; the others are judged on what is left."),
        .init("area", \.area, "The column of area codes, for the report, for \"keep\" and for warnings."),
        .init("keep", \.keep, "Areas that stay whatever they lack."),
        .init("give", \.give, "The table that is left, or a report with a row an area and an indicator."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "screen",
    summary: "Leaves out areas and indicators of which too little is known, and says which.",
    details: """
      An area's share of indicators that are present, and the share of these that are not 0, must reach the thresholds, as in \
      COINr's `Screen`; its row is left out otherwise, and counted. The same for an indicator's share of areas. The columns of \
      a table are known before its data: an indicator that is left out keeps its column, every cell of it missing as \
      `insufficient`, and is named in a warning; `combine` with a rule for missing parts then passes over it.

      A share is 1 where there is nothing to judge.

      `give: report` has `kind` (area or indicator), `name`, `present` and `non_zero` (shares when judged) and `kept` (1 or 0).
      """,
    example: """
      - {id: kept, uses: screen, from: indicators, area: area_code, areas: {minimum_present: 0.65},
         columns: [income, crime_per_1000, smoking_pct]}
      """)

  private let options: Options
  private let made: MadeColumns

  /// Screening with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    self.options = options
    let place = options.columns.first?.position ?? SourcePosition(file: "")
    made = MadeColumns(sources: options.columns, prefix: "")
    try made.check(at: place)
    for threshold in [options.areas, options.indicators] {
      guard (0...1).contains(threshold.present), (0...1).contains(threshold.nonZero) else {
        throw SpecError(place, "\"minimum_present\" and \"minimum_nonzero\" are shares, 0 to 1")
      }
    }
    guard options.area != nil || (options.keep.isEmpty && options.give == .values) else {
      throw SpecError(place, "\"keep\" and the report need \"area\"")
    }
  }

  /// The columns, the areas and what passes through.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    let own = options.area.map { [$0.text] } ?? []
    if options.give == .report { return [Set(options.columns.map(\.text) + own)] }
    return [made.needed(needed, others: own, of: inputs[0])]
  }

  private static let figures = [
    Field("present", .float64, unit: "share", label: "Values that are there", decimals: 3),
    Field("non_zero", .float64, unit: "share", label: "Of those, not 0", decimals: 3),
    Field("kept", .int64, label: "Whether it stays", decimals: 0),
  ]

  /// The input's columns, or the report's.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let input = inputs[0]
    if let area = options.area { _ = try input.field(at: area) }
    var fields: [Field] = []
    for column in options.columns {
      var field = try input.numericField(at: column)
      field.type = .float64
      fields.append(field)
    }
    if options.give == .values { return try made.schema(input, fields) }
    let keys = [Field("kind", .string, role: .key), Field("name", .string, role: .key)]
    do throws(TabularError) { return try Schema(keys + Self.figures) } catch {
      throw SpecError(options.columns[0].position, "\(error)")
    }
  }

  /// What was judged.
  private struct Judged {
    var availability: [Availability]
    var kept: [Bool]

    init(_ availability: [Availability], _ threshold: Threshold) {
      self.availability = availability
      kept = availability.map {
        $0.suffices(minimumPresent: threshold.present, minimumNonZero: threshold.nonZero)
      }
    }
  }

  /// The table that is left, or the report.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let schema = try promised([table.schema])
    let matrix = try ValueMatrix(table, options.columns.map(\.text))
    let names = try table.columns(named: options.area.map { [$0.text] } ?? []).first
    var areas = Judged([], options.areas)
    var indicators = Judged([], options.indicators)
    func judgeAreas() {
      let left =
        indicators.kept.isEmpty ? Array(0..<matrix.columnCount) : indicators.kept.indices.filter { indicators.kept[$0] }
      areas = Judged(Availability.rows(of: matrix, columns: left), options.areas)
      guard let names else { return }
      for name in options.keep {
        for (row, isNamed) in CellLiteral.rows(of: names, equalTo: name.text).enumerated() where isNamed {
          areas.kept[row] = true
        }
      }
    }
    if options.first == .areas { judgeAreas() }
    let rows = areas.kept.isEmpty ? Array(0..<matrix.rowCount) : areas.kept.indices.filter { areas.kept[$0] }
    indicators = Judged(Availability.columns(of: matrix, rows: rows), options.indicators)
    if options.first == .indicators { judgeAreas() }
    if options.give == .report { return try report(areas, indicators, names, schema) }
    return try left(table, schema, areas, indicators, context)
  }

  private func left(
    _ table: Table, _ schema: Schema, _ areas: Judged, _ indicators: Judged, _ context: RunContext
  ) throws(TransformError) -> Table {
    var columns: [Column] = []
    for (place, name) in options.columns.enumerated() {
      guard indicators.kept[place] else {
        let share = (indicators.availability[place].present * 1000).rounded() / 10
        context.warn("\"\(name)\" is left out: \(share.optionText ?? "")% of its values are there")
        columns.append(.allMissing(.float64, reason: .insufficient, count: table.rowCount))
        continue
      }
      columns.append(try NumberColumn(table, name.text).column)
    }
    let whole = try made.table(table, schema, columns)
    let rows = areas.kept.indices.filter { areas.kept[$0] }
    guard rows.count < table.rowCount else { return whole }
    context.count(filtered: table.rowCount - rows.count)
    return whole.gathering(rows.map { Int32($0) })
  }

  private func report(_ areas: Judged, _ indicators: Judged, _ names: Column?, _ schema: Schema)
    throws(TransformError) -> Table
  {
    var figures = MeasureRows(Self.figures)
    var (kinds, texts): ([String], [String]) = ([], [])
    for (judged, kind) in [(areas, "area"), (indicators, "indicator")] {
      for (place, own) in judged.availability.enumerated() {
        kinds.append(kind)
        texts.append(kind == "area" ? names.map { cellText($0, row: place) } ?? "" : options.columns[place].text)
        figures.append([own.present, own.nonZero, judged.kept[place] ? 1 : 0])
      }
    }
    let columns = [.texts(kinds), .texts(texts)] + figures.columns
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: columns) }
  }
}
