internal import Glibc
public import PipelineKit
internal import Statistics
public import Tabular

/// Makes the list of each area's neighbours from boundaries.
public struct Neighbours: Transform {
  /// What makes areas neighbours.
  public enum Method: String, OptionChoice {
    /// A common corner of their boundaries.
    case queen
    /// A common side of their boundaries.
    case rook
    /// The nearest centroids.
    case nearest
    /// Centroids within a distance.
    case within
  }

  /// The options of ``Neighbours``.
  public struct Options: PluginOptions {
    var area = Located("", at: SourcePosition(file: ""))
    var geometry: Located?
    var by = Method.queen
    var count = 6
    var distance: Double?

    /// Common corners.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("area", \.area, required: true, "The column with the codes of the areas, each once."),
        .init("geometry", \.geometry, "The column with the boundaries as well-known text; without it geometry."),
        .init("by", \.by, "What makes neighbours: a common corner, a common side, the nearest centroids, a distance."),
        .init("count", \.count, "For nearest: how many neighbours each area has."),
        .init("distance", \.distance, "For within: the largest distance of centroids, in metres."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "neighbours",
    summary: "Makes the list of each area's neighbours from boundaries: common corners or sides, or near centroids.",
    details: """
      The output has a row for each area and neighbour, in the order of the input: `area_code`, `neighbour_code`, and
      `distance_m`, the distance of the centroids in metres.

      - `queen`: boundaries share a corner; `rook`: they share a side of two corners. Corners are the same when their
        coordinates are equal to the last digit, as in files that hold a division of a country. Areas that touch between
        corners are not found.
      - `nearest`: the `count` nearest centroids; of equally near ones those that come first. Not symmetric by itself.
      - `within`: centroids no further apart than `distance` metres.

      Distances of degrees (unit EPSG:4326 or 4258) are those of an equirectangular projection with the middle latitude of all
      areas as its true parallel: good within a country, x = R (lon) cos(middle lat), y = R (lat), R = 6 371 007.181 m.

      An area without a boundary or code is no neighbour of any, and one without neighbours (an island) has no row: both are
      named in a warning. An area that stands twice is refused.
      """,
    example: """
      - id: neighbours
        uses: neighbours
        from: boundaries
        area: statcode
        by: queen
      """)

  private let options: Options
  private var geometry: Located { options.geometry ?? Located("geometry", at: options.area.position) }

  /// A transform with the given options.
  /// - Throws: ``SpecError`` when a number makes no sense.
  public init(options: Options, context: RunContext) throws(SpecError) {
    if options.by == .nearest, options.count < 1 {
      throw SpecError(options.area.position, "count is \(options.count); expected at least 1 neighbour")
    }
    if options.by == .within, options.distance ?? 0 <= 0 {
      throw SpecError(options.area.position, "within needs a distance of more than 0 metres")
    }
    self.options = options
  }

  /// Codes and boundaries, whatever is wanted.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [[options.area.text, geometry.text]]
  }

