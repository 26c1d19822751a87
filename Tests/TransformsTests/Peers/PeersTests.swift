import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct PeersTests {
  static func spec(_ more: [(String, SpecLiteral)] = []) -> SpecLiteral {
    .map([("area", "area"), ("features", ["size": 1, "age": 1]), ("count", 2)] + more)
  }

  static func cities() throws -> Table {
    try table(
      .text("area", ["A", "B", "C", "D", "E"]), .double("size", [1, 2, 3, 10, nil]), .double("age", [7, 7, 7, 7, 7]))
  }

  @Test func theNearestComeFirst() throws {
    let output = try run(Peers.self, Self.spec([("of", ["A", "D"])]), Self.cities())
    #expect(try cells(output, "area") == ["A", "A", "D", "D"])
    #expect(try cells(output, "peer") == ["B", "C", "C", "B"])
    #expect(try cells(output, "peer_rank") == ["1", "2", "1", "2"])
    // Sizes 1, 2, 3, 10 have mean 4 and population sd sqrt(12.5); age tells nothing apart.
    #expect(abs((try numbers(output, "distance")[0] ?? 0) - 1 / 12.5.squareRoot()) < 1e-12)
  }

  @Test func whoLacksAFeatureIsNoPeer() throws {
    let output = try run(Peers.self, Self.spec(), Self.cities())
    #expect(output.rowCount == 8)
    #expect(try !cells(output, "peer").contains("E") && !cells(output, "area").contains("E"))
    let none = try table(.text("area", []), .double("size", []), .double("age", []))
    #expect(try run(Peers.self, Self.spec(), none).rowCount == 0)
  }

  @Test func mistakes() throws {
    #expect(
      schemaError(Peers.self, .map([("area", "area"), ("features", ["size": 0])]), try Self.cities())
        == "p.yml:1:1: \"features\" gives no column a weight above 0")
    #expect(
      try dataError(Peers.self, Self.spec([("of", ["F"])]), Self.cities())
        == "no row has area=F; there are: A, B, C, D, E")
    let twice = try table(.text("area", ["A", "A"]), .double("size", [1, 2]), .double("age", [1, 2]))
    #expect(
      try dataError(Peers.self, Self.spec(), twice)
        == "area \"A\" occurs twice; peers are those of one period, filter the rows first")
  }
}
