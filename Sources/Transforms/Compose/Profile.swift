import PipelineKit
import Statistics
import Tabular

/// What a composite is made of: domains, indicators, directions, weights and conventions. A file of its own.
struct Profile: PluginOptions {
  var name = ""
  var title = ""
  var conventions = Conventions()
  var missing = MissingRules()
  var domains: [Domain] = []

  static var declaration: [OptionField<Self>] {
    [
      .init("profile", \.name, required: true, "The profile's name."),
      .init("title", \.title, "What the composite measures."),
      .init("conventions", \.conventions, "How ranks become scores; every producer has its own."),
      .init("missing", \.missing, "How much must be present for a domain and for the score."),
      .init("domains", \.domains, required: true, "The domains, in the order in which they are summed."),
    ]
  }

  /// A domain: a weight and the indicators that make it up.
  struct Domain: PluginOptions {
    var id = ""
    var label = ""
    var weight = 1.0
    var indicators: [Indicator] = []

    static var declaration: [OptionField<Self>] {
      [
        .init("id", \.id, required: true, "The domain's name in column names, in snake_case."),
        .init("label", \.label, "The domain's name for people."),
        .init("weight", \.weight, required: true, "The domain's weight in the score."),
        .init("indicators", \.indicators, required: true, "The indicators."),
      ]
    }
  }

  /// An indicator: a column, its direction and its weight within the domain.
  struct Indicator: PluginOptions {
    var column = Located("", at: SourcePosition(file: ""))
    var direction = DirectionOption.higherIsWorse
    var weight = 1.0

    static var declaration: [OptionField<Self>] {
      [
        .init("column", \.column, required: true, "The column that holds the indicator."),
        .init("direction", \.direction, required: true, "Whether more of it is worse or better."),
        .init("weight", \.weight, "The indicator's weight within the domain."),
      ]
    }
  }

  /// Reads and checks the profile at `path`.
  init(path: SpecPath, context: RunContext) throws(SpecError) {
    let text: String
    do throws(SourceError) { text = try context.text(path.path) } catch {
      throw SpecError(path.position, "the profile \(error)")
    }
    let node = try SpecParser.nodes(text, file: path.path)
    try self.init(option: node)
    try check(at: node.position)
  }

  init() {}

  private func check(at position: SourcePosition) throws(SpecError) {
    var ids: Set<String> = []
    guard !domains.isEmpty else { throw SpecError(position, "a profile needs at least one domain") }
    for domain in domains {
      guard ids.insert(domain.id).inserted else { throw SpecError(position, "the domain \"\(domain.id)\" is named twice") }
      guard let first = domain.indicators.first else {
        throw SpecError(position, "the domain \"\(domain.id)\" has no indicators")
      }
      var columns: Set<String> = []
      for indicator in domain.indicators where !columns.insert(indicator.column.text).inserted {
        throw SpecError(indicator.column.position, "\"\(indicator.column)\" stands twice in the domain \"\(domain.id)\"")
      }
      if conventions.ties == .asPublished, domain.indicators.count > 1 {
        throw SpecError(
          first.column.position, "ties: as_published takes a rank as it is; a domain then has one indicator, the rank")
      }
      try checkWeights(domain.indicators.map(\.weight), "the indicators of \"\(domain.id)\"", first.column.position)
    }
    try checkWeights(domains.map(\.weight), "the domains", position)
    guard conventions.k.map({ $0 > 0 }) ?? true, conventions.topShare.map({ $0 > 0 && $0 < 0.5 }) ?? true else {
      throw SpecError(position, "k must be positive, and top_share between 0 and 0.5")
    }
    guard conventions.k == nil || conventions.topShare == nil else {
      throw SpecError(position, "give k or top_share, not both: each decides the other")
    }
  }

  private func checkWeights(_ weights: [Double], _ what: String, _ position: SourcePosition) throws(SpecError) {
    do throws(WeightProblem) { _ = try WeightedScore(weights: weights) } catch {
      throw SpecError(position, "the weights of \(what): \(error)")
    }
  }
}

/// A direction in option files.
enum DirectionOption: String, OptionChoice {
  case higherIsWorse = "higher_is_worse"
  case higherIsBetter = "higher_is_better"

