import Glibc
import Statistics
import Testing

@Suite struct ConstructionTests {
  @Test func denominate() {
    let (top, bottom) = (TestColumn([10, 5, nil, 1, 1e308]), TestColumn([200, 0, 4, nil, 1e-308]))
    let result = ValueMatrix(rows: 5, columns: 1)
    Denomination.apply(top.view, by: bottom.view, scale: 1000, into: result.values(0), validity: result.words(0))
    #expect(result.cells(0) == [50, nil, nil, nil, nil])
    #expect(result.values(0).allSatisfy { $0.isFinite })
  }

  @Test func availability() {
    let matrix = ValueMatrix([[1, nil, 0, nil], [0, nil, 0, 2], [2, 5, 0, nil]])
    let rows = Availability.rows(of: matrix)
    #expect(rows.map(\.present) == [1, 1.0 / 3, 1, 1.0 / 3])
    #expect(rows.map(\.nonZero) == [1 - 1.0 / 3, 1, 0, 1])
    #expect(rows.map { $0.suffices(minimumPresent: 1.0 / 3, minimumNonZero: 2.0 / 3) } == [true, true, false, true])
    #expect(Availability(present: 0, zeros: 0, of: 0) == Availability(present: 0, zeros: 0, of: 0))
    #expect(
      Availability(present: 0, zeros: 0, of: 5).present == 0 && Availability(present: 0, zeros: 0, of: 0).present == 1)
  }

  @Test func centres() {
    #expect(Imputation.byCentre([1, nil, 6, 2], .mean) == [1, 3, 6, 2])
    #expect(Imputation.byCentre([1, nil, 6, 2], .median) == [1, 2, 6, 2])
    #expect(Imputation.byCentre([1, nil, 6, nil, nil], groups: [0, 0, 1, 2, -1], .median) == [1, 1, 6, nil, nil])
    #expect(Imputation.byCentre([nil, nil], .mean) == [nil, nil] && Imputation.byCentre([], .mean) == [])
    #expect(Imputation.centre([4, 1, 3, 2], .median) == 2.5 && Imputation.centre([], .median) == nil)
  }

  @Test func regressionAgreesWithNumPy() throws {
    let reference = try ConstructionReference()
    let filled = Imputation.byRegression(4, of: reference.gaps)
    let own = [2, 11, 29, 41].map { filled.cells[$0] ?? .nan }
    #expect(try agree(own, reference("regression"), absolute: 1e-10))
    #expect(filled.filled == 4 && filled.left == 0)
    for row in 0..<60 where reference.gaps[row, 4] != nil { #expect(filled.cells[row] == reference.gaps[row, 4]) }
  }

  @Test func regressionsThatCannotBeMade() {
    // Three areas share both indicators: one predictor needs three. A copy of a predictor adds nothing.
    let line = ValueMatrix([[1, 2, 3, nil], [2, 4, 6, 5], [2, 4, 6, 5]])
    #expect(Imputation.byRegression(0, of: line).cells == [1, 2, 3, nil])
    let longer = ValueMatrix([[1, 2, 3, 4, nil, nil], [2, 4, 6, 8, 5, nil], [4, 8, 12, 16, 10, nil]])
    let result = Imputation.byRegression(0, of: longer)
    #expect(close(result.cells[4], 2.5, relative: 1e-12) && result.cells[5] == nil && result.left == 1)
    #expect(Imputation.byRegression(0, of: ValueMatrix([[1, nil]])).cells == [1, nil])
  }

  @Test func panels() {
    let times = [2010.0, 2011, 2013, 2014, 2018, 2019]
    let cells: [Double?] = [nil, 4, nil, 10, nil, nil]
    #expect(PanelImputation.latest.fill(times: times, cells) == [nil, 4, 4, 10, 10, 10])
    #expect(PanelImputation.linear.fill(times: times, cells) == [nil, 4, 8, 10, nil, nil])
    #expect(PanelImputation.constant.fill(times: times, cells) == [4, 4, 10, 10, 10, 10])
    #expect(PanelImputation.linearConstant.fill(times: times, cells) == [4, 4, 8, 10, 10, 10])
    #expect(PanelImputation.latest.fill(times: times, cells, horizon: 4) == [nil, 4, 4, 10, 10, nil])
    #expect(PanelImputation.linear.fill(times: times, cells, horizon: 1) == cells)
    #expect(PanelImputation.constant.fill(times: times, cells, horizon: 1) == [4, 4, 10, 10, nil, nil])
    // Two periods equally near: the earlier one.
    #expect(PanelImputation.constant.fill(times: [1, 2, 3], [5, nil, 7]) == [5, 5, 7])
    for method in PanelImputation.allCases {
      #expect(method.fill(times: [1, 2], [nil, nil]) == [nil, nil] && method.fill(times: [], []) == [])
    }
  }

  @Test func transforms() throws {
    let values = [0.0, 1, 3, 100]
    #expect(agree(ValueTransform.logCT(values), [1, 2, 4, 101].map { _log($0) }, relative: 1e-15))
    #expect(agree(ValueTransform.logCTOriginal(values), [1, 2, 4, 101].map { _log($0) }, relative: 1e-15))
    #expect(ValueTransform.logCTPlus(values) == ValueTransform.logCT(values))
    #expect(
      agree(ValueTransform.logCTPlus(values.map { 100 - $0 }), [1, 2, 4, 101].map { -_log($0) }, relative: 1e-15))
    // 99 (x - 0)/100 + 1
    #expect(agree(ValueTransform.logGII(values), [1, 1.99, 3.97, 100].map { _log($0) }, relative: 1e-14))
    #expect(
      agree(ValueTransform.logGII(values.map { 100 - $0 }), [1, 1.99, 3.97, 100].map { -_log($0) }, relative: 1e-14))
    #expect(ValueTransform.logGII([-3, -2, 0]) == nil)
    #expect(ValueTransform.boxCox(lambda: 0, shifts: true)(values) == ValueTransform.logCTOriginal(values))
    #expect(agree(ValueTransform.boxCox(lambda: 2, shifts: true)(values), [0, 1.5, 7.5, 5100], relative: 1e-14))
    // Below 1 an unscaled logarithm of the Global Innovation Index would turn the order around; none of ours does.
    for transform in [
      ValueTransform.logCT, .logCTPlus, .logCTOriginal, .logGII, .boxCox(lambda: 0.5, shifts: true),
      .boxCoxEstimated(shifts: false),
    ] {
      for list in [values, values.map { $0 / 1000 + 0.01 }, values.map { 101 - $0 }.reversed()] {
        let result = try #require(transform(list), "\(transform)")
        #expect(zip(result, result.dropFirst()).allSatisfy { $0 < $1 }, "\(transform)")
      }
      #expect(transform([2, 2]) == nil && transform([]) == nil)
    }
  }

  @Test func boxCoxAgreesWithSciPy() throws {
    let reference = try ConstructionReference()
    let matrix = reference.complete
    let own = (0..<6).map { ValueTransform.likeliestLambda(matrix.present($0)) }
    #expect(try agree(own, reference("boxcox_lambda"), absolute: 1e-6))
    let transformed = try #require(ValueTransform.boxCox(lambda: 0.3, shifts: false)(matrix.present(1)))
    #expect(try agree(Array(transformed.prefix(5)), reference("boxcox_1"), relative: 1e-14))
    #expect(
      ValueTransform.boxCoxEstimated(shifts: false)(matrix.present(1))
        == ValueTransform.boxCox(lambda: own[1], shifts: false)(matrix.present(1)))
  }

  @Test func treatmentPassesOrWinsorises() {
    let even = (1...10).map { Double($0) }
    let untouched = OutlierTreatment()(even)
    #expect(
      untouched.action == .none && untouched.values == even && untouched.passes == true && untouched.winsorised == 0)
    // COINr's own example: 1 to 10, 30 and 100. Two points come down to 10.
    let treated = OutlierTreatment()(even + [30, 100])
    #expect(treated.action == .winsorised && treated.high == 1 && treated.low == 0)
    #expect(treated.values == even + [30, 30])
    let low = OutlierTreatment()(even.map { -$0 } + [-30, -100])
    #expect(low.low == 1 && low.high == 0 && low.values == even.map { -$0 } + [-30, -30])
    let few = OutlierTreatment()([1, 2, 900])
    #expect(few.action == .undefined && few.passes == nil && few.values == [1, 2, 900])
    #expect(OutlierTreatment()([5, 5, 5, 5, 5]).action == .undefined)
    #expect(OutlierTreatment()([]).action == .undefined)
  }

  @Test func treatmentTransformsTheOriginal() {
    var generator = SeededGenerator(8)
    let heavy = (0..<200).map { _ in
      _exp(4 * Double.random(in: 0..<1, using: &generator) * Double.random(in: 0..<2, using: &generator))
    }
    let treated = OutlierTreatment()(heavy)
    #expect(treated.action == .transformed && treated.values == ValueTransform.logCT(heavy) && treated.winsorised == 0)
    let combined = OutlierTreatment(combines: true)(heavy)
    #expect(combined.action == .both && combined.winsorised == 5 && combined.values != treated.values)
    let only = OutlierTreatment(transform: nil)(heavy)
    #expect(only.action == .winsorised && only.passes == false && only.high == 5)
    let moved = heavy.indices.filter { only.values[$0] != heavy[$0] }
    #expect(moved.count == 5 && Set(moved.map { only.values[$0] }).count == 1)
    let unlimited = OutlierTreatment(maximumPoints: nil, transform: nil)(heavy)
    #expect(unlimited.passes == true && unlimited.winsorised > 5)
  }

  /// Points that share the extreme move together and are counted together, so the limit can be passed.
  @Test func tiedExtremes() {
    let values =
      [Double](repeating: 0, count: 200).enumerated().map { Double($0.offset % 7) } + [500, 500, 500, 400, 400, 400]
    let treated = OutlierTreatment(transform: nil)(values)
    #expect(treated.high == 6 && treated.values.suffix(6).allSatisfy { $0 == 6 || $0 == 400 })
  }

  /// Scaling an indicator scales what winsorising gives and leaves the report alone.
  @Test(arguments: [UInt64(11), 12, 13]) func scalingAndPermuting(seed: UInt64) {
    var generator = SeededGenerator(seed)
    var values = (0..<80).map { _ in Double.random(in: 1..<9, using: &generator) }
    values[7] = 400
    let own = OutlierTreatment(transform: nil)(values)
    let scaled = OutlierTreatment(transform: nil)(values.map { $0 * 1024 })
    #expect(scaled.values == own.values.map { $0 * 1024 } && scaled.high == own.high && own.high == 1)
    let order = values.indices.shuffled(using: &generator)
    #expect(OutlierTreatment(transform: nil)(order.map { values[$0] }).values == order.map { own.values[$0] })
  }
}

private func _log(_ x: Double) -> Double { log(x) }
private func _exp(_ x: Double) -> Double { exp(x) }
