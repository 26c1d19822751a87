import PipelineKit
import Statistics

/// A way to put an indicator on a common scale, and its numbers.
struct ScaleOptions: Sendable {
  enum Method: String, OptionChoice {
    case zScore = "z_score"
    case minMax = "min_max"
    case scaled
    case rank, borda
    case percentileRank = "percentile_rank"
    case normalScore = "normal_score"
    case distanceToMaximum = "distance_to_maximum"
    case distanceToReference = "distance_to_reference"
    case distanceToTarget = "distance_to_target"
    case fractionOfMaximum = "fraction_of_maximum"
    case goalposts, adjusted, categorical
    case quantileClasses = "quantile_classes"

    /// The unit of the result, and its decimals where they are known.
    var unit: (name: String, decimals: Int?) {
      switch self {
      case .zScore: ("standard deviations", nil)
      case .normalScore: ("standard deviations", nil)
      case .rank: ("rank", 1)
      case .borda: ("rank", 1)
      case .percentileRank, .distanceToMaximum, .distanceToReference, .distanceToTarget, .fractionOfMaximum:
        ("share", nil)
      case .minMax, .scaled, .goalposts, .adjusted, .categorical, .quantileClasses: ("points", nil)
      }
    }
  }

  enum Divisor: String, OptionChoice {
    case population, sample

    var divisor: VarianceDivisor { self == .population ? .population : .sample }
  }

  var method: Method?
  var divisor: Divisor?
  var mean: Double?
  var deviation: Double?
  var range: [Double]?
  var ties: Rank.Ties?
  var form: Conventions.NormalForm?
  var low: Double?
  var high: Double?
  var factor: Double?
  var reference: Double?
  var target: Double?
  var caps: Bool?
  var truncates: Bool?
  var bounds: [Double]?
  var probabilities: [Double]?
  var scores: [Double]?

  /// The options, for a mapping that holds them at `path`.
  static func declaration<Root>(at path: WritableKeyPath<Root, Self>) -> [OptionField<Root>] {
    func option<Value: OptionValue>(_ name: String, _ own: WritableKeyPath<Self, Value>, _ text: String)
      -> OptionField<Root>
    {
      .init(name, path.appending(path: own), text)
    }
    return [
      option("method", \.method, "The scale; z_score when none is given."),
      option("standard_deviation", \.divisor, "z_score: whether the deviation divides by n (the default) or by n - 1."),
      option("mean", \.mean, "z_score: the new mean, 0 when not given."),
      option("deviation", \.deviation, "z_score: the new standard deviation, 1 when not given."),
      option("range", \.range, "min_max: where the lowest and the highest value go, [0, 100] when not given."),
      option("ties", \.ties, "Ranks of equal values: avg by default, for percentile_rank and borda min."),
      option("normal_form", \.form, "normal_score: (r-1/2)/N (the default), r/(N+1) or (r-3/8)/(N+1/4)."),
      option("low", \.low, "goalposts, scaled: the value that becomes 0, in the column's unit."),
      option("high", \.high, "goalposts, scaled: the value that becomes the factor, in the column's unit."),
      option("factor", \.factor, "goalposts, scaled: the upper end of the new scale, 100 when not given."),
      option(
        "reference", \.reference, "distance_to_reference, adjusted: the value that stands for enough, or for 100."),
      option("target", \.target, "distance_to_target: the value to reach."),
      option("cap", \.caps, "distance_to_reference, distance_to_target: whether what lies beyond counts as 1."),
      option("truncate", \.truncates, "goalposts: whether what lies outside is put on the ends; true when not given."),
      option("bounds", \.bounds, "categorical: rising upper bounds of the classes, the last class having none."),
      option("probabilities", \.probabilities, "quantile_classes: rising shares (0-1) at which classes end."),
      option("scores", \.scores, "categorical, quantile_classes: the score of each class, one more than bounds."),
    ]
  }

  /// These options, and where they are silent those of `other`.
  func over(_ other: Self) -> Self {
    Self(
      method: method ?? other.method, divisor: divisor ?? other.divisor, mean: mean ?? other.mean,
      deviation: deviation ?? other.deviation, range: range ?? other.range, ties: ties ?? other.ties,
      form: form ?? other.form, low: low ?? other.low, high: high ?? other.high, factor: factor ?? other.factor,
      reference: reference ?? other.reference, target: target ?? other.target, caps: caps ?? other.caps,
      truncates: truncates ?? other.truncates, bounds: bounds ?? other.bounds,
      probabilities: probabilities ?? other.probabilities, scores: scores ?? other.scores)
  }

