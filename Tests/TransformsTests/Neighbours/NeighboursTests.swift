import PipelineKit
import PipelineTesting
import Tabular
import Testing

@testable import Transforms

/// Four squares of 10 m in a block, a fifth far away, and an area without a boundary.
///
///     C D
///     A B      E
private func block() throws -> Table {
  func square(_ x: Int, _ y: Int) -> String {
    "POLYGON ((\(x) \(y), \(x + 10) \(y), \(x + 10) \(y + 10), \(x) \(y + 10), \(x) \(y)))"
  }
  return try table(
    .text("code", ["A", "B", "C", "D", "E", "F"]),
    .text("geometry", [square(0, 0), square(10, 0), square(0, 10), square(10, 10), square(100, 0), nil]))
}

private func pairs(_ table: Table) throws -> [String] {
  zip(try cells(table, "area_code"), try cells(table, "neighbour_code")).map { $0 + $1 }
}

@Suite struct NeighboursTests {
  @Test func cornersAndSides() throws {
    let queen = try run(Neighbours.self, ["area": "code"], block())
    #expect(
      try pairs(queen) == ["AB", "AC", "AD", "BA", "BC", "BD", "CA", "CB", "CD", "DA", "DB", "DC"])
    #expect(try numbers(queen, "distance_m").prefix(3) == [10, 10, 200.squareRoot()])
    let rook = try run(Neighbours.self, ["area": "code", "by": "rook"], block())
    #expect(try pairs(rook) == ["AB", "AC", "BA", "BD", "CA", "CD", "DB", "DC"])
  }

  @Test func centroids() throws {
    let one = try run(Neighbours.self, ["area": "code", "by": "nearest", "count": "1"], block())
    #expect(try pairs(one) == ["AB", "BA", "CA", "DB", "EB"])
    #expect(try numbers(one, "distance_m").last == 90)
    let near = try run(Neighbours.self, ["area": "code", "by": "within", "distance": "10"], block())
    #expect(try pairs(near) == ["AB", "AC", "BA", "BD", "CA", "CD", "DB", "DC"])
    let many = try run(Neighbours.self, ["area": "code", "by": "nearest", "count": "99"], block())
    #expect(many.rowCount == 20)
  }

  /// One degree of latitude is R pi / 180 metres; at 60 degrees north one of longitude is half of that.
  @Test func degrees() throws {
    let codes = Column.string(StringColumn(["A", "B", "C"]))
    let shapes = Column.string(StringColumn(["POINT (5 59.5)", "POINT (5 60.5)", "POINT (6 59.5)"]))
    let schema = try Schema([Field("code", .string), Field("geometry", .string, unit: "WKT EPSG:4326")])
    let output = try run(
      Neighbours.self, ["area": "code", "by": "nearest", "count": "1"], Table(schema: schema, columns: [codes, shapes]))
    #expect(try pairs(output) == ["AC", "BA", "CA"])
    let distances = try numbers(output, "distance_m")
    let degree = 6_371_007.181 * Double.pi / 180
    for (found, expected) in zip(distances, [degree / 2, degree, degree / 2]) {
      #expect(abs((found ?? .nan) - expected) < 1e-6)
    }
  }

  @Test func islandsAndMissingBoundaries() throws {
    let context = RunContext()
    let transform = try make(Neighbours.self, ["area": "code"], context)
    _ = try transform.apply([block()], context: context)
    #expect(
      context.warnings == [
        "1 areas have no boundary or code, and so no neighbours: F", "1 areas have no neighbours: E",
      ])
    #expect(try run(Neighbours.self, ["area": "code"], block().gathering([])).rowCount == 0)
    #expect(try run(Neighbours.self, ["area": "code"], block().gathering([0])).rowCount == 0)
  }

  @Test func mistakes() throws {
    #expect(
      try dataError(Neighbours.self, ["area": "code"], block().gathering([0, 0]))
        == "the area \"A\" stands twice; filter the table to one period, or make it distinct")
    let bad = try table(.text("code", ["A"]), .text("geometry", ["A"]))
    #expect(
      try dataError(Neighbours.self, ["area": "code"], bad)
        == "the boundary of \"A\" is not well-known text of points, lines or polygons")
    #expect(
      try schemaError(Neighbours.self, ["area": "code", "geometry": "shape"], block()).hasSuffix(
        "the input has no column \"shape\"; there are: code, geometry"))
  }

  @Test(arguments: ["queen", "rook", "nearest"]) func keepsTheContract(by: String) throws {
    let trial = TransformConformance(Neighbours.self, options: "{area: code, by: \(by)}", inputs: [try block()])
    #expect(trial.violations() == [])
  }
}
