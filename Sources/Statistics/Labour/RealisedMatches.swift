/// The statistical rule: what a job requires is read off from the people who do it.
///
/// ILO Guidelines (20th ICLS, 2018) take the modal education of an occupation; Verdugo and Verdugo (1989) the mean plus or
/// minus one standard deviation; Ortiz and Kucel (2008) the 80th percentile. All thresholds hold within the occupation.
public enum RealisedMatches {
  /// Which value stands for an occupation in which several are the most frequent.
  public enum ModeTie: String, Sendable, CaseIterable {
    /// The lowest of them.
    case lowest
    /// The highest of them.
    case highest
    /// All of them: over is above the highest, under is below the lowest.
    case all
  }

  /// How the bounds of an occupation are found; a worker is over above the upper bound, under below the lower one.
  public enum Rule: Sendable, Equatable {
    /// Both bounds are the most frequent value.
    case mode(ModeTie)
    /// Mean minus and plus so many standard deviations; a value on a bound is matched, on either side.
    case mean(deviations: Double, divisor: VarianceDivisor)
    /// The quantile of type 7 is the upper bound, for example 0.8; there is no lower one.
    case quantile(Double)
  }

  /// What is above `upper` is over, what is below `lower` under.
  public struct Bounds: Sendable, Equatable {
    /// The lower bound, minus infinity when the rule has none.
    public let lower: Double
    /// The upper bound.
    public let upper: Double
  }

  /// The bounds of one occupation.
  ///
  /// - Parameters:
  ///   - education: the education of the people in it, in years or in levels.
  ///   - rule: how.
  /// - Returns: nil for no people, and for a sample deviation of one.
  public static func bounds(_ education: [Double], rule: Rule) -> Bounds? {
    guard !education.isEmpty else { return nil }
    switch rule {
    case .mode(let tie):
      let sorted = education.sorted()
      var (best, low, high) = (0, 0.0, 0.0)
      var start = 0
      while start < sorted.count {
        let value = sorted[start]
        var end = start
        while end < sorted.count, sorted[end] == value { end += 1 }
        if end - start > best { (best, low) = (end - start, value) }
        if end - start == best { high = value }
        start = end
      }
      switch tie {
      case .lowest: return Bounds(lower: low, upper: low)
      case .highest: return Bounds(lower: high, upper: high)
      case .all: return Bounds(lower: low, upper: high)
      }
    case .mean(let deviations, let divisor):
      let moments = education.withUnsafeBufferPointer { Moments(ValueView($0)) }
      guard let mean = moments.mean, let spread = moments.standardDeviation(divisor) else { return nil }
      return Bounds(lower: mean - deviations * spread, upper: mean + deviations * spread)
    case .quantile(let probability):
      let sorted = education.sorted()
      let upper = sorted.withUnsafeBufferPointer { Quantiles.type7(sorted: $0, probability: probability) }
      return upper.map { Bounds(lower: -.infinity, upper: $0) }
    }
  }

  /// For each person -1 (under), 0 (matched) or 1 (over) against the bounds of the own occupation, or nil where there are
  /// none.
  ///
  /// - Parameters:
  ///   - education: one value a person.
  ///   - occupation: the occupation of each person, from 0.
  ///   - rule: how the bounds are found.
  ///   - minimum: occupations with fewer people have no bounds; 1 leaves none out.
  public static func mismatch(education: [Double], occupation: [Int], rule: Rule, minimum: Int = 1) -> [Int?] {
    precondition(education.count == occupation.count, "an occupation for each person is needed")
    precondition(occupation.allSatisfy { $0 >= 0 }, "occupations are numbered from 0")
    var members = [[Double]](repeating: [], count: (occupation.max() ?? -1) + 1)
    for (value, code) in zip(education, occupation) { members[code].append(value) }
    let bounds = members.map { $0.count >= minimum ? Self.bounds($0, rule: rule) : nil }
    return zip(education, occupation).map { value, code in
      bounds[code].map { value > $0.upper ? 1 : value < $0.lower ? -1 : 0 }
    }
  }

  /// The shares over all people whose occupation has bounds; nil when there are none.
  public static func rates(education: [Double], occupation: [Int], rule: Rule, minimum: Int = 1) -> MismatchRates? {
    let signs = mismatch(education: education, occupation: occupation, rule: rule, minimum: minimum)
    func count(_ sign: Int) -> Double { Double(signs.count { $0 == sign }) }
    return MismatchRates(over: count(1), under: count(-1), matched: count(0))
  }
}

/// Working below one's level as CBS measures it ("baan onder niveau"): the own level against the most frequent level of the
/// people in the occupation.
///
/// CBS (2016, Vooral jongeren werken onder hun niveau, technical notes) uses the levels low, middle and high and 114
/// occupation groups of BRC 2014. The most frequent level can change between periods, so figures of different periods do not
/// compare, and a finer scale gives a higher share.
public struct BelowLevel: Sendable, Equatable {
  /// The most frequent level of each occupation, from 0; nil for one without workers.
  public let modalLevel: [Int?]
  /// For each own level the share that works in an occupation whose most frequent level is lower; nil without workers.
  public let share: [Double?]
  /// The workers of each level below their level.
  public let below: [Double]

  /// Counts from workers by occupation and level.
  ///
  /// - Parameters:
  ///   - counts: one row an occupation, one count a level from low to high; rows are equally long.
  ///   - tie: which level stands for an occupation with several most frequent ones; `all` counts as the lowest of them only
  ///     for those above the highest, so it is the same as `highest` here.
  public init(counts: [[Double]], tie: RealisedMatches.ModeTie = .lowest) {
    let levels = counts.first?.count ?? 0
    precondition(counts.allSatisfy { $0.count == levels }, "every occupation has the same levels")
    var modal: [Int?] = []
    for row in counts {
      let most = row.max() ?? 0
      modal.append(
        most <= 0 ? nil : tie == .lowest ? row.firstIndex(of: most) : row.lastIndex(of: most))
    }
    modalLevel = modal
    below = (0..<levels).map { level in
      counts.indices.filter { modal[$0].map { $0 < level } ?? false }.map { counts[$0][level] }.compensatedSum
    }
    let all = (0..<levels).map { level in counts.map { $0[level] }.compensatedSum }
    share = zip(below, all).map { $1 > 0 ? $0 / $1 : nil }
  }
}
