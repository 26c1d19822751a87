import PipelineKit

/// Reads a JSON document (RFC 8259) as a stream of events.
///
/// Memory does not grow with the document: a chunk of the file, and one string or number, are all that it holds. What a
/// hostile document could make large has a limit (``Limits``). Bytes after the document are refused.
///
/// ```swift
/// let json = JSONStream(path: path) { (buffer) throws(SourceError) in try file.read(into: buffer) }
/// while true {
///   switch try json.next() {
///   case .key where json.isText("value"): ...
///   case .end: return
///   default: continue
///   }
/// }
/// ```
///
/// Belongs to one reader on one thread.
final class JSONStream {
  /// What comes next in a document.
  enum Event: Sendable, Equatable {
    /// `{`.
    case beginObject
    /// `}`.
    case endObject
    /// `[`.
    case beginArray
    /// `]`.
    case endArray
    /// The name of a member, in ``JSONStream/text``; its value is the next event.
    case key
    /// A string, in ``JSONStream/text``, with its escapes resolved.
    case string
    /// A number, in ``JSONStream/text``, as written.
    case number
    /// `true` or `false`.
    case bool(Bool)
    /// `null`.
    case null
    /// The end of the document and of the file.
    case end
  }

  /// What a document may hold at most.
  struct Limits: Sendable {
    /// Objects and arrays inside each other; at most 64.
    var depth = 64
    /// Bytes of one string or number.
    var text = 1 << 20
  }

  private enum State { case value, firstValue, key, firstKey, colon, comma, done }

  /// The path as the user knows it.
  let path: String
  /// The bytes of the last key, string or number. Good until the next event is asked for.
  private(set) var text = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
  /// The line (from 1) at which the last event starts.
  private(set) var line = 1
  /// Objects and arrays that are open.
  private(set) var depth = 0
  /// Where the last event ends in a document that stands in memory.
  var offset: Int { place }
  /// Whether the reading failed because the bytes came to an end inside the document: a head does.
  private(set) var isCutOff = false

  private let limits: Limits
  private let source: (UnsafeMutableRawBufferPointer) throws(SourceError) -> Int
  private let chunk: UnsafeMutableRawBufferPointer
  private var bytes = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
  private var place = 0
  private var isAtEnd = false
  /// Bytes of the file before those in `bytes`, and before the running line.
  private var consumed = 0
  private var lineStart = 0
  private var state = State.value
  /// One bit for each open container, the innermost lowest: 1 for an object.
  private var containers: UInt64 = 0
  /// A token that does not stand in one piece in `bytes`.
  private let spill = ByteBuffer()

  /// A reader of the document that `source` gives in pieces; 0 bytes mean its end.
  init(
    path: String, limits: Limits = Limits(),
    source: @escaping (UnsafeMutableRawBufferPointer) throws(SourceError) -> Int
  ) {
    self.path = path
    self.limits = limits
    self.source = source
    chunk = .allocate(byteCount: 1 << 16, alignment: 4096)
  }

  /// A reader of documents that stand in memory, given by ``load(_:line:)``.
  init(path: String, limits: Limits = Limits()) {
    self.path = path
    self.limits = limits
    source = { _ in 0 }
    chunk = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    isAtEnd = true
  }

  deinit { chunk.deallocate() }

  /// Starts anew with a document in memory, which must stay there while it is read; errors count from `line`.
  func load(_ document: UnsafeBufferPointer<UInt8>, line: Int = 1) {
    bytes = document
    place = document.starts(with: byteOrderMark) ? 3 : 0
    consumed = 0
    lineStart = 0
    self.line = line
    isAtEnd = true
    isCutOff = false
    state = .value
    depth = 0
    containers = 0
    text = UnsafeBufferPointer(start: nil, count: 0)
  }

  /// The last key, string or number as a String: not for loops over cells.
  var string: String { String(decoding: text, as: UTF8.self) }

  /// Whether the last key, string or number is `other`.
  func isText(_ other: StaticString) -> Bool {
    text.count == other.utf8CodeUnitCount
      && text.elementsEqual(UnsafeBufferPointer(start: other.utf8Start, count: other.utf8CodeUnitCount))
  }

  /// An error at the place of the last event.
  func failure(_ message: String, column: String = "") -> SourceError {
    SourceError(file: path, line: line, column: column, message)
  }

  // MARK: Events

