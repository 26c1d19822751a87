import Glibc
import PipelineKit

/// Leaves the properties that nobody asked for out of a feed, before libxml2 sees them.
///
/// A CBS feed repeats the same properties in the same order in every entry, and a pipeline needs a few of them. Inside
/// `m:properties` an element is left out when its start tag stands byte for byte as in an earlier entry, which libxml2 has
/// read, its text is plain (printable ASCII without markup), its end tag follows, and its name is not wanted. What is left
/// is well-formed exactly when the whole is. Of a wanted element the attributes that say nothing about the value (`m:type`,
/// `xml:space`) and the blanks before it are left out in the same way, and a long name stands as a short one, which
/// ``name(of:)`` tells: the parser would read each name twice in every entry. Everything else goes through untouched: the
/// first entries, whatever differs, unwanted text outside ASCII. A document with a comment, a CDATA section or a processing instruction, or in another encoding
/// than UTF-8, goes through whole from there on. Line ends are kept, so that the parser's line numbers stay true.
///
/// Method: projection before parsing, as in Koch, Scherzinger and Schmidt, "XML prefiltering as a string matching problem"
/// (ICDE 2008).
final class AtomProjection {
  /// A start tag seen at a place among the properties.
  private struct Variant {
    var tag: UnsafeMutablePointer<UInt8>
    var tagLength: Int
    /// The end tag; nil when the element is empty.
    var end: UnsafeMutablePointer<UInt8>?
    var endLength: Int
    var isWanted: Bool
    /// The bytes of the start tag up to the end of its name.
    var nameLength = 0
    /// Whether what follows the name are attributes that say nothing about the value.
    var isTyped = false
    /// The start tag up to the end of a short name, when there is one, and the end tag; of their 16 bytes these many.
    var short = SIMD16<UInt8>()
    var shortEnd = SIMD16<UInt8>()
    var shortLength = 0
    var shortEndLength = 0
  }

  private enum Match {
    /// An element of the given variant, whose text ends before `text`; of no known variant without one.
    case element(text: Int, end: Int, variant: Int, isSkipped: Bool)
    /// More bytes are needed to tell.
    case incomplete
    /// Not a plain element.
    case other
  }

  /// What a byte of text is.
  private enum ByteClass {
    static let plain: UInt8 = 0
    static let odd: UInt8 = 1
    static let markup: UInt8 = 2
    static let table: [UInt8] = (0..<256).map { byte in
      switch UInt8(byte) {
      case UInt8(ascii: "<"): markup
      case UInt8(ascii: ">"), UInt8(ascii: "&"): odd
      case 0x20...0x7E: plain
      default: odd
      }
    }
  }

  private static let marker: StaticString = "<m:properties>"
  /// Bytes held back for an element that a piece breaks in two; a longer one goes through.
  private static let longestElement = 1 << 14
  private static let variantsAPlace = 4
  /// What no name of OData holds, between the two letters of a short name.
  private static let shortMark = UInt8(ascii: ".")
  /// Names from this length on are shortened: theirs is then room for a whole vector at each tag's place.
  private static let shortestLong = 14

  private let source: (UnsafeMutableRawBufferPointer) throws(SourceError) -> Int
  private let wanted: Set<[UInt8]>
  private var variants: [Variant] = []
  /// How many variants each place has; those of place p start at `p * variantsAPlace`.
  private var variantCounts: [Int] = []
  private var raw = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  private var held = 0
  private var isAtEnd = false
  private var isAtStart = true
  private var isOff = false
  /// The place of the next property; -1 outside `m:properties`.
  private var place = -1
  /// Ends of `m:properties` seen.
  private var entries = 0
  private var hasUnwanted = false
  private var hasAttributes = false
  /// The names that have short ones, by number.
  private var longNames: [[UInt8]] = []
  private var shortNumbers: [[UInt8]: Int] = [:]

  /// A projection of the bytes that `source` gives on the properties named.
  init(on names: [String], of source: @escaping (UnsafeMutableRawBufferPointer) throws(SourceError) -> Int) {
    self.source = source
    wanted = Set(names.map { Array($0.utf8) })
  }

  deinit {
    raw.deallocate()
    for place in variantCounts.indices {
      for i in 0..<variantCounts[place] {
        variants[place * Self.variantsAPlace + i].tag.deallocate()
        variants[place * Self.variantsAPlace + i].end?.deallocate()
      }
    }
  }

