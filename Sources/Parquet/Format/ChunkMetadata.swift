extension ChunkMetadata {
  func write(to out: inout CompactWriter) {
    out.field(2, i64: 0)  // file_offset: deprecated, readers take the page offsets
    out.field(3) { writeColumn(to: &$0) }
    if let offsetIndexOffset { out.field(4, i64: Int64(offsetIndexOffset)) }
    if let offsetIndexLength { out.field(5, i32: Int32(offsetIndexLength)) }
    if let columnIndexOffset { out.field(6, i64: Int64(columnIndexOffset)) }
    if let columnIndexLength { out.field(7, i32: Int32(columnIndexLength)) }
  }

  private func writeColumn(to out: inout CompactWriter) {
    out.field(1, i32: type.rawValue)
    out.field(2, i32s: encodings)
    out.field(3, binaries: path.map { Array($0.utf8) })
    out.field(4, i32: codec)
    out.field(5, i64: Int64(valueCount))
    out.field(6, i64: Int64(uncompressedSize))
    out.field(7, i64: Int64(compressedSize))
    out.field(9, i64: Int64(dataPageOffset))
    if let dictionaryPageOffset { out.field(11, i64: Int64(dictionaryPageOffset)) }
    if let statistics { out.field(12) { statistics.write(to: &$0) } }
    if !encodingCounts.isEmpty {
      out.field(13, structures: encodingCounts) {
        $0.field(1, i32: $1.page.rawValue)
        $0.field(2, i32: $1.encoding.rawValue)
        $0.field(3, i32: Int32($1.count))
      }
    }
  }

  init(from reader: inout CompactReader) throws(ParquetError) {
    var chunk = ChunkMetadata()
    var hasColumn = false
    try reader.structure { (r, id, type) throws(ParquetError) in
      switch id {
      case 1: chunk.filePath = try r.text(type)
      case 3:
        hasColumn = true
        try chunk.readColumn(&r)
      case 8, 9:
        chunk.isEncrypted = true
        try r.skip(type)
      default: return false
      }
      return true
    }
    guard hasColumn || chunk.isEncrypted else { throw reader.corrupt("a column chunk without its description") }
    self = chunk
  }

  private mutating func readColumn(_ reader: inout CompactReader) throws(ParquetError) {
    var chunk = self
    try reader.structure { (r, id, type) throws(ParquetError) in
      switch id {
      case 1:
        let code = try r.int32(type)
        guard let physical = PhysicalType(rawValue: code) else { throw r.corrupt("unknown physical type \(code)") }
        chunk.type = physical
      case 2: chunk.encodings = try r.list(type) { (r, type) throws(ParquetError) in try r.int32(type) }
      case 3: chunk.path = try r.list(type) { (r, type) throws(ParquetError) in try r.text(type) }
      case 4: chunk.codec = try r.int32(type)
      case 5: chunk.valueCount = try r.count(type)
      case 6: chunk.uncompressedSize = try r.count(type)
      case 7: chunk.compressedSize = try r.count(type)
      case 9: chunk.dataPageOffset = try r.count(type)
      case 11: chunk.dictionaryPageOffset = try r.count(type)
      case 12: chunk.statistics = try Statistics(from: &r)
      default: return false
      }
      return true
    }
    self = chunk
  }
}

extension Statistics {
  /// The deprecated minimum and maximum (fields 1 and 2) are not written.
  func write(to out: inout CompactWriter) {
    if let nullCount { out.field(3, i64: Int64(nullCount)) }
    if let maximum { out.field(5, binary: maximum) }
    if let minimum { out.field(6, binary: minimum) }
    if maximum != nil { out.field(7, bool: maximumIsExact) }
    if minimum != nil { out.field(8, bool: minimumIsExact) }
    if let nanCount { out.field(9, i64: Int64(nanCount)) }
  }

  init(from reader: inout CompactReader) throws(ParquetError) {
    var statistics = Statistics()
    try reader.structure { (r, id, type) throws(ParquetError) in
      switch id {
      case 3: statistics.nullCount = try r.count(type)
      case 5: statistics.maximum = try r.binary(type)
      case 6: statistics.minimum = try r.binary(type)
      case 7: statistics.maximumIsExact = try r.bool(type)
      case 8: statistics.minimumIsExact = try r.bool(type)
      case 9: statistics.nanCount = try r.count(type)
      default: return false
      }
      return true
    }
    self = statistics
  }
}
