/// What each of several parts contributes to a result that is not their sum.
public enum ShapleyValues {
  /// The most parts: 2 to this power results are asked for.
  public static let largestCount = 16

  /// Each part's contribution to v(all) - v(none): the mean of what it adds over all orders in which parts come in.
  ///
  /// Source: L. Shapley 1953. `value` is called once a set of parts, given as bits, part 0 the lowest; results come from
  /// small sets to large ones. The contributions sum to v(all) - v(none) up to the rounding of the last place of the largest
  /// of them: what rounding leaves goes to the largest.
  /// - Parameter count: 1 to ``largestCount`` parts.
  public static func contributions(count: Int, value: (_ parts: UInt32) -> Double) -> [Double] {
    precondition((1...largestCount).contains(count), "Shapley values need 1 to \(largestCount) parts")
    let results = (0..<(UInt32(1) << UInt32(count))).map(value)
    // s! (n - s - 1)! / n! for a set of s parts without the one.
    var weights = [1 / Double(count)]
    for s in 1..<max(count, 2) where s < count { weights.append(weights[s - 1] * Double(s) / Double(count - s)) }
    var contributions = [Double](repeating: 0, count: count)
    for part in 0..<count {
      let bit = UInt32(1) << UInt32(part)
      var sum = NeumaierSum()
      for set in 0..<UInt32(results.count) where set & bit == 0 {
        sum.add(weights[set.nonzeroBitCount] * (results[Int(set | bit)] - results[Int(set)]))
      }
      contributions[part] = sum.value
    }
    let total = results[results.count - 1] - results[0]
    let largest = contributions.indices.max { abs(contributions[$0]) < abs(contributions[$1]) } ?? 0
    contributions[largest] += total - Inequality.summed(contributions)
    return contributions
  }
}
