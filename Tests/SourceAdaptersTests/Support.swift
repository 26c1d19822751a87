import Glibc
import PipelineKit
import PipelineTesting
import SourceAdapters
import Tabular
import Testing

/// The folder of the fixtures, with a slash.
let fixtures: String = {
  let parts = "\(#filePath)".split(separator: "/")
  return "/" + parts.dropLast(3).joined(separator: "/") + "/Fixtures/"
}()

/// Reads all columns of an input, or those named, into one table.
func readAll(
  _ adapter: some SourceAdapter, _ paths: [String], origin: Origin = Origin(), columns: [String]? = nil,
  context: RunContext = RunContext()
) throws -> Table {
  let input = Input(parts: paths.map { InputPart(path: $0) }, origin: origin)
  var schema = try adapter.schema(of: input, context: context)
  if let columns { schema = try schema.selecting(columns) }
  var tables: [Table] = []
  for part in input.parts {
    try adapter.read(part, of: input, as: schema, context: context) { batch in
      tables.append(batch.table)
      return .more
    }
  }
  return tables.isEmpty ? Table(empty: schema) : try Table.concatenating(tables)
}

/// The message of the error that `body` throws, without the folder of the fixtures.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    var text = "\(error)"
    if text.hasPrefix(fixtures) { text.removeFirst(fixtures.count) }
    return text
  }
}

/// The warnings that `body` gives.
func warnings(_ body: (RunContext) throws -> Void) throws -> [String] {
  let context = RunContext()
  try body(context)
  return context.warnings
}

/// A column's cells as text: `12.5`, `GM0141`, or the reason in angle brackets.
func cells(_ table: Table, _ name: String) throws -> [String] {
  let column = try table.column(name)
  return (0..<table.rowCount).map { row in
    if let reason = column.missingReason(at: row) { return "<\(reason.label)>" }
    switch column {
    case .float64(let c): return "\(c.values[row])"
    case .int64(let c): return "\(c.values[row])"
    case .string(let c): return c[row] ?? "?"
    case .bool(let c): return "\(c.values[row])"
    case .date(let c): return "\(c.values[row])"
    }
  }
}

/// Writes `bytes` to a file for the time of `body`.
func withFile<Result>(_ bytes: [UInt8], _ suffix: String, _ body: (String) throws -> Result) throws -> Result {
  let folder = TemporaryFolder()
  return try withExtendedLifetime(folder) { try body(folder.write("file" + suffix, bytes)) }
}

func withFile<Result>(_ text: String, _ suffix: String, _ body: (String) throws -> Result) throws -> Result {
  try withFile(Array(text.utf8), suffix, body)
}

/// Options as a pipeline file states them.
func markers(_ list: [(String, MarkerReason)]) -> OrderedMap<MarkerReason> {
  OrderedMap(list.map { .init(key: $0.0, position: SourcePosition(file: "test"), value: $0.1) })
}

func types(_ list: [(String, SourceColumnType)]) -> OrderedMap<SourceColumnType> {
  OrderedMap(list.map { .init(key: $0.0, position: SourcePosition(file: "test"), value: $0.1) })
}

func csv(_ change: (inout CBSDatasetCSV.Options) -> Void = { _ in }) throws -> CBSDatasetCSV {
  var options = CBSDatasetCSV.Options()
  change(&options)
  return try CBSDatasetCSV(options: options, context: RunContext())
}

func atom(_ change: (inout CBSDatasetAtom.Options) -> Void = { _ in }) throws -> CBSDatasetAtom {
  var options = CBSDatasetAtom.Options()
  change(&options)
  return try CBSDatasetAtom(options: options, context: RunContext())
}

/// The delivery that the fixtures stand for.
let delivery = Origin(producer: "CBS", table: "84799NED", vintage: "2021-03-26", licence: "CC BY 4.0")
