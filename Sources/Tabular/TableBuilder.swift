/// Puts batches of one schema together into a table, in the order in which they come.
public struct TableBuilder: Sendable {
  /// The schema of every batch and of the result.
  public let schema: Schema
  private var columns: [GrowingColumn]
  /// The rows so far.
  public private(set) var rowCount = 0

  /// A builder for batches of `schema`; `capacity` rows are reserved.
  public init(schema: Schema, capacity: Int = 0) {
    self.schema = schema
    columns = schema.fields.map { GrowingColumn($0.type, capacity: capacity) }
  }

  /// Appends the rows of `table`.
  /// - Throws: ``TabularError/schemaMismatch(_:)`` when the column names or types differ from the builder's.
  public mutating func append(_ table: Table) throws(TabularError) {
    guard table.schema.count == schema.count else {
      throw .schemaMismatch("a batch of \(table.schema.count) columns for a table of \(schema.count)")
    }
    for (mine, its) in zip(schema.fields, table.schema.fields) where mine.name != its.name || mine.type != its.type {
      throw .schemaMismatch(
        "column \"\(its.name)\" (\(its.type.rawValue)) stands where \"\(mine.name)\" (\(mine.type.rawValue)) is expected")
    }
    for i in columns.indices { columns[i].append(table.columns[i]) }
    rowCount += table.rowCount
  }

  /// The table of all rows so far.
  public consuming func build() -> Table {
    Table(unchecked: schema, columns: columns.map { $0.build() }, rowCount: rowCount)
  }
}

extension Table {
  /// The rows of all `tables`, one after the other; column names and types must agree.
  public static func concatenating(_ tables: [Table]) throws(TabularError) -> Table {
    guard let first = tables.first else { throw .schemaMismatch("nothing to concatenate") }
    if tables.count == 1 { return first }
    var builder = TableBuilder(schema: first.schema, capacity: tables.reduce(0) { $0 + $1.rowCount })
    for table in tables { try builder.append(table) }
    return builder.build()
  }
}

/// Storage of a column that grows by whole batches.
private struct GrowingColumn: Sendable {
  private var storage: Storage
  private var reasons: [UInt8]?
  private var count = 0

  private enum Storage: Sendable {
    case float64([Double])
    case int64([Int64])
    case bool([UInt8])
    case date([Int32])
    case string([UInt32], StringDictionaryBuilder, last: (from: StringDictionary, map: [UInt32])?)
  }

  init(_ type: ColumnType, capacity: Int) {
    func reserved<E>(_: E.Type) -> [E] {
      var list: [E] = []
      list.reserveCapacity(capacity)
      return list
    }
    switch type {
    case .float64: storage = .float64(reserved(Double.self))
    case .int64: storage = .int64(reserved(Int64.self))
    case .bool: storage = .bool(reserved(UInt8.self))
    case .date: storage = .date(reserved(Int32.self))
    case .string: storage = .string(reserved(UInt32.self), StringDictionaryBuilder(), last: nil)
    }
  }

  mutating func append(_ column: Column) {
    let old = storage
    storage = .bool([])  // leaves `old` the only owner, so that appending does not copy
    switch (consume old, column) {
    case (.float64(var list), .float64(let c)):
      list.append(contentsOf: c.values)
      storage = .float64(list)
    case (.int64(var list), .int64(let c)):
      list.append(contentsOf: c.values)
      storage = .int64(list)
    case (.bool(var list), .bool(let c)):
      list.append(contentsOf: c.values)
      storage = .bool(list)
    case (.date(var list), .date(let c)):
      list.append(contentsOf: c.values)
      storage = .date(list)
    case (.string(var list, var builder, var last), .string(let c)):
      if last?.from !== c.dictionary {
        var map: [UInt32] = []
        if let known = last, c.dictionary.extends(known.from) { map = known.map }
        last = nil  // leaves `map` the only owner
        Self.addCodes(of: c.dictionary, in: &builder, to: &map)
        last = (c.dictionary, map)
      }
      Self.appendCodes(c, map: last?.map ?? [], to: &list)
      storage = .string(list, builder, last: last)
    default: preconditionFailure("TableBuilder.append checks types first")
    }
    appendReasons(of: column)
    count += column.count
  }

  /// Adds to `map` the builder's codes of the texts that it does not cover yet.
  private static func addCodes(
    of dictionary: StringDictionary, in builder: inout StringDictionaryBuilder, to map: inout [UInt32]
  ) {
    map.reserveCapacity(dictionary.count)
    dictionary.bytes.withUnsafeBufferPointer { all in
      for code in map.count..<dictionary.count {
        let range = Int(dictionary.offsets[code])..<Int(dictionary.offsets[code + 1])
        map.append(builder.code(of: UnsafeBufferPointer(rebasing: all[range])))
      }
    }
  }

  private static func appendCodes(_ column: StringColumn, map: [UInt32], to list: inout [UInt32]) {
    list.reserveCapacity(list.count + column.codes.count)
    guard let missing = column.missing else {
      for code in column.codes { list.append(map[Int(code)]) }
      return
    }
    for (row, code) in column.codes.enumerated() { list.append(missing.isPresent(row) ? map[Int(code)] : 0) }
  }

  private mutating func appendReasons(of column: Column) {
    if let mask = column.missing {
      if reasons == nil { reasons = [UInt8](repeating: 0, count: count) }
      reasons?.append(contentsOf: mask.reasons)
    } else if reasons != nil {
      reasons?.append(contentsOf: repeatElement(0, count: column.count))
    }
  }

  consuming func build() -> Column {
    let mask = reasons.map { MissingMask(reasons: $0) }
    switch storage {
    case .float64(let list): return .float64(Float64Column(list, missing: mask))
    case .int64(let list): return .int64(Int64Column(list, missing: mask))
    case .bool(let list): return .bool(BoolColumn(list, missing: mask))
    case .date(let list): return .date(DateColumn(list, missing: mask))
    case .string(let list, let builder, _):
      return .string(StringColumn(codes: list, dictionary: builder.build(), missing: mask))
    }
  }
}
