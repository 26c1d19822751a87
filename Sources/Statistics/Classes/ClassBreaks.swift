/// Bounds of classes of values, for maps and tables; a value on a bound belongs to the class below.
///
/// Every method gives the upper bound of each class, the last being the largest value, as PySAL's mapclassify does. Values
/// must be finite; no values give no bounds.
public enum ClassBreaks {
  /// `count` classes of equal width: min + (max - min) j / count.
  public static func equalInterval(_ values: [Double], count: Int) -> [Double] {
    precondition(count > 0, "at least one class is needed")
    guard let low = values.min(), let high = values.max() else { return [] }
    return (1...count).map { $0 == count ? high : low + (high - low) * Double($0) / Double(count) }
  }

  /// `count` classes of about equal size: the quantiles j / count of type 7; equal bounds are given once.
  public static func quantile(_ values: [Double], count: Int) -> [Double] {
    precondition(count > 0, "at least one class is needed")
    let sorted = values.sorted()
    var bounds: [Double] = []
    sorted.withUnsafeBufferPointer { sorted in
      for j in 1...count {
        if let bound = Quantiles.type7(sorted: sorted, probability: Double(j) / Double(count)), bound != bounds.last {
          bounds.append(bound)
        }
      }
    }
    return bounds
  }

  /// Head/tail breaks for heavy-tailed values: the mean, then the mean of what lies above it, and so on.
  ///
  /// It goes on while more than one value is left, as mapclassify does; the last bound is the largest value. Source: B.
  /// Jiang, "Head/tail breaks", The Professional Geographer 65 (2013).
  public static func headTail(_ values: [Double]) -> [Double] {
    var rest = values.sorted()
    var bounds: [Double] = []
    while let high = rest.last {
      let mean = rest[0] == high ? high : min(high, Inequality.summed(rest) / Double(rest.count))
      bounds.append(mean)
      let head = rest.firstIndex { $0 > mean } ?? rest.count
      rest.removeFirst(head)
      if rest.count <= 1 {
        if let last = rest.last { bounds.append(last) }
        break
      }
    }
    return bounds
  }

  /// Fisher's and Jenks' natural breaks: `count` classes with the least sum of squared deviations from their means.
  ///
  /// Exact, by dynamic programming over the distinct values, with the best splits searched between those of their
  /// neighbours (they never cross): about k n log n steps. Of equally good partitions the one whose classes begin
  /// latest is given. Fewer distinct values than classes give a class each. Source: W. Fisher, "On grouping for
  /// maximum homogeneity", JASA 53 (1958).
  public static func fisherJenks(_ values: [Double], count: Int) -> [Double] {
    precondition(count > 0, "at least one class is needed")
    let sorted = values.sorted()
    guard let middle = sorted.isEmpty ? nil : sorted[sorted.count / 2] else { return [] }
    var (distinct, sizes): ([Double], [Double]) = ([], [])
    for value in sorted {
      if value == distinct.last {
        sizes[sizes.count - 1] += 1
      } else {
        distinct.append(value)
        sizes.append(1)
      }
    }
    if distinct.count <= count { return distinct }
    var search = NaturalBreaks(distinct, sizes, centre: middle)
    return search.bounds(count).map { distinct[$0] }
  }
}

/// The dynamic programme of natural breaks.
private struct NaturalBreaks {
  /// Sums of size, size x and size x² before each distinct value, x centred to keep digits.
  private var sizes = [0.0]
  private var sums = [0.0]
  private var squares = [0.0]
  private var previous: [Double] = []
  private var current: [Double] = []
  private var starts: [Int] = []

  init(_ distinct: [Double], _ count: [Double], centre: Double) {
    for (value, size) in zip(distinct, count) {
      let x = value - centre
      sizes.append(sizes[sizes.count - 1] + size)
      sums.append(sums[sums.count - 1] + size * x)
      squares.append(squares[squares.count - 1] + size * x * x)
    }
  }

  /// Squared deviations of the values first..<end from their mean.
  private func cost(_ first: Int, _ end: Int) -> Double {
    let size = sizes[end] - sizes[first]
    let sum = sums[end] - sums[first]
    return max(0, squares[end] - squares[first] - sum * sum / size)
  }

  /// The index of the last value of each class.
  mutating func bounds(_ count: Int) -> [Int] {
    let n = sizes.count - 1
    previous = (0...n).map { $0 == 0 ? 0 : cost(0, $0) }
    var choices: [[Int]] = []
    for k in 2...max(2, count) where k <= count {
      current = [Double](repeating: .infinity, count: n + 1)
      starts = [Int](repeating: 0, count: n + 1)
      fill(k...n, from: k - 1, to: n - 1)
      choices.append(starts)
      previous = current
    }
    var result = [n - 1]
    var end = n
    for starts in choices.reversed() {
      end = starts[end]
      result.append(end - 1)
    }
    return result.reversed()
  }

  /// Finds the best start of the last class for the middle of `ends`, and with it bounds for both halves.
  private mutating func fill(_ ends: ClosedRange<Int>, from low: Int, to high: Int) {
    let end = (ends.lowerBound + ends.upperBound) / 2
    var best = low
    for start in low...max(low, min(high, end - 1)) {
      let total = previous[start] + cost(start, end)
      if total <= current[end] {
        current[end] = total
        best = start
      }
    }
    starts[end] = best
    if end > ends.lowerBound { fill(ends.lowerBound...(end - 1), from: low, to: best) }
    if end < ends.upperBound { fill((end + 1)...ends.upperBound, from: best, to: high) }
  }
}
