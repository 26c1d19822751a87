public import Tabular

/// Writes tables as an Apache Parquet file, a row group at a time.
///
/// Rows are collected until a row group is full, encoded and handed to the sink, so that the file never stands in memory
/// as a whole. The bytes depend on the rows and the options alone: not on how the rows come in batches, nor on threads.
///
/// Types: float64 is DOUBLE, int64 INT64, string BYTE_ARRAY (UTF-8), bool BOOLEAN, date INT32 (DATE). Whether a column
/// may hold nulls follows from its role and not from its data: a key is REQUIRED, everything else OPTIONAL (see
/// ``ParquetWriterOptions/requiredKeys``). Missing reasons are not written; ``Tabular/Table/withStatusColumns(always:)``
/// puts them beside their columns as text. Fields keep their units, roles and origins under the footer key `peil.schema`.
public struct ParquetWriter {
  /// The columns of every table to come.
  public let schema: Schema
  /// The rows so far.
  public private(set) var rowCount = 0

  /// How many columns are encoded before their bytes are written.
  private static let columnsAtOnce = 8

  private let options: ParquetWriterOptions
  private var output: FileOutput
  private let encoders: EncoderPool
  /// Rows that wait for a group to fill up: held, not copied.
  private var pending: [(table: Table, rows: Range<Int>)] = []
  private var pendingRows = 0
  private var groups: [RowGroupMetadata] = []
  private var indexes: [[(columns: ColumnIndex?, offsets: OffsetIndex)]] = []
  private var sorting: [SortingColumn] = []
  private var trials: [CompressionTrial]

  /// A writer of rows of `schema`, which hands the file's bytes to `sink` in order.
  /// - Throws: ``ParquetError/usage(_:)`` when an option makes no sense; what the sink throws.
  public init(
    schema: Schema, options: ParquetWriterOptions = ParquetWriterOptions(),
    sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try options.check()
    guard schema.count > 0 else { throw ParquetError.usage("a table without columns cannot be written as Parquet") }
    for name in options.sortingColumns {
      guard let column = schema.index(of: name) else {
        throw ParquetError.usage("sorted by \"\(name)\": no such column\(didYouMean(name, among: schema.names))")
      }
      sorting.append(SortingColumn(column: column, descending: false, nullsFirst: false))
    }
    self.schema = schema
    self.options = options
    encoders = try EncoderPool(options, columns: schema.count)
    trials = [CompressionTrial](repeating: CompressionTrial(options), count: schema.count)
    output = FileOutput(sink: sink)
    try output.put(magic)
  }

  /// Adds the rows of `table`.
  /// - Throws: ``ParquetError`` when its columns differ from the schema's or a key is missing; what the sink throws.
  public mutating func append(_ table: Table) throws {
    try check(table)
    var rest = 0..<table.rowCount
    while pendingRows + rest.count >= options.rowGroupRows {
      let cut = rest.lowerBound..<(rest.lowerBound + options.rowGroupRows - pendingRows)
      rest = cut.upperBound..<rest.upperBound
      pending.append((table, cut))
      try flush()
    }
    if !rest.isEmpty {
      pending.append((table, rest))
      pendingRows += rest.count
    }
  }

