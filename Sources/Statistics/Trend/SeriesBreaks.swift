/// A moment from which a series is measured otherwise.
public struct SeriesBreak: Sendable, Equatable {
  /// The first time of the new measurement.
  public let time: Double
  /// New level / old level, from a period that was measured both ways; nil when there is none.
  public let bridge: Double?

  /// A break; a bridge must be positive and finite.
  public init(time: Double, bridge: Double? = nil) {
    if let bridge { precondition(bridge > 0 && bridge.isFinite, "a bridge is a positive factor") }
    self.time = time
    self.bridge = bridge
  }
}

/// The breaks of a series, over which no change and no trend is taken unless a bridge is given.
///
/// A break with a bridge is mended: values before it are multiplied by its factor, so that the whole series stands on the
/// level of the newest measurement. A break without one divides the series into segments.
public struct SeriesBreaks: Sendable, Equatable {
  /// The breaks in order of time.
  public let breaks: [SeriesBreak]

  /// Breaks in any order, at most one at each time.
  public init(_ breaks: [SeriesBreak]) { self.breaks = breaks.sorted { $0.time < $1.time } }

  /// The number of the segment that a time lies in: the unbridged breaks at or before it.
  public func segment(of time: Double) -> Int { breaks.count { $0.bridge == nil && $0.time <= time } }

  /// The first unbridged break between two times: from < break <= to, whichever of the two is earlier.
  public func between(_ one: Double, _ other: Double) -> SeriesBreak? {
    let (from, to) = (min(one, other), max(one, other))
    return breaks.first { $0.bridge == nil && from < $0.time && $0.time <= to }
  }

  /// A value on the level of the newest measurement: times the bridge of every bridged break after its time.
  public func bridged(_ value: Double, at time: Double) -> Double {
    var value = value
    for item in breaks where item.time > time { if let bridge = item.bridge { value *= bridge } }
    return value
  }
}
