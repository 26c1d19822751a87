/// Copeland's rule: areas compared in pairs, part by part. A. H. Copeland (1951); G. Munda and M. Nardo (2009).
public enum Copeland {
  /// Writes for each of `rows` the number of other rows that it beats less the number that beat it.
  ///
  /// Row i beats j when the parts, present in both, where it is higher weigh more than those where it is lower. Equal
  /// weights are counted, not summed, so that no rounding decides; unequal ones tie within 1e-12 of their sum. Time grows
  /// with the square of the rows.
  public static func apply(
    _ parts: [ValueView], weights: [Double], rows: [Int], into output: UnsafeMutableBufferPointer<Double>,
    validity: UnsafeMutableBufferPointer<UInt64>
  ) {
    let count = parts.first?.count ?? 0
    for row in 0..<count { output[row] = 0 }
    for index in 0..<((count + 63) >> 6) { validity[index] = 0 }
    let isEqual = weights.allSatisfy { $0 == weights.first }
    let own = isEqual ? weights.map { _ in 1.0 } : weights
    let tolerance = isEqual ? 0 : 1e-12 * weights.reduce(0, +)
    // Rows become lines of a table without gaps: an absent part compares as neither higher nor lower.
    let width = parts.count
    var table = [Double](repeating: .nan, count: rows.count * width)
    for (line, row) in rows.enumerated() {
      for (column, part) in parts.enumerated() where part.isPresent(row) {
        table[line * width + column] = part.values[row]
      }
    }
    var scores = [Int](repeating: 0, count: rows.count)
    table.withUnsafeBufferPointer { table in
      for i in 0..<rows.count {
        for j in (i + 1)..<max(rows.count, i + 1) {
          var balance = 0.0
          for k in 0..<width {
            let (a, b) = (table[i * width + k], table[j * width + k])
            balance += own[k] * ((a > b ? 1 : 0) - (a < b ? 1 : 0))
          }
          if balance > tolerance {
            scores[i] += 1
            scores[j] -= 1
          } else if balance < -tolerance {
            scores[i] -= 1
            scores[j] += 1
          }
        }
      }
    }
    for (line, row) in rows.enumerated() {
      output[row] = Double(scores[line])
      validity[row >> 6] |= 1 << UInt64(row & 63)
    }
  }
}
