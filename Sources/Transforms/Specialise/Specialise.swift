public import PipelineKit
internal import Statistics
public import Tabular

/// Makes figures of specialisation and concentration from jobs by area and industry.
public struct Specialise: Transform {
  enum Output: String, OptionChoice {
    case industries, areas, concentration
  }

  /// The options of `specialise`.
  public struct Options: PluginOptions {
    var area = Located("", at: SourcePosition(file: ""))
    var by: [Located] = []
    var industry = Located("", at: SourcePosition(file: ""))
    var value = Located("", at: SourcePosition(file: ""))
    var reference = IndustryTable.Reference()
    var output = Output.industries

    /// One row an area and industry.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("area", \.area, required: true, "The column of areas."),
        .init("by", \.by, "Columns within which areas are compared, for example the year."),
        .init("industry", \.industry, required: true, "The column of industries (sectors, or any other categories)."),
        .init("value", \.value, required: true, "The numbers, for example jobs."),
        .init(
          "reference", \.reference, required: true, "What each area is compared with: `{area: NL00}` or `{all: true}`."),
        .init("output", \.output, "One row for each area and industry, one an area, or one an industry."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "specialise",
    summary: "Makes figures of specialisation and concentration from jobs by area and industry.",
    details: """
      With s the industry's share of the area and s0 that of the reference.

      `output: industries` gives the columns of `by`, area and industry, and the number itself, `share_pct` (100 s), \
      `location_quotient` (s / s0) and `share_difference` (100 (s - s0), in pp).

      `output: areas` gives one row an area: `krugman_index` (sum |s - s0|, 0 to 2), `hoover_coefficient` (half of it), \
      `herfindahl_index` (sum s^2), `herfindahl_normalised`, `equivalent_number` (1 / H), `entropy` (- sum s ln s), \
      `relative_entropy`, `hachman_index` (1 / sum s^2 / s0), `relative_diversity` (1 / Krugman; Duranton and Puga), \
      `relative_specialisation` (the highest location quotient) and `gini_of_quotients`.

      `output: concentration` gives one row an industry, over the areas other than a reference area: `locational_gini` \
      (Krugman, at most 0.5), `gini_of_quotients`, `hoover_coefficient` and `raw_concentration` (Ellison and Glaeser's G).

      An industry without a row counts as 0. A missing number makes its area missing with its reason, and takes the area out of \
      a reference of all areas and out of concentration. Figures that are not defined (an industry that the reference does \
      not have, equal structures for the diversity) are `undefined`; without a reference in the period they are \
      `not_matched`.
      """,
    example: """
      - {id: sectors, uses: specialise, from: jobs, area: area_code, by: [year], industry: section, value: jobs,
         reference: {area: NL00}}
      """)

  private let options: Options

  /// Figures with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) { self.options = options }

  private var namedColumns: [Located] { options.by + [options.area, options.industry, options.value] }

  /// All columns that the options name.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [Set(namedColumns.map(\.text))]
  }

  /// The keys and the figures.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let schema = inputs[0]
    var fields: [Field] = []
    for name in options.by { fields.append(try schema.field(at: name).asKey) }
    let area = try schema.field(at: options.area)
    try options.reference.check(in: area, at: options.area.position)
    let industry = try schema.field(at: options.industry)
    let value = try schema.numericField(at: options.value)
    if options.output != .concentration { fields.append(area.asKey) }
    if options.output != .areas { fields.append(industry.asKey) }
    let sources = namedColumns.compactMap { schema[$0.text] }
    switch options.output {
    case .industries: fields += Self.industryFigures(value, sources)
    case .areas: fields += Self.areaFigures(sources)
    case .concentration: fields += Self.concentrationFigures(sources)
    }
    do { return try Schema(fields) } catch { throw SpecError(options.area.position, "\(error)") }
  }

  /// The figures of each area, industry or both.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let schema = try promised([table.schema])
    let data = try IndustryTable(
      table, area: options.area, by: options.by, industry: options.industry, value: options.value,
      reference: options.reference)
    let industries = data.industries.count
    let keyCount = options.by.count + (options.output == .industries ? 2 : 1)
    var rows = MeasureRows(Array(schema.fields.dropFirst(keyCount)))
    var (first, kinds): ([Int32], [Int32]) = ([], [])
    if options.output == .concentration {
      let areas = try table.columns(named: [options.area.text])[0]
      let isReference =
        options.reference.area.map { CellLiteral.rows(of: areas, equalTo: $0.text) }
        ?? [Bool](
          repeating: false, count: table.rowCount)
      for group in 0..<data.groupCount {
        let members = data.rows.filter { $0.group == group && $0.reason == 0 && !isReference[Int($0.source)] }
        let all = data.rows.first { $0.group == group }
        for kind in 0..<industries {
          first.append(all?.source ?? 0)
          kinds.append(Int32(kind))
          rows.append(Self.concentration(kind, members.map(\.values)))
        }
      }
    } else {
      for row in data.rows {
        let added = options.output == .industries ? industries : 1
        first += [Int32](repeating: row.source, count: added)
        kinds += (0..<Int32(added)).map { $0 }
        guard row.reason == 0, let reference = data.references[row.group] else {
          let reason = row.reason != 0 ? row.reason : MissingReason.notMatched.rawValue
          for _ in 0..<added { rows.append(missing: reason) }
          continue
        }
        if options.output == .industries {
          Self.append(row.values, reference, to: &rows)
        } else {
          rows.append(Self.figures(row.values, reference))
        }
      }
    }
    var columns = try table.columns(named: options.by.map(\.text)).map { $0.gathering(first) }
    if options.output != .concentration {
      columns += try table.columns(named: [options.area.text]).map { $0.gathering(first) }
    }
    if options.output != .areas { columns.append(data.industries.gathering(kinds)) }
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: columns + rows.columns) }
  }
}

