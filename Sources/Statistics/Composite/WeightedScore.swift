/// What a composite does with an area that lacks a part; parts of weight 0 never count.
public enum MissingPartRule: Sendable, Equatable {
  /// No score unless every part is present.
  case requireAll
  /// The weights of the present parts are rescaled to the full weight when enough is present.
  ///
  /// Enough is at least `minimumCount` parts that hold at least `minimumShare` (0-1) of the weight.
  case rescale(minimumCount: Int, minimumShare: Double)
  /// Present parts keep their weights and an absent part adds nothing, when enough is present.
  case omit(minimumCount: Int, minimumShare: Double)
}

/// What the weights of a composite sum to.
public enum WeightScale: String, Sendable, CaseIterable {
  /// Weights count as given: a weighted sum. England's sum to .999 and are not rescaled.
  case sum
  /// Weights are divided by their sum: a weighted mean.
  case mean
}

/// Why weights are refused.
public enum WeightProblem: Error, Sendable, Equatable, CustomStringConvertible {
  /// The part at this index, from 0, has a weight that is negative or not finite.
  case invalid(part: Int, weight: Double)
  /// There is no part with a positive weight.
  case nothingToWeigh

  /// What is wrong and what was expected.
  public var description: String {
    switch self {
    case .invalid(let part, let weight):
      return "weight \(part + 1) is \(weight); a weight is a finite number of 0 or more"
    case .nothingToWeigh:
      return "no weight is above 0; give at least one part a positive weight"
    }
  }
}

/// A weighted sum or mean of parts (indicators or domains) with a rule for absent ones.
///
/// The contribution of a part is its weight in that area times its value, and the score is the sum of the contributions
/// from the first part to the last, so adding them again in that order gives the score to the last bit.
public struct WeightedScore: Sendable, Equatable {
  /// One weight a part, as given.
  public let weights: [Double]
  /// Whether the score is a sum or a mean.
  public let scale: WeightScale
  /// What happens when a part is absent.
  public let missing: MissingPartRule
  /// The sum of the weights in order.
  public let total: Double
  private let full: [Double]
  private let counted: Int

  /// Makes a composite of as many parts as there are weights.
  ///
  /// - Throws: ``WeightProblem`` when a weight is negative or not finite, or none is positive.
  public init(
    weights: [Double], scale: WeightScale = .sum, missing: MissingPartRule = .requireAll
  ) throws(WeightProblem) {
    for (part, weight) in weights.enumerated() where !(weight >= 0 && weight.isFinite) {
      throw .invalid(part: part, weight: weight)
    }
    let total = weights.reduce(0, +)
    guard total > 0 && total.isFinite else { throw .nothingToWeigh }
    self.weights = weights
    self.scale = scale
    self.missing = missing
    self.total = total
    full = scale == .sum ? weights : weights.map { $0 / total }
    counted = weights.count { $0 > 0 }
  }

  /// Writes score, presence and contributions of every row.
  ///
  /// - Parameters:
  ///   - parts: one view a weight, all equally long.
  ///   - score: receives the score, 0 where there is none.
  ///   - validity: receives one bit a row, 1 where there is a score; bits beyond the last row are 0.
  ///   - contributions: one buffer a part, or none at all; 0 where the part is absent or there is no score.
  public func apply(
    _ parts: [ValueView], into score: UnsafeMutableBufferPointer<Double>,
    validity: UnsafeMutableBufferPointer<UInt64>, contributions: [UnsafeMutableBufferPointer<Double>] = []
  ) {
    precondition(parts.count == weights.count, "a part for each weight is needed")
    precondition(contributions.isEmpty || contributions.count == parts.count, "contributions for all parts or none")
    let rows = parts.first?.count ?? 0
    precondition(parts.allSatisfy { $0.count == rows }, "parts must be equally long")
    precondition(score.count >= rows && validity.count >= (rows + 63) >> 6, "too little room for the score")
    precondition(contributions.allSatisfy { $0.count >= rows }, "too little room for the contributions")
    for index in 0..<((rows + 63) >> 6) {
      let range = index << 6..<min(index << 6 + 64, rows)
      let inside = range.count == 64 ? UInt64.max : 1 << UInt64(range.count) - 1
      var complete = inside
      for part in parts { complete &= part.word(index) }
      // Rows that lack a part are done again by themselves.
      if complete != 0 { weighWord(parts, range, score, contributions) }
      var bits = complete
      var rest = inside & ~complete
      while rest != 0 {
        let row = range.lowerBound + rest.trailingZeroBitCount
        rest &= rest &- 1
        if weighRow(parts, row, score, contributions) { bits |= 1 << UInt64(row & 63) }
      }
      validity[index] = bits
    }
  }

  /// A run of rows as if every part were present, part by part.
  private func weighWord(
    _ parts: [ValueView], _ range: Range<Int>, _ score: UnsafeMutableBufferPointer<Double>,
    _ contributions: [UnsafeMutableBufferPointer<Double>]
  ) {
    for row in range { score[row] = 0 }
    for part in 0..<parts.count {
      let weight = full[part]
      let values = parts[part].values
      if contributions.isEmpty {
        for row in range { score[row] += weight * values[row] }
      } else {
        let contribution = contributions[part]
        for row in range {
          let amount = weight * values[row]
          contribution[row] = amount
          score[row] += amount
        }
      }
    }
  }

  /// One row where a part may be absent; returns whether it has a score.
  private func weighRow(
    _ parts: [ValueView], _ row: Int, _ score: UnsafeMutableBufferPointer<Double>,
    _ contributions: [UnsafeMutableBufferPointer<Double>]
  ) -> Bool {
    var present = 0
    var weight = 0.0
    for part in 0..<parts.count where weights[part] > 0 && parts[part].isPresent(row) {
      present += 1
      weight += weights[part]
    }
    let scored = isEnough(present: present, weight: weight)
    var sum = 0.0
    for part in 0..<parts.count {
      var amount = 0.0
      if scored && parts[part].isPresent(row) {
        amount = effective(part, present, weight) * parts[part].values[row]
      }
      sum += amount
      if !contributions.isEmpty { contributions[part][row] = amount }
    }
    score[row] = sum
    return scored
  }

  /// Whether so many parts of a weight above 0, with so much weight together, make a score.
  public func isEnough(present: Int, weight: Double) -> Bool {
    switch missing {
    case .requireAll: return present == counted
    case .rescale(let minimumCount, let minimumShare), .omit(let minimumCount, let minimumShare):
      // Weights such as .1 are not exact, so a share that should be met is not lost to rounding.
      return present > 0 && present >= minimumCount && weight >= minimumShare * total - 1e-12 * total
    }
  }

  /// The weight of a part in an area where `present` parts hold `weight`.
  private func effective(_ part: Int, _ present: Int, _ weight: Double) -> Double {
    guard case .rescale = missing, present < counted else { return full[part] }
    return scale == .sum ? weights[part] * total / weight : weights[part] / weight
  }
}
