import PipelineKit
import Statistics
import Tabular

/// Scores one domain, a period at a time.
///
/// One code path serves every frame and every output: what is not asked for is not kept beyond its period.
struct DomainScorer {
  let domain: Profile.Domain
  let conventions: Conventions
  /// The numeric column of each indicator.
  private(set) var columns: [Column]
  private let weighted: WeightedScore
  /// What each indicator, and then the domain's value, is placed against; empty in a relative frame.
  private var indicatorBases: [EmpiricalDistribution] = []
  private var base: EmpiricalDistribution?

  /// A scorer, in an anchored or pooled frame with the distributions of the base.
  init(domain: Profile.Domain, profile: Profile, columns: [Column], frame: ComposeFrame) {
    self.domain = domain
    self.columns = columns
    conventions = profile.conventions
    guard
      let weighted = try? WeightedScore(
        weights: domain.indicators.map(\.weight), scale: .mean, missing: profile.missing.domain.rule)
    else { preconditionFailure("the profile checks weights") }
    self.weighted = weighted
    if !frame.basePeriods.isEmpty { findBases(frame) }
  }

  /// The same scorer, with the same base, for other numbers.
  func scoring(_ columns: [Column]) -> DomainScorer {
    precondition(columns.count == self.columns.count, "a column for each indicator")
    var copy = self
    copy.columns = columns
    return copy
  }

  private mutating func findBases(_ frame: ComposeFrame) {
    let workspace = RankWorkspace()
    let ranges = frame.basePeriods.map { frame.periods[$0] }
    let scratch = DomainScratch(capacity: ranges.map(\.count).max() ?? 0, parts: columns.count)
    func distribution(_ fill: (UnsafeBufferPointer<UInt32>) -> PeriodValues) -> EmpiricalDistribution {
      var list: [Double] = []
      frame.rows.withUnsafeBufferPointer { rows in
        for range in ranges {
          let period = fill(.init(rebasing: rows[range]))
          let values = period.values
          for position in period.positions { list.append(values[Int(position)]) }
        }
      }
      return list.withUnsafeBufferPointer { EmpiricalDistribution($0, workspace: workspace) }
    }
    indicatorBases = columns.map { column in
      distribution { rows in
        scratch.parts[0].gather(column, rows)
        return scratch.parts[0]
      }
    }
    if columns.count == 1 {
      base = indicatorBases[0]
    } else {
      base = distribution { rows in
        combine(rows, scratch, workspace)
        return scratch.score
      }
    }
  }

  /// Scores the rows of a period into `scratch`: the score, and when it has room for them the ranks and E(R) by indicator.
  func score(_ rows: UnsafeBufferPointer<UInt32>, _ scratch: DomainScratch, _ workspace: RankWorkspace) {
    if columns.count == 1 {
      scratch.score.gather(columns[0], rows)
      transform(scratch.score, domain.indicators[0].direction.mostDeprivedFirst, base, workspace, ranks: scratch.ranks)
    } else {
      combine(rows, scratch, workspace)
      transform(scratch.score, .descending, base, workspace, ranks: scratch.ranks)
    }
  }

  // MARK: - From indicators to the domain's value

  /// The weighted mean of the indicators as they enter it, with the domain's rule for missing ones.
  private func combine(_ rows: UnsafeBufferPointer<UInt32>, _ scratch: DomainScratch, _ workspace: RankWorkspace) {
    for (i, indicator) in domain.indicators.enumerated() {
      let direction = indicator.direction.mostDeprivedFirst
      if let own = scratch.own?[i] {
        own.gather(columns[i], rows)
        transform(own, direction, indicatorBases.isEmpty ? nil : indicatorBases[i], workspace, ranks: nil)
      }
      scratch.parts[i].gather(columns[i], rows)
      enter(scratch.parts[i], direction, indicatorBases.isEmpty ? nil : indicatorBases[i], workspace)
    }
    scratch.score.weigh(scratch.parts, weighted)
  }

  /// Turns an indicator into what enters the domain's sum: higher is more deprived.
  private func enter(
    _ part: PeriodValues, _ direction: RankDirection, _ base: EmpiricalDistribution?, _ workspace: RankWorkspace
  ) {
    if conventions.indicatorScore == .value { return orient(part, direction) }
    if base?.count == 0 { return part.remove(.undefined) }
    let isNormal = conventions.indicatorScore == .normalScore
    let (ties, scale, form) = (conventions.ties.rule, conventions.scale.convention, conventions.normalForm.convention)
    let output = part.values
    let groups = workspace.tieGroups(of: .init(output), at: part.positions, direction: direction)
    if let base {
      // The place among the base areas, counted from the least deprived, 1 to N.
      let count = base.count
      ScaledRank.anchored(
        groups, in: base, ties: AnchoredTieRule(ties) ?? .average,
        convention: isNormal ? .countPlusOneMinusRank : scale,
        direction: direction, into: output)
      guard isNormal else { return }
      for group in 0..<groups.groupCount {
        let places = groups.places(group)
        // Places are whole or half: the division by N is undone to the bit.
        let place = (output[Int(groups.order[places.lowerBound])] * Double(2 * count)).rounded() * 0.5
        let score = NormalScores.score(rank: place, count: count, convention: form)
        for place in places { output[Int(groups.order[place])] = score }
      }
    } else if isNormal {
      let count = groups.count
      groups.fill(output, ties: ties) { rank in
        NormalScores.score(rank: Double(count) + 1 - rank, count: count, convention: form)
      }
    } else {
      ScaledRank.relative(groups, ties: ties, convention: scale, into: output)
    }
  }

