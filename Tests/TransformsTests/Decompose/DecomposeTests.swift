import Statistics
import Tabular
import Testing

@testable import Transforms

@Suite struct DecomposeTests {
  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64]) func partsSumToTheWhole(seed: UInt64) throws {
    var random = CounterGenerator(seed: seed, stream: "decompose")
    func draw() -> [Double?] { (0..<20).map { _ in random.uniform(0, 50) } }
    let input = try table(
      .double("a", draw()), .double("b", draw()), .double("a_base", draw()), .double("b_base", draw()),
      .double("w", draw()))
    let output = try run(Decompose.self, ["parts": ["a", "b"], "weight": "w"], input)
    func figure(_ name: String) throws -> Double { try #require(try numbers(output, name)[0]) }
    for name in ["level", "change"] {
      #expect(abs(try figure("a_" + name) + figure("b_" + name) - figure(name)) < 1e-9)
    }
    for name in ["spread_start_pct", "spread_end_pct"] {
      #expect(abs(try figure("a_" + name) + figure("b_" + name) - 100) < 1e-9)
    }
    let spread = try figure("spread_end") - figure("spread_start")
    #expect(abs(try figure("a_spread_change") + figure("b_spread_change") - spread) < 1e-9)
  }

  @Test func oneAreaHasNoSpread() throws {
    let input = try table(.double("a", [4]), .double("a_base", [1]))
    let output = try run(Decompose.self, ["parts": ["a"]], input)
    #expect(try cells(output, "change") == ["3"])
    #expect(try cells(output, "a_spread_end_pct") == ["(insufficient)"])
    let none = try run(Decompose.self, ["parts": ["a"]], table(.double("a", [nil]), .double("a_base", [1])))
    #expect(try cells(none, "level") == ["(insufficient)"])
  }

  /// People move from a bad area to a good one: part of the change is theirs, and all sums hold.
  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64]) func peopleWhoMoveAreToldApart(seed: UInt64) throws {
    let moved = try table(
      .double("a", [10, 50]), .double("a_base", [10, 50]), .double("w", [300, 100]), .double("w_base", [100, 300]))
    let spec: SpecLiteral = ["parts": ["a"], "weight": "w", "weight_start": "w_base"]
    let output = try run(Decompose.self, spec, moved)
    #expect(try cells(output, "change") == ["-20"] && cells(output, "change_within") == ["0"])
    #expect(try cells(output, "change_between") == ["-20"])
    var random = CounterGenerator(seed: seed, stream: "moves")
    func draw() -> [Double?] { (0..<20).map { _ in random.uniform(1, 50) } }
    let areas = try table(
      .double("a", draw()), .double("b", draw()), .double("a_base", draw()), .double("b_base", draw()),
      .double("w", draw()), .double("w_base", draw()))
    let all = try run(Decompose.self, ["parts": ["a", "b"], "weight": "w", "weight_start": "w_base"], areas)
    func figure(_ name: String) throws -> Double { try #require(try numbers(all, name)[0]) }
    let change = try figure("change")
    #expect(try abs(figure("change_within") + figure("change_between") - change) < 1e-9)
    #expect(try abs(figure("a_change") + figure("b_change") - change) < 1e-9)
    #expect(
      schemaError(Decompose.self, ["parts": ["a"], "weight_start": "w_base"], moved)
        == "p.yml:3:1: \"weight_start\" needs \"weight\", the weights at the last moment")
  }
}
