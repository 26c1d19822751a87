import Tabular

/// A period in CBS tables: a code such as `2023JJ00` or a label such as `2022*`.
///
/// Codes are a year, two characters for the kind and a number: `JJ00` a year, `KW01` a quarter, `MM01` a month, `W101` a
/// week, `X000` the days of a week that the turn of the year cuts, `SJ00` a school year; eight digits are a day. Labels
/// are a year, two years (`2015/2016`, a school year), or a year with a Dutch quarter or month; stars behind a label say
/// that its figures are not final. Anything else is kept as it stands.
public struct PeriodCode: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The kinds of period.
  public enum Kind: String, Sendable, CaseIterable {
    /// A calendar year.
    case year
    /// A quarter of a year.
    case quarter
    /// A calendar month.
    case month
    /// A week from Monday to Sunday, numbered as in ISO 8601.
    case week
    /// A week that the turn of the year cuts.
    case partWeek = "part_week"
    /// A day.
    case day
    /// A school year, from 1 August.
    case schoolYear = "school_year"
    /// Something else, kept as text.
    case other
  }

  /// Whether the figures of a period may still change.
  public enum Status: String, Sendable, CaseIterable {
    /// No star.
    case final
    /// One star: voorlopig.
    case provisional
    /// Two stars: nader voorlopig.
    case revisedProvisional = "revised_provisional"
  }

  /// The kind of period.
  public let kind: Kind
  /// The calendar year in which it starts; nil when the text does not tell.
  public let year: Int?
  /// Which quarter, month, week or day (as month * 100 + day) of the year; 0 for the others.
  public let number: Int
  /// Whether the figures may still change.
  public let status: Status
  /// Of the kind `other`, the text without blanks and stars.
  private let text: String

  /// The period that `text` states; every text states one, if need be of the kind `other`.
  public init(_ text: String) {
    var bytes = Array(text.utf8)
    func trim() {
      while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
      bytes.removeFirst(bytes.prefix { $0 == 0x20 || $0 == 0x09 }.count)
    }
    trim()
    let stars = bytes.reversed().prefix { $0 == UInt8(ascii: "*") }.count
    bytes.removeLast(stars)
    trim()
    status = stars == 0 ? .final : stars == 1 ? .provisional : .revisedProvisional
    (kind, year, number) = Self.read(bytes)
    self.text = kind == .other ? String(decoding: bytes, as: UTF8.self) : ""
  }

  private static func read(_ bytes: [UInt8]) -> (Kind, Int?, Int) {
    guard let year = digits(bytes.prefix(4), 4), year > 0 else { return (.other, nil, 0) }
    let rest = bytes.dropFirst(4)
    if rest.isEmpty { return (.year, year, 0) }
    if rest.count == 4, let number = digits(rest.suffix(2), 2) {
      switch String(decoding: rest.prefix(2), as: UTF8.self) {
      case "JJ" where number == 0: return (.year, year, 0)
      case "KW" where (1...4).contains(number): return (.quarter, year, number)
      case "MM" where (1...12).contains(number): return (.month, year, number)
      case "W1" where (1...53).contains(number): return (.week, year, number)
      case "X0" where number == 0: return (.partWeek, year, 0)
      case "SJ" where number == 0: return (.schoolYear, year, 0)
      default: break
      }
      if let month = digits(rest.prefix(2), 2), CalendarDay.number(year: year, month: month, day: number) != nil {
        return (.day, year, month * 100 + number)
      }
      return (.other, year, 0)
    }
    if rest.count == 5, rest.first == UInt8(ascii: "/"), digits(rest.suffix(4), 4) == year + 1 {
      return (.schoolYear, year, 0)
    }
    let words = String(decoding: rest, as: UTF8.self).lowercased().split(separator: " ")
    if words.count == 2, words[1] == "kwartaal", let n = ["1e", "2e", "3e", "4e"].firstIndex(of: words[0]) {
      return (.quarter, year, n + 1)
    }
    if words.count == 1, rest.first == 0x20, let n = months.firstIndex(of: String(words[0])) {
      return (.month, year, n + 1)
    }
    return (.other, nil, 0)
  }

  private static let months = [
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november",
    "december",
  ]

  private static func digits(_ bytes: ArraySlice<UInt8>, _ count: Int) -> Int? {
    guard bytes.count == count, bytes.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return bytes.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  /// The code as CBS writes it; of the kind `other`, the text.
  public var description: String {
    guard let year, kind != .other else { return text }
    let prefix = Self.padded(year, 4)
    switch kind {
    case .year: return prefix + "JJ00"
    case .quarter: return prefix + "KW" + Self.padded(number, 2)
    case .month: return prefix + "MM" + Self.padded(number, 2)
    case .week: return prefix + "W1" + Self.padded(number, 2)
    case .partWeek: return prefix + "X000"
    case .day: return prefix + Self.padded(number, 4)
    case .schoolYear: return prefix + "SJ00"
    case .other: return text
    }
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// The first day; nil for `other`, for a part of a week (its code does not tell which days) and for a week 53 of a year
  /// that has 52.
  public var start: Int32? {
    guard let year else { return nil }
    switch kind {
    case .year: return CalendarDay.number(year: year, month: 1, day: 1)
    case .quarter: return CalendarDay.number(year: year, month: 3 * number - 2, day: 1)
    case .month: return CalendarDay.number(year: year, month: number, day: 1)
    case .day: return CalendarDay.number(year: year, month: number / 100, day: number % 100)
    case .schoolYear: return CalendarDay.number(year: year, month: 8, day: 1)
    case .week: return Self.monday(of: number, year)
    case .partWeek, .other: return nil
    }
  }

  /// The Monday of an ISO week: week 1 is the week with 4 January in it.
  private static func monday(of week: Int, _ year: Int) -> Int32? {
    guard let fourth = CalendarDay.number(year: year, month: 1, day: 4) else { return nil }
    // Day 0, 1 January 1970, was a Thursday.
    let weekday = ((fourth + 3) % 7 + 7) % 7
    let monday = fourth - weekday + 7 * Int32(week - 1)
    // The week belongs to the year of its Thursday.
    return CalendarDay.date(of: monday + 3).year == year ? monday : nil
  }

  /// By the first day, longer periods first; those of which only the year is known at its end; the others last, by text.
  public static func < (a: Self, b: Self) -> Bool { a.place < b.place }

  private var place: (Int, Int, Int, String, Int) {
    let rank = [Kind.year, .schoolYear, .quarter, .month, .week, .partWeek, .day, .other].firstIndex(of: kind) ?? 0
    let finality = [Status.final, .revisedProvisional, .provisional].firstIndex(of: status) ?? 0
    if let start { return (0, Int(start), rank, text, finality) }
    if let year, let end = CalendarDay.number(year: year, month: 12, day: 31) {
      return (0, Int(end), rank, text, finality)
    }
    return (1, 0, rank, text, finality)
  }
}
