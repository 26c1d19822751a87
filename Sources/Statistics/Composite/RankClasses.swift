internal import Glibc

/// Classes from ranks: deciles, quintiles and the like.
public enum RankClasses {
  /// Class ceil(c r / N) of rank `rank` from 1, kept within 1...c: the first tenth of ranks is decile 1.
  ///
  /// With rank 1 most deprived, class 1 is the most deprived. Half ranks are allowed. This is the rule of the English
  /// and Welsh indices.
  public static func ceiling(rank: Double, count: Int, classes: Int) -> Int {
    precondition(count > 0 && classes > 0, "a class needs areas and classes")
    return max(1, min(classes, Int(ceil(Double(classes) * rank / Double(count)))))
  }

  /// Class 1 + floor(c (a - 1) / n) of ascending minimum rank `rank` from 1 to `count`.
  public static func floor(rank: Int, count: Int, classes: Int) -> Int {
    precondition(count > 0 && classes > 0 && rank >= 1 && rank <= count, "a class needs a rank from 1 to the count")
    return 1 + classes * (rank - 1) / count
  }
}

/// Which end of an interval of values belongs to it.
public enum IntervalClosure: String, Sendable, CaseIterable {
  /// (a, b]: a value on a bound belongs to the class below.
  case right
  /// [a, b): a value on a bound belongs to the class above.
  case left
}

/// Classes between fixed bounds, numbered from 1; the first and the last class are open outwards.
///
/// With the inner cut points of quantiles and `right` this is R's `cut(x, quantile(x, ...), include.lowest = TRUE)`.
public struct BoundedClasses: Sendable, Equatable {
  /// The bounds between classes, never falling.
  public let bounds: [Double]
  /// Which class a value on a bound belongs to.
  public let closure: IntervalClosure

  /// Makes classes from bounds, or nil when they fall or one is NaN.
  ///
  /// Equal bounds leave an empty class between them.
  public init?(bounds: [Double], closure: IntervalClosure) {
    guard bounds.allSatisfy({ $0 == $0 }), zip(bounds, bounds.dropFirst()).allSatisfy({ $0 <= $1 }) else { return nil }
    self.bounds = bounds
    self.closure = closure
  }

  /// How many classes there are: one more than bounds.
  public var count: Int { bounds.count + 1 }

  /// The class of a value, from 1; NaN stops the program.
  public func callAsFunction(_ value: Double) -> Int {
    precondition(value == value, "NaN belongs to no class")
    return bounds.withUnsafeBufferPointer { Int(position(value, $0)) }
  }

  /// Writes the class of each present row, from 1, and 0 for absent rows.
  public func apply(_ view: ValueView, into output: UnsafeMutableBufferPointer<Int32>) {
    precondition(output.count >= view.count, "too little room for the classes")
    bounds.withUnsafeBufferPointer { bounds in
      for row in 0..<view.count {
        output[row] = view.isPresent(row) ? position(view.values[row], bounds) : 0
      }
    }
  }

  /// 1 + the number of bounds below the value, or at and below it when closed on the left.
  private func position(_ value: Double, _ bounds: UnsafeBufferPointer<Double>) -> Int32 {
    var first = 0
    var end = bounds.count
    while first < end {
      let middle = (first + end) >> 1
      let passed = closure == .right ? bounds[middle] < value : bounds[middle] <= value
      if passed { first = middle + 1 } else { end = middle }
    }
    return Int32(first + 1)
  }
}
