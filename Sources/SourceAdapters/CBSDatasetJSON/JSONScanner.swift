import Glibc
import PipelineKit

/// What a JSON document may hold at most; beyond it the file is refused, so that a hostile one cannot fill the memory.
enum JSONLimits {
  /// Lists and objects inside each other.
  static let depth = 64
  /// Bytes of one text, number or name.
  static let text = 1 << 20
  /// Different names in the rows of a file.
  static let properties = 16_384
}

/// Reads JSON (RFC 8259) from a stream, token by token.
///
/// Memory stays the same however long the document is: one chunk, and the text of the running token.
final class JSONScanner {
  /// A piece of the document.
  enum Token {
    case beginObject, endObject, beginArray, endArray
    /// The name of a member, in ``text``.
    case key
    /// A text without its quotes, escapes resolved, in ``text``.
    case string
    /// A number as written, in ``text``.
    case number
    case `true`, `false`, null
    /// The end of the document.
    case end
  }

  private enum Expectation { case value, valueOrEnd, keyOrEnd, key, commaOrEnd, end }

  /// The bytes of the last name, text or number.
  private(set) var text = UnsafeMutablePointer<UInt8>.allocate(capacity: 4096)
  /// How many they are.
  private(set) var textCount = 0
  /// The line of the next byte, from 1.
  private(set) var line = 1
  /// Whether the document breaks off before its end.
  private(set) var isCut = false

