import Synchronization

/// Which group each row of a table belongs to.
///
/// Groups are numbered in the order of their keys: the first key decides, then the second. Numbers and days ascend, text
/// goes by its UTF-8 bytes, false comes before true; a missing key is a key of its own for each reason and comes last.
/// Nothing depends on chance, so that the same rows always give the same groups in the same order.
public final class Grouping: Sendable {
  /// The group of each row.
  public let groups: [Int32]
  /// The number of groups.
  public let count: Int
  /// The first row of each group.
  public let representatives: [Int32]
  /// The number of rows of each group.
  public let sizes: [Int32]
  private let listed = Mutex<Rows?>(nil)

  /// The rows of every group, group after group.
  public struct Rows: Sendable {
    /// Where the rows of each group start in ``rows``; one more entry than there are groups.
    public let offsets: [Int32]
    /// The rows of all groups, ascending within a group.
    public let rows: [Int32]

    /// The rows of `group`, ascending.
    public subscript(group: Int) -> ArraySlice<Int32> { rows[Int(offsets[group])..<Int(offsets[group + 1])] }
  }

  /// Groups rows that agree in all `keys`.
  ///
  /// Without keys all rows are one group, even when there are none (its representative is then -1).
  public convenience init(by keys: [Column], rowCount: Int) {
    guard let first = keys.first else {
      self.init(KeyRanks(ranks: [UInt32](repeating: 0, count: rowCount), cardinality: 1))
      return
    }
    var ranks = KeyRanks(of: first)
    for key in keys.dropFirst() { ranks = ranks.combined(with: KeyRanks(of: key)) }
    self.init(keys.count > 1 ? ranks.compacted() : ranks)
  }

  init(_ ranks: KeyRanks) {
    let count = ranks.cardinality
    var sizes = [Int32](repeating: 0, count: count)
    var representatives = [Int32](repeating: -1, count: count)
    ranks.ranks.withUnsafeBufferPointer { ranks in
      sizes.withUnsafeMutableBufferPointer { sizes in
        representatives.withUnsafeMutableBufferPointer { first in
          for row in ranks.indices {
            let group = Int(ranks[row])
            if sizes[group] == 0 { first[group] = Int32(truncatingIfNeeded: row) }
            sizes[group] += 1
          }
        }
      }
    }
    groups = ranks.ranks.map { Int32(bitPattern: $0) }
    self.count = count
    self.sizes = sizes
    self.representatives = representatives
  }

  /// The rows of every group; listed at the first call and kept.
  public var rows: Rows {
    listed.withLock { listed in
      if let listed { return listed }
      var offsets = [Int32](repeating: 0, count: count + 1)
      for group in 0..<count { offsets[group + 1] = offsets[group] + sizes[group] }
      var next = offsets
      let rows = [Int32](unsafeUninitializedCapacity: groups.count) { out, filled in
        groups.withUnsafeBufferPointer { groups in
          next.withUnsafeMutableBufferPointer { next in
            for row in groups.indices {
              let group = Int(groups[row])
              out[Int(next[group])] = Int32(truncatingIfNeeded: row)
              next[group] += 1
            }
          }
        }
        filled = groups.count
      }
      let result = Rows(offsets: offsets, rows: rows)
      listed = result
      return result
    }
  }
}
