import Glibc

/// Gives each distinct text of a column its code, in order of first appearance.
///
/// The same rules as ``StringDictionaryBuilder``, on raw memory for the decoding loops: a text equal to the previous one
/// costs a comparison, any other a hash and a comparison. Bytes are checked to be UTF-8 when they are first seen only.
/// Freed by its owner through ``destroy()``.
struct StringInterner {
  /// What is wrong with bytes that should be text.
  enum Refusal { case notUTF8, nulByte }

  /// The bits of a table entry that hold code + 1: enough for ``isLarge`` and a batch on top of it.
  private static let codeBits: UInt32 = 1 << 20 - 1

  private var bytes: UnsafeMutablePointer<UInt8>
  private var byteCount = 0
  private var byteCapacity: Int
  /// Where each text starts, and behind the last one its end.
  private var offsets: UnsafeMutablePointer<UInt32>
  private(set) var count = 0
  private var capacity: Int
  /// The upper 12 bits of the hash and, below them, code + 1; 0 is free.
  ///
  /// Four bytes each, so that the table of a column of distinct keys stays in the cache beside those of the other
  /// columns.
  private var table: UnsafeMutablePointer<UInt32>
  /// The hashes of the texts, for when the table grows.
  private var hashes: UnsafeMutablePointer<UInt32>
  /// Texts of up to 15 bytes as they are, so that one look decides; longer ones have ``ShortText/none``.
  private var shorts: UnsafeMutablePointer<ShortText>
  private var mask: Int
  private var last: UInt32 = 0
  /// The last text when it is a short one.
  private var lastShort = ShortText.none
  private var lastStart = 0
  private var lastCount = -1

  init() {
    byteCapacity = 1024
    bytes = .allocate(capacity: byteCapacity)
    capacity = 64
    offsets = .allocate(capacity: capacity + 1)
    offsets[0] = 0
    hashes = .allocate(capacity: capacity)
    shorts = .allocate(capacity: capacity)
    mask = 127
    table = .allocate(capacity: mask + 1)
    table.update(repeating: 0, count: mask + 1)
  }

  /// Gives the memory back.
  func destroy() {
    bytes.deallocate()
    offsets.deallocate()
    hashes.deallocate()
    shorts.deallocate()
    table.deallocate()
  }

  /// Forgets all texts.
  mutating func reset() {
    byteCount = 0
    count = 0
    lastCount = -1
    lastShort = .none
    table.update(repeating: 0, count: mask + 1)
  }

  /// Whether so much is held that a snapshot costs more than the batch it is for.
  var isLarge: Bool { count > 65_536 || byteCount > 1 << 22 }

  /// The texts so far.
  func snapshot(lineage: DictionaryLineage) -> StringDictionary {
    StringDictionary(
      bytes: [UInt8](UnsafeBufferPointer(start: bytes, count: byteCount)),
      offsets: [UInt32](UnsafeBufferPointer(start: offsets, count: count + 1)), lineage: lineage)
  }

  /// The code of the text, given now when it is new; `UInt32.max` when it is no text: see ``refusal(_:_:)``.
  @inline(__always)
  mutating func code(of text: UnsafePointer<UInt8>, _ length: Int) -> UInt32 {
    if length < 16 {
      let short = ShortText(text, length)
      return short == lastShort ? last : search(short, text, length)
    }
    if length == lastCount, Self.equal(bytes + lastStart, text, length) { return last }
    return search(text, length)
  }

  /// Writes the codes of `count` plain texts to the given rows of `values`, in their order.
  ///
  /// One after the other, so that the processor looks several up at once.
  mutating func codes(
    of texts: UnsafePointer<ShortText>, _ rows: UnsafePointer<UInt32>, _ count: Int,
    into values: UnsafeMutableRawPointer
  ) {
    if count == 0 { return }
    var previous = lastShort
    var code = last
    for i in 0..<count {
      let text = texts[i]
      if text != previous {
        let found = find(text)
        code = found == .max ? insert(text) : found
        previous = text
      }
      values.storeBytes(of: code, toByteOffset: Int(rows[i]) &* 4, as: UInt32.self)
    }
    last = code
    lastShort = previous
    lastCount = -1
  }

  /// The code of a short text, or `UInt32.max`.
  @inline(__always)
  private func find(_ short: ShortText) -> UInt32 {
    let hash = short.hash
    var slot = Int(truncatingIfNeeded: hash) & mask
    while table[slot] != 0 {
      let entry = table[slot]
      if (entry ^ hash) & ~Self.codeBits == 0, shorts[Int(entry & Self.codeBits &- 1)] == short {
        return entry & Self.codeBits &- 1
      }
      slot = (slot &+ 1) & mask
    }
    return .max
  }

