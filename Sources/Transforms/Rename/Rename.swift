public import PipelineKit
public import Tabular

/// Gives columns other names.
public struct Rename: Transform {
  /// The options of ``Rename``.
  public struct Options: PluginOptions {
    var columns = OrderedMap<Located>()

    /// Nothing renamed.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [.init("columns", \.columns, required: true, "The columns to rename: `old: new`.")]
    }
  }

  /// Name and documentation.
  public static let info = PluginInfo(
    name: "rename", summary: "Gives columns other names.",
    details: """
      All names change at once, so that two columns can exchange theirs. A new name may not be that of another column.
      Order, values, units and origins stay as they are.
      """,
    example: """
      - {id: named, uses: rename, from: areas, columns: {AantalInwoners_5: inhabitants}}
      """)

  /// Rows pass one by one.
  public var isRowLevel: Bool { true }

  private let columns: OrderedMap<Located>

  /// New names.
  /// - Throws: ``SpecError`` at a new name that is empty or occurs twice.
  public init(options: Options, context: RunContext) throws(SpecError) {
    var seen: Set<String> = []
    for entry in options.columns.entries {
      if entry.value.text.isEmpty {
        throw SpecError(entry.value.position, "the new name of \"\(entry.key)\" is empty")
      }
      guard seen.insert(entry.value.text).inserted else {
        throw SpecError(entry.value.position, "two columns would be called \"\(entry.value)\"")
      }
    }
    columns = options.columns
  }

  /// The wanted columns under their old names, and all that are renamed.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    guard let needed else { return [nil] }
    let new = Set(columns.entries.map(\.value.text))
    return [atLeastOne(needed.subtracting(new).union(columns.keys), of: inputs[0])]
  }

  /// The fields under their new names.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    var fields = inputs[0].fields
    for entry in columns.entries {
      _ = try inputs[0].field(Located(entry.key, at: entry.position))
      if inputs[0].index(of: entry.value.text) != nil, columns[entry.value.text] == nil {
        throw SpecError(
          entry.value.position, "there is a column \"\(entry.value)\" already; rename or leave out that one")
      }
    }
    for i in fields.indices { if let name = columns[fields[i].name] { fields[i].name = name.text } }
    do { return try Schema(fields) } catch { preconditionFailure("new names are unique") }
  }

  /// The same columns under their new names.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    try inputs[0].transformed { (table) throws(SpecError) in
      try outputSchema(for: [table.schema])
    } columns: { _ in
      inputs[0].columns
    }
  }
}
