import Statistics
import Testing

@Suite struct SegmentedTrendTests {
  /// The series of `trends/series.csv`, by case.
  static func series() throws -> [(
    name: String, model: TrendModel, times: [Double], values: [Double], exposure: [Double]
  )] {
    try ReferenceTable("trends/series.csv").cases.map { name, rows in
      func column(_ k: Int) throws -> [Double] { try rows.map { try #require(Double($0[k])) } }
      let model = try #require(TrendModel(rawValue: String(rows[0][1])))
      return (name, model, try column(2), try column(3), try column(4))
    }
  }

  private func agrees(_ estimate: Estimate, _ row: ArraySlice<Double>) -> Bool {
    zip([estimate.value, estimate.standardError, estimate.lower, estimate.upper], row)
      .allSatisfy { close($0, $1, relative: 1e-7, absolute: 1e-9) }
  }

  @Test func agreesWithStatsmodels() throws {
    let expected = try ReferenceTable("trends/segmented.csv").rows
    let series = try Self.series()
    #expect(series.count == 8 && expected.count == 8)
    for (item, row) in zip(series, expected) {
      try #require(item.name == row[0])
      let numbers = try row.map { Double($0) ?? .nan }.dropFirst().map { try #require($0.isNaN ? nil : $0) }
      let trend = try #require(
        SegmentedTrend(times: item.times, values: item.values, exposure: item.exposure, model: item.model),
        "\(item.name)"
      )
      #expect(trend.breakTime == numbers[0], "\(item.name)")
      #expect(trend.breakInterval == numbers[1]...numbers[2], "\(item.name)")
      #expect(close(trend.deviance, numbers[3], relative: 1e-8), "\(item.name)")
      #expect(close(trend.devianceWithoutBreak, numbers[4], relative: 1e-8), "\(item.name)")
      #expect(close(trend.dispersion, numbers[5], relative: 1e-7), "\(item.name)")
      #expect(agrees(trend.slopeBefore, numbers[6..<10]), "\(item.name)")
      #expect(agrees(trend.slopeAfter, numbers[10..<14]), "\(item.name)")
      #expect(agrees(trend.difference, numbers[14..<18]), "\(item.name)")
      let straight = try #require(
        StraightTrend(times: item.times, values: item.values, exposure: item.exposure, model: item.model))
      #expect(close(straight.slope.value, numbers[18], relative: 1e-7, absolute: 1e-10), "\(item.name)")
      #expect(close(straight.slope.standardError, numbers[19], relative: 1e-7), "\(item.name)")
    }
  }

  @Test func findsAPerfectBreak() throws {
    let times = (2010...2020).map { Double($0) }
    let trend = try #require(
      SegmentedTrend(times: times, values: times.map { 100 - 2 * ($0 - 2010) + 5 * max(0, $0 - 2016) }, model: .linear))
    #expect(trend.breakTime == 2016 && trend.breakInterval == 2016...2016)
    #expect(close(trend.slopeBefore.value, -2, relative: 1e-12) && close(trend.slopeAfter.value, 3, relative: 1e-12))
    #expect(close(trend.difference.value, 5, relative: 1e-12) && trend.isTurningPoint && trend.gain > 0)
    let steady = try #require(
      SegmentedTrend(times: times, values: times.map { 3 + ($0 - 2010) * ($0 - 2010) }, model: .linear))
    #expect(!steady.isTurningPoint && steady.slopeBefore.value > 0)
    // A log-linear series: the slope is that of the logarithm.
    let doubling = try #require(
      StraightTrend(times: [0, 1, 2, 3], values: [1, 2, 4, 8], model: .gaussianLog))
    #expect(close(doubling.slope.value, 0.6931471805599453, relative: 1e-13) && close(doubling.fittedAtEnd, 8))
  }

  @Test func seriesThatCannotBeFitted() {
    func fits(_ values: [Double], _ model: TrendModel, exposure: [Double]? = nil, minimum: Int = 2) -> Bool {
      SegmentedTrend(
        times: values.indices.map { Double($0) }, values: values, exposure: exposure, model: model,
        minimumPoints: minimum)
        != nil
    }
    #expect(!fits([], .linear) && !fits([1, 2, 4, 3], .linear) && fits([1, 2, 4, 3, 5], .linear))
    #expect(!fits([1, 2, 4, 3, 5], .linear, minimum: 4))
    #expect(!fits([0, 0, 0, 0, 0, 0], .poisson) && !fits([1, -1, 2, 3, 4, 5], .poisson))
    #expect(!fits([1, 2, 3, 4, 5], .poisson, exposure: [1, 1, 0, 1, 1]))
    #expect(!fits([1, 2, 0, 4, 5], .gaussianLog) && !fits([1, 2, .nan, 4, 5], .linear))
    #expect(StraightTrend(times: [1, 2], values: [1, 2], model: .linear) == nil)
  }

  @Test func aConstantSeriesHasNoSlopes() throws {
    let trend = try #require(
      SegmentedTrend(times: [1, 2, 3, 4, 5, 6], values: [7, 7, 7, 7, 7, 7], model: .poisson))
    #expect(close(trend.slopeBefore.value, 0, absolute: 1e-12) && close(trend.slopeAfter.value, 0, absolute: 1e-12))
    #expect(!trend.isTurningPoint || abs(trend.difference.value) < 1e-12)
    #expect(trend.breakInterval == 3...4 && trend.gain < 0)
  }

  /// Twice the people and the counts, other units of time, another start: the slopes follow.
  @Test func slopesDoNotHangOnUnits() throws {
    for item in try Self.series() where item.model != .linear {
      let trend = try #require(
        SegmentedTrend(times: item.times, values: item.values, exposure: item.exposure, model: item.model))
      let other = try #require(
        SegmentedTrend(
          times: item.times.map { ($0 - 1900) * 12 }, values: item.values, exposure: item.exposure.map { $0 / 1000 },
          model: item.model))
      #expect(close(other.slopeBefore.value * 12, trend.slopeBefore.value, relative: 1e-7, absolute: 1e-10))
      #expect(close(other.difference.lower * 12, trend.difference.lower, relative: 1e-7, absolute: 1e-10))
      #expect(other.breakTime == (trend.breakTime - 1900) * 12)
      #expect(trend.deviance <= trend.devianceWithoutBreak)
      #expect(trend.breakInterval.contains(trend.breakTime))
      #expect(close(trend.slopeAfter.value - trend.slopeBefore.value, trend.difference.value, relative: 1e-9))
    }
  }
}

