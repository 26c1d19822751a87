import PipelineKit
import Tabular

/// Cells that state an interval of counts: `<5` is 0 to 4.
///
/// The value is withheld, so the column itself has no value there (`suppressed`), and two more columns hold the lowest and
/// the highest count that it can be. Where the value is known both are that value; where it is missing for another reason so
/// are both. Nothing is put in the value's place: what to do with an interval is for the research to say.
enum IntervalCell {
  /// Which of the three columns.
  enum Part: CaseIterable, Sendable {
    case value, lower, upper

    /// What follows the column's name.
    var suffix: String {
      switch self {
      case .value: ""
      case .lower: "_lower"
      case .upper: "_upper"
      }
    }
  }

  /// The three columns of the cells at `place`; `field` describes the first.
  static func columns(_ field: Field, place: Int, cells: CellDialect) -> [OutputColumn] {
    Part.allCases.map { part in
      var mine = field
      mine.name += part.suffix
      mine.type = .float64
      if !mine.label.isEmpty, part != .value { mine.label += part == .lower ? " (lowest)" : " (highest)" }
      return OutputColumn(
        field: mine, place: place, reading: .numbers { text in cell(text, part, cells) })
    }
  }

  /// What the text says to one of the columns: `<5` and `< 5` are 0 to 4, `<=5` is 0 to 5.
  static func cell(_ text: String, _ part: Part, _ dialect: CellDialect) -> OutputColumn.NumberCell {
    if let marker = dialect.markers.first(where: { $0.text == text }) { return .missing(marker.reason) }
    if let number = dialect.numbers.parse(text) { return .value(number) }
    guard text.hasPrefix("<") else { return .unreadable }
    let isClosed = text.hasPrefix("<=")
    guard let limit = dialect.numbers.parse(String(text.dropFirst(isClosed ? 2 : 1))), limit == limit.rounded(),
      limit >= 1
    else { return .unreadable }
    switch part {
    case .value: return .missing(.suppressed)
    case .lower: return .value(0)
    case .upper: return .value(isClosed ? limit : limit - 1)
    }
  }
}
