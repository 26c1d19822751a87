import PipelineKit
import Tabular
import Testing

/// Mistakes in expressions, with their exact texts.
///
/// The expression starts at column 10 of line 3.
@Suite struct ExpressionErrorTests {
  private func table() throws -> Table {
    try Cells.table([
      "inhabitants": Cells.ints([1]), "share": Cells.floats([1]), "name": Cells.texts(["a"]),
      "big": Cells.bools([true]), "day": Cells.dates(["2020-01-01"]),
    ])
  }

  @Test(arguments: [
    ("", "p.yml:3:10: an empty expression"),
    ("  ", "p.yml:3:10: an empty expression"),
    ("1 +", "p.yml:3:13: expected a value, found the end"),
    ("1 + * 2", "p.yml:3:14: expected a value, found \"*\""),
    ("(1 + 2", "p.yml:3:16: expected \")\" to close the bracket, found the end"),
    ("1 2", "p.yml:3:12: expected an operator or the end, found \"2\""),
    ("1,5", "p.yml:3:11: expected an operator or the end, found \",\"; a decimal mark is a point"),
    ("share adn big", "p.yml:3:16: expected an operator or the end, found \"adn\"; did you mean \"and\"?"),
    ("share = 1", "p.yml:3:16: \"=\" is not an operator; use =="),
    ("share <> 1", "p.yml:3:16: \"<>\" is not an operator; use !="),
    ("big && big", "p.yml:3:14: \"&&\" is not an operator; use and"),
    ("!big", "p.yml:3:10: \"!\" is not an operator; use not"),
    ("share % 2", "p.yml:3:16: \"%\" is not an operator"),
    ("'abc", "p.yml:3:10: a text without its closing '"),
    ("`abc", "p.yml:3:10: a column name without its closing `"),
    ("``", "p.yml:3:10: an empty column name"),
    ("2x + 1", "p.yml:3:10: a name cannot start with a digit; put a column's name in backquotes: `2x`"),
    ("1e999", "p.yml:3:10: the number 1e999 is too large"),
    ("1 < share < 3", "p.yml:3:20: comparisons cannot be chained; join two of them with and, or use x between a and b"),
    ("share in [1, share]", "p.yml:3:23: the values of in [..] are numbers, texts, true or false, written out"),
    ("share in [missing]", "p.yml:3:20: missing equals nothing; use missing(x)"),
    ("share between 1 or 2", "p.yml:3:26: expected and (x between a and b), found \"or\""),
    ("share not big", "p.yml:3:20: expected in or between after not, found \"big\""),
    ("share == and", "p.yml:3:19: expected a value, found \"and\""),
    ("inhabitents + 1", "p.yml:3:10: no column \"inhabitents\"; did you mean \"inhabitants\"?"),
    ("1 + `in habitants`", "p.yml:3:14: no column \"in habitants\"; did you mean \"inhabitants\"?"),
    ("rond(share)", "p.yml:3:10: no function \"rond\"; did you mean \"round\"?"),
    ("sqrt(1, 2)", "p.yml:3:10: sqrt(x) takes 1 argument, 2 are given"),
    ("if(big, 1)", "p.yml:3:10: if(condition, a, b) takes 3 arguments, 2 are given"),
    ("min(share)", "p.yml:3:10: min(a, b, ...) takes at least 2 arguments, 1 is given"),
    ("round()", "p.yml:3:10: round(x, decimals) takes 1 or 2 arguments, none is given"),
    ("mean(share)", "p.yml:3:10: mean works on groups of rows; it belongs in the measures of aggregate"),
    (
      "name + 1",
      "p.yml:3:10: + needs a number, found text; to join texts use concat(a, b), to read them as numbers number(x)"
    ),
    ("share * big", "p.yml:3:18: * needs a number, found true or false; use integer(x) or if(x, 1, 0)"),
    ("-name", "p.yml:3:11: - needs a number, found text; use number(x)"),
    ("share and big", "p.yml:3:10: and needs a condition (true or false), found a number; compare it with something"),
    (
      "not inhabitants",
      "p.yml:3:14: not needs a condition (true or false), found a whole number; compare it with something"
    ),
    (
      "name == 1",
      "p.yml:3:18: == compares text with a whole number; use number(x) or text(x), and quotes around a code"
    ),
    ("inhabitants == '1'", "p.yml:3:25: == compares a whole number with text; use number(x) or text(x)"),
    ("big < true", "p.yml:3:10: < needs numbers, texts or dates, found true or false"),
    ("share == missing", "p.yml:3:19: a comparison with missing is always missing; use missing(x)"),
    ("day > '2020-02-30'", "p.yml:3:16: '2020-02-30' is not a date; write it as '2020-12-31'"),
    ("if(big, 1, 'a')", "p.yml:3:21: if gives values of one type, found a whole number and text"),
    ("upper(share)", "p.yml:3:16: upper needs text, found a number; use text(x)"),
    ("round(share, inhabitants)", "p.yml:3:23: the decimals of round are a whole number from -15 to 15, written out"),
    ("round(share, 16)", "p.yml:3:23: the decimals of round are a whole number from -15 to 15, written out"),
    ("substring(name, 0, 2)", "p.yml:3:26: the first character of a text is number 1"),
    ("substring(name, 1, -2)", "p.yml:3:29: start and length of substring are whole numbers, written out"),
    ("year(share)", "p.yml:3:15: year needs a date, found a number"),
    ("number(day)", "p.yml:3:17: number needs text, a number or a condition, found a date; use year(x)"),
    ("missing", "p.yml:3:10: nothing but missing has no type; say number(missing), integer(missing) or text(missing)"),
    (
      "missing_as(share, 'secret')",
      "p.yml:3:28: the reason of missing_as is one of the texts not_applicable, unknown, unspecified, rejected, "
        + "suppressed, not_asked, outside_frame, not_matched, undefined, insufficient"
    ),
  ])
  func saysWhatIsWrong(_ text: String, _ message: String) throws {
    #expect(try Cells.evaluate(text, on: table()) == [message])
  }

