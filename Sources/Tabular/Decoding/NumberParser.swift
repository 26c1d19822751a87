/// Reads decimal numbers from UTF-8 bytes, without text objects and without the locale.
///
/// Accepted: `[+-] digits [mark digits] [e [+-] digits]` with at least one digit, blanks around it, and grouping marks
/// between groups of three digits when there is one. Not accepted: `inf`, `nan`, hexadecimal, and numbers beyond the
/// range of a double. Every answer is the double nearest to the decimal number, as C's `strtod` gives it.
///
/// Method: up to eight bytes are read as one machine word; up to 19 digits with a mantissa below 2^53 and a power of ten
/// up to 22 take one exact multiplication or division (Clinger 1990, "How to read floating point numbers accurately");
/// the rest goes to the standard library.
public struct NumberParser: Sendable, Equatable {
  /// The byte between the whole part and the fraction.
  public let decimalMark: UInt8
  /// The byte between groups of three digits; 0 when there is none.
  public let groupingMark: UInt8

  /// A parser for numbers with the given marks; `groupingMark` 0 means that digits are not grouped.
  public init(decimalMark: UInt8 = UInt8(ascii: "."), groupingMark: UInt8 = 0) {
    self.decimalMark = decimalMark
    self.groupingMark = groupingMark
  }

