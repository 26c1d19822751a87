import PipelineKit
import Statistics
import Tabular

/// Values with a reason byte a row: 0 where a value is present.
struct Scores: Sendable {
  var values: [Double]
  var reasons: [UInt8]

  /// As a column; missing rows store zero.
  var column: Column { .float64(Float64Column(values, missing: MissingMask(reasons: reasons))) }
}

/// What one domain gives: its score, and when asked for what each indicator would score by itself.
struct DomainResult: Sendable {
  var score: Scores
  var ranks: [Double]?
  /// E(R) of each indicator, present where the indicator is; empty when the domain has one indicator.
  var indicatorScores: [Scores]
}

/// Scores one domain over all periods.
struct DomainScorer {
  let domain: Profile.Domain
  let conventions: Conventions
  let rule: MissingPartRule
  let frame: ComposeFrame
  let wantsRanks: Bool
  let wantsIndicatorScores: Bool

  /// The scores of the domain, from the columns of its indicators.
  func score(_ columns: [Column], rowCount: Int) -> DomainResult {
    let workspace = RankWorkspace(capacity: rowCount)
    var indicators = columns.map { column in
      Scores(values: column.doubles, reasons: column.missing?.reasons ?? [UInt8](repeating: 0, count: rowCount))
    }
    for i in indicators.indices { exclude(&indicators[i]) }
    let directions = domain.indicators.map(\.direction.mostDeprivedFirst)
    if indicators.count == 1 {
      let (score, ranks) = transformed(indicators[0], directions[0], workspace)
      return DomainResult(score: score, ranks: ranks, indicatorScores: [])
    }
    let parts = zip(indicators, directions).map { part($0, $1, workspace) }
    let (score, ranks) = transformed(combine(parts), .descending, workspace)
    let own = wantsIndicatorScores ? zip(indicators, directions).map { transformed($0, $1, workspace).0 } : []
    return DomainResult(score: score, ranks: ranks, indicatorScores: own)
  }

  /// Takes rows outside the frame out, with that reason.
  private func exclude(_ scores: inout Scores) {
    for row in scores.reasons.indices where frame.outside[row] != 0 {
      scores.reasons[row] = frame.outside[row]
      scores.values[row] = 0
    }
  }

  // MARK: - From indicators to the domain's value

