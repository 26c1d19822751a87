internal import Glibc

/// How the values of a series scatter around its trend.
public enum TrendModel: String, Sendable, CaseIterable {
  /// Counts with variance proportional to their mean; log link, exposure as offset.
  case poisson
  /// Positive values whose logarithm scatters evenly.
  case gaussianLog = "gaussian_log"
  /// Values that scatter evenly around a straight line.
  case linear
}

/// An estimate with its interval.
public struct Estimate: Sendable, Equatable {
  /// The estimate.
  public let value: Double
  /// Its standard error.
  public let standardError: Double
  /// The lower bound of the interval.
  public let lower: Double
  /// The upper bound of the interval.
  public let upper: Double

  init(_ value: Double, variance: Double, quantile: Double) {
    self.value = value
    standardError = max(0, variance).squareRoot()
    lower = value - quantile * standardError
    upper = value + quantile * standardError
  }
}

/// A trend of two straight pieces that meet at a searched break ("kantelpunt").
///
/// With f the logarithm of the mean (`poisson`: minus the log of the exposure) or, for `linear`, the mean itself,
/// f(t) = a + b t + d max(0, t - c). For every admissible time c of the series the other parameters are fitted by maximum
/// likelihood, and the break is the c with the smallest deviance, the earliest among equals: the grid search of segmented
/// and joinpoint regression (Lerman 1980; Kim and others 2000).
///
/// Intervals of slopes take the break as known: `poisson` the normal distribution with the dispersion X^2 / (n - 3), but
/// never less than 1; the other two Student's t with n - 3 degrees of freedom. The interval of the break is the range of c
/// whose profile likelihood lies within the chi-square quantile with one degree of freedom of the best.
public struct SegmentedTrend: Sendable, Equatable {
  /// The time of the break: the last of the first piece and the first of the second.
  public let breakTime: Double
  /// The smallest and largest time that the break may have by its profile likelihood.
  public let breakInterval: ClosedRange<Double>
  /// b: the change of f a unit of time before the break.
  public let slopeBefore: Estimate
  /// b + d: that after the break.
  public let slopeAfter: Estimate
  /// d: the slope after minus the slope before.
  public let difference: Estimate
  /// The deviance at the break: of counts that of the Poisson distribution, else the residual sum of squares.
  public let deviance: Double
  /// The deviance of one straight trend without a break.
  public let devianceWithoutBreak: Double
  /// The dispersion by which variances are multiplied.
  public let dispersion: Double
  /// BIC without a break minus BIC with one, which has two parameters more: positive when a break is worth it.
  public let gain: Double

  /// Whether the trend turns at the break: the slopes have opposite signs.
  public var isTurningPoint: Bool { slopeBefore.value * slopeAfter.value < 0 }

  /// Fits the trend.
  ///
  /// - Parameters:
  ///   - times: the times, rising.
  ///   - values: counts for `poisson` (0 or more), positive for `gaussianLog`.
  ///   - exposure: what the counts are a rate of, positive; without it 1.
  ///   - model: how values scatter.
  ///   - minimumPoints: the fewest observations from each end up to and including the break, 2 or more.
  ///   - level: the level of intervals.
  /// - Returns: nil when there are fewer than 5 observations or no admissible break, or when a value does not suit the
  ///   model.
  public init?(
    times: [Double], values: [Double], exposure: [Double]? = nil, model: TrendModel, minimumPoints: Int = 3,
    level: Double = 0.95
  ) {
    precondition(times.count == values.count && exposure?.count ?? values.count == values.count, "equally long series")
    precondition(minimumPoints >= 2 && level > 0 && level < 1, "at least 2 points, a level between 0 and 1")
    guard let series = TrendSeries(times, values, exposure, model), times.count >= 5 else { return nil }
    let candidates = Array(times[(minimumPoints - 1)...].dropLast(minimumPoints - 1))
    guard !candidates.isEmpty, let straight = series.fit(breakTime: nil) else { return nil }
    var best: (time: Double, fit: TrendSeries.Fit)?
    var deviances: [Double?] = []
    for time in candidates {
      let fit = series.fit(breakTime: time)
      deviances.append(fit?.deviance)
      if let fit, fit.deviance < best?.fit.deviance ?? .infinity { best = (time, fit) }
    }
    guard let best else { return nil }
    breakTime = best.time
    deviance = best.fit.deviance
    devianceWithoutBreak = straight.deviance
    let n = Double(times.count)
    let chance = (1 + level) / 2
    let chiSquare = Normal.quantile(chance) * Normal.quantile(chance)
    let quantile: Double
    let bound: Double
    if model == .poisson {
      dispersion = max(1, best.fit.pearson / (n - 3))
      quantile = Normal.quantile(chance)
      bound = deviance + chiSquare * dispersion
      gain = (straight.deviance - deviance) / dispersion - 2 * log(n)
    } else {
      dispersion = deviance / (n - 3)
      quantile = StudentT.quantile(chance, degrees: n - 3)
      bound = deviance * exp(chiSquare / n)
      gain = (deviance > 0 ? n * log(straight.deviance / deviance) : straight.deviance > 0 ? .infinity : 0) - 2 * log(n)
    }
    let admitted = zip(candidates, deviances).filter { ($0.1 ?? .infinity) <= bound }.map(\.0)
    breakInterval = (admitted.first ?? best.time)...(admitted.last ?? best.time)
    let (b, inverse) = (best.fit.coefficients, best.fit.inverse)
    let scale = dispersion
    slopeBefore = Estimate(b[1], variance: scale * inverse[4], quantile: quantile)
    difference = Estimate(b[2], variance: scale * inverse[8], quantile: quantile)
    slopeAfter = Estimate(
      b[1] + b[2], variance: scale * (inverse[4] + inverse[8] + 2 * inverse[5]), quantile: quantile)
  }
}

