import Statistics

/// Aggregate and qualification mismatch, and displacement.
extension LabourCaseAnswers {
  static let mismatch: [String: Answer] = [
    "mismatch_index_sahin": {
      JSONValue(
        MismatchIndex.sahin(
          unemployed: $0["u"].numbers, vacancies: $0["v"].numbers, alpha: $0["alpha"].number ?? .nan))
    },
    "mismatch_index_sahin_x": {
      JSONValue(
        MismatchIndex.sahin(
          unemployed: $0["u"].numbers, vacancies: $0["v"].numbers, efficiency: $0["phi"].numbers,
          weight: $0["x"].numbers, alpha: $0["alpha"].number ?? .nan))
    },
    "mismatch_unemployment_share": { inputs in
      let rise = inputs["delta_u_pp"].number ?? .nan
      let shares = inputs["delta_gap_pp"].members.map { member in
        let share = CounterfactualUnemployment.shareOfRise(gap: member.value.number ?? .nan, unemployment: rise)
        return (member.name, JSONValue(share))
      }
      return .map(Dictionary(uniqueKeysWithValues: shares))
    },
    "mismatch_layard_nickell": {
      JSONValue(
        MismatchIndex.layardNickell(unemployed: $0["unemployed"].numbers, labourForce: $0["labour_force"].numbers))
    },
    "lilien_index": { JSONValue(SectoralShift.lilien(from: $0["x0"].numbers, to: $0["x1"].numbers)) },
    "lilien_index_modified": {
      JSONValue(SectoralShift.lilien(from: $0["x0"].numbers, to: $0["x1"].numbers, weights: .average))
    },
    "kitagawa_decomposition": {
      let parts = RateDecomposition(
        shares: $0["group_shares_t0"].numbers, rates: $0["rates_t0"].numbers,
        laterShares: $0["group_shares_t1"].numbers, laterRates: $0["rates_t1"].numbers)
      return JSONValue([
        "total": parts.total, "rate_effect": parts.rateEffect, "composition_effect": parts.compositionEffect,
      ])
    },
    "underqualified_share_of_job_level": {
      // Scientific occupations ask for a tertiary education: the fifth of these levels.
      let levels = ["primair", "lager_secundair", "hoger_secundair", "post_secundair", "tertiair", "promovendi"]
      let counts = levels.compactMap($0["x1000"].members.value(of:))
      guard counts.count == levels.count, let required = RequiredEducation(lowest: 4, highest: 5) else { return .null }
      let rates = RequiredEducation.rates(
        education: Array(0..<6), required: [RequiredEducation](repeating: required, count: 6), counts: counts)
      return JSONValue(rates?.under)
    },
    "cbs_baan_onder_niveau": {
      let occupations = $0["counts_low_mid_high_by_occupation"].members
      let below = BelowLevel(counts: occupations.map(\.value.numbers))
      let modes = zip(occupations, below.modalLevel).map { ($0.name, JSONValue($1.map(Double.init))) }
      return .map([
        "modal_level": .map(Dictionary(uniqueKeysWithValues: modes)), "low_below_level": JSONValue(below.share[0]),
        "mid_below_level": JSONValue(below.share[1]), "high_below_level": JSONValue(below.share[2]),
      ])
    },
  ]

  private static func matrix(_ body: @escaping @Sendable (QualificationMatrix) -> JSONValue) -> Answer {
    { QualificationMatrix($0["matrix_education_x_job"].rows).map(body) ?? .null }
  }

  private static func rows(_ matrix: QualificationMatrix?) -> JSONValue {
    guard let matrix else { return .null }
    return JSONValue((0..<matrix.levels).map { e in (0..<matrix.levels).map { matrix[e, $0] } })
  }

  static let displacement: [String: Answer] = [
    "education_x_joblevel_rates": matrix {
      .map([
        "N": JSONValue($0.total), "matched": JSONValue($0.rates?.matched), "over": JSONValue($0.rates?.over),
        "under": JSONValue($0.rates?.under),
        "displaced_share_by_joblevel": JSONValue($0.balance.map { $0.displacedShare }),
      ])
    },
    "threshold_decomposition": matrix {
      .list(
        $0.thresholds.map {
          // The collection counts levels from 1.
          JSONValue([
            "threshold": Double($0.level + 1), "down": $0.down, "up": $0.up, "surplus": $0.surplus,
            "structural": $0.structural, "excess": $0.excess,
          ])
        })
    },
    "own_level_first_allocation": {
      rows(JobAllocation.ownLevelFirst(workers: $0["workers"].numbers, jobs: $0["jobs"].numbers))
    },
    "excess_mismatch": matrix {
      let excess = $0.excessMismatch
      return JSONValue([
        "observed_share": excess?.observedShare, "structural_share": excess?.structuralShare,
        "excess_share": excess?.excessShare, "observed_steps": excess?.observedSteps,
        "structural_steps": excess?.structuralSteps, "excess_steps": excess?.excessSteps,
      ])
    },
    "displacement_chain_versus_deep_fall": {
      let chain = JobAllocation.assortative(workers: $0["workers"].numbers, jobs: $0["jobs"].numbers)
      let fall = JobAllocation.ownLevelFirst(workers: $0["workers"].numbers, jobs: $0["jobs"].numbers)
      return .map([
        "chain": rows(chain), "own_level_first": rows(fall),
        "persons_affected": JSONValue([chain?.personsAffected, fall?.personsAffected]),
        "steps": JSONValue([chain?.excessMismatch?.observedSteps, fall?.excessMismatch?.observedSteps]),
      ])
    },
  ]
}

extension [(name: String, value: JSONValue)] {
  /// The number of the member of that name.
  fileprivate func value(of name: String) -> Double? { first { $0.name == name }?.value.number }
}
