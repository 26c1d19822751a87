public import PipelineKit
public import Tabular

extension JoinKind: OptionChoice {}

/// Puts the columns of a second table beside those of the first, by the values of key columns.
public struct Join: Transform {
  /// What a join does with columns that both sides have.
  enum Overlap: String, OptionChoice {
    case error
    case suffix
    case preferRight = "prefer_right"
    case preferLeft = "prefer_left"
  }

  /// The options of `join`.
  public struct Options: PluginOptions {
    var on = JoinKeys()
    var kind = JoinKind.left
    var overlap = Overlap.error
    var suffix = "_right"
    var many = false

    /// A left join.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "on", \.on, required: true,
          "The key columns: a list of names that both sides have, or a mapping of left names to right names."),
        .init(
          "kind", \.kind,
          "Which rows to keep: every left row, pairs only, both sides in full, or left rows with or without a match."),
        .init(
          "overlap", \.overlap,
          "What to do with a column, other than a key, that both sides have: refuse, add `suffix` to the right one's "
            + "name, or make one column of the two, the preferred side's value first."),
        .init("suffix", \.suffix, "What is added to the right column's name under `overlap: suffix`."),
        .init("many", \.many, "Allow several right rows with the same key; each gives a row of its own."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "join",
    summary: "Puts the columns of a second table beside those of the first, by key.",
    details: """
      `from` names the left table and the right table. Rows are put together where all key columns are equal. Text \
      is compared by its bytes, blanks included; numbers by value. Both columns of a key must be of one type. A row \
      whose key is missing has no counterpart.

      The output has the left table's order; for several matches of one row (`many: true`) the right table's. Under \
      `kind: full` the right rows without a counterpart follow in their own order, with the right table's key values \
      in the key columns. The right table's key columns are not repeated. `semi` and `anti` keep the left columns \
      only.

      Cells without a counterpart are missing for the reason `not_matched`.

      Under `overlap: prefer_right` the right value stands where it is present and the left one elsewhere, as a \
      revision wants it; where both are missing the reason is the right one's, unless there is no right row. \
      `prefer_left` is the mirror image. Whole numbers and doubles make doubles. Two different units are refused.

      When no left row at all finds a counterpart, the run goes on and says so.
      """,
    example: """
      - id: revised
        uses: join
        from: [kerncijfers, revision]
        on: [year, buurt]
        overlap: prefer_right
      """)

  /// A left and a right table.
  public static var inputCount: ClosedRange<Int> { 2...2 }

  let options: Options

