import Glibc

/// A start tag that ``AtomProjection`` has seen at a place among the properties, and how its element goes on.
///
/// The bytes are raw memory, freed by ``release()``.
struct AtomTag {
  /// The tag as it stands in the feed.
  let bytes: UnsafeMutablePointer<UInt8>
  let length: Int
  /// The end tag; nil when the element is empty.
  let end: UnsafeMutablePointer<UInt8>?
  let endLength: Int
  let isWanted: Bool
  /// The bytes of the start tag up to the end of its name.
  let nameLength: Int
  /// Whether all its attributes say nothing about the value: `m:type`, `xml:space`.
  let isTyped: Bool
  /// What stands for the name and what is before it, or for the whole of an empty element, and the end tag; of their bytes
  /// these many, none when the element keeps its name.
  private(set) var short = SIMD32<UInt8>()
  private(set) var shortLength = 0
  private(set) var shortEnd = SIMD16<UInt8>()
  private(set) var shortEndLength = 0

  /// The tag `bytes`, with a name of `nameLength - 1` bytes.
  init(_ tag: UnsafeBufferPointer<UInt8>, nameLength: Int, end: [UInt8]?, isWanted: Bool) {
    bytes = Self.copy(tag)
    length = tag.count
    self.end = end.map { $0.withUnsafeBufferPointer { Self.copy($0) } }
    endLength = end?.count ?? 0
    self.isWanted = isWanted
    self.nameLength = nameLength
    isTyped = end != nil && length > nameLength + 1 && Self.attributes(tag, nameLength)?.allSatisfy(\.isType) == true
  }

  func release() {
    bytes.deallocate()
    end?.deallocate()
  }

  /// Whether the tag may stand shortened: its attributes, if any, say nothing about the value, or that there is none.
  var isPlain: Bool {
    Self.attributes(UnsafeBufferPointer(start: bytes, count: length), nameLength)?
      .allSatisfy { $0.isType || (end == nil && $0.isNull) } == true
  }

  /// Gives the element the name `name`.
  mutating func shorten(to name: [UInt8]) {
    var start: [UInt8] = [UInt8(ascii: "<")] + name
    if end == nil {
      let all = Self.attributes(UnsafeBufferPointer(start: bytes, count: length), nameLength) ?? []
      for attribute in all where attribute.isNull { start += Array(" \(attribute.text)".utf8) }
      start += Array("/>".utf8)
    }
    let end: [UInt8] = [UInt8(ascii: "<"), UInt8(ascii: "/")] + name + [UInt8(ascii: ">")]
    // Vectors are written whole: the tag must have room for one.
    guard end.count <= 16, start.count <= (self.end == nil ? min(32, length) : 16), self.end != nil || length >= 32
    else {
      return
    }
    for (i, byte) in start.enumerated() { short[i] = byte }
    shortLength = start.count
    guard self.end != nil else { return }
    for (i, byte) in end.enumerated() { shortEnd[i] = byte }
    shortEndLength = end.count
  }

  /// An attribute as it stands, quotes included.
  private struct Attribute {
    var text: Substring
    var isType: Bool { text.hasPrefix("m:type=\"Edm.") || text == "xml:space=\"preserve\"" }
    var isNull: Bool { text == "m:null=\"true\"" }
  }

  /// The attributes behind the name; nil when they are written in an unusual way.
  private static func attributes(_ tag: UnsafeBufferPointer<UInt8>, _ nameLength: Int) -> [Attribute]? {
    var text = String(decoding: tag[nameLength...], as: UTF8.self)[...]
    guard text.popLast() == ">" else { return nil }
    if text.last == "/" { text.removeLast() }
    let attributes = text.split(separator: " ").map { Attribute(text: $0) }
    let areUsual = attributes.allSatisfy { $0.text.hasSuffix("\"") && $0.text.count { $0 == "\"" } == 2 }
    return areUsual ? attributes : nil
  }

  private static func copy(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(bytes.count, 1))
    _ = copy.initialize(from: bytes)
    return copy.baseAddress.unsafelyUnwrapped
  }
}
