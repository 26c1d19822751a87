import Statistics

/// What Peil answers to the inputs of a worked case, by the name of its metric.
enum LabourCaseAnswers {
  typealias Answer = @Sendable (JSONValue) -> JSONValue

  /// The answer to a metric; nil for one that is not known.
  static func answer(_ metric: String, _ inputs: JSONValue, _ parameters: JSONValue) -> JSONValue? {
    if metric == "atkinson" {
      return JSONValue(Inequality.atkinson(inputs["x"].numbers, epsilon: parameters["epsilon"].number ?? .nan))
    }
    return (inequality[metric] ?? regional[metric] ?? shiftShare[metric] ?? mismatch[metric] ?? displacement[metric])
      .map { $0(inputs) }
  }

  private static func ofValues(_ statistic: @escaping @Sendable ([Double]) -> Double?) -> Answer {
    { JSONValue(statistic($0["x"].numbers)) }
  }

  static let inequality: [String: Answer] = [
    "gini": ofValues { Inequality.gini($0) },
    "gini_normalised": ofValues { Inequality.normalisedGini($0) },
    "gini_weighted": { JSONValue(Inequality.gini($0["x"].numbers, weights: $0["weights"].numbers)) },
    "hoover_index": {
      let reference = $0["reference"].numbers
      return JSONValue(Inequality.hoover($0["x"].numbers, reference: reference.isEmpty ? nil : reference))
    },
    "schutz_distance": ofValues { Inequality.hoover($0) },
    "ricci_schutz": ofValues { Inequality.hoover($0) },
    "theil_t": ofValues { Inequality.theilT($0) },
    "theil_l": ofValues { Inequality.theilL($0) },
    "atkinson_0.5": ofValues { Inequality.atkinson($0, epsilon: 0.5) },
    "wolfson_bipolarisation": ofValues { Inequality.wolfson($0) },
    "herfindahl": ofValues { Specialisation.herfindahl($0) },
    "herfindahl_normalised": ofValues { Specialisation.normalisedHerfindahl($0) },
    "lorenz_curve_weighted": {
      let curve = LorenzCurve($0["x"].numbers, weights: $0["weights"].numbers)
      return .map(["p": JSONValue(curve?.population ?? []), "L": JSONValue(curve?.total ?? [])])
    },
    "theil_t_decomposition": {
      let split = EntropyDecomposition($0["x"].numbers, groups: $0["groups"].numbers.map { Int($0) })
      return JSONValue(["total": split?.total, "between": split?.between, "within": split?.within])
    },
    "getis_ord_general_g": {
      let points = $0["points"].rows.map { PlanePoint($0[0], $0[1]) }
      let near = SpatialWeights(points: points, within: $0["threshold"].number ?? .nan)
      return JSONValue(GetisOrdG($0["y"].numbers, near)?.value)
    },
    "head_tail_breaks": {
      // The collection describes these values instead of listing them.
      guard $0["x"].text == "i**-2 for i = 1..999" else { return .null }
      let values = (1...999).map { 1 / (Double($0) * Double($0)) }
      let bounds = ClassBreaks.headTail(values)
      let classes = BoundedClasses(bounds: Array(bounds.dropLast()), closure: .right)
      return JSONValue((1...bounds.count).map { wanted in Double(values.count { classes?($0) == wanted }) })
    },
  ]

  /// One figure for each region of a matrix of regions by industries, given the industries of all regions.
  private static func byRegion(_ statistic: @escaping @Sendable ([Double], _ whole: [Double]) -> Double?) -> Answer {
    { inputs in
      let rows = inputs["matrix_regions_x_industries"].rows
      let whole = (rows.first ?? []).indices.map { industry in rows.reduce(0) { $0 + $1[industry] } }
      return JSONValue(rows.map { statistic($0, whole) })
    }
  }

