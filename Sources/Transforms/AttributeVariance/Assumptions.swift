import PipelineKit
import Statistics

/// The assumptions that a replicate draws, each with coordinates of its own in a low-discrepancy sample.
struct Assumptions {
  /// The results whose variance is attributed.
  static let results = ["rank_shift", "mean_score", "worst_count"]

  /// Their names, in the order of the output.
  let names: [String]
  /// The coordinates of each assumption.
  private let coordinates: [[Int]]
  private let dimension: Int
  /// The first coordinate of the domains' weights and of the inputs' noise; the method's and the base's stand before.
  private let weightStart: Int
  private let inputStart: Int
  private let hasInputApart: Bool
  private let options: AttributeVariance.Options

  init(_ profiles: [Profile], _ options: AttributeVariance.Options) throws(SpecError) {
    self.options = options
    var (names, coordinates, next): ([String], [[Int]], Int) = ([], [], 0)
    func take(_ name: String, _ count: Int) {
      names.append(name)
      coordinates.append(Array(next..<(next + count)))
      next += count
    }
    if profiles.count > 1 { take("methods", 1) }
    if !options.bases.isEmpty { take("bases", 1) }
    weightStart = next
    if options.noise.variesWeights {
      let domains = profiles[0].domains.map(\.id.text)
      if options.each {
        for (profile, path) in zip(profiles, [options.profile] + options.methods)
        where profile.domains.map(\.id.text) != domains {
          throw SpecError(path.position, "\"each\" takes weights apart by domain; this profile has other domains")
        }
        for domain in domains { take("weight_" + domain, 1) }
      } else {
        take("weights", profiles.map(\.domains.count).max() ?? 1)
      }
    }
    inputStart = next
    let noisy = options.noise.noisy
    // One coordinate an input while there is room for all, else one for all inputs together.
    hasInputApart = options.each || 2 * (next + noisy.count) <= SobolSequence.largestDimension
    if options.each {
      for name in noisy { take("input_" + name, 1) }
    } else if !noisy.isEmpty {
      take("inputs", hasInputApart ? noisy.count : 1)
    }
    guard !names.isEmpty else {
      throw SpecError(
        options.profile.position, "nothing varies; give \"methods\", \"bases\", \"weights\", \"inputs\" or \"margins\"")
    }
    guard 2 * next <= SobolSequence.largestDimension else {
      throw SpecError(
        options.profile.position,
        "\(next) assumptions are too many, expected at most \(SobolSequence.largestDimension / 2); leave \"each\" out, "
          + "or some inputs")
    }
    (self.names, self.coordinates, dimension) = (names, coordinates, next)
  }

  /// What the sample's replicates gave.
  struct Sample {
    /// For each result: of sample A, of sample B, and of A with each assumption from B.
    fileprivate let lists: [[[Double]]]

    /// The Sobol' indices of a result; nil when it does not vary.
    func indices(_ result: Int, _ options: AttributeVariance.Options) -> SobolIndices? {
      SobolIndices(
        a: lists[result][0], b: lists[result][1], mixed: Array(lists[result].dropFirst(2)), draws: options.draws,
        level: options.level, seed: UInt64(options.seed))
    }

    /// The mean and the deviation (divided by n) of a result over samples A and B.
    func moments(_ result: Int) -> [Double?] {
      let spread = Spread(lists[result][0] + lists[result][1])
      return [spread?.mean, spread?.deviation()]
    }
  }

  /// Scores every replicate of the sample; those for which a result does not exist are left out in all of it.
  func results(_ scorers: [AnchoredScorer], _ noise: InputNoise, _ context: RunContext) -> Sample {
    let sequence = SobolSequence(dimension: 2 * dimension, seed: UInt64(options.seed))
    let runs = names.count + 2
    // The scorers are only read.
    nonisolated(unsafe) let scorers = scorers
    let plan = self
    let drawn = context.replicated(options.samples, blank: [[Double?]]()) {
      let scorer = ReplicateScorer(scorers, classes: plan.options.classes)
      let reference = scorer.reference
      let own = reference.ranks
      return { sample in
        let point = sequence.point(UInt32(truncatingIfNeeded: sample))
        let (a, b) = (Array(point[..<plan.dimension]), Array(point[plan.dimension...]))
        return (0..<runs).map { run in
          var mixed = run == 1 ? b : a
          if run > 1 { for coordinate in plan.coordinates[run - 2] { mixed[coordinate] = b[coordinate] } }
          return Self.results(of: plan.draw(mixed, scorers, scorer, noise), own)
        }
      }
    }
    let lists = Self.results.indices.map { result in
      let kept = drawn.filter { runs in runs.allSatisfy { $0[result] != nil } }
      return (0..<runs).map { run in kept.map { $0[run][result] ?? 0 } }
    }
    return Sample(lists: lists)
  }

  /// The results of one replicate beside the ranks under the profile as it is.
  private static func results(of draw: Replicates.Draw, _ own: [Int]) -> [Double?] {
    let ranks = draw.ranks
    let both = ranks.indices.filter { ranks[$0] > 0 && own[$0] > 0 }
    guard !both.isEmpty else { return [nil, nil, nil] }
    let shift = both.reduce(0) { $0 + abs(ranks[$1] - own[$1]) }
    let scores = draw.scores.compactMap { $0 }
    return [
      Double(shift) / Double(both.count), scores.reduce(0, +) / Double(scores.count),
      draw.bound == nil ? nil : Double(draw.count),
    ]
  }

  /// The replicate at a point.
  private func draw(
    _ point: [Double], _ scorers: [AnchoredScorer], _ scorer: ReplicateScorer, _ noise: InputNoise
  ) -> Replicates.Draw {
    func place(_ coordinate: Int, of count: Int) -> Int {
      count > 1 ? min(Int(point[coordinate] * Double(count)), count - 1) : 0
    }
    let bases = 1 + options.bases.count
    let profiles = scorers.count / bases
    let method = place(0, of: profiles) + profiles * place(profiles > 1 ? 1 : 0, of: bases)
    let means = scorers[method].profile.domains.map(\.weight)
    let shares =
      options.noise.variesWeights ? options.noise.shares(means, draws: Array(point[weightStart...])) : nil
    let noisy = options.noise.noisy
    if noisy.isEmpty { return scorer.score(method: method, shares: shares) }
    return scorer.score(method: method, shares: shares) { indicators in
      for (place, name) in noisy.enumerated() {
        let coordinate = point[inputStart + (hasInputApart ? place : 0)]
        let key = CounterGenerator.key(seed: UInt64(options.seed), stream: "input " + name)
        for domain in indicators.indices {
          for indicator in indicators[domain].indices where indicators[domain][indicator].name == name {
            var random = CounterGenerator(key: key, replicate: UInt64(coordinate * 0x1p32))
            noise.apply(&indicators[domain][indicator], &random)
          }
        }
      }
    }
  }
}
