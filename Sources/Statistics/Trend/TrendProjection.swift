/// How a series is carried on.
public enum ProjectionMethod: String, Sendable, CaseIterable {
  /// A straight line by least squares; its residuals scatter around it.
  case linear
  /// A straight trend with first-order autoregressive deviations: y_t = c + d t + rho y_(t-1) + e_t, by least squares.
  case autoregressive = "ar1"
}

/// A series carried on along its trend, with bands by a seeded block bootstrap.
///
/// Each draw takes the residuals in circular blocks (Politis and Romano 1992), scaled by sqrt(n / (n - p)), builds a
/// series from them, fits anew, carries on from there and adds a residual to each future value. Bands are quantiles of
/// type 7 over the draws, so they hold the uncertainty of the trend and the scatter of single years. `ar1` starts from
/// the last observation, and rho is held to +-0.98 (with c and d fitted again) so that the path settles on its trend.
///
/// Years to a target count from the last time: for `linear` to where the fitted line meets the target, for `ar1` to where
/// the expected path first does, within 500 steps. A trend that leads away never reaches it: nil.
public struct TrendProjection: Sendable, Equatable {
  /// A future time.
  public struct Point: Sendable, Equatable {
    /// The time.
    public let time: Double
    /// What the trend gives.
    public let value: Double
    /// The lower bound of the band.
    public let lower: Double
    /// The upper bound of the band.
    public let upper: Double
  }

  /// When a target is reached.
  public struct Arrival: Sendable, Equatable {
    /// Years from the last time, 0 when it is reached already; nil when the trend leads away from it.
    public let years: Double?
    /// The lower bound over the draws; nil when fewer draws than that arrive.
    public let lower: Double?
    /// The upper bound over the draws; nil when the draws beyond it never arrive.
    public let upper: Double?
    /// The share of draws that ever arrive.
    public let share: Double
  }

  /// One point a step of the horizon, one unit of time apart.
  public let points: [Point]
  /// The change a unit of time of the trend: the slope, for `ar1` d / (1 - rho).
  public let slope: Double
  /// The first autocorrelation of `ar1`, else nil.
  public let autocorrelation: Double?
  /// When the target is reached, when there is one.
  public let arrival: Arrival?

  /// Carries a series on.
  ///
  /// - Parameters:
  ///   - times: the times, rising; for `ar1` one unit apart.
  ///   - values: one a time.
  ///   - method: linear or with autoregressive deviations.
  ///   - horizon: how many steps of one unit, 0 or more.
  ///   - target: the value to reach.
  ///   - draws: bootstrap draws, 1 or more.
  ///   - block: residuals that are drawn together, 1 or more.
  ///   - level: the level of bands.
  ///   - seed: the same seed gives the same bands.
  /// - Returns: nil with fewer than 3 (`linear`) or 5 (`ar1`) observations, or with gaps under `ar1`.
  public init?(
    times: [Double], values: [Double], method: ProjectionMethod, horizon: Int, target: Double? = nil, draws: Int = 999,
    block: Int = 2, level: Double = 0.9, seed: UInt64 = 1
  ) {
    precondition(times.count == values.count, "equally long series")
    precondition(horizon >= 0 && draws > 0 && block > 0 && level > 0 && level < 1, "out of range")
    guard let last = times.last, let path = TrendPath(times, values, method) else { return nil }
    slope = path.slope
    autocorrelation = method == .linear ? nil : path.rho
    let expected = path.future(horizon)
    let residuals = path.residuals(values)
    var random = CounterGenerator(seed: seed, stream: "projection")
    var futures = [[Double]](repeating: [], count: horizon)
    var arrivals: [Double] = []
    let end = path.end
    for _ in 0..<draws {
      let drawn = path.series(Self.blocks(residuals, values.count, block, &random))
      guard var again = TrendPath(times, drawn, method) else { continue }
      if method == .autoregressive { again.last = values[values.count - 1] }
      if let target {
        arrivals.append(again.years(to: target, from: end) ?? .infinity)
      }
      let steps = again.future(horizon, Self.blocks(residuals, horizon, block, &random))
      for (step, value) in steps.enumerated() { futures[step].append(value) }
    }
    let tails = [(1 - level) / 2, (1 + level) / 2]
    points = expected.enumerated().map { step, value in
      let bounds = Self.quantiles(futures[step], tails)
      return Point(time: last + Double(step + 1), value: value, lower: bounds[0] ?? value, upper: bounds[1] ?? value)
    }
    arrival = target.map { target in
      let bounds = Self.quantiles(arrivals, tails).map { $0.flatMap { $0.isFinite ? $0 : nil } }
      return Arrival(
        years: path.years(to: target, from: end), lower: bounds[0], upper: bounds[1],
        share: arrivals.isEmpty ? 0 : Double(arrivals.count { $0.isFinite }) / Double(arrivals.count))
    }
  }

