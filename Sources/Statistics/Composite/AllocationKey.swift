internal import Glibc

/// A key that shares an amount out by people and need, and how it, or what is really spent, follows need.
public enum AllocationKey {
  /// What each area weighs: people times (need - above) to the power, for need above it; 0 otherwise, whatever the power.
  ///
  /// Power 0 counts people, 1 grows with the distance, 2 favours the greatest need. The share of an area is its weight over
  /// the sum.
  public static func weights(people: [Double], need: [Double], above: Double, power: Double) -> [Double] {
    precondition(people.count == need.count, "people and need of the same areas")
    return zip(people, need).map { people, need in need > above ? people * pow(need - above, power) : 0 }
  }

  /// The concentration coefficient of an amount over people put in order of need: 2 cov(amount a head, R)/mean a head, with R
  /// the middle of each area's place among the people, from the least need (0) to the greatest (1); equal need shares a place.
  ///
  /// 0 when everyone gets the same, towards 1 when those in greatest need get all, below 0 when the amount flees need. With
  /// need the amount a head itself it is the Gini coefficient. Source: N. Kakwani, A. Wagstaff and E. van Doorslaer 1997.
  /// nil without people or amount. Areas without people do not count.
  public static func concentration(amounts: [Double], people: [Double], need: [Double]) -> Double? {
    precondition(
      amounts.count == people.count && need.count == people.count, "amounts, people and need of the same areas")
    let order = people.indices.filter { people[$0] > 0 }
      .sorted { need[$0] != need[$1] ? need[$0] < need[$1] : $0 < $1 }
    var (total, amount) = (NeumaierSum(), NeumaierSum())
    for area in order {
      total.add(people[area])
      amount.add(amounts[area])
    }
    guard total.value > 0, amount.value > 0 else { return nil }
    var (sum, before, start) = (NeumaierSum(), 0.0, 0)
    while start < order.count {
      var (end, own) = (start, 0.0)
      while end < order.count, need[order[end]] == need[order[start]] {
        own += people[order[end]]
        end += 1
      }
      let place = (before + own / 2) / total.value
      for area in order[start..<end] { sum.add(amounts[area] * (place - 0.5)) }
      (before, start) = (before + own, end)
    }
    return 2 * sum.value / amount.value
  }
}
