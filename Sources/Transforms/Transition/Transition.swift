public import PipelineKit
internal import Statistics
public import Tabular

/// How many areas went from which class to which.
public struct Transition: Transform {
  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var from = Located("", at: SourcePosition(file: ""))
    var to = Located("", at: SourcePosition(file: ""))
    var classes = 5
    var by: [Located] = []

    /// Five classes, one row for the whole table.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("before", \.from, required: true, "The class at the first moment, a whole number from 1."),
        .init("after", \.to, required: true, "The class at the last moment."),
        .init("classes", \.classes, "The number of classes."),
        .init("by", \.by, "One row for each combination of these columns' values."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "transition",
    summary: "Counts areas by class before and after, with Shorrocks' index and the half-life.",
    details: """
      One row a group: `areas` (with both classes), `stayed`, `rose` (to a higher class), `fell`, `shorrocks` (0 when all \
      stay), `half_life` (steps in which the distance to the long-run distribution halves; -ln 2 / ln of the second \
      eigenvalue) and `moved_1_1`, `moved_1_2` ...: the counts from each class to each. Figures that do not exist are \
      `insufficient`. An area without one of the classes takes no part.
      """,
    example: """
      - {id: moves, uses: transition, from: scores, before: mdi_class_base, after: mdi_class, by: [gemeente_code]}
      """)

  private let options: Options

  /// A count with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    guard 1...50 ~= options.classes else {
      throw SpecError(options.from.position, "\"classes\" is \(options.classes), expected 1 to 50")
    }
    self.options = options
  }

  private var figures: GroupFigures {
    var fields = ["areas", "stayed", "rose", "fell"].map { Field($0, .int64, unit: "areas", decimals: 0) }
    fields += ["shorrocks", "half_life"].map { Field($0, .float64, decimals: 2) }
    for before in 1...options.classes {
      for after in 1...options.classes {
        fields.append(Field("moved_\(before)_\(after)", .int64, unit: "areas", decimals: 0))
      }
    }
    return GroupFigures(by: options.by, fields: fields)
  }

  /// The keys and the classes.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [Set((options.by + [options.from, options.to]).map(\.text))]
  }

  /// The keys and the counts.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    for column in [options.from, options.to] { _ = try inputs[0].numericField(at: column) }
    return try figures.schema(for: inputs[0])
  }

  /// One row a group.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    var columns: [NumberColumn] = []
    for name in [options.from, options.to] {
      let column = try NumberColumn(table, name.text)
      for row in 0..<table.rowCount where column.isPresent(row) {
        let value = column.values[row]
        guard value >= 1, value <= Double(options.classes), value == value.rounded() else {
          throw TransformError(
            "\(name.position): row \(row + 1) of \"\(name)\" is \(value.optionText ?? "\(value)"), expected a class from "
              + "1 to \(options.classes); give \"classes\" the number of classes")
        }
      }
      columns.append(column)
    }
    return try figures.table(table) { rows in
      let numbers = PairedNumbers(columns, rows)
      let (before, after) = (numbers.lists[0].map { Int32($0) }, numbers.lists[1].map { Int32($0) })
      let matrix = before.withUnsafeBufferPointer { before in
        after.withUnsafeBufferPointer { TransitionMatrix(from: before, to: $0, classes: options.classes) }
      }
      return [
        Double(matrix.total), Double(matrix.stayed), Double(matrix.rose), Double(matrix.fell), matrix.shorrocks,
        matrix.halfLife,
      ] + matrix.counts.map { Double($0) }
    }
  }
}
