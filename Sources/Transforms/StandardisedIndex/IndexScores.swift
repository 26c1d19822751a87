import PipelineKit
import Statistics
import Tabular

/// The scores of every row of a panel.
struct IndexScores {
  typealias Cell = (value: Double?, reason: MissingReason)

  /// The rows by area and then by period.
  let order: [Int]
  private let index: StandardisedIndex
  private let values: [[Double?]]
  /// The standard scores of every row, and their index.
  private let scores: [[Double?]]
  private let totals: [Double?]
  private let isInFrame: [Bool]
  private let far: Double
  /// The row from which changes are taken.
  private let starts: [Int?]
  /// The place of each row's period, and the rows of the frame by that place.
  private let period: [Int]
  private let members: [[Int]]
  /// Their scores by period and dimension, and the medians of those.
  private let sets: [[[Double?]]]
  private let medians: [[Double?]]

  /// nil for a table without rows.
  init?(
    _ table: Table, _ places: AreaPeriods, _ options: StandardisedIndexTransform.Options, _ sources: [Field]
  ) throws(TransformError) {
    guard table.rowCount > 0 else { return nil }
    var columns: [[Double?]] = []
    var dimensions: [StandardisedIndex.Dimension] = []
    for (entry, field) in zip(options.dimensions.entries, sources) {
      let numbers = try NumberColumn(table, entry.key)
      columns.append(numbers.values.indices.map { numbers.isPresent($0) ? numbers.values[$0] : nil })
      let isBetter = (try? entry.value.direction.higherIsBetter(field, at: entry.position)) ?? true
      dimensions.append(.init(weight: entry.value.weight, higherIsBetter: isBetter))
    }
    var isInFrame = [Bool](repeating: true, count: table.rowCount)
    if let frame = options.frame {
      guard case .bool(let keep) = try frame.evaluate(on: table) else {
        throw TransformError("the condition of the frame is neither true nor false")
      }
      for row in isInFrame.indices { isInFrame[row] = (keep.missing?.isPresent(row) ?? true) && keep.values[row] != 0 }
    }
    order = places.rows.flatMap { $0.map(\.row) }
    var periods: [Double] = []
    for (time, _) in places.rows.joined() where !periods.contains(time) { periods.append(time) }
    if let base = options.base, !periods.contains(base) {
      throw TransformError("no row has the base period \(options.period)=\(Int(base))")
    }
    var period = [Int](repeating: 0, count: table.rowCount)
    var members = [[Int]](repeating: [], count: periods.count)
    var starts = [Int?](repeating: nil, count: table.rowCount)
    var base: [Int] = []
    for rows in places.rows {
      let start = options.since.map { since in rows.first { $0.period == since } } ?? rows.first
      for (time, row) in rows {
        let place = periods.firstIndex(of: time) ?? 0
        period[row] = place
        if isInFrame[row] { members[place].append(row) }
        if isInFrame[row], options.base.map({ $0 == time }) ?? true { base.append(row) }
        if let start, start.period <= time { starts[row] = start.row }
      }
    }
    let frame = columns.map { column in base.map { column[$0] } }
    guard let index = StandardisedIndex(dimensions, frame: frame) else { return nil }
    self.index = index
    let values = (0..<table.rowCount).map { row in columns.map { $0[row] } }
    self.values = values
    let scores = values.map { index.scores($0) }
    self.scores = scores
    sets = members.map { rows in columns.indices.map { k in rows.map { scores[$0][k] } } }
    medians = sets.map { sets in sets.map { BenchmarkFigures.distanceToMedian(0, of: $0).map { -$0 } } }
    totals = values.map { index.score($0) }
    self.isInFrame = isInFrame
    self.period = period
    self.members = members
    self.starts = starts
    far = options.far
  }

  /// Index, rank, ties, far below, change.
  func index(_ row: Int) -> [Cell] {
    let score = totals[row]
    let others = members[period[row]].filter { $0 != row }.map { totals[$0] }
    let rank = score.map { Double(BenchmarkFigures.rank($0, among: others)) }
    let ties = score.map { Double(BenchmarkFigures.ties($0, among: others)) }
    let before = starts[row].flatMap { totals[$0] }
    let change = score.flatMap { score in before.map { score - $0 } }
    let ranked: MissingReason = isInFrame[row] ? .insufficient : .notApplicable
    return [
      (score, .insufficient), (isInFrame[row] ? rank : nil, ranked), (isInFrame[row] ? ties : nil, ranked),
      (Double(index.farBelow(values[row], deviations: far)), .insufficient),
      (change, starts[row] == nil ? .notMatched : .insufficient),
    ]
  }

  /// The figures of each dimension.
  func dimensions(_ row: Int) -> [[Cell]] {
    let own = scores[row]
    let terms = index.contributions(values[row])
    let changes = starts[row].map { index.contributionsToChange(from: values[$0], to: values[row]) }
    return own.indices.map { k in
      let rank = own[k].map { Double(BenchmarkFigures.rank($0, among: sets[period[row]][k])) }
      let toMedian = own[k].flatMap { score in medians[period[row]][k].map { score - $0 } }
      let reason: MissingReason = values[row][k] == nil ? .insufficient : .undefined
      return [
        (index.weights[k], .undefined), (own[k], reason),
        (isInFrame[row] ? rank : nil, isInFrame[row] ? reason : .notApplicable), (toMedian, reason),
        (terms[k], reason), (changes?[k], changes == nil ? .notMatched : .insufficient),
        (toMedian.map { $0 < 0 ? -index.weights[k] * $0 : 0 }, reason),
      ]
    }
  }
}
