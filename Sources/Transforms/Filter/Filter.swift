public import PipelineKit
public import Tabular

/// Keeps the rows in which a condition is true.
public struct Filter: Transform {
  /// The options of ``Filter``.
  public struct Options: PluginOptions {
    var condition: Expression?

    /// No condition yet.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [.init("where", \.condition, required: true, "The condition that a row must meet.")]
    }
  }

  /// Name and documentation.
  public static let info = PluginInfo(
    name: "filter", summary: "Keeps the rows in which a condition is true.",
    details: """
      Rows in which the condition is false or missing are left out and counted. A comparison with a missing value is
      missing: to keep such rows, say so (`pct > 10 or missing(pct)`).
      """,
    example: """
      - id: neighbourhoods
        uses: filter
        from: areas
        where: area_type == 'Buurt' and year in [2016, 2020]
      """)

  /// Rows pass one by one.
  public var isRowLevel: Bool { true }

  private let condition: Expression

  /// A condition.
  /// - Throws: ``SpecError`` when there is none.
  public init(options: Options, context: RunContext) throws(SpecError) {
    guard let condition = options.condition else {
      throw SpecError(SourcePosition(file: ""), "filter needs a condition under where")
    }
    self.condition = condition
  }

  /// The wanted columns and those of the condition.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [needed.map { atLeastOne($0.union(condition.columns), of: inputs[0]) }]
  }

  /// The same schema.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    try condition.requireCondition(in: inputs[0])
    return inputs[0]
  }

  /// The rows in which the condition is true.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    guard case .bool(let keep) = try condition.evaluate(on: inputs[0]) else {
      throw TransformError("the condition of filter is neither true nor false")
    }
    let table = inputs[0].filtering(keep)
    context.count(filtered: inputs[0].rowCount - table.rowCount)
    return table
  }
}
