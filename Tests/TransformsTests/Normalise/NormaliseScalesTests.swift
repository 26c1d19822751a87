import Tabular
import Testing

@testable import Transforms

/// The scales beyond z-scores, min-max and ranks; scales of one column alone; scales learnt from a base.
@Suite struct NormaliseScalesTests {
  func scaled(_ values: [Double?], _ scale: [(String, SpecLiteral)], _ direction: String = "higher_is_worse") throws
    -> [Double?]
  {
    let spec: SpecLiteral = ["columns": ["v": .map([("direction", .text(direction))] + scale)], "prefix": "n_"]
    return try numbers(run(Normalise.self, spec, table(.double("v", values))), "n_v")
  }

  @Test func everyScale() throws {
    let values: [Double?] = [10, 15, nil, 30]
    let ends: [(String, SpecLiteral)] = [("low", 12), ("high", 22), ("factor", 10)]
    #expect(try scaled(values, [("method", "goalposts")] + ends) == [0, 3, nil, 10])
    #expect(try scaled(values, [("method", "goalposts"), ("truncate", false)] + ends) == [-2, 3, nil, 18])
    #expect(try scaled(values, [("method", "scaled")] + ends, "higher_is_better") == [12, 7, nil, -8])
    #expect(try scaled(values, [("method", "distance_to_maximum")]) == [0, 0.25, nil, 1])
    #expect(try scaled(values, [("method", "distance_to_reference"), ("reference", 20)]) == [0, 0.5, nil, 2])
    #expect(try scaled(values, [("method", "distance_to_target"), ("target", 20)]) == [0, 0.5, nil, 1])
    #expect(try scaled(values, [("method", "fraction_of_maximum")]) == [1.0 / 3, 0.5, nil, 1])
    #expect(try scaled(values, [("method", "adjusted"), ("reference", 20)]) == [70, 85, nil, 130])
    #expect(try scaled(values, [("method", "borda")]) == [0, 1, nil, 2])
    let classes: [(String, SpecLiteral)] = [("bounds", [12, 20]), ("scores", [0, 5, 9])]
    #expect(try scaled(values, [("method", "categorical")] + classes) == [0, 5, nil, 9])
    let quantiles: [(String, SpecLiteral)] = [("probabilities", [0.5]), ("scores", [1, 2])]
    #expect(try scaled(values, [("method", "quantile_classes")] + quantiles) == [1, 1, nil, 2])
    #expect(
      try scaled([1, 2, 3], [("method", "z_score"), ("standard_deviation", "sample"), ("mean", 10), ("deviation", 2)])
        == [8, 10, 12])
    let normal = try scaled([1, 2, 3], [("method", "normal_score"), ("normal_form", "van_der_waerden")])
    #expect(normal[1] == 0 && abs((normal[2] ?? 0) - 0.6744897501960817) < 1e-14)
  }

  @Test func aScaleOfOnesOwnInPlaceAndUpwards() throws {
    let input = try table(.double("a", [1, 3]), .int("b", [10, 20]), .text("code", ["x", "y"]))
    let spec: SpecLiteral = [
      "columns": ["a": "higher_is_better", "b": ["direction": "higher_is_worse", "method": "rank"]],
      "method": "min_max", "prefix": "", "upwards": "higher_is_better",
    ]
    let output = try run(Normalise.self, spec, input)
    #expect(output.schema.names == ["a", "b", "code"])
    #expect(try numbers(output, "a") == [0, 100] && numbers(output, "b") == [2, 1])
    #expect(output.schema["a"]?.direction == .higherIsBetter && output.schema["b"]?.unit == "rank")
  }

  @Test func perYearAllYearsAndAgainstABaseYear() throws {
    let input = try table(
      .int("year", [2012, 2012, 2012, 2020, 2020]), .double("v", [0, 10, 5, 20, 5]))
    func scaled(_ more: [(String, SpecLiteral)]) throws -> [Double?] {
      let spec: SpecLiteral = .map([("columns", ["v": "higher_is_worse"]), ("method", "min_max")] + more)
      return try numbers(run(Normalise.self, spec, input), "z_v")
    }
    #expect(try scaled([("by", ["year"])]) == [0, 100, 50, 100, 0])
    #expect(try scaled([]) == [0, 50, 25, 100, 25])
    #expect(try scaled([("base", ["year": 2012])]) == [0, 100, 50, 200, 50])
    let ranks: SpecLiteral = [
      "columns": ["v": "higher_is_worse"], "method": "percentile_rank", "base": ["year": 2012],
    ]
    #expect(try numbers(run(Normalise.self, ranks, input), "z_v") == [0, 1, 0.5, 1, 0.5])
    let absent: SpecLiteral = ["columns": ["v": "higher_is_worse"], "base": ["year": 2013]]
    #expect(try dataError(Normalise.self, absent, input) == "no row has year=2013; did you mean \"2012\"?")
  }

  @Test func mistakes() throws {
    let input = try table(.double("v", []))
    func error(_ scale: [(String, SpecLiteral)]) -> String {
      schemaError(Normalise.self, .map([("columns", ["v": "higher_is_worse"])] + scale), input)
    }
    #expect(error([("method", "goalposts"), ("low", 1)]) == "p.yml:2:1: method goalposts needs \"high\"")
    #expect(
      error([("method", "scaled"), ("low", 1), ("high", 1)]) == "p.yml:2:1: \"low\" must be below \"high\"")
    #expect(error([("method", "distance_to_target")]) == "p.yml:2:1: method distance_to_target needs \"target\"")
    #expect(
      error([("method", "categorical"), ("bounds", [1, 2]), ("scores", [1, 2])])
        == "p.yml:2:1: \"bounds\" must rise, and \"scores\" be one more than they")
    #expect(
      error([("method", "rank"), ("ties", "dense"), ("base", ["v": 1])])
        == "p.yml:2:1: ties in a base are min, avg or max: dense and ordinal number one set only")
    #expect(error([("deviation", 0)]) == "p.yml:2:1: \"deviation\" must be above 0")
  }
}
