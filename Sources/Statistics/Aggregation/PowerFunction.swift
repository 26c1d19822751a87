internal import Glibc

/// What a generalised mean does to each part before it averages, and undoes after.
enum PowerFunction {
  case logarithm
  case inverse
  case power(Double)

  /// Writes the function of each present value; rows with a value at or below 0 are marked in `refused`.
  func apply(_ view: ValueView, into output: UnsafeMutableBufferPointer<Double>, refused: inout [UInt64]) {
    switch self {
    case .logarithm: fill(view, output, &refused) { log($0) }
    case .inverse: fill(view, output, &refused) { 1 / $0 }
    case .power(let p): fill(view, output, &refused) { pow($0, p) }
    }
  }

  /// The value whose function this is.
  func inverse(_ mean: Double) -> Double {
    switch self {
    case .logarithm: exp(mean)
    case .inverse: 1 / mean
    case .power(let p): pow(mean, 1 / p)
    }
  }

  static func power(_ x: Double, _ p: Double) -> Double { pow(x, p) }

  @inline(__always)
  private func fill(
    _ view: ValueView, _ output: UnsafeMutableBufferPointer<Double>, _ refused: inout [UInt64],
    _ function: (Double) -> Double
  ) {
    for index in 0..<view.wordCount {
      let bits = view.word(index)
      var bad: UInt64 = 0
      for row in (index << 6)..<min(index << 6 + 64, view.count) {
        let isThere = bits >> UInt64(row & 63) & 1 == 1
        let value = isThere ? view.values[row] : 1
        let isPositive = value > 0
        output[row] = isPositive ? function(value) : 0
        bad |= (isPositive ? 0 : 1) << UInt64(row & 63)
      }
      refused[index] |= bad
    }
  }
}
