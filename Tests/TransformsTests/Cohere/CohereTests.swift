import Statistics
import Tabular
import Testing

@testable import Transforms

/// SciPy's answers stand in `CoherenceTests` of `Statistics`; here is what the transform makes of them.
@Suite struct CohereTests {
  /// 1 ... 5, its half, its mirror, and a column with a gap.
  private func areas() throws -> Table {
    try table(
      .double("a", [1, 2, 3, 4, 5]), .double("b", [0.5, 1, 1.5, 2, 2.5]), .double("c", [5, 4, 3, 2, 1]),
      .double("d", [2, 1, nil, 4, 3]).with { $0.direction = .higherIsBetter })
  }

  @Test func pairsWithFlags() throws {
    let output = try run(Cohere.self, ["columns": ["a", "b", "c", "d"]], areas())
    #expect(try cells(output, "one") == ["a", "a", "a", "b", "b", "c"])
    #expect(try cells(output, "other") == ["b", "c", "d", "c", "d", "d"])
    #expect(try cells(output, "domain") == [String](repeating: "all", count: 6))
    #expect(try cells(output, "areas") == ["5", "5", "4", "5", "4", "4"])
    // d is better when higher, so it counts the other way round: 1, 2, 4, 5 against -(2, 1, 4, 3).
    #expect(try numbers(output, "pearson").map { $0.map { ($0 * 1e9).rounded() / 1e9 } }.prefix(2) == [1, -1])
    let d = try #require(try numbers(output, "pearson")[2])
    #expect(abs(d + 5 / (50.0.squareRoot())) < 1e-12)
    #expect(try cells(output, "flag") == ["redundant", "opposing", "opposing", "opposing", "opposing", "none"])
    #expect(try numbers(output, "kendall")[2].map { abs($0 + 1.0 / 3) < 1e-12 } == true)
    #expect(try numbers(output, "spearman")[2].map { abs($0 + 0.6) < 1e-12 } == true)
    // t = 0.6 sqrt(2/0.64) with 2 degrees: p is 0.4.
    #expect(try numbers(output, "spearman_p")[2].map { abs($0 - 0.4) < 1e-12 } == true)
  }

  @Test func domainsOfAProfile() throws {
    let file = ProfileFile(
      """
      profile: test
      domains:
        - {id: x, weight: 1, indicators: [{column: a, direction: higher_is_worse}, {column: c, direction: higher_is_better}]}
        - {id: y, weight: 1, indicators: [{column: d, direction: higher_is_worse}]}
      """)
    let pairs = try run(Cohere.self, ["profile": .text(file.path)], areas())
    #expect(try cells(pairs, "domain") == ["x", "between", "between"])
    // a agrees with c turned round.
    #expect(try cells(pairs, "flag")[0] == "redundant")
    let groups = try run(Cohere.self, ["profile": .text(file.path), "give": "groups"], areas())
    #expect(try cells(groups, "domain") == ["x", "y", "all"])
    #expect(try cells(groups, "indicators") == ["2", "1", "3"] && cells(groups, "areas") == ["5", "4", "5"])
    #expect(try cells(groups, "redundant") == ["1", "0", "1"])
    #expect(try numbers(groups, "alpha")[0].map { abs($0 - 1) < 1e-12 } == true)
    #expect(try cells(groups, "alpha")[1] == "(insufficient)")
    #expect(try numbers(groups, "eigenvalue_1")[0].map { abs($0 - 2) < 1e-12 } == true)
    #expect(try cells(groups, "eigenvalue_2")[1] == "(insufficient)")
    #expect(try numbers(groups, "variance_1_pct")[1] == 100)
    let one = try run(Cohere.self, ["profile": .text(file.path), "give": "indicators"], areas())
    #expect(try cells(one, "indicator") == ["a", "c", "d", "a", "c", "d"])
    #expect(try cells(one, "rest_correlation")[2] == "(insufficient)")
  }

