import Tabular
import Testing

@testable import Transforms

@Suite struct ConvergeTests {
  /// end = 2 + start / 2: the slope of the change is -1/2 and the spread halves.
  @Test func halvedDistances() throws {
    let input = try table(.double("s", [2, 4, 6, 8, 10, 12]), .double("e", [3, 4, 5, 6, 7, 8]))
    let output = try run(Converge.self, ["start": "s", "end": "e", "draws": 50], input)
    #expect(try numbers(output, "beta")[0].map { abs($0 + 0.5) < 1e-12 } == true)
    #expect(try numbers(output, "beta_theil_sen") == [-0.5])
    #expect(try numbers(output, "sigma_ratio")[0].map { abs($0 - 0.5) < 1e-12 } == true)
    #expect(try numbers(output, "change_low") == [0.5])
    #expect(try numbers(output, "change_middle") == [-1.5])
    #expect(try numbers(output, "change_high") == [-3.5])
    #expect(try cells(output, "beta_instrumented") == ["(insufficient)"])
  }

  @Test func oneAreaAllEqualAndNone() throws {
    let one = try run(Converge.self, ["start": "s", "end": "e"], table(.double("s", [2]), .double("e", [3])))
    #expect(try cells(one, "areas") == ["1"])
    #expect(try cells(one, "beta") == ["(insufficient)"])
    let equal = try run(Converge.self, ["start": "s", "end": "e"], table(.double("s", [2, 2]), .double("e", [3, 4])))
    #expect(try cells(equal, "sigma_ratio") == ["(insufficient)"])
    let none = try run(Converge.self, ["start": "s", "end": "e"], table(.double("s", [nil]), .double("e", [4])))
    #expect(try cells(none, "change_low") == ["(insufficient)"])
  }
}
