import PipelineKit
import PipelineTesting
import Tabular
import Testing
@testable import Transforms

/// Rows that stream by give what all rows together give.
@Suite struct AggregateFoldTests {
  private func ints(_ values: [Int64?]) -> Column {
    let reasons = values.map { $0 == nil ? MissingReason.unknown.rawValue : 0 }
    return .int64(Int64Column(values.map { $0 ?? 0 }, missing: MissingMask(reasons: reasons)))
  }

  private func table() throws -> Table {
    try Make.table([
      (Field("town", .string), Make.texts(["Enschede", "Almelo", nil, "Almelo", "Enschede", "Hengelo"])),
      (Field("year", .int64), ints([2020, 2016, 2016, 2020, nil, 2016])),
      (Field("n", .int64), ints([4, nil, -3, 5, 9_000_000_000, nil])),
      (Field("x", .float64), Make.floats([0.1, 0.2, 4, nil, 1e17, nil])),
    ])
  }

  @Test(arguments: [
    "{by: [town], measures: {n: count()}}",
    "{by: [year, town], measures: {rows: count(), known: count(n), total: sum(n)}}",
    "{by: [], measures: {rows: count(), total: sum(n), high: count_if(n > 4), share: share_if(x < 1)}}",
    "{by: [year], measures: {some: any(x > 1), every: all(x > 1), ratio: 100 * sum(n) / (1 + count(x)), one: sum(1)}}",
    "{by: [town], measures: {total: sum(x), mean: mean(x), whole: mean(n), both: sum(x) + sum(n)}}",
    "{by: [x], measures: {n: count()}}",
    "{by: [town], measures: {largest: max(n), n: count()}}",
    "{by: [town, year]}",
  ]) func foldsAsItApplies(options: String) throws {
    let trial = TransformConformance(Aggregate.self, options: options, inputs: [try table()])
    #expect(trial.violations() == [])
  }

  @Test func whatNeedsAllRowsIsNotFolded() throws {
    func fold(_ measure: String) throws -> (any TableFold)? {
      let node = try SpecParser.nodes("{by: [town], measures: {m: \"\(measure)\"}}", file: "options")
      let aggregate = try Aggregate(options: Aggregate.Options(option: node), context: RunContext())
      return aggregate.fold(over: try table().schema)
    }
    for measure in ["median(x)", "sd(x)", "count_distinct(town)", "first(x)", "weighted_mean(x, n)", "1 + max(x)"] {
      #expect(try fold(measure) == nil)
    }
    #expect(try fold("sum(n)")?.isOrderFree == true)
    // Adding numbers with decimals in another order gives another sum.
    #expect(try fold("sum(x)")?.isOrderFree == false)
    #expect(try fold("mean(n)")?.isOrderFree == false)
  }

  @Test func sumsBeyondSixtyFourBitsAreUndefinedOnlyInTheEnd() throws {
    let table = try Make.table([(Field("n", .int64), Make.ints([.max, .max, .min, 5, -5, .min, 7]))])
    let trial = TransformConformance(
      Aggregate.self, options: "{by: [], measures: {total: sum(n), over: sum(n + 0)}}", inputs: [table])
    #expect(trial.violations() == [])
    let node = try SpecParser.nodes("{by: [], measures: {total: sum(n)}}", file: "options")
    let aggregate = try Aggregate(options: Aggregate.Options(option: node), context: RunContext())
    #expect(try Make.shown(aggregate.apply([table], context: RunContext()), "total") == ["5"])
    let two = table.gathering([0, 1])
    #expect(try Make.shown(aggregate.apply([two], context: RunContext()), "total") == ["!undefined"])
  }
}
