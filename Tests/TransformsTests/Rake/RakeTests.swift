import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct RakeTests {
  static let spec: SpecLiteral = [
    "by": ["area"], "row": "education", "column": "level", "value": "n", "row_total": "people", "column_total": "jobs",
  ]

  private func changed(_ key: String, _ value: SpecLiteral) -> SpecLiteral {
    guard case .map(let entries) = Self.spec else { return Self.spec }
    return .map(entries + [(key, value)])
  }

  private func seed(_ values: [Double?] = [40, 10, 10, 40]) throws -> Table {
    try table(
      .text("education", ["low", "low", "high", "high"]), .int("level", [1, 2, 1, 2]),
      .double("n", values, .suppressed))
  }

  private func people(_ values: [Double?] = [30, 70, 50, 50]) throws -> Table {
    try table(
      .text("area", ["A", "A", "B", "B"]), .text("education", ["high", "low", "low", "high"]),
      .double("people", values, .suppressed, unit: "persons"))
  }

  private func jobs(_ values: [Double?] = [60, 40, 50, 50]) throws -> Table {
    try table(.text("area", ["A", "A", "B", "B"]), .int("level", [1, 2, 1, 2]), .double("jobs", values, .suppressed))
  }

  /// Area B has the margins of the seed; area A keeps its odds ratio, 16.
  @Test func fitsEachGroup() throws {
    let output = try run(Rake.self, Self.spec, seed(), people(), jobs())
    #expect(try cells(output, "area") == ["A", "A", "A", "A", "B", "B", "B", "B"])
    #expect(try cells(output, "education").prefix(4) == ["high", "high", "low", "low"])
    #expect(try cells(output, "level").prefix(4) == ["1", "2", "1", "2"])
    let n = try numbers(output, "n").map { $0 ?? .nan }
    #expect(abs(n[0] + n[1] - 30) < 1e-6 && abs(n[2] + n[3] - 70) < 1e-6)
    #expect(abs(n[0] + n[2] - 60) < 1e-6 && abs(n[1] + n[3] - 40) < 1e-6)
    #expect(abs(n[2] * n[1] / (n[0] * n[3]) - 16) < 1e-6)
    #expect(n[4...] == [10, 40, 40, 10])
    #expect(try cells(output, "n_iterations")[7] == "1")
    #expect(output.schema["n"]?.label == "n (modelled)" && output.schema["n"]?.unit == "persons")
  }

  @Test func groupsThatLackSomething() throws {
    let output = try run(Rake.self, Self.spec, seed(), people([30, nil, 50, 50]), jobs())
    #expect(try cells(output, "n").prefix(4).allSatisfy { $0 == "(suppressed)" })
    #expect(try cells(output, "n").last == "10")
    let alone = try table(.text("area", ["B", "B"]), .int("level", [1, 2]), .double("jobs", [50, 50]))
    #expect(try cells(run(Rake.self, Self.spec, seed(), people(), alone), "n")[0] == "(not_matched)")
    #expect(try cells(run(Rake.self, Self.spec, seed([1, nil, 1, 1]), people(), jobs()), "n")[7] == "(suppressed)")
  }

  @Test func oneSeedAYear() throws {
    let seed = try table(
      .int("year", [1, 1, 2, 2]), .text("e", ["x", "x", "x", "x"]), .text("l", ["p", "q", "p", "q"]),
      .double("n", [1, 1, 1, 3]))
    let rows = try table(.int("year", [1, 2, 3]), .text("e", ["x", "x", "x"]), .double("r", [10, 20, 30]))
    let columns = try table(
      .int("year", [1, 1, 2, 2, 3, 3]), .text("l", ["p", "q", "p", "q", "p", "q"]),
      .double("c", [5, 5, 10, 10, 15, 15]))
    let output = try run(
      Rake.self,
      [
        "by": ["year"], "seed_by": ["year"], "row": "e", "column": "l", "value": "n", "row_total": "r",
        "column_total": "c",
      ], seed, rows, columns)
    #expect(try cells(output, "n") == ["5", "5", "10", "10", "(not_matched)", "(not_matched)"])
  }

  @Test func totalsThatDiffer() throws {
    #expect(
      try dataError(Rake.self, Self.spec, seed(), people(), jobs([66, 44, 50, 50]))
        == "area=A: the row totals sum to 100, the column totals to 110; say with \"scale_to\" which of them hold")
    let rows = try numbers(run(Rake.self, changed("scale_to", "rows"), seed(), people(), jobs([66, 44, 50, 50])), "n")
    #expect(abs(rows.prefix(4).reduce(0) { $0 + ($1 ?? 0) } - 100) < 1e-6)
    let columns = try numbers(
      run(Rake.self, changed("scale_to", "columns"), seed(), people(), jobs([66, 44, 50, 50])), "n")
    #expect(abs(columns.prefix(4).reduce(0) { $0 + ($1 ?? 0) } - 110) < 1e-6)
  }

  @Test func whatTheSeedDoesNotHave() throws {
    #expect(
      try dataError(Rake.self, Self.spec, seed([0, 0, 10, 40]), people(), jobs())
        == "area=A: the total for education=low is above 0, but the seed has nothing there")
    let other = try table(
      .text("area", ["A", "A"]), .text("education", ["low", "phd"]), .double("people", [50, 50]))
    #expect(
      try dataError(Rake.self, Self.spec, seed(), other, jobs())
        == "area=A: there is a total for education=phd, which the seed does not have")
    #expect(
      try dataError(Rake.self, Self.spec, seed([-1, 2, 3, 4]), people(), jobs())
        == "area=A: a total or a number of the seed is below 0")
  }

  /// Zeros that keep the totals out of reach: a value comes, and a warning with how far it is off.
  @Test func unreachableTotals() throws {
    let context = RunContext()
    let transform = try make(Rake.self, changed("max_iterations", 50), context)
    let output = try transform.apply([seed([40, 0, 10, 40]), people(), jobs()], context: context)
    #expect(try (numbers(output, "n_error")[0] ?? 0) > 0.01)
  }

  @Test func mistakesInTheOptions() throws {
    #expect(
      schemaError(Rake.self, changed("seed_by", ["year"]), try seed(), try people(), try jobs())
        == "p.yml:9:3: \"seed_by\" takes columns of \"by\"; \"year\" is none")
    #expect(
      schemaError(Rake.self, changed("tolerance", 0), try seed(), try people(), try jobs())
        .hasSuffix("\"tolerance\" and \"max_iterations\" are above 0"))
    let texts = try table(.text("area", ["A"]), .text("level", ["1"]), .double("jobs", [1]))
    #expect(
      schemaError(Rake.self, Self.spec, try seed(), try people(), texts)
        == "p.yml:4:1: column \"level\" differs in type between the seed and the table of column totals")
    let years = try table(.int("area", [1]), .int("level", [1]), .double("jobs", [1]))
    #expect(
      schemaError(Rake.self, Self.spec, try seed(), try people(), years)
        == "p.yml:2:3: column \"area\" differs in type between the table of row totals and the table of column totals")
    let lacking = try table(.text("area", ["A"]), .double("people", [1]))
    #expect(
      schemaError(Rake.self, Self.spec, try seed(), lacking, try jobs())
        == "p.yml:3:1: the table of row totals has no column \"education\"; there are: area, people")
  }
}