@Suite struct SeriesTests {
  @Test func changes() throws {
    #expect(close(SeriesChange.percent(from: 80, to: 100), 25) && SeriesChange.percent(from: 0, to: 1) == nil)
    #expect(SeriesChange.index(90, base: 60) == 150 && SeriesChange.index(1, base: 0) == nil)
    #expect(close(SeriesChange.compoundGrowth(from: 100, to: 121, periods: 2), 0.1))
    #expect(SeriesChange.compoundGrowth(from: 0, to: 1, periods: 1) == nil)
    #expect(SeriesChange.compoundGrowth(from: 1, to: -1, periods: 1) == nil)
    #expect(SeriesChange.compoundGrowth(from: 1, to: 2, periods: 0) == nil)
    let extremes = try #require(SeriesChange.extremes([3, 1, 5, 1, 5]))
    #expect(extremes.smallest == 1 && extremes.largest == 2 && SeriesChange.extremes([]) == nil)
  }

  /// Net participation of Almelo and of its size class, 2014 and 2018, as Almelo's budget and annual report publish it:
  /// +5.7 against +2.9 points. And jobs per 1,000 inhabitants of 15-64, 2015 and 2018.
  @Test func changesBesideABenchmark() {
    let (own, others) = ((before: 59.3, after: 65.0), (before: 64.7, after: 67.6))
    #expect(close(SeriesChange.difference(own: own, benchmark: others), 2.8, relative: 1e-12))
    #expect(close(SeriesChange.catchUp(own: own, benchmark: others), 1 - 2.6 / 5.4, relative: 1e-12))
    let jobs = SeriesChange.difference(own: (883.1, 896.7), benchmark: (727.9, 756.4))
    #expect(close(jobs, -14.9, relative: 1e-12))
    #expect(SeriesChange.catchUp(own: (1, 2), benchmark: (1, 5)) == nil)
    #expect(SeriesChange.catchUp(own: (0, 5), benchmark: (4, 5)) == 1)
    #expect(SeriesChange.catchUp(own: (0, 0), benchmark: (4, 8)) == -1)
  }

