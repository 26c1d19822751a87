import BuiltinPlugins
import PipelineKit
import Tabular
import Testing

/// The table that the built-in adapter reads from files, all columns.
func readTable(_ paths: [String], _ adapter: String, _ options: String = "{}") throws -> Table {
  let entry = try #require(PluginCatalog.builtin.source(adapter))
  let context = RunContext()
  let source = try entry.plugin.make(SpecParser.nodes(options, file: "options"), [], context)
  let input = Input(parts: paths.map { InputPart(path: $0) })
  let schema = try source.schema(of: input, context: context)
  var builder = TableBuilder(schema: schema)
  var failure: (any Error)?
  for part in input.parts {
    try source.read(part, of: input, as: schema, context: context) { batch in
      do {
        try builder.append(batch.table)
        return .more
      } catch {
        failure = error
        return .stop
      }
    }
  }
  if let failure { throw failure }
  return builder.build()
}

extension Table {
  /// The numbers of a column, nil where missing; whole numbers become doubles.
  func numbers(_ name: String) throws -> [Double?] {
    let column = try column(name)
    return switch column {
    case .float64(let c): c.values.indices.map { column.missingReason(at: $0) == nil ? c.values[$0] : nil }
    case .int64(let c): c.values.indices.map { column.missingReason(at: $0) == nil ? Double(c.values[$0]) : nil }
    default: throw NotNumbers(name: name)
    }
  }

  /// The texts of a column, nil where missing.
  func texts(_ name: String) throws -> [String?] {
    let column = try column(name)
    return (0..<rowCount).map { column.text(at: $0) }
  }

  /// The reasons of a column, nil where a value is present.
  func reasons(_ name: String) throws -> [MissingReason?] {
    let column = try column(name)
    return (0..<rowCount).map { column.missingReason(at: $0) }
  }

  /// The rows for which `condition` holds.
  func rows(where condition: (Int) -> Bool) -> Table { gathering((0..<Int32(rowCount)).filter { condition(Int($0)) }) }

  /// Missing cells by reason, in the reasons' order, as one text.
  var missingSummary: String {
    var counts: [MissingReason: Int] = [:]
    for column in columns {
      for reason in column.missing?.reasons ?? [] {
        if let reason = MissingReason(rawValue: reason) { counts[reason, default: 0] += 1 }
      }
    }
    return counts.sorted { $0.key < $1.key }.map { "\($0.key.label) \($0.value)" }.joined(separator: ", ")
  }
}

/// A column that was expected to hold numbers.
struct NotNumbers: Error {
  var name: String
}
