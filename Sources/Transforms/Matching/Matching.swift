public import PipelineKit
internal import Statistics
public import Tabular

/// Makes indices of aggregate mismatch from unemployed and vacancies by market.
public struct Matching: Transform {
  /// The options of `matching`.
  public struct Options: PluginOptions {
    var by: [Located] = []
    var unemployed = Located("", at: SourcePosition(file: ""))
    var vacancies = Located("", at: SourcePosition(file: ""))
    var labourForce: Located?
    var efficiency: Located?
    var weight: Located?
    var alpha = 0.5

    /// An elasticity of a half.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("by", \.by, "The columns that define a labour market as a whole, for example area and period."),
        .init("unemployed", \.unemployed, required: true, "The unemployed of each row's sector or occupation."),
        .init("vacancies", \.vacancies, required: true, "The vacancies of the same."),
        .init("labour_force", \.labourForce, "The labour force of the same, for Layard and Nickell's index."),
        .init("efficiency", \.efficiency, "The matching efficiency of the same, for M with different efficiencies."),
        .init("weight", \.weight, "What a planner weighs a hire with (x), for the planner's form; needs `efficiency`."),
        .init("alpha", \.alpha, "The elasticity of hires to vacancies, between 0 and 1."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "matching",
    summary: "Makes indices of aggregate mismatch from unemployed and vacancies by market.",
    details: """
      One row for each group of `by`, over the rows of that group, which are its markets (sectors, occupations, regions). \
      With u_i and v_i the shares of a market in the group's unemployed and vacancies:

      - `mismatch_index`: M = 1 - sum v_i^alpha u_i^(1 - alpha), the share of hires lost (Sahin and others 2014);
      - `mismatch_index_efficiency` and `mismatch_index_planner`: M with different efficiencies, and the planner's form, which \
      may be negative; only when their columns are given;
      - `jackman_roper`: half the sum of |u_i - v_i|, the share of the unemployed in the wrong market;
      - `cosine`: of the angle between unemployed and vacancies (Fluckiger and Hazari take its mean over periods);
      - `layard_nickell`: half the variance of relative unemployment rates; only with `labour_force`.

      `unemployed` and `vacancies` are the sums; shares are over the rows, not over a published total. Indices depend on how \
      fine the markets are: compare equal divisions only. A missing cell makes the group missing, for its reason; no \
      unemployed or no vacancies: `undefined`.
      """,
    example: """
      - {id: mismatch, uses: matching, from: sectors, by: [quarter], unemployed: unemployed, vacancies: vacancies}
      """)

  private let options: Options

  /// Indices with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    guard options.alpha > 0 && options.alpha < 1 else {
      throw SpecError(
        options.unemployed.position, "\"alpha\" is \(options.alpha.optionText ?? ""), expected a number between 0 and 1"
      )
    }
    if let weight = options.weight, options.efficiency == nil {
      throw SpecError(weight.position, "\"weight\" needs \"efficiency\"")
    }
    self.options = options
  }

  private var figureColumns: [Located] {
    [options.unemployed, options.vacancies, options.labourForce, options.efficiency, options.weight].compactMap { $0 }
  }

  /// All columns that the options name.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [Set((options.by + figureColumns).map(\.text))]
  }

  /// The keys and the indices.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let schema = inputs[0]
    var fields: [Field] = []
    for name in options.by { fields.append(try schema.field(at: name).asKey) }
    for name in figureColumns { _ = try schema.numericField(at: name) }
    do { return try Schema(fields + figures(schema)) } catch {
      throw SpecError(options.unemployed.position, "\(error)")
    }
  }

  private func figures(_ schema: Schema) -> [Field] {
    let sources = (options.by + figureColumns).compactMap { schema[$0.text] }
    func index(_ name: String, _ label: String, _ direction: Direction = .higherIsWorse) -> Field {
      .figure(name, "", label, decimals: 3, direction: direction, from: sources)
    }
    func sum(_ name: String, _ column: Located, _ label: String) -> Field {
      .figure(name, schema[column.text]?.unit ?? "", label, decimals: 0, from: schema[column.text].map { [$0] } ?? [])
    }
    var fields = [
      sum("unemployed", options.unemployed, "Unemployed"), sum("vacancies", options.vacancies, "Vacancies"),
      index("mismatch_index", "Hires lost by mismatch"),
    ]
    if options.efficiency != nil {
      fields.append(index("mismatch_index_efficiency", "Hires lost, different efficiencies"))
    }
    if options.weight != nil { fields.append(index("mismatch_index_planner", "Hires lost against the planner")) }
    fields += [
      index("jackman_roper", "Unemployed in the wrong market"),
      index("cosine", "Cosine of unemployed and vacancies", .higherIsBetter),
    ]
    if options.labourForce != nil { fields.append(index("layard_nickell", "Spread of relative unemployment")) }
    return fields
  }

  /// One row a group.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let schema = try promised([table.schema])
    let keys = try table.columns(named: options.by.map(\.text))
    let groups = Grouping(by: keys, rowCount: table.rowCount)
    var numbers: [NumberColumn] = []
    for name in figureColumns {
      let column = try NumberColumn(table, name.text)
      try column.requireCounts(name.text)
      numbers.append(column)
    }
    var rows = MeasureRows(Array(schema.fields.dropFirst(keys.count)))
    for group in 0..<(table.rowCount == 0 ? 0 : groups.count) {
      let members = groups.rows[group].map { Int($0) }
      let reason = members.lazy.compactMap { row in numbers.first { !$0.isPresent(row) }?.reasons[row] }.first
      if let reason {
        rows.append(missing: reason)
        continue
      }
      rows.append(indices(numbers.map { column in members.map { column.values[$0] } }))
    }
    let first = table.rowCount == 0 ? [] : groups.representatives
    let columns = keys.map { $0.gathering(first) } + rows.columns
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: columns) }
  }

  private func indices(_ figures: [[Double]]) -> [Double?] {
    let (u, v, alpha) = (figures[0], figures[1], options.alpha)
    var next = 2
    let labourForce = options.labourForce.map { _ in
      next += 1
      return figures[next - 1]
    }
    let efficiency = options.efficiency.map { _ in
      next += 1
      return figures[next - 1]
    }
    var result: [Double?] = [
      u.reduce(0, +), v.reduce(0, +), MismatchIndex.sahin(unemployed: u, vacancies: v, alpha: alpha),
    ]
    if let efficiency {
      result.append(MismatchIndex.sahin(unemployed: u, vacancies: v, efficiency: efficiency, alpha: alpha))
      if options.weight != nil {
        result.append(
          MismatchIndex.sahin(
            unemployed: u, vacancies: v, efficiency: efficiency, weight: figures[next], alpha: alpha))
      }
    }
    result += [
      MismatchIndex.jackmanRoper(unemployed: u, vacancies: v), MismatchIndex.cosine(unemployed: u, vacancies: v),
    ]
    if let labourForce { result.append(MismatchIndex.layardNickell(unemployed: u, labourForce: labourForce)) }
    return result
  }
}
