import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct PerturbTests {
  let input: Table

  init() throws {
    let codes = (0..<40).map { "A\($0)" as String? }
    var state: UInt64 = 5
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 33) / Double(1 << 31)
    }
    func column() -> [Double?] { (0..<40).map { _ in (next() + next() + next()) * 10 } }
    input = try table(.text("code", codes), .double("a", column()), .double("b", column()), .double("c", column()))
  }

  static let base: [(String, SpecLiteral)] = [
    ("tree", ["p": ["a", "b"], "index": ["p", "c"]]),
    ("columns", ["a": "higher_is_worse", "b": "higher_is_better", "c": "higher_is_worse"]), ("area", "code"),
  ]

  func perturbed(_ options: [(String, SpecLiteral)]) throws -> Table {
    try run(Perturb.self, .map(Self.base + [("replicates", 64)] + options), input)
  }

  /// The index as it is, is that of the chain of steps.
  @Test func asItIs() throws {
    let output = try perturbed([])
    let scale: SpecLiteral = [
      "columns": ["a": "higher_is_worse", "b": "higher_is_better", "c": "higher_is_worse"], "method": "min_max",
      "range": [1, 100], "prefix": "",
    ]
    let chain = try run(
      Combine.self, ["tree": ["p": ["a", "b"], "index": ["p", "c"]]], run(Normalise.self, scale, input))
    let ranked = try run(Rank.self, ["column": "index", "into": "rank"], chain)
    #expect(try numbers(output, "score") == numbers(ranked, "index"))
    #expect(try numbers(output, "rank") == numbers(ranked, "rank"))
    for name in ["rank_mean", "rank_median", "rank_low", "rank_high"] {
      #expect(try numbers(output, name) == numbers(output, "rank"))
    }
    #expect(try numbers(output, "rank_shift").allSatisfy { $0 == 0 })
  }

  @Test func theSameForAnyNumberOfThreads() throws {
    for give in ["areas", "assumptions"] {
      let spec: SpecLiteral = .map(
        Self.base + [
          ("replicates", 70), ("weights", 0.25), ("combine", ["arithmetic", "geometric"]), ("give", .text(give)),
          ("normalise", [["method": "min_max", "range": [1, 100]], ["method": "percentile_rank"]]),
        ])
      let one = try make(Perturb.self, spec).apply([input], context: RunContext(threads: 1))
      #expect(try make(Perturb.self, spec).apply([input], context: RunContext(threads: 2)) == one)
    }
  }

  @Test func moreNoiseMovesMore() throws {
    func shift(_ noise: Double) throws -> Double {
      try numbers(perturbed([("weights", .text("\(noise)"))]), "rank_shift").compactMap { $0 }.reduce(0, +)
    }
    let (little, much) = try (shift(0.05), shift(0.8))
    #expect(little > 0 && much > 3 * little)
  }

  /// Without outliers treatment changes nothing: all hangs on the scale.
  @Test func whatHangsOnWhat() throws {
    let output = try perturbed([
      ("treat", [true, false]), ("give", "assumptions"),
      ("normalise", [["method": "min_max"], ["method": "percentile_rank"]]),
    ])
    #expect(try cells(output, "assumption") == ["treat", "normalise"])
    let (first, total) = try (numbers(output, "first"), numbers(output, "total"))
    #expect(total[0] == 0 && first[0] == 0)
    #expect(abs((total[1] ?? 0) - 1) < 0.1 && abs((first[1] ?? 0) - 1) < 0.1)
  }

  @Test func areasWithoutAScore() throws {
    let gaps = try table(.text("code", ["x", "y", "z"]), .double("a", [1, nil, 3]), .double("b", [1, nil, 2]))
    let spec: SpecLiteral = [
      "tree": ["index": ["a", "b"]], "columns": ["a": "higher_is_worse", "b": "higher_is_worse"], "area": "code",
      "weights": 0.5, "replicates": 10,
    ]
    #expect(try cells(run(Perturb.self, spec, gaps), "rank") == ["2", "(insufficient)", "1"])
  }

  @Test func mistakes() throws {
    func error(_ options: [(String, SpecLiteral)]) -> String {
      schemaError(Perturb.self, .map(Self.base + options), input)
    }
    #expect(
      error([("give", "assumptions")])
        == "p.yml:1:1: nothing varies: give two choices of \"treat\", \"normalise\" or \"combine\", or \"weights\"")
    #expect(
      error([("combine", ["ordered"])])
        == "p.yml:1:1: \"combine\" takes methods without numbers of their own here: not ordered, power, exponential")
    #expect(
      schemaError(
        Perturb.self, ["tree": ["i": ["a", "b"]], "columns": ["a": "higher_is_worse"], "area": "code"], input)
        == "p.yml:4:3: \"columns\" does not name the indicator \"b\"")
    #expect(
      schemaError(
        Perturb.self, ["tree": ["i": ["a"], "j": ["b"]], "columns": ["a": "higher_is_worse"], "area": "code"], input)
        == "p.yml:1:1: the tree needs one index at its top")
  }
}
