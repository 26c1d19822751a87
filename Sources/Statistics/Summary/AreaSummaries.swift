internal import Glibc

/// Summaries of a larger area from the ranks, scores and inhabitants of its small areas, as the English Indices of
/// Deprivation 2019 define them (Technical Report, appendix N). Rank 1 is the most deprived of N areas in the country.
public struct AreaSummaries: Sendable {
  /// One small area.
  public struct Area: Sendable, Equatable {
    /// Its rank in the country.
    public var rank: Double
    /// Its inhabitants, 0 or more.
    public var population: Double

    /// A small area.
    public init(rank: Double, population: Double) {
      self.rank = rank
      self.population = population
    }
  }

  /// The small areas.
  public let areas: [Area]
  /// N: how many small areas the country has.
  public let count: Int
  /// Their inhabitants together.
  public let population: Double

  /// The larger area made of `areas`, of `count` in the country.
  public init(_ areas: [Area], count: Int) {
    self.areas = areas
    self.count = count
    population = areas.reduce(0) { $0 + $1.population }
  }

  /// N + 1 less the population-weighted mean rank: high means deprived; nil without inhabitants.
  public var averageRank: Double? {
    population > 0
      ? Double(count + 1) - areas.reduce(0) { $0 + $1.rank * $1.population } / population : nil
  }

  /// N + 1 less the mean rank of the areas, each counted once; nil without areas.
  public var averageRankUnweighted: Double? {
    areas.isEmpty ? nil : Double(count + 1) - areas.reduce(0) { $0 + $1.rank } / Double(areas.count)
  }

  /// The share of areas among the worst `share` of the country, those with rank <= share N; nil without areas.
  public func shareOfAreas(worst share: Double) -> Double? {
    areas.isEmpty ? nil : Double(areas.count { isWorst($0, share) }) / Double(areas.count)
  }

  /// The share of inhabitants who live among the worst `share` of the country's areas; nil without inhabitants.
  public func shareOfPopulation(worst share: Double) -> Double? {
    guard population > 0 else { return nil }
    return areas.reduce(0) { $0 + (isWorst($1, share) ? $1.population : 0) } / population
  }

  /// The share of inhabitants in the worst areas, the worst tenth in full and the next two in part; nil without inhabitants.
  ///
  /// With percentile p = ceil(100 r/N) an area counts for 1 up to p = 10, for .95 - .9 (p - 11)/19 from 11 to 30, and for
  /// nothing beyond.
  public var extent: Double? {
    guard population > 0 else { return nil }
    return areas.reduce(0) { $0 + $1.population * Self.extentWeight(rank: $1.rank, count: count) } / population
  }

  /// How far an area counts for the extent.
  public static func extentWeight(rank: Double, count: Int) -> Double {
    let percentile = ceil(100 * rank / Double(count) - 1e-9)
    if percentile <= 10 { return 1 }
    return percentile <= 30 ? 0.95 - 0.9 * (percentile - 11) / 19 : 0
  }

  /// N + 1 less the population-weighted mean rank of the most deprived areas that hold exactly a tenth of the inhabitants,
  /// the last one in part; nil without inhabitants.
  public var localConcentration: Double? {
    guard population > 0 else { return nil }
    var left = population / 10
    var sum = 0.0
    for area in areas.sorted(by: { $0.rank < $1.rank }) where left > 0 {
      let taken = min(area.population, left)
      sum += taken * area.rank
      left -= taken
    }
    return Double(count + 1) - sum / (population / 10)
  }

  /// The population-weighted mean of `scores`, one an area; nil without inhabitants.
  public func averageScore(_ scores: [Double]) -> Double? {
    precondition(scores.count == areas.count, "a score for each area is needed")
    return population > 0 ? zip(scores, areas).reduce(0) { $0 + $1.0 * $1.1.population } / population : nil
  }

  /// The number of deprived people: the sum of the areas' `counts`.
  public static func scale(_ counts: [Double]) -> Double { counts.reduce(0, +) }

  private func isWorst(_ area: Area, _ share: Double) -> Bool {
    area.rank <= share * Double(count) + 1e-9
  }
}
