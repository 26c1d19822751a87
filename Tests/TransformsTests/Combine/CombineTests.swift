import Tabular
import Testing

@testable import Transforms

@Suite struct CombineTests {
  static let tree: SpecLiteral = ["p": ["a", "b"], "q": ["c": 3, "d": 1], "index": ["p", "q"]]

  func index(_ options: [(String, SpecLiteral)], _ columns: TestColumn...) throws -> Table {
    try run(
      Combine.self, .map([("tree", Self.tree)] + options),
      Table(schema: Schema(columns.map(\.field)), columns: columns.map(\.column)))
  }

  @Test func levelByLevel() throws {
    let output = try index(
      [("levels", [["method": "arithmetic"], ["method": "geometric"]])], .double("a", [2, 1]), .double("b", [6, 3]),
      .double("c", [1, 8]), .int("d", [13, 8]))
    #expect(try numbers(output, "p") == [4, 2] && numbers(output, "q") == [4, 8])
    let means = try numbers(output, "index").compactMap { $0 }
    #expect(abs(means[0] - 4) < 1e-12 && abs(means[1] - 4) < 1e-12)
    #expect(output.schema.names == ["a", "b", "c", "d", "p", "q", "index"])
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let method: String
    var options: [(String, SpecLiteral)] = []
    let expected: Double
    var testDescription: String { method }
  }

  static let cases: [Case] = [
    Case(method: "geometric", expected: 6), Case(method: "harmonic", expected: 72.0 / 13),
    Case(method: "power", options: [("power", 2)], expected: 48.5.squareRoot()),
    Case(method: "mazziotta_pareto", expected: 6.5 - 12.5 / 6.5),
    Case(method: "adjusted_mazziotta_pareto", options: [("penalty", "plus")], expected: 6.5 + 6.25 / 6.5),
    Case(method: "ordered", options: [("highest", 1)], expected: 9),
    Case(method: "ordered", options: [("places", ["1", "3"])], expected: 5.25),
    Case(method: "ordered", options: [("quantifier", 1)], expected: 6.5),
  ]

  /// Of 4 and 9: mean 6.5, variance 12.5 by n - 1 and 6.25 by n.
  @Test(arguments: cases) func methods(one: Case) throws {
    let level: SpecLiteral = .map([("method", .text(one.method))] + one.options)
    let input = try table(.double("a", [4]), .double("b", [9]))
    let output = try run(Combine.self, ["tree": ["index": ["a", "b"]], "levels": [level]], input)
    #expect(abs((try numbers(output, "index")[0] ?? .nan) - one.expected) < 1e-12)
  }

  /// Within each year: c beats both in two of three parts.
  @Test func copelandAndTheBenefitOfTheDoubtWithinGroups() throws {
    let input = try table(
      .int("year", [1, 1, 1, 2]), .double("a", [1, 2, 3, 9]), .double("b", [1, 2, 3, 9]), .double("c", [3, 2, 1, 9]))
    let tree: SpecLiteral = ["index": ["a", "b", "c"]]
    let copeland = try run(Combine.self, ["tree": tree, "method": "copeland", "by": ["year"]], input)
    #expect(try numbers(copeland, "index") == [-2, 0, 2, 0])
    let doubt = try numbers(
      run(Combine.self, ["tree": tree, "method": "benefit_of_doubt", "by": ["year"]], input), "index")
    #expect(zip(doubt, [1, 1, 1, 1]).allSatisfy { abs(($0 ?? 0) - $1) < 1e-9 })
  }

  /// Northern Ireland Multiple Deprivation Measure 2017, annex D: five areas, 100, 36, 21, 12 and 5; weights 3/4 and 1/4.
  @Test func northernIrelandsFiveAreas() throws {
    let input = try table(.double("one", [50, 40, 30, 20, 10]), .double("two", [1, 2, 3, 4, 5]))
    let output = try run(
      Combine.self, ["tree": ["index": ["one": 0.75, "two": 0.25]], "levels": [["method": "exponential"]]], input)
    let own = try run(
      Combine.self, ["tree": ["index": ["one"]], "levels": [["method": "exponential"]]], input)
    #expect(try numbers(own, "index").map { ($0 ?? 0).rounded() } == [100, 36, 21, 12, 5])
    let ranks = try run(Rank.self, ["column": "index", "into": "rank"], output)
    #expect(try cells(ranks, "rank") == ["1", "2", "4", "5", "3"])
  }

