public import PipelineKit
internal import Statistics
public import Tabular

/// Makes displacement figures from workers by education and job level.
public struct Displacement: Transform {
  enum Output: String, OptionChoice {
    case levels, totals, assortative
    case ownLevelFirst = "own_level_first"
  }

  /// The options of `displacement`.
  public struct Options: PluginOptions {
    var by: [Located] = []
    var scale: [Located] = []
    var education = LevelColumn()
    var job = LevelColumn()
    var count = Located("", at: SourcePosition(file: ""))
    var output = Output.levels

    /// One row a group and level.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("by", \.by, "The columns that define a group, for example area and year."),
        .init(
          "scale", \.scale, required: true, "The levels of education and of jobs, from the lowest to the highest."),
        .init("education", \.education, required: true, "The column of education and the level of each code."),
        .init("job", \.job, required: true, "The column of job levels and the level of each code."),
        .init("count", \.count, required: true, "The workers of each row."),
        .init(
          "output", \.output,
          "One row for each level, or one for the group; or the cells of the matrix as it would be without displacement, in "
            + "rank order or with the own level first."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "displacement",
    summary: "Makes displacement figures from workers by education and job level.",
    details: """
      Education and jobs stand on one scale; the maps under `levels` bring codes to it and may join several codes in one \
      level. Rows with the same group and levels add up. Whether the workers are those who live in an area or those who work \
      there is a matter of the input: say which.

      `output: levels` gives for each level `level` and `level_number` (from 1), `workers` and `jobs` of the level, and

      - `from_above`, `from_below`: jobs of the level held by people with a higher or a lower education;
      - `to_below`, `to_above`: people of the level in a lower or a higher job;
      - `displaced_pct`: 100 from_above / jobs, the share of the level's jobs held by higher-educated people;
      - `net_displacement`: from_above - to_below; sums to zero over the levels;
      - at the threshold below the level: `down` (people from the level up in jobs below it), `up` (the reverse), `surplus` \
      (people less jobs from the level up, = down - up), `structural` (max(0, surplus), what too few jobs force) and `excess` \
      (down - structural, swapped places); `not_applicable` at the lowest level.

      `output: totals` gives one row: `workers`, `displaced` (jobs held by higher-educated people), `over_pct`, `under_pct`, \
      `matched_pct`, `kappa`, `structural_pct` (the least share away from the own level that the numbers of people and jobs \
      allow: their dissimilarity), `excess_pct` (observed less that), `steps` and `structural_steps` (levels between people and \
      jobs, and the least number), and `chain_persons` (people whom rank order would move beyond those who must).

      `output: assortative` (the highest educated take the highest jobs: chains of one step) and `own_level_first` (who can \
      stays at the own level: deep falls) give `education`, `job` and `workers` of each cell.

      A group with a missing count is missing, for the reason of the first such row; shares without people or jobs are \
      `undefined`.
      """,
    example: """
      - id: displaced
        uses: displacement
        from: workers
        by: [area_code, year]
        scale: [low, middle, high]
        education: {column: education, levels: {"2018700": low, "2018740": middle, "2018790": high}}
        job: {column: isco_level, levels: {"1": low, "2": low, "3": middle, "4": high}}
        count: employed
      """)

  private let options: Options
  private let scale: LevelScale

  /// Displacement with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    self.options = options
    scale = try LevelScale(options.scale, at: options.count.position)
  }

  private var namedColumns: [Located] {
    options.by + [options.education.column, options.job.column, options.count]
  }

