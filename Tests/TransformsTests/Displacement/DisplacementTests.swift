import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct DisplacementTests {
  /// The five-level matrix of the statistics' tests, in long form, twice: once as counted and once with a secret cell.
  static func workers() throws -> Table {
    let matrix: [Double] = [
      3000, 700, 250, 40, 10, 1400, 1500, 550, 45, 5, 1700, 2300, 5600, 350, 50, 200, 350, 1500, 2600, 350, 50, 50, 300,
      900, 1200,
    ]
    let names = ["none", "mbo2", "mbo34", "hbo", "wo"]
    var (areas, education, jobs, counts): ([String], [String], [Int64], [Double?]) = ([], [], [], [])
    for area in ["A", "B"] {
      for cell in 0..<25 {
        areas.append(area)
        education.append(names[cell / 5])
        jobs.append(Int64(cell % 5 + 1))
        counts.append(area == "B" && cell == 7 ? nil : matrix[cell])
      }
    }
    return try table(
      .text("area", areas), .text("education", education), .int("job_level", jobs),
      .double("n", counts, .suppressed, unit: "persons"))
  }

  static func spec(_ output: String) -> SpecLiteral {
    [
      "by": ["area"], "scale": ["none", "mbo2", "mbo34", "hbo", "wo"], "education": ["column": "education"],
      "job": ["column": "job_level", "levels": ["1": "none", "2": "mbo2", "3": "mbo34", "4": "hbo", "5": "wo"]],
      "count": "n", "output": .text(output),
    ]
  }

  @Test func levels() throws {
    let output = try run(Displacement.self, Self.spec("levels"), Self.workers())
    #expect(output.rowCount == 10)
    #expect(try cells(output, "area").prefix(6) == ["A", "A", "A", "A", "A", "B"])
    #expect(try cells(output, "level").prefix(5) == ["none", "mbo2", "mbo34", "hbo", "wo"])
    #expect(try cells(output, "level_number").suffix(5) == ["1", "2", "3", "4", "5"])
    func first(_ name: String) throws -> [String] { Array(try cells(output, name).prefix(5)) }
    #expect(try first("workers") == ["4000", "3500", "10000", "5000", "2500"])
    #expect(try first("jobs") == ["6350", "4900", "8200", "3935", "1615"])
    #expect(try first("from_above") == ["3350", "2700", "1800", "900", "0"])
    #expect(try first("to_below") == ["0", "1400", "4000", "2050", "1300"])
    #expect(try first("net_displacement") == ["3350", "1300", "-2200", "-1150", "-1300"])
    #expect(try first("down") == ["(not_applicable)", "3350", "4650", "2450", "1300"])
    #expect(try first("up") == ["(not_applicable)", "1000", "900", "500", "415"])
    #expect(try first("surplus") == ["(not_applicable)", "2350", "3750", "1950", "885"])
    #expect(try first("structural") == ["(not_applicable)", "2350", "3750", "1950", "885"])
    #expect(try first("excess") == ["(not_applicable)", "1000", "900", "500", "415"])
    #expect(try numbers(output, "displaced_pct")[0] == 100 * (3350.0 / 6350))
    #expect(try cells(output, "from_above").suffix(5).allSatisfy { $0 == "(suppressed)" })
    #expect(output.schema["displaced_pct"]?.unit == "%" && output.schema["level"]?.role == .key)
    #expect(output.schema["jobs"]?.unit == "persons")
  }

  @Test func totals() throws {
    let output = try run(Displacement.self, Self.spec("totals"), Self.workers())
    let expected: [(String, Double)] = [
      ("workers", 25_000), ("displaced", 8_750), ("over_pct", 35), ("under_pct", 9.4), ("matched_pct", 55.6),
      ("structural_pct", 15), ("excess_pct", 29.4), ("steps", 14_565), ("structural_steps", 8_935),
      ("chain_persons", 5_185),
    ]
    for (name, value) in expected {
      #expect(abs((try numbers(output, name)[0] ?? .nan) - value) < 1e-9, "\(name)")
      #expect(try cells(output, name)[1] == "(suppressed)")
    }
  }

  @Test func allocations() throws {
    let own = try run(Displacement.self, Self.spec("own_level_first"), Self.workers())
    #expect(own.rowCount == 50)
    #expect(try cells(own, "education")[5] == "mbo2" && cells(own, "job")[5] == "none")
    let moved = try zip(cells(own, "education"), cells(own, "job")).enumerated().filter { $0.element.0 != $0.element.1 }
      .map { try numbers(own, "workers")[$0.offset] ?? 0 }.reduce(0, +)
    #expect(moved == 3_750)
    let ranked = try run(Displacement.self, Self.spec("assortative"), Self.workers())
    #expect(try numbers(ranked, "workers").prefix(25).reduce(0) { $0 + ($1 ?? 0) } == 25_000)
    #expect(try numbers(ranked, "workers")[24] == 1_615)
    #expect(try cells(ranked, "workers").last == "(suppressed)")
  }

  /// Three education levels against four job levels: the map joins two of them.
  @Test func levelsMayBeJoined() throws {
    let input = try table(
      .text("education", ["low", "mid", "mid", "high"]), .int("job", [1, 2, 3, 4]), .int("n", [5, 7, 11, 13]))
    let output = try run(
      Displacement.self,
      [
        "scale": ["low", "mid", "high"], "education": ["column": "education"],
        "job": ["column": "job", "levels": ["1": "low", "2": "low", "3": "mid", "4": "high"]], "count": "n",
      ], input)
    #expect(try cells(output, "jobs") == ["12", "11", "13"])
    #expect(try cells(output, "from_above") == ["7", "0", "0"])
  }

  @Test func nobodyAndNothing() throws {
    let input = try table(.text("education", ["low"]), .text("job", ["low"]), .int("n", [0]))
    let spec: SpecLiteral = [
      "scale": ["low", "high"], "education": ["column": "education"], "job": ["column": "job"], "count": "n",
      "output": "totals",
    ]
    let output = try run(Displacement.self, spec, input)
    #expect(try cells(output, "over_pct") == ["(undefined)"] && cells(output, "displaced") == ["0"])
    let none = try table(.text("education", []), .text("job", []), .int("n", []))
    #expect(try run(Displacement.self, spec, none).rowCount == 0)
  }

  @Test func mistakes() throws {
    let input = try table(.text("education", ["low"]), .text("job", ["4"]), .text("n", ["1"]))
    let spec: SpecLiteral = [
      "scale": ["low", "high"], "education": ["column": "education"],
      "job": ["column": "job", "levels": ["4": "top"]], "count": "n",
    ]
    #expect(
      schemaError(Displacement.self, spec, input)
        == "p.yml:9:1: \"top\" is no level of the scale; there are: low, high")
    let counted = try table(.text("education", ["low"]), .text("job", ["4"]), .text("n", ["1"]))
    #expect(
      schemaError(
        Displacement.self,
        [
          "scale": ["low", "high"], "education": ["column": "education"], "job": ["column": "job"], "count": "n",
        ], counted) == "p.yml:8:1: column \"n\" is string, expected a number")
    let clash = try table(.text("level", ["A"]), .text("education", ["low"]), .text("job", ["low"]), .int("n", [1]))
    #expect(
      schemaError(
        Displacement.self,
        [
          "by": ["level"], "scale": ["low", "high"], "education": ["column": "education"], "job": ["column": "job"],
          "count": "n",
        ], clash
      ).hasSuffix("column \"level\" occurs twice; rename one of them"))
  }
}
