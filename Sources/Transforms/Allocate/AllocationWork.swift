import Statistics

/// The key of one group of areas.
struct AllocationWork {
  private let shares: [Double]?
  private let hasBudget: Bool
  private let amounts: [Double]?
  private let gini: Double?
  private let concentration: Double?
  private let spentShares: [Double?]?
  private let spentConcentration: Double?
  private let toMove: Double?

  init(need: [Double], people: [Double], spent: [Double?]?, options: Allocate.Options) {
    let weights = AllocationKey.weights(people: people, need: need, above: options.above, power: options.power)
    let isShared = weights.contains { $0 > 0 }
    func split(_ total: Double) -> [Double]? {
      guard isShared else { return nil }
      var result = [Double](repeating: 0, count: weights.count)
      result.withUnsafeMutableBufferPointer { result in
        weights.withUnsafeBufferPointer {
          Allocation.split(total, inProportionTo: $0, fallback: $0, into: result)
        }
      }
      return result
    }
    shares = split(100)
    hasBudget = options.budget != nil
    amounts = options.budget.flatMap(split)
    concentration =
      isShared ? AllocationKey.concentration(amounts: weights, people: people, need: need) : nil
    let inhabited = people.indices.filter { people[$0] > 0 }
    gini =
      isShared
      ? Inequality.gini(inhabited.map { weights[$0] / people[$0] }, weights: inhabited.map { people[$0] }) : nil
    guard let spent else {
      (spentShares, spentConcentration, toMove) = (nil, nil, nil)
      return
    }
    let known = spent.indices.filter { spent[$0] != nil }
    let total = known.reduce(0) { $0 + (spent[$1] ?? 0) }
    spentShares = total > 0 ? spent.map { $0.map { 100 * $0 / total } } : spent.map { _ in nil }
    spentConcentration = AllocationKey.concentration(
      amounts: known.map { spent[$0] ?? 0 }, people: known.map { people[$0] }, need: known.map { need[$0] })
    let own = (shares, spentShares)
    toMove =
      known.count == spent.count && total > 0
      ? own.0.map { shares in
        spent.indices.reduce(0) { $0 + abs(shares[$1] - (own.1?[$1] ?? 0)) } / 2
      } : nil
  }

  /// The figures of an area, in the order of the fields of `allocate`.
  func figures(_ area: Int) -> [Double?] {
    var result: [Double?] = [shares?[area]]
    if hasBudget { result.append(amounts?[area]) }
    if let spentShares {
      let own = spentShares[area]
      result += [own, own.flatMap { own in shares.map { own - $0[area] } }]
    }
    result += [gini, concentration]
    if spentShares != nil { result += [spentConcentration, toMove] }
    return result
  }
}
