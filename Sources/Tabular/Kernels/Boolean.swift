/// Three-valued logic after Kleene, and choices between columns.
public enum Logic {
  /// False where either is false, true where both are true, otherwise missing for the first reason.
  public static func and(_ a: BoolColumn, _ b: BoolColumn) -> BoolColumn { decide(a, b, deciding: 0) }

  /// True where either is true, false where both are false, otherwise missing for the first reason.
  public static func or(_ a: BoolColumn, _ b: BoolColumn) -> BoolColumn { decide(a, b, deciding: 1) }

  /// True where `a` is false, false where it is true, missing where it is missing.
  public static func not(_ a: BoolColumn) -> BoolColumn {
    a.values.withUnsafeBufferPointer { x in Comparison.result(x.count, a.missing) { x[$0] == 0 } }
  }

  /// Whether each row of `column` has no value; never missing itself.
  public static func isMissing(_ column: Column) -> BoolColumn {
    guard let mask = column.missing else { return BoolColumn([UInt8](repeating: 0, count: column.count)) }
    return mask.reasons.withUnsafeBufferPointer { reasons in
      Comparison.result(reasons.count, nil) { reasons[$0] != 0 }
    }
  }

  /// The label of the reason why each row of `column` has no value; empty text where it has one.
  public static func reasons(of column: Column) -> StringColumn {
    let labels = [""] + MissingReason.allCases.map(\.label)
    var builder = StringDictionaryBuilder()
    for label in labels { _ = builder.code(of: label) }
    var codeOf = [UInt32](repeating: 0, count: 256)
    for (i, reason) in MissingReason.allCases.enumerated() { codeOf[Int(reason.rawValue)] = UInt32(i + 1) }
    let codes = column.missing?.reasons.map { codeOf[Int($0)] } ?? [UInt32](repeating: 0, count: column.count)
    return StringColumn(codes: codes, dictionary: builder.build())
  }

  /// The values of `a` where the condition is true and those of `b` where it is false; missing where the condition
  /// is, for its reason.
  ///
  /// Both columns have one type.
  public static func choose(_ condition: BoolColumn, _ a: Column, _ b: Column) -> Column {
    let count = condition.values.count
    let mask: MissingMask?
    if condition.missing == nil, a.missing == nil, b.missing == nil {
      mask = nil
    } else {
      let unsure = condition.missing?.reasons
      let first = a.missing?.reasons
      let second = b.missing?.reasons
      mask = MissingMask(
        reasons: (0..<count).map { i in
          if let unsure, unsure[i] != 0 { return unsure[i] }
          return (condition.values[i] != 0 ? first?[i] : second?[i]) ?? 0
        })
    }
    return merged(a, b, mask) { condition.values[$0] != 0 }
  }

  /// The values of `a` where it has one, otherwise those of `b`; where neither has one the reason is that of `a`.
  ///
  /// Both columns have one type.
  public static func coalesce(_ a: Column, _ b: Column) -> Column {
    guard let first = a.missing else { return a }
    let second = b.missing?.reasons
    let mask = MissingMask(
      reasons: first.reasons.enumerated().map { i, reason in
        reason == 0 || (second?[i] ?? 0) == 0 ? 0 : reason
      })
    return merged(a, b, mask) { first.reasons[$0] == 0 }
  }

  /// The column with `reason` in every row that is missing.
  public static func replacingReasons(of column: Column, by reason: MissingReason) -> Column {
    guard let mask = column.missing else { return column }
    let changed = MissingMask(reasons: mask.reasons.map { $0 == 0 ? 0 : reason.rawValue }, words: mask.words)
    switch column {
    case .float64(let c): return .float64(Float64Column(c.values, missing: changed))
    case .int64(let c): return .int64(Int64Column(c.values, missing: changed))
    case .bool(let c): return .bool(BoolColumn(c.values, missing: changed))
    case .date(let c): return .date(DateColumn(c.values, missing: changed))
    case .string(let c): return .string(StringColumn(codes: c.codes, dictionary: c.dictionary, missing: changed))
    }
  }

  /// `deciding` settles the outcome whatever the other side is: 0 for and, 1 for or.
  private static func decide(_ a: BoolColumn, _ b: BoolColumn, deciding: UInt8) -> BoolColumn {
    let count = a.values.count
    guard a.missing != nil || b.missing != nil else {
      return a.values.withUnsafeBufferPointer { x in
        b.values.withUnsafeBufferPointer { y in
          Masking.column(count, nil, zero: 0 as UInt8) { out, range in
            if deciding == 0 {
              for i in range { out[i] = x[i] & y[i] }
            } else {
              for i in range { out[i] = x[i] | y[i] }
            }
          }
        }
      }
    }
    let none = [UInt8](repeating: 0, count: count)
    var reasons = [UInt8](repeating: 0, count: count)
    var values = reasons
    (a.missing?.reasons ?? none).withUnsafeBufferPointer { ra in
      (b.missing?.reasons ?? none).withUnsafeBufferPointer { rb in
        a.values.withUnsafeBufferPointer { x in
          b.values.withUnsafeBufferPointer { y in
            reasons.withUnsafeMutableBufferPointer { reasons in
              values.withUnsafeMutableBufferPointer { values in
                for i in 0..<count {
                  let settled = (ra[i] == 0 && x[i] == deciding) || (rb[i] == 0 && y[i] == deciding)
                  let reason = settled ? 0 : ra[i] != 0 ? ra[i] : rb[i]
                  reasons[i] = reason
                  values[i] = settled ? deciding : reason == 0 ? 1 - deciding : 0
                }
              }
            }
          }
        }
      }
    }
    return BoolColumn(values, missing: MissingMask(reasons: reasons))
  }

  private static func merged(_ a: Column, _ b: Column, _ mask: MissingMask?, _ first: (Int) -> Bool) -> Column {
    switch (a, b) {
    case (.float64(let a), .float64(let b)): return .float64(merged(a, b, mask, zero: 0, first))
    case (.int64(let a), .int64(let b)): return .int64(merged(a, b, mask, zero: 0, first))
    case (.bool(let a), .bool(let b)): return .bool(merged(a, b, mask, zero: 0, first))
    case (.date(let a), .date(let b)): return .date(merged(a, b, mask, zero: 0, first))
    case (.string(let a), .string(let b)): return .string(StringColumn.merging(a, b, mask, first))
    default: preconditionFailure("a choice between columns of different types")
    }
  }

  @inline(__always)
  private static func merged<E>(
    _ a: PrimitiveColumn<E>, _ b: PrimitiveColumn<E>, _ mask: MissingMask?, zero: E, _ first: (Int) -> Bool
  ) -> PrimitiveColumn<E> {
    a.values.withUnsafeBufferPointer { x in
      b.values.withUnsafeBufferPointer { y in
        Masking.column(x.count, mask, zero: zero) { out, range in
          for i in range { out[i] = first(i) ? x[i] : y[i] }
        }
      }
    }
  }
}
