import Tabular

/// A geometry on its way from a file into a row: its well-known text as it grows, and its measures.
///
/// The coordinates' digits are those of the file. Heights are left out.
final class ShapeBuilder {
  /// Bytes of one geometry's text, at most.
  static let limit = 64 << 20

  /// The kinds of geometry by name, and whether their coordinates are a list of lists.
  enum Kind: String, CaseIterable {
    case point = "Point"
    case multiPoint = "MultiPoint"
    case lineString = "LineString"
    case multiLineString = "MultiLineString"
    case polygon = "Polygon"
    case multiPolygon = "MultiPolygon"

    /// How deep the coordinates stand in brackets: 1 for a point.
    var depth: Int {
      switch self {
      case .point: 1
      case .multiPoint, .lineString: 2
      case .multiLineString, .polygon: 3
      case .multiPolygon: 4
      }
    }

    var measures: ShapeMeasures.Kind {
      switch self {
      case .point, .multiPoint: .points
      case .lineString, .multiLineString: .lines
      case .polygon, .multiPolygon: .areas
      }
    }

    /// The name in well-known text.
    var word: String { rawValue.uppercased() }
  }

  /// The text after the name: `((0 0, 1 1, ...))`.
  let text = ByteBuffer(capacity: 1 << 12)
  private(set) var measures = ShapeMeasures()

  /// Starts anew.
  func clear() {
    text.removeAll()
    measures = ShapeMeasures()
  }

  /// Whether there is nothing in it.
  var isEmpty: Bool { text.count == 0 }

  /// A bracket opens; `isNext` says that something stands before it in the same list.
  func open(isNext: Bool) {
    if isNext { comma() }
    text.append(UInt8(ascii: "("))
  }

  /// A bracket closes.
  func close() { text.append(UInt8(ascii: ")")) }

  /// A ring, a line or a list of points starts.
  func beginPart(isHole: Bool) { measures.beginPart(isHole: isHole) }

  /// It ends.
  func endPart() { measures.endPart() }

  /// The next point, with its digits.
  func point(
    _ x: Double, _ y: Double, _ xText: UnsafeBufferPointer<UInt8>, _ yText: UnsafeBufferPointer<UInt8>, isNext: Bool
  ) {
    if isNext { comma() }
    text.append(xText)
    text.append(UInt8(ascii: " "))
    text.append(yText)
    measures.add(x, y)
  }

  private func comma() {
    text.append(UInt8(ascii: ","))
    text.append(UInt8(ascii: " "))
  }
}
