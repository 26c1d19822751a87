/// The bytes of a page's part, and where they stand in the file: every error names the column and the place.
struct PageBytes {
  let bytes: UnsafeRawBufferPointer
  let column: String
  /// Where the page starts in the file.
  let offset: Int

  init(_ bytes: UnsafeRawBufferPointer, column: String, offset: Int) {
    self.bytes = bytes
    self.column = column
    self.offset = offset
  }

  var count: Int { bytes.count }

  /// The bytes from `start` on, at most `length` of them.
  func part(_ start: Int, length: Int? = nil) throws(ParquetError) -> PageBytes {
    let end = length.map { start.addingReportingOverflow($0).partialValue } ?? bytes.count
    guard start >= 0, start <= end, end <= bytes.count else { throw corrupt("its bytes end too early") }
    return PageBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), column: column, offset: offset)
  }

  /// The 32-bit length at `position`.
  func length(at position: Int) throws(ParquetError) -> Int {
    guard position + 4 <= bytes.count else { throw corrupt("its bytes end too early") }
    return Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
  }

  /// The varint at `position`, which moves behind it.
  func varint(at position: inout Int) throws(ParquetError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 64 {
      guard position < bytes.count else { throw corrupt("its bytes end too early") }
      let next = bytes[position]
      position += 1
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
      shift += 7
    }
    throw corrupt("a number is longer than ten bytes")
  }

  func corrupt(_ text: String) -> ParquetError { .corrupt("column \"\(column)\", a page: \(text)", offset: offset) }
}

/// Reads the hybrid of run lengths and bit packing.
enum HybridDecoder {
  /// Reads `count` numbers of `width` bits, at most 32.
  ///
  /// Width 0 needs no bytes at all: some writers leave the run header out, and every number is 0 anyway.
  static func decode(_ source: PageBytes, count: Int, width: Int) throws(ParquetError) -> [UInt32] {
    guard width <= 32 else { throw source.corrupt("numbers of \(width) bits") }
    if width == 0 || count == 0 { return [UInt32](repeating: 0, count: count) }
    var failure: ParquetError?
    let values = [UInt32](unsafeUninitializedCapacity: count) { out, filled in
      do throws(ParquetError) {
        try decode(source, width: width, into: out)
        filled = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return values
  }

  private static func decode(
    _ source: PageBytes, width: Int, into out: UnsafeMutableBufferPointer<UInt32>
  ) throws(ParquetError) {
    var position = 0
    var filled = 0
    let valueBytes = (width + 7) / 8
    while filled < out.count {
      let header = try source.varint(at: &position)
      let left = out.count - filled
      if header & 1 == 0 {
        // A run may state more than is left; what is too much is not used.
        let run = Int(min(header >> 1, UInt64(left)))
        guard run > 0 else { throw source.corrupt("a run of no values") }
        guard position + valueBytes <= source.count else { throw source.corrupt("its bytes end too early") }
        var value: UInt32 = 0
        for byte in 0..<valueBytes { value |= UInt32(source.bytes[position + byte]) << UInt32(8 * byte) }
        position += valueBytes
        guard width == 32 || value >> UInt32(width) == 0 else { throw source.corrupt("a run of values too wide") }
        UnsafeMutableBufferPointer(rebasing: out[filled..<(filled + run)]).update(repeating: value)
        filled += run
      } else {
        let groups = Int(min(header >> 1, UInt64(left + 7) / 8))
        let run = min(groups * 8, left)
        guard run > 0 else { throw source.corrupt("a run of no values") }
        // The last group may be cut short behind the last value.
        guard position + (run * width + 7) / 8 <= source.count else { throw source.corrupt("its bytes end too early") }
        let part = UnsafeMutableBufferPointer(rebasing: out[filled..<(filled + run)])
        unpack(source.bytes, from: position, width: width, into: part)
        position += groups * width
        filled += run
      }
    }
  }

  /// Unpacks numbers of `width` bits, lowest bits first, which start at byte `start`.
  static func unpack(
    _ bytes: UnsafeRawBufferPointer, from start: Int, width: Int, into out: UnsafeMutableBufferPointer<UInt32>
  ) {
    let mask = width == 32 ? UInt32.max : (1 << UInt32(width)) - 1
    // A number lies within the eight bytes from its first one on; near the end those are not all there.
    let safe = bytes.count - start < 8 ? 0 : min(out.count, ((bytes.count - start - 8) * 8) / width)
    var bit = 0
    for i in 0..<safe {
      let word = bytes.loadUnaligned(fromByteOffset: start &+ bit >> 3, as: UInt64.self).littleEndian
      out[i] = UInt32(truncatingIfNeeded: word &>> UInt64(bit & 7)) & mask
      bit &+= width
    }
    for i in safe..<out.count {
      var word: UInt64 = 0
      let first = start + bit >> 3
      for byte in 0..<min(8, bytes.count - first) { word |= UInt64(bytes[first + byte]) << UInt64(8 * byte) }
      out[i] = UInt32(truncatingIfNeeded: word >> UInt64(bit & 7)) & mask
      bit += width
    }
  }
}
