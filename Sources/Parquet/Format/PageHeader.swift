/// What stands before the bytes of a page.
struct PageHeader: Sendable {
  var type: PageType = .data
  var uncompressedSize = 0
  var compressedSize = 0
  var checksum: UInt32?
  var valueCount = 0
  var encoding: Int32 = 0
  /// The encoding of definition levels; version 1 data pages only.
  var levelEncoding: Int32 = PageEncoding.rle.rawValue
  /// Version 2 data pages: bytes of both kinds of levels, which stand uncompressed before the values.
  var definitionLength = 0
  var repetitionLength = 0
  var nullCount = 0
  var rowCount = 0
  var isCompressed = true
}

extension PageHeader {
  func write(to out: inout CompactWriter) {
    out.structure { w in
      w.field(1, i32: type.rawValue)
      w.field(2, i32: Int32(uncompressedSize))
      w.field(3, i32: Int32(compressedSize))
      if let checksum { w.field(4, i32: Int32(bitPattern: checksum)) }
      if type == .dictionary {
        w.field(7) {
          $0.field(1, i32: Int32(valueCount))
          $0.field(2, i32: encoding)
        }
      } else {
        w.field(5) {
          $0.field(1, i32: Int32(valueCount))
          $0.field(2, i32: encoding)
          $0.field(3, i32: PageEncoding.rle.rawValue)
          $0.field(4, i32: PageEncoding.rle.rawValue)
        }
      }
    }
  }

  init(from reader: inout CompactReader) throws(ParquetError) {
    var header = PageHeader()
    var hasDetails = false
    try reader.structure { (r, id, type) throws(ParquetError) in
      switch id {
      case 1:
        let code = try r.int32(type)
        guard let page = PageType(rawValue: code) else { throw r.corrupt("unknown page type \(code)") }
        header.type = page
      case 2: header.uncompressedSize = Int(try r.int32(type))
      case 3: header.compressedSize = Int(try r.int32(type))
      case 4: header.checksum = UInt32(truncatingIfNeeded: try r.integer(type))
      case 5, 7:
        try header.readDetails(&r)
        hasDetails = true
      case 8:
        try header.readVersion2(&r)
        hasDetails = true
      default: return false
      }
      return true
    }
    guard header.uncompressedSize >= 0, header.compressedSize >= 0 else {
      throw reader.corrupt("a page of negative size")
    }
    guard hasDetails || header.type == .index else { throw reader.corrupt("a page header without details") }
    self = header
  }

  /// Version 1 data pages and dictionary pages agree in their first two fields.
  private mutating func readDetails(_ reader: inout CompactReader) throws(ParquetError) {
    var header = self
    try reader.structure { (r, id, type) throws(ParquetError) in
      switch id {
      case 1: header.valueCount = Int(try r.int32(type))
      case 2: header.encoding = try r.int32(type)
      case 3:
        guard type == .i32 else { return false }  // is_sorted of a dictionary
        header.levelEncoding = try r.int32(type)
      default: return false
      }
      return true
    }
    guard header.valueCount >= 0 else { throw reader.corrupt("a page of \(header.valueCount) values") }
    self = header
  }

  private mutating func readVersion2(_ reader: inout CompactReader) throws(ParquetError) {
    var header = self
    try reader.structure { (r, id, type) throws(ParquetError) in
      switch id {
      case 1: header.valueCount = Int(try r.int32(type))
      case 2: header.nullCount = Int(try r.int32(type))
      case 3: header.rowCount = Int(try r.int32(type))
      case 4: header.encoding = try r.int32(type)
      case 5: header.definitionLength = Int(try r.int32(type))
      case 6: header.repetitionLength = Int(try r.int32(type))
      case 7: header.isCompressed = try r.bool(type)
      default: return false
      }
      return true
    }
    guard header.valueCount >= 0, header.definitionLength >= 0, header.repetitionLength >= 0 else {
      throw reader.corrupt("a page header with a negative count")
    }
    self = header
  }
}
