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
}
