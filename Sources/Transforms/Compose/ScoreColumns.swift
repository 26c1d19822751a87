import PipelineKit
import Statistics
import Synchronization
import Tabular

/// Scores periods side by side and lays what was asked for over the rows of the table.
struct ScoreColumns {
  let profile: Profile
  let frame: ComposeFrame
  let outputs: [Compose.Part]
  let scorers: [DomainScorer]
  let rowCount: Int

  private var wantsDomains: Bool { outputs.contains(.domainScores) || outputs.contains(.domainRanks) }
  private var wantsOwn: Bool { outputs.contains(.indicatorContributions) }
  private var wantsContributions: Bool { outputs.contains(.contributions) || wantsOwn }

  /// The columns asked for, in the order of `Compose.Part`.
  func columns(_ context: RunContext) -> [Column] {
    let parts = Compose.Part.allCases.filter { outputs.contains($0) }
    let widths = parts.map(width)
    let reasons = frame.outside ?? [UInt8](repeating: 0, count: rowCount)
    // The score's reasons and, when somebody sees them, those of each domain.
    var masks = [[UInt8]](repeating: reasons, count: wantsDomains ? scorers.count + 1 : 1)
    var doubles: [[Double]] = []
    var integers: [[Int64]] = []
    for (part, width) in zip(parts, widths) {
      if part.isWhole {
        for _ in 0..<width { integers.append([Int64](repeating: 0, count: rowCount)) }
      } else {
        for _ in 0..<width { doubles.append([Double](repeating: 0, count: rowCount)) }
      }
    }
    withMutableBuffers(&masks) { masks in
      withMutableBuffers(&doubles) { doubles in
        withMutableBuffers(&integers) { integers in
          run(ScoreBuffers(parts: parts, widths: widths, doubles: doubles, integers: integers, reasons: masks), context)
        }
      }
    }
    return assemble(parts, widths, doubles, integers, masks.map { MissingMask(reasons: $0) })
  }

  /// How many columns a part has.
  private func width(_ part: Compose.Part) -> Int {
    switch part {
    case .score, .rank, .decile: 1
    case .domainScores, .domainRanks, .contributions: scorers.count
    case .indicatorContributions: scorers.map(\.columns.count).reduce(0, +)
    }
  }

  private func assemble(
    _ parts: [Compose.Part], _ widths: [Int], _ doubles: [[Double]], _ integers: [[Int64]], _ masks: [MissingMask]
  ) -> [Column] {
    var columns: [Column] = []
    var (nextDouble, nextInteger) = (0, 0)
    for (part, width) in zip(parts, widths) {
      for i in 0..<width {
        let mask = part == .domainScores || part == .domainRanks ? masks[i + 1] : masks[0]
        if part.isWhole {
          columns.append(.int64(Int64Column(integers[nextInteger], missing: mask)))
          nextInteger += 1
        } else {
          columns.append(.float64(Float64Column(doubles[nextDouble], missing: mask)))
          nextDouble += 1
        }
      }
    }
    return columns
  }

  /// Gives each worker period after period; what a period's rows become depends on no other period's work.
  private func run(_ buffers: ScoreBuffers, _ context: RunContext) {
    // Every row belongs to one period and every period to one worker, so no two workers write to the same place.
    nonisolated(unsafe) let buffers = buffers
    let next = Atomic<Int>(0)
    context.parallel(min(context.threads, frame.periods.count)) { _ in
      let worker = PeriodWorker(self, buffers)
      while true {
        let period = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard period < frame.periods.count else { return }
        frame.rows.withUnsafeBufferPointer { worker.score(.init(rebasing: $0[frame.periods[period]])) }
      }
    }
  }

  /// Memory for the domains of one period.
  fileprivate func scratch() -> [DomainScratch] {
    let capacity = frame.largest
    let most = scorers.map(\.columns.count).filter { $0 > 1 }.max() ?? 0
    let parts = (0..<most).map { _ in PeriodValues(capacity: capacity) }
    return scorers.map { scorer in
      DomainScratch(
        capacity: capacity, parts: scorer.columns.count > 1 ? Array(parts.prefix(scorer.columns.count)) : [],
        wantsOwn: wantsOwn, wantsRanks: outputs.contains(.domainRanks))
    }
  }

