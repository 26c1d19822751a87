import PipelineKit
import Statistics
import Tabular

/// The rows of a harmonised panel: their keys and the parts of which each is made.
struct HarmonisedParts {
  /// The key columns of the output, in the order of ``Harmonise/keyNames``.
  let keys: [Column]
  /// The parts of each row.
  let parts: ArealInterpolation.Parts

  init(
    _ panel: Table, _ crosswalk: Table, _ options: Harmonise.Options, _ context: RunContext
  ) throws(TransformError) {
    let columns = options.crosswalk
    let by = try panel.columns(named: options.by.map(\.text))
    let area = try panel.columns(named: [options.area.text])[0]
    try Self.checkUnique(options.by.map(\.text) + [options.area.text], by + [area], "the panel", "by")
    let shares = try Self.shares(crosswalk, columns)
    let right = try crosswalk.columns(named: [columns.from.text] + columns.on.pairs.map(\.right.text))
    let left = [area] + (try panel.columns(named: columns.on.pairs.map(\.left.text)))
    let matches = KeyMatches(left: left, right: right)
    let isReference = try Self.rows(of: panel, where: options.onReference)
    var rows: [Int32] = []
    var pieces: [Int32] = []
    var unmatched: [Int] = []
    for row in 0..<panel.rowCount {
      var piece = matches.first[row]
      if isReference[row] {
        piece = -1
      } else if piece < 0 {
        unmatched.append(row)
        if options.unmatched == .drop { continue }
      }
      repeat {
        rows.append(Int32(truncatingIfNeeded: row))
        pieces.append(piece)
        piece = piece < 0 || matches.next.isEmpty ? -1 : matches.next[Int(piece)]
      } while piece >= 0
    }
    try Self.report(unmatched, area, left, options, context)
    let target = try onTables { () throws(TabularError) in
      try crosswalk.column(columns.to.text).gathering(pieces).filledIn(from: area.gathering(rows))
    }
    let outputKeys = by.map { $0.gathering(rows) } + [target]
    let grouping = Grouping(by: outputKeys, rowCount: rows.count)
    let listed = grouping.rows
    keys = outputKeys.map { $0.gathering(grouping.representatives) }
    parts = ArealInterpolation.Parts(
      rows: listed.rows.map { rows[Int($0)] },
      shares: listed.rows.map { pieces[Int($0)] < 0 ? 1 : shares[Int(pieces[Int($0)])] },
      starts: listed.offsets.map { Int($0) })
  }

  /// The share of each row of the crosswalk in its source area.
  private static func shares(_ crosswalk: Table, _ columns: Harmonise.CrosswalkColumns) throws(TransformError)
    -> [Double]
  {
    let names = [columns.from.text] + columns.on.pairs.map(\.right.text)
    let keys = try crosswalk.columns(named: names)
    let to = try crosswalk.columns(named: [columns.to.text])[0]
    try checkUnique(names + [columns.to.text], keys + [to], "the crosswalk", "crosswalk.on")
    let weights = try NumberColumn(crosswalk, columns.weight.text)
    for row in 0..<crosswalk.rowCount {
      let place = keyText(names + [columns.to.text], keys + [to], row: row)
      guard to.missingReason(at: row) == nil else {
        throw TransformError("the crosswalk has a row without a target area: \(place)")
      }
      guard weights.isPresent(row), weights.values[row] >= 0 else {
        let found = try cellText(crosswalk.columns(named: [columns.weight.text])[0], row: row)
        throw TransformError("the weight of \(place) in the crosswalk is \(found); expected a number, 0 or more")
      }
    }
    let sources = Grouping(by: keys, rowCount: crosswalk.rowCount)
    return ArealInterpolation.shares(of: weights.values, sources: sources.groups, sourceCount: sources.count)
  }

  private static func rows(of panel: Table, where condition: Expression?) throws(TransformError) -> [Bool] {
    guard let condition, case .bool(let column) = try condition.evaluate(on: panel) else {
      return [Bool](repeating: false, count: panel.rowCount)
    }
    return column.values.map { $0 != 0 }
  }

  private static func checkUnique(_ names: [String], _ keys: [Column], _ table: String, _ option: String)
    throws(TransformError)
  {
    guard let (_, row) = KeyMatches(left: keys, right: keys).duplicate else { return }
    throw TransformError(
      "\(table) has more than one row for \(keyText(names, keys, row: row)); name every key that tells them apart under "
        + option)
  }

  private static func report(
    _ rows: [Int], _ area: Column, _ keys: [Column], _ options: Harmonise.Options, _ context: RunContext
  ) throws(TransformError) {
    guard !rows.isEmpty else { return }
    var codes: [String] = []
    for row in rows {
      let code = cellText(area, row: row)
      if !codes.contains(code) { codes.append(code) }
      if codes.count > 10 { break }
    }
    let shown = codes.prefix(10).joined(separator: ", ") + (codes.count > 10 ? " and more" : "")
    let text = "\(rows.count) rows are of areas that the crosswalk does not have: \(shown)"
    switch options.unmatched {
    case .error:
      throw TransformError(
        text
          + "; add them to the crosswalk, say with on_reference which rows need none, or choose unmatched: keep or drop"
      )
    case .keep: context.warn(text + "; they keep their code as the same area")
    case .drop:
      context.warn(text + "; they are left out")
      context.count(filtered: rows.count)
    }
  }
}
