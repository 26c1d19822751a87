import PipelineTesting
import Glibc
import PipelineKit
import Tabular
import Testing

/// Findings of `balance.yml` on piling up, larger areas, the allocation key, cohesion and moves, computed a second time.
@Suite struct BalanceFindingsTests {
  let run: PipelineRun
  let summary: SpecNode
  let scores: Table

  init() throws {
    let written = try BalanceTests.written.get()
    (run, summary, scores) = (written.run, written.summary, written.scores)
  }

  /// One scored buurt of 2020.
  private struct Buurt {
    var code: String
    var rank: Double
    var people: Double
    var score: Double
    var isVeryHigh: Bool
    var change: Double
  }

  private func scored(_ gemeente: String?) throws -> [Buurt] {
    let (codes, years, gemeenten) = try (
      scores.texts("area_code"), scores.texts("year"), scores.texts("gemeente_code")
    )
    let (mdi, ranks, people, classes) = try (
      scores.numbers("mdi"), scores.numbers("mdi_rank"), scores.numbers("inhabitants"), scores.numbers("mdi_class")
    )
    let changes = try scores.numbers("mdi_delta_base")
    return (0..<scores.rowCount).compactMap { row in
      guard years[row] == "2020", gemeente == nil || gemeenten[row] == gemeente, let score = mdi[row],
        let rank = ranks[row], let code = codes[row]
      else { return nil }
      return Buurt(
        code: code, rank: rank, people: people[row] ?? .nan, score: score, isVeryHigh: classes[row] == 5,
        change: changes[row] ?? .nan)
    }
  }

  private func value(_ id: String) throws -> Double { try Double(summary.finding(id).at("value")) ?? .nan }

  @Test func theExtentIsThatOfItsBuurten() throws {
    let count = try Double(scored(nil).count)
    let buurten = try scored("GM0141")
    let people = buurten.reduce(0) { $0 + $1.people }
    let counted = buurten.reduce(0.0) { sum, buurt in
      let percentile = (100 * buurt.rank / count).rounded(.up)
      let weight = percentile <= 10 ? 1 : percentile <= 30 ? 0.95 - 0.9 * (percentile - 11) / 19 : 0
      return sum + weight * buurt.people
    }
    #expect(try abs(value("C02") - 100 * counted / people) < 1e-9)
    // The wijken hold the same people and the same score.
    let wijken = try #require(try summary.finding("C02")["rows"]?.elements())
    #expect(try wijken.count == 12 && wijken[0].at("area_code") == "WK014110")
    let areas = try wijken.map { try Int($0.at("areas")) ?? 0 }
    #expect(areas.reduce(0, +) == buurten.count)
  }

  @Test func theStackCountsDomainClasses() throws {
    let classes = try ["means", "health", "mind", "lifestyle", "care"].map { try scores.numbers("class_" + $0) }
    let (stacked, years, gemeenten) = try (
      scores.numbers("stacked"), scores.texts("year"), scores.texts("gemeente_code")
    )
    var most = 0
    for row in 0..<scores.rowCount {
      let own = classes.compactMap { $0[row] }
      #expect(stacked[row].map { Int($0) } == (own.count == 5 ? own.count { $0 == 5 } : nil))
      most += years[row] == "2020" && gemeenten[row] == "GM0141" && (stacked[row] ?? 0) >= 3 ? 1 : 0
    }
    #expect(try value("A16") == Double(most) && most > 0)
    // Of each domain a fifth of the base year's areas are in its worst class; no area stands above all of them.
    let base = (0..<scores.rowCount).filter { years[$0] == "2012" && classes[0][$0] != nil }
    for list in classes {
      let share = Double(base.count { list[$0] == 5 }) / Double(base.count)
      #expect(abs(share - 0.2) < 0.01)
    }
  }

  @Test func theKeySharesAMillionByPeopleAndNeed() throws {
    let buurten = try scored("GM0141")
    let weights = buurten.map { $0.people * max(0, $0.score - 25) }
    let total = weights.reduce(0, +)
    let expected = zip(buurten, weights).reduce(0.0) { $0 + ($1.0.isVeryHigh ? 100 * $1.1 / total : 0) }
    #expect(try abs(value("A22") - expected) < 1e-9)
    let rows = try #require(try summary.finding("A22")["rows"]?.elements())
    #expect(rows.count == weights.count { $0 > 0 })
    #expect(try abs(rows.reduce(0) { try $0 + (Double($1.at("key_amount")) ?? .nan) } - 1_000_000) < 1e-6)
  }

