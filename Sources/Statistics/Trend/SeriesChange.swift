internal import Glibc

/// Changes between two moments of one series, and beside the same change of a benchmark.
public enum SeriesChange {
  /// The change in percent: 100 (after / before - 1); nil when `before` is 0.
  public static func percent(from before: Double, to after: Double) -> Double? {
    before == 0 ? nil : 100 * (after / before - 1)
  }

  /// The index of a value with base 100: 100 value / base; nil when the base is 0.
  public static func index(_ value: Double, base: Double) -> Double? { base == 0 ? nil : 100 * value / base }

  /// The compound annual growth rate as a share: (after / before)^(1 / periods) - 1.
  ///
  /// nil unless both values and the number of periods are positive.
  public static func compoundGrowth(from before: Double, to after: Double, periods: Double) -> Double? {
    guard before > 0, after > 0, periods > 0 else { return nil }
    return pow(after / before, 1 / periods) - 1
  }

  /// The own change minus the benchmark's: (x_T - x_0) - (b_T - b_0), in the unit of the series.
  public static func difference(
    own: (before: Double, after: Double), benchmark: (before: Double, after: Double)
  ) -> Double {
    (own.after - own.before) - (benchmark.after - benchmark.before)
  }

  /// The share of the gap with the benchmark that is closed: 1 - gap_T / gap_0 with gap = own - benchmark.
  ///
  /// 1 when it is closed, above 1 when it is overshot, negative when it has grown; nil when there was no gap.
  public static func catchUp(
    own: (before: Double, after: Double), benchmark: (before: Double, after: Double)
  ) -> Double? {
    let first = own.before - benchmark.before
    return first == 0 ? nil : 1 - (own.after - benchmark.after) / first
  }

  /// The place of the smallest and of the largest value, the first of equals; nil when there are none.
  ///
  /// The turning point ("kantelpunt") of a series that falls and then rises is its smallest value.
  public static func extremes(_ values: [Double]) -> (smallest: Int, largest: Int)? {
    guard !values.isEmpty else { return nil }
    var (smallest, largest) = (0, 0)
    for place in values.indices.dropFirst() {
      if values[place] < values[smallest] { smallest = place }
      if values[place] > values[largest] { largest = place }
    }
    return (smallest, largest)
  }
}
