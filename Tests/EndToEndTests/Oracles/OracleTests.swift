import PipelineTesting
import Tabular
import Testing

/// Official indices recomputed from a pipeline file and a profile alone, against the published answers.
///
/// `PEIL_ORACLES` names a folder in which `deprivation/` holds the published tables.
@Suite(.enabled(if: Files.environment("PEIL_ORACLES") != nil)) struct OracleTests {
  private func compute(_ name: String) throws -> Table {
    let folder = (Files.environment("PEIL_ORACLES") ?? "") + "/deprivation"
    let run = try PipelineRun("oracles/\(name).yml", ["data": folder])
    return try run.table(
      name + ".csv", "cbs_dataset_csv", "{separator: \",\", types: {\(try types(name))}}")
  }

  private func types(_ name: String) throws -> String {
    let numbers =
      name == "simd2016"
      ? ["simd_rank", "own_rank", "own"]
      : ["published_score", "published_first", "published_last", "wimd", "wimd_rank"]
        + Self.domains.flatMap { [$0, "wimd_" + $0.lowercased()] }
    return numbers.map { "\($0): float64" }.joined(separator: ", ")
  }

  static let domains = [
    "Income", "Employment", "Health", "Education", "Access", "Housing", "Safety", "Environment",
  ]

  @Test func simd2016() throws {
    let table = try compute("simd2016")
    let (own, published) = try (table.numbers("own_rank"), table.numbers("simd_rank"))
    let equal = zip(own, published).count { $0 != nil && $0 == $1 }
    print("SIMD 2016: \(equal) of \(table.rowCount) overall ranks as published")
    #expect(table.rowCount == 6_976)
    #expect(equal == 6_976)
  }

  /// The published table gives scores to one decimal. Areas with the same printed domain score are taken as tied, though
  /// their true domain ranks differ: so the overall score can be off by a little, and the overall rank is known only up to
  /// the areas that share the printed overall score, give or take a few places.
  @Test func wimd2019() throws {
    let table = try compute("wimd2019")
    #expect(table.rowCount == 1_909)
    var scores = 0
    for domain in Self.domains {
      let (own, published) = try (table.numbers("wimd_" + domain.lowercased()), table.numbers(domain))
      let equal = zip(own, published).count { own, published in
        guard let own, let published else { return false }
        return (own * 10).rounded() == (published * 10).rounded()
      }
      #expect(equal == 1_909, "\(domain)")
      scores += equal
    }
    let (own, published) = try (table.numbers("wimd"), table.numbers("published_score"))
    let furthest = zip(own, published).reduce(0) { max($0, abs(($1.0 ?? .nan) - ($1.1 ?? .nan))) }
    #expect(furthest < 0.12 && !own.contains(nil))
    let ranks = try zip(
      table.numbers("wimd_rank"), zip(table.numbers("published_first"), table.numbers("published_last")))
    var (inside, furthestPlaces) = (0, 0.0)
    for (rank, (first, last)) in ranks {
      guard let rank, let first, let last else { continue }
      let away = max(first - rank, rank - last, 0)
      inside += away == 0 ? 1 : 0
      furthestPlaces = max(furthestPlaces, away)
    }
    print(
      "WIMD 2019: \(scores) of \(8 * 1_909) domain scores as printed; overall score at most \(furthest) away; \(inside) of "
        + "1909 overall ranks inside those of the areas with the same printed score, the others at most \(furthestPlaces) away"
    )
    #expect(inside == 1_843)
    #expect(furthestPlaces <= 5)
  }
}
