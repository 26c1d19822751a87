public import PipelineKit
public import Tabular

/// Adds the differences of each row with named areas, sets of areas, its parent or another period.
public struct Compare: Transform {
  /// The options of `compare`.
  public struct Options: PluginOptions {
    var area = Located("", at: SourcePosition(file: ""))
    var by: [Located] = []
    var measures: [Located] = []
    var weight: Located?
    var to = OrderedMap<Comparator>()
    var forms = [CompareForm.points]

    /// Nothing to compare.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("area", \.area, required: true, "The column of area codes."),
        .init("by", \.by, "The columns of the period: rows are compared with rows that share their values."),
        .init("measures", \.measures, required: true, "The columns to compare."),
        .init("weight", \.weight, "The weight of weighted means, for example inhabitants."),
        .init("to", \.to, required: true, "The comparators, by name."),
        .init(
          "as", \.forms,
          "The columns to make: the comparator's value, the difference in points or in percent, the rank in the set."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "compare",
    summary: "Adds the differences of each row with areas, sets of areas, its parent or another period.",
    details: """
      A comparator is one row, `{area: GM0153}`, `{parent: column}` (the row whose area is named in that column) or \
      `{period: 2012}` (the same area in that period), or a figure of a set of rows: `{areas: [GM0153, GM0164]}`, \
      `{where: condition}`, `{set: {column: gemeente, values: [..]}}`, `{all: true}` or `{group: column}` (the rows \
      with the same value of that column). All but `period` look at rows with the same values of `by` only. A set's \
      figure is its `statistic`: mean, weighted_mean (the sum of value times weight over the sum of weights, over \
      rows that have both) or median; `exclude_self: true` leaves the row itself out.

      Columns for a measure m and a comparator c, as `as` asks for them:

      - value: `m_c`, the comparator's figure, in the unit of m;
      - points: `m_delta_c`, own value minus the comparator's, in the unit of m; of percentages in pp;
      - percent: `m_pct_c`, 100 (own / comparator - 1), undefined where the comparator is 0;
      - rank: `m_rank_c`, for sets only: the rank of the own value among the set and itself, 1 is the highest, ties \
      share the smallest.

      `value_as`, `delta_as`, `percent_as` and `rank_as` of a comparator name columns otherwise; `{measure}` in them \
      stands for the measure.

      A difference is missing where the own value is, for its reason, and else where the comparator's is, for that \
      reason. No row in this period or for this parent: `not_matched`. A set without values, or without weight: \
      `undefined`. A named area that no row has at all is an error. Where rows are looked up by area, areas must be \
      unique within `by`.
      """,
    example: """
      - id: deltas
        uses: compare
        from: scores
        area: buurt
        by: [year]
        measures: [composite]
        weight: inhabitants
        to:
          national: {all: true, statistic: weighted_mean, delta_as: delta_national}
          group: {where: "gemeente in ['GM0153', 'GM0164']", statistic: weighted_mean, delta_as: delta_group}
      """)

  let options: Options

  /// A comparison with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    let place = options.area.position
    guard !options.measures.isEmpty else { throw SpecError(place, "\"measures\" names no column to compare") }
    guard !options.to.entries.isEmpty else { throw SpecError(place, "\"to\" names no comparator") }
    var options = options
    for index in options.to.entries.indices { try options.to.entries[index].value.set?.load(context) }
    for entry in options.to.entries {
      try entry.value.check(entry.key, at: entry.position, defaultWeight: options.weight)
      let forms = entry.value.forms ?? options.forms
      let named: [(String?, CompareForm, String)] = [
        (entry.value.valueAs, .value, "value_as"), (entry.value.deltaAs, .points, "delta_as"),
        (entry.value.percentAs, .percent, "percent_as"), (entry.value.rankAs, .rank, "rank_as"),
      ]
      for (name, form, option) in named where name != nil && !forms.contains(form) {
        throw SpecError(
          entry.position,
          "comparator \"\(entry.key)\": \"\(option)\" names a column that \"as\" does not ask for; "
            + "add \(form.rawValue) to \"as\"")
      }
    }
    self.options = options
    if parts.isEmpty {
      throw SpecError(place, "no column to make: \"as\" asks for ranks only, and no comparator is a set")
    }
  }

