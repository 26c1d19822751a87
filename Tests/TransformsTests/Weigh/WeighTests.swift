import Tabular
import Testing

@testable import Transforms

@Suite struct WeighTests {
  static let tree: SpecLiteral = ["p": ["a": 1, "b": 3], "q": ["c", "d"], "index": ["p": 2, "q": 3]]

  @Test func givenAndEqualUpTheTree() throws {
    let input = try table(.double("a", [1]))
    let given = try run(Weigh.self, ["tree": Self.tree], input)
    #expect(try cells(given, "part") == ["a", "b", "c", "d", "p", "q", "index"])
    #expect(try cells(given, "level") == ["1", "1", "1", "1", "2", "2", "3"])
    #expect(try cells(given, "parent") == ["p", "p", "q", "q", "index", "index", "(not_applicable)"])
    #expect(try numbers(given, "weight") == [1, 3, 1, 1, 2, 3, 1])
    let effective = try numbers(given, "effective_weight").compactMap { $0 }
    #expect(zip(effective, [0.1, 0.3, 0.3, 0.3, 0.4, 0.6, 1]).allSatisfy { abs($0 - $1) < 1e-15 })
    let equal = try run(Weigh.self, ["tree": Self.tree, "method": "equal"], input)
    #expect(try numbers(equal, "effective_weight") == [0.25, 0.25, 0.25, 0.25, 0.5, 0.5, 1])
  }

  /// Two that go together and a third that does not: by hand, from the correlations 0, 0 and r.
  @Test func fromData() throws {
    let input = try table(
      .double("a", [1, 2, 3, 4, nil]), .double("b", [1, 3, 2, 4, 9]), .double("c", [2, 1, 1, 2, 5]),
      .double("d", [2, 4, 6, 9, 9]))
    let spec: [(String, SpecLiteral)] = [("tree", ["index": ["a", "b"]])]
    for method in ["principal_component", "squared_loadings", "balanced"] {
      let weights = try run(Weigh.self, .map(spec + [("method", .text(method))]), input)
      let own = try numbers(weights, "weight").compactMap { $0 }
      // Two parts have equal loadings, whatever their correlation; balanced divides by their deviations.
      let expected = method == "balanced" ? own : [0.5, 0.5, 1]
      #expect(zip(own, expected).allSatisfy { abs($0 - $1) < 1e-12 } && own.count == 3, "\(method)")
      #expect(try numbers(weights, "correlation").prefix(2).allSatisfy { $0 != nil })
    }
    for method in ["entropy", "critic"] {
      let weights = try run(Weigh.self, .map(spec + [("method", .text(method))]), input)
      let own = try numbers(weights, "weight").compactMap { $0 }
      #expect(abs(own[0] + own[1] - 1) < 1e-12)
      #expect(try cells(weights, "correlation")[0] == "(not_applicable)")
    }
  }

  /// Northern Ireland Multiple Deprivation Measure 2017, annex C, education: the published loadings give the published
  /// weights. Areas are made so that their correlations are exactly those of a factor with these loadings.
  @Test func northernIrelandsFactorWeights() throws {
    let loadings = [0.589997, 0.808798, 0.873870, 0.536314, 0.825254, 0.615212, 0.878564, 0.856326]
    let published = [0.04937, 0.12756, 0.20168, 0.04107, 0.14113, 0.05399, 0.21007, 0.17514]
    // Sylvester's Hadamard matrix of 16 rows: columns with mean 0 and deviation 1 that are not correlated.
    func hadamard(_ row: Int, _ column: Int) -> Double { (row & column).nonzeroBitCount % 2 == 0 ? 1 : -1 }
    let columns = loadings.enumerated().map { number, loading in
      let rest = (1 - loading * loading).squareRoot()
      return TestColumn.double(
        "i\(number)", (0..<16).map { loading * hadamard($0, 1) + rest * hadamard($0, number + 2) })
    }
    let input = try Table(schema: Schema(columns.map(\.field)), columns: columns.map(\.column))
    let parts = SpecLiteral.list(columns.map { .text($0.field.name) })
    let weights = try run(Weigh.self, ["tree": ["education": parts], "method": "one_factor"], input)
    let (own, correlations) = try (numbers(weights, "weight"), numbers(weights, "correlation"))
    for place in 0..<8 {
      // Five decimals are published; the loadings' sixth decimal moves a weight by less than one in the fifth.
      #expect(abs((own[place] ?? 0) - published[place]) < 1e-5, "weight \(place + 1)")
      #expect(abs((correlations[place] ?? 0) - loadings[place]) < 1e-6, "loading \(place + 1)")
    }
  }

  @Test func weightsThatDoNotExist() throws {
    let input = try table(.double("a", [1, 1, 1]), .double("b", [1, 2, 3]), .double("c", [3, 2, 1]))
    #expect(
      try dataError(Weigh.self, ["tree": ["x": ["a", "b"]], "method": "principal_component"], input)
        == "principal_component gives no weights for \"x\": every pair of parts needs a correlation")
    #expect(
      schemaError(Weigh.self, ["tree": ["x": ["a", "b"]], "method": "one_factor"], input)
        == "p.yml:2:1: one_factor needs three parts; \"x\" has fewer")
    #expect(
      schemaError(
        Weigh.self, ["tree": ["x": ["a", "z"], "y": ["x"]], "method": "equal", "levels": ["critic"]], input)
        == "p.yml:4:3: the input has no column \"z\"; there are: a, b, c")
  }

  /// Weights of a level that has been combined, and a whole index from a pipeline's pieces.
  @Test func oneDomainAndHigherLevels() throws {
    let input = try table(.double("a", [1, 2, 3]), .double("b", [2, 9, 4]), .double("c", [1, 5, 2]))
    let tree: SpecLiteral = ["p": ["a"], "q": ["b", "c"], "index": ["p", "q"]]
    let first = try run(Combine.self, ["tree": tree], input)
    let weights = try run(Weigh.self, ["tree": tree, "levels": ["equal", "critic"]], first)
    #expect(try numbers(weights, "weight")[0] == 1)
    let again = try run(Combine.self, ["tree": tree], input, weights)
    #expect(try numbers(again, "p") == [1, 2, 3] && numbers(again, "index").allSatisfy { $0 != nil })
  }
}