  /// All columns that the options name.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [Set(namedColumns.map(\.text))]
  }

  /// The keys and the figures.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let schema = inputs[0]
    var fields: [Field] = []
    for name in options.by { fields.append(try schema.field(at: name).asKey) }
    try options.education.check(in: schema, scale: scale)
    try options.job.check(in: schema, scale: scale)
    _ = try schema.numericField(at: options.count)
    let sources = namedColumns.compactMap { schema[$0.text] }
    let unit = schema[options.count.text]?.unit ?? ""
    switch options.output {
    case .levels:
      fields.append(Field("level", .string, role: .key, label: "Level"))
      fields += Self.levelFigures(unit, sources)
    case .totals: fields += Self.totalFigures(unit, sources)
    case .assortative, .ownLevelFirst:
      fields.append(Field("education", .string, role: .key, label: "Level of education"))
      fields.append(Field("job", .string, role: .key, label: "Level of the job"))
      fields.append(.figure("workers", unit, "Workers without displacement", decimals: 0, from: sources))
    }
    do { return try Schema(fields) } catch { throw SpecError(options.count.position, "\(error)") }
  }

  /// The figures of each group.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let schema = try promised([table.schema])
    let keys = try table.columns(named: options.by.map(\.text))
    let matrices = try self.matrices(table, keys)
    let textKeys = options.output == .levels ? 1 : options.output == .totals ? 0 : 2
    var rows = MeasureRows(Array(schema.fields.dropFirst(keys.count + textKeys)))
    var first: [Int32] = []
    var texts = [[String]](repeating: [], count: textKeys)
    for (row, matrix) in matrices {
      let added = try append(matrix, to: &rows, texts: &texts)
      first += [Int32](repeating: row, count: added)
    }
    let columns = keys.map { $0.gathering(first) } + texts.map { Column.texts($0) } + rows.columns
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: columns) }
  }

  private enum GroupMatrix {
    case counted(QualificationMatrix)
    case missing(UInt8)
  }

  /// The matrix of each group, with the group's first row.
  private func matrices(_ table: Table, _ keys: [Column]) throws(TransformError) -> [(Int32, GroupMatrix)] {
    guard table.rowCount > 0 else { return [] }
    let education = try options.education.levels(in: table, scale: scale)
    let job = try options.job.levels(in: table, scale: scale)
    let counts = try NumberColumn(table, options.count.text)
    try counts.requireCounts(options.count.text)
    let size = scale.names.count
    let groups = Grouping(by: keys, rowCount: table.rowCount)
    var result: [(Int32, GroupMatrix)] = []
    for group in 0..<groups.count {
      let members = groups.rows[group].map { Int($0) }
      let row = groups.representatives[group]
      if let missing = members.first(where: { !counts.isPresent($0) }) {
        result.append((row, .missing(counts.reasons[missing])))
        continue
      }
      var cells = [Double](repeating: 0, count: size * size)
      for row in members { cells[education[row] * size + job[row]] += counts.values[row] }
      guard let matrix = QualificationMatrix(levels: size, counts: cells) else {
        throw TransformError("\"\(options.count)\": the workers of a group are no finite number")
      }
      result.append((row, .counted(matrix)))
    }
    return result
  }

  /// Adds the rows of one group; how many.
  private func append(_ group: GroupMatrix, to rows: inout MeasureRows, texts: inout [[String]]) throws(TransformError)
    -> Int
  {
    let names = scale.names
    switch options.output {
    case .totals:
      switch group {
      case .missing(let reason): rows.append(missing: reason)
      case .counted(let matrix): rows.append(Self.totals(matrix))
      }
      return 1
    case .levels:
      texts[0] += names
      for level in names.indices {
        switch group {
        case .missing(let reason):
          rows.append([Double(level + 1)] + rows.fields.dropFirst().map { _ in nil }, reason: reason)
        case .counted(let matrix): Self.append(level, of: matrix, to: &rows)
        }
      }
      return names.count
    case .assortative, .ownLevelFirst:
      for name in names {
        texts[0] += [String](repeating: name, count: names.count)
        texts[1] += names
      }
      switch group {
      case .missing(let reason): for _ in 0..<(names.count * names.count) { rows.append(missing: reason) }
      case .counted(let matrix):
        let allocated =
          options.output == .assortative
          ? JobAllocation.assortative(workers: matrix.workers, jobs: matrix.jobs)
          : JobAllocation.ownLevelFirst(workers: matrix.workers, jobs: matrix.jobs)
        for cell in 0..<(names.count * names.count) { rows.append([allocated?.counts[cell]]) }
      }
      return names.count * names.count
    }
  }
}

