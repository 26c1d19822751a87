import PipelineKit
import Tabular
import Testing

/// Facilities, the index over the fixed fifty, buurten and revisions of `attractiveness.yml`, by hand from its inputs.
extension AttractivenessTests {
  /// Column of the tables, whether it is a distance, and the column of the figures.
  static let near = [
    ("CafesBinnen3Km_1", false, "cafes_within_3km"), ("CafetariasBinnen3Km_2", false, "cafetarias_within_3km"),
    ("RestaurantsBinnen3Km_3", false, "restaurants_within_3km"),
    ("HotelsBinnen10Km_4", false, "hotels_within_10km"),
    ("WarenhuizenBinnen10Km_5", false, "department_stores_within_10km"),
    ("BioscopenBinnen10Km_6", false, "cinemas_within_10km"), ("AfstandTotPodiumkunsten_7", true, "stage_km"),
    ("AfstandTotMuseum_8", true, "museum_km"), ("AfstandTotTreinstation_9", true, "station_km"),
    ("AfstandTotOpenbaarGroen_10", true, "green_km"),
  ]
  static let common = [
    ("Horeca_1", "horeca_per_1000"), ("Winkels_2", "shops_per_1000"), ("Voorstellingen_3", "performances_per_1000"),
  ]

  /// The level of every facility in an area and year, from the tables.
  private func levels(_ area: String, _ year: Int) throws -> [(name: String, value: Double, isDistance: Bool)] {
    let keys = ["RegioS": area, "Perioden": "\(year)JJ00"]
    return try Self.near.map { ($0.2, try cell(Self.facilities.get(), $0.0, keys), $0.1) }
      + Self.common.map { ($0.1, 1000 * (try own($0.0, area, year)) / (try people(area, year)), false) }
  }

  @Test(arguments: ["GM0141", "GM0153", "GM0164"]) func theAmenityIndexFollowsTheTables(area: String) throws {
    var (product, below) = (1.0, 0)
    for (own, country) in zip(try levels(area, 2024), try levels("NL01", 2024)) {
      let ratio = own.isDistance ? country.value / own.value : own.value / country.value
      product *= ratio
      below += 100 * ratio < 100 ? 1 : 0
    }
    let total = product.squareRoot13()
    #expect(try abs(figure("nl", area) - 100 * total) < 1e-6)
    #expect(try figure("nl_below", area) == Double(below))
    #expect(try figure("nl_facilities", area) == 13)
  }

  @Test func theReferencesAreHundred() throws {
    #expect(try figure("nl", "NL00") == 100 && figure("set", "BENCHMARK") == 100)
    #expect(try figure("nl_below", "NL00") == 0 && figure("set_below", "BENCHMARK") == 0)
  }

  /// The generator gives Almelo less of everything and lets it grow less: all facilities lie below the country.
  @Test func almeloLagsEverywhere() throws {
    #expect(try figure("nl_below") == 13 && figure("set_below") == 13)
    #expect(try figure("lagging_growth") == 12)
  }

  /// Standard scores over the fifty in 2024, once more: how many of thirteen are below -1.
  @Test(arguments: ["GM0141", "GM0153", "GM0164"]) func farBehindIsBelowOneDeviation(area: String) throws {
    let panel = Self.fifty(written.panel, year: 2024)
    var far = 0
    for (name, isDistance) in Self.near.map({ ($0.2, $0.1) }) + Self.common.map({ ($0.1, false) }) {
      let values = try panel.numbers(name).compactMap(\.self)
      #expect(values.count == 50)
      let mean = values.reduce(0, +) / 50
      let deviation = (values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 50).squareRoot()
      let z = try (cell(panel, name, ["area_code": area]) - mean) / deviation
      far += (isDistance ? -z : z) < -1 ? 1 : 0
    }
    #expect(try figure("far_below", area) == Double(far))
  }

  private static func fifty(_ panel: Table, year: Int? = nil) -> Table {
    let areas = (try? panel.texts("area_code")) ?? []
    let years = (try? panel.texts("year")) ?? []
    return panel.rows { row in
      (areas[row] ?? "").hasPrefix("GM") && (year == nil || years[row] == year.map { "\($0)" })
    }
  }

  static let dimensions: [(name: String, part: String, weight: Double, isWorse: Bool)] = [
    ("crime_per_1000", "safety", 3, true), ("restaurants_within_3km", "restaurants", 1, false),
    ("horeca_per_1000", "horeca", 1, false), ("shops_per_1000", "shops", 1, false),
    ("performances_per_1000", "performances", 1, false), ("stage_km", "stage", 1, true),
    ("station_km", "station", 1, true), ("green_km", "green", 1, true), ("owned_pct", "owned", 1, false),
  ]

