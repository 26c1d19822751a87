import Glibc
import Statistics
import Testing

/// Figures of PySAL, SciPy and a table of values, compared measure by measure.
struct PySALFigures {
  private var figures: [String: [String: Double]] = [:]
  /// How many figures were compared.
  private(set) var compared = 0

  init(_ name: String, folder: String = "pysal") throws {
    for row in try ReferenceTable("\(folder)/\(name)").rows {
      figures[String(row[0]), default: [:]][String(row[1])] = Double(row[2])
    }
  }

  /// The figures of a case whose name begins so, in order of their number.
  func list(_ name: String, _ prefix: String) -> [Double] {
    let own = figures[name] ?? [:]
    return (0...).lazy.map { own["\(prefix)_\($0)"] }.prefix { $0 != nil }.compactMap { $0 }
  }

  func callAsFunction(_ name: String, _ measure: String) -> Double? { figures[name]?[measure] }

  /// Checks one figure.
  mutating func check(
    _ name: String, _ measure: String, _ value: Double?, tolerance: Double = 1e-10,
    _ place: SourceLocation = #_sourceLocation
  ) {
    compared += 1
    guard let expected = figures[name]?[measure] else {
      Issue.record("no figure \(name) \(measure)", sourceLocation: place)
      return
    }
    let isClose = value.map { abs($0 - expected) <= tolerance * max(1, abs(expected)) } ?? false
    #expect(isClose, "\(name) \(measure): \(String(describing: value)), expected \(expected)", sourceLocation: place)
  }

  mutating func inequality(_ name: String, _ values: [Double], groups: [Int]? = nil) {
    check(name, "gini", Inequality.gini(values))
    check(name, "theil_t", Inequality.theilT(values))
    check(name, "atkinson_0.5", Inequality.atkinson(values, epsilon: 0.5))
    check(name, "atkinson_1", Inequality.atkinson(values, epsilon: 1))
    check(name, "schutz", Inequality.hoover(values))
    check(name, "wolfson", Inequality.wolfson(values))
    check(name, "cv", Inequality.coefficientOfVariation(values, divisor: .sample))
    guard let groups else { return }
    let split = EntropyDecomposition(values, groups: groups)
    check(name, "theil_between", split?.between)
    check(name, "theil_within", split?.within)
  }

  mutating func line(_ name: String, _ x: [Double], _ y: [Double]) {
    let line = LeastSquaresLine(x: x, y: y)
    check(name, "slope", line?.slope)
    check(name, "intercept", line?.intercept)
    check(name, "slope_error", line?.slopeError)
    check(name, "intercept_error", line?.interceptError)
    check(name, "explained", line?.rSquared)
    check(name, "theil_sen", TheilSen.slope(x: x, y: y))
    check(name, "spearman", BetaConvergence(start: x, end: zip(x, y).map { $0 + $1 })?.spearman, tolerance: 1e-9)
  }

  mutating func space(_ name: String, _ values: [Double], _ weights: SpatialWeights) {
    let moran = MoranI(values, weights)
    check(name, "moran", moran?.value)
    check(name, "moran_variance_normal", moran?.normalVariance)
    check(name, "moran_variance_random", moran?.randomisedVariance)
    check(name, "moran_z_random", moran?.score())
    check(name, "moran_p_random", moran?.probability())
    let geary = GearyC(values, weights)
    check(name, "geary", geary?.value)
    check(name, "geary_variance_normal", geary?.normalVariance)
    check(name, "geary_variance_random", geary?.randomisedVariance)
    let local = LocalMoran(values, weights)
    for i in [0, 1, values.count / 2, values.count - 1] {
      check(name, "local_\(i)", local?.values[i])
      check(name, "quadrant_\(i)", local.map { Double($0.quadrants[i].rawValue) })
      check(name, "local_expected_\(i)", local?.expected[i])
      check(name, "local_variance_\(i)", local?.variances[i])
    }
  }

  mutating func getis(_ name: String, _ values: [Double], _ weights: SpatialWeights) {
    let found = GetisOrdG(values, weights)
    check(name, "getis_ord", found?.value)
    check(name, "getis_ord_expected", found?.expected)
    check(name, "getis_ord_variance", found?.variance)
  }

