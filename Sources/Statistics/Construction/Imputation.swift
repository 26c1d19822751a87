/// Fills absent cells from the other cells. Present cells are never changed.
public enum Imputation {
  /// What stands for an absent cell of an indicator.
  public enum Centre: String, Sendable, CaseIterable {
    /// The arithmetic mean.
    case mean
    /// The middle value; the mean of the two middle ones when their number is even.
    case median
  }

  /// The mean or median of some values, or nil when there are none.
  public static func centre(_ values: [Double], _ centre: Centre) -> Double? {
    guard !values.isEmpty else { return nil }
    switch centre {
    case .mean: return values.withUnsafeBufferPointer { Moments(ValueView($0)).mean }
    case .median:
      let sorted = values.sorted()
      let middle = sorted.count / 2
      return sorted.count % 2 == 1 ? sorted[middle] : 0.5 * (sorted[middle - 1] + sorted[middle])
    }
  }

  /// For each cell its value, or that of its group's centre where it is absent; nil where the group has no value.
  ///
  /// - Parameters:
  ///   - cells: one indicator.
  ///   - groups: the group of each area, from 0; a negative number is no group, and the cell stays absent. nil takes all
  ///     areas as one group.
  ///   - centre: the mean or the median of the group's present cells.
  public static func byCentre(_ cells: [Double?], groups: [Int]? = nil, _ centre: Centre) -> [Double?] {
    let count = (groups?.max() ?? 0) + 1
    var members = [[Double]](repeating: [], count: max(count, 1))
    for (row, cell) in cells.enumerated() {
      let group = groups?[row] ?? 0
      if let cell, group >= 0 { members[group].append(cell) }
    }
    let centres = members.map { self.centre($0, centre) }
    return cells.enumerated().map { row, cell in
      let group = groups?[row] ?? 0
      return cell ?? (group >= 0 ? centres[group] : nil)
    }
  }

  /// What a regression filled, and from how many areas.
  public struct Regression: Sendable, Equatable {
    /// The indicator, filled where that could be done.
    public let cells: [Double?]
    /// How many cells were filled.
    public let filled: Int
    /// Absent cells for which no regression could be made: no other indicator is present, or too few areas share them.
    public let left: Int
  }

  /// Fills one indicator by linear regression on the others.
  ///
  /// For each area that lacks it, ordinary least squares with an intercept on those other indicators that the area has, over
  /// the areas that have them all and the target; areas that have the same indicators share one fit. Indicators that add
  /// nothing to those before them are left out. A fit needs two areas more than it has predictors.
  ///
  /// - Parameters:
  ///   - target: the column to fill.
  ///   - matrix: all indicators; the target's own column is not a predictor.
  public static func byRegression(_ target: Int, of matrix: ValueMatrix) -> Regression {
    let others = (0..<matrix.columnCount).filter { $0 != target }
    var cells = matrix.cells(target)
    var fits: [[Int]: LinearFit?] = [:]
    var filled = 0
    var left = 0
    for row in 0..<matrix.rowCount where cells[row] == nil {
      let predictors = others.filter { matrix.isPresent(row, $0) }
      let fit: LinearFit?
      if let known = fits[predictors] {
        fit = known
      } else {
        fit = LinearFit(target, on: predictors, of: matrix)
        fits[predictors] = fit
      }
      if let fit, case let value = fit.value(predictors.map { matrix[row, $0] ?? 0 }), value.isFinite {
        cells[row] = value
        filled += 1
      } else {
        left += 1
      }
    }
    return Regression(cells: cells, filled: filled, left: left)
  }
}

/// Ordinary least squares of one column on some others, with an intercept.
public struct LinearFit: Sendable, Equatable {
  /// The value where every predictor is 0.
  public let intercept: Double
  /// One a predictor; 0 for a predictor that adds nothing to those before it.
  public let coefficients: [Double]

  /// Fits over the rows in which all are present; nil for no predictors, or fewer than two rows more than predictors.
  ///
  /// Predictors are standardised and made orthogonal one after the other (modified Gram-Schmidt, twice); one whose rest is
  /// below 1e-9 of its length is left out.
  public init?(_ target: Int, on predictors: [Int], of matrix: ValueMatrix) {
    let rows = matrix.completeRows(predictors + [target])
    guard !predictors.isEmpty, rows.count >= predictors.count + 2 else { return nil }
    func centred(_ column: Int) -> (values: [Double], mean: Double) {
      let values = rows.map { matrix[$0, column] ?? 0 }
      let mean = values.reduce(0, +) / Double(values.count)
      return (values.map { $0 - mean }, mean)
    }
    let (y, yMean) = centred(target)
    var basis: [(vector: [Double], scale: Double, mix: [Double])?] = []
    var means: [Double] = []
    // Each basis vector is a mix of the centred predictors; `mix` holds its coefficients.
    for (p, predictor) in predictors.enumerated() {
      var (vector, mean) = centred(predictor)
      means.append(mean)
      let length = Self.dot(vector, vector).squareRoot()
      var mix = [Double](repeating: 0, count: predictors.count)
      mix[p] = 1
      for _ in 0..<2 {
        for case let other? in basis {
          let share = Self.dot(vector, other.vector) / other.scale
          for i in vector.indices { vector[i] -= share * other.vector[i] }
          for i in mix.indices { mix[i] -= share * other.mix[i] }
        }
      }
      let rest = Self.dot(vector, vector)
      basis.append(length > 0 && rest > 1e-18 * length * length ? (vector, rest, mix) : nil)
    }
    var coefficients = [Double](repeating: 0, count: predictors.count)
    for case let part? in basis {
      let share = Self.dot(y, part.vector) / part.scale
      for i in coefficients.indices { coefficients[i] += share * part.mix[i] }
    }
    self.coefficients = coefficients
    intercept = yMean - Self.dot(coefficients, means)
  }

  /// The fitted value at the given predictors.
  public func value(_ predictors: [Double]) -> Double { intercept + Self.dot(coefficients, predictors) }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = NeumaierSum()
    for i in a.indices { sum.add(a[i] * b[i]) }
    return sum.value
  }
}
