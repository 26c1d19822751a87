public import PipelineKit
import Tabular

/// Writes small tables as one JSON object.
public struct JSONSink: Sink {
  /// One member of the object.
  public struct Member: OptionValue {
    var from: Located
    var column: Located?
    var columns: [Located]

    /// The name of a table, or a mapping with `from` and `column` or `columns`.
    public static var optionType: OptionType { .anyOf([.string, MemberOptions.optionType]) }

    /// A table's name alone stands for all its columns.
    public init(option node: SpecNode) throws(SpecError) {
      if case .map = node.content {
        let options = try MemberOptions(option: node)
        guard options.column == nil || options.columns.isEmpty else {
          throw SpecError(node.position, "give \"column\" (a single value) or \"columns\" (rows), not both")
        }
        (from, column, columns) = (options.from, options.column, options.columns)
      } else {
        (from, column, columns) = (try Located(option: node), nil, [])
      }
    }
  }

  private struct MemberOptions: PluginOptions {
    var from = Located("", at: SourcePosition(file: ""))
    var column: Located?
    var columns: [Located] = []

    static var declaration: [OptionField<Self>] {
      [
        .init("from", \.from, required: true, "The table, one of the output's inputs."),
        .init("column", \.column, "The member is this column's value in the table's one row."),
        .init("columns", \.columns, "The member is a list of rows with these columns."),
      ]
    }
  }

  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var members = OrderedMap<Member>()

    /// No members: each input under its own name.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "members", \.members,
          "The object's members by name: a table (a list of its rows), or a mapping. Without it each input is a member."
        )
      ]
    }
  }

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "json", summary: "Write small tables as one JSON object of rows and single values.",
    details: """
      A table is a list of objects, one a row, in the table's order; a missing cell is null. Numbers are the shortest
      decimals that read back as the same double. For findings with comparators and statements use `summary`.
      """,
    example: "- {sink: json, from: [by_year, total], path: years.json, members: {years: by_year}}")

  private let options: Options

  /// A sink with its options.
  public init(options: Options, context: RunContext) throws(SpecError) { self.options = options }

  /// Every member's table is an input and has the columns.
  public func check(_ inputs: [NamedSchema]) throws(SpecError) {
    for member in options.members.entries.map(\.value) {
      guard let input = inputs.first(where: { $0.name == member.from.text }) else {
        throw SpecError(
          member.from.position,
          "\"\(member.from)\" is none of the output's inputs" + didYouMean(member.from.text, among: inputs.map(\.name)))
      }
      for column in member.columns + [member.column].compactMap({ $0 }) where input.schema[column.text] == nil {
        throw SpecError(
          column.position,
          "no column \"\(column)\" in \"\(input.name)\"" + didYouMean(column.text, among: input.schema.names))
      }
    }
  }

  /// The columns that members name; all of a table that is a member as a whole.
  public func neededColumns(_ inputs: [NamedSchema]) -> [Set<String>?] {
    if options.members.entries.isEmpty { return inputs.map { _ in nil } }
    return inputs.map { input in
      var needed: Set<String> = []
      for member in options.members.entries.map(\.value) where member.from.text == input.name {
        if member.column == nil, member.columns.isEmpty { return nil }
        needed.formUnion((member.columns + [member.column].compactMap { $0 }).map(\.text))
      }
      return needed
    }
  }

  /// Writes the object, indented.
  public func write(_ inputs: [NamedTable], to output: OutputFile, context: RunContext) throws(SinkError) {
    var members: [(key: String, value: JSON)] = []
    if options.members.entries.isEmpty {
      members = inputs.map { ($0.name, Self.rows($0.table, $0.table.schema.names)) }
    }
    for entry in options.members.entries {
      guard let table = inputs.first(where: { $0.name == entry.value.from.text })?.table else { continue }
      if let column = entry.value.column {
        guard table.rowCount == 1, let index = table.schema.index(of: column.text) else {
          throw SinkError(
            path: output.path,
            "member \"\(entry.key)\" is a single value, but \"\(entry.value.from)\" has \(table.rowCount) rows; "
              + "filter or aggregate it to one")
        }
        members.append((entry.key, table.columns[index].json(at: 0)))
      } else {
        let names = entry.value.columns.map(\.text)
        members.append((entry.key, Self.rows(table, names.isEmpty ? table.schema.names : names)))
      }
    }
    try output.write(JSON.object(members).text(indent: 2) + "\n")
  }

  private static func rows(_ table: Table, _ names: [String]) -> JSON {
    let columns = names.compactMap { name in table.schema.index(of: name).map { (name, table.columns[$0]) } }
    return .array((0..<table.rowCount).map { row in .object(columns.map { ($0.0, $0.1.json(at: row)) }) })
  }
}
