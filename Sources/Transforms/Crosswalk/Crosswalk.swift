public import PipelineKit
internal import Statistics
public import Tabular

/// Makes the crosswalk between two geographies from two lists of addresses.
public struct Crosswalk: Transform {
  /// The options of ``Crosswalk``.
  public struct Options: PluginOptions {
    var on = JoinKeys()
    var old = Located("", at: SourcePosition(file: ""))
    var new = Located("", at: SourcePosition(file: ""))
    var weight: Located?

    /// Nothing stated.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "on", \.on, required: true,
          "The columns that make an address, such as postcode and house number: a list of names that both tables have, or "
            + "a mapping of the first table's names to the second's."),
        .init("old", \.old, required: true, "The area of an address in the first table."),
        .init("new", \.new, required: true, "The area of an address in the second table."),
        .init(
          "weight", \.weight, "A number in the first table that an address counts for, such as homes; 1 without it."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "crosswalk",
    summary: "Makes the crosswalk between two geographies from two lists of addresses.",
    details: """
      `from` names the list on the old geography and the list on the new one, such as two years of CBS's file \
      of postcodes, house numbers and buurten. The output has a row for each pair of areas that share an address:

      - `from_code` and `to_code`, the old and the new area;
      - `weight`, the addresses (or the sum of `weight`) that lie in both;
      - `from_share` and `to_share`, that weight over the weight of all common addresses of the old area and of the new one.

      An address that stands in one list only says nothing about change and is left out; so is one without a code. How \
      many there are is printed. An address that stands twice in one area counts once, with the sum of its weights; one \
      that stands in two areas of a list is refused. An old area without a common address is named in a warning.
      """,
    example: """
      - id: crosswalk_2020_2022
        uses: crosswalk
        from: [addresses_2020, addresses_2022]
        on: [postcode, house_number]
        old: buurt_code
        new: buurt_code
      """)

  /// The old list and the new one.
  public static var inputCount: ClosedRange<Int> { 2...2 }

  private let options: Options

  /// A crosswalk with the given options.
  /// - Throws: ``SpecError`` when no column makes an address.
  public init(options: Options, context: RunContext) throws(SpecError) {
    guard !options.on.pairs.isEmpty else {
      throw SpecError(options.on.position, "option \"on\" names no column; an address needs at least one")
    }
    self.options = options
  }

