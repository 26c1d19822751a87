internal import Glibc

/// A measure of association between two indicators, over the areas that have both.
public enum CorrelationMethod: String, Sendable, CaseIterable {
  /// The product-moment correlation.
  case pearson
  /// Pearson's correlation of the ranks, ties at their mean.
  case spearman
  /// Kendall's tau-b, which allows for ties.
  case kendall
}

/// A correlation with the chance of one as far from 0 when there is none.
public struct Correlation: Sendable, Equatable {
  /// Between -1 and 1.
  public let coefficient: Double
  /// The two-sided p-value.
  ///
  /// Pearson and Spearman: t = r sqrt((n - 2)/(1 - r^2)) with n - 2 degrees of freedom; nil for fewer than three areas.
  /// Kendall: the normal approximation with the variance corrected for ties, as SciPy's `asymptotic`.
  public let pValue: Double?
  /// The areas that have both.
  public let count: Int

  /// The correlation of the rows where both are present; nil when there are fewer than two or one side has no spread.
  public init?(
    _ one: ValueView, _ other: ValueView, _ method: CorrelationMethod, workspace: RankWorkspace = RankWorkspace()
  ) {
    precondition(one.count == other.count, "both indicators need the same areas")
    var x: [Double] = []
    var y: [Double] = []
    x.reserveCapacity(one.count)
    y.reserveCapacity(one.count)
    for row in 0..<one.count where one.isPresent(row) && other.isPresent(row) {
      x.append(one.values[row])
      y.append(other.values[row])
    }
    self.init(complete: x, y, method, workspace)
  }

  /// The correlation of two complete lists.
  init?(complete x: [Double], _ y: [Double], _ method: CorrelationMethod, _ workspace: RankWorkspace) {
    guard x.count >= 2 else { return nil }
    count = x.count
    if method == .kendall {
      guard let (tau, p) = Self.kendall(x, y, workspace) else { return nil }
      (coefficient, pValue) = (tau, p)
      return
    }
    let (a, b) = method == .spearman ? (Self.ranks(x, workspace), Self.ranks(y, workspace)) : (x, y)
    guard let r = Self.product(a, b) else { return nil }
    coefficient = r
    pValue = Self.pValue(r, count)
  }

  static func ranks(_ values: [Double], _ workspace: RankWorkspace) -> [Double] {
    var ranks = [Double](repeating: 0, count: values.count)
    ranks.withUnsafeMutableBufferPointer { output in
      values.withUnsafeBufferPointer { workspace.rank($0, into: output) }
    }
    return ranks
  }

  static func pValue(_ r: Double, _ count: Int) -> Double? {
    guard count > 2 else { return nil }
    let degrees = Double(count - 2)
    return Distributions.studentTwoSided(r * (degrees / max(0, (1 - r) * (1 + r))).squareRoot(), degrees: degrees)
  }

  private static func product(_ x: [Double], _ y: [Double]) -> Double? {
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        let (one, other) = (Moments(ValueView(x)), Moments(ValueView(y)))
        guard let mx = one.mean, let my = other.mean, one.squaredDeviations > 0, other.squaredDeviations > 0 else {
          return nil
        }
        let shared = FixedOrderSum.sum(ValueView(x), ValueView(y)) { ($0 - mx) * ($1 - my) }
        // One root of the product is exact where a correlation of 1 should be; the product may leave the range of doubles.
        let both = one.squaredDeviations * other.squaredDeviations
        let length =
          both > 1e-300 && both.isFinite
          ? both.squareRoot() : one.squaredDeviations.squareRoot() * other.squaredDeviations.squareRoot()
        let r = shared / length
        return r.isFinite ? max(-1, min(1, r)) : nil
      }
    }
  }

  /// Tau-b by sorting on x and counting the swaps that sorting on y needs (W. R. Knight, 1966).
  private static func kendall(_ x: [Double], _ y: [Double], _ workspace: RankWorkspace) -> (Double, Double?)? {
    let n = x.count
    let (rankX, rankY) = (dense(x, workspace), dense(y, workspace))
    let order = (0..<n).sorted { rankX[$0] == rankX[$1] ? rankY[$0] < rankY[$1] : rankX[$0] < rankX[$1] }
    var joint = 0
    var run = 1
    for i in 1..<n {
      if rankX[order[i]] == rankX[order[i - 1]], rankY[order[i]] == rankY[order[i - 1]] {
        run += 1
      } else {
        joint += run * (run - 1) / 2
        run = 1
      }
    }
    joint += run * (run - 1) / 2
    var sequence = order.map { rankY[$0] }
    var scratch = sequence
    let discordant = inversions(&sequence, &scratch, 0, n)
    let (tiesX, tiesY) = (TieSums(rankX), TieSums(rankY))
    let total = n * (n - 1) / 2
    guard tiesX.pairs < total, tiesY.pairs < total else { return nil }
    let difference = Double(total - tiesX.pairs - tiesY.pairs + joint - 2 * discordant)
    let tau = difference / Double(total - tiesX.pairs).squareRoot() / Double(total - tiesY.pairs).squareRoot()
    let m = Double(n) * Double(n - 1)
    let variance =
      (m * Double(2 * n + 5) - tiesX.third - tiesY.third) / 18 + 2 * Double(tiesX.pairs) * Double(tiesY.pairs) / m
      + (n > 2 ? tiesX.second * tiesY.second / (9 * m * Double(n - 2)) : 0)
    let p = variance > 0 ? Distributions.normalTwoSided(difference / variance.squareRoot()) : nil
    return (max(-1, min(1, tau)), p)
  }

  private static func dense(_ values: [Double], _ workspace: RankWorkspace) -> [Int32] {
    var ranks = [Double](repeating: 0, count: values.count)
    ranks.withUnsafeMutableBufferPointer { output in
      values.withUnsafeBufferPointer { workspace.rank($0, ties: .dense, into: output) }
    }
    return ranks.map { Int32($0) }
  }

  /// Pairs that stand in falling order, by merge sort.
  private static func inversions(_ list: inout [Int32], _ scratch: inout [Int32], _ low: Int, _ high: Int) -> Int {
    if high - low < 2 { return 0 }
    let middle = (low + high) / 2
    var count = inversions(&list, &scratch, low, middle) + inversions(&list, &scratch, middle, high)
    var (i, j) = (low, middle)
    for k in low..<high {
      if j == high || (i < middle && list[i] <= list[j]) {
        scratch[k] = list[i]
        i += 1
      } else {
        scratch[k] = list[j]
        j += 1
        count += middle - i
      }
    }
    for k in low..<high { list[k] = scratch[k] }
    return count
  }

  /// Sums over groups of t tied values: t(t-1)/2, t(t-1)(t-2) and t(t-1)(2t+5).
  private struct TieSums {
    var pairs = 0
    var second = 0.0
    var third = 0.0

    init(_ ranks: [Int32]) {
      var counts = [Int](repeating: 0, count: Int(ranks.max() ?? 0) + 1)
      for rank in ranks { counts[Int(rank)] += 1 }
      for t in counts where t > 1 {
        pairs += t * (t - 1) / 2
        second += Double(t) * Double(t - 1) * Double(t - 2)
        third += Double(t) * Double(t - 1) * Double(2 * t + 5)
      }
    }
  }
}

