import PipelineKit
import Statistics

/// Draws and scores replicates.
struct Replicates {
  private let scorers: [AnchoredScorer]
  private let options: Simulate.Options
  private let noise: InputNoise

  init(_ scorers: [AnchoredScorer], _ noise: InputNoise, _ options: Simulate.Options) {
    (self.scorers, self.noise, self.options) = (scorers, noise, options)
  }

  /// One replicate.
  struct Draw: Sendable {
    var scores: [Double?] = []
    var bound: Double?

    func isWorst(_ area: Int) -> Bool? {
      guard let score = scores[area], let bound else { return nil }
      return score > bound
    }

    var count: Int { scores.indices.count { isWorst($0) == true } }

    /// Ranks from the highest score, ties sharing the smallest; 0 without a score.
    var ranks: [Int] {
      let order = scores.indices.filter { scores[$0] != nil }
        .sorted { (scores[$0] ?? 0) != (scores[$1] ?? 0) ? (scores[$0] ?? 0) > (scores[$1] ?? 0) : $0 < $1 }
      var ranks = [Int](repeating: 0, count: scores.count)
      for (place, area) in order.enumerated() {
        let ties = place > 0 && scores[order[place - 1]] == scores[area]
        ranks[area] = ties ? ranks[order[place - 1]] : place + 1
      }
      return ranks
    }
  }

  /// The profile as it is, and the replicates in order.
  func run(_ context: RunContext) -> Result {
    let key = CounterGenerator.key(seed: UInt64(options.seed), stream: "simulate")
    // The scorers are only read.
    nonisolated(unsafe) let plan = self
    let draws = context.replicated(options.replicates, blank: Draw()) {
      let scorer = ReplicateScorer(plan.scorers, classes: plan.options.classes)
      return { plan.draw($0, key, scorer) }
    }
    return Result(reference: ReplicateScorer(scorers, classes: options.classes).reference, draws: draws)
  }

  /// One replicate: its draws depend on the key and its number alone.
  private func draw(_ replicate: Int, _ key: UInt64, _ scorer: ReplicateScorer) -> Draw {
    let method = replicate % scorers.count
    var random = CounterGenerator(key: key, replicate: UInt64(replicate))
    let shares = options.noise.shares(scorers[method].profile.domains.map(\.weight), &random)
    if options.noise.noisy.isEmpty { return scorer.score(method: method, shares: shares) }
    return scorer.score(method: method, shares: shares) { indicators in
      for domain in indicators.indices {
        for place in indicators[domain].indices { noise.apply(&indicators[domain][place], &random) }
      }
    }
  }

  /// The profile as it is beside the replicates.
  struct Result {
    let reference: Draw
    let draws: [Draw]

    /// The figures of each area, in the order of the fields of `simulate`.
    func figures(_ options: Simulate.Options) -> [[Double?]] {
      let areas = reference.scores.indices
      let ranks = draws.map(\.ranks)
      let own = reference.ranks
      let counts = draws.map { Double($0.count) }
      let interval = Intervals.percentiles(counts, level: options.level)
      let correlations = ranks.map { Self.spearman(own, $0) }
      let known = correlations.compactMap { $0 }
      let mean = known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
      var result = [[Double?]](repeating: [], count: 16)
      for area in areas {
        let scored = draws.indices.filter { draws[$0].scores[area] != nil }
        let total = Double(scored.count)
        let scores = Intervals.percentiles(scored.compactMap { draws[$0].scores[area] }, level: options.level)
        let places = Intervals.percentiles(scored.map { Double(ranks[$0][area]) }, level: options.level)
        let isKnown = reference.scores[area] != nil && !scored.isEmpty
        let worst = reference.isWorst(area)
        func share(_ holds: (Int) -> Bool) -> Double? { isKnown ? Double(scored.count(where: holds)) / total : nil }
        let shift = scored.reduce(0.0) { $0 + abs(Double(ranks[$1][area] - own[area])) }
        let row: [Double?] = [
          reference.scores[area], scores?.low, scores?.high, isKnown ? Double(own[area]) : nil, places?.low,
          places?.high, isKnown ? shift / total : nil, worst.map { $0 ? 1 : 0 },
          share { draws[$0].isWorst(area) == true }, share { draws[$0].isWorst(area) != worst },
          share { ranks[$0][area] <= options.top }, Double(reference.count), interval?.low, interval?.high, mean,
          known.min(),
        ]
        for (place, figure) in row.enumerated() { result[place].append(figure) }
      }
      return result
    }

    /// Spearman's correlation of two rankings over the areas that both rank; nil when one does not vary.
    private static func spearman(_ a: [Int], _ b: [Int]) -> Double? {
      let both = a.indices.filter { a[$0] > 0 && b[$0] > 0 }
      let (x, y) = (both.map { Double(a[$0]) }, both.map { Double(b[$0]) })
      guard let first = Moments.mean(x), let last = Moments.mean(y) else { return nil }
      var (xy, xx, yy) = (0.0, 0.0, 0.0)
      for i in x.indices {
        let (dx, dy) = (x[i] - first, y[i] - last)
        xy += dx * dy
        xx += dx * dx
        yy += dy * dy
      }
      return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : nil
    }
  }
}

extension Moments {
  fileprivate static func mean(_ list: [Double]) -> Double? {
    list.isEmpty ? nil : list.reduce(0, +) / Double(list.count)
  }
}
