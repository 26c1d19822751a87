internal import Glibc

/// How fast areas move between classes.
extension TransitionMatrix {
  /// The share of a class's areas that went to each class, row by row; nil in the rows of classes that nobody left from.
  public var rowShares: [Double?] {
    (0..<classes).flatMap { row -> [Double?] in
      let own = counts[(row * classes)..<((row + 1) * classes)]
      let total = own.reduce(0, +)
      return own.map { total > 0 ? Double($0) / Double(total) : nil }
    }
  }

  /// Areas that stayed in their class.
  public var stayed: Int { (0..<classes).reduce(0) { $0 + counts[$1 * classes + $1] } }

  /// Areas that went to a higher class.
  public var rose: Int {
    (0..<classes).reduce(0) { sum, row in sum + ((row + 1)..<classes).reduce(0) { $0 + counts[row * classes + $1] } }
  }

  /// Areas that went to a lower class.
  public var fell: Int { total - stayed - rose }

  /// Shorrocks' index (n - trace) / (n - 1) over the classes that areas left from: 0 when all stay.
  ///
  /// nil when fewer than two classes are left from. Source: A. Shorrocks 1978.
  public var shorrocks: Double? {
    let shares = rowShares
    let own = (0..<classes).compactMap { shares[$0 * classes + $0] }
    guard own.count > 1 else { return nil }
    return (Double(own.count) - own.reduce(0, +)) / Double(own.count - 1)
  }

  /// The modulus of the second eigenvalue of the row shares: how much of today's distribution is left a step later.
  ///
  /// nil when a class has no areas to leave from. The spectral radius of P - 1 v' with v = 1/n, whose eigenvalues are those
  /// of P without the first (Brauer 1952), by squaring (Gelfand's formula).
  public var secondEigenvalue: Double? {
    let shares = rowShares.compactMap { $0 }
    guard shares.count == classes * classes else { return nil }
    if classes == 1 { return 0 }
    var matrix = shares.map { $0 - 1 / Double(classes) }
    var logScale = 0.0
    var power = 1.0
    for _ in 0..<52 {
      let largest = matrix.reduce(0) { max($0, abs($1)) }
      // What is left after squaring a matrix of size 1 is rounding alone: the eigenvalue is 0.
      if largest < 1e-13 { return 0 }
      matrix = matrix.map { $0 / largest }
      logScale += log(largest) / power
      matrix = Self.product(matrix, matrix, classes)
      power *= 2
    }
    let largest = matrix.reduce(0) { max($0, abs($1)) }
    return largest > 0 ? min(1, exp(logScale + log(largest) / power)) : 0
  }

  /// The number of steps in which the distance to the long-run distribution halves, -ln 2 / ln of the second eigenvalue.
  ///
  /// nil when that is 1 (some classes never mix) or undefined; 0 when a single step forgets everything.
  public var halfLife: Double? {
    guard let eigenvalue = secondEigenvalue, eigenvalue < 1 - 1e-12 else { return nil }
    return eigenvalue > 0 ? -log(2) / log(eigenvalue) : 0
  }

  private static func product(_ a: [Double], _ b: [Double], _ n: Int) -> [Double] {
    var result = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for k in 0..<n { for j in 0..<n { result[i * n + j] += a[i * n + k] * b[k * n + j] } }
    }
    return result
  }
}
