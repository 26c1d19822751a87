import PipelineKit
import Testing

@testable import SourceAdapters

@Suite struct JSONStreamTests {
  /// The events of `text` as one line, read in pieces of `size` bytes.
  private func events(_ text: String, _ size: Int = 1 << 16, _ limits: JSONStream.Limits = .init()) throws -> String {
    try events(Array(text.utf8), size, limits)
  }

  private func events(_ bytes: [UInt8], _ size: Int, _ limits: JSONStream.Limits = .init()) throws -> String {
    var rest = bytes[...]
    let json = JSONStream(path: "x.json", limits: limits) { buffer in
      let count = min(size, buffer.count, rest.count)
      buffer.copyBytes(from: rest.prefix(count))
      rest = rest.dropFirst(count)
      return count
    }
    return try drain(json)
  }

  private func drain(_ json: JSONStream) throws -> String {
    var parts: [String] = []
    while true {
      switch try json.next() {
      case .beginObject: parts.append("{")
      case .endObject: parts.append("}")
      case .beginArray: parts.append("[")
      case .endArray: parts.append("]")
      case .key: parts.append("\(json.string):")
      case .string: parts.append("'\(json.string)'")
      case .number: parts.append("#\(json.string)")
      case .bool(let value): parts.append("\(value)")
      case .null: parts.append("null")
      case .end: return parts.joined(separator: " ")
      }
    }
  }

  @Test(arguments: [1, 2, 3, 7, 1 << 16]) func everyKindOfValue(size: Int) throws {
    let text = """
      \u{FEFF}{"a" : [1, -0.5e+10, 0, [] ,{}],\r
       "b\\"\\u00e9\\ud83d\\ude00\\n": "x\\/y\\\\", "ë": true, "": false,\t"n": null}

      """
    #expect(
      try events(text, size)
        == "{ a: [ #1 #-0.5e+10 #0 [ ] { } ] b\"é😀\n: 'x/y\\' ë: true : false n: null }")
  }

  @Test func documentsOfOneValue() throws {
    #expect(try events("12", 1) == "#12")
    #expect(try events(" \"x\" ") == "'x'")
    #expect(try events("null") == "null")
  }

  @Test(arguments: [1, 1 << 16]) func badInput(size: Int) throws {
    let start = "is not JSON that can be read: "
    let expected: [(String, String)] = [
      ("", "x.json: is empty; expected JSON"),
      ("\n{\"a\": [1,", "x.json:2: ends inside the JSON document; the file is cut off, fetch it again"),
      ("{\"a", "x.json:1: ends inside the JSON document; the file is cut off, fetch it again"),
      ("tru", "x.json:1: ends inside the JSON document; the file is cut off, fetch it again"),
      ("[1,\n 2 3]", "x.json:2: \(start)expected \",\" or \"]\", found \"3\" (byte 4)"),
      ("{\"a\" 1}", "x.json:1: \(start)expected \":\" after a member's name, found \"1\" (byte 6)"),
      ("{a: 1}", "x.json:1: \(start)expected a member's name in double quotes, found \"a\" (byte 2)"),
      ("[1,]", "x.json:1: \(start)expected a value, found \"]\" (byte 4)"),
      ("[NaN]", "x.json:1: \(start)expected a value, found \"N\" (byte 2)"),
      ("[01]", "x.json:1: \(start)\"01\" is not a number in JSON (byte 4)"),
      ("[1.]", "x.json:1: \(start)\"1.\" is not a number in JSON (byte 4)"),
      ("[trve]", "x.json:1: \(start)expected true, found \"v\" (byte 4)"),
      ("1 2", "x.json:1: \(start)expected the end of the file after the document, found \"2\" (byte 3)"),
      (
        "[\"a\nb\"]",
        "x.json:1: \(start)a string may not hold control characters or line ends; write them as escapes, "
          + "found the byte 0x0a (byte 4)"
      ),
      ("[\"\\x\"]", "x.json:1: \(start)expected one of \"\\/bfnrtu after a backslash, found \"x\" (byte 4)"),
      ("[\"\\u12g4\"]", "x.json:1: \(start)expected four hexadecimal digits after \\u, found \"g\" (byte 7)"),
      ("[\"\\ud800x\"]", "x.json:1: \(start)half a surrogate pair in a string (byte 10)"),
      ("\u{0}", "x.json:1: \(start)expected JSON, found the byte 0x00 (byte 1)"),
    ]
    for (text, error) in expected { #expect(message { _ = try events(text, size) } == error) }
  }

  @Test func otherEncodings() {
    #expect(
      message { _ = try events([0xFF, 0xFE, 0x7B, 0], 1) } == "x.json:1: is UTF-16 text; convert the file to UTF-8")
    let latin = Array("[\"caf".utf8) + [0xE9] + Array("\"]".utf8)
    #expect(
      message { _ = try events(latin, 2) }
        == "x.json:1: is not JSON that can be read: a string is not UTF-8; convert the file to UTF-8 (byte 7)")
  }

  @Test func limits() throws {
    let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(try events(deep).count == 255)
    #expect(
      message { _ = try events("[" + deep + "]") }
        == "x.json:1: is not JSON that can be read: objects and arrays stand more than 64 deep inside each other (byte 65)"
    )
    let small = JSONStream.Limits(text: 1024)
    #expect(try events("\"" + String(repeating: "x", count: 1024) + "\"", 100, small).count == 1026)
    for text in ["\"" + String(repeating: "x", count: 1025) + "\"", String(repeating: "1", count: 1025)] {
      for size in [100, 1 << 16] {
        #expect(message { _ = try events(text, size, small) }.contains("a string or number holds more than 1 KiB"))
      }
    }
  }

  @Test func skipsValues() throws {
    let json = JSONStream(path: "lines")
    let text = Array("{\"a\": {\"b\": [1, {\"c\": 2}]}, \"d\": 3}".utf8)
    try text.withUnsafeBufferPointer { bytes in
      json.load(bytes, line: 7)
      #expect(try json.next() == .beginObject)
      #expect(try json.next() == .key)
      try json.skip(json.next())
      #expect(try json.next() == .key)
      #expect(json.isText("d") && !json.isText("dd"))
      #expect(try json.next() == .number)
      #expect(json.failure("bad").description == "lines:7: bad")
    }
  }

  @Test func everyPrefixIsRefused() throws {
    let text = Array("{\"a\": [1, -0.5, \"x\\u00e9\", true, null], \"b\": {}}".utf8)
    for count in 0..<text.count {
      let found = message { _ = try events(Array(text[..<count]), 5) }
      #expect(found.contains("ends inside") || found.contains("is empty"), "\(count): \(found)")
    }
  }
}
