import Statistics
import Testing

@Suite struct TransformTests {
  /// Fixed points of the formula with k = 23.
  @Test func fixedPoints() {
    let transform = ExponentialTransform()
    #expect(close(transform(0.5), 15.646790, relative: 0, absolute: 5e-7))
    #expect(close(transform(0.9), 50.426654, relative: 0, absolute: 5e-7))
    #expect(transform(1) == 100)
    #expect(transform(0) == 0)
    #expect(transform(1.5) == 100)
    #expect(transform(-1) == 0)
  }

  @Test func inverseUndoes() {
    for k in [5.0, 22.75598, 23, 300] {
      let transform = ExponentialTransform(k: k)
      for share in stride(from: 0.0, through: 1, by: 1.0 / 64) {
        #expect(close(transform.inverse(transform(share)), share, relative: 1e-13))
      }
    }
  }

  /// A tenth of areas scoring 50 and more needs k = 50 / ln 9, the constant of the Northern Ireland measures.
  @Test func constantFromTopShare() throws {
    let k = try #require(ExponentialTransform.constant(forTopShare: 0.1))
    #expect(close(k, 22.75598, relative: 0, absolute: 5e-6))
    #expect(close(ExponentialTransform(k: k)(0.9), 50, relative: 1e-13))
    for share in [0, 0.5, 0.7, -1, .nan] { #expect(ExponentialTransform.constant(forTopShare: share) == nil) }
  }

  /// Northern Ireland Multiple Deprivation Measure 2017, annex D: five areas give 100, 36, 21, 12 and 5.
  @Test func northernIrelandExample() {
    let expected = [100, 35.8568, 20.6327, 11.5515, 5.0580]
    let deprivation: [Double] = [50, 40, 30, 20, 10]
    let workspace = RankWorkspace()
    deprivation.withUnsafeBufferPointer { values in
      let scores = written(5) {
        ExponentialTransform().apply(
          workspace.tieGroups(of: values, direction: .descending), ties: .minimum, convention: .countPlusOneMinusRank,
          into: $0)
      }
      for (score, published) in zip(scores, expected) {
        #expect(close(score, published, relative: 0, absolute: 5e-5))
      }
    }
  }

  /// Welsh Index of Multiple Deprivation 2019 (Welsh Government, OGL v3), 1,909 areas: the published domain scores at
  /// these ranks.
  @Test func welshDomainScores() {
    let published: [(Double, Double)] = [
      (1, 100.0), (2, 99.1), (3, 98.2), (10, 92.9), (50, 75.1), (191, 50.5), (500, 30.0), (1000, 14.6), (1500, 5.5),
      (1909, 0.0),
    ]
    for (rank, score) in published {
      let ours = ExponentialTransform()(ScaledRankConvention.countPlusOneMinusRank.scaled(rank: rank, count: 1909))
      #expect((ours * 10).rounded() / 10 == score)
    }
  }

  @Test func batchesEqualSingleCalls() {
    var generator = SeededGenerator(11)
    let values = (0..<2000).map { _ in Double(Int.random(in: 0..<300, using: &generator)) }
    let workspace = RankWorkspace()
    let transform = ExponentialTransform(k: 20)
    for ties in TieRule.allCases {
      for convention in ScaledRankConvention.allCases {
        let ranks = Rank.ranks(of: values, ties: ties, direction: .descending)
        let single = ranks.map { transform(convention.scaled(rank: $0, count: 2000)) }
        let scaled = ranks.withUnsafeBufferPointer { ranks in
          written(2000) { ScaledRank.relative(ranks: ranks, count: 2000, convention: convention, into: $0) }
        }
        let fromScaled = scaled.withUnsafeBufferPointer { scaled in
          written(2000) { transform.apply(scaled, into: $0) }
        }
        let (groupScaled, fromGroups) = values.withUnsafeBufferPointer { values in
          let groups = workspace.tieGroups(of: values, direction: .descending)
          return (
            written(2000) { ScaledRank.relative(groups, ties: ties, convention: convention, into: $0) },
            written(2000) { transform.apply(groups, ties: ties, convention: convention, into: $0) }
          )
        }
        #expect(scaled == groupScaled)
        #expect(fromScaled == single)
        #expect(fromGroups == single)
      }
    }
  }

  @Test func bothConventionsOfScaledRank() {
    #expect(ScaledRankConvention.countPlusOneMinusRank.scaled(rank: 1, count: 4) == 1)
    #expect(ScaledRankConvention.countPlusOneMinusRank.scaled(rank: 4, count: 4) == 0.25)
    #expect(ScaledRankConvention.countMinusRank.scaled(rank: 1, count: 4) == 0.75)
    #expect(ScaledRankConvention.countMinusRank.scaled(rank: 4, count: 4) == 0)
    #expect(ScaledRankConvention.countPlusOneMinusRank.scaled(rank: 1.5, count: 4) == 0.875)
  }
}

@Suite struct AnchoredTests {
  func anchored(
    _ values: [Double], _ base: EmpiricalDistribution, _ ties: AnchoredTieRule = .average,
    _ convention: ScaledRankConvention = .countPlusOneMinusRank, _ direction: RankDirection = .descending
  ) -> [Double] {
    let workspace = RankWorkspace()
    return values.withUnsafeBufferPointer { buffer in
      written(values.count) {
        ScaledRank.anchored(
          workspace.tieGroups(of: buffer), in: base, ties: ties, convention: convention, direction: direction, into: $0)
      }
    }
  }

