public import PipelineKit
internal import Statistics
public import Tabular

/// Makes over- and under-qualification rates from workers by education and job.
public struct Mismatch: Transform {
  enum Rule: String, OptionChoice {
    case normative, mode
  }

  enum Tie: String, OptionChoice {
    case lowest, highest, all
  }

  enum Per: String, OptionChoice {
    case total, education, job
  }

  /// The options of `mismatch`.
  public struct Options: PluginOptions {
    var by: [Located] = []
    var scale: [Located] = []
    var education = LevelColumn()
    var job = Located("", at: SourcePosition(file: ""))
    var count = Located("", at: SourcePosition(file: ""))
    var rule = Rule.normative
    var required = OrderedMap<[Located]>()
    var tie = Tie.lowest
    var within: [Located]?
    var per = Per.total

    /// The normative rule, one row a group.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("by", \.by, "The columns that define a group, for example area and year."),
        .init("scale", \.scale, required: true, "The levels of education, from the lowest to the highest."),
        .init("education", \.education, required: true, "The column of education and the level of each code."),
        .init("job", \.job, required: true, "The column of jobs: occupations, or levels that jobs require."),
        .init("count", \.count, required: true, "The workers of each row."),
        .init(
          "rule", \.rule,
          "How it is known what a job requires: stated under `required`, or the most frequent level of those who do it."
        ),
        .init(
          "required", \.required,
          "For `rule: normative` the level that each job requires, `job: level`, or the lowest and the highest that fit, "
            + "`job: [lowest, highest]`."),
        .init(
          "tie", \.tie,
          "For `rule: mode` which of several most frequent levels counts: the lowest, the highest, or all of them."),
        .init("within", \.within, "For `rule: mode` the columns within which it is found; without it those of `by`."),
        .init("per", \.per, "One row for all workers of a group, for each level of education, or for each job."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "mismatch",
    summary: "Makes over- and under-qualification rates from workers by education and job.",
    details: """
      A worker is over-qualified when the own level lies above what the job requires, under-qualified when it lies below. \
      What a job requires is data: with `rule: normative` the map `required` says it (ILO guidelines of 2018; the map from \
      ISCO-08 to education is contested for ISCED 2, so state it), with `rule: mode` it is the most frequent level among \
      the workers of that job (realised matches; with three levels and 114 occupation groups this is "baan onder niveau" of \
      CBS). The most frequent level may change between periods: such rates do not compare over time.

      The output has the columns of `by`, then the education level or the job when `per` asks for one, and:

      - `workers`: those counted;
      - `over_pct`, `under_pct`, `matched_pct`: 100 times the share of them; they sum to 100.

      Rows with the same group, education and job add up. A group with a missing count is missing, for the reason of the \
      first such row; a group without workers is `undefined`. A code without a level, or a job without a requirement, is an \
      error: what should not count is to be filtered out before.
      """,
    example: """
      - id: mismatch_rates
        uses: mismatch
        from: workers
        by: [area_code, year]
        scale: [low, middle, high]
        education: {column: education, levels: {"2018700": low, "2018740": middle, "2018790": high}}
        job: isco_level
        required: {"1": low, "2": [low, middle], "3": middle, "4": high}
        count: employed
      """)

  private let options: Options
  private let scale: LevelScale
  private let required: [String: RequiredEducation]

  /// Rates with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    let place = options.job.position
    self.options = options
    scale = try LevelScale(options.scale, at: place)
    if options.rule == .normative, options.required.entries.isEmpty {
      throw SpecError(place, "\"rule: normative\" needs \"required\", the level that each job requires")
    }
    if options.rule == .mode, let first = options.required.entries.first {
      throw SpecError(
        first.position, "\"required\" is for \"rule: normative\"; \"rule: mode\" reads it off from the workers")
    }
    if options.rule == .normative, let within = options.within {
      throw SpecError(within.first?.position ?? place, "\"within\" is for \"rule: mode\"")
    }
    var required: [String: RequiredEducation] = [:]
    for entry in options.required.entries {
      guard 1...2 ~= entry.value.count else {
        throw SpecError(entry.position, "job \"\(entry.key)\" takes one level, or the lowest and the highest")
      }
      let (low, high) = (try scale.index(of: entry.value[0]), try scale.index(of: entry.value[entry.value.count - 1]))
      guard let range = RequiredEducation(lowest: low, highest: high) else {
        throw SpecError(
          entry.position, "job \"\(entry.key)\": \"\(entry.value[0])\" lies above \"\(entry.value[1])\" on the scale")
      }
      required[entry.key] = range
    }
    self.required = required
  }

  private var namedColumns: [Located] {
    options.by + (options.within ?? []) + [options.education.column, options.job, options.count]
  }

