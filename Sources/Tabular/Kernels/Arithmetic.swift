import Glibc

/// A function of one number.
public enum NumberFunction: Sendable, CaseIterable {
  /// Without its sign.
  case absolute
  /// The next whole number down.
  case floor
  /// The next whole number up.
  case ceiling
  /// The square root.
  case squareRoot
  /// The natural logarithm.
  case naturalLogarithm
  /// The logarithm with base 10.
  case decimalLogarithm
  /// e to the power x.
  case exponential
}

/// Arithmetic on whole columns.
///
/// A row is missing where an operand is, for the reason of the first operand that is; a result that does not exist or
/// overflows is missing with the reason `undefined`.
public enum Arithmetic {
  /// The operation on numbers with decimals.
  ///
  /// At least one side is a column.
  public static func apply(_ operation: ArithmeticOperator, _ a: Operand<Double>, _ b: Operand<Double>) -> Float64Column
  {
    switch operation {
    case .add: return finite(a, b) { $0 + $1 }
    case .subtract: return finite(a, b) { $0 - $1 }
    case .multiply: return finite(a, b) { $0 * $1 }
    case .divide: return finite(a, b) { $0 / $1 }
    case .power:
      if case .constant(2) = b { return finite(a, a) { x, _ in x * x } }
      return finite(a, b) { pow($0, $1) }
    }
  }

  /// The operation on whole numbers; division and powers are for ``Operand`` of `Double`.
  ///
  /// At least one side is a column.
  public static func apply(_ operation: ArithmeticOperator, _ a: Operand<Int64>, _ b: Operand<Int64>) -> Int64Column {
    switch operation {
    case .add: return whole(a, b) { $0.addingReportingOverflow($1) }
    case .subtract: return whole(a, b) { $0.subtractingReportingOverflow($1) }
    case .multiply: return whole(a, b) { $0.multipliedReportingOverflow(by: $1) }
    case .divide, .power: preconditionFailure("whole numbers divide as numbers with decimals")
    }
  }

  /// The smaller of two numbers in each row.
  public static func minimum(_ a: Operand<Double>, _ b: Operand<Double>) -> Float64Column {
    finite(a, b) { $0 <= $1 ? $0 : $1 }
  }

  /// The larger of two numbers in each row.
  public static func maximum(_ a: Operand<Double>, _ b: Operand<Double>) -> Float64Column {
    finite(a, b) { $0 >= $1 ? $0 : $1 }
  }

  /// The smaller of two whole numbers in each row.
  public static func minimum(_ a: Operand<Int64>, _ b: Operand<Int64>) -> Int64Column {
    whole(a, b) { ($0 <= $1 ? $0 : $1, false) }
  }

  /// The larger of two whole numbers in each row.
  public static func maximum(_ a: Operand<Int64>, _ b: Operand<Int64>) -> Int64Column {
    whole(a, b) { ($0 >= $1 ? $0 : $1, false) }
  }

  /// The function of each number.
  public static func apply(_ function: NumberFunction, _ x: Float64Column) -> Float64Column {
    switch function {
    case .absolute: map(x) { $0.magnitude }
    case .floor: map(x) { $0.rounded(.down) + 0 }
    case .ceiling: map(x) { $0.rounded(.up) + 0 }
    case .squareRoot: map(x) { $0.squareRoot() }
    case .naturalLogarithm: map(x) { log($0) }
    case .decimalLogarithm: map(x) { log10($0) }
    case .exponential: map(x) { exp($0) }
    }
  }

  /// Each whole number without its sign.
  public static func absolute(_ x: Int64Column) -> Int64Column {
    whole(.column(x), .constant(0)) { x, _ in x < 0 ? (0 as Int64).subtractingReportingOverflow(x) : (x, false) }
  }

  /// Each number rounded to `decimals` (-15...15), halves away from zero.
  ///
  /// A half is the number that reads as one: 1.005 rounds to 1.01, although the binary number nearest to it lies just
  /// below.
  public static func round(_ x: Float64Column, decimals: Int) -> Float64Column {
    var scale = 1.0
    for _ in 0..<abs(decimals) { scale *= 10 }
    return decimals >= 0
      ? map(x) { halfAway($0, scaled: $0 * scale) { $0 / scale } }
      : map(x) { halfAway($0, scaled: $0 / scale) { $0 * scale } }
  }

  /// Each whole number rounded to tens (`decimals` -1), hundreds (-2) and so on, halves away from zero.
  public static func round(_ x: Int64Column, decimals: Int) -> Int64Column {
    guard decimals < 0 else { return x }
    var unit: Int64 = 1
    for _ in 0..<(-decimals) { unit *= 10 }
    return whole(.column(x), .constant(unit)) { x, unit in
      let rest = x % unit
      let down = x - rest
      if rest.magnitude * 2 < unit.magnitude { return (down, false) }
      return down.addingReportingOverflow(rest < 0 ? -unit : unit)
    }
  }

