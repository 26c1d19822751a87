/// The CRC-32 of ISO 3309 (polynomial 0x04C11DB7, reflected), as gzip and Parquet pages use it.
enum Checksum {
  /// Eight tables of 256: table k advances a byte over k further zero bytes.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
      tables[byte] = value
    }
    for i in 256..<(8 * 256) { tables[i] = tables[i - 256] >> 8 ^ tables[Int(tables[i - 256] & 0xFF)] }
    return tables
  }()

  /// The checksum of `bytes`.
  static func crc32(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    guard let base = bytes.baseAddress else { return 0 }
    return tables.withUnsafeBufferPointer { t in
      var crc: UInt32 = 0xFFFF_FFFF
      var i = 0
      while i + 8 <= bytes.count {
        let word = base.loadUnaligned(fromByteOffset: i, as: UInt64.self).littleEndian ^ UInt64(crc)
        // Two halves, so that the loads do not wait for each other.
        let low =
          t[7 &* 256 &+ Int(word & 0xFF)] ^ t[6 &* 256 &+ Int(word >> 8 & 0xFF)]
          ^ t[5 &* 256 &+ Int(word >> 16 & 0xFF)] ^ t[4 &* 256 &+ Int(word >> 24 & 0xFF)]
        let high =
          t[3 &* 256 &+ Int(word >> 32 & 0xFF)] ^ t[2 &* 256 &+ Int(word >> 40 & 0xFF)]
          ^ t[256 &+ Int(word >> 48 & 0xFF)] ^ t[Int(word >> 56)]
        crc = low ^ high
        i += 8
      }
      while i < bytes.count {
        crc = crc >> 8 ^ t[Int((crc ^ UInt32(bytes[i])) & 0xFF)]
        i += 1
      }
      return ~crc
    }
  }
}
