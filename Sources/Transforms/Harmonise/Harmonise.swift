public import PipelineKit
internal import Statistics
public import Tabular

/// Puts a panel on one geography, through a table that says which part of each area goes where.
public struct Harmonise: Transform {
  enum Unmatched: String, OptionChoice {
    case error
    case keep
    case drop
  }

  /// The columns of the crosswalk table.
  struct CrosswalkColumns: PluginOptions {
    var from = Located("from_code", at: SourcePosition(file: ""))
    var to = Located("to_code", at: SourcePosition(file: ""))
    var weight = Located("weight", at: SourcePosition(file: ""))
    var on = JoinKeys()

    static var declaration: [OptionField<Self>] {
      [
        .init("from", \.from, "The area as the panel knows it."),
        .init("to", \.to, "The area of the reference geography."),
        .init("weight", \.weight, "How much they have in common: addresses, inhabitants or square metres; or a share."),
        .init(
          "on", \.on,
          "Columns, such as the year, that must also be equal: a list of names that both tables have, or a mapping of the "
            + "panel's names to the crosswalk's."),
      ]
    }
  }

  /// The options of ``Harmonise``.
  public struct Options: PluginOptions {
    var area = Located("", at: SourcePosition(file: ""))
    var by: [Located] = []
    var crosswalk = CrosswalkColumns()
    var onReference: Expression?
    var counts: [Located] = []
    var averages = OrderedMap<Located>()
    var countUnits: [String] = []
    var averageUnits = OrderedMap<Located>()
    var drop: [Located] = []
    var population: Located?
    var minimumCoverage = 1.0
    var unmatched = Unmatched.error
    var bridged = "bridged_pct"

    /// Nothing stated.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("area", \.area, required: true, "The panel's column of area codes."),
        .init("by", \.by, "The panel's other keys, such as the year; area and these make a row unique."),
        .init("crosswalk", \.crosswalk, "The columns of the second table."),
        .init("on_reference", \.onReference, "A condition: rows that are on the reference geography already."),
        .init("counts", \.counts, "Columns that are counted, and so are split: inhabitants, homes, incidents."),
        .init(
          "averages", \.averages,
          "Columns that are rates, shares or means, each with the column that counts what it is over: "
            + "`mean_income: inhabitants`."),
        .init("count_units", \.countUnits, "Columns in one of these units are counts."),
        .init(
          "average_units", \.averageUnits,
          "Columns in these units are averages over the given column: `\"%\": inhabitants`."),
        .init("drop", \.drop, "Columns that mean nothing on another geography, such as names."),
        .init(
          "population", \.population, "The count by which the bridged share is measured; without it, the areas' rows."),
        .init(
          "minimum_coverage", \.minimumCoverage,
          "The share, 0 to 1, of an area's weight for which parts must have a value, for an average to be given."),
        .init(
          "unmatched", \.unmatched,
          "What to do with an area that the crosswalk does not have: refuse, keep it under its code as the same area, or "
            + "leave its rows out."),
        .init("bridged", \.bridged, "The name of the column that holds the bridged share of the population."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "harmonise",
    summary: "Puts a panel of areas on one reference geography.",
    details: """
      `from` names the panel and the crosswalk, which has a row for each part that an area of the panel and an area of \
      the reference geography have in common. The part's share s is its weight over the weights of all parts of the \
      panel's area, so that shares add up to 1 and no one is lost.

      A count of a reference area is sum(s * count) over its parts. An average is sum(s * w * x) / sum(s * w), where w is \
      the column that counts what the average is over. What a column is, is stated by name or by unit; a column of which \
      nothing is stated is refused. An area that goes over whole keeps its averages as they are.

      A count is missing when one of its parts is, an average when less than `minimum_coverage` of its weight has a value, \
      for the reason of the missing part that weighs most. Parts without weight do not matter. An average over nothing is \
      `undefined`.

      `bridged_pct` is the share of the population that was estimated: that stems from areas of which the reference area \
      has only a part. Areas that are unchanged or merged whole have 0.

      The output has one row for each reference area and combination of `by`, in their order.
      """,
    example: """
      - id: on_2022
        uses: harmonise
        from: [panel, crosswalk_2020_2022]
        area: area_code
        by: [year]
        crosswalk: {from: code_2020, to: code_2022, weight: addresses}
        on_reference: year >= 2021
        counts: [inhabitants, households]
        averages: {mean_income: inhabitants}
        average_units: {"%": inhabitants}
        drop: [area_name]
        population: inhabitants
      """)