  /// The number that the bytes state, or NaN when they do not state one.
  public func parse(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Double {
    if count > 0, count <= Self.shortest {
      let number = Self.short(bytes, count, decimalMark, PowersOfTen.table)
      if !number.isNaN { return number }
    }
    return parseAny(bytes, count)
  }

  /// The number that `text` states, or nil.
  public func parse(_ text: String) -> Double? {
    var text = text
    let number = text.withUTF8 { $0.baseAddress.map { [count = $0.count] in parse($0, count) } ?? .nan }
    return number.isNaN ? nil : number
  }

  // MARK: Up to 15 bytes

  /// The longest text that ``short(_:_:_:)`` takes: its digits fit a double's 53 bits.
  static let shortest = 15

  /// The number in `count` (1 to 15) bytes: leading blanks, a minus sign, digits and one mark.
  ///
  /// NaN for everything else, which may still be a number for ``parseAny(_:_:)``.
  ///
  /// Byte by byte, not by words: the parsers of files have only just stored the bytes one by one, and a load that spans
  /// several recent stores has to wait until they have all reached the cache.
  @inline(__always)
  static func short(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, _ mark: UInt8, _ powers: UnsafePointer<Double>
  ) -> Double {
    let end = bytes + count
    var place = bytes
    while place.pointee == 0x20 {
      place += 1
      if place == end { return .nan }
    }
    let isNegative = place.pointee == 0x2D
    if isNegative {
      place += 1
      if place == end { return .nan }
    }
    let first = place
    var mantissa = 0
    repeat {
      let digit = place.pointee &- 0x30
      if digit > 9 {
        if place.pointee != mark || (place == first && place + 1 == end) { return .nan }
        return fraction(place + 1, end, mantissa, isNegative, powers)
      }
      mantissa = mantissa &* 10 &+ Int(digit)
      place += 1
    } while place != end
    let number = Double(mantissa)
    return isNegative ? -number : number
  }

  /// The number whose mark stands before `start`.
  @inline(__always)
  private static func fraction(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ whole: Int, _ isNegative: Bool,
    _ powers: UnsafePointer<Double>
  ) -> Double {
    var mantissa = whole
    var place = start
    while place != end {
      let digit = place.pointee &- 0x30
      if digit > 9 { return .nan }
      mantissa = mantissa &* 10 &+ Int(digit)
      place += 1
    }
    let number = Double(mantissa) / powers[end - start]
    return isNegative ? -number : number
  }

  // MARK: Any length

  /// The number that the bytes state or NaN, whatever their form; slower than ``short(_:_:_:_:)``.
  @inline(never)
  func parseAny(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Double {
    var start = 0
    var end = count
    while start < end, isBlank(bytes[start]) { start += 1 }
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    var scan = Scan(bytes: bytes, position: start, end: end, mark: decimalMark, grouping: groupingMark)
    guard scan.run() else { return .nan }
    if scan.mantissa == 0, !scan.isCut { return scan.isNegative ? -0.0 : 0.0 }
    if !scan.isCut, scan.mantissa <= 1 << 53, scan.exponent >= -22, scan.exponent <= 22 {
      let exact = Double(scan.mantissa)
      let number = scan.exponent < 0 ? exact / powerOfTen(-scan.exponent) : exact * powerOfTen(scan.exponent)
      return scan.isNegative ? -number : number
    }
    return exact(bytes, start, end)
  }

  /// The standard library's answer for bytes that ``Scan`` has found to be a number.
  private func exact(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Double {
    var plain: [UInt8] = []
    for i in start..<end where groupingMark == 0 || bytes[i] != groupingMark {
      plain.append(bytes[i] == decimalMark ? UInt8(ascii: ".") : bytes[i])
    }
    guard let number = Double(String(decoding: plain, as: UTF8.self)), number.isFinite else { return .nan }
    return number
  }
}

/// 10 to the power `exponent` (0 to 22), exact.
private func powerOfTen(_ exponent: Int) -> Double { PowersOfTen.table[exponent] }

/// The powers of ten that a double holds exactly, 10^0 to 10^22.
enum PowersOfTen {
  /// Never freed, never changed.
  nonisolated(unsafe) static let table: UnsafePointer<Double> = {
    let table = UnsafeMutablePointer<Double>.allocate(capacity: 23)
    var power = 1.0
    for i in 0...22 {
      table[i] = power
      power *= 10  // exact up to 10^22
    }
    return UnsafePointer(table)
  }()
}

/// Whether a byte is a blank or a tab.
@inline(__always)
func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

/// One pass over the bytes of a number.
private struct Scan {
  let bytes: UnsafePointer<UInt8>
  var position: Int
  let end: Int
  let mark: UInt8
  let grouping: UInt8
  var isNegative = false
  /// The first 19 significant digits.
  var mantissa: UInt64 = 0
  /// The power of ten that goes with `mantissa`.
  var exponent = 0
  /// Whether digits other than the first 19 were left out.
  var isCut = false
  private var significant = 0
  private var total = 0

  init(bytes: UnsafePointer<UInt8>, position: Int, end: Int, mark: UInt8, grouping: UInt8) {
    self.bytes = bytes
    self.position = position
    self.end = end
    self.mark = mark
    self.grouping = grouping
  }

  /// Whether the bytes are a number.
  mutating func run() -> Bool {
    guard position < end else { return false }
    if bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
      isNegative = bytes[position] == UInt8(ascii: "-")
      position += 1
    }
    guard wholePart() else { return false }
    if position < end, bytes[position] == mark {
      position += 1
      while position < end, let digit = digit(at: position) {
        take(digit, isFraction: true)
        position += 1
      }
    }
    guard total > 0 else { return false }
    if position < end, bytes[position] | 0x20 == UInt8(ascii: "e") { return exponentPart() }
    return position == end
  }

  private mutating func wholePart() -> Bool {
    var group = 0
    var isGrouped = false
    while position < end {
      if let digit = digit(at: position) {
        take(digit, isFraction: false)
        group += 1
      } else if grouping != 0, bytes[position] == grouping {
        guard isGrouped ? group == 3 : (1...3).contains(group) else { return false }
        isGrouped = true
        group = 0
      } else {
        break
      }
      position += 1
    }
    return !isGrouped || group == 3
  }

  private mutating func exponentPart() -> Bool {
    position += 1
    var isMinus = false
    if position < end, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
      isMinus = bytes[position] == UInt8(ascii: "-")
      position += 1
    }
    guard position < end else { return false }
    var power = 0
    while position < end {
      guard let digit = digit(at: position) else { return false }
      power = min(power * 10 + Int(digit), 1_000_000)
      position += 1
    }
    exponent += isMinus ? -power : power
    return true
  }

  private func digit(at place: Int) -> UInt64? {
    let value = bytes[place] &- 0x30
    return value <= 9 ? UInt64(value) : nil
  }

  private mutating func take(_ digit: UInt64, isFraction: Bool) {
    total += 1
    if significant < 19 {
      mantissa = mantissa * 10 + digit
      if mantissa != 0 { significant += 1 }
      if isFraction { exponent -= 1 }
    } else {
      if digit != 0 { isCut = true }
      if !isFraction { exponent += 1 }
    }
  }
}
