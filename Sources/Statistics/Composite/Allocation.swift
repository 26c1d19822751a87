/// Shares an amount out so that the shares add up to it to the last bit.
///
/// Used to carry a domain's contribution down to its indicators in proportion to weight times transformed value, w E(R).
public enum Allocation {
  /// Splits `total` in proportion to `amounts`; adding the shares from first to last gives exactly `total`.
  ///
  /// Amounts are meant to be 0 or more. Each share is a whole multiple of the last place of `total`; a part with
  /// amount 0 gets 0 and the last other part takes the rest.
  /// When the amounts sum to 0 or less, `fallback` takes their place (the weights, say), and when those do too all parts
  /// share alike.
  /// - Parameters:
  ///   - total: what is shared out, finite.
  ///   - amounts: one finite number a part, 0 for an absent one.
  ///   - fallback: one number of 0 or more a part.
  ///   - shares: receives one share a part; as long as `amounts`, and other memory.
  public static func split(
    _ total: Double, inProportionTo amounts: UnsafeBufferPointer<Double>, fallback: UnsafeBufferPointer<Double>,
    into shares: UnsafeMutableBufferPointer<Double>
  ) {
    precondition(fallback.count == amounts.count && shares.count >= amounts.count, "parts and shares differ in number")
    if share(total, amounts, shares) || share(total, fallback, shares) { return }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: amounts.count) { equal in
      equal.initialize(repeating: 1)
      _ = share(total, UnsafeBufferPointer(equal), shares)
    }
  }

  /// Splits each row of `total` over its parts in proportion to `weights[part]` times the part's value.
  ///
  /// Absent parts get 0; when no part has a positive amount, those present share by weight. Rows without a total get 0.
  /// - Parameters:
  ///   - total: what is shared out, a row.
  ///   - parts: one view a part, as long as `total`.
  ///   - weights: one a part, 0 or more.
  ///   - shares: one buffer a part.
  public static func split(
    _ total: ValueView, over parts: [ValueView], weights: [Double],
    into shares: [UnsafeMutableBufferPointer<Double>]
  ) {
    precondition(parts.count == weights.count && shares.count == parts.count, "a weight and shares for each part")
    precondition(parts.allSatisfy { $0.count == total.count }, "parts must be as long as the total")
    precondition(shares.allSatisfy { $0.count >= total.count }, "too little room for the shares")
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * parts.count) { memory in
      memory.initialize(repeating: 0)
      let amounts = UnsafeMutableBufferPointer(rebasing: memory[..<parts.count])
      let present = UnsafeMutableBufferPointer(rebasing: memory[parts.count..<(2 * parts.count)])
      let row = UnsafeMutableBufferPointer(rebasing: memory[(2 * parts.count)...])
      for index in 0..<total.count {
        guard total.isPresent(index) else {
          for part in 0..<parts.count { shares[part][index] = 0 }
          continue
        }
        for part in 0..<parts.count {
          let here = parts[part].isPresent(index)
          present[part] = here ? weights[part] : 0
          amounts[part] = here ? weights[part] * parts[part].values[index] : 0
        }
        split(
          total.values[index], inProportionTo: UnsafeBufferPointer(amounts), fallback: UnsafeBufferPointer(present),
          into: row)
        for part in 0..<parts.count { shares[part][index] = row[part] }
      }
    }
  }

  /// Shares by amounts that sum to more than 0; returns false when they do not.
  private static func share(
    _ total: Double, _ amounts: UnsafeBufferPointer<Double>, _ shares: UnsafeMutableBufferPointer<Double>
  ) -> Bool {
    var sum = 0.0
    var last = -1
    for (part, amount) in amounts.enumerated() {
      sum += amount
      if amount != 0 { last = part }
    }
    guard last >= 0, sum > 0, sum.isFinite else { return false }
    // Whole multiples of the total's last place add up without rounding as long as they stay within the total.
    let unit = total.ulp
    var given = 0.0
    for part in 0..<amounts.count {
      var share = part < last ? (total * (amounts[part] / sum) / unit).rounded(.towardZero) * unit : 0
      if abs(given + share) > abs(total) { share = total - given }
      shares[part] = share
      given += share
    }
    shares[last] = total - given
    return true
  }
}