  /// The end of the values that gets rank 1, the most deprived.
  var mostDeprivedFirst: RankDirection { self == .higherIsWorse ? .descending : .ascending }
}

/// How ranks become scores.
struct Conventions: PluginOptions {
  enum Ties: String, OptionChoice {
    case min, avg, max
    case asPublished = "as_published"

    var rule: TieRule {
      switch self {
      case .min: .minimum
      case .avg, .asPublished: .average
      case .max: .maximum
      }
    }
  }

  enum Scale: String, OptionChoice {
    case plusOne = "n_plus_1_minus_r"
    case plain = "n_minus_r"

    var convention: ScaledRankConvention { self == .plusOne ? .countPlusOneMinusRank : .countMinusRank }
  }

  enum IndicatorScore: String, OptionChoice {
    case rank
    case normalScore = "normal_score"
    case value
  }

  enum NormalForm: String, OptionChoice {
    case rankit
    case vanDerWaerden = "van_der_waerden"
    case blom

    var convention: NormalScoreConvention {
      switch self {
      case .rankit: .rankit
      case .vanDerWaerden: .vanDerWaerden
      case .blom: .blom
      }
    }
  }

  enum Transform: String, OptionChoice {
    case exponential
    case scaledRank = "scaled_rank"
    case none
  }

  var k: Double?
  var topShare: Double?
  var scale = Scale.plusOne
  var ties = Ties.avg
  var indicatorScore = IndicatorScore.normalScore
  var normalForm = NormalForm.rankit
  var transform = Transform.exponential
  var rescaleWeights = true
  var rankDecimals: Int?
  var tieTolerance = 5e-11

  static var declaration: [OptionField<Self>] {
    [
      .init("k", \.k, "The constant of the exponential transform; 23 when neither it nor top_share is given."),
      .init("top_share", \.topShare, "The most deprived share of areas that scores 50 and more; k = 50/ln((1-q)/q)."),
      .init("scaled_rank", \.scale, "(N+1-r)/N or (N-r)/N, with r = 1 the most deprived."),
      .init(
        "ties", \.ties,
        "How ties enter the transform; `as_published`: the indicator is the rank, taken as it is among the N of the frame."),
      .init("indicator_score", \.indicatorScore, "How an indicator enters a domain of several."),
      .init("normal_score", \.normalForm, "(r-1/2)/N, r/(N+1) or (r-3/8)/(N+1/4)."),
      .init(
        "domain_transform", \.transform,
        "What a domain's scaled rank R becomes: X = -k ln(1 - R(1 - exp(-100/k))), 100 R, or nothing: the value itself."),
      .init("rescale_weights", \.rescaleWeights, "Whether weights are divided by their sum; England's .999 is not."),
      .init("rank_decimals", \.rankDecimals, "Rank the score rounded to so many decimals."),
      .init("tie_tolerance", \.tieTolerance, "Scores that differ by no more share a rank."),
    ]
  }

  /// The exponential transform with the constant in force.
  var exponential: ExponentialTransform {
    ExponentialTransform(k: k ?? topShare.flatMap { ExponentialTransform.constant(forTopShare: $0) } ?? 23)
  }
}

/// How much must be present.
struct MissingRules: PluginOptions {
  var domain = Enough()
  var score = Enough()

  static var declaration: [OptionField<Self>] {
    [
      .init("domain", \.domain, "Of a domain's indicators; the weights of those present are rescaled."),
      .init("score", \.score, "Of the score's domains; the weights of those present are rescaled."),
    ]
  }

  struct Enough: PluginOptions {
    var minimumCount: Int?
    var minimumShare: Double?

    static var declaration: [OptionField<Self>] {
      [
        .init("minimum_count", \.minimumCount, "So many parts at least; without either rule all parts are needed."),
        .init("minimum_share", \.minimumShare, "Parts that hold so much of the weight (0-1) at least."),
      ]
    }

    var rule: MissingPartRule {
      if minimumCount == nil, minimumShare == nil { return .requireAll }
      return .rescale(minimumCount: minimumCount ?? 1, minimumShare: minimumShare ?? 0)
    }
  }
}