  private var capacity = 4096
  private let path: String
  private let source: (UnsafeMutableRawBufferPointer) throws(SourceError) -> Int
  private let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 16)
  private var start = 0
  private var end = 0
  private var stack: [Bool] = []  // whether the open container is an object
  private var expectation = Expectation.value

  init(path: String, source: @escaping (UnsafeMutableRawBufferPointer) throws(SourceError) -> Int) {
    self.path = path
    self.source = source
  }

  deinit {
    buffer.deallocate()
    text.deallocate()
  }

  /// Lists and objects that are open.
  var depth: Int { stack.count }

  /// The text of the last name, text or number.
  var string: String { String(decoding: UnsafeBufferPointer(start: text, count: textCount), as: UTF8.self) }

  /// An error at the running line.
  func error(_ message: String, column: String = "") -> SourceError {
    SourceError(file: path, line: line, column: column, message)
  }

  // MARK: Tokens

  /// The next token.
  func next() throws(SourceError) -> Token {
    var byte = try skipBlanks()
    if expectation == .commaOrEnd {
      guard let isObject = stack.last else { throw unexpected(byte, "the end of the document") }
      if byte == UInt8(ascii: ",") {
        start += 1
        byte = try skipBlanks()
        expectation = isObject ? .key : .value
      } else {
        return try close(byte, isObject, "a comma or \"\(isObject ? "}" : "]")\"")
      }
    }
    switch expectation {
    case .keyOrEnd, .key:
      if byte == UInt8(ascii: "}"), expectation == .keyOrEnd { return try close(byte, true, "") }
      guard byte == UInt8(ascii: "\"") else { throw unexpected(byte, "a name in double quotes") }
      start += 1
      try takeString()
      guard try skipBlanks() == UInt8(ascii: ":") else { throw unexpected(try skipBlanks(), "a colon") }
      start += 1
      expectation = .value
      return .key
    case .valueOrEnd where byte == UInt8(ascii: "]"): return try close(byte, false, "")
    case .end:
      guard byte == nil else { throw unexpected(byte, "the end of the document") }
      return .end
    default: return try value(byte)
    }
  }

  /// Passes over the value whose first token is `token`.
  func skip(_ token: Token) throws(SourceError) {
    guard token == .beginObject || token == .beginArray else { return }
    let depth = stack.count - 1
    while stack.count > depth { _ = try next() }
  }

  private func value(_ first: UInt8?) throws(SourceError) -> Token {
    guard let byte = first else { throw unexpected(nil, "a value") }
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard stack.count < JSONLimits.depth else {
        throw error("lists and objects stand more than \(JSONLimits.depth) deep inside each other")
      }
      start += 1
      let isObject = byte == UInt8(ascii: "{")
      stack.append(isObject)
      expectation = isObject ? .keyOrEnd : .valueOrEnd
      return isObject ? .beginObject : .beginArray
    case UInt8(ascii: "\""):
      start += 1
      try takeString()
      ended()
      return .string
    case UInt8(ascii: "-"), 0x30...0x39:
      try takeWord()
      ended()
      return .number
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
      try takeWord()
      ended()
      switch string {
      case "true": return .true
      case "false": return .false
      case "null": return .null
      default: throw error("is not JSON: the word \"\(string.prefix(40))\" is none of true, false and null")
      }
    default: throw unexpected(byte, "a value")
    }
  }

  private func close(_ byte: UInt8?, _ isObject: Bool, _ expected: String) throws(SourceError) -> Token {
    guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { throw unexpected(byte, expected) }
    start += 1
    stack.removeLast()
    ended()
    return isObject ? .endObject : .endArray
  }

  private func ended() { expectation = stack.isEmpty ? .end : .commaOrEnd }

  private func unexpected(_ byte: UInt8?, _ expected: String) -> SourceError {
    guard let byte else {
      isCut = true
      return error("the document ends where \(expected) is expected; the file is cut off, fetch it again")
    }
    let shown = byte > 0x20 && byte < 0x7F ? "\"\(Character(UnicodeScalar(byte)))\"" : "the byte \(byte)"
    return error("is not JSON: found \(shown) where \(expected) is expected")
  }

  // MARK: Bytes

  /// Fetches the next chunk; false at the end of the file.
  private func fill() throws(SourceError) -> Bool {
    start = 0
    end = try source(UnsafeMutableRawBufferPointer(start: buffer, count: 1 << 16))
    return end > 0
  }

  /// The next byte that is no blank, not taken yet; nil at the end.
  private func skipBlanks() throws(SourceError) -> UInt8? {
    while true {
      while start < end {
        switch buffer[start] {
        case 0x20, 0x09, 0x0D: start += 1
        case 0x0A:
          line += 1
          start += 1
        default: return buffer[start]
        }
      }
      if try !fill() { return nil }
    }
  }

  private func append(_ bytes: UnsafePointer<UInt8>, _ count: Int) throws(SourceError) {
    if textCount + count > capacity {
      guard textCount + count <= JSONLimits.text else { throw error("a text or name holds more than 1 MiB") }
      let wider = min(max(capacity * 2, textCount + count), JSONLimits.text)
      let fresh = UnsafeMutablePointer<UInt8>.allocate(capacity: wider)
      fresh.update(from: text, count: textCount)
      text.deallocate()
      text = fresh
      capacity = wider
    }
    memcpy(text + textCount, bytes, count)
    textCount += count
  }

  /// A number or a word, up to the byte that ends it.
  private func takeWord() throws(SourceError) {
    textCount = 0
    while true {
      let from = start
      while start < end {
        switch buffer[start] {
        case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"):
          return try append(buffer + from, start - from)
        default: start += 1
        }
      }
      try append(buffer + from, start - from)
      if try !fill() { return }
    }
  }

  /// A text whose opening quote is taken, with its closing one.
  private func takeString() throws(SourceError) {
    textCount = 0
    while true {
      let from = start
      while start < end, buffer[start] != 0x22, buffer[start] != 0x5C, buffer[start] >= 0x20 { start += 1 }
      if start > from { try append(buffer + from, start - from) }
      if start == end {
        if try !fill() {
          isCut = true
          throw error("the document ends inside a text; the file is cut off, fetch it again")
        }
        continue
      }
      switch buffer[start] {
      case 0x22:
        start += 1
        return
      case 0x5C:
        start += 1
        try takeEscape()
      default: throw error("is not JSON: the byte \(buffer[start]) stands in a text; it must be written as an escape")
      }
    }
  }

  private func takeByte() throws(SourceError) -> UInt8 {
    if start == end, try !fill() {
      isCut = true
      throw error("the document ends inside a text; the file is cut off, fetch it again")
    }
    defer { start += 1 }
    return buffer[start]
  }

  private func takeEscape() throws(SourceError) {
    let byte = try takeByte()
    let plain: UInt8
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain = byte
    case UInt8(ascii: "b"): plain = 0x08
    case UInt8(ascii: "f"): plain = 0x0C
    case UInt8(ascii: "n"): plain = 0x0A
    case UInt8(ascii: "r"): plain = 0x0D
    case UInt8(ascii: "t"): plain = 0x09
    case UInt8(ascii: "u"):
      var code = try takeHex()
      if 0xD800..<0xDC00 ~= code {
        guard try takeByte() == UInt8(ascii: "\\"), try takeByte() == UInt8(ascii: "u") else { throw halfPair() }
        let low = try takeHex()
        guard 0xDC00..<0xE000 ~= low else { throw halfPair() }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = UnicodeScalar(code) else { throw halfPair() }
      let bytes = Array(String(Character(scalar)).utf8)
      return try append(bytes, bytes.count)
    default: throw error("is not JSON: a text holds the escape \"\\\(Character(UnicodeScalar(byte)))\"")
    }
    try append([plain], 1)
  }

  private func takeHex() throws(SourceError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      let byte = try takeByte()
      guard let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80 else {
        throw error("is not JSON: \\u in a text is not followed by four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
    }
    return code
  }

  private func halfPair() -> SourceError { error("is not JSON: a text holds half of a surrogate pair") }
}
