public import PipelineKit
internal import Statistics
public import Tabular

/// Splits growth by industry into that of the nation, of the industries, and the area's own.
public struct ShiftShareTransform: Transform {
  enum Output: String, OptionChoice {
    case areas, industries
  }

  enum Method: String, OptionChoice {
    case comparative, dynamic
  }

  /// The options of `shift_share`.
  public struct Options: PluginOptions {
    var area = Located("", at: SourcePosition(file: ""))
    var period = Located("", at: SourcePosition(file: ""))
    var industry = Located("", at: SourcePosition(file: ""))
    var value = Located("", at: SourcePosition(file: ""))
    var reference = IndustryTable.Reference()
    var from = Located("", at: SourcePosition(file: ""))
    var to = Located("", at: SourcePosition(file: ""))
    var method = Method.comparative
    var output = Output.areas

    /// First against last period, one row an area.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("area", \.area, required: true, "The column of areas."),
        .init("period", \.period, required: true, "The column of periods."),
        .init("industry", \.industry, required: true, "The column of industries."),
        .init("value", \.value, required: true, "The numbers, for example jobs."),
        .init("reference", \.reference, required: true, "The nation: `{area: NL00}` or `{all: true}`."),
        .init("from_period", \.from, required: true, "The period from which growth counts."),
        .init("to_period", \.to, required: true, "The period to which it counts."),
        .init(
          "method", \.method,
          "Compare the two periods, or add up the splits of all steps between them (Barff and Knight)."),
        .init("output", \.output, "One row for each area, or one for each area and industry."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "shift_share",
    summary: "Splits growth by industry into that of the nation, of the industries, and the area's own.",
    details: """
      With r0 and r1 the industry's numbers in the area, g_ir its rate of growth there, g_i that in the nation and g that of \
      the whole nation: `national` r0 g, `industry_mix` r0 (g_i - g) and `regional` r0 (g_ir - g_i), summed over industries; \
      they add to `growth` (Dunn 1960). `competitive` h (g_ir - g_i), with h the area's total spread over industries as in the \
      nation, and `allocation` (r0 - h) (g_ir - g_i) split the regional effect (Esteban-Marquillas 1972). \
      `structure_index` and `location_index` are Gerfin's (1964): above 1 for a favourable mix, and for growth above what the \
      mix gives. All but the indices are in the unit of the numbers; `before` and `after` are r0 and r1.

      `method: dynamic` adds up the splits from each period to the next one in the table, so that the mix is that of the year; \
      indices are then `not_applicable`. An industry that is new in an area is regional growth; `competitive` and \
      `allocation` are `undefined` then. An industry without a row counts as 0. An area with a missing number, or without rows \
      in a period that is needed, is missing: for the number's reason, or as `not_matched`.
      """,
    example: """
      - {id: split, uses: shift_share, from: jobs, area: area_code, period: year, industry: section, value: jobs,
         reference: {area: NL00}, from_period: 2014, to_period: 2024}
      """)

  private let options: Options

