/// How parts become a whole (OECD/JRC handbook, step 6).
public enum AggregationMethod: Sendable, Equatable {
  /// sum w x / sum w. Full compensation between parts.
  case arithmetic
  /// exp(sum w ln x / sum w), for parts above 0.
  case geometric
  /// sum w / sum(w/x), for parts above 0.
  case harmonic
  /// (sum w x^p / sum w)^(1/p), for parts above 0; p = 0 is the geometric mean.
  case power(Double)
  /// For each area the number of areas it beats less the number that beat it; one beats another when the weight of the parts
  /// where it is higher exceeds that of the parts where it is lower.
  case copeland
  /// M - S cv, or M + S cv, with mean M, standard deviation S and cv = S/M of an area's parts: Mazziotta and Pareto's index
  /// on parts with mean 100 and deviation 10 (`sample`), and its adjusted form on parts around 100 (`population`).
  case mazziottaPareto(PenaltySign, VarianceDivisor)
  /// An ordered weighted average: the parts sorted from high to low and weighted by place, see ``OrderedWeights``.
  case ordered(OrderedWeights)
  /// The benefit of the doubt: the weighted sum under the weights that suit the area best, such that no area exceeds 1.
  case benefitOfDoubt
}

/// Which way unbalanced parts move an index of Mazziotta and Pareto.
public enum PenaltySign: String, Sendable, CaseIterable {
  /// Down: for an index where high is good.
  case minus
  /// Up: for an index where high is bad, such as deprivation.
  case plus
}

/// Weights by place, from the highest part to the lowest. R. R. Yager (1988).
public enum OrderedWeights: Sendable, Equatable {
  /// One a part; only areas that have every part get a value.
  case places([Double])
  /// The mean of so many highest parts.
  case highest(Int)
  /// The mean of so many lowest parts.
  case lowest(Int)
  /// Q(k/n) - Q((k - 1)/n) with Q(x) = x^alpha: above 1 leans to the lowest parts, below 1 to the highest, 1 is the mean.
  case quantifier(Double)

  /// Weights of `count` parts, summing to 1; nil when there are too few parts or the given places are of another number.
  public func weights(_ count: Int) -> [Double]? {
    switch self {
    case .places(let list): return list.count == count ? ObjectiveWeights.shares(list) : nil
    case .highest(let number):
      guard number >= 1, number <= count else { return nil }
      return (0..<count).map { $0 < number ? 1 / Double(number) : 0 }
    case .lowest(let number):
      guard number >= 1, number <= count else { return nil }
      return (0..<count).map { $0 >= count - number ? 1 / Double(number) : 0 }
    case .quantifier(let alpha):
      guard alpha > 0 else { return nil }
      let n = Double(count)
      return (1...max(count, 1)).map {
        PowerFunction.power(Double($0) / n, alpha) - PowerFunction.power(Double($0 - 1) / n, alpha)
      }
    }
  }
}

/// A whole made of weighted parts, by one of the usual methods, with a rule for absent parts.
public struct Aggregator: Sendable, Equatable {
  /// One weight a part, 0 or more.
  public let weights: [Double]
  /// The method.
  public let method: AggregationMethod
  /// What happens when a part is absent; weights are shares of those present.
  public let missing: MissingPartRule

  /// Makes an aggregator.
  ///
  /// - Throws: ``WeightProblem`` as ``WeightedScore`` does.
  public init(weights: [Double], method: AggregationMethod, missing: MissingPartRule = .requireAll)
    throws(WeightProblem)
  {
    _ = try WeightedScore(weights: weights, scale: .mean, missing: missing)
    self.weights = weights
    self.method = method
    self.missing = missing
  }

  /// Writes the whole of every row and one presence bit a row.
  ///
  /// A row is absent when the rule for absent parts says so, or when the method has no result for it: a part at or below 0
  /// under a geometric, harmonic or power mean, a mean of 0 under Mazziotta and Pareto's index, a negative part under the
  /// benefit of the doubt. Parts of weight 0 do not count.
  public func apply(
    _ parts: [ValueView], into output: UnsafeMutableBufferPointer<Double>, validity: UnsafeMutableBufferPointer<UInt64>
  ) {
    precondition(parts.count == weights.count, "a part for each weight is needed")
    switch method {
    case .arithmetic:
      guard let score = try? WeightedScore(weights: weights, scale: .mean, missing: missing) else { return }
      score.apply(parts, into: output, validity: validity)
    case .geometric: mean(parts, output, validity, .logarithm)
    case .harmonic: mean(parts, output, validity, .inverse)
    case .power(let p): mean(parts, output, validity, p == 0 ? .logarithm : .power(p))
    case .copeland, .benefitOfDoubt, .mazziottaPareto, .ordered:
      let kept = rows(parts)
      let counted = weights.indices.filter { weights[$0] > 0 }
      let counting = counted.map { parts[$0] }
      switch method {
      case .copeland:
        Copeland.apply(counting, weights: counted.map { weights[$0] }, rows: kept, into: output, validity: validity)
      case .benefitOfDoubt: BenefitOfDoubt.apply(counting, rows: kept, into: output, validity: validity)
      default: perRow(counting, kept, output, validity)
      }
    }
  }

