import PipelineTesting
import Testing

@testable import PipelineKit

/// Writes `bytes` to a file for the time of `body`.
private func withFile<T>(_ bytes: [UInt8], _ body: (String) throws -> T) throws -> T {
  let folder = TemporaryFolder()
  return try withExtendedLifetime(folder) { try body(folder.write("file", bytes)) }
}

/// What a file is read as, in pieces of `size`, and the warnings; or the error.
private func read(_ bytes: [UInt8], as encoding: TextEncoding = .auto, size: Int = 1 << 16) throws -> String {
  try withFile(bytes) { path in
    let context = RunContext()
    var text: [UInt8] = []
    var tail = ""
    do {
      let file = try context.openText(path, encoding: encoding)
      var piece = [UInt8](repeating: 0, count: size)
      while true {
        let count = try piece.withUnsafeMutableBytes { try file.read(into: $0) }
        if count == 0 { break }
        text += piece[..<count]
      }
      #expect(try context.textHead(path, count: 1 << 24, encoding: encoding) == text)
    } catch {
      text = []
      tail = "|\(error)"
    }
    for warning in context.record.warnings { tail += "|" + warning.message }
    return (String(validating: text, as: UTF8.self) ?? "not UTF-8") + tail.split(separator: path).joined(separator: "F")
  }
}

private func littleEndian(_ units: [UInt16]) -> [UInt8] {
  var bytes: [UInt8] = []
  for unit in units { bytes += [UInt8(unit & 255), UInt8(unit >> 8)] }
  return bytes
}

@Suite struct TextEncodingTests {
  private static let long = String(repeating: "gewone tekst\n", count: 6_000)

  @Test(arguments: [1, 3, 63, 64, 100, 1 << 16]) func utf8PassesThrough(size: Int) throws {
    let text = "wijk;Patiëntenhof €\n𝕏;日本\n"
    #expect(try read(Array(text.utf8), size: size) == text)
    #expect(try read([0xEF, 0xBB, 0xBF] + Array("é".utf8), size: size) == "\u{FEFF}é")
    #expect(try read([], size: size) == "")
    // A character lies across every place where a piece can end.
    let late = Self.long + String(repeating: "aé€𝕏", count: 3_000)
    #expect(try read(Array(late.utf8), size: max(size, 63)) == late)
  }

  @Test(arguments: [1, 3, 64, 1 << 16]) func otherBytesAreWindows1252(size: Int) throws {
    #expect(
      try read(Array("a\nPati".utf8) + [0xEB] + Array("ntenhof ".utf8) + [0x80, 0x92, 0xE9], size: size)
        == "a\nPatiëntenhof €’é|F:2: the byte 0xeb is not UTF-8; the file is read as Windows-1252")
    // Known only at the last byte of the file, or after the first pieces have been handed on.
    #expect(
      try read(Array("caf".utf8) + [0xE9], size: size)
        == "café|F:1: the byte 0xe9 is not UTF-8; the file is read as Windows-1252")
    let late = Array(Self.long.utf8) + [0xFC] + Array(Self.long.utf8) + [0xFC]
    #expect(
      try read(late, size: max(size, 64))
        == Self.long + "ü" + Self.long + "ü|F:6001: the byte 0xfc is not UTF-8; the file is read as Windows-1252")
  }

  @Test func neither() throws {
    #expect(
      try read(Array("é\n".utf8) + [0x61, 0xE9, 0x61])
        == "|F:2: the byte 0xe9 is not UTF-8, but characters before it are; the file mixes two encodings, convert it "
        + "to UTF-8")
    #expect(
      try read([0x61, 0x0A, 0x62, 0x81, 0x63])
        == "|F:2: the byte 0x81 is neither UTF-8 nor Windows-1252; the file is damaged, or not text|F:2: the byte 0x81 "
        + "is not UTF-8; the file is read as Windows-1252")
    #expect(
      try read([0x61, 0xE9, 0x61], as: .utf8)
        == "|F:1: the byte 0xe9 is not UTF-8; the file is damaged, or in another encoding")
  }

  @Test func windows1252WhenTold() throws {
    #expect(try read(Array("é".utf8), as: .windows1252) == "Ã©")
  }

  @Test(arguments: [1, 3, 64, 1 << 16]) func utf16(size: Int) throws {
    let text = "wijk;é€\r\n𝕏日"
    let units = Array(text.utf16)
    let little = [0xFF, 0xFE] + littleEndian(units)
    let big = [0xFE, 0xFF] + littleEndian(units.map(\.byteSwapped))
    #expect(try read(little, size: size) == text)
    #expect(try read(big, size: size) == text)
    let marked = "is UTF-16 by its byte order mark, but byte"
    let damaged = "belongs to no character; the file is damaged or cut off"
    #expect(try read([0xFF, 0xFE, 0x41, 0, 0x42], size: size) == "|F: \(marked) 4 \(damaged)")
    #expect(try read([0xFF, 0xFE, 0, 0xDC, 0, 0], size: size) == "|F: \(marked) 2 \(damaged)")
    #expect(try read([0xFF, 0xFE, 0, 0xD8], size: size) == "|F: \(marked) 2 \(damaged)")
    let long = littleEndian(Array(Self.long.utf16))
    #expect(try read([0xFF, 0xFE] + long, size: max(size, 64)) == Self.long)
  }

  /// Against the standard library, on every sequence of up to three bytes of each kind.
  @Test func validityIsThatOfTheStandardLibrary() {
    let kinds: [UInt8] = [
      0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF,
      0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ]
    var wrong = 0
    func check(_ bytes: [UInt8]) {
      var scan = UTF8Scan()
      let found = bytes.withUnsafeBytes { scan.scan($0) }
      let isValid = String(validating: bytes, as: UTF8.self) != nil
      if (found == .valid(bytes.count)) != isValid { wrong += 1 }
      // What is only unfinished can be finished; what is invalid cannot.
      if case .valid(let place) = found, place < bytes.count {
        let ends: [[UInt8]] = [
          [0x80], [0xBF], [0x90], [0x80, 0x80], [0x80, 0x80, 0x80], [0xA0, 0x80], [0x90, 0x80, 0x80],
        ]
        if !ends.contains(where: { String(validating: bytes + $0, as: UTF8.self) != nil }) { wrong += 1 }
      }
    }
    for a in kinds {
      check([a])
      for b in kinds {
        check([a, b])
        for c in kinds {
          check([a, b, c])
          for d in kinds { check([a, b, c, d]) }
        }
      }
    }
    #expect(wrong == 0)
  }

  @Test func headsOfFilesAsText() {
    #expect(TextHead.text([0xEF, 0xBB, 0xBF, 0x61]) == [0x61])
    #expect(TextHead.text([0xFF, 0xFE, 0x61, 0x00, 0x62]) == [0x61])
    #expect(TextHead.text([0x61, 0xE9, 0x62]).map { String(decoding: $0, as: UTF8.self) } == "aéb")
    #expect(TextHead.text(Array("abcé".utf8.dropLast())) == Array("abc".utf8))
    #expect(TextHead.text([0x61, 0x00]) == nil)
    #expect(TextHead.text([0x61, 0x81]) == nil)
  }
}