  /// The method with its numbers.
  /// - Throws: ``SpecError`` at `position` when a number is missing or makes no sense.
  func resolved(at position: SourcePosition) throws(SpecError) -> NormalisationMethod {
    func need<T>(_ value: T?, _ name: String) throws(SpecError) -> T {
      guard let value else { throw SpecError(position, "method \(method?.rawValue ?? "") needs \"\(name)\"") }
      return value
    }
    let ends = range ?? [0, 100]
    guard ends.count == 2, ends[0] < ends[1], (ends[1] - ends[0]).isFinite else {
      throw SpecError(position, "\"range\" takes two rising numbers")
    }
    let tied = ties?.rule
    switch method ?? .zScore {
    case .zScore:
      let spread = deviation ?? 1
      guard spread > 0 else { throw SpecError(position, "\"deviation\" must be above 0") }
      return .zScore(mean: mean ?? 0, deviation: spread, divisor: (divisor ?? .population).divisor)
    case .minMax: return .minMax(low: ends[0], high: ends[1])
    case .rank: return .rank(tied ?? .average)
    case .borda: return .borda(tied ?? .minimum)
    case .percentileRank: return .percentileRank(tied ?? .minimum)
    case .normalScore: return .normalScore((form ?? .rankit).convention, tied ?? .average)
    case .distanceToMaximum: return .distanceToMaximum
    case .distanceToReference: return .distanceToReference(try need(reference, "reference"), caps: caps ?? false)
    case .distanceToTarget: return .distanceToTarget(try need(target, "target"), caps: caps ?? true)
    case .fractionOfMaximum: return .fractionOfMaximum
    case .adjusted: return .adjusted(reference: reference)
    case .scaled, .goalposts:
      let (bottom, top) = (try need(low, "low"), try need(high, "high"))
      guard bottom < top else { throw SpecError(position, "\"low\" must be below \"high\"") }
      return method == .scaled
        ? .scaled(low: bottom, high: top, factor: factor ?? 100)
        : .goalposts(low: bottom, high: top, factor: factor ?? 100, truncates: truncates ?? true)
    case .categorical:
      let (ends, list) = (try need(bounds, "bounds"), try need(scores, "scores"))
      try Self.check(ends, list, "bounds", at: position)
      return .categorical(bounds: ends, scores: list)
    case .quantileClasses:
      let (ends, list) = (try need(probabilities, "probabilities"), try need(scores, "scores"))
      try Self.check(ends, list, "probabilities", at: position)
      guard ends.allSatisfy({ $0 > 0 && $0 < 1 }) else {
        throw SpecError(position, "\"probabilities\" lie between 0 and 1")
      }
      return .quantileClasses(probabilities: ends, scores: list)
    }
  }

  private static func check(_ ends: [Double], _ scores: [Double], _ name: String, at position: SourcePosition)
    throws(SpecError)
  {
    guard !ends.isEmpty, zip(ends, ends.dropFirst()).allSatisfy({ $0 < $1 }), scores.count == ends.count + 1 else {
      throw SpecError(position, "\"\(name)\" must rise, and \"scores\" be one more than they")
    }
  }
}

/// What is done to one indicator: its direction alone, or with a scale of its own.
struct IndicatorScale: OptionValue {
  struct Detailed: PluginOptions {
    var direction = DirectionOption.higherIsWorse
    var scale = ScaleOptions()

    static var declaration: [OptionField<Self>] {
      [.init("direction", \.direction, required: true, "Whether more of it is worse or better.")]
        + ScaleOptions.declaration(at: \.scale)
    }
  }

  var direction: DirectionOption
  var scale: ScaleOptions

  static var optionType: OptionType { .anyOf([DirectionOption.optionType, Detailed.optionType]) }

  init(option node: SpecNode) throws(SpecError) {
    if node.entries != nil {
      let detailed = try Detailed(option: node)
      (direction, scale) = (detailed.direction, detailed.scale)
    } else {
      (direction, scale) = (try DirectionOption(option: node), ScaleOptions())
    }
  }
}
