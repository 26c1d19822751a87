public import PipelineKit
import Statistics

/// How values scatter around their trend.
enum TrendModelOption: String, OptionChoice {
  case poisson
  case gaussianLog = "gaussian_log"
  case linear

  var model: TrendModel {
    switch self {
    case .poisson: .poisson
    case .gaussianLog: .gaussianLog
    case .linear: .linear
    }
  }
}

extension Trend {
  /// The options of `trend`.
  public struct Options: PluginOptions {
    var by: [Located] = []
    var period = Located("", at: SourcePosition(file: ""))
    var value = Located("", at: SourcePosition(file: ""))
    var exposure: Located?
    var factor = 1.0
    var model = TrendModelOption.gaussianLog
    var into = "trend"
    var breaks: [BreakOption] = []
    var minimum = 3
    var level = 0.95

    /// A log-linear trend.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("by", \.by, required: true, "The columns that tell the series apart, for example the area."),
        .init("period", \.period, required: true, "The column of the period, a whole number such as the year."),
        .init("value", \.value, required: true, "The values; counts for `model: poisson`."),
        .init("exposure", \.exposure, "What the values are a rate of, for example inhabitants."),
        .init("factor", \.factor, "What rates are printed per, for example 1000."),
        .init(
          "model", \.model,
          "How values scatter: as counts (poisson), evenly in their logarithm (gaussian_log), evenly (linear)."),
        .init("into", \.into, "What the new columns' names begin with."),
        .init("breaks", \.breaks, "Periods from which the series is measured otherwise."),
        .init("minimum", \.minimum, "The fewest observations on each side of the break, itself included; 2 or more."),
        .init("level", \.level, "The level of intervals."),
      ]
    }
  }
}
