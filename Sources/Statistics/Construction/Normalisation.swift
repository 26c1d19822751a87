/// How an indicator is put on a scale that others share (OECD/JRC handbook, step 5).
///
/// Numbers named here are in the indicator's own unit. With x the value, or minus it when the indicator is turned around:
public enum NormalisationMethod: Sendable, Equatable {
  /// (x - min)/(max - min)(high - low) + low.
  case minMax(low: Double, high: Double)
  /// (x - mean)/sd times `deviation` plus `mean`.
  case zScore(mean: Double, deviation: Double, divisor: VarianceDivisor)
  /// (x - low)/(high - low) times `factor`, with given ends.
  case scaled(low: Double, high: Double, factor: Double)
  /// The rank, 1 the lowest.
  case rank(TieRule)
  /// Borda's count: the rank less 1.
  case borda(TieRule)
  /// (rank - 1)/(n - 1).
  case percentileRank(TieRule)
  /// The standard normal number of the rank.
  case normalScore(NormalScoreConvention, TieRule)
  /// 1 - (max - x)/(max - min).
  case distanceToMaximum
  /// 1 - (reference - x)/(reference - min); values beyond the reference are 1 when `caps`.
  case distanceToReference(Double, caps: Bool)
  /// (x - min)/(target - min), which is the same; values beyond the target are 1 when `caps`.
  case distanceToTarget(Double, caps: Bool)
  /// x/max; turned around min/x. Values must be above 0.
  case fractionOfMaximum
  /// `factor` (x - low)/(high - low), kept between 0 and `factor` when `truncates`.
  case goalposts(low: Double, high: Double, factor: Double, truncates: Bool)
  /// 60 (x - a)/(b - a) + 70 with a, b = reference -+ (max - min)/2: 100 at the reference (adjusted Mazziotta-Pareto); nil
  /// takes the mean for reference.
  case adjusted(reference: Double?)
  /// The score of the class that x falls in, classes being closed on the right; one score more than bounds.
  case categorical(bounds: [Double], scores: [Double])
  /// ``categorical(bounds:scores:)`` with quantiles (type 7) for bounds.
  case quantileClasses(probabilities: [Double], scores: [Double])
}

/// A scale learnt from some areas, to place those and others on.
///
/// Learnt from one period it puts later periods on the same scale: they may then lie outside its ends. Ranks of values that
/// are not among those learnt count the learnt values below them, up to n.
public struct NormalisationScale: Sendable, Equatable {
  private enum Form: Equatable, Sendable {
    /// (x - origin)/range times factor plus offset; `top` is where rounding must not fall short.
    case linear(origin: Double, range: Double, factor: Double, offset: Double, top: Double?)
    case clamped(origin: Double, range: Double, factor: Double, low: Double, high: Double)
    case ratio(best: Double)
    case classes(BoundedClasses, scores: [Double])
    case ranked(EmpiricalDistribution)
  }

  /// The method.
  public let method: NormalisationMethod
  /// Whether values are turned around, so that the lowest comes out highest.
  public let turns: Bool
  private let form: Form

  /// Learns from `values`; nil when the method has no result on them, for example no spread, or no values.
  ///
  /// One value has no percentile rank and no sample deviation. Dense and ordinal ties number one set only: see ``apply(_:isBase:workspace:)``.
  public init?(
    _ method: NormalisationMethod, turns: Bool, learning values: UnsafeBufferPointer<Double>, workspace: RankWorkspace
  ) {
    guard !values.isEmpty else { return nil }
    self.method = method
    self.turns = turns
    let signed = [Double](unsafeUninitializedCapacity: values.count) { output, filled in
      // Adding zero leaves no negative zero.
      for i in values.indices { output.initializeElement(at: i, to: (turns ? -values[i] : values[i]) + 0) }
      filled = values.count
    }
    guard let form = signed.withUnsafeBufferPointer({ Self.learn(method, turns, $0, workspace) }) else { return nil }
    self.form = form
  }

  private static func learn(
    _ method: NormalisationMethod, _ turns: Bool, _ values: UnsafeBufferPointer<Double>, _ workspace: RankWorkspace
  ) -> Form? {
    func signed(_ value: Double) -> Double { turns ? -value : value }
    /// Ends in the indicator's unit, in rising order after turning around.
    func ends(_ low: Double, _ high: Double) -> (Double, Double) { turns ? (-high, -low) : (low, high) }
    func line(_ low: Double, _ high: Double, _ factor: Double, _ offset: Double, top: Double? = nil) -> Form? {
      guard low < high, (high - low).isFinite else { return nil }
      return .linear(origin: low, range: high - low, factor: factor, offset: offset, top: top)
    }
    func clamp(_ low: Double, _ high: Double, _ factor: Double, _ bottom: Double, _ top: Double) -> Form? {
      guard low < high, (high - low).isFinite else { return nil }
      return .clamped(origin: low, range: high - low, factor: factor, low: bottom, high: top)
    }
    let view = ValueView(values)
    let extremes = FixedOrderSum.extremes(view)
    switch method {
    case .minMax(let low, let high):
      return line(extremes.lowest, extremes.highest, high - low, low, top: extremes.highest)
    case .distanceToMaximum: return line(extremes.lowest, extremes.highest, 1, 0, top: extremes.highest)
    case .zScore(let mean, let deviation, let divisor):
      let moments = Moments(view)
      guard let own = moments.mean, let spread = moments.standardDeviation(divisor), spread > 0, spread.isFinite else {
        return nil
      }
      return .linear(origin: own, range: spread, factor: deviation, offset: mean, top: nil)
    case .scaled(let low, let high, let factor):
      let (bottom, top) = ends(low, high)
      return line(bottom, top, factor, 0)
    case .goalposts(let low, let high, let factor, let truncates):
      let (bottom, top) = ends(low, high)
      return truncates ? clamp(bottom, top, factor, 0, factor) : line(bottom, top, factor, 0)
    case .distanceToReference(let value, let caps), .distanceToTarget(let value, let caps):
      return caps
        ? clamp(extremes.lowest, signed(value), 1, -.infinity, 1) : line(extremes.lowest, signed(value), 1, 0)
    case .fractionOfMaximum:
      guard turns ? extremes.highest < 0 : extremes.lowest > 0 else { return nil }
      return .ratio(best: extremes.highest)
    case .adjusted(let reference):
      let half = (extremes.highest - extremes.lowest) / 2
      guard let centre = reference.map(signed) ?? Moments(view).mean else { return nil }
      return line(centre - half, centre + half, 60, 70)
    case .categorical(let bounds, let scores):
      return BoundedClasses(bounds: turns ? bounds.reversed().map { -$0 } : bounds, closure: turns ? .left : .right)
        .map { .classes($0, scores: scores) }
    case .quantileClasses(let probabilities, let scores):
      let bounds = Quantiles.type7(view, probabilities: probabilities, workspace: workspace)
      return BoundedClasses(bounds: bounds, closure: .right).map { .classes($0, scores: scores) }
    case .rank, .borda, .percentileRank, .normalScore:
      if case .percentileRank = method, values.count < 2 { return nil }
      return .ranked(EmpiricalDistribution(values, workspace: workspace))
    }
  }

