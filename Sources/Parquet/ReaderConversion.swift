import Tabular

/// How the values of a column in the file become values of a column of ours.
enum Conversion: Sendable, Equatable {
  case bool
  case integer(signed: Bool)
  case float
  case double
  case float16
  case decimal(scale: Int)
  case date
  /// Text such as `2024-03-01T12:30:00.000000`, with a Z behind it in UTC; the digits show the unit.
  case timestamp(TimeUnit, utc: Bool)
  /// Text as of a timestamp in nanoseconds without a zone.
  case int96
  /// Text such as `12:30:00.000`, with a Z behind it in UTC.
  case time(TimeUnit, utc: Bool)
  case text
  case uuid

  /// The type of the column.
  var columnType: ColumnType {
    switch self {
    case .bool: .bool
    case .integer: .int64
    case .float, .double, .float16, .decimal: .float64
    case .date: .date
    case .timestamp, .int96, .time, .text, .uuid: .string
    }
  }

  /// What to do with the column that `leaf` describes: the newer annotation counts, then the older one.
  init(_ leaf: SchemaElement) throws(ParquetError) {
    guard let type = leaf.type else { throw .unsupported(column: leaf.name, "it has no type") }
    if type == .fixedLengthByteArray, leaf.typeLength ?? 0 <= 0 || leaf.typeLength ?? 0 > 1 << 20 {
      throw .unsupported(column: leaf.name, "values of \(leaf.typeLength ?? 0) bytes")
    }
    guard let conversion = Self.annotated(leaf, type) ?? Self.plain(type) else {
      let meaning = leaf.logical.map { "\($0)" } ?? leaf.converted.map { "converted type \($0)" } ?? "no annotation"
      throw .unsupported(
        column: leaf.name,
        "\(type) values with \(meaning) are not supported; leave the column out or cast it to text or a number")
    }
    self = conversion
  }

  private static func plain(_ type: PhysicalType) -> Conversion? {
    switch type {
    case .boolean: .bool
    case .int32, .int64: .integer(signed: true)
    case .int96: .int96
    case .float: .float
    case .double: .double
    case .byteArray: .text
    case .fixedLengthByteArray: nil
    }
  }

  private static func annotated(_ leaf: SchemaElement, _ type: PhysicalType) -> Conversion? {
    switch (leaf.logical ?? older(leaf), type) {
    case (.string, .byteArray), (.enumeration, .byteArray), (.json, .byteArray): return .text
    case (.date, .int32): return .date
    case (.decimal(let scale, _), .int32), (.decimal(let scale, _), .int64), (.decimal(let scale, _), .byteArray):
      return scale >= 0 && scale <= 300 ? .decimal(scale: Int(scale)) : nil
    case (.decimal(let scale, _), .fixedLengthByteArray):
      return scale >= 0 && scale <= 300 && leaf.typeLength ?? 0 <= 16 ? .decimal(scale: Int(scale)) : nil
    case (.timestamp(let utc, let unit), .int64): return .timestamp(unit, utc: utc)
    case (.time(let utc, .millis), .int32): return .time(.millis, utc: utc)
    case (.time(let utc, let unit), .int64): return .time(unit, utc: utc)
    case (.integer(_, let signed), .int32), (.integer(_, let signed), .int64): return .integer(signed: signed)
    case (.uuid, .fixedLengthByteArray): return leaf.typeLength == 16 ? .uuid : nil
    case (.float16, .fixedLengthByteArray): return leaf.typeLength == 2 ? .float16 : nil
    case (.unknown, _), (nil, _): return nil
    default: return nil
    }
  }

  /// The newer annotation that says the same as the older one.
  private static func older(_ leaf: SchemaElement) -> LogicalType? {
    switch leaf.converted {
    case ConvertedType.utf8: return .string
    case ConvertedType.enumeration: return .enumeration
    case ConvertedType.decimal: return .decimal(scale: leaf.scale ?? 0, precision: leaf.precision ?? 0)
    case ConvertedType.date: return .date
    case ConvertedType.timeMillis: return .time(utc: true, .millis)
    case ConvertedType.timeMicros: return .time(utc: true, .micros)
    case ConvertedType.timestampMillis: return .timestamp(utc: true, .millis)
    case ConvertedType.timestampMicros: return .timestamp(utc: true, .micros)
    case ConvertedType.json: return .json
    case ConvertedType.bson: return .bson
    case .some(let code) where (ConvertedType.uint8...ConvertedType.uint64).contains(code):
      return .integer(bits: 64, signed: false)
    case .some(let code) where (ConvertedType.int8...ConvertedType.int64).contains(code):
      return .integer(bits: 64, signed: true)
    default: return nil
    }
  }
}

/// Values of a column of ours, nulls left out.
enum DenseValues {
  case float64([Double])
  case int64([Int64])
  case bool([UInt8])
  case date([Int32])
  /// Codes of a dictionary that grows with the column.
  case string([UInt32])

  var count: Int {
    switch self {
    case .float64(let v): v.count
    case .int64(let v): v.count
    case .bool(let v): v.count
    case .date(let v): v.count
    case .string(let v): v.count
    }
  }

