import PipelineKit

/// A statement with places to fill in.
struct Statement {
  /// A piece of a statement.
  enum Piece: Equatable {
    case text(String)
    /// A column's cell, of the finding's own area or of another, with a fixed number of decimals or the column's own.
    case cell(column: String, area: String?, decimals: Int?)
    /// A word about the finding: area, period, unit, parts, rows, rows.count.
    case word(String)
  }

  static let words = ["area", "period", "unit", "parts", "rows", "rows.count"]

  let pieces: [Piece]

  init(_ text: String, of finding: FindingSpec) throws(SpecError) {
    var pieces: [Piece] = []
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
      guard let close = rest[open...].firstIndex(of: "}") else {
        throw SpecError(finding.area.position, "finding \(finding.id): \"{\" without \"}\" in \"\(text)\"")
      }
      pieces.append(Self.piece(rest[rest.index(after: open)..<close], finding))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { pieces.append(.text(String(rest))) }
    self.pieces = pieces
  }

  private static func piece(_ text: Substring, _ finding: FindingSpec) -> Piece {
    if words.contains(String(text)) { return .word(String(text)) }
    var name = text
    var decimals: Int?
    if let colon = name.lastIndex(of: ":") {
      decimals = Int(name[name.index(after: colon)...])
      name = name[..<colon]
    }
    var area: String?
    if let at = name.firstIndex(of: "@") {
      area = String(name[name.index(after: at)...])
      name = name[..<at]
    }
    return .cell(column: name == "value" ? finding.value.text : String(name), area: area, decimals: decimals)
  }

  /// The columns that the statement names.
  var columns: [String] {
    pieces.compactMap { piece in
      if case .cell(let column, _, _) = piece { return column }
      return nil
    }
  }
}

/// How numbers are written in a language.
enum Language: String, CaseIterable {
  case nl
  case en

  var decimalMark: String { self == .nl ? "," : "." }
  var groupMark: String { self == .nl ? "." : "," }
  var unknown: String { self == .nl ? "onbekend" : "unknown" }
  var none: String { self == .nl ? "geen" : "none" }
  var more: String { self == .nl ? "en nog" : "and" }
  var others: String { self == .nl ? "" : " more" }

  /// `value` with `decimals` decimals (rounded half away from zero), thousands grouped from 10 000 on.
  func number(_ value: Double, decimals: Int) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded(.toNearestOrAwayFromZero)
    guard scaled < 9e15 else { return JSON.text(of: value) }
    let digits = String(Int64(scaled))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let whole = padded.dropLast(decimals)
    var text = ""
    for (i, digit) in whole.enumerated() {
      if i > 0, whole.count > 4, (whole.count - i) % 3 == 0 { text += groupMark }
      text.append(digit)
    }
    if decimals > 0 { text += decimalMark + padded.suffix(decimals) }
    return value < 0 && scaled > 0 ? "-" + text : text
  }
}