  @Test func nothingCrossesABreak() {
    let breaks = SeriesBreaks([
      SeriesBreak(time: 2021), SeriesBreak(time: 2013, bridge: 1.5), SeriesBreak(time: 2016, bridge: 2),
    ])
    #expect(breaks.breaks.map(\.time) == [2013, 2016, 2021])
    #expect([2012, 2013, 2020, 2021, 2024].map { breaks.segment(of: $0) } == [0, 0, 0, 1, 1])
    #expect(breaks.between(2014, 2020) == nil && breaks.between(2012, 2014) == nil)
    #expect(breaks.between(2020, 2021)?.time == 2021 && breaks.between(2024, 2014)?.time == 2021)
    #expect(breaks.between(2021, 2024) == nil && breaks.between(2021, 2021) == nil)
    #expect([2012, 2013, 2015, 2016, 2024].map { breaks.bridged(10, at: $0) } == [30, 20, 20, 10, 10])
    #expect(SeriesBreaks([]).between(0, 9999) == nil && SeriesBreaks([]).bridged(3, at: 1) == 3)
  }

  @Test func agreesWithSciPyOnStudentT() throws {
    let rows = try ReferenceTable("trends/student_t.csv").rows
    #expect(rows.count == 99)
    for row in rows {
      let numbers = row.compactMap { Double($0) }
      let (degrees, p) = (numbers[0], numbers[1])
      #expect(close(StudentT.quantile(p, degrees: degrees), numbers[2], relative: 1e-9, absolute: 1e-12), "\(row)")
      #expect(close(StudentT.cumulative(-1.7, degrees: degrees), numbers[3], relative: 1e-9), "\(row)")
      #expect(close(StudentT.cumulative(3.3, degrees: degrees), numbers[4], relative: 1e-9), "\(row)")
    }
    #expect(StudentT.quantile(0, degrees: 3) == -.infinity && StudentT.quantile(1, degrees: 3) == .infinity)
    #expect(StudentT.quantile(2, degrees: 3).isNaN && StudentT.quantile(0.5, degrees: 3) == 0)
  }
}