  /// The values at the places `indices`.
  func gathered(_ indices: [UInt32], _ source: PageBytes) throws(ParquetError) -> DenseValues {
    let count = UInt32(truncatingIfNeeded: count)
    var highest: UInt32 = 0
    for index in indices { highest = max(highest, index) }
    guard indices.isEmpty || highest < count else {
      throw source.corrupt("place \(highest) in a dictionary of \(count)")
    }
    func pick<E: BitwiseCopyable>(_ values: [E]) -> [E] {
      [E](unsafeUninitializedCapacity: indices.count) { out, filled in
        values.withUnsafeBufferPointer { values in
          indices.withUnsafeBufferPointer { indices in
            for i in indices.indices { out[i] = values[Int(indices[i])] }
          }
        }
        filled = indices.count
      }
    }
    switch self {
    case .float64(let v): return .float64(pick(v))
    case .int64(let v): return .int64(pick(v))
    case .bool(let v): return .bool(pick(v))
    case .date(let v): return .date(pick(v))
    case .string(let v): return .string(pick(v))
    }
  }
}

extension Conversion {
  /// The values as a column of ours holds them; texts go into `texts`.
  func convert(
    _ values: PhysicalValues, texts: inout StringDictionaryBuilder, _ source: PageBytes
  ) throws(ParquetError) -> DenseValues {
    switch (self, values) {
    case (.bool, .boolean(let v)): return .bool(v)
    case (.integer(true), .int32(let v)): return .int64(v.map(Int64.init))
    case (.integer(false), .int32(let v)): return .int64(v.map { Int64(UInt32(bitPattern: $0)) })
    case (.integer(let signed), .int64(let v)):
      if !signed, let large = v.first(where: { $0 < 0 }) {
        throw .unsupported(
          column: source.column, "\(UInt64(bitPattern: large)) is greater than the largest integer, \(Int64.max)")
      }
      return .int64(v)
    case (.float, .float(let v)): return .float64(v.map(Double.init))
    case (.double, .double(let v)): return .float64(v)
    case (.float16, .fixed(let bytes, _)):
      return .float64(
        stride(from: 0, to: bytes.count, by: 2).map { half(UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8) })
    case (.decimal(let scale), .int32(let v)): return .float64(v.map { decimalValue(Int128($0), scale: scale) })
    case (.decimal(let scale), .int64(let v)): return .float64(v.map { decimalValue(Int128($0), scale: scale) })
    case (.decimal(let scale), .fixed(let bytes, let width)):
      return .float64(
        stride(from: 0, to: bytes.count, by: width).map { decimalValue(bigEndian(bytes[$0..<($0 + width)]), scale: scale) })
    case (.decimal(let scale), .bytes(let list)):
      var numbers: [Double] = []
      for i in 0..<list.count {
        guard list[i].count <= 16 else { throw source.corrupt("a decimal of \(list[i].count) bytes") }
        numbers.append(decimalValue(bigEndian(list[i]), scale: scale))
      }
      return .float64(numbers)
    case (.date, .int32(let v)): return .date(v)
    case (.text, .bytes(let list)): return .string(try codes(list, &texts, source))
    default: return .string(try written(values, source).map { texts.code(of: $0) })
    }
  }

  private func codes(
    _ list: ByteList, _ texts: inout StringDictionaryBuilder, _ source: PageBytes
  ) throws(ParquetError) -> [UInt32] {
    var codes: [UInt32] = []
    codes.reserveCapacity(list.count)
    try list.forEach { (text) throws(ParquetError) in
      let known = texts.count
      codes.append(texts.code(of: text))
      // Only new texts need a look.
      guard texts.count == known || isUTF8(text) else { throw source.corrupt("a text is not UTF-8") }
    }
    return codes
  }

  /// Moments and identifiers as text.
  private func written(_ values: PhysicalValues, _ source: PageBytes) throws(ParquetError) -> [String] {
    switch (self, values) {
    case (.timestamp(let unit, let utc), .int64(let v)): return v.map { moment($0, unit, utc: utc) }
    case (.time(let unit, let utc), .int64(let v)): return v.map { timeOfDay($0, unit) + (utc ? "Z" : "") }
    case (.time(let unit, let utc), .int32(let v)): return v.map { timeOfDay(Int64($0), unit) + (utc ? "Z" : "") }
    case (.int96, .fixed(let bytes, _)):
      return try stride(from: 0, to: bytes.count, by: 12).map { (start) throws(ParquetError) in
        // Nanoseconds within the day, then the Julian day; 1970-01-01 is day 2,440,588.
        let nanos = bytes[start..<(start + 8)].reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
        let day = bytes[(start + 8)..<(start + 12)].reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
        guard (0..<86_400_000_000_000).contains(nanos) else { throw source.corrupt("a day of \(nanos) nanoseconds") }
        return isoDay(day - 2_440_588) + "T" + timeOfDay(nanos, .nanos)
      }
    case (.uuid, .fixed(let bytes, _)):
      return stride(from: 0, to: bytes.count, by: 16).map { uuidText(bytes[$0..<($0 + 16)]) }
    default: throw source.corrupt("values of another type than the column's")
    }
  }
}