  @Test(arguments: [
    ("share", "p.yml:3:10: column \"share\" stands outside a function over groups; write for example mean(share)"),
    (
      "sum(share) + share",
      "p.yml:3:23: column \"share\" stands outside a function over groups; write for example mean(share)"
    ),
    ("meen(share)", "p.yml:3:10: no function \"meen\"; did you mean \"mean\"?"),
    ("sum(mean(share))", "p.yml:3:14: mean works on groups of rows; it belongs in the measures of aggregate"),
    ("sum(name)", "p.yml:3:14: sum needs a number, found text; use number(x)"),
    (
      "count_if(share)",
      "p.yml:3:19: count_if needs a condition (true or false), found a number; compare it with something"
    ),
    ("quantile(share, 90)", "p.yml:3:26: q of quantile is a number from 0 to 1, written out"),
    ("weighted_mean(share)", "p.yml:3:10: weighted_mean(x, weight) takes 2 arguments, 1 is given"),
    ("count(1, 2)", "p.yml:3:10: count() or count(x) takes 0 or 1 arguments, 2 are given"),
    ("sum(missing)", "p.yml:3:14: sum of missing is always missing"),
    ("max(big)", "p.yml:3:14: max needs numbers, texts or dates; use all or any"),
    ("mean(shara)", "p.yml:3:15: no column \"shara\"; did you mean \"share\"?"),
  ])
  func saysWhatIsWrongInAggregations(_ text: String, _ message: String) throws {
    #expect(try Cells.aggregate(text, on: table()) == [message])
  }

  @Test func placesMistakesInsideQuotes() throws {
    let node = SpecNode(.scalar("1 +", quoted: true), at: SourcePosition(file: "p.yml", line: 3, column: 10))
    #expect {
      try Expression(option: node)
    } throws: {
      ($0 as? SpecError)?.description == "p.yml:3:14: expected a value, found the end"
    }
  }

  @Test func placesMistakesOfSeveralLinesAtTheStart() throws {
    let node = SpecNode(.scalar("1\n+\n", quoted: true), at: SourcePosition(file: "p.yml", line: 3, column: 10))
    #expect {
      try Expression(option: node)
    } throws: {
      ($0 as? SpecError)?.description == "p.yml:3:10: expected a value, found the end"
    }
  }

  @Test func countsPlacesInCharacters() throws {
    #expect(try Cells.evaluate("'één' + 1", on: table())[0].hasPrefix("p.yml:3:10: + needs a number"))
    #expect(
      try Cells.evaluate("concat('één', 1)", on: table()) == [
        "p.yml:3:24: concat needs text, found a whole number; use text(x)"
      ])
  }

  @Test func boundsDepth() throws {
    let brackets = String(repeating: "(", count: 5000) + "1" + String(repeating: ")", count: 5000)
    #expect(
      try Cells.evaluate(brackets, on: table()) == [
        "p.yml:3:110: nested more than 100 levels deep; split the expression"
      ])
    let powers = Array(repeating: "2", count: 5000).joined(separator: " ^ ")
    #expect(
      try Cells.evaluate(powers, on: table())[0].hasSuffix("nested more than 100 levels deep; split the expression"))
    let chain = Array(repeating: "1", count: 5000).joined(separator: " + ")
    #expect(
      try Cells.evaluate(chain, on: table())[0].hasSuffix("more than 1000 operations in a row; split the expression"))
    let nots = String(repeating: "not ", count: 5000) + "big"
    #expect(
      try Cells.evaluate(nots, on: table())[0].hasSuffix("more than 1000 operations in a row; split the expression"))
    let long = Array(repeating: "inhabitants", count: 1000).joined(separator: " + ")
    #expect(try Cells.evaluate(long, on: table()) == ["1000"])
    let calls = String(repeating: "min(1, ", count: 100) + "2" + String(repeating: ")", count: 100)
    #expect(try Cells.evaluate("\(calls) + inhabitants", on: table()) == ["2"])
  }
}
