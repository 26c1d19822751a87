/// Turns the cells of a source file into batches of typed columns.
///
/// An adapter asks for a ``slot(_:)`` per column, appends each cell's bytes to it, and takes a table whenever
/// ``isFull`` says so. Numbers are parsed and texts are coded in place. Dictionaries are kept from batch to batch, so that
/// the codes of a column stay the same over a file; the dictionary of a column whose texts hardly ever come back starts
/// anew with every batch, and so does one that grows past 65,536 texts.
///
/// Belongs to one reader on one thread. Pointers to slots are good for as long as the decoder lives.
public final class BatchDecoder {
  /// The schema of the batches.
  public let schema: Schema
  /// The rows after which a batch is due.
  public let batchRows: Int
  private let slots: UnsafeMutablePointer<ColumnSlot>
  private let interners: UnsafeMutablePointer<StringInterner>
  /// One for the dialect, and one for each other reason of empty cells.
  private let tables: UnsafeMutablePointer<DialectTable>
  private let tableCount: Int
  private let troubles: UnsafeMutablePointer<TroubleLog>
  private var dictionaries: [StringDictionary?]
  private var lineages: [DictionaryLineage]
  /// How many batches in a row have brought a column about as many new texts as rows.
  private var newBatches: [Int]

  /// A decoder for batches of `schema` (columns of type float64, int64 and string) from cells written in `dialect`.
  ///
  /// Without `batchRows` a batch has 512 to 4,096 rows, fewer the more columns there are.
  /// - Throws: ``TabularError/wrongType(column:is:expected:)`` for another type.
  public init(schema: Schema, dialect: CellDialect, batchRows: Int? = nil) throws(TabularError) {
    var kinds: [ColumnSlot.Kind] = []
    for field in schema.fields {
      switch field.type {
      case .float64: kinds.append(.float64)
      case .int64: kinds.append(.int64)
      case .string: kinds.append(.string)
      case .bool, .date:
        throw .wrongType(column: field.name, is: field.type, expected: [.float64, .int64, .string])
      }
    }
    self.schema = schema
    // About 1 MiB of values: the buffers of a batch stay in the second cache until they are taken, as far as it goes.
    let batchRows = batchRows ?? min(4_096, max(512, (1 << 17) / max(schema.count, 1)))
    self.batchRows = batchRows
    var reasons = [dialect.emptyReason]
    for field in schema.fields {
      if let reason = dialect.emptyReasons[field.name], !reasons.contains(reason) { reasons.append(reason) }
    }
    tableCount = reasons.count
    tables = .allocate(capacity: tableCount)
    for (i, reason) in reasons.enumerated() {
      var dialect = dialect
      dialect.emptyReason = reason
      (tables + i).initialize(to: DialectTable(dialect))
    }
    troubles = .allocate(capacity: 1)
    troubles.initialize(to: TroubleLog())
    slots = .allocate(capacity: max(kinds.count, 1))
    interners = .allocate(capacity: max(kinds.count, 1))
    dictionaries = [StringDictionary?](repeating: nil, count: kinds.count)
    lineages = kinds.map { _ in DictionaryLineage() }
    newBatches = [Int](repeating: 0, count: kinds.count)
    for (i, kind) in kinds.enumerated() {
      let table = dialect.emptyReasons[schema[i].name].flatMap { reasons.firstIndex(of: $0) } ?? 0
      (interners + i).initialize(to: StringInterner())
      (slots + i).initialize(
        to: ColumnSlot(
          kind: kind, column: i, capacity: batchRows + batchRows / 8 + 16, table: tables + table,
          interner: interners + i,
          troubles: troubles))
    }
  }

  deinit {
    for i in 0..<schema.count {
      slots[i].destroy()
      interners[i].destroy()
    }
    slots.deinitialize(count: schema.count)
    slots.deallocate()
    interners.deinitialize(count: schema.count)
    interners.deallocate()
    for i in 0..<tableCount { tables[i].destroy() }
    tables.deinitialize(count: tableCount)
    tables.deallocate()
    troubles.deinitialize(count: 1)
    troubles.deallocate()
  }

  /// The slot of the column at `index` of the schema.
  public func slot(_ index: Int) -> UnsafeMutablePointer<ColumnSlot> { slots + index }

  /// The first cell that could not be read, or nil.
  public var trouble: CellTrouble? { troubles.pointee.list.first }

  /// Notes up to `limit` cells that cannot be read instead of the first one alone, until they are taken.
  public func collectTroubles(limit: Int) { troubles.pointee.limit = limit }

  /// The cells that could not be read since the last call, in the order in which they came. Their rows hold a missing
  /// value for ``MissingReason/rejected``.
  public func takeTroubles() -> [CellTrouble] {
    if troubles.pointee.list.isEmpty { return [] }
    defer { troubles.pointee.list.removeAll() }
    return troubles.pointee.list
  }

  /// The table of the first `rows` rows since the last one.
  ///
  /// Cells of the row after them may have come in already: they stay for the next batch.
  public func take(rows: Int) -> Table {
    var columns: [Column] = []
    columns.reserveCapacity(schema.count)
    for i in 0..<schema.count { columns.append(slots[i].take(rows: rows) { dictionary(i, rows) }) }
    return Table(unchecked: schema, columns: columns, rowCount: rows)
  }

  /// The dictionary of column `i` with all texts so far: the previous one when none is new.
  ///
  /// A column of names or keys that do not come back starts anew with every batch, so that a batch does not hold the texts
  /// of all before it.
  private func dictionary(_ i: Int, _ rows: Int) -> StringDictionary {
    if let known = dictionaries[i], known.count == interners[i].count {
      newBatches[i] = 0
      return known
    }
    let added = interners[i].count - (dictionaries[i]?.count ?? 0)
    newBatches[i] = added >= rows - rows / 32 ? newBatches[i] + 1 : 0
    let dictionary = interners[i].snapshot(lineage: lineages[i])
    if interners[i].isLarge || newBatches[i] > 1 {
      interners[i].reset()
      lineages[i] = DictionaryLineage()
      dictionaries[i] = nil
    } else {
      dictionaries[i] = dictionary
    }
    return dictionary
  }
}
