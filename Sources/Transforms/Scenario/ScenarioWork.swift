import PipelineKit
import Statistics
import Tabular

/// Scores areas before and after levers.
struct ScenarioWork {
  let scorer: AnchoredScorer
  let classes: Int
  let people: [Double]
  let households: [Double?]

  /// The effect of some levers together.
  struct Effect {
    let id: String?
    let indicator: String?
    let rule: String?
    /// In the order of the fields of `scenario`.
    let figures: [Double?]
  }

  func effect(of levers: [ScenarioFile.Lever], id: String, _ table: Table) throws(TransformError) -> Effect {
    var indicators = scorer.indicators
    var changed = Set<Int>()
    var (treated, cost): (Double?, Double?) = (nil, nil)
    for lever in levers {
      let median = try median(of: lever.indicator.text, table)
      let places = try areas(lever.condition, table)
      for (d, domain) in scorer.profile.domains.enumerated() {
        for (i, indicator) in domain.indicators.enumerated() where indicator.column.text == lever.indicator.text {
          let isWorse = indicator.direction == .higherIsWorse
          for area in places where indicators[d][i].missing?.isPresent(area) ?? true {
            let before = indicators[d][i].values[area]
            let after = lever.rule.apply(before, median: median, households: households[area], isWorse: isWorse)
            if after == before { continue }
            indicators[d][i].values[area] = after
            changed.insert(area)
            if let count = households[area] {
              let own = abs(after - before) / 100 * count
              treated = (treated ?? 0) + own
              if let unit = lever.unitCost { cost = (cost ?? 0) + own * unit }
            }
          }
        }
      }
    }
    let (room, weighted) = (AnchoredScorer.Room(scorer), scorer.weighted())
    let before = scorer.scores(nil, weighted, room)
    let after = scorer.scores(indicators, weighted, room)
    let bound = scorer.worstBound(weighted, classes: classes, room) ?? .infinity
    func isWorst(_ scores: [Double?], _ area: Int) -> Bool { scores[area].map { $0 > bound } ?? false }
    func mean(_ scores: [Double?]) -> Double? {
      let scored = scores.indices.filter { scores[$0] != nil }
      return Spread(scored.compactMap { scores[$0] }, weights: scored.map { people[$0] })?.mean
    }
    let leaving = scorer.rows.indices.filter { isWorst(before, $0) && !isWorst(after, $0) }
    let leavers = leaving.reduce(0.0) { $0 + people[$1] }
    let (first, last) = (mean(before), mean(after))
    let change = first.flatMap { first in last.map { $0 - first } }
    func count(_ scores: [Double?]) -> Double { Double(scorer.rows.indices.count { isWorst(scores, $0) }) }
    return Effect(
      id: id, indicator: levers.count == 1 ? levers[0].indicator.text : "all",
      rule: levers.count == 1 ? levers[0].rule.text : "all",
      figures: [
        Double(changed.count), first, last, change, count(before), count(after), Double(leaving.count), leavers,
        treated,
        cost, leavers > 0 ? cost.map { $0 / leavers } : nil, change.map { abs($0) < 0.5 ? 1 : 0 },
      ])
  }

  /// The median of an indicator over all areas in the frame at the period.
  private func median(of name: String, _ table: Table) throws(TransformError) -> Double? {
    let column = try NumberColumn(table, name)
    let sorted = scorer.period.filter { column.isPresent($0) }.map { column.values[$0] }.sorted()
    return sorted.withUnsafeBufferPointer { Quantiles.type7(sorted: $0, probability: 0.5) }
  }

  /// The places among the areas scored where a condition holds.
  private func areas(_ condition: Expression?, _ table: Table) throws(TransformError) -> [Int] {
    guard let condition, case .bool(let keep) = try condition.evaluate(on: table) else {
      return Array(scorer.rows.indices)
    }
    return scorer.rows.indices.filter { place in
      let row = scorer.rows[place]
      return keep.values[row] != 0 && (keep.missing?.isPresent(row) ?? true)
    }
  }
}
