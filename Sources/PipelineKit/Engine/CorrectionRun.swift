import Tabular

/// Makes the corrections of a source to its batches.
struct CorrectionRun {
  let corrections: [(index: Int, correction: Correction)]
  let record: RunRecord

  /// The corrections of the source `id`.
  init(_ plan: Plan, source id: String) {
    corrections = plan.spec.corrections.enumerated().filter { $0.element.on == id }.map { ($0.offset, $0.element) }
    record = plan.record
  }

  /// The batch with the corrections made, in their order.
  func apply(to batch: Table) throws(PipelineError) -> Table {
    var table = batch
    for (index, correction) in corrections {
      do throws(TransformError) { table = try apply(index, correction, to: table) } catch {
        throw .transform(step: correction.on, correction.position, error)
      }
    }
    return table
  }

  private func apply(_ index: Int, _ correction: Correction, to table: Table) throws(TransformError) -> Table {
    let rule = correction.rule
    guard let condition = rule.condition, let place = table.schema.index(of: rule.column.text),
      case .bool(let wanted) = try condition.evaluate(on: table)
    else { return table }
    // A missing row stores 0.
    let matching = wanted.values.indices.filter { wanted.values[$0] != 0 }
    if matching.isEmpty { return table }
    let column = table.columns[place]
    let rows = matching.filter { Self.holds(column, at: $0, rule.old.text) }
    record.corrected(index, matched: matching.count, applied: rows.count)
    if rows.isEmpty { return table }
    if rule.drop {
      let dropped = Set(rows)
      record.count(stage: correction.on, read: 0, rejected: 0, filtered: rows.count)
      return table.gathering((0..<table.rowCount).filter { !dropped.contains($0) }.map { Int32($0) })
    }
    var columns = table.columns
    columns[place] = Self.changed(column, at: rows, rule)
    do throws(TabularError) { return try Table(schema: table.schema, columns: columns) } catch {
      throw TransformError(error.description)
    }
  }

  /// Whether the cell still holds `old`: the value, or a missing reason's label.
  private static func holds(_ column: Column, at row: Int, _ old: String) -> Bool {
    if let reason = column.missingReason(at: row) { return reason.label == old }
    switch column {
    case .float64(let c): return Double(old) == c.values[row]
    case .int64(let c): return Int64(old) == c.values[row]
    default: return column.text(at: row) == old
    }
  }

  private static func changed(_ column: Column, at rows: [Int], _ rule: CorrectionRule) -> Column {
    var reasons = column.missing?.reasons ?? [UInt8](repeating: 0, count: column.count)
    let flag = rule.flag.flatMap { MissingReason(label: $0.text) }
    for row in rows { reasons[row] = flag?.rawValue ?? 0 }
    switch column {
    case .float64(let c):
      var values = c.values
      for row in rows {
        let value = flag != nil ? 0 : rule.override.flatMap { Double($0.text) } ?? values[row] * (rule.scale ?? 1)
        values[row] = value.isFinite ? value : 0
        if !value.isFinite { reasons[row] = MissingReason.undefined.rawValue }
      }
      return .float64(Float64Column(values, missing: mask(reasons)))
    case .int64(let c):
      var values = c.values
      for row in rows {
        let scaled = Int64(exactly: (Double(values[row]) * (rule.scale ?? 1)).rounded())
        let value = flag != nil ? 0 : rule.override.flatMap { Int64($0.text) } ?? scaled
        values[row] = value ?? 0
        if value == nil { reasons[row] = MissingReason.undefined.rawValue }
      }
      return .int64(Int64Column(values, missing: mask(reasons)))
    case .string(let c):
      var builder = StringDictionaryBuilder(c.dictionary)
      let code = rule.override.map { builder.code(of: $0.text) } ?? 0
      var codes = c.codes
      for row in rows { codes[row] = flag == nil ? code : 0 }
      return .string(StringColumn(codes: codes, dictionary: builder.build(), missing: mask(reasons)))
    case .bool, .date: return column
    }
  }

  private static func mask(_ reasons: [UInt8]) -> MissingMask? {
    reasons.contains { $0 != 0 } ? MissingMask(reasons: reasons) : nil
  }
}

extension RunReport.Correction {
  /// What to tell the user when the correction did not do all that it says; nil when it did.
  var warning: String? {
    if matched == 0 { return "\(position): no row matches the correction of \"\(column)\"; check its \"where\"" }
    if applied == matched { return nil }
    let rows = matched - applied == 1 ? "1 row that no longer holds" : "\(matched - applied) rows that no longer hold"
    let rest =
      applied == 0 ? "; the source may be fixed: take the correction out" : "; made to \(applied) of \(matched)"
    return
      "\(position): the correction of \"\(column)\" does not apply to \(rows) \"\(old)\"\(rest)"
  }
}
