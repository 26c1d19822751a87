internal import Glibc

/// A dense square matrix of doubles, row after row.
public struct SquareMatrix: Sendable, Equatable {
  /// Rows, and as many columns.
  public let order: Int
  /// All cells, row after row.
  public var cells: [Double]

  /// A matrix of zeros.
  public init(order: Int) {
    self.order = order
    cells = [Double](repeating: 0, count: order * order)
  }

  /// A matrix of the given rows, as many as they are long.
  public init(_ rows: [[Double]]) {
    self.init(order: rows.count)
    for (i, row) in rows.enumerated() {
      precondition(row.count == order, "a square matrix has as many rows as columns")
      for (j, cell) in row.enumerated() { cells[i * order + j] = cell }
    }
  }

  /// One cell.
  @inlinable
  public subscript(row: Int, column: Int) -> Double {
    get { cells[row * order + column] }
    set { cells[row * order + column] = newValue }
  }

  /// The product with a vector.
  public func times(_ vector: [Double]) -> [Double] {
    (0..<order).map { i in
      var sum = 0.0
      for j in 0..<order { sum += self[i, j] * vector[j] }
      return sum
    }
  }

  /// The rows and columns at `indices`.
  public func selecting(_ indices: [Int]) -> SquareMatrix {
    var result = SquareMatrix(order: indices.count)
    for (i, row) in indices.enumerated() {
      for (j, column) in indices.enumerated() { result[i, j] = self[row, column] }
    }
    return result
  }

  /// The x with A x = `right` for this symmetric positive definite matrix, by Cholesky's factorisation.
  ///
  /// nil when the matrix is not positive definite to working precision: some pivot is at or below 1e-12 of its diagonal.
  public func solve(_ right: [Double]) -> [Double]? {
    guard let lower = cholesky() else { return nil }
    var x = right
    for i in 0..<order {
      for j in 0..<i { x[i] -= lower[i, j] * x[j] }
      x[i] /= lower[i, i]
    }
    for i in (0..<order).reversed() {
      for j in (i + 1)..<max(order, i + 1) { x[i] -= lower[j, i] * x[j] }
      x[i] /= lower[i, i]
    }
    return x
  }

  /// The inverse of this symmetric positive definite matrix, or nil as in ``solve(_:)``.
  public func inverse() -> SquareMatrix? {
    var result = SquareMatrix(order: order)
    for column in 0..<order {
      var unit = [Double](repeating: 0, count: order)
      unit[column] = 1
      guard let x = solve(unit) else { return nil }
      for row in 0..<order { result[row, column] = x[row] }
    }
    return result
  }

  private func cholesky() -> SquareMatrix? {
    var lower = SquareMatrix(order: order)
    for j in 0..<order {
      var pivot = self[j, j]
      for k in 0..<j { pivot -= lower[j, k] * lower[j, k] }
      guard pivot > 1e-12 * abs(self[j, j]), pivot.isFinite else { return nil }
      lower[j, j] = pivot.squareRoot()
      for i in (j + 1)..<max(order, j + 1) {
        var sum = self[i, j]
        for k in 0..<j { sum -= lower[i, k] * lower[j, k] }
        lower[i, j] = sum / lower[j, j]
      }
    }
    return lower
  }
}

/// Eigenvalues and eigenvectors of a symmetric matrix.
public struct SymmetricEigen: Sendable, Equatable {
  /// Eigenvalues, the largest first.
  public let values: [Double]
  /// `vectors[m]` belongs to `values[m]`; unit length, and its cells sum to 0 or more.
  public let vectors: [[Double]]

  /// Cyclic Jacobi rotations: sweeps over all pairs until no off-diagonal cell is left to working precision.
  ///
  /// Reference: G. H. Golub and C. F. Van Loan, "Matrix Computations", section 8.5. The upper triangle is read.
  public init(_ matrix: SquareMatrix) {
    let n = matrix.order
    var a = matrix
    for i in 0..<n { for j in 0..<i { a[i, j] = a[j, i] } }
    var v = SquareMatrix(order: n)
    for i in 0..<n { v[i, i] = 1 }
    for _ in 0..<64 {
      var off = 0.0
      var all = 0.0
      for i in 0..<n {
        for j in 0..<n {
          all += a[i, j] * a[i, j]
          if i != j { off += a[i, j] * a[i, j] }
        }
      }
      if off <= 1e-34 * all || off == 0 { break }
      for p in 0..<n {
        for q in (p + 1)..<max(n, p + 1) where a[p, q] != 0 { Self.rotate(&a, &v, p, q) }
      }
    }
    let order = (0..<n).sorted { a[$0, $0] == a[$1, $1] ? $0 < $1 : a[$0, $0] > a[$1, $1] }
    values = order.map { a[$0, $0] }
    vectors = order.map { m in
      let vector = (0..<n).map { v[$0, m] }
      return vector.reduce(0, +) < 0 ? vector.map { -$0 } : vector
    }
  }

  private static func rotate(_ a: inout SquareMatrix, _ v: inout SquareMatrix, _ p: Int, _ q: Int) {
    let theta = (a[q, q] - a[p, p]) / (2 * a[p, q])
    let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
    let c = 1 / (t * t + 1).squareRoot()
    let s = t * c
    for k in 0..<a.order {
      let (x, y) = (a[k, p], a[k, q])
      a[k, p] = c * x - s * y
      a[k, q] = s * x + c * y
    }
    for k in 0..<a.order {
      let (x, y) = (a[p, k], a[q, k])
      a[p, k] = c * x - s * y
      a[q, k] = s * x + c * y
    }
    a[p, q] = 0
    a[q, p] = 0
    for k in 0..<a.order {
      let (x, y) = (v[k, p], v[k, q])
      v[k, p] = c * x - s * y
      v[k, q] = s * x + c * y
    }
  }
}
