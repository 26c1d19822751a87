import PipelineKit
import Synchronization
import Tabular

/// Columns made of others, one of each: in their place when they keep their names, else behind all.
struct MadeColumns: Sendable {
  /// The columns that they are made of.
  let sources: [Located]
  /// What the new names begin with; nothing puts the new columns in the place of the old.
  let prefix: String

  /// The new names, in the order of the sources.
  var names: [String] { sources.map { prefix + $0.text } }

  /// Refuses a column that is named twice, and no columns at all.
  func check(at position: SourcePosition) throws(SpecError) {
    guard !sources.isEmpty else { throw SpecError(position, "\"columns\" names no column") }
    var seen: Set<String> = []
    for source in sources where !seen.insert(source.text).inserted {
      throw SpecError(source.position, "\"\(source)\" is named twice")
    }
  }

  /// What an input must deliver: the sources, `others`, and what passes through. `added` are further new columns.
  func needed(_ needed: Set<String>?, others: [String], added: [String] = [], of input: Schema) -> Set<String>? {
    guard let needed else { return nil }
    let own = Set(sources.map(\.text) + others)
    return atLeastOne(own.union(needed.subtracting(names + added)), of: input)
  }

  /// The input's columns with the new ones; `added` come last.
  func schema(_ input: Schema, _ made: [Field], added: [Field] = []) throws(SpecError) -> Schema {
    var fields = input.fields
    if prefix.isEmpty {
      for field in made { if let place = input.index(of: field.name) { fields[place] = field } }
    } else {
      fields += made
    }
    fields += added
    do throws(TabularError) { return try Schema(fields) } catch {
      throw SpecError(sources[0].position, "\(error); choose another \"prefix\"")
    }
  }

  /// The input with the new columns, under the schema of ``schema(_:_:added:)``.
  func table(_ input: Table, _ schema: Schema, _ made: [Column], added: [Column] = []) throws(TransformError) -> Table {
    var columns = input.columns
    if prefix.isEmpty {
      for (name, column) in zip(names, made) { if let place = input.schema.index(of: name) { columns[place] = column } }
    } else {
      columns += made
    }
    columns += added
    let all = columns
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: all) }
  }
}

extension Transform {
  /// The promised schema, while working on data.
  func promised(_ inputs: [Schema]) throws(TransformError) -> Schema {
    try onSchemas { () throws(SpecError) in try outputSchema(for: inputs) }
  }
}

extension RunContext {
  /// One result for each of `count` pieces of work, done side by side, in their order.
  func gather<Result: Sendable>(_ count: Int, _ work: @Sendable (Int) -> Result) -> [Result] {
    let results = Mutex([Result?](repeating: nil, count: count))
    parallel(count) { i in
      let result = work(i)
      results.withLock { $0[i] = result }
    }
    return results.withLock { $0.compactMap { $0 } }
  }
}

extension NumberColumn {
  /// The numbers as a column.
  var column: Column {
    .float64(Float64Column(values, missing: reasons.isEmpty ? nil : MissingMask(reasons: reasons)))
  }

  /// The reason of a row, 0 where a number is present.
  func reason(_ row: Int) -> UInt8 { reasons.isEmpty ? 0 : reasons[row] }
}
