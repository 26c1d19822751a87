/// Winsorisation and, where that does not suffice, a transform: the two-stage treatment of COINr and the COIN Tool.
///
/// An indicator passes when the absolute skewness is below its threshold or the kurtosis is below its own. One that does not
/// is winsorised; one that still does not gets the transform, on its original values.
public struct OutlierTreatment: Sendable, Equatable {
  /// The absolute skewness that is too much.
  public var skewness: Double
  /// The kurtosis that is too much.
  public var kurtosis: Double
  /// Winsorising stops when so many points hold a value that is not their own; nil sets no limit.
  public var maximumPoints: Int?
  /// The second stage, or nil for none.
  public var transform: ValueTransform?
  /// Whether the second stage works on the winsorised values instead of the original ones.
  public var combines: Bool

  /// A treatment; the defaults are those of COINr 1.1.14.
  public init(
    skewness: Double = 2, kurtosis: Double = 3.5, maximumPoints: Int? = 5, transform: ValueTransform? = .logCT,
    combines: Bool = false
  ) {
    self.skewness = skewness
    self.kurtosis = kurtosis
    self.maximumPoints = maximumPoints
    self.transform = transform
    self.combines = combines
  }

  /// What was done to one indicator.
  public enum Action: String, Sendable, CaseIterable {
    /// It passed as it was.
    case none
    /// Winsorised points brought it within the thresholds.
    case winsorised
    /// The transform was applied.
    case transformed
    /// Winsorised and transformed.
    case both
    /// It has fewer than four values or no spread: skewness and kurtosis do not exist, and nothing was done.
    case undefined
  }

  /// What was done, in numbers.
  public struct Summary: Sendable, Equatable {
    /// What was done.
    public let action: Action
    /// How many points were lowered.
    public let high: Int
    /// How many points were raised.
    public let low: Int
    /// Skewness and kurtosis before.
    public let before: Shape
    /// Skewness and kurtosis after.
    public let after: Shape
    /// Whether the result is within the thresholds; nil when that cannot be said.
    public let passes: Bool?

    /// Points that hold a value that is not their own.
    public var winsorised: Int { high + low }
  }

  /// The treated values and the report.
  public struct Result: Sendable, Equatable {
    /// The values, in the order of the input.
    public let values: [Double]
    /// What was done to them.
    public let summary: Summary
    /// The kind of treatment.
    public var action: Action { summary.action }
    /// Whether the result is within the thresholds; nil when that cannot be said.
    public var passes: Bool? { summary.passes }
    /// How many points were lowered.
    public var high: Int { summary.high }
    /// How many points were raised.
    public var low: Int { summary.low }
    /// Points that hold a value that is not their own.
    public var winsorised: Int { summary.winsorised }
  }

  /// Treats the present values of one indicator.
  public func callAsFunction(_ values: [Double]) -> Result {
    var list = values
    let summary = list.withUnsafeMutableBufferPointer { apply($0) }
    return Result(values: list, summary: summary)
  }

  /// Treats the present values of one indicator, in place.
  public func apply(_ list: UnsafeMutableBufferPointer<Double>) -> Summary {
    let before = Shape(ValueView(.init(list)))
    func summary(_ action: Action, _ ends: Ends, _ after: Shape, _ passes: Bool?) -> Summary {
      Summary(action: action, high: ends.high, low: ends.low, before: before, after: after, passes: passes)
    }
    guard let passes = passes(before) else { return summary(.undefined, Ends(), before, nil) }
    if passes { return summary(.none, Ends(), before, true) }
    let original = [Double](list)
    let (ends, shape) = winsorise(list, before)
    let done: Action = ends.high + ends.low > 0 ? .winsorised : .none
    guard self.passes(shape) == false, let transform else { return summary(done, ends, shape, self.passes(shape)) }
    guard let transformed = transform(combines ? [Double](list) : original) else {
      return summary(done, ends, shape, false)
    }
    put(transformed, list)
    let after = Shape(ValueView(.init(list)))
    let keeps = combines && done == .winsorised
    return summary(keeps ? .both : .transformed, keeps ? ends : Ends(), after, self.passes(after))
  }

  /// Transforms the values in place whether they pass or not, without winsorising; leaves them when there is no result.
  public func transform(_ list: UnsafeMutableBufferPointer<Double>) -> Summary {
    let before = Shape(ValueView(.init(list)))
    guard let transformed = transform?([Double](list)) else {
      return Summary(action: .undefined, high: 0, low: 0, before: before, after: before, passes: passes(before))
    }
    put(transformed, list)
    let after = Shape(ValueView(.init(list)))
    return Summary(action: .transformed, high: 0, low: 0, before: before, after: after, passes: passes(after))
  }

  private func put(_ values: [Double], _ list: UnsafeMutableBufferPointer<Double>) {
    for i in list.indices { list[i] = values[i] }
  }

  /// Whether values of this shape need no treatment; nil when the shape does not exist.
  public func passes(_ shape: Shape) -> Bool? {
    guard let skew = shape.skewness, let kurt = shape.kurtosis else { return nil }
    return abs(skew) < skewness || kurt < kurtosis
  }

  /// Points moved at either end.
  private struct Ends {
    var high = 0
    var low = 0
  }

  /// Gives the points at the far end the value of the nearest other point, again and again, while the shape fails.
  ///
  /// The far end is the top when skewness is 0 or more. All points that share the extreme move together, so ties can pass
  /// the limit, which is looked at after each move: points count when they hold the last value given at their end.
  private func winsorise(_ list: UnsafeMutableBufferPointer<Double>, _ start: Shape) -> (Ends, Shape) {
    var (ends, shape) = (Ends(), start)
    while passes(shape) == false, ends.high + ends.low < maximumPoints ?? .max {
      let isHigh = (shape.skewness ?? 0) >= 0
      guard let (extreme, next) = isHigh ? Self.highest(list) : Self.lowest(list) else { break }
      var moved = 0
      for i in list.indices {
        let isExtreme = list[i] == extreme
        list[i] = isExtreme ? next : list[i]
        moved += isExtreme ? 1 : 0
      }
      if isHigh { ends.high = moved } else { ends.low = moved }
      shape = Shape(ValueView(.init(list)))
    }
    return (ends, shape)
  }

  /// The two highest different values; nil when all are equal.
  private static func highest(_ list: UnsafeMutableBufferPointer<Double>) -> (Double, Double)? {
    let extreme = FixedOrderSum.extremes(ValueView(.init(list))).highest
    var next = -Double.infinity
    for value in list { next = value < extreme && value > next ? value : next }
    return next == -.infinity ? nil : (extreme, next)
  }

  /// The two lowest different values; nil when all are equal.
  private static func lowest(_ list: UnsafeMutableBufferPointer<Double>) -> (Double, Double)? {
    let extreme = FixedOrderSum.extremes(ValueView(.init(list))).lowest
    var next = Double.infinity
    for value in list { next = value > extreme && value < next ? value : next }
    return next == .infinity ? nil : (extreme, next)
  }
}