/// All correlations among the columns of a matrix.
public struct CorrelationMatrix: Sendable, Equatable {
  /// Columns.
  public let order: Int
  private let cells: [Correlation?]

  /// Pairwise complete correlations; columns without missing cells are ranked or centred once.
  public init(_ matrix: ValueMatrix, _ method: CorrelationMethod) {
    let n = matrix.columnCount
    order = n
    let workspace = RankWorkspace(capacity: matrix.rowCount)
    var cells = [Correlation?](repeating: nil, count: n * n)
    let isComplete = (0..<n).map { column in matrix.view(column).present == matrix.rowCount }
    let standard: [[Double]?] = (0..<n).map { column in
      guard isComplete[column], method != .kendall, matrix.rowCount >= 2 else { return nil }
      return Self.standardised(matrix.present(column), method, workspace)
    }
    for i in 0..<n {
      for j in i..<n {
        let cell: Correlation?
        if let a = standard[i], let b = standard[j] {
          cell = Correlation(standardised: a, b)
        } else {
          cell = Correlation(matrix.view(i), matrix.view(j), method, workspace: workspace)
        }
        cells[i * n + j] = cell
        cells[j * n + i] = cell
      }
    }
    self.cells = cells
  }

  /// The correlation of two columns; nil when it does not exist.
  public subscript(one: Int, other: Int) -> Correlation? { cells[one * order + other] }

  /// The coefficients, or nil when one does not exist.
  public var coefficients: SquareMatrix? {
    var result = SquareMatrix(order: order)
    for i in 0..<order {
      for j in 0..<order {
        guard let cell = self[i, j] else { return nil }
        result[i, j] = i == j ? 1 : cell.coefficient
      }
    }
    return result
  }

  /// Values (or ranks) less their mean, at length 1; nil without spread.
  private static func standardised(_ values: [Double], _ method: CorrelationMethod, _ workspace: RankWorkspace)
    -> [Double]?
  {
    let list = method == .spearman ? Correlation.ranks(values, workspace) : values
    return list.withUnsafeBufferPointer { list in
      let moments = Moments(ValueView(list))
      guard let mean = moments.mean, moments.squaredDeviations > 0, moments.squaredDeviations.isFinite else {
        return nil
      }
      let length = moments.squaredDeviations.squareRoot()
      return list.map { ($0 - mean) / length }
    }
  }
}

extension Correlation {
  /// Of two lists with mean 0 and length 1.
  init?(standardised x: [Double], _ y: [Double]) {
    let r = x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in FixedOrderSum.sum(ValueView(x), ValueView(y)) { $0 * $1 } }
    }
    coefficient = max(-1, min(1, r))
    count = x.count
    pValue = Self.pValue(coefficient, x.count)
  }
}

extension ValueView {
  /// How many rows have a number.
  public var present: Int {
    var total = 0
    for index in 0..<wordCount { total += word(index).nonzeroBitCount }
    return total
  }
}
