extension Column {
  /// This column's values, and where they are missing those of `other`, row by row.
  ///
  /// A row that is missing in both keeps this column's reason, unless that is ``MissingReason/notMatched``: then
  /// `other` knows better. Columns of equal length and type; `int64` and `float64` together give `float64`.
  /// - Throws: ``TabularError`` when types or lengths differ.
  public func filledIn(from other: Column) throws(TabularError) -> Column {
    guard other.count == count else { throw .schemaMismatch("\(count) rows cannot be filled in from \(other.count)") }
    guard let type = ColumnType.common(self.type, other.type) else {
      throw .schemaMismatch("\(self.type.rawValue) cannot be filled in from \(other.type.rawValue)")
    }
    guard let mask = missing else { return converted(to: type) }
    let reasons = Self.filledReasons(mask, other.missing)
    switch (converted(to: type), other.converted(to: type)) {
    case (.float64(let a), .float64(let b)):
      return .float64(Float64Column(Self.chosen(a.values, b.values, mask), missing: reasons))
    case (.int64(let a), .int64(let b)):
      return .int64(Int64Column(Self.chosen(a.values, b.values, mask), missing: reasons))
    case (.bool(let a), .bool(let b)):
      return .bool(BoolColumn(Self.chosen(a.values, b.values, mask), missing: reasons))
    case (.date(let a), .date(let b)):
      return .date(DateColumn(Self.chosen(a.values, b.values, mask), missing: reasons))
    case (.string(let a), .string(let b)):
      let (dictionary, codes) = Self.recoded(b, into: a.dictionary)
      return .string(StringColumn(codes: Self.chosen(a.codes, codes, mask), dictionary: dictionary, missing: reasons))
    default:
      throw .schemaMismatch("\(self.type.rawValue) cannot be filled in from \(other.type.rawValue)")
    }
  }

  /// Lays the values of `other` over this column: row `i` takes row `rows[i]` of `other`, where that has a value.
  ///
  /// A row of -1 takes nothing. A row that is missing in both has the reason of `other`, unless that is
  /// ``MissingReason/notMatched``. The same as gathering `other` and filling it in from this column, in one pass over
  /// the rows that change; in place when nobody else holds the values.
  /// - Throws: ``TabularError`` when types do not go together; the column is then of no further use.
  public mutating func overlay(with other: Column, at rows: [Int32]) throws(TabularError) {
    guard rows.count == count else { throw .schemaMismatch("\(rows.count) rows cannot be laid over \(count)") }
    let mismatch = TabularError.schemaMismatch("\(other.type.rawValue) cannot be laid over \(self.type.rawValue)")
    guard let type = ColumnType.common(self.type, other.type) else { throw mismatch }
    if self.type != type { self = converted(to: type) }
    let other = other.converted(to: type)
    // One pattern at a time, and the column emptied before its values change: a pair would hold them a second time.
    switch self {
    case .float64(var a):
      guard case .float64(let b) = other else { throw mismatch }
      self = Self.nothing
      Self.lay(b.values, b.missing, over: &a, at: rows)
      self = .float64(a)
    case .int64(var a):
      guard case .int64(let b) = other else { throw mismatch }
      self = Self.nothing
      Self.lay(b.values, b.missing, over: &a, at: rows)
      self = .int64(a)
    case .bool(var a):
      guard case .bool(let b) = other else { throw mismatch }
      self = Self.nothing
      Self.lay(b.values, b.missing, over: &a, at: rows)
      self = .bool(a)
    case .date(var a):
      guard case .date(let b) = other else { throw mismatch }
      self = Self.nothing
      Self.lay(b.values, b.missing, over: &a, at: rows)
      self = .date(a)
    case .string(let a):
      guard case .string(let b) = other else { throw mismatch }
      let (dictionary, codes) = Self.recoded(b, into: a.dictionary)
      var column = PrimitiveColumn(a.codes, missing: a.missing)
      Self.lay(codes, b.missing, over: &column, at: rows)
      self = .string(StringColumn(codes: column.values, dictionary: dictionary, missing: column.missing))
    }
  }

