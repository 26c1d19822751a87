import PipelineKit
import Statistics
import Tabular
import Testing

@testable import Transforms

@Suite struct SimulateTests {
  /// Two domains of one and two indicators over 40 areas in two years.
  static let profile = """
    profile: test
    domains:
      - {id: a, weight: 60, indicators: [{column: x, direction: higher_is_worse}]}
      - id: b
        weight: 40
        indicators:
          - {column: y, direction: higher_is_worse}
          - {column: z, direction: higher_is_better}
    """

  static func areas(_ seed: UInt64, missing: Int? = nil) throws -> Table {
    var random = CounterGenerator(seed: seed, stream: "areas")
    func draw() -> [Double?] { (0..<80).map { $0 == missing ? nil : random.uniform(0, 50) } }
    return try table(
      .text("code", (0..<80).map { "B\($0 / 2)" }), .int("year", (0..<80).map { $0 % 2 == 0 ? 2012 : 2020 }),
      .double("x", draw()), .double("y", draw()), .double("z", draw()), .int("people", (0..<80).map { 100 + $0 }))
  }

  static func options(_ path: String, _ more: [(String, SpecLiteral)]) -> SpecLiteral {
    .map(
      [("profile", .text(path)), ("area", "code"), ("period", "year"), ("base", "2012"), ("at", "2020")] + more)
  }

  @Test func withoutNoiseItIsTheComposite() throws {
    let file = ProfileFile(Self.profile)
    let input = try Self.areas(1)
    let output = try run(Simulate.self, Self.options(file.path, [("replicates", 3)]), input)
    let composed = try run(
      Compose.self,
      .map([
        ("profile", .text(file.path)), ("area", "code"), ("period", "year"), ("score", "s"),
        ("frame", ["anchored": "2012"]),
      ]), input)
    let expected = try numbers(composed, "s").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    #expect(try numbers(output, "score") == expected)
    #expect(try numbers(output, "score_low") == expected)
    #expect(try numbers(output, "score_spearman").allSatisfy { abs(($0 ?? 0) - 1) < 1e-12 })
    #expect(try numbers(output, "score_p_worst") == numbers(output, "score_is_worst"))
    #expect(try numbers(output, "score_p_flip").allSatisfy { $0 == 0 })
    // Classes as `classify` makes them.
    let classed = try run(
      Classify.self,
      [
        "column": "s", "into": "c", "quantiles": 5, "frame": ["period": "year", "base": "2012"],
      ], composed)
    let worst = try numbers(classed, "c").enumerated().filter { $0.offset % 2 == 1 }.map { $0.element == 5 ? 1.0 : 0 }
    #expect(try numbers(output, "score_is_worst") == worst)
  }

  @Test func theSameForAnyNumberOfThreads() throws {
    let file = ProfileFile(Self.profile)
    let input = try Self.areas(2, missing: 5)
    let spec = Self.options(
      file.path, [("replicates", 200), ("weights", 50), ("inputs", ["x": 2, "z": 0.5]), ("top", 4)])
    let transform = try make(Simulate.self, spec)
    let one = try transform.apply([input], context: RunContext(threads: 1))
    let four = try transform.apply([input], context: RunContext(threads: 4))
    #expect(one == four)
    #expect(try cells(one, "score")[2] == "(insufficient)")
    let (low, rank, high) = try (
      numbers(one, "score_rank_low"), numbers(one, "score_rank"), numbers(one, "score_rank_high")
    )
    #expect(zip(low, high).contains { ($0 ?? 0) < ($1 ?? 0) })
    #expect(rank.compactMap { $0 }.min() == 1)
    // Every replicate has four areas among the four worst, ties apart.
    #expect(abs(try numbers(one, "score_p_top").compactMap { $0 }.reduce(0, +) - 4) < 0.5)
  }

  @Test func anotherMethodIsTakenInTurn() throws {
    let file = ProfileFile(Self.profile)
    let other = ProfileFile(Self.profile.replacing("weight: 60", with: "weight: 0"))
    let output = try run(
      Simulate.self, Self.options(file.path, [("replicates", 4), ("methods", [.text(other.path)])]), Self.areas(3))
    #expect(try numbers(output, "score_spearman_lowest").allSatisfy { ($0 ?? 2) < 1 })
    let flips = try numbers(output, "score_p_flip").compactMap { $0 }
    #expect(Set(flips).isSubset(of: [0, 0.5]) && flips.contains(0.5))
  }

  /// With the scored year as the other base, every second replicate is the year against itself.
  @Test func anotherBaseIsTakenInTurn() throws {
    let file = ProfileFile(Self.profile)
    let input = try Self.areas(5)
    func scores(_ base: String) throws -> [Double?] {
      try numbers(
        run(
          Compose.self,
          .map([
            ("profile", .text(file.path)), ("area", "code"), ("period", "year"), ("score", "s"),
            ("frame", ["anchored": .text(base)]),
          ]), input), "s"
      ).enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    }
    let output = try run(
      Simulate.self, Self.options(file.path, [("bases", ["2020"]), ("replicates", 2), ("level", 0.999_999)]), input)
    let (one, other) = try (scores("2012"), scores("2020"))
    let (low, high) = try (numbers(output, "score_low"), numbers(output, "score_high"))
    for area in one.indices {
      let (a, b) = (one[area] ?? .nan, other[area] ?? .nan)
      #expect(abs((low[area] ?? .nan) - min(a, b)) < 1e-3 && abs((high[area] ?? .nan) - max(a, b)) < 1e-3)
    }
    #expect(one != other)
  }