  /// Writes what is left and the footer.
  ///
  /// The writer is of no use afterwards.
  /// - Throws: ``ParquetError`` when a key is missing; what the sink throws.
  public mutating func finish() throws {
    if pendingRows > 0 { try flush() }
    try writeIndexes()
    var file = FileMetadata()
    file.schema = schemaElements()
    file.rowCount = rowCount
    file.rowGroups = groups
    file.keyValues = (options.keyValues + [(SchemaText.key, SchemaText.write(schema))])
      .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) }
    file.createdBy = options.createdBy
    var footer = CompactWriter()
    file.write(to: &footer)
    try output.put(footer.bytes)
    try output.put(withUnsafeBytes(of: UInt32(footer.bytes.count).littleEndian) { [UInt8]($0) })
    try output.put(magic)
  }

  /// A whole file in memory.
  /// - Throws: ``ParquetError`` when an option makes no sense or a key is missing.
  public static func encode(
    _ table: Table, options: ParquetWriterOptions = ParquetWriterOptions()
  ) throws(ParquetError) -> [UInt8] {
    let file = Collected()
    do {
      var writer = try ParquetWriter(schema: table.schema, options: options) { file.bytes.append(contentsOf: $0) }
      try writer.append(table)
      try writer.finish()
    } catch let error as ParquetError {
      throw error
    } catch {
      throw .usage("\(error)")
    }
    return file.bytes
  }

  private final class Collected {
    var bytes: [UInt8] = []
  }

  private func check(_ table: Table) throws(ParquetError) {
    guard table.schema.count == schema.count else {
      throw .usage("a table of \(table.schema.count) columns for a file of \(schema.count)")
    }
    for (mine, its) in zip(schema.fields, table.schema.fields) where mine.name != its.name || mine.type != its.type {
      throw .usage(
        "column \"\(its.name)\" (\(its.type.rawValue)) stands where \"\(mine.name)\" (\(mine.type.rawValue)) is expected"
      )
    }
  }

  /// Writes the rows that wait as a row group.
  private mutating func flush() throws {
    let group = RowPieces(pending)
    pending = []
    pendingRows = 0
    try writeGroup(group)
  }

  private mutating func writeGroup(_ rows: RowPieces) throws {
    for (c, field) in schema.fields.enumerated() where isRequired(field) {
      guard let (row, reason) = rows.firstMissing(column: c) else { continue }
      throw ParquetError.missingKey(column: field.name, row: rowCount + row, reason: reason)
    }
    let required = schema.fields.map(isRequired)
    let codecs = trials.map(\.codec)
    var group = RowGroupMetadata()
    group.rowCount = rows.count
    group.sortingColumns = sorting
    group.ordinal = Int16(exactly: groups.count)
    group.fileOffset = output.position
    var index: [(columns: ColumnIndex?, offsets: OffsetIndex)] = []
    // Some columns at a time, so that not all of the group's bytes stand in memory.
    for first in stride(from: 0, to: schema.count, by: Self.columnsAtOnce) {
      let columns = first..<min(first + Self.columnsAtOnce, schema.count)
      let chunks = encoders.encode(rows, columns: columns, required: required, codecs: codecs)
      for (column, chunk) in zip(columns, chunks) {
        let chunk = try chunk.get()
        let start = output.position
        try output.put(chunk.bytes)
        var metadata = chunk.metadata
        metadata.path = [schema[column].name]
        metadata.codec = codecs[column].code
        trials[column].note(metadata)
        metadata.dataPageOffset += start
        metadata.dictionaryPageOffset = metadata.dictionaryPageOffset.map { $0 + start }
        var offsets = chunk.offsetIndex
        for i in offsets.pages.indices { offsets.pages[i].offset += start }
        index.append((chunk.columnIndex, offsets))
        group.totalByteSize += metadata.uncompressedSize
        group.totalCompressedSize = (group.totalCompressedSize ?? 0) + metadata.compressedSize
        group.columns.append(metadata)
      }
    }
    groups.append(group)
    indexes.append(index)
    rowCount += rows.count
  }

  /// Writes the column indexes of all chunks, and behind them their offset indexes.
  private mutating func writeIndexes() throws {
    var bytes: [UInt8] = []
    let start = output.position
    func add(_ write: (inout CompactWriter) -> Void) -> (offset: Int, length: Int) {
      var writer = CompactWriter()
      write(&writer)
      defer { bytes += writer.bytes }
      return (start + bytes.count, writer.bytes.count)
    }
    for g in groups.indices {
      for c in groups[g].columns.indices {
        guard let index = indexes[g][c].columns else { continue }
        let place = add { index.write(to: &$0) }
        groups[g].columns[c].columnIndexOffset = place.offset
        groups[g].columns[c].columnIndexLength = place.length
      }
    }
    for g in groups.indices {
      for c in groups[g].columns.indices {
        let offsets = indexes[g][c].offsets
        let place = add { offsets.write(to: &$0) }
        groups[g].columns[c].offsetIndexOffset = place.offset
        groups[g].columns[c].offsetIndexLength = place.length
      }
    }
    try output.put(bytes)
  }

  private func isRequired(_ field: Field) -> Bool { options.requiredKeys && field.role == .key }

  private func schemaElements() -> [SchemaElement] {
    var root = SchemaElement()
    root.name = "schema"
    root.childCount = schema.count
    return [root]
      + schema.fields.map { field in
        var leaf = SchemaElement()
        leaf.name = field.name
        leaf.repetition = isRequired(field) ? .required : .optional
        switch field.type {
        case .float64: leaf.type = .double
        case .int64:
          (leaf.type, leaf.converted, leaf.logical) = (.int64, ConvertedType.int64, .integer(bits: 64, signed: true))
        case .string: (leaf.type, leaf.converted, leaf.logical) = (.byteArray, ConvertedType.utf8, .string)
        case .bool: leaf.type = .boolean
        case .date: (leaf.type, leaf.converted, leaf.logical) = (.int32, ConvertedType.date, .date)
        }
        return leaf
      }
  }
}

/// Where the bytes go, and how many have gone there.
private struct FileOutput {
  let sink: (UnsafeRawBufferPointer) throws -> Void
  private(set) var position = 0

  init(sink: @escaping (UnsafeRawBufferPointer) throws -> Void) { self.sink = sink }

  mutating func put(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try sink($0) }
    position += bytes.count
  }
}
