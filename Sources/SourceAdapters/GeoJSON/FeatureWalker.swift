import PipelineKit
import Tabular

/// Takes the features of a document, one by one.
protocol FeatureReceiver: AnyObject {
  /// A property of the feature at hand: a scalar, as `event` says, with its text in `json`; an object or array is skipped
  /// by the walker afterwards.
  func property(_ name: String, _ event: JSONStream.Event, _ json: JSONStream) throws(SourceError)
  /// The feature ends; without a kind it has no geometry. False to stop.
  func endFeature(_ shape: ShapeBuilder, _ kind: ShapeBuilder.Kind?, line: Int) throws(SourceError) -> Bool
}

/// Walks over GeoJSON (RFC 7946, and the `crs` member of its forerunner) or over a topology (TopoJSON).
final class FeatureWalker {
  /// What kind of document it is.
  enum Format { case features, topology, other(String) }

  private(set) var format: Format?
  /// The reference system, if the document has named one so far.
  private(set) var system: ReferenceSystem?
  /// The name that it gives its system, when it is not one of EPSG's.
  private(set) var unknownSystem: String?
  /// The features so far.
  private(set) var features = 0
  /// The shapes seen so far reach from the smallest to the largest coordinate.
  private(set) var extent = ShapeMeasures()
  /// Whether a collection of geometries was left out.
  private(set) var sawCollection = false
  /// Names of the objects of a topology.
  private(set) var objects: [String] = []
  /// What the document says of the answer of which it is a page.
  private(set) var page = FeaturePage()

  let json: JSONStream
  private let receiver: any FeatureReceiver
  private let shape = ShapeBuilder()
  private let arcs: TopologyArcs?
  private let object: String?
  private var kind: ShapeBuilder.Kind?
  private var depth = 0
  private var isStopped = false
  private var isPartOpen = false
  private let xText = ByteBuffer(capacity: 32)
  private var featureLine = 0

  /// A walker over `json`. With `arcs` it gives the features of a topology's `object`, or of its only one.
  init(_ json: JSONStream, _ receiver: any FeatureReceiver, arcs: TopologyArcs? = nil, object: String? = nil) {
    self.json = json
    self.receiver = receiver
    self.arcs = arcs
    self.object = object
  }

  /// Walks to the end, or until the receiver has enough.
  func walk() throws(SourceError) {
    guard try json.next() == .beginObject else { throw json.failure("is JSON, but not an object; expected GeoJSON") }
    begin()
    var type = ""
    while !isStopped {
      let event = try json.next()
      guard event == .key else { break }
      if json.isText("type") {
        type = try typeName()
      } else if json.isText("features") {
        try list("features") { () throws(SourceError) in try self.feature() }
      } else if json.isText("crs") {
        try referenceSystem()
      } else if json.isText("objects"), arcs != nil || type.isEmpty || type == "Topology" {
        try topologyObjects()
      } else if json.isText("numberMatched") {
        try page.readMatched(json)
      } else if json.isText("links") {
        try page.readLinks(json)
      } else if type == "FeatureCollection" || json.isText("arcs") {
        try json.skip(json.next())
      } else {
        try member()
      }
    }
    if isStopped { return }
    if type == "Feature" || ShapeBuilder.Kind(rawValue: type) != nil {
      if ShapeBuilder.Kind(rawValue: type) != nil { try finishGeometry(type) }
      try end()
    }
    format = type == "Topology" ? .topology : type == "FeatureCollection" || features > 0 ? .features : .other(type)
    _ = try json.next()
  }

  private func begin() {
    shape.clear()
    kind = nil
    depth = 0
    featureLine = json.line
  }

  private func end() throws(SourceError) {
    features += 1
    if shape.measures.count > 0 {
      extent.beginPart(isHole: false)
      extent.add(shape.measures.minX, shape.measures.minY)
      extent.add(shape.measures.maxX, shape.measures.maxY)
      extent.endPart()
    }
    if try !receiver.endFeature(shape, kind, line: featureLine) { isStopped = true }
  }