  /// The address and the areas, whatever is wanted.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    var left = Set(options.on.pairs.map(\.left.text) + [options.old.text])
    if let weight = options.weight { left.insert(weight.text) }
    return [left, Set(options.on.pairs.map(\.right.text) + [options.new.text])]
  }

  /// The pairs of areas with their weight and shares.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    for pair in options.on.pairs {
      let l = try inputs[0].field(at: pair.left, of: "the first table")
      let r = try inputs[1].field(at: pair.right, of: "the second table")
      guard l.type == r.type else {
        throw SpecError(
          pair.left.position,
          "\"\(l.name)\" is \(l.type.rawValue) in the first table and \"\(r.name)\" \(r.type.rawValue) in the second; "
            + "derive one of them as the other's type")
      }
    }
    if let weight = options.weight { _ = try inputs[0].numericField(at: weight, of: "the first table") }
    for (name, schema, table) in [
      (options.old, inputs[0], "the first table"), (options.new, inputs[1], "the second table"),
    ] {
      let field = try schema.field(at: name, of: table)
      guard field.type == .string else {
        throw SpecError(
          name.position,
          "column \"\(field.name)\" of \(table) is \(field.type.rawValue), and codes are text; derive it with "
            + "region_code(\(field.name), 'buurt')")
      }
    }
    return schema(inputs[0], inputs[1])
  }

  private func schema(_ first: Schema, _ second: Schema) -> Schema {
    let (old, new) = (first[options.old.text]?.origins ?? [], second[options.new.text]?.origins ?? [])
    let weighed = options.weight.flatMap { first[$0.text] }
    let origins = Field.mergeOrigins([old, new, weighed?.origins ?? []])
    let fields = [
      Field("from_code", .string, role: .key, origins: old), Field("to_code", .string, role: .key, origins: new),
      Field("weight", .float64, role: .weight, unit: weighed?.unit ?? "addresses", origins: origins),
      Field("from_share", .float64, unit: "share", origins: origins),
      Field("to_share", .float64, unit: "share", origins: origins),
    ]
    do { return try Schema(fields) } catch { preconditionFailure("the names differ") }
  }

  /// The crosswalk, by old and then by new code.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let left = try AddressList(
      inputs[0], options.on.pairs.map(\.left.text), options.old.text, options.weight?.text, "the first table")
    let right = try AddressList(
      inputs[1], options.on.pairs.map(\.right.text), options.new.text, nil, "the second table")
    let matches = KeyMatches(left: left.keys, right: right.keys)
    let pairs = matches.rows(.inner)
    let common = pairs.right.count
    context.note(
      "\(common) addresses in both lists, \(left.area.count - common) in the first only, \(right.area.count - common) in the "
        + "second only, \(left.left + right.left) rows without a code")
    warnAboutLost(left, matches, context)
    let (from, to) = (left.area.gathering(pairs.left ?? []), right.area.gathering(pairs.right))
    let grouping = Grouping(by: [from, to], rowCount: common)
    let ones = pairs.left?.map { left.weights[Int($0)] } ?? []
    let weights = Reduction.sum(Float64Column(ones), grouping)
    let columns = [from.gathering(grouping.representatives), to.gathering(grouping.representatives)]
    let shares = columns.map { column in
      let areas = Grouping(by: [column], rowCount: grouping.count)
      return Column.float64(
        Float64Column(
          ArealInterpolation.shares(of: weights.values, sources: areas.groups, sourceCount: areas.count)))
    }
    let schema = schema(inputs[0].schema, inputs[1].schema)
    return try onTables { () throws(TabularError) in
      try Table(schema: schema, columns: columns + [.float64(weights)] + shares)
    }
  }

  private func warnAboutLost(_ list: AddressList, _ matches: KeyMatches, _ context: RunContext) {
    let areas = Grouping(by: [list.area], rowCount: list.area.count)
    var isFound = [Bool](repeating: false, count: areas.count)
    for (row, match) in matches.first.enumerated() where match >= 0 { isFound[Int(areas.groups[row])] = true }
    let lost = (0..<areas.count).filter { !isFound[$0] }.map {
      cellText(list.area, row: Int(areas.representatives[$0]))
    }
    guard !lost.isEmpty else { return }
    let shown = lost.prefix(10).joined(separator: ", ") + (lost.count > 10 ? " and \(lost.count - 10) more" : "")
    context.warn("no address of these areas stands in the second list, so the crosswalk does not have them: \(shown)")
  }
}

/// The addresses of one list, each once.
private struct AddressList {
  let keys: [Column]
  let area: Column
  /// What each address counts for.
  let weights: [Double]
  /// Rows left out because a code or a weight is missing.
  let left: Int

  init(_ table: Table, _ names: [String], _ area: String, _ weight: String?, _ title: String) throws(TransformError) {
    var all = try table.columns(named: names + [area])
    var numbers = NumberColumn(values: [Double](repeating: 1, count: table.rowCount), reasons: [])
    if let weight { numbers = try NumberColumn(table, weight) }
    let missing = firstReasons(all, rowCount: table.rowCount)
    let rows = (0..<table.rowCount).filter { missing?[$0] ?? 0 == 0 && numbers.isPresent($0) }
    left = table.rowCount - rows.count
    let picked = rows.map { Int32(truncatingIfNeeded: $0) }
    all = all.map { $0.gathering(picked) }
    let values = rows.map { numbers.values[$0] }
    if let weight, let row = values.firstIndex(where: { $0 < 0 }) {
      throw TransformError(
        "\(title): \(weight) is \(values[row]) for \(keyText(names, Array(all.dropLast()), row: row)); expected 0 or more"
      )
    }
    let distinct = Grouping(by: all, rowCount: rows.count)
    weights =
      weight == nil
      ? [Double](repeating: 1, count: distinct.count) : Reduction.sum(Float64Column(values), distinct).values
    let columns = all.map { $0.gathering(distinct.representatives) }
    keys = Array(columns.dropLast())
    self.area = columns[columns.count - 1]
    if let (earlier, later) = KeyMatches(left: keys, right: keys).duplicate {
      throw TransformError(
        "\(title): the address \(keyText(names, keys, row: later)) stands in \(cellText(self.area, row: earlier)) and in "
          + "\(cellText(self.area, row: later)); add the column that tells them apart to \"on\"")
    }
  }
}