  /// A split with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    if options.from.text == options.to.text {
      throw SpecError(options.to.position, "\"from_period\" and \"to_period\" are the same")
    }
    self.options = options
  }

  private var namedColumns: [Located] { [options.area, options.period, options.industry, options.value] }

  /// All columns that the options name.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [Set(namedColumns.map(\.text))]
  }

  /// The keys and the parts.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let schema = inputs[0]
    let area = try schema.field(at: options.area)
    try options.reference.check(in: area, at: options.area.position)
    let industry = try schema.field(at: options.industry)
    let value = try schema.numericField(at: options.value)
    let period = try schema.field(at: options.period)
    for text in [options.from, options.to] { try CellLiteral.check(text, in: period) }
    let sources = namedColumns.compactMap { schema[$0.text] }
    let keys = options.output == .areas ? [area.asKey] : [area.asKey, industry.asKey]
    do { return try Schema(keys + figures(value.unit, sources)) } catch {
      throw SpecError(options.area.position, "\(error)")
    }
  }

  private func figures(_ unit: String, _ sources: [Field]) -> [Field] {
    let parts: [(String, String)] = [
      ("before", "In the first period"), ("after", "In the last period"), ("growth", "Growth"),
      ("national", "Growth at the rate of the nation"), ("industry_mix", "Industry mix"),
      ("regional", "Regional effect"),
      ("competitive", "Competitive effect"), ("allocation", "Allocation effect"),
    ]
    let indices: [(String, String)] =
      options.output == .areas
      ? [("structure_index", "Structure (Gerfin)"), ("location_index", "Location (Gerfin)")] : []
    return parts.map { .figure($0.0, unit, $0.1, decimals: 0, from: sources) }
      + indices.map { .figure($0.0, "", $0.1, decimals: 3, from: sources) }
  }

  /// One row an area, or an area and industry.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let schema = try promised([table.schema])
    let data = try IndustryTable(
      table, area: options.area, by: [options.period], industry: options.industry, value: options.value,
      reference: options.reference)
    let groups = try periods(table, data)
    let areas = try table.columns(named: [options.area.text])[0]
    let places = Grouping(by: [areas], rowCount: table.rowCount)
    var byArea = [[Int: IndustryTable.Row]](repeating: [:], count: table.rowCount == 0 ? 0 : places.count)
    for row in data.rows { byArea[Int(places.groups[Int(row.source)])][row.group] = row }
    let industries = data.industries.count
    var rows = MeasureRows(Array(schema.fields.dropFirst(options.output == .areas ? 1 : 2)))
    var (first, kinds): ([Int32], [Int32]) = ([], [])
    for place in byArea.indices {
      let added = options.output == .areas ? 1 : industries
      first += [Int32](repeating: places.representatives[place], count: added)
      kinds += (0..<Int32(added)).map { $0 }
      append(groups.map { byArea[place][$0] }, groups.map { data.references[$0] }, added, to: &rows)
    }
    var columns = [areas.gathering(first)]
    if options.output == .industries { columns.append(data.industries.gathering(kinds)) }
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: columns + rows.columns) }
  }

  /// The groups of the periods that are used, in their order.
  private func periods(_ table: Table, _ data: IndustryTable) throws(TransformError) -> [Int] {
    guard table.rowCount > 0 else { return [] }
    let column = try table.columns(named: [options.period.text])[0]
    let grouping = Grouping(by: [column], rowCount: table.rowCount)
    var ends: [Int] = []
    for wanted in [options.from, options.to] {
      guard let row = CellLiteral.rows(of: column, equalTo: wanted.text).firstIndex(of: true) else {
        throw CellLiteral.absent(wanted.text, from: options.period.text, column)
      }
      ends.append(Int(grouping.groups[row]))
    }
    guard ends[0] < ends[1] else {
      throw TransformError("\"from_period\" \(options.from) does not come before \"to_period\" \(options.to)")
    }
    return options.method == .comparative ? ends : Array(ends[0]...ends[1])
  }

  private func append(
    _ own: [IndustryTable.Row?], _ nation: [[Double]?], _ added: Int, to rows: inout MeasureRows
  ) {
    let present = own.compactMap { $0 }
    let whole = nation.compactMap { $0 }
    if let reason = present.first(where: { $0.reason != 0 })?.reason {
      for _ in 0..<added { rows.append(missing: reason) }
      return
    }
    guard present.count == own.count, whole.count == nation.count,
      let steps = ShiftShare.steps(region: present.map(\.values), nation: whole), let first = steps.first,
      let last = steps.last
    else {
      for _ in 0..<added {
        rows.append(
          missing: present.count == own.count && whole.count == nation.count
            ? MissingReason.undefined.rawValue : MissingReason.notMatched.rawValue)
      }
      return
    }
    func sum(_ term: (ShiftShare) -> Double?) -> Double? {
      steps.reduce(0.0) { total, step in total.flatMap { total in term(step).map { total + $0 } } }
    }
    if options.output == .areas {
      let parts: [Double?] = [
        first.parts.reduce(0) { $0 + $1.before }, last.parts.reduce(0) { $0 + $1.after }, sum(\.growth),
        sum(\.national),
        sum(\.industryMix), sum(\.regional), sum(\.competitive), sum(\.allocation),
      ]
      let gerfin = options.method == .comparative ? first.gerfin : nil
      let reason = options.method == .comparative ? MissingReason.undefined : .notApplicable
      rows.append(
        parts.map { ($0, MissingReason.undefined) } + [gerfin?.structure, gerfin?.location].map { ($0, reason) })
    } else {
      for i in first.parts.indices {
        rows.append([
          first.parts[i].before, last.parts[i].after, sum { $0.parts[i].growth }, sum { $0.parts[i].national },
          sum { $0.parts[i].industryMix }, sum { $0.parts[i].regional }, sum { $0.parts[i].competitive },
          sum { $0.parts[i].allocation },
        ])
      }
    }
  }
}
