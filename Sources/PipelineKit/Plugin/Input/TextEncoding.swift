/// How the characters of a text file are written.
public enum TextEncoding: String, OptionChoice {
  /// What a byte order mark says, else UTF-8 when all bytes are, else Windows-1252 with a warning.
  case auto
  /// UTF-8 and nothing else.
  case utf8 = "utf-8"
  /// Windows-1252, which holds Latin-1's letters.
  case windows1252 = "windows-1252"
}

/// Whether bytes are UTF-8, piece by piece.
struct UTF8Scan {
  /// What a piece showed.
  enum Result: Equatable {
    /// All of it is UTF-8 up to this place; behind it starts a character that the next piece goes on with.
    case valid(Int)
    /// The byte at this place belongs to no character.
    case invalid(Int)
  }

  /// Whether a character beyond ASCII has been seen.
  private(set) var isBeyondASCII = false

  /// Looks at `bytes`, which start with a whole character.
  mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Result {
    guard let base = bytes.baseAddress else { return .valid(0) }
    let count = bytes.count
    var place = Self.asciiCount(base, count)
    while place < count {
      let length = Self.length(base + place, count - place)
      if length > 0 {
        if length > 1 { isBeyondASCII = true }
        place += length
        if length == 1 { place += Self.asciiCount(base + place, count - place) }
      } else if length == 0 {
        return .valid(place)
      } else {
        return .invalid(place)
      }
    }
    return .valid(count)
  }

  /// How many bytes at the start are ASCII, in whole words of eight.
  private static func asciiCount(_ base: UnsafeRawPointer, _ count: Int) -> Int {
    var place = 0
    // Text with letters beyond ASCII here and there: do not look at more than a line at once.
    while place < 64, place + 8 <= count {
      if base.loadUnaligned(fromByteOffset: place, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return place }
      place += 8
    }
    // Whole words: Swift's own wide vectors take ten times as long.
    @inline(__always) func word(_ i: Int) -> UInt64 {
      base.loadUnaligned(fromByteOffset: place &+ i &* 8, as: UInt64.self)
    }
    while place + 64 <= count {
      let (a, b) = (word(0) | word(1) | word(2) | word(3), word(4) | word(5) | word(6) | word(7))
      if (a | b) & 0x8080_8080_8080_8080 != 0 { break }
      place += 64
    }
    while place + 8 <= count {
      if base.loadUnaligned(fromByteOffset: place, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { break }
      place += 8
    }
    return place
  }

  /// The bytes of the character at `bytes`: 0 when it goes on behind `count`, -1 when there is none (Unicode 15, table
  /// 3-7).
  @inline(__always)
  private static func length(_ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    func byte(_ i: Int) -> UInt8 { bytes.load(fromByteOffset: i, as: UInt8.self) }
    let first = byte(0)
    if first < 0x80 { return 1 }
    let (length, second): (Int, ClosedRange<UInt8>)
    switch first {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    default: return -1
    }
    if count > 1, !second.contains(byte(1)) { return -1 }
    for i in 2..<max(2, min(length, count)) where byte(i) & 0xC0 != 0x80 { return -1 }
    return length <= count ? length : 0
  }
}

/// Windows-1252 as Unicode.
enum Windows1252 {
  /// The characters of the bytes 0x80 to 0x9F; 0 where there is none.
  private static let upper: [UInt16] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
    0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
    0x0178,
  ]

  /// Appends the bytes as UTF-8; the place of the first byte that stands for no character, or nil.
  static func append(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) -> Int? {
    for (i, byte) in bytes.enumerated() {
      if byte < 0x80 {
        text.append(byte)
        continue
      }
      let character = byte < 0xA0 ? upper[Int(byte - 0x80)] : UInt16(byte)
      if character == 0 { return i }
      appendUTF8(UInt32(character), to: &text)
    }
    return nil
  }
}

/// Appends a Unicode scalar as UTF-8.
func appendUTF8(_ scalar: UInt32, to text: inout [UInt8]) {
  func tail(_ shift: UInt32) -> UInt8 { UInt8(0x80 | (scalar >> shift & 0x3F)) }
  switch scalar {
  case ..<0x80: text.append(UInt8(scalar))
  case ..<0x800: text += [UInt8(0xC0 | scalar >> 6), tail(0)]
  case ..<0x10000: text += [UInt8(0xE0 | scalar >> 12), tail(6), tail(0)]
  default: text += [UInt8(0xF0 | scalar >> 18), tail(12), tail(6), tail(0)]
  }
}
