import PipelineKit
import Tabular

/// One table of a data set's metadata as published, all cells as text: `TableInfos`, `DataProperties`, or the categories
/// of a dimension.
struct MetadataTable: Sendable {
  /// The name: `TableInfos`, `DataProperties`, or that of the dimension.
  var name: String
  /// The names of the columns.
  var header: [String]
  /// The rows; a cell without a text is empty.
  var rows: [[String]] = []

  /// The text in the column `name` of `row`, blanks around it cut off; empty when there is no such column.
  func text(_ row: [String], _ name: String) -> String {
    guard let place = header.firstIndex(of: name), place < row.count else { return "" }
    return CSVHeader.trimBlanks(row[place])
  }
}

/// Finds the sections of a `<table>_metadata.csv` among its records.
///
/// A section begins with a record of one field, its name; the record behind it is its header. Nothing stands between
/// two sections, and line ends inside quoted cells belong to the cells.
struct MetadataSections {
  /// What a record is.
  enum Record {
    /// The name of a section.
    case name
    /// The column names of the running section.
    case header
    /// A row of the running section.
    case row
  }

  /// The running section.
  private(set) var name = ""
  /// The running section's column names; nil before they are read.
  private(set) var header: [String]?
  private let file: String

  /// Sections of `file`.
  init(file: String) { self.file = file }

  /// What the record `fields` is, the `number`th of the file from 0.
  ///
  /// `line` gives its line.
  /// - Throws: ``SourceError`` for a row with more or fewer fields than its header.
  mutating func take(_ fields: [String], line: () -> Int) throws(SourceError) -> Record {
    if fields.count == 1 {
      if !name.isEmpty, header == nil {
        throw SourceError(file: file, line: line(), "the section \"\(name)\" has no line with its column names")
      }
      name = CSVHeader.trimBlanks(fields[0])
      header = nil
      return .name
    }
    guard let header else {
      guard !name.isEmpty else {
        throw SourceError(
          file: file, line: line(),
          "the first line is not the name of a section, such as \"TableInfos\"; "
            + "is this the metadata file of a CBS table?")
      }
      let names = fields.map { CSVHeader.trimBlanks($0) }
      for (i, name) in names.enumerated() where names[..<i].contains(name) || name.isEmpty {
        throw SourceError(
          file: file, line: line(),
          name.isEmpty
            ? "column \(i + 1) of the section \"\(self.name)\" has no name"
            : "the section \"\(self.name)\" names the column \"\(name)\" twice")
      }
      self.header = names
      return .header
    }
    guard fields.count == header.count else {
      throw SourceError(
        file: file, line: line(),
        "found \(fields.count) fields, expected \(header.count) as in the header of the section \"\(name)\"")
    }
    return .row
  }
}

extension MetadataTable {
  /// All metadata tables in the file at `path`, whatever its form: a `metadata.csv` of several sections, a CSV of one
  /// table, or an Atom or JSON feed of OData v3.
  static func load(_ path: String, context: RunContext) throws(SourceError) -> [MetadataTable] {
    let head = try context.textHead(path, count: 1 << 16)
    var text = head[...]
    if text.starts(with: byteOrderMark) { text = text.dropFirst(3) }
    switch text.first(where: { $0 > 0x20 }) {
    case nil: throw SourceError(file: path, "is empty; expected metadata of a CBS table")
    case UInt8(ascii: "<"):
      let sample = try AtomSample(
        head, path: path, isWhole: false, rules: SampleRules(numbers: NumberParser(), markers: OrderedMap()))
      return [try feed(path, CBSDatasetAtom.Options(), CBSDatasetAtom.self, sample.entitySet, context)]
    case UInt8(ascii: "{"):
      let name = try JSONSample.entitySet(head, path: path)
      return [try feed(path, CBSDatasetJSON.Options(), CBSDatasetJSON.self, name, context)]
    default: return try csv(path, context)
    }
  }

  private static func feed<Adapter: SourceAdapter>(
    _ path: String, _ options: Adapter.Options, _ type: Adapter.Type, _ name: String, _ context: RunContext
  ) throws(SourceError) -> MetadataTable {
    let adapter: Adapter
    do throws(SpecError) { adapter = try Adapter(options: options, context: context) } catch {
      throw SourceError(file: path, error.message)
    }
    let input = Input(parts: [InputPart(path: path)])
    let schema = try adapter.schema(of: input, context: context)
    var table = MetadataTable(name: name, header: schema.names)
    try adapter.read(input.parts[0], of: input, as: schema, context: context) { batch in
      for row in 0..<batch.table.rowCount {
        table.rows.append(batch.table.columns.map { $0.text(at: row) ?? "" })
      }
      return .more
    }
    return table
  }

  private static func csv(_ path: String, _ context: RunContext) throws(SourceError) -> [MetadataTable] {
    var tables: [MetadataTable] = []
    var sections = MetadataSections(file: path)
    let locator = CSVLocator(path: path, separator: UInt8(ascii: ";"), context: context)
    var isOneTable = false
    try CSVRecords.read(path, context: context) { (number, fields) throws(SourceError) in
      if number == 0, fields.count > 1 {
        isOneTable = true
        // The name of a dimension's own file ends in that of the dimension.
        let base = path.split(separator: "/").last?.split(separator: ".").first ?? ""
        let name = fields.contains("Datatype") ? "DataProperties" : String(base.split(separator: "_").last ?? "")
        tables.append(MetadataTable(name: name, header: fields.map { CSVHeader.trimBlanks($0) }))
      } else if isOneTable {
        tables[0].rows.append(fields)
      } else {
        switch try sections.take(fields, line: { locator.line(of: .record(number)) }) {
        case .name: break
        case .header: tables.append(MetadataTable(name: sections.name, header: sections.header ?? []))
        case .row: tables[tables.count - 1].rows.append(fields)
        }
      }
      return .more
    }
    return tables
  }
}
