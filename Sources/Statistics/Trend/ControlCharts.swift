internal import Glibc

/// The mean and spread of the first part of a series, against which the rest is watched.
public struct Baseline: Sendable, Equatable {
  /// How many observations it rests on.
  public let count: Int
  /// Their mean.
  public let mean: Double
  /// Their standard deviation with n - 1.
  public let standardDeviation: Double

  /// The baseline of values; nil with fewer than two or without spread.
  public init?(_ values: [Double]) {
    let moments = values.withUnsafeBufferPointer { Moments(ValueView($0)) }
    guard let mean = moments.mean, let deviation = moments.standardDeviation(), deviation > 0 else { return nil }
    count = values.count
    self.mean = mean
    standardDeviation = deviation
  }

  /// How many standard deviations a value lies from the mean.
  public func standardised(_ value: Double) -> Double { (value - mean) / standardDeviation }
}

/// A two-sided cumulative sum chart (Page 1954) of standardised values.
///
/// C+ = max(0, C+ + z - k) and C- = max(0, C- - z - k), both from 0; a signal is a sum above h.
public struct Cusum: Sendable, Equatable {
  /// The sums for a rise, one a value.
  public let upper: [Double]
  /// The sums for a fall, one a value.
  public let lower: [Double]
  /// The place of the first rise above the limit, or nil.
  public let firstRise: Int?
  /// The place of the first fall below the limit, or nil.
  public let firstFall: Int?

  /// The chart of standardised values.
  /// - Parameters:
  ///   - slack: k, half the shift to find, in standard deviations.
  ///   - limit: h, in standard deviations.
  public init(_ z: [Double], slack: Double = 0.5, limit: Double = 4) {
    var (up, down) = (0.0, 0.0)
    var (upper, lower): ([Double], [Double]) = ([], [])
    for value in z {
      up = max(0, up + value - slack)
      down = max(0, down - value - slack)
      upper.append(up)
      lower.append(down)
    }
    self.upper = upper
    self.lower = lower
    firstRise = upper.firstIndex { $0 > limit }
    firstFall = lower.firstIndex { $0 > limit }
  }
}

/// An exponentially weighted moving average chart (Roberts 1959) of standardised values.
///
/// E_i = lambda z_i + (1 - lambda) E_(i-1) from 0, whose variance for independent z of variance 1 is
/// lambda / (2 - lambda) (1 - (1 - lambda)^(2 i)).
public struct Ewma: Sendable, Equatable {
  /// The averages, one a value.
  public let averages: [Double]
  /// Their standard deviations.
  public let deviations: [Double]
  /// The place of the first average beyond `limit` standard deviations, or nil.
  public let firstSignal: Int?

  /// The chart of standardised values; `weight` is lambda, between 0 (excluded) and 1.
  public init(_ z: [Double], weight: Double = 0.3, limit: Double = 3) {
    precondition(weight > 0 && weight <= 1, "a weight lies above 0 and at most at 1")
    var average = 0.0
    var rest = 1.0
    var (averages, deviations): ([Double], [Double]) = ([], [])
    for value in z {
      average = weight * value + (1 - weight) * average
      rest *= (1 - weight) * (1 - weight)
      averages.append(average)
      deviations.append((weight / (2 - weight) * (1 - rest)).squareRoot())
    }
    self.averages = averages
    self.deviations = deviations
    firstSignal = zip(averages, deviations).enumerated().first { abs($1.0) > limit * $1.1 }?.offset
  }

  /// The two-sided probability of the last average under an unchanged series, by the t distribution with the baseline's
  /// degrees of freedom; nil for an empty chart.
  ///
  /// The error of the baseline's mean adds (1 - (1 - lambda)^n)^2 / m to the variance.
  public func probability(weight: Double, baseline: Int) -> Double? {
    guard let last = averages.last, let deviation = deviations.last, baseline > 1 else { return nil }
    let share = 1 - pow(1 - weight, Double(averages.count))
    let total = (deviation * deviation + share * share / Double(baseline)).squareRoot()
    return 2 * StudentT.cumulative(-abs(last) / total, degrees: Double(baseline - 1))
  }
}

/// Control of the share of false alarms among alarms.
public enum FalseDiscovery {
  /// Probabilities adjusted by Benjamini and Hochberg (1995): p_(i) m / i, made monotone from the largest down, at most 1.
  ///
  /// Absent probabilities stay absent and do not count in m. An alarm at q is an adjusted probability of at most q.
  public static func adjusted(_ probabilities: [Double?]) -> [Double?] {
    let present = probabilities.indices.filter { probabilities[$0] != nil }
    let order = present.sorted { a, b in
      let (x, y) = (probabilities[a] ?? 1, probabilities[b] ?? 1)
      return x != y ? x < y : a < b
    }
    var result = [Double?](repeating: nil, count: probabilities.count)
    var least = 1.0
    for (place, index) in order.enumerated().reversed() {
      least = min(least, (probabilities[index] ?? 1) * Double(order.count) / Double(place + 1))
      result[index] = least
    }
    return result
  }
}