  /// The rows that have enough parts.
  private func rows(_ parts: [ValueView]) -> [Int] {
    let count = parts.first?.count ?? 0
    var scratch = [Double](repeating: 0, count: count)
    var words = [UInt64](repeating: 0, count: (count + 63) >> 6)
    guard let score = try? WeightedScore(weights: weights, scale: .mean, missing: missing) else { return [] }
    scratch.withUnsafeMutableBufferPointer { scratch in
      words.withUnsafeMutableBufferPointer { score.apply(parts, into: scratch, validity: $0) }
    }
    return (0..<count).filter { words[$0 >> 6] >> UInt64($0 & 63) & 1 == 1 }
  }

  /// A weighted mean of a function of the parts, turned back.
  private func mean(
    _ parts: [ValueView], _ output: UnsafeMutableBufferPointer<Double>,
    _ validity: UnsafeMutableBufferPointer<UInt64>, _ function: PowerFunction
  ) {
    guard let score = try? WeightedScore(weights: weights, scale: .mean, missing: missing), let first = parts.first
    else {
      return
    }
    let rows = first.count
    let turned = ValueMatrix(rows: rows, columns: parts.count)
    var refused = [UInt64](repeating: 0, count: first.wordCount)
    for (column, part) in parts.enumerated() {
      let values = turned.values(column)
      let words = turned.words(column)
      for index in 0..<part.wordCount { words[index] = part.word(index) }
      if weights[column] == 0 { continue }
      function.apply(part, into: values, refused: &refused)
    }
    withExtendedLifetime(turned) { score.apply(turned.views, into: output, validity: validity) }
    for index in 0..<first.wordCount {
      validity[index] &= ~refused[index]
      let bits = validity[index]
      for row in (index << 6)..<min(index << 6 + 64, rows) {
        let isThere = bits >> UInt64(row & 63) & 1 == 1
        let whole = isThere ? function.inverse(output[row]) : 0
        output[row] = whole.isFinite ? whole : 0
        if !whole.isFinite { validity[index] &= ~(1 << UInt64(row & 63)) }
      }
    }
  }

  /// Methods that look at the parts of one area at a time.
  private func perRow(
    _ parts: [ValueView], _ rows: [Int], _ output: UnsafeMutableBufferPointer<Double>,
    _ validity: UnsafeMutableBufferPointer<UInt64>
  ) {
    for row in 0..<(parts.first?.count ?? 0) { output[row] = 0 }
    for index in 0..<((parts.first?.wordCount) ?? 0) { validity[index] = 0 }
    var list: [Double] = []
    for row in rows {
      list.removeAll(keepingCapacity: true)
      for part in parts where part.isPresent(row) { list.append(part.values[row]) }
      let whole: Double?
      switch method {
      case .mazziottaPareto(let sign, let divisor): whole = Self.mazziottaPareto(list, sign, divisor)
      case .ordered(let ordered):
        list.sort(by: >)
        whole = ordered.weights(list.count).map { weights in zip(weights, list).reduce(0) { $0 + $1.0 * $1.1 } }
      default: preconditionFailure("other methods go by column")
      }
      if let whole, whole.isFinite {
        output[row] = whole
        validity[row >> 6] |= 1 << UInt64(row & 63)
      }
    }
  }

  /// M -+ S cv of the parts of one area; nil for one part under the sample divisor, or a mean of 0.
  static func mazziottaPareto(_ parts: [Double], _ sign: PenaltySign, _ divisor: VarianceDivisor) -> Double? {
    parts.withUnsafeBufferPointer { parts in
      let moments = Moments(ValueView(parts))
      guard let mean = moments.mean, mean != 0, let variance = moments.variance(divisor) else { return nil }
      return sign == .minus ? mean - variance / mean : mean + variance / mean
    }
  }
}
