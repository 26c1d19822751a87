import PipelineKit
import Tabular
import Testing

@Suite struct ExpressionTests {
  /// Rows: present, present, unknown, rejected.
  private func table() throws -> Table {
    let reasons = MissingMask(reasons: [0, 0, MissingReason.unknown.rawValue, MissingReason.rejected.rawValue])
    let other = MissingMask(reasons: [0, MissingReason.suppressed.rawValue, MissingReason.notAsked.rawValue, 0])
    return try Cells.table([
      "i": .int64(Int64Column([7, -2, 0, 0], missing: reasons)),
      "j": .int64(Int64Column([2, 0, 0, 4], missing: other)),
      "x": .float64(Float64Column([2.5, -4, 0, 0], missing: reasons)),
      "y": .float64(Float64Column([0, 0, 0, 8], missing: other)),
      "s": Cells.texts(["Almelo", "Enschede", nil, "Hengelo (O.)"]),
      "t": Cells.texts(["Almelo", "a", "b", nil], .suppressed),
      "b": Cells.bools([true, false, nil, true]), "d": Cells.dates(["2020-02-29", "1969-12-31", nil, "2000-01-01"]),
      "odd name": Cells.ints([1, 2, 3, 4]),
    ])
  }

  @Test(arguments: [
    ("1 + 2 * 3", ["7", "7", "7", "7"]),
    ("(1 + 2) * 3", ["9", "9", "9", "9"]),
    ("-2 ^ 2", ["-4", "-4", "-4", "-4"]),
    ("2 ^ 3 ^ 2", ["512", "512", "512", "512"]),
    ("2 ^ -1", ["0.5", "0.5", "0.5", "0.5"]),
    ("10 - 3 - 2", ["5", "5", "5", "5"]),
    ("7 / 2", ["3.5", "3.5", "3.5", "3.5"]),
    ("--1", ["1", "1", "1", "1"]),
    ("1.5e1", ["15", "15", "15", "15"]),
    ("`odd name` + 1", ["2", "3", "4", "5"]),
    ("1 + 1 == 2 and not 1 > 2", ["true", "true", "true", "true"]),
    ("false and false or true", ["true", "true", "true", "true"]),
    ("not false and false", ["false", "false", "false", "false"]),
    ("'it''s'", ["it's", "it's", "it's", "it's"]),
    ("\"it's\"", ["it's", "it's", "it's", "it's"]),
  ])
  func readsTheLanguage(_ text: String, _ expected: [String]) throws {
    #expect(try Cells.evaluate(text, on: table()) == expected)
  }

  @Test(arguments: [
    ("i + j", ["9", "!suppressed", "!unknown", "!rejected"]),
    ("j + i", ["9", "!suppressed", "!not_asked", "!rejected"]),
    ("i + x", ["9.5", "-6", "!unknown", "!rejected"]),
    ("i * 2 - 1", ["13", "-5", "!unknown", "!rejected"]),
    ("i / j", ["3.5", "!suppressed", "!unknown", "!rejected"]),
    ("x / y", ["!undefined", "!suppressed", "!unknown", "!rejected"]),
    ("1 / (x + 4)", ["0.15384615384615385", "!undefined", "!unknown", "!rejected"]),
    ("x / y + j", ["!undefined", "!suppressed", "!unknown", "!rejected"]),
    ("j + x / y", ["!undefined", "!suppressed", "!not_asked", "!rejected"]),
    ("1 / (1 / y)", ["!undefined", "!suppressed", "!not_asked", "8"]),
    ("i + 9223372036854775807", ["!undefined", "9223372036854775805", "!unknown", "!rejected"]),
    ("i * 9223372036854775807", ["!undefined", "!undefined", "!unknown", "!rejected"]),
    ("i ^ 2", ["49", "4", "!unknown", "!rejected"]),
    ("10 ^ (x * 200)", ["!undefined", "0", "!unknown", "!rejected"]),
    ("x + missing", ["!unspecified", "!unspecified", "!unknown", "!rejected"]),
    ("-i", ["-7", "2", "!unknown", "!rejected"]),
    ("abs(i)", ["7", "2", "!unknown", "!rejected"]),
    ("abs(x)", ["2.5", "4", "!unknown", "!rejected"]),
    ("min(i, j, 3)", ["2", "!suppressed", "!unknown", "!rejected"]),
    ("max(1, 2, x)", ["2.5", "2", "!unknown", "!rejected"]),
    ("sqrt(x)", ["1.5811388300841898", "!undefined", "!unknown", "!rejected"]),
    ("ln(y)", ["!undefined", "!suppressed", "!not_asked", "2.0794415416798357"]),
    ("log10(i)", ["0.8450980400142568", "!undefined", "!unknown", "!rejected"]),
    ("exp(x * 1000)", ["!undefined", "0", "!unknown", "!rejected"]),
    ("floor(x)", ["2", "-4", "!unknown", "!rejected"]),
    ("ceil(x)", ["3", "-4", "!unknown", "!rejected"]),
    ("integer(-x)", ["-2", "4", "!unknown", "!rejected"]),
    ("integer(x * 1e300)", ["!undefined", "!undefined", "!unknown", "!rejected"]),
    ("integer(b)", ["1", "0", "!unknown", "1"]),
    ("year(d)", ["2020", "1969", "!unknown", "2000"]),
  ])
  func computes(_ text: String, _ expected: [String]) throws {
    #expect(try Cells.evaluate(text, on: table()) == expected)
  }

