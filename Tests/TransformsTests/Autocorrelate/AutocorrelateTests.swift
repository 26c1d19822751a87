import Tabular
import Testing

@testable import Transforms

@Suite struct AutocorrelateTests {
  /// Pairs of equal neighbours: every value is its own lag, so I is 1.
  @Test func equalNeighbours() throws {
    let input = try table(
      .text("w", ["a", "a", "b", "b", "c", "c", nil]), .double("v", [1, 1, 5, 5, 9, 9, 3]))
    let spec: SpecLiteral = ["column": "v", "neighbourhood": "w", "draws": 99]
    let output = try run(Autocorrelate.self, spec, input)
    #expect(try cells(output, "areas") == ["6"])
    #expect(try numbers(output, "moran")[0].map { abs($0 - 1) < 1e-12 } == true)
    #expect(try numbers(output, "moran_expected")[0].map { abs($0 + 0.2) < 1e-12 } == true)
    #expect(try numbers(output, "moran_p")[0].map { $0 > 0 && $0 < 0.5 } == true)
  }

  @Test func allEqualAndOneAreaAreInsufficient() throws {
    let spec: SpecLiteral = ["column": "v", "neighbourhood": "w"]
    for input in [
      try table(.text("w", ["a", "a", "a"]), .double("v", [2, 2, 2])), try table(.text("w", ["a"]), .double("v", [2])),
    ] {
      #expect(try cells(run(Autocorrelate.self, spec, input), "moran") == ["(insufficient)"])
    }
  }
}
