import PipelineTesting
import Statistics
import Tabular
import Testing

/// COINr's example recomputed from a pipeline file alone, against the output of seven of its steps.
///
/// `PEIL_ORACLES` names a folder in which `asem/` holds data and outputs. COINr prints 17 digits: outputs must agree to 1e-12 of
/// the larger of 1 and the value, in which COINr's own sums differ from ours.
@Suite(.enabled(if: Files.environment("PEIL_ORACLES") != nil)) struct ASEMOracleTests {
  private static let folder = (Files.environment("PEIL_ORACLES") ?? "") + "/asem"
  private static let run = Result { try PipelineRun("oracles/asem.yml", ["data": folder]) }

  /// A file of quoted fields without commas in them: the header, and rows under their first field.
  private func published(_ name: String) throws -> (columns: [String], rows: [String: [String]]) {
    let bytes = try #require(Files.bytes(Self.folder + "/" + name), "no \(name)")
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map { $0.drop { $0 == "\"" }.prefix { $0 != "\"" } }
        .map(String.init)
    }
    return (lines[0], Dictionary(uniqueKeysWithValues: lines.dropFirst().map { ($0[0], $0) }))
  }

  private func table(_ name: String, _ numbers: [String]) throws -> Table {
    let types = numbers.map { "\($0): float64" }.joined(separator: ", ")
    return try Self.run.get().table("asem-\(name).csv", "cbs_dataset_csv", "{separator: \",\", types: {\(types)}}")
  }

  /// How many numbers agree, and how far the furthest is away.
  private func compare(_ name: String, _ file: String) throws -> (equal: Int, of: Int, furthest: Double) {
    let (columns, rows) = try published(file)
    let own = try table(name, Array(columns.dropFirst()))
    let codes = try own.texts("uCode")
    #expect(Set(codes.compactMap { $0 }) == Set(rows.keys))
    var (equal, count, furthest) = (0, 0, 0.0)
    for (place, column) in columns.enumerated().dropFirst() {
      for (code, number) in zip(codes, try own.numbers(column)) {
        let theirs = try #require(Double(rows[code ?? ""]?[place] ?? ""))
        let away = abs((number ?? .infinity) - theirs) / max(1, abs(theirs))
        (equal, count, furthest) = (equal + (away <= 1e-12 ? 1 : 0), count + 1, max(furthest, away))
      }
    }
    print("ASEM \(file): \(equal) of \(count) numbers as published, the furthest \(furthest) away")
    return (equal, count, furthest)
  }

  @Test(arguments: [
    ("scaled", "norm_n_minmax_1_100.csv", 51 * 49), ("standard", "norm_n_zscore.csv", 51 * 49),
    ("places", "norm_n_prank.csv", 51 * 49), ("geometric", "agg_1_100_a_gmean.csv", 51 * 60),
  ]) func scores(name: String, file: String, count: Int) throws {
    let (equal, of, _) = try compare(name, file)
    #expect(equal == of && of == count)
  }

  @Test func effectiveWeights() throws {
    let own = try table("weights", ["level", "weight", "effective_weight"])
    let (_, rows) = try published("eff_weights.csv")
    var equal = 0
    for (row, part) in try own.texts("part").enumerated() {
      let theirs = try #require(rows[part ?? ""], "\(part ?? "")")
      let figures = try ["level", "weight", "effective_weight"].map { try own.numbers($0)[row] }
      let isEqual = zip(figures, theirs.dropFirst()).allSatisfy { abs(($0 ?? .nan) - (Double($1) ?? .nan)) <= 1e-15 }
      #expect(isEqual, "\(part ?? "")")
      equal += isEqual ? 1 : 0
    }
    print("ASEM eff_weights.csv: \(equal) of \(rows.count) weights as published")
    #expect(equal == 60 && rows.count == 60)
  }

  /// Spearman's correlation of each indicator, min-max, with the index of arithmetic means.
  @Test func correlations() throws {
    let lines = try #require(Files.bytes(Self.folder + "/corr_ind_index_spearman.csv"))
    let rows = String(decoding: lines, as: UTF8.self).split(whereSeparator: \.isNewline).dropFirst().map {
      $0.split(separator: ",").map { $0.filter { $0 != "\"" } }
    }
    let names = rows.map { String($0[1]) }
    let own = try table("arithmetic", names + ["Index"])
    let matrix = ValueMatrix(try (["Index"] + names).map { try own.numbers($0) })
    var furthest = 0.0
    for (place, row) in rows.enumerated() {
      let correlation = try #require(
        Correlation(matrix.view(0), matrix.view(place + 1), .spearman, workspace: RankWorkspace()))
      furthest = max(furthest, abs(correlation.coefficient - (Double(row[2]) ?? .nan)))
    }
    print("ASEM corr_ind_index_spearman.csv: \(rows.count) correlations, the furthest \(furthest) away")
    #expect(rows.count == 49 && furthest <= 1e-14)
  }

  /// Cronbach's alpha of the min-max indicators of each pillar.
  @Test func reliability() throws {
    let (_, rows) = try published("cronbach_normalised_by_pillar.csv")
    let pillars = [
      "Physical": ["LPI", "Flights", "Ship", "Bord", "Elec", "Gas", "ConSpeed", "Cov4G"],
      "ConEcFin": ["Goods", "Services", "FDI", "PRemit", "ForPort"], "Political": ["Embs", "IGOs", "UNVote"],
      "Instit": ["CostImpEx", "Tariff", "TBTs", "TIRcon", "RTAs", "Visa"],
      "P2P": ["StMob", "Research", "Pat", "CultServ", "CultGood", "Tourist", "MigStock", "Lang"],
      "Environ": ["Renew", "PrimEner", "CO2", "MatCon", "Forest"],
      "Social": ["Poverty", "Palma", "TertGrad", "FreePress", "TolMin", "NGOs", "CPI", "FemLab", "WomParl"],
      "SusEcFin": ["PubDebt", "PrivDebt", "GDPGrow", "RDExp", "NEET"],
    ]
    let own = try table("scaled", pillars.values.flatMap { $0 })
    var furthest = 0.0
    for (pillar, row) in rows {
      let names = try #require(pillars[pillar])
      let matrix = ValueMatrix(try names.map { try own.numbers($0) })
      let covariances = try #require(Reliability.covariances(matrix, Array(names.indices), areas: .pairwise))
      let alpha = try #require(Reliability.cronbachAlpha(covariances))
      furthest = max(furthest, abs(alpha - (Double(row[1]) ?? .nan)))
    }
    print("ASEM cronbach_normalised_by_pillar.csv: \(rows.count) alphas, the furthest \(furthest) away")
    #expect(rows.count == 8 && furthest <= 1e-13)
  }
}
