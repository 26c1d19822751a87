public import Tabular

/// What a caller may decide about reading.
public struct ParquetReaderOptions: Sendable {
  /// Whether status columns become the missing reasons of their columns again and disappear as columns.
  public var foldStatus: Bool
  /// Whether pages are checked against the checksums in their headers, where those stand.
  public var verifyChecksums: Bool
  /// Columns that are read at the same time.
  public var threads: Int
  /// Who runs the work of several threads; without it a queue of its own.
  public var parallel: ParallelRunner?

  /// Options; the defaults suit files of unknown origin.
  public init(
    foldStatus: Bool = true, verifyChecksums: Bool = true, threads: Int = 1, parallel: ParallelRunner? = nil
  ) {
    self.parallel = parallel
    self.foldStatus = foldStatus
    self.verifyChecksums = verifyChecksums
    self.threads = threads
  }
}

/// Reads flat Parquet files.
///
/// All encodings of flat columns and both versions of pages are read; codecs none, snappy, gzip, zstd and lz4_raw.
/// Integers become int64, numbers and decimals float64 (the nearest double), dates date, and texts, enums, JSON and
/// UUIDs string; timestamps and times of day become ISO 8601 text whose digits show the unit. Nested columns, intervals
/// and bytes of fixed length are refused by name. A null becomes a missing cell for ``Tabular/MissingReason/unspecified``,
/// unless a status column knows better; a NaN does too, since columns know none.
public struct ParquetReader: Sendable {
  /// The columns of the tables to come.
  ///
  /// Units, roles and origins stand in files of ours alone.
  public let schema: Schema
  /// The rows of all row groups.
  public let rowCount: Int
  /// The texts in the footer, in the order of the file.
  public let keyValues: [(key: String, value: String)]
  /// Who wrote the file, when it says so.
  public let createdBy: String?

  private let source: any ParquetSource
  private let options: ParquetReaderOptions
  let metadata: FileMetadata
  /// For each column of the schema its place in the file, and that of its status column.
  private let places: [(column: Int, status: Int?)]
  let leaves: [SchemaElement]
  private let conversions: [Conversion]

  /// A reader of the file at `path`.
  /// - Throws: ``ParquetError`` when it cannot be opened, is damaged or holds nested columns.
  public init(path: String, options: ParquetReaderOptions = ParquetReaderOptions()) throws(ParquetError) {
    try self.init(try ParquetFile(path: path), options: options)
  }

  /// A reader of a file that stands in memory.
  /// - Throws: ``ParquetError`` when it is damaged or holds nested columns.
  public init(bytes: [UInt8], options: ParquetReaderOptions = ParquetReaderOptions()) throws(ParquetError) {
    try self.init(ParquetBytes(bytes), options: options)
  }

  /// A reader of the file that `source` holds.
  /// - Throws: ``ParquetError`` when it is damaged or holds nested columns.
  public init(_ source: any ParquetSource, options: ParquetReaderOptions = ParquetReaderOptions()) throws(ParquetError)
  {
    self.source = source
    self.options = options
    metadata = try Self.readFooter(source)
    rowCount = metadata.rowCount
    createdBy = metadata.createdBy
    keyValues = metadata.keyValues.map { ($0.key, $0.value ?? "") }
    leaves = try Self.leaves(metadata.schema)
    var conversions: [Conversion] = []
    for leaf in leaves { conversions.append(try Conversion(leaf)) }
    self.conversions = conversions
    let fields = try Self.fields(leaves, conversions, keyValues)
    places = options.foldStatus ? Self.folded(fields) : fields.indices.map { ($0, nil) }
    do throws(TabularError) {
      schema = try Schema(places.map { fields[$0.column] })
    } catch {
      throw .unsupported(column: "", error.description)
    }
    try checkGroups()
  }

  /// The number of row groups.
  public var rowGroupCount: Int { metadata.rowGroups.count }

  /// The rows of row group `index`.
  public func rowCount(ofGroup index: Int) -> Int { metadata.rowGroups[index].rowCount }

  /// The rows of row group `index`; of all columns, or of those named, in that order.
  /// - Throws: ``ParquetError`` when the bytes are damaged or a column cannot be read.
  public func readRowGroup(_ index: Int, columns: [String]? = nil) throws(ParquetError) -> Table {
    guard metadata.rowGroups.indices.contains(index) else {
      throw .usage("row group \(index): the file has \(rowGroupCount)")
    }
    return try read(groups: index..<(index + 1), columns: columns)
  }

  /// All rows; of all columns, or of those named, in that order.
  /// - Throws: ``ParquetError`` when the bytes are damaged or a column cannot be read.
  public func read(columns: [String]? = nil) throws(ParquetError) -> Table {
    try read(groups: 0..<rowGroupCount, columns: columns)
  }

  private func read(groups: Range<Int>, columns: [String]?) throws(ParquetError) -> Table {
    do {
      let schema = try columns.map { names throws(TabularError) in try self.schema.selecting(names) } ?? self.schema
      let wanted = schema.names.compactMap { self.schema.index(of: $0) }
      let read = try inParallel(count: wanted.count, threads: options.threads, options.parallel) {
        (i) throws(ParquetError) in
        try column(wanted[i], groups)
      }
      return try Table(schema: schema, columns: read)
    } catch let error as ParquetError {
      throw error
    } catch {
      throw .usage("\(error)")
    }
  }

  /// The column at `index` of the schema, with its reasons.
  private func column(_ index: Int, _ groups: Range<Int>) throws(ParquetError) -> Column {
    let column = try leafColumn(places[index].column, groups)
    guard let status = places[index].status, column.missing != nil,
      case .string(let labels) = try leafColumn(status, groups)
    else { return column }
    return try column.with(labels: labels, name: leaves[places[index].column].name)
  }

  private func leafColumn(_ index: Int, _ groups: Range<Int>) throws(ParquetError) -> Column {
    var assembly = ColumnAssembly(leaves[index], conversions[index], verifiesChecksums: options.verifyChecksums)
    for group in groups where metadata.rowGroups[group].rowCount > 0 {
      let chunk = metadata.rowGroups[group].columns[index]
      // Old writers state dictionary offset 0 for no dictionary.
      var start = chunk.dataPageOffset
      if let dictionary = chunk.dictionaryPageOffset, dictionary > 0 { start = min(start, dictionary) }
      guard start >= 4, chunk.compressedSize <= source.size - start else {
        throw .corrupt("column \"\(leaves[index].name)\": its chunk runs past the end of the file", offset: start)
      }
      let bytes = try source.read(at: start, count: chunk.compressedSize)
      try bytes.withUnsafeBufferPointer { (buffer) throws(ParquetError) in
        try assembly.append(chunk, UnsafeRawBufferPointer(buffer), offset: start)
      }
    }
    return assembly.build()
  }
}