  /// Pairs of areas with their distance.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let area = try inputs[0].field(at: options.area)
    let shape = try inputs[0].field(at: geometry)
    for (field, place) in [(area, options.area), (shape, geometry)] where field.type != .string {
      throw SpecError(place.position, "column \"\(field.name)\" is \(field.type.rawValue), expected text")
    }
    return schema(area, shape)
  }

  private func schema(_ area: Field, _ shape: Field) -> Schema {
    let fields = [
      Field("area_code", .string, role: .key, label: area.label, origins: area.origins),
      Field("neighbour_code", .string, role: .key, label: area.label, origins: area.origins),
      Field("distance_m", .float64, unit: "m", label: "distance of the centroids", origins: shape.origins),
    ]
    do { return try Schema(fields) } catch { preconditionFailure("the names differ") }
  }

  /// The neighbours, by area and neighbour in the order of the input.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let columns = try table.columns(named: [options.area.text, geometry.text])
    guard case .string(let codes) = columns[0], case .string(let texts) = columns[1],
      let areaField = table.schema[options.area.text], let shapeField = table.schema[geometry.text]
    else { throw TransformError("codes and boundaries are not text") }
    let places = try Places(codes, texts, shapeField.unit)
    warn("no boundary or code, and so no neighbours", places.left, context)
    let weights =
      switch options.by {
      case .queen: SpatialWeights(boundaries: places.boundaries)
      case .rook: SpatialWeights(boundaries: places.boundaries, edges: true)
      case .nearest:
        SpatialWeights(points: places.centroids, nearest: options.count)
      case .within: SpatialWeights(points: places.centroids, within: options.distance ?? 0)
      }
    warn("no neighbours", weights.islands.map { codes[places.rows[$0]] ?? "" }, context)
    var (from, to, distances) = ([Int32](), [Int32](), [Double]())
    for area in places.rows.indices {
      for place in weights.range(area) {
        let other = weights.neighbours[place]
        from.append(Int32(truncatingIfNeeded: places.rows[area]))
        to.append(Int32(truncatingIfNeeded: places.rows[other]))
        let (a, b) = (places.centroids[area], places.centroids[other])
        distances.append(hypot(a.x - b.x, a.y - b.y))
      }
    }
    let schema = schema(areaField, shapeField)
    return try onTables { () throws(TabularError) in
      try Table(
        schema: schema,
        columns: [columns[0].gathering(from), columns[0].gathering(to), .float64(Float64Column(distances))])
    }
  }

  private func warn(_ what: String, _ areas: [String], _ context: RunContext) {
    guard !areas.isEmpty else { return }
    let shown = areas.prefix(10).joined(separator: ", ") + (areas.count > 10 ? " and \(areas.count - 10) more" : "")
    context.warn("\(areas.count) areas have \(what): \(shown)")
  }
}

/// The boundaries and centroids of the areas that have them.
private struct Places {
  /// The row of each area.
  private(set) var rows: [Int] = []
  private(set) var boundaries: [[[PlanePoint]]] = []
  /// In metres.
  private(set) var centroids: [PlanePoint] = []
  /// Areas that were left out.
  private(set) var left: [String] = []

  init(_ codes: StringColumn, _ texts: StringColumn, _ unit: String) throws(TransformError) {
    let isGeographic = ["4326", "4258"].contains { unit.hasSuffix(":" + $0) }
    var seen: [UInt32: Int] = [:]
    for row in codes.codes.indices {
      guard codes.missing?.isPresent(row) ?? true, texts.missing?.isPresent(row) ?? true else {
        left.append(codes[row] ?? "row \(row + 1)")
        continue
      }
      if seen.updateValue(row, forKey: codes.codes[row]) != nil {
        throw TransformError(
          "the area \"\(codes[row] ?? "")\" stands twice; filter the table to one period, or make it distinct")
      }
      let dictionary = texts.dictionary
      let code = Int(texts.codes[row])
      let range = Int(dictionary.offsets[code])..<Int(dictionary.offsets[code + 1])
      let shape = dictionary.bytes.withUnsafeBufferPointer {
        Shape(wellKnownText: UnsafeBufferPointer(rebasing: $0[range]))
      }
      guard let shape else {
        throw TransformError(
          "the boundary of \"\(codes[row] ?? "")\" is not well-known text of points, lines or polygons")
      }
      guard let centroid = shape.measures.centroid(shape.kind) else {
        left.append(codes[row] ?? "")
        continue
      }
      rows.append(row)
      boundaries.append(shape.parts.map { part in zip(part.x, part.y).map { PlanePoint($0, $1) } })
      centroids.append(PlanePoint(centroid.x, centroid.y))
    }
    guard isGeographic, let low = centroids.map(\.y).min(), let high = centroids.map(\.y).max() else { return }
    let metres = 6_371_007.181 * .pi / 180
    let parallel = cos((low + high) / 2 * .pi / 180)
    centroids = centroids.map { PlanePoint($0.x * metres * parallel, $0.y * metres) }
  }
}