  /// A join with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    guard !options.on.pairs.isEmpty else {
      throw SpecError(options.on.position, "option \"on\" names no column; a join needs at least one key")
    }
    for (i, pair) in options.on.pairs.enumerated() {
      if options.on.pairs[..<i].contains(where: { $0.left.text == pair.left.text || $0.right.text == pair.right.text })
      {
        throw SpecError(pair.left.position, "the key \"\(pair.left.text)\" is named twice")
      }
    }
    self.options = options
  }

  /// The keys of both sides, and what the needed columns are made of.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    let keys = options.on.pairs
    let rightKeys = Set(keys.map(\.right.text))
    guard hasRightColumns else { return [needed.map { $0.union(keys.map(\.left.text)) }, rightKeys] }
    guard let needed else { return [nil, nil] }
    var left = Set(keys.map(\.left.text))
    var right = rightKeys
    for part in layout(inputs[0], inputs[1]) where needed.contains(part.name) {
      if let i = part.left { left.insert(inputs[0][i].name) }
      if let j = part.right { right.insert(inputs[1][j].name) }
      // The right column keeps its suffix only beside its namesake.
      if part.isSuffixed, let j = part.right { left.insert(inputs[1][j].name) }
    }
    return [left, right]
  }

  /// The left columns, then the right ones that are neither keys nor merged.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let (left, right) = (inputs[0], inputs[1])
    for pair in options.on.pairs {
      let l = try left.field(at: pair.left, of: "the left table")
      let r = try right.field(at: pair.right, of: "the right table")
      guard l.type == r.type else {
        throw SpecError(
          pair.left.position,
          "the key \"\(l.name)\" is \(l.type.rawValue) on the left and \"\(r.name)\" \(r.type.rawValue) on the right; "
            + "derive one of them as the other's type before the join")
      }
    }
    guard hasRightColumns else { return left }
    try checkOverlap(left, right)
    do throws(TabularError) {
      return try Schema(layout(left, right).map { field($0, left, right) })
    } catch {
      throw SpecError(options.on.position, "the join gives two columns of one name: \(error)")
    }
  }

  /// The joined table.
  public func apply(_ inputs: consuming [Table], context: RunContext) throws(TransformError) -> Table {
    let (left, right) = (inputs[0], inputs[1])
    inputs = []
    let rows = try matchedRows(left, right, context)
    guard hasRightColumns else { return left.gathering(rows.left ?? []) }
    // Not in a closure, which would hold the left table and have its columns copied.
    do throws(TabularError) { return try joined(consume left, right, rows) } catch { throw TransformError("\(error)") }
  }

  private func matchedRows(_ left: Table, _ right: Table, _ context: RunContext) throws(TransformError) -> JoinRows {
    let names = options.on.pairs
    let leftKeys = try onTables { () throws(TabularError) in try left.selecting(names.map(\.left.text)) }
    let rightKeys = try onTables { () throws(TabularError) in try right.selecting(names.map(\.right.text)) }
    let matches = KeyMatches(left: leftKeys.columns, right: rightKeys.columns)
    if let (_, row) = matches.duplicate, !options.many, hasRightColumns {
      throw TransformError(
        "the right table has more than one row for \(keyText(rightKeys.schema.names, rightKeys.columns, row: row)); "
          + "make its rows unique, add a key to \"on\", or say \"many: true\" to have a row for each")
    }
    warnWhenNothingMatches(matches, leftKeys, rightKeys, context)
    let count = matches.rowCount(options.kind)
    guard count <= Int(Int32.max) else {
      throw TransformError("the join would have \(count) rows, more than \(Int32.max); are keys missing from \"on\"?")
    }
    return matches.rows(options.kind)
  }

  /// Goes column by column and lets the left columns go on the way, so that one that nobody else holds is changed in place.
  private func joined(_ left: consuming Table, _ right: Table, _ rows: JoinRows) throws(TabularError) -> Table {
    let leftSchema = left.schema
    var leftColumns = left.columns.map(Optional.some)
    left = Table(empty: leftSchema)
    var fields: [Field] = []
    var columns: [Column] = []
    for part in layout(leftSchema, right.schema) {
      fields.append(field(part, leftSchema, right.schema))
      var l: Column?
      if let index = part.left {
        l = leftColumns[index]
        leftColumns[index] = nil  // each is used once
        if let selection = rows.left { l = l?.gathering(selection) }
      }
      if part.prefersRight, let index = part.right, var column = l.take() {
        try column.overlay(with: right.columns[index], at: rows.right)
        columns.append(column)
        continue
      }
      let needsRight = !part.isKey || rows.appended > 0
      let r = part.right.flatMap { needsRight ? right.columns[$0].gathering(rows.right) : nil }
      switch (l, r) {
      case (let l?, let r?): columns.append(try l.filledIn(from: r))
      case (let column?, nil), (nil, let column?): columns.append(column)
      case (nil, nil): break
      }
    }
    return try Table(schema: Schema(fields), columns: columns)
  }

  private func warnWhenNothingMatches(_ matches: KeyMatches, _ left: Table, _ right: Table, _ context: RunContext) {
    guard options.kind != .anti, left.rowCount > 0, matches.unmatchedCount == left.rowCount else { return }
    if right.rowCount == 0 {
      context.warn("no row finds a counterpart: the right table has no rows")
    } else {
      context.warn(
        "no row finds a counterpart: the left table's first key is \(keyText(left.schema.names, left.columns, row: 0)), "
          + "the right table's \(keyText(right.schema.names, right.columns, row: 0))")
    }
  }

  private var hasRightColumns: Bool { options.kind != .semi && options.kind != .anti }
}