  /// The weighted standard scores of areas in a year, over the fifty in all years.
  private func terms(_ year: Int) throws -> [String: [Double]] {
    let frame = Self.fifty(written.panel)
    let rows = Self.fifty(written.panel, year: year)
    let codes = try rows.texts("area_code").map { $0 ?? "" }
    var terms = [String: [Double]](uniqueKeysWithValues: codes.map { ($0, []) })
    for dimension in Self.dimensions {
      let all = try frame.numbers(dimension.name).compactMap(\.self)
      let mean = all.reduce(0, +) / Double(all.count)
      let deviation = (all.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(all.count)).squareRoot()
      for (code, value) in zip(codes, try rows.numbers(dimension.name)) {
        let z = ((value ?? .nan) - mean) / deviation
        terms[code]?.append(dimension.weight / 11 * (dimension.isWorse ? -z : z))
      }
    }
    return terms
  }

  @Test func theIndexAndItsRankAreThoseOfTheScores() throws {
    let index = try terms(2024).mapValues { $0.reduce(0, +) }
    #expect(index.count == 50)
    for area in ["GM0141", "GM0153", "GM0164"] {
      let own = try #require(index[area])
      #expect(try abs(figure("index_now", area) - own) < 1e-9)
      #expect(try figure("place", area) == Double(1 + index.values.count { $0 > own }))
    }
    // The rank that the country's value would have.
    let country = try figure("index_now", "NL00")
    #expect(try figure("place", "NL00") == Double(1 + index.values.count { $0 > country }))
  }

