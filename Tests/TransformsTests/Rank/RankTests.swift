import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct RankTests {
  static let spec: [String] = ["min", "avg", "max", "dense", "ordinal"]

  @Test(
    arguments: zip(
      spec,
      [
        ["1", "2", "2", "4"], ["1", "2.5", "2.5", "4"], ["1", "3", "3", "4"], ["1", "2", "2", "3"],
        ["1", "2", "3", "4"],
      ]))
  func tieRules(ties: String, expected: [String]) throws {
    let input = try table(.int("v", [7, 5, 5, 3]))
    let output = try run(Rank.self, ["column": "v", "into": "r", "ties": .text(ties)], input)
    #expect(try cells(output, "r") == expected)
    #expect(output.schema["r"]?.type == (ties == "avg" ? .float64 : .int64))
  }

  @Test func withinGroupsEitherWay() throws {
    let input = try table(
      .int("year", [2019, 2020, 2019, 2020, 2019]), .double("v", [1, 10, 3, 20, 2]))
    let down = try run(Rank.self, ["column": "v", "into": "r", "by": ["year"]], input)
    #expect(try cells(down, "r") == ["3", "2", "1", "1", "2"])
    let up = try run(Rank.self, ["column": "v", "into": "r", "by": ["year"], "order": "ascending"], input)
    #expect(try cells(up, "r") == ["1", "1", "3", "2", "2"])
  }

  @Test func missingStaysMissingWithItsReason() throws {
    let input = try table(
      .text("g", ["a", nil, "a", nil], .rejected), .double("v", [1, 5, nil, nil], .suppressed))
    let output = try run(Rank.self, ["column": "v", "into": "r", "by": ["g"]], input)
    #expect(try cells(output, "r") == ["1", "(rejected)", "(suppressed)", "(suppressed)"])
  }

  @Test func oneRowAllEqualAllMissingAndNone() throws {
    #expect(try cells(run(Rank.self, ["column": "v", "into": "r"], table(.int("v", [4]))), "r") == ["1"])
    #expect(
      try cells(run(Rank.self, ["column": "v", "into": "r"], table(.int("v", [4, 4, 4]))), "r") == ["1", "1", "1"])
    #expect(
      try cells(run(Rank.self, ["column": "v", "into": "r"], table(.int("v", [nil, nil]))), "r") == [
        "(unknown)", "(unknown)",
      ])
    #expect(try run(Rank.self, ["column": "v", "into": "r", "by": ["v"]], table(.int("v", []))).rowCount == 0)
  }

  @Test func ranksOfRoundedValues() throws {
    let input = try table(.double("v", [0.1234, 0.1231, 0.12]))
    let spec: SpecLiteral = ["column": "v", "into": "r", "decimals": 3]
    #expect(try cells(run(Rank.self, spec, input), "r") == ["1", "1", "3"])
    #expect(try cells(run(Rank.self, ["column": "v", "into": "r"], input), "r") == ["1", "2", "3"])
  }

  @Test func theFieldKnowsItsOriginAndDirection() throws {
    let cbs = Origin(producer: "CBS", table: "1")
    let input = try table(
      TestColumn.double("v", [1], unit: "%").with {
        $0.origins = [cbs]
        $0.direction = .higherIsWorse
      })
    let down = try run(Rank.self, ["column": "v", "into": "r"], input).schema["r"]
    #expect(down == Field("r", .int64, unit: "rank", direction: .higherIsBetter, decimals: 0, origins: [cbs]))
    let up = try run(Rank.self, ["column": "v", "into": "r", "order": "ascending"], input).schema["r"]
    #expect(up?.direction == .higherIsWorse)
  }

  /// A rank belongs to the row, not to its place: shuffled rows have the same ranks.
  ///
  /// And against counting.
  @Test func theOrderOfRowsDoesNotMatter() throws {
    let values: [Double?] = (0..<200).map { $0 % 11 == 0 ? nil : Double(($0 * 7919) % 37) }
    let years: [Int64?] = (0..<200).map { Int64($0 % 3) }
    let order = (0..<200).map { Int32(($0 * 77) % 200) }
    let input = try table(.double("v", values), .int("year", years))
    let spec: SpecLiteral = ["column": "v", "into": "r", "by": ["year"]]
    let output = try run(Rank.self, spec, input)
    #expect(try run(Rank.self, spec, input.gathering(order)).columns[2] == output.columns[2].gathering(order))
    for (row, rank) in try numbers(output, "r").enumerated() {
      let higher = (0..<200).filter { years[$0] == years[row] && (values[$0] ?? -1) > (values[row] ?? 99) }.count
      #expect(rank == values[row].map { _ in Double(1 + higher) })
    }
  }

  @Test func mistakesInTheOptions() throws {
    let input = try table(.text("code", []), .double("value", []))
    #expect(
      schemaError(Rank.self, ["column": "valeu", "into": "r"], input)
        == "p.yml:1:1: the input has no column \"valeu\"; did you mean \"value\"?")
    #expect(
      schemaError(Rank.self, ["column": "code", "into": "r"], input)
        == "p.yml:1:1: column \"code\" is string, expected a number")
    #expect(
      schemaError(Rank.self, ["column": "value", "into": "code"], input)
        == "p.yml:2:1: the input already has a column \"code\"; choose another name")
    #expect(
      schemaError(Rank.self, ["column": "value", "into": "r", "ties": "mean"], input)
        == "p.yml:3:1: expected one of min, avg, max, dense, ordinal, found \"mean\"")
    #expect(
      schemaError(Rank.self, ["column": "value", "into": "r", "decimals": 16], input)
        == "p.yml:1:1: \"decimals\" is 16, expected 0 to 15")
    #expect(
      schemaError(Rank.self, ["column": "value", "into": "r", "by": ["jaar"]], input)
        == "p.yml:4:3: the input has no column \"jaar\"; there are: code, value")
  }
}
