public import PipelineKit
internal import Statistics
public import Tabular

/// Fills missing cells by estimates, and marks them.
public struct Impute: Transform {
  enum Method: String, OptionChoice {
    case mean, median, regression, latest, linear, constant
    case linearConstant = "linear_constant"

    /// The way to fill a series of periods; nil for the methods that look at other areas.
    var panel: PanelImputation? { PanelImputation(rawValue: rawValue) }
    /// What stands for a group of areas.
    var centre: Imputation.Centre? { Imputation.Centre(rawValue: rawValue) }
  }

  enum Marks: String, OptionChoice {
    case each, count, none
  }

  enum Reason: String, OptionChoice {
    case notApplicable = "not_applicable"
    case unknown, unspecified, rejected, suppressed
    case notAsked = "not_asked"
    case outsideFrame = "outside_frame"
    case notMatched = "not_matched"
    case undefined, insufficient

    var number: UInt8 { MissingReason(label: rawValue)?.rawValue ?? 0 }
  }

  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var columns: [Located] = []
    var method = Method.mean
    var by: [Located] = []
    var area: Located?
    var period: Located?
    var horizon: Double?
    var reasons: [Reason] = [
      .unknown, .unspecified, .rejected, .suppressed, .notAsked, .notMatched, .undefined, .insufficient,
    ]
    var marks = Marks.each

    /// Means, each cell marked.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("columns", \.columns, required: true, "The indicators to fill; for regression also the predictors."),
        .init("method", \.method, "Where the estimates come from."),
        .init("by", \.by, "mean, median, regression: the areas that share these columns' values, for example a year."),
        .init("area", \.area, "latest, linear, constant, linear_constant: the column of areas."),
        .init("period", \.period, "latest, linear, constant, linear_constant: the column of periods, a number."),
        .init("horizon", \.horizon, "The furthest period a value is taken from, in units of the period."),
        .init("reasons", \.reasons, "The reasons for which a missing cell is filled; other cells stay missing."),
        .init(
          "marks", \.marks,
          "A column `<name>_imputed` each (true or false), one `imputed_cells` with their number, or none."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "impute",
    summary: "Fills missing cells by estimates from other areas, indicators or periods, and marks them.",
    details: """
      - `mean`, `median`: of the areas of the same group (`by`) that have a value
      - `regression`: least squares with an intercept on those other `columns` that the area has, over the areas of the group \
      that have them all; it takes two areas more than predictors
      - `latest`: the area's latest earlier value; `linear`: on the line between its neighbours in time; `constant`: the \
      nearest period's, the earlier of two; `linear_constant`: the line, and outside it the nearest

      Values that are there are never changed. A cell that cannot be filled keeps its reason; so does one whose reason is not in \
      `reasons`: by default a cell that cannot occur, or lies outside the frame, stays missing. Filled cells are marked, and \
      the report counts them.

      An imputed value is an estimate without its error: an index of areas with many of them is not as certain as it looks, \
      and a mean draws areas to the middle.
      """,
    example: """
      - {id: filled, uses: impute, from: indicators, method: median, by: [urbanity], columns: [income, crime_per_1000]}
      """)

  private let options: Options
  private let made: MadeColumns

  /// An imputation with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    self.options = options
    let place = options.columns.first?.position ?? SourcePosition(file: "")
    made = MadeColumns(sources: options.columns, prefix: "")
    try made.check(at: place)
    let word = options.method.rawValue
    if options.method.panel != nil {
      guard options.area != nil, options.period != nil else {
        throw SpecError(place, "method \(word) needs \"area\" and \"period\"")
      }
      guard options.by.isEmpty else { throw SpecError(place, "method \(word) goes by area; it takes no \"by\"") }
      guard options.horizon ?? 1 > 0 else { throw SpecError(place, "\"horizon\" must be above 0") }
    } else {
      guard options.area == nil, options.period == nil, options.horizon == nil else {
        throw SpecError(
          place, "\"area\", \"period\" and \"horizon\" belong to latest, linear, constant and linear_constant")
      }
      if options.method == .regression, options.columns.count < 2 {
        throw SpecError(place, "method regression needs two columns or more")
      }
    }
  }

  private var keys: [Located] { options.by + [options.area, options.period].compactMap { $0 } }

  private var markNames: [String] {
    switch options.marks {
    case .each: options.columns.map { $0.text + "_imputed" }
    case .count: ["imputed_cells"]
    case .none: []
    }
  }

  /// The columns, the keys and what passes through.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [made.needed(needed, others: keys.map(\.text), added: markNames, of: inputs[0])]
  }

  /// The input's columns, filled, and the marks.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let input = inputs[0]
    for key in options.by { _ = try input.field(at: key) }
    if let area = options.area { _ = try input.field(at: area) }
    if let period = options.period { _ = try input.numericField(at: period) }
    var fields: [Field] = []
    for column in options.columns {
      var field = try input.numericField(at: column)
      field.type = .float64
      fields.append(field)
    }
    if options.method == .regression {
      let all = Field.mergeOrigins(fields.map(\.origins))
      for place in fields.indices { fields[place].origins = all }
    }
    let marks: [Field] =
      switch options.marks {
      case .each: zip(markNames, fields).map { Field($0, .bool, role: .status, origins: $1.origins) }
      case .count:
        [
          Field(
            "imputed_cells", .int64, unit: "cells", label: "Filled cells", decimals: 0,
            origins: Field.mergeOrigins(fields.map(\.origins)))
        ]
      case .none: []
      }
    for mark in marks { try input.checkFree(mark.name, at: options.columns[0].position) }
    return try made.schema(input, fields, added: marks)
  }

  /// The filled table.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let schema = try promised([table.schema])
    var columns: [NumberColumn] = []
    for name in options.columns { columns.append(try NumberColumn(table, name.text)) }
    let work = columns
    let filler = try CellFiller(table, options)
    let estimates: [[Double?]]
    if options.method == .regression {
      estimates = filler.regressions(work)
    } else {
      estimates = context.gather(work.count) { filler.estimates(work[$0]) }
    }
    let wanted = Set(options.reasons.map(\.number))
    var marks: [[UInt8]] = []
    var kept = 0
    for (place, list) in estimates.enumerated() {
      var mark = [UInt8](repeating: 0, count: table.rowCount)
      for row in 0..<table.rowCount where !columns[place].isPresent(row) {
        guard wanted.contains(columns[place].reasons[row]) else { continue }
        guard let value = list[row], value.isFinite else {
          kept += 1
          continue
        }
        columns[place].values[row] = value
        columns[place].reasons[row] = 0
        mark[row] = 1
      }
      marks.append(mark)
    }
    let filled = marks.reduce(0) { $0 + $1.count { $0 == 1 } }
    context.note("\(filled) cells filled by \(options.method.rawValue), \(kept) could not be filled")
    let added: [Column] =
      switch options.marks {
      case .each: marks.map { .bool(BoolColumn($0)) }
      case .count: [.int64(Int64Column((0..<table.rowCount).map { row in marks.reduce(0) { $0 + Int64($1[row]) } }))]
      case .none: []
      }
    return try made.table(table, schema, columns.map(\.column), added: added)
  }
}
