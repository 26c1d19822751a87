import PipelineKit
import Tabular
import Testing

@testable import Transforms

/// Mistakes in profiles, and what compose says of its columns.
@Suite struct ProfileTests {
  static let good = """
    profile: deprivation-nl
    title: Deprivation
    domains:
      - id: money
        label: Money
        weight: 3
        indicators:
          - {column: a, direction: higher_is_worse}
          - {column: b, direction: higher_is_better}
      - id: health
        weight: 1
        indicators:
          - {column: c, direction: higher_is_worse}

    """

  func mistake(_ old: String, _ new: String) throws -> String {
    let file = ProfileFile(Self.good.replacing(old, with: new))
    do throws(SpecError) {
      _ = try make(Compose.self, ["profile": .text(file.path)])
      return "no error"
    } catch { return file.named("\(error)") }
  }

  @Test func positions() throws {
    #expect(try mistake("", "") == "no error")
    #expect(
      try mistake("id: health", "id: money") == "profile.yml:10:9: the domain \"money\" is named twice")
    #expect(
      try mistake("weight: 1", "weight: -1")
        == "profile.yml:10:9: the weights of the domains: weight 2 is -1.0; a weight is a finite number of 0 or more")
    #expect(
      try mistake("{column: a, direction: higher_is_worse}", "{column: a, direction: higher_is_worse, weight: -2}")
        == "profile.yml:8:18: the weights of the indicators of \"money\": weight 1 is -2.0; "
        + "a weight is a finite number of 0 or more")
    #expect(try mistake("column: b", "column: a") == "profile.yml:9:18: \"a\" stands twice in the domain \"money\"")
    #expect(
      try mistake("label: Money", "lable: Money").hasPrefix("profile.yml:5:5: ")
        && mistake("label: Money", "lable: Money").contains("did you mean \"label\"?"))
    let profile = "profile: deprivation-nl"
    #expect(
      try mistake(profile, profile + "\nconventions: {k: 23, top_share: 0.1}")
        == "profile.yml:1:1: give k or top_share, not both: each decides the other")
    #expect(
      try mistake(profile, profile + "\nconventions: {top_share: 0.5}")
        == "profile.yml:1:1: k must be positive, and top_share between 0 and 0.5")
    #expect(
      try mistake(profile, profile + "\nconventions: {rank_decimals: -1}")
        == "profile.yml:1:1: \"rank_decimals\" is -1, expected 0 to 15")
    #expect(
      try mistake(profile, profile + "\nconventions: {tie_tolerance: -1}")
        == "profile.yml:1:1: \"tie_tolerance\" is -1.0, expected 0 or more")
    #expect(
      try mistake(profile, profile + "\nmissing: {score: {minimum_share: 1.5}}")
        == "profile.yml:1:1: missing: score: minimum_count must be 1 or more, and minimum_share between 0 and 1")
    #expect(
      try mistake(profile, profile + "\nconventions: {ties: as_published}")
        == "profile.yml:9:18: ties: as_published takes a rank as it is; a domain then has one indicator, the rank")
  }

  @Test func aFileThatIsNotThere() {
    do throws(SpecError) {
      _ = try make(Compose.self, ["profile": "/nowhere/profile.yml"])
      Issue.record("no error")
    } catch {
      #expect("\(error)".hasPrefix("p.yml:1:1: the profile /nowhere/profile.yml"))
      #expect("\(error)".contains("No such file"))
    }
  }

  @Test func publishedRanksInAFrameOfTheirOwn() throws {
    let file = ProfileFile(simpleProfile("ties: as_published", ["v": "1"]))
    #expect(
      schemaError(
        Compose.self, ["profile": .text(file.path), "period": "year", "frame": "pooled"], try table(.double("v", [])))
        == "p.yml:1:1: ties: as_published takes ranks as they are; its frame is relative")
  }

  @Test func columnsThatDoNotFit() throws {
    let file = ProfileFile(Self.good)
    let spec: SpecLiteral = ["profile": .text(file.path)]
    let lacking = try table(.double("a", []), .double("bb", []), .double("c", []))
    #expect(
      file.named(schemaError(Compose.self, spec, lacking))
        == "profile.yml:9:18: the input has no column \"b\"; did you mean \"bb\"?")
    let text = try table(.text("a", []), .double("b", []), .double("c", []))
    #expect(
      file.named(schemaError(Compose.self, spec, text)) == "profile.yml:8:18: column \"a\" is string, expected a number"
    )
    let taken = try table(.double("a", []), .double("b", []), .double("c", []), .double("deprivation_nl", []))
    #expect(
      schemaError(Compose.self, spec, taken)
        == "p.yml:1:1: column \"deprivation_nl\" occurs twice; rename one of them; give the score another name with "
        + "\"score\"")
  }

  @Test func fields() throws {
    let (a, b, c, n) = (Origin(producer: "A"), Origin(producer: "B"), Origin(producer: "C"), Origin(producer: "N"))
    func column(_ name: String, _ origin: Origin) -> TestColumn {
      TestColumn.double(name, [1, 2]).with { $0.origins = [origin] }
    }
    let input = try table(column("a", b), column("b", a), column("c", c), column("n", n))
    let made = try Composite(Self.good, [("population", ["column": "n", "minimum": 1])], input).output.schema
    #expect(
      made["s"]
        == Field(
          "s", .float64, unit: "points", label: "Deprivation", direction: .higherIsWorse, decimals: 1,
          origins: [a, b, c, n]))
    #expect(
      made["s_rank"]
        == Field(
          "s_rank", .int64, unit: "rank", label: "Deprivation, rank (1 = most deprived)", direction: .higherIsBetter,
          decimals: 0, origins: [a, b, c, n]))
    #expect(made["s_decile"]?.unit == "decile")
    #expect(made["s_money"]?.label == "Money" && made["s_health"]?.label == "health")
    #expect(made["s_money"]?.origins == [a, b, n])
    #expect(made["s_money_rank"]?.label == "Money, rank (1 = most deprived)")
    #expect(made["s_contribution_money_b"]?.label == "Deprivation, from: b")
  }

  @Test func neededColumns() throws {
    let file = ProfileFile(Self.good)
    let transform = try make(
      Compose.self,
      ["profile": .text(file.path), "area": "area", "period": "year", "population": ["column": "n", "minimum": 1]])
    let input = try table(
      .text("area", []), .int("year", []), .double("a", []), .double("b", []), .double("c", []), .int("n", []),
      .int("other", []))
    let own: Set = ["area", "year", "a", "b", "c", "n"]
    #expect(transform.neededColumns(nil, inputs: [input.schema]) == [nil])
    #expect(transform.neededColumns(["deprivation_nl"], inputs: [input.schema]) == [own])
    #expect(
      transform.neededColumns(["other", "deprivation_nl_rank"], inputs: [input.schema]) == [own.union(["other"])])
  }
}
