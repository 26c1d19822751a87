/// Which rows a join keeps.
public enum JoinKind: String, Sendable, CaseIterable {
  /// Every left row, with the right row of the same key where there is one.
  case left
  /// Pairs of rows with the same key.
  case inner
  /// As `left`, followed by the right rows that no left row matches.
  case full
  /// Left rows that have a match, without the right side's columns.
  case semi
  /// Left rows that have no match.
  case anti
}

/// The row numbers that make up a join.
public struct JoinRows: Sendable, Equatable {
  /// The left row of each output row; nil when the output has every left row once, in order.
  ///
  /// -1 in appended rows.
  public var left: [Int32]?
  /// The right row of each output row, or -1; empty for `semi` and `anti`.
  public var right: [Int32]
  /// How many rows at the end of the output come from the right side alone.
  public var appended: Int

  /// How many rows at the start of the output stem from a left row.
  public func leftCount(of rows: Int) -> Int { (left?.count ?? rows) - appended }
}

/// For every row of a left table, the rows of a right table with the same key.
///
/// Keys are one or more columns, compared pair by pair: text by its bytes (once per distinct text, never per row),
/// numbers by value. A row with a missing key matches nothing, not even another missing key. Keys that span few values
/// index an array; others go through a hash with a fixed seed. Cost: one pass over each side.
public struct KeyMatches: Sendable {
  /// For each left row the first right row with its key, or -1.
  public let first: [Int32]
  /// For each right row the next one with the same key, or -1; empty when every key is unique.
  public let next: [Int32]
  /// The first right row whose key stood in an earlier one, with that earlier row.
  public let duplicate: (earlier: Int, later: Int)?
  private let rightCount: Int

  /// The matches of two lists of key columns, equally many and of equal types pair by pair.
  public init(left: [Column], right: [Column]) {
    precondition(!left.isEmpty && left.count == right.count, "a join needs as many keys on the left as on the right")
    var codes = KeyCodes(left: left[0], right: right[0])
    for (l, r) in zip(left, right).dropFirst() { codes = codes.combined(with: KeyCodes(left: l, right: r)) }
    var head = [Int32](repeating: -1, count: max(codes.cardinality, 1))
    var later = -1
    for (row, code) in codes.right.enumerated() where code >= 0 {
      if head[Int(code)] < 0 {
        head[Int(code)] = Int32(truncatingIfNeeded: row)
      } else if later < 0 {
        later = row
      }
    }
    rightCount = codes.right.count
    duplicate = later < 0 ? nil : (Int(head[Int(codes.right[later])]), later)
    next = later < 0 ? [] : Self.chain(codes.right, cardinality: codes.cardinality)
    first = [Int32](unsafeUninitializedCapacity: codes.left.count) { out, filled in
      codes.left.withUnsafeBufferPointer { left in
        head.withUnsafeBufferPointer { head in
          for row in left.indices { out[row] = left[row] < 0 ? -1 : head[Int(left[row])] }
        }
      }
      filled = codes.left.count
    }
  }

  /// For each row the next one with the same code, or -1.
  private static func chain(_ codes: [Int32], cardinality: Int) -> [Int32] {
    var head = [Int32](repeating: -1, count: cardinality)
    var next = [Int32](repeating: -1, count: codes.count)
    for row in codes.indices.reversed() where codes[row] >= 0 {
      next[row] = head[Int(codes[row])]
      head[Int(codes[row])] = Int32(truncatingIfNeeded: row)
    }
    return next
  }

  /// How many left rows have no match.
  public var unmatchedCount: Int { first.reduce(0) { $0 + ($1 < 0 ? 1 : 0) } }

  /// How many rows the join has, counted before any is made: keys that repeat on both sides can multiply.
  public func rowCount(_ kind: JoinKind) -> Int {
    switch kind {
    case .semi: return first.count - unmatchedCount
    case .anti: return unmatchedCount
    case .left, .inner, .full: break
    }
    if next.isEmpty {
      let rows = kind == .inner ? first.count - unmatchedCount : first.count
      return kind == .full ? rows + unmatchedRight().count : rows
    }
    var length = [Int](repeating: 1, count: next.count)
    for row in next.indices.reversed() where next[row] >= 0 { length[row] = length[Int(next[row])] + 1 }
    var total = 0
    for row in first { total += row >= 0 ? length[Int(row)] : (kind == .inner ? 0 : 1) }
    return kind == .full ? total + unmatchedRight().count : total
  }

  /// The rows of the join, in the order of the left side; for one left row, in the order of the right side.
  public func rows(_ kind: JoinKind) -> JoinRows {
    switch kind {
    case .semi: return JoinRows(left: leftRows { $0 >= 0 }, right: [], appended: 0)
    case .anti: return JoinRows(left: leftRows { $0 < 0 }, right: [], appended: 0)
    case .left where next.isEmpty: return JoinRows(left: nil, right: first, appended: 0)
    case .left, .inner, .full: break
    }
    var left: [Int32] = []
    var right: [Int32] = []
    left.reserveCapacity(first.count)
    right.reserveCapacity(first.count)
    for (row, match) in first.enumerated() {
      if match < 0 {
        if kind == .inner { continue }
        left.append(Int32(truncatingIfNeeded: row))
        right.append(-1)
        continue
      }
      var match = match
      while match >= 0 {
        left.append(Int32(truncatingIfNeeded: row))
        right.append(match)
        match = next.isEmpty ? -1 : next[Int(match)]
      }
    }
    guard kind == .full else { return JoinRows(left: left, right: right, appended: 0) }
    let rest = unmatchedRight()
    left.append(contentsOf: repeatElement(-1, count: rest.count))
    right.append(contentsOf: rest)
    return JoinRows(left: left, right: right, appended: rest.count)
  }

  private func leftRows(_ keep: (Int32) -> Bool) -> [Int32] {
    var rows: [Int32] = []
    for (row, match) in first.enumerated() where keep(match) { rows.append(Int32(truncatingIfNeeded: row)) }
    return rows
  }

  /// Right rows that no left row matches, ascending.
  private func unmatchedRight() -> [Int32] {
    var seen = [Bool](repeating: false, count: rightCount)
    for match in first {
      var match = match
      while match >= 0, !seen[Int(match)] {
        seen[Int(match)] = true
        match = next.isEmpty ? -1 : next[Int(match)]
      }
    }
    var rows: [Int32] = []
    for (row, isSeen) in seen.enumerated() where !isSeen { rows.append(Int32(truncatingIfNeeded: row)) }
    return rows
  }
}