  @Test func contributionsSumToTheChangeAndAreThoseOfTheScores() throws {
    let (first, middle, last) = try (terms(2010), terms(2019), terms(2024))
    for area in ["GM0141", "GM0153"] {
      for (before, after, suffix) in [(first, middle, "middle"), (middle, last, "last")] {
        let (old, new) = try (#require(before[area]), #require(after[area]))
        for (k, dimension) in Self.dimensions.enumerated() {
          #expect(try abs(figure("\(dimension.part)_to_\(suffix)", area) - (new[k] - old[k])) < 1e-9)
        }
        let sum = try Self.dimensions.map { try figure("\($0.part)_to_\(suffix)", area) }.reduce(0, +)
        #expect(try abs(figure("change_to_\(suffix)", area) - sum) < 1e-12)
      }
    }
    #expect(try figure("safety_to_middle") > 0.5 * figure("change_to_middle"))
  }

  @Test func theDimensionsOfAlmeloAreRanked() throws {
    let rows = try #require(try summary.finding("B13")["rows"]?.elements())
    let scores = try terms(2024)
    #expect(rows.count == 9)
    var last = 50.0
    for row in rows {
      let k = try #require(Self.dimensions.firstIndex { $0.name == (try? row.at("dimension")) })
      let own = try #require(scores["GM0141"])[k]
      let rank = Double(1 + scores.values.count { $0[k] > own })
      #expect(try Double(row.at("rank")) == rank)
      #expect(rank <= last)
      last = rank
    }
  }

  @Test func peersAreTheNearestInStructure() throws {
    let panel = Self.fifty(written.panel, year: 2024)
    let codes = try panel.texts("area_code").map { $0 ?? "" }
    let own = try #require(codes.firstIndex(of: "GM0141"))
    var distances = [Double](repeating: 0, count: 50)
    for name in ["population", "density", "aged_65_pct", "owned_pct"] {
      let values = try panel.numbers(name).map { $0 ?? .nan }
      let mean = values.reduce(0, +) / 50
      let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 50
      for row in 0..<50 { distances[row] += (values[row] - values[own]) * (values[row] - values[own]) / variance / 4 }
    }
    let expected = (0..<50).filter { $0 != own }.sorted { distances[$0] < distances[$1] }.prefix(8).map { codes[$0] }
    let rows = try #require(try summary.finding("D07")["rows"]?.elements())
    #expect(try rows.map { try $0.at("peer") } == expected)
    let mean = try expected.map { try figure("stage_rate", $0) }.reduce(0, +) / 8
    #expect(try abs(figure("stage_rate", "PEERS") - mean) < 1e-9)
  }

  @Test func theSignsAreThoseOfTheTables() throws {
    let table = try written.run.table("signs.csv", "cbs_dataset_csv", "{separator: \",\", types: {gap: float64}}")
    let (areas, signs) = try (table.texts("area_code"), table.texts("sign"))
    let gaps = try table.numbers("gap")
    let rows = areas.indices.filter { areas[$0] == "GM0141" }
    #expect(rows.count == 24)
    #expect(try Double(rows.count { (gaps[$0] ?? 0) < 0 }) == figure("lagging"))
    let row = try #require(rows.first { signs[$0] == "stage growth hengelo" })
    func growth(_ area: String) throws -> Double {
      let rates = try [2014, 2024].map { try own("Voorstellingen_3", area, $0) / people(area, $0) }
      return 100 * (rates[1] / rates[0] - 1)
    }
    #expect(try abs((gaps[row] ?? .nan) - growth("GM0141") + growth("GM0164")) < 1e-9)
  }

  // MARK: - The researcher's figures

  @Test(arguments: [("GM0141", "GM0141"), ("GM0153", "GM0153"), ("NL01", "NL00")])
  func debtsAndEnergyFollowTheTables(code: String, area: String) throws {
    let debts = try (2015...2024).map { year in
      try 100 * own("ProblematischeSchulden_5", code, year) / own("Huishoudens_4", code, year)
    }
    #expect(try abs(figure("debt_now", area) - debts[9]) < 1e-9)
    let least = try #require(debts.indices.min { debts[$0] < debts[$1] })
    #expect(try figure("debt_turn", area) == Double(2015 + least))
    #expect(try abs(figure("debt_since_turn", area) - (debts[9] - debts[least])) < 1e-9)
    let energy = try 100 * own("Energiearm_7", code, 2024) / own("HuishoudensEnergie_6", code, 2024)
    #expect(try abs(figure("energy_poor_now", area) - energy) < 1e-9)
  }

  @Test func healthComesWithItsMargins() throws {
    let table = try Self.health.get()
    for (margin, column) in [
      ("MW00000", "good_health_pct"), ("MOG0095", "good_health_lower"), ("MBG0095", "good_health_upper"),
    ] {
      let expected = try cell(
        table, "ErvarenGezondheidGoedZeerGoed_4",
        ["WijkenEnBuurten": "GM0141", "Perioden": "2022JJ00", "Marges": margin])
      #expect(try figure(column) == expected)
    }
    #expect(try summary.finding("A19").at("statement", "en").contains("(66.0 to 70.2)"))
  }

  @Test func theScorecardCountsItsEntries() throws {
    let rows = try #require(try summary.finding("A01_attractiveness")["rows"]?.elements())
    #expect(rows.count == 12)
    #expect(try Double(rows.count { (try? $0.at("verdict")) == "1" }) == figure("improved"))
    #expect(try Double(rows.count { (try? $0.at("relative_verdict")) == "1" }) == figure("improved_more"))
    #expect(try figure("improved_pct") == 100 * figure("improved") / 12)
    let shops = try #require(rows.first { (try? $0.at("indicator")) == "shops_per_1000" })
    let change =
      try 1000
      * (own("Winkels_2", "GM0141", 2024) / people("GM0141", 2024) - own("Winkels_2", "GM0141", 2014)
        / people("GM0141", 2014))
    #expect(try abs((Double(shops.at("change")) ?? .nan) - change) < 1e-9)
    #expect(try shops.at("verdict") == "-1")
  }

  // MARK: - Revisions

  @Test(arguments: [("GM0141", "GM0141"), ("NL01", "NL00")]) func revisionsAreTheRatioOfBothExtracts(
    code: String, area: String
  ) throws {
    let before = try Self.earlier.get()
    let ratio = try count("T001161", code, 2023) / count("T001161", code, 2023, before)
    #expect(try abs(figure("revision_pct", area) - 100 * (ratio - 1)) < 1e-9)
    #expect(try figure("revision_compared", area) == 8)
    var changed = 0
    for kind in ["T001161", "CRI1000", "CRI2000", "CRI3000"] {
      for year in [2022, 2023] { changed += try count(kind, code, year) == count(kind, code, year, before) ? 0 : 1 }
    }
    // The generator revises the last year only.
    #expect(try changed == 4 && figure("revision_changed", area) == 4)
  }
}

extension Double {
  /// The thirteenth root of a positive number, by Newton's method.
  fileprivate func squareRoot13() -> Double {
    var root = 1.0
    for _ in 0..<200 {
      var power = 1.0
      for _ in 0..<12 { power *= root }
      root -= (power * root - self) / (13 * power)
    }
    return root
  }
}
