/// An operation on two numbers.
public enum ArithmeticOperator: String, Sendable, CaseIterable {
  /// a + b
  case add = "+"
  /// a - b
  case subtract = "-"
  /// a * b
  case multiply = "*"
  /// a / b; by zero: undefined.
  case divide = "/"
  /// a to the power b.
  case power = "^"
}

/// A comparison of two values of one type.
///
/// Text compares by its UTF-8 bytes.
public enum ComparisonOperator: String, Sendable, CaseIterable {
  /// a == b
  case equal = "=="
  /// a != b
  case notEqual = "!="
  /// a <= b
  case lessOrEqual = "<="
  /// a >= b
  case greaterOrEqual = ">="
  /// a < b
  case less = "<"
  /// a > b
  case greater = ">"

  /// Whether it asks for an order and not only for equality.
  public var isOrder: Bool { self != .equal && self != .notEqual }

  /// The comparison with its sides exchanged: a < b is b > a.
  public var flipped: ComparisonOperator {
    switch self {
    case .equal: .equal
    case .notEqual: .notEqual
    case .lessOrEqual: .greaterOrEqual
    case .greaterOrEqual: .lessOrEqual
    case .less: .greater
    case .greater: .less
    }
  }
}
