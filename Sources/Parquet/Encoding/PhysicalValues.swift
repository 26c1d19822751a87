/// The values of a page as they stand in the file, nulls left out.
enum PhysicalValues {
  case boolean([UInt8])
  case int32([Int32])
  case int64([Int64])
  case float([Float])
  case double([Double])
  case bytes(ByteList)
  /// INT96 and byte strings of fixed length.
  case fixed([UInt8], width: Int)

  /// Reads `count` values of `type`; `width` is the length of a FIXED_LEN_BYTE_ARRAY.
  static func decode(
    _ source: PageBytes, type: PhysicalType, width: Int, encoding: PageEncoding, count: Int
  ) throws(ParquetError) -> PhysicalValues {
    switch (encoding, type) {
    case (.plain, _): return try plain(source, type: type, width: width, count: count)
    case (.rle, .boolean):
      let length = count == 0 ? 0 : try source.length(at: 0)
      let part = try source.part(count == 0 ? 0 : 4, length: length)
      return .boolean(try HybridDecoder.decode(part, count: count, width: 1).map { UInt8($0) })
    case (.deltaBinaryPacked, .int32):
      return .int32(try integers(source, count: count).map { Int32(truncatingIfNeeded: $0) })
    case (.deltaBinaryPacked, .int64): return .int64(try integers(source, count: count))
    case (.deltaLengthByteArray, .byteArray): return .bytes(try DeltaDecoder.lengthPrefixed(source, count: count))
    case (.deltaByteArray, .byteArray): return .bytes(try DeltaDecoder.prefixShared(source, count: count))
    case (.deltaByteArray, .fixedLengthByteArray):
      let list = try DeltaDecoder.prefixShared(source, count: count)
      for (i, end) in list.ends.enumerated() where end != (i + 1) * width {
        throw source.corrupt("a value that is not \(width) bytes long")
      }
      return .fixed(list.bytes, width: width)
    case (.byteStreamSplit, .float), (.byteStreamSplit, .double), (.byteStreamSplit, .int32),
      (.byteStreamSplit, .int64), (.byteStreamSplit, .fixedLengthByteArray):
      return try unsplit(source, type: type, width: width, count: count)
    default:
      throw .unsupported(column: source.column, "encoding \(encoding) of \(type) values is not supported")
    }
  }

  private static func integers(_ source: PageBytes, count: Int) throws(ParquetError) -> [Int64] {
    let values = try DeltaDecoder.integers(source, limit: count).values
    guard values.count == count else { throw source.corrupt("\(values.count) differences for \(count) values") }
    return values
  }

  private static func plain(
    _ source: PageBytes, type: PhysicalType, width: Int, count: Int
  ) throws(ParquetError) -> PhysicalValues {
    switch type {
    case .boolean:
      guard source.count >= (count + 7) / 8 else { throw source.corrupt("its bytes end too early") }
      return .boolean((0..<count).map { source.bytes[$0 / 8] >> UInt8($0 % 8) & 1 })
    case .int32: return .int32(try copied(source, count: count, zero: 0))
    case .int64: return .int64(try copied(source, count: count, zero: 0))
    case .float: return .float(try copied(source, count: count, zero: 0))
    case .double: return .double(try copied(source, count: count, zero: 0))
    case .int96: return .fixed(try copied(source, count: count * 12, zero: 0), width: 12)
    case .fixedLengthByteArray: return .fixed(try copied(source, count: count * width, zero: 0), width: width)
    case .byteArray:
      var list = ByteList(capacity: count)
      var position = 0
      for _ in 0..<count {
        let length = try source.length(at: position)
        position += 4
        guard length <= source.count - position else { throw source.corrupt("a text of \(length) bytes") }
        list.append(UnsafeRawBufferPointer(rebasing: source.bytes[position..<(position + length)]))
        position += length
      }
      return .bytes(list)
    }
  }

  private static func copied<E: BitwiseCopyable>(_ source: PageBytes, count: Int, zero: E) throws(ParquetError) -> [E] {
    let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<E>.size)
    guard !overflow, size <= source.count else { throw source.corrupt("its bytes end too early") }
    return [E](unsafeUninitializedCapacity: count) { out, filled in
      UnsafeMutableRawBufferPointer(out).copyMemory(from: UnsafeRawBufferPointer(rebasing: source.bytes[..<size]))
      filled = count
    }
  }

  /// BYTE_STREAM_SPLIT: all first bytes, then all second bytes, and so on.
  private static func unsplit(
    _ source: PageBytes, type: PhysicalType, width: Int, count: Int
  ) throws(ParquetError) -> PhysicalValues {
    let width = type == .fixedLengthByteArray ? width : type == .double || type == .int64 ? 8 : 4
    let (size, overflow) = count.multipliedReportingOverflow(by: width)
    guard !overflow, size <= source.count else { throw source.corrupt("its bytes end too early") }
    let joined = [UInt8](unsafeUninitializedCapacity: size) { out, filled in
      for byte in 0..<width {
        for i in 0..<count { out[i &* width &+ byte] = source.bytes[byte &* count &+ i] }
      }
      filled = size
    }
    if type == .fixedLengthByteArray { return .fixed(joined, width: width) }
    return try joined.withUnsafeBufferPointer { (buffer) throws(ParquetError) in
      let part = PageBytes(UnsafeRawBufferPointer(buffer), column: source.column, offset: source.offset)
      return try plain(part, type: type, width: width, count: count)
    }
  }
}
