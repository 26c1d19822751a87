import Statistics

/// The value and the ends of one cell's interval.
struct IntervalBounds {
  private let method: IntervalTransform.Method
  private let level: Double
  private let scale: Double
  private let isShare: Bool
  private let isPercent: Bool
  private let steps: (own: Double?, of: Double?)

  init(_ options: IntervalTransform.Options, scale: Double, isShare: Bool) {
    (method, level, self.scale, self.isShare) = (options.method, options.level, scale, isShare)
    isPercent = options.share.percent != nil
    steps = (isPercent ? options.rounding?.percent : options.rounding?.count, options.rounding?.of)
  }

  /// The value, the lower and the upper end; nil where there is none.
  func figures(_ count: Double, _ total: Double?) -> [Double?] {
    guard let total else {
      // A percent of nobody knows what, or events as a count.
      let unit = isPercent ? 100.0 : 1
      if isPercent, count > 100 { return [nil, nil, nil] }
      let range = around(count, steps.own, upTo: isPercent ? 100 : .infinity)
      let ends = ends(range.low, nil, range.high, nil)
      return [count / unit, ends?.low.map { $0 / unit }, ends?.high.map { $0 / unit }].map { $0.map { $0 * scale } }
    }
    guard total > 0, !isShare || count <= total else { return [nil, nil, nil] }
    let totals = around(total, steps.of, upTo: .infinity)
    let (low, high): (Double, Double)
    if isPercent {
      let percents = around(100 * count / total, steps.own, upTo: isShare ? 100 : .infinity)
      (low, high) = (percents.low / 100 * totals.high, percents.high / 100 * totals.low)
    } else {
      let counts = around(count, steps.own, upTo: .infinity)
      (low, high) = (counts.low, counts.high)
    }
    let ends = ends(low, totals.high, high, totals.low)
    return [count / total, ends?.low, ends?.high].map { $0.map { $0 * scale } }
  }

  private func around(_ value: Double, _ step: Double?, upTo limit: Double) -> Interval {
    guard let step else { return Interval(low: value, high: value) }
    return RoundingNoise(step: step).interval(value, limits: 0...limit)
  }

  /// The lower end at the smallest count of the largest total and the upper end at the largest of the smallest.
  private func ends(_ low: Double, _ most: Double?, _ high: Double, _ least: Double?)
    -> (low: Double?, high: Double?)?
  {
    func end(_ count: Double, _ total: Double?, _ pick: (Interval) -> Double) -> Double? {
      let count = isShare ? min(count, total ?? count) : count
      if let total, total <= 0 { return isShare ? 1 : nil }
      switch method {
      case .wilson: return total.flatMap { Interval.wilson(count, of: $0, level: level) }.map(pick)
      case .jeffreys: return total.flatMap { Interval.jeffreys(count, of: $0, level: level) }.map(pick)
      case .poisson: return Interval.poissonExact(count, level: level).map { pick($0) / (total ?? 1) }
      case .byar: return Interval.byar(count, level: level).map { pick($0) / (total ?? 1) }
      case .rounding: return count / (total ?? 1)
      }
    }
    return (end(low, most, \.low), end(high, least, \.high))
  }
}
