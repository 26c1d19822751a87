/// Numbers that look like chance and are the same on every machine (SplitMix64; Steele, Lea, Flood 2014).
struct Chance {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A whole number from 0 to `bound - 1`; 0 when there is none.
  mutating func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(next() % UInt64(bound)) }

  /// One of `choices`, which is not empty.
  mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }
}

/// Damages inputs: bytes, pieces, numbers, the tokens of our formats, and pieces of other inputs.
struct Mutator {
  /// No input grows beyond this.
  static let limit = 1 << 18

  /// What the formats are made of, and what parsers trip over.
  static let tokens: [[UInt8]] =
    [
      "\"", "\"\"", ";", ",", "\r", "\n", "\r\n", "\t", "\0", "\u{FEFF}", "<", ">", "</", "/>", "&", "&#0;",
      "&#x10FFFF;",
      "&lt;", "<!--", "-->", "<![CDATA[", "]]>", "<?xml version=\"1.0\"?>", "<!DOCTYPE a [<!ENTITY b \"c\">]>", "&b;",
      " xmlns:d=\"x\"", " m:null=\"true\"", " m:type=\"Edm.Int32\"", "{", "}", "[", "]", ":", "null", "true", "\\u0000",
      "\\uD800", "\\", "0", "-0", "-1", "1e999", "-1e-999", "9223372036854775807", "-9223372036854775808",
      "18446744073709551616", "99999999999999999999999999999999999999999", "0.1", "1,5", ".", "       .", "NaN",
      "Infinity", "BU01411106", "GM0141", "2023JJ00", "2023KW05", "9999MM99", "(", ")", "'", "`", " and ", " or ",
      " between ", " in [", "^", "not ", "&anchor ", "*anchor", "<<: ", "!!binary ", "|\n", "${x}", "$${", "- ", ": ",
    ].map { Array($0.utf8) } + [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFE, 0xFF, 0, 0x61],
    ]

  /// A damaged copy of `seed`; pieces may come from `other`.
  static func mutate(_ seed: [UInt8], with other: [UInt8], _ chance: inout Chance) -> [UInt8] {
    var bytes = seed
    // Mostly once or twice: what is damaged more is refused sooner.
    for _ in 0..<(1 + chance.below(1 + chance.below(1 + chance.below(8)))) {
      step(&bytes, other, &chance)
      if bytes.count > limit { bytes.removeLast(bytes.count - limit) }
    }
    return bytes
  }

  private static func step(_ bytes: inout [UInt8], _ other: [UInt8], _ chance: inout Chance) {
    let place = chance.below(bytes.count + 1)
    let range = place..<min(bytes.count, place + 1 + chance.below(1 << chance.below(10)))
    switch chance.below(12) {
    case 0 where !range.isEmpty: bytes[place] ^= UInt8(1 << chance.below(8))
    case 1 where !range.isEmpty: bytes[place] = UInt8(chance.below(256))
    case 2: bytes.removeSubrange(range)
    case 3: bytes.insert(contentsOf: Array(bytes[range]), at: chance.below(bytes.count + 1))
    case 4: bytes.insert(contentsOf: chance.pick(tokens), at: place)
    case 5:
      let token = chance.pick(tokens)
      bytes.replaceSubrange(place..<min(bytes.count, place + token.count), with: token)
    case 6:
      let start = chance.below(other.count)
      let piece = other.isEmpty ? [] : Array(other[start..<min(other.count, start + 1 + chance.below(512))])
      bytes.insert(contentsOf: piece, at: place)
    case 7 where chance.below(4) == 0: bytes.removeLast(bytes.count - place)
    case 8 where chance.below(4) == 0: repeatPiece(&bytes, range, &chance)
    case 9: number(&bytes, from: place, &chance)
    case 10 where !range.isEmpty: swap(&bytes, range, &chance)
    case 11 where bytes.count >= 4:
      // Lengths and counts of binary formats.
      let at = chance.below(bytes.count - 3)
      let value: UInt32 = chance.pick([0, 1, 0x7F, 0x80, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF])
      for i in 0..<4 { bytes[at + i] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(i))) }
    default: bytes.insert(UInt8(chance.below(256)), at: place)
    }
  }

  /// A piece many times over: depth, width and length.
  private static func repeatPiece(_ bytes: inout [UInt8], _ range: Range<Int>, _ chance: inout Chance) {
    let piece = chance.below(2) == 0 ? chance.pick(tokens) : Array(bytes[range].prefix(64))
    if piece.isEmpty { return }
    let count = min(1 << (4 + chance.below(13)), limit / piece.count)
    var many: [UInt8] = []
    for _ in 0..<count { many += piece }
    bytes.insert(contentsOf: many, at: range.lowerBound)
  }

  /// The next run of digits becomes another number.
  private static func number(_ bytes: inout [UInt8], from place: Int, _ chance: inout Chance) {
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    guard let start = bytes[place...].firstIndex(where: isDigit) else { return }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
    let number = chance.pick([
      "", "0", "00", "1", "-1", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "1e400",
      "123456789012345678901234567890", "0x10", "1.5", "1,5", String(chance.below(1000)),
    ])
    bytes.replaceSubrange(start..<end, with: Array(number.utf8))
  }

  private static func swap(_ bytes: inout [UInt8], _ range: Range<Int>, _ chance: inout Chance) {
    let piece = Array(bytes[range])
    bytes.removeSubrange(range)
    bytes.insert(contentsOf: piece, at: chance.below(bytes.count + 1))
  }
}

extension [UInt8] {
  /// Whether `piece` stands anywhere in the bytes.
  func contains(_ piece: [UInt8]) -> Bool {
    guard let first = piece.first else { return true }
    return indices.contains { self[$0] == first && self[$0...].starts(with: piece) }
  }
}
