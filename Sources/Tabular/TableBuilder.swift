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
    try schema.requireSameColumns(table.schema)
    for i in columns.indices { columns[i].append(table.columns[i], 0..<table.rowCount) }
    rowCount += table.rowCount
  }

  /// The table of all rows so far.
  public consuming func build() -> Table {
    Table(unchecked: schema, columns: columns.map { $0.build() }, rowCount: rowCount)
  }
}

extension Table {
  /// The rows of all `tables`, one after the other; column names and types must agree. Nothing to put together throws.
  public static func concatenating(_ tables: consuming [Table]) throws(TabularError) -> Table {
    guard let first = tables.first else { throw .schemaMismatch("nothing to concatenate") }
    if tables.count == 1 { return first }
    return try concatenating(tables, as: first.schema)
  }

  /// The rows of all `tables`, one after the other, described by `schema`, whose column names and types they have.
  ///
  /// Goes column by column and lets the pieces go on the way, so that hardly more than the result stands in memory when
  /// the caller keeps nothing.
  public static func concatenating(_ tables: consuming [Table], as schema: Schema) throws(TabularError) -> Table {
    var rowCount = 0
    var pieces: [[Column?]] = []
    for t in 0..<tables.count {
      try schema.requireSameColumns(tables[t].schema)
      rowCount += tables[t].rowCount
      pieces.append(tables[t].columns)
    }
    tables = []
    let columns = schema.fields.indices.map { c in
      var column = GrowingColumn(schema[c].type, capacity: rowCount)
      for t in pieces.indices {
        if let piece = pieces[t][c] { column.append(piece, 0..<piece.count) }
        pieces[t][c] = nil
      }
      return column.build()
    }
    return Table(unchecked: schema, columns: columns, rowCount: rowCount)
  }
}

extension Column {
  /// Some rows of each of `pieces`, one after the other; nil for no pieces, or when their types differ.
  public static func concatenating(_ pieces: [(column: Column, rows: Range<Int>)]) -> Column? {
    guard let type = pieces.first?.column.type, pieces.allSatisfy({ $0.column.type == type }) else { return nil }
    var column = GrowingColumn(type, capacity: pieces.reduce(0) { $0 + $1.rows.count })
    for piece in pieces { column.append(piece.column, piece.rows) }
    return column.build()
  }
}

extension Schema {
  fileprivate func requireSameColumns(_ other: Schema) throws(TabularError) {
    guard other.count == count else {
      throw .schemaMismatch("a batch of \(other.count) columns for a table of \(count)")
    }
    for (mine, its) in zip(fields, other.fields) where mine.name != its.name || mine.type != its.type {
      throw .schemaMismatch(
        "column \"\(its.name)\" (\(its.type.rawValue)) stands where \"\(mine.name)\" (\(mine.type.rawValue)) is expected"
      )
    }
  }
}

/// Storage of a column that grows by whole batches.
///
/// One list for each type, of which the column's own is used: a list inside an enum would be copied by every append.
private struct GrowingColumn: Sendable {
  private let type: ColumnType
  private var float64: [Double] = []
  private var int64: [Int64] = []
  private var bool: [UInt8] = []
  private var date: [Int32] = []
  private var codes: [UInt32] = []
  private var dictionary = StringDictionaryBuilder()
  private var last: (from: StringDictionary, map: [UInt32])?
  private var reasons: [UInt8]?
  private var count = 0
  private let capacity: Int

  init(_ type: ColumnType, capacity: Int) {
    self.type = type
    self.capacity = capacity
    switch type {
    case .float64: float64.reserveCapacity(capacity)
    case .int64: int64.reserveCapacity(capacity)
    case .bool: bool.reserveCapacity(capacity)
    case .date: date.reserveCapacity(capacity)
    case .string: codes.reserveCapacity(capacity)
    }
  }

  mutating func append(_ column: Column, _ rows: Range<Int>) {
    assert(column.type == type, "TableBuilder.append checks types first")
    switch column {
    case .float64(let c): float64.append(contentsOf: c.values[rows])
    case .int64(let c): int64.append(contentsOf: c.values[rows])
    case .bool(let c): bool.append(contentsOf: c.values[rows])
    case .date(let c): date.append(contentsOf: c.values[rows])
    case .string(let c): append(c, rows)
    }
    appendReasons(of: column, rows)
    count += rows.count
  }

  /// Texts that no row holds are left behind.
  private mutating func append(_ column: StringColumn, _ rows: Range<Int>) {
    var map: [UInt32] = []
    if let known = last, column.dictionary.extends(known.from) { map = known.map }
    last = nil  // leaves `map` the only owner
    map.append(contentsOf: repeatElement(.max, count: column.dictionary.count - map.count))
    Self.appendCodes(column, rows, in: &dictionary, map: &map, to: &codes)
    last = (column.dictionary, map)
  }

  /// Adds the builder's codes of the column's texts to `list`; `map` holds those that are known.
  private static func appendCodes(
    _ column: StringColumn, _ rows: Range<Int>, in builder: inout StringDictionaryBuilder, map: inout [UInt32],
    to list: inout [UInt32]
  ) {
    column.dictionary.bytes.withUnsafeBufferPointer { all in
      for row in rows {
        if let missing = column.missing, !missing.isPresent(row) {
          list.append(0)
          continue
        }
        let code = Int(column.codes[row])
        var mapped = map[code]
        if mapped == .max {
          let range = Int(column.dictionary.offsets[code])..<Int(column.dictionary.offsets[code + 1])
          mapped = builder.code(of: UnsafeBufferPointer(rebasing: all[range]))
          map[code] = mapped
        }
        list.append(mapped)
      }
    }
  }

  private mutating func appendReasons(of column: Column, _ rows: Range<Int>) {
    if let mask = column.missing {
      if reasons == nil {
        reasons = [UInt8](repeating: 0, count: count)
        reasons?.reserveCapacity(capacity)
      }
      reasons?.append(contentsOf: mask.reasons[rows])
    } else if reasons != nil {
      reasons?.append(contentsOf: repeatElement(0, count: rows.count))
    }
  }

  consuming func build() -> Column {
    let mask = reasons.map { MissingMask(reasons: $0) }
    switch type {
    case .float64: return .float64(Float64Column(float64, missing: mask))
    case .int64: return .int64(Int64Column(int64, missing: mask))
    case .bool: return .bool(BoolColumn(bool, missing: mask))
    case .date: return .date(DateColumn(date, missing: mask))
    case .string: return .string(StringColumn(codes: codes, dictionary: dictionary.build(), missing: mask))
    }
  }
}
