import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct AmenityIndexTests {
  static func spec(_ more: [(String, SpecLiteral)] = []) -> SpecLiteral {
    .map(
      [
        ("area", "area"), ("by", ["year"]), ("reference", "NL"),
        ("facilities", .map([("cafes", ["weight": 1]), ("theatre", ["distance": true])])),
      ] + more)
  }

  static func facilities() throws -> Table {
    try table(
      .text("area", ["A", "NL", "A", "NL", "A"]), .int("year", [1, 1, 2, 2, 3]),
      .double("cafes", [5, 10, nil, 10, 4]), .double("theatre", [2, 8, 4, 0, 1]))
  }

  @Test func theReferenceIsAHundred() throws {
    let output = try run(AmenityIndexTransform.self, Self.spec(), Self.facilities())
    #expect(
      try cells(output, "amenity_index_cafes") == ["50", "100", "(unknown)", "100", "(not_matched)"])
    #expect(try cells(output, "amenity_index_theatre") == ["400", "100", "0", "(undefined)", "(not_matched)"])
    // The geometric mean of 50 and 400.
    #expect(abs((try numbers(output, "amenity_index")[0] ?? 0) - 20_000.0.squareRoot()) < 1e-9)
    #expect(try cells(output, "amenity_index_below") == ["1", "0", "1", "0", "0"])
    #expect(try cells(output, "amenity_index_facilities") == ["2", "2", "1", "1", "0"])
    #expect(try cells(output, "amenity_index")[4] == "(undefined)")
  }

  @Test func anotherMean() throws {
    let output = try run(AmenityIndexTransform.self, Self.spec([("mean", "arithmetic")]), Self.facilities())
    #expect(try numbers(output, "amenity_index")[0] == 225)
  }

  @Test func mistakes() throws {
    let twice = try table(
      .text("area", ["NL", "NL"]), .int("year", [1, 1]), .double("cafes", [1, 2]), .double("theatre", [1, 2]))
    #expect(
      try dataError(AmenityIndexTransform.self, Self.spec(), twice)
        == "more than one row has area=NL with the same area, year")
    let absent = try table(.text("area", ["A"]), .int("year", [1]), .double("cafes", [1]), .double("theatre", [1]))
    #expect(
      try dataError(AmenityIndexTransform.self, Self.spec(), absent) == "no row has area=NL; there are: A")
    let none = try table(.text("area", []), .int("year", []), .double("cafes", []), .double("theatre", []))
    #expect(try run(AmenityIndexTransform.self, Self.spec(), none).rowCount == 0)
  }
}
