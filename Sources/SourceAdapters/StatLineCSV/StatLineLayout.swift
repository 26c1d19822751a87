import PipelineKit
import Tabular

/// How a CSV file that StatLine wrote for people is laid out.
struct StatLineLayout {
  /// The two exports.
  enum Form: Equatable {
    /// "CSV met statistische symbolen": one header, decimal point.
    case symbols
    /// The table of the old StatLine (StatWeb): title, header with bars, row of units, decimal comma.
    case statWeb
  }

  /// One column of the file.
  struct Column {
    enum Kind { case dimension, period, code, topic, text }

    /// The groups of topics and the topic, from the outermost.
    var path: [String]
    var unit = ""
    var kind: Kind
    /// The header's own text.
    var published: String
    /// A name that no other column has.
    var name = ""
  }

  var form: Form
  var columns: [Column]
  /// The title of the table; the symbols form has none.
  var title = ""
  /// Records above the data.
  var headerRecords: Int

  /// The layout of the text that starts with `head`.
  /// - Throws: ``SourceError`` when it is neither form, with what is missing.
  init(_ head: [UInt8], isWhole: Bool, path: String) throws(SourceError) {
    let sample = TextSample(head, isWhole: isWhole, dialect: RecordDialect(), limit: 501, path: path)
    guard let first = sample.records.first else {
      if let trouble = sample.trouble { throw trouble }
      throw SourceError(
        file: path, head.isEmpty ? "is empty; expected a table from StatLine" : "holds no whole record in its head")
    }
    let texts = sample.records.prefix(8).map { $0.fields.map { SampleCell.text($0) } }
    if texts.count > 2, first.fields.count == 1, texts[1] == [""] {
      form = .statWeb
      title = texts[0][0]
      headerRecords = 5
      columns = try Self.statWebColumns(texts, sample.records, path)
    } else {
      form = .symbols
      headerRecords = 1
      columns = Self.symbolColumns(texts[0], sample.records.dropFirst())
      guard columns.contains(where: { $0.kind == .topic }) else {
        throw SourceError(
          file: path, line: first.line,
          "no column of topics: expected a header such as \"Onderwerp (eenheid)\" above numbers padded to 8 characters")
      }
    }
    nameColumns()
  }

  // MARK: The table of the old StatLine

  private static func statWebColumns(
    _ texts: [[String]], _ records: [TextSample.Record], _ path: String
  ) throws(SourceError) -> [Column] {
    let dimensions = texts[2].prefix { $0.isEmpty }.count
    guard dimensions > 0, texts[2].count == dimensions + 1, texts[2][dimensions] == "Onderwerp" else {
      throw SourceError(
        file: path, line: records[2].line,
        "expected \"Onderwerp\" alone behind the dimensions, found \(texts[2].filter { !$0.isEmpty }.joined(separator: ", "))"
          + "; make the table again with the topics as its only columns")
    }
    guard texts.count > 4 else {
      throw SourceError(file: path, line: records[texts.count - 1].line, "the file ends above the row of units")
    }
    let (header, units) = (texts[3], texts[4])
    guard header.prefix(dimensions).allSatisfy(\.isEmpty), header.count > dimensions,
      !header.dropFirst(dimensions).contains("")
    else {
      throw SourceError(
        file: path, line: records[3].line, "expected \(dimensions) empty fields, then a topic in each field")
    }
    guard units.count == header.count, !units.prefix(dimensions).contains("") else {
      throw SourceError(
        file: path, line: records[4].line,
        "expected the titles of \(dimensions) dimensions, then \(header.count - dimensions) units; if a second dimension "
          + "lies across the columns, make the table again with the topics as its only columns")
    }
    return zip(header, units).enumerated().map { i, pair in
      if i < dimensions {
        return Column(
          path: [pair.1], kind: ColumnWords.isPeriod(pair.1) ? .period : .dimension, published: pair.1)
      }
      let parts = pair.0.split(separator: "|").map { SampleCell.text(Array($0.utf8)) }
      return Column(path: parts, unit: pair.1, kind: .topic, published: pair.0)
    }
  }

  // MARK: With statistical symbols

  private static func symbolColumns(_ header: [String], _ rows: ArraySlice<TextSample.Record>) -> [Column] {
    var columns: [Column] = []
    for (i, text) in header.enumerated() {
      let (name, unit) = split(text)
      let cells = rows.compactMap { $0.fields.count == header.count ? $0.fields[i] : nil }
      // With a unit above it, half of the cells are enough: one that is no number is a mistake in the file.
      let filled = cells.filter { !$0.isEmpty }
      let numbers = filled.count(where: isPaddedNumber)
      let isPadded =
        filled.isEmpty
        ? rows.isEmpty && unit != nil : numbers == filled.count || (unit != nil && numbers * 2 >= filled.count)
      if isPadded, unit != "code" {
        columns.append(Column(path: path(name), unit: unit ?? "", kind: .topic, published: text))
      } else if unit == "code" {
        columns.append(Column(path: [text], kind: .code, published: text))
      } else if unit != nil, !cells.isEmpty, cells.allSatisfy(\.isEmpty) {
        columns.append(Column(path: path(name), unit: unit ?? "", kind: .topic, published: text))
      } else if columns.contains(where: { $0.kind == .topic }) {
        columns.append(Column(path: path(name), unit: unit ?? "", kind: .text, published: text))
      } else {
        columns.append(
          Column(path: [text], kind: ColumnWords.isPeriod(text) ? .period : .dimension, published: text))
      }
    }
    return columns
  }

  /// `Opleiding/Laag/Waarde (%)` is a path and a unit.
  private static func split(_ text: String) -> (String, unit: String?) {
    guard text.hasSuffix(")") else { return (text, nil) }
    var depth = 0
    for index in text.indices.reversed() {
      if text[index] == ")" { depth += 1 }
      if text[index] == "(" {
        depth -= 1
        if depth == 0 {
          guard index > text.startIndex, text[text.index(before: index)] == " " else { return (text, nil) }
          let inner = text[text.index(after: index)...].dropLast()
          return (String(text[..<text.index(before: index)]), String(inner))
        }
      }
    }
    return (text, nil)
  }

  private static func path(_ text: String) -> [String] {
    text.split(separator: "/").map { SampleCell.text(Array($0.utf8)) }
  }

  /// A number, `.` or another symbol at the right of eight characters or more.
  private static func isPaddedNumber(_ cell: [UInt8]) -> Bool {
    guard cell.count >= 8 else { return false }
    let text = SampleCell.text(cell)
    return [".", "x", ""].contains(text) || NumberParser().parse(text) != nil
  }

  // MARK: Names

  /// Names are paths; where two topics have one path, the unit follows, then a number.
  private mutating func nameColumns() {
    let paths = columns.map { $0.path.joined(separator: "/") }
    var counts: [String: Int] = [:]
    for path in paths { counts[path, default: 0] += 1 }
    var seen: Set<String> = []
    for i in columns.indices {
      var name = paths[i].isEmpty ? "column_\(i + 1)" : paths[i]
      if counts[name, default: 0] > 1, !columns[i].unit.isEmpty { name += " (\(columns[i].unit))" }
      var (free, number) = (name, 2)
      while !seen.insert(free).inserted {
        free = "\(name)_\(number)"
        number += 1
      }
      columns[i].name = free
    }
  }

  /// The title for people: the topic's own, with its groups before it when another topic has the same.
  func label(_ column: Column) -> String {
    guard let own = column.path.last, column.path.count > 1 else { return "" }
    let isAlone = columns.count { $0.path.last == own } == 1
    return isAlone ? own : column.path.joined(separator: " / ")
  }
}
