/// Types of the Thrift compact protocol, as they stand in field and list headers.
enum CompactType: UInt8 {
  case stop = 0
  case boolTrue = 1
  case boolFalse = 2
  case i8 = 3
  case i16 = 4
  case i32 = 5
  case i64 = 6
  case double = 7
  case binary = 8
  case list = 9
  case set = 10
  case map = 11
  case structure = 12
  case uuid = 13
}

/// Writes structures in the Thrift compact protocol. Fields must come in ascending order of their ids.
struct CompactWriter {
  /// What is written so far.
  private(set) var bytes: [UInt8] = []
  private var lastField: Int16 = 0

  /// A 32-bit integer field.
  mutating func field(_ id: Int16, i32 value: Int32) {
    header(id, .i32)
    varint(zigzag(Int64(value)))
  }

  /// A 16-bit integer field.
  mutating func field(_ id: Int16, i16 value: Int16) {
    header(id, .i16)
    varint(zigzag(Int64(value)))
  }

  /// An 8-bit integer field.
  mutating func field(_ id: Int16, i8 value: Int8) {
    header(id, .i8)
    bytes.append(UInt8(bitPattern: value))
  }

  /// A 64-bit integer field.
  mutating func field(_ id: Int16, i64 value: Int64) {
    header(id, .i64)
    varint(zigzag(value))
  }

  /// A truth value: it stands in the field header.
  mutating func field(_ id: Int16, bool value: Bool) { header(id, value ? .boolTrue : .boolFalse) }

  /// A byte string.
  mutating func field(_ id: Int16, binary value: [UInt8]) {
    header(id, .binary)
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  /// A text.
  mutating func field(_ id: Int16, text value: String) { field(id, binary: Array(value.utf8)) }

  /// A structure whose fields `body` writes.
  mutating func field(_ id: Int16, structure body: (inout CompactWriter) -> Void) {
    header(id, .structure)
    structure(body)
  }

  /// A list of structures.
  mutating func field<E>(_ id: Int16, structures list: [E], _ body: (inout CompactWriter, E) -> Void) {
    header(id, .list)
    listHeader(list.count, .structure)
    for element in list { structure { body(&$0, element) } }
  }

  /// A list of 32-bit integers.
  mutating func field(_ id: Int16, i32s list: [Int32]) {
    header(id, .list)
    listHeader(list.count, .i32)
    for value in list { varint(zigzag(Int64(value))) }
  }

  /// A list of 64-bit integers.
  mutating func field(_ id: Int16, i64s list: [Int64]) {
    header(id, .list)
    listHeader(list.count, .i64)
    for value in list { varint(zigzag(value)) }
  }

  /// A list of truth values; as elements they are whole bytes, 1 for true and 2 for false.
  mutating func field(_ id: Int16, bools list: [Bool]) {
    header(id, .list)
    listHeader(list.count, .boolTrue)
    for value in list { bytes.append(value ? 1 : 2) }
  }

  /// A list of byte strings.
  mutating func field(_ id: Int16, binaries list: [[UInt8]]) {
    header(id, .list)
    listHeader(list.count, .binary)
    for value in list {
      varint(UInt64(value.count))
      bytes.append(contentsOf: value)
    }
  }

  /// A structure that is not a field: the outermost one, or an element of a list.
  mutating func structure(_ body: (inout CompactWriter) -> Void) {
    let outer = lastField
    lastField = 0
    body(&self)
    bytes.append(CompactType.stop.rawValue)
    lastField = outer
  }

  private mutating func header(_ id: Int16, _ type: CompactType) {
    let delta = id - lastField
    if delta > 0, delta <= 15 {
      bytes.append(UInt8(delta) << 4 | type.rawValue)
    } else {
      bytes.append(type.rawValue)
      varint(zigzag(Int64(id)))
    }
    lastField = id
  }

  private mutating func listHeader(_ count: Int, _ type: CompactType) {
    if count < 15 {
      bytes.append(UInt8(count) << 4 | type.rawValue)
    } else {
      bytes.append(0xF0 | type.rawValue)
      varint(UInt64(count))
    }
  }

  private func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
