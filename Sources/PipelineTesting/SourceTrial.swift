import PipelineKit
import Tabular

/// One adapter on one file, as the engine would use it.
struct SourceTrial<Adapter: SourceAdapter>: Sendable {
  /// What one read gave.
  struct Reading {
    var schema: Schema
    var table: Table
    var batchCount = 0
    var rowCount = 0
    var largestBatch = 0
    var finishedBeforeFirstBatch = false
    /// Batches that are not as asked for.
    var mismatches: [String] = []
    var context: RunContext
  }

  let adapter: Adapter
  let path: String
  let origin: Origin

  /// Reads the file with a context of its own.
  func read(columns: [String]? = nil, keepTables: Bool = true, stopAfter: Int = .max) -> Result<Reading, any Error> {
    Result { try reading(columns: columns, keepTables: keepTables, stopAfter: stopAfter) }
  }

  private func reading(columns: [String]?, keepTables: Bool, stopAfter: Int) throws -> Reading {
    let context = RunContext(stage: "conformance")
    let input = Input(parts: [InputPart(path: path)], origin: origin)
    let full = try adapter.schema(of: input, context: context)
    let schema = try columns.map { try full.selecting($0) } ?? full
    var result = Reading(schema: schema, table: Table(empty: schema), context: context)
    var tables: [Table] = []
    try adapter.read(input.parts[0], of: input, as: schema, context: context) { batch in
      if result.batchCount == 0 {
        result.finishedBeforeFirstBatch = context.filesRead.contains { $0.path == path }
      }
      result.batchCount += 1
      result.rowCount += batch.table.rowCount
      result.largestBatch = max(result.largestBatch, batch.table.rowCount)
      let (got, asked) = (batch.table.schema, schema)
      if got.names != asked.names || got.fields.map(\.type) != asked.fields.map(\.type) {
        result.mismatches.append("\(got.names) instead of \(asked.names)")
      } else if keepTables {
        tables.append(batch.table)
      }
      return result.batchCount >= stopAfter ? .stop : .more
    }
    if !tables.isEmpty { result.table = try Table.concatenating(tables) }
    return result
  }
}

extension Result where Failure == any Error {
  /// The error's text; empty when there is none.
  var text: String { if case .failure(let error) = self { "\(error)" } else { "" } }
}
