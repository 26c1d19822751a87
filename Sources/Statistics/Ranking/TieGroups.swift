/// How tied values share the ranks they occupy; the names are those of the usual statistical packages.
public enum TieRule: String, Sendable, CaseIterable {
  /// The mean of the ranks they occupy: 1, 2.5, 2.5, 4.
  case average
  /// The smallest of them: 1, 2, 2, 4.
  case minimum
  /// The largest of them: 1, 3, 3, 4.
  case maximum
  /// The number of distinct values up to here: 1, 2, 2, 3.
  case dense
  /// No sharing; the order of the input decides: 1, 2, 3, 4.
  case ordinal
}

/// Which end of the values gets rank 1.
public enum RankDirection: String, Sendable, CaseIterable {
  /// The lowest value has rank 1.
  case ascending
  /// The highest value has rank 1.
  case descending
}

/// Positions in the order of their values, cut into groups of equal values.
///
/// Group `g` covers the sorted places `starts[g] ..< starts[g + 1]`; `order[place]` is the position in the input. Within a
/// group positions stand in the order of the input. The view keeps the workspace that made it alive, and holds until that
/// workspace sorts again.
@frozen
public struct TieGroups {
  /// Positions in the input, in sorted order.
  public let order: UnsafeBufferPointer<UInt32>
  /// Sorted values, place by place.
  public let sorted: UnsafeBufferPointer<Double>
  /// First place of each group, and at the end the number of values.
  public let starts: UnsafeBufferPointer<UInt32>

  /// Keeps the memory behind the buffers alive for as long as the view.
  @usableFromInline let workspace: RankWorkspace

  init(
    order: UnsafeBufferPointer<UInt32>, sorted: UnsafeBufferPointer<Double>, starts: UnsafeBufferPointer<UInt32>,
    workspace: RankWorkspace
  ) {
    self.order = order
    self.sorted = sorted
    self.starts = starts
    self.workspace = workspace
  }

  /// How many values were sorted.
  @inlinable public var count: Int { order.count }

  /// How many distinct values there are.
  @inlinable public var groupCount: Int { starts.count - 1 }

  /// The sorted places of group `group`, from 0.
  @inlinable
  public func places(_ group: Int) -> Range<Int> {
    Int(starts[group])..<Int(starts[group + 1])
  }

  /// The value that the members of a group share.
  @inlinable
  public func value(_ group: Int) -> Double { sorted[Int(starts[group])] }

  /// The rank, from 1, that every member of a group shares; under `ordinal` that of its first member.
  @inlinable
  public func rank(_ group: Int, ties: TieRule) -> Double {
    let first = starts[group]
    let end = starts[group + 1]
    switch ties {
    case .average: return (Double(first) + 1 + Double(end)) * 0.5
    case .minimum, .ordinal: return Double(first) + 1
    case .maximum: return Double(end)
    case .dense: return Double(group) + 1
    }
  }

  /// Writes at the position of each value what `function` gives for its rank, calling it once a group.
  ///
  /// Under `ordinal` every value has its own rank, so the function is called for each. Positions that were not sorted
  /// are left as they are.
  @inlinable
  public func fill(
    _ output: UnsafeMutableBufferPointer<Double>, ties: TieRule, _ function: (_ rank: Double) -> Double
  ) {
    if ties == .ordinal {
      for place in 0..<order.count { output[Int(order[place])] = function(Double(place) + 1) }
      return
    }
    for group in 0..<groupCount {
      let value = function(rank(group, ties: ties))
      for place in Int(starts[group])..<Int(starts[group + 1]) { output[Int(order[place])] = value }
    }
  }

  /// Writes the rank of each value at its position in the input.
  public func ranks(ties: TieRule, into output: UnsafeMutableBufferPointer<Double>) {
    switch ties {
    case .average: fill(output, ties: .average) { $0 }
    case .minimum: fill(output, ties: .minimum) { $0 }
    case .maximum: fill(output, ties: .maximum) { $0 }
    case .dense: fill(output, ties: .dense) { $0 }
    case .ordinal: fill(output, ties: .ordinal) { $0 }
    }
  }
}
