/// Short names that stand for long ones before libxml2, which reads each name twice in every entry.
///
/// A short name is two letters around a full stop, which no name of OData holds: libxml2's hash of names tells all of them
/// apart without a collision.
struct AtomShortNames {
  private static let mark = UInt8(ascii: ".")
  /// Letters of the alphabet.
  private static let letters = 26

  /// The names that have short ones, by number, with their prefix.
  private var long: [[UInt8]] = []
  private var numbers: [[UInt8]: Int] = [:]

  /// Whether no name has a short one.
  var isEmpty: Bool { long.isEmpty }

  /// The short name for `name`; nil when all are given away.
  mutating func short(for name: [UInt8]) -> [UInt8]? {
    let number = numbers[name] ?? long.count
    guard number < Self.letters * Self.letters else { return nil }
    if number == long.count {
      long.append(name)
      numbers[name] = number
    }
    let a = UInt8(ascii: "a")
    return [a + UInt8(number / Self.letters), Self.mark, a + UInt8(number % Self.letters)]
  }

  /// Whether a name is a short one.
  @inline(__always)
  static func isShort(_ name: UnsafePointer<UInt8>) -> Bool {
    name[0] >= UInt8(ascii: "a") && name[1] == mark && name[2] >= UInt8(ascii: "a") && name[3] == 0
  }

  /// The name for which `short` stands; nil when it is no short name.
  subscript(short: UnsafePointer<UInt8>) -> (prefix: String, name: String)? {
    guard Self.isShort(short) else { return nil }
    let number = Self.letters * Int(short[0] - UInt8(ascii: "a")) + Int(short[2] - UInt8(ascii: "a"))
    guard number < long.count else { return nil }
    let parts = long[number].split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(decoding: parts[parts.count - 1], as: UTF8.self)
    return (parts.count > 1 ? String(decoding: parts[0], as: UTF8.self) : "", name)
  }
}
