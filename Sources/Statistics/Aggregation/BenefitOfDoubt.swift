/// The benefit of the doubt: each area is weighed in the way that suits it best.
///
/// The score of area i is the largest sum of w_k y_ik over weights w >= 0 under which no area's sum exceeds 1: data
/// envelopment analysis with outputs alone. L. Cherchye, W. Moesen, N. Rogge and T. Van Puyenbroeck, Social Indicators
/// Research 82 (2007). A score of 1 means that no mix of other areas does better in every part.
public enum BenefitOfDoubt {
  /// Writes the score of each of `rows`; other rows, and rows that lack a part or have a negative one, are absent.
  ///
  /// Areas that lack a part set no bound either. A part that is 0 everywhere counts for nothing.
  public static func apply(
    _ parts: [ValueView], rows: [Int], into output: UnsafeMutableBufferPointer<Double>,
    validity: UnsafeMutableBufferPointer<UInt64>
  ) {
    let count = parts.first?.count ?? 0
    for row in 0..<count { output[row] = 0 }
    for index in 0..<((count + 63) >> 6) { validity[index] = 0 }
    let usable = rows.filter { row in parts.allSatisfy { $0.isPresent(row) && $0.values[row] >= 0 } }
    // Parts on a scale where the highest is 1 leave the scores as they are and keep the arithmetic even.
    let highest = parts.map { part in usable.reduce(0.0) { max($0, part.values[$1]) } }
    let counted = parts.indices.filter { highest[$0] > 0 }
    let lines = usable.map { row in counted.map { parts[$0].values[row] / highest[$0] } }
    let front = undominated(lines)
    for (line, row) in usable.enumerated() {
      let best = LinearProgram.maximise(lines[line], rows: front.map { lines[$0] })
      guard let best else { continue }
      output[row] = min(best, 1)
      validity[row >> 6] |= 1 << UInt64(row & 63)
    }
  }

  /// The lines that no other line matches or exceeds in every place; they alone bound the weights.
  static func undominated(_ lines: [[Double]]) -> [Int] {
    let order = lines.indices.sorted { lines[$0].reduce(0, +) > lines[$1].reduce(0, +) }
    var front: [Int] = []
    for candidate in order {
      let isCovered = front.contains { other in zip(lines[other], lines[candidate]).allSatisfy { $0 >= $1 } }
      if !isCovered { front.append(candidate) }
    }
    return front
  }
}

/// Linear programmes of the form: maximise c x subject to A x <= 1, x >= 0.
public enum LinearProgram {
  /// The largest value of c x; nil when it is unbounded.
  ///
  /// The simplex method on a dictionary, started at x = 0, with Bland's rule after a run of steps that gain nothing so that
  /// it cannot circle. Every right-hand side is 1.
  public static func maximise(_ objective: [Double], rows: [[Double]]) -> Double? {
    let (m, n) = (rows.count, objective.count)
    let width = n + 1
    // Row r: basic variable = table[r][n] - sum table[r][j] x_j. The last row is minus the objective.
    var table = [Double](repeating: 0, count: (m + 1) * width)
    for (r, row) in rows.enumerated() {
      for j in 0..<n { table[r * width + j] = row[j] }
      table[r * width + n] = 1
    }
    for j in 0..<n { table[m * width + j] = -objective[j] }
    // Numbers of the variables, which Bland's rule goes by.
    var basic = Array(n..<(n + m))
    var free = Array(0..<n)
    var idle = 0
    for _ in 0..<100_000 {
      var enter = -1
      for j in 0..<n where table[m * width + j] < -1e-11 {
        if enter < 0 {
          enter = j
        } else if idle > n ? free[j] < free[enter] : table[m * width + j] < table[m * width + enter] {
          enter = j
        }
      }
      if enter < 0 { return table[m * width + n] }
      var leave = -1
      var least = Double.infinity
      for r in 0..<m where table[r * width + enter] > 1e-11 {
        let ratio = table[r * width + n] / table[r * width + enter]
        if ratio < least || (ratio == least && basic[r] < basic[leave]) {
          least = ratio
          leave = r
        }
      }
      if leave < 0 { return nil }
      idle = least > 0 ? 0 : idle + 1
      pivot(&table, leave, enter, rows: m + 1, width: width)
      swap(&basic[leave], &free[enter])
    }
    return nil
  }

  private static func pivot(_ table: inout [Double], _ leave: Int, _ enter: Int, rows: Int, width: Int) {
    table.withUnsafeMutableBufferPointer { table in
      let inverse = 1 / table[leave * width + enter]
      for j in 0..<width { table[leave * width + j] *= inverse }
      table[leave * width + enter] = inverse
      for r in 0..<rows where r != leave {
        let factor = table[r * width + enter]
        if factor == 0 { continue }
        for j in 0..<width where j != enter { table[r * width + j] -= factor * table[leave * width + j] }
        table[r * width + enter] = -factor * inverse
      }
    }
  }
}
