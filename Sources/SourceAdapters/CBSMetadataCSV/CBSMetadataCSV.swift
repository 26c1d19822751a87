public import PipelineKit
public import Tabular

/// Reads one section of the `<table>_metadata.csv` that comes with a CBS data set.
public struct CBSMetadataCSV: SourceAdapter {
  /// What the pipeline file says about it.
  public struct Options: PluginOptions {
    /// The section.
    public var section = Located("DataProperties", at: SourcePosition(file: ""))

    /// The topics and dimensions.
    public init() {}

    /// The options, as documentation lists them.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "section", \.section,
          "The section to read: TableInfos, DataProperties, or the name of a dimension, whose codes and titles it lists."
        )
      ]
    }
  }

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "cbs_metadata_csv",
    summary:
      "Reads a section of the metadata.csv of a CBS table: its topics, the codes of a dimension, the table itself.",
    details: """
      The file is a row of sections: a line with a section's name, a line with its column names, its rows. `TableInfos` is the
      table, `DataProperties` its dimensions, topics and groups of topics, and there is one section a dimension with its codes.
      Nothing stands between two sections; line ends inside quoted cells are part of the cells.

      `ID`, `Position`, `ParentID` and `Decimals` are whole numbers, all else is text; `Key` and `ID` are keys. A cell that is
      empty or left out (`;;`) is `unspecified`. `DataProperties` get one column more, `Path`: the titles of the groups in
      which a topic stands and its own, between ` / `; it tells topics apart that have the same title.

      To give a data set's columns their titles and units, name the file under `metadata` of its adapter instead.
      """,
    example: """
      sources:
        topics: {adapter: cbs_metadata_csv, files: data/84799NED_metadata.csv}
        regions: {adapter: cbs_metadata_csv, files: data/84799NED_metadata.csv, section: WijkenEnBuurten}
      """)

  private let options: Options
  private static let pathColumn = "Path"

  /// An adapter with its options.
  public init(options: Options, context: RunContext) throws(SpecError) { self.options = options }

  /// Looks for the name of the first section, alone on the first line.
  public static func recognise(head: [UInt8], path: String) -> Recognition {
    var bytes = head[...]
    if bytes.starts(with: byteOrderMark) { bytes = bytes.dropFirst(3) }
    let line = String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
    let name = line.hasPrefix("\"") && line.hasSuffix("\"") ? String(line.dropFirst().dropLast()) : line
    return name == "TableInfos"
      ? Recognition(97, "the metadata of a CBS table: its first line is \"TableInfos\"")
      : Recognition(0, "no first line \"TableInfos\"")
  }

  /// The columns of the section; the files must have the same.
  public func schema(of input: Input, context: RunContext) throws(SourceError) -> Schema {
    var first: [String]?
    for part in input.parts {
      let names = try header(part.path, context)
      guard first == nil || first == names else {
        throw SourceError(
          file: part.path, "the section \"\(options.section)\" has other columns here than in \(input.parts[0].path)")
      }
      first = names
    }
    var fields: [Field] = []
    for name in first ?? [] {
      let isNumber = ["ID", "Position", "ParentID", "Decimals"].contains(name)
      var origin = input.origin
      if !origin.isEmpty { origin.column = name }
      fields.append(
        Field(
          name, isNumber ? .int64 : .string, role: name == "Key" || name == "ID" ? .key : .measure,
          origins: origin.isEmpty ? [] : [origin]))
    }
    do { return try Schema(fields) } catch { throw SourceError(file: input.parts[0].path, error.description) }
  }

  private func header(_ path: String, _ context: RunContext) throws(SourceError) -> [String] {
    var names: [String]?
    var found: [String] = []
    try sections(path, context) { (sections, record, _) in
      if record == .name { found.append(sections.name) }
      guard record == .header, sections.name == options.section.text else { return .more }
      names = sections.header
      return .stop
    }
    guard var names else {
      if found.isEmpty { throw SourceError(file: path, "is empty; expected the metadata of a CBS table") }
      throw SourceError(
        file: path,
        "has no section \"\(options.section)\"" + didYouMean(options.section.text, among: found))
    }
    if isOfTopics, !names.contains(Self.pathColumn) { names.append(Self.pathColumn) }
    return names
  }

  private var isOfTopics: Bool { options.section.text == "DataProperties" }

  private func sections(
    _ path: String, _ context: RunContext,
    _ body: (MetadataSections, MetadataSections.Record, [String]) throws(SourceError) -> ReadControl
  ) throws(SourceError) {
    var sections = MetadataSections(file: path)
    let locator = CSVLocator(path: path, separator: UInt8(ascii: ";"), context: context)
    try CSVRecords.read(path, context: context) { (number, fields) throws(SourceError) in
      let record = try sections.take(fields) { locator.line(of: .record(number)) }
      return try body(sections, record, fields)
    }
  }

  /// Reads the section; it is held whole, other sections are not.
  public func read(
    _ part: InputPart, of input: Input, as schema: Schema, context: RunContext, into receive: (Batch) -> ReadControl
  ) throws(SourceError) {
    var table = MetadataTable(name: options.section.text, header: [])
    try sections(part.path, context) { (sections, record, fields) in
      guard sections.name == options.section.text else { return .more }
      if record == .header { table.header = sections.header ?? [] }
      if record == .row { table.rows.append(fields) }
      return .more
    }
    if schema[Self.pathColumn] != nil, isOfTopics { try addPaths(&table, part.path) }
    let decoder: BatchDecoder
    do {
      decoder = try BatchDecoder(schema: schema, dialect: CellDialect(markers: [], emptyReason: .unspecified))
    } catch {
      throw SourceError(file: part.path, error.description)
    }
    let places = schema.names.map { table.header.firstIndex(of: $0) ?? 0 }
    var rows = 0
    for row in table.rows {
      for (i, place) in places.enumerated() {
        var text = row[place]
        let isRead = text.withUTF8 { bytes in
          bytes.baseAddress.map { ColumnSlot.append($0, bytes.count, to: decoder.slot(i)) }
            ?? {
              decoder.slot(i).pointee.appendMissing(.unspecified)
              return true
            }()
        }
        if !isRead, let trouble = decoder.trouble {
          throw SourceError(
            file: part.path, column: schema[i].name,
            CellMessage.text(trouble, column: schema[i].name, numbers: NumberParser()))
        }
      }
      rows += 1
      if rows == decoder.batchRows {
        context.count(read: rows)
        if receive(Batch(decoder.take(rows: rows))) == .stop { return }
        rows = 0
      }
    }
    context.count(read: rows)
    if rows > 0 { _ = receive(Batch(decoder.take(rows: rows))) }
  }

  private func addPaths(_ table: inout MetadataTable, _ path: String) throws(SourceError) {
    guard !table.header.contains(Self.pathColumn) else { return }
    var metadata = CBSMetadata()
    try metadata.add(table, file: path)
    let key = table.header.firstIndex(of: "Key") ?? 0
    table.header.append(Self.pathColumn)
    for i in table.rows.indices {
      table.rows[i].append(metadata[CSVHeader.trimBlanks(table.rows[i][key])]?.path ?? "")
    }
  }
}