  /// Whole numbers as numbers with decimals.
  public static func float64(_ x: Int64Column) -> Float64Column {
    x.values.withUnsafeBufferPointer { values in
      Masking.column(values.count, x.missing, zero: 0) { out, range in for i in range { out[i] = Double(values[i]) } }
    }
  }

  /// The whole part of each number, towards zero; beyond 64 bits: undefined.
  public static func int64(_ x: Float64Column) -> Int64Column {
    checked(x.values.count, x.missing) { i in
      let value = x.values[i]
      if value > -0x1p63, value < 0x1p63 { return (Int64(value), false) }
      return value == -0x1p63 ? (Int64.min, false) : (0, true)
    }
  }

  /// Truth values as 1 and 0.
  public static func int64(_ x: BoolColumn) -> Int64Column {
    Int64Column(x.values.map { Int64($0) }, missing: x.missing)
  }

  /// The calendar year of each day.
  public static func year(_ x: DateColumn) -> Int64Column {
    x.values.withUnsafeBufferPointer { values in
      Masking.column(values.count, x.missing, zero: 0) { out, range in
        for i in range { out[i] = Int64(CalendarDay.date(of: values[i]).year) }
      }
    }
  }

  @inline(__always)
  private static func halfAway(_ value: Double, scaled: Double, _ back: (Double) -> Double) -> Double {
    // From 2^52 on there are no decimals left to round.
    guard scaled.magnitude < 0x1p52 else { return value }
    let whole = scaled.rounded(.towardZero)
    let away: Double = scaled < 0 ? -1 : 1
    // Whole numbers and powers of ten are exact here, so this is the number that the half as written is read as.
    let half = back(whole + away / 2)
    return back(value.magnitude >= half.magnitude ? whole + away : whole) + 0
  }

  @inline(__always)
  private static func map(_ x: Float64Column, _ function: (Double) -> Double) -> Float64Column {
    x.values.withUnsafeBufferPointer { values in
      Masking.finite(values.count, x.missing) { out, range in for i in range { out[i] = function(values[i]) } }
    }
  }

  @inline(__always)
  private static func finite(
    _ a: Operand<Double>, _ b: Operand<Double>, _ operation: (Double, Double) -> Double
  ) -> Float64Column {
    switch (a, b) {
    case (.column(let a), .column(let b)):
      let mask = MissingMask.either(a.missing, b.missing)
      return a.values.withUnsafeBufferPointer { x in
        b.values.withUnsafeBufferPointer { y in
          Masking.finite(x.count, mask) { out, range in for i in range { out[i] = operation(x[i], y[i]) } }
        }
      }
    case (.column(let a), .constant(let y)):
      return a.values.withUnsafeBufferPointer { x in
        Masking.finite(x.count, a.missing) { out, range in for i in range { out[i] = operation(x[i], y) } }
      }
    case (.constant(let x), .column(let b)):
      return b.values.withUnsafeBufferPointer { y in
        Masking.finite(y.count, b.missing) { out, range in for i in range { out[i] = operation(x, y[i]) } }
      }
    case (.constant, .constant): preconditionFailure("a kernel needs a column to know its rows")
    }
  }

  @inline(__always)
  private static func whole(
    _ a: Operand<Int64>, _ b: Operand<Int64>, _ operation: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
  ) -> Int64Column {
    switch (a, b) {
    case (.column(let a), .column(let b)):
      let mask = MissingMask.either(a.missing, b.missing)
      return a.values.withUnsafeBufferPointer { x in
        b.values.withUnsafeBufferPointer { y in checked(x.count, mask) { operation(x[$0], y[$0]) } }
      }
    case (.column(let a), .constant(let y)):
      return a.values.withUnsafeBufferPointer { x in checked(x.count, a.missing) { operation(x[$0], y) } }
    case (.constant(let x), .column(let b)):
      return b.values.withUnsafeBufferPointer { y in checked(y.count, b.missing) { operation(x, y[$0]) } }
    case (.constant, .constant): preconditionFailure("a kernel needs a column to know its rows")
    }
  }

  /// A column of whole numbers; rows that overflow become missing (`undefined`).
  @inline(__always)
  private static func checked(
    _ count: Int, _ mask: MissingMask?, _ row: (Int) -> (partialValue: Int64, overflow: Bool)
  ) -> Int64Column {
    var undefined: [Int32] = []
    let column = Masking.column(count, mask, zero: 0 as Int64) { out, range in
      var overflowed = false
      for i in range {
        let result = row(i)
        out[i] = result.partialValue
        overflowed = overflowed || result.overflow
      }
      if overflowed {
        for i in range where row(i).overflow {
          out[i] = 0
          undefined.append(Int32(truncatingIfNeeded: i))
        }
      }
    }
    if undefined.isEmpty { return column }
    return Int64Column(
      column.values, missing: .adding(undefined, to: mask, count: count, reason: .undefined))
  }
}
