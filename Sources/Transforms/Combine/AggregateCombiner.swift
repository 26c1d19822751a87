import PipelineKit
import Statistics
import Tabular

/// Computes one aggregate from the columns of a matrix.
struct AggregateCombiner {
  /// The columns of the parts.
  let parts: [Int]
  let weights: [Double]
  let level: CombineLevel
  private let aggregator: Aggregator
  private let score: WeightedScore

  init(parts: [Int], weights: [Double], level: CombineLevel) throws(WeightProblem) {
    (self.parts, self.weights, self.level) = (parts, weights, level)
    let rule = level.missing.rule
    aggregator = try Aggregator(weights: weights, method: level.aggregation, missing: rule)
    score = try WeightedScore(weights: weights, scale: level.rescaleWeights ? .mean : .sum, missing: rule)
  }

  /// Fills the column `place`; what is not finite is absent.
  func combine(_ matrix: ValueMatrix, into place: Int, _ groups: RowGroups?) {
    let (output, words) = (matrix.values(place), matrix.words(place))
    switch level.method {
    case .arithmetic: score.apply(parts.map { matrix.view($0) }, into: output, validity: words)
    case .copeland, .benefitOfDoubt, .exponential:
      if let groups { compare(matrix, output, words, groups) }
    case .geometric, .harmonic, .power, .mazziottaPareto, .adjustedMazziottaPareto, .ordered:
      aggregator.apply(parts.map { matrix.view($0) }, into: output, validity: words)
    }
    for row in output.indices where !output[row].isFinite {
      output[row] = 0
      words[row >> 6] &= ~(1 << UInt64(row & 63))
    }
  }

  /// Methods that compare areas: group by group.
  private func compare(
    _ matrix: ValueMatrix, _ output: UnsafeMutableBufferPointer<Double>, _ words: UnsafeMutableBufferPointer<UInt64>,
    _ groups: RowGroups
  ) {
    let workspace = RankWorkspace()
    groups.rows { _ in true }.forEach { _, rows in
      let own = ValueMatrix(rows: rows.count, columns: parts.count + 1)
      for (column, part) in parts.enumerated() {
        for (line, row) in rows.enumerated() { own[line, column] = matrix[Int(row), part] }
        if level.method == .exponential { transform(own, column, workspace) }
      }
      let views = parts.indices.map { own.view($0) }
      let last = parts.count
      if level.method == .exponential {
        score.apply(views, into: own.values(last), validity: own.words(last))
      } else {
        aggregator.apply(views, into: own.values(last), validity: own.words(last))
      }
      for (line, row) in rows.enumerated() where own.isPresent(line, last) {
        output[Int(row)] = own.values(last)[line]
        words[Int(row) >> 6] |= 1 << UInt64(row & 63)
      }
    }
  }

  /// Turns a column into exponentially transformed ranks.
  private func transform(_ matrix: ValueMatrix, _ column: Int, _ workspace: RankWorkspace) {
    let (transform, ties, scale) = level.exponential
    let values = matrix.values(column)
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: values.count) { positions in
      let count = matrix.view(column).presentPositions(into: positions)
      let present = UnsafeBufferPointer(rebasing: positions[..<count])
      let groups = workspace.tieGroups(of: .init(values), at: present, direction: .descending)
      transform.apply(groups, ties: ties, convention: scale, into: values)
    }
  }

  /// Why a row has no value.
  func reason(_ row: Int, _ matrix: ValueMatrix, _ columns: [Column], _ groups: RowGroups?) -> UInt8 {
    if level.method.compares, let reason = groups?.reasons?[row], reason != 0 { return reason }
    var (present, weight) = (0, 0.0)
    var first: UInt8?
    for (part, own) in zip(parts, weights) where own > 0 {
      if matrix.isPresent(row, part) {
        present += 1
        weight += own
      } else if first == nil {
        first = columns[part].missing?.reasons[row]
      }
    }
    if score.isEnough(present: present, weight: weight) { return MissingReason.undefined.rawValue }
    return present > 0 ? MissingReason.insufficient.rawValue : first ?? MissingReason.undefined.rawValue
  }
}

/// Weights of parts, from a table.
struct PartWeights {
  private var weights: [String: Double] = [:]

  /// The weights of a table with the columns `part` and `weight`.
  init(_ table: Table) throws(TransformError) {
    let names = try table.columns(named: ["part"])[0]
    let numbers = try NumberColumn(table, "weight")
    for row in 0..<table.rowCount {
      guard case .string(let parts) = names, let name = parts[row] else { continue }
      guard numbers.isPresent(row) else { throw TransformError("the weight of \"\(name)\" is missing") }
      guard weights.updateValue(numbers.values[row], forKey: name) == nil else {
        throw TransformError("the table of weights names \"\(name)\" twice")
      }
    }
  }

  /// The weights of an aggregate's parts.
  func list(_ aggregate: IndicatorTree.Aggregate) throws(TransformError) -> [Double] {
    var list: [Double] = []
    for part in aggregate.parts {
      guard let weight = weights[part.name.text] else {
        throw TransformError("the table of weights has no row for \"\(part.name)\", a part of \"\(aggregate.name)\"")
      }
      list.append(weight)
    }
    return list
  }
}
