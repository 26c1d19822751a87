import Glibc
import Statistics
import Testing

/// A comma-separated file under Fixtures/Reference, all plain fields.
struct ReferenceTable {
  let header: [Substring]
  let rows: [[Substring]]

  init(_ path: String, source: StaticString = #filePath) throws {
    let root = "\(source)".split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    try self.init(file: "\(root)/Fixtures/Reference/\(path)")
  }

  /// A file anywhere. Quotes around fields are taken off; fields that hold a comma keep it.
  init(file: String) throws {
    let lines = try Self.lines(file)
    header = Self.fields(lines[0])
    rows = lines.dropFirst().map(Self.fields)
    try #require(!rows.isEmpty)
  }

  /// The lines of a text file, empty ones too but for a last one.
  static func lines(_ path: String) throws -> [Substring] {
    let file = try #require(fopen(path, "r"), "cannot open \(path)")
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .reversed().drop { $0.isEmpty }.reversed()
  }

  private static func fields(_ line: Substring) -> [Substring] {
    guard line.contains("\"") else { return line.split(separator: ",", omittingEmptySubsequences: false) }
    var fields: [Substring] = []
    var isQuoted = false
    var start = line.startIndex
    for index in line.indices {
      if line[index] == "\"" { isQuoted.toggle() }
      if line[index] == ",", !isQuoted {
        fields.append(line[start..<index])
        start = line.index(after: index)
      }
    }
    fields.append(line[start...])
    return fields.map { $0.hasPrefix("\"") && $0.hasSuffix("\"") && $0.count > 1 ? $0.dropFirst().dropLast() : $0 }
  }

  /// The rows of each case in the order of the file; the first column names the case.
  var cases: [(name: String, rows: [[Substring]])] {
    var result: [(name: String, rows: [[Substring]])] = []
    for row in rows {
      if result.last?.name != String(row[0]) { result.append((String(row[0]), [])) }
      result[result.count - 1].rows.append(row)
    }
    return result
  }
}

/// SplitMix64, so that every run draws the same numbers.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// A column whose nil cells are absent and hold garbage; its memory is never freed, so that views always hold.
struct TestColumn {
  let values: UnsafeMutableBufferPointer<Double>
  let validity: UnsafeMutableBufferPointer<UInt64>
  private let bounded: Bool

  init(_ cells: [Double?]) {
    values = .allocate(capacity: cells.count)
    validity = .allocate(capacity: (cells.count + 63) >> 6)
    // Bits beyond the last row are set on purpose: nobody may read them.
    validity.initialize(repeating: .max)
    for (row, cell) in cells.enumerated() {
      values.initializeElement(at: row, to: cell ?? .nan)
      if cell == nil { validity[row >> 6] &= ~(1 << UInt64(row & 63)) }
    }
    bounded = cells.contains { $0 == nil }
  }

  var view: ValueView {
    ValueView(UnsafeBufferPointer(values), validity: bounded ? UnsafeBufferPointer(validity) : nil)
  }

  /// The same view with its validity words given although all may be ones.
  var viewWithWords: ValueView { ValueView(UnsafeBufferPointer(values), validity: UnsafeBufferPointer(validity)) }
}

/// Collects what `body` writes into a buffer that starts as `filler`.
func written(_ count: Int, filler: Double = -7, _ body: (UnsafeMutableBufferPointer<Double>) -> Void) -> [Double] {
  var result = [Double](repeating: filler, count: count)
  result.withUnsafeMutableBufferPointer { body($0) }
  return result
}

func close(_ one: Double?, _ other: Double, relative: Double = 1e-14, absolute: Double = 0) -> Bool {
  guard let one else { return false }
  return one == other || abs(one - other) <= max(absolute, relative * abs(other))
}