  /// Puts `list` on the scale, in place.
  ///
  /// - Parameters:
  ///   - list: values in the indicator's own unit.
  ///   - isBase: whether the list is the one the scale was learnt from: ties are then those of the list. Dense and ordinal
  ///     ties need it.
  ///   - workspace: memory for sorting.
  public func apply(_ list: UnsafeMutableBufferPointer<Double>, isBase: Bool, workspace: RankWorkspace) {
    let sign = turns ? -1.0 : 1
    switch form {
    case .linear(let origin, let range, let factor, let offset, let top):
      if let top {
        for i in list.indices {
          let x = sign * list[i] + 0
          list[i] = x == top ? factor + offset : (x - origin) / range * factor + offset
        }
      } else {
        for i in list.indices { list[i] = (sign * list[i] + 0 - origin) / range * factor + offset }
      }
    case .clamped(let origin, let range, let factor, let low, let high):
      for i in list.indices { list[i] = min(max((sign * list[i] + 0 - origin) / range * factor, low), high) }
    case .ratio(let best):
      for i in list.indices { list[i] = turns ? best / (-list[i]) : list[i] / best }
    case .classes(let classes, let scores):
      for i in list.indices { list[i] = scores[classes(sign * list[i] + 0) - 1] }
    case .ranked(let distribution):
      for i in list.indices { list[i] = sign * list[i] + 0 }
      rank(list, distribution, isBase, workspace)
    }
  }

  /// Learns from `list` and puts it on its own scale, in place; false when the method has no result on it.
  ///
  /// As learning and ``apply(_:isBase:workspace:)`` with `isBase`, but ranks are sorted once.
  public static func place(
    _ list: UnsafeMutableBufferPointer<Double>, _ method: NormalisationMethod, turns: Bool, workspace: RankWorkspace
  ) -> Bool {
    let count = list.count
    func ranks(_ ties: TieRule, _ function: (Double) -> Double) -> Bool {
      if turns { for i in list.indices { list[i] = 0 - list[i] } }
      workspace.tieGroups(of: .init(list)).fill(list, ties: ties, function)
      return count > 0
    }
    switch method {
    case .rank(let ties): return ranks(ties) { $0 }
    case .borda(let ties): return ranks(ties) { $0 - 1 }
    case .percentileRank(let ties): return count > 1 && ranks(ties) { ($0 - 1) / Double(count - 1) }
    case .normalScore(let convention, let ties):
      return ranks(ties) { NormalScores.score(rank: $0, count: count, convention: convention) }
    default:
      guard let scale = Self(method, turns: turns, learning: .init(list), workspace: workspace) else { return false }
      scale.apply(list, isBase: true, workspace: workspace)
      return true
    }
  }

  private func rank(
    _ list: UnsafeMutableBufferPointer<Double>, _ distribution: EmpiricalDistribution, _ isBase: Bool,
    _ workspace: RankWorkspace
  ) {
    let count = distribution.count
    func each(_ ties: TieRule, _ function: (Double) -> Double) {
      let groups = workspace.tieGroups(of: .init(list))
      if isBase { return groups.fill(list, ties: ties, function) }
      guard let rule = AnchoredTieRule(ties) else { preconditionFailure("dense and ordinal ties number one set only") }
      distribution.forEachGroup(groups) { group, below, atMost in
        let equal = Double(max(atMost - below - 1, 0))
        let shared = rule == .average ? equal / 2 : rule == .maximum ? equal : 0
        let result = function(min(Double(below) + shared, Double(count - 1)) + 1)
        for place in groups.places(group) { list[Int(groups.order[place])] = result }
      }
    }
    switch method {
    case .borda(let ties): each(ties) { $0 - 1 }
    case .percentileRank(let ties): each(ties) { ($0 - 1) / Double(count - 1) }
    case .normalScore(let convention, let ties):
      each(ties) { NormalScores.score(rank: $0, count: count, convention: convention) }
    case .rank(let ties): each(ties) { $0 }
    default: preconditionFailure("only ranks keep a distribution")
    }
  }
}
