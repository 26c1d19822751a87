/// One value a group from rows that stream by: as ``Reduction``, for the groups of a ``StreamedGroups``.
///
/// Counts and sums of whole numbers do not depend on the order of the rows. Sums of numbers with decimals do: their rows
/// come in order, to one object alone.
public final class StreamedReduction {
  /// What is kept of the values.
  public enum Kind: Sendable {
    /// How many there are.
    case count
    /// How many there are, and how many are true.
    case truths
    /// Their sum, as whole numbers.
    case wholeSum
    /// Their sum, with decimals.
    case sum
  }

  private let kind: Kind
  private var present: [Int64] = []
  private var trues: [Int64] = []
  private var wholes: [Int128] = []
  private var sums: [Double] = []
  /// The rounding errors of the additions, as in ``Reduction``.
  private var errors: [Double] = []

  /// A reduction without rows.
  public init(_ kind: Kind) { self.kind = kind }

  /// Whether the order of rows does not matter.
  public var isOrderFree: Bool { kind != .sum }

  /// Takes rows: their values and their groups, of which there are `count` so far.
  public func take(_ column: Column, _ groups: UnsafeBufferPointer<UInt32>, count: Int) {
    lengthen(to: count)
    if let missing = column.missing {
      for row in groups.indices where missing.reasons[row] == 0 { present[Int(groups[row])] += 1 }
    } else {
      present.withUnsafeMutableBufferPointer { present in for group in groups { present[Int(group)] += 1 } }
    }
    switch (kind, column) {
    case (.truths, .bool(let c)):
      for row in groups.indices { trues[Int(groups[row])] += Int64(c.values[row]) }
    case (.wholeSum, .int64(let c)):
      for row in groups.indices { wholes[Int(groups[row])] &+= Int128(c.values[row]) }
    case (.sum, .float64(let c)):
      for row in groups.indices { add(c.values[row], Int(groups[row])) }
    case (.sum, .int64(let c)):
      for row in groups.indices { add(Double(c.values[row]), Int(groups[row])) }
    default: assert(kind == .count, "reduction: values of another type")
    }
  }

  private func lengthen(to count: Int) {
    let more = count - present.count
    guard more > 0 else { return }
    present += [Int64](repeating: 0, count: more)
    switch kind {
    case .count: break
    case .truths: trues += [Int64](repeating: 0, count: more)
    case .wholeSum: wholes += [Int128](repeating: 0, count: more)
    case .sum:
      sums += [Double](repeating: 0, count: more)
      errors += [Double](repeating: 0, count: more)
    }
  }

  @inline(__always)
  private func add(_ x: Double, _ group: Int) {
    let sum = sums[group]
    let next = sum + x
    let part = next - sum
    errors[group] += (sum - (next - part)) + (x - part)
    sums[group] = next
  }

  /// Takes in the rows of `other`; `numbers` says which of the `count` groups here each of its groups is.
  public func merge(_ other: StreamedReduction, _ numbers: [UInt32], count: Int) {
    precondition(isOrderFree, "reduction: rows must come in order")
    lengthen(to: count)
    for (theirs, mine) in numbers.enumerated() where theirs < other.present.count {
      present[Int(mine)] += other.present[theirs]
      if kind == .truths { trues[Int(mine)] += other.trues[theirs] }
      if kind == .wholeSum { wholes[Int(mine)] &+= other.wholes[theirs] }
    }
  }

  // MARK: Results

  /// The number of values of each of `groups`.
  public func counts(_ groups: [UInt32]) -> Int64Column { Int64Column(picked(present, groups)) }

  /// How many are true.
  public func countsTrue(_ groups: [UInt32]) -> Int64Column { Int64Column(picked(trues, groups)) }

  /// The share that is true of those that are true or false.
  public func sharesTrue(_ groups: [UInt32]) -> Float64Column {
    let (counts, trues) = (picked(present, groups), picked(trues, groups))
    return Reduction.defined(counts.indices.map { counts[$0] > 0 ? Double(trues[$0]) / Double(counts[$0]) : .nan })
  }

  /// Whether any is true, or all are.
  public func decisions(all: Bool, _ groups: [UInt32]) -> BoolColumn {
    let (counts, trues) = (picked(present, groups), picked(trues, groups))
    return BoolColumn(
      counts.indices.map { counts[$0] > 0 && (all ? trues[$0] == counts[$0] : trues[$0] > 0) ? 1 : 0 },
      missing: MissingMask(reasons: counts.map { $0 > 0 ? 0 : MissingReason.undefined.rawValue }))
  }

  /// The sums of whole numbers.
  public func wholeSums(_ groups: [UInt32]) -> Int64Column {
    Reduction.whole(picked(wholes, groups), picked(present, groups))
  }

  /// The sums; `overCount` divides them by the number of values.
  public func sums(overCount: Bool, _ groups: [UInt32]) -> Float64Column {
    let (counts, sums, errors) = (picked(present, groups), picked(sums, groups), picked(errors, groups))
    return Reduction.defined(
      counts.indices.map { group in
        if counts[group] == 0 { return .nan }
        let sum = sums[group] + errors[group]
        return overCount ? sum / Double(counts[group]) : sum
      })
  }

  /// The numbers of `groups`; of a group that has had no rows, 0.
  private func picked<Number: Numeric>(_ numbers: [Number], _ groups: [UInt32]) -> [Number] {
    groups.map { Int($0) < numbers.count ? numbers[Int($0)] : 0 }
  }
}
