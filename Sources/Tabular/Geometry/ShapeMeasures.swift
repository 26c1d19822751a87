import Glibc

/// Area, centroid and bounding box of a shape, taken in point by point.
///
/// A shape is a list of parts: rings of polygons, lines, or points. Points are given in order; a ring need not repeat its
/// first point at the end.
///
/// In plane coordinates (metres), with `(x0, y0)` the ring's first point, `u = x - x0`, `v = y - y0`:
///
/// - area of a ring: `|sum of (u[i] v[i+1] - u[i+1] v[i])| / 2`; holes count negative;
/// - centroid: the mean of the rings' centroids, weighted by their areas (holes negative); of lines, of the segments'
///   midpoints, weighted by length; of points, their mean.
///
/// In geographic coordinates (degrees) the area is that on the authalic sphere (radius 6 371 007.181 m), by the sum of
/// `(lon[i+1] - lon[i]) (2 + sin lat[i] + sin lat[i+1]) R^2 / 2` (Chamberlain and Duquette 2007, "Some algorithms for polygons
/// on a sphere", JPL 07-03, equation 4); up to half a percent from the ellipsoid's. The centroid is that of the plane of
/// degrees. Shapes across the antimeridian are not known as such.
public struct ShapeMeasures: Sendable {
  /// How the points of the shape hang together.
  public enum Kind: Sendable, Equatable {
    /// Rings of polygons.
    case areas
    /// Lines.
    case lines
    /// Points on their own.
    case points
  }

  /// The smallest and largest coordinates; infinite without points.
  public private(set) var minX = Double.infinity, minY = Double.infinity
  /// The largest coordinates.
  public private(set) var maxX = -Double.infinity, maxY = -Double.infinity
  /// The number of points.
  public private(set) var count = 0

  private var isHole = false
  private var x0 = 0.0, y0 = 0.0
  private var u = 0.0, v = 0.0
  private var inPart = 0
  private var cross = 0.0, momentX = 0.0, momentY = 0.0, spherical = 0.0

  private var area = 0.0, areaX = 0.0, areaY = 0.0, sphere = 0.0
  private var length = 0.0, lengthX = 0.0, lengthY = 0.0
  private var sumX = 0.0, sumY = 0.0

  /// No points.
  public init() {}

  /// Starts a part; a hole is a ring after the first of its polygon.
  public mutating func beginPart(isHole: Bool) {
    self.isHole = isHole
    inPart = 0
    (cross, momentX, momentY, spherical) = (0, 0, 0, 0)
  }

  /// Takes in the next point of the part.
  public mutating func add(_ x: Double, _ y: Double) {
    minX = min(minX, x)
    minY = min(minY, y)
    maxX = max(maxX, x)
    maxY = max(maxY, y)
    sumX += x
    sumY += y
    count += 1
    if inPart == 0 {
      (x0, y0, u, v) = (x, y, 0, 0)
    } else {
      let (du, dv) = (x - x0, y - y0)
      let step = u * dv - du * v
      cross += step
      momentX += (u + du) * step
      momentY += (v + dv) * step
      let span = ((du - u) * (du - u) + (dv - v) * (dv - v)).squareRoot()
      length += span
      lengthX += span * (x0 + (u + du) / 2)
      lengthY += span * (y0 + (v + dv) / 2)
      spherical += Self.spherical(x0 + u, y0 + v, x, y)
      (u, v) = (du, dv)
    }
    inPart += 1
  }

  /// Ends the part.
  public mutating func endPart() {
    if inPart > 0, u != 0 || v != 0 { spherical += Self.spherical(x0 + u, y0 + v, x0, y0) }
    let sign = isHole ? -1.0 : 1.0
    sphere += sign * abs(spherical)
    guard cross != 0 else { return }
    let weight = sign * abs(cross) / 2
    area += weight
    areaX += weight * (x0 + momentX / (3 * cross))
    areaY += weight * (y0 + momentY / (3 * cross))
  }

  private static let radius = 6_371_007.181

  private static func spherical(_ lon1: Double, _ lat1: Double, _ lon2: Double, _ lat2: Double) -> Double {
    let degree = Double.pi / 180
    return (lon2 - lon1) * degree * (2 + sin(lat1 * degree) + sin(lat2 * degree)) * radius * radius / 2
  }

  /// The centroid in the shape's own coordinates; nil without points.
  ///
  /// A shape of areas that are all zero has that of its outline, and one of lines without length that of its points.
  public func centroid(_ kind: Kind) -> (x: Double, y: Double)? {
    guard count > 0 else { return nil }
    if kind == .areas, area > 0 { return (areaX / area, areaY / area) }
    if kind != .points, length > 0 { return (lengthX / length, lengthY / length) }
    return (sumX / Double(count), sumY / Double(count))
  }

  /// The area in square metres; nil for lines and points and without points.
  public func squareMetres(_ kind: Kind, isGeographic: Bool) -> Double? {
    guard kind == .areas, count > 0 else { return nil }
    return max(isGeographic ? sphere : area, 0)
  }
}