  /// So many residuals, in circular blocks.
  private static func blocks(
    _ residuals: [Double], _ count: Int, _ block: Int, _ random: inout CounterGenerator
  ) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(count + block)
    while result.count < count {
      let start = random.index(below: residuals.count)
      for step in 0..<block { result.append(residuals[(start + step) % residuals.count]) }
    }
    return Array(result.prefix(count))
  }

  /// Quantiles of type 7, where infinities are ordinary extremes; nil for none.
  private static func quantiles(_ values: [Double], _ probabilities: [Double]) -> [Double?] {
    let sorted = values.sorted()
    return sorted.withUnsafeBufferPointer { sorted in
      probabilities.map { Quantiles.type7(sorted: sorted, probability: $0) }
    }
  }
}

/// A fitted line with or without memory.
private struct TrendPath {
  private let times: [Double]
  private let method: ProjectionMethod
  /// c and d of y = c + d t + rho y_(t-1), with time from the first observation.
  private let constant: Double
  private let drift: Double
  let rho: Double
  /// The value from which `ar1` goes on.
  var last: Double
  private let firstValue: Double

  init?(_ times: [Double], _ values: [Double], _ method: ProjectionMethod) {
    guard let first = times.first, let lastValue = values.last, times.count >= (method == .linear ? 3 : 5) else {
      return nil
    }
    self.times = times.map { $0 - first }
    self.method = method
    firstValue = values[0]
    last = lastValue
    guard method == .autoregressive else {
      let ones = [Double](repeating: 1, count: times.count)
      guard let fit = SmallLeastSquares(columns: [ones, self.times], y: values) else { return nil }
      (constant, drift, rho) = (fit.coefficients[0], fit.coefficients[1], 0)
      return
    }
    for (one, next) in zip(times, times.dropFirst()) where next - one != 1 { return nil }
    let ones = [Double](repeating: 1, count: times.count - 1)
    let (later, before, after) = (Array(self.times.dropFirst()), Array(values.dropLast()), Array(values.dropFirst()))
    // Without scatter around the line the lagged value is a line itself: no memory.
    let free = SmallLeastSquares(columns: [ones, later, before], y: after)
    let wanted = free?.coefficients[2] ?? 0
    if let free, abs(wanted) <= 0.98 {
      (constant, drift, rho) = (free.coefficients[0], free.coefficients[1], wanted)
      return
    }
    let held = free == nil ? 0 : min(max(wanted, -0.98), 0.98)
    let rest = zip(after, before).map { $0 - held * $1 }
    guard let fit = SmallLeastSquares(columns: [ones, later], y: rest) else { return nil }
    (constant, drift, rho) = (fit.coefficients[0], fit.coefficients[1], held)
  }

  var slope: Double { drift / (1 - rho) }

  /// Where the path stands at the last time: the fitted value, for `ar1` the observation.
  var end: Double { method == .linear ? constant + drift * (times.last ?? 0) : last }

  /// Residuals, centred and scaled for the parameters that were fitted.
  func residuals(_ values: [Double]) -> [Double] {
    var rest: [Double] = []
    if method == .linear {
      rest = zip(times, values).map { $1 - constant - drift * $0 }
    } else {
      for row in 1..<values.count { rest.append(values[row] - constant - drift * times[row] - rho * values[row - 1]) }
    }
    let n = Double(rest.count)
    var mean = 0.0
    for value in rest { mean += value }
    mean /= n
    let parameters = method == .linear ? 2.0 : 3.0
    let scale = n > parameters ? (n / (n - parameters)).squareRoot() : 1
    return rest.map { ($0 - mean) * scale }
  }

  /// A series of the same times with the given scatter.
  func series(_ scatter: [Double]) -> [Double] {
    guard method == .autoregressive else { return zip(times, scatter).map { constant + drift * $0 + $1 } }
    var result = [firstValue]
    for row in 1..<times.count { result.append(constant + drift * times[row] + rho * result[row - 1] + scatter[row]) }
    return result
  }

  /// The values of the next steps, with scatter or without.
  func future(_ steps: Int, _ scatter: [Double]? = nil) -> [Double] {
    var result: [Double] = []
    var value = last
    let end = times.last ?? 0
    for step in 0..<steps {
      let expected = constant + drift * (end + Double(step + 1)) + rho * value
      value = expected + (scatter?[step] ?? 0)
      result.append(value)
    }
    return result
  }

  /// Time from the last observation until the path meets `target`; 0 when it lies beyond it already, seen from `from`.
  func years(to target: Double, from: Double) -> Double? {
    let side = target - from
    guard side != 0 else { return 0 }
    if side > 0 ? end >= target : end <= target { return 0 }
    if method == .linear {
      let years = (target - end) / drift
      return years > 0 && years.isFinite ? years : nil
    }
    var before = last
    for (step, value) in future(500).enumerated() {
      if side > 0 ? value >= target : value <= target {
        return Double(step) + (value == before ? 1 : (target - before) / (value - before))
      }
      before = value
    }
    return nil
  }
}
