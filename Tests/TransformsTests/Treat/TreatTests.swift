import Tabular
import Testing

@testable import Transforms

@Suite struct TreatTests {
  /// COINr's own example, 1 to 10 with 30 and 100: one point comes down to the next, 30.
  static let example = (1...10).map { Double($0) } + [30, 100]

  @Test func winsorisesInPlace() throws {
    let input = try table(.double("x", Self.example + [nil], .unknown), .int("y", (0..<13).map { Int64($0) }))
    let output = try run(Treat.self, ["columns": ["x", "y"]], input)
    #expect(try numbers(output, "x") == (1...10).map { Double($0) } + [30, 30, nil])
    #expect(try numbers(output, "y") == (0..<13).map { Double($0) })
    let kept = try run(Treat.self, ["columns": ["x"], "prefix": "t_"], input)
    #expect(try numbers(kept, "x") == Self.example + [nil] && numbers(kept, "t_x")[11] == 30)
  }

  @Test func report() throws {
    let input = try table(
      .int("year", [Int64](repeating: 1, count: 12) + [2, 2, 2]), .double("x", Self.example + [1, 2, 900]))
    let report = try run(Treat.self, ["columns": ["x"], "by": ["year"], "give": "report"], input)
    #expect(try cells(report, "action") == ["winsorised", "undefined"] && cells(report, "year") == ["1", "2"])
    #expect(try cells(report, "winsorised_high") == ["1", "0"] && cells(report, "winsorised_low") == ["0", "0"])
    #expect(try cells(report, "passes") == ["1", "(undefined)"])
    // SciPy 1.17: skew(x, bias=False) and kurtosis(x, bias=False) of the example.
    let (skew, kurtosis) = try (numbers(report, "skewness_before")[0], numbers(report, "kurtosis_before")[0])
    #expect(abs((skew ?? 0) - 3.0632410342394993) < 1e-12 && abs((kurtosis ?? 0) - 9.741390834569144) < 1e-12)
  }

  @Test func transformsWhatWinsorisingDoesNotBringIn() throws {
    var values = (0..<100).map { Double($0 % 7) }
    for i in 0..<8 { values[i] = 1000 * Double(i + 1) * Double(i + 1) }
    let input = try table(.double("x", values))
    func action(_ options: [(String, SpecLiteral)]) throws -> String {
      let spec: SpecLiteral = .map([("columns", ["x"]), ("give", "report")] + options)
      return try cells(run(Treat.self, spec, input), "action")[0]
    }
    #expect(try action([]) == "transformed" && action([("combine", true)]) == "both")
    #expect(try action([("transform", "none")]) == "winsorised")
    #expect(try action([("winsorise", 0), ("transform", "box_cox")]) == "transformed")
    #expect(try action([("unlimited", true)]) == "winsorised")
    for function in ["log_ct", "log_ct_plus", "log_ct_original", "log_gii", "box_cox"] {
      let spec: SpecLiteral = ["columns": ["x"], "transform": .text(function), "always": true]
      let treated = try numbers(run(Treat.self, spec, input), "x").compactMap { $0 }
      let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
      #expect(zip(order, order.dropFirst()).allSatisfy { treated[$0] <= treated[$1] }, "\(function) keeps the order")
    }
    let box: SpecLiteral = ["columns": ["x"], "transform": "box_cox", "lambda": 0, "always": true]
    #expect(
      try numbers(run(Treat.self, box, input), "x")
        == numbers(run(Treat.self, ["columns": ["x"], "transform": "log_ct_original", "always": true], input), "x"))
  }

  @Test func oneAreaAllEqualAllMissing() throws {
    for column in [
      TestColumn.double("x", [5]), .double("x", [4, 4, 4, 4, 4]), .double("x", [nil, nil]), .double("x", []),
    ] {
      let input = try table(column)
      #expect(try run(Treat.self, ["columns": ["x"]], input).column("x") == input.column("x"))
    }
  }

  @Test func mistakes() throws {
    let input = try table(.double("x", []))
    #expect(
      schemaError(Treat.self, ["columns": ["x"], "lambda": 0.5], input)
        == "p.yml:2:3: \"lambda\" belongs to transform: box_cox")
    #expect(schemaError(Treat.self, ["columns": ["x", "x"]], input) == "p.yml:3:3: \"x\" is named twice")
    #expect(
      schemaError(Treat.self, ["columns": ["x"], "always": true, "transform": "none"], input)
        == "p.yml:2:3: \"always\" needs a transform")
  }
}
