/// The storage type of a column.
public enum ColumnType: String, Sendable, CaseIterable {
  /// Double precision numbers.
  case float64
  /// 64-bit integers.
  case int64
  /// Text as codes into a dictionary of distinct values.
  case string
  /// Truth values.
  case bool
  /// Calendar days, counted from 1970-01-01.
  case date

  /// Whether arithmetic applies.
  public var isNumeric: Bool { self == .float64 || self == .int64 }
}

/// What a column is for.
public enum FieldRole: String, Sendable, CaseIterable {
  /// Identifies a row, together with the other keys: an area code, a period, a category.
  case key
  /// A quantity or a text that the row states.
  case measure
  /// A number that weighs other columns: inhabitants, households, addresses.
  case weight
  /// The missing reasons of another column, as text.
  case status
}

/// Whether more of a measure is better or worse.
public enum Direction: String, Sendable, CaseIterable {
  /// A higher value is the better one.
  case higherIsBetter = "higher_is_better"
  /// A higher value is the worse one.
  case higherIsWorse = "higher_is_worse"
}

/// Where a column comes from. Travels with every column that is derived from it.
public struct Origin: Sendable, Hashable, Comparable {
  /// Who published it, for example `CBS`.
  public var producer: String
  /// The table's identifier, for example `84799NED`.
  public var table: String
  /// The column's identifier in that table; empty for the table as a whole.
  public var column: String
  /// Which delivery of the table, for example `2021-03-26`; empty when not known.
  public var vintage: String
  /// The licence under which it may be used, for example `CC BY 4.0`.
  public var licence: String

  /// An origin; parts that are not known are empty.
  public init(
    producer: String = "", table: String = "", column: String = "", vintage: String = "", licence: String = ""
  ) {
    self.producer = producer
    self.table = table
    self.column = column
    self.vintage = vintage
    self.licence = licence
  }

  /// Whether nothing at all is known.
  public var isEmpty: Bool { self == Origin() }

  /// Origins order by producer, table, column, vintage and licence.
  public static func < (a: Self, b: Self) -> Bool {
    (a.producer, a.table, a.column, a.vintage, a.licence) < (b.producer, b.table, b.column, b.vintage, b.licence)
  }
}

/// The description of one column.
public struct Field: Sendable, Equatable {
  /// The column's name: snake_case with a unit suffix for our own columns, as published for a source's.
  public var name: String
  /// The storage type.
  public var type: ColumnType
  /// What the column is for.
  public var role: FieldRole
  /// The unit of measurement, for example `%` or `1 000 euro`; empty when the column has none.
  public var unit: String
  /// The title for people; empty when the name says it all.
  public var label: String
  /// Whether more is better or worse; nil when neither.
  public var direction: Direction?
  /// Decimals to print; nil when not known.
  public var decimals: Int?
  /// Every source column that this one depends on, sorted.
  public var origins: [Origin]

  /// A field; only name and type must be known.
  public init(
    _ name: String, _ type: ColumnType, role: FieldRole = .measure, unit: String = "", label: String = "",
    direction: Direction? = nil, decimals: Int? = nil, origins: [Origin] = []
  ) {
    self.name = name
    self.type = type
    self.role = role
    self.unit = unit
    self.label = label
    self.direction = direction
    self.decimals = decimals
    self.origins = origins
  }

  /// The union of several origin lists, sorted and without repeats.
  public static func mergeOrigins(_ lists: [[Origin]]) -> [Origin] {
    if lists.count == 1 { return lists[0] }
    return Set(lists.joined()).sorted()
  }
}
