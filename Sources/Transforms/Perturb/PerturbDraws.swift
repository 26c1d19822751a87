import PipelineKit
import Statistics
import Synchronization

/// Scores an index under drawn choices.
struct PerturbDraws {
  enum Assumption: String, Sendable {
    case treat, normalise, combine, weights
  }

  /// The assumptions that vary.
  let assumptions: [Assumption]
  private let structure: IndexStructure
  private let options: Perturb.Options
  /// Indicators under each choice of treatment and then of scale; only read.
  private let variants: [ValueMatrix]
  private let methods: [AggregationMethod]
  private let scales: Int
  private let rows: Int

  /// The assumptions that have more than one choice.
  static func assumptions(_ options: Perturb.Options, _ scales: Int) -> [Assumption] {
    var result: [Assumption] = []
    if options.treat.count > 1 { result.append(.treat) }
    if scales > 1 { result.append(.normalise) }
    if options.combine.count > 1 { result.append(.combine) }
    if options.noise > 0 { result.append(.weights) }
    return result
  }

  init(_ tree: IndicatorTree, _ options: Perturb.Options, _ variants: [ValueMatrix]) {
    var places: [String: Int] = [:]
    for (place, name) in tree.names.enumerated() { places[name] = place }
    structure = IndexStructure(
      indicators: tree.indicators.count,
      aggregates: tree.aggregates.map { aggregate in
        .init(parts: aggregate.parts.compactMap { places[$0.name.text] }, weights: aggregate.parts.map(\.weight))
      })
    scales = variants.count / options.treat.count
    assumptions = Self.assumptions(options, scales)
    methods = options.combine.map { method in
      var level = CombineLevel()
      level.method = method
      return level.aggregation
    }
    rows = variants[0].rowCount
    (self.options, self.variants) = (options, variants)
  }

  /// The scores and ranks under the choices that a point of the unit cube stands for; nil for the index as it is.
  private func score(_ point: ArraySlice<Double>?, _ key: UInt64, _ room: IndexStructure.Room)
    -> (scores: [Double?], ranks: [Double])
  {
    var (treat, scale, method) = (0, 0, 0)
    var weights: [[Double]]?
    for (assumption, u) in zip(assumptions, point ?? []) {
      func choice(_ count: Int) -> Int { min(Int(u * Double(count)), count - 1) }
      switch assumption {
      case .treat: treat = choice(options.treat.count)
      case .normalise: scale = choice(scales)
      case .combine: method = choice(methods.count)
      case .weights:
        // The same coordinate always gives the same weights.
        var random = CounterGenerator(key: key, replicate: UInt64(u * 0x1p52))
        weights = structure.noisyWeights(options.noise, &random)
      }
    }
    let scores = structure.scores(
      variants[treat * scales + scale], weights: weights, method: methods[method], missing: options.missing.rule, room)
    return (scores, IndexStructure.ranks(scores, room))
  }

  /// The results of `count` pieces of work, each by its number with memory of its own, in order.
  private func run<Result: Sendable>(
    _ count: Int, _ context: RunContext, _ work: (Int, IndexStructure.Room) -> Result
  ) -> [Result] {
    let results = Mutex([Result?](repeating: nil, count: count))
    let size = 32
    let blocks = (count + size - 1) / size
    let next = Atomic<Int>(0)
    // The variants are only read.
    nonisolated(unsafe) let plan = self
    nonisolated(unsafe) let body = work
    context.parallel(max(1, min(context.threads, blocks))) { _ in
      let room = IndexStructure.Room(rows: plan.rows, plan.structure)
      while true {
        let block = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard block < blocks else { return }
        let range = (block * size)..<min((block + 1) * size, count)
        let own: [Result?] = range.map { body($0, room) }
        results.withLock { $0.replaceSubrange(range, with: own) }
      }
    }
    return results.withLock { $0.compactMap { $0 } }
  }

  private var key: UInt64 { CounterGenerator.key(seed: UInt64(options.seed), stream: "perturb") }

  /// The figures of each area.
  func areas(_ context: RunContext) -> [[Double?]] {
    let key = self.key
    let own = score(nil, key, IndexStructure.Room(rows: rows, structure))
    let sequence = SobolSequence(dimension: max(assumptions.count, 1), seed: UInt64(options.seed))
    let ranks = run(options.replicates, context) { score(sequence.point(UInt32($0))[...], key, $1).ranks }
    return (0..<rows).map { area in
      let list = ranks.compactMap { $0[area] > 0 ? $0[area] : nil }
      guard let score = own.scores[area], !list.isEmpty else { return [Double?](repeating: nil, count: 7) }
      let interval = Intervals.percentiles(list, level: options.level)
      let count = Double(list.count)
      let shift = list.reduce(0) { $0 + abs($1 - own.ranks[area]) } / count
      return [
        score, own.ranks[area], list.reduce(0, +) / count, Intervals.percentiles(list, level: 0)?.low, interval?.low,
        interval?.high, shift,
      ]
    }
  }

  /// The figures of each assumption.
  func indices(_ context: RunContext) -> [[Double?]] {
    let key = self.key
    let own = score(nil, key, IndexStructure.Room(rows: rows, structure)).ranks
    let d = assumptions.count
    let sequence = SobolSequence(dimension: 2 * d, seed: UInt64(options.seed))
    let shifts = run(options.replicates * (d + 2), context) { number, room in
      let (row, sample) = (number / (d + 2), number % (d + 2))
      let point = sequence.point(UInt32(row))
      var mixed = sample == 1 ? Array(point[d...]) : Array(point[..<d])
      if sample > 1 { mixed[sample - 2] = point[d + sample - 2] }
      return IndexStructure.meanShift(own, score(mixed[...], key, room).ranks)
    }
    func sample(_ number: Int) -> [Double] { (0..<options.replicates).map { shifts[$0 * (d + 2) + number] } }
    guard
      let indices = SobolIndices(
        a: sample(0), b: sample(1), mixed: (0..<d).map { sample($0 + 2) }, level: options.level,
        seed: UInt64(options.seed))
    else { return assumptions.map { _ in [Double?](repeating: nil, count: 7) } }
    return assumptions.indices.map { place in
      let (first, total) = (indices.first[place], indices.total[place])
      return [first.value, first.low, first.high, total.value, total.low, total.high, indices.variance]
    }
  }
}
