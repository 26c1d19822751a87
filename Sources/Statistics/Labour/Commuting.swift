/// Jobs in an area beside the employed who live there.
///
/// The jobs are J = both + in, the employed residents R = both + out, with `both` the people who live and work in the area.
/// Labour force surveys count residents, job registers count workplaces: never put one in the place of the other.
public struct ResidenceWorkplace: Sendable, Equatable {
  /// People who live and work in the area.
  public let both: Double
  /// People who work in it and live elsewhere.
  public let inflow: Double
  /// People who live in it and work elsewhere.
  public let outflow: Double

  /// From the three groups of people.
  public init(both: Double, inflow: Double, outflow: Double) {
    self.both = both
    self.inflow = inflow
    self.outflow = outflow
  }

  /// From the jobs in the area, the employed who live there, and the people who do both.
  public init(jobs: Double, residents: Double, both: Double) {
    self.init(both: both, inflow: jobs - both, outflow: residents - both)
  }

  /// J: jobs in the area.
  public var jobs: Double { both + inflow }
  /// R: employed residents.
  public var residents: Double { both + outflow }
  /// The share of the jobs that residents hold, 0-1 (self-containment of demand); nil without jobs.
  public var locallyFilledShare: Double? { jobs > 0 ? both / jobs : nil }
  /// The share of the employed residents who work in the area, 0-1 (self-containment of supply); nil without residents.
  public var localEmploymentShare: Double? { residents > 0 ? both / residents : nil }
  /// Those who come in less those who go out.
  public var balance: Double { inflow - outflow }
  /// Jobs per 100 employed residents; nil without residents.
  public var jobsPer100Residents: Double? { residents > 0 ? 100 * jobs / residents : nil }

  /// Whether the area counts as a labour market of its own in the way of the Office for National Statistics: both
  /// self-containment shares at least 75 per cent with 3,500 workers, falling evenly to 66.7 per cent at 25,000 workers and
  /// more.
  ///
  /// nil without jobs or residents.
  public var isLabourMarketArea: Bool? {
    guard let demand = locallyFilledShare, let supply = localEmploymentShare else { return nil }
    guard residents >= 3500 else { return false }
    let size = min(max((residents - 3500) / (25_000 - 3500), 0), 1)
    return min(demand, supply) >= 0.75 - size * (0.75 - 2.0 / 3)
  }
}
