public import PipelineKit
public import Tabular

/// Reads boundaries from GML: a row for each feature.
public struct GML: SourceAdapter {
  /// What the pipeline file says about it.
  public struct Options: PluginOptions {
    /// The reference system, as EPSG's number.
    public var epsg: Int?
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
          "epsg", \.epsg, "The number of the reference system in EPSG's register, where the file does not name it."),
        .init(
          "markers", \.markers,
          "Texts that stand for a missing value and the reason of each, beside CBS's -99999999 and -99997 for unknown; \"\" "
            + "is an empty element."),
        .init("types", \.types, "The type of a property, where the content shows another."),
      ]
    }
  }

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "gml",
    summary: "Reads boundaries with their properties from GML (simple features, as a WFS sends them).",
    details: """
      Every feature in a `member`, `featureMember` or `featureMembers` is a row. Columns are its `gml:id` as `feature_id`, its
      properties under their local names, and what `geojson` makes of the geometry too: `geometry` (well-known text, with the
      digits of the file; heights are left out), `centroid_x`, `centroid_y`, `area_m2`, `min_x`, `min_y`, `max_x`, `max_y`;
      where a property has such a name ours is `shape_<name>`. Properties are found in the first 1,000 features; what only
      later ones have, and properties that hold elements, are left out with a warning.

      **Geometries** are points, lines, polygons and surfaces of polygons, single or many, with `posList`, `pos` or
      `coordinates`. Arcs and splines are refused.

      **Reference system.** `srsName`, or the option `epsg`; one of both must be there. Where the name is that of EPSG's register (`urn:ogc:def:crs:EPSG::4326`)
      geographic coordinates have the latitude first, and are turned round.

      **Types.** A property is a number (`float64`) when all its values are numbers and at least one has a fraction other
      than zero. Whole numbers may be codes: they are text, unless `types` says otherwise.

      **Missing values.** An empty element and a property that a feature lacks are `unspecified`; so is all that is made from
      a geometry that is not there.

      **Pages.** Several files are one table. A last file that names a next page (`next`), and an only file with fewer
      features than it says there are (`numberMatched`), are warned about.

      **Safety.** As for `xml_records`; a geometry may take 64 MiB.
      """,
    example: """
      sources:
        neighbourhoods:
          adapter: gml
          files: data/buurten.gml
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

  /// A FeatureCollection in XML.
  public static func recognise(head: [UInt8], path: String) -> Recognition {
    let root = XMLRoot(head)
    if root.name.isEmpty { return Recognition(0, root.fault) }
    if root.name == "FeatureCollection", root.space.contains("opengis.net") {
      return Recognition(95, "a GML FeatureCollection")
    }
    return Recognition(0, "no FeatureCollection of GML")
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
    let file = try context.open(part.path)
    let source = XMLInput(path: part.path) { (buffer) throws(SourceError) in try file.read(into: buffer) }
    try withoutActuallyEscaping(receive) { (receive) throws(SourceError) in
      let batches = try FeatureBatches(
        schema: schema, names: sample.names, system: system, cells: cells, path: part.path, context: context,
        receive: receive)
      let table = GMLTable(batches)
      let walker = GMLWalker(table)
      walker.walk(source)
      if let failure = table.failure ?? source.failure { throw failure }
      if !batches.isStopped {
        try check(walker, system, part.path)
        walker.page.check(part, of: input, features: walker.features, context: context)
      }
      batches.finish()
    }
  }

  // MARK: Finding out

  private func sample(_ path: String, _ context: RunContext) throws(SourceError) -> (GMLSample, ReferenceSystem) {
    var limit = 1 << 18
    while true {
      let head = try context.head(path, count: limit)
      guard !head.isEmpty else { throw SourceError(file: path, "is empty; expected GML") }
      let isWhole = head.count < limit
      let sample = GMLSample()
      let walker = GMLWalker(sample)
      let input = XMLInput(path: path, head: head, isWhole: isWhole)
      walker.walk(input)
      // A head ends somewhere; whatever else is wrong is wrong with the file.
      if let failure = input.failure, isWhole || !input.isAtEnd { throw failure }
      if sample.features > 0 || isWhole || limit >= 1 << 26 {
        guard sample.features > 0 || isWhole else {
          throw SourceError(file: path, "has no feature in its first \(limit >> 20) MiB; expected GML")
        }
        guard sample.features > 0 else {
          throw SourceError(
            file: path,
            "has no features of GML; its root element is \"\(walker.root)\", expected a FeatureCollection with members")
        }
        if options.epsg == nil, let name = walker.unknownSystem {
          throw SourceError(
            file: path,
            "names the reference system \"\(name)\", which is not one of EPSG; give its number under \"epsg\"")
        }
        guard let system = options.epsg.map({ ReferenceSystem(epsg: $0) }) ?? walker.system else {
          throw SourceError(file: path, "names no reference system (srsName); set epsg, for example 28992")
        }
        return (sample, system)
      }
      limit *= 8
    }
  }

  /// What can be known at the end only.
  private func check(_ walker: GMLWalker, _ system: ReferenceSystem, _ path: String) throws(SourceError) {
    guard options.epsg == nil, let stated = walker.system, stated != system else { return }
    throw SourceError(
      file: path,
      "has the reference system EPSG:\(stated.epsg), the first file of the source has EPSG:\(system.epsg); give each a source "
        + "of its own")
  }
}
