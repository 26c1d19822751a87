import CSnappy
import CZlib
import CZstd

/// The ways in which pages of a file may be compressed.
enum PageCodec: Int32 {
  case none = 0
  case snappy = 1
  case gzip = 2
  case lzo = 3
  case brotli = 4
  case lz4Hadoop = 5
  case zstd = 6
  case lz4 = 7

  var name: String {
    switch self {
    case .none: "none"
    case .snappy: "snappy"
    case .gzip: "gzip"
    case .lzo: "lzo"
    case .brotli: "brotli"
    case .lz4Hadoop: "lz4 (the deprecated Hadoop form)"
    case .zstd: "zstd"
    case .lz4: "lz4_raw"
    }
  }

  /// The codec of number `code`, if pages in it can be read.
  static func readable(_ code: Int32, column: String) throws(ParquetError) -> PageCodec {
    let codec = PageCodec(rawValue: code)
    if let codec, ![.lzo, .brotli, .lz4Hadoop].contains(codec) { return codec }
    throw .unsupported(
      column: column,
      "compressed with \(codec?.name ?? "codec \(code)"), which is not supported; "
        + "write the file with none, snappy, gzip, zstd or lz4_raw")
  }

  /// The `size` bytes that `source` holds compressed.
  func decompress(_ source: PageBytes, size: Int) throws(ParquetError) -> [UInt8] {
    if source.count == 0 {
      guard size == 0 else { throw source.corrupt("\(size) bytes out of none") }
      return []
    }
    var failure: String?
    // Checked before memory is taken: no codec yields more than this from so few bytes.
    switch self {
    case .none: if size != source.count { failure = "\(source.count) bytes where \(size) are stated" }
    case .snappy:
      var length = 0
      let status = snappy_uncompressed_length(source.bytes.bindMemory(to: CChar.self).baseAddress, source.count, &length)
      if status != SNAPPY_OK || length != size { failure = "its snappy block is damaged" }
    case .zstd:
      let length = ZSTD_getFrameContentSize(source.bytes.baseAddress, source.count)
      // The two highest numbers say: damaged, and not stated.
      if length == .max - 1 || (length != .max && length > UInt64(size)) { failure = "its zstd frame is damaged" }
    case .gzip: if size / 1040 > source.count { failure = "its gzip member is damaged" }
    case .lz4: if size / 256 > source.count { failure = "its lz4 block is damaged" }
    default: failure = "it is compressed with \(name)"
    }
    if let failure { throw source.corrupt(failure) }
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { out, filled in
      if inflate(source.bytes, into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(out)[..<size])) {
        filled = size
      } else {
        failure = "its \(name) bytes are damaged"
      }
    }
    if let failure { throw source.corrupt(failure) }
    return bytes
  }

  /// Fills all of `out`; false when the bytes are damaged or give another number of bytes.
  private func inflate(_ source: UnsafeRawBufferPointer, into out: UnsafeMutableRawBufferPointer) -> Bool {
    switch self {
    case .snappy:
      var length = out.count
      let status = snappy_uncompress(
        source.bindMemory(to: CChar.self).baseAddress, source.count, out.bindMemory(to: CChar.self).baseAddress, &length)
      return status == SNAPPY_OK && length == out.count
    case .zstd: return ZSTD_decompress(out.baseAddress, out.count, source.baseAddress, source.count) == out.count
    case .gzip: return Self.gunzip(source, into: out)
    case .lz4: return Self.unlz4(source, into: out)
    default:
      out.copyMemory(from: source)
      return true
    }
  }

  /// Members of gzip, or of zlib, one after the other.
  private static func gunzip(_ source: UnsafeRawBufferPointer, into out: UnsafeMutableRawBufferPointer) -> Bool {
    var stream = z_stream()
    guard inflateInit2_(&stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return false }
    defer { inflateEnd(&stream) }
    stream.next_in = UnsafeMutablePointer(mutating: source.bindMemory(to: UInt8.self).baseAddress)
    stream.avail_in = UInt32(source.count)
    stream.next_out = out.bindMemory(to: UInt8.self).baseAddress
    stream.avail_out = UInt32(out.count)
    while true {
      guard CZlib.inflate(&stream, Z_FINISH) == Z_STREAM_END else { return false }
      if stream.avail_in == 0 { return stream.avail_out == 0 }
      guard inflateReset(&stream) == Z_OK else { return false }
    }
  }

  /// A block of LZ4: a token, literal bytes, and a copy from what is already there, again and again.
  private static func unlz4(_ source: UnsafeRawBufferPointer, into out: UnsafeMutableRawBufferPointer) -> Bool {
    var (position, filled) = (0, 0)
    func extended(_ nibble: UInt8) -> Int? {
      var length = Int(nibble)
      guard nibble == 15 else { return length }
      while position < source.count {
        let byte = source[position]
        position += 1
        length += Int(byte)
        if byte < 255 { return length }
      }
      return nil
    }
    while position < source.count {
      let token = source[position]
      position += 1
      guard let literals = extended(token >> 4), literals <= source.count - position, literals <= out.count - filled
      else { return false }
      for i in 0..<literals { out[filled + i] = source[position + i] }
      position += literals
      filled += literals
      if position == source.count { return filled == out.count }
      guard position + 2 <= source.count else { return false }
      let distance = Int(source[position]) | Int(source[position + 1]) << 8
      position += 2
      guard distance > 0, distance <= filled, let extra = extended(token & 15), extra + 4 <= out.count - filled
      else { return false }
      // Byte by byte: the copy may overlap what it makes.
      for i in 0..<(extra + 4) { out[filled + i] = out[filled + i - distance] }
      filled += extra + 4
    }
    return filled == out.count
  }
}
