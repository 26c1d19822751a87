import PipelineKit
import Statistics

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
        "How ties enter the transform; `as_published`: the indicator is the rank, taken as it is among the N of the frame."
      ),
      .init("indicator_score", \.indicatorScore, "How an indicator enters a domain of several."),
      .init("normal_score", \.normalForm, "(r-1/2)/N, r/(N+1) or (r-3/8)/(N+1/4)."),
      .init(
        "domain_transform", \.transform,
        "What a domain's scaled rank R becomes: X = -k ln(1 - R(1 - exp(-100/k))), 100 R, or nothing: the value itself."
      ),
      .init("rescale_weights", \.rescaleWeights, "Whether weights are divided by their sum; England's .999 is not."),
      .init(
        "rank_decimals", \.rankDecimals,
        "Rank the score rounded to so many decimals, halves away from zero; without tie_tolerance."),
      .init("tie_tolerance", \.tieTolerance, "Neighbouring scores that differ by no more share a rank."),
    ]
  }

  /// Refuses what no formula allows.
  func check(at position: SourcePosition) throws(SpecError) {
    guard k.map({ $0 > 0 && $0.isFinite }) ?? true, topShare.map({ $0 > 0 && $0 < 0.5 }) ?? true else {
      throw SpecError(position, "k must be positive, and top_share between 0 and 0.5")
    }
    guard k == nil || topShare == nil else {
      throw SpecError(position, "give k or top_share, not both: each decides the other")
    }
    if let rankDecimals, !(0...15).contains(rankDecimals) {
      throw SpecError(position, "\"rank_decimals\" is \(rankDecimals), expected 0 to 15")
    }
    guard tieTolerance >= 0, tieTolerance.isFinite else {
      throw SpecError(position, "\"tie_tolerance\" is \(tieTolerance), expected 0 or more")
    }
  }

  /// The exponential transform with the constant in force.
  var exponential: ExponentialTransform {
    ExponentialTransform(k: k ?? topShare.flatMap { ExponentialTransform.constant(forTopShare: $0) } ?? 23)
  }
}
