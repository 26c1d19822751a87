import Glibc
import Statistics
import Testing

/// Published data sets against R: REAT, EconGeo, ineq, spdep, classInt and base R (Fixtures/Reference/r_packages).
///
/// `PEIL_ORACLES` names a folder in which `data/` holds the data sets.
@Suite(.enabled(if: getenv("PEIL_ORACLES") != nil)) struct RPackagesOracleTests {
  private func checking(_ packages: String, _ expected: Int, _ body: (inout PySALFigures) throws -> Void) throws {
    var figures = try PySALFigures("expected.csv", folder: "r_packages")
    try body(&figures)
    print("\(packages) on published data: \(figures.compared) figures compared")
    #expect(figures.compared == expected)
  }

  @Test func reat() throws {
    try checking("R, REAT", 112) { figures in
      let data = try OracleTable("reat_goettingen").filtering { $0[0] != "A-R" }
      let own = try (2008...2017).map { try data.numbers("Goettingen\($0)") }
      let nation = try (2008...2017).map { try data.numbers("BRD\($0)") }
      Self.region(&figures, "goettingen", own[0], own[9], nation[0], nation[9])
      let steps = try #require(ShiftShare.steps(region: own, nation: nation))
      let parts: [(ShiftShare) -> Double] = [\.growth, \.national, \.industryMix, \.regional, \.netTotalShift]
      for (i, part) in parts.enumerated() {
        figures.check("goettingen", "dynamic_\(i)", steps.map(part).reduce(0, +), tolerance: 1e-9)
      }
      let freiburg = try OracleTable("reat_freiburg")
      Self.region(
        &figures, "freiburg", try freiburg.numbers("e_Freiburg2008"), try freiburg.numbers("e_Freiburg2014"),
        try freiburg.numbers("e_Germany2008"), try freiburg.numbers("e_Germany2014"))
      let counties = try OracleTable("reat_g_counties_gdppc")
      let (start, end) = try (counties.numbers("gdppc2000"), counties.numbers("gdppc2014"))
      let line = LogConvergence(start: start, end: end, time: 14)
      figures.check("counties", "alpha", line?.line.intercept)
      figures.check("counties", "beta", line?.line.slope)
      figures.check("counties", "alpha_error", line?.line.interceptError)
      figures.check("counties", "beta_error", line?.line.slopeError)
      figures.check("counties", "half_life", line?.halfLife, tolerance: 1e-9)
      let one = LogConvergence(start: start, end: try counties.numbers("gdppc2001"), time: 1)
      figures.check("counties", "beta_one_year", one?.line.slope)
      figures.check("counties", "speed_one_year", one?.speed)
      figures.check("counties", "half_life_one_year", one?.halfLife, tolerance: 1e-8)
      figures.check("counties", "sigma_2000", Spread(start.map { log($0) })?.deviation())
      figures.check("counties", "sigma_2014", Spread(end.map { log($0) })?.deviation())
      figures.check("counties", "cv_sample_2014", Inequality.coefficientOfVariation(end, divisor: .sample))
      figures.check("counties", "atkinson_0.5", Inequality.atkinson(end, epsilon: 0.5))
      figures.check("counties", "theil_l", Inequality.theilL(end))
    }
  }

  private static func region(
    _ figures: inout PySALFigures, _ name: String, _ before: [Double], _ after: [Double], _ nationBefore: [Double],
    _ nation: [Double]
  ) {
    let (total, all) = (after.reduce(0, +), nation.reduce(0, +))
    for i in after.indices {
      let quotient = Specialisation.locationQuotient(after[i], region: total, industry: nation[i], total: all)
      figures.check(name, "lq_\(i)", quotient)
      let additive = Concentration.additiveQuotient(after[i], region: total, industry: nation[i], total: all)
      figures.check(name, "lq_additive_\(i)", additive)
    }
    figures.check(name, "gini_spec", Concentration.giniOfQuotients(after, nation))
    figures.check(name, "krugman_first", Specialisation.krugman(before, nationBefore))
    figures.check(name, "krugman_last", Specialisation.krugman(after, nation))
    figures.check(name, "herfindahl", Specialisation.herfindahl(after))
    figures.check(name, "herfindahl_norm", Specialisation.normalisedHerfindahl(after))
    figures.check(name, "equivalent", Specialisation.equivalentNumber(after))
    figures.check(name, "gini", Inequality.gini(after))
    figures.check(name, "gini_norm", Inequality.normalisedGini(after))
    figures.check(name, "hoover", Dissimilarity.index(after, nation))
    figures.check(name, "durpug", Specialisation.relativeDiversity(after, nation))
    let split = ShiftShare(region: before, after, nation: nationBefore, nation)
    let dunn = [split?.growth, split?.national, split?.industryMix, split?.regional, split?.netTotalShift]
    let esteban = [split?.growth, split?.national, split?.industryMix, split?.competitive, split?.allocation]
    let gerfin = [split?.gerfin?.structure, split?.gerfin?.location, split?.gerfin?.total]
    for (method, parts) in [("dunn", dunn), ("esteban", esteban), ("gerfin", gerfin)] {
      for (i, part) in parts.enumerated() { figures.check(name, "\(method)_\(i)", part) }
    }
  }

  @Test func reatAndEconGeoOnGermanStates() throws {
    try checking("R, REAT and EconGeo", 244) { figures in
      let states = try StatesByIndustry()
      let (jobs, firms, people, area) = try (
        states.cells("emp_all"), states.cells("firms"), states.cells("pop"), states.cells("area_sqkm")
      )
      let byRegion = jobs.map { $0.reduce(0, +) }
      let byIndustry = states.industries.indices.map { i in jobs.reduce(0) { $0 + $1[i] } }
      let all = byRegion.reduce(0, +)
      let c = try #require(states.industries.firstIndex(of: "WZ08-C"))
      func others(_ rows: [[Double]], _ own: Int) -> [[Double]] {
        rows.enumerated().filter { $0.offset != own }.map(\.element)
      }
      for (r, name) in states.regions.enumerated() {
        let (own, case1, case2) = (jobs[r], "states_" + name, "econgeo_" + name)
        figures.check(case1, "spec_hoover", Specialisation.hooverCoefficient(own, byIndustry))
        figures.check(case1, "spec_gini", Concentration.giniOfQuotients(own, byIndustry))
        figures.check(case1, "spec_krugman", Specialisation.krugman(own, others: others(jobs, r)))
        figures.check(case1, "krugman", Specialisation.krugman(own, byIndustry))
        let quotient = Specialisation.locationQuotient(own[c], region: byRegion[r], industry: byIndustry[c], total: all)
        figures.check(case1, "lq_C", quotient)
        let cluster = Concentration.Cluster(
          jobs: own[c], allJobs: byIndustry[c], area: area[r][0], allArea: area.reduce(0) { $0 + $1[0] },
          population: people[r][0], allPopulation: people.reduce(0) { $0 + $1[0] }, plants: firms[r][c],
          allPlants: firms.reduce(0) { $0 + $1[c] })
        figures.check(case1, "litzenberger_C", cluster?.index)
        figures.check(case2, "lq_C", Specialisation.locationQuotients(region: own, reference: byIndustry)[c])
        figures.check(case2, "krugman", Specialisation.krugman(own, byIndustry))
        figures.check(case2, "spec_coeff", Specialisation.hooverCoefficient(own, byIndustry))
        figures.check(case2, "hachman", Specialisation.hachman(own, byIndustry))
        figures.check(case2, "herfindahl", Specialisation.herfindahl(own))
      }
      let columns = states.industries.indices.map { i in jobs.map { $0[i] } }
      for (i, name) in states.industries.enumerated() {
        let case1 = "states_" + name
        figures.check(case1, "conc_hoover", Dissimilarity.index(columns[i], byRegion))
        figures.check(case1, "conc_gini", Concentration.giniOfQuotients(columns[i], byRegion))
        figures.check(case1, "conc_krugman", Specialisation.krugman(columns[i], others: others(columns, i)))
        figures.check("econgeo_" + name, "locational_gini", Concentration.locationalGini(columns[i], byRegion))
      }
    }
  }

  @Test func ineq() throws {
    try checking("R, ineq", 114) { figures in
      func incomes(_ name: String, _ values: [Double], weights: [Double]? = nil) {
        figures.check(name, "gini", Inequality.gini(values))
        figures.check(name, "gini_norm", Inequality.normalisedGini(values))
        figures.check(name, "ricci_schutz", Inequality.hoover(values))
        for epsilon in ["0.5", "1", "2"] {
          let value = Inequality.atkinson(values, epsilon: Double(epsilon) ?? .nan)
          figures.check(name, "atkinson_" + epsilon, value)
        }
        if values.allSatisfy({ $0 > 0 }) {
          figures.check(name, "theil_t", Inequality.theilT(values))
          figures.check(name, "theil_l", Inequality.theilL(values))
        }
        figures.check(name, "cv", Inequality.coefficientOfVariation(values))
        figures.check(name, "entropy_2", Inequality.generalisedEntropy(values, alpha: 2))
        figures.check(name, "herfindahl", Inequality.herfindahl(values))
        // Points at nine places of the curve; R rounds halves to even.
        let curve = LorenzCurve(values, weights: weights)
        for i in 0..<9 {
          let place = Int((Double(values.count) * Double(i) / 8 + 1).rounded(.toNearestOrEven)) - 1
          figures.check(name, "lorenz_p_\(i)", curve?.population[place])
          figures.check(name, "lorenz_L_\(i)", curve?.total[place])
        }
      }
      let ilocos = try OracleTable("ineq_ilocos")
      incomes("ilocos", try ilocos.numbers("income"))
      incomes("ilocos_weighted", try ilocos.numbers("AP.income"), weights: try ilocos.numbers("AP.weight"))
      incomes("mexico_2000", try OracleTable("pysal_mexico").numbers("pcgdp2000"))
      incomes("usjoin_2009", try OracleTable("pysal_usjoin").numbers("2009"))
    }
  }

  @Test func spdep() throws {
    try checking("R, spdep", 412) { figures in
      for name in ["spdep_columbus", "spdep_oldcol"] {
        let data = try OracleTable(name)
        let lists = try data.texts("neighbours").map { $0.split(separator: " ").map { (Int($0) ?? 0) - 1 } }
        let binary = SpatialWeights(neighbours: lists)
        for column in ["CRIME", "INC", "HOVAL"] {
          let values = try data.numbers(column)
          Self.space(&figures, "\(name)_\(column)_W", values, binary.styled(.rowStandardised))
          Self.space(&figures, "\(name)_\(column)_B", values, binary)
          figures.getis("\(name)_\(column)", values, binary)
        }
        let line = try LeastSquaresLine(x: data.numbers("INC"), y: data.numbers("CRIME"))
        figures.check(name, "intercept", line?.intercept)
        figures.check(name, "slope", line?.slope)
        figures.check(name, "intercept_error", line?.interceptError)
        figures.check(name, "slope_error", line?.slopeError)
      }
      let sids = try OracleTable("pysal_sids2")
      let (names, counties) = try OracleTable.neighbours("pysal_sids2.gal")
      let codes = try sids.texts("FIPSNO")
      for column in ["SIDR74", "SIDR79"] {
        let rates = try Dictionary(uniqueKeysWithValues: zip(codes, sids.numbers(column)))
        let values = names.map { rates[$0] ?? .nan }
        Self.space(&figures, "sids2_\(column)_W", values, counties.styled(.rowStandardised))
        figures.getis("sids2_\(column)", values, counties)
      }
      let homicides = try OracleTable("pysal_stl_hom")
      let around = try OracleTable.neighbours("pysal_stl.gal").weights
      Self.space(&figures, "stl_HR8893_W", try homicides.numbers("HR8893"), around.styled(.rowStandardised))
      Self.space(&figures, "stl_HR8488_B", try homicides.numbers("HR8488"), around)
      let states = try OracleTable.neighbours("pysal_states48.gal").weights.styled(.rowStandardised)
      let income = try OracleTable("pysal_usjoin")
      for year in ["1929", "2009"] { Self.space(&figures, "usjoin_\(year)_W", try income.numbers(year), states) }
      let small = try OracleTable.neighbours("pysal_desmith.gal").weights.styled(.rowStandardised)
      Self.space(&figures, "desmith_W", try OracleTable("pysal_desmith").numbers("z"), small)
    }
  }

  private static func space(
    _ figures: inout PySALFigures, _ name: String, _ values: [Double], _ weights: SpatialWeights
  ) {
    let moran = MoranI(values, weights)
    figures.check(name, "moran", moran?.value)
    figures.check(name, "moran_expected", moran?.expected)
    figures.check(name, "moran_variance_random", moran?.randomisedVariance)
    figures.check(name, "moran_variance_normal", moran?.normalVariance)
    let geary = GearyC(values, weights)
    figures.check(name, "geary", geary?.value)
    figures.check(name, "geary_expected", 1)
    figures.check(name, "geary_variance_random", geary?.randomisedVariance)
    figures.check(name, "geary_variance_normal", geary?.normalVariance)
    let local = LocalMoran(values, weights)
    let n = Double(values.count)
    for i in [0, 1, values.count / 2 - 1, values.count - 1] {
      // spdep divides by the sum of squares over n, we by that over n - 1.
      figures.check(name, "local_\(i)", local.map { $0.values[i] * n / (n - 1) })
      figures.check(name, "local_expected_\(i)", local.map { $0.expected[i] * n / (n - 1) })
      figures.check(name, "local_variance_\(i)", local.map { $0.variances[i] * n * n / ((n - 1) * (n - 1)) })
    }
  }

  @Test func classInt() throws {
    try checking("R, classInt", 82) { figures in
      let all = try [
        ("censored", OracleTable("classint_censored").numbers("x")),
        ("calempdensity", OracleTable("mapclassify_calempdensity").numbers("emp/sq km")),
      ]
      for (name, values) in all {
        let natural = ClassBreaks.fisherJenks(values, count: 5)
        for (style, bounds) in [
          ("quantile", ClassBreaks.quantile(values, count: 5)), ("equal", ClassBreaks.equalInterval(values, count: 5)),
          ("jenks", natural), ("headtails", ClassBreaks.headTail(values)), ("fisher", natural),
        ] {
          let classes = try #require(BoundedClasses(bounds: Array(bounds.dropLast()), closure: .right))
          // R gives the least value first, then the upper bounds; `fisher` gives midpoints of the same partition.
          if style != "fisher" {
            figures.check(name, "\(style)_0", values.min())
            for (i, bound) in bounds.enumerated() { figures.check(name, "\(style)_\(i + 1)", bound) }
          }
          guard style != "jenks" else { continue }
          for i in bounds.indices {
            figures.check(name, "\(style)_count_\(i)", Double(values.count { classes($0) == i + 1 }))
          }
        }
      }
    }
  }

  @Test func baseR() throws {
    try checking("R, base", 31) { figures in
      for (name, table, column) in [
        ("bankwages", "aer_bankwages", "job"), ("cps1985", "aer_cps1985", "occupation"),
      ] {
        let data = try OracleTable(table)
        let kinds = try data.texts(column)
        let names = Set(kinds).sorted()
        let (education, occupation) = try (data.numbers("education"), kinds.map { names.firstIndex(of: $0) ?? 0 })
        let rules: [(String, RealisedMatches.Rule)] = [
          ("mode_lowest", .mode(.lowest)), ("mode_highest", .mode(.highest)),
          ("mean_sd", .mean(deviations: 1, divisor: .sample)), ("p80", .quantile(0.8)),
        ]
        for (rule, form) in rules {
          let rates = RealisedMatches.rates(education: education, occupation: occupation, rule: form)
          figures.check(name, rule + "_over", rates?.over)
          figures.check(name, rule + "_under", rates?.under)
        }
      }
      let data = try OracleTable("us_jolts_cps_17ind_monthly")
      let months = try data.texts("month")
      func at(_ month: String) throws -> Int { try #require(months.firstIndex(of: month)) }
      let span = try at("2001-01")...at("2008-12")
      let fit = MatchingFunction(
        hires: Array(try data.numbers("h_total")[span]), vacancies: Array(try data.numbers("v_total")[span]),
        unemployed: Array(try data.numbers("u_total")[span]))
      figures.check("jolts", "intercept", fit?.line.intercept)
      figures.check("jolts", "alpha", fit?.alpha)
      figures.check("jolts", "intercept_error", fit?.line.interceptError)
      figures.check("jolts", "alpha_error", fit?.line.slopeError)
      figures.check("jolts", "r_squared", fit?.line.rSquared)
      figures.check("jolts", "rmse", fit?.line.residualError)
      let industries = data.header.filter { $0.hasPrefix("v_") && $0 != "v_total" }.map { String($0.dropFirst(2)) }
      for month in ["2006-01", "2009-10", "2011-12"] {
        let row = try at(month)
        let u = try industries.map { try data.numbers("u_" + $0)[row] }
        let v = try industries.map { try data.numbers("v_" + $0)[row] }
        figures.check("jolts", "M_" + month, MismatchIndex.sahin(unemployed: u, vacancies: v))
        figures.check("jolts", "M_0.65_" + month, MismatchIndex.sahin(unemployed: u, vacancies: v, alpha: 0.65))
        figures.check("jolts", "jackman_roper_" + month, MismatchIndex.jackmanRoper(unemployed: u, vacancies: v))
      }
    }
  }
}
