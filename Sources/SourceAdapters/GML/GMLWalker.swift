import CLibXML2
import PipelineKit
import Tabular

/// Takes the features of a GML document.
protocol GMLReceiver: AnyObject {
  /// A property of the feature at hand; empty elements have no bytes.
  func property(_ name: String, _ value: UnsafeBufferPointer<UInt8>, line: Int)
  /// A property that holds elements other than a geometry.
  func nested(_ name: String, line: Int)
  /// The feature ends. A shape without a kind is none. False stops.
  func endFeature(_ shape: ShapeBuilder, _ kind: ShapeBuilder.Kind?, line: Int) -> Bool
}

/// Walks over the features of a GML document.
final class GMLWalker: XMLReceiver {
  private static let members: Set<String> = ["member", "featureMember"]

  private(set) var root = ""
  private(set) var features = 0
  /// The reference system that the geometries name.
  private(set) var system: ReferenceSystem?
  /// A name of a reference system that is not EPSG's.
  private(set) var unknownSystem: String?
  private(set) var extent = ShapeMeasures()
  /// What the root says of the answer of which the document is a page.
  private(set) var page = FeaturePage()

  private unowned let receiver: any GMLReceiver
  private var events: XMLEvents?
  private let geometry = GMLShape()
  private let shape = ShapeBuilder()
  private let value = ByteBuffer(capacity: 256)

  /// The depth of the element whose children are features; 0 for none.
  private var membersDepth = 0
  private var featureDepth = 0
  private var featureLine = 0
  private var propertyDepth = 0
  private var propertyName = ""
  private var propertyIsSimple = false
  private var geometryDepth = 0
  private var isCoordinates = false
  private var ringDepth = 0
  private var ringDimension = 2

  init(_ receiver: any GMLReceiver) { self.receiver = receiver }

  /// Reads `input` to its end, an error or a stop.
  func walk(_ input: XMLInput) {
    let events = XMLEvents(input, self)
    self.events = events
    events.parse()
    self.events = nil
  }

  func begin(_ parser: xmlParserCtxtPtr) {}

  private var depth: Int { events?.depth ?? 0 }
  private var line: Int { events?.input.line ?? 0 }

  func open(_ tag: XMLTag) {
    let name = SourceAdapters.text(tag.name)
    let depth = depth
    if depth == 1 {
      root = name
      page.matched = tag.attribute("numberMatched").flatMap { Int($0) }
      page.next = tag.attribute("next") ?? ""
    }
    if geometryDepth > 0 { return openGeometry(name, tag) }
    if propertyDepth > 0 {
      openInProperty(name, tag)
    } else if featureDepth > 0 {
      propertyDepth = depth
      propertyName = name
      propertyIsSimple = true
      value.removeAll()
    } else if membersDepth > 0, depth == membersDepth + 1 {
      featureDepth = depth
      featureLine = line
      geometry.clear()
      for i in 0..<tag.attributeCount where ["id", "fid"].contains(SourceAdapters.text(tag.attributeName(i))) {
        receiver.property(BoundaryColumns.idName, tag.attributeValue(i), line: line)
      }
    } else if Self.members.contains(name) || name == "featureMembers" {
      membersDepth = depth
    }
  }

  private func openInProperty(_ name: String, _ tag: XMLTag) {
    guard depth == propertyDepth + 1, propertyIsSimple, let kind = GMLShape.kinds[name] else {
      if propertyIsSimple, propertyName != "boundedBy" { receiver.nested(propertyName, line: line) }
      propertyIsSimple = false
      return
    }
    propertyIsSimple = false
    geometry.clear()
    geometry.kind = kind
    geometryDepth = depth
    note(tag)
    openGeometry(name, tag)
  }

  /// The reference system and the number of coordinates that an element states.
  private func note(_ tag: XMLTag) {
    if let name = tag.attribute("srsName") {
      if let found = ReferenceSystem(name: name) {
        if let system, system != found {
          events?.input.fail(
            "the geometries name more than one reference system: EPSG:\(system.epsg) and EPSG:\(found.epsg)")
        }
        system = found
        // In the register's own order the latitude comes first; older short names mean longitude first.
        geometry.swapsAxes =
          found.isGeographic && !name.hasSuffix("CRS84")
          && (name.hasPrefix("urn:") || name.contains("/def/crs/"))
      } else {
        unknownSystem = name
      }
    }
    if let text = tag.attribute("srsDimension"), let number = Int(text), (2...3).contains(number) {
      geometry.dimension = number
    }
  }

  private func openGeometry(_ name: String, _ tag: XMLTag) {
    if depth > geometryDepth { note(tag) }
    switch name {
    case "Polygon", "PolygonPatch", "Point", "LineString", "LineStringSegment": geometry.beginMember()
    case "exterior", "outerBoundaryIs": geometry.setHole(false)
    case "interior", "innerBoundaryIs": geometry.setHole(true)
    default: break
    }
    switch name {
    case "LinearRing", "Point", "LineString", "LineStringSegment":
      ringDepth = depth
      ringDimension = geometry.dimension
      geometry.beginRing()
    case "posList", "pos", "coordinates":
      isCoordinates = true
      if let text = tag.attribute("srsDimension"), let number = Int(text), (2...3).contains(number) {
        ringDimension = number
      }
    case "Arc", "Circle", "ArcString", "CubicSpline", "Bezier", "GeodesicString", "OrientableSurface",
      "CompositeSurface":
      events?.input.fail("the geometry has a \"\(name)\"; only points, straight lines and polygons can be read")
    default: break
    }
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>) {
    if isCoordinates {
      if !geometry.append(bytes) { events?.input.fail("a geometry takes more than 64 MiB") }
    } else if propertyIsSimple, propertyDepth > 0 {
      value.append(bytes)
      if value.count > XMLLimits.text { events?.failLong() }
    }
  }

  func close(_ name: UnsafePointer<xmlChar>) {
    let depth = depth
    if events?.input.isStopped ?? true { return }
    if geometryDepth > 0 {
      if isCoordinates {
        isCoordinates = false
        // Numbers of one pos must not run into those of the next.
        _ = [UInt8(ascii: " ")].withUnsafeBufferPointer { geometry.append($0) }
      }
      if depth == ringDepth {
        geometry.endRing(ringDimension)
        ringDepth = 0
      }
      if depth == geometryDepth { geometryDepth = 0 }
    } else if depth == propertyDepth, propertyDepth > 0 {
      if propertyIsSimple { receiver.property(propertyName, value.bytes, line: line) }
      propertyDepth = 0
      propertyIsSimple = false
    } else if depth == featureDepth, featureDepth > 0 {
      featureDepth = 0
      endFeature()
    } else if depth == membersDepth {
      membersDepth = 0
    }
  }

  private func endFeature() {
    features += 1
    if let fault = geometry.write(to: shape) {
      events?.input.fail(fault)
      return
    }
    if shape.measures.count > 0 {
      extent.beginPart(isHole: false)
      extent.add(shape.measures.minX, shape.measures.minY)
      extent.add(shape.measures.maxX, shape.measures.maxY)
      extent.endPart()
    }
    if !receiver.endFeature(shape, geometry.kind, line: featureLine) { events?.input.stop() }
  }
}