  /// The next event.
  /// - Throws: ``SourceError`` with line and column when the document is not JSON, is cut off, or breaks a limit.
  func next() throws(SourceError) -> Event {
    while true {
      guard let byte = try token() else {
        if state == .done { return .end }
        throw cutOff()
      }
      switch state {
      case .done: throw syntax("expected the end of the file after the document", byte)
      case .colon:
        guard byte == UInt8(ascii: ":") else { throw syntax("expected \":\" after a member's name", byte) }
        place += 1
        state = .value
      case .comma:
        if byte == UInt8(ascii: ",") {
          place += 1
          state = containers & 1 == 1 ? .key : .value
        } else if byte == (containers & 1 == 1 ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          return close()
        } else {
          throw syntax("expected \",\" or \"\(containers & 1 == 1 ? "}" : "]")\"", byte)
        }
      case .key, .firstKey:
        if byte == UInt8(ascii: "}"), state == .firstKey { return close() }
        guard byte == UInt8(ascii: "\"") else { throw syntax("expected a member's name in double quotes", byte) }
        try readString()
        state = .colon
        return .key
      case .value, .firstValue:
        if byte == UInt8(ascii: "]"), state == .firstValue { return close() }
        return try value(byte)
      }
    }
  }

  /// Reads past the rest of the value that starts with `event`.
  func skip(_ event: Event) throws(SourceError) {
    guard event == .beginObject || event == .beginArray else { return }
    let outside = depth - 1
    while depth > outside { _ = try next() }
  }

  private func value(_ byte: UInt8) throws(SourceError) -> Event {
    switch byte {
    case UInt8(ascii: "{"):
      try open(isObject: true)
      return .beginObject
    case UInt8(ascii: "["):
      try open(isObject: false)
      return .beginArray
    case UInt8(ascii: "\""):
      try readString()
      finishValue()
      return .string
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      try readNumber()
      finishValue()
      return .number
    case UInt8(ascii: "t"): try readWord("true")
    case UInt8(ascii: "f"): try readWord("false")
    case UInt8(ascii: "n"): try readWord("null")
    default: throw syntax("expected a value", byte)
    }
    finishValue()
    return byte == UInt8(ascii: "n") ? .null : .bool(byte == UInt8(ascii: "t"))
  }

  private func finishValue() { state = depth == 0 ? .done : .comma }

  private func open(isObject: Bool) throws(SourceError) {
    guard depth < min(limits.depth, 64) else {
      throw here("objects and arrays stand more than \(limits.depth) deep inside each other")
    }
    place += 1
    depth += 1
    containers = containers << 1 | (isObject ? 1 : 0)
    state = isObject ? .firstKey : .firstValue
  }

  private func close() -> Event {
    let isObject = containers & 1 == 1
    place += 1
    depth -= 1
    containers >>= 1
    finishValue()
    return isObject ? .endObject : .endArray
  }

  // MARK: Tokens

  /// The first byte that is not white space, or nil at the end of the file.
  @inline(__always)
  private func token() throws(SourceError) -> UInt8? {
    while true {
      while place < bytes.count {
        let byte = bytes[place]
        if byte > 0x20 { return byte }
        switch byte {
        case 0x20, 0x09, 0x0D: break
        case 0x0A:
          line += 1
          lineStart = consumed + place + 1
        default: throw syntax("expected JSON", byte)
        }
        place += 1
      }
      guard try refill() else { return nil }
    }
  }

  /// Gets the next piece of the file; false at its end.
  private func refill() throws(SourceError) -> Bool {
    if isAtEnd { return false }
    let isFirst = consumed == 0 && bytes.isEmpty
    consumed += bytes.count
    place = 0
    var count = try source(chunk)
    if isFirst {
      // A file may come in small pieces; the mark at its start has three bytes.
      while count > 0, count < 3 {
        let more = try source(UnsafeMutableRawBufferPointer(rebasing: chunk[count...]))
        if more == 0 { break }
        count += more
      }
    }
    bytes = UnsafeBufferPointer(UnsafeMutableRawBufferPointer(rebasing: chunk[..<count]).bindMemory(to: UInt8.self))
    if count == 0 {
      isAtEnd = true
      return false
    }
    if isFirst {
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
      if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
        throw SourceError(file: path, line: 1, "is UTF-16 text; convert the file to UTF-8")
      }
    }
    return true
  }

  private func readString() throws(SourceError) {
    place += 1
    spill.removeAll()
    var isSpilled = false
    var isASCII: UInt8 = 0
    var start = place
    while true {
      var byte: UInt8 = 0
      while place < bytes.count {
        byte = bytes[place]
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
        isASCII |= byte
        place += 1
      }
      if place == bytes.count {
        try keep(start)
        isSpilled = true
        guard try refill() else { throw cutOff() }
        start = 0
        continue
      }
      if byte < 0x20 {
        throw syntax("a string may not hold control characters or line ends; write them as escapes", byte)
      }
      if byte == UInt8(ascii: "\"") { break }
      try keep(start)
      isSpilled = true
      place += 1
      try readEscape()
      start = place
    }
    if isSpilled {
      try keep(start)
      text = spill.bytes
    } else {
      text = UnsafeBufferPointer(rebasing: bytes[start..<place])
      try checkLength(text.count)
    }
    if isASCII >= 0x80, !Self.isUTF8(text) { throw here("a string is not UTF-8; convert the file to UTF-8") }
    place += 1
  }

  private static func isUTF8(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    (try? UTF8Span(validating: text.span)) != nil
  }

  /// Puts the bytes from `start` up to here aside: what follows is in another place, or escaped.
  private func keep(_ start: Int) throws(SourceError) {
    try checkLength(spill.count + place - start)
    spill.append(UnsafeBufferPointer(rebasing: bytes[start..<place]))
  }

  private func checkLength(_ count: Int) throws(SourceError) {
    if count > limits.text { throw here("a string or number holds more than \(limits.text >> 10) KiB") }
  }

  /// The byte here, which is then passed.
  private func take() throws(SourceError) -> UInt8 {
    if place == bytes.count, try !refill() { throw cutOff() }
    place += 1
    return bytes[place - 1]
  }

  /// What follows a backslash.
  private func readEscape() throws(SourceError) {
    let byte = try take()
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): spill.append(byte)
    case UInt8(ascii: "b"): spill.append(0x08)
    case UInt8(ascii: "f"): spill.append(0x0C)
    case UInt8(ascii: "n"): spill.append(0x0A)
    case UInt8(ascii: "r"): spill.append(0x0D)
    case UInt8(ascii: "t"): spill.append(0x09)
    case UInt8(ascii: "u"): try readCodePoint()
    default:
      place -= 1
      throw syntax("expected one of \"\\/bfnrtu after a backslash", byte)
    }
  }

  private func readCodePoint() throws(SourceError) {
    var code = try hexadecimal()
    if (0xD800...0xDBFF).contains(code) {
      guard try take() == UInt8(ascii: "\\"), try take() == UInt8(ascii: "u") else {
        throw here("half a surrogate pair in a string")
      }
      let low = try hexadecimal()
      guard (0xDC00...0xDFFF).contains(low) else { throw here("half a surrogate pair in a string") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw here("half a surrogate pair in a string") }
    for byte in String(Character(scalar)).utf8 { spill.append(byte) }
  }

  private func hexadecimal() throws(SourceError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      let byte = try take()
      switch byte {
      case 0x30...0x39: code = code << 4 + UInt32(byte - 0x30)
      case 0x41...0x46, 0x61...0x66: code = code << 4 + UInt32(byte & 0xF) + 9
      default:
        place -= 1
        throw syntax("expected four hexadecimal digits after \\u", byte)
      }
    }
    return code
  }

  private func readNumber() throws(SourceError) {
    spill.removeAll()
    var start = place
    var isSpilled = false
    while true {
      while place < bytes.count, Self.isInNumber(bytes[place]) { place += 1 }
      if place < bytes.count { break }
      try keep(start)
      isSpilled = true
      start = 0
      guard try refill() else { break }
    }
    if isSpilled {
      try keep(start)
      text = spill.bytes
    } else {
      text = UnsafeBufferPointer(rebasing: bytes[start..<place])
      try checkLength(text.count)
    }
    guard Self.isNumber(text) else {
      if isAtEnd, place == bytes.count { throw cutOff() }
      throw here("\(CellMessage.quoted(Array(text))) is not a number in JSON")
    }
  }

  @inline(__always)
  private static func isInNumber(_ byte: UInt8) -> Bool {
    byte &- 0x30 <= 9 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
      || byte | 0x20 == UInt8(ascii: "e")
  }

  /// `-? (0 | [1-9] digit*) (. digit+)? ([eE] [+-]? digit+)?`
  private static func isNumber(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var place = text.first == UInt8(ascii: "-") ? 1 : 0
    func digits() -> Int {
      let start = place
      while place < text.count, text[place] &- 0x30 <= 9 { place += 1 }
      return place - start
    }
    let first = place
    let count = digits()
    guard count > 0, count == 1 || text[first] != UInt8(ascii: "0") else { return false }
    if place < text.count, text[place] == UInt8(ascii: ".") {
      place += 1
      guard digits() > 0 else { return false }
    }
    if place < text.count, text[place] | 0x20 == UInt8(ascii: "e") {
      place += 1
      if place < text.count, text[place] == UInt8(ascii: "+") || text[place] == UInt8(ascii: "-") { place += 1 }
      guard digits() > 0 else { return false }
    }
    return place == text.count
  }

  private func readWord(_ word: StaticString) throws(SourceError) {
    for i in 0..<word.utf8CodeUnitCount {
      let byte = try take()
      guard byte == word.utf8Start[i] else {
        place -= 1
        throw syntax("expected \(word)", byte)
      }
    }
  }

  // MARK: Errors

  /// An error at the byte at hand.
  private func here(_ message: String) -> SourceError {
    SourceError(
      file: path, line: line, "is not JSON that can be read: \(message) (byte \(consumed + place - lineStart + 1))")
  }

  private func syntax(_ message: String, _ found: UInt8) -> SourceError {
    let shown =
      found > 0x20 && found < 0x7F
      ? "\"\(Character(UnicodeScalar(found)))\"" : "the byte 0x" + (found < 16 ? "0" : "") + String(found, radix: 16)
    return here("\(message), found \(shown)")
  }

  private func cutOff() -> SourceError {
    isCutOff = true
    if consumed + bytes.count == 0 { return SourceError(file: path, "is empty; expected JSON") }
    return SourceError(file: path, line: line, "ends inside the JSON document; the file is cut off, fetch it again")
  }
}
