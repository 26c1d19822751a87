/// Columns of equal length with their description. Immutable in use; copies share storage.
public struct Table: Sendable, Equatable {
  /// The description of the columns.
  public let schema: Schema
  /// The columns, in schema order.
  public let columns: [Column]
  /// The number of rows.
  public let rowCount: Int

  /// A table of `columns` as `schema` describes them.
  /// - Throws: ``TabularError`` when a column's type or length does not fit.
  public init(schema: Schema, columns: [Column]) throws(TabularError) {
    guard columns.count == schema.count else {
      throw .schemaMismatch("\(columns.count) columns for a schema of \(schema.count)")
    }
    rowCount = columns.first?.count ?? 0
    for (field, column) in zip(schema.fields, columns) {
      guard column.type == field.type else {
        throw .wrongType(column: field.name, is: column.type, expected: [field.type])
      }
      guard column.count == rowCount else {
        throw .lengthMismatch(column: field.name, rows: column.count, expected: rowCount)
      }
      column.checkInvariants()
    }
    self.schema = schema
    self.columns = columns
  }

  /// A table without rows.
  public init(empty schema: Schema) {
    self.schema = schema
    columns = schema.fields.map { .allMissing($0.type, reason: .unspecified, count: 0) }
    rowCount = 0
  }

  /// The column `name`.
  /// - Throws: ``TabularError/unknownColumn(_:candidates:)``.
  public func column(_ name: String) throws(TabularError) -> Column {
    guard let index = schema.index(of: name) else { throw .unknownColumn(name, candidates: schema.names) }
    return columns[index]
  }

  /// The columns named, in that order.
  public func selecting(_ names: [String]) throws(TabularError) -> Table {
    let picked = try schema.selecting(names)
    return try Table(schema: picked, columns: names.compactMap { schema.index(of: $0) }.map { columns[$0] })
  }

  /// The rows at `rows`, in that order; rows may repeat.
  public func gathering(_ rows: [Int32]) -> Table {
    Table(unchecked: schema, columns: columns.map { $0.gathering(rows) }, rowCount: rows.count)
  }

  /// A table that the caller knows to be sound; checked in debug builds only.
  init(unchecked schema: Schema, columns: [Column], rowCount: Int) {
    self.schema = schema
    self.columns = columns
    self.rowCount = rowCount
    #if DEBUG
      for column in columns {
        assert(column.count == rowCount, "table: a column of \(column.count) rows in a table of \(rowCount)")
        column.checkInvariants()
      }
    #endif
  }
}

/// A stretch of consecutive rows on their way from a source, small enough for the processor's caches.
public struct Batch: Sendable {
  /// The rows.
  public var table: Table

  /// A batch of the rows of `table`.
  public init(_ table: Table) { self.table = table }
}
