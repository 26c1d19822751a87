import Statistics
import Tabular
import Testing

@testable import Transforms

@Suite struct AllocateTests {
  /// Shares by hand: people times the distance above 20.
  @Test func sharesByPeopleAndNeed() throws {
    let input = try table(.double("s", [20, 30, 40, 10]), .int("n", [500, 100, 200, 300]))
    func shares(_ power: SpecLiteral) throws -> [Double?] {
      try numbers(
        run(Allocate.self, ["score": "s", "population": "n", "above": 20, "power": power, "into": "k"], input), "k_pct")
    }
    #expect(try shares(1) == [0, 20, 80, 0])
    // Power 0 counts the people above it, 2 the squares of the distance.
    #expect(try shares(0).map { ($0 ?? .nan).rounded() } == [0, 33, 67, 0])
    #expect(try shares(2).map { ($0 ?? .nan).rounded() } == [0, 11, 89, 0])
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func amountsSumToTheBudget(seed: UInt64) throws {
    var random = CounterGenerator(seed: seed, stream: "allocate")
    let input = try table(
      .double("s", (0..<60).map { _ in random.uniform(0, 100) }),
      .double("n", (0..<60).map { _ in random.uniform(0, 900).rounded() }))
    let output = try run(
      Allocate.self, ["score": "s", "population": "n", "above": 35, "power": 1.5, "budget": 1_234_567, "into": "k"],
      input)
    #expect(try numbers(output, "k_amount").reduce(0) { $0 + ($1 ?? .nan) } == 1_234_567)
    #expect(try abs(numbers(output, "k_pct").reduce(0) { $0 + ($1 ?? .nan) } - 100) < 1e-9)
    // A key that grows with need is as concentrated as it is unequal.
    let (gini, concentration) = try (numbers(output, "k_gini")[0], numbers(output, "k_concentration")[0])
    #expect(abs((gini ?? .nan) - (concentration ?? 0)) < 1e-12 && (gini ?? 0) > 0.2)
  }

  @Test func spendingBesideTheKey() throws {
    let input = try table(
      .double("s", [40, 30, 20]), .int("n", [100, 100, 100]), .double("even", [5, 5, 5]),
      .double("key", [20, 10, 0]), .double("flees", [0, 0, 9]), .double("gap", [1, nil, 1], .suppressed))
    func output(_ spent: SpecLiteral) throws -> Table {
      try run(Allocate.self, ["score": "s", "population": "n", "above": 20, "spent": spent, "into": "k"], input)
    }
    let even = try output("even")
    #expect(try numbers(even, "k_spent_concentration")[0].map { abs($0) < 1e-12 } == true)
    #expect(try numbers(even, "k_to_move_pct")[0].map { abs($0 - 100.0 / 3) < 1e-9 } == true)
    #expect(try numbers(output("key"), "k_to_move_pct")[0].map { abs($0) < 1e-9 } == true)
    let flees = try output("flees")
    #expect(try cells(flees, "k_to_move_pct")[0] == "100")
    #expect(try numbers(flees, "k_spent_concentration")[0].map { abs($0 + 2.0 / 3) < 1e-12 } == true)
    let gap = try output("gap")
    #expect(try cells(gap, "k_gap")[1] == "(suppressed)" && cells(gap, "k_to_move_pct")[0] == "(undefined)")
    #expect(try cells(gap, "k_spent_pct")[0] == "50")
  }

  @Test func nobodyInNeedNobodyAtAllAndMissingCells() throws {
    let input = try table(
      .text("g", ["a", "a", "b", "c"]), .double("s", [10, nil, 50, 50], .outsideFrame), .int("n", [5, 5, 0, 7]))
    let output = try run(
      Allocate.self, ["score": "s", "population": "n", "above": 20, "by": ["g"], "budget": 10, "into": "k"], input)
    #expect(try cells(output, "k_pct") == ["(undefined)", "(outside_frame)", "(undefined)", "100"])
    #expect(try cells(output, "k_amount")[3] == "10")
    // One area: the key is not unequal.
    #expect(try cells(output, "k_gini")[3] == "0")
  }

  @Test func mistakesAreNamed() throws {
    let input = try table(.double("s", [1]), .int("n", [-2]))
    #expect(
      schemaError(Allocate.self, ["score": "s", "population": "n", "power": -1, "into": "k"], input)
        == "p.yml:4:1: \"power\" and \"budget\" must be 0 or more")
    #expect(
      try dataError(Allocate.self, ["score": "s", "population": "n", "into": "k"], input)
        == "\"n\" is -2 in row 1, expected 0 or more")
  }
}
