import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct ProjectTests {
  static func spec(_ more: [(String, SpecLiteral)] = [], until: SpecLiteral = 2017) -> SpecLiteral {
    .map([("by", ["area"]), ("period", "year"), ("value", "x"), ("until", until)] + more)
  }

  @Test func aLineGoesOn() throws {
    let output = try run(Project.self, Self.spec([("target", 20)]), TrendTests.series([10, 11, 12, 13, 14]))
    #expect(try cells(output, "year") == ["2015", "2016", "2017"])
    for (value, expected) in zip(try numbers(output, "x"), [15.0, 16, 17]) {
      #expect(abs((value ?? 0) - expected) < 1e-9)
    }
    // Without scatter the band has no width.
    #expect(abs((try numbers(output, "x_lower")[0] ?? 0) - 15) < 1e-9)
    #expect(abs((try numbers(output, "years_to_target")[0] ?? 0) - 6) < 1e-9)
    #expect(try numbers(output, "target_share_pct")[0] == 100)
  }

  @Test func bandsHoldTheValueAndRepeat() throws {
    let input = try TrendTests.series([10, 12, 11, 14, 13, 16])
    let output = try run(Project.self, Self.spec(), input)
    let (low, mid, high) = try (numbers(output, "x_lower"), numbers(output, "x"), numbers(output, "x_upper"))
    for row in 0..<output.rowCount {
      #expect((low[row] ?? .nan) < (mid[row] ?? .nan) && (mid[row] ?? .nan) < (high[row] ?? .nan))
    }
    #expect(try run(Project.self, Self.spec(), input) == output)
    #expect(try run(Project.self, Self.spec([("seed", 2)]), input) != output)
  }

  @Test func aTargetBehindIsNeverReached() throws {
    let output = try run(Project.self, Self.spec([("target", 5)]), TrendTests.series([10, 11, 12, 13, 14, 15]))
    #expect(try cells(output, "years_to_target").allSatisfy { $0 == "(undefined)" })
    #expect(try numbers(output, "target_share_pct")[0] == 0)
  }

  /// Where more is better, a target below the last value is reached, however the trend goes.
  @Test func aTargetThatIsSurpassedIsReached() throws {
    var column = Field("x", .float64, direction: .higherIsBetter)
    let values = try table(
      .text("area", [String](repeating: "A", count: 6)), .int("year", Array(2010...2015)),
      .double("x", [10, 11, 12, 13, 14, 15]))
    func projected(_ target: SpecLiteral) throws -> [String] {
      let schema = try Schema(values.schema.fields.map { $0.name == "x" ? column : $0 })
      let input = try Table(schema: schema, columns: values.columns)
      let output = try run(Project.self, Self.spec([("target", target)]), input)
      return try ["years_to_target", "years_to_target_upper", "target_share_pct"].map { try cells(output, $0)[0] }
    }
    #expect(try projected(5) == ["0", "0", "100"])
    #expect(try projected(15) == ["0", "0", "100"])
    #expect(try projected(16)[0].hasPrefix("1") && projected(16)[2] == "100")
    column.direction = .higherIsWorse
    #expect(try projected(5) == ["(undefined)", "(undefined)", "0"])
  }

  @Test func theLastStretchCounts() throws {
    let output = try run(
      Project.self, Self.spec([("breaks", [["from": 2012]])]), TrendTests.series([90, 80, 1, 2, 3, 4, 5]))
    #expect(try cells(output, "year") == ["2017"])
    #expect(abs((try numbers(output, "x")[0] ?? 0) - 6) < 1e-9)
  }

  @Test func tooLittle() throws {
    let output = try run(Project.self, Self.spec(), TrendTests.series([1, nil, 3]))
    #expect(try cells(output, "x") == [String](repeating: "(insufficient)", count: 5))
    #expect(try run(Project.self, Self.spec(), TrendTests.series([])).rowCount == 0)
    #expect(
      schemaError(Project.self, Self.spec(until: 1_000_000_000), try TrendTests.series([1]))
        == "p.yml:4:1: \"until\" is 1000000000; a period is a whole number of at most nine digits, such as a year")
    #expect(
      try dataError(Project.self, Self.spec(until: 3_011), TrendTests.series([1]))
        == "area=A: from 2010 to 3011 are 1001 periods; a projection has at most 1000")
    #expect(
      schemaError(Project.self, Self.spec([("draws", 0)]), try TrendTests.series([1]))
        == "p.yml:4:1: \"draws\" and \"block\" take 1 or more")
  }
}