  /// The code of a short text that is new.
  @inline(never)
  private mutating func insert(_ short: ShortText) -> UInt32 {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { bytes in
      for i in 0..<8 {
        bytes[i] = UInt8(truncatingIfNeeded: short.low &>> UInt64(i &* 8))
        bytes[i + 8] = UInt8(truncatingIfNeeded: short.high &>> UInt64(i &* 8))
      }
      return bytes.baseAddress.map { search(short, $0, Int(short.high &>> 56)) } ?? .max
    }
  }

  private mutating func search(_ short: ShortText, _ text: UnsafePointer<UInt8>, _ length: Int) -> UInt32 {
    let hash = short.hash
    var slot = Int(truncatingIfNeeded: hash) & mask
    while table[slot] != 0 {
      let entry = table[slot]
      if (entry ^ hash) & ~Self.codeBits == 0 {
        let code = entry & Self.codeBits &- 1
        if shorts[Int(code)] == short {
          last = code
          lastShort = short
          lastCount = -1
          return code
        }
      }
      slot = (slot &+ 1) & mask
    }
    let code = insert(text, length, hash, slot)
    if code != .max {
      shorts[Int(code)] = short
      lastShort = short
      lastCount = -1
    }
    return code
  }

  /// Why ``code(of:_:)`` refused the text.
  static func refusal(_ text: UnsafePointer<UInt8>, _ length: Int) -> Refusal {
    memchr(text, 0, length) == nil ? .notUTF8 : .nulByte
  }

  private mutating func search(_ text: UnsafePointer<UInt8>, _ length: Int) -> UInt32 {
    let hash = Self.hash(text, length)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while table[slot] != 0 {
      let entry = table[slot]
      if (entry ^ hash) & ~Self.codeBits == 0 {
        let code = entry & Self.codeBits &- 1
        let start = Int(offsets[Int(code)])
        if Int(offsets[Int(code) &+ 1]) &- start == length, Self.equal(bytes + start, text, length) {
          remember(code, start, length)
          return code
        }
      }
      slot = (slot &+ 1) & mask
    }
    return insert(text, length, hash, slot)
  }

  private mutating func remember(_ code: UInt32, _ start: Int, _ length: Int) {
    last = code
    lastStart = start
    lastCount = length
    lastShort = .none
  }

  private mutating func insert(_ text: UnsafePointer<UInt8>, _ length: Int, _ hash: UInt32, _ slot: Int) -> UInt32 {
    guard Self.isText(text, length) else { return .max }
    if byteCount + length > byteCapacity { growBytes(by: length) }
    if count == capacity { growOffsets() }
    precondition(count < Int(Self.codeBits), "interner: more texts in a batch than codes")
    let code = UInt32(count)
    memcpy(bytes + byteCount, text, length)
    remember(code, byteCount, length)
    byteCount += length
    count += 1
    offsets[count] = UInt32(byteCount)
    hashes[Int(code)] = hash
    shorts[Int(code)] = .none
    table[slot] = hash & ~Self.codeBits | (code + 1)
    if count * 2 > mask { growTable() }
    return code
  }

  private mutating func growBytes(by length: Int) {
    let wider = max(byteCapacity * 2, byteCount + length)
    let fresh = UnsafeMutablePointer<UInt8>.allocate(capacity: wider)
    fresh.update(from: bytes, count: byteCount)
    bytes.deallocate()
    bytes = fresh
    byteCapacity = wider
  }

