import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct StandardisedIndexTests {
  static func spec(_ more: [(String, SpecLiteral)] = []) -> SpecLiteral {
    .map(
      [
        ("area", "area"), ("period", "year"),
        (
          "dimensions",
          .map([
            ("shops", ["weight": 3, "direction": "higher_is_better"]),
            ("crime", ["weight": 1, "direction": "higher_is_worse"]),
          ])
        ), ("frame", "area != 'NL'"),
      ] + more)
  }

  /// In year 1 shops have mean 2 and sd 1, crime mean 6 and sd 2 over A and B.
  static func panel() throws -> Table {
    try table(
      .text("area", ["B", "A", "NL", "A", "B", "NL"]), .int("year", [1, 1, 1, 2, 2, 2]),
      .double("shops", [3, 1, 2, 2, 3, nil]), .double("crime", [8, 4, 6, 6, 8, 6]))
  }

  @Test func scoresAndRanks() throws {
    let output = try run(StandardisedIndexTransform.self, Self.spec([("base", 1)]), Self.panel())
    #expect(try cells(output, "area") == ["A", "A", "B", "B", "NL", "NL"])
    #expect(try numbers(output, "index") == [-0.5, 0, 0.5, 0.5, 0, nil])
    #expect(
      try cells(output, "index_rank") == ["2", "2", "1", "1", "(not_applicable)", "(not_applicable)"])
    #expect(try numbers(output, "index_change") == [0, 0.5, 0, 0, 0, nil])
    #expect(try cells(output, "index")[5] == "(insufficient)")
    #expect(try cells(output, "far_below")[0] == "0")
    let near = try run(StandardisedIndexTransform.self, Self.spec([("base", 1), ("far", 0.5)]), Self.panel())
    #expect(try cells(near, "far_below") == ["1", "0", "1", "1", "0", "0"])
  }

  @Test func contributionsAreExact() throws {
    let areas = try run(StandardisedIndexTransform.self, Self.spec(), Self.panel())
    let parts = try run(StandardisedIndexTransform.self, Self.spec([("output", "dimensions")]), Self.panel())
    #expect(try cells(parts, "dimension").prefix(2) == ["shops", "crime"])
    let (index, change) = try (numbers(areas, "index"), numbers(areas, "index_change"))
    let (terms, steps) = try (numbers(parts, "contribution"), numbers(parts, "contribution_to_change"))
    for row in 0..<5 {
      #expect(abs((terms[2 * row] ?? 0) + (terms[2 * row + 1] ?? 0) - (index[row] ?? .nan)) < 1e-12)
      #expect(abs((steps[2 * row] ?? 0) + (steps[2 * row + 1] ?? 0) - (change[row] ?? .nan)) < 1e-12)
    }
  }

  @Test func gainsEndAtTheMedian() throws {
    let parts = try run(
      StandardisedIndexTransform.self, Self.spec([("base", 1), ("output", "dimensions")]), Self.panel())
    // A has shops 1 sd below and crime 1 sd better than the frame; the median of two lies between them.
    #expect(try numbers(parts, "to_median").prefix(2) == [-1, 1])
    #expect(try numbers(parts, "gain").prefix(2) == [0.75, 0])
    #expect(try cells(parts, "z_rank").prefix(2) == ["2", "1"])
  }

  @Test func changesSince() throws {
    let output = try run(StandardisedIndexTransform.self, Self.spec([("base", 1), ("since", 2)]), Self.panel())
    #expect(try cells(output, "index_change").prefix(2) == ["(not_matched)", "0"])
  }

  @Test func mistakes() throws {
    #expect(
      schemaError(StandardisedIndexTransform.self, Self.spec([("since", 1e300)]), try Self.panel()).contains(
        "\"since\" is 1e+300, which is no period; a period is a whole number"))
    #expect(
      try dataError(StandardisedIndexTransform.self, Self.spec([("base", 9)]), Self.panel())
        == "no row has the base period year=9")
    let none = try table(.text("area", []), .int("year", []), .double("shops", []), .double("crime", []))
    #expect(try run(StandardisedIndexTransform.self, Self.spec(), none).rowCount == 0)
    let even = try table(
      .text("area", ["A", "B"]), .int("year", [1, 1]), .double("shops", [1, 2]), .double("crime", [5, 5]))
    let output = try run(StandardisedIndexTransform.self, Self.spec([("output", "dimensions")]), even)
    #expect(try cells(output, "z")[1] == "(undefined)")
  }
}
