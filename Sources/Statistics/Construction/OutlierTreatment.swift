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

  /// The treated values and the report.
  public struct Result: Sendable, Equatable {
    /// The values, in the order of the input.
    public let values: [Double]
    /// What was done.
    public let action: Action
    /// The points whose value was lowered to the highest of the others.
    public let high: [Int]
    /// The points whose value was raised to the lowest of the others.
    public let low: [Int]
    /// Skewness and kurtosis before.
    public let before: Shape
    /// Skewness and kurtosis after.
    public let after: Shape
    /// Whether the result is within the thresholds; nil when that cannot be said.
    public let passes: Bool?

    /// Points that hold a value that is not their own.
    public var winsorised: Int { high.count + low.count }
  }

  /// Treats the present values of one indicator.
  public func callAsFunction(_ values: [Double]) -> Result {
    let before = Self.shape(values)
    guard let passes = passes(before) else {
      return Result(values: values, action: .undefined, high: [], low: [], before: before, after: before, passes: nil)
    }
    if passes {
      return Result(values: values, action: .none, high: [], low: [], before: before, after: before, passes: true)
    }
    let (treated, high, low) = winsorise(values, before)
    let shape = Self.shape(treated)
    let isEnough = self.passes(shape) ?? true
    let isWinsorised = !(high.isEmpty && low.isEmpty)
    if isEnough || transform == nil {
      return Result(
        values: treated, action: isWinsorised ? .winsorised : .none, high: high, low: low, before: before, after: shape,
        passes: self.passes(shape))
    }
    guard let transformed = transform?(combines ? treated : values) else {
      return Result(
        values: treated, action: isWinsorised ? .winsorised : .none, high: high, low: low, before: before, after: shape,
        passes: false)
    }
    let after = Self.shape(transformed)
    let keeps = combines && isWinsorised
    return Result(
      values: transformed, action: keeps ? .both : .transformed, high: keeps ? high : [], low: keeps ? low : [],
      before: before, after: after, passes: self.passes(after))
  }

  /// Whether values of this shape need no treatment; nil when the shape does not exist.
  public func passes(_ shape: Shape) -> Bool? {
    guard let skew = shape.skewness, let kurt = shape.kurtosis else { return nil }
    return abs(skew) < skewness || kurt < kurtosis
  }

  /// Gives the points at the far end the value of the nearest other point, again and again, while the shape fails.
  ///
  /// The far end is the top when skewness is 0 or more. All points that share the extreme move together, so ties can pass
  /// the limit, which is looked at after each move: points count when they hold the last value given at their end.
  private func winsorise(_ values: [Double], _ start: Shape) -> (values: [Double], high: [Int], low: [Int]) {
    var (result, high, low) = (values, [Int](), [Int]())
    var shape = start
    while passes(shape) == false, high.count + low.count < maximumPoints ?? .max {
      let isHigh = (shape.skewness ?? 0) >= 0
      guard let extreme = isHigh ? result.max() : result.min() else { break }
      var next: Double?
      for value in result where value != extreme {
        next = next.map { isHigh ? max($0, value) : min($0, value) } ?? value
      }
      guard let next else { break }
      let points = result.indices.filter { result[$0] == extreme }
      for point in points { result[point] = next }
      if isHigh { high = points } else { low = points }
      shape = Self.shape(result)
    }
    return (result, high, low)
  }

  private static func shape(_ values: [Double]) -> Shape { values.withUnsafeBufferPointer { Shape(ValueView($0)) } }
}