  /// The panel and the crosswalk.
  public static var inputCount: ClosedRange<Int> { 2...2 }

  let options: Options

  /// A harmonisation with the given options.
  /// - Throws: ``SpecError`` at a column that is stated twice and at a coverage that is no share.
  public init(options: Options, context: RunContext) throws(SpecError) {
    var seen: Set<String> = []
    let named = [options.area] + options.by + options.counts + options.drop
    for name in named where !seen.insert(name.text).inserted {
      throw SpecError(name.position, "column \"\(name)\" is stated twice")
    }
    for entry in options.averages.entries where !seen.insert(entry.key).inserted {
      throw SpecError(entry.position, "column \"\(entry.key)\" is stated twice")
    }
    for entry in options.averageUnits.entries where options.countUnits.contains(entry.key) {
      throw SpecError(entry.position, "the unit \"\(entry.key)\" stands under both count_units and average_units")
    }
    guard (0...1).contains(options.minimumCoverage) else {
      throw SpecError(
        options.area.position, "minimum_coverage is \(options.minimumCoverage); it is a share, from 0 to 1")
    }
    self.options = options
  }

  /// Keys, weights and what is wanted, in the panel; the columns named, in the crosswalk.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    let columns = options.crosswalk
    let right = Set([columns.from, columns.to, columns.weight].map(\.text) + columns.on.pairs.map(\.right.text))
    var left = Set(keyNames + columns.on.pairs.map(\.left.text) + (options.onReference?.columns ?? []))
    if let population = options.population { left.insert(population.text) }
    for field in inputs[0].fields where needed?.contains(field.name) ?? true {
      switch kind(of: field) {
      case .count: left.insert(field.name)
      case .average(let weight): left.formUnion([field.name, weight.text])
      case .key, .dropped, .unknown: break
      }
    }
    return [left, right]
  }

