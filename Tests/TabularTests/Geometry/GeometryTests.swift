import Tabular
import Testing

@Suite struct GeometryTests {
  private func shape(_ text: String) throws -> Shape {
    try #require(Array(text.utf8).withUnsafeBufferPointer { Shape(wellKnownText: $0) })
  }

  @Test func polygonWithAHole() throws {
    let square = try shape(
      "POLYGON ((100000 400000, 100010 400000, 100010 400010, 100000 400010, 100000 400000), "
        + "(100000 400000, 100000 400004, 100004 400004, 100004 400000, 100000 400000))")
    #expect(square.parts.map(\.isHole) == [false, true])
    let measures = square.measures
    #expect(measures.squareMetres(.areas, isGeographic: false) == 84)
    let centroid = try #require(measures.centroid(.areas))
    // (100 * 5 - 16 * 2) / 84
    #expect(abs(centroid.x - (100_000 + 468.0 / 84)) < 1e-9 && abs(centroid.y - (400_000 + 468.0 / 84)) < 1e-9)
    #expect((measures.minX, measures.minY, measures.maxX, measures.maxY) == (100_000, 400_000, 100_010, 400_010))
  }

  /// The order of a ring's points does not matter, nor whether it is closed.
  @Test(arguments: ["POLYGON((0 0,4 0,4 3,0 3,0 0))", "polygon ((0 0, 0 3, 4 3, 4 0))"]) func order(text: String) throws
  {
    let measures = try shape(text).measures
    #expect(measures.squareMetres(.areas, isGeographic: false) == 12)
    #expect(try #require(measures.centroid(.areas)) == (2, 1.5))
  }

  @Test func manyPolygons() throws {
    let two = try shape("MULTIPOLYGON (((0 0, 2 0, 2 2, 0 2)), ((10 0, 12 0, 12 1, 10 1)))")
    #expect(two.parts.map(\.polygon) == [0, 1])
    #expect(two.measures.squareMetres(.areas, isGeographic: false) == 6)
    #expect(abs(try #require(two.measures.centroid(.areas)).x - (4.0 + 22) / 6) < 1e-12)
  }

  @Test func linesAndPoints() throws {
    let line = try shape("LINESTRING (0 0, 10 0, 10 5)")
    #expect(line.kind == .lines && line.measures.squareMetres(.lines, isGeographic: false) == nil)
    #expect(try #require(line.measures.centroid(.lines)) == (100.0 / 15, 12.5 / 15))
    for text in ["MULTIPOINT (1 2, 3 6)", "MULTIPOINT ((1 2), (3 6))"] {
      #expect(try #require(shape(text).measures.centroid(.points)) == (2, 4))
    }
    let point = try shape("POINT (1e2 -3.5)").parts
    #expect(point.map(\.x) == [[100]] && point.map(\.y) == [[-3.5]])
    #expect(try shape("MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))").parts.count == 2)
  }

  /// A degree by a degree at the equator: R^2 * (pi / 180) * sin 1 degree = 12 363.711 861 km2 on the authalic sphere.
  @Test func areaOnTheSphere() throws {
    let cell = try shape("POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))").measures
    let area = try #require(cell.squareMetres(.areas, isGeographic: true))
    #expect(abs(area - 12_363_711_861.447) < 0.01)
  }

  @Test func nothingAndDegenerate() throws {
    let empty = try shape("POLYGON EMPTY")
    #expect(empty.parts.isEmpty && empty.measures.centroid(.areas) == nil)
    #expect(empty.measures.squareMetres(.areas, isGeographic: false) == nil)
    let flat = try shape("POLYGON ((0 0, 4 0, 0 0))").measures
    #expect(flat.squareMetres(.areas, isGeographic: false) == 0)
    #expect(try #require(flat.centroid(.areas)) == (2, 0))
    let dot = try shape("POLYGON ((3 4, 3 4, 3 4))").measures
    #expect(try #require(dot.centroid(.areas)) == (3, 4))
  }

  @Test func badText() {
    let bad = [
      "", "CIRCLE (0 0)", "POINT", "POINT (1)", "POINT (1 x)", "POLYGON ((0 0, 1 1)", "POLYGON ((0 0)) x",
      "POLYGON (0 0, 1 1)x",
      "POINT (1 2 3)", "GEOMETRYCOLLECTION (POINT (0 0))", "LINESTRING (,)",
    ]
    for text in bad {
      #expect(Array(text.utf8).withUnsafeBufferPointer { Shape(wellKnownText: $0) } == nil, "\(text)")
    }
  }
}
