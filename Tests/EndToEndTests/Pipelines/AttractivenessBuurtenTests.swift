import PipelineKit
import Tabular
import Testing

/// Buurten of `attractiveness.yml`: stacked domains, flags, need and budget, levers and pace, once more from its tables.
extension AttractivenessTests {
  private func rows(of area: String) throws -> Table {
    let codes = try written.buurten.texts("gemeente_code")
    return written.buurten.rows { codes[$0] == area }
  }

  /// The classes are those of `balance.yml`: the same profile, base year and frame.
  @Test func theIndexIsThatOfBalance() throws {
    let balance = try PipelineRun.balance.get().table("municipal.parquet", "parquet")
    for area in ["GM0141", "GM0153", "GM0164", "NL00"] {
      let keys = ["gemeente_code": area, "year": "2020"]
      #expect(try cell(balance, "very_high", keys) == figure("very_high", area))
      #expect(try cell(balance, "scored", keys) == figure("scored", area))
      #expect(try cell(balance, "stacked_most", keys) == figure("stacked_3_more", area))
      #expect(try abs(cell(balance, "mdi_mean", keys) - figure("mdi_mean", area)) < 1e-9)
    }
    let findings = try PipelineRun.balance.get().json("summary.json")
    for id in ["A10", "A11"] {
      let (mine, other) = try (summary.finding(id), findings.finding(id))
      #expect(try mine.at("value") == other.at("value") && mine.at("unit") == "buurten", "\(id)")
      let values = try [mine, other].map { try $0["comparators"]?.elements().map { try $0.at("value") } }
      #expect(values[0]?.count == 3 && values[0] == values[1], "\(id)")
    }
  }

  @Test(arguments: ["GM0141", "GM0153"]) func stacksCountTheDomainsInTheWorstFifth(area: String) throws {
    let table = try rows(of: area)
    let classes = try ["means", "health", "mind", "lifestyle", "care"].map { try table.numbers($0 + "_class") }
    let stacks = try table.numbers("stack")
    var counts = [Int](repeating: 0, count: 6)
    for row in 0..<table.rowCount {
      let present = classes.compactMap { $0[row] }
      #expect(stacks[row] == (present.count == 5 ? Double(present.count { $0 == 5 }) : nil))
      if let stack = stacks[row] { counts[Int(stack)] += 1 }
    }
    #expect(try figure("stacked_3_more", area) == Double(counts[3...].reduce(0, +)))
    #expect(try [0, 1, 2].map { try figure("stacked_\($0)", area) } == counts.prefix(3).map(Double.init))
    #expect(counts[3] > 0 && counts[0] > 0)
  }

  /// Flags by rank in the whole of the researcher's file: class 5 when at least four fifths lie below.
  @Test func flagsAreTheWorstFifthOfTheFile() throws {
    let file = try Self.read("synthetic_buurten.csv")
    let codes = try file.texts("WijkenEnBuurten")
    var expected = [String: Double](uniqueKeysWithValues: codes.map { ($0 ?? "", 0) })
    for column in [
      "InBezitWoningcorporatie_2", "VerhardOppervlak_3", "Energiearm_4", "AfstandTotVoorzieningen_5",
    ] {
      let values = try file.numbers(column).map { $0 ?? .nan }
      let sorted = values.sorted()
      for (code, value) in zip(codes, values) {
        let below = sorted.firstIndex { $0 >= value } ?? 0
        if 5 * below / values.count >= 4 { expected[code ?? "", default: 0] += 1 }
      }
    }
    let table = try rows(of: "GM0141")
    for (code, flags) in zip(try table.texts("area_code"), try table.numbers("flags")) {
      #expect(flags == expected[code ?? ""])
    }
    let own = expected.filter { $0.key.hasPrefix("BU0141") }.values
    #expect(try figure("flagged_3_more") == Double(own.count { $0 >= 3 }))
    #expect(try figure("flagged_2_more") == Double(own.count { $0 >= 2 }))
  }

