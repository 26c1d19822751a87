import Tabular
import Testing

@testable import Transforms

@Suite struct InequalityTransformTests {
  @Test func knownValuesByGroup() throws {
    let input = try table(
      .text("g", ["a", "a", "b", "b", "b"]), .double("v", [1, 3, 5, 5, nil]), .text("h", ["x", "y", "x", "x", "x"]))
    let output = try run(InequalityTransform.self, ["column": "v", "by": ["g"], "groups": "h"], input)
    #expect(try cells(output, "v_areas") == ["2", "2"])
    #expect(try cells(output, "v_gini") == ["0.25", "0"])
    #expect(try cells(output, "v_mean") == ["2", "5"])
    #expect(try cells(output, "v_deviation") == ["1", "0"])
    let (whole, within, between) = try (
      numbers(output, "v_theil_t"), numbers(output, "v_theil_t_within"), numbers(output, "v_theil_t_between")
    )
    for row in 0..<2 {
      let sum = try #require(within[row]) + #require(between[row])
      #expect(abs(sum - (try #require(whole[row]))) < 1e-12)
    }
  }

  @Test func allMissingAndAllZeroAreInsufficient() throws {
    let none = try run(InequalityTransform.self, ["column": "v"], table(.double("v", [nil, nil])))
    #expect(try cells(none, "v_areas") == ["0"])
    #expect(try cells(none, "v_gini") == ["(insufficient)"])
    let zero = try run(InequalityTransform.self, ["column": "v"], table(.double("v", [0, 0])))
    #expect(try cells(zero, "v_theil_l") == ["(insufficient)"])
  }

  @Test func aMistakeIsNamed() throws {
    let input = try table(.double("value", [1]))
    #expect(
      schemaError(InequalityTransform.self, ["column": "valu"], input)
        == "p.yml:1:1: the input has no column \"valu\"; did you mean \"value\"?")
  }
}