@Suite struct ControlChartTests {
  /// NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.3: target 325, k = 0.3175, h = 4.1959, two decimals.
  @Test func cusumOfTheNISTHandbook() {
    let x = [
      324.925, 324.675, 324.725, 324.350, 325.350, 325.225, 324.125, 324.525, 325.225, 324.600, 324.625, 325.150,
      328.325, 327.250, 327.825, 328.500, 326.675, 327.775, 326.875, 328.350,
    ]
    let chart = Cusum(x.map { $0 - 325 }, slack: 0.3175, limit: 4.1959)
    #expect(chart.firstRise == 13 && chart.firstFall == nil)
    let rise = [3.01, 4.94, 7.45, 10.63, 11.99, 14.44, 16.00, 19.04]
    for (one, other) in zip(chart.upper.suffix(8), rise) { #expect(abs(one - other) < 0.0101) }
    // The falling sums by hand.
    let fall = [0, 0.0075, 0, 0.3325, 0, 0, 0.5575, 0.715, 0.1725, 0.255, 0.3125, 0]
    for (one, other) in zip(chart.lower, fall) { #expect(abs(one - other) < 1e-9) }
  }

  /// The same handbook, 6.3.2.4: mean 50, s = 2.0539, lambda = 0.3, two decimals.
  @Test func ewmaOfTheNISTHandbook() {
    let x = [
      52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5, 49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6,
      52.1,
    ]
    let expected = [
      50.60, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33, 50.11, 49.36, 49.52, 50.05, 49.38, 49.92,
      50.73,
      51.23, 51.94, 51.99,
    ]
    let chart = Ewma(x.map { ($0 - 50) / 2.0539 }, weight: 0.3)
    for (one, other) in zip(chart.averages, expected) { #expect(abs(one * 2.0539 + 50 - other) < 0.0101) }
    #expect(chart.firstSignal == nil)
    // The limit of the handbook is that of a long series: 52.5884.
    let settled = (0.3 / 1.7).squareRoot()
    let limit = 50 + 3 * 2.0539 * settled
    #expect(abs(limit - 52.5884) < 1e-4)
    #expect(abs((chart.deviations.last ?? 0) - settled) < 1e-6)
  }

  @Test func agreesWithSciPy() throws {
    let rows = try ReferenceTable("trends/ewma.csv").rows.map { $0.compactMap { Double($0) } }
    let chart = Ewma(rows.map { $0[0] }, weight: 0.3, limit: 0)
    for (one, row) in zip(chart.averages, rows) { #expect(close(one, row[1], relative: 1e-13)) }
    #expect(chart.firstSignal == 0 && close(chart.deviations[0], 0.3))
    for item in try ReferenceTable("trends/adjusted.csv").cases {
      let probabilities = item.rows.map { Double($0[1]) }
      for (one, row) in zip(FalseDiscovery.adjusted(probabilities), item.rows) {
        #expect(close(one, try #require(Double(row[2])), relative: 1e-13), "\(item.name)")
      }
    }
  }

  /// Benjamini and Hochberg 1995, section 3.2: of fifteen probabilities the four smallest stand at 0.05.
  @Test func falseDiscoveriesOfTheirAuthors() {
    let p: [Double?] = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1,
    ]
    let adjusted = FalseDiscovery.adjusted(p)
    #expect(adjusted.compactMap(\.self).filter { $0 <= 0.05 }.count == 4 && adjusted.last == 1)
    #expect(FalseDiscovery.adjusted([nil, 0.04, nil]) == [nil, 0.04, nil] && FalseDiscovery.adjusted([]) == [])
  }

  @Test func baselinesAndProbabilities() throws {
    #expect(Baseline([]) == nil && Baseline([1]) == nil && Baseline([2, 2, 2]) == nil)
    let baseline = try #require(Baseline([8, 10, 12]))
    #expect(baseline.mean == 10 && baseline.standardDeviation == 2 && baseline.standardised(13) == 1.5)
    // One value with lambda 1 is a t test of a new observation: t = z / sqrt(1 + 1/m).
    let one = try #require(Ewma([2], weight: 1).probability(weight: 1, baseline: 3))
    #expect(close(one, 2 * StudentT.cumulative(-2 / (4.0 / 3).squareRoot(), degrees: 2), relative: 1e-12))
    #expect(Ewma([]).probability(weight: 0.3, baseline: 5) == nil)
    #expect(Cusum([]).firstRise == nil)
  }

  /// Turning the series upside down swaps rises and falls.
  @Test func chartsAreSymmetric() {
    var generator = SeededGenerator(7)
    for _ in 0..<50 {
      let z = (0..<30).map { _ in Double.random(in: -3...3, using: &generator) }
      let (one, other) = (Cusum(z, limit: 2), Cusum(z.map { -$0 }, limit: 2))
      #expect(one.upper == other.lower && one.firstRise == other.firstFall)
      #expect(Ewma(z, weight: 0.2).averages == Ewma(z.map { -$0 }, weight: 0.2).averages.map { -$0 })
      let p: [Double?] = z.map { abs($0) / 3 }
      let adjusted = FalseDiscovery.adjusted(p)
      #expect(zip(p, adjusted).allSatisfy { ($0 ?? 2) <= ($1 ?? 0) + 1e-15 })
      #expect(FalseDiscovery.adjusted(p.reversed()) == adjusted.reversed())
    }
  }
}

@Suite struct ProjectionTests {
  @Test func agreesWithStatsmodels() throws {
    let rows = try ReferenceTable("trends/ar1.csv").rows
    #expect(rows.count == 3)
    for row in rows {
      let numbers = row.dropFirst().compactMap { Double($0) }
      let values = Array(numbers[8...])
      let projection = try #require(
        TrendProjection(
          times: values.indices.map { Double($0) }, values: values, method: .autoregressive, horizon: 6, draws: 50))
      #expect(close(projection.autocorrelation, numbers[0], relative: 1e-8))
      #expect(close(projection.slope, numbers[1], relative: 1e-8))
      for (point, forecast) in zip(projection.points, numbers[2..<8]) {
        #expect(close(point.value, forecast, relative: 1e-9))
        #expect(point.lower < point.value && point.value < point.upper)
      }
    }
  }

  @Test func aLineIsCarriedOn() throws {
    let projection = try #require(
      TrendProjection(
        times: [2010, 2012, 2014], values: [10, 8, 6], method: .linear, horizon: 2, target: 1, draws: 20))
    #expect(close(projection.slope, -1) && projection.points.map(\.time) == [2015, 2016])
    #expect(
      projection.points.allSatisfy {
        close($0.lower, $0.value, relative: 1e-9) && close($0.upper, $0.value, relative: 1e-9)
      })
    #expect(close(projection.points[1].value, 4, relative: 1e-12))
    let arrival = try #require(projection.arrival)
    #expect(close(arrival.years, 5, relative: 1e-12) && close(arrival.lower, 5, relative: 1e-9) && arrival.share == 1)
    let away = TrendProjection(times: [0, 1, 2], values: [1, 2, 3], method: .linear, horizon: 0, target: 0, draws: 9)
    let never = try #require(away?.arrival)
    #expect(never.years == nil && never.lower == nil && never.upper == nil && never.share == 0 && away?.points == [])
    let there = TrendProjection(times: [0, 1, 2], values: [1, 2, 3], method: .linear, horizon: 0, target: 3, draws: 9)
    #expect(there?.arrival?.years == 0)
    let none = TrendProjection(times: [0, 1, 2], values: [3, 3, 3], method: .linear, horizon: 1, draws: 9)
    #expect(none?.arrival == nil && close(none?.points.first?.value, 3))
  }

