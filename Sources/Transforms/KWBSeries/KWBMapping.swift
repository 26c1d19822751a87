import PipelineKit
import Tabular

/// Which column of each yearly table of key figures holds which topic, and of which year a table is. A file of its own.
struct KWBMapping: PluginOptions {
  var tables = OrderedMap<Int>()
  var topics: [Topic] = []

  static var declaration: [OptionField<Self>] {
    [
      .init("tables", \.tables, required: true, "The year of each table, by its id."),
      .init("topics", \.topics, required: true, "The topics, in the order of the series' columns."),
    ]
  }

  /// One column of the series and the signs by which tables are searched for it.
  struct Topic: PluginOptions {
    var name = Located("", at: SourcePosition(file: ""))
    var label = ""
    var units: [String] = []
    var isText = false
    var measures: [String] = []
    var stems: [String] = []
    var titles: [String] = []
    var group = ""
    var behind = ""
    var minimum: Double?

    static var declaration: [OptionField<Self>] {
      [
        .init("name", \.name, required: true, "The column's name in the series."),
        .init("label", \.label, "The column's name for people."),
        .init("units", \.units, "The unit, and other ways in which tables write it."),
        .init("text", \.isText, "Whether the column holds text."),
        .init("measures", \.measures, "Measure codes of OData v4: columns of these names."),
        .init("titles", \.titles, "Titles: columns with one of these as their label."),
        .init("stems", \.stems, "Column names without their number (`_66`), in any letter case."),
        .init("group", \.group, "Words of a group of topics in which the title must stand, where a title is shared."),
        .init(
          "behind", \.behind,
          "The stem of a column that heads the topic: of several columns the first one behind it is taken."),
        .init(
          "minimum", \.minimum, "The least value that is possible; lower ones are known mistakes and become unknown."),
      ]
    }

    /// Whether a column could be taken for either topic.
    func sharesNames(with other: Topic) -> Bool {
      name == other.name || stems.contains { other.stems.contains($0) } || titles.contains { other.titles.contains($0) }
    }

    /// The type of the column.
    var type: ColumnType { isText ? .string : .float64 }
  }

  init() {}

  /// Reads and checks the mapping at `path`.
  init(path: SpecPath, context: RunContext) throws(SpecError) {
    let text: String
    do throws(SourceError) { text = try context.text(path.path) } catch {
      throw SpecError(path.position, "the mapping \(error)")
    }
    try self.init(option: try SpecParser.nodes(text, file: path.path))
    var names: Set<String> = []
    for topic in topics {
      guard names.insert(topic.name.text).inserted else {
        throw SpecError(topic.name.position, "the topic \"\(topic.name)\" is named twice")
      }
      if topic.measures.isEmpty, topic.titles.isEmpty, topic.stems.isEmpty {
        throw SpecError(topic.name.position, "the topic \"\(topic.name)\" needs measures, titles or stems")
      }
    }
  }

  /// The id and year of the table whose columns `schema` describes, from their origins.
  func table(of schema: Schema, input: Int, at position: SourcePosition) throws(SpecError) -> (id: String, year: Int64)
  {
    var ids: [String] = []
    for origin in schema.fields.flatMap(\.origins) where !origin.table.isEmpty && !ids.contains(origin.table) {
      ids.append(origin.table)
    }
    let known = ids.filter { year(of: $0) != nil }
    if known.count == 1, let year = year(of: known[0]) { return (known[0], year) }
    guard let first = ids.first else {
      throw SpecError(
        position, "input \(input) does not say which table it is; give its source origin: {table: 84799NED}")
    }
    throw SpecError(
      position,
      known.isEmpty
        ? "input \(input) is the table \(first), of which the mapping does not know the year; add it under tables"
        : "input \(input) has columns of \(known.joined(separator: " and ")); give one table for each input")
  }

  private func year(of id: String) -> Int64? {
    tables.entries.first { $0.key.lowercased() == id.lowercased() }.map { Int64($0.value) }
  }
}

/// The columns of one table, ready to be searched for topics.
struct KWBColumns {
  private let schema: Schema
  private let stems: [String]
  private let labels: [[String]]

  init(_ schema: Schema) {
    self.schema = schema
    stems = schema.names.map { Self.stem($0) }
    labels = schema.fields.map { field in
      field.label.split(separator: " / ", omittingEmptySubsequences: false).map { Self.words($0) }
    }
  }