  /// The name for which the short name `short` stands; nil when it is none.
  func name(of short: UnsafePointer<UInt8>) -> [UInt8]? {
    guard short[0] >= UInt8(ascii: "a"), short[1] == Self.shortMark, short[2] >= UInt8(ascii: "a"), short[3] == 0 else {
      return nil
    }
    let number = 26 * Int(short[0] - UInt8(ascii: "a")) + Int(short[2] - UInt8(ascii: "a"))
    return number < longNames.count ? longNames[number] : nil
  }

  /// The short name of a number below 26 * 26: two letters, which libxml2's hash of names tells apart without a collision.
  private static func short(_ number: Int) -> [UInt8] {
    [UInt8(ascii: "a") + UInt8(number / 26), shortMark, UInt8(ascii: "a") + UInt8(number % 26)]
  }

  /// The next bytes of the feed, without what is left out; 0 at its end.
  func read(into target: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    if isOff, held == 0 { return try source(target) }
    if raw.count != target.count {
      let fresh = UnsafeMutableRawBufferPointer.allocate(byteCount: target.count, alignment: 4096)
      if held > 0 { fresh.copyMemory(from: UnsafeRawBufferPointer(rebasing: raw[..<held])) }
      raw.deallocate()
      raw = fresh
    }
    while true {
      if !isAtEnd {
        let count = try source(UnsafeMutableRawBufferPointer(rebasing: raw[held...]))
        isAtEnd = count == 0
        held += count
      }
      if held == 0 { return 0 }
      let written = project(into: target)
      if written > 0 { return written }
    }
  }

  // MARK: A piece

