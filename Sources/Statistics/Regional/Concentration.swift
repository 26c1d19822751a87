/// Where an industry is, compared with where everything is.
public enum Concentration {
  /// The additive location quotient e_ij / e_i - e_j / e: the region's share of the industry less its share of everything,
  /// 0 where they are equal (REAT `locq` with method "a").
  ///
  /// The share of the industry in the region less that in the whole is ``Specialisation/additiveQuotients(region:reference:)``.
  ///
  /// - Parameters:
  ///   - cell: e_ij, jobs of the industry in the region.
  ///   - region: e_j, all jobs in the region.
  ///   - industry: e_i, jobs of the industry everywhere.
  ///   - total: e, all jobs everywhere.
  /// - Returns: nil when the industry or the whole is empty.
  public static func additiveQuotient(_ cell: Double, region: Double, industry: Double, total: Double) -> Double? {
    industry > 0 && total > 0 ? cell / industry - region / total : nil
  }

  /// The Gini coefficient of location quotients (REAT gini.conc over regions, gini.spec over industries):
  /// 2 / (n^2 mean) sum rank_i (LQ_i - mean), ranks from the lowest.
  ///
  /// - Parameters:
  ///   - part: jobs of the industry by region (or of the region by industry).
  ///   - whole: all jobs by region (or of all regions by industry).
  /// - Returns: 0 when all quotients are equal; nil without jobs, or where `whole` has none.
  public static func giniOfQuotients(_ part: [Double], _ whole: [Double]) -> Double? {
    precondition(part.count == whole.count, "both need the same categories")
    let quotients = Specialisation.locationQuotients(region: part, reference: whole).compactMap { $0 }.sorted()
    guard quotients.count == part.count, let lowest = quotients.first, let highest = quotients.last else { return nil }
    let n = Double(quotients.count)
    let mean = quotients.compensatedSum / n
    guard mean > 0 else { return nil }
    if lowest == highest { return 0 }
    return 2 / (n * n * mean)
      * quotients.enumerated().map { Double($0.offset + 1) * ($0.element - mean) }.compensatedSum
  }

  /// Krugman's (1991) locational Gini: the area between the diagonal and the curve of the cumulative shares of the industry
  /// over those of everything, regions in the order of their location quotient. 0 when the industry is spread as the whole,
  /// towards 0.5 when it is in one small region.
  ///
  /// Regions without any jobs add nothing. nil when the industry or the whole is empty, or when the industry is where the
  /// whole is not.
  public static func locationalGini(_ industry: [Double], _ whole: [Double]) -> Double? {
    precondition(industry.count == whole.count, "both need the same regions")
    guard let own = shares(industry), let all = shares(whole),
      own.indices.allSatisfy({ all[$0] > 0 || own[$0] == 0 })
    else { return nil }
    let order = own.indices.filter { all[$0] > 0 }.sorted { (own[$0] / all[$0], $0) < (own[$1] / all[$1], $1) }
    var below = NeumaierSum()
    var reached = 0.0
    for i in order {
      below.add(all[i] * (reached + own[i] / 2))
      reached += own[i]
    }
    return 0.5 - below.value
  }

  /// Ellison and Glaeser's (1997) raw concentration G = sum (s_i - x_i)^2.
  public static func rawConcentration(_ industry: [Double], _ whole: [Double]) -> Double? {
    precondition(industry.count == whole.count, "both need the same regions")
    guard let own = shares(industry), let all = shares(whole) else { return nil }
    return zip(own, all).map { ($0 - $1) * ($0 - $1) }.compensatedSum
  }

