import Glibc
import PipelineKit

/// Cuts a stream of bytes into lines at LF, and nowhere else.
final class MessageLines {
  /// Bytes of one line, at most.
  static let limit = 16 << 20

  /// The number, from 1, of the last line.
  private(set) var number = 0
  private let path: String
  private let source: (UnsafeMutableRawBufferPointer) throws(SourceError) -> Int
  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  private var start = 0
  private var end = 0
  private var isAtEnd = false

  init(path: String, source: @escaping (UnsafeMutableRawBufferPointer) throws(SourceError) -> Int) {
    self.path = path
    self.source = source
  }

  deinit { buffer.deallocate() }

  /// The next line without its end, good until the one after it is asked for; nil at the end.
  func next() throws(SourceError) -> UnsafeBufferPointer<UInt8>? {
    var searched = start
    while true {
      let base = UnsafePointer(buffer.baseAddress?.assumingMemoryBound(to: UInt8.self))
      if let stop = base?.place(of: 0x0A, from: searched, to: end) {
        defer { start = stop + 1 }
        return line(start, stop)
      }
      searched = end
      if isAtEnd {
        if start == end { return nil }
        defer { start = end }
        return line(start, end)
      }
      if start > 0 {
        if let base = buffer.baseAddress { memmove(base, base + start, end - start) }
        end -= start
        searched -= start
        start = 0
      }
      if end == buffer.count { try grow() }
      let count = try source(UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
      isAtEnd = count == 0
      end += count
    }
  }

  private func grow() throws(SourceError) {
    guard buffer.count < Self.limit else {
      throw SourceError(file: path, line: number + 1, "a message is longer than 16 MiB")
    }
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 16)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<end]))
    buffer.deallocate()
    buffer = larger
  }

  private func line(_ from: Int, _ to: Int) -> UnsafeBufferPointer<UInt8> {
    number += 1
    var from = from
    if number == 1, to - from >= 3, buffer[from..<(from + 3)].elementsEqual(byteOrderMark) { from += 3 }
    return UnsafeBufferPointer(rebasing: UnsafeRawBufferPointer(buffer).bindMemory(to: UInt8.self)[from..<to])
  }
}

/// One message of the Singer protocol: a JSON object in a line.
struct SingerMessage {
  /// The kinds of message that Singer knows.
  enum Kind: String {
    case schema = "SCHEMA"
    case record = "RECORD"
    case state = "STATE"
    case activateVersion = "ACTIVATE_VERSION"
  }

  /// The kind.
  var kind: Kind
  /// The stream that it belongs to; empty for a state.
  var stream: String
  /// Where its payload stands: the value of `schema`, `record` or `value`.
  var payload: UnsafeBufferPointer<UInt8>
  /// The names of the members that make up a row's key.
  var keys: [String]
}

extension SingerMessage {
  /// Looks through the outermost members of a line, whose first number is `line`; blank lines give nil.
  init?(_ bytes: UnsafeBufferPointer<UInt8>, _ json: JSONStream, line: Int) throws(SourceError) {
    guard bytes.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { return nil }
    json.load(bytes, line: line)
    guard try json.next() == .beginObject else {
      throw json.failure("is no message of the Singer protocol: expected a JSON object in each line")
    }
    var type = ""
    stream = ""
    keys = []
    var places: [String: Range<Int>] = [:]
    while try json.next() == .key {
      let name = json.string
      let from = json.offset
      let event = try json.next()
      switch name {
      case "type" where event == .string: type = json.string
      case "stream" where event == .string: stream = json.string
      case "key_properties" where event == .beginArray:
        while try json.next() == .string { keys.append(json.string) }
        if json.depth > 1 { throw json.failure("key_properties is not a list of names") }
      case "schema", "record", "value":
        try json.skip(event)
        places[name] = from..<json.offset
      default: try json.skip(event)
      }
    }
    _ = try json.next()
    guard let kind = Kind(rawValue: type) else {
      throw json.failure(
        type.isEmpty
          ? "a message has no type"
          : "a message has the type \"\(type)\"; known are SCHEMA, RECORD, STATE and ACTIVATE_VERSION")
    }
    self.kind = kind
    let member: String? =
      switch kind {
      case .schema: "schema"
      case .record: "record"
      case .state: "value"
      case .activateVersion: nil
      }
    payload = UnsafeBufferPointer(rebasing: bytes[0..<0])
    guard let member else { return }
    guard let place = places[member] else { throw json.failure("a \(type) message has no \"\(member)\"") }
    // Between the name and the value stand a colon and blanks.
    let value = bytes[place].drop { $0 == UInt8(ascii: ":") || $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    payload = UnsafeBufferPointer(rebasing: value)
    if kind != .state, stream.isEmpty { throw json.failure("a \(type) message names no stream") }
  }
}
