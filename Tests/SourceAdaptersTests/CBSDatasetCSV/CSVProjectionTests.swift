import PipelineKit
import SourceAdapters
import Tabular
import Testing

/// Reading a few columns takes another way through the bytes than reading all of them; the outcome must be the same.
@Suite struct CSVProjectionTests {
  private static let names = (0..<12).map { "Kolom\($0)" }

  /// A file of `rows` records from a seeded generator, with everything that a field may hold; `mistakes` adds what it may not.
  private func file(seed: UInt64, rows: Int, mistakes: Bool) -> String {
    var random = Seeded(seed)
    let quotesAll = random.below(3) == 0
    let lineEnd = ["\n", "\r\n", "\r"][random.below(3)]
    var text = random.below(2) == 0 ? "\u{FEFF}" : ""
    text += Self.names.map { quotesAll ? "\"\($0)\"" : $0 }.joined(separator: ";") + lineEnd
    for _ in 0..<rows {
      if random.below(60) == 0 { text += random.below(2) == 0 ? lineEnd : "  " + lineEnd }
      var fields = (0..<Self.names.count).map { _ in field(&random, quotesAll) }
      if mistakes, random.below(4 * rows) == 0 {
        switch random.below(5) {
        case 0: fields.removeLast()
        case 1: fields.append("1")
        case 2: fields[random.below(12)] = "a\"b"
        case 3: fields[random.below(12)] = "\"a\"b"
        default: fields[random.below(12)] = "\"open"
        }
      }
      text += fields.joined(separator: ";") + lineEnd
    }
    if random.below(3) == 0 { text.removeLast(lineEnd.count > 1 && random.below(2) == 0 ? 1 : 0) }
    if random.below(4) == 0 { text += (0..<12).map { "\($0)" }.joined(separator: ";") }
    return text
  }

  private func field(_ random: inout Seeded, _ isQuoted: Bool) -> String {
    let text: String
    switch random.below(14) {
    case 0: text = ""
    case 1: text = "       ."
    case 2: text = "x"
    case 3: return "\"a;b\""
    case 4: return random.below(4) == 0 ? "\"een\"\"twee\"" : "\"een\""
    case 5: return random.below(4) == 0 ? "\"regel\neinde\"" : "  los  "
    case 6: return random.below(6) == 0 ? " \"na een blanco\" " : "\"\""
    case 7: text = String(repeating: "lang ", count: random.below(30))
    default: text = "\(random.below(100_000))"
    }
    return isQuoted ? "\"\(text)\"" : text
  }

  private func outcome(_ path: String, _ columns: [String]?, _ footer: String) -> Result<[[String]], SourceError> {
    do {
      let adapter = try csv {
        $0.footer = footer
        $0.dataset = .untyped
      }
      let table = try readAll(adapter, [path], columns: columns)
      return .success(try (columns ?? Self.names).map { try cells(table, $0) })
    } catch let error as SourceError { return .failure(error) } catch { return .success([["\(error)"]]) }
  }

  @Test(arguments: 0..<150) func aFewColumnsAreAsInTheWholeTable(seed: Int) throws {
    var random = Seeded(UInt64(seed) &+ 977)
    let rows = [0, 1, 40, 900, 2500][random.below(5)]
    let text = file(seed: UInt64(seed), rows: rows, mistakes: seed % 2 == 1) + (seed % 5 == 0 ? "\n© CBS\n" : "")
    let wanted = (0..<12).filter { _ in random.below(4) == 0 }
    try withFile(text, ".csv") { path in
      let footer = seed % 5 == 0 ? "©" : ""
      let whole = outcome(path, nil, footer)
      let some = outcome(path, wanted.map { Self.names[$0] }, footer)
      #expect(some == whole.map { columns in wanted.map { columns[$0] } })
    }
  }

  @Test func recordsLongerThanAnyPieceGoThroughWhole() throws {
    let long = String(repeating: "q", count: 200_000)
    var text = Self.names.joined(separator: ";") + "\n"
    for i in 0..<300 {
      let fields = (0..<12).map { $0 == 7 && i == 150 ? "\"\(long)\"" : "\(i * 12 + $0)" }
      text += fields.joined(separator: ";") + "\n"
    }
    try withFile(text, ".csv") { path in
      let table = try readAll(try csv(), [path], columns: ["Kolom3", "Kolom7"])
      #expect(try cells(table, "Kolom3") == (0..<300).map { "\($0 * 12 + 3)" })
      #expect(try cells(table, "Kolom7")[150] == long)
    }
  }
}

/// SplitMix64: the same numbers on every machine.
struct Seeded {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  /// A whole number from 0 to `bound` - 1.
  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(bound))
  }
}
