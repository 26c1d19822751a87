import PipelineKit
import Tabular

/// The reference system of coordinates.
struct ReferenceSystem: Sendable, Equatable {
  /// The number in EPSG's register.
  var epsg: Int

  /// Longitude and latitude in degrees: what GeoJSON means when it says nothing.
  static let degrees = ReferenceSystem(epsg: 4326)

  /// The system that a name states: `urn:ogc:def:crs:EPSG::28992`, `EPSG:28992`, `http://www.opengis.net/def/crs/EPSG/0/28992`,
  /// `urn:ogc:def:crs:OGC:1.3:CRS84`; nil for another.
  init?(name: String) {
    if name.hasSuffix("CRS84") {
      self = .degrees
      return
    }
    let parts = name.split { $0 == ":" || $0 == "/" || $0 == "#" }
    guard name.uppercased().contains("EPSG"), let last = parts.last, let number = Int(last) else { return nil }
    epsg = number
  }

  init(epsg: Int) { self.epsg = epsg }

  /// Whether coordinates are degrees: of the geographic systems that files of this field use.
  var isGeographic: Bool { [4326, 4258, 4289, 4979].contains(epsg) }
}

/// The columns that every file of boundaries has beside its own.
struct BoundaryColumns: Sendable {
  /// A column that is made from the geometry.
  enum Derived: String, CaseIterable {
    case geometry
    case centroidX = "centroid_x"
    case centroidY = "centroid_y"
    case area = "area_m2"
    case minX = "min_x"
    case minY = "min_y"
    case maxX = "max_x"
    case maxY = "max_y"
  }

  /// The names: a column of the file keeps its own, and ours steps aside as `shape_<name>`.
  static func name(_ derived: Derived, beside names: [String]) -> String {
    names.contains(derived.rawValue) ? "shape_" + derived.rawValue : derived.rawValue
  }

  /// The fields, with the reference system in unit and label.
  static func fields(beside names: [String], _ system: ReferenceSystem, origin: Origin) -> [Field] {
    Derived.allCases.map { derived in
      let epsg = "EPSG:\(system.epsg)"
      let length = system.isGeographic ? "degree" : "m"
      var field: Field
      switch derived {
      case .geometry: field = Field("", .string, unit: "WKT \(epsg)", label: "boundary as well-known text, \(epsg)")
      case .centroidX: field = Field("", .float64, unit: length, label: "x of the centroid, \(epsg)")
      case .centroidY: field = Field("", .float64, unit: length, label: "y of the centroid, \(epsg)")
      case .area: field = Field("", .float64, unit: "m2", label: "area of the boundary", decimals: 0)
      case .minX: field = Field("", .float64, unit: length, label: "smallest x, \(epsg)")
      case .minY: field = Field("", .float64, unit: length, label: "smallest y, \(epsg)")
      case .maxX: field = Field("", .float64, unit: length, label: "largest x, \(epsg)")
      case .maxY: field = Field("", .float64, unit: length, label: "largest y, \(epsg)")
      }
      field.name = name(derived, beside: names)
      if !origin.isEmpty {
        var mine = origin
        mine.column = "geometry"
        field.origins = [mine]
      }
      return field
    }
  }
}

extension BoundaryColumns {
  /// The column with a feature's own identifier.
  static let idName = "feature_id"

  /// The properties `names` of the first features of `file`, and what is made from their geometry. A property whose values
  /// are numbers is one unless `types` says otherwise; identifiers and codes are keys.
  /// - Throws: ``SourceError`` when `types` names a property that there is not.
  static func schema(
    _ names: [String], types: OrderedMap<SourceColumnType>, _ system: ReferenceSystem, origin: Origin, file: String,
    isNumber: (String) -> Bool
  ) throws(SourceError) -> Schema {
    for key in types.keys where !names.contains(key) {
      throw SourceError(
        file: file, column: key,
        "the option types names this column, but the features have none of that name" + didYouMean(key, among: names))
    }
    let own = names.map { name in
      let type = types[name]?.type ?? (isNumber(name) ? .float64 : .string)
      let isKey = type == .string && (name == idName || name.hasSuffix("code"))
      var field = Field(name, type, role: isKey ? .key : .measure)
      if !origin.isEmpty {
        var mine = origin
        mine.column = name
        field.origins = [mine]
      }
      return field
    }
    do { return try Schema(own + fields(beside: names, system, origin: origin)) } catch {
      throw SourceError(file: file, error.description)
    }
  }
}