  /// Room for the contribution of each domain in one period, or none.
  fileprivate func contributionRoom() -> [[Double]] {
    wantsContributions ? scorers.map { _ in [Double](repeating: 0, count: frame.largest) } : []
  }
}

/// Where the columns asked for are written: a row is the table's.
struct ScoreBuffers {
  let parts: [Compose.Part]
  let widths: [Int]
  let doubles: [UnsafeMutableBufferPointer<Double>]
  let integers: [UnsafeMutableBufferPointer<Int64>]
  let reasons: [UnsafeMutableBufferPointer<UInt8>]

  /// The buffers of a part that holds numbers with a fraction; none when it was not asked for.
  func doubles(_ part: Compose.Part) -> ArraySlice<UnsafeMutableBufferPointer<Double>> {
    doubles[range(part)]
  }

  /// The buffers of a part that holds whole numbers.
  func integers(_ part: Compose.Part) -> ArraySlice<UnsafeMutableBufferPointer<Int64>> {
    integers[range(part)]
  }

  private func range(_ wanted: Compose.Part) -> Range<Int> {
    var start = 0
    for (part, width) in zip(parts, widths) {
      if part == wanted { return start..<(start + width) }
      if part.isWhole == wanted.isWhole { start += width }
    }
    return 0..<0
  }
}

/// Scores one period after another in memory of its own.
private final class PeriodWorker {
  private let conventions: Conventions
  private let scorers: [DomainScorer]
  private let buffers: ScoreBuffers
  private let weighted: WeightedScore
  private let workspace: RankWorkspace
  private let domains: [DomainScratch]
  private let total: PeriodValues
  private var contributions: [[Double]]

  init(_ plan: ScoreColumns, _ buffers: ScoreBuffers) {
    guard
      let weighted = try? WeightedScore(
        weights: plan.profile.domains.map(\.weight), scale: plan.profile.conventions.rescaleWeights ? .mean : .sum,
        missing: plan.profile.missing.score.rule)
    else { preconditionFailure("the profile checks weights") }
    self.weighted = weighted
    self.buffers = buffers
    conventions = plan.profile.conventions
    scorers = plan.scorers
    workspace = RankWorkspace(capacity: plan.frame.largest)
    domains = plan.scratch()
    total = PeriodValues(capacity: plan.frame.largest)
    contributions = plan.contributionRoom()
  }

  /// Scores the rows of one period and writes what was asked for.
  func score(_ rows: UnsafeBufferPointer<UInt32>) {
    for (scorer, scratch) in zip(scorers, domains) { scorer.score(rows, scratch, workspace) }
    withMutableBuffers(&contributions) { total.weigh(domains.map(\.score), weighted, contributions: $0) }
    for buffer in buffers.doubles(.score) { scatter(.init(total.values), rows, buffer) }
    scatter(.init(total.reasons), rows, buffers.reasons[0])
    for (domain, reasons) in zip(domains, buffers.reasons.dropFirst()) {
      scatter(.init(domain.score.reasons), rows, reasons)
    }
    for (domain, buffer) in zip(domains, buffers.doubles(.domainScores)) {
      scatter(.init(domain.score.values), rows, buffer)
    }
    for (domain, buffer) in zip(domains, buffers.integers(.domainRanks)) { writeRanks(of: domain, rows, buffer) }
    for (contribution, buffer) in zip(contributions, buffers.doubles(.contributions)) {
      contribution.withUnsafeBufferPointer { scatter(.init(rebasing: $0[..<rows.count]), rows, buffer) }
    }
    writeIndicatorContributions(rows)
    writeRanks(rows, buffers.integers(.rank).first, buffers.integers(.decile).first)
  }

