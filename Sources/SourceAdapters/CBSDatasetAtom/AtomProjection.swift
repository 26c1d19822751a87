import Glibc
import PipelineKit

/// Leaves what nobody asked for out of a feed, before libxml2 sees it.
///
/// A CBS feed repeats the same properties in the same order in every entry, and a pipeline needs a few of them. Inside
/// `m:properties` an element is left out when its start tag stands byte for byte as in an earlier entry, which libxml2 has
/// read, its text is plain (printable ASCII without markup), its end tag follows, and its name is not wanted. What is left
/// is well-formed exactly when the whole is. Of a wanted element the attributes that say nothing about the value (`m:type`,
/// `xml:space`) and the blanks before it are left out in the same way, and its name, unless it has attributes of another
/// kind, stands as a short one without a prefix (``AtomShortNames``). What stands between the properties of two entries is left out as far as ``AtomGap`` allows.
///
/// Everything else goes through untouched: the first entries, whatever differs, unwanted text outside ASCII. A document
/// with a comment, a CDATA section or a processing instruction, with a namespace declared behind the first entry, or in
/// another encoding than UTF-8, goes through whole from there on. Line ends are kept, so that the parser's line numbers
/// stay true.
///
/// Method: projection before parsing, as in Koch, Scherzinger and Schmidt, "XML prefiltering as a string matching problem"
/// (ICDE 2008).
final class AtomProjection {
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

  /// Bytes held back for an element that a piece breaks in two; a longer one goes through.
  private static let longestElement = 1 << 14
  private static let variantsAPlace = 4
  /// Names from this length on are shortened: theirs is then room for a whole vector at each tag's place.
  private static let shortestLong = 6
  /// Bytes behind those of a piece that may be read.
  private static let slack = 16

  private let source: (UnsafeMutableRawBufferPointer) throws(SourceError) -> Int
  private let wanted: Set<[UInt8]>
  private var variants: [AtomTag] = []
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
  /// Whether what comes next is the end of an entry's properties.
  private var isAtGap = false
  private var gaps = AtomGaps()
  private var hasUnwanted = false
  private var hasAttributes = false
  /// The short names in the place of long ones.
  private(set) var shortNames = AtomShortNames()

  /// A projection of the bytes that `source` gives on the properties named.
  init(on names: [String], of source: @escaping (UnsafeMutableRawBufferPointer) throws(SourceError) -> Int) {
    self.source = source
    wanted = Set(names.map { Array($0.utf8) })
  }

  deinit {
    raw.deallocate()
    for place in variantCounts.indices {
      for i in 0..<variantCounts[place] {
        variants[place * Self.variantsAPlace + i].release()
      }
    }
  }

  /// The next bytes of the feed, without what is left out; 0 at its end.
  func read(into target: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    if isOff, held == 0 { return try source(target) }
    if raw.count != target.count {
      let room = UnsafeMutableRawPointer.allocate(byteCount: target.count + Self.slack, alignment: 4096)
      let fresh = UnsafeMutableRawBufferPointer(start: room, count: target.count)
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
      if isAtGap {
        switch gaps.pass(bytes, position, count) {
        case .reduced(let rest, let end):
          memcpy(output, bytes + kept, position - kept)
          output += position - kept
          rest.withUnsafeBufferPointer { output.update(from: $0.baseAddress.unsafelyUnwrapped, count: $0.count) }
          output += rest.count
          (position, kept) = (end, end)
          place = 0
        case .whole(let end):
          position = end
          place = 0
        case .incomplete:
          if !isAtEnd, count - position <= Self.longestElement { break scan }
          isOff = !isAtEnd
          if isOff { position = count }
        case .other:
          isOff = true
          position = count
        }
        isAtGap = false
        continue
      }
      if place < 0 {
        guard let next = bytes.place(of: 0x3C, from: position, to: count) else { break }
        position = next
        let length = AtomGaps.marker.utf8CodeUnitCount
        if count - position < length {
          if isAtEnd { position = count }
          break
        }
        if bytes[position + 1] == UInt8(ascii: "!") || bytes[position + 1] == UInt8(ascii: "?") {
          isOff = true
          position = count
        } else if memcmp(bytes + position, AtomGaps.marker.utf8Start, length) == 0 {
          place = 0
          position += length
        } else if shortNames.isEmpty {
          position += 1
        } else {
          // A short name is good for its prefix as long as nobody gives that another meaning.
          let next = bytes.place(of: 0x3C, from: position + 1, to: count)
          if next == nil, !isAtEnd, count - position <= Self.longestElement { break scan }
          let end = next ?? count
          isOff = (next == nil && !isAtEnd) || bytes.place(of: "xmlns", from: position, to: end) != nil
          position = isOff ? count : end
        }
        continue
      }
      var start = position
      while start < count, Self.isSpace(bytes[start]) { start += 1 }
      if start < count, bytes[start] != 0x3C || (start + 1 < count && bytes[start + 1] == UInt8(ascii: "/")) {
        place = -1
        position = start
        entries += 1
        isAtGap = bytes[start] == 0x3C
        // Every property is wanted, and its tag bare: looking at it would be for nothing.
        if entries == 2, !hasUnwanted, !hasAttributes, shortNames.isEmpty {
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
    if place < 0, bytes.place(of: 0x3C, from: position, to: count) == nil { position = count }
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
    _ variant: borrowing AtomTag, _ bytes: UnsafePointer<UInt8>, _ start: Int, _ text: Int, _ end: Int,
    to output: inout UnsafeMutablePointer<UInt8>
  ) {
    let room = UnsafeMutableRawPointer(output)
    var source = start &+ variant.nameLength
    if variant.shortLength > 0 {
      output += variant.shortLength
      if variant.end == nil { return room.storeBytes(of: variant.short, as: SIMD32<UInt8>.self) }
      room.storeBytes(of: variant.short.lowHalf, as: SIMD16<UInt8>.self)
    } else {
      memcpy(output, bytes + start, variant.nameLength)
      output += variant.nameLength
    }
    if variant.isTyped {
      output.pointee = UInt8(ascii: ">")
      output += 1
      source = start &+ variant.length
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

  // MARK: Elements

  /// The element that starts at `start`, by the start tags known for its place.
  @inline(__always)
  private func match(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Match {
    guard place < variantCounts.count else { return learn(bytes, start, count) }
    let first = place &* Self.variantsAPlace
    for i in first..<(first &+ variantCounts[place]) {
      let length = variants[i].length
      guard length <= count &- start, memcmp(bytes + start, variants[i].bytes, length) == 0 else { continue }
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
    let known = place < variantCounts.count ? variantCounts[place] : 0
    guard case .element = element, place < XMLLimits.names, known < Self.variantsAPlace else { return element }
    let local = name.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).last.map { Array($0) } ?? []
    var variant = AtomTag(
      UnsafeBufferPointer(start: bytes + start, count: close + 1 - start), nameLength: nameEnd - start, end: end,
      isWanted: wanted.contains(local))
    if !variant.isWanted { hasUnwanted = true }
    if variant.isTyped { hasAttributes = true }
    if variant.isWanted, local.count >= Self.shortestLong, variant.isPlain, let short = shortNames.short(for: name) {
      variant.shorten(to: short)
    }
    if place == variantCounts.count {
      variantCounts.append(0)
      // The first of the place; the others take its copies' places.
      variants += [AtomTag](repeating: variant, count: Self.variantsAPlace)
    }
    variants[place * Self.variantsAPlace + known] = variant
    variantCounts[place] += 1
    return element
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
