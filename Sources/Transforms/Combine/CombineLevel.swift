import PipelineKit
import Statistics

/// How the parts of the aggregates of one level are put together.
struct CombineLevel: PluginOptions {
  enum Method: String, OptionChoice {
    case arithmetic, geometric, harmonic, power, copeland
    case mazziottaPareto = "mazziotta_pareto"
    case adjustedMazziottaPareto = "adjusted_mazziotta_pareto"
    case ordered
    case benefitOfDoubt = "benefit_of_doubt"
    case exponential

    /// Whether an area's result depends on the other areas.
    var compares: Bool { self == .copeland || self == .benefitOfDoubt || self == .exponential }
  }

  enum Penalty: String, OptionChoice {
    case minus, plus

    var sign: PenaltySign { self == .minus ? .minus : .plus }
  }

  var method = Method.arithmetic
  var missing = MissingRules.Enough()
  var power: Double?
  var penalty = Penalty.minus
  var places: [Double]?
  var highest: Int?
  var lowest: Int?
  var quantifier: Double?
  var k: Double?
  var topShare: Double?
  var scale = Conventions.Scale.plusOne
  var ties = Conventions.Ties.avg
  var rescaleWeights = true

  static var declaration: [OptionField<Self>] {
    [
      .init("method", \.method, "How parts become a whole."),
      .init("missing", \.missing, "How much must be present; the weights of those present are rescaled."),
      .init("power", \.power, "power: the exponent; 1 is arithmetic, 0 geometric, -1 harmonic."),
      .init("penalty", \.penalty, "Mazziotta-Pareto: minus where high is good, plus where high is bad."),
      .init("places", \.places, "ordered: a weight for each place, from the highest part to the lowest."),
      .init("highest", \.highest, "ordered: the mean of so many highest parts."),
      .init("lowest", \.lowest, "ordered: the mean of so many lowest parts."),
      .init("quantifier", \.quantifier, "ordered: weights Q(i/n) - Q((i-1)/n) with Q(x) = x to this power."),
      .init("k", \.k, "exponential: the constant; 23 when neither it nor top_share is given."),
      .init("top_share", \.topShare, "exponential: the share of areas with the highest part that scores 50 and more."),
      .init("scaled_rank", \.scale, "exponential: (N+1-r)/N or (N-r)/N, r = 1 the highest part."),
      .init("ties", \.ties, "exponential: how equal parts share ranks; min, avg or max."),
      .init(
        "rescale_weights", \.rescaleWeights, "arithmetic, exponential: whether weights are divided by their sum."),
    ]
  }

  /// Refuses what contradicts itself.
  func check(at position: SourcePosition) throws(SpecError) {
    try missing.check("combine", at: position)
    let orders = [places != nil, highest != nil, lowest != nil, quantifier != nil].count { $0 }
    guard (method == .ordered) == (orders == 1) else {
      throw SpecError(
        position,
        "method ordered takes one of \"places\", \"highest\", \"lowest\" and \"quantifier\", no other method does")
    }
    guard (method == .power) == (power != nil) else {
      throw SpecError(position, "method power takes \"power\", no other method does")
    }
    guard quantifier.map({ $0 > 0 }) ?? true, highest.map({ $0 > 0 }) ?? true, lowest.map({ $0 > 0 }) ?? true else {
      throw SpecError(position, "\"highest\", \"lowest\" and \"quantifier\" must be above 0")
    }
    if let places, places.contains(where: { $0 < 0 }) || !places.contains(where: { $0 > 0 }) {
      throw SpecError(position, "\"places\" takes weights of 0 and more, not all 0")
    }
    guard ties != .asPublished else { throw SpecError(position, "\"ties\" takes min, avg or max here") }
    try conventions.check(at: position)
  }

  /// Refuses places that an aggregate's parts do not fill.
  func check(_ aggregate: IndicatorTree.Aggregate) throws(SpecError) {
    let count = aggregate.parts.count { $0.weight > 0 }
    if let places, places.count != count {
      throw SpecError(
        aggregate.name.position, "\"places\" has \(places.count) weights; \"\(aggregate.name)\" has \(count) parts")
    }
    if let number = highest ?? lowest, number > count {
      throw SpecError(
        aggregate.name.position, "\"\(aggregate.name)\" has \(count) parts, fewer than the \(number) to take")
    }
  }

  private var conventions: Conventions {
    var own = Conventions()
    (own.k, own.topShare, own.scale, own.ties) = (k, topShare, scale, ties)
    return own
  }

  /// The exponential transform of the parts, and how ranks enter it.
  var exponential: (transform: ExponentialTransform, ties: TieRule, scale: ScaledRankConvention) {
    (conventions.exponential, ties.rule, scale.convention)
  }

  /// The method as statistics know it; the exponential transform ends in an arithmetic mean.
  var aggregation: AggregationMethod {
    switch method {
    case .arithmetic, .exponential: .arithmetic
    case .geometric: .geometric
    case .harmonic: .harmonic
    case .power: .power(power ?? 1)
    case .copeland: .copeland
    case .mazziottaPareto: .mazziottaPareto(penalty.sign, .sample)
    case .adjustedMazziottaPareto: .mazziottaPareto(penalty.sign, .population)
    case .ordered:
      .ordered(
        places.map { .places($0) } ?? highest.map { .highest($0) } ?? lowest.map { .lowest($0) }
          ?? .quantifier(quantifier ?? 1))
    case .benefitOfDoubt: .benefitOfDoubt
    }
  }
}
