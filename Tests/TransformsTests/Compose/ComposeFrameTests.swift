import Tabular
import Testing

@testable import PipelineKit
@testable import Transforms

/// Frames, the areas in them, and why cells are missing.
@Suite struct ComposeFrameTests {
  static var areaAndYear: [(String, SpecLiteral)] { [("area", "area"), ("period", "year")] }

  /// The base year and a year in which every area has a tenth less of everything.
  @Test func uniformImprovement() throws {
    let values = (0..<60).map { Double(100 + $0 * 7 % 59) }
    let both = try table(
      .int("year", (0..<120).map { Int64(2010 + $0 / 60) }), .double("v", values + values.map { $0 * 0.9 }))
    let profile = simpleProfile("", ["v": "1"])
    let relative = try Composite(profile, [("period", "year")], both).numbers("s")
    #expect(Array(relative[..<60]) == Array(relative[60...]))
    let anchored = try Composite(profile, [("period", "year"), ("frame", ["anchored": "2010"])], both).numbers("s")
    #expect(Array(anchored[..<60]) == Array(relative[..<60]))
    let floor = anchored.compactMap { $0 }.min()
    for i in 0..<60 where anchored[i] != floor { #expect((anchored[60 + i] ?? 100) < (anchored[i] ?? 0)) }
  }

  /// Placing a period in itself gives its relative score, to the last bit, for domains of several indicators too.
  @Test(arguments: ["normal_score", "rank"], ["n_plus_1_minus_r", "n_minus_r"])
  func theBasePeriodIsAnchoredInItself(score: String, scale: String) throws {
    let input = try panel(areas: 149, years: 2)
    let profile = "conventions: {indicator_score: \(score), scaled_rank: \(scale)}\n" + panelProfile
    let relative = try Composite(profile, Self.areaAndYear, input)
    let anchored = try Composite(profile, Self.areaAndYear + [("frame", ["anchored": "2011"])], input)
    let base = Array(Int32(149)..<298)
    #expect(relative.output.gathering(base) == anchored.output.gathering(base))
    #expect(relative.output != anchored.output)
  }

  /// A pooled frame is one period that all rows share, but for ranks within the period.
  @Test func pooledIsOneDistribution() throws {
    let input = try panel(areas: 83, years: 3)
    let pooled = try Composite(panelProfile, Self.areaAndYear + [("frame", "pooled")], input).output
    let single = try Composite(panelProfile, [], input).output
    for name in pooled.schema.names where !name.hasSuffix("rank") && !name.hasSuffix("decile") {
      #expect(try pooled.column(name) == single.column(name), "\(name)")
    }
    #expect(try pooled.column("s_rank") != single.column("s_rank"))
  }

  @Test func reasonsOfMissingScores() throws {
    let input = try table(
      .int("n", [500, 99, nil, 500, 500, 500, 500, 500]),
      .double("a", [1, 2, 3, nil, nil, 6, nil, 8], .suppressed),
      .double("b", [1, 2, 3, 4, nil, 6, nil, 8], .notAsked),
      .double("c", [1, 2, 3, 4, nil, nil, 7, 8], .unknown))
    func cells(_ missing: String, _ name: String) throws -> [String] {
      let profile = panelProfile.replacing(
        "missing: {domain: {minimum_count: 1}, score: {minimum_share: 0.4}}", with: "missing: {\(missing)}")
      let made = try Composite(profile, [("population", ["column": "n", "minimum": 100])], input)
      return try made.cells(name).map { $0.hasPrefix("(") ? $0 : "x" }
    }
    let out = ["x", "(outside_frame)", "(outside_frame)"]
    let all = "domain: {}"
    #expect(try cells(all, "s_x") == out + ["(insufficient)", "(suppressed)", "x", "(suppressed)", "x"])
    #expect(try cells(all, "s_x_rank") == out + ["(insufficient)", "(suppressed)", "x", "(suppressed)", "x"])
    #expect(try cells(all, "s_y") == out + ["x", "(unknown)", "(unknown)", "x", "x"])
    #expect(try cells(all, "s") == out + ["(insufficient)", "(suppressed)", "(insufficient)", "(insufficient)", "x"])
    let some = "domain: {minimum_count: 1}, score: {minimum_count: 1}"
    #expect(try cells(some, "s") == out + ["x", "(suppressed)", "x", "x", "x"])
    #expect(try cells(some, "s_contribution_y_c") == out + ["x", "(suppressed)", "x", "x", "x"])
    // b holds a quarter of x, and x two thirds of the score.
    #expect(try cells("domain: {minimum_share: 0.25}", "s_x") == out + ["x", "(suppressed)", "x", "(suppressed)", "x"])
    #expect(
      try cells("domain: {minimum_share: 0.26}", "s_x") == out + [
        "(insufficient)", "(suppressed)", "x", "(suppressed)", "x",
      ])
    #expect(
      try cells("domain: {minimum_count: 1}, score: {minimum_share: 0.6}", "s")
        == out + ["x", "(suppressed)", "x", "(insufficient)", "x"])
  }

  /// A base without values places nobody; an area that the base lacks altogether is no reason to stop.
  @Test func aBaseWithoutValues() throws {
    let input = try table(
      .int("year", [2010, 2010, 2011, 2011]), .double("a", [nil, nil, 1, 2]), .double("b", [1, 2, 3, nil], .suppressed))
    let profile = simpleProfile("", ["a": "1", "b": "1"], more: "missing: {score: {minimum_count: 1}}\n")
    let options: [(String, SpecLiteral)] = [("period", "year"), ("frame", ["anchored": "2010"])]
    let made = try Composite(profile, options, input)
    #expect(try made.cells("s_a") == ["(unknown)", "(unknown)", "(undefined)", "(undefined)"])
    // Half the base is no more deprived than the first area.
    #expect(ComposeTests.near(try made.numbers("s"), [ComposeTests.x(0.5), 100, 100, nil]))
    #expect(try made.cells("s")[3] == "(undefined)")
    // Values that nobody places need no base.
    let plain = simpleProfile("domain_transform: none", ["a": "1"])
    #expect(try Composite(plain, options, input).cells("s") == ["(unknown)", "(unknown)", "1", "2"])
  }

  @Test func rowsWithoutAPeriodBelongToNone() throws {
    let input = try table(
      .text("year", ["2010", nil, "2010", nil], .rejected), .double("v", [1, 5, 2, nil]), .int("n", [9, 9, 9, 1]))
    let options: [(String, SpecLiteral)] = [("period", "year"), ("population", ["column": "n", "minimum": 5])]
    let made = try Composite(simpleProfile("", ["v": "1"]), options, input)
    #expect(try made.cells("s_rank") == ["2", "(rejected)", "1", "(rejected)"])
    #expect(try made.cells("s")[2] == "100")
  }

  @Test func warnings() throws {
    let file = ProfileFile(panelProfile)
    let input = try table(
      .int("year", [2010, 2010, 2011, 2011, 2012]), .double("a", [1, nil, nil, nil, 3]), .double("b", [1, 2, 3, 4, 5]),
      .double("c", [1, 2, 3, nil, 5]), .int("n", [9, 9, 9, 9, 1]))
    let transform = try make(
      Compose.self,
      ["profile": .text(file.path), "period": "year", "population": ["column": "n", "minimum": 5]])
    let context = RunContext()
    _ = try transform.apply([input], context: context)
    #expect(
      context.record.warnings.map(\.message) == [
        "\"a\" has no value in the frame for 2011", "no area is in the frame for 2012",
      ])
  }

  // MARK: - Mistakes

  @Test func keysThatNameTwoRows() throws {
    let file = ProfileFile(simpleProfile("", ["v": "1"]))
    let codes = ["B", "A", "A", "B", "A"]
    let spec: SpecLiteral = ["profile": .text(file.path), "area": "area", "period": "year"]
    let text = try table(
      .text("area", codes), .int("year", [1, 1, 2, 2, 2]), .double("v", [1, 2, 3, 4, 5]))
    let message = "is not unique: (A, 2) occurs more than once; filter the table to one row for each area and period"
    #expect(try dataError(Compose.self, spec, text) == "the key (area, year) \(message)")
    let number = try table(.int("area", [7, 7]), .int("year", [1, 1]), .double("v", [1, 2]))
    #expect(try dataError(Compose.self, spec, number).contains("(7, 1) occurs more than once"))
    let unnamed = try table(.text("area", [nil, nil]), .int("year", [1, 1]), .double("v", [1, 2]))
    #expect(try dataError(Compose.self, spec, unnamed).contains("(missing, 1) occurs more than once"))
    let periods = try table(.text("area", [nil, nil, "A"]), .int("year", [1, 2, 2]), .double("v", [1, 2, 3]))
    #expect(try dataError(Compose.self, spec, periods) == "no error")
  }

  @Test func aBasePeriodThatIsNotThere() throws {
    let file = ProfileFile(simpleProfile("", ["v": "1"]))
    let input = try table(.int("year", [2010, 2011]), .double("v", [1, 2]))
    let spec: SpecLiteral = ["profile": .text(file.path), "period": "year", "frame": ["anchored": "2021"]]
    #expect(
      try dataError(Compose.self, spec, input)
        == "p.yml:4:1: the base period \"2021\" is not in the data; did you mean \"2011\"?")
    #expect(
      schemaError(Compose.self, ["profile": .text(file.path), "frame": ["anchored": "2010"]], input)
        == "p.yml:3:1: an anchored frame needs \"period\": the column that holds \"2010\"")
  }
}