  private mutating func growOffsets() {
    let fresh = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity * 2 + 1)
    fresh.update(from: offsets, count: count + 1)
    offsets.deallocate()
    offsets = fresh
    let wider = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity * 2)
    wider.update(from: hashes, count: count)
    hashes.deallocate()
    hashes = wider
    let moreShorts = UnsafeMutablePointer<ShortText>.allocate(capacity: capacity * 2)
    moreShorts.update(from: shorts, count: count)
    shorts.deallocate()
    shorts = moreShorts
    capacity *= 2
  }

  private mutating func growTable() {
    let wider = mask * 2 + 1
    let fresh = UnsafeMutablePointer<UInt32>.allocate(capacity: wider + 1)
    fresh.update(repeating: 0, count: wider + 1)
    for code in 0..<count {
      var slot = Int(hashes[code]) & wider
      while fresh[slot] != 0 { slot = (slot &+ 1) & wider }
      fresh[slot] = hashes[code] & ~Self.codeBits | UInt32(code + 1)
    }
    table.deallocate()
    table = fresh
    mask = wider
  }

  /// Whether two stretches of `length` bytes are equal.
  ///
  /// Touches no byte beyond them.
  @inline(__always)
  static func equal(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    if length < 8 {
      if length == 0 { return true }
      return loadShort(a, length) == loadShort(b, length)
    }
    if length <= 16 {
      let one = UnsafeRawPointer(a)
      let two = UnsafeRawPointer(b)
      let head = one.loadUnaligned(as: UInt64.self) ^ two.loadUnaligned(as: UInt64.self)
      let tail =
        one.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self)
        ^ two.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self)
      return head | tail == 0
    }
    return memcmp(a, b, length) == 0
  }

  /// A fixed hash (no seed): the same on every run.
  @inline(__always)
  private static func hash(_ text: UnsafePointer<UInt8>, _ length: Int) -> UInt32 {
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(length)
    if length <= 8 {
      if length > 0 { hash ^= loadShort(text, length) }
    } else {
      let raw = UnsafeRawPointer(text)
      var place = 0
      while place &+ 8 < length {
        hash = (hash ^ UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
        hash = hash &* 0xFF51_AFD7_ED55_8CCD
        hash ^= hash &>> 32
        place &+= 8
      }
      hash ^= UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self))
    }
    hash = hash &* 0xC4CE_B9FE_1A85_EC53
    hash ^= hash &>> 29
    hash = hash &* 0xFF51_AFD7_ED55_8CCD
    return UInt32(truncatingIfNeeded: hash &>> 32)
  }

  /// Whether the bytes are UTF-8 without a NUL.
  private static func isText(_ text: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    let raw = UnsafeRawPointer(text)
    var place = 0
    var high: UInt64 = 0
    var zero: UInt64 = 0
    while place &+ 8 <= length {
      let word = raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      high |= word
      zero |= (word &- 0x0101_0101_0101_0101) & ~word
      place &+= 8
    }
    if place < length {
      let word = loadShort(text + place, length &- place)
      high |= word
      let filled = word | ~((1 &<< UInt64((length &- place) &* 8)) &- 1)
      zero |= (filled &- 0x0101_0101_0101_0101) & ~filled
    }
    if zero & 0x8080_8080_8080_8080 != 0 { return false }
    if high & 0x8080_8080_8080_8080 == 0 { return true }
    return String(validating: UnsafeBufferPointer(start: text, count: length), as: UTF8.self) != nil
  }
}

/// A text of up to 15 bytes and its length, in two words.
struct ShortText: Equatable {
  var low: UInt64
  /// The bytes from the ninth on, and in the highest byte the length.
  var high: UInt64

  /// Equal to no text.
  static let none = ShortText(low: .max, high: .max)

  private init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// Touches no byte beyond the text.
  @inline(__always)
  init(_ text: UnsafePointer<UInt8>, _ length: Int) {
    high = UInt64(length) &<< 56
    if length > 8 {
      let raw = UnsafeRawPointer(text)
      low = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
      let last = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self))
      high |= last &>> UInt64((16 &- length) &* 8)
    } else {
      low = length > 0 ? loadShort(text, length) : 0
    }
  }

  /// Whether all bytes are ASCII and none is NUL: it can then be no bad text.
  @inline(__always)
  var isPlain: Bool {
    let length = high &>> 56
    // Bytes beyond the text count as filled.
    let first = length >= 8 ? low : low | ~((1 &<< (length &* 8)) &- 1)
    let rest = length > 8 ? high | ~((1 &<< ((length &- 8) &* 8)) &- 1) : .max
    let ones: UInt64 = 0x0101_0101_0101_0101
    let bad = ((first &- ones) & ~first) | ((rest &- ones) & ~rest) | low | (high & 0x00FF_FFFF_FFFF_FFFF)
    return bad & 0x8080_8080_8080_8080 == 0
  }

  /// A fixed hash (no seed).
  @inline(__always)
  var hash: UInt32 {
    var hash = (low ^ 0x9E37_79B9_7F4A_7C15) &* 0xFF51_AFD7_ED55_8CCD
    hash ^= hash &>> 32
    hash = (hash ^ high) &* 0xC4CE_B9FE_1A85_EC53
    hash ^= hash &>> 29
    hash = hash &* 0xFF51_AFD7_ED55_8CCD
    return UInt32(truncatingIfNeeded: hash &>> 32)
  }
}

/// `count` (1 to 8) bytes as the low bytes of a word, the others 0.
///
/// Touches no byte beyond them.
@inline(__always)
private func loadShort(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
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
