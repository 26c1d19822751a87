import PipelineKit
import Statistics
import Tabular
import Testing

@testable import Transforms

/// The estimators are held against the Ishigami function in `UncertaintyTests`; here against cases that are known.
@Suite struct AttributeVarianceTests {
  private func output(_ more: [(String, SpecLiteral)], seed: UInt64 = 1) throws -> Table {
    let file = ProfileFile(SimulateTests.profile)
    let transform = try make(AttributeVariance.self, SimulateTests.options(file.path, more))
    let input = try SimulateTests.areas(seed)
    let output = try transform.apply([input], context: RunContext())
    #expect(try output.schema == transform.outputSchema(for: [input.schema]))
    return output
  }

  /// The indices of one result by assumption.
  private func indices(_ table: Table, _ result: String) throws -> [String: (first: Double, total: Double)] {
    let (results, names) = try (cells(table, "result"), cells(table, "assumption"))
    let (first, total) = try (numbers(table, "first"), numbers(table, "total"))
    var list: [String: (first: Double, total: Double)] = [:]
    for row in 0..<table.rowCount where results[row] == result {
      list[names[row]] = (first[row] ?? .nan, total[row] ?? .nan)
    }
    return list
  }

  @Test func oneAssumptionHasAllOfIt() throws {
    let table = try output([("weights", 50), ("samples", 128), ("draws", 50)])
    #expect(try cells(table, "result") == ["rank_shift", "mean_score", "worst_count"])
    #expect(try cells(table, "assumption") == ["weights", "weights", "weights"])
    for result in ["rank_shift", "mean_score"] {
      let own = try #require(try indices(table, result)["weights"])
      #expect(abs(own.total - 1) < 0.1 && abs(own.first - 1) < 0.15, "\(result): \(own)")
    }
    let (low, value, high) = try (numbers(table, "total_low"), numbers(table, "total"), numbers(table, "total_high"))
    for row in 0..<3 {
      #expect((low[row] ?? .nan) <= (value[row] ?? .nan) && (value[row] ?? .nan) <= (high[row] ?? .nan))
    }
  }

  /// A second method equal to the first changes nothing, and so has no share at all.
  @Test func anAssumptionThatDoesNothingHasNoShare() throws {
    let same = ProfileFile(SimulateTests.profile)
    let table = try output([
      ("methods", [.text(same.path)]), ("weights", 50), ("samples", 64), ("draws", 10),
    ])
    for result in ["rank_shift", "mean_score", "worst_count"] {
      let own = try #require(try indices(table, result)["methods"])
      #expect(own.first == 0 && own.total == 0)
    }
  }

  /// The mean score is nearly a sum of what the inputs do, so that shares alone add up to one.
  @Test(arguments: [1, 2, 3] as [UInt64]) func independentInputsAddUp(seed: UInt64) throws {
    let table = try output(
      [("each", true), ("inputs", ["x": 6, "y": 3, "z": 3]), ("samples", 512), ("draws", 20)], seed: seed)
    let own = try indices(table, "mean_score")
    #expect(own.keys.sorted() == ["input_x", "input_y", "input_z"])
    let sum = own.values.reduce(0) { $0 + $1.first }
    #expect(abs(sum - 1) < 0.2, "\(sum)")
    for (name, index) in own { #expect(abs(index.first - index.total) < 0.2, "\(name): \(index)") }
    // Domain a weighs 60 and has one indicator: its noise counts most.
    let x = try #require(own["input_x"])
    #expect(own.allSatisfy { $0.key == "input_x" || $0.value.total < x.total })
  }

  @Test func theSameForAnyNumberOfThreads() throws {
    let file = ProfileFile(SimulateTests.profile)
    let other = ProfileFile(SimulateTests.profile.replacing("weight: 60", with: "weight: 10"))
    let spec = SimulateTests.options(
      file.path,
      [
        ("methods", [.text(other.path)]), ("weights", 80), ("inputs", ["x": 2]), ("samples", 100), ("draws", 20),
      ])
    let transform = try make(AttributeVariance.self, spec)
    let input = try SimulateTests.areas(4, missing: 5)
    let one = try transform.apply([input], context: RunContext(threads: 1))
    let four = try transform.apply([input], context: RunContext(threads: 4))
    #expect(one == four)
    #expect(try cells(one, "assumption").prefix(3) == ["methods", "weights", "inputs"])
    #expect(try numbers(one, "total").allSatisfy { ($0 ?? -1) >= 0 })
    // Weights of 10 to 40 in place of 60 to 40 outweigh half a per cent of noise.
    let own = try indices(one, "rank_shift")
    #expect((own["methods"]?.total ?? 0) > (own["inputs"]?.total ?? 1))
  }

  /// The base year of a frame is an assumption like any other.
  @Test func theBaseIsAnAssumption() throws {
    let table = try output([("bases", ["2020"]), ("weights", 400), ("samples", 64), ("draws", 10)])
    #expect(try cells(table, "assumption").prefix(2) == ["bases", "weights"])
    let own = try #require(try indices(table, "mean_score")["bases"])
    #expect(own.total > 0.1)
    // The same base again does nothing.
    let same = try #require(
      try indices(output([("bases", ["2012"]), ("weights", 50), ("samples", 32), ("draws", 5)]), "mean_score")["bases"])
    #expect(same.first == 0 && same.total == 0)
  }

  @Test func oneAreaHasNoRankToShift() throws {
    let file = ProfileFile(PropertyPanel.profile)
    let table = try run(
      AttributeVariance.self, SimulateTests.options(file.path, [("weights", 50), ("samples", 16), ("draws", 5)]),
      PropertyPanel(areas: 1, seed: 1).table())
    #expect(try cells(table, "first")[0] == "(insufficient)")
    #expect(try cells(table, "mean")[0] == "0")
  }

  @Test func mistakesAreNamed() throws {
    let file = ProfileFile(SimulateTests.profile)
    func error(_ more: [(String, SpecLiteral)]) throws -> String {
      schemaError(AttributeVariance.self, SimulateTests.options(file.path, more), try SimulateTests.areas(1))
    }
    #expect(
      try error([]) == "p.yml:1:1: nothing varies; give \"methods\", \"bases\", \"weights\", \"inputs\" or \"margins\"")
    #expect(
      try error([("weights", 5), ("samples", 1)])
        == "p.yml:1:1: \"samples\" and \"classes\" must be 2 or more, \"draws\" and \"seed\" 0 or more, \"level\" "
        + "between 0 and 1")
    #expect(
      try error([("inputs", ["xx": 1])]).hasSuffix(": \"xx\" is no indicator of the profile; did you mean \"x\"?"))
    let columns = (0..<21).map { "x\($0)" }
    let many = ProfileFile(
      "profile: test\ndomains:\n"
        + columns.map { "  - {id: \($0), weight: 1, indicators: [{column: \($0), direction: higher_is_worse}]}\n" }
        .joined())
    let spec = SimulateTests.options(many.path, [("weights", 5), ("each", true)])
    #expect(
      schemaError(AttributeVariance.self, spec, try SimulateTests.areas(1))
        == "p.yml:1:1: 21 assumptions are too many, expected at most 20; leave \"each\" out, or some inputs")
  }
}
