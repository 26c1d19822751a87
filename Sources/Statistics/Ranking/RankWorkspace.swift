/// Memory for sorting and ranking that many calls share.
///
/// It grows to the largest input it has seen and never shrinks; no call allocates once it has grown. It belongs to one
/// thread at a time. Order and ranks are exact: they depend on the values alone, never on the method that sorted them.
///
/// Values may be any doubles but NaN, which stops the program: absent values are left out through `positions`. -0.0 equals
/// +0.0 and infinities are ordinary extremes.
public final class RankWorkspace {
  /// Inputs below this size are sorted by insertion.
  static let insertionLimit = 64

  var capacity = 0
  var order: UnsafeMutablePointer<UInt32>
  var sorted: UnsafeMutablePointer<Double>
  var starts: UnsafeMutablePointer<UInt32>
  /// Two runs of `capacity` records: a key in the upper and a position in the lower half.
  var records: UnsafeMutablePointer<UInt64>
  /// Two digit tables for the bucket sort, six for the sort on bits.
  var histogram: UnsafeMutablePointer<UInt32>
  /// Two runs of `bitCapacity` keys, for the rare inputs that need every bit.
  var bitKeys: UnsafeMutablePointer<UInt64>?
  var bitCapacity = 0

  /// Makes a workspace with room for `capacity` values; more room is taken when needed.
  public init(capacity: Int = 0) {
    order = .allocate(capacity: 0)
    sorted = .allocate(capacity: 0)
    starts = .allocate(capacity: 1)
    records = .allocate(capacity: 0)
    histogram = .allocate(capacity: RadixDigits.count * RadixDigits.size)
    if capacity > 0 { reserve(capacity) }
  }

  deinit {
    order.deallocate()
    sorted.deallocate()
    starts.deallocate()
    records.deallocate()
    histogram.deallocate()
    bitKeys?.deallocate()
  }

  /// Makes room for `count` values.
  public func reserve(_ count: Int) {
    guard count > capacity else { return }
    precondition(count < Int(UInt32.max), "more values than a rank can number")
    order.deallocate()
    sorted.deallocate()
    starts.deallocate()
    records.deallocate()
    capacity = count
    order = .allocate(capacity: count)
    sorted = .allocate(capacity: count)
    starts = .allocate(capacity: count + 1)
    records = .allocate(capacity: 2 * count)
  }

  /// Sorts values and finds the groups of equal ones.
  ///
  /// - Parameters:
  ///   - values: the numbers; NaN is refused at the positions that take part.
  ///   - positions: the rows that take part, distinct, in the order that decides among equals; nil for all.
  ///   - direction: which end comes first. Equal values stand in the order of the input in both directions.
  /// - Returns: a view into this workspace, which holds until the next call.
  public func tieGroups(
    of values: UnsafeBufferPointer<Double>, at positions: UnsafeBufferPointer<UInt32>? = nil,
    direction: RankDirection = .ascending
  ) -> TieGroups {
    let count = positions?.count ?? values.count
    reserve(count)
    sort(values, positions, count, descending: direction == .descending)
    let groups = findGroups(count)
    return TieGroups(
      order: .init(start: order, count: count), sorted: .init(start: sorted, count: count),
      starts: .init(start: starts, count: groups + 1), workspace: self)
  }

  /// Writes the rank, from 1, of each value at its own position in `output`; other positions are left as they are.
  ///
  /// `output` must be as long as `values`. Parameters are those of ``tieGroups(of:at:direction:)``.
  public func rank(
    _ values: UnsafeBufferPointer<Double>, at positions: UnsafeBufferPointer<UInt32>? = nil,
    ties: TieRule = .average, direction: RankDirection = .ascending,
    into output: UnsafeMutableBufferPointer<Double>
  ) {
    precondition(output.count >= values.count, "too little room for the ranks")
    tieGroups(of: values, at: positions, direction: direction).ranks(ties: ties, into: output)
  }

  /// Cuts the sorted values into groups of equals and returns how many there are.
  private func findGroups(_ count: Int) -> Int {
    guard count > 0 else {
      starts[0] = 0
      return 0
    }
    starts[0] = 0
    var groups = 1
    var previous = sorted[0]
    for place in 1..<count {
      let value = sorted[place]
      starts[groups] = UInt32(truncatingIfNeeded: place)
      groups &+= value != previous ? 1 : 0
      previous = value
    }
    starts[groups] = UInt32(truncatingIfNeeded: count)
    return groups
  }
}

/// Ranks of a whole array, for callers that do not rank often.
public enum Rank {
  /// The rank, from 1, of each value in the order of the input; an empty input gives no ranks and NaN is refused.
  public static func ranks(
    of values: [Double], ties: TieRule = .average, direction: RankDirection = .ascending
  ) -> [Double] {
    let workspace = RankWorkspace(capacity: values.count)
    return [Double](unsafeUninitializedCapacity: values.count) { output, initialized in
      output.initialize(repeating: 0)
      values.withUnsafeBufferPointer { workspace.rank($0, ties: ties, direction: direction, into: output) }
      initialized = values.count
    }
  }
}
