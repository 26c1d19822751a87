import Statistics
import Testing

/// Shift-share: regions A and C of Farhauer and Kröll (2013) as on REAT's help page `shift`, under their ids.
@Suite struct ShiftShareTests {
  static let nation: (before: [Double], after: [Double]) = ([400, 150, 150, 400], [440, 210, 135, 480])
  static let regions: [(before: [Double], after: [Double])] = [
    ([90, 20, 10, 60], [100, 40, 10, 55]), ([250, 100, 110, 300], [255, 115, 85, 390]),
  ]

  private func split(_ region: Int) throws -> ShiftShare {
    try #require(
      ShiftShare(
        region: Self.regions[region].before, Self.regions[region].after, nation: Self.nation.before, Self.nation.after))
  }

  private func near(_ value: Double?, _ expected: Double) -> Bool {
    close(value, expected, relative: 0, absolute: 1e-9)
  }

  /// Run under R; whole numbers, checked by hand. The nation grows by exactly 15 per cent.
  @Test(
    "shiftshare_dunn_FK_A, shiftshare_dunn_FK_C",
    arguments: [(0, [25.0, 27, 1, -3, -2]), (1, [85, 114, 0, -29, -29])])
  func dunn(region: Int, expected: [Double]) throws {
    let split = try split(region)
    let parts = [split.growth, split.national, split.industryMix, split.regional, split.netTotalShift]
    for (part, expected) in zip(parts, expected) { #expect(near(part, expected)) }
  }

  /// REAT shift(method = "Esteban").
  @Test(
    "shiftshare_esteban_FK_A, shiftshare_esteban_FK_C",
    arguments: [
      (0, [27, 1, -0.6363636364, -2.3636363636]), (1, [114, 0, -33.5719008264, 4.5719008264]),
    ])
  func esteban(region: Int, expected: [Double]) throws {
    let split = try split(region)
    let parts = [split.national, split.industryMix, split.competitive, split.allocation]
    for (part, expected) in zip(parts, expected) { #expect(near(part, expected)) }
  }

  /// REAT shift(method = "Gerfin").
  @Test(
    "shiftshare_gerfin_FK_A, shiftshare_gerfin_FK_C",
    arguments: [(0, [1.0048309179, 0.9855769231, 0.9903381643]), (1, [1, 0.966819222, 0.966819222])])
  func gerfin(region: Int, expected: [Double]) throws {
    let gerfin = try #require(split(region).gerfin)
    for (part, expected) in zip([gerfin.structure, gerfin.location, gerfin.total], expected) {
      #expect(near(part, expected))
    }
  }

  /// Arithmetic after Arcelus (1984); no package with it was found.
  @Test(
    "shiftshare_arcelus_FK_A, shiftshare_arcelus_FK_C",
    arguments: [
      (0, [27, 0, 0, 1, -2, 0, 1.3636363636, -2.3636363636]),
      (1, [114, 0, 0, 0, -29, 0, -4.5719008264, 4.5719008264]),
    ])
  func arcelus(region: Int, expected: [Double]) throws {
    let terms = try #require(split(region).arcelus)
    for (term, expected) in zip(terms.all, expected) { #expect(near(term, expected)) }
  }

  /// REAT shiftd, Farhauer and Kröll extended: the sum of the yearly splits (Barff and Knight 1988).
  @Test("shiftshare_dynamic_FK_A") func dynamic() throws {
    let steps = try #require(
      ShiftShare.steps(
        region: [[90, 20, 10, 60], [100, 40, 10, 55], [105, 45, 15, 60]],
        nation: [[400, 150, 150, 400], [440, 210, 135, 480], [460, 230, 155, 500]]))
    func sum(_ part: (ShiftShare) -> Double) -> Double { steps.map(part).reduce(0, +) }
    #expect(sum(\.growth) == 45)
    let expected = [39.964426877, 0.163699626, 4.871873497, 5.035573123]
    let parts = [sum(\.national), sum(\.industryMix), sum(\.regional), sum(\.netTotalShift)]
    for (part, expected) in zip(parts, expected) { #expect(close(part, expected, relative: 0, absolute: 1e-8)) }
    #expect(close(steps[1].national, 12.9644, absolute: 5e-5))
    #expect(ShiftShare.steps(region: [[1]], nation: [[1]]) == nil)
    #expect(ShiftShare.steps(region: [[1], [1]], nation: [[0], [1]]) == nil)
  }

  /// An industry that is new in the region is regional growth; what needs its rate is not defined.
  @Test func newIndustries() throws {
    let split = try #require(ShiftShare(region: [10, 0], [10, 5], nation: [100, 10], [110, 12]))
    #expect(split.growth == 5)
    #expect(close(split.national + split.industryMix + split.regional, 5))
    #expect(split.parts[1].regional == 5 && split.parts[1].national == 0)
    #expect(split.competitive == nil && split.allocation == nil && split.arcelus == nil)
    #expect(split.gerfin != nil)
    let absent = try #require(ShiftShare(region: [10, 0], [12, 0], nation: [100, 10], [110, 12]))
    #expect(absent.parts[1].competitive == 0)
  }

  @Test func nothingToGrowFrom() throws {
    #expect(ShiftShare(region: [1], [1], nation: [0], [1]) == nil)
    let empty = try #require(ShiftShare(region: [0], [0], nation: [5], [6]))
    #expect(empty.growth == 0 && empty.gerfin == nil && empty.regionalRate == 0)
    #expect(try #require(ShiftShare(region: [5], [0], nation: [5], [0])).gerfin == nil)
  }

  /// 200 drawn economies: every split adds to the growth, the finer ones to the coarser, and the nation has no own shift.
  @Test func partsAddUp() throws {
    var generator = SeededGenerator(1960)
    for _ in 0..<200 {
      let n = Int.random(in: 1...10, using: &generator)
      func draw() -> [Double] { (0..<n).map { _ in Double.random(in: 1...500, using: &generator) } }
      let (r0, r1, n0, n1) = (draw(), draw(), draw(), draw())
      let split = try #require(ShiftShare(region: r0, r1, nation: n0, n1))
      let size = r0.reduce(0, +) * (n1.max() ?? 1)
      func same(_ value: Double?, _ other: Double?) -> Bool {
        guard let value, let other else { return false }
        return abs(value - other) <= 1e-12 * size
      }
      #expect(same(split.national + split.industryMix + split.regional, split.growth))
      #expect(same((split.competitive ?? .nan) + (split.allocation ?? .nan), split.regional))
      let terms = try #require(split.arcelus)
      #expect(same(terms.all.reduce(0, +), split.growth))
      #expect(same(terms.regionalGrowthExpected + terms.regionalIndustryExpected, split.competitive))
      #expect(same(terms.regionalGrowthDifferential + terms.regionalIndustryDifferential, split.allocation))
      let gerfin = try #require(split.gerfin)
      #expect(close(gerfin.total, (1 + split.regionalRate) / (1 + split.nationalRate), relative: 1e-12))
      let whole = try #require(ShiftShare(region: n0, n1, nation: n0, n1))
      #expect(same(whole.regional, 0) && same(whole.industryMix, 0))
    }
  }
}

extension ShiftShare.Arcelus {
  /// The eight terms.
  fileprivate var all: [Double] {
    [
      nationalExpected, nationalDifferential, industryMixExpected, industryMixDifferential, regionalGrowthExpected,
      regionalGrowthDifferential, regionalIndustryExpected, regionalIndustryDifferential,
    ]
  }
}
