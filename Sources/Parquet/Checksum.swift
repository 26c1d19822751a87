import CZlib

/// The CRC-32 of ISO 3309, as gzip and Parquet pages use it.
enum Checksum {
  /// The checksum of at most 4 GiB of bytes.
  static func crc32(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    guard bytes.count > 0 else { return 0 }
    return UInt32(CZlib.crc32(0, bytes.bindMemory(to: UInt8.self).baseAddress, UInt32(bytes.count)))
  }
}