extension Specialise {
  fileprivate static func industryFigures(_ value: Field, _ sources: [Field]) -> [Field] {
    [
      .figure(value.name, value.unit, value.label, decimals: value.decimals ?? 0, from: [value]),
      .figure("share_pct", "%", "Share of the area", decimals: 1, from: sources),
      .figure("location_quotient", "", "Location quotient", decimals: 2, from: sources),
      .figure("share_difference", "pp", "Share less that of the reference", decimals: 1, from: sources),
    ]
  }

  fileprivate static func append(_ values: [Double], _ reference: [Double], to rows: inout MeasureRows) {
    let quotients = Specialisation.locationQuotients(region: values, reference: reference)
    let differences = Specialisation.additiveQuotients(region: values, reference: reference)
    let total = values.reduce(0, +)
    for index in values.indices {
      rows.append([
        values[index], total > 0 ? 100 * values[index] / total : nil, quotients[index],
        differences.map { 100 * $0[index] },
      ])
    }
  }

  fileprivate static func areaFigures(_ sources: [Field]) -> [Field] {
    func index(_ name: String, _ label: String) -> Field { .figure(name, "", label, decimals: 3, from: sources) }
    return [
      index("krugman_index", "Krugman's index of specialisation"), index("hoover_coefficient", "Half Krugman's index"),
      index("herfindahl_index", "Herfindahl index"), index("herfindahl_normalised", "Herfindahl index, 0 to 1"),
      index("equivalent_number", "Number of equal industries"), index("entropy", "Entropy"),
      index("relative_entropy", "Entropy, 0 to 1"), index("hachman_index", "Hachman's index"),
      index("relative_diversity", "Relative diversity (Duranton and Puga)"),
      index("relative_specialisation", "Highest location quotient"),
      index("gini_of_quotients", "Gini of location quotients"),
    ]
  }

  fileprivate static func figures(_ own: [Double], _ reference: [Double]) -> [Double?] {
    [
      Specialisation.krugman(own, reference), Specialisation.hooverCoefficient(own, reference),
      Specialisation.herfindahl(own), Specialisation.normalisedHerfindahl(own), Specialisation.equivalentNumber(own),
      Specialisation.entropy(own), Specialisation.relativeEntropy(own), Specialisation.hachman(own, reference),
      Specialisation.relativeDiversity(own, reference), Specialisation.relativeSpecialisation(own, reference),
      Concentration.giniOfQuotients(own, reference),
    ]
  }

  fileprivate static func concentrationFigures(_ sources: [Field]) -> [Field] {
    func index(_ name: String, _ label: String) -> Field { .figure(name, "", label, decimals: 3, from: sources) }
    return [
      index("locational_gini", "Locational Gini (Krugman)"), index("gini_of_quotients", "Gini of location quotients"),
      index("hoover_coefficient", "Share that would have to move"), index("raw_concentration", "Raw concentration G"),
    ]
  }

  fileprivate static func concentration(_ kind: Int, _ areas: [[Double]]) -> [Double?] {
    let (part, whole) = (areas.map { $0[kind] }, areas.map { $0.reduce(0, +) })
    return [
      Concentration.locationalGini(part, whole), Concentration.giniOfQuotients(part, whole),
      Dissimilarity.index(part, whole), Concentration.rawConcentration(part, whole),
    ]
  }
}