  /// Copies what stays of the bytes at hand; an element at their end that is not yet complete is held back.
  private func project(into target: UnsafeMutableRawBufferPointer) -> Int {
    let bytes = UnsafePointer(raw.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self))
    var output = target.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
    let count = held
    if isAtStart {
      isAtStart = false
      isOff = !Self.isUTF8(UnsafeBufferPointer(start: bytes, count: count))
    }
    var kept = 0
    var position = isOff ? count : 0
    if !isOff, bytes[0] == UInt8(ascii: "<"), count > 1, bytes[1] == UInt8(ascii: "?"), place < 0, variants.isEmpty {
      position = 2  // the XML declaration
    }
    scan: while position < count {
      if place < 0 {
        guard let next = memchr(bytes + position, 0x3C, count - position) else { break }
        position = UnsafePointer(next.assumingMemoryBound(to: UInt8.self)) - bytes
        let length = Self.marker.utf8CodeUnitCount
        if count - position < length {
          if isAtEnd { position = count }
          break
        }
        if bytes[position + 1] == UInt8(ascii: "!") || bytes[position + 1] == UInt8(ascii: "?") {
          isOff = true
          position = count
        } else if memcmp(bytes + position, Self.marker.utf8Start, length) == 0 {
          place = 0
          position += length
        } else {
          position += 1
        }
        continue
      }
      var start = position
      while start < count, Self.isSpace(bytes[start]) { start += 1 }
      if start < count, bytes[start] != 0x3C || (start + 1 < count && bytes[start + 1] == UInt8(ascii: "/")) {
        place = -1
        position = start
        entries += 1
        // Every property is wanted, and its tag bare: looking at it would be for nothing.
        if entries == 2, !hasUnwanted, !hasAttributes, longNames.isEmpty {
          isOff = true
          position = count
        }
        continue
      }
      switch start < count ? match(bytes, start, count) : .incomplete {
      case .element(let text, let end, let variant, let isSkipped):
        if variant >= 0, isSkipped || variants[variant].isTyped || variants[variant].shortLength > 0 {
          memcpy(output, bytes + kept, position - kept)
          output += position - kept
          for i in position..<start where bytes[i] == 0x0A {
            output.pointee = 0x0A
            output += 1
          }
          kept = end
          if !isSkipped { put(variants[variant], bytes, start, text, end, to: &output) }
        }
        place += 1
        position = end
      case .incomplete:
        if !isAtEnd, count - position <= Self.longestElement { break scan }
        place = -1
        position = start
      case .other:
        place = -1
        position = start
      }
    }
    if place < 0, position >= count || memchr(bytes + position, 0x3C, count - position) == nil { position = count }
    memcpy(output, bytes + kept, position - kept)
    output += position - kept
    held = count - position
    memmove(raw.baseAddress.unsafelyUnwrapped, bytes + position, held)
    return output - target.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
  }

  /// Writes the element of a known variant from `start`, whose text ends before `text`, with its name alone.
  ///
  /// Vectors are written whole: what follows overwrites their rest, and the output is never longer than the input was.
  @inline(__always)
  private func put(
    _ variant: borrowing Variant, _ bytes: UnsafePointer<UInt8>, _ start: Int, _ text: Int, _ end: Int,
    to output: inout UnsafeMutablePointer<UInt8>
  ) {
    var source = start &+ variant.nameLength
    if variant.shortLength > 0 {
      UnsafeMutableRawPointer(output).storeBytes(of: variant.short, as: SIMD16<UInt8>.self)
      output += variant.shortLength
    } else {
      memcpy(output, bytes + start, variant.nameLength)
      output += variant.nameLength
    }
    if variant.isTyped {
      output.pointee = UInt8(ascii: ">")
      output += 1
      source = start &+ variant.tagLength
    }
    let hasShortEnd = variant.shortEndLength > 0
    let length = (hasShortEnd ? text : end) &- source
    if length <= 16, hasShortEnd {
      let block = UnsafeRawPointer(bytes + source).loadUnaligned(as: SIMD16<UInt8>.self)
      UnsafeMutableRawPointer(output).storeBytes(of: block, as: SIMD16<UInt8>.self)
    } else {
      memcpy(output, bytes + source, length)
    }
    output += length
    if hasShortEnd {
      UnsafeMutableRawPointer(output).storeBytes(of: variant.shortEnd, as: SIMD16<UInt8>.self)
      output += variant.shortEndLength
    }
  }

  /// The element that starts at `start`, by the start tags known for its place.
  @inline(__always)
  private func match(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Match {
    guard place < variantCounts.count else { return learn(bytes, start, count) }
    let first = place &* Self.variantsAPlace
    for i in first..<(first &+ variantCounts[place]) {
      let length = variants[i].tagLength
      guard length <= count &- start, memcmp(bytes + start, variants[i].tag, length) == 0 else { continue }
      guard let end = variants[i].end else {
        return .element(
          text: start &+ length, end: start &+ length, variant: i, isSkipped: !variants[i].isWanted)
      }
      return rest(bytes, start &+ length, count, end, variants[i].endLength, i, variants[i].isWanted)
    }
    return learn(bytes, start, count)
  }

  /// The text and the end tag of an element.
  @inline(__always)
  private func rest(
    _ bytes: UnsafePointer<UInt8>, _ text: Int, _ count: Int, _ end: UnsafePointer<UInt8>, _ endLength: Int,
    _ variant: Int, _ isWanted: Bool
  ) -> Match {
    ByteClass.table.withUnsafeBufferPointer { classes in
      var seen: UInt8 = 0
      var position = text
      while position < count {
        let kind = classes[Int(bytes[position])]
        if kind == ByteClass.markup { break }
        seen |= kind
        position &+= 1
      }
      guard endLength <= count &- position else { return .incomplete }
      guard memcmp(bytes + position, end, endLength) == 0 else { return .other }
      return .element(
        text: position, end: position &+ endLength, variant: variant,
        isSkipped: !isWanted && seen == ByteClass.plain)
    }
  }

  // MARK: Start tags

  /// Notes the start tag at `start` for the entries to come; its element goes through.
  @inline(never)
  private func learn(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Match {
    var nameEnd = start + 1
    while nameEnd < count, Self.isNameByte(bytes[nameEnd]) { nameEnd += 1 }
    var close = nameEnd
    while close < count, bytes[close] != UInt8(ascii: ">"), bytes[close] != 0x3C { close += 1 }
    guard close < count else { return .incomplete }
    guard nameEnd > start + 1, bytes[close] == UInt8(ascii: ">") else { return .other }
    let isEmpty = bytes[close - 1] == UInt8(ascii: "/")
    let name = [UInt8](UnsafeBufferPointer(start: bytes + start + 1, count: nameEnd - start - 1))
    let end = isEmpty ? nil : [0x3C, UInt8(ascii: "/")] + name + [UInt8(ascii: ">")]
    let element: Match
    if let end {
      element = end.withUnsafeBufferPointer { end in
        rest(bytes, close + 1, count, end.baseAddress.unsafelyUnwrapped, end.count, -1, true)
      }
    } else {
      element = .element(text: close + 1, end: close + 1, variant: -1, isSkipped: false)
    }
    guard case .element = element, place < XMLLimits.names else { return element }
    if place == variantCounts.count {
      variantCounts.append(0)
      let none = Variant(tag: Self.copy([]), tagLength: 0, end: nil, endLength: 0, isWanted: true)
      none.tag.deallocate()
      variants += [Variant](repeating: none, count: Self.variantsAPlace)
    }
    guard variantCounts[place] < Self.variantsAPlace else { return element }
    let local = name.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).last.map { Array($0) } ?? []
    let isWanted = wanted.contains(local)
    if !isWanted { hasUnwanted = true }
    var variant = Variant(
      tag: Self.copy([UInt8](UnsafeBufferPointer(start: bytes + start, count: close + 1 - start))),
      tagLength: close + 1 - start, end: end.map { Self.copy($0) }, endLength: end?.count ?? 0, isWanted: isWanted,
      nameLength: nameEnd - start, isTyped: hasOnlyTypes(bytes, nameEnd, close))
    if isWanted { shorten(&variant, prefix: Array(name.dropLast(local.count)), local, isEmpty: isEmpty) }
    variants[place * Self.variantsAPlace + variantCounts[place]] = variant
    variantCounts[place] += 1
    return element
  }

  /// Gives a variant with a long name its short one.
  private func shorten(_ variant: inout Variant, prefix: [UInt8], _ local: [UInt8], isEmpty: Bool) {
    let number = shortNumbers[local] ?? longNames.count
    guard local.count >= Self.shortestLong, number < 26 * 26 else { return }
    let short = prefix + Self.short(number)
    let start: [UInt8] = [UInt8(ascii: "<")] + short
    let end: [UInt8] = [UInt8(ascii: "<"), UInt8(ascii: "/")] + short + [UInt8(ascii: ">")]
    guard end.count <= 16 else { return }
    if number == longNames.count {
      longNames.append(local)
      shortNumbers[local] = number
    }
    for (i, byte) in start.enumerated() { variant.short[i] = byte }
    variant.shortLength = start.count
    guard !isEmpty else { return }
    for (i, byte) in end.enumerated() { variant.shortEnd[i] = byte }
    variant.shortEndLength = end.count
  }

  /// Whether the attributes between the name and the end of a start tag say nothing about the value: `m:type`, `xml:space`.
  private func hasOnlyTypes(_ bytes: UnsafePointer<UInt8>, _ nameEnd: Int, _ close: Int) -> Bool {
    guard close > nameEnd, bytes[close - 1] != UInt8(ascii: "/") else { return false }
    let attributes = String(
      decoding: UnsafeBufferPointer(start: bytes + nameEnd, count: close - nameEnd), as: UTF8.self)
    let isBare = attributes.split(separator: " ").allSatisfy { attribute in
      ["m:type=\"Edm.", "xml:space=\"preserve\""].contains { attribute.hasPrefix($0) }
        && attribute.hasSuffix("\"") && attribute.count { $0 == "\"" } == 2
    }
    if isBare { hasAttributes = true }
    return isBare
  }

  private static func copy(_ bytes: [UInt8]) -> UnsafeMutablePointer<UInt8> {
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(bytes.count, 1))
    for (i, byte) in bytes.enumerated() { copy[i] = byte }
    return copy
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// Whether the document says that it is in UTF-8, or says nothing and looks like it.
  private static func isUTF8(_ head: UnsafeBufferPointer<UInt8>) -> Bool {
    var text = head[...]
    if text.starts(with: byteOrderMark) { text = text.dropFirst(3) }
    guard text.first == UInt8(ascii: "<") else { return false }
    guard text.dropFirst().first == UInt8(ascii: "?") else { return text.dropFirst().first != 0 }
    let declaration = String(decoding: text.prefix { $0 != UInt8(ascii: ">") }, as: UTF8.self).lowercased()
    guard declaration.hasPrefix("<?xml ") else { return false }
    return !declaration.contains("encoding") || declaration.contains("\"utf-8\"") || declaration.contains("'utf-8'")
  }
}