/// One straight trend: f(t) = a + b t.
public struct StraightTrend: Sendable, Equatable {
  /// b: the change of f a unit of time, of the mean for `linear` and else of its logarithm.
  public let slope: Estimate
  /// The mean that the trend gives at the last time, a unit of exposure for counts.
  public let fittedAtEnd: Double

  /// Fits the trend as ``SegmentedTrend`` does, with n - 2 degrees of freedom; nil with fewer than 3 observations.
  public init?(
    times: [Double], values: [Double], exposure: [Double]? = nil, model: TrendModel, level: Double = 0.95
  ) {
    precondition(times.count == values.count && exposure?.count ?? values.count == values.count, "equally long series")
    guard times.count >= 3, let series = TrendSeries(times, values, exposure, model),
      let fit = series.fit(breakTime: nil)
    else { return nil }
    let degrees = Double(times.count - 2)
    let chance = (1 + level) / 2
    let isCount = model == .poisson
    let dispersion = isCount ? max(1, fit.pearson / degrees) : fit.deviance / degrees
    slope = Estimate(
      fit.coefficients[1], variance: dispersion * fit.inverse[3],
      quantile: isCount ? Normal.quantile(chance) : StudentT.quantile(chance, degrees: degrees))
    let end = fit.coefficients[0] + fit.coefficients[1] * (times[times.count - 1] - times[0])
    fittedAtEnd = model == .linear ? end : exp(end)
  }
}

/// A series made ready for fitting: times from 0, values on the scale of the model.
struct TrendSeries {
  struct Fit {
    /// a, b and, with a break, d; time counts from the first observation.
    var coefficients: [Double]
    var inverse: [Double]
    var deviance: Double
    var pearson: Double
  }

  private let first: Double
  private let times: [Double]
  private let values: [Double]
  private let offsets: [Double]?
  private let model: TrendModel

  /// nil when there are no observations, or one that the model cannot take.
  init?(_ times: [Double], _ values: [Double], _ exposure: [Double]?, _ model: TrendModel) {
    guard let first = times.first, values.allSatisfy(\.isFinite) else { return nil }
    self.first = first
    self.times = times.map { $0 - first }
    self.model = model
    switch model {
    case .poisson:
      guard values.allSatisfy({ $0 >= 0 }), values.contains(where: { $0 > 0 }),
        exposure?.allSatisfy({ $0 > 0 && $0.isFinite }) ?? true
      else { return nil }
      self.values = values
      offsets = exposure?.map { log($0) }
    case .gaussianLog:
      guard values.allSatisfy({ $0 > 0 }), exposure?.allSatisfy({ $0 > 0 }) ?? true else { return nil }
      self.values = values.enumerated().map { log($0.element / (exposure?[$0.offset] ?? 1)) }
      offsets = nil
    case .linear:
      self.values = values
      offsets = nil
    }
  }

  func fit(breakTime: Double?) -> Fit? {
    var columns = [[Double](repeating: 1, count: times.count), times]
    if let breakTime { columns.append(times.map { max(0, $0 - (breakTime - first)) }) }
    return model == .poisson ? poisson(columns) : gaussian(columns)
  }

  private func gaussian(_ columns: [[Double]]) -> Fit? {
    guard let solution = SmallLeastSquares(columns: columns, y: values) else { return nil }
    var squares = 0.0
    for row in values.indices {
      var rest = values[row]
      for (column, coefficient) in zip(columns, solution.coefficients) { rest -= coefficient * column[row] }
      squares += rest * rest
    }
    return Fit(
      coefficients: solution.coefficients, inverse: solution.inverse, deviance: squares, pearson: squares)
  }

  /// Iteratively reweighted least squares (McCullagh and Nelder 1989, 2.5).
  private func poisson(_ columns: [[Double]]) -> Fit? {
    var total = 0.0
    for value in values { total += value }
    let mean = total / Double(values.count)
    var fitted = values.map { ($0 + mean) / 2 }
    var last = Double.infinity
    for _ in 0..<100 {
      let working = values.indices.map {
        log(fitted[$0]) - (offsets?[$0] ?? 0) + (values[$0] - fitted[$0]) / fitted[$0]
      }
      guard let solution = SmallLeastSquares(columns: columns, y: working, weights: fitted) else { return nil }
      var (deviance, pearson) = (0.0, 0.0)
      for row in values.indices {
        var linear = offsets?[row] ?? 0
        for (column, coefficient) in zip(columns, solution.coefficients) { linear += coefficient * column[row] }
        let (y, m) = (values[row], exp(linear))
        guard m > 0, m.isFinite else { return nil }
        fitted[row] = m
        deviance += 2 * ((y > 0 ? y * log(y / m) : 0) - (y - m))
        pearson += (y - m) * (y - m) / m
      }
      if abs(deviance - last) <= 1e-13 * (deviance + total) {
        return Fit(
          coefficients: solution.coefficients, inverse: solution.inverse, deviance: max(0, deviance), pearson: pearson)
      }
      last = deviance
    }
    return nil
  }
}
