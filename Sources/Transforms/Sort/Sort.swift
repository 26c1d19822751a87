public import PipelineKit
public import Tabular

/// Orders rows by columns.
public struct Sort: Transform {
  /// The options of `sort`.
  public struct Options: PluginOptions {
    var by: [Located] = []

    /// No columns.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "by", \.by, required: true,
          "The columns to sort by, the most important first; a minus before a name puts its largest value first.")
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "sort",
    summary: "Orders rows by one or more columns.",
    details: """
      Rows that are equal in all the columns stay in the order in which they stand. Missing values come last, \
      whichever way a column is sorted and whatever the reason. Text orders by its UTF-8 bytes: capitals before \
      small letters, letters with accents after all others.
      """,
    example: """
      - {id: ordered, uses: sort, from: scores, by: [year, -composite]}
      """)

  private let keys: [(column: Located, descending: Bool)]

  /// A sort with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    var keys: [(column: Located, descending: Bool)] = []
    for name in options.by {
      let descending = name.text.hasPrefix("-")
      let column = descending ? Located(String(name.text.dropFirst()), at: name.position) : name
      if keys.contains(where: { $0.column.text == column.text }) {
        throw SpecError(name.position, "\"by\" names the column \"\(column.text)\" twice")
      }
      keys.append((column, descending))
    }
    guard !keys.isEmpty else {
      throw SpecError(SourcePosition(file: context.stage), "\"by\" names no column to sort by")
    }
    self.keys = keys
  }

  /// The columns needed, and those sorted by.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [needed.map { $0.union(keys.map(\.column.text)) }]
  }

  /// The input's columns.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    for key in keys { _ = try inputs[0].field(at: key.column) }
    return inputs[0]
  }

  /// The rows in order.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    try onTables { () throws(TabularError) in
      try inputs[0].sorted(by: keys.map { ($0.column.text, $0.descending) })
    }
  }
}
