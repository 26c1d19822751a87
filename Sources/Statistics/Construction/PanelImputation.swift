/// Fills absent cells of one area's series from its other periods.
public enum PanelImputation: String, Sendable, CaseIterable {
  /// The latest earlier value, carried forward.
  case latest
  /// On the straight line between the neighbours before and after; nothing outside them.
  case linear
  /// The value of the nearest period, the earlier of two equally near ones.
  case constant
  /// On the straight line between the neighbours, and the nearest value outside them.
  case linearConstant = "linear_constant"

  /// The series with absent cells filled where the method reaches.
  ///
  /// - Parameters:
  ///   - times: the period of each cell as a number, rising.
  ///   - cells: one cell a period, nil where absent.
  ///   - horizon: the furthest a value is taken from, in units of `times`; on a straight line both neighbours must be that
  ///     near. nil sets no limit.
  public func fill(times: [Double], _ cells: [Double?], horizon: Double? = nil) -> [Double?] {
    precondition(times.count == cells.count, "a time for each cell is needed")
    precondition(zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "times must rise")
    let limit = horizon ?? .infinity
    var before: Int?
    var after = cells.indices.first { cells[$0] != nil }
    var result = cells
    for i in cells.indices {
      if cells[i] != nil {
        before = i
        after = cells[(i + 1)...].firstIndex { $0 != nil }
        continue
      }
      result[i] = value(at: i, times, cells, before, after, limit)
    }
    return result
  }

  private func value(
    at i: Int, _ times: [Double], _ cells: [Double?], _ before: Int?, _ after: Int?, _ limit: Double
  ) -> Double? {
    let earlier = before.flatMap { times[i] - times[$0] <= limit ? $0 : nil }
    let later = after.flatMap { times[$0] - times[i] <= limit ? $0 : nil }
    if self == .linear || self == .linearConstant, let before, let after, let first = cells[before],
      let last = cells[after]
    {
      guard earlier != nil && later != nil else { return nil }
      return first + (last - first) * (times[i] - times[before]) / (times[after] - times[before])
    }
    switch self {
    case .linear: return nil
    case .latest: return earlier.flatMap { cells[$0] }
    case .constant, .linearConstant:
      guard let earlier else { return later.flatMap { cells[$0] } }
      guard let later else { return cells[earlier] }
      return times[later] - times[i] < times[i] - times[earlier] ? cells[later] : cells[earlier]
    }
  }
}
