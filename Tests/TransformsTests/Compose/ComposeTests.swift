import Glibc
import PipelineKit
import Statistics
import Tabular
import Testing

@testable import Transforms

/// Conventions, against published examples and formulas worked out by hand.
@Suite struct ComposeTests {
  /// E_k(R) straight from the formula.
  static func x(_ r: Double, k: Double = 23) -> Double { -k * log(1 - r * (1 - exp(-100 / k))) }

  static func near(_ a: [Double?], _ b: [Double?], _ tolerance: Double = 1e-12) -> Bool {
    a.count == b.count
      && zip(a, b).allSatisfy { a, b in
        guard let a, let b else { return a == nil && b == nil }
        return abs(a - b) <= tolerance
      }
  }

  /// NIMDM 2017, annex D: five areas, two domains in opposite order.
  @Test func northernIrelandAnnexD() throws {
    let input = try table(.double("one", [5, 4, 3, 2, 1]), .double("two", [1, 2, 3, 4, 5]))
    let made = try Composite(simpleProfile("", ["one": "0.75", "two": "0.25"]), input)
    #expect(Self.near(try made.numbers("s_one"), [100, 35.8568, 20.6327, 11.5515, 5.0580], 5e-5))
    #expect(try made.cells("s_rank") == ["1", "2", "4", "5", "3"])
    #expect(try made.cells("s_decile") == ["2", "4", "8", "10", "6"])
  }

  @Test func fixedPoints() throws {
    let input = try table(.int("v", (1...10).map { Int64($0) }))
    let scores = try Composite(simpleProfile("", ["v": "1"]), input).numbers("s_v")
    #expect(abs((scores[4] ?? 0) - 15.646790) < 5e-7)
    #expect(abs((scores[8] ?? 0) - 50.426654) < 5e-7)
    #expect(scores[9] == 100)
    let top = try Composite(simpleProfile("top_share: 0.1", ["v": "1"]), input).numbers("s_v")
    #expect(Self.near([top[8]], [50]))
    let ten = try Composite(simpleProfile("k: 10", ["v": "1"]), input).numbers("s_v")
    #expect(Self.near(ten, (1...10).map { Self.x(Double($0) / 10, k: 10) }, 1e-11))
  }

  /// Of 7, 5, 5, 3 the ties have rank 2, 2.5 or 3.
  @Test(arguments: [("min", 2.0), ("avg", 2.5), ("max", 3.0)]) func tieRules(ties: String, rank: Double) throws {
    let input = try table(.double("v", [5, 7, 3, 5]))
    let made = try Composite(simpleProfile("ties: \(ties)", ["v": "1"]), input)
    let tied = Self.x((5 - rank) / 4)
    let expected: [Double?] = [tied, 100, Self.x(0.25), tied]
    #expect(Self.near(try made.numbers("s_v"), expected))
    #expect(try made.cells("s_v_rank") == ["2", "1", "4", "2"])
  }

  @Test func bothFormsOfScaledRank() throws {
    let input = try table(.double("v", [4, 3, 2, 1]))
    let less = try Composite(simpleProfile("scaled_rank: n_minus_r", ["v": "1"]), input)
    #expect(Self.near(try less.numbers("s_v"), [0.75, 0.5, 0.25, 0].map { Self.x($0) }))
    let plain = try Composite(simpleProfile("domain_transform: scaled_rank", ["v": "1"]), input)
    #expect(try plain.numbers("s_v") == [100, 75, 50, 25])
    let none = try Composite(simpleProfile("domain_transform: none", ["v": "2"]), input)
    #expect(try none.numbers("s") == [4, 3, 2, 1])
  }

  /// England's weights sum to .999; whether they are rescaled is a convention.
  @Test func weightsRescaledOrNot() throws {
    let input = try table(.double("one", [2, 1]), .double("two", [2, 1]))
    let weights: KeyValuePairs = ["one": "0.5", "two": "0.499"]
    let plain = try Composite(simpleProfile("rescale_weights: false", weights), input).numbers("s")
    #expect(plain[0] == 0.5 * 100 + 0.499 * 100)
    let rescaled = try Composite(simpleProfile("", weights), input).numbers("s")
    #expect(Self.near([rescaled[0]], [100]))
  }

  @Test func ranksOfRoundedScoresAndTolerance() throws {
    let input = try table(.double("v", [0.1234, 0.1231, 0.12, 0.12 - 4e-11, 0.12 - 8e-11]))
    func ranks(_ conventions: String) throws -> [String] {
      try Composite(simpleProfile("domain_transform: none, \(conventions)", ["v": "1"]), input).cells("s_rank")
    }
    #expect(try ranks("") == ["1", "2", "3", "3", "3"])
    #expect(try ranks("tie_tolerance: 0") == ["1", "2", "3", "4", "5"])
    #expect(try ranks("rank_decimals: 3") == ["1", "1", "3", "3", "3"])
  }

