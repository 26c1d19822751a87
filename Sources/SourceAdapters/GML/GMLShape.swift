import PipelineKit
import Tabular

/// A geometry of GML on its way into a shape: rings, lines and points with their coordinates as text.
///
/// Coordinates keep the digits of the file. Heights are left out.
final class GMLShape {
  private struct Ring {
    var polygon: Int
    var isHole: Bool
    var text: Range<Int>
    var dimension: Int
  }

  /// The geometries that are read, by local name: GML 2 and the simple features of GML 3.
  static let kinds: [String: ShapeBuilder.Kind] = [
    "Point": .point, "MultiPoint": .multiPoint, "LineString": .lineString, "Curve": .lineString,
    "MultiLineString": .multiLineString, "MultiCurve": .multiLineString, "Polygon": .polygon, "Surface": .polygon,
    "MultiPolygon": .multiPolygon, "MultiSurface": .multiPolygon,
  ]

  /// The kind of the outermost geometry.
  var kind: ShapeBuilder.Kind?
  /// Whether the first coordinate is the northing: so it is in EPSG's own order of geographic systems.
  var swapsAxes = false
  /// Coordinates of one point, as the outermost element states.
  var dimension = 2
  private var rings: [Ring] = []
  private let text = ByteBuffer(capacity: 1 << 12)
  private var polygons = 0
  private var isHole = false
  private var start = 0

  /// Starts anew.
  func clear() {
    kind = nil
    swapsAxes = false
    dimension = 2
    rings.removeAll(keepingCapacity: true)
    text.removeAll()
    polygons = 0
    isHole = false
  }

  /// A polygon, line or point of a collection starts.
  func beginMember() { polygons += 1 }

  /// The rings to come are holes, or are not.
  func setHole(_ value: Bool) { isHole = value }

  /// A ring, a line or a point starts.
  func beginRing() { start = text.count }

  /// Adds coordinates; false when they become too long.
  func append(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    text.append(bytes)
    return text.count <= ShapeBuilder.limit
  }

  /// Ends a ring whose points have `dimension` coordinates.
  func endRing(_ dimension: Int) {
    rings.append(Ring(polygon: max(0, polygons - 1), isHole: isHole, text: start..<text.count, dimension: dimension))
  }

  /// Writes all into `shape`; what is wrong, or nil.
  func write(to shape: ShapeBuilder) -> String? {
    shape.clear()
    guard let kind, !rings.isEmpty else { return nil }
    shape.open(isNext: false)
    switch kind {
    case .point, .multiPoint, .lineString:
      // One list of points, whatever their elements.
      shape.beginPart(isHole: false)
      var count = 0
      for ring in rings { if let fault = points(ring, shape, &count) { return fault } }
      shape.endPart()
    case .multiLineString, .polygon:
      for (i, ring) in rings.enumerated() { if let fault = part(ring, isNext: i > 0, shape) { return fault } }
    case .multiPolygon:
      for (i, ring) in rings.enumerated() {
        let isNew = i == 0 || ring.polygon != rings[i - 1].polygon
        if isNew {
          if i > 0 { shape.close() }
          shape.open(isNext: i > 0)
        }
        if let fault = part(ring, isNext: !isNew, shape) { return fault }
      }
      shape.close()
    }
    shape.close()
    return nil
  }

  private func part(_ ring: Ring, isNext: Bool, _ shape: ShapeBuilder) -> String? {
    shape.open(isNext: isNext)
    shape.beginPart(isHole: ring.isHole)
    var count = 0
    let fault = points(ring, shape, &count)
    shape.endPart()
    shape.close()
    return fault
  }

  private let numbers = NumberParser()

  private func points(_ ring: Ring, _ shape: ShapeBuilder, _ count: inout Int) -> String? {
    let bytes = text.bytes
    var place = ring.text.lowerBound
    var point: [Range<Int>] = []
    while true {
      while place < ring.text.upperBound, Self.isBetween(bytes[place]) { place += 1 }
      if place == ring.text.upperBound { break }
      let from = place
      while place < ring.text.upperBound, !Self.isBetween(bytes[place]) { place += 1 }
      point.append(from..<place)
      if point.count < ring.dimension { continue }
      let (first, second) = swapsAxes ? (point[1], point[0]) : (point[0], point[1])
      point.removeAll(keepingCapacity: true)
      let (xText, yText) = (UnsafeBufferPointer(rebasing: bytes[first]), UnsafeBufferPointer(rebasing: bytes[second]))
      guard let x = number(xText), let y = number(yText) else {
        return
          "the coordinates hold \"\(String(decoding: bytes[from..<place].prefix(40), as: UTF8.self))\", which is no number"
      }
      shape.point(x, y, xText, yText, isNext: count > 0)
      count += 1
    }
    if !point.isEmpty { return "a list of coordinates does not make whole points of \(ring.dimension) numbers" }
    return count == 0 ? "a geometry has no coordinates" : nil
  }

  private func number(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    let value = text.baseAddress.map { numbers.parse($0, text.count) } ?? .nan
    return value.isFinite ? value : nil
  }

  private static func isBetween(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == UInt8(ascii: ",") }
}
