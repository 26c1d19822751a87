/// Quantiles of type 7 in the numbering of Hyndman and Fan (1996), the default of R and NumPy.
public enum Quantiles {
  /// The quantile at `probability` of ascending values: with h = (n - 1) p, the point at h between its two neighbours.
  ///
  /// nil for no values or a probability outside 0...1.
  public static func type7(sorted values: UnsafeBufferPointer<Double>, probability: Double) -> Double? {
    guard values.count > 0, probability >= 0 && probability <= 1 else { return nil }
    let place = Double(values.count - 1) * probability
    let lower = Int(place)
    return between(values, lower, place - Double(lower))
  }

  /// The quantiles of the present rows of a view, one a probability; empty when no row is present.
  ///
  /// Probabilities outside 0...1 stop the program. The order in `workspace` is replaced.
  public static func type7(
    _ view: ValueView, probabilities: [Double], workspace: RankWorkspace
  ) -> [Double] {
    let sorted = workspace.sort(view)
    guard sorted.count > 0 else { return [] }
    return probabilities.map { probability in
      guard let value = type7(sorted: sorted, probability: probability) else {
        preconditionFailure("a probability lies between 0 and 1")
      }
      return value
    }
  }

  /// The median of the present rows, or nil when there are none.
  public static func median(_ view: ValueView, workspace: RankWorkspace) -> Double? {
    type7(sorted: workspace.sort(view), probability: 0.5)
  }

  /// The `classes` - 1 cut points that split ascending values into quantile classes: those of type 7 at j / classes.
  ///
  /// Places are computed in whole numbers, so that a cut that falls on a value is exactly that value. No values give no
  /// cuts; heavy ties give equal cuts, and a class between equal cuts stays empty.
  public static func cuts(sorted values: UnsafeBufferPointer<Double>, classes: Int) -> [Double] {
    precondition(classes > 0, "at least one class is needed")
    guard values.count > 0 else { return [] }
    return (1..<max(classes, 1)).map { index in
      let (lower, rest) = ((values.count - 1) * index).quotientAndRemainder(dividingBy: classes)
      return between(values, lower, Double(rest) / Double(classes))
    }
  }

  /// The cut points of the present rows of a view.
  public static func cuts(_ view: ValueView, classes: Int, workspace: RankWorkspace) -> [Double] {
    cuts(sorted: workspace.sort(view), classes: classes)
  }

  private static func between(_ values: UnsafeBufferPointer<Double>, _ lower: Int, _ fraction: Double) -> Double {
    let low = values[lower]
    guard fraction > 0, lower + 1 < values.count, values[lower + 1] != low else { return low }
    return (1 - fraction) * low + fraction * values[lower + 1]
  }
}

extension RankWorkspace {
  /// The present values of a view, ascending, in this workspace's memory until it sorts again.
  public func sort(_ view: ValueView) -> UnsafeBufferPointer<Double> {
    guard view.validity != nil else { return tieGroups(of: view.values).sorted }
    return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: view.count) { positions in
      let count = view.presentPositions(into: positions)
      return tieGroups(of: view.values, at: .init(rebasing: positions[..<count])).sorted
    }
  }
}
