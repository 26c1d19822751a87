import PipelineKit
import Tabular
import Testing

@testable import Transforms

@Suite struct MismatchTests {
  /// Low, middle and high educated in jobs of level 1 to 3, in two areas.
  static func workers() throws -> Table {
    try table(
      .text("area", ["A", "A", "A", "A", "A", "B", "B"]),
      .text("education", ["low", "mid", "high", "high", "mid", "low", "high"]),
      .int("level", [1, 1, 1, 3, 2, 2, 2]),
      .double("n", [40, 30, 10, 15, 5, 10, 10], unit: "persons"))
  }

  static let spec: SpecLiteral = [
    "by": ["area"], "scale": ["low", "mid", "high"], "education": ["column": "education"], "job": "level",
    "required": ["1": "low", "2": ["low", "mid"], "3": "high"], "count": "n",
  ]

  private func changed(_ key: String, _ value: SpecLiteral) -> SpecLiteral {
    guard case .map(let entries) = Self.spec else { return Self.spec }
    return .map(entries.filter { $0.0 != key } + [(key, value)])
  }

  @Test func ratesByArea() throws {
    let output = try run(Mismatch.self, Self.spec, Self.workers())
    #expect(try cells(output, "area") == ["A", "B"])
    #expect(try numbers(output, "workers") == [100, 20])
    #expect(try numbers(output, "over_pct") == [40, 50])
    #expect(try numbers(output, "under_pct") == [0, 0])
    #expect(try numbers(output, "matched_pct") == [60, 50])
    #expect(output.schema["over_pct"]?.unit == "%" && output.schema["area"]?.role == .key)
    #expect(output.schema["workers"]?.unit == "persons" && output.schema["over_pct"]?.direction == .higherIsWorse)
  }

  @Test func perEducationAndPerJob() throws {
    let education = try run(Mismatch.self, changed("per", "education"), Self.workers())
    #expect(try cells(education, "area") == ["A", "A", "A", "B", "B"])
    #expect(try cells(education, "education") == ["low", "mid", "high", "low", "high"])
    let over = try numbers(education, "over_pct").map { (($0 ?? -1) * 10).rounded() / 10 }
    #expect(over == [0, 85.7, 40, 0, 100])
    let job = try run(Mismatch.self, changed("per", "job"), Self.workers())
    #expect(try cells(job, "level") == ["1", "2", "3", "2"])
    #expect(try numbers(job, "over_pct") == [50, 0, 0, 50])
  }

  /// Codes get their level from a map; several codes may share one, and rows of one cell add up.
  @Test func codesHaveLevels() throws {
    let input = try table(
      .text("code", ["2018700", "2018701", "2018790"]), .text("job", ["1", "1", "1"]), .double("n", [10, 20, 30]))
    let output = try run(
      Mismatch.self,
      [
        "scale": ["low", "high"],
        "education": ["column": "code", "levels": ["2018700": "low", "2018701": "low", "2018790": "high"]],
        "job": "job", "required": ["1": "low"], "count": "n",
      ], input)
    #expect(try numbers(output, "over_pct") == [50])
    #expect(try numbers(output, "workers") == [60])
  }

  /// "Baan onder niveau": occupation A is mostly low, B mostly middle, C mostly high educated (see the statistics' tests).
  @Test func modalLevelOfTheJob() throws {
    let counts: [Double] = [50, 30, 20, 20, 60, 20, 5, 25, 70]
    let input = try table(
      .text("job", ["A", "A", "A", "B", "B", "B", "C", "C", "C"]),
      .text("education", ["low", "mid", "high", "low", "mid", "high", "low", "mid", "high"]), .double("n", counts))
    let spec: SpecLiteral = [
      "scale": ["low", "mid", "high"], "education": ["column": "education"], "job": "job", "count": "n",
      "rule": "mode", "per": "education",
    ]
    let output = try run(Mismatch.self, spec, input)
    #expect(try numbers(output, "over_pct") == [0, 100 * (30.0 / 115), 100 * (40.0 / 110)])
  }

  @Test func tiesOfTheMode() throws {
    let input = try table(
      .text("job", ["A", "A"]), .text("education", ["low", "high"]), .double("n", [40, 40]))
    func over(_ tie: String) throws -> [Double?] {
      try numbers(
        run(
          Mismatch.self,
          [
            "scale": ["low", "high"], "education": ["column": "education"], "job": "job", "count": "n",
            "rule": "mode", "tie": .text(tie),
          ], input), "over_pct")
    }
    #expect(try over("lowest") == [50] && over("highest") == [0] && over("all") == [0])
  }