  @Test(arguments: [
    ("i > 0", ["true", "false", "!unknown", "!rejected"]),
    ("0 < i", ["true", "false", "!unknown", "!rejected"]),
    ("x >= i", ["false", "false", "!unknown", "!rejected"]),
    ("i != j", ["true", "!suppressed", "!unknown", "!rejected"]),
    ("s == 'Almelo'", ["true", "false", "!unknown", "false"]),
    ("s != 'Zwolle'", ["true", "true", "!unknown", "true"]),
    ("'F' > s", ["true", "true", "!unknown", "false"]),
    ("s == t", ["true", "false", "!unknown", "!suppressed"]),
    ("s < t", ["false", "true", "!unknown", "!suppressed"]),
    ("b == true", ["true", "false", "!unknown", "true"]),
    ("d < '2000-01-02'", ["false", "true", "!unknown", "true"]),
    ("d in ['2000-01-01', '2020-02-29']", ["true", "false", "!unknown", "true"]),
    ("i between -2 and 6", ["false", "true", "!unknown", "!rejected"]),
    ("i not between -2 and 6", ["true", "false", "!unknown", "!rejected"]),
    ("3 between 1 and i", ["true", "false", "!unknown", "!rejected"]),
    // The upper end is missing where j is, but -2 lies below the lower end: false without it.
    ("i between 0 and j", ["false", "false", "!unknown", "!rejected"]),
    ("i in [7, 8]", ["true", "false", "!unknown", "!rejected"]),
    ("x in [2.5, -4]", ["true", "true", "!unknown", "!rejected"]),
    ("i not in [7]", ["false", "true", "!unknown", "!rejected"]),
    ("s in ['Almelo', 'Hengelo (O.)', 'Zwolle']", ["true", "false", "!unknown", "true"]),
    ("s not in ['Almelo']", ["false", "true", "!unknown", "true"]),
  ])
  func compares(_ text: String, _ expected: [String]) throws {
    #expect(try Cells.evaluate(text, on: table()) == expected)
  }

  @Test(arguments: [
    ("if(b, i, j)", ["7", "!suppressed", "!unknown", "!rejected"]),
    ("if(b, x, 1)", ["2.5", "1", "!unknown", "!rejected"]),
    ("if(true, 'a', s)", ["a", "a", "a", "a"]),
    ("if(missing(s), 'none', s)", ["Almelo", "Enschede", "none", "Hengelo (O.)"]),
    ("if(i > 0, i, missing)", ["7", "!unspecified", "!unknown", "!rejected"]),
    ("if(i > 0, i, missing_as(missing, 'outside_frame'))", ["7", "!outside_frame", "!unknown", "!rejected"]),
    ("missing(i)", ["false", "false", "true", "true"]),
    ("missing(missing)", ["true", "true", "true", "true"]),
    ("reason(i)", ["", "", "unknown", "rejected"]),
    ("coalesce(i, j)", ["7", "-2", "!unknown", "4"]),
    ("coalesce(i, j, 0.5)", ["7", "-2", "0.5", "4"]),
    ("coalesce(missing, i)", ["7", "-2", "!unspecified", "!unspecified"]),
    ("coalesce(s, 'x')", ["Almelo", "Enschede", "x", "Hengelo (O.)"]),
    ("missing_as(x, 'not_asked')", ["2.5", "-4", "!not_asked", "!not_asked"]),
  ])
  func treatsMissingValues(_ text: String, _ expected: [String]) throws {
    #expect(try Cells.evaluate(text, on: table()) == expected)
  }

