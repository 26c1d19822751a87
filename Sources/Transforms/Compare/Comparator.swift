import PipelineKit
import Tabular

/// What a difference is expressed as.
enum CompareForm: String, OptionChoice {
  case value
  case points
  case percent
  case rank
}

/// The figure of a set of rows that a value is compared with.
enum SetStatistic: String, OptionChoice {
  case mean
  case weightedMean = "weighted_mean"
  case median
}

/// What a value is compared with: another row, or a figure of a set of rows.
struct Comparator: PluginOptions {
  var area: Located?
  var areas: [Located] = []
  var condition: Expression?
  var set: ValueSet?
  var all: Bool?
  var parent: Located?
  var group: Located?
  var period: Located?
  var statistic: SetStatistic?
  var weight: Located?
  var excludeSelf: Bool?
  var forms: [CompareForm]?
  var valueAs: String?
  var deltaAs: String?
  var percentAs: String?
  var rankAs: String?

  static var declaration: [OptionField<Self>] {
    [
      .init("area", \.area, "The row of this area in the same period."),
      .init("areas", \.areas, "The rows of these areas, in the same period."),
      .init("where", \.condition, "The rows for which this is true, in the same period."),
      .init("set", \.set, "The rows in which a column has one of several values, in the same period."),
      .init("all", \.all, "All rows of the same period."),
      .init("parent", \.parent, "The row, in the same period, of the area that this column names."),
      .init("group", \.group, "The rows with the same value of this column, in the same period."),
      .init("period", \.period, "The row of the same area in this period."),
      .init("statistic", \.statistic, "The figure of a set of rows; the mean unless said."),
      .init("weight", \.weight, "The weight of this comparator's weighted mean, in place of the step's."),
      .init("exclude_self", \.excludeSelf, "Leave the row itself out of its set."),
      .init("as", \.forms, "The columns to make for this comparator, in place of the step's."),
      .init("value_as", \.valueAs, "The name of the comparator's value; `{measure}` stands for the measure."),
      .init("delta_as", \.deltaAs, "The name of the difference; `{measure}` stands for the measure."),
      .init("percent_as", \.percentAs, "The name of the difference in percent; `{measure}` stands for the measure."),
      .init("rank_as", \.rankAs, "The name of the rank; `{measure}` stands for the measure."),
    ]
  }

  /// Whether it is a set of rows and not one row.
  var isSet: Bool { area == nil && parent == nil && period == nil }

  /// Whether it looks rows up by their area, so that areas must be unique.
  var isLookup: Bool { !isSet }

  /// The option that says what to compare with, and whether others do too.
  private var kinds: [String] {
    var kinds: [String] = []
    if area != nil { kinds.append("area") }
    if !areas.isEmpty { kinds.append("areas") }
    if condition != nil { kinds.append("where") }
    if set != nil { kinds.append("set") }
    if all != nil { kinds.append("all") }
    if parent != nil { kinds.append("parent") }
    if group != nil { kinds.append("group") }
    if period != nil { kinds.append("period") }
    return kinds
  }

  /// Checks that the options fit each other.
  func check(_ name: String, at position: SourcePosition, defaultWeight: Located?) throws(SpecError) {
    let kinds = kinds
    guard kinds.count == 1 else {
      let found = kinds.isEmpty ? "none" : kinds.joined(separator: " and ")
      throw SpecError(
        position,
        "comparator \"\(name)\" takes exactly one of area, areas, where, set, all, parent, group, period; it has \(found)"
      )
    }
    if all == false {
      throw SpecError(position, "comparator \"\(name)\": \"all\" can only be true; leave it out otherwise")
    }
    if !isSet {
      let stray = statistic != nil ? "statistic" : weight != nil ? "weight" : excludeSelf != nil ? "exclude_self" : nil
      if let stray {
        throw SpecError(
          position, "comparator \"\(name)\": \"\(stray)\" is for sets of rows; \"\(kinds[0])\" is one row")
      }
      if forms?.contains(.rank) ?? false || rankAs != nil {
        throw SpecError(position, "comparator \"\(name)\": a rank needs a set of rows; \"\(kinds[0])\" is one row")
      }
    }
    if let weight, statistic != .weightedMean {
      throw SpecError(
        weight.position, "comparator \"\(name)\": \"weight\" needs \"statistic: weighted_mean\"")
    }
    if statistic == .weightedMean, weight == nil, defaultWeight == nil {
      throw SpecError(
        position, "comparator \"\(name)\": a weighted mean needs a \"weight\", here or for the whole step")
    }
  }

  /// Checks the columns and values that it names.
  func check(in schema: Schema, area: Field, by: [Located]) throws(SpecError) {
    for code in (self.area.map { [$0] } ?? []) + areas { try CellLiteral.check(code, in: area) }
    if let weight { _ = try schema.numericField(at: weight) }
    if let group { _ = try schema.field(at: group) }
    try set?.check(in: schema)
    if let condition { try condition.requireCondition(in: schema) }
    if let parent {
      let field = try schema.field(at: parent)
      guard field.type == area.type else {
        throw SpecError(
          parent.position,
          "column \"\(field.name)\" is \(field.type.rawValue) and cannot name areas: "
            + "\"\(area.name)\" is \(area.type.rawValue)")
      }
    }
    if let period {
      guard by.count == 1 else {
        throw SpecError(
          period.position, "comparing with a period needs exactly one column in \"by\", there are \(by.count)")
      }
      try CellLiteral.check(period, in: schema.field(at: by[0]))
    }
  }

  /// The columns that it needs beside the measures.
  var columns: [String] {
    [weight?.text, parent?.text, group?.text, set?.column.text].compactMap { $0 } + (condition?.columns ?? [])
  }

  /// The name for `form` that the options give, with the measure filled in.
  func givenName(_ form: CompareForm, measure: String) -> String? {
    let pattern =
      switch form {
      case .value: valueAs
      case .points: deltaAs
      case .percent: percentAs
      case .rank: rankAs
      }
    guard let pattern else { return nil }
    guard let place = pattern.firstRange(of: "{measure}") else { return pattern }
    return pattern.replacingCharacters(in: place, with: measure)
  }
}

extension String {
  fileprivate func firstRange(of part: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(part) { return start..<index(start, offsetBy: part.count) }
      start = index(after: start)
    }
    return nil
  }

  fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
    String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
  }
}
