import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct PivotTests {
  private let spec: SpecLiteral = [
    "by": ["area"], "key": "margin", "values": ["health"],
    "columns": ["MW00000": "", "MOG0095": "lower", "MBG0095": "upper"],
  ]

  /// The value and the bounds of its interval, on three rows each as RIVM has them.
  @Test func margins() throws {
    let input = try table(
      .text("area", ["B", "B", "A", "A", "B", "A"]),
      .text("margin", ["MW00000", "MOG0095", "MW00000", "MBG0095", "MBG0095", "MOG0095"]),
      .double("health", [70, 65, 80, nil, 75, 78], .unknown, unit: "%").with { $0.label = "Health" },
      .double("other", [1, 2, 3, 4, 5, 6]))
    let output = try run(Pivot.self, spec, input)
    #expect(output.schema.names == ["area", "health", "health_lower", "health_upper"])
    #expect(output.schema.fields.map(\.unit) == ["", "%", "%", "%"])
    #expect(output.schema.fields.map(\.label) == ["", "Health", "Health (lower)", "Health (upper)"])
    #expect(try cells(output, "area") == ["A", "B"])
    #expect(try cells(output, "health") == ["80", "70"])
    #expect(try cells(output, "health_lower") == ["78", "65"])
    #expect(try cells(output, "health_upper") == ["(unknown)", "75"])
  }

  @Test func severalValuesOfEveryTypeUnderAPattern() throws {
    let input = try table(
      .int("year", [2, 1, 2]), .int("k", [20, 10, 10]), .int("n", [1, 2, 3]), .text("t", ["x", nil, "z"], .suppressed))
    let output = try run(
      Pivot.self,
      [
        "by": ["year"], "key": "k", "values": ["n", "t"], "columns": ["10": "a", "20": "b"], "name": "{column}.{value}",
      ],
      input)
    #expect(output.schema.names == ["year", "a.n", "b.n", "a.t", "b.t"])
    #expect(try cells(output, "a.n") == ["2", "3"])
    #expect(try cells(output, "b.n") == ["(not_matched)", "1"])
    #expect(try cells(output, "a.t") == ["(suppressed)", "z"])
    #expect(output.schema["a.n"]?.type == .int64)
  }

  @Test func othersAreAnErrorOrCounted() throws {
    let input = try table(
      .text("area", ["A", "B", "A"]), .text("margin", ["MW00000", "X", nil]), .double("health", [1, 2, 3]))
    let failing = try make(Pivot.self, spec)
    #expect(
      Make.error { _ = try failing.apply([input], context: RunContext()) }
        == "margin=X is not listed under columns (MW00000, MOG0095, MBG0095); list it, or set others: leave_out")
    let output = try run(
      Pivot.self,
      ["by": ["area"], "key": "margin", "values": ["health"], "columns": ["MW00000": ""], "others": "leave_out"], input)
    #expect(try cells(output, "area") == ["A"])
    #expect(try cells(output, "health") == ["1"])
  }

  @Test func twoRowsForOneCell() throws {
    let input = try table(
      .text("area", ["A", "A"]), .text("margin", ["MW00000", "MW00000"]), .double("health", [1, 2]))
    let transform = try make(Pivot.self, spec)
    #expect(
      Make.error { _ = try transform.apply([input], context: RunContext()) }
        == "two rows have area=A and margin=MW00000; name the column that tells them apart under by, or filter first")
  }

  @Test func emptyInput() throws {
    let output = try run(Pivot.self, spec, table(.text("area", []), .text("margin", []), .double("health", [])))
    #expect(output.rowCount == 0 && output.schema.count == 4)
  }

  @Test func mistakesInTheOptions() throws {
    let schema = try table(.text("area", []), .text("margin", []), .double("health", [])).schema
    #expect(
      Make.error {
        _ = try make(
          Pivot.self, ["by": ["area"], "key": "margn", "values": ["health"], "columns": ["a": "b"]]
        ).outputSchema(for: [schema])
      }.hasSuffix("the input has no column \"margn\"; did you mean \"margin\"?"))
    #expect(
      Make.error {
        _ = try make(
          Pivot.self, ["by": ["area"], "key": "margin", "values": ["health"], "columns": ["a": "b", "c": "b"]]
        ).outputSchema(for: [schema])
      }.hasSuffix("two columns of the output are called \"health_b\"; give the entries different words"))
    #expect(
      Make.error {
        _ = try make(
          Pivot.self,
          ["by": ["area"], "key": "margin", "values": ["health"], "columns": ["a": "b"], "name": "{value}"])
      }.hasSuffix("\"name\" holds no {column}, so that all columns would be called the same"))
  }
}
