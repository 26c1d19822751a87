import Tabular
import Testing

@testable import Transforms

@Suite struct DenominateTests {
  @Test func quotientsInPlaceWithTheirReasons() throws {
    let input = try table(
      .int("burglaries", [4, nil, 5, 6, 0], .suppressed, unit: "thefts"),
      .double("dwellings", [2000, 10, 0, nil, 7], .unknown, unit: "dwellings"),
      .text("code", ["a", "b", "c", "d", "e"]))
    let output = try run(Denominate.self, ["columns": ["burglaries": "dwellings"], "scale": 1000], input)
    #expect(try cells(output, "burglaries") == ["2", "(suppressed)", "(undefined)", "(unknown)", "0"])
    #expect(output.schema.names == ["burglaries", "dwellings", "code"])
    #expect(output.schema["burglaries"]?.unit == "thefts per 1000 dwellings")
    #expect(output.schema["burglaries"]?.type == .float64)
  }

  @Test func ownScaleUnitPrefixAndOrigins() throws {
    let (one, two) = (Origin(producer: "CBS", table: "1"), Origin(producer: "CBS", table: "2"))
    let input = try table(
      TestColumn.double("x", [1, 3]).with { $0.origins = [one] },
      TestColumn.int("d", [4, 4]).with { $0.origins = [two] })
    let output = try run(
      Denominate.self, ["columns": ["x": ["by": "d", "scale": 100, "unit": "%"]], "prefix": "share_"], input)
    #expect(try numbers(output, "share_x") == [25, 75] && numbers(output, "x") == [1, 3])
    #expect(output.schema["share_x"]?.unit == "%" && output.schema["share_x"]?.origins == [one, two])
    #expect(try run(Denominate.self, ["columns": ["x": "d"]], table(.int("x", []), .int("d", []))).rowCount == 0)
  }

  @Test func mistakes() throws {
    let input = try table(.int("x", []), .text("t", []))
    #expect(
      schemaError(Denominate.self, ["columns": ["x": "inhabitants"]], input)
        == "p.yml:2:1: the input has no column \"inhabitants\"; there are: x, t")
    #expect(
      schemaError(Denominate.self, ["columns": ["x": "t"]], input)
        == "p.yml:2:1: column \"t\" is string, expected a number")
    #expect(
      schemaError(Denominate.self, ["columns": ["x": "x"], "scale": 0], input)
        == "p.yml:2:1: \"scale\" must be above 0")
  }
}
