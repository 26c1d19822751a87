/// The two figures of a benchmark set, which differ when its members differ in size.
public enum BenchmarkFigures {
  /// The unweighted mean of the members that have a value; nil when none has.
  public static func mean(_ values: [Double?]) -> Double? {
    let present = values.compactMap(\.self)
    return present.withUnsafeBufferPointer { Moments(ValueView($0)).mean }
  }

  /// The pooled rate: factor * sum of numerators / sum of denominators, over the members that have both.
  ///
  /// nil when no member has both or when the denominators sum to 0 or less.
  public static func pooledRate(numerators: [Double?], denominators: [Double?], factor: Double = 1) -> Double? {
    precondition(numerators.count == denominators.count, "a denominator for each numerator is needed")
    var (above, below) = (NeumaierSum(), NeumaierSum())
    for case (let numerator?, let denominator?) in zip(numerators, denominators) {
      above.add(numerator)
      below.add(denominator)
    }
    return below.value > 0 ? factor * above.value / below.value : nil
  }

  /// The rank of `value` among the others and itself, from 1 for the highest or lowest; ties share the smallest rank.
  ///
  /// Absent others do not count.
  public static func rank(_ value: Double, among others: [Double?], highestFirst: Bool = true) -> Int {
    1 + others.count { other in other.map { highestFirst ? $0 > value : $0 < value } ?? false }
  }

  /// How many of the others have exactly this value.
  public static func ties(_ value: Double, among others: [Double?]) -> Int { others.count { $0 == value } }

  /// The value minus the median of the present values of a set, in which it may stand itself; nil when there are none.
  public static func distanceToMedian(_ value: Double, of set: [Double?]) -> Double? {
    let sorted = set.compactMap(\.self).sorted()
    return sorted.withUnsafeBufferPointer { Quantiles.type7(sorted: $0, probability: 0.5) }.map { value - $0 }
  }
}
