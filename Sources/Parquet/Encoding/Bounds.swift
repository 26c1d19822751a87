import Glibc

/// A value of fixed width that can stand in a page as its own bytes.
protocol PlainNumber: BitwiseCopyable, Comparable {
  /// Its bits, by which equal values are recognised.
  associatedtype Bits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable
  /// How it stands in the file.
  static var physicalType: PhysicalType { get }
  /// Whether statistics count values that are not numbers.
  static var hasNaN: Bool { get }
  /// The value as it stands in statistics as a minimum.
  var asMinimum: Self { get }
  /// The value as it stands in statistics as a maximum.
  var asMaximum: Self { get }
}

extension PlainNumber {
  static var hasNaN: Bool { false }
  var asMinimum: Self { self }
  var asMaximum: Self { self }

  /// The bytes in the file.
  var bytes: [UInt8] { withUnsafeBytes(of: self) { [UInt8]($0) } }
}

extension Double: PlainNumber {
  typealias Bits = UInt64
  static var physicalType: PhysicalType { .double }
  static var hasNaN: Bool { true }
  // Readers may compare zeros of different sign as different: the bounds enclose both.
  var asMinimum: Double { self == 0 ? -0.0 : self }
  var asMaximum: Double { self == 0 ? 0.0 : self }
}

extension Int64: PlainNumber {
  typealias Bits = UInt64
  static var physicalType: PhysicalType { .int64 }
}

extension Int32: PlainNumber {
  typealias Bits = UInt32
  static var physicalType: PhysicalType { .int32 }
}

/// A minimum or maximum as it stands in the file.
struct Bound: Sendable, Equatable {
  var bytes: [UInt8]
  /// Whether the value occurs; false when it was cut short.
  var isExact = true
}

/// Statistics of texts, which are cut after 64 bytes.
enum TextBounds {
  /// Bytes of a text that statistics keep.
  static let longest = 64

  /// Whether `a` orders before `b`: byte by byte, shorter first.
  @inline(__always)
  static func isLess(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    let shared = min(a.count, b.count)
    if shared > 0, let x = a.baseAddress, let y = b.baseAddress {
      let order = memcmp(x, y, shared)
      if order != 0 { return order < 0 }
    }
    return a.count < b.count
  }

  /// A lower bound: the text, or as much of it as whole characters fit.
  static func minimum(_ text: UnsafeRawBufferPointer) -> Bound {
    if text.count <= longest { return Bound(bytes: [UInt8](text)) }
    return Bound(bytes: [UInt8](text[..<cut(text)]), isExact: false)
  }

  /// An upper bound: the text, or its beginning with the last character that can be raised raised by one; nil when
  /// none can.
  static func maximum(_ text: UnsafeRawBufferPointer) -> Bound? {
    if text.count <= longest { return Bound(bytes: [UInt8](text)) }
    var scalars = Array(String(decoding: text[..<cut(text)], as: UTF8.self).unicodeScalars)
    while let last = scalars.popLast() {
      let next = last.value == 0xD7FF ? 0xE000 : last.value + 1
      guard let raised = Unicode.Scalar(next) else { continue }
      scalars.append(raised)
      var text = ""
      text.unicodeScalars.append(contentsOf: scalars)
      return Bound(bytes: Array(text.utf8), isExact: false)
    }
    return nil
  }

  /// The last position within the limit at which a character starts.
  private static func cut(_ text: UnsafeRawBufferPointer) -> Int {
    var end = longest
    while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
    return end
  }
}

/// How the bounds of consecutive pages follow each other.
func boundaryOrder<E>(_ bounds: [(minimum: E, maximum: E)], _ isLess: (E, E) -> Bool) -> ColumnIndex.Order {
  var ascending = true
  var descending = true
  for (a, b) in zip(bounds, bounds.dropFirst()) {
    if isLess(b.minimum, a.minimum) || isLess(b.maximum, a.maximum) { ascending = false }
    if isLess(a.minimum, b.minimum) || isLess(a.maximum, b.maximum) { descending = false }
  }
  return ascending ? .ascending : descending ? .descending : .unordered
}
