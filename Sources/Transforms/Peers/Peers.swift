public import PipelineKit
internal import Statistics
public import Tabular

/// Finds the areas that resemble each area most in structure.
public struct Peers: Transform {
  /// The options of `peers`.
  public struct Options: PluginOptions {
    var area = Located("", at: SourcePosition(file: ""))
    var features = OrderedMap<Double>()
    var of: [Located] = []
    var count = 10

    /// Ten peers.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("area", \.area, required: true, "The column of area codes, one row an area."),
        .init("features", \.features, required: true, "The columns that describe the structure, and their weights."),
        .init("of", \.of, "The areas to find peers of; without it every area."),
        .init("count", \.count, "How many peers each area gets."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "peers",
    summary: "Finds the areas that resemble each area most in structure.",
    details: """
      One row for each area and peer: the area under its own name, `peer_rank` from 1 for the nearest, `peer` its code and \
      `distance` the root of the weighted mean of squared differences between z-scores (over all rows, with the \
      population standard deviation). Equally near peers stand in the order of the rows.

      Choose what an area cannot help (size, density, age, tenure, industry) and leave out what is to be compared. An \
      area that lacks a feature has no peers and is none; the run says how many there are. A feature without spread tells \
      nothing apart and is left out. Rows of one period only: an area that occurs twice is an error. A note names the \
      peers of the areas in `of`.
      """,
    example: """
      - id: alike
        uses: peers
        from: structure
        area: gemeente
        features: {inhabitants: 1, density: 1, aged_65_pct: 1}
        of: GM0141
        count: 8
      """)

  private let options: Options

  /// Peers with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    let place = options.area.position
    guard options.count > 0 else { throw SpecError(place, "\"count\" is \(options.count), expected 1 or more") }
    guard options.features.entries.contains(where: { $0.value > 0 }) else {
      throw SpecError(place, "\"features\" gives no column a weight above 0")
    }
    for entry in options.features.entries where entry.value < 0 {
      throw SpecError(entry.position, "the weight of \"\(entry.key)\" is \(entry.value), expected 0 or more")
    }
    self.options = options
  }

  /// The area and the features.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [Set([options.area.text] + options.features.keys)]
  }

  /// Area, rank, peer, distance.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    var area = try inputs[0].field(at: options.area)
    guard area.type == .string else {
      throw SpecError(options.area.position, "column \"\(area.name)\" is \(area.type.rawValue); areas have text codes")
    }
    var origins: [Origin] = []
    for entry in options.features.entries {
      origins += try inputs[0].numericField(at: Located(entry.key, at: entry.position)).origins
    }
    let sorted = Set(origins).sorted()
    area.role = .key
    let added = [
      Field("peer_rank", .int64, role: .key, unit: "rank", decimals: 0, origins: sorted),
      Field("peer", .string, origins: sorted),
      Field("distance", .float64, unit: "sd", decimals: 2, origins: sorted),
    ]
    do throws(TabularError) { return try Schema([area] + added) } catch {
      throw SpecError(options.area.position, "\(error)")
    }
  }

  /// One row an area and peer.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    guard case .string(let codes) = try table.columns(named: [options.area.text])[0] else {
      throw TransformError("column \"\(options.area)\" holds no text")
    }
    var places: [String: Int] = [:]
    for row in 0..<table.rowCount {
      guard let code = codes[row] else { continue }
      guard places.updateValue(row, forKey: code) == nil else {
        throw TransformError("area \"\(code)\" occurs twice; peers are those of one period, filter the rows first")
      }
    }
    var features: [[Double?]] = []
    for name in options.features.keys {
      let numbers = try NumberColumn(table, name)
      features.append(numbers.values.indices.map { numbers.isPresent($0) ? numbers.values[$0] : nil })
    }
    let neighbours = NearestNeighbours(features: features, weights: options.features.entries.map(\.value))
    let pool = (0..<table.rowCount).filter { codes[$0] != nil }
    let incomplete = pool.count { !neighbours.isComplete[$0] }
    if incomplete > 0 { context.warn("\(incomplete) area(s) lack a feature: they have no peers and are none") }
    var wanted = pool
    if !options.of.isEmpty {
      wanted = []
      for area in options.of {
        guard let row = places[area.text] else {
          throw CellLiteral.absent(area.text, from: options.area.text, .string(codes))
        }
        wanted.append(row)
      }
    }
    var (areas, peers): ([String?], [String?]) = ([], [])
    var output = MeasureRows([Field("peer_rank", .int64), Field("distance", .float64)])
    for row in wanted {
      let found = neighbours.nearest(options.count, to: row, among: pool)
      for (rank, neighbour) in found.enumerated() {
        areas.append(codes[row])
        peers.append(codes[neighbour.area])
        output.append([Double(rank + 1), neighbour.distance])
      }
      if !options.of.isEmpty {
        context.note("peers of \(codes[row] ?? ""): \(found.map { codes[$0.area] ?? "" }.joined(separator: ", "))")
      }
    }
    let schema: Schema
    do { schema = try outputSchema(for: [table.schema]) } catch { throw TransformError(error.description) }
    let numbers = output.columns
    let columns: [Column] = [.string(StringColumn(areas)), numbers[0], .string(StringColumn(peers)), numbers[1]]
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: columns) }
  }
}
