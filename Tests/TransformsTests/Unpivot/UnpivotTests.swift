import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct UnpivotTests {
  @Test func yearsAndValues() throws {
    let input = try table(
      .text("area", ["A", "B"]), .int("births_2020", [1, 2], unit: "persons"),
      .int("births_2021", [3, nil], .suppressed, unit: "persons"), .double("deaths_2021", [0.5, 1.5], unit: "%"))
    let output = try run(Unpivot.self, ["by": ["area"], "pattern": "{value}_{year}"], input)
    #expect(output.schema.names == ["area", "year", "births", "deaths"])
    #expect(output.schema.fields.map(\.type) == [.string, .string, .int64, .float64])
    #expect(output.schema.fields.map(\.unit) == ["", "", "persons", "%"])
    #expect(try cells(output, "area") == ["A", "A", "B", "B"])
    #expect(try cells(output, "year") == ["2020", "2021", "2020", "2021"])
    #expect(try cells(output, "births") == ["1", "3", "2", "(suppressed)"])
    #expect(try cells(output, "deaths") == ["(not_asked)", "0.5", "(not_asked)", "1.5"])
  }

  /// The names of DUO's exams.
  @Test func severalKeys() throws {
    let input = try table(
      .text("school", ["00AH"]), .int("GESLAAGD SCHOOLJAAR 2019-2020 - MAN", [5]),
      .int("GESLAAGD SCHOOLJAAR 2019-2020 - VROUW", [6]))
    let output = try run(
      Unpivot.self, ["by": ["school"], "pattern": "{value} SCHOOLJAAR {year} - {sex}"], input)
    #expect(try cells(output, "year") == ["2019-2020", "2019-2020"])
    #expect(try cells(output, "sex") == ["MAN", "VROUW"])
    #expect(try cells(output, "GESLAAGD") == ["5", "6"])
  }

  @Test func oneColumnOfValuesFromWholeAndOtherNumbers() throws {
    let input = try table(.text("a", ["x"]), .int("2015", [1]), .double("2016", [2.5]))
    let output = try run(Unpivot.self, ["by": ["a"], "pattern": "{year}", "value": "n"], input)
    #expect(output.schema.names == ["a", "year", "n"])
    #expect(try cells(output, "n") == ["1", "2.5"])
    #expect(output.schema["n"]?.type == .float64)
  }

  /// What `pivot` spreads, `unpivot` puts back.
  @Test func isTheInverseOfPivot() throws {
    let input = try table(
      .text("area", ["A", "A", "B", "B"]), .text("k", ["p", "q", "p", "q"]), .double("v", [1, nil, 3, 4], .suppressed))
    let wide = try run(
      Pivot.self, ["by": ["area"], "key": "k", "values": ["v"], "columns": ["p": "p", "q": "q"]], input)
    let long = try run(Unpivot.self, ["by": ["area"], "pattern": "{value}_{k}"], wide)
    for name in input.schema.names { #expect(try long.column(name) == input.column(name), "\(name)") }
  }

  @Test func emptyInput() throws {
    let output = try run(
      Unpivot.self, ["by": ["a"], "pattern": "n_{year}"], table(.text("a", []), .int("n_1", []), .int("n_2", [])))
    #expect(output.rowCount == 0 && output.schema.names == ["a", "year", "value"])
  }

  @Test(arguments: [
    (
      "{value}_{year}",
      "column \"n\" does not fit the pattern \"{value}_{year}\"; name it under by, or leave it out with select"
    ),
    (
      "{value}{year}",
      "pattern \"{value}{year}\" has nothing between two placeholders, so that nothing says where the first ends"
    ),
    ("value", "pattern \"value\" has no placeholder such as {year}"),
    ("{a", "pattern \"{a\" has a { without a }"),
    ("{a}_{a}", "pattern \"{a}_{a}\" has {a} twice"),
    ("{}", "pattern \"{}\" has a placeholder without a name"),
    ("{a}", "column \"t\" is string and \"n\" is int64; both would be \"value\""),
  ]) func mistakes(pattern: String, text: String) throws {
    let schema = try table(.text("a", []), .int("n", []), .text("t", [])).schema
    let found = Make.error {
      _ = try make(Unpivot.self, ["by": ["a"], "pattern": .text(pattern)]).outputSchema(for: [schema])
    }
    #expect(found.hasSuffix(text), "\(found)")
  }

  @Test(arguments: [
    ("{value}_{year}", "aantal_inwoners_2020", ["aantal_inwoners", "2020"]), ("{v}_", "a_b_", ["a_b"]),
    ("x{a}--{b}y", "xp--qy", ["p", "q"]), ("x{a}--{b}y", "x--qy", nil), ("{a}_{b}", "_b", nil), ("{a}_{b}", "a_", nil),
    ("p{a}", "p", nil), ("p{a}", "qa", nil), ("{a}-{b}-{c}", "1-2-3-4", ["1-2", "3", "4"]),
  ]) func patterns(pattern: String, name: String, expected: [String]?) throws {
    #expect(try NamePattern(pattern).match(name) == expected)
  }
}