  @Test func whatIsMissingAndWhy() throws {
    let columns: [TestColumn] = [
      .double("a", [1, nil, nil, 1], .suppressed), .double("b", [1, 3, nil, 1], .unknown), .double("c", [1, 1, 1, 0]),
      .double("d", [1, 1, 1, 1]),
    ]
    func cellsOf(_ options: [(String, SpecLiteral)], _ name: String) throws -> [String] {
      try cells(index(options, columns[0], columns[1], columns[2], columns[3]), name)
    }
    #expect(try cellsOf([], "p") == ["1", "(insufficient)", "(suppressed)", "1"])
    #expect(try cellsOf([], "index") == ["1", "(insufficient)", "(insufficient)", "0.625"])
    let half: [(String, SpecLiteral)] = [("missing", ["minimum_share": 0.5])]
    #expect(try cellsOf(half, "p") == ["1", "3", "(suppressed)", "1"])
    #expect(try cellsOf(half, "index") == ["1", "2", "1", "0.625"])
    #expect(try cellsOf(half + [("method", "geometric")], "q") == ["1", "1", "1", "(undefined)"])
  }

  @Test func weightsFromATable() throws {
    let input = try table(.double("a", [10]), .double("b", [20]))
    let spec: SpecLiteral = ["tree": ["index": ["a", "b"]]]
    let weights = try table(.text("part", ["b", "a", "other"]), .double("weight", [3, 1, 9]))
    #expect(try numbers(run(Combine.self, spec, input, weights), "index") == [17.5])
    #expect(
      try dataError(Combine.self, spec, input, table(.text("part", ["b"]), .double("weight", [3])))
        == "the table of weights has no row for \"a\", a part of \"index\"")
    #expect(
      try dataError(Combine.self, spec, input, table(.text("part", ["b", "b"]), .double("weight", [3, 1])))
        == "the table of weights names \"b\" twice")
    #expect(
      try dataError(Combine.self, spec, input, table(.text("part", ["a", "b"]), .double("weight", [-3, 1])))
        == "the weights of \"index\": weight 1 is -3.0; a weight is a finite number of 0 or more")
    #expect(
      try dataError(Combine.self, spec, input, table(.text("part", ["a", "b"]), .double("weight", [nil, 1])))
        == "the weight of \"a\" is missing")
  }

  @Test func mistakesInTheTree() throws {
    let input = try table(.double("a", []), .double("b", []))
    func error(_ tree: SpecLiteral, _ more: [(String, SpecLiteral)] = []) -> String {
      schemaError(Combine.self, .map([("tree", tree)] + more), input)
    }
    #expect(error(["x": ["a", "z"]]) == "p.yml:4:3: the input has no column \"z\"; there are: a, b")
    #expect(error(["x": ["a", "a"]]) == "p.yml:4:3: \"a\" stands twice in \"x\"")
    #expect(error(["x": ["a"], "y": ["a"]]) == "p.yml:5:3: \"a\" is a part of \"x\" and of \"y\"")
    #expect(error(["x": ["y"], "y": ["x"]]) == "p.yml:2:1: \"x\" is a part of itself, by way of its parts")
    #expect(error(["a": ["b"]]) == "p.yml:2:1: the input already has a column \"a\"; choose another name")
    #expect(
      error(["x": ["a": -1]])
        == "p.yml:2:1: the weights of \"x\": weight 1 is -1.0; a weight is a finite number of 0 or more")
    #expect(
      error(["x": ["a"]], [("method", "ordered")])
        == "p.yml:1:1: method ordered takes one of \"places\", \"highest\", \"lowest\" and \"quantifier\", no other method does"
    )
    #expect(
      error(["x": ["a", "b"]], [("levels", [["method": "ordered", "places": [1, 2, 3]]])])
        == "p.yml:2:1: \"places\" has 3 weights; \"x\" has 2 parts")
    #expect(
      error(["x": ["a", "b"]], [("levels", [["method": "ordered", "lowest": 3]])])
        == "p.yml:2:1: \"x\" has 2 parts, fewer than the 3 to take")
    #expect(
      error(["x": ["a"]], [("levels", [["method": "arithmetic"], ["method": "geometric"]])])
        == "p.yml:1:1: the tree has 1 levels of aggregates; \"levels\" states 2")
  }
}