  private func typeName() throws(SourceError) -> String {
    guard try json.next() == .string else { throw json.failure("the member \"type\" is not text") }
    return json.string
  }

  private func list(_ name: String, _ element: () throws(SourceError) -> Void) throws(SourceError) {
    guard try json.next() == .beginArray else { throw json.failure("the member \"\(name)\" is not a list") }
    while !isStopped {
      switch try json.next() {
      case .endArray: return
      case .beginObject: try element()
      default: throw json.failure("\"\(name)\" holds something that is not an object")
      }
    }
  }

  // MARK: Features

  /// A feature, after its brace.
  private func feature() throws(SourceError) {
    begin()
    while try json.next() == .key { try member() }
    try end()
  }

  /// A member of a feature: `properties`, `geometry`, `id`; everything else is skipped.
  private func member() throws(SourceError) {
    if json.isText("properties") {
      try properties()
    } else if json.isText("geometry") {
      try geometry()
    } else if json.isText("coordinates") {
      try coordinates()
    } else if json.isText("arcs"), arcs != nil {
      try arcReferences()
    } else if json.isText("id") {
      let event = try json.next()
      try receiver.property(BoundaryColumns.idName, event, json)
      try json.skip(event)
    } else {
      try json.skip(json.next())
    }
  }

  private func properties() throws(SourceError) {
    let event = try json.next()
    guard event == .beginObject else {
      if event == .null { return }
      throw json.failure("the properties of a feature are not an object")
    }
    while try json.next() == .key {
      let name = json.string
      let value = try json.next()
      try receiver.property(name, value, json)
      try json.skip(value)
    }
  }

  private func geometry() throws(SourceError) {
    let event = try json.next()
    guard event == .beginObject else {
      if event == .null { return }
      throw json.failure("the geometry of a feature is not an object")
    }
    var type = ""
    while try json.next() == .key {
      if json.isText("type") {
        type = try typeName()
      } else if json.isText("coordinates") {
        try coordinates()
      } else {
        try json.skip(json.next())
      }
    }
    try finishGeometry(type)
  }

  private func finishGeometry(_ type: String) throws(SourceError) {
    if type == "GeometryCollection" {
      sawCollection = true
      shape.clear()
      return
    }
    guard let found = ShapeBuilder.Kind(rawValue: type) else {
      throw json.failure("there is no geometry of type \"\(type)\"")
    }
    guard depth == found.depth || shape.measures.count == 0 else {
      throw json.failure("the coordinates of a \(type) stand \(depth) lists deep, expected \(found.depth)")
    }
    kind = found
  }

  // MARK: Coordinates

  private func coordinates() throws(SourceError) {
    shape.clear()
    guard try json.next() == .beginArray else { throw json.failure("coordinates are not a list") }
    depth = try array(level: 0, index: 0, isNext: false, isHole: false)
  }

  /// The rest of a list whose bracket was read; how deep its lists stand inside each other.
  private func array(level: Int, index: Int, isNext: Bool, isHole: Bool) throws(SourceError) -> Int {
    var event = try json.next()
    if event == .number {
      if level == 0 { shape.open(isNext: false) }
      if !isPartOpen {
        isPartOpen = true
        shape.beginPart(isHole: isHole)
      }
      try position(isNext: isNext)
      if level == 0 {
        shape.close()
        endPart()
      }
      return 1
    }
    shape.open(isNext: isNext)
    var inner = 0
    var i = 0
    while event != .endArray {
      guard event == .beginArray else { throw json.failure("coordinates hold something that is no number") }
      let found = try array(level: level + 1, index: i, isNext: i > 0, isHole: index > 0)
      guard inner == 0 || found == inner else { throw json.failure("coordinates stand at different depths") }
      inner = found
      i += 1
      event = try json.next()
    }
    shape.close()
    endPart()
    if shape.text.count > ShapeBuilder.limit { throw json.failure("a geometry takes more than 64 MiB") }
    return inner + 1
  }

  private func endPart() {
    if isPartOpen { shape.endPart() }
    isPartOpen = false
  }

  private let numbers = NumberParser()

