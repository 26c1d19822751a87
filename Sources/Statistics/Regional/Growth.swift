internal import Glibc

/// Growth of one series.
public enum Growth {
  /// 100 E_t / E_0 for each value; nil when the base is not above zero.
  public static func index(_ values: [Double], base: Double) -> [Double]? {
    base > 0 ? values.map { 100 * $0 / base } : nil
  }

  /// The rate (E_1 - E_0) / E_0 as a fraction; nil when there was nothing.
  public static func rate(from before: Double, to after: Double) -> Double? {
    before > 0 ? (after - before) / before : nil
  }

  /// The compound rate a period, (E_1 / E_0)^(1 / n) - 1; nil when there was nothing, for a negative end, or no periods.
  public static func compoundRate(from before: Double, to after: Double, periods: Double) -> Double? {
    before > 0 && after >= 0 && periods > 0 ? pow(after / before, 1 / periods) - 1 : nil
  }

  /// The difference of growth with a reference, period by period: the rates of each step, own less reference.
  public static func gaps(_ own: [Double], _ reference: [Double]) -> [Double?] {
    precondition(own.count == reference.count, "both series need the same moments")
    return (1..<max(own.count, 1)).map { t in
      guard let mine = rate(from: own[t - 1], to: own[t]), let theirs = rate(from: reference[t - 1], to: reference[t])
      else { return nil }
      return mine - theirs
    }
  }
}

/// Participation in work, from counts of persons of one age band.
///
/// Which band, how many hours make a worker, and from which source the counts are is data that must stand beside the figure:
/// CBS counts 15-75 year olds with one hour a week or more since 2015, and 15-65 with twelve hours before.
public struct Participation: Sendable, Equatable {
  /// Persons in the age band.
  public let population: Double
  /// Those who work.
  public let employed: Double
  /// Those who have no work, look for it and are available.
  public let unemployed: Double

  /// From counts of the same band, source and date.
  public init(population: Double, employed: Double, unemployed: Double) {
    self.population = population
    self.employed = employed
    self.unemployed = unemployed
  }

  /// Employed and unemployed.
  public var labourForce: Double { employed + unemployed }
  /// Gross participation: labour force over population, 0-1.
  public var gross: Double? { population > 0 ? labourForce / population : nil }
  /// Net participation: employed over population, 0-1.
  public var net: Double? { population > 0 ? employed / population : nil }
  /// Unemployed over labour force, 0-1.
  public var unemploymentRate: Double? { labourForce > 0 ? unemployed / labourForce : nil }
}

/// How many jobs there are for the people.
public enum EmploymentQuotient {
  /// Jobs per so many persons of a denominator that users choose: labour force, 15-64 or 15-74 year olds, inhabitants.
  ///
  /// - Parameters:
  ///   - jobs: jobs (or working persons) at the workplace.
  ///   - persons: the denominator.
  ///   - per: 100 for a percentage, 1,000 as municipalities print it.
  /// - Returns: nil without persons.
  public static func quotient(jobs: Double, persons: Double, per: Double = 100) -> Double? {
    persons > 0 ? per * jobs / persons : nil
  }
}
