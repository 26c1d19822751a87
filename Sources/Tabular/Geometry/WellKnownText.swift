/// A shape as points: what a cell with well-known text holds.
public struct Shape: Sendable, Equatable {
  /// A ring, a line, or a point.
  public struct Part: Sendable, Equatable {
    /// The polygon to which it belongs, counted from 0.
    public var polygon: Int
    /// Whether it is a hole of that polygon.
    public var isHole: Bool
    /// The coordinates, one pair a point.
    public var x: [Double], y: [Double]
  }

  /// How the points hang together.
  public var kind: ShapeMeasures.Kind
  /// The parts, in order.
  public var parts: [Part]

  /// The shape that well-known text (OGC 06-103r4, two dimensions) states, or nil when it states none.
  ///
  /// Points, lines and polygons, single or many; an empty shape has no parts. Not collections.
  public init?(wellKnownText text: UnsafeBufferPointer<UInt8>) {
    var scanner = WKTScanner(text)
    let name = scanner.word()
    let depth: Int
    switch name {
    case "POINT": (kind, depth) = (.points, 0)
    case "MULTIPOINT": (kind, depth) = (.points, 1)
    case "LINESTRING": (kind, depth) = (.lines, 0)
    case "MULTILINESTRING": (kind, depth) = (.lines, 1)
    case "POLYGON": (kind, depth) = (.areas, 1)
    case "MULTIPOLYGON": (kind, depth) = (.areas, 2)
    default: return nil
    }
    parts = []
    if scanner.word() == "EMPTY" {
      guard scanner.isAtEnd else { return nil }
      return
    }
    guard scanner.list(depth, 0, kind == .areas, &parts), scanner.isAtEnd else { return nil }
  }

  /// The measures of the shape.
  public var measures: ShapeMeasures {
    var measures = ShapeMeasures()
    for part in parts {
      measures.beginPart(isHole: part.isHole)
      for i in part.x.indices { measures.add(part.x[i], part.y[i]) }
      measures.endPart()
    }
    return measures
  }
}

/// Walks over well-known text.
private struct WKTScanner {
  private let text: UnsafeBufferPointer<UInt8>
  private var place = 0
  private let numbers = NumberParser()

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  var isAtEnd: Bool { text[place...].allSatisfy { $0 == 0x20 } }

  private mutating func skip() { while place < text.count, text[place] == 0x20 { place += 1 } }

  private mutating func take(_ byte: UInt8) -> Bool {
    skip()
    guard place < text.count, text[place] == byte else { return false }
    place += 1
    return true
  }

  /// The next word in capitals; empty when there is none.
  mutating func word() -> String {
    skip()
    let start = place
    while place < text.count, (0x41...0x5A).contains(text[place] & 0xDF) { place += 1 }
    return String(decoding: text[start..<place].map { $0 & 0xDF }, as: UTF8.self)
  }

  /// A list of lists, `depth` deep around lists of points.
  mutating func list(_ depth: Int, _ polygon: Int, _ hasHoles: Bool, _ parts: inout [Shape.Part]) -> Bool {
    if depth == 0 { return points(polygon, false, &parts) }
    guard take(UInt8(ascii: "(")) else { return false }
    var i = 0
    repeat {
      if depth == 1 {
        // The points of a MULTIPOINT may stand without brackets of their own.
        skip()
        let isBare = place < text.count && text[place] != UInt8(ascii: "(")
        guard isBare ? point(i, &parts) : points(hasHoles ? polygon : i, hasHoles && i > 0, &parts) else {
          return false
        }
      } else {
        guard list(depth - 1, i, hasHoles, &parts) else { return false }
      }
      i += 1
    } while take(UInt8(ascii: ","))
    return take(UInt8(ascii: ")"))
  }

  private mutating func points(_ polygon: Int, _ isHole: Bool, _ parts: inout [Shape.Part]) -> Bool {
    guard take(UInt8(ascii: "(")) else { return false }
    var part = Shape.Part(polygon: polygon, isHole: isHole, x: [], y: [])
    repeat {
      guard let x = number(), let y = number() else { return false }
      part.x.append(x)
      part.y.append(y)
    } while take(UInt8(ascii: ","))
    parts.append(part)
    return take(UInt8(ascii: ")"))
  }

  private mutating func point(_ i: Int, _ parts: inout [Shape.Part]) -> Bool {
    guard let x = number(), let y = number() else { return false }
    parts.append(Shape.Part(polygon: i, isHole: false, x: [x], y: [y]))
    return true
  }

  private mutating func number() -> Double? {
    skip()
    let start = place
    while place < text.count, text[place] != 0x20, text[place] != UInt8(ascii: ","), text[place] != UInt8(ascii: ")"),
      text[place] != UInt8(ascii: "(")
    {
      place += 1
    }
    guard start < place, let base = text.baseAddress else { return nil }
    let value = numbers.parse(base + start, place - start)
    return value.isNaN ? nil : value
  }
}
