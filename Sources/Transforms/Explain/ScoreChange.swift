import Statistics
import Tabular

/// The scores of areas at two moments, and domain by domain those of every mixture of both moments' indicators.
struct ScoreChange {
  private let weights: [Double]
  private let start: [Double?]
  private let end: [Double?]
  /// For each domain, for each set of indicators that have their last value (bits, the first the lowest), each area's score.
  private let mixtures: [[[Double?]]]

  /// The change from `first` to `last`; `places` numbers the area of every row of the table.
  init(_ last: AnchoredScorer, _ first: AnchoredScorer, places: [Int32]) {
    let weighted = last.weighted()
    let isMean = last.profile.conventions.rescaleWeights
    weights = weighted.weights.map { isMean ? $0 / weighted.total : $0 }
    let room = AnchoredScorer.Room(last)
    end = last.scores(nil, weighted, room)
    var firstPlace: [Int32: Int] = [:]
    for (index, row) in first.rows.enumerated() { firstPlace[places[row]] = index }
    let matches = last.rows.map { firstPlace[places[$0]] }
    let old = zip(last.indicators, first.indicators).map { own, other in
      zip(own, other).map { Self.aligned($1, named: $0.name, matches) }
    }
    start = last.scores(old, weighted, room)
    mixtures = last.indicators.indices.map { domain in
      let count = last.indicators[domain].count
      return (0..<(1 << count)).map { set in
        let mixed = (0..<count).map { set >> $0 & 1 == 1 ? last.indicators[domain][$0] : old[domain][$0] }
        return last.scores(ofDomain: domain, mixed, room)
      }
    }
  }

  /// The first moment's cells in the order of the last moment's areas; an area that was not there has none.
  private static func aligned(
    _ indicator: AnchoredScorer.Indicator, named name: String, _ matches: [Int?]
  ) -> AnchoredScorer.Indicator {
    let reasons = matches.map { place -> UInt8 in
      guard let place else { return MissingReason.notMatched.rawValue }
      return indicator.missing?.reasons[place] ?? 0
    }
    return AnchoredScorer.Indicator(
      name: name,
      values: zip(matches, reasons).map { place, reason in place.map { reason == 0 ? indicator.values[$0] : 0 } ?? 0 },
      missing: reasons.contains { $0 != 0 } ? MissingMask(reasons: reasons) : nil)
  }

  /// The figures of an area, in the order of the fields of `explain`.
  func figures(_ area: Int) -> [Double?] {
    let counted = weights.indices.filter { weights[$0] > 0 }
    let isWhole = counted.allSatisfy { domain in mixtures[domain].allSatisfy { $0[area] != nil } }
    let (before, after) = (start[area], end[area])
    let change = before.flatMap { before in after.map { $0 - before } }
    var result = [before, after, isWhole ? change : nil]
    for (domain, sets) in mixtures.enumerated() {
      let count = sets.count.trailingZeroBitCount
      guard isWhole, change != nil else {
        result += [Double?](repeating: nil, count: 1 + count)
        continue
      }
      guard weights[domain] > 0 else {
        result += [Double?](repeating: 0, count: 1 + count)
        continue
      }
      func part(_ set: Int) -> Double { weights[domain] * (sets[set][area] ?? 0) }
      let parts = ShapleyValues.contributions(count: count) { part(Int($0)) }
      result.append(part(sets.count - 1) - part(0))
      result += parts.map { $0 }
    }
    return result
  }
}