  /// From the researcher's file itself.
  @Test func cohesionAndMovesAreThoseOfTheFile() throws {
    let file = try readTable(
      [Files.root + "/Fixtures/balance/synthetic_research.csv"], "cbs_dataset_csv",
      "{types: {Perioden: int64, Cohesie_1: float64, Ingekomen_4: float64, IngekomenLaagInkomen_5: float64, "
        + "Vertrokken_6: float64, VertrokkenLaagInkomen_7: float64}}")
    let (codes, years) = try (file.texts("WijkenEnBuurten"), file.texts("Perioden"))
    var places: [String: Int] = [:]
    for row in 0..<file.rowCount where years[row] == "2020" { places[codes[row] ?? ""] = row }
    let buurten = try scored("GM0141").filter { places[$0.code] != nil }
    func column(_ name: String) throws -> [Double?] {
      let numbers = try file.numbers(name)
      return buurten.map { numbers[places[$0.code] ?? 0] }
    }
    // The level over all buurten of the file, scored or not.
    let (everyone, all) = try (scores.numbers("inhabitants"), file.numbers("Cohesie_1"))
    let (areas, gemeenten, periods) = try (
      scores.texts("area_code"), scores.texts("gemeente_code"), scores.texts("year")
    )
    var (people, sum) = (0.0, 0.0)
    for row in 0..<scores.rowCount where gemeenten[row] == "GM0141" && periods[row] == "2020" {
      guard let value = places[areas[row] ?? ""].flatMap({ all[$0] }) else { continue }
      people += everyone[row] ?? 0
      sum += value * (everyone[row] ?? 0)
    }
    #expect(try abs(value("C09") - sum / people) < 1e-9)
    let cohesion = try column("Cohesie_1")
    let known = buurten.indices.filter { cohesion[$0] != nil }
    // Pearson's r of score and cohesion, as the statement prints it.
    let (x, y) = (known.map { buurten[$0].score }, known.compactMap { cohesion[$0] })
    let (mx, my) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
    let xy = zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
    let (xx, yy) = (x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }, y.reduce(0) { $0 + ($1 - my) * ($1 - my) })
    let r = xy / (xx * yy).squareRoot()
    #expect(r < -0.3)
    let printed = String(Int((-100 * r).rounded()))
    #expect(try summary.finding("C09").at("statement", "en").contains("with the index -0.\(printed), "))

    func share(_ part: String, _ whole: String) throws -> Double {
      let (parts, wholes) = try (column(part), column(whole))
      let rows = buurten.indices.filter { buurten[$0].isVeryHigh }
      return 100 * rows.reduce(0) { $0 + (parts[$1] ?? 0) } / rows.reduce(0) { $0 + (wholes[$1] ?? 0) }
    }
    let gap = try share("IngekomenLaagInkomen_5", "Ingekomen_4") - share("VertrokkenLaagInkomen_7", "Vertrokken_6")
    #expect(try abs(value("C11") - gap) < 1e-9 && gap > 0)
  }

  /// A folder of open data alone: what a researcher would add is unknown, and everything else is the same.
  @Test func withoutAResearchersFileTheFindingsSaySo() throws {
    let folder = TemporaryFolder()
    for name in ["rivm", "kwb"] { symlink(Files.root + "/Fixtures/" + name, folder.path + "/" + name) }
    let other = try PipelineRun("balance.yml", ["data": folder.path, "replicates": "20"])
    #expect(other.report.sources.map(\.counts.read) == [8_844, 2_948, 0])
    let summary = try other.json("summary.json")
    for id in ["C09", "C11"] {
      #expect(try summary.finding(id).at("value") == "null")
      #expect(try summary.finding(id).at("statement", "en").contains("not open data"))
      #expect(try summary.finding(id).at("statement", "nl").contains("onbekend; daarvoor is het bestand"))
    }
    #expect(try summary.finding("C02").at("value") == self.summary.finding("C02").at("value"))
    #expect(other.files["mdi.csv"] == run.files["mdi.csv"])
  }

  @Test func redrawnBuurtenAreListed() throws {
    let rows = try #require(try summary.finding("D10")["rows"]?.elements())
    let (changes, years, gemeenten, people) = try (
      scores.texts("boundary_change"), scores.texts("year"), scores.texts("gemeente_code"),
      scores.numbers("inhabitants")
    )
    let own = (0..<scores.rowCount).filter { years[$0] == "2020" && gemeenten[$0] == "GM0141" }
    let redrawn = own.filter { changes[$0] == "3" }
    #expect(rows.count == own.count { changes[$0] == "2" || changes[$0] == "3" } && !redrawn.isEmpty)
    let share = redrawn.reduce(0) { $0 + (people[$1] ?? 0) } / own.reduce(0) { $0 + (people[$1] ?? 0) }
    #expect(try abs(value("D10") - 100 * share) < 1e-9)
  }

  @Test func theOrderHangsOnNamedAssumptions() throws {
    let rows = try #require(try summary.finding("D09")["rows"]?.elements())
    #expect(try rows.map { try $0.at("assumption") } == ["methods", "weights", "inputs"])
    let totals = try rows.map { try Double($0.at("total")) ?? .nan }
    // What an assumption does alone and with others is no less than nothing, and together no less than all of it.
    #expect(totals.allSatisfy { $0 >= 0 } && totals.reduce(0, +) > 0.9)
    // Half a tenth of a per cent of rounding moves the order less than other methods and weights do.
    #expect(totals[2] < totals[0] && totals[2] < totals[1])
  }

  /// Nine indicators sum to the change of their buurt, which is that of the scores.
  @Test func indicatorsSumToTheChangeOfTheirBuurt() throws {
    let rows = try #require(try summary.finding("C08")["rows"]?.elements())
    let changes = try Dictionary(uniqueKeysWithValues: scored("GM0141").map { ($0.code, $0.change) })
    #expect(rows.count == changes.count)
    for row in rows {
      guard case .map(let entries) = row.content else { continue }
      let parts = entries.filter { $0.key.hasPrefix("mdi_change_") }.map { Double($0.value.shown) ?? .nan }
      let change = try Double(row.at("mdi_change")) ?? .nan
      #expect(parts.count == 9 && abs(parts.reduce(0, +) - change) < 1e-9)
      #expect(try abs(change - (#require(changes[row.at("area_code")]))) < 1e-9)
    }
  }
}