  @Test func mistakesAreNamed() throws {
    let file = ProfileFile(Self.profile)
    let text = schemaError(Simulate.self, Self.options(file.path, [("inputs", ["xx": 1])]), try Self.areas(1))
    #expect(text.hasSuffix(": \"xx\" is no indicator of the profile; did you mean \"x\"?"), "\(text)")
  }

  /// Published margins: half of the draws fall on each side of the figure, and nineteen of twenty within.
  @Test func inputsWithinPublishedMargins() throws {
    let file = ProfileFile(PropertyPanel.oneDomain)
    let input = try Self.areas(1)
    let x = try numbers(input, "x")
    func margins(_ width: Double) throws -> Table {
      try table(
        .text("code", (0..<80).map { "B\($0 / 2)" }), .int("year", (0..<80).map { $0 % 2 == 0 ? 2012 : 2020 }),
        .double("x", x), .double("low", x.map { ($0 ?? 0) - width }), .double("high", x.map { ($0 ?? 0) + 2 * width }))
    }
    let spec = Self.options(
      file.path, [("margins", ["x": ["low": "low", "high": "high"]]), ("replicates", 200), ("level", 0.95)])
    let none = try run(Simulate.self, spec, margins(0))
    #expect(try numbers(none, "score_low") == numbers(none, "score_high"))
    let wide = try run(Simulate.self, spec, margins(8))
    let (low, score, high) = try (numbers(wide, "score_low"), numbers(wide, "score"), numbers(wide, "score_high"))
    let below = zip(score, low).reduce(0) { $0 + ($1.0 ?? 0) - ($1.1 ?? 0) }
    let above = zip(high, score).reduce(0) { $0 + ($1.0 ?? 0) - ($1.1 ?? 0) }
    #expect(below > 0 && above > 1.2 * below)
    let attributed = try run(
      AttributeVariance.self,
      Self.options(file.path, [("margins", ["x": ["low": "low", "high": "high"]]), ("samples", 32), ("draws", 5)]),
      margins(8))
    #expect(try Set(cells(attributed, "assumption")) == ["inputs"])
  }

  /// A weight within a quarter of itself stays there; nothing else is drawn.
  @Test func weightsWithinAShareOfThemselves() throws {
    let file = ProfileFile(Self.profile)
    let input = try Self.areas(2)
    let none = try run(Simulate.self, Self.options(file.path, [("weight_noise", 0), ("replicates", 10)]), input)
    let scores = try numbers(none, "score")
    for (one, other) in try zip(scores, numbers(none, "score_high")) { #expect(abs((one ?? 0) - (other ?? 1)) < 1e-9) }
    let some = try run(Simulate.self, Self.options(file.path, [("weight_noise", 0.25), ("replicates", 100)]), input)
    // The score lies between the domains' scores, and at the extremes of the weights, 0.6 x 1.25 to 0.4 x 0.75.
    let composed = try run(
      Compose.self,
      .map([
        ("profile", .text(file.path)), ("area", "code"), ("period", "year"), ("score", "s"),
        ("frame", ["anchored": "2012"]), ("outputs", ["score", "domain_scores"]),
      ]), input)
    let names = composed.schema.names.filter { $0.hasPrefix("s_") }
    #expect(names.count == 2)
    let parts = try names.map { name in
      try numbers(composed, name).enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    }
    let (low, high) = try (numbers(some, "score_low"), numbers(some, "score_high"))
    var wide = 0
    for area in scores.indices {
      let (a, b) = (parts[0][area] ?? .nan, parts[1][area] ?? .nan)
      let ends = [0.75 / 1.05, 0.45 / 0.95].map { $0 * a + (1 - $0) * b }
      #expect((low[area] ?? .nan) >= (ends.min() ?? .nan) - 1e-9 && (high[area] ?? .nan) <= (ends.max() ?? .nan) + 1e-9)
      wide += (low[area] ?? 0) < (high[area] ?? 0) ? 1 : 0
    }
    #expect(wide > 30)
  }

  @Test func mistakesInNoiseAreNamed() throws {
    let file = ProfileFile(Self.profile)
    let input = try Self.areas(1)
    func error(_ more: [(String, SpecLiteral)]) -> String {
      schemaError(Simulate.self, Self.options(file.path, more), input)
    }
    #expect(error([("weights", 5), ("weight_noise", 0.1)]) == "p.yml:1:1: give either \"weights\" or \"weight_noise\"")
    #expect(
      error([("weight_noise", 1)])
        == "p.yml:1:1: \"weights\" must be above 0, \"weight_noise\" 0 or more and below 1, \"margin_level\" between 0 and 1"
    )
    #expect(
      error([("inputs", ["x": 1]), ("margins", ["x": ["low": "y", "high": "z"]])])
        .hasSuffix("\"x\" has both a half-width and margins; give one of them"))
    #expect(
      error([("margins", ["x": ["low": "lo", "high": "z"]])]).contains("the input has no column \"lo\""))
    let text = try dataError(
      Simulate.self, Self.options(file.path, [("margins", ["x": ["low": "x", "high": "people"]]), ("replicates", 2)]),
      input)
    #expect(text == "no error")
    let wrong = try dataError(
      Simulate.self,
      Self.options(file.path, [("margins", ["x": ["low": "people", "high": "people"]]), ("replicates", 2)]),
      input)
    #expect(
      wrong.contains("outside its margins 101 to 101; check that \"people\" and \"people\" belong to it"), "\(wrong)")
  }
}
