internal import Glibc
public import PipelineKit
internal import Statistics
public import Tabular

/// Measures how much an area moves with a reference: the slope of its changes on those of the reference.
public struct Sensitivity: Transform {
  enum Form: String, OptionChoice {
    case log, points
  }

  /// The options of `sensitivity`.
  public struct Options: PluginOptions {
    var area = Located("", at: SourcePosition(file: ""))
    var period = Located("", at: SourcePosition(file: ""))
    var value = Located("", at: SourcePosition(file: ""))
    var reference = Located("", at: SourcePosition(file: ""))
    var form = Form.points
    var breaks: [Located] = []
    var minimum = 3

    /// Changes in points.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("area", \.area, required: true, "The column of areas."),
        .init("period", \.period, required: true, "The column of periods."),
        .init("value", \.value, required: true, "The series: an unemployment rate, jobs."),
        .init("reference", \.reference, required: true, "The area with which the others move, for example NL00."),
        .init(
          "form", \.form, "Changes in points, for rates; or of logarithms, for numbers, which makes it an elasticity."),
        .init(
          "breaks", \.breaks, "Periods in which the series starts anew: no change is taken across the step into them."),
        .init("minimum", \.minimum, "The fewest changes from which a slope is made; at least 2."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "sensitivity",
    summary: "Measures how much each area moves with a reference.",
    details: """
      For each area `beta`, the slope of an ordinary least squares line of its changes from period to period on those of the \
      reference: above 1 it swings more. `beta_error` is the standard error, `r_squared` the share of the variance explained, \
      `changes` the number of changes used. With `form: log` the changes are those of natural logarithms.

      Only steps between periods that follow each other in the table count, with a value of area and reference at both ends; \
      with `form: log` above zero. Steps into a period of `breaks` (a survey that was redesigned) are left out. Fewer changes \
      than `minimum`: `insufficient`. A reference that changes evenly: `undefined`.
      """,
    example: """
      - {id: swing, uses: sensitivity, from: rates, area: area_code, period: year, value: unemployment_pct, reference: NL00,
         breaks: [2013, 2021]}
      """)

  private let options: Options

  /// A slope with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    guard options.minimum >= 2 else {
      throw SpecError(options.area.position, "\"minimum\" is \(options.minimum), expected at least 2")
    }
    self.options = options
  }

  private var namedColumns: [Located] { [options.area, options.period, options.value] }

  /// All columns that the options name.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [Set(namedColumns.map(\.text))]
  }

  /// The area and the slope.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let schema = inputs[0]
    let area = try schema.field(at: options.area)
    let period = try schema.field(at: options.period)
    _ = try schema.numericField(at: options.value)
    try CellLiteral.check(options.reference, in: area)
    for text in options.breaks { try CellLiteral.check(text, in: period) }
    let sources = namedColumns.compactMap { schema[$0.text] }
    let fields: [Field] = [
      area.asKey, .figure("beta", "", "Change with a change of one in the reference", decimals: 2, from: sources),
      .figure("beta_error", "", "Standard error of beta", decimals: 2, from: sources),
      .figure("r_squared", "", "Share of the variance explained", decimals: 2, from: sources),
      Field("changes", .int64, label: "Changes used", decimals: 0),
    ]
    do { return try Schema(fields) } catch { throw SpecError(options.area.position, "\(error)") }
  }

  /// One row an area.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let schema = try promised([table.schema])
    let columns = try table.columns(named: [options.area.text, options.period.text])
    let numbers = try NumberColumn(table, options.value.text)
    let (areas, periods) = (
      Grouping(by: [columns[0]], rowCount: table.rowCount), Grouping(by: [columns[1]], rowCount: table.rowCount)
    )
    let (places, moments) = table.rowCount == 0 ? (0, 0) : (areas.count, periods.count)
    var series = [[Double?]](repeating: [Double?](repeating: nil, count: moments), count: places)
    for row in 0..<table.rowCount where numbers.isPresent(row) {
      let (place, moment) = (Int(areas.groups[row]), Int(periods.groups[row]))
      guard series[place][moment] == nil else {
        throw TransformError(
          "more than one row has \(keyText([options.area.text, options.period.text], columns, row: row)); "
            + "filter or aggregate before")
      }
      series[place][moment] = numbers.values[row]
    }
    var rows = MeasureRows(Array(schema.fields.dropFirst()))
    if table.rowCount > 0 {
      guard let reference = CellLiteral.rows(of: columns[0], equalTo: options.reference.text).firstIndex(of: true)
      else {
        throw CellLiteral.absent(options.reference.text, from: options.area.text, columns[0])
      }
      let nation = changes(series[Int(areas.groups[reference])])
      var isBreak = [Bool](repeating: false, count: moments)
      for text in options.breaks {
        let at = CellLiteral.rows(of: columns[1], equalTo: text.text)
        for row in at.indices where at[row] { isBreak[Int(periods.groups[row])] = true }
      }
      for place in 0..<places {
        let own = changes(series[place])
        let used = own.indices.filter { own[$0] != nil && nation[$0] != nil && !isBreak[$0 + 1] }
        let count = (Double(used.count), MissingReason.undefined)
        guard used.count >= options.minimum else {
          rows.append([(Double?, MissingReason)](repeating: (nil, .insufficient), count: 3) + [count])
          continue
        }
        let line = LeastSquaresLine(x: used.compactMap { nation[$0] }, y: used.compactMap { own[$0] })
        rows.append(
          [line?.slope, line?.slopeError, line?.rSquared].map { ($0, MissingReason.undefined) } + [count])
      }
    }
    let first = table.rowCount == 0 ? [] : areas.representatives
    let output = [columns[0].gathering(first)] + rows.columns
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: output) }
  }

  /// The change into each moment but the first; nil where an end is missing.
  private func changes(_ series: [Double?]) -> [Double?] {
    (1..<max(series.count, 1)).map { moment in
      guard let before = series[moment - 1], let after = series[moment] else { return nil }
      if options.form == .points { return after - before }
      return before > 0 && after > 0 ? log(after / before) : nil
    }
  }
}
