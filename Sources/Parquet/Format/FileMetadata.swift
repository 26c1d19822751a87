/// The footer: everything that a reader must know before it reads a page.
struct FileMetadata: Sendable {
  var version: Int32 = 1
  var schema: [SchemaElement] = []
  var rowCount = 0
  var rowGroups: [RowGroupMetadata] = []
  var keyValues: [(key: String, value: String?)] = []
  var createdBy: String?
}

/// Rows that stand together in the file.
struct RowGroupMetadata: Sendable {
  var columns: [ChunkMetadata] = []
  var totalByteSize = 0
  var rowCount = 0
  var sortingColumns: [SortingColumn] = []
  var fileOffset: Int?
  var totalCompressedSize: Int?
  var ordinal: Int16?
}

/// A column by which the rows of a group are sorted.
struct SortingColumn: Sendable {
  var column: Int
  var descending: Bool
  var nullsFirst: Bool
}

/// Pages of one type and encoding.
struct EncodingCount: Sendable {
  var page: PageType
  var encoding: PageEncoding
  var count: Int
}

/// One column of one row group.
struct ChunkMetadata: Sendable {
  var type: PhysicalType = .boolean
  var encodings: [Int32] = []
  var path: [String] = []
  var codec: Int32 = 0
  var valueCount = 0
  var uncompressedSize = 0
  var compressedSize = 0
  var dataPageOffset = 0
  var dictionaryPageOffset: Int?
  var statistics: Statistics?
  var encodingCounts: [EncodingCount] = []
  var offsetIndexOffset: Int?
  var offsetIndexLength: Int?
  var columnIndexOffset: Int?
  var columnIndexLength: Int?
  /// The chunk lies in another file.
  var filePath: String?
  var isEncrypted = false
}

/// What is known of the values of a chunk.
struct Statistics: Sendable, Equatable {
  var nullCount: Int?
  var nanCount: Int?
  var minimum: [UInt8]?
  var maximum: [UInt8]?
  var minimumIsExact = true
  var maximumIsExact = true
}

extension FileMetadata {
  func write(to out: inout CompactWriter) {
    out.structure { w in
      w.field(1, i32: version)
      w.field(2, structures: schema) { $1.write(to: &$0) }
      w.field(3, i64: Int64(rowCount))
      w.field(4, structures: rowGroups) { $1.write(to: &$0) }
      if !keyValues.isEmpty {
        w.field(5, structures: keyValues) {
          $0.field(1, text: $1.key)
          if let value = $1.value { $0.field(2, text: value) }
        }
      }
      if let createdBy { w.field(6, text: createdBy) }
      // TYPE_ORDER for every leaf: without it minimum and maximum have no meaning.
      w.field(7, structures: schema.filter { $0.type != nil }) { w, _ in w.field(1) { _ in } }
    }
  }

  init(from reader: inout CompactReader) throws(ParquetError) {
    var file = FileMetadata()
    try reader.structure { (r, id, type) throws(ParquetError) in
      switch id {
      case 1: file.version = try r.int32(type)
      case 2: file.schema = try r.list(type) { (r, _) throws(ParquetError) in try SchemaElement(from: &r) }
      case 3: file.rowCount = try r.count(type)
      case 4: file.rowGroups = try r.list(type) { (r, _) throws(ParquetError) in try RowGroupMetadata(from: &r) }
      case 5: file.keyValues = try r.list(type) { (r, _) throws(ParquetError) in try Self.readKeyValue(&r) }
      case 6: file.createdBy = try r.text(type)
      case 8: throw ParquetError.unsupported(column: "", "the file is encrypted; write it without encryption")
      default: return false
      }
      return true
    }
    self = file
  }

  private static func readKeyValue(
    _ reader: inout CompactReader
  ) throws(ParquetError) -> (key: String, value: String?) {
    var pair: (key: String, value: String?) = ("", nil)
    try reader.structure { (r, id, type) throws(ParquetError) in
      switch id {
      case 1: pair.key = try r.text(type)
      case 2: pair.value = try r.text(type)
      default: return false
      }
      return true
    }
    return pair
  }
}

extension RowGroupMetadata {
  func write(to out: inout CompactWriter) {
    out.field(1, structures: columns) { $1.write(to: &$0) }
    out.field(2, i64: Int64(totalByteSize))
    out.field(3, i64: Int64(rowCount))
    if !sortingColumns.isEmpty {
      out.field(4, structures: sortingColumns) {
        $0.field(1, i32: Int32($1.column))
        $0.field(2, bool: $1.descending)
        $0.field(3, bool: $1.nullsFirst)
      }
    }
    if let fileOffset { out.field(5, i64: Int64(fileOffset)) }
    if let totalCompressedSize { out.field(6, i64: Int64(totalCompressedSize)) }
    if let ordinal { out.field(7, i16: ordinal) }
  }

  /// File offset, ordinal and sorting columns are not read: old writers state them wrongly and nothing here needs them.
  init(from reader: inout CompactReader) throws(ParquetError) {
    var group = RowGroupMetadata()
    try reader.structure { (r, id, type) throws(ParquetError) in
      switch id {
      case 1: group.columns = try r.list(type) { (r, _) throws(ParquetError) in try ChunkMetadata(from: &r) }
      case 2: group.totalByteSize = Int(try r.integer(type))
      case 3: group.rowCount = try r.count(type)
      default: return false
      }
      return true
    }
    self = group
  }
}
