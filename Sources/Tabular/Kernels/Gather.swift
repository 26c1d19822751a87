extension Column {
  /// The rows at `rows`, in that order; rows may repeat. A row of -1 gives a missing cell for `unmatched`.
  public func gathering(_ rows: [Int32], unmatched: MissingReason = .notMatched) -> Column {
    let mask = Self.gatheredMask(missing, rows, unmatched)
    switch self {
    case .float64(let c): return .float64(Float64Column(Self.gathered(c.values, rows, zero: 0), missing: mask))
    case .int64(let c): return .int64(Int64Column(Self.gathered(c.values, rows, zero: 0), missing: mask))
    case .bool(let c): return .bool(BoolColumn(Self.gathered(c.values, rows, zero: 0), missing: mask))
    case .date(let c): return .date(DateColumn(Self.gathered(c.values, rows, zero: 0), missing: mask))
    case .string(let c):
      let codes = Self.gathered(c.codes, rows, zero: 0)
      return .string(StringColumn(codes: codes, dictionary: c.dictionary, missing: mask))
    }
  }

  private static func gathered<E: BitwiseCopyable>(_ values: [E], _ rows: [Int32], zero: E) -> [E] {
    [E](unsafeUninitializedCapacity: rows.count) { out, filled in
      values.withUnsafeBufferPointer { source in
        rows.withUnsafeBufferPointer { rows in
          for i in rows.indices { out[i] = rows[i] < 0 ? zero : source[Int(rows[i])] }
        }
      }
      filled = rows.count
    }
  }

  private static func gatheredMask(_ mask: MissingMask?, _ rows: [Int32], _ unmatched: MissingReason) -> MissingMask? {
    if mask == nil, !rows.contains(where: { $0 < 0 }) { return nil }
    let reasons = [UInt8](unsafeUninitializedCapacity: rows.count) { out, filled in
      if let mask {
        mask.reasons.withUnsafeBufferPointer { source in
          for (i, row) in rows.enumerated() { out[i] = row < 0 ? unmatched.rawValue : source[Int(row)] }
        }
      } else {
        for (i, row) in rows.enumerated() { out[i] = row < 0 ? unmatched.rawValue : 0 }
      }
      filled = rows.count
    }
    return MissingMask(reasons: reasons)
  }
}

extension Table {
  /// The rows where `keep` is true. Rows where it is missing are left out, as in SQL.
  public func filtering(_ keep: BoolColumn) -> Table {
    var rows: [Int32] = []
    rows.reserveCapacity(keep.values.count)
    // A missing row stores 0, so one test serves both.
    keep.values.withUnsafeBufferPointer { values in
      for i in values.indices where values[i] != 0 { rows.append(Int32(truncatingIfNeeded: i)) }
    }
    return rows.count == rowCount ? self : gathering(rows)
  }
}