  /// With p-values, alpha and loadings worked out a second time from sums of standardised indicators.
  @Test(arguments: [1, 2, 3] as [UInt64]) func indicatorsAgainstTheirSum(seed: UInt64) throws {
    var random = CounterGenerator(seed: seed, stream: "cohere")
    let common = (0..<30).map { _ in random.normal() }
    let lists = (0..<4).map { k in common.map { $0 * Double(k + 1) + 2 * random.normal() } }
    let input = try table(
      .double("a", lists[0]), .double("b", lists[1]), .double("c", lists[2]), .double("d", lists[3]))
    let spec: SpecLiteral = ["columns": ["a", "b", "c", "d"], "give": "indicators", "areas": "complete"]
    let output = try run(Cohere.self, spec, input)
    let standard = lists.map { list in
      let mean = list.reduce(0, +) / 30
      let deviation = (list.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 29).squareRoot()
      return list.map { ($0 - mean) / deviation }
    }
    func product(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } / 29 }
    let (rests, without) = try (numbers(output, "rest_correlation"), numbers(output, "alpha_without"))
    for one in 0..<4 {
      let others = standard.indices.filter { $0 != one }
      let sum = (0..<30).map { row in others.reduce(0) { $0 + standard[$1][row] } }
      let expected = product(standard[one], sum) / product(sum, sum).squareRoot()
      #expect(abs((rests[one] ?? .nan) - expected) < 1e-12)
      #expect(abs((without[one] ?? .nan) - 1.5 * (1 - 3 / product(sum, sum))) < 1e-12)
    }
    // The squared loadings of a component sum to its eigenvalue.
    let groups = try run(
      Cohere.self, ["columns": ["a", "b", "c", "d"], "give": "groups", "areas": "complete", "components": 4], input)
    let squares = try numbers(output, "loading_1").reduce(0) { $0 + ($1 ?? .nan) * ($1 ?? .nan) }
    let eigenvalues = try (1...4).map { try numbers(groups, "eigenvalue_\($0)")[0] ?? .nan }
    #expect(abs(squares - eigenvalues[0]) < 1e-10 && abs(eigenvalues.reduce(0, +) - 4) < 1e-10)
  }

  @Test func noSpreadNoAreasAndGroups() throws {
    let input = try table(
      .int("year", [1, 1, 1, 2]), .double("a", [3, 3, 3, 1]), .double("b", [1, 2, 3, nil]))
    let pairs = try run(Cohere.self, ["columns": ["a", "b"], "by": ["year"]], input)
    #expect(try cells(pairs, "year") == ["1", "2"] && cells(pairs, "areas") == ["3", "0"])
    #expect(try cells(pairs, "pearson") == ["(insufficient)", "(insufficient)"])
    #expect(try cells(pairs, "flag") == ["(insufficient)", "(insufficient)"])
    let groups = try run(Cohere.self, ["columns": ["a", "b"], "give": "groups", "by": ["year"]], input)
    #expect(try cells(groups, "kaiser") == ["(insufficient)", "(insufficient)"])
    #expect(try cells(groups, "redundant") == ["0", "0"])
  }

  @Test func mistakesAreNamed() throws {
    let input = try areas()
    #expect(schemaError(Cohere.self, ["give": "pairs"], input) == ": give either \"columns\" or \"profile\"")
    #expect(schemaError(Cohere.self, ["columns": ["a", "a"]], input) == "p.yml:3:3: \"a\" is named twice")
    #expect(
      schemaError(Cohere.self, ["columns": ["a", "e"]], input)
        == "p.yml:3:3: the input has no column \"e\"; there are: a, b, c, d")
    #expect(
      schemaError(Cohere.self, ["columns": ["a", "b"], "components": 0], input)
        == "p.yml:2:3: \"opposing\" must be below \"redundant\", \"weak\" 0 or more and \"components\" 1 to 20")
  }
}
