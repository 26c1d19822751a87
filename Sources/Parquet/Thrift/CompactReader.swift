/// Reads structures in the Thrift compact protocol. Every read is checked against the end of the bytes.
struct CompactReader {
  private let bytes: UnsafeRawBufferPointer
  /// Where the first byte stands in the file, for messages.
  private let origin: Int
  /// The position of the next byte.
  private(set) var position = 0
  private var depth = 0

  /// Structures within structures deeper than this are refused.
  private static let maximalDepth = 32

  /// A reader of `bytes`, which start at byte `origin` of the file and must outlive the reader.
  init(_ bytes: UnsafeRawBufferPointer, origin: Int) {
    self.bytes = bytes
    self.origin = origin
  }

  /// An error at the current position.
  func corrupt(_ text: String) -> ParquetError { .corrupt(text, offset: origin + position) }

  /// Reads one structure; `field` reads the value of a field and returns true, or returns false to have it skipped.
  mutating func structure(
    _ field: (inout CompactReader, Int16, CompactType) throws(ParquetError) -> Bool
  ) throws(ParquetError) {
    depth += 1
    guard depth <= Self.maximalDepth else { throw corrupt("structures are nested too deep") }
    var id: Int16 = 0
    while true {
      let header = try byte()
      let type = try type(header & 0x0F)
      if type == .stop {
        guard header == 0 else { throw corrupt("field header \(header) is not one") }
        break
      }
      let delta = Int16(header >> 4)
      if delta == 0 {
        guard let stated = Int16(exactly: try zigzag()) else { throw corrupt("field id out of range") }
        id = stated
      } else {
        let (sum, overflow) = id.addingReportingOverflow(delta)
        guard !overflow else { throw corrupt("field id out of range") }
        id = sum
      }
      let handled = try field(&self, id, type)
      if !handled { try skip(type) }
    }
    depth -= 1
  }

  /// An integer of any width.
  mutating func integer(_ type: CompactType) throws(ParquetError) -> Int64 {
    switch type {
    case .i8: return Int64(Int8(bitPattern: try byte()))
    case .i16, .i32, .i64: return try zigzag()
    default: throw corrupt("expected an integer, found type \(type.rawValue)")
    }
  }

  /// An integer of at most 32 bits.
  mutating func int32(_ type: CompactType) throws(ParquetError) -> Int32 {
    let value = try integer(type)
    guard let narrow = Int32(exactly: value) else { throw corrupt("integer \(value) does not fit 32 bits") }
    return narrow
  }

  /// An integer that counts something: not negative.
  mutating func count(_ type: CompactType) throws(ParquetError) -> Int {
    let value = try integer(type)
    guard value >= 0 else { throw corrupt("count \(value) is negative") }
    return Int(value)
  }

  /// A truth value that is a field.
  mutating func bool(_ type: CompactType) throws(ParquetError) -> Bool {
    guard type == .boolTrue || type == .boolFalse else {
      throw corrupt("expected a truth value, found type \(type.rawValue)")
    }
    return type == .boolTrue
  }

  /// A byte string.
  mutating func binary(_ type: CompactType) throws(ParquetError) -> [UInt8] {
    guard type == .binary else { throw corrupt("expected bytes, found type \(type.rawValue)") }
    let length = try length()
    defer { position += length }
    return [UInt8](bytes[position..<(position + length)])
  }

  /// A text; bytes that are not UTF-8 are refused.
  mutating func text(_ type: CompactType) throws(ParquetError) -> String {
    let utf8 = try binary(type)
    guard let text = String(validating: utf8, as: UTF8.self) else { throw corrupt("a text is not UTF-8") }
    return text
  }

  /// A list; `element` reads one element.
  mutating func list<E>(
    _ type: CompactType, _ element: (inout CompactReader, CompactType) throws(ParquetError) -> E
  ) throws(ParquetError) -> [E] {
    guard type == .list || type == .set else { throw corrupt("expected a list, found type \(type.rawValue)") }
    let (count, elementType) = try listHeader()
    var result: [E] = []
    result.reserveCapacity(count)
    for _ in 0..<count { result.append(try element(&self, elementType)) }
    return result
  }

  /// Passes over a value of `type` that is a field.
  mutating func skip(_ type: CompactType) throws(ParquetError) {
    switch type {
    case .boolTrue, .boolFalse: break
    case .i8: _ = try byte()
    case .i16, .i32, .i64: _ = try varint()
    case .double: try advance(8)
    case .uuid: try advance(16)
    case .binary: try advance(try length())
    case .structure: try structure { (_, _, _) throws(ParquetError) in false }
    case .list, .set:
      let (count, elementType) = try listHeader()
      for _ in 0..<count { try skipElement(elementType) }
    case .map:
      let count = try length()
      guard count > 0 else { return }
      let types = try byte()
      let (key, value) = (try self.type(types >> 4), try self.type(types & 0x0F))
      for _ in 0..<count {
        try skipElement(key)
        try skipElement(value)
      }
    case .stop: throw corrupt("a value of no type")
    }
  }

  private mutating func skipElement(_ type: CompactType) throws(ParquetError) {
    depth += 1
    guard depth <= Self.maximalDepth else { throw corrupt("structures are nested too deep") }
    // Truth values are whole bytes when they are elements.
    if type == .boolTrue || type == .boolFalse { try advance(1) } else { try skip(type) }
    depth -= 1
  }

  private mutating func listHeader() throws(ParquetError) -> (count: Int, type: CompactType) {
    let header = try byte()
    let type = try type(header & 0x0F)
    let short = Int(header >> 4)
    if short < 15 {
      guard short <= bytes.count - position else { throw corrupt("a list runs past the end") }
      return (short, type)
    }
    return (try length(), type)
  }

  /// A length in bytes or elements; no element is shorter than a byte, so it cannot exceed what is left.
  private mutating func length() throws(ParquetError) -> Int {
    let value = try varint()
    guard value <= UInt64(bytes.count - position) else { throw corrupt("a length of \(value) runs past the end") }
    return Int(value)
  }

  private func type(_ code: UInt8) throws(ParquetError) -> CompactType {
    guard let type = CompactType(rawValue: code) else { throw corrupt("unknown type \(code)") }
    return type
  }

  private mutating func advance(_ count: Int) throws(ParquetError) {
    guard count <= bytes.count - position else { throw corrupt("the bytes end within a value") }
    position += count
  }

  private mutating func byte() throws(ParquetError) -> UInt8 {
    guard position < bytes.count else { throw corrupt("the bytes end within a structure") }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func varint() throws(ParquetError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 64 {
      let next = try byte()
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
      shift += 7
    }
    throw corrupt("an integer is longer than ten bytes")
  }

  private mutating func zigzag() throws(ParquetError) -> Int64 {
    let raw = try varint()
    return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
  }
}
