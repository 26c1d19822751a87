/// Distinct texts, addressed by code. Immutable and shared.
public final class StringDictionary: Sendable {
  /// All texts, one after the other, as UTF-8.
  public let bytes: [UInt8]
  /// Where each text starts; one more entry than there are texts.
  public let offsets: [UInt32]

  /// The growing dictionary of which this is a snapshot, or nil.
  let lineage: DictionaryLineage?

  /// A dictionary from texts that the caller knows to be distinct.
  public convenience init(bytes: [UInt8], offsets: [UInt32]) { self.init(bytes: bytes, offsets: offsets, lineage: nil) }

  init(bytes: [UInt8], offsets: [UInt32], lineage: DictionaryLineage?) {
    assert(offsets.first == 0 && Int(offsets[offsets.count - 1]) == bytes.count, "dictionary: offsets disagree")
    self.bytes = bytes
    self.offsets = offsets
    self.lineage = lineage
  }

  /// Whether this dictionary starts with all texts of `earlier`, codes included, as two snapshots of one growing
  /// dictionary do. Costs nothing; false does not mean that it does not.
  public func extends(_ earlier: StringDictionary) -> Bool {
    if earlier === self { return true }
    guard let lineage, let other = earlier.lineage else { return false }
    return lineage === other && earlier.count <= count
  }

  /// The dictionary without texts.
  public static let empty = StringDictionary(bytes: [], offsets: [0])

  /// The number of texts.
  public var count: Int { offsets.count - 1 }

  /// The text of `code`. Makes a String: not for loops over rows.
  public subscript(code: UInt32) -> String {
    String(decoding: bytes[Int(offsets[Int(code)])..<Int(offsets[Int(code) + 1])], as: UTF8.self)
  }

  /// All texts in code order. Makes Strings.
  public var strings: [String] { (0..<UInt32(count)).map { self[$0] } }

  /// The code of `text`, or nil: a scan of the dictionary, once per use and not per row.
  public func code(of text: String) -> UInt32? {
    var text = text
    return text.withUTF8 { wanted in
      bytes.withUnsafeBufferPointer { all in
        offsets.withUnsafeBufferPointer { offsets in
          for code in 0..<(offsets.count - 1) {
            let start = Int(offsets[code])
            guard Int(offsets[code + 1]) - start == wanted.count else { continue }
            var i = 0
            while i < wanted.count, all[start + i] == wanted[i] { i += 1 }
            if i == wanted.count { return UInt32(code) }
          }
          return nil
        }
      }
    }
  }
}

/// What the snapshots of one growing dictionary have in common: each starts with all texts of the ones before.
final class DictionaryLineage: Sendable {}

/// Text as codes into a dictionary of distinct values, with missing reasons.
public struct StringColumn: Sendable, Equatable {
  /// Codes into the dictionary; 0 where a value is missing.
  public var codes: [UInt32]
  /// The distinct values.
  public var dictionary: StringDictionary
  /// Which rows are missing and why; nil when every row holds a value.
  public var missing: MissingMask?

  /// A column from codes and their dictionary.
  public init(codes: [UInt32], dictionary: StringDictionary, missing: MissingMask? = nil) {
    self.codes = codes
    self.dictionary = dictionary
    self.missing = missing.flatMap { $0.missingCount == 0 ? nil : $0 }
  }

  /// A column of the given texts; nil becomes a missing cell for `reason`.
  public init(_ texts: [String?], reason: MissingReason = .unspecified) {
    var builder = StringDictionaryBuilder()
    var codes: [UInt32] = []
    var reasons: [UInt8] = []
    for text in texts {
      codes.append(text.map { builder.code(of: $0) } ?? 0)
      reasons.append(text == nil ? reason.rawValue : 0)
    }
    self.init(codes: codes, dictionary: builder.build(), missing: MissingMask(reasons: reasons))
  }

  /// The text at `row`, or nil when missing. Makes a String: not for loops over rows.
  public subscript(row: Int) -> String? {
    if let missing, !missing.isPresent(row) { return nil }
    return dictionary[codes[row]]
  }

  /// Columns are equal when their texts and reasons are, whatever their dictionaries' order.
  public static func == (a: StringColumn, b: StringColumn) -> Bool {
    guard a.codes.count == b.codes.count, a.missing == b.missing else { return false }
    if a.dictionary === b.dictionary { return a.codes == b.codes }
    let translation = a.dictionary.translation(into: b.dictionary)
    for row in a.codes.indices where a.missing?.isPresent(row) ?? true {
      guard translation[Int(a.codes[row])] == Int32(bitPattern: b.codes[row]) else { return false }
    }
    return true
  }
}