  /// The columns needed from the input, and all that the options name.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    guard let needed else { return [nil] }
    var columns = needed.subtracting(parts.map(\.name))
    columns.insert(options.area.text)
    columns.formUnion((options.by + options.measures).map(\.text))
    if usesDefaultWeight, let weight = options.weight { columns.insert(weight.text) }
    for comparator in options.to.entries { columns.formUnion(comparator.value.columns) }
    return [columns]
  }

  /// The input's columns and the comparisons.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let schema = inputs[0]
    let area = try schema.field(at: options.area)
    for name in options.by { _ = try schema.field(at: name) }
    for name in options.measures { _ = try schema.numericField(at: name) }
    if let weight = options.weight { _ = try schema.numericField(at: weight) }
    for comparator in options.to.entries { try comparator.value.check(in: schema, area: area, by: options.by) }
    var seen: Set<String> = []
    for part in parts {
      let position = options.to.entries[part.comparator].position
      try schema.checkFree(part.name, at: position)
      guard seen.insert(part.name).inserted else {
        throw SpecError(
          position, "two columns would be called \"\(part.name)\"; use {measure} in the name, or give another one")
      }
    }
    return try schema.appending(parts.map { field($0, schema) }, at: options.area.position)
  }

  /// The input with the comparisons.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    if options.to.entries.contains(where: \.value.isLookup) { try checkUnique(table) }
    var compared: [ComparedRows] = []
    for entry in options.to.entries { compared.append(try resolve(entry.key, entry.value, table, context)) }
    var fields: [Field] = []
    var columns: [Column] = []
    for measure in options.measures {
      let numbers = try NumberColumn(table, measure.text)
      for (index, entry) in options.to.entries.enumerated() {
        var reference: Figures?
        for part in parts where part.measure == measure.text && part.comparator == index {
          fields.append(field(part, table.schema))
          if part.form == .rank, case .sets(let sets) = compared[index] {
            let ranks = sets.ranks(numbers)
            columns.append(
              .int64(Int64Column(ranks.values.map { Int64($0) }, missing: MissingMask(reasons: ranks.reasons))))
            continue
          }
          let figures: Figures
          if let reference {
            figures = reference
          } else {
            figures = self.figures(compared[index], numbers, try weights(of: entry.value, in: table))
            reference = figures
          }
          let result = part.form == .value ? figures : Self.difference(numbers, figures, percent: part.form == .percent)
          columns.append(.float64(Float64Column(result.values, missing: MissingMask(reasons: result.reasons))))
        }
      }
    }
    return try table.appending(fields, columns)
  }

  /// The comparator's figure for each row.
  private func figures(_ compared: ComparedRows, _ numbers: NumberColumn, _ weights: NumberColumn?) -> Figures {
    switch compared {
    case .sets(let sets): return sets.figures(numbers, weights: weights)
    case .rows(let rows, let reasons):
      var figures = Figures(count: rows.count)
      for row in rows.indices {
        if rows[row] < 0 {
          figures.reasons[row] = reasons[row]
        } else {
          figures.values[row] = numbers.values[Int(rows[row])]
          figures.reasons[row] = numbers.reasons.isEmpty ? 0 : numbers.reasons[Int(rows[row])]
        }
      }
      return figures
    }
  }

  /// Own minus reference, or 100 (own / reference - 1).
  private static func difference(_ own: NumberColumn, _ reference: Figures, percent: Bool) -> Figures {
    var result = Figures(count: own.values.count)
    for row in own.values.indices {
      if !own.isPresent(row) {
        result.reasons[row] = own.reasons[row]
      } else if reference.reasons[row] != 0 {
        result.reasons[row] = reference.reasons[row]
      } else if percent {
        result.set(row, 100 * (own.values[row] / reference.values[row] - 1))
      } else {
        result.set(row, own.values[row] - reference.values[row])
      }
    }
    return result
  }

  private func weights(of comparator: Comparator, in table: Table) throws(TransformError) -> NumberColumn? {
    guard comparator.statistic == .weightedMean, let weight = comparator.weight ?? options.weight else { return nil }
    return try NumberColumn(table, weight.text)
  }

  private var usesDefaultWeight: Bool { options.weight != nil }
}
