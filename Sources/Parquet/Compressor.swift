import CSnappy
import CZstd

/// Compresses pages one at a time: a page is one frame.
///
/// Holds its working memory; not for sharing between threads.
final class Compressor {
  /// Set before each chunk: one of the options' codec and none.
  var codec: ParquetCodec
  private let level: Int32
  private let context: OpaquePointer?
  private let store = ByteStore()

  init(_ codec: ParquetCodec, zstdLevel: Int) throws(ParquetError) {
    self.codec = codec
    level = Int32(zstdLevel)
    context = codec == .zstd ? ZSTD_createCCtx() : nil
    guard codec != .zstd || context != nil else { throw .usage("no memory for a zstd context") }
  }

  deinit { ZSTD_freeCCtx(context) }

  /// The compressed form of `body`; stays valid until the next call.
  ///
  /// Empty bodies stay empty.
  func compress(_ body: UnsafeRawBufferPointer) throws(ParquetError) -> UnsafeRawBufferPointer {
    guard codec != .none, body.count > 0, let source = body.baseAddress else { return body }
    if codec == .snappy {
      var length = snappy_max_compressed_length(body.count)
      let out = store.room(for: length, of: CChar.self)
      let status = snappy_compress(source.assumingMemoryBound(to: CChar.self), body.count, out, &length)
      guard status == SNAPPY_OK else { throw .usage("snappy could not compress a page of \(body.count) bytes") }
      return UnsafeRawBufferPointer(start: out, count: length)
    }
    let bound = ZSTD_compressBound(body.count)
    let out = store.room(for: bound, of: UInt8.self)
    let length = ZSTD_compressCCtx(context, out, bound, source, body.count, level)
    guard ZSTD_isError(length) == 0 else {
      throw .usage("zstd could not compress a page: \(String(cString: ZSTD_getErrorName(length)))")
    }
    return UnsafeRawBufferPointer(start: out, count: length)
  }
}

/// Whether compressing a column is worth its while, as its chunks so far tell.
///
/// Numbers packed into as many bits as they need often shrink by a few percent only, which costs the writer and every
/// reader more time than it saves. A column of which a chunk shrinks by less than ``ParquetWriterOptions/smallestGain`` is
/// written as it is in the next seven row groups, and tried again in the eighth. So the choice follows from the rows and
/// the options alone.
struct CompressionTrial {
  private static let groupsBetween = 7
  private let wanted: ParquetCodec
  private let smallestGain: Double
  /// Row groups to come that are not compressed.
  private var left = 0

  init(_ options: ParquetWriterOptions) {
    wanted = options.codec
    smallestGain = options.smallestGain
  }

  /// How the column's chunk in the next row group is compressed.
  var codec: ParquetCodec { left > 0 ? .none : wanted }

  /// Takes note of what that chunk came to.
  mutating func note(_ chunk: ChunkMetadata) {
    if left > 0 {
      left -= 1
    } else if wanted != .none, Double(chunk.compressedSize) > (1 - smallestGain) * Double(chunk.uncompressedSize) {
      left = Self.groupsBetween
    }
  }
}