  /// A column name without its number, in small letters: `nettoarbeidsparticipatie` of `NettoArbeidsparticipatie_67`.
  static func stem(_ name: String) -> String {
    guard let line = name.lastIndex(of: "_"), line != name.startIndex else { return name.lowercased() }
    let number = name[name.index(after: line)...]
    let isNumber = !number.isEmpty && number.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    return (isNumber ? String(name[..<line]) : name).lowercased()
  }

  /// A title in small letters, blanks and no-break spaces around it cut off.
  private static func words(_ text: some StringProtocol) -> String {
    var scalars = Array(text.unicodeScalars)[...]
    while let last = scalars.last, last.value == 0x20 || last.value == 0xA0 { scalars.removeLast() }
    while let first = scalars.first, first.value == 0x20 || first.value == 0xA0 { scalars.removeFirst() }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: scalars)
    return String(result).lowercased()
  }

  /// The position of the column that holds `topic`, or nil when the table has none.
  ///
  /// A measure code decides; without it the title, and without that the stem. Among several columns the unit, the group and
  /// the head decide.
  /// - Throws: ``SpecError`` when several columns are left, or when only the unit or the type differs.
  func find(_ topic: KWBMapping.Topic, table: String) throws(SpecError) -> Int? {
    for candidates in [measured(topic), titled(topic), stemmed(topic)] where !candidates.isEmpty {
      let fitting = candidates.filter { hasUnit(topic, $0) }
      guard !fitting.isEmpty else {
        throw SpecError(
          topic.name.position,
          "the topic \"\(topic.name)\" would be the column \"\(schema[candidates[0]].name)\" of \(table), but that is in "
            + "\"\(schema[candidates[0]].unit)\", not in \"\(topic.units.joined(separator: "\" or \""))\"")
      }
      let found = headed(topic, grouped(topic, fitting))
      guard let only = found.first else { continue }
      guard found.count == 1 else {
        throw SpecError(
          topic.name.position,
          "the topic \"\(topic.name)\" could be the columns \(found.map { "\"\(schema[$0].name)\"" }.joined(separator: ", ")) "
            + "of \(table); say which by group or behind, or give its source the table's metadata")
      }
      let type = schema[only].type
      guard type == topic.type || type == .int64 && !topic.isText else {
        throw SpecError(
          topic.name.position,
          "the topic \"\(topic.name)\" is \(topic.type.rawValue), but the column \"\(schema[only].name)\" of \(table) is "
            + "\(type.rawValue); give its source types: {\(schema[only].name): \(topic.type.rawValue)}")
      }
      return only
    }
    return nil
  }

  private func measured(_ topic: KWBMapping.Topic) -> [Int] {
    schema.names.indices.filter { topic.measures.contains(schema[$0].name) }
  }

  private func titled(_ topic: KWBMapping.Topic) -> [Int] {
    let titles = topic.titles.map { Self.words($0) }
    return labels.indices.filter { i in labels[i].last.map { titles.contains($0) } ?? false }
  }

  private func stemmed(_ topic: KWBMapping.Topic) -> [Int] {
    let wanted = topic.stems.map { $0.lowercased() }
    return stems.indices.filter { wanted.contains(stems[$0]) }
  }

  private func hasUnit(_ topic: KWBMapping.Topic, _ i: Int) -> Bool {
    let unit = Self.words(schema[i].unit)
    return unit.isEmpty || topic.units.isEmpty || topic.units.contains { Self.words($0) == unit }
  }

  private func grouped(_ topic: KWBMapping.Topic, _ candidates: [Int]) -> [Int] {
    guard candidates.count > 1, !topic.group.isEmpty else { return candidates }
    let words = topic.group.lowercased()
    let inside = candidates.filter { i in labels[i].dropLast().contains { $0.contains(words) } }
    return inside.isEmpty ? candidates : inside
  }

  private func headed(_ topic: KWBMapping.Topic, _ candidates: [Int]) -> [Int] {
    guard candidates.count > 1, let head = stems.firstIndex(of: topic.behind.lowercased()) else { return candidates }
    return candidates.first { $0 > head }.map { [$0] } ?? candidates
  }
}