  private static let nothing = Column.bool(BoolColumn([]))

  private static func lay<E: BitwiseCopyable & Hashable & Sendable>(
    _ values: [E], _ mask: MissingMask?, over base: inout PrimitiveColumn<E>, at rows: [Int32]
  ) {
    var reasons = base.missing?.reasons ?? []
    base.missing = nil
    let unmatched = MissingReason.notMatched.rawValue
    base.values.withUnsafeMutableBufferPointer { out in
      reasons.withUnsafeMutableBufferPointer { reasons in
        values.withUnsafeBufferPointer { values in
          rows.withUnsafeBufferPointer { rows in
            for row in rows.indices where rows[row] >= 0 {
              let source = Int(rows[row])
              let reason = mask?.reasons[source] ?? 0
              if reason == 0 {
                out[row] = values[source]
                if !reasons.isEmpty { reasons[row] = 0 }
              } else if !reasons.isEmpty, reasons[row] != 0, reason != unmatched {
                reasons[row] = reason
              }
            }
          }
        }
      }
    }
    base = PrimitiveColumn(base.values, missing: reasons.isEmpty ? nil : MissingMask(reasons: reasons))
  }

  /// The column as `type`: whole numbers become doubles, anything else stays as it is.
  public func converted(to type: ColumnType) -> Column {
    guard type == .float64, case .int64(let c) = self else { return self }
    return .float64(Float64Column(c.values.map(Double.init), missing: c.missing))
  }

  /// Codes of `column` in a dictionary that extends `dictionary` by its texts; 0 where it is missing.
  private static func recoded(
    _ column: StringColumn, into dictionary: StringDictionary
  ) -> (StringDictionary, [UInt32]) {
    if column.dictionary === dictionary { return (dictionary, column.codes) }
    var builder = StringDictionaryBuilder(dictionary)
    let own = column.dictionary
    let map = own.bytes.withUnsafeBufferPointer { all in
      (0..<own.count).map { code in
        builder.code(of: UnsafeBufferPointer(rebasing: all[Int(own.offsets[code])..<Int(own.offsets[code + 1])]))
      }
    }
    guard let missing = column.missing else { return (builder.build(), column.codes.map { map[Int($0)] }) }
    let codes = column.codes.indices.map { missing.isPresent($0) ? map[Int(column.codes[$0])] : 0 }
    return (builder.build(), codes)
  }

  private static func chosen<E: BitwiseCopyable>(_ a: [E], _ b: [E], _ mask: MissingMask) -> [E] {
    [E](unsafeUninitializedCapacity: a.count) { out, filled in
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          mask.reasons.withUnsafeBufferPointer { reasons in
            for row in a.indices { out[row] = reasons[row] == 0 ? a[row] : b[row] }
          }
        }
      }
      filled = a.count
    }
  }

  private static func filledReasons(_ mask: MissingMask, _ other: MissingMask?) -> MissingMask? {
    guard let other else { return nil }
    let unmatched = MissingReason.notMatched.rawValue
    let reasons = [UInt8](unsafeUninitializedCapacity: mask.count) { out, filled in
      mask.reasons.withUnsafeBufferPointer { a in
        other.reasons.withUnsafeBufferPointer { b in
          for row in a.indices {
            let own = a[row] == unmatched ? b[row] : a[row]
            out[row] = a[row] == 0 || b[row] == 0 ? 0 : own
          }
        }
      }
      filled = mask.count
    }
    return MissingMask(reasons: reasons)
  }
}

extension ColumnType {
  /// The type that holds values of both, or nil: equal types themselves, whole numbers and doubles as doubles.
  public static func common(_ a: ColumnType, _ b: ColumnType) -> ColumnType? {
    if a == b { return a }
    return a.isNumeric && b.isNumeric ? .float64 : nil
  }
}
