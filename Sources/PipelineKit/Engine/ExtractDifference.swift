import Tabular

/// What changed between two extracts, row by row through their key.
public struct ExtractDifference: Sendable {
  /// What changed in one column, over the rows that both extracts have.
  public struct Change: Sendable, Equatable {
    /// The column.
    public var column: String
    /// Rows with another value, or another reason for having none.
    public var changed = 0
    /// Rows that have a value now and had none, and the other way round.
    public var appeared = 0, vanished = 0
    /// The mean of after - before and the largest size of it, over the rows that have a number in both; nil without any.
    public var meanChange: Double?, largestChange: Double?
  }

  private let before: String, after: String
  /// The key columns.
  public let key: [String]
  /// Rows in both, and in one only.
  public let common: Int, onlyBefore: Int, onlyAfter: Int
  /// Columns that only one of them has.
  public let columnsBefore: [String], columnsAfter: [String]
  /// Columns whose content changed.
  public let changes: [Change]

  /// Compares the files at `before` and `after` by the columns `key`, or by their columns with the role key.
  /// - Throws: ``PipelineError`` when a file cannot be read, the key is not there, not alike or not unique.
  public init(_ before: String, _ after: String, key: [String]?, catalog: PluginCatalog) throws(PipelineError) {
    (self.before, self.after) = (before, after)
    let a = try ExtractFile.read(before, catalog: catalog)
    let b = try ExtractFile.read(after, catalog: catalog)
    let names = key ?? a.schema.fields.filter { $0.role == .key }.map(\.name)
    guard !names.isEmpty else {
      throw .source(SourceError(file: before, "has no columns with the role key; name them with --key"))
    }
    self.key = names
    let left = try Self.columns(names, a, before)
    let right = try Self.columns(names, b, after)
    for (i, name) in names.enumerated() where left[i].type != right[i].type {
      throw .source(
        SourceError(
          file: after, column: name, "is \(right[i].type.rawValue), in \(before) it is \(left[i].type.rawValue)"))
    }
    for (path, columns) in [(before, left), (after, right)]
    where KeyMatches(left: columns, right: columns).duplicate != nil {
      throw .source(
        SourceError(
          file: path, "has more than one row for a key of \(names.joined(separator: ", ")); name more with --key"))
    }
    let rows = KeyMatches(left: left, right: right).rows(.inner)
    common = rows.right.count
    onlyBefore = a.rowCount - common
    onlyAfter = b.rowCount - common
    columnsBefore = a.schema.names.filter { b.schema[$0] == nil }
    columnsAfter = b.schema.names.filter { a.schema[$0] == nil }
    var changes: [Change] = []
    for (name, column) in zip(a.schema.names, a.columns) where !names.contains(name) {
      guard let index = b.schema.index(of: name) else { continue }
      let change = Self.change(
        name, column.gathering(rows.left ?? Array(0..<Int32(a.rowCount))), b.columns[index].gathering(rows.right))
      if change.changed > 0 { changes.append(change) }
    }
    self.changes = changes
  }

  private static func columns(_ names: [String], _ table: Table, _ path: String) throws(PipelineError) -> [Column] {
    do throws(TabularError) { return try table.selecting(names).columns } catch {
      throw .source(SourceError(file: path, error.description))
    }
  }

  private static func change(_ name: String, _ a: Column, _ b: Column) -> Change {
    var change = Change(column: name)
    var sum = 0.0
    var largest = 0.0
    var numbers = 0
    let differs = unequalRows(a, b)
    let (x, y) = (doubles(a), doubles(b))
    for row in 0..<a.count {
      let (one, other) = (a.missingReason(at: row), b.missingReason(at: row))
      if differs[row] { change.changed += 1 }
      if one != nil, other == nil { change.appeared += 1 }
      if one == nil, other != nil { change.vanished += 1 }
      guard one == nil, other == nil, let x, let y else { continue }
      numbers += 1
      sum += y[row] - x[row]
      largest = max(largest, abs(y[row] - x[row]))
    }
    if numbers > 0 {
      change.meanChange = sum / Double(numbers)
      change.largestChange = largest
    }
    return change
  }

  private static func doubles(_ column: Column) -> [Double]? {
    switch column {
    case .float64(let c): c.values
    case .int64(let c): c.values.map(Double.init)
    default: nil
    }
  }

  /// For each row whether values or reasons differ; whole numbers and doubles of one value are equal.
  private static func unequalRows(_ a: Column, _ b: Column) -> [Bool] {
    if let x = doubles(a), let y = doubles(b) {
      return x.indices.map { a.missingReason(at: $0) != b.missingReason(at: $0) || x[$0] != y[$0] }
    }
    let (x, y) = (Text.text(a), Text.text(b))
    let translation = x.dictionary.translation(into: y.dictionary)
    return x.codes.indices.map { row in
      guard a.missingReason(at: row) == b.missingReason(at: row) else { return true }
      guard a.missingReason(at: row) == nil else { return false }
      return translation[Int(x.codes[row])] != Int32(bitPattern: y.codes[row])
    }
  }

  /// Whether both hold the same.
  public var isEmpty: Bool {
    onlyBefore == 0 && onlyAfter == 0 && columnsBefore.isEmpty && columnsAfter.isEmpty && changes.isEmpty
  }

  /// The findings as text.
  public var text: String {
    var lines = [
      "\(before) -> \(after), by \(key.joined(separator: ", ")): \(common) rows in both, \(onlyBefore) only before, "
        + "\(onlyAfter) only after"
    ]
    if !columnsBefore.isEmpty { lines.append("columns only before: " + columnsBefore.joined(separator: ", ")) }
    if !columnsAfter.isEmpty { lines.append("columns only after: " + columnsAfter.joined(separator: ", ")) }
    for change in changes {
      var line = "\(change.column): \(change.changed) changed"
      if change.appeared > 0 { line += ", \(change.appeared) have a value now" }
      if change.vanished > 0 { line += ", \(change.vanished) have none any more" }
      if let mean = change.meanChange, let largest = change.largestChange {
        line += ", mean change \(Self.shown(mean)), largest \(Self.shown(largest))"
      }
      lines.append(line)
    }
    if isEmpty { lines.append("no difference") }
    return lines.joined(separator: "\n")
  }

  /// Four digits behind the point.
  private static func shown(_ value: Double) -> String { JSON.text(of: (value * 10_000).rounded() / 10_000) }

  /// The findings as JSON.
  public var json: JSON {
    func list(_ names: [String]) -> JSON { .array(names.map { .string($0) }) }
    return .object([
      ("before", .string(before)), ("after", .string(after)), ("key", list(key)), ("rows_in_both", .integer(common)),
      ("rows_only_before", .integer(onlyBefore)), ("rows_only_after", .integer(onlyAfter)),
      ("columns_only_before", list(columnsBefore)), ("columns_only_after", list(columnsAfter)),
      (
        "changes",
        .array(
          changes.map { change in
            .object([
              ("column", .string(change.column)), ("changed", .integer(change.changed)),
              ("appeared", .integer(change.appeared)), ("vanished", .integer(change.vanished)),
              ("mean_change", change.meanChange.map { .number($0) } ?? .null),
              ("largest_change", change.largestChange.map { .number($0) } ?? .null),
            ])
          })
      ),
    ])
  }
}
