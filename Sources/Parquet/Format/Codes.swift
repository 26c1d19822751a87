/// How values of a column stand in the file.
enum PhysicalType: Int32, Sendable {
  case boolean = 0
  case int32 = 1
  case int64 = 2
  case int96 = 3
  case float = 4
  case double = 5
  case byteArray = 6
  case fixedLengthByteArray = 7
}

/// Whether a column may hold nulls.
enum Repetition: Int32, Sendable {
  case required = 0
  case optional = 1
  case repeated = 2
}

/// How the values of a page are encoded.
enum PageEncoding: Int32, Sendable, Comparable {
  case plain = 0
  case plainDictionary = 2
  case rle = 3
  case bitPacked = 4
  case deltaBinaryPacked = 5
  case deltaLengthByteArray = 6
  case deltaByteArray = 7
  case rleDictionary = 8
  case byteStreamSplit = 9

  static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// What a page holds.
enum PageType: Int32, Sendable {
  case data = 0
  case index = 1
  case dictionary = 2
  case dataV2 = 3
}

/// The older annotation of what a column means; only the values in use here have names.
enum ConvertedType {
  static let utf8: Int32 = 0
  static let enumeration: Int32 = 4
  static let decimal: Int32 = 5
  static let date: Int32 = 6
  static let timeMillis: Int32 = 7
  static let timeMicros: Int32 = 8
  static let timestampMillis: Int32 = 9
  static let timestampMicros: Int32 = 10
  static let uint8: Int32 = 11
  static let uint64: Int32 = 14
  static let int8: Int32 = 15
  static let int64: Int32 = 18
  static let json: Int32 = 19
  static let bson: Int32 = 20
  static let interval: Int32 = 21
}

/// The unit of a time of day or of a moment.
enum TimeUnit: Int16, Sendable {
  case millis = 1
  case micros = 2
  case nanos = 3

  /// Units in a second.
  var perSecond: Int64 {
    switch self {
    case .millis: 1_000
    case .micros: 1_000_000
    case .nanos: 1_000_000_000
    }
  }
}

/// The newer annotation of what a column means.
enum LogicalType: Sendable, Equatable {
  case string
  case enumeration
  case decimal(scale: Int32, precision: Int32)
  case date
  case time(utc: Bool, TimeUnit)
  case timestamp(utc: Bool, TimeUnit)
  case integer(bits: Int8, signed: Bool)
  case unknown
  case json
  case bson
  case uuid
  case float16
  case other(Int16)
}

/// The four bytes at both ends of a file.
let magic: [UInt8] = [0x50, 0x41, 0x52, 0x31]