  mutating func classes(_ name: String, _ values: [Double], _ count: Int) {
    for (method, bounds) in [
      ("fisher_jenks", ClassBreaks.fisherJenks(values, count: count)),
      ("quantile", ClassBreaks.quantile(values, count: count)),
      ("equal_interval", ClassBreaks.equalInterval(values, count: count)), ("head_tail", ClassBreaks.headTail(values)),
    ] {
      let expected = list(name, method)
      #expect(bounds.count == expected.count && !expected.isEmpty, "\(name) \(method): \(bounds) and \(expected)")
      for (i, bound) in bounds.enumerated() where i < expected.count { check(name, "\(method)_\(i)", bound) }
    }
  }

  /// Transitions over all steps of classes by area, from 1.
  mutating func moves(_ name: String, _ rows: [[Int32]], classes: Int) {
    let steps = (rows.first?.count ?? 1) - 1
    let from = rows.flatMap { $0[..<steps] }
    let to = rows.flatMap { $0[1...] }
    let matrix = from.withUnsafeBufferPointer { from in
      to.withUnsafeBufferPointer { TransitionMatrix(from: from, to: $0, classes: classes) }
    }
    for i in 1...classes { for j in 1...classes { check(name, "count_\(i)_\(j)", Double(matrix[i, j])) } }
    check(name, "shorrocks", matrix.shorrocks)
    check(name, "second_eigenvalue", matrix.secondEigenvalue)
    #expect(matrix.stayed + matrix.rose + matrix.fell == matrix.total)
  }
}

/// Against PySAL, SciPy and SALib on made-up values.
@Suite struct PySALTests {
  let rows: [[Double]]

  init() throws {
    rows = try ReferenceTable("pysal/values.csv").rows.map { $0.dropFirst().compactMap { Double($0) } }
  }

  private func column(_ index: Int) -> [Double] { rows.map { $0[index] } }

  @Test func everyFigure() throws {
    var figures = try PySALFigures("expected.csv")
    let (x, y) = (column(0), column(1))
    #expect(rows.count == 40)
    figures.inequality("made_up", x, groups: rows.map { Int($0[2]) })
    figures.line("made_up", x, zip(x, y).map { $1 - $0 })
    figures.classes("made_up", x, 5)
    let points = rows.map { PlanePoint($0[3], $0[4]) }
    let nearest = SpatialWeights(points: points, nearest: 4)
    figures.space("nearest_r", x, nearest.styled(.rowStandardised))
    figures.space("nearest_b", x, nearest)
    let band = SpatialWeights(points: points, within: 30)
    figures.space("band_r", x, band.styled(.rowStandardised))
    figures.getis("band", x, band)
    let classes = try ReferenceTable("pysal/classes.csv").rows.map { $0.dropFirst().compactMap { Int32($0) } }
    figures.moves("walk", classes, classes: 5)
    for dimension in [1, 2, 5, 17, 40] {
      let sequence = SobolSequence(dimension: dimension)
      for index in [1, 5, 37, 63] {
        figures.check("sobol_\(dimension)", "last_\(index)", sequence.point(UInt32(index)).last, tolerance: 0)
      }
    }
    #expect(figures.compared == 157)
  }
}

