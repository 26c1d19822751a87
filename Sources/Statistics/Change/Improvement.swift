/// How many areas moved which way between two moments.
public struct Improvement: Sendable, Equatable {
  /// Areas that improved by more than the threshold.
  public let improved: Int
  /// Areas that moved by no more than the threshold.
  public let unchanged: Int
  /// Areas that worsened by more than the threshold.
  public let worsened: Int

  /// Areas that have a value at both moments.
  public var compared: Int { improved + unchanged + worsened }

  /// The share of compared areas that improved, 0-1, or nil when none could be compared.
  public var share: Double? { compared > 0 ? Double(improved) / Double(compared) : nil }

  /// Compares row by row where both are present: improved when the difference towards better exceeds `epsilon`.
  ///
  /// - Parameters:
  ///   - before: the first moment.
  ///   - after: the second moment, equally long.
  ///   - lowerIsBetter: true for a deprivation score.
  ///   - epsilon: differences up to and including this size count as unchanged; 0 or more.
  public init(from before: ValueView, to after: ValueView, lowerIsBetter: Bool, epsilon: Double = 0) {
    precondition(before.count == after.count, "both moments need the same areas")
    precondition(epsilon >= 0, "a threshold is 0 or more")
    var improved = 0
    var unchanged = 0
    var worsened = 0
    for row in 0..<before.count where before.isPresent(row) && after.isPresent(row) {
      let rise = after.values[row] - before.values[row]
      if abs(rise) <= epsilon {
        unchanged += 1
      } else if (rise < 0) == lowerIsBetter {
        improved += 1
      } else {
        worsened += 1
      }
    }
    self.improved = improved
    self.unchanged = unchanged
    self.worsened = worsened
  }
}

/// How many areas went from which class to which.
public struct TransitionMatrix: Sendable, Equatable {
  /// Classes, numbered from 1.
  public let classes: Int
  /// Counts row by row: the class before, then the class after.
  public let counts: [Int]

  /// Counts pairs of classes; 0 stands for absent and leaves the area out, any other class beyond `classes` is refused.
  ///
  /// Both buffers must be equally long.
  public init(
    from before: UnsafeBufferPointer<Int32>, to after: UnsafeBufferPointer<Int32>, classes: Int
  ) {
    precondition(before.count == after.count, "both moments need the same areas")
    precondition(classes > 0, "at least one class is needed")
    var counts = [Int](repeating: 0, count: classes * classes)
    for row in 0..<before.count where before[row] != 0 && after[row] != 0 {
      let (first, second) = (Int(before[row]), Int(after[row]))
      precondition(1...classes ~= first && 1...classes ~= second, "a class outside 1 to the number of classes")
      counts[(first - 1) * classes + second - 1] += 1
    }
    self.classes = classes
    self.counts = counts
  }

  /// Areas that went from class `before` to class `after`, both from 1.
  public subscript(before: Int, after: Int) -> Int {
    precondition(1...classes ~= before && 1...classes ~= after, "a class outside 1 to the number of classes")
    return counts[(before - 1) * classes + after - 1]
  }

  /// Areas that have a class at both moments.
  public var total: Int { counts.reduce(0, +) }
}
