import Tabular
import Testing

@testable import Transforms

@Suite struct ImputeTests {
  @Test func meansAndMediansOfGroups() throws {
    let input = try table(
      .text("g", ["a", "a", "a", "b", nil, "a"], .rejected), .double("x", [1, 3, nil, nil, nil, 8], .unknown))
    let mean = try run(Impute.self, ["columns": ["x"], "by": ["g"]], input)
    #expect(try cells(mean, "x") == ["1", "3", "4", "(unknown)", "(unknown)", "8"])
    #expect(try cells(mean, "x_imputed") == ["false", "false", "true", "false", "false", "false"])
    let median = try run(Impute.self, ["columns": ["x"], "method": "median", "marks": "count"], input)
    #expect(try cells(median, "x") == ["1", "3", "3", "3", "3", "8"])
    #expect(try cells(median, "imputed_cells") == ["0", "0", "1", "1", "1", "0"])
    #expect(try run(Impute.self, ["columns": ["x"], "marks": "none"], input).schema.names == ["g", "x"])
  }

  @Test func onlyWhatMayBeFilled() throws {
    let input = try table(.double("x", [1, nil, 3], .notApplicable))
    #expect(try cells(run(Impute.self, ["columns": ["x"]], input), "x") == ["1", "(not_applicable)", "3"])
    let all: SpecLiteral = ["columns": ["x"], "reasons": ["not_applicable"]]
    #expect(try cells(run(Impute.self, all, input), "x") == ["1", "2", "3"])
  }

  @Test func regressionOnTheOthers() throws {
    let x: [Double] = [1, 2, 3, 4, 5, 6]
    let input = try table(
      .double("x", x), .double("y", x.map { $0 == 4 ? nil : 2 * $0 + 1 }), .double("z", [5, 1, 4, nil, 2, 2]))
    let output = try run(Impute.self, ["columns": ["x", "y"], "method": "regression"], input)
    #expect(abs((try numbers(output, "y")[3] ?? 0) - 9) < 1e-12)
    #expect(try cells(output, "y_imputed")[3] == "true")
  }

  @Test func seriesWithAHorizon() throws {
    let input = try table(
      .text("area", ["a", "a", "a", "a", "b", "b"]), .int("year", [2014, 2010, 2011, 2012, 2010, 2011]),
      .double("x", [8, 2, nil, nil, nil, 7]))
    func filled(_ method: String, _ horizon: SpecLiteral? = nil) throws -> [Double?] {
      let more = horizon.map { [("horizon", $0)] } ?? []
      let spec: SpecLiteral = .map(
        [("columns", ["x"]), ("method", .text(method)), ("area", "area"), ("period", "year")] + more)
      return try numbers(run(Impute.self, spec, input), "x")
    }
    #expect(try filled("latest") == [8, 2, 2, 2, nil, 7])
    #expect(try filled("latest", 1) == [8, 2, 2, nil, nil, 7])
    #expect(try filled("linear") == [8, 2, 3.5, 5, nil, 7])
    #expect(try filled("constant") == [8, 2, 2, 2, 7, 7])
    #expect(try filled("linear_constant") == [8, 2, 3.5, 5, 7, 7])
    let twice = try table(.text("area", ["a", "a"]), .int("year", [2014, 2014]), .double("x", [8, 2]))
    #expect(
      try dataError(
        Impute.self, ["columns": ["x"], "method": "latest", "area": "area", "period": "year"], twice)
        == "two rows have area=a, year=2014: a series has one value a period")
  }

  @Test func allMissingAndNone() throws {
    let input = try table(.double("x", [nil, nil], .suppressed))
    for method in ["mean", "median"] {
      let spec: SpecLiteral = ["columns": ["x"], "method": .text(method)]
      #expect(try cells(run(Impute.self, spec, input), "x") == ["(suppressed)", "(suppressed)"])
      #expect(try run(Impute.self, spec, table(.double("x", []))).rowCount == 0)
    }
  }

  @Test func mistakes() throws {
    let input = try table(.double("x", []), .double("x_imputed", []))
    #expect(
      schemaError(Impute.self, ["columns": ["x"], "method": "linear"], input)
        == "p.yml:2:3: method linear needs \"area\" and \"period\"")
    #expect(
      schemaError(Impute.self, ["columns": ["x"], "horizon": 2], input)
        == "p.yml:2:3: \"area\", \"period\" and \"horizon\" belong to latest, linear, constant and linear_constant")
    #expect(
      schemaError(Impute.self, ["columns": ["x"], "method": "regression"], input)
        == "p.yml:2:3: method regression needs two columns or more")
    #expect(
      schemaError(Impute.self, ["columns": ["x"]], input)
        == "p.yml:2:3: the input already has a column \"x_imputed\"; choose another name")
  }
}