  /// The keys and measures of the panel, and the bridged share.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let (panel, crosswalk) = (inputs[0], inputs[1])
    try checkKeys(panel, crosswalk)
    for name in options.counts { _ = try panel.numericField(at: name, of: "the panel") }
    for entry in options.averages.entries {
      _ = try panel.numericField(at: Located(entry.key, at: entry.position), of: "the panel")
      _ = try panel.numericField(at: entry.value, of: "the panel")
    }
    for entry in options.averageUnits.entries { _ = try panel.numericField(at: entry.value, of: "the panel") }
    for name in options.drop { _ = try panel.field(at: name, of: "the panel") }
    if let population = options.population { _ = try panel.numericField(at: population, of: "the panel") }
    if let condition = options.onReference { try condition.requireCondition(in: panel) }
    for field in panel.fields {
      guard kind(of: field) == .unknown else { continue }
      let unit = field.unit.isEmpty ? "without a unit" : "in \"\(field.unit)\""
      throw SpecError(
        options.area.position,
        "nothing says what column \"\(field.name)\" (\(field.type.rawValue), \(unit)) is; name it under counts, averages "
          + "or drop, or state its unit under count_units or average_units")
    }
    if panel[options.bridged] != nil, !options.drop.contains(where: { $0.text == options.bridged }) {
      throw SpecError(
        options.area.position, "the panel already has a column \"\(options.bridged)\"; choose another name with bridged"
      )
    }
    return layout(panel, crosswalk)
  }

  private func checkKeys(_ panel: Schema, _ crosswalk: Schema) throws(SpecError) {
    let columns = options.crosswalk
    func place(_ name: Located) -> Located {
      name.position.file.isEmpty ? Located(name.text, at: options.area.position) : name
    }
    for (name, schema, table) in [
      (options.area, panel, "the panel"), (place(columns.from), crosswalk, "the crosswalk"),
      (place(columns.to), crosswalk, "the crosswalk"),
    ] {
      let field = try schema.field(at: name, of: table)
      guard field.type == .string else {
        throw SpecError(
          name.position,
          "column \"\(field.name)\" of \(table) is \(field.type.rawValue), and codes are text; derive it with "
            + "region_code(\(field.name), 'buurt')")
      }
    }
    _ = try crosswalk.numericField(at: place(columns.weight), of: "the crosswalk")
    for name in options.by { _ = try panel.field(at: name, of: "the panel") }
    for pair in columns.on.pairs {
      let (l, r) = (
        try panel.field(at: pair.left, of: "the panel"), try crosswalk.field(at: pair.right, of: "the crosswalk")
      )
      guard l.type == r.type else {
        throw SpecError(
          pair.left.position,
          "\"\(l.name)\" is \(l.type.rawValue) in the panel and \"\(r.name)\" \(r.type.rawValue) in the crosswalk; derive "
            + "one of them as the other's type")
      }
    }
  }

  /// The panel on the reference geography.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let (panel, crosswalk) = (inputs[0], inputs[1])
    let parts = try HarmonisedParts(panel, crosswalk, options, context)
    let schema = layout(panel.schema, crosswalk.schema)
    var columns: [Column] = []
    for field in schema.fields {
      if let key = keyNames.firstIndex(of: field.name) {
        columns.append(parts.keys[key])
      } else if field.name == options.bridged {
        columns.append(try bridged(panel, parts))
      } else {
        columns.append(try measure(field.name, panel, parts))
      }
    }
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: columns) }
  }

  private func measure(_ name: String, _ panel: Table, _ parts: HarmonisedParts) throws(TransformError) -> Column {
    guard let field = panel.schema[name] else { throw TransformError("no column \"\(name)\" in the panel") }
    let values = try NumberColumn(panel, name)
    if case .average(let weight) = kind(of: field) {
      let weights = try NumberColumn(panel, weight.text)
      let figures = values.withView { values in
        weights.withView {
          ArealInterpolation.averages(values, weights: $0, parts.parts, coverage: options.minimumCoverage)
        }
      }
      return Self.column(figures, reasons: values, weights)
    }
    return Self.column(values.withView { ArealInterpolation.counts($0, parts.parts) }, reasons: values)
  }

  private func bridged(_ panel: Table, _ parts: HarmonisedParts) throws(TransformError) -> Column {
    guard let population = options.population else {
      let even = NumberColumn(values: [Double](repeating: 1, count: panel.rowCount), reasons: [])
      return Self.column(even.withView { ArealInterpolation.bridgedShares(population: $0, parts.parts) }, by: 100)
    }
    let people = try NumberColumn(panel, population.text)
    let figures = people.withView { ArealInterpolation.bridgedShares(population: $0, parts.parts) }
    return Self.column(figures, reasons: people, by: 100)
  }

  /// The figures as a column; a figure without a value has the reason that its cause has in the first column that misses it.
  private static func column(
    _ figures: ArealInterpolation.Figures, reasons columns: NumberColumn..., by factor: Double = 1
  ) -> Column {
    let reasons = figures.causes.map { cause -> UInt8 in
      if cause == -1 { return 0 }
      if cause == ArealInterpolation.Figures.undefined { return MissingReason.undefined.rawValue }
      let first = columns.first { !$0.isPresent(Int(cause)) }
      return first?.reasons[Int(cause)] ?? MissingReason.undefined.rawValue
    }
    return .float64(Float64Column(figures.values.map { $0 * factor }, missing: MissingMask(reasons: reasons)))
  }
}
