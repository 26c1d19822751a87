import CByteMasks
import Tabular
import Testing

/// Where separators and line ends stand, found 64 bytes at a time, is where a look at each byte finds them.
@Suite struct CSVMarksTests {
  private typealias Search = (
    UnsafePointer<UInt8>, Int, UInt8, UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<PeilLine>
  ) -> Int

  private func found(_ bytes: [UInt8], _ search: Search) -> (marks: [UInt32], lines: [[UInt32]]) {
    let padded = bytes + [UInt8](repeating: 0, count: 64)
    var marks = [UInt32](repeating: .max, count: bytes.count + 128)
    var lines = [PeilLine](repeating: PeilLine(), count: bytes.count + 1)
    let count = search(padded, bytes.count, UInt8(ascii: ";"), &marks, &lines)
    let known = lines[..<count].map { [$0.marks, $0.quotes] }
    return (Array(marks[..<Int(lines[..<count].last?.marks ?? 0)]), known)
  }

  private func expected(_ bytes: [UInt8]) -> (marks: [UInt32], lines: [[UInt32]]) {
    var (marks, lines, quotes) = ([UInt32](), [[UInt32]](), UInt32(0))
    for (place, byte) in bytes.enumerated() {
      if byte == 0x22 { quotes += 1 }
      guard quotes % 2 == 0, byte == UInt8(ascii: ";") || byte == 0x0A || byte == 0x0D else { continue }
      marks.append(UInt32(place))
      if byte != UInt8(ascii: ";") { lines.append([UInt32(marks.count), quotes]) }
    }
    return (Array(marks.prefix(Int(lines.last?[0] ?? 0))), lines)
  }

  @Test(arguments: 0..<200) func asByteByByte(seed: Int) {
    var random = Seeded(UInt64(seed))
    let alphabet = Array((seed % 2 == 0 ? "ab;;\n" : "abcdefgh;;;\n\r\"\"").utf8)
    let bytes = (0..<random.below(700)).map { _ in alphabet[random.below(alphabet.count)] }
    let wanted = expected(bytes)
    for search in [peil_find_marks, peil_find_marks_plainly] as [Search] {
      let got = found(bytes, search)
      #expect(got.marks == wanted.marks && got.lines == wanted.lines)
    }
  }

  @Test func blocksFullOfMarks() {
    let bytes = [UInt8](repeating: UInt8(ascii: ";"), count: 64) + [0x0A] + [UInt8](repeating: 0x0A, count: 130)
    #expect(found(bytes, peil_find_marks).marks == (0..<195).map { UInt32($0) })
    #expect(found(bytes, peil_find_marks_plainly).lines.count == 131)
  }
}
