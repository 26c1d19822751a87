/// What a function of a text gives: a value, or the reason why there is none.
public enum TextResult<Value> {
  /// The value.
  case value(Value)
  /// No value.
  case missing(MissingReason)
}

/// Functions of texts that the caller brings: called once for each distinct text that occurs, not for each row. A missing
/// row stays missing for its reason.
extension Text {
  /// The texts that `function` gives.
  public static func texts(of column: StringColumn, _ function: (String) -> TextResult<String>) -> StringColumn {
    var builder = StringDictionaryBuilder()
    let (codes, mask) = mapped(column, zero: 0 as UInt32) { text in
      switch function(text) {
      case .value(let value): .value(builder.code(of: value))
      case .missing(let reason): .missing(reason)
      }
    }
    return StringColumn(codes: codes, dictionary: builder.build(), missing: mask)
  }

  /// The whole numbers that `function` gives.
  public static func integers(of column: StringColumn, _ function: (String) -> TextResult<Int64>) -> Int64Column {
    let (values, mask) = mapped(column, zero: 0, function)
    return Int64Column(values, missing: mask)
  }

  /// The days that `function` gives.
  public static func days(of column: StringColumn, _ function: (String) -> TextResult<Int32>) -> DateColumn {
    let (values, mask) = mapped(column, zero: 0, function)
    return DateColumn(values, missing: mask)
  }

  private static func mapped<E: BitwiseCopyable>(
    _ column: StringColumn, zero: E, _ function: (String) -> TextResult<E>
  ) -> ([E], MissingMask?) {
    var known = [Bool](repeating: false, count: column.dictionary.count)
    var results = [E](repeating: zero, count: known.count)
    var failures = [UInt8](repeating: 0, count: known.count)
    var values = [E](repeating: zero, count: column.codes.count)
    var reasons = column.missing?.reasons ?? [UInt8](repeating: 0, count: column.codes.count)
    for row in values.indices where reasons[row] == 0 {
      let code = Int(column.codes[row])
      if !known[code] {
        known[code] = true
        switch function(column.dictionary[column.codes[row]]) {
        case .value(let value): results[code] = value
        case .missing(let reason): failures[code] = reason.rawValue
        }
      }
      values[row] = results[code]
      reasons[row] = failures[code]
    }
    return (values, MissingMask(reasons: reasons))
  }
}