  @Test(arguments: [
    ("concat(s, '!')", ["Almelo!", "Enschede!", "!unknown", "Hengelo (O.)!"]),
    ("concat(s, '-', t)", ["Almelo-Almelo", "Enschede-a", "!unknown", "!suppressed"]),
    ("substring(s, 2, 3)", ["lme", "nsc", "!unknown", "eng"]),
    ("substring(s, 7)", ["", "de", "!unknown", "o (O.)"]),
    ("substring('één', 2, 9)", ["én", "én", "én", "én"]),
    ("starts_with(s, 'Al')", ["true", "false", "!unknown", "false"]),
    ("ends_with(s, ')')", ["false", "false", "!unknown", "true"]),
    ("contains(s, 'e')", ["true", "true", "!unknown", "true"]),
    ("contains('xaz', t)", ["false", "true", "false", "!suppressed"]),
    ("upper(s)", ["ALMELO", "ENSCHEDE", "!unknown", "HENGELO (O.)"]),
    ("lower('ÉÉN')", ["één", "één", "één", "één"]),
    ("length(s)", ["6", "8", "!unknown", "12"]),
    ("length('één')", ["3", "3", "3", "3"]),
    ("trim('  a b ')", ["a b", "a b", "a b", "a b"]),
    ("text(i)", ["7", "-2", "!unknown", "!rejected"]),
    ("text(x)", ["2.5", "-4", "!unknown", "!rejected"]),
    ("text(d)", ["2020-02-29", "1969-12-31", "!unknown", "2000-01-01"]),
    ("number(s)", ["!rejected", "!rejected", "!unknown", "!rejected"]),
    ("number(text(x)) == x", ["true", "true", "!unknown", "!rejected"]),
    ("number(' 1.50')", ["1.5", "1.5", "1.5", "1.5"]),
    ("number('nan')", ["!rejected", "!rejected", "!rejected", "!rejected"]),
    ("number('1,5')", ["!rejected", "!rejected", "!rejected", "!rejected"]),
    ("integer('0141')", ["141", "141", "141", "141"]),
    ("integer('1.5')", ["!rejected", "!rejected", "!rejected", "!rejected"]),
    ("number(missing)", ["!unspecified", "!unspecified", "!unspecified", "!unspecified"]),
  ])
  func worksOnTexts(_ text: String, _ expected: [String]) throws {
    #expect(try Cells.evaluate(text, on: table()) == expected)
  }

