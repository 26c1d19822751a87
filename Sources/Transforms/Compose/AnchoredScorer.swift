import PipelineKit
import Statistics
import Tabular

/// Scores some areas again and again, as `compose` does, against the distribution of a base period that is kept.
struct AnchoredScorer {
  let profile: Profile
  let scorers: [DomainScorer]
  /// The rows of the period at hand that are scored, in table order.
  let rows: [Int]
  /// All rows of the period at hand that are in the frame.
  let period: [Int]
  /// The indicators at `rows`, domain by domain.
  let indicators: [[Indicator]]
  /// The scores of the base's areas, domain by domain; read only.
  private let base: [DomainScratch]

  /// An indicator of the areas that are scored.
  struct Indicator: Sendable {
    let name: String
    var values: [Double]
    let missing: MissingMask?

    var column: Column { .float64(Float64Column(values, missing: missing)) }
  }

  init(_ table: Table, _ profile: Profile, _ frame: AnchoredFrame) throws(TransformError) {
    self.profile = profile
    var options = Compose.Options()
    (options.area, options.period, options.population) = (frame.area, frame.period, frame.population)
    options.frame = .anchored(frame.base)
    let composed = try ComposeFrame(table, options)
    guard let at = composed.periodNames.firstIndex(of: frame.at.text) else {
      throw TransformError(
        "\(frame.at.position): the period \"\(frame.at)\" is not in the data"
          + didYouMean(frame.at.text, among: composed.periodNames))
    }
    var wanted: [Bool]?
    if let condition = frame.condition, case .bool(let keep) = try condition.evaluate(on: table) {
      wanted = (0..<table.rowCount).map { keep.values[$0] != 0 && (keep.missing?.isPresent($0) ?? true) }
    }
    period = composed.rows[composed.periods[at]].map { Int($0) }
    let rows = period.filter { wanted?[$0] ?? true }
    self.rows = rows
    var (scorers, indicators): ([DomainScorer], [[Indicator]]) = ([], [])
    for domain in profile.domains {
      var own: [Column] = []
      var mine: [Indicator] = []
      for indicator in domain.indicators {
        own.append(try ComposeFrame.column(indicator.column, table))
        let numbers = try NumberColumn(table, indicator.column.text)
        mine.append(
          Indicator(
            name: indicator.column.text, values: rows.map { numbers.values[$0] },
            missing: numbers.reasons.isEmpty ? nil : MissingMask(reasons: rows.map { numbers.reasons[$0] })))
      }
      scorers.append(DomainScorer(domain: domain, profile: profile, columns: own, frame: composed))
      indicators.append(mine)
    }
    (self.scorers, self.indicators) = (scorers, indicators)
    let basePeriod = composed.periods[composed.basePeriods.lowerBound]
    let workspace = RankWorkspace(capacity: basePeriod.count)
    base = scorers.map { scorer in
      let scratch = DomainScratch(capacity: basePeriod.count, parts: scorer.columns.count)
      composed.rows.withUnsafeBufferPointer { scorer.score(.init(rebasing: $0[basePeriod]), scratch, workspace) }
      return scratch
    }
  }

  /// A scorer for each profile against the frame's base, then against each of the other bases.
  static func all(
    _ table: Table, _ profiles: [Profile], _ frame: AnchoredFrame, bases: [Located]
  ) throws(TransformError) -> [AnchoredScorer] {
    var scorers: [AnchoredScorer] = []
    for base in [frame.base] + bases {
      var own = frame
      own.base = base
      for profile in profiles { scorers.append(try AnchoredScorer(table, profile, own)) }
    }
    return scorers
  }

  /// The weights of the domains as a score; with other weights when given.
  func weighted(_ weights: [Double]? = nil) -> WeightedScore {
    guard
      let weighted = try? WeightedScore(
        weights: weights ?? profile.domains.map(\.weight), scale: profile.conventions.rescaleWeights ? .mean : .sum,
        missing: profile.missing.score.rule)
    else { preconditionFailure("the profile checks weights") }
    return weighted
  }

  /// Memory in which one worker scores.
  final class Room {
    fileprivate let order: [UInt32]
    fileprivate let workspace: RankWorkspace
    fileprivate let domains: [DomainScratch]
    fileprivate let total: PeriodValues
    fileprivate let baseTotal: PeriodValues
    fileprivate var sorted: [Double] = []

    init(_ scorer: AnchoredScorer) {
      order = scorer.rows.indices.map { UInt32($0) }
      workspace = RankWorkspace(capacity: order.count)
      domains = scorer.scorers.map { DomainScratch(capacity: scorer.rows.count, parts: $0.columns.count) }
      total = PeriodValues(capacity: scorer.rows.count)
      baseTotal = PeriodValues(capacity: scorer.base.first?.score.count ?? 0)
    }
  }

  /// The score of each area for the given indicators (nil: as they are); nil where there is none.
  func scores(_ indicators: [[Indicator]]?, _ weighted: WeightedScore, _ room: Room) -> [Double?] {
    for (place, scorer) in scorers.enumerated() {
      let columns = (indicators ?? self.indicators)[place].map(\.column)
      room.order.withUnsafeBufferPointer { scorer.scoring(columns).score($0, room.domains[place], room.workspace) }
    }
    return again(weighted, room)
  }

  /// The score of each area from the domains that were scored last in `room`, under other weights.
  func again(_ weighted: WeightedScore, _ room: Room) -> [Double?] {
    room.total.weigh(room.domains.map(\.score), weighted)
    return rows.indices.map { room.total.reasons[$0] == 0 ? room.total.values[$0] : nil }
  }

  /// The score of each area in one domain for the given indicators; nil where there is none.
  func scores(ofDomain place: Int, _ indicators: [Indicator], _ room: Room) -> [Double?] {
    let scorer = scorers[place].scoring(indicators.map(\.column))
    room.order.withUnsafeBufferPointer { scorer.score($0, room.domains[place], room.workspace) }
    let own = room.domains[place].score
    return rows.indices.map { own.reasons[$0] == 0 ? own.values[$0] : nil }
  }

  /// The score above which an area is in the worst of `classes` equal classes of the base's areas.
  ///
  /// The value of rank ceil(N (classes - 1) / classes) from below among the N areas with a score; nil without any.
  func worstBound(_ weighted: WeightedScore, classes: Int, _ room: Room) -> Double? {
    room.baseTotal.weigh(base.map(\.score), weighted)
    room.sorted.removeAll(keepingCapacity: true)
    for row in 0..<room.baseTotal.count where room.baseTotal.reasons[row] == 0 {
      room.sorted.append(room.baseTotal.values[row])
    }
    let count = room.sorted.count
    if count == 0 { return nil }
    let place = (count * (classes - 1) + classes - 1) / classes
    return place == 0 ? -.infinity : room.sorted.withUnsafeMutableBufferPointer { Self.select($0, place - 1) }
  }

  /// The value that would stand at `place` if the list were sorted (Hoare's selection with a median of three).
  private static func select(_ list: UnsafeMutableBufferPointer<Double>, _ place: Int) -> Double {
    var (low, high) = (0, list.count - 1)
    while low < high {
      let (a, b, c) = (list[low], list[(low + high) / 2], list[high])
      let pivot = max(min(a, b), min(max(a, b), c))
      var (i, j) = (low, high)
      while i <= j {
        while list[i] < pivot { i += 1 }
        while list[j] > pivot { j -= 1 }
        if i <= j {
          list.swapAt(i, j)
          i += 1
          j -= 1
        }
      }
      if place <= j { high = j } else if place >= i { low = i } else { return list[place] }
    }
    return list[place]
  }
}