  /// An indicator as it enters the domain's sum: higher is more deprived.
  private func part(_ indicator: Scores, _ direction: RankDirection, _ workspace: RankWorkspace) -> Scores {
    if conventions.indicatorScore == .value {
      guard direction == .ascending else { return indicator }
      return Scores(values: indicator.values.map { 0 - $0 }, reasons: indicator.reasons)
    }
    let isNormal = conventions.indicatorScore == .normalScore
    let (ties, scale, form) = (conventions.ties.rule, conventions.scale.convention, conventions.normalForm.convention)
    var result = indicator
    place(indicator, direction, workspace, into: &result) { groups, base, output in
      if let base {
        // The place among the base areas, counted from the least deprived, 1 to N.
        let count = base.count
        ScaledRank.anchored(
          groups, in: base, ties: AnchoredTieRule(ties) ?? .average, convention: isNormal ? .countPlusOneMinusRank : scale,
          direction: direction, into: output)
        guard isNormal else { return }
        for group in 0..<groups.groupCount {
          let first = Int(groups.order[groups.places(group).lowerBound])
          let score = NormalScores.score(rank: output[first] * Double(count), count: count, convention: form)
          for place in groups.places(group) { output[Int(groups.order[place])] = score }
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
    return result
  }

  /// The weighted mean of the parts, with the domain's rule for missing ones.
  private func combine(_ parts: [Scores]) -> Scores {
    let weights = domain.indicators.map(\.weight)
    return Self.weigh(parts, weights, scale: .mean, rule: rule, outside: frame.outside).score
  }

  /// A weighted score of parts, its reasons, and the contributions when asked for.
  static func weigh(
    _ parts: [Scores], _ weights: [Double], scale: WeightScale, rule: MissingPartRule, outside: [UInt8],
    contributions wanted: Bool = false
  ) -> (score: Scores, contributions: [[Double]]) {
    guard let weighted = try? WeightedScore(weights: weights, scale: scale, missing: rule) else {
      preconditionFailure("the profile checks weights")
    }
    let count = outside.count
    var values = [Double](repeating: 0, count: count)
    var validity = [UInt64](repeating: 0, count: (count + 63) / 64)
    var contributions = wanted ? parts.map { _ in [Double](repeating: 0, count: count) } : []
    let words = parts.map { MissingMask(reasons: $0.reasons).words }
    withViews(parts.map(\.values), words) { views in
      values.withUnsafeMutableBufferPointer { values in
        validity.withUnsafeMutableBufferPointer { validity in
          withMutableBuffers(&contributions) { buffers in
            weighted.apply(views, into: values, validity: validity, contributions: buffers)
          }
        }
      }
    }
    var reasons = [UInt8](repeating: 0, count: count)
    for row in 0..<count where validity[row >> 6] & (1 << UInt64(row & 63)) == 0 {
      let isSomePresent = parts.contains { $0.reasons[row] == 0 }
      reasons[row] = isSomePresent ? MissingReason.insufficient.rawValue : parts[0].reasons[row]
      values[row] = 0
      for i in contributions.indices { contributions[i][row] = 0 }
    }
    return (Scores(values: values, reasons: reasons), contributions)
  }

  // MARK: - From a value to the score

  /// The domain's score X, and its ranks when asked for, from the domain's value.
  private func transformed(_ value: Scores, _ direction: RankDirection, _ workspace: RankWorkspace) -> (Scores, [Double]?) {
    var result = value
    var ranks: [Double]? = wantsRanks ? [Double](repeating: 0, count: value.values.count) : nil
    let (ties, scale) = (conventions.ties.rule, conventions.scale.convention)
    let exponential = conventions.exponential
    if conventions.ties == .asPublished {
      published(value, direction, exponential, &result.values)
    } else {
      place(value, direction, workspace, into: &result) { groups, base, output in
        switch (conventions.transform, base) {
        case (.exponential, let base?):
          let rule = AnchoredTieRule(ties) ?? .average
          exponential.apply(groups, in: base, ties: rule, convention: scale, direction: direction, into: output)
        case (.exponential, nil): exponential.apply(groups, ties: ties, convention: scale, into: output)
        case (.scaledRank, let base?):
          let rule = AnchoredTieRule(ties) ?? .average
          ScaledRank.anchored(groups, in: base, ties: rule, convention: scale, direction: direction, into: output)
          groups.order.forEach { output[Int($0)] *= 100 }
        case (.scaledRank, nil):
          let count = groups.count
          groups.fill(output, ties: ties) { 100 * scale.scaled(rank: $0, count: count) }
        case (.none, _):
          for place in 0..<groups.count {
            output[Int(groups.order[place])] = direction == .descending ? groups.sorted[place] : 0 - groups.sorted[place]
          }
        }
      }
    }
    if ranks != nil {
      for period in frame.periods.indices {
        Self.withPositions(value, frame.positions(period, value.reasons), direction, workspace) { groups in
          ranks?.withUnsafeMutableBufferPointer { groups.ranks(ties: .minimum, into: $0) }
        }
      }
    }
    return (result, ranks)
  }

  /// Scores of ranks that the producer published, among the areas of the period that have one.
  private func published(
    _ value: Scores, _ direction: RankDirection, _ exponential: ExponentialTransform, _ output: inout [Double]
  ) {
    for period in frame.periods.indices {
      let positions = frame.positions(period, value.reasons)
      let count = positions.count
      for position in positions {
        let given = value.values[Int(position)]
        let rank = direction == .ascending ? given : Double(count) + 1 - given
        let scaled = conventions.scale.convention.scaled(rank: rank, count: count)
        output[Int(position)] = conventions.transform == .exponential ? exponential(scaled) : 100 * scaled
      }
    }
  }

  /// Sorts the values of each period and lets `write` fill in what they become: against the base, or by themselves (nil).
  ///
  /// A base without values can place nobody: every area is then missing, `undefined`.
  private func place(
    _ scores: Scores, _ direction: RankDirection, _ workspace: RankWorkspace, into output: inout Scores,
    _ write: (TieGroups, EmpiricalDistribution?, UnsafeMutableBufferPointer<Double>) -> Void
  ) {
    var base: EmpiricalDistribution?
    if frame.needsBase {
      let positions = frame.basePositions(scores.reasons)
      base = scores.values.withUnsafeBufferPointer { values in
        positions.withUnsafeBufferPointer { EmpiricalDistribution(values, at: $0, workspace: workspace) }
      }
      if base?.count == 0 {
        output.values = [Double](repeating: 0, count: scores.values.count)
        for row in scores.reasons.indices where scores.reasons[row] == 0 {
          output.reasons[row] = MissingReason.undefined.rawValue
        }
        return
      }
    }
    for period in frame.periods.indices {
      Self.withPositions(scores, frame.positions(period, scores.reasons), direction, workspace) { groups in
        output.values.withUnsafeMutableBufferPointer { write(groups, base, $0) }
      }
    }
  }

  private static func withPositions(
    _ scores: Scores, _ positions: [UInt32], _ direction: RankDirection, _ workspace: RankWorkspace,
    _ body: (TieGroups) -> Void
  ) {
    if positions.isEmpty { return }
    scores.values.withUnsafeBufferPointer { values in
      positions.withUnsafeBufferPointer { positions in
        body(workspace.tieGroups(of: values, at: positions, direction: direction))
      }
    }
  }
}

/// Calls `body` with a view of each list of values and its validity words.
func withViews(_ values: [[Double]], _ words: [[UInt64]], _ body: ([ValueView]) -> Void) {
  func next(_ i: Int, _ views: [ValueView]) {
    guard i < values.count else { return body(views) }
    values[i].withUnsafeBufferPointer { values in
      words[i].withUnsafeBufferPointer { next(i + 1, views + [ValueView(values, validity: $0)]) }
    }
  }
  next(0, [])
}

/// Calls `body` with a buffer of each list.
func withMutableBuffers(_ lists: inout [[Double]], _ body: ([UnsafeMutableBufferPointer<Double>]) -> Void) {
  var taken = lists
  lists = []
  func next(_ i: Int, _ buffers: [UnsafeMutableBufferPointer<Double>]) {
    guard i < taken.count else { return body(buffers) }
    var list = taken[i]
    taken[i] = []
    list.withUnsafeMutableBufferPointer { next(i + 1, buffers + [$0]) }
    taken[i] = list
  }
  next(0, [])
  lists = taken
}