/// Collects distinct texts and gives each its code, in order of first appearance.
public struct StringDictionaryBuilder: Sendable {
  private var bytes: [UInt8] = []
  private var offsets: [UInt32] = [0]
  private var hashes: [UInt32] = []
  private var slots: [UInt32]
  private var mask: Int

  /// An empty builder.
  public init() {
    slots = [UInt32](repeating: .max, count: 64)
    mask = 63
  }

  /// A builder that starts with the texts of `dictionary`, codes kept.
  public init(_ dictionary: StringDictionary) {
    self.init()
    dictionary.bytes.withUnsafeBufferPointer { all in
      for code in 0..<dictionary.count {
        let start = Int(dictionary.offsets[code])
        _ = self.code(of: UnsafeBufferPointer(rebasing: all[start..<Int(dictionary.offsets[code + 1])]))
      }
    }
  }

  /// The number of distinct texts so far.
  public var count: Int { offsets.count - 1 }

  /// The code of `text`, given now when it is new.
  public mutating func code(of text: String) -> UInt32 {
    var text = text
    return text.withUTF8 { code(of: $0) }
  }

  /// The code of the UTF-8 `text`, given now when it is new.
  public mutating func code(of text: UnsafeBufferPointer<UInt8>) -> UInt32 {
    let hash = Self.hash(text)
    var slot = Int(hash) & mask
    while true {
      let code = slots[slot]
      if code == .max { break }
      if hashes[Int(code)] == hash, equals(code, text) { return code }
      slot = (slot + 1) & mask
    }
    let code = UInt32(count)
    bytes.append(contentsOf: text)
    offsets.append(UInt32(bytes.count))
    hashes.append(hash)
    slots[slot] = code
    if count * 2 > mask { grow() }
    return code
  }

  /// The code of the UTF-8 `text`, or nil when it is not there.
  public func find(_ text: UnsafeBufferPointer<UInt8>) -> UInt32? {
    let hash = Self.hash(text)
    var slot = Int(hash) & mask
    while slots[slot] != .max {
      let code = slots[slot]
      if hashes[Int(code)] == hash, equals(code, text) { return code }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// The dictionary of all texts so far.
  public func build() -> StringDictionary { StringDictionary(bytes: bytes, offsets: offsets) }

  private func equals(_ code: UInt32, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = Int(offsets[Int(code)])
    let length = Int(offsets[Int(code) + 1]) - start
    guard length == text.count else { return false }
    return bytes.withUnsafeBufferPointer { all in
      for i in 0..<length where all[start + i] != text[i] { return false }
      return true
    }
  }

  private mutating func grow() {
    mask = mask * 2 + 1
    slots = [UInt32](repeating: .max, count: mask + 1)
    for code in 0..<UInt32(count) {
      var slot = Int(hashes[Int(code)]) & mask
      while slots[slot] != .max { slot = (slot + 1) & mask }
      slots[slot] = code
    }
  }

  /// A fixed hash (no seed): the same on every run, so that nothing depends on chance.
  private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt32 {
    var h: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(text.count)
    var i = 0
    let raw = UnsafeRawBufferPointer(text)
    while i + 8 <= raw.count {
      h = (h ^ raw.loadUnaligned(fromByteOffset: i, as: UInt64.self)) &* 0xFF51_AFD7_ED55_8CCD
      h ^= h >> 32
      i += 8
    }
    var tail: UInt64 = 0
    while i < raw.count {
      tail = tail << 8 | UInt64(raw[i])
      i += 1
    }
    h = (h ^ tail) &* 0xC4CE_B9FE_1A85_EC53
    h ^= h >> 29
    h = h &* 0xFF51_AFD7_ED55_8CCD
    return UInt32(truncatingIfNeeded: h >> 32)
  }
}

extension StringDictionary {
  /// For each code of this dictionary the code of the same text in `other`, or -1.
  public func translation(into other: StringDictionary) -> [Int32] {
    if other === self { return (0..<Int32(count)).map { $0 } }
    let builder = StringDictionaryBuilder(other)
    return bytes.withUnsafeBufferPointer { all in
      (0..<count).map { code in
        let text = UnsafeBufferPointer(rebasing: all[Int(offsets[code])..<Int(offsets[code + 1])])
        return builder.find(text).map { Int32(bitPattern: $0) } ?? -1
      }
    }
  }
}
