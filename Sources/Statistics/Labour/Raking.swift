/// Iterative proportional fitting (Deming and Stephan 1940, Annals of Mathematical Statistics 11), in two dimensions the RAS
/// method: a table with the structure of a seed and the margins of elsewhere.
///
/// Odds ratios of the seed survive, zeros stay zero. The result is a model, not an observation: say so where it is printed.
public struct Raking: Sendable, Equatable {
  /// What stands in the way.
  public enum Failure: Error, Equatable, Sendable {
    /// The margins do not sum to the same number; the two sums.
    case unequalSums(rows: Double, columns: Double)
    /// A row or column (from 0) must get something but the seed holds nothing there.
    case emptySeed(isRow: Bool, index: Int)
    /// A number is negative or not finite.
    case notACount
  }

  /// The fitted table row by row.
  public let cells: [Double]
  /// Rounds done: one fits the rows and then the columns.
  public let iterations: Int
  /// The largest difference between a margin and its target after the last round, as a share of the total.
  public let largestError: Double
  /// Whether that came below the tolerance.
  public let hasConverged: Bool

  /// Fits `seed` to the margins.
  ///
  /// - Parameters:
  ///   - seed: the table row by row, `rows.count` by `columns.count`.
  ///   - rows: what each row must sum to.
  ///   - columns: what each column must sum to, with the same total (to a millionth).
  ///   - tolerance: the largest margin error, as a share of the total, that counts as fitted.
  ///   - maximumIterations: rounds after which it stops without having converged.
  public init(
    seed: [Double], rows: [Double], columns: [Double], tolerance: Double = 1e-10, maximumIterations: Int = 1000
  ) throws(Failure) {
    precondition(seed.count == rows.count * columns.count, "the seed needs a cell for each row and column")
    guard (seed + rows + columns).allSatisfy({ $0 >= 0 && $0.isFinite }) else { throw .notACount }
    let (total, other) = (rows.compensatedSum, columns.compensatedSum)
    guard abs(total - other) <= 1e-6 * max(total, other) else { throw .unequalSums(rows: total, columns: other) }
    let width = columns.count
    var table = seed
    func rowSum(_ i: Int) -> Double { table[(i * width)..<((i + 1) * width)].compensatedSum }
    func columnSum(_ j: Int) -> Double { rows.indices.map { table[$0 * width + j] }.compensatedSum }
    for i in rows.indices where rows[i] > 0 && rowSum(i) == 0 { throw .emptySeed(isRow: true, index: i) }
    for j in columns.indices where columns[j] > 0 && columnSum(j) == 0 { throw .emptySeed(isRow: false, index: j) }
    var (rounds, error) = (0, Double.infinity)
    while total > 0, rounds < maximumIterations, error > tolerance {
      for i in rows.indices {
        let sum = rowSum(i)
        for j in columns.indices { table[i * width + j] *= sum > 0 ? rows[i] / sum : 0 }
      }
      for j in columns.indices {
        let sum = columnSum(j)
        for i in rows.indices { table[i * width + j] *= sum > 0 ? columns[j] / sum : 0 }
      }
      error = 0
      for i in rows.indices { error = max(error, abs(rowSum(i) - rows[i]) / total) }
      for j in columns.indices { error = max(error, abs(columnSum(j) - columns[j]) / total) }
      rounds += 1
    }
    if total == 0 {
      table = [Double](repeating: 0, count: seed.count)
      error = 0
    }
    cells = table
    iterations = rounds
    largestError = error
    hasConverged = error <= tolerance
  }
}