  @Test(arguments: ["GM0141", "GM0164"]) func needAndBudgetAreShares(area: String) throws {
    let table = try rows(of: area)
    let (scores, people) = try (table.numbers("mdi"), table.numbers("inhabitants"))
    let budgets = try Self.read("synthetic_buurten.csv")
    let spent = try Dictionary(
      uniqueKeysWithValues: zip(budgets.texts("WijkenEnBuurten").map { $0 ?? "" }, budgets.numbers("Budget_6")))
    var (needs, sums): ([Double], [Double]) = ([], [])
    for (row, code) in try table.texts("area_code").enumerated() {
      guard let score = scores[row], let inhabitants = people[row], let budget = spent[code ?? ""] ?? nil else {
        continue
      }
      needs.append(inhabitants * max(0, score - 20))
      sums.append(budget)
    }
    #expect(needs.count > 50)
    let (need, sum) = (needs.reduce(0, +), sums.reduce(0, +))
    let moved = zip(needs, sums).map { abs($0 / need - $1 / sum) }.reduce(0, +) * 50
    #expect(try abs(figure("to_move_pct", area) - moved) < 1e-9)
    #expect(moved > 0 && moved < 100)
  }

  /// A line through three measurements and where it meets 20.
  @Test func thePaceIsALineThroughThreeMeasurements() throws {
    let balance = try PipelineRun.balance.get().table("municipal.parquet", "parquet")
    let scores = try ["2012", "2016", "2020"].map {
      try cell(balance, "mdi_mean", ["gemeente_code": "GM0141", "year": $0])
    }
    let slope = (scores[2] - scores[0]) / 8
    let end = scores.reduce(0, +) / 3 + 4 * slope
    #expect(try abs(figure("score_slope") - slope) < 1e-9)
    #expect(try abs(figure("years_to_target") - (20 - end) / slope) < 1e-9)
    #expect(try figure("years_to_target_lower") < figure("years_to_target"))
    #expect(try figure("years_to_target") < figure("years_to_target_upper"))
    // Hengelo and the country are there already.
    #expect(try figure("years_to_target", "GM0164") == 0 && figure("years_to_target", "NL00") == 0)
  }

  @Test func leversStandInTheOrderOfTheirEffect() throws {
    let rows = try #require(try summary.finding("A20")["rows"]?.elements())
    let effects = try rows.map { try Double($0.at("score_change")) ?? .nan }
    #expect(effects.count == 12 && effects == effects.sorted() && effects.allSatisfy { $0 <= 0 })
    #expect(try effects[0] == figure("best_lever_change") && effects[11] == figure("least_lever_change"))
    // The levers are those of balance.yml, which asks the same of the same buurten.
    let balance = try PipelineRun.balance.get().json("summary.json")
    let others = try #require(try balance.finding("D02")["rows"]?.elements())
    #expect(try others.map { try $0.at("lever") } == rows.map { try $0.at("lever") })
    #expect(try others.map { try $0.at("score_change") } == rows.map { try $0.at("score_change") })
  }

  /// Spearman's rho by its formula for ranks without ties, over gemeenten in both files.
  @Test func theRankCorrelationIsSpearmans() throws {
    let codes = try figures.texts("area_code")
    let (scores, index) = try (figures.numbers("mdi_mean"), figures.numbers("index_now"))
    let rows = codes.indices.filter { codes[$0]?.hasPrefix("GM") == true && scores[$0] != nil && index[$0] != nil }
    func ranks(_ values: [Double?]) -> [Double] {
      rows.map { row in Double(rows.count { (values[$0] ?? 0) > (values[row] ?? 0) }) }
    }
    let n = Double(rows.count)
    let squares = zip(ranks(scores), ranks(index)).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)
    let statement = try summary.finding("A21").at("statement", "en")
    let rho = 1 - 6 * squares / (n * (n * n - 1))
    let text = (rho * 100).rounded() / 100
    #expect(rows.count == 42)
    #expect(
      statement.contains("Over 42 gemeenten") && statement.contains("\(text) with attractiveness"), "\(statement)")
  }
}