  @Test func tooShortOrWithGaps() {
    #expect(TrendProjection(times: [1, 2], values: [1, 2], method: .linear, horizon: 1) == nil)
    #expect(TrendProjection(times: [1, 2, 3, 4], values: [1, 2, 1, 2], method: .autoregressive, horizon: 1) == nil)
    #expect(
      TrendProjection(times: [1, 2, 3, 5, 6, 7], values: [1, 2, 1, 2, 1, 3], method: .autoregressive, horizon: 1) == nil
    )
  }

  /// A perfect line has no scatter for memory to show in: it is carried on as a line.
  @Test func aPerfectLineWithMemory() throws {
    let projection = try #require(
      TrendProjection(
        times: (0..<8).map { Double($0) }, values: (0..<8).map { 20 - 2 * Double($0) }, method: .autoregressive,
        horizon: 3, target: 1, draws: 9))
    #expect(close(projection.points[2].value, 0, absolute: 1e-9))
    #expect(close(projection.arrival?.years, 2.5, relative: 1e-9))
  }

  @Test func theSeedDecidesAndBandsWiden() throws {
    var generator = SeededGenerator(11)
    let times = (2010..<2025).map { Double($0) }
    let values = times.map { 50 - 0.5 * ($0 - 2010) + Double.random(in: -1...1, using: &generator) }
    for method in ProjectionMethod.allCases {
      func project(_ seed: UInt64, level: Double = 0.9) throws -> TrendProjection {
        try #require(
          TrendProjection(
            times: times, values: values, method: method, horizon: 15, target: 40, draws: 400, level: level, seed: seed)
        )
      }
      let one = try project(1)
      #expect(try project(1) == one)
      #expect(try project(2) != one)
      let wide = try project(1, level: 0.99)
      for (narrow, wide) in zip(one.points, wide.points) {
        #expect(wide.lower <= narrow.lower && narrow.lower <= narrow.upper && narrow.upper <= wide.upper)
      }
      let (near, far) = (one.points[0], one.points[14])
      #expect(far.upper - far.lower > near.upper - near.lower)
      let arrival = try #require(one.arrival)
      let (years, lower, upper) = try (
        #require(arrival.years), #require(arrival.lower), #require(arrival.upper)
      )
      #expect(lower <= years && years <= upper && arrival.share > 0.99 && years > 3 && years < 10)
    }
  }

  /// The chance that the band of one year ahead holds the next value is near its level.
  @Test func bandsCover() throws {
    var generator = SeededGenerator(5)
    var inside = 0
    for round in 0..<200 {
      let values = (0..<16).map { 10 + 0.3 * Double($0) + Double.random(in: -2...2, using: &generator) }
      let projection = try #require(
        TrendProjection(
          times: (0..<15).map { Double($0) }, values: Array(values.prefix(15)), method: .linear, horizon: 1, draws: 199,
          block: 1, level: 0.9, seed: UInt64(round)))
      if (projection.points[0].lower...projection.points[0].upper).contains(values[15]) { inside += 1 }
    }
    // 180 are expected; four binomial standard deviations are 17.
    #expect(abs(inside - 180) <= 17, "\(inside)")
  }
}