  @inline(__always)
  private func scatter<Element>(
    _ values: UnsafeBufferPointer<Element>, _ rows: UnsafeBufferPointer<UInt32>,
    _ output: UnsafeMutableBufferPointer<Element>
  ) {
    for i in 0..<rows.count { output[Int(rows[i])] = values[i] }
  }

  private func writeRanks(
    of domain: DomainScratch, _ rows: UnsafeBufferPointer<UInt32>, _ output: UnsafeMutableBufferPointer<Int64>
  ) {
    guard let ranks = domain.ranks else { return }
    for i in 0..<rows.count where domain.score.reasons[i] == 0 { output[Int(rows[i])] = Int64(ranks[i]) }
  }

  /// Each domain's contribution shared out over its indicators in proportion to weight times E(R).
  private func writeIndicatorContributions(_ rows: UnsafeBufferPointer<UInt32>) {
    var outputs = buffers.doubles(.indicatorContributions)
    if outputs.isEmpty { return }
    for (d, scorer) in scorers.enumerated() {
      let own = outputs.prefix(scorer.columns.count)
      outputs = outputs.dropFirst(scorer.columns.count)
      contributions[d].withUnsafeBufferPointer { all in
        let contribution = UnsafeBufferPointer(rebasing: all[..<rows.count])
        guard let parts = domains[d].own else {
          return own.forEach { scatter(contribution, rows, $0) }
        }
        // Values as they are (no transform) may be negative: such an indicator has no share.
        for part in parts { for i in 0..<rows.count where part.values[i] < 0 { part.values[i] = 0 } }
        var shares = parts.map { _ in [Double](repeating: 0, count: rows.count) }
        withMutableBuffers(&shares) { shares in
          Allocation.split(
            ValueView(contribution, validity: .init(total.words)), over: parts.map(\.view),
            weights: scorer.domain.indicators.map(\.weight), into: shares)
          for (share, output) in zip(shares, own) { scatter(.init(share), rows, output) }
        }
      }
    }
  }

  /// Rank (1 = highest score of the period; ties share the smallest) and tenth of every scored area.
  private func writeRanks(
    _ rows: UnsafeBufferPointer<UInt32>, _ ranks: UnsafeMutableBufferPointer<Int64>?,
    _ deciles: UnsafeMutableBufferPointer<Int64>?
  ) {
    let positions = total.positions
    if ranks == nil && deciles == nil || positions.isEmpty { return }
    if let decimals = conventions.rankDecimals {
      var scale = 1.0
      for _ in 0..<decimals { scale *= 10 }
      // The scores are written by now.
      for i in total.values.indices {
        let rounded = (total.values[i] * scale).rounded(.toNearestOrAwayFromZero) / scale
        if rounded.isFinite { total.values[i] = rounded }
      }
    }
    let tolerance = conventions.rankDecimals == nil ? conventions.tieTolerance : 0
    let groups = workspace.tieGroups(of: .init(total.values), at: positions, direction: .descending)
    var rank = 1.0
    for group in 0..<groups.groupCount {
      // Neighbours that differ by no more than rounding share the rank of the first of them.
      if group > 0, groups.value(group - 1) - groups.value(group) > tolerance {
        rank = groups.rank(group, ties: .minimum)
      }
      let decile = Int64(RankClasses.ceiling(rank: rank, count: groups.count, classes: 10))
      for place in groups.places(group) {
        let row = Int(rows[Int(groups.order[place])])
        ranks?[row] = Int64(rank)
        deciles?[row] = decile
      }
    }
  }
}

/// Calls `body` with a buffer of each list.
func withMutableBuffers<Element>(
  _ lists: inout [[Element]], _ body: ([UnsafeMutableBufferPointer<Element>]) -> Void
) {
  var taken = lists
  lists = []
  func next(_ i: Int, _ buffers: [UnsafeMutableBufferPointer<Element>]) {
    guard i < taken.count else { return body(buffers) }
    var list = taken[i]
    taken[i] = []
    list.withUnsafeMutableBufferPointer { next(i + 1, buffers + [$0]) }
    taken[i] = list
  }
  next(0, [])
  lists = taken
}
