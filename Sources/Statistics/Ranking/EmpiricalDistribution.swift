/// How tied values share a rank when a value is placed in a base it need not belong to.
///
/// `dense` and `ordinal` number the values of one set and have no meaning against another.
public enum AnchoredTieRule: String, Sendable, CaseIterable {
  /// The middle of the places of the equal base values.
  case average
  /// The place next to the most deprived end.
  case minimum
  /// The place next to the least deprived end.
  case maximum

  /// The rule of the same name, or nil for `dense` and `ordinal`.
  public init?(_ rule: TieRule) {
    switch rule {
    case .average: self = .average
    case .minimum: self = .minimum
    case .maximum: self = .maximum
    case .dense, .ordinal: return nil
    }
  }
}

/// The values of a frame, kept so that other values can be placed among them.
///
/// It owns its memory and may be shared between threads.
public struct EmpiricalDistribution: Sendable, Equatable {
  /// How many values the frame has, equal ones counted each.
  public let count: Int
  /// The distinct values, ascending.
  public let distinct: [Double]
  /// `cumulative[i]` is how many values lie below `distinct[i]`; the last entry is `count`.
  public let cumulative: [UInt32]

  /// Takes the frame's values from `values`, at `positions` when given; NaN is refused as in ranking.
  public init(
    _ values: UnsafeBufferPointer<Double>, at positions: UnsafeBufferPointer<UInt32>? = nil, workspace: RankWorkspace
  ) {
    let groups = workspace.tieGroups(of: values, at: positions)
    count = groups.count
    distinct = (0..<groups.groupCount).map { groups.value($0) }
    cumulative = Array(groups.starts)
  }

  /// Takes the frame's values from an array; NaN is refused.
  public init(_ values: [Double]) {
    let workspace = RankWorkspace(capacity: values.count)
    self = values.withUnsafeBufferPointer { EmpiricalDistribution($0, workspace: workspace) }
  }

  /// How many frame values lie below `value`, and how many at or below it; NaN stops the program.
  public func emplace(_ value: Double) -> (below: Int, atMost: Int) {
    precondition(value == value, "NaN has no place among numbers")
    return distinct.withUnsafeBufferPointer { distinct in
      cumulative.withUnsafeBufferPointer { cumulative in
        let place = Self.firstNotBelow(value, distinct, from: 0)
        return Self.counts(value, place, distinct, cumulative)
      }
    }
  }

  /// Writes the counts of ``emplace(_:)`` at the position of each sorted value.
  ///
  /// - Parameters:
  ///   - groups: the values to place, sorted either way.
  ///   - below: receives how many frame values lie below each.
  ///   - atMost: receives how many lie at or below each.
  public func emplace(
    _ groups: TieGroups, below: UnsafeMutableBufferPointer<UInt32>, atMost: UnsafeMutableBufferPointer<UInt32>
  ) {
    forEachGroup(groups) { group, lower, upper in
      for place in groups.places(group) {
        below[Int(groups.order[place])] = UInt32(truncatingIfNeeded: lower)
        atMost[Int(groups.order[place])] = UInt32(truncatingIfNeeded: upper)
      }
    }
  }

  /// Calls `body` with group, count below and count at or below, from the lowest group to the highest.
  ///
  /// Both sides are sorted, so they are merged; few values against a large frame are searched instead.
  @inline(__always)
  func forEachGroup(_ groups: TieGroups, _ body: (_ group: Int, _ below: Int, _ atMost: Int) -> Void) {
    let last = groups.groupCount - 1
    let falling = last > 0 && groups.value(0) > groups.value(last)
    let search = groups.groupCount * 16 < distinct.count
    distinct.withUnsafeBufferPointer { distinct in
      cumulative.withUnsafeBufferPointer { cumulative in
        var place = 0
        for index in 0..<groups.groupCount {
          let group = falling ? last - index : index
          let value = groups.value(group)
          if search {
            place = Self.firstNotBelow(value, distinct, from: place)
          } else {
            while place < distinct.count && distinct[place] < value { place += 1 }
          }
          let (below, atMost) = Self.counts(value, place, distinct, cumulative)
          body(group, below, atMost)
        }
      }
    }
  }

  /// The index of the first distinct value, at or after `start`, that is not below `value`.
  private static func firstNotBelow(
    _ value: Double, _ distinct: UnsafeBufferPointer<Double>, from start: Int
  ) -> Int {
    var first = start
    var end = distinct.count
    while first < end {
      let middle = (first + end) >> 1
      if distinct[middle] < value { first = middle + 1 } else { end = middle }
    }
    return first
  }

  @inline(__always)
  private static func counts(
    _ value: Double, _ place: Int, _ distinct: UnsafeBufferPointer<Double>, _ cumulative: UnsafeBufferPointer<UInt32>
  ) -> (below: Int, atMost: Int) {
    let below = Int(cumulative[place])
    let equal = place < distinct.count && distinct[place] == value
    return (below, equal ? Int(cumulative[place + 1]) : below)
  }
}