  @Test func byHand() {
    let base = EmpiricalDistribution([10, 20, 20, 40])
    // Below all: floor 1/4. On 20: one below, two equal: 1 + 3/2. Between: 3 below. Above all: cap 1.
    #expect(anchored([5, 10, 20, 30, 40, 99], base) == [0.25, 0.25, 0.625, 0.75, 1, 1])
    #expect(anchored([20], base, .minimum) == [0.75])
    #expect(anchored([20], base, .maximum) == [0.5])
    #expect(anchored([5, 20, 99], base, .average, .countMinusRank) == [0, 0.375, 0.75])
    #expect(anchored([5, 20, 40], base, .average, .countPlusOneMinusRank, .ascending) == [1, 0.625, 0.25])
    #expect(ScaledRank.anchored(20, in: base) == 0.625)
  }

  @Test func aSetInItselfIsRelative() {
    var generator = SeededGenerator(21)
    let values = (0..<1000).map { _ in Double(Int.random(in: 0..<150, using: &generator)) }
    let base = EmpiricalDistribution(values)
    for ties in TieRule.allCases {
      guard let rule = AnchoredTieRule(ties) else {
        #expect(ties == .dense || ties == .ordinal)
        continue
      }
      for convention in ScaledRankConvention.allCases {
        for direction in RankDirection.allCases {
          let ranks = Rank.ranks(of: values, ties: ties, direction: direction)
          let relative = ranks.map { convention.scaled(rank: $0, count: 1000) }
          #expect(anchored(values, base, rule, convention, direction) == relative)
        }
      }
    }
  }

  @Test func uniformImprovementLowersAnchoredScoresAndNoRelativeOne() {
    var generator = SeededGenerator(22)
    let before = (0..<800).map { _ in Double.random(in: 1..<100, using: &generator) }
    let after = before.map { $0 * 0.9 }
    let base = EmpiricalDistribution(before)
    let transform = ExponentialTransform()
    #expect(Rank.ranks(of: before) == Rank.ranks(of: after))
    let workspace = RankWorkspace()
    let scores = [before, after].map { values in
      values.withUnsafeBufferPointer { buffer in
        written(800) { transform.apply(workspace.tieGroups(of: buffer), in: base, into: $0) }
      }
    }
    #expect(zip(scores[1], scores[0]).allSatisfy { $0 <= $1 })
    #expect(zip(scores[1], scores[0]).count { $0 < $1 } > 700)
    #expect(scores[0] == anchored(before, base).map { transform($0) })
  }
}

@Suite struct NormalTests {
  @Test func quantilesAgreeWithSciPyAndWithFiftyDigits() throws {
    for row in try ReferenceTable("normal_scores/quantiles.csv").rows {
      let numbers = row.compactMap { Double($0) }
      try #require(numbers.count == 3)
      let z = Normal.quantile(numbers[0])
      #expect(close(z, numbers[2], relative: 5e-16), "\(numbers[0]): \(z)")
      #expect(close(z, numbers[1], relative: 1e-15), "\(numbers[0]): \(z)")
    }
  }

  @Test func edges() {
    #expect(Normal.quantile(0) == -.infinity)
    #expect(Normal.quantile(1) == .infinity)
    for p in [-0.1, 1.1, .nan] { #expect(Normal.quantile(p).isNaN) }
    #expect(Normal.cumulative(-.infinity) == 0)
    #expect(Normal.cumulative(.infinity) == 1)
  }

  @Test func cumulativeAgreesWithSciPy() throws {
    for row in try ReferenceTable("normal_scores/cumulative.csv").rows {
      let numbers = row.compactMap { Double($0) }
      // A unit in the last place of z moves the far tail by z squared units.
      let tolerance = 1e-15 * max(1, numbers[0] * numbers[0])
      #expect(close(Normal.cumulative(numbers[0]), numbers[1], relative: tolerance), "\(numbers[0])")
    }
  }

  @Test func scoresOfRanks() throws {
    for row in try ReferenceTable("normal_scores/scores.csv").rows {
      let rank = try #require(Double(row[0]))
      let count = try #require(Int(row[1]))
      for (column, convention) in [NormalScoreConvention.rankit, .vanDerWaerden, .blom].enumerated() {
        let expected = try #require(Double(row[2 + column]))
        let score = NormalScores.score(rank: rank, count: count, convention: convention)
        #expect(close(score, expected, relative: 1e-13, absolute: 1e-15), "\(rank) of \(count) \(convention)")
        #expect(NormalScores.score(rank: Double(count) + 1 - rank, count: count, convention: convention) == -score)
      }
    }
  }

  /// Northern Ireland Multiple Deprivation Measure 2010, annex B: (r - 1/2)/890 gives these at two decimals.
  @Test func northernIrelandNormalScores() {
    let published: [(Double, Double)] = [(1, -3.26), (89, -1.28), (178, -0.84), (267, -0.53), (445, 0)]
    for (rank, score) in published {
      let ours = NormalScores.score(rank: rank, count: 890, convention: .rankit)
      #expect((ours * 100).rounded() / 100 == score)
    }
  }

  @Test func groupsShareTheScoreOfTheirRank() {
    let values: [Double] = [4, 1, 1, 9]
    let scores = values.withUnsafeBufferPointer { buffer in
      written(4) { NormalScores.apply(RankWorkspace().tieGroups(of: buffer), convention: .blom, into: $0) }
    }
    let single = [3, 1.5, 1.5, 4].map { NormalScores.score(rank: $0, count: 4, convention: .blom) }
    #expect(scores == single)
  }
}
