/// One node of the file's schema tree.
struct SchemaElement: Sendable, Equatable {
  var name = ""
  var type: PhysicalType?
  var typeLength: Int32?
  var repetition: Repetition?
  var childCount: Int?
  var converted: Int32?
  var scale: Int32?
  var precision: Int32?
  var logical: LogicalType?
}

extension SchemaElement {
  func write(to out: inout CompactWriter) {
    if let type { out.field(1, i32: type.rawValue) }
    if let typeLength { out.field(2, i32: typeLength) }
    if let repetition { out.field(3, i32: repetition.rawValue) }
    out.field(4, text: name)
    if let childCount { out.field(5, i32: Int32(childCount)) }
    if let converted { out.field(6, i32: converted) }
    if let logical { out.field(10) { logical.write(to: &$0) } }
  }

  init(from reader: inout CompactReader) throws(ParquetError) {
    var element = SchemaElement()
    try reader.structure { (r, id, type) throws(ParquetError) in
      switch id {
      case 1:
        let code = try r.int32(type)
        guard let physical = PhysicalType(rawValue: code) else { throw r.corrupt("unknown physical type \(code)") }
        element.type = physical
      case 2: element.typeLength = try r.int32(type)
      case 3:
        let code = try r.int32(type)
        guard let repetition = Repetition(rawValue: code) else { throw r.corrupt("unknown repetition \(code)") }
        element.repetition = repetition
      case 4: element.name = try r.text(type)
      case 5: element.childCount = try r.count(type)
      case 6: element.converted = try r.int32(type)
      case 7: element.scale = try r.int32(type)
      case 8: element.precision = try r.int32(type)
      case 10: element.logical = try LogicalType.read(from: &r)
      default: return false
      }
      return true
    }
    self = element
  }
}

extension LogicalType {
  /// The union's field for this type. Only the types that the writer uses are written.
  func write(to out: inout CompactWriter) {
    switch self {
    case .string: out.field(1) { _ in }
    case .date: out.field(6) { _ in }
    case .integer(let bits, let signed):
      out.field(10) {
        $0.field(1, i8: bits)
        $0.field(2, bool: signed)
      }
    default: preconditionFailure("the writer has no columns of this type")
    }
  }

  /// The type that a union states; nil when the union is empty.
  static func read(from reader: inout CompactReader) throws(ParquetError) -> LogicalType? {
    var result: LogicalType?
    try reader.structure { (r, id, type) throws(ParquetError) in
      guard type == .structure else { return false }
      switch id {
      case 5: result = try readDecimal(&r)
      case 7, 8: result = try readTime(&r, moment: id == 8)
      case 10: result = try readInteger(&r)
      default:
        try r.skip(type)
        result = simple[id] ?? .other(id)
      }
      return true
    }
    return result
  }

  private static let simple: [Int16: LogicalType] = [
    1: .string, 4: .enumeration, 6: .date, 11: .unknown, 12: .json, 13: .bson, 14: .uuid, 15: .float16,
  ]

  private static func readDecimal(_ reader: inout CompactReader) throws(ParquetError) -> LogicalType {
    var (scale, precision): (Int32, Int32) = (0, 0)
    try reader.structure { (r, id, type) throws(ParquetError) in
      switch id {
      case 1: scale = try r.int32(type)
      case 2: precision = try r.int32(type)
      default: return false
      }
      return true
    }
    return .decimal(scale: scale, precision: precision)
  }

  private static func readTime(_ reader: inout CompactReader, moment: Bool) throws(ParquetError) -> LogicalType {
    var utc = false
    var unit: TimeUnit?
    try reader.structure { (r, id, type) throws(ParquetError) in
      switch id {
      case 1: utc = try r.bool(type)
      case 2:
        try r.structure { (inner, id, type) throws(ParquetError) in
          unit = TimeUnit(rawValue: id)
          try inner.skip(type)
          return true
        }
      default: return false
      }
      return true
    }
    guard let unit else { throw reader.corrupt("a time without a known unit") }
    return moment ? .timestamp(utc: utc, unit) : .time(utc: utc, unit)
  }

  private static func readInteger(_ reader: inout CompactReader) throws(ParquetError) -> LogicalType {
    var bits: Int64 = 0
    var signed = true
    try reader.structure { (r, id, type) throws(ParquetError) in
      switch id {
      case 1: bits = try r.integer(type)
      case 2: signed = try r.bool(type)
      default: return false
      }
      return true
    }
    guard [8, 16, 32, 64].contains(bits) else { throw reader.corrupt("an integer of \(bits) bits") }
    return .integer(bits: Int8(bits), signed: signed)
  }
}
