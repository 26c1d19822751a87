public import PipelineKit
internal import Statistics
public import Tabular

/// Summaries of larger areas from the scores, ranks and inhabitants of their small areas.
public struct SummariseAreas: Transform {
  /// A larger area that follows from the code of a small one.
  enum Level: String, OptionChoice {
    case buurt, wijk, gemeente, land

    var region: RegionCode.Level {
      switch self {
      case .buurt: .buurt
      case .wijk: .wijk
      case .gemeente: .gemeente
      case .land: .land
      }
    }
  }

  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var area = Located("", at: SourcePosition(file: ""))
    var score: Located?
    var rank: Located?
    var population: Located?
    var deprived: Located?
    var levels: [Level] = []
    var columns: [Located] = []
    var by: [Located] = []
    var count: Int?

    /// No larger area.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("area", \.area, required: true, "The column of codes of the small areas."),
        .init("score", \.score, "The score; higher is more deprived."),
        .init(
          "rank", \.rank,
          "The rank in the country, 1 the most deprived; without it the score is ranked, ties sharing the smallest."),
        .init("population", \.population, "Inhabitants; without it there are no figures weighted by them."),
        .init("deprived", \.deprived, "The number of deprived people, which the scale sums."),
        .init("levels", \.levels, "Larger areas that follow from the code: wijk, gemeente, land."),
        .init("columns", \.columns, "Columns of codes of further larger areas, for example a region."),
        .init("by", \.by, "Periods and other columns within which areas are ranked and summed up apart."),
        .init("count", \.count, "How many areas the country has; without it those of the input that have a rank."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "summarise_areas",
    summary:
      "Sums small areas up to larger ones: average rank and score, worst tenth and fifth, extent, concentration.",
    details: """
      One row a larger area, level after level, with `level` (a word of `levels` or the name of a column), `area_code` and, for \
      N areas in the country of which rank 1 is the most deprived: `areas` (with a rank), `areas_unscored`, and twice, \
      `..._unweighted` (each area counts once) and with `population` also `..._weighted` (by inhabitants): `average_rank` (N + 1 \
      less the mean rank: high is deprived), `average_score`, `worst_10_pct` and `worst_20_pct` (share in areas with a rank \
      up to N/10 and N/5), `extent_pct` (the worst tenth in full; with percentile p = ceil(100 rank/N), 0.95 - 0.9 (p - 11)/19 \
      from 11 to 30; nothing beyond), `local_concentration` (N + 1 less the mean rank of the most deprived areas that hold \
      exactly a tenth, the last in part). With `population` also `inhabitants` (of the areas with a rank) and \
      `inhabitants_unscored`; with `deprived` also `scale` (their sum).

      Average rank hides polarisation and average score does not: publish both. An area without a rank takes no part, one \
      without a known number of inhabitants only in unweighted figures, one whose larger area is missing not in that area, \
      with a warning. Figures that do not exist are `insufficient`. English Indices of Deprivation 2019, Technical \
      Report, appendix N.
      """,
    example: """
      - id: larger
        uses: summarise_areas
        from: scores
        area: area_code
        score: mdi
        population: inhabitants
        levels: [wijk, gemeente, land]
        columns: [corop_code]
        by: [year]
      """)

  private let options: Options

