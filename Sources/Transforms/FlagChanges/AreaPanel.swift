import PipelineKit
import Tabular

/// What became of one code from one period to the next.
struct AreaFinding {
  /// The number of the later period.
  var period: Int
  /// The row of the area in the later period; nil when it is gone.
  var row: Int?
  /// Its row in the period before; nil when it is new.
  var previousRow: Int?
  var change: FlagChanges.Change
  var evidence: String
  /// A row of the code whose name it took over.
  var otherRow: Int?

  /// A row of the area.
  var anyRow: Int { row ?? previousRow ?? 0 }
}

/// The areas of a panel, period by period.
struct AreaPanel {
  let area: Column
  let period: Column
  let name: Column
  let findings: [AreaFinding]
  /// A row of each period, in their order.
  let periodRows: [Int32]

  init(area: Column, period: Column, name: Column, flag: Column?) {
    self.area = area
    self.period = period
    self.name = name
    let periods = Grouping(by: [period], rowCount: period.count)
    let present = (0..<periods.count).filter { period.missingReason(at: Int(periods.representatives[$0])) == nil }
    periodRows = present.map { periods.representatives[$0] }
    let years = periodRows.map { PeriodCode(cellText(period, row: Int($0))).year }
    let snapshots = present.map { Snapshot(area, name, rows: periods.rows[$0].map { Int($0) }) }
    let flags = flag.map { Text.text($0) }
    var findings: [AreaFinding] = []
    for later in snapshots.indices.dropFirst() {
      let isNext = years[later].flatMap { year in years[later - 1].map { year == $0 + 1 } } ?? false
      let step = PeriodStep(before: snapshots[later - 1], after: snapshots[later], isNextYear: isNext)
      for entry in step.after.areas {
        let mark = flags.flatMap { flags in flags[entry.row].map { AreaPanel.flag($0) } } ?? 0
        findings.append(step.finding(entry, flag: mark, period: later))
      }
      for entry in step.before.areas where step.after.index[entry.code] == nil {
        findings.append(
          AreaFinding(period: later, row: nil, previousRow: entry.row, change: .gone, evidence: "presence"))
      }
    }
    self.findings = findings
  }

  /// 1, 2 or 3; 0 for anything else.
  private static func flag(_ text: String) -> Int {
    switch String(text.drop { $0 == " " }.prefix { $0 != " " && $0 != "." }) {
    case "1": 1
    case "2": 2
    case "3": 3
    default: 0
    }
  }
}

/// The areas of one period.
struct Snapshot {
  struct Area {
    var row: Int
    var code: String
    var name: AreaName?
    /// The gemeente and level within which names are looked for.
    var place: String
  }

  let areas: [Area]
  /// The place in ``areas`` of each code.
  let index: [String: Int]
  /// The area of each name within a gemeente and level; of one that occurs twice, none.
  let byName: [String: Int]

  init(_ area: Column, _ name: Column, rows: [Int]) {
    var areas: [Area] = []
    var index: [String: Int] = [:]
    var byName: [String: Int] = [:]
    for row in rows where area.missingReason(at: row) == nil {
      let code = cellText(area, row: row)
      let region = RegionCode(code)
      let place = (region?.parent(.gemeente)?.description ?? "") + (region?.level.rawValue ?? "") + "|"
      let words = name.missingReason(at: row) == nil ? AreaName(cellText(name, row: row)) : nil
      if let words, !words.distinctive.isEmpty {
        let key = place + words.words.joined(separator: " ")
        byName[key] = byName[key] == nil ? areas.count : -1
      }
      index[code] = areas.count
      areas.append(Area(row: row, code: code, name: words, place: place))
    }
    self.areas = areas
    self.index = index
    self.byName = byName
  }
}

/// Two periods, one after the other in the panel.
struct PeriodStep {
  let before: Snapshot
  let after: Snapshot
  /// Whether the later one is the year after the earlier one, as CBS's flag assumes.
  let isNextYear: Bool

  func finding(_ area: Snapshot.Area, flag: Int, period: Int) -> AreaFinding {
    var finding = AreaFinding(period: period, row: area.row, previousRow: nil, change: .new, evidence: "presence")
    guard let place = before.index[area.code] else { return finding }
    let earlier = before.areas[place]
    finding.previousRow = earlier.row
    finding.change = .unchanged
    finding.evidence = flag == 0 ? "name" : "cbs_\(flag)"
    if flag == 1, isNextYear {
      if let old = earlier.name, let new = area.name, old != new { finding.change = .renamed }
      return finding
    }
    if flag == 2, isNextYear {
      finding.change = .moved
      return finding
    }
    if let old = earlier.name, let new = area.name, old != new {
      finding.evidence = "name"
      if let other = owner(of: new, besides: earlier) {
        finding.otherRow = other.row
        finding.change = .moved
        if old.isAkin(to: new) { finding.evidence = "name_of_other" }
      } else if !old.isAkin(to: new) {
        finding.change = .moved
      } else {
        finding.change = .renamed
      }
    }
    if flag == 3, finding.change != .moved {
      finding.change = .boundaryChanged
      finding.evidence = "cbs_3"
    }
    return finding
  }

  /// The area that had the name, or a name inside it, in the earlier period and has lost it.
  private func owner(of name: AreaName, besides area: Snapshot.Area) -> Snapshot.Area? {
    for run in [name.words] + name.innerRuns {
      guard let found = before.byName[area.place + run.joined(separator: " ")], found >= 0 else { continue }
      let other = before.areas[found]
      guard other.code != area.code else { continue }
      if let now = after.index[other.code], after.areas[now].name?.contains(run) ?? true { continue }
      return other
    }
    return nil
  }
}