  /// Changes the sign where higher is better; never leaves a negative zero.
  private func orient(_ part: PeriodValues, _ direction: RankDirection) {
    let values = part.values
    if direction == .ascending {
      for i in values.indices { values[i] = 0 - values[i] }
    } else {
      for i in values.indices { values[i] += 0 }
    }
  }

  // MARK: - From a value to the score

  /// Turns values into scores X in place, against the base or (nil) among themselves, and gives their ranks when asked.
  ///
  /// A base without values can place nobody: every area is then missing, `undefined`.
  private func transform(
    _ value: PeriodValues, _ direction: RankDirection, _ base: EmpiricalDistribution?, _ workspace: RankWorkspace,
    ranks: UnsafeMutableBufferPointer<Double>?
  ) {
    let isPlaced = conventions.transform != .none && conventions.ties != .asPublished
    if isPlaced, base?.count == 0 { return value.remove(.undefined) }
    let output = value.values
    if isPlaced || ranks != nil {
      let groups = workspace.tieGroups(of: .init(output), at: value.positions, direction: direction)
      if let ranks { groups.ranks(ties: .minimum, into: ranks) }
      if isPlaced { return place(groups, direction, base, into: output) }
    }
    if conventions.transform == .none { return orient(value, direction) }
    published(value, direction)
  }

  private func place(
    _ groups: TieGroups, _ direction: RankDirection, _ base: EmpiricalDistribution?,
    into output: UnsafeMutableBufferPointer<Double>
  ) {
    let (ties, scale, exponential) = (conventions.ties.rule, conventions.scale.convention, conventions.exponential)
    let isExponential = conventions.transform == .exponential
    switch base {
    case let base? where isExponential:
      exponential.apply(
        groups, in: base, ties: AnchoredTieRule(ties) ?? .average, convention: scale, direction: direction, into: output
      )
    case let base?:
      ScaledRank.anchored(
        groups, in: base, ties: AnchoredTieRule(ties) ?? .average, convention: scale, direction: direction, into: output
      )
      groups.order.forEach { output[Int($0)] *= 100 }
    case nil where isExponential: exponential.apply(groups, ties: ties, convention: scale, into: output)
    case nil:
      let count = groups.count
      groups.fill(output, ties: ties) { 100 * scale.scaled(rank: $0, count: count) }
    }
  }

  /// Scores of ranks that the producer published, among the areas of the period that have one.
  private func published(_ value: PeriodValues, _ direction: RankDirection) {
    let (scale, exponential) = (conventions.scale.convention, conventions.exponential)
    let (values, positions) = (value.values, value.positions)
    let count = positions.count
    for position in positions {
      let given = values[Int(position)]
      let rank = direction == .ascending ? given : Double(count) + 1 - given
      let scaled = scale.scaled(rank: rank, count: count)
      values[Int(position)] = conventions.transform == .exponential ? exponential(scaled) : 100 * scaled
    }
  }
}

/// Memory for one domain in one period.
final class DomainScratch {
  /// The domain's value and then its score.
  let score: PeriodValues
  /// The indicators as they enter the domain's sum.
  let parts: [PeriodValues]
  /// E(R) of each indicator, present where the indicator is; nil when nobody asks or the domain has one indicator.
  let own: [PeriodValues]?
  /// The domain's ranks, 1 the most deprived; nil when nobody asks.
  let ranks: UnsafeMutableBufferPointer<Double>?

  /// Room for periods of up to `capacity` rows. `parts` is memory that other domains may share.
  init(capacity: Int, parts: [PeriodValues], wantsOwn: Bool = false, wantsRanks: Bool = false) {
    score = PeriodValues(capacity: capacity)
    self.parts = parts
    own = wantsOwn && parts.count > 1 ? parts.map { _ in PeriodValues(capacity: capacity) } : nil
    ranks = wantsRanks ? .allocate(capacity: capacity) : nil
    ranks?.initialize(repeating: 0)
  }

  /// Room for `parts` indicators of periods of up to `capacity` rows, shared with nobody.
  convenience init(capacity: Int, parts: Int) {
    self.init(capacity: capacity, parts: (0..<parts).map { _ in PeriodValues(capacity: capacity) })
  }

  deinit { ranks?.deallocate() }
}