  /// Summaries with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    guard options.score != nil || options.rank != nil else {
      throw SpecError(options.area.position, "give \"score\", \"rank\" or both")
    }
    guard !options.levels.isEmpty || !options.columns.isEmpty else {
      throw SpecError(
        options.area.position, "give \"levels\" (wijk, gemeente, land), \"columns\" of larger areas, or both")
    }
    if let count = options.count, count < 1 {
      throw SpecError(options.area.position, "\"count\" is \(count), expected 1 or more")
    }
    self.options = options
  }

  private var named: [Located] {
    [options.area] + [options.score, options.rank, options.population, options.deprived].compactMap { $0 }
      + options.columns + options.by
  }

  /// Every column that the options name.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] { [Set(named.map(\.text))] }

  /// The keys and the figures.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let input = inputs[0]
    for name in named { _ = try input.field(at: name) }
    for name in [options.score, options.rank, options.population, options.deprived].compactMap({ $0 }) {
      _ = try input.numericField(at: name)
    }
    for name in [options.area] + options.columns where input[name.text]?.type != .string {
      throw SpecError(
        name.position, "column \"\(name)\" is \(input[name.text]?.type.rawValue ?? "?"), expected codes as text")
    }
    var keys: [Field] = []
    for name in options.by { keys.append(try input.field(at: name).asKey) }
    let area = input[options.area.text]
    keys.append(Field("level", .string, role: .key, label: "Level of the area"))
    keys.append(
      Field("area_code", .string, role: .key, label: "Code of the area", origins: area?.origins ?? []))
    do throws(TabularError) { return try Schema(keys + figures(input)) } catch {
      throw SpecError(options.by.first?.position ?? options.area.position, "\(error)")
    }
  }

  private func figures(_ input: Schema) -> [Field] {
    let measured = [options.score, options.rank].compactMap { $0 }.compactMap { input[$0.text] }
    let people = options.population.flatMap { input[$0.text] }
    func count(_ name: String, _ label: String) -> Field {
      Field(
        name, .int64, unit: "areas", label: label, decimals: 0, origins: Field.mergeOrigins(measured.map(\.origins)))
    }
    var fields = [count("areas", "Areas with a rank"), count("areas_unscored", "Areas without a rank")]
    if let people {
      fields.append(.figure("inhabitants", "persons", "Inhabitants of areas with a rank", decimals: 0, from: [people]))
      fields.append(
        .figure("inhabitants_unscored", "persons", "Inhabitants of areas without a rank", decimals: 0, from: [people]))
    }
    for weighting in people == nil ? ["unweighted"] : ["weighted", "unweighted"] {
      let sources = measured + (weighting == "weighted" ? [people].compactMap { $0 } : [])
      func add(_ name: String, _ unit: String, _ label: String, _ decimals: Int) {
        let suffix = weighting == "weighted" ? "weighted by inhabitants" : "each area once"
        fields.append(
          .figure(
            "\(name)_\(weighting)", unit, "\(label), \(suffix)", decimals: decimals, direction: .higherIsWorse,
            from: sources))
      }
      add("average_rank", "rank", "N + 1 less the average rank", 0)
      if let score = options.score.flatMap({ input[$0.text] }) {
        add("average_score", score.unit, "Average score", 1)
      }
      add("worst_10_pct", "%", "Share in the worst tenth of the country", 1)
      add("worst_20_pct", "%", "Share in the worst fifth of the country", 1)
      add("extent_pct", "%", "Extent", 1)
      add("local_concentration", "rank", "Local concentration", 0)
    }
    if let deprived = options.deprived.flatMap({ input[$0.text] }) {
      fields.append(.figure("scale", deprived.unit, "Deprived people", decimals: 0, from: [deprived]))
    }
    return fields
  }

  /// One row a larger area.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let work = try AreaWork(table, options)
    let by = try table.columns(named: options.by.map(\.text))
    let schema = try promised([table.schema])
    var rows = MeasureRows(Array(schema.fields.dropFirst(options.by.count + 2)))
    var (levels, codes, firsts): ([String], [String], [Int32]) = ([], [], [])
    for level in options.levels.map(\.rawValue) + options.columns.map(\.text) {
      let parents = try self.parents(level, table)
      let column = Column.string(StringColumn(parents, reason: .undefined))
      let grouping = Grouping(by: by + [column], rowCount: table.rowCount)
      var homeless = 0
      for group in 0..<grouping.count {
        let own = grouping.rows[group].map { Int($0) }
        guard let first = own.first else { continue }
        guard let code = parents[first] else {
          homeless += own.count
          continue
        }
        levels.append(level)
        codes.append(code)
        firsts.append(Int32(truncatingIfNeeded: first))
        rows.append(work.figures(of: own), reason: MissingReason.insufficient.rawValue)
      }
      if homeless > 0 {
        context.warn("\(homeless) of \(table.rowCount) rows have no \(level) in \"\(options.area)\" and are not in it")
      }
    }
    let made =
      by.map { $0.gathering(firsts) } + [Column.texts(levels), Column.texts(codes)] + rows.columns
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: made) }
  }

  /// The code of the larger area of each row, nil when there is none.
  private func parents(_ level: String, _ table: Table) throws(TransformError) -> [String?] {
    let isCode = options.levels.contains { $0.rawValue == level }
    let column = try table.columns(named: [isCode ? options.area.text : level])[0]
    guard case .string(let texts) = column else { throw TransformError("column \"\(level)\" holds no codes") }
    guard isCode, let wanted = Level(rawValue: level)?.region else { return (0..<table.rowCount).map { texts[$0] } }
    var kind: RegionCode.Level?
    var known = [UInt32: String?]()
    return try (0..<table.rowCount).map { row throws(TransformError) -> String? in
      guard texts.missing?.isPresent(row) ?? true else { return nil }
      if let parent = known[texts.codes[row]] { return parent }
      guard let text = texts[row] else { return nil }
      let code = RegionCode(text)
      if let code {
        if let kind, kind != code.level {
          throw TransformError(
            "\"\(options.area)\" holds areas of two levels, \(kind.rawValue) and \(code.level.rawValue) (\(text)), which "
              + "would count twice; filter one of them before the step")
        }
        kind = code.level
      }
      let parent = code?.parent(wanted)?.description
      known[texts.codes[row]] = .some(parent)
      return parent
    }
  }
}
