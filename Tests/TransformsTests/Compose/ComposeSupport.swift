import PipelineKit
import PipelineTesting
import Tabular
import Testing

@testable import Transforms

/// A profile in a file of its own, which goes with the value.
final class ProfileFile {
  private let folder = TemporaryFolder()
  let path: String

  init(_ text: String) { path = folder.write("text.yml", text) }

  /// A text in which the profile is called `profile.yml`.
  func named(_ text: String) -> String { text.replacing(path, with: "profile.yml") }
}

/// A composite under a profile, with its cells.
struct Composite {
  let output: Table

  /// Composes with every output, or with those of `options`; the score is called `s`.
  init(_ profile: String, _ options: [(String, SpecLiteral)], _ input: Table) throws {
    let file = ProfileFile(profile)
    let all: SpecLiteral = [
      "domain_scores", "domain_ranks", "score", "rank", "decile", "contributions", "indicator_contributions",
    ]
    let outputs = options.contains { $0.0 == "outputs" } ? [] : [("outputs", all)]
    output = try run(Compose.self, .map([("profile", .text(file.path)), ("score", "s")] + outputs + options), input)
  }

  /// Composes one period with every output.
  init(_ profile: String, _ input: Table) throws { try self.init(profile, [], input) }

  /// The numbers of a column; nil where missing.
  func numbers(_ name: String) throws -> [Double?] { try TransformsTests.numbers(output, name) }
  /// The texts of a column, missing cells as their reason in brackets.
  func cells(_ name: String) throws -> [String] { try TransformsTests.cells(output, name) }
}

/// A profile of domains of one indicator each, all higher is worse.
func simpleProfile(_ conventions: String, _ weights: KeyValuePairs<String, String>, more: String = "") -> String {
  "profile: test\nconventions: {\(conventions)}\n\(more)domains:\n"
    + weights.map { "  - {id: \($0), weight: \($1), indicators: [{column: \($0), direction: higher_is_worse}]}\n" }
    .joined()
}

/// Numbers that look random and are the same every time, from 0 to `count` - 1.
struct Chance {
  private var state: UInt64 = 7

  mutating func below(_ count: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % count
  }
}

/// `areas` areas in `years` years with two indicators in domain one and one in domain two, some cells missing.
func panel(areas: Int, years: Int, gaps: Bool = true, scale: Double = 1) throws -> Table {
  var chance = Chance()
  func column() -> [Double?] {
    (0..<(areas * years)).map { _ in
      let value = Double(chance.below(200) + 10) / 10 * scale
      return gaps && chance.below(12) == 0 ? nil : value
    }
  }
  return try table(
    .text("area", (0..<(areas * years)).map { "A\($0 % areas)" }),
    .int("year", (0..<(areas * years)).map { Int64(2010 + $0 / areas) }),
    .double("a", column()), .double("b", column(), .suppressed), .double("c", column(), .notAsked))
}

/// Domain `x` of `a` and `b`, domain `y` of `c`, and a rule that some parts may be missing.
let panelProfile = """
  profile: test
  missing: {domain: {minimum_count: 1}, score: {minimum_share: 0.4}}
  domains:
    - id: x
      weight: 2
      indicators:
        - {column: a, direction: higher_is_worse, weight: 3}
        - {column: b, direction: higher_is_better}
    - id: y
      weight: 1
      indicators: [{column: c, direction: higher_is_worse}]

  """

extension String {
  /// The text with every occurrence of one text replaced by another.
  func replacing(_ old: String, with new: String) -> String {
    if old.isEmpty { return self }
    var result = ""
    var rest = self[...]
    while let range = rest.firstRange(of: old) {
      result += rest[..<range.lowerBound] + new
      rest = rest[range.upperBound...]
    }
    return result + rest
  }
}
