extension Table {
  /// The rows of `range`, in their order.
  public func slice(_ range: Range<Int>) -> Table {
    Table(unchecked: schema, columns: columns.map { $0.slice(range) }, rowCount: range.count)
  }
}

extension Column {
  /// The rows of `range`.
  func slice(_ range: Range<Int>) -> Column {
    let mask = missing.map { MissingMask(reasons: Array($0.reasons[range])) }
    switch self {
    case .float64(let c): return .float64(Float64Column(Array(c.values[range]), missing: mask))
    case .int64(let c): return .int64(Int64Column(Array(c.values[range]), missing: mask))
    case .bool(let c): return .bool(BoolColumn(Array(c.values[range]), missing: mask))
    case .date(let c): return .date(DateColumn(Array(c.values[range]), missing: mask))
    case .string(let c):
      return .string(StringColumn(codes: Array(c.codes[range]), dictionary: c.dictionary, missing: mask))
    }
  }
}