extension Displacement {
  fileprivate static func levelFigures(_ unit: String, _ sources: [Field]) -> [Field] {
    func count(_ name: String, _ label: String) -> Field { .figure(name, unit, label, decimals: 0, from: sources) }
    var level = Field("level_number", .int64, unit: "level", label: "Level, from the lowest", decimals: 0)
    level.origins = Field.mergeOrigins(sources.map(\.origins))
    return [
      level,
      count("workers", "Workers of the level"), count("jobs", "Jobs of the level"),
      count("from_above", "Jobs held by higher-educated workers"),
      count("from_below", "Jobs held by lower-educated workers"), count("to_below", "Workers in lower jobs"),
      count("to_above", "Workers in higher jobs"),
      .figure(
        "displaced_pct", "%", "Jobs held by higher-educated workers", decimals: 1, direction: .higherIsWorse,
        from: sources),
      count("net_displacement", "Net displacement"), count("down", "Downward crossings of the threshold"),
      count("up", "Upward crossings of the threshold"), count("surplus", "Workers less jobs from the level up"),
      count("structural", "Downward crossings forced by too few jobs"), count("excess", "Swapped places"),
    ]
  }

  fileprivate static func append(_ level: Int, of matrix: QualificationMatrix, to rows: inout MeasureRows) {
    let flows = matrix.balance[level]
    let crossing = level > 0 ? matrix.thresholds[level - 1] : nil
    let own: [Double?] = [
      Double(level + 1), flows.workers, flows.jobs, flows.fromAbove, flows.fromBelow, flows.toBelow, flows.toAbove,
      flows.displacedShare.map { 100 * $0 }, flows.netDisplacement,
    ]
    // Only the lowest level has no threshold below it; its share may be undefined for want of jobs all the same.
    rows.append(
      own.map { ($0, MissingReason.undefined) }
        + [
          crossing?.down, crossing?.up, crossing?.surplus, crossing?.structural, crossing?.excess,
        ].map { ($0, MissingReason.notApplicable) })
  }

  fileprivate static func totalFigures(_ unit: String, _ sources: [Field]) -> [Field] {
    func count(_ name: String, _ label: String) -> Field { .figure(name, unit, label, decimals: 0, from: sources) }
    func share(_ name: String, _ label: String, _ direction: Direction = .higherIsWorse) -> Field {
      .figure(name, "%", label, decimals: 1, direction: direction, from: sources)
    }
    return [
      count("workers", "Workers"), count("displaced", "Jobs held by higher-educated workers"),
      share("over_pct", "Over-qualified"), share("under_pct", "Under-qualified"),
      share("matched_pct", "Rightly qualified", .higherIsBetter),
      .figure("kappa", "", "Agreement beyond chance (Cohen)", decimals: 3, direction: .higherIsBetter, from: sources),
      share("structural_pct", "Least share away from the own level"),
      share("excess_pct", "Share away from the own level beyond the least"),
      count("steps", "Levels between people and jobs"), count("structural_steps", "Least number of levels"),
      count("chain_persons", "People moved by chains beyond those who must"),
    ]
  }

  fileprivate static func totals(_ matrix: QualificationMatrix) -> [Double?] {
    let (rates, excess) = (matrix.rates, matrix.excessMismatch)
    return [
      matrix.total, matrix.displacedJobs, rates.map { 100 * $0.over }, rates.map { 100 * $0.under },
      rates.map { 100 * $0.matched }, matrix.kappa, excess.map { 100 * $0.structuralShare },
      excess.map { 100 * $0.excessShare }, excess?.observedSteps, excess?.structuralSteps,
      JobAllocation.chainPersons(workers: matrix.workers, jobs: matrix.jobs),
    ]
  }
}
