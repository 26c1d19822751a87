/// Comparisons of whole columns.
///
/// A row is missing where an operand is, for the reason of the first operand that is.
public enum Comparison {
  /// Compares numbers with decimals.
  ///
  /// At least one side is a column.
  public static func apply(_ comparison: ComparisonOperator, _ a: Operand<Double>, _ b: Operand<Double>) -> BoolColumn {
    typed(comparison, a, b)
  }

  /// Compares whole numbers.
  ///
  /// At least one side is a column.
  public static func apply(_ comparison: ComparisonOperator, _ a: Operand<Int64>, _ b: Operand<Int64>) -> BoolColumn {
    typed(comparison, a, b)
  }

  /// Compares days.
  ///
  /// At least one side is a column.
  public static func apply(_ comparison: ComparisonOperator, _ a: Operand<Int32>, _ b: Operand<Int32>) -> BoolColumn {
    typed(comparison, a, b)
  }

  /// Compares truth values.
  ///
  /// At least one side is a column.
  public static func apply(_ comparison: ComparisonOperator, _ a: Operand<UInt8>, _ b: Operand<UInt8>) -> BoolColumn {
    typed(comparison, a, b)
  }

  /// Compares texts with one text, by their UTF-8 bytes.
  ///
  /// Equality compares codes.
  public static func apply(_ comparison: ComparisonOperator, _ a: StringColumn, _ text: String) -> BoolColumn {
    guard comparison.isOrder else {
      guard let code = a.dictionary.code(of: text) else {
        return result(a.codes.count, a.missing) { _ in comparison == .notEqual }
      }
      return a.codes.withUnsafeBufferPointer { codes in
        comparison == .equal
          ? result(codes.count, a.missing) { codes[$0] == code } : result(codes.count, a.missing) { codes[$0] != code }
      }
    }
    var text = text
    return text.withUTF8 { wanted in a.testing { holds(comparison, order($0, wanted)) } }
  }

  /// Compares two columns of texts, by their UTF-8 bytes.
  public static func apply(_ comparison: ComparisonOperator, _ a: StringColumn, _ b: StringColumn) -> BoolColumn {
    let mask = MissingMask.either(a.missing, b.missing)
    if a.dictionary === b.dictionary, !comparison.isOrder {
      let wanted = comparison == .equal
      return a.codes.withUnsafeBufferPointer { x in
        b.codes.withUnsafeBufferPointer { y in result(x.count, mask) { (x[$0] == y[$0]) == wanted } }
      }
    }
    return a.withEntries { left in
      b.withEntries { right in
        result(a.codes.count, mask) { row in
          // Codes of missing rows may point outside an empty dictionary.
          if let mask, !mask.isPresent(row) { return false }
          return holds(comparison, order(left(row), right(row)))
        }
      }
    }
  }

  /// Whether each text is one of `texts`.
  public static func isMember(_ a: StringColumn, of texts: [String]) -> BoolColumn {
    var wanted = [Bool](repeating: false, count: max(1, a.dictionary.count))
    for text in texts { if let code = a.dictionary.code(of: text) { wanted[Int(code)] = true } }
    return a.codes.withUnsafeBufferPointer { codes in
      wanted.withUnsafeBufferPointer { wanted in result(codes.count, a.missing) { wanted[Int(codes[$0])] } }
    }
  }

  /// The order of two byte strings: negative, zero or positive.
  @inline(__always)
  static func order(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
    let shared = min(a.count, b.count)
    var i = 0
    while i < shared {
      if a[i] != b[i] { return a[i] < b[i] ? -1 : 1 }
      i += 1
    }
    return a.count - b.count
  }

  private static func holds(_ comparison: ComparisonOperator, _ order: Int) -> Bool {
    switch comparison {
    case .equal: order == 0
    case .notEqual: order != 0
    case .less: order < 0
    case .lessOrEqual: order <= 0
    case .greater: order > 0
    case .greaterOrEqual: order >= 0
    }
  }

  @inline(__always)
  static func result(_ count: Int, _ mask: MissingMask?, _ test: (Int) -> Bool) -> BoolColumn {
    Masking.column(count, mask, zero: 0) { out, range in for i in range { out[i] = test(i) ? 1 : 0 } }
  }

  @inline(__always)
  private static func typed<E: Comparable>(
    _ comparison: ComparisonOperator, _ a: Operand<E>, _ b: Operand<E>
  ) -> BoolColumn {
    switch comparison {
    case .equal: return rows(a, b) { $0 == $1 }
    case .notEqual: return rows(a, b) { $0 != $1 }
    case .less: return rows(a, b) { $0 < $1 }
    case .lessOrEqual: return rows(a, b) { $0 <= $1 }
    case .greater: return rows(a, b) { $0 > $1 }
    case .greaterOrEqual: return rows(a, b) { $0 >= $1 }
    }
  }

  @inline(__always)
  private static func rows<E>(_ a: Operand<E>, _ b: Operand<E>, _ test: (E, E) -> Bool) -> BoolColumn {
    switch (a, b) {
    case (.column(let a), .column(let b)):
      let mask = MissingMask.either(a.missing, b.missing)
      return a.values.withUnsafeBufferPointer { x in
        b.values.withUnsafeBufferPointer { y in result(x.count, mask) { test(x[$0], y[$0]) } }
      }
    case (.column(let a), .constant(let y)):
      return a.values.withUnsafeBufferPointer { x in result(x.count, a.missing) { test(x[$0], y) } }
    case (.constant(let x), .column(let b)):
      return b.values.withUnsafeBufferPointer { y in result(y.count, b.missing) { test(x, y[$0]) } }
    case (.constant, .constant): preconditionFailure("a kernel needs a column to know its rows")
    }
  }
}
