import PipelineKit
import Statistics
import Tabular

/// Puts domains together: score, ranks, deciles and contributions, in the order of `Compose.Part`.
struct ScoreColumns {
  let profile: Profile
  let frame: ComposeFrame
  let outputs: [Compose.Part]
  let domains: [DomainResult]

  /// The columns asked for.
  func columns(_ context: RunContext) -> [Column] {
    let wantsContributions = outputs.contains(.contributions) || outputs.contains(.indicatorContributions)
    let (score, contributions) = DomainScorer.weigh(
      domains.map(\.score), profile.domains.map(\.weight), scale: profile.conventions.rescaleWeights ? .mean : .sum,
      rule: profile.missing.score.rule, outside: frame.outside, contributions: wantsContributions)
    let ranks = outputs.contains(.rank) || outputs.contains(.decile) ? self.ranks(score) : nil
    var columns: [Column] = []
    for part in Compose.Part.allCases where outputs.contains(part) {
      switch part {
      case .score: columns.append(score.column)
      case .rank: columns.append(Self.integers(ranks?.ranks ?? [], score.reasons))
      case .decile: columns.append(Self.integers(ranks?.deciles ?? [], score.reasons))
      case .domainScores: columns += domains.map(\.score.column)
      case .domainRanks:
        columns += domains.map { Self.integers(($0.ranks ?? []).map { Int64($0) }, $0.score.reasons) }
      case .contributions:
        for (domain, contribution) in zip(domains, contributions) {
          columns.append(Self.contribution(contribution, of: domain.score, in: score).column)
        }
      case .indicatorContributions:
        for (d, contribution) in contributions.enumerated() {
          columns += indicators(d, Self.contribution(contribution, of: domains[d].score, in: score)).map(\.column)
        }
      }
    }
    return columns
  }

  /// What a domain adds: missing where the score is, 0 where only the domain is.
  private static func contribution(_ values: [Double], of domain: Scores, in score: Scores) -> Scores {
    Scores(values: values, reasons: score.reasons)
  }

  /// A domain's contribution shared out over its indicators.
  private func indicators(_ d: Int, _ contribution: Scores) -> [Scores] {
    let parts = domains[d].indicatorScores
    if parts.isEmpty { return [contribution] }
    var shares = parts.map { _ in [Double](repeating: 0, count: contribution.values.count) }
    let words = (parts + [contribution]).map { MissingMask(reasons: $0.reasons).words }
    withViews((parts + [contribution]).map(\.values), words) { views in
      withMutableBuffers(&shares) { buffers in
        guard let total = views.last else { return }
        Allocation.split(
          total, over: Array(views.dropLast()), weights: profile.domains[d].indicators.map(\.weight), into: buffers)
      }
    }
    return shares.map { Scores(values: $0, reasons: contribution.reasons) }
  }

  private static func integers(_ values: [Int64], _ reasons: [UInt8]) -> Column {
    .int64(Int64Column(zip(values, reasons).map { $1 == 0 ? $0 : 0 }, missing: MissingMask(reasons: reasons)))
  }

  /// Rank (1 = highest score of the period; ties share the smallest) and tenth of every scored area.
  private func ranks(_ score: Scores) -> (ranks: [Int64], deciles: [Int64]) {
    var ranks = [Int64](repeating: 0, count: score.values.count)
    var deciles = ranks
    let workspace = RankWorkspace(capacity: score.values.count)
    let values = profile.conventions.rankDecimals.map { decimals in
      score.values.map { Self.rounded($0, decimals) }
    } ?? score.values
    let tolerance = profile.conventions.rankDecimals == nil ? profile.conventions.tieTolerance : 0
    for period in frame.periods.indices {
      let positions = frame.positions(period, score.reasons)
      if positions.isEmpty { continue }
      values.withUnsafeBufferPointer { values in
        positions.withUnsafeBufferPointer { positions in
          let groups = workspace.tieGroups(of: values, at: positions, direction: .descending)
          var rank = 1.0
          for group in 0..<groups.groupCount {
            // Scores that differ by no more than rounding share the rank of the first of them.
            if group == 0 || groups.value(group - 1) - groups.value(group) > tolerance {
              rank = groups.rank(group, ties: .minimum)
            }
            let decile = RankClasses.ceiling(rank: rank, count: groups.count, classes: 10)
            for place in groups.places(group) {
              ranks[Int(groups.order[place])] = Int64(rank)
              deciles[Int(groups.order[place])] = Int64(decile)
            }
          }
        }
      }
    }
    return (ranks, deciles)
  }

  private static func rounded(_ value: Double, _ decimals: Int) -> Double {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    return (value * scale).rounded(.toNearestOrAwayFromZero) / scale
  }
}