  /// All columns that the options name.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [Set(namedColumns.map(\.text))]
  }

  /// The keys and the rates.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let schema = inputs[0]
    var keys: [Field] = []
    for name in options.by { keys.append(try schema.field(at: name).asKey) }
    for name in options.within ?? [] { _ = try schema.field(at: name) }
    try options.education.check(in: schema, scale: scale)
    let job = try schema.field(at: options.job)
    for entry in options.required.entries { try CellLiteral.check(Located(entry.key, at: entry.position), in: job) }
    _ = try schema.numericField(at: options.count)
    switch options.per {
    case .total: break
    case .education: keys.append(Field(options.education.column.text, .string, role: .key))
    case .job: keys.append(job.asKey)
    }
    do { return try Schema(keys + figures(schema)) } catch { throw SpecError(options.job.position, "\(error)") }
  }

  private func figures(_ schema: Schema) -> [Field] {
    let sources = namedColumns.compactMap { schema[$0.text] }
    func share(_ name: String, _ label: String, _ direction: Direction) -> Field {
      .figure(name, "%", label, decimals: 1, direction: direction, from: sources)
    }
    return [
      .figure("workers", schema[options.count.text]?.unit ?? "", "Workers", decimals: 0, from: sources),
      share("over_pct", "Over-qualified", .higherIsWorse), share("under_pct", "Under-qualified", .higherIsWorse),
      share("matched_pct", "Rightly qualified", .higherIsBetter),
    ]
  }

  /// One row a group, or a group and level or job.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let levels = try options.education.levels(in: table, scale: scale)
    let counts = try NumberColumn(table, options.count.text)
    try counts.requireCounts(options.count.text)
    let signs = options.rule == .normative ? try normative(table, levels) : try modal(table, levels, counts)
    var keys = try table.columns(named: options.by.map(\.text))
    switch options.per {
    case .total: break
    case .education: keys.append(.int64(Int64Column(levels.map { Int64($0) })))
    case .job: keys += try table.columns(named: [options.job.text])
    }
    let groups = Grouping(by: keys, rowCount: table.rowCount)
    var rows = MeasureRows(figures(table.schema))
    for group in 0..<(table.rowCount == 0 ? 0 : groups.count) {
      let members = groups.rows[group].map { Int($0) }
      if let missing = members.first(where: { !counts.isPresent($0) }) {
        rows.append(missing: counts.reasons[missing])
        continue
      }
      func sum(_ sign: Int) -> Double { members.filter { signs[$0] == sign }.reduce(0) { $0 + counts.values[$1] } }
      let rates = MismatchRates(over: sum(1), under: sum(-1), matched: sum(0))
      rows.append([
        rates?.total ?? 0, rates.map { 100 * $0.over }, rates.map { 100 * $0.under }, rates.map { 100 * $0.matched },
      ])
    }
    let first = table.rowCount == 0 ? [] : groups.representatives
    var columns = keys.map { $0.gathering(first) }
    if options.per == .education { columns[columns.count - 1] = .texts(first.map { scale.names[levels[Int($0)]] }) }
    return try table.transformed { (table) throws(SpecError) in
      try outputSchema(for: [table.schema])
    } columns: { (_) throws(TransformError) in
      columns + rows.columns
    }
  }

  /// -1, 0 or 1 for each row by the map of requirements.
  private func normative(_ table: Table, _ levels: [Int]) throws(TransformError) -> [Int] {
    let jobs = try table.columns(named: [options.job.text])[0]
    let codes = Grouping(by: [jobs], rowCount: table.rowCount)
    var ranges: [RequiredEducation] = []
    for row in codes.representatives where row >= 0 {
      let code = cellText(jobs, row: Int(row))
      guard let range = required[code] else {
        throw TransformError(
          "\"\(options.job)\" has \"\(code)\", of which \"required\" does not say what it requires"
            + "\(didYouMean(code, among: options.required.keys)); add it there, or filter it out")
      }
      ranges.append(range)
    }
    return levels.indices.map { ranges[Int(codes.groups[$0])].mismatch(of: levels[$0]) }
  }

  /// The same against the most frequent levels of the job.
  private func modal(_ table: Table, _ levels: [Int], _ counts: NumberColumn) throws(TransformError) -> [Int] {
    let keys = try table.columns(named: (options.within ?? options.by).map(\.text) + [options.job.text])
    let groups = Grouping(by: keys, rowCount: table.rowCount)
    var sums = [Double](repeating: 0, count: groups.count * scale.names.count)
    for row in levels.indices { sums[Int(groups.groups[row]) * scale.names.count + levels[row]] += counts.values[row] }
    let ranges = (0..<groups.count).map { group -> RequiredEducation? in
      let own = Array(sums[(group * scale.names.count)..<((group + 1) * scale.names.count)])
      guard let most = own.max(), let low = own.firstIndex(of: most), let high = own.lastIndex(of: most) else {
        return nil
      }
      switch options.tie {
      case .lowest: return RequiredEducation(lowest: low, highest: low)
      case .highest: return RequiredEducation(lowest: high, highest: high)
      case .all: return RequiredEducation(lowest: low, highest: high)
      }
    }
    return levels.indices.map { ranges[Int(groups.groups[$0])]?.mismatch(of: levels[$0]) ?? 0 }
  }
}
