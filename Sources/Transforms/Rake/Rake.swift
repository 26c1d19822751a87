public import PipelineKit
internal import Statistics
public import Tabular

/// Fits a table of two categories to the margins of each group.
public struct Rake: Transform {
  enum ScaleTo: String, OptionChoice {
    case none, rows, columns
  }

  /// The options of `rake`.
  public struct Options: PluginOptions {
    var by: [Located] = []
    var row = Located("", at: SourcePosition(file: ""))
    var column = Located("", at: SourcePosition(file: ""))
    var value = Located("", at: SourcePosition(file: ""))
    var rowTotal = Located("", at: SourcePosition(file: ""))
    var columnTotal = Located("", at: SourcePosition(file: ""))
    var seedBy: [Located] = []
    var scaleTo = ScaleTo.none
    var tolerance = 1e-10
    var maximumIterations = 1000

    /// Margins as they are.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "by", \.by, required: true,
          "The columns that tell groups apart in both tables of margins, such as area and year."),
        .init("row", \.row, required: true, "The first category: a column of the seed and of the first margins."),
        .init(
          "column", \.column, required: true, "The second category: a column of the seed and of the second margins."),
        .init("value", \.value, required: true, "The numbers of the seed; the modelled numbers get this name."),
        .init("row_total", \.rowTotal, required: true, "The totals by the first category."),
        .init("column_total", \.columnTotal, required: true, "The totals by the second category."),
        .init(
          "seed_by", \.seedBy, "Those of `by` by which the seed differs, for example the year; without it one seed."),
        .init(
          "scale_to", \.scaleTo,
          "Which totals hold when both do not sum to the same number: the others are scaled to them."),
        .init(
          "tolerance", \.tolerance, "The largest error of a margin, as a share of the total, that counts as fitted."),
        .init("max_iterations", \.maximumIterations, "The rounds after which a group counts as not fitted."),
      ]
    }
  }

  /// Three: the seed, and the two tables of margins.
  public static var inputCount: ClosedRange<Int> { 3...3 }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "rake",
    summary: "Fits a table of two categories to the margins of each group.",
    details: """
      Iterative proportional fitting (Deming and Stephan 1940; RAS): the numbers of the seed, for example the country's workers \
      by education and job level, are scaled by rows and by columns in turn until they add up to the group's own totals. \
      What the seed says about who goes with what stays; zeros stay zero. The result is a model and not an observation, and \
      its label says so.

      The inputs are the seed, the totals by the first category, the totals by the second. The output has the columns of `by`, \
      both categories, the modelled `value`, and for each cell of the group `<value>_iterations` and `<value>_error` (the \
      largest error of a margin as a share of the total). Groups that do not get within the tolerance are warned about.

      A group with a missing total, or that one of the two tables does not have, is missing: for the reason of the total, or as \
      `not_matched`. A missing number in the seed makes all its groups missing. Totals that do not sum to the same number \
      (to a millionth) are an error unless `scale_to` says which hold; so is a total for which the seed has nothing.
      """,
    example: """
      - id: modelled
        uses: rake
        from: [national, by_education, by_level]
        by: [area_code, year]
        seed_by: [year]
        row: education
        column: job_level
        value: employed
        row_total: employed
        column_total: employed
        scale_to: rows
      """)

  private let options: Options

  /// A fit with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    for name in options.seedBy where !options.by.contains(where: { $0.text == name.text }) {
      throw SpecError(name.position, "\"seed_by\" takes columns of \"by\"; \"\(name)\" is none")
    }
    guard options.tolerance > 0, options.maximumIterations > 0 else {
      throw SpecError(options.value.position, "\"tolerance\" and \"max_iterations\" are above 0")
    }
    self.options = options
  }

  private var needed: [[Located]] {
    [
      options.seedBy + [options.row, options.column, options.value], options.by + [options.row, options.rowTotal],
      options.by + [options.column, options.columnTotal],
    ]
  }

  /// The columns that the options name.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    self.needed.map { Set($0.map(\.text)) }
  }

  /// The keys, the modelled numbers and how well they fit.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let names = ["the seed", "the table of row totals", "the table of column totals"]
    for (index, columns) in needed.enumerated() {
      for name in columns { _ = try inputs[index].field(at: name, of: names[index]) }
    }
    for (index, name) in [options.value, options.rowTotal, options.columnTotal].enumerated() {
      _ = try inputs[index].numericField(at: name, of: names[index])
    }
    var fields: [Field] = []
    for name in options.by {
      let field = try inputs[1].field(at: name)
      for other in [2] + (options.seedBy.contains { $0.text == name.text } ? [0] : [])
      where inputs[other][name.text]?.type != field.type {
        throw SpecError(name.position, "column \"\(name)\" differs in type between \(names[1]) and \(names[other])")
      }
      fields.append(field.asKey)
    }
    for (name, other) in [(options.row, 1), (options.column, 2)] {
      let field = try inputs[0].field(at: name)
      guard inputs[other][name.text]?.type == field.type else {
        throw SpecError(name.position, "column \"\(name)\" differs in type between \(names[0]) and \(names[other])")
      }
      fields.append(field.asKey)
    }
    do { return try Schema(fields + figures(inputs)) } catch { throw SpecError(options.value.position, "\(error)") }
  }

  private func figures(_ inputs: [Schema]) -> [Field] {
    let sources = [
      inputs[0][options.value.text], inputs[1][options.rowTotal.text], inputs[2][options.columnTotal.text],
    ].compactMap { $0 }
    let name = options.value.text
    let seed = sources.first
    return [
      .figure(
        name, sources.count > 1 ? sources[1].unit : "",
        "\(seed?.label.isEmpty ?? true ? name : seed?.label ?? name) (modelled)",
        decimals: 0, from: sources),
      Field(name + "_iterations", .int64, label: "Rounds of fitting", decimals: 0),
      .figure(name + "_error", "", "Largest error of a margin, as a share of the total", decimals: 6, from: []),
    ]
  }

  /// The modelled cells of each group.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let schema = try promised(inputs.map(\.schema))
    let seed = try Cells(inputs[0], options.seedBy, [options.row, options.column], options.value)
    let rowTotals = try Cells(inputs[1], options.by, [options.row], options.rowTotal)
    let columnTotals = try Cells(inputs[2], options.by, [options.column], options.columnTotal)
    let by = options.by.map(\.text)
    let matches = KeyMatches(
      left: rowTotals.groupKeys, right: columnTotals.groupKeys
    ).first
    // A seed for all groups has no keys to match.
    let seedOf: [Int32] =
      options.seedBy.isEmpty
      ? []
      : KeyMatches(
        left: try rowTotals.table.columns(named: options.seedBy.map(\.text)).map { $0.gathering(rowTotals.firstRows) },
        right: seed.groupKeys
      ).first
    let (rowKeys, columnKeys) = (seed.categories[0], seed.categories[1])
    let (rowOf, columnOf) = (rowKeys.matching(rowTotals.categories[0]), columnKeys.matching(columnTotals.categories[0]))
    var output = MeasureRows(Array(schema.fields.suffix(3)))
    var (first, rowCells, columnCells): ([Int32], [Int32], [Int32]) = ([], [], [])
    var unfitted: [String] = []
    for group in rowTotals.firstRows.indices {
      let place = keyText(by, rowTotals.groupKeys, row: group)
      let fit = try fit(
        group, Int(matches[group]), options.seedBy.isEmpty ? 0 : Int(seedOf[group]), seed, rowTotals, columnTotals,
        rowOf,
        columnOf, place)
      for row in 0..<rowKeys.count {
        for column in 0..<columnKeys.count {
          first.append(rowTotals.firstRows[group])
          rowCells.append(rowKeys.firstRows[row])
          columnCells.append(columnKeys.firstRows[column])
          switch fit {
          case .missing(let reason): output.append(missing: reason)
          case .fitted(let raked):
            output.append([
              raked.cells[row * columnKeys.count + column], Double(raked.iterations), raked.largestError,
            ])
          }
        }
      }
      if case .fitted(let raked) = fit, !raked.hasConverged { unfitted.append(place) }
    }
    if !unfitted.isEmpty {
      context.warn(
        "rake: \(unfitted.count) of \(rowTotals.firstRows.count) groups are not fitted within the tolerance, the first "
          + "\(unfitted[0]); see \(options.value)_error")
    }
    let keys = rowTotals.groupKeysSource.map { $0.gathering(first) }
    let columns =
      keys + [rowKeys.column.gathering(rowCells), columnKeys.column.gathering(columnCells)] + output.columns
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: columns) }
  }

  private enum Fit {
    case fitted(Raking)
    case missing(UInt8)
  }

  private func fit(
    _ group: Int, _ columnGroup: Int, _ seedGroup: Int, _ seed: Cells, _ rowTotals: Cells, _ columnTotals: Cells,
    _ rowOf: [Int], _ columnOf: [Int], _ place: String
  ) throws(TransformError) -> Fit {
    guard columnGroup >= 0, seedGroup >= 0, seedGroup < seed.firstRows.count else {
      return .missing(MissingReason.notMatched.rawValue)
    }
    for (cells, index) in [(rowTotals, group), (columnTotals, columnGroup), (seed, seedGroup)] {
      if let reason = cells.reasons[index] { return .missing(reason) }
    }
    let (rowsGiven, columnsGiven) = (rowTotals.sums(group), columnTotals.sums(columnGroup))
    var rows = rowOf.map { $0 < 0 ? 0 : rowsGiven[$0] }
    var columns = columnOf.map { $0 < 0 ? 0 : columnsGiven[$0] }
    try requireKnown(rowsGiven, rowOf, rowTotals, options.row, place)
    try requireKnown(columnsGiven, columnOf, columnTotals, options.column, place)
    let (all, other) = (rows.reduce(0, +), columns.reduce(0, +))
    if options.scaleTo == .rows, other > 0 { columns = columns.map { $0 * (all / other) } }
    if options.scaleTo == .columns, all > 0 { rows = rows.map { $0 * (other / all) } }
    do throws(Raking.Failure) {
      return .fitted(
        try Raking(
          seed: seed.sums(seedGroup), rows: rows, columns: columns, tolerance: options.tolerance,
          maximumIterations: options.maximumIterations))
    } catch { throw TransformError("\(place): \(text(error, seed))") }
  }

  private func requireKnown(
    _ totals: [Double], _ known: [Int], _ cells: Cells, _ name: Located, _ place: String
  ) throws(TransformError) {
    for (index, total) in totals.enumerated() where total > 0 && !known.contains(index) {
      throw TransformError(
        "\(place): there is a total for \(name)=\(cells.categories[0].name(index)), which the seed does not have")
    }
  }

  private func text(_ failure: Raking.Failure, _ seed: Cells) -> String {
    switch failure {
    case .unequalSums(let rows, let columns):
      return
        "the row totals sum to \(rows.optionText ?? ""), the column totals to \(columns.optionText ?? ""); say with "
        + "\"scale_to\" which of them hold"
    case .emptySeed(let isRow, let index):
      let name = isRow ? options.row : options.column
      return
        "the total for \(name)=\(seed.categories[isRow ? 0 : 1].name(index)) is above 0, but the seed has nothing there"
    case .notACount: return "a total or a number of the seed is below 0"
    }
  }
}
