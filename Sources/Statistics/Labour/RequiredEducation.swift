/// The normative rule: which education levels a job requires is stated beforehand, in a map from jobs to a range of levels.
///
/// ILO Guidelines concerning measurement of qualifications and skills mismatches (20th ICLS, 2018): the threshold comes from
/// the educational requirements in law or national practice. The map is data, since users differ: ISCO-08 puts ISCED 2 in
/// skill level 2, users of three classes often match it to level 1.
public struct RequiredEducation: Sendable, Equatable {
  /// The lowest education level that fits the job.
  public let lowest: Int
  /// The highest education level that fits the job.
  public let highest: Int

  /// A range of levels; nil when it is upside down.
  public init?(lowest: Int, highest: Int) {
    guard lowest <= highest else { return nil }
    self.lowest = lowest
    self.highest = highest
  }

  /// -1 when `education` is below what fits, 1 when it is above, 0 when it fits.
  public func mismatch(of education: Int) -> Int { education > highest ? 1 : education < lowest ? -1 : 0 }

  /// Rates over cells of workers by education level and job.
  ///
  /// - Parameters:
  ///   - education: the education level of each cell, on the scale of `required`.
  ///   - required: what the job of each cell requires.
  ///   - counts: the workers of each cell.
  /// - Returns: the shares, or nil when nobody is counted.
  public static func rates(education: [Int], required: [RequiredEducation], counts: [Double]) -> MismatchRates? {
    precondition(education.count == required.count && education.count == counts.count, "one of each for every cell")
    func sum(_ sign: Int) -> Double {
      counts.indices.filter { required[$0].mismatch(of: education[$0]) == sign }.map { counts[$0] }.compensatedSum
    }
    return MismatchRates(over: sum(1), under: sum(-1), matched: sum(0))
  }

  /// Workers with a qualification that counts as high, in a job that does not require it, over all of them.
  ///
  /// Eurostat's over-qualification rate is that of employed persons with ISCED 5-8 in ISCO-08 major groups 4-9; Cedefop's is
  /// that of tertiary graduates of 25 to 34 years outside ISCO 1-3. Which cells are qualified, which jobs are below, and
  /// whether the armed forces (ISCO 0) stay in the denominator is the caller's choice of cells.
  ///
  /// - Parameters:
  ///   - counts: the workers of each cell.
  ///   - isQualified: whether the cell's workers have the qualification.
  ///   - isBelow: whether the cell's job is below it.
  /// - Returns: the share, or nil when nobody has the qualification.
  public static func overQualificationRate(counts: [Double], isQualified: [Bool], isBelow: [Bool]) -> Double? {
    precondition(counts.count == isQualified.count && counts.count == isBelow.count, "one of each for every cell")
    let all = counts.indices.filter { isQualified[$0] }.map { counts[$0] }.compensatedSum
    let below = counts.indices.filter { isQualified[$0] && isBelow[$0] }.map { counts[$0] }.compensatedSum
    return all > 0 ? below / all : nil
  }

  /// The skill level 1-4 of an ISCO-08 code by its first two digits (ILO 2012, International Standard Classification of
  /// Occupations, volume I): major groups 1 and 2 are 4 except hospitality and retail managers (14), which are 3; group 3 is
  /// 3; groups 4 to 8 are 2; group 9 is 1; of the armed forces 01 is 4, 02 is 2 and 03 is 1.
  ///
  /// nil for a code of fewer digits than are needed, or outside the classification.
  public static func skillLevel(isco08 code: String) -> Int? {
    let digits = code.utf8.prefix(2).map { Int($0) - 48 }
    guard let major = digits.first, 0...9 ~= major, digits.allSatisfy({ 0...9 ~= $0 }) else { return nil }
    switch major {
    case 0: return digits.count < 2 ? nil : [1: 4, 2: 2, 3: 1][digits[1]]
    case 1: return digits.count < 2 ? nil : [1: 4, 2: 4, 3: 4, 4: 3][digits[1]]
    case 2: return 4
    case 3: return 3
    case 9: return 1
    default: return 2
    }
  }
}
