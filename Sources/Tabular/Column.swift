/// Values of one fixed-width type with their missing reasons.
///
/// Invariant: a row without a value stores the type's zero, so that equal columns have equal bytes.
public struct PrimitiveColumn<Element: BitwiseCopyable & Hashable & Sendable>: Sendable, Equatable {
  /// The stored values; zero where a value is missing.
  public var values: [Element]
  /// Which rows are missing and why; nil when every row holds a value.
  public var missing: MissingMask?

  /// A column of `values`; `missing` covers the same rows, or is nil when none is missing.
  public init(_ values: [Element], missing: MissingMask? = nil) {
    self.values = values
    self.missing = missing.flatMap { $0.missingCount == 0 ? nil : $0 }
  }
}

/// A column of double precision numbers.
public typealias Float64Column = PrimitiveColumn<Double>
/// A column of 64-bit integers.
public typealias Int64Column = PrimitiveColumn<Int64>
/// A column of truth values: 1 is true, 0 is false.
public typealias BoolColumn = PrimitiveColumn<UInt8>
/// A column of days since 1970-01-01.
public typealias DateColumn = PrimitiveColumn<Int32>

/// One column of a table: a closed choice of typed storage.
///
/// Code that works on cells switches once per column and then runs over the typed storage; there is no way to ask for a
/// cell as `Any`.
public enum Column: Sendable, Equatable {
  /// Double precision numbers.
  case float64(Float64Column)
  /// 64-bit integers.
  case int64(Int64Column)
  /// Text.
  case string(StringColumn)
  /// Truth values.
  case bool(BoolColumn)
  /// Days.
  case date(DateColumn)

  /// The storage type.
  public var type: ColumnType {
    switch self {
    case .float64: .float64
    case .int64: .int64
    case .string: .string
    case .bool: .bool
    case .date: .date
    }
  }

  /// The number of rows.
  public var count: Int {
    switch self {
    case .float64(let c): c.values.count
    case .int64(let c): c.values.count
    case .string(let c): c.codes.count
    case .bool(let c): c.values.count
    case .date(let c): c.values.count
    }
  }

  /// Which rows are missing and why; nil when every row holds a value.
  public var missing: MissingMask? {
    switch self {
    case .float64(let c): c.missing
    case .int64(let c): c.missing
    case .string(let c): c.missing
    case .bool(let c): c.missing
    case .date(let c): c.missing
    }
  }

  /// The number of rows without a value.
  public var missingCount: Int { missing?.missingCount ?? 0 }

  /// Why `row` is missing, or nil when it holds a value.
  public func missingReason(at row: Int) -> MissingReason? { missing?[row] }

  /// A column of `count` missing cells of `type`, all for the same reason.
  public static func allMissing(_ type: ColumnType, reason: MissingReason, count: Int) -> Column {
    let mask = MissingMask(allMissing: reason, count: count)
    switch type {
    case .float64: return .float64(Float64Column([Double](repeating: 0, count: count), missing: mask))
    case .int64: return .int64(Int64Column([Int64](repeating: 0, count: count), missing: mask))
    case .string:
      return .string(StringColumn(codes: [UInt32](repeating: 0, count: count), dictionary: .empty, missing: mask))
    case .bool: return .bool(BoolColumn([UInt8](repeating: 0, count: count), missing: mask))
    case .date: return .date(DateColumn([Int32](repeating: 0, count: count), missing: mask))
    }
  }

  /// Traps in debug builds when the column breaks an invariant.
  public func checkInvariants() {
    #if DEBUG
      if let missing {
        missing.checkInvariants()
        assert(missing.count == count, "column: mask covers \(missing.count) rows of \(count)")
        assert(missing.missingCount > 0, "column: a mask without missing rows")
      }
      switch self {
      case .float64(let c):
        for (i, v) in c.values.enumerated() { assert(!v.isNaN && (c.missing?.isPresent(i) ?? true || v == 0)) }
      case .int64(let c): checkZero(c)
      case .bool(let c): checkZero(c)
      case .date(let c): checkZero(c)
      case .string(let c):
        for (i, code) in c.codes.enumerated() where c.missing?.isPresent(i) ?? true {
          assert(Int(code) < c.dictionary.count, "column: code \(code) outside the dictionary")
        }
      }
    #endif
  }

  private func checkZero<E>(_ column: PrimitiveColumn<E>) where E: BinaryInteger {
    for (i, v) in column.values.enumerated() {
      assert(column.missing?.isPresent(i) ?? true || v == 0, "column: a missing row that stores a value")
    }
  }
}
