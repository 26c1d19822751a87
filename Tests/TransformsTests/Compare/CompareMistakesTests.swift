import Glibc
import PipelineKit
import PipelineTesting
import Tabular
import Testing

@testable import Transforms

@Suite struct CompareMistakesTests {
  let areas: Table

  init() throws {
    areas = try table(
      .int("year", [2012, 2012, 2020]), .text("code", ["GM0141", "GM0153", "GM0141"]), .double("pct", [50, 40, 60]),
      .int("people", [1, 2, 3]), .double("pct_delta_x", [1, 1, 1]))
  }

  private func error(_ name: String, _ comparator: SpecLiteral, _ more: (String, SpecLiteral)...) -> String {
    let base: [(String, SpecLiteral)] = [
      ("area", "code"), ("by", "year"), ("measures", "pct"), ("to", .map([(name, comparator)])),
    ]
    return schemaError(Compare.self, .map(base + more), areas)
  }

  @Test func comparatorsThatContradictThemselves() {
    #expect(
      error("c", ["statistic": "mean"])
        == "p.yml:5:1: comparator \"c\" takes exactly one of area, areas, where, set, all, parent, group, period; it has none"
    )
    #expect(
      error("c", ["all": true, "area": "GM0141"])
        == "p.yml:5:1: comparator \"c\" takes exactly one of area, areas, where, set, all, parent, group, period; "
        + "it has area and all")
    #expect(
      error("c", ["all": false]) == "p.yml:5:1: comparator \"c\": \"all\" can only be true; leave it out otherwise")
    #expect(
      error("c", ["area": "GM0141", "statistic": "mean"])
        == "p.yml:5:1: comparator \"c\": \"statistic\" is for sets of rows; \"area\" is one row")
    #expect(
      error("c", ["area": "GM0141", "as": ["rank"]])
        == "p.yml:5:1: comparator \"c\": a rank needs a set of rows; \"area\" is one row")
    #expect(
      error("c", ["all": true, "weight": "people"])
        == "p.yml:7:1: comparator \"c\": \"weight\" needs \"statistic: weighted_mean\"")
    #expect(
      error("c", ["all": true, "statistic": "weighted_mean"])
        == "p.yml:5:1: comparator \"c\": a weighted mean needs a \"weight\", here or for the whole step")
    #expect(
      error("c", ["all": true, "rank_as": "r"])
        == "p.yml:5:1: comparator \"c\": \"rank_as\" names a column that \"as\" does not ask for; add rank to \"as\"")
    #expect(
      error("c", ["area": "GM0141"], ("as", "rank"))
        == "p.yml:1:1: no column to make: \"as\" asks for ranks only, and no comparator is a set")
    #expect(error("c", ["al": true]) == "p.yml:6:1: unknown option \"al\"; did you mean \"all\"?")
    #expect(
      error("c", ["set": ["column": "code"]])
        == "p.yml:7:1: a set names at least one value, in \"values\" or in a \"file\"")
  }

  @Test func columnsThatDoNotFit() {
    #expect(
      error("c", ["group": "town"]).hasPrefix("p.yml:6:1: the input has no column \"town\"; there are: year, code"))
    #expect(
      error("c", ["parent": "people"])
        == "p.yml:6:1: column \"people\" is int64 and cannot name areas: \"code\" is string")
    #expect(
      error("c", ["period": "then"]) == "p.yml:6:1: column \"year\" holds whole numbers; \"then\" is none")
    #expect(
      error("c", ["where": "people + 1"])
        == "p.yml:6:8: expected a condition (true or false), found a whole number")
    #expect(
      error("x", ["all": true]) == "p.yml:5:1: the input already has a column \"pct_delta_x\"; choose another name")
    #expect(
      schemaError(
        Compare.self,
        ["area": "code", "measures": ["pct", "people"], "to": ["c": ["all": true, "delta_as": "d"]]], areas)
        == "p.yml:6:1: two columns would be called \"d\"; use {measure} in the name, or give another one")
    #expect(
      schemaError(Compare.self, ["area": "code", "measures": "pct", "to": ["c": ["period": 2012]]], areas)
        == "p.yml:5:1: comparing with a period needs exactly one column in \"by\", there are 0")
    #expect(
      schemaError(Compare.self, ["area": "code", "measures": "code", "to": ["c": ["all": true]]], areas)
        == "p.yml:2:1: column \"code\" is string, expected a number")
  }

  @Test func areasAndPeriodsThatAreNotThere() throws {
    func error(_ comparator: SpecLiteral, by: SpecLiteral = "year") throws -> String {
      try dataError(
        Compare.self, ["area": "code", "by": by, "measures": "pct", "to": ["c": comparator]], areas)
    }
    #expect(
      try error(["area": "GM0163"]) == "comparator \"c\": no row has code=GM0163; the nearest are GM0153, GM0141")
    #expect(
      try error(["areas": ["GM0141", "GM0163"]])
        == "comparator \"c\": no row has code=GM0163; the nearest are GM0153, GM0141")
    #expect(try error(["period": 2016]).hasPrefix("no row has year=2016; did you mean \"2012\"?"))
    #expect(
      try error(["area": "GM0141"], by: [])
        == "more than one row has code=GM0141; areas must be unique to be compared with: "
        + "name every column that tells them apart in \"by\"")
  }

  @Test func aParentThatNoRowIsWarnsOnce() throws {
    let input = try table(.text("code", ["a", "b"]), .text("up", ["x", "y"]), .double("v", [1, 2]))
    let output = try run(Compare.self, ["area": "code", "measures": "v", "to": ["p": ["parent": "up"]]], input)
    #expect(try cells(output, "v_delta_p") == ["(not_matched)", "(not_matched)"])
  }
}

@Suite struct CompareFileTests {
  /// Calls `body` with the path of a file that holds `text`.
  private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
    let folder = TemporaryFolder()
    try withExtendedLifetime(folder) { try body(folder.write("spec.json", text)) }
  }

  @Test func aSetFromAFile() throws {
    let input = try table(.text("code", ["a", "b", "c"]), .text("town", ["T1", "T2", "T3"]), .double("v", [1, 2, 4]))
    func spec(_ path: String, _ key: String) -> SpecLiteral {
      [
        "area": "code", "measures": "v",
        "to": ["g": ["set": ["column": "town", "file": .text(path), "key": .text(key), "except": "T1"]]],
      ]
    }
    try withFile("{\"years\": [1], \"group\": [\"T1\", \"T2\", \"T9\"]}") { path in
      let output = try run(Compare.self, spec(path, "group"), input)
      #expect(try numbers(output, "v_delta_g") == [-1, 0, 2])
      #expect(
        schemaError(Compare.self, spec(path, "groep"), input)
          == "p.yml:7:1: \(path) has no key \"groep\"; did you mean \"group\"?")
    }
    #expect(
      schemaError(Compare.self, spec("/nowhere/x.json", "group"), input).hasPrefix("p.yml:7:1: /nowhere/x.json: "))
  }
}
