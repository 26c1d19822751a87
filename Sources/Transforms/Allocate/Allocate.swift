public import PipelineKit
internal import Statistics
public import Tabular

/// Shares an amount out over areas by people and need.
public struct Allocate: Transform {
  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var score = Located("", at: SourcePosition(file: ""))
    var population = Located("", at: SourcePosition(file: ""))
    var above = 0.0
    var power = 1.0
    var by: [Located] = []
    var budget: Double?
    var spent: Located?
    var into = Located("", at: SourcePosition(file: ""))

    /// In proportion to people times score.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("score", \.score, required: true, "The need; higher is more."),
        .init("population", \.population, required: true, "The people, 0 or more."),
        .init("above", \.above, "The score S* up to which an area gets nothing."),
        .init(
          "power", \.power, "The power alpha of the distance: 0 counts people, 1 grows evenly, 2 favours the worst."),
        .init("by", \.by, "Shares sum to 100 within each combination of these columns' values."),
        .init("budget", \.budget, "An amount to share out; adds the amounts."),
        .init("spent", \.spent, "What is spent now; adds how far it is from the key."),
        .init("into", \.into, required: true, "What the names of the new columns begin with."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "allocate",
    summary: "Shares an amount out by people and need, and says how spending follows need.",
    details: """
      The share of area i is pop_i max(0, S_i - S*)^alpha over the sum of all, with `score` S, `above` S* and `power` alpha; an \
      area at or under S* gets nothing, whatever the power. For `into: key` the columns `key_pct` and, the same in every row of \
      a group, `key_gini` (of the key a head) and `key_concentration` (over people in order of need: 0 when everyone gets \
      the same, towards 1 when those in greatest need get all) are added; with `budget` also `key_amount`, which sums to it \
      exactly; with `spent` also `key_spent_pct`, `key_gap` (share spent less key, in points), `key_spent_concentration` and \
      `key_to_move_pct` (the share of spending that would have to go elsewhere to follow the key, half the sum of the gaps).

      A row without score or people keeps its reason and gets no share. When no area is above S*, or nobody lives there, shares \
      are `undefined`. A key is arithmetic on a score, not a judgement on what a euro does there.
      """,
    example: """
      - {id: key, uses: allocate, from: scores, score: mdi, population: inhabitants, above: 35, by: [gemeente_code, year], \
      budget: 1000000, into: key}
      """)

  private let options: Options

  /// A key with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    guard options.power >= 0, options.budget.map({ $0 >= 0 }) ?? true else {
      throw SpecError(options.into.position, "\"power\" and \"budget\" must be 0 or more")
    }
    self.options = options
  }

  private var added: [String] {
    (["_pct"] + (options.budget == nil ? [] : ["_amount"]) + (options.spent == nil ? [] : ["_spent_pct", "_gap"])
      + ["_gini", "_concentration"] + (options.spent == nil ? [] : ["_spent_concentration", "_to_move_pct"]))
      .map { options.into.text + $0 }
  }

  private var named: [Located] { [options.score, options.population] + [options.spent].compactMap { $0 } }

  /// The wanted columns and those of the options.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [needed.map { $0.subtracting(added).union((named + options.by).map(\.text)) }]
  }

  /// The input's columns and the key.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    for name in named { _ = try inputs[0].numericField(at: name) }
    for name in options.by { _ = try inputs[0].field(at: name) }
    for name in added { try inputs[0].checkFree(name, at: options.into.position) }
    return try inputs[0].appending(fields(inputs[0]), at: options.into.position)
  }

  private func fields(_ input: Schema) -> [Field] {
    let sources = [options.score, options.population].compactMap { input[$0.text] }
    let spent = options.spent.flatMap { input[$0.text] }
    let (name, all) = (options.into.text, sources + [spent].compactMap { $0 })
    var fields = [Field.figure(name + "_pct", "%", "Share of the key", decimals: 1, from: sources)]
    if options.budget != nil {
      fields.append(.figure(name + "_amount", spent?.unit ?? "euro", "Amount by the key", decimals: 0, from: sources))
    }
    if options.spent != nil {
      fields.append(.figure(name + "_spent_pct", "%", "Share of what is spent", decimals: 1, from: all))
      fields.append(.figure(name + "_gap", "points", "Share spent less key", decimals: 1, from: all))
    }
    fields.append(.figure(name + "_gini", "", "Gini of the key a head", decimals: 2, from: sources))
    fields.append(.figure(name + "_concentration", "", "Concentration of the key", decimals: 2, from: sources))
    if options.spent != nil {
      fields.append(.figure(name + "_spent_concentration", "", "Concentration of spending", decimals: 2, from: all))
      fields.append(.figure(name + "_to_move_pct", "%", "Spending to be moved", decimals: 1, from: all))
    }
    return fields
  }

  /// The input with the key.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let need = try NumberColumn(table, options.score.text)
    let people = try NumberColumn(table, options.population.text)
    try people.requireCounts(options.population.text)
    let spent = try options.spent.map { name throws(TransformError) in
      let column = try NumberColumn(table, name.text)
      try column.requireCounts(name.text)
      return column
    }
    let keys = try table.columns(named: [options.score.text, options.population.text] + options.by.map(\.text))
    let reasons = firstReasons(keys, rowCount: table.rowCount)
    let groups = try RowGroups(table, by: options.by)
    let fields = fields(table.schema)
    var figures = [[Double?]](repeating: [Double?](repeating: nil, count: table.rowCount), count: fields.count)
    groups.rows { reasons?[$0] ?? 0 == 0 }.forEach { _, rows in
      let own = rows.map { Int($0) }
      let group = AllocationWork(
        need: own.map { need.values[$0] }, people: own.map { people.values[$0] },
        spent: spent.map { spent in own.map { spent.isPresent($0) ? spent.values[$0] : nil } }, options: options)
      for (place, row) in own.enumerated() {
        for (index, figure) in group.figures(place).enumerated() { figures[index][row] = figure }
      }
    }
    let undefined = MissingReason.undefined.rawValue
    let columns = figures.indices.map { index -> Column in
      let spentReasons = spent?.reasons ?? []
      let isSpent = fields[index].name.hasSuffix("_spent_pct") || fields[index].name.hasSuffix("_gap")
      let mask = MissingMask(
        reasons: figures[index].enumerated().map { row, figure in
          if let reason = reasons?[row], reason != 0 { return reason }
          if isSpent, !spentReasons.isEmpty, spentReasons[row] != 0 { return spentReasons[row] }
          return figure == nil ? undefined : 0
        })
      return .float64(Float64Column(figures[index].map { $0 ?? 0 }, missing: mask))
    }
    return try table.appending(fields, columns)
  }
}
