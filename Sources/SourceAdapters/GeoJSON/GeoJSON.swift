public import PipelineKit
public import Tabular

/// Reads boundaries from GeoJSON and TopoJSON: a row for each feature.
public struct GeoJSON: SourceAdapter {
  /// What the pipeline file says about it.
  public struct Options: PluginOptions {
    /// The reference system, as EPSG's number.
    public var epsg: Int?
    /// The object of a topology.
    public var object: String?
    /// Values that stand for a missing value.
    public var markers = OrderedMap<MarkerReason>()
    /// Types by column.
    public var types = OrderedMap<SourceColumnType>()

    /// Everything found out from the content.
    public init() {}

    /// The options, as documentation lists them.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "epsg", \.epsg,
          "The number of the reference system in EPSG's register, where the file does not name it; 28992 is the Dutch grid."
        ),
        .init("object", \.object, "Which object of a TopoJSON file to read, when it has more than one."),
        .init(
          "markers", \.markers,
          "Texts and numbers that stand for a missing value and the reason of each, beside CBS's -99999999 and -99997 for "
            + "unknown; \"\" is an empty text or null."),
        .init("types", \.types, "The type of a property, where the content shows another."),
      ]
    }
  }

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "geojson",
    summary: "Reads boundaries with their properties from GeoJSON or TopoJSON, with area, centroid and bounding box.",
    details: """
      Every feature is a row. Columns are the feature's `id` as `feature_id`, its properties under their names, and
      `geometry` (well-known text, with the digits of the file; heights are left out), `centroid_x`, `centroid_y`, `area_m2`,
      `min_x`, `min_y`, `max_x`, `max_y`; where a property has such a name ours is `shape_<name>`. Properties are found in
      the first 256 KiB, or as much as a feature takes; what only later features have, and properties that are objects or
      lists, are left out with a warning.

      **Types.** A property is a number (`float64`) when all its values are JSON numbers that a double holds exactly, and
      text otherwise, truth values too.

      **Reference system.** The member `crs`, the option `epsg`, or else longitude and latitude (EPSG:4326), as RFC 7946
      says; coordinates that cannot be degrees then are an error. The number stands in the unit of `geometry`. The area is
      that of the plane, or for degrees that on a sphere of equal area, up to half a percent from the ellipsoid's.

      **Missing values.** A null, an empty text and a property that a feature lacks are `unspecified`. Without a geometry,
      and for a collection of geometries (with a warning), all that is made from it is `unspecified`; of an empty geometry,
      and the area of lines and points, it is `undefined`.

      **Pages.** Several files are one table. A last file that names a next page (`links`), and an only file with fewer
      features than it says there are (`numberMatched`), are warned about.

      **TopoJSON.** The arcs stand in memory, at most 16 million points; features are read as a stream, as all of GeoJSON is.
      """,
    example: """
      sources:
        municipalities:
          adapter: geojson
          files: data/gemeente_gegeneraliseerd_2024.geojson
      """)

  private let options: Options
  private let cells: CellDialect

  /// An adapter with its options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    self.options = options
    var markers = options.markers.entries.map { CellDialect.Marker($0.key, $0.value.reason) }
    for known in ["-99999999", "-99997"] where options.markers[known] == nil { markers.append(.init(known, .unknown)) }
    cells = CellDialect(
      markers: markers, emptyReason: options.markers[""]?.reason ?? .unspecified, trimsText: true)
  }

  /// JSON with the type of a collection, a feature or a topology near its start.
  public static func recognise(head: [UInt8], path: String) -> Recognition { judge(head, path).recognition }

  /// What the head of a file looks like, and whether that is a topology.
  private static func judge(_ head: [UInt8], _ path: String) -> (recognition: Recognition, isTopology: Bool) {
    var rest = head[...]
    if rest.starts(with: byteOrderMark) { rest = rest.dropFirst(3) }
    guard rest.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else {
      return (Recognition(0, "not a JSON object"), false)
    }
    // Only members of the outermost object count.
    let bytes = Array(rest)
    return bytes.withUnsafeBufferPointer { bytes in
      let json = JSONStream(path: path)
      json.load(bytes)
      var hint = (Recognition(0, "JSON without the members of GeoJSON"), false)
      do throws(SourceError) {
        _ = try json.next()
        while try json.next() == .key {
          let key = json.string
          let event = try json.next()
          if key == "type", event == .string {
            switch json.string {
            case "FeatureCollection": return (Recognition(95, "a GeoJSON FeatureCollection"), false)
            case "Feature": return (Recognition(90, "a GeoJSON Feature"), false)
            case "Topology": return (Recognition(95, "a TopoJSON Topology"), true)
            default:
              if ShapeBuilder.Kind(rawValue: json.string) != nil {
                return (Recognition(80, "a GeoJSON geometry"), false)
              }
            }
          } else if key == "features", event == .beginArray {
            hint = (Recognition(60, "JSON with a list of features"), false)
          } else if key == "arcs", event == .beginArray || key == "objects" {
            hint = (Recognition(70, "JSON with the arcs of a topology"), true)
          }
          try json.skip(event)
        }
      } catch {}
      return hint
    }
  }

  /// The properties of the first features, and what is made from their geometry.
  public func schema(of input: Input, context: RunContext) throws(SourceError) -> Schema {
    guard let part = input.parts.first else { return Schema() }
    let (sample, system) = try sample(part.path, context)
    return try BoundaryColumns.schema(
      sample.names, types: options.types, system, origin: input.origin, file: part.path, isNumber: sample.isNumber)
  }

  /// Reads one file.
  public func read(
    _ part: InputPart, of input: Input, as schema: Schema, context: RunContext, into receive: (Batch) -> ReadControl
  ) throws(SourceError) {
    let (sample, system) = try sample(input.parts.first?.path ?? part.path, context)
    let arcs = sample.isTopology ? try arcs(part.path, context) : nil
    let json = try open(part.path, context)
    try withoutActuallyEscaping(receive) { (receive) throws(SourceError) in
      let batches = try FeatureBatches(
        schema: schema, names: sample.names, system: system, cells: cells, path: part.path, context: context,
        receive: receive)
      let walker = FeatureWalker(json, FeatureTable(batches), arcs: arcs, object: options.object)
      try walker.walk()
      try check(walker, system, part.path, isTopology: arcs != nil)
      if !batches.isStopped { walker.page.check(part, of: input, features: walker.features, context: context) }
      if walker.sawCollection {
        context.warn("\(part.path): collections of geometries are left out; their features have no geometry")
      }
      batches.finish()
    }
  }

  // MARK: Finding out

  private func open(_ path: String, _ context: RunContext) throws(SourceError) -> JSONStream {
    let file = try context.open(path)
    return JSONStream(path: path) { (buffer) throws(SourceError) in try file.read(into: buffer) }
  }

  private func arcs(_ path: String, _ context: RunContext) throws(SourceError) -> TopologyArcs {
    let arcs = try TopologyArcs(open(path, context))
    arcs.resolve()
    return arcs
  }

  private func sample(_ path: String, _ context: RunContext) throws(SourceError) -> (FeatureSample, ReferenceSystem) {
    var limit = 1 << 18
    while true {
      let head = try context.head(path, count: limit)
      let isWhole = head.count < limit
      let sample = FeatureSample()
      let json = JSONStream(path: path)
      var walker = FeatureWalker(json, sample)
      var failure: SourceError?
      head.withUnsafeBufferPointer { bytes in
        json.load(bytes)
        do throws(SourceError) { try walker.walk() } catch { failure = error }
      }
      // A head ends somewhere; whatever else is wrong is wrong with the file.
      if let failure, isWhole || !json.isCutOff { throw failure }
      if Self.judge(head, path).isTopology {
        sample.isTopology = true
        walker = FeatureWalker(try open(path, context), sample, arcs: try arcs(path, context), object: options.object)
        try walker.walk()
        try checkObject(walker, path)
      }
      if sample.features > 0 || isWhole || limit >= 1 << 26 {
        let system = options.epsg.map { ReferenceSystem(epsg: $0) } ?? walker.system ?? .degrees
        if failure == nil || sample.features == 0 { try check(walker, system, path, isTopology: sample.isTopology) }
        try checkExtent(walker, system, path)
        return (sample, system)
      }
      limit *= 8
    }
  }

  private func checkObject(_ walker: FeatureWalker, _ path: String) throws(SourceError) {
    if let object = options.object {
      guard walker.objects.contains(object) || walker.features > 0 else {
        throw SourceError(
          file: path, "has no object \"\(object)\"" + didYouMean(object, among: walker.objects))
      }
    } else if walker.objects.count > 1 {
      throw SourceError(
        file: path,
        "has \(walker.objects.count) objects (\(walker.objects.joined(separator: ", "))); name one under \"object\"")
    }
  }

  private func check(
    _ walker: FeatureWalker, _ system: ReferenceSystem, _ path: String, isTopology: Bool
  ) throws(SourceError) {
    if case .other(let type) = walker.format, !isTopology {
      let found = type.isEmpty ? "has no member \"type\"" : "is of type \"\(type)\""
      throw SourceError(file: path, "is JSON that \(found); expected a FeatureCollection, a Feature or a Topology")
    }
    if options.epsg != nil { return }
    if let name = walker.unknownSystem {
      throw SourceError(
        file: path, "names the reference system \"\(name)\", which is not one of EPSG; give its number under \"epsg\"")
    }
    if let stated = walker.system, stated != system {
      throw SourceError(
        file: path, "names its reference system, EPSG:\(stated.epsg), after the features; set epsg: \(stated.epsg)")
    }
  }

  private func checkExtent(_ walker: FeatureWalker, _ system: ReferenceSystem, _ path: String) throws(SourceError) {
    let extent = walker.extent
    guard system.isGeographic, extent.count > 0 else { return }
    if extent.minX < -360 || extent.maxX > 360 || extent.minY < -90 || extent.maxY > 90 {
      throw SourceError(
        file: path,
        "has coordinates that are no degrees (up to \(max(extent.maxX, extent.maxY))) and names no reference system; set "
          + "epsg, for example 28992")
    }
  }
}
