public import PipelineKit
internal import Statistics
public import Tabular

/// Sets facilities beside a reference area, which is 100.
public struct AmenityIndexTransform: Transform {
  enum Mean: String, OptionChoice {
    case geometric, arithmetic
  }

  /// One facility.
  struct Facility: PluginOptions {
    var weight = 1.0
    var distance = false

    static var declaration: [OptionField<Self>] {
      [
        .init("weight", \.weight, "Its weight in the total, 0 or more."),
        .init("distance", \.distance, "Whether it is a distance, of which less is better."),
      ]
    }
  }

  /// The options of `amenity_index`.
  public struct Options: PluginOptions {
    var area = Located("", at: SourcePosition(file: ""))
    var by: [Located] = []
    var facilities = OrderedMap<Facility>()
    var reference = Located("", at: SourcePosition(file: ""))
    var into = "amenity_index"
    var mean = Mean.geometric

    /// A geometric mean.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("area", \.area, required: true, "The column of areas."),
        .init("by", \.by, "The columns of the period: rows stand beside the reference with the same values."),
        .init("facilities", \.facilities, required: true, "The columns of facilities, each with its weight and sense."),
        .init("reference", \.reference, required: true, "The area whose level is 100."),
        .init("into", \.into, "The column of the total; those of the facilities begin with it."),
        .init("mean", \.mean, "How single indices make the total."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "amenity_index",
    summary: "Sets facilities beside a reference area, which is 100.",
    details: """
      Adds for each facility x the column `<into>_<x>`: 100 x / reference, or for a distance 100 reference / x, so that \
      more is always better; `<into>`, the weighted geometric (or arithmetic) mean of those that are present; \
      `<into>_facilities`, how many are, and `<into>_below`, how many of them lie below 100.

      An index is missing where the value or the reference is, for its reason, and `undefined` where its divisor is 0 or a \
      value is negative. A period without the reference: `not_matched`. The total of none is `undefined`.
      """,
    example: """
      - id: amenities
        uses: amenity_index
        from: facilities
        area: area_code
        by: [year]
        reference: NL00
        facilities: {cafes_within_3km: {}, theatre_km: {distance: true, weight: 2}}
      """)

  private let options: Options

  /// An index with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    var total = 0.0
    for entry in options.facilities.entries {
      guard entry.value.weight >= 0, entry.value.weight.isFinite else {
        throw SpecError(entry.position, "the weight of \"\(entry.key)\" is \(entry.value.weight), expected 0 or more")
      }
      total += entry.value.weight
    }
    guard total > 0 else {
      throw SpecError(options.area.position, "\"facilities\" gives no column a weight above 0")
    }
    self.options = options
  }

  private func added(_ schema: Schema) throws(SpecError) -> [Field] {
    var sources: [Field] = []
    var fields: [Field] = []
    for entry in options.facilities.entries {
      let field = try schema.numericField(at: Located(entry.key, at: entry.position))
      sources.append(field)
      fields.append(
        .figure(
          "\(options.into)_\(entry.key)", "reference = 100",
          "Index of \(field.label.isEmpty ? entry.key : field.label)",
          decimals: 0, direction: .higherIsBetter, from: [field]))
    }
    let origins = Field.mergeOrigins(sources.map(\.origins))
    return fields + [
      .figure(
        options.into, "reference = 100", "Index of facilities", decimals: 0, direction: .higherIsBetter, from: sources),
      Field("\(options.into)_facilities", .int64, label: "Facilities with an index", decimals: 0, origins: origins),
      Field("\(options.into)_below", .int64, label: "Facilities below the reference", decimals: 0, origins: origins),
    ]
  }

  /// The columns needed from the input, and all that the options name.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    guard let needed else { return [nil] }
    let own = Set((try? added(inputs[0]))?.map(\.name) ?? [])
    return [
      needed.subtracting(own).union([options.area.text]).union(options.by.map(\.text)).union(options.facilities.keys)
    ]
  }

  /// The input's columns and the indices.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    try CellLiteral.check(options.reference, in: try inputs[0].field(at: options.area))
    for name in options.by { _ = try inputs[0].field(at: name) }
    let fields = try added(inputs[0])
    for field in fields { try inputs[0].checkFree(field.name, at: options.area.position) }
    return try inputs[0].appending(fields, at: options.area.position)
  }

  /// The input with the indices.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let fields = try onSchemas { () throws(SpecError) in try added(table.schema) }
    let areas = try table.columns(named: [options.area.text])[0]
    let periods = Grouping(by: try table.columns(named: options.by.map(\.text)), rowCount: table.rowCount)
    let isReference = CellLiteral.rows(of: areas, equalTo: options.reference.text)
    var references = [Int?](repeating: nil, count: max(1, periods.count))
    for row in 0..<table.rowCount where isReference[row] {
      guard references[Int(periods.groups[row])] == nil else {
        let names =
          options.area.text + (options.by.isEmpty ? "" : ", " + options.by.map(\.text).joined(separator: ", "))
        throw TransformError("more than one row has \(options.area)=\(options.reference) with the same \(names)")
      }
      references[Int(periods.groups[row])] = row
    }
    if table.rowCount > 0, !isReference.contains(true) {
      throw CellLiteral.absent(options.reference.text, from: options.area.text, areas)
    }
    var values: [NumberColumn] = []
    for name in options.facilities.keys { values.append(try NumberColumn(table, name)) }
    let weights = options.facilities.entries.map(\.value.weight)
    var output = MeasureRows(fields)
    for row in 0..<table.rowCount {
      let reference = references[Int(periods.groups[row])]
      var cells: [(value: Double?, reason: MissingReason)] = []
      for (column, entry) in zip(values, options.facilities.entries) {
        cells.append(Self.index(column, row, reference, isDistance: entry.value.distance))
      }
      let indices = cells.map(\.value)
      let total = AmenityIndex.total(
        indices, weights: weights, mean: options.mean == .geometric ? .geometric : .arithmetic)
      let present = indices.compactMap(\.self)
      for figure in [total, Double(present.count), Double(present.count { $0 < 100 })] {
        cells.append((figure, .undefined))
      }
      output.append(cells)
    }
    return try table.appending(fields, output.columns)
  }

  private static func index(
    _ column: NumberColumn, _ row: Int, _ reference: Int?, isDistance: Bool
  ) -> (value: Double?, reason: MissingReason) {
    func reason(_ row: Int) -> MissingReason { MissingReason(rawValue: column.reasons[row]) ?? .unknown }
    guard column.isPresent(row) else { return (nil, reason(row)) }
    guard let reference else { return (nil, .notMatched) }
    guard column.isPresent(reference) else { return (nil, reason(reference)) }
    let value = AmenityIndex.value(column.values[row], reference: column.values[reference], isDistance: isDistance)
    return (value, .undefined)
  }
}
