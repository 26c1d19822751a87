import PipelineKit
import Statistics
import Tabular

/// One indicator of one area, judged.
struct Judged {
  var first: Double?
  var last: Double?
  var before: Double?
  var after: Double?
  var entry: ScorecardEntry?
  /// Why there is no verdict.
  var reason = MissingReason.insufficient

  /// The figures of a row.
  var cells: [(value: Double?, reason: MissingReason)] {
    let benchmarkChange = entry.flatMap { entry in entry.relativeChange.map { entry.change - $0 } }
    let own: [Double?] = [first, last, before, after, entry?.change]
    let beside: [Double?] = [benchmarkChange, entry?.relativeChange]
    let verdicts: [Double?] = [entry.map { Double($0.verdict.rawValue) }]
    let relative: [Double?] = [entry?.relativeVerdict.map { Double($0.rawValue) }]
    let besideReason: MissingReason = entry == nil ? reason : .notMatched
    return own.map { (value: $0, reason: reason) } + beside.map { (value: $0, reason: besideReason) }
      + verdicts.map { (value: $0, reason: reason) } + relative.map { (value: $0, reason: besideReason) }
  }
}

/// Judges one indicator in area after area.
struct Judge {
  var places: AreaPeriods
  var values: NumberColumn
  var indicator: Scorecard.Indicator
  var breaks: SeriesBreaks
  var higherIsBetter: Bool

  private func value(_ area: Int, _ period: Double) -> Double? {
    guard let row = places.row(area, period), values.isPresent(row) else { return nil }
    return breaks.bridged(values.values[row], at: period)
  }

  func judged(_ area: Int, beside benchmark: Int) -> Judged {
    let present = places.rows[area].filter { values.isPresent($0.row) }
    guard let first = indicator.from ?? present.first?.period, let last = indicator.to ?? present.last?.period else {
      return Judged()
    }
    var result = Judged(first: first, last: last, before: value(area, first), after: value(area, last))
    guard first < last, let before = result.before, let after = result.after else { return result }
    guard breaks.between(first, last) == nil else {
      result.reason = .undefined
      return result
    }
    var base: (before: Double, after: Double)?
    if let start = value(benchmark, first), let end = value(benchmark, last) { base = (start, end) }
    result.entry = ScorecardEntry(
      own: (before, after), benchmark: base, higherIsBetter: higherIsBetter, epsilon: indicator.epsilon)
    return result
  }
}
