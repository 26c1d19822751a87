/// Reads numbers that stand as differences in blocks (DELTA_BINARY_PACKED), and texts that build on them.
enum DeltaDecoder {
  /// Reads numbers and says where their bytes end. At most `limit` numbers are accepted.
  ///
  /// Header: values in a block, miniblocks in a block, number of values, first value. Block: least difference, a width
  /// for each miniblock, the miniblocks. All sums wrap around.
  static func integers(_ source: PageBytes, limit: Int) throws(ParquetError) -> (values: [Int64], end: Int) {
    var position = 0
    let blockSize = try source.varint(at: &position)
    let miniblocks = try source.varint(at: &position)
    let total = try source.varint(at: &position)
    var value = try zigzag(source, &position)
    guard blockSize > 0, blockSize <= 1 << 20, blockSize % 128 == 0, miniblocks > 0, blockSize % miniblocks == 0,
      (blockSize / miniblocks) % 32 == 0
    else { throw source.corrupt("differences in blocks of \(blockSize) with \(miniblocks) miniblocks") }
    guard total <= UInt64(limit) else { throw source.corrupt("\(total) differences for \(limit) values") }
    let perMiniblock = Int(blockSize / miniblocks)
    let count = Int(total)
    var values: [Int64] = []
    values.reserveCapacity(count)
    if count > 0 { values.append(value) }
    while values.count < count {
      let least = try zigzag(source, &position)
      let widths = try source.part(position, length: Int(miniblocks))
      position += Int(miniblocks)
      for width in widths.bytes where values.count < count {
        guard width <= 64 else { throw source.corrupt("differences of \(width) bits") }
        let size = perMiniblock * Int(width) / 8
        let part = try source.part(position, length: min(size, max(0, source.count - position)))
        position += part.count
        let taken = min(perMiniblock, count - values.count)
        guard part.count * 8 >= taken * Int(width) else { throw source.corrupt("its bytes end too early") }
        for i in 0..<taken {
          let delta = bits(part.bytes, at: i * Int(width), width: Int(width))
          value = value &+ least &+ Int64(bitPattern: delta)
          values.append(value)
        }
      }
    }
    return (values, position)
  }

  /// The number of `width` bits at bit `bit`; up to 64 bits lie in nine bytes.
  private static func bits(_ bytes: UnsafeRawBufferPointer, at bit: Int, width: Int) -> UInt64 {
    if width == 0 { return 0 }
    let first = bit >> 3
    let shift = UInt64(bit & 7)
    let mask = width == 64 ? UInt64.max : (1 << UInt64(width)) - 1
    if first + 9 <= bytes.count {
      let low = bytes.loadUnaligned(fromByteOffset: first, as: UInt64.self).littleEndian >> shift
      return (low | UInt64(bytes[first + 8]) << (64 - shift)) & mask
    }
    var low: UInt64 = 0
    for byte in 0..<min(8, bytes.count - first) { low |= UInt64(bytes[first + byte]) << UInt64(8 * byte) }
    return (low >> shift) & mask
  }

  private static func zigzag(_ source: PageBytes, _ position: inout Int) throws(ParquetError) -> Int64 {
    let raw = try source.varint(at: &position)
    return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
  }

  /// Texts whose lengths stand before all their bytes (DELTA_LENGTH_BYTE_ARRAY).
  static func lengthPrefixed(_ source: PageBytes, count: Int) throws(ParquetError) -> ByteList {
    let (lengths, end) = try integers(source, limit: count)
    guard lengths.count == count else { throw source.corrupt("\(lengths.count) lengths for \(count) texts") }
    var list = ByteList(capacity: count)
    var position = end
    for length in lengths {
      guard length >= 0, length <= Int64(source.count - position) else { throw source.corrupt("a text of \(length) bytes") }
      list.append(UnsafeRawBufferPointer(rebasing: source.bytes[position..<(position + Int(length))]))
      position += Int(length)
    }
    return list
  }

  /// Texts that share a beginning with the one before (DELTA_BYTE_ARRAY).
  static func prefixShared(_ source: PageBytes, count: Int) throws(ParquetError) -> ByteList {
    let (prefixes, end) = try integers(source, limit: count)
    guard prefixes.count == count else { throw source.corrupt("\(prefixes.count) beginnings for \(count) texts") }
    let suffixes = try lengthPrefixed(try source.part(end), count: count)
    var list = ByteList(capacity: count)
    var text: [UInt8] = []
    for (i, prefix) in prefixes.enumerated() {
      guard prefix >= 0, prefix <= Int64(text.count) else { throw source.corrupt("a shared beginning of \(prefix) bytes") }
      text.removeSubrange(Int(prefix)...)
      text.append(contentsOf: suffixes[i])
      // Beginnings are repeated, so that a short page can stand for much text.
      guard list.bytes.count <= 1 << 30 else { throw source.corrupt("more than 1 GiB of text") }
      text.withUnsafeBytes { list.append($0) }
    }
    return list
  }
}

/// Byte strings, one after the other.
struct ByteList {
  private(set) var bytes: [UInt8] = []
  private(set) var ends: [Int] = []

  init(capacity: Int) { ends.reserveCapacity(capacity) }

  var count: Int { ends.count }

  mutating func append(_ value: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: value)
    ends.append(bytes.count)
  }

  subscript(index: Int) -> ArraySlice<UInt8> { bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]] }

  /// Calls `body` with every string.
  func forEach(_ body: (UnsafeBufferPointer<UInt8>) throws(ParquetError) -> Void) throws(ParquetError) {
    try bytes.withUnsafeBufferPointer { (all) throws(ParquetError) in
      var start = 0
      for end in ends {
        try body(UnsafeBufferPointer(rebasing: all[start..<end]))
        start = end
      }
    }
  }
}
