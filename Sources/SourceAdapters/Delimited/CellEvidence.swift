import PipelineKit
import Tabular

/// What the first cells of a column show, for a file that says nothing about types.
struct CellEvidence {
  /// Cells that read as numbers with a decimal point, or with a comma; whole numbers count for both.
  private var pointNumbers = 0, commaNumbers = 0
  /// Cells that read as a number with one of the marks only.
  private(set) var onlyPoint = 0, onlyComma = 0
  private var cells = 0
  private var looksLikeCode = false
  private var isYear = true

  /// Takes in a cell without blanks around it, which is neither empty nor a marker.
  mutating func add(_ text: String, point: NumberParser, comma: NumberParser) {
    cells += 1
    let isPoint = point.parse(text) != nil
    let isComma = comma.parse(text) != nil
    pointNumbers += isPoint ? 1 : 0
    commaNumbers += isComma ? 1 : 0
    if isPoint, !isComma { onlyPoint += 1 }
    if isComma, !isPoint { onlyComma += 1 }
    let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
    if digits.count > 1, digits.first == 0x30, let second = digits.dropFirst().first, (0x30...0x39).contains(second) {
      looksLikeCode = true
    }
    if text.hasPrefix("+") || (digits.count > 15 && digits.allSatisfy { (0x30...0x39).contains($0) }) {
      looksLikeCode = true
    }
    if isYear { isYear = text.utf8.count == 4 && Int(text).map { (1800...2200).contains($0) } == true }
  }

  /// The type of the column called `name`, and whether it is a key.
  func type(_ name: String, comma: Bool) -> (ColumnType, FieldRole) {
    let isNumeric = cells > 0 && (comma ? commaNumbers : pointNumbers) == cells
    let isCode = ColumnWords.isCode(name)
    if isNumeric, !looksLikeCode, !isCode {
      return isYear && ColumnWords.isYear(name) ? (.int64, .key) : (.float64, .measure)
    }
    return (.string, isCode || looksLikeCode || ColumnWords.isPeriod(name) ? .key : .measure)
  }
}

/// What the name of a column says about its content.
enum ColumnWords {
  private static let codes: Set<String> = [
    "code", "codes", "nr", "nummer", "number", "id", "identifier", "key", "brin", "postcode", "pc4", "pc6", "gwb",
  ]
  private static let codeEnds = ["code", "nummer", "postcode"]
  private static let years: Set<String> = ["jaar", "year", "jahr", "peiljaar", "verslagjaar"]
  private static let periods: Set<String> = [
    "periode", "perioden", "period", "schooljaar", "datum", "date", "peildatum",
  ]

  /// Whether the column holds codes: they stay text, whatever they look like.
  static func isCode(_ name: String) -> Bool {
    let words = words(name)
    return words.contains(where: codes.contains) || codeEnds.contains { end in words.contains { $0.hasSuffix(end) } }
  }

  /// Whether the column holds years.
  static func isYear(_ name: String) -> Bool { words(name).contains(where: years.contains) }

  /// Whether the column holds periods.
  static func isPeriod(_ name: String) -> Bool { isYear(name) || words(name).contains(where: periods.contains) }

  /// `gemeenteCode_2` is gemeente, code, 2.
  static func words(_ name: String) -> [String] {
    var words: [String] = []
    var word = ""
    var wasLower = false
    for character in name {
      let isBreak = !(character.isLetter || character.isNumber)
      if isBreak || (character.isUppercase && wasLower) {
        if !word.isEmpty { words.append(word.lowercased()) }
        word = ""
      }
      if !isBreak { word.append(character) }
      wasLower = character.isLowercase
    }
    if !word.isEmpty { words.append(word.lowercased()) }
    return words
  }
}