  /// The mode of the whole country, not of each area.
  @Test func theModeWithinWiderGroups() throws {
    let input = try table(
      .text("area", ["A", "A", "B", "B"]), .text("job", ["x", "x", "x", "x"]),
      .text("education", ["low", "high", "low", "high"]), .double("n", [10, 20, 90, 10]))
    let spec: SpecLiteral = [
      "by": ["area"], "scale": ["low", "high"], "education": ["column": "education"], "job": "job", "count": "n",
      "rule": "mode",
    ]
    #expect(try numbers(run(Mismatch.self, spec, input), "under_pct") == [100 * (10.0 / 30), 0])
    guard case .map(let entries) = spec else { return }
    let wide = try run(Mismatch.self, .map(entries + [("within", ["job"])]), input)
    #expect(try numbers(wide, "over_pct") == [100 * (20.0 / 30), 10])
  }

  @Test func missingAndEmpty() throws {
    let input = try table(
      .text("area", ["A", "A", "B"]), .text("education", ["low", "mid", "low"]), .int("level", [1, 1, 1]),
      .double("n", [1, nil, 0], .suppressed))
    let output = try run(Mismatch.self, Self.spec, input)
    #expect(try cells(output, "over_pct") == ["(suppressed)", "(undefined)"])
    #expect(try cells(output, "workers") == ["(suppressed)", "0"])
    let none = try table(.text("area", []), .text("education", []), .int("level", []), .double("n", []))
    #expect(try run(Mismatch.self, Self.spec, none).rowCount == 0)
    #expect(try run(Mismatch.self, changed("by", []), none).rowCount == 0)
  }

  @Test func mistakesInTheOptions() throws {
    let input = try Self.workers()
    #expect(
      schemaError(Mismatch.self, changed("required", ["1": "low", "2": "middle"]), input)
        .hasSuffix("\"middle\" is no level of the scale; there are: low, mid, high"))
    #expect(
      schemaError(Mismatch.self, changed("required", ["1": ["mid", "low"]]), input)
        .hasSuffix("job \"1\": \"mid\" lies above \"low\" on the scale"))
    #expect(
      schemaError(Mismatch.self, changed("required", ["1": ["low", "mid", "high"]]), input)
        .hasSuffix("job \"1\" takes one level, or the lowest and the highest"))
    #expect(
      schemaError(Mismatch.self, changed("required", .map([])), input)
        .hasSuffix("\"rule: normative\" needs \"required\", the level that each job requires"))
    #expect(
      schemaError(Mismatch.self, changed("rule", "mode"), input)
        .hasSuffix("\"required\" is for \"rule: normative\"; \"rule: mode\" reads it off from the workers"))
    #expect(
      schemaError(Mismatch.self, changed("within", ["area"]), input).hasSuffix("\"within\" is for \"rule: mode\""))
    #expect(
      schemaError(Mismatch.self, changed("scale", ["low"]), input)
        .hasSuffix("\"scale\" names at least two levels, from the lowest to the highest"))
    #expect(
      schemaError(Mismatch.self, changed("scale", ["low", "mid", "low"]), input)
        .hasSuffix("level \"low\" occurs twice in \"scale\""))
    #expect(
      schemaError(Mismatch.self, changed("required", ["een": "low"]), input)
        .hasSuffix("column \"level\" holds whole numbers; \"een\" is none"))
  }

  @Test func codesWithoutALevel() throws {
    let odd = try table(
      .text("area", ["A"]), .text("education", ["hig"]), .int("level", [4]), .double("n", [1]))
    #expect(
      try dataError(Mismatch.self, Self.spec, odd)
        == "\"education\" has the code \"hig\", which has no level; did you mean \"high\"?; add it under \"levels\", or "
        + "filter it out")
    let job = try table(
      .text("area", ["A"]), .text("education", ["high"]), .int("level", [4]), .double("n", [1]))
    #expect(
      try dataError(Mismatch.self, Self.spec, job)
        == "\"level\" has \"4\", of which \"required\" does not say what it requires; there are: 1, 2, 3; add it there, "
        + "or filter it out")
    let missing = try table(
      .text("area", ["A"]), .text("education", [nil]), .int("level", [1]), .double("n", [1]))
    #expect(
      try dataError(Mismatch.self, Self.spec, missing)
        == "\"education\" is missing in a row (unknown); filter such rows out, or say with derive what they count as")
    let negative = try table(
      .text("area", ["A"]), .text("education", ["low"]), .int("level", [1]), .double("n", [-2]))
    #expect(try dataError(Mismatch.self, Self.spec, negative) == "\"n\" is -2 in row 1, expected 0 or more")
  }
}