  /// A position, whose first number is at hand.
  private func position(isNext: Bool) throws(SourceError) {
    xText.removeAll()
    xText.append(json.text)
    let x = try number(json.text)
    guard try json.next() == .number else { throw json.failure("a position has fewer than two numbers") }
    let y = try number(json.text)
    shape.point(x, y, xText.bytes, json.text, isNext: isNext)
    while true {
      let event = try json.next()
      if event == .endArray { return }
      guard event == .number else { throw json.failure("a position holds something that is no number") }
    }
  }

  private func number(_ text: UnsafeBufferPointer<UInt8>) throws(SourceError) -> Double {
    let value = text.baseAddress.map { numbers.parse($0, text.count) } ?? .nan
    guard value.isFinite else { throw json.failure("the coordinate \(json.string) is beyond the range of a number") }
    return value
  }

  // MARK: Reference system

  /// `{"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}`.
  private func referenceSystem() throws(SourceError) {
    var event = try json.next()
    guard event == .beginObject else { return try json.skip(event) }
    let outside = json.depth - 1
    var isName = false
    while json.depth > outside {
      event = try json.next()
      if event == .string, isName {
        system = ReferenceSystem(name: json.string)
        if system == nil { unknownSystem = json.string }
      }
      isName = event == .key && json.isText("name")
    }
  }

  // MARK: Topology

  private func topologyObjects() throws(SourceError) {
    guard try json.next() == .beginObject else { throw json.failure("the objects of a topology are not an object") }
    while try json.next() == .key {
      let name = json.string
      objects.append(name)
      guard arcs != nil, object == nil ? objects.count == 1 : object == name else {
        try json.skip(json.next())
        continue
      }
      guard try json.next() == .beginObject else { throw json.failure("the object \"\(name)\" is not an object") }
      try topologyObject()
      if isStopped { return }
    }
  }

  private func topologyObject() throws(SourceError) {
    begin()
    var type = ""
    var isCollection = false
    while !isStopped, try json.next() == .key {
      if json.isText("type") {
        type = try typeName()
      } else if json.isText("geometries") {
        isCollection = true
        try list("geometries") { () throws(SourceError) in try self.topologyGeometry() }
      } else {
        try member()
      }
    }
    if !isCollection, !isStopped {
      try finishGeometry(type)
      try end()
    }
  }

  private func topologyGeometry() throws(SourceError) {
    begin()
    var type = ""
    while try json.next() == .key {
      if json.isText("type") {
        // A geometry without a shape may say null.
        type = try json.next() == .string ? json.string : ""
      } else {
        try member()
      }
    }
    if !type.isEmpty { try finishGeometry(type) }
    try end()
  }

  private func arcReferences() throws(SourceError) {
    shape.clear()
    guard try json.next() == .beginArray else { throw json.failure("the arcs of a geometry are not a list") }
    depth = try arcList(index: 0, isNext: false)
  }

  /// The rest of a list of arcs, or of lists; a list of arcs is as deep as a list of positions.
  private func arcList(index: Int, isNext: Bool) throws(SourceError) -> Int {
    var event = try json.next()
    shape.open(isNext: isNext)
    var inner = 1
    var i = 0
    var point = 0
    while event != .endArray {
      if event == .number, let arcs {
        if i == 0 { shape.beginPart(isHole: index > 0) }
        guard let reference = Int(json.string), arcs.has(reference) else {
          throw json.failure("there is no arc \(json.string); the topology has \(arcs.count)")
        }
        arcs.points(reference, skippingFirst: i > 0) { x, y in
          var (a, b) = (x.description, y.description)
          a.withUTF8 { a in b.withUTF8 { b in shape.point(x, y, a, b, isNext: point > 0) } }
          point += 1
        }
      } else if event == .beginArray {
        inner = try arcList(index: i, isNext: i > 0)
      } else {
        throw json.failure("the arcs of a geometry hold something that is no number")
      }
      i += 1
      event = try json.next()
    }
    if point > 0 { shape.endPart() }
    shape.close()
    if shape.text.count > ShapeBuilder.limit { throw json.failure("a geometry takes more than 64 MiB") }
    return inner + 1
  }
}