  /// Kleene's tables: rows true, false, missing against columns true, false, missing.
  @Test func decidesInThreeValues() throws {
    let values: [Bool?] = [true, false, nil]
    let table = try Cells.table([
      "a": Cells.bools(values.flatMap { [$0, $0, $0] }, .unknown),
      "b": Cells.bools(values + values + values, .suppressed),
    ])
    #expect(
      try Cells.evaluate("a and b", on: table) == [
        "true", "false", "!suppressed", "false", "false", "false", "!unknown", "false", "!unknown",
      ])
    #expect(
      try Cells.evaluate("a or b", on: table) == [
        "true", "true", "true", "true", "false", "!suppressed", "true", "!unknown", "!unknown",
      ])
    #expect(try Cells.evaluate("not b", on: table).prefix(3) == ["false", "true", "!suppressed"])
  }

  @Test(arguments: [
    ("1.005", "2", "1.01"), ("2.675", "2", "2.68"), ("-2.5", "0", "-3"), ("2.5", "0", "3"),
    ("0.49999999999999994", "0", "0"),
    ("-0.4", "0", "0"), ("1234.5", "-2", "1200"), ("1250", "-2", "1300"), ("-1250", "-2", "-1300"),
    ("1e300", "2", "1e+300"),
    ("0.285", "2", "0.29"), ("1.0049999", "2", "1"), ("8.345", "2", "8.35"), ("-1.005", "2", "-1.01"),
    ("1.4999999", "0", "1"),
  ])
  func roundsHalvesAwayFromZero(_ value: String, _ decimals: String, _ expected: String) throws {
    let table = try Cells.table(["k": Cells.ints([1])])
    #expect(try Cells.evaluate("round(\(value), \(decimals))", on: table) == [expected])
  }

  @Test func knowsItsColumnsInOrder() throws {
    let expression = try Expression(parsing: "if(z > 1, a + z, `b c`)", at: SourcePosition(file: "p.yml"))
    #expect(expression.columns == ["z", "a", "b c"])
    #expect(expression.plainColumn == nil)
    #expect(try Expression(parsing: "`b c`", at: SourcePosition(file: "p.yml")).plainColumn == "b c")
  }

  @Test func worksOnNoRows() throws {
    let table = try table().gathering([])
    for text in [
      "i + 1", "s == 'a'", "concat(s, t)", "if(b, s, t)", "number(s)", "1", "x / y", "missing(d)", "i in [1]",
    ] {
      #expect(try Cells.evaluate(text, on: table) == [])
    }
  }

  @Test func worksWhereEverythingIsMissing() throws {
    let table = try Cells.table(["x": Cells.floats([nil, nil]), "s": Cells.texts([nil, nil])])
    for text in ["x + 1", "1 / x", "s == 'a'", "upper(s)", "s < s", "number(s)", "concat(s, s)", "x between 0 and 1"] {
      #expect(try Cells.evaluate(text, on: table) == ["!unknown", "!unknown"])
    }
  }

  @Test func agreesWithCellByCellArithmeticOverManyRows() throws {
    let count = 5000
    let a = (0..<count).map { $0 % 7 == 0 ? nil : Double(($0 * 37) % 101) - 50 }
    let b = (0..<count).map { $0 % 11 == 3 ? nil : Double(($0 * 53) % 13) - 6 }
    let table = try Cells.table(["a": Cells.floats(a, .unknown), "b": Cells.floats(b, .suppressed)])
    let expected = zip(a, b).map { a, b -> String in
      guard let a else { return "!unknown" }
      guard let b else { return "!suppressed" }
      return b == 0 ? "!undefined" : Cells.shown(Cells.floats([a / b * 100]))[0]
    }
    #expect(try Cells.evaluate("a / b * 100", on: table) == expected)
  }

  @Test func describesItsResult() throws {
    let one = Origin(producer: "CBS", table: "1", column: "a")
    let two = Origin(producer: "CBS", table: "2", column: "b")
    let schema = try Schema([
      Field("a", .float64, unit: "%", label: "A", direction: .higherIsWorse, decimals: 1, origins: [two]),
      Field("b", .float64, unit: "%", direction: .higherIsWorse, decimals: 2, origins: [one]),
      Field("c", .float64, unit: "euro", origins: [one]), Field("k", .string, role: .key),
    ])
    func field(_ text: String) throws -> Field {
      try Expression(parsing: text, at: SourcePosition(file: "p.yml")).field(named: "n", in: schema)
    }
    #expect(
      try field("a")
        == Field("n", .float64, unit: "%", label: "A", direction: .higherIsWorse, decimals: 1, origins: [two]))
    #expect(try field("k") == Field("n", .string))
    #expect(try field("a + b") == Field("n", .float64, origins: [one, two]))
    #expect(
      try field("round(a, 2)")
        == Field("n", .float64, unit: "%", direction: .higherIsWorse, decimals: 2, origins: [two]))
    #expect(
      try field("coalesce(a, b)") == Field("n", .float64, unit: "%", direction: .higherIsWorse, origins: [one, two]))
    #expect(try field("coalesce(a, c)") == Field("n", .float64, origins: [one, two]))
    #expect(try field("1") == Field("n", .int64))
  }

  @Test func refusesATableThatDoesNotFit() throws {
    let expression = try Expression(parsing: "gone + 1", at: SourcePosition(file: "p.yml", line: 1, column: 1))
    #expect(throws: TransformError("p.yml:1:1: no column \"gone\"; there are: k")) {
      try expression.evaluate(on: Cells.table(["k": Cells.ints([1])]))
    }
  }
}
