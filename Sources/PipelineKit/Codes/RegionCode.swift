/// The code of an area in CBS tables: two letters for the level and digits for the area, such as `GM0141` or `BU01411000`.
///
/// A wijk's code starts with the digits of its gemeente and a buurt's with those of its wijk, so that the areas around it
/// follow from the code. Files write codes with blanks behind them, or without the letters as a number that has lost its
/// zeros (`141`); both are read. `NL00` (Kerncijfers wijken en buurten) and `NL01` (other tables) are the same country,
/// written `NL00`.
public struct RegionCode: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The kinds of area, from large to small.
  public enum Level: String, Sendable, CaseIterable {
    /// A country; `NL00` is the Netherlands.
    case land
    /// One of four parts of the country.
    case landsdeel
    /// A province.
    case provincie
    /// A COROP region (NUTS 3).
    case corop
    /// A labour market region.
    case arbeidsmarktregio
    /// The area of a public health service.
    case ggdRegio = "ggd_regio"
    /// The area of a police unit.
    case politieregio
    /// A municipality.
    case gemeente
    /// A district of a municipality.
    case wijk
    /// A neighbourhood of a district.
    case buurt

    /// The letters of codes of the level.
    public var letters: String {
      switch self {
      case .land: "NL"
      case .landsdeel: "LD"
      case .provincie: "PV"
      case .corop: "CR"
      case .arbeidsmarktregio: "AM"
      case .ggdRegio: "GG"
      case .politieregio: "RE"
      case .gemeente: "GM"
      case .wijk: "WK"
      case .buurt: "BU"
      }
    }

    /// The number of digits of codes of the level.
    public var width: Int {
      switch self {
      case .ggdRegio, .gemeente: 4
      case .wijk: 6
      case .buurt: 8
      default: 2
      }
    }
  }

  /// The kind of area.
  public let level: Level
  /// The digits as a number; of a buurt, gemeente * 10 000 + wijk * 100 + buurt.
  public let number: Int

  /// The area `number` of a level, or nil when the number has too many digits.
  public init?(_ level: Level, _ number: Int) {
    guard number >= 0, String(number).count <= level.width else { return nil }
    self.level = level
    // Two spellings of one country.
    self.number = level == .land && number == 1 ? 0 : number
  }

  /// The code that `text` states, or nil.
  ///
  /// Blanks around it do not count. With letters, they and the number of digits must be those of a level, and of `level`
  /// when it is given. Digits alone are a code of `level`; zeros that the start has lost are put back, but a wijk has at
  /// least three digits and a buurt five.
  public init?(_ text: String, level: Level? = nil) {
    var rest = text.utf8.drop { $0 == 0x20 || $0 == 0x09 }
    while let last = rest.last, last == 0x20 || last == 0x09 { rest = rest.dropLast() }
    let digits = rest.drop { !(0x30...0x39).contains($0) }
    guard !digits.isEmpty, digits.count <= 8, digits.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = Int(String(Substring(digits)))
    else { return nil }
    let letters = String(Substring(rest.dropLast(digits.count))).uppercased()
    if letters.isEmpty {
      guard let level, digits.count <= level.width, digits.count >= level.width - 3 else { return nil }
      self.init(level, number)
    } else {
      guard let stated = Level.allCases.first(where: { $0.letters == letters }), digits.count == stated.width,
        level == nil || level == stated
      else { return nil }
      self.init(stated, number)
    }
  }

  /// The code with its letters and all its digits.
  public var description: String {
    let digits = String(number)
    return level.letters + String(repeating: "0", count: level.width - digits.count) + digits
  }

  /// The area of `level` in which this one lies, as far as its code tells: a buurt's wijk, gemeente and country, and the
  /// country of every area; nil when the code does not tell. An area of the level is its own.
  public func parent(_ level: Level) -> RegionCode? {
    if level == self.level { return self }
    switch (self.level, level) {
    // GM0998 and NL98 are abroad.
    case (.gemeente, .land) where number == 998: return RegionCode(.land, 98)
    case (.land, _): return nil
    case (_, .land): return RegionCode(.land, 0)
    case (.buurt, .wijk): return RegionCode(.wijk, number / 100)
    case (.buurt, .gemeente): return RegionCode(.gemeente, number / 10_000)
    case (.wijk, .gemeente): return RegionCode(.gemeente, number / 100)
    default: return nil
    }
  }

  /// Larger areas first, but a gemeente is followed by its wijken and each wijk by its buurten, as in CBS's own tables.
  public static func < (a: Self, b: Self) -> Bool { a.place < b.place }

  private var place: (Int, Int, Int, Int) {
    switch level {
    case .gemeente: (10, number, -1, -1)
    case .wijk: (10, number / 100, number % 100, -1)
    case .buurt: (10, number / 10_000, number / 100 % 100, number % 100)
    default: (Level.allCases.firstIndex(of: level) ?? 0, number, -1, -1)
    }
  }
}