  @Test func publishedRanksEnterAsTheyAre() throws {
    let input = try table(.double("v", [1, 2.5, 2.5, 4]))
    let profile = simpleProfile("ties: as_published", ["v": "1"])
    #expect(Self.near(try Composite(profile, input).numbers("s_v"), [0.25, 0.625, 0.625, 1].map { Self.x($0) }))
    let better = profile.replacing("higher_is_worse", with: "higher_is_better")
    #expect(Self.near(try Composite(better, input).numbers("s_v"), [1, 0.625, 0.625, 0.25].map { Self.x($0) }))
    let file = ProfileFile(better)
    #expect(
      file.named(try dataError(Compose.self, ["profile": .text(file.path)], table(.double("v", [1, 2, 7]))))
        == "profile.yml:4:46: \"v\" is 7, expected a rank from 1 to 3, the number of areas that have one; "
        + "compose before filtering, or give ties: avg")
  }

  /// A domain of two indicators: 3 a + b of normal scores, scaled ranks or values.
  @Test func whatAnIndicatorIsWorth() throws {
    let input = try table(.double("a", [1, 2, 3]), .double("b", [6, 5, 7]))
    func scores(_ conventions: String) throws -> [Double?] {
      let profile = """
        profile: t
        conventions: {\(conventions)}
        domains:
          - id: d
            weight: 1
            indicators:
              - {column: a, direction: higher_is_worse, weight: 3}
              - {column: b, direction: higher_is_better}
        """
      return try Composite(profile, input).numbers("s_d")
    }
    #expect(try scores("indicator_score: value, domain_transform: none") == [-0.75, 0.25, 0.5])
    let ranked = try scores("indicator_score: rank, domain_transform: none")
    // (3 R(a) + R(b)) / 4 with R in thirds; b = 5 is the most deprived.
    let twelfths: [Double?] = [5, 9, 10].map { $0 / 12 }
    #expect(Self.near(ranked, twelfths))
    let z = 0.967421566101701  // the normal quantile of 5/6
    let thirds: [Double] = [-0.75, 0.25, 0.5]
    #expect(Self.near(try scores("domain_transform: none"), thirds.map { $0 * z }, 1e-11))
    let w = 0.674489750196082  // the normal quantile of 3/4
    let waerden = try scores("domain_transform: none, normal_score: van_der_waerden")
    #expect(Self.near(waerden, thirds.map { $0 * w }, 1e-11))
    let ladder: [Double?] = [Self.x(1 / 3.0), Self.x(2 / 3.0), 100]
    #expect(Self.near(try scores(""), ladder))
  }

  // MARK: - Sizes

  @Test func oneAreaAllEqualAllMissingNone() throws {
    let profile = simpleProfile("", ["v": "1"])
    let one = try Composite(profile, table(.double("v", [3])))
    #expect(try one.numbers("s") == [100])
    #expect(try one.cells("s_decile") == ["10"])
    let equal = try Composite(profile, table(.double("v", [3, 3, 3])))
    #expect(Self.near(try equal.numbers("s"), [Double?](repeating: Self.x(2 / 3.0), count: 3)))
    #expect(try equal.cells("s_rank") == ["1", "1", "1"])
    let missing = try Composite(profile, table(.double("v", [nil, nil], .suppressed)))
    for name in missing.output.schema.names.dropFirst() {
      #expect(try missing.cells(name) == ["(suppressed)", "(suppressed)"])
    }
    #expect(try Composite(profile, table(.double("v", []))).output.rowCount == 0)
  }

  @Test func aDomainOfWeightZeroHasNoEffect() throws {
    let input = try panel(areas: 70, years: 2)
    let rules = "missing: {score: {minimum_count: 2}}\n"
    let with = try Composite(
      simpleProfile("", ["c": "0", "a": "2", "b": "1"], more: rules), [("period", "year")], input)
    let without = try Composite(simpleProfile("", ["a": "2", "b": "1"], more: rules), [("period", "year")], input)
    for name in ["s", "s_rank", "s_decile", "s_contribution_a"] {
      #expect(try with.output.column(name) == without.output.column(name))
    }
  }

  @Test func permutedRowsGiveTheSameCells() throws {
    let input = try panel(areas: 97, years: 3)
    let order = (0..<Int32(97 * 3)).map { ($0 * 100) % (97 * 3) }
    let options: [(String, SpecLiteral)] = [("area", "area"), ("period", "year")]
    let made = try Composite(panelProfile, options, input)
    #expect(try Composite(panelProfile, options, input.gathering(order)).output == made.output.gathering(order))
  }

  @Test(arguments: ["relative", "pooled", "anchored"]) func threadsDoNotMatter(frame: String) throws {
    let file = ProfileFile(panelProfile)
    let input = try panel(areas: 80, years: 5)
    let kept: SpecLiteral = frame == "anchored" ? ["anchored": "2012"] : .text(frame)
    let transform = try make(Compose.self, ["profile": .text(file.path), "period": "year", "frame": kept])
    let one = try transform.apply([input], context: RunContext(threads: 1))
    #expect(try transform.apply([input], context: RunContext(threads: 2)) == one)
  }

  /// Domains' contributions sum to the score, and indicators' to the domain's, to the last bit.
  @Test(arguments: ["exponential", "scaled_rank", "none"]) func contributionsSumToTheBit(transform: String) throws {
    let input = try panel(areas: 150, years: 2)
    let profile = "conventions: {domain_transform: \(transform), indicator_score: value}\n" + panelProfile
    let made = try Composite(profile, [("period", "year")], input)
    let score = try made.numbers("s")
    let (x, y) = (try made.numbers("s_contribution_x"), try made.numbers("s_contribution_y"))
    let (a, b) = (try made.numbers("s_contribution_x_a"), try made.numbers("s_contribution_x_b"))
    #expect(score.contains { $0 == nil } && score.contains { $0 != nil })
    for row in score.indices {
      guard let total = score[row] else {
        #expect(x[row] == nil && a[row] == nil)
        continue
      }
      #expect((x[row] ?? .nan) + (y[row] ?? .nan) == total)
      #expect((a[row] ?? .nan) + (b[row] ?? .nan) == x[row])
    }
    #expect(try made.output.column("s_contribution_y_c") == made.output.column("s_contribution_y"))
  }
}
