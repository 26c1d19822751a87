/// Figures of areas carried over to other areas, through the parts that they have in common.
///
/// Area i gives the share s(i, j) of itself to target j: the part's weight (addresses, inhabitants, square metres) over the
/// weights of all parts of i. Counts follow the shares; rates and means are averaged. This is areal interpolation with
/// weights (Goodchild and Lam 1980, Geo-Processing 1, 297-312; Flowerdew and Green 1989); it assumes that what is counted
/// is spread inside an area as the weights are.
public enum ArealInterpolation {
  /// The parts of each target, target after target.
  public struct Parts: Sendable {
    /// The row of the source area of each part.
    public let rows: [Int32]
    /// The share of the source area that the part is, 0-1.
    public let shares: [Double]
    /// Where each target's parts start; one more entry than there are targets.
    public let starts: [Int]

    /// Parts, target after target.
    public init(rows: [Int32], shares: [Double], starts: [Int]) {
      precondition(rows.count == shares.count && starts.last == rows.count, "a row and a share for each part")
      self.rows = rows
      self.shares = shares
      self.starts = starts
    }

    /// The number of targets.
    public var targetCount: Int { starts.count - 1 }
  }

  /// A number for each target, or what stands in its way.
  public struct Figures: Sendable, Equatable {
    /// The numbers; 0 where there is none.
    public fileprivate(set) var values: [Double]
    /// -1 where there is a number, the row of the source area whose absence leaves none, or ``undefined``.
    public fileprivate(set) var causes: [Int32]

    /// No source area weighs anything.
    public static let undefined: Int32 = -2

    fileprivate init(count: Int) {
      values = [Double](repeating: 0, count: count)
      causes = [Int32](repeating: -1, count: count)
    }
  }

  /// The share of each part in its source area.
  ///
  /// - Parameters:
  ///   - weights: the weight of each part, 0 or more.
  ///   - sources: the source area of each part, from 0.
  ///   - sourceCount: the number of source areas.
  /// - Returns: weight / total weight of the source; where the total is 0, the parts are equally large.
  public static func shares(of weights: [Double], sources: [Int32], sourceCount: Int) -> [Double] {
    precondition(weights.count == sources.count, "a source area for each weight")
    var totals = [NeumaierSum](repeating: NeumaierSum(), count: sourceCount)
    var counts = [Int](repeating: 0, count: sourceCount)
    for (weight, source) in zip(weights, sources) {
      totals[Int(source)].add(weight)
      counts[Int(source)] += 1
    }
    return zip(weights, sources).map { weight, source in
      // One part is the whole, whatever rounding says.
      if counts[Int(source)] == 1 { return 1 }
      let total = totals[Int(source)].value
      return total > 0 ? weight / total : 1 / Double(counts[Int(source)])
    }
  }

  /// Counts: the sum over the parts of share * count of the source area.
  ///
  /// A target of which a part with a share above 0 has no count has none; the cause is the one with the largest share, the
  /// first of equals.
  public static func counts(_ values: ValueView, _ parts: Parts) -> Figures {
    var figures = Figures(count: parts.targetCount)
    for target in 0..<parts.targetCount {
      var sum = NeumaierSum()
      var cause = (row: Int32(-1), share: 0.0)
      for part in parts.starts[target]..<parts.starts[target + 1] {
        let (row, share) = (parts.rows[part], parts.shares[part])
        if values.isPresent(Int(row)) {
          sum.add(share * values.values[Int(row)])
        } else if share > cause.share {
          cause = (row, share)
        }
      }
      figures.causes[target] = cause.row
      figures.values[target] = cause.row < 0 ? sum.value : 0
    }
    return figures
  }

  /// Rates and means: sum of share * weight * value over sum of share * weight, over the parts that have a value.
  ///
  /// `weights` are what the value is an average over, at the source area: inhabitants for a mean per inhabitant. A target
  /// with one part has that area's value. Parts that weigh nothing take no part. A target needs values for at least
  /// `coverage` (0-1) of its weight; the cause is the part without a value that weighs most. A weight that is not known
  /// leaves no average. Equal values give exactly that value.
  public static func averages(_ values: ValueView, weights: ValueView, _ parts: Parts, coverage: Double = 1) -> Figures
  {
    precondition(values.count == weights.count, "a weight for each value")
    var figures = Figures(count: parts.targetCount)
    for target in 0..<parts.targetCount {
      let range = (parts.starts[target]..<parts.starts[target + 1]).filter { parts.shares[$0] > 0 }
      if range.count == 1 {
        let row = Int(parts.rows[range[0]])
        if values.isPresent(row) {
          figures.values[target] = values.values[row]
        } else {
          figures.causes[target] = Int32(row)
        }
        continue
      }
      (figures.values[target], figures.causes[target]) = average(values, weights, parts, range, coverage)
    }
    return figures
  }

  private static func average(
    _ values: ValueView, _ weights: ValueView, _ parts: Parts, _ range: [Int], _ coverage: Double
  ) -> (Double, Int32) {
    var total = NeumaierSum()
    var known = NeumaierSum()
    var deviations = NeumaierSum()
    var base: Double?
    var cause = (row: Int32(-1), weight: 0.0)
    for part in range {
      let row = Int(parts.rows[part])
      guard weights.isPresent(row) else { return (0, Int32(row)) }
      let weight = parts.shares[part] * weights.values[row]
      guard weight > 0 else { continue }
      total.add(weight)
      guard values.isPresent(row) else {
        if weight > cause.weight { cause = (Int32(row), weight) }
        continue
      }
      // Summing differences to the first value keeps equal values what they are.
      let origin = base ?? values.values[row]
      base = origin
      known.add(weight)
      deviations.add(weight * (values.values[row] - origin))
    }
    guard total.value > 0 else { return (0, Figures.undefined) }
    guard let base, cause.row < 0 || known.value >= coverage * total.value else { return (0, cause.row) }
    return (base + deviations.value / known.value, -1)
  }

  /// The share of each target's population that was estimated: that stems from source areas of which the target has only a
  /// part. A target made of whole areas has 0, one made of pieces only has 1, whatever is known of their population.
  public static func bridgedShares(population: ValueView, _ parts: Parts) -> Figures {
    var figures = Figures(count: parts.targetCount)
    for target in 0..<parts.targetCount {
      let range = (parts.starts[target]..<parts.starts[target + 1]).filter { parts.shares[$0] > 0 }
      let pieces = range.filter { parts.shares[$0] < 1 }
      if pieces.isEmpty || pieces.count == range.count {
        figures.values[target] = pieces.isEmpty ? 0 : 1
        continue
      }
      var total = NeumaierSum()
      var bridged = NeumaierSum()
      var cause = Int32(-1)
      for part in range {
        let row = Int(parts.rows[part])
        guard population.isPresent(row) else {
          if cause < 0 { cause = Int32(row) }
          continue
        }
        let people = parts.shares[part] * population.values[row]
        total.add(people)
        if parts.shares[part] < 1 { bridged.add(people) }
      }
      if cause < 0, total.value <= 0 { cause = Figures.undefined }
      figures.causes[target] = cause
      figures.values[target] = cause == -1 ? bridged.value / total.value : 0
    }
    return figures
  }
}