  static let regional: [String: Answer] = [
    "location_quotient": {
      guard let cell = $0["e_ij"].number, let region = $0["e_j"].number, let industry = $0["e_i"].number,
        let total = $0["e"].number
      else { return .null }
      return JSONValue(Specialisation.locationQuotient(cell, region: region, industry: industry, total: total))
    },
    "krugman_specialisation_multi": {
      JSONValue(Specialisation.krugman($0["region"].numbers, others: $0["others"].rows))
    },
    "gini_of_location_quotients": {
      JSONValue(Concentration.giniOfQuotients($0["industry_by_region"].numbers, $0["total_by_region"].numbers))
    },
    "herfindahl_by_region": byRegion { region, _ in Specialisation.herfindahl(region) },
    "hoover_coefficient_of_specialisation": byRegion { Specialisation.hooverCoefficient($0, $1) },
    "hachman_index": byRegion { Specialisation.hachman($0, $1) },
    "locational_gini": {
      let rows = $0["matrix_regions_x_industries"].rows
      let regions = rows.map { $0.reduce(0, +) }
      return JSONValue(
        (rows.first ?? []).indices.map { industry in Concentration.locationalGini(rows.map { $0[industry] }, regions) })
    },
    "litzenberger_sternberg_cluster_index": {
      let names = ["e_ij", "e_i", "a_j", "a", "p_j", "p", "b_ij", "b_i"]
      let numbers = names.compactMap($0.number(of:))
      guard numbers.count == names.count else { return .null }
      let cluster = Concentration.Cluster(
        jobs: numbers[0], allJobs: numbers[1], area: numbers[2], allArea: numbers[3], population: numbers[4],
        allPopulation: numbers[5], plants: numbers[6], allPlants: numbers[7])
      return JSONValue(cluster?.index)
    },
    "ellison_glaeser": {
      let whole = $0["region_employment"].members
      let regions = $0["firm_region"].elements.compactMap { region in whole.firstIndex { $0.name == region.text } }
      return JSONValue(
        Concentration.ellisonGlaeser(
          plants: $0["firm_employment"].numbers, region: regions, whole: whole.compactMap(\.value.number)))
    },
    "employment_ratio": {
      JSONValue(
        EmploymentQuotient.quotient(jobs: $0["jobs"].number ?? .nan, persons: $0["labour_force"].number ?? .nan))
    },
  ]

  private static func split(_ body: @escaping @Sendable (ShiftShare) -> [String: Double?]) -> Answer {
    { inputs in
      let split = ShiftShare(
        region: inputs["region_t0"].numbers, inputs["region_t1"].numbers, nation: inputs["nation_t0"].numbers,
        inputs["nation_t1"].numbers)
      return split.map { JSONValue(body($0)) } ?? .null
    }
  }

  static let shiftShare: [String: Answer] = [
    "shift_share_dunn": split {
      [
        "growth": $0.growth, "national": $0.national, "industry_mix": $0.industryMix, "regional": $0.regional,
        "net_total_shift": $0.netTotalShift,
      ]
    },
    "shift_share_esteban_marquillas": split {
      [
        "growth": $0.growth, "national": $0.national, "industry_mix": $0.industryMix, "regional": $0.competitive,
        "allocation": $0.allocation,
      ]
    },
    "shift_share_gerfin_index": split {
      ["structure": $0.gerfin?.structure, "location": $0.gerfin?.location, "total": $0.gerfin?.total]
    },
    "shift_share_arcelus": split {
      let terms = $0.arcelus
      return [
        "growth": $0.growth, "national_expected": terms?.nationalExpected,
        "national_differential": terms?.nationalDifferential, "industry_mix_expected": terms?.industryMixExpected,
        "industry_mix_differential": terms?.industryMixDifferential,
        "regional_growth_expected": terms?.regionalGrowthExpected,
        "regional_growth_differential": terms?.regionalGrowthDifferential,
        "regional_industry_expected": terms?.regionalIndustryExpected,
        "regional_industry_differential": terms?.regionalIndustryDifferential,
      ]
    },
    "shift_share_dynamic_dunn": { inputs in
      guard let steps = ShiftShare.steps(region: inputs["region"].rows, nation: inputs["nation"].rows) else {
        return .null
      }
      func sum(_ part: (ShiftShare) -> Double) -> Double { steps.map(part).reduce(0, +) }
      return JSONValue([
        "growth": sum(\.growth), "national": sum(\.national), "industry_mix": sum(\.industryMix),
        "regional": sum(\.regional), "net_total_shift": sum(\.netTotalShift),
      ])
    },
  ]
}

extension JSONValue {
  /// The number of a member.
  fileprivate func number(of name: String) -> Double? { self[name].number }
}
