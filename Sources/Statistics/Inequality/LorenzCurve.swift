/// The Lorenz curve: which share of the total the lowest share of the population has.
public struct LorenzCurve: Sendable, Equatable {
  /// Cumulative shares of the population, from 0 to 1, one point more than there are values.
  public let population: [Double]
  /// Cumulative shares of the total, from 0 to 1.
  public let total: [Double]

  /// The curve of values of 0 or more with weights of 0 or more; nil when they sum to 0.
  ///
  /// A value counts as the mean of its weighted units, as in the R package ineq (`Lc(x, n)`).
  public init?(_ values: [Double], weights: [Double]? = nil) {
    guard let all = Shares(values, weights) else { return nil }
    var (people, amount) = ([0.0], [0.0])
    var (weight, sum) = (NeumaierSum(), NeumaierSum())
    let ascending = all.ascending
    let whole = Inequality.summed(ascending.map { $0.value * $0.weight })
    for (value, own) in ascending {
      weight.add(own)
      sum.add(own * value)
      people.append(min(1, weight.value / all.total))
      amount.append(min(1, sum.value / whole))
    }
    people[people.count - 1] = 1
    amount[amount.count - 1] = 1
    population = people
    total = amount
  }

  /// The share of the total that the lowest `share` of the population has, between the curve's points on straight lines.
  ///
  /// nil outside 0...1.
  public func share(ofLowest share: Double) -> Double? {
    guard share >= 0, share <= 1 else { return nil }
    for i in 1..<population.count where population[i] >= share {
      let width = population[i] - population[i - 1]
      if width <= 0 { return total[i] }
      return total[i - 1] + (total[i] - total[i - 1]) * (share - population[i - 1]) / width
    }
    return 1
  }
}
