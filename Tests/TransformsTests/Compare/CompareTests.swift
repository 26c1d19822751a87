import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct CompareTests {
  /// Two years, two municipalities with two neighbourhoods each, and the country; one value withheld.
  let areas: Table

  init() throws {
    areas = try table(
      .int("year", [2012, 2012, 2012, 2012, 2012, 2020, 2020, 2020]),
      .text("code", ["NL", "A1", "A2", "B1", "B2", "NL", "A1", "A2"]),
      .text("parent", [nil, "NL", "NL", "NL", "NL", nil, "NL", "A1"], .notApplicable),
      .text("town", [nil, "A", "A", "B", "B", nil, "A", "A"], .notApplicable),
      TestColumn.double("pct", [50, 40, 60, 30, nil, 0, 45, 55], .suppressed, unit: "%"),
      .int("people", [100, 10, 30, 60, 5, 100, 20, nil]))
  }

  private func compare(_ to: SpecLiteral, _ more: (String, SpecLiteral)...) throws -> Table {
    let base: [(String, SpecLiteral)] = [
      ("area", "code"), ("by", ["year"]), ("measures", ["pct"]), ("weight", "people"), ("to", to),
    ]
    return try run(Compare.self, .map(base + more), areas)
  }

  @Test func oneArea() throws {
    let output = try compare(["nl": ["area": "NL"]], ("as", ["value", "points", "percent"]))
    #expect(try cells(output, "pct_nl") == ["50", "50", "50", "50", "50", "0", "0", "0"])
    #expect(try cells(output, "pct_delta_nl") == ["0", "-10", "10", "-20", "(suppressed)", "0", "45", "55"])
    let percent = try numbers(output, "pct_pct_nl")
    #expect(percent.map { $0.map { ($0 * 1e9).rounded() / 1e9 } } == [0, -20, 20, -40, nil, nil, nil, nil])
    #expect(try cells(output, "pct_pct_nl")[4...] == ["(suppressed)", "(undefined)", "(undefined)", "(undefined)"])
    #expect(output.schema["pct_nl"]?.unit == "%")
    #expect(output.schema["pct_delta_nl"]?.unit == "pp")
    #expect(output.schema["pct_pct_nl"]?.unit == "%")
  }

  @Test func anAreaThatIsNotThereThisYear() throws {
    let output = try compare(["b": ["area": "B1"]])
    #expect(
      try cells(output, "pct_delta_b") == [
        "20", "10", "30", "0", "(suppressed)", "(not_matched)", "(not_matched)", "(not_matched)",
      ])
    let withheld = try compare(["b": ["area": "B2"]])
    #expect(try cells(withheld, "pct_delta_b")[..<2] == ["(suppressed)", "(suppressed)"])
  }

  @Test func statisticsOfASet() throws {
    let set: SpecLiteral = ["A1", "A2", "B1", "B2"]
    let output = try compare(
      [
        "mean": ["areas": set], "others": ["areas": set, "exclude_self": true],
        "weighted": ["areas": set, "statistic": "weighted_mean"],
        "middle": ["areas": set, "statistic": "median"],
        "others_middle": ["areas": set, "statistic": "median", "exclude_self": true],
      ], ("as", ["value", "rank"]))
    func first(_ name: String) throws -> [Double?] { Array(try numbers(output, name)[..<5]) }
    let mean = 130.0 / 3
    #expect(try first("pct_mean") == [mean, mean, mean, mean, mean])
    #expect(try first("pct_others") == [mean, 45, 35, 50, mean])
    #expect(try first("pct_weighted") == [40, 40, 40, 40, 40])  // (400 + 1800 + 1800) / 100
    #expect(try first("pct_middle") == [40, 40, 40, 40, 40])
    #expect(try first("pct_others_middle") == [40, 45, 35, 50, 40])
    #expect(try first("pct_rank_mean") == [2, 2, 1, 3, nil])
    #expect(output.schema["pct_rank_mean"]?.type == .int64)
    // In 2020 one neighbourhood has no weight, and the other is alone.
    #expect(try numbers(output, "pct_weighted")[5...] == [45, 45, 45])
    #expect(try numbers(output, "pct_others")[5...] == [50, 55, 45])
  }

  @Test func conditionsValuesAllAndGroups() throws {
    let output = try compare(
      [
        "a": ["where": "town == 'A'"], "b": ["set": ["column": "town", "values": ["A", "B"], "except": ["A"]]],
        "every": ["all": true], "own": ["group": "town"],
      ], ("as", ["value"]))
    #expect(try cells(output, "pct_a") == ["50", "50", "50", "50", "50", "50", "50", "50"])
    #expect(try cells(output, "pct_b")[..<5] == ["30", "30", "30", "30", "30"])
    #expect(try cells(output, "pct_b")[5] == "(undefined)")
    #expect(try cells(output, "pct_every")[..<5] == ["45", "45", "45", "45", "45"])
    #expect(
      try cells(output, "pct_own") == ["(not_applicable)", "50", "50", "30", "30", "(not_applicable)", "50", "50"])
  }

  @Test func theParentAndAnotherPeriod() throws {
    let output = try compare(["up": ["parent": "parent"], "then": ["period": 2012]])
    #expect(
      try cells(output, "pct_delta_up") == [
        "(not_applicable)", "-10", "10", "-20", "(suppressed)", "(not_applicable)", "45", "10",
      ])
    #expect(try cells(output, "pct_delta_then") == ["0", "0", "0", "0", "(suppressed)", "-50", "5", "-5"])
    let later = try compare(["then": ["period": 2020]])
    #expect(try cells(later, "pct_delta_then")[..<5] == ["50", "-5", "5", "(not_matched)", "(suppressed)"])
  }

  @Test func namesAreFree() throws {
    let output = try compare(
      [
        "national": [
          "all": true, "delta_as": "delta_national", "rank_as": "{measure}_place", "as": ["points", "rank"],
        ]
      ])
    #expect(output.schema.names.suffix(2) == ["delta_national", "pct_place"])
  }

  @Test func equalValuesHaveNoDifferenceAtAll() throws {
    let values = [Double?](repeating: 0.1, count: 7)
    let input = try table(
      .text("code", ["a", "b", "c", "d", "e", "f", "g"]), .double("v", values),
      .double("w", [0.3, 0.7, 1.1, 1.3, 1.7, 1.9, 2.3]))
    let output = try run(
      Compare.self,
      [
        "area": "code", "measures": "v", "weight": "w",
        "to": [
          "m": ["all": true], "w": ["all": true, "statistic": "weighted_mean"],
          "o": ["all": true, "exclude_self": true, "statistic": "weighted_mean"],
        ],
      ], input)
    for name in ["v_delta_m", "v_delta_w", "v_delta_o"] {
      #expect(try numbers(output, name) == [0, 0, 0, 0, 0, 0, 0])
    }
  }

  @Test func leavingOneOutLosesNoDigits() throws {
    let input = try table(.text("code", ["a", "b", "c"]), .double("v", [1e15, 0.25, 0.5]))
    let output = try run(
      Compare.self,
      ["area": "code", "measures": "v", "as": "value", "to": ["o": ["all": true, "exclude_self": true]]],
      input)
    #expect(try numbers(output, "v_o")[0] == 0.375)
  }

  @Test func oneAreaNoneAndNoWeight() throws {
    let spec: SpecLiteral = [
      "area": "code", "measures": "v", "weight": "w", "as": ["value", "rank"],
      "to": ["o": ["all": true, "exclude_self": true], "w": ["all": true, "statistic": "weighted_mean"]],
    ]
    let one = try run(Compare.self, spec, table(.text("code", ["a"]), .double("v", [3]), .int("w", [0])))
    #expect(try cells(one, "v_o") == ["(undefined)"])
    #expect(try cells(one, "v_rank_o") == ["1"])
    #expect(try cells(one, "v_w") == ["(undefined)"])
    let none = try table(.text("code", []), .double("v", []), .int("w", []))
    #expect(try run(Compare.self, spec, none).rowCount == 0)
    let period: SpecLiteral = [
      "area": "code", "by": "w", "measures": "v", "to": ["p": ["period": 1], "a": ["area": "x"]],
    ]
    #expect(try run(Compare.self, period, none).rowCount == 0)
  }

  @Test func theOrderOfRowsDoesNotMatter() throws {
    let count = 120
    let order = (0..<count).map { Int32(($0 * 77 + 5) % count) }
    let codes = (0..<count).map { row -> String? in "c\(row / 3)" }
    let years = (0..<count).map { row -> Int64? in Int64(row % 3) }
    let values = (0..<count).map { row -> Double? in row % 13 == 0 ? nil : Double((row * 7919) % 101) / 7 }
    let weights = (0..<count).map { row -> Int64? in Int64(row % 17) }
    let input = try table(
      .int("year", years), .text("code", codes),
      .double("v", values), .int("w", weights))
    let spec: SpecLiteral = [
      "area": "code", "by": "year", "measures": "v", "weight": "w", "as": ["value", "points"],
      "to": [
        "w": ["all": true, "statistic": "weighted_mean", "exclude_self": true],
        "m": ["where": "w > 3", "statistic": "median"], "t": ["period": 1], "c": ["area": "c7"],
      ],
    ]
    let output = try run(Compare.self, spec, input)
    let shuffled = try run(Compare.self, spec, input.gathering(order))
    for name in output.schema.names.suffix(8) {
      let original = try numbers(output, name)
      let found = try numbers(shuffled, name)
      for (place, row) in order.enumerated() {
        let (a, b) = (found[place], original[Int(row)])
        #expect((a == nil) == (b == nil))
        if let a, let b { #expect((a - b).magnitude <= 1e-13 * max(1, b.magnitude)) }
      }
    }
  }

  @Test func originsOfMeasureAndWeight() throws {
    let cbs = Origin(producer: "CBS", table: "1")
    let rivm = Origin(producer: "RIVM", table: "2")
    let input = try table(
      .text("code", ["a"]), TestColumn.double("v", [1]).with { $0.origins = [rivm] },
      TestColumn.int("w", [1]).with { $0.origins = [cbs] })
    let output = try run(
      Compare.self,
      [
        "area": "code", "measures": "v", "weight": "w",
        "to": ["m": ["all": true], "w": ["all": true, "statistic": "weighted_mean"]],
      ], input)
    #expect(output.schema["v_delta_m"]?.origins == [rivm])
    #expect(output.schema["v_delta_w"]?.origins == [cbs, rivm])
  }

  @Test func neededColumnsAreExact() throws {
    let compare = try make(
      Compare.self,
      [
        "area": "code", "by": "year", "measures": "pct",
        "to": ["g": ["where": "town == 'A'"], "p": ["parent": "parent"]],
      ])
    let expected: Set<String> = ["code", "year", "pct", "town", "parent", "people"]
    #expect(compare.neededColumns(["people", "pct_delta_g"], inputs: [areas.schema]) == [expected])
    #expect(compare.neededColumns(nil, inputs: [areas.schema]) == [nil])
  }
}