  /// Ellison and Glaeser's (1997, JPE 105) agglomeration index: concentration beyond what few large plants give by chance.
  ///
  /// gamma = (G - (1 - sum x_i^2) H) / ((1 - sum x_i^2) (1 - H)) with H the Herfindahl index of the plants. Around 0 for a
  /// random spread, above 0.05 highly concentrated by their reckoning.
  ///
  /// - Parameters:
  ///   - plants: employment of each plant.
  ///   - region: the region of each plant, an index into `whole`.
  ///   - whole: all employment by region.
  /// - Returns: nil for a single plant or a single region.
  public static func ellisonGlaeser(plants: [Double], region: [Int], whole: [Double]) -> Double? {
    precondition(plants.count == region.count, "a region for each plant is needed")
    precondition(region.allSatisfy { whole.indices.contains($0) }, "a plant outside the regions")
    var industry = [Double](repeating: 0, count: whole.count)
    for (jobs, place) in zip(plants, region) { industry[place] += jobs }
    guard let h = Specialisation.herfindahl(plants), let x = Specialisation.herfindahl(whole),
      let g = rawConcentration(industry, whole), h < 1, x < 1
    else { return nil }
    return (g - (1 - x) * h) / ((1 - x) * (1 - h))
  }

  /// Ellison and Glaeser's co-agglomeration index of a group of industries: (G / (1 - sum x_i^2) - H - sum gamma_j w_j^2
  /// (1 - H_j)) / (1 - sum w_j^2), with w_j the industry's share of the group, H = sum w_j^2 H_j, and G that of the group.
  ///
  /// - Parameters:
  ///   - plants: employment of each plant.
  ///   - region: the region of each plant.
  ///   - industry: the industry of each plant, from 0.
  ///   - whole: all employment by region.
  /// - Returns: nil for one industry, or when an industry of one plant makes its own index undefined.
  public static func coagglomeration(plants: [Double], region: [Int], industry: [Int], whole: [Double]) -> Double? {
    precondition(plants.count == industry.count && plants.count == region.count, "one of each for every plant")
    precondition(region.allSatisfy { whole.indices.contains($0) }, "a plant outside the regions")
    precondition(industry.allSatisfy { $0 >= 0 }, "industries are numbered from 0")
    let kinds = (industry.max() ?? -1) + 1
    var sizes = [Double](repeating: 0, count: kinds)
    var group = [Double](repeating: 0, count: whole.count)
    for (i, jobs) in plants.enumerated() {
      sizes[industry[i]] += jobs
      group[region[i]] += jobs
    }
    guard kinds > 1, let w = shares(sizes), let g = rawConcentration(group, whole),
      let x = Specialisation.herfindahl(whole), x < 1
    else { return nil }
    var (h, own) = (NeumaierSum(), NeumaierSum())
    for kind in 0..<kinds {
      let rows = industry.indices.filter { industry[$0] == kind }
      guard let hj = Specialisation.herfindahl(rows.map { plants[$0] }),
        let gamma = ellisonGlaeser(plants: rows.map { plants[$0] }, region: rows.map { region[$0] }, whole: whole)
      else { return nil }
      h.add(w[kind] * w[kind] * hj)
      own.add(gamma * w[kind] * w[kind] * (1 - hj))
    }
    let rest = 1 - w.map { $0 * $0 }.compensatedSum
    return rest > 0 ? (g / (1 - x) - h.value - own.value) / rest : nil
  }

  /// What the cluster index of Litzenberger and Sternberg (2006) is made of, for one industry in one region.
  public struct Cluster: Sendable, Equatable {
    /// The industry's jobs here over those everywhere, over the region's share of the area.
    public let density: Double
    /// The same over the region's share of the population.
    public let stock: Double
    /// The region's share of the industry's plants over its share of the jobs: above 1 for small plants.
    public let smallness: Double
    /// The product of the three, above 1 for a cluster of many small plants.
    public var index: Double { density * stock * smallness }

    /// Jobs, area, population and plants here and in all regions; nil when one that is divided by is zero.
    public init?(
      jobs: Double, allJobs: Double, area: Double, allArea: Double, population: Double, allPopulation: Double,
      plants: Double, allPlants: Double
    ) {
      guard [jobs, allJobs, area, allArea, population, allPopulation, allPlants].allSatisfy({ $0 > 0 }) else {
        return nil
      }
      let share = jobs / allJobs
      density = share / (area / allArea)
      stock = share / (population / allPopulation)
      smallness = plants / allPlants / share
    }
  }
}
