import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct SortTests {
  @Test func byTwoColumnsOneDescending() throws {
    let input = try table(
      .int("year", [2020, 2019, 2020, 2019]), .double("score", [1, 2, nil, 3]), .text("code", ["a", "b", "c", "d"]))
    let output = try run(Sort.self, ["by": ["year", "-score"]], input)
    #expect(try cells(output, "code") == ["d", "b", "a", "c"])
    #expect(output.schema == input.schema)
  }

  @Test func mistakesInTheOptions() throws {
    let input = try table(.int("year", []))
    #expect(
      schemaError(Sort.self, ["by": ["-yeer"]], input)
        == "p.yml:2:3: the input has no column \"yeer\"; did you mean \"year\"?")
    #expect(
      schemaError(Sort.self, ["by": ["year", "-year"]], input) == "p.yml:3:3: \"by\" names the column \"year\" twice")
    #expect(schemaError(Sort.self, ["by": []], input) == "test: \"by\" names no column to sort by")
    #expect(try run(Sort.self, ["by": "year"], input).rowCount == 0)
  }
}
