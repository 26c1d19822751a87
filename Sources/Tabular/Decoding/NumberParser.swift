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
  /// `decimalMark` in every byte.
  let markPattern: UInt64

  /// A parser for numbers with the given marks; `groupingMark` 0 means that digits are not grouped.
  public init(decimalMark: UInt8 = UInt8(ascii: "."), groupingMark: UInt8 = 0) {
    self.decimalMark = decimalMark
    self.groupingMark = groupingMark
    markPattern = UInt64(decimalMark) &* 0x0101_0101_0101_0101
  }

  /// The number that the bytes state, or NaN when they do not state one.
  public func parse(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Double {
    if count > 0, count <= 8 {
      let number = Self.short(Self.loadShort(bytes, count), count, markPattern)
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

  // MARK: Up to eight bytes

  /// `count` (1 to 8) bytes as the low bytes of a word, the others 0. Touches no byte beyond them.
  @inline(__always)
  static func loadShort(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    let raw = UnsafeRawPointer(bytes)
    if count >= 4 {
      if count == 8 { return UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)) }
      let low = UInt64(UInt32(littleEndian: raw.loadUnaligned(as: UInt32.self)))
      let high = UInt64(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)))
      return low | high &<< UInt64((count &- 4) &* 8)
    }
    let middle = count &>> 1
    let last = count &- 1
    return UInt64(bytes[0]) | UInt64(bytes[middle]) &<< UInt64(middle &* 8) | UInt64(bytes[last]) &<< UInt64(last &* 8)
  }

  /// The number in the `count` (1 to 8) low bytes of `word`: leading blanks, a minus sign, digits and one mark. NaN for
  /// everything else, which may still be a number for ``parseAny(_:_:)``.
  @inline(__always)
  static func short(_ word: UInt64, _ count: Int, _ markPattern: UInt64) -> Double {
    var text = word
    var length = count
    if text & 0xFF == 0x20 {
      let blanks = (text ^ 0x2020_2020_2020_2020).trailingZeroBitCount &>> 3
      if blanks >= length { return .nan }
      text &>>= UInt64(blanks &* 8)
      length &-= blanks
    }
    var sign = 1.0
    if text & 0xFF == 0x2D {
      sign = -1.0
      text &>>= 8
      length &-= 1
      if length == 0 { return .nan }
    }
    // Right-aligned in the word (the last digit in the highest byte), zeros before it.
    let shift = UInt64(64 &- length &* 8)
    text = text &<< shift | 0x3030_3030_3030_3030 & ((1 &<< shift) &- 1)
    var decimals = 0
    let difference = text ^ markPattern
    let marks = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
    if marks != 0 {
      if length == 1 { return .nan }
      let place = marks.trailingZeroBitCount &>> 3
      decimals = 7 &- place
      let before: UInt64 = (1 &<< UInt64(place &* 8)) &- 1
      text = text & ~(before &<< 8 | 0xFF) | (text & before) &<< 8 | 0x30
    }
    var digits = text ^ 0x3030_3030_3030_3030
    if ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080 != 0 { return .nan }
    digits = digits &* 10 &+ digits &>> 8
    let pairs: UInt64 = 0x0000_00FF_0000_00FF
    digits =
      ((digits & pairs) &* 0x000F_4240_0000_0064 &+ (digits &>> 16 & pairs) &* 0x0000_2710_0000_0001) &>> 32
    return sign * Double(Int64(bitPattern: digits)) / powerOfTen(decimals)
  }

  // MARK: Any length

  /// The number that the bytes state, or NaN. Slower, and complete.
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

/// 10 to the power `exponent` (0 to 22), exact. Compiles to a table.
@inline(__always)
private func powerOfTen(_ exponent: Int) -> Double {
  switch exponent {
  case 0: 1
  case 1: 1e1
  case 2: 1e2
  case 3: 1e3
  case 4: 1e4
  case 5: 1e5
  case 6: 1e6
  case 7: 1e7
  case 8: 1e8
  case 9: 1e9
  case 10: 1e10
  case 11: 1e11
  case 12: 1e12
  case 13: 1e13
  case 14: 1e14
  case 15: 1e15
  case 16: 1e16
  case 17: 1e17
  case 18: 1e18
  case 19: 1e19
  case 20: 1e20
  case 21: 1e21
  default: 1e22
  }
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