/// On published data: `PEIL_ORACLES` names a folder in which `data/` holds it.
@Suite(.enabled(if: getenv("PEIL_ORACLES") != nil)) struct SpaceAndInequalityOracleTests {
  private let folder = getenv("PEIL_ORACLES").map { String(cString: $0) + "/data/" } ?? ""

  private func table(_ name: String) throws -> ReferenceTable { try ReferenceTable(file: folder + name) }

  private func numbers(_ table: ReferenceTable, _ name: String) throws -> [Double] {
    let index = try #require(table.header.firstIndex { $0 == name }, "no column \(name)")
    return try table.rows.map { row in
      let text = String(row[index].filter { $0 != " " })
      return try #require(Double(text), "\(text) is no number")
    }
  }

  private func texts(_ table: ReferenceTable, _ name: String) throws -> [String] {
    let index = try #require(table.header.firstIndex { $0 == name }, "no column \(name)")
    return table.rows.map { String($0[index]) }
  }

  @Test func everyFigure() throws {
    var figures = try PySALFigures("oracles.csv")
    let mexico = try table("pysal_mexico.csv")
    let regions = try numbers(mexico, "hanson98").map { Int($0) }
    let (start, end) = try (numbers(mexico, "pcgdp1940"), numbers(mexico, "pcgdp2000"))
    figures.inequality("mexico_pcgdp1940", start, groups: regions)
    figures.inequality("mexico_pcgdp2000", end, groups: regions)
    figures.line("mexico_growth", start.map { log($0) }, zip(start, end).map { log($1 / $0) / 60 })

    let sids = try table("pysal_sids2.csv")
    let codes = try texts(sids, "FIPSNO")
    let (names, counties) = try OracleTable.neighbours("pysal_sids2.gal")
    for rate in ["SIDR74", "SIDR79"] {
      let rates = try Dictionary(uniqueKeysWithValues: zip(codes, numbers(sids, rate)))
      let values = names.map { rates[$0] ?? .nan }
      figures.space("sids2_\(rate)_r", values, counties.styled(.rowStandardised))
      figures.getis("sids2_\(rate)", values, counties)
    }
    let homicides = try numbers(table("pysal_stl_hom.csv"), "HR8893")
    let stl = try OracleTable.neighbours("pysal_stl.gal").weights
    figures.space("stl_HR8893_r", homicides, stl.styled(.rowStandardised))
    figures.space("stl_HR8893_b", homicides, stl)
    let small = try numbers(table("pysal_desmith.csv"), "z")
    figures.space("desmith_r", small, try OracleTable.neighbours("pysal_desmith.gal").weights.styled(.rowStandardised))

    let columbus = try table("pysal_columbus_rook.csv")
    let lists = try texts(columbus, "neighbours_rook").map { $0.split(separator: " ").map { (Int($0) ?? 0) - 1 } }
    let crime = try numbers(columbus, "CRIME")
    figures.space("columbus_CRIME_r", crime, SpatialWeights(neighbours: lists).styled(.rowStandardised))
    figures.line("columbus_INC_CRIME", try numbers(columbus, "INC"), crime)

    let ilocos = try table("ineq_ilocos.csv")
    let provinces = try texts(ilocos, "province")
    let order = Array(Set(provinces)).sorted()
    figures.inequality(
      "ilocos", try numbers(ilocos, "income"), groups: provinces.map { order.firstIndex(of: $0) ?? -1 })

    let income = try table("pysal_usjoin.csv")
    let years = try (1929...2009).map { try numbers(income, "\($0)") }
    let quintiles = years.map { values -> [Int32] in
      let bounds = ClassBreaks.quantile(values, count: 5)
      let classes = BoundedClasses(bounds: Array(bounds.dropLast()), closure: .right)
      return values.map { Int32(classes?($0) ?? 0) }
    }
    figures.moves(
      "usjoin_quintiles", years[0].indices.map { state in quintiles.map { $0[state] } }, classes: 5)
    for year in [1929, 1970, 2009] { figures.inequality("usjoin_\(year)", years[year - 1929]) }

    let germany = try table("reat_g_counties_gdppc.csv")
    let (before, after) = try (numbers(germany, "gdppc2000"), numbers(germany, "gdppc2014"))
    figures.line("counties", before.map { log($0) }, zip(before, after).map { log($1 / $0) / 14 })
    figures.inequality(
      "counties_2014", after, groups: try texts(germany, "regional").map { $0.hasPrefix("East") ? 0 : 1 })

    figures.classes("calempdensity", try numbers(table("mapclassify_calempdensity.csv"), "emp/sq km"), 5)
    figures.classes("censored", try numbers(table("classint_censored.csv"), "x"), 5)
    print("PySAL on published data: \(figures.compared) figures compared")
    #expect(figures.compared == 292)
  }
}
