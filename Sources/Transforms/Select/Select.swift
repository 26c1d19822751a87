public import PipelineKit
public import Tabular

/// Keeps some columns of a table.
public struct Select: Transform {
  /// The options of ``Select``.
  public struct Options: PluginOptions {
    var columns: [Located]?
    var except: [Located]?

    /// Nothing selected.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("columns", \.columns, "The columns to keep, in the order of the output."),
        .init("except", \.except, "The columns to leave out; the others keep their order."),
      ]
    }
  }

  /// Name and documentation.
  public static let info = PluginInfo(
    name: "select", summary: "Keeps some columns of a table.",
    details: """
      Give either `columns` or `except`. Every name must be a column of the table. Rows and values stay as they are.
      Columns that no later step or output uses are left out by themselves, and not even read from a source: `select` is
      for the order and the content of an output.
      """,
    example: """
      - {id: slim, uses: select, from: areas, columns: [area_code, year, inhabitants]}
      """)

  /// Rows pass one by one.
  public var isRowLevel: Bool { true }

  private let columns: [Located]?
  private let except: [Located]

  /// A selection.
  /// - Throws: ``SpecError`` unless exactly one of the two options is given, without repeats.
  public init(options: Options, context: RunContext) throws(SpecError) {
    switch (options.columns, options.except) {
    case (nil, nil):
      throw SpecError(SourcePosition(file: ""), "select needs columns (to keep) or except (to leave out)")
    case (_?, let except?):
      throw SpecError(
        except.first?.position ?? SourcePosition(file: ""), "select takes columns or except, not both")
    default: break
    }
    if let columns = options.columns, columns.isEmpty {
      throw SpecError(SourcePosition(file: ""), "select keeps no column; name at least one under columns")
    }
    var seen: Set<String> = []
    for name in options.columns ?? [] where !seen.insert(name.text).inserted {
      throw SpecError(name.position, "column \"\(name)\" is selected twice")
    }
    columns = options.columns
    except = options.except ?? []
  }

  /// All columns named, or those wanted and those to leave out.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    if let columns { return [Set(columns.map(\.text))] }
    return [needed.map { atLeastOne($0.union(except.map(\.text)), of: inputs[0]) }]
  }

  /// The fields that are kept.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let kept: [Field]
    if let columns {
      var list: [Field] = []
      for name in columns { list.append(try inputs[0].field(name)) }
      kept = list
    } else {
      for name in except { _ = try inputs[0].field(name) }
      let gone = Set(except.map(\.text))
      kept = inputs[0].fields.filter { !gone.contains($0.name) }
      if kept.isEmpty, let last = except.last {
        throw SpecError(last.position, "except leaves out every column; keep at least one")
      }
    }
    do { return try Schema(kept) } catch { preconditionFailure("names of a schema are unique") }
  }

  /// The columns that are kept.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    try inputs[0].transformed { (table) throws(SpecError) in
      try outputSchema(for: [table.schema])
    } columns: { schema in
      schema.names.compactMap { inputs[0].schema.index(of: $0) }.map { inputs[0].columns[$0] }
    }
  }
}

extension Table {
  /// A table of the schema and the columns that the closures give; both kinds of error become ``TransformError``.
  func transformed(
    schema: (Table) throws(SpecError) -> Schema, columns: (Schema) throws(TransformError) -> [Column]
  ) throws(TransformError) -> Table {
    let output: Schema
    do { output = try schema(self) } catch { throw TransformError(error.description) }
    let columns = try columns(output)
    do { return try Table(schema: output, columns: columns) } catch { throw TransformError(error.description) }
  }
}
