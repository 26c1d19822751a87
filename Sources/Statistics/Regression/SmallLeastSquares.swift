/// Weighted least squares with a handful of columns, by Cholesky's factor of the normal equations.
///
/// Callers centre and scale their columns, so that the normal equations keep their precision.
struct SmallLeastSquares {
  /// One coefficient a column.
  let coefficients: [Double]
  /// The inverse of X'WX, row by row.
  let inverse: [Double]

  /// Fits `y` on `columns`, equally long lists; nil when the columns depend on each other.
  init?(columns: [[Double]], y: [Double], weights: [Double]? = nil) {
    let p = columns.count
    var cross = [Double](repeating: 0, count: p * p)
    var right = [Double](repeating: 0, count: p)
    for i in 0..<p {
      for j in 0...i {
        var sum = 0.0
        for row in y.indices { sum += columns[i][row] * columns[j][row] * (weights?[row] ?? 1) }
        cross[i * p + j] = sum
        cross[j * p + i] = sum
      }
      var sum = 0.0
      for row in y.indices { sum += columns[i][row] * y[row] * (weights?[row] ?? 1) }
      right[i] = sum
    }
    // The lower factor L with L L' = X'WX.
    var lower = [Double](repeating: 0, count: p * p)
    for i in 0..<p {
      for j in 0...i {
        var sum = cross[i * p + j]
        for k in 0..<j { sum -= lower[i * p + k] * lower[j * p + k] }
        if i == j {
          guard sum > 1e-12 * cross[i * p + i], sum.isFinite else { return nil }
          lower[i * p + i] = sum.squareRoot()
        } else {
          lower[i * p + j] = sum / lower[j * p + j]
        }
      }
    }
    func solved(_ right: [Double]) -> [Double] {
      var x = right
      for i in 0..<p {
        for k in 0..<i { x[i] -= lower[i * p + k] * x[k] }
        x[i] /= lower[i * p + i]
      }
      for i in (0..<p).reversed() {
        for k in (i + 1)..<max(p, i + 1) { x[i] -= lower[k * p + i] * x[k] }
        x[i] /= lower[i * p + i]
      }
      return x
    }
    coefficients = solved(right)
    var inverse = [Double](repeating: 0, count: p * p)
    for j in 0..<p {
      var unit = [Double](repeating: 0, count: p)
      unit[j] = 1
      let column = solved(unit)
      for i in 0..<p { inverse[i * p + j] = column[i] }
    }
    self.inverse = inverse
  }
}
