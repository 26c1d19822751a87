public import PipelineKit
public import Tabular

/// Lists the codes of a panel that name another area than in the period before.
public struct FlagChanges: Transform {
  /// What became of a code.
  enum Change: String, OptionChoice {
    case moved
    case boundaryChanged = "boundary_changed"
    case renamed
    case new
    case gone
    case unchanged
  }

  /// The options of ``FlagChanges``.
  public struct Options: PluginOptions {
    var area = Located("", at: SourcePosition(file: ""))
    var period = Located("", at: SourcePosition(file: ""))
    var name = Located("", at: SourcePosition(file: ""))
    var flag: Located?
    var include: [Change] = [.moved, .boundaryChanged, .renamed, .new, .gone]

    /// Nothing stated.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("area", \.area, required: true, "The column of area codes."),
        .init("period", \.period, required: true, "The column of periods: codes, labels or years."),
        .init("name", \.name, required: true, "The column of the areas' names."),
        .init("flag", \.flag, "CBS's column IndelingswijzigingWijkenEnBuurten: 1, 2 or 3."),
        .init("include", \.include, "Which findings to list."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "flag_changes",
    summary: "Lists the codes that name another area than in the period before.",
    details: """
      Each code is followed from one period of the panel to the next. The output has a row for each finding, with the \
      period, the one before, both names, and:

      - `change`: `moved` (the code names another place), `boundary_changed`, `renamed` (other words for what may be the \
      same place), `new`, `gone` or `unchanged`;
      - `evidence`: `cbs_1`, `cbs_2`, `cbs_3` (the flag), `name` (the two names have no word of a place in common), \
      `name_of_other` (the name now has the name that another code had and lost), or `presence`;
      - `other_code`: the code whose name it took over.

      CBS's flag says how an area compares with the year before: 1 unchanged, 2 another code for the same area, 3 another \
      area. A 2 under a code that existed before means that the code has moved. A 1 rules out a change, but only where the \
      panel holds the year before; where years are left out the names decide, and a 3 still counts.

      Names are compared by their words: capitals, hyphens, `e.o.` and `Wijk 10` do not count. Two names that share no word \
      but directions and the like are taken for two places, so that a list may hold an area that only has a new name, and \
      misses one that kept its name while its border moved. It is a list for a person to look at, or to tell `harmonise` \
      that a crosswalk is needed. A warning gives the number of codes that have moved.
      """,
    example: """
      - id: changes
        uses: flag_changes
        from: panel
        area: area_code
        period: year
        name: area_name
        flag: indelingswijziging
      """)

  private let options: Options

  /// A comparison with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) { self.options = options }

  /// The columns that are compared, whatever is wanted.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [Set(([options.area, options.period, options.name] + (options.flag.map { [$0] } ?? [])).map(\.text))]
  }

  /// Codes, periods and names before and after, and what is found.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    for name in [options.area, options.name] {
      let field = try inputs[0].field(at: name)
      guard field.type == .string else {
        throw SpecError(name.position, "column \"\(field.name)\" is \(field.type.rawValue); codes and names are text")
      }
    }
    let period = try inputs[0].field(at: options.period)
    guard period.type == .string || period.type == .int64 else {
      throw SpecError(
        options.period.position,
        "column \"\(period.name)\" is \(period.type.rawValue); periods are text or whole numbers")
    }
    if let flag = options.flag { _ = try inputs[0].field(at: flag) }
    do { return try schema(inputs[0]) } catch { throw SpecError(options.area.position, "\(error)") }
  }

  private func schema(_ input: Schema) throws(TabularError) -> Schema {
    func field(_ name: Located, _ prefix: String, _ role: FieldRole) -> Field {
      var field = input[name.text] ?? Field(name.text, .string)
      field.name = prefix + field.name
      field.role = role
      return field
    }
    let named = [options.area, options.name] + (options.flag.map { [$0] } ?? [])
    let origins = Field.mergeOrigins(named.map { input[$0.text]?.origins ?? [] })
    return try Schema([
      field(options.area, "", .key), field(options.period, "", .key), field(options.period, "previous_", .measure),
      field(options.name, "", .measure), field(options.name, "previous_", .measure),
      Field("change", .string, origins: origins), Field("evidence", .string, origins: origins),
      Field("other_code", .string, origins: origins),
    ])
  }

  /// The findings, by area and then by period.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let columns = try table.columns(named: [options.area, options.period, options.name].map(\.text))
    let flag = try options.flag.map { name throws(TransformError) in try table.columns(named: [name.text])[0] }
    if let (_, row) = KeyMatches(left: [columns[0], columns[1]], right: [columns[0], columns[1]]).duplicate {
      let names = [options.area.text, options.period.text]
      throw TransformError(
        "more than one row has \(keyText(names, columns, row: row)); flag_changes needs one row for each area and period"
      )
    }
    let panel = AreaPanel(area: columns[0], period: columns[1], name: columns[2], flag: flag)
    var findings = panel.findings.filter { options.include.contains($0.change) }
    let order = Grouping(by: [columns[0]], rowCount: table.rowCount).groups
    findings.sort { (order[$0.anyRow], $0.period) < (order[$1.anyRow], $1.period) }
    warn(panel.findings, panel, context)
    let schema = try onTables { () throws(TabularError) in try self.schema(table.schema) }
    let now = findings.map { Int32(truncatingIfNeeded: $0.row ?? -1) }
    let before = findings.map { Int32(truncatingIfNeeded: $0.previousRow ?? -1) }
    let any = findings.map { Int32(truncatingIfNeeded: $0.anyRow) }
    let output: [Column] = [
      columns[0].gathering(any),
      columns[1].gathering(findings.map { panel.periodRows[$0.period] }),
      columns[1].gathering(findings.map { panel.periodRows[$0.period - 1] }),
      columns[2].gathering(now, unmatched: .notApplicable), columns[2].gathering(before, unmatched: .notApplicable),
      .string(StringColumn(findings.map(\.change.rawValue))), .string(StringColumn(findings.map(\.evidence))),
      columns[0].gathering(findings.map { Int32(truncatingIfNeeded: $0.otherRow ?? -1) }, unmatched: .notApplicable),
    ]
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: output) }
  }

  private func warn(_ findings: [AreaFinding], _ panel: AreaPanel, _ context: RunContext) {
    let moved = findings.filter { $0.change == .moved || $0.change == .boundaryChanged }
    guard let first = moved.first, let row = first.row, let before = first.previousRow else { return }
    let example =
      "\(cellText(panel.area, row: row)) is \"\(cellText(panel.name, row: before))\" in "
      + "\(cellText(panel.period, row: before)) and \"\(cellText(panel.name, row: row))\" in "
      + cellText(panel.period, row: row)
    context.warn(
      "\(moved.count) codes name another area than in the period before: \(example). Do not join these years on code; "
        + "harmonise them through a crosswalk")
  }
}
