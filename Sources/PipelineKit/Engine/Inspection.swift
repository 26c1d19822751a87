public import Tabular

/// What is in a file: the adapter that reads it, its columns, its rows and its missing cells by reason.
public struct Inspection: Sendable {
  /// The path.
  public let file: String
  /// The adapter and why it was chosen.
  public let adapter: String, reason: String
  /// The columns.
  public let schema: Schema
  /// The number of rows.
  public private(set) var rowCount = 0
  /// Missing cells by reason.
  public private(set) var missing: [MissingReason: Int] = [:]
  /// Columns without a single value.
  public private(set) var emptyColumns: [String] = []
  /// The first rows.
  public private(set) var head: Table
  /// What the adapter found out about the file, and what it warned about.
  public private(set) var notes: [String] = [], warnings: [String] = []

  /// Reads the file at `path` once, from end to end.
  public init(
    _ path: String, adapter name: String?, options: [(name: String, value: String)], rows: Int, catalog: PluginCatalog
  ) throws(PipelineError) {
    let context = RunContext(stage: "inspect")
    let (entry, reason) = try Self.choose(path, name, catalog, context)
    file = path
    adapter = entry.plugin.info.name
    self.reason = reason
    let source: any SourceAdapter
    do throws(SpecError) { source = try entry.plugin.make(try Self.node(options), [], context) } catch {
      throw .spec(error)
    }
    let input = Input(parts: [InputPart(path: path)])
    var counts: [Int] = []
    var seen = [UInt8: Int]()
    var total = 0
    var first: Table?
    do throws(SourceError) {
      schema = try source.schema(of: input, context: context)
      head = Table(empty: schema)
      counts = [Int](repeating: 0, count: schema.count)
      try source.read(input.parts[0], of: input, as: schema, context: context) { batch in
        if first == nil {
          first = batch.table.gathering((0..<Int32(min(rows, batch.table.rowCount))).map { $0 })
        }
        total += batch.table.rowCount
        for (i, column) in batch.table.columns.enumerated() {
          guard let mask = column.missing else { continue }
          counts[i] += mask.missingCount
          for reason in mask.reasons where reason != 0 { seen[reason, default: 0] += 1 }
        }
        return .more
      }
    } catch { throw .source(error) }
    if let first { head = first }
    notes = context.record.notes(of: context.stage)
    warnings = context.record.warnings.map(\.message)
    rowCount = total
    for (reason, count) in seen { if let reason = MissingReason(rawValue: reason) { missing[reason] = count } }
    emptyColumns = zip(schema.names, counts).filter { total > 0 && $0.1 == total }.map(\.0)
  }

  private static func choose(
    _ path: String, _ name: String?, _ catalog: PluginCatalog, _ context: RunContext
  ) throws(PipelineError) -> (SourceEntry, String) {
    guard let name else {
      do throws(SourceError) {
        let found = try Recogniser(catalog: catalog).recognise(path, context: context)
        return (found.entry, found.reason)
      } catch { throw .source(error) }
    }
    guard let entry = catalog.source(name) else {
      throw .spec(
        SpecError(
          SourcePosition(file: "--adapter"),
          "no source adapter \"\(name)\"" + didYouMean(name, among: catalog.sources.map(\.plugin.info.name))))
    }
    return (entry, "named on the command line")
  }

  /// Options from the command line as a mapping; a value may be YAML, such as `{".": unknown}`.
  private static func node(_ options: [(name: String, value: String)]) throws(SpecError) -> SpecNode {
    let position = SourcePosition(file: "--option")
    var entries: [SpecNode.Entry] = []
    for (name, value) in options {
      let parsed =
        value.isEmpty
        ? SpecNode(.scalar("", quoted: true), at: position) : try SpecParser.nodes(value, file: "--option \(name)")
      entries.append(.init(key: name, position: position, value: parsed))
    }
    return SpecNode(.map(entries), at: position)
  }

  /// The findings as text for a terminal.
  public var text: String {
    var lines = ["\(file): \(adapter) (\(reason))"] + notes + warnings.map { "warning: \($0)" }
    lines.append("\(rowCount) rows, \(schema.count) columns")
    let reasons = missing.sorted { $0.key < $1.key }.map { "\($0.key.label) \($0.value)" }
    lines.append("missing cells: " + (reasons.isEmpty ? "none" : reasons.joined(separator: ", ")))
    if !emptyColumns.isEmpty {
      lines.append("columns without a value: \(emptyColumns.count): " + emptyColumns.joined(separator: ", "))
    }
    lines.append("")
    let wide = schema.names.map(\.count).max() ?? 0
    for (i, field) in schema.fields.enumerated() {
      let samples = (0..<head.rowCount).map { head.columns[i].text(at: $0) ?? "-" }
      let name = field.name + String(repeating: " ", count: wide - field.name.count)
      let unit = field.unit.isEmpty ? "" : " [\(field.unit)]"
      lines.append(
        "  \(name)  \(field.type.rawValue) \(field.role.rawValue)\(unit)  " + samples.joined(separator: " | "))
    }
    return lines.joined(separator: "\n")
  }

  /// The findings as JSON.
  public var json: JSON {
    .object([
      ("file", .string(file)), ("adapter", .string(adapter)), ("reason", .string(reason)),
      ("notes", .array(notes.map { .string($0) })), ("warnings", .array(warnings.map { .string($0) })),
      ("rows", .integer(rowCount)),
      ("missing", .object(missing.sorted { $0.key < $1.key }.map { ($0.key.label, .integer($0.value)) })),
      ("empty_columns", .array(emptyColumns.map { .string($0) })), ("schema", schema.json),
      (
        "head",
        .array(
          (0..<head.rowCount).map { row in
            .object(zip(schema.names, head.columns).map { ($0, $1.json(at: row)) })
          })
      ),
    ])
  }
}

extension Schema {
  /// The schema as JSON; what is empty or unknown is left out.
  public var json: JSON {
    .array(
      fields.map { field in
        var members: [(key: String, value: JSON)] = [
          ("name", .string(field.name)), ("type", .string(field.type.rawValue)), ("role", .string(field.role.rawValue)),
        ]
        if !field.unit.isEmpty { members.append(("unit", .string(field.unit))) }
        if !field.label.isEmpty { members.append(("label", .string(field.label))) }
        if let direction = field.direction { members.append(("direction", .string(direction.rawValue))) }
        if let decimals = field.decimals { members.append(("decimals", .integer(decimals))) }
        return .object(members)
      })
  }
}

extension Column {
  /// The cell at `row` as text, nil when missing. For showing single cells, not for loops over rows.
  public func text(at row: Int) -> String? {
    if missingReason(at: row) != nil { return nil }
    switch self {
    case .float64(let c): return JSON.text(of: c.values[row])
    case .int64(let c): return String(c.values[row])
    case .bool(let c): return c.values[row] == 0 ? "false" : "true"
    case .date(let c): return CalendarDay.text(of: c.values[row])
    case .string(let c): return c[row]
    }
  }

  /// The cell at `row` as JSON; null when missing. For single cells, not for loops over rows.
  public func json(at row: Int) -> JSON {
    if missingReason(at: row) != nil { return .null }
    switch self {
    case .float64(let c): return .number(c.values[row])
    case .int64(let c): return .integer(Int(c.values[row]))
    case .bool(let c): return .bool(c.values[row] != 0)
    case .date, .string: return .string(text(at: row) ?? "")
    }
  }
}
