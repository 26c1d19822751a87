import Tabular
import Testing

@testable import Transforms

@Suite struct TransitionTests {
  @Test func countsByGroup() throws {
    let input = try table(
      .text("g", ["a", "a", "a", "b"]), .int("c0", [1, 2, 2, 1]), .int("c1", [1, 1, 2, nil]))
    let output = try run(Transition.self, ["before": "c0", "after": "c1", "classes": 2, "by": ["g"]], input)
    #expect(try cells(output, "areas") == ["3", "0"])
    #expect(try cells(output, "stayed") == ["2", "0"])
    #expect(try cells(output, "fell") == ["1", "0"])
    #expect(try cells(output, "moved_2_1") == ["1", "0"])
    // (2 - (1 + 1/2)) / (2 - 1).
    #expect(try cells(output, "shorrocks") == ["0.5", "(insufficient)"])
    // The eigenvalues of (1 0; 1/2 1/2) are 1 and 1/2.
    #expect(try numbers(output, "half_life")[0].map { abs($0 - 1) < 1e-9 } == true)
  }

  @Test func aClassBeyondTheLastIsNamed() throws {
    let input = try table(.int("c0", [1, 6]), .int("c1", [1, 1]))
    #expect(
      try dataError(Transition.self, ["before": "c0", "after": "c1"], input)
        == "p.yml:1:1: row 2 of \"c0\" is 6, expected a class from 1 to 5; give \"classes\" the number of classes")
  }
}
