import Glibc
import Tabular
import Testing

/// The same numbers in every run.
private struct Chance {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  mutating func below(_ n: Int) -> Int { Int(next() % UInt64(n)) }
}

@Suite struct NumberParserTests {
  /// What C makes of the text, when it makes something of all of it.
  private func oracle(_ text: String) -> Double {
    text.withCString { start in
      var end: UnsafeMutablePointer<CChar>?
      let value = strtod(start, &end)
      return end.map { $0.pointee == 0 && $0 != start } == true ? value : .nan
    }
  }

  private func check(_ text: String) {
    let found = NumberParser().parse(text)
    #expect(found?.bitPattern == oracle(text).bitPattern, "\(text)")
    let comma = String(text.map { $0 == "." ? "," : $0 })
    #expect(NumberParser(decimalMark: UInt8(ascii: ",")).parse(comma)?.bitPattern == found?.bitPattern, "\(comma)")
    for padded in ["   " + text, text + "  ", " " + text + " "] {
      #expect(NumberParser().parse(padded)?.bitPattern == found?.bitPattern, "\(padded)")
    }
  }

  @Test func shortNumbersEqualStrtod() {
    var chance = Chance(state: 1)
    for _ in 0..<20_000 {
      let digits = 1 + chance.below(17)
      var text = chance.below(4) == 0 ? "-" : ""
      for _ in 0..<digits { text += String(chance.below(10)) }
      if chance.below(2) == 0 {
        text += "."
        for _ in 0..<(1 + chance.below(8)) { text += String(chance.below(10)) }
      }
      check(text)
    }
  }

  @Test func randomDoublesEqualStrtod() {
    var chance = Chance(state: 2)
    for _ in 0..<20_000 {
      let value = Double(bitPattern: chance.next())
      if value.isFinite { check("\(value)") }
    }
  }

  @Test func nastyNumbersEqualStrtod() {
    for text in [
      "0", "-0", "0.0", "-0.0", "00012", "1e22", "1e23", "1E-22", "1e-23", "9007199254740992", "9007199254740993",
      "9007199254740991.5", "123456789012345", "1234567890123456", "0.1", "0.30000000000000004",
      "2.2250738585072011e-308",
      "2.2250738585072014e-308", "4.9406564584124654e-324", "1.7976931348623157e308", "8.41e21", "9.109e-31",
      "179769313486231570000000000000000000000", "0.000000000000000000000000000000000000000000000000000000001",
      "3.141592653589793238462643383279502884197169399375105820974944592307816406286", "1e0000001", "+5", ".5", "5.",
      "-.25", "10000000000000000000000", "99999999999999999999", "0e999999", "1.00000000000000011102230246251565",
      "1.00000000000000011102230246251564", "7.2057594037927933e16", "1e-400",
    ] {
      check(text)
    }
  }

  @Test func whatIsNoNumber() {
    for text in [
      "", " ", "        ", ".", "-", "+", "-.", "       .", "1.2.3", "1,2", "12a", "a12", "0x10", "inf", "nan", "NaN",
      "infinity", "1e", "1e+", "e5", "--1", "+-1", "1 2", "1-", "1e5.5", "1e999", "-1e999", "\u{A0}1", "１", "1_000",
      "12:34", "/", "1/2", "<5", "2022*", "34,1,2",
    ] {
      #expect(NumberParser().parse(text) == nil, "\(text)")
    }
  }

  @Test func grouping() {
    let parser = NumberParser(decimalMark: UInt8(ascii: ","), groupingMark: UInt8(ascii: "."))
    #expect(parser.parse("1.234.567,25") == 1_234_567.25)
    #expect(parser.parse("-1.052.177,5") == -1_052_177.5)
    #expect(parser.parse("12") == 12)
    #expect(parser.parse("1234567,5") == 1_234_567.5)
    for text in ["1.23", "1234.567", ".123", "1..234", "1.234.", "12.5", "1.2345", "0,1.234"] {
      #expect(parser.parse(text) == nil, "\(text)")
    }
  }
}
