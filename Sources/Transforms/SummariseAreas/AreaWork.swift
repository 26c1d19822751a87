import PipelineKit
import Statistics
import Tabular

/// The ranks, scores and inhabitants that summaries of larger areas are made of.
struct AreaWork {
  private let scores: NumberColumn?
  private let ranks: NumberColumn
  private let population: NumberColumn?
  private let deprived: NumberColumn?
  /// N of the group of each row.
  private let counts: [Int]

  init(_ table: Table, _ options: SummariseAreas.Options) throws(TransformError) {
    func numbers(_ name: Located?) throws(TransformError) -> NumberColumn? {
      guard let name else { return nil }
      return try NumberColumn(table, name.text)
    }
    let own = try numbers(options.score)
    scores = own
    population = try numbers(options.population)
    deprived = try numbers(options.deprived)
    if let name = options.population { try population?.requireCounts(name.text) }
    if let name = options.deprived { try deprived?.requireCounts(name.text) }
    let groups = try RowGroups(table, by: options.by)
    let given = try numbers(options.rank)
    var ranks =
      given ?? NumberColumn(values: [Double](repeating: 0, count: table.rowCount), reasons: own?.reasons ?? [])
    if let reasons = groups.reasons {
      if ranks.reasons.isEmpty { ranks.reasons = [UInt8](repeating: 0, count: table.rowCount) }
      for row in reasons.indices where ranks.reasons[row] == 0 { ranks.reasons[row] = reasons[row] }
    }
    var counts = [Int](repeating: options.count ?? 0, count: table.rowCount)
    let members = groups.rows(where: ranks.isPresent)
    let workspace = RankWorkspace()
    var values = ranks.values
    members.forEach { _, rows in
      if options.count == nil { for row in rows { counts[Int(row)] = rows.count } }
      guard given == nil, let own else { return }
      own.values.withUnsafeBufferPointer { scores in
        values.withUnsafeMutableBufferPointer { output in
          workspace.rank(scores, at: rows, ties: .minimum, direction: .descending, into: output)
        }
      }
    }
    ranks.values = values
    for row in values.indices where ranks.isPresent(row) {
      guard values[row] >= 1, values[row] <= Double(counts[row]) else {
        throw TransformError(
          "the rank of row \(row + 1) is \(values[row].optionText ?? "\(values[row])"), expected 1 to \(counts[row]), the number of areas; "
            + "give \"count\" when the country has more")
      }
    }
    (self.ranks, self.counts) = (ranks, counts)
  }

  /// The figures of the larger area made of `rows`, in the order of the fields of `summarise_areas`.
  func figures(of rows: [Int]) -> [Double?] {
    let ranked = rows.filter { ranks.isPresent($0) }
    let count = ranked.first.map { counts[$0] } ?? 0
    var result: [Double?] = [Double(ranked.count), Double(rows.count - ranked.count)]
    if let population {
      func inhabitants(_ isRanked: Bool) -> Double {
        rows.reduce(0) {
          $0 + (ranks.isPresent($1) == isRanked && population.isPresent($1) ? population.values[$1] : 0)
        }
      }
      result += [inhabitants(true), inhabitants(false)]
      let known = ranked.filter { population.isPresent($0) }
      result += summaries(known, count) { population.values[$0] }
    }
    result += summaries(ranked, count) { _ in 1 }
    if let deprived {
      let known = rows.filter { deprived.isPresent($0) }
      result.append(known.isEmpty ? nil : AreaSummaries.scale(known.map { deprived.values[$0] }))
    }
    return result
  }

  private func summaries(_ rows: [Int], _ count: Int, _ weight: (Int) -> Double) -> [Double?] {
    let areas = AreaSummaries(rows.map { .init(rank: ranks.values[$0], population: weight($0)) }, count: count)
    var result = [areas.averageRank]
    if let scores {
      let scored = rows.filter { scores.isPresent($0) }
      result.append(
        AreaSummaries(scored.map { .init(rank: ranks.values[$0], population: weight($0)) }, count: count)
          .averageScore(scored.map { scores.values[$0] }))
    }
    func percent(_ share: Double?) -> Double? { share.map { 100 * $0 } }
    return result + [
      percent(areas.shareOfPopulation(worst: 0.1)), percent(areas.shareOfPopulation(worst: 0.2)),
      percent(areas.extent), areas.localConcentration,
    ]
  }
}
