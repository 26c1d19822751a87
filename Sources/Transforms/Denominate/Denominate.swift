public import PipelineKit
internal import Statistics
public import Tabular

/// Divides counts by the size of what they are counted in.
public struct Denominate: Transform {
  /// What a column is divided by: a column alone, or with a scale and unit of its own.
  struct Divisor: OptionValue {
    struct Detailed: PluginOptions {
      var by = Located("", at: SourcePosition(file: ""))
      var scale: Double?
      var unit: String?

      static var declaration: [OptionField<Self>] {
        [
          .init("by", \.by, required: true, "The column to divide by."),
          .init("scale", \.scale, "What the quotient is multiplied by, instead of the step's."),
          .init("unit", \.unit, "The unit of the quotient, instead of the step's."),
        ]
      }
    }

    var detailed: Detailed

    static var optionType: OptionType { .anyOf([.column, Detailed.optionType]) }

    init(option node: SpecNode) throws(SpecError) {
      if node.entries != nil {
        detailed = try Detailed(option: node)
      } else {
        detailed = Detailed()
        detailed.by = try Located(option: node)
      }
    }
  }

  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var columns = OrderedMap<Divisor>()
    var scale = 1.0
    var unit: String?
    var prefix = ""

    /// A scale of 1.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "columns", \.columns, required: true,
          "The columns to divide, each with the column to divide by; or a mapping with by, scale and unit."),
        .init(
          "scale", \.scale, "What quotients are multiplied by: 100 for percentages, 1000 for numbers per thousand."),
        .init("unit", \.unit, "The unit of the quotients, for example \"%\"."),
        .init("prefix", \.prefix, "What new columns' names begin with; nothing changes the columns themselves."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "denominate",
    summary: "Divides counts by a denominator, so that areas of different size can be compared.",
    details: """
      x/(d/scale) for each row, as COINr's `Denominate`. A missing x or d gives its reason, that of x first; a denominator of \
      0, and a quotient that is not finite, `undefined`. Without a `unit` it is made of the units of both columns.

      A rate of a small area is uncertain: see `shrink` and `interval`. A denominator that is itself an indicator of the index \
      ties the two together.
      """,
    example: """
      - id: rates
        uses: denominate
        from: counts
        scale: 1000
        columns:
          burglaries: dwellings
          benefit_recipients: {by: inhabitants, scale: 100, unit: "%"}
      """)

  private let options: Options
  private let made: MadeColumns

  /// A denomination with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    self.options = options
    made = MadeColumns(
      sources: options.columns.entries.map { Located($0.key, at: $0.position) }, prefix: options.prefix)
    try made.check(at: SourcePosition(file: ""))
    for entry in options.columns.entries {
      let scale = entry.value.detailed.scale ?? options.scale
      guard scale > 0 else { throw SpecError(entry.position, "\"scale\" must be above 0") }
    }
  }

  /// Rows pass one by one.
  public var isRowLevel: Bool { true }

  /// The columns, the denominators and what passes through.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [made.needed(needed, others: options.columns.entries.map(\.value.detailed.by.text), of: inputs[0])]
  }

  /// The input's columns and the quotients.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let input = inputs[0]
    var fields: [Field] = []
    for (source, entry) in zip(made.sources, options.columns.entries) {
      let numerator = try input.numericField(at: source)
      let divisor = entry.value.detailed
      let denominator = try input.numericField(at: divisor.by)
      var field = numerator
      field.name = options.prefix + numerator.name
      (field.type, field.role, field.decimals) = (.float64, .measure, nil)
      field.unit = divisor.unit ?? options.unit ?? Self.unit(numerator, denominator, divisor.scale ?? options.scale)
      field.origins = Field.mergeOrigins([numerator.origins, denominator.origins])
      fields.append(field)
    }
    return try made.schema(input, fields)
  }

  private static func unit(_ numerator: Field, _ denominator: Field, _ scale: Double) -> String {
    guard !numerator.unit.isEmpty || !denominator.unit.isEmpty else { return "" }
    let factor = scale == 1 ? "" : "\(scale.optionText ?? "") "
    return "\(numerator.unit) per \(factor)\(denominator.unit.isEmpty ? denominator.name : denominator.unit)"
  }

  /// The input with the quotients.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let schema = try promised([table.schema])
    var pairs: [(numerator: NumberColumn, denominator: NumberColumn, scale: Double)] = []
    for entry in options.columns.entries {
      let divisor = entry.value.detailed
      pairs.append(
        (
          try NumberColumn(table, entry.key), try NumberColumn(table, divisor.by.text), divisor.scale ?? options.scale
        ))
    }
    let work = pairs
    let results = context.gather(work.count) { i in
      Self.quotient(work[i].numerator, work[i].denominator, work[i].scale)
    }
    return try made.table(table, schema, results)
  }

  private static func quotient(_ numerator: NumberColumn, _ denominator: NumberColumn, _ scale: Double) -> Column {
    let count = numerator.values.count
    var values = [Double](repeating: 0, count: count)
    var words = [UInt64](repeating: 0, count: (count + 63) >> 6)
    values.withUnsafeMutableBufferPointer { values in
      words.withUnsafeMutableBufferPointer { words in
        numerator.withView { top in
          denominator.withView { bottom in
            Denomination.apply(top, by: bottom, scale: scale, into: values, validity: words)
          }
        }
      }
    }
    var reasons = [UInt8](repeating: 0, count: count)
    for row in 0..<count where words[row >> 6] >> UInt64(row & 63) & 1 == 0 {
      let own = numerator.reason(row)
      let other = own == 0 ? denominator.reason(row) : own
      reasons[row] = other == 0 ? MissingReason.undefined.rawValue : other
    }
    return NumberColumn(values: values, reasons: reasons).column
  }
}
