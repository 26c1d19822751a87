public import PipelineKit
public import Tabular

/// Reads SDMX-ML data messages, generic and structure-specific, and structure messages as tables of codes.
public struct SDMXML: SourceAdapter {
  /// What the pipeline file says about it.
  public struct Options: PluginOptions {
    /// The structure file.
    public var structure: SpecPath?
    /// The language of names and labels.
    public var language = "en"
    /// Reasons by status code.
    public var statuses = OrderedMap<MarkerReason>()
    /// Types by column.
    public var types = OrderedMap<SourceColumnType>()

    /// Without a structure file.
    public init() {}

    /// The options, as documentation lists them.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "structure", \.structure,
          "A structure message with the data structure of the data, its concepts and code lists: it says which columns "
            + "there are, what they are called, and gives labels to codes."),
        .init(
          "language", \.language, "The language of names and labels; where there is none of it, the first is taken."),
        .init(
          "statuses", \.statuses,
          "The reason for which a code of OBS_STATUS, OBS_FLAG or CONF_STATUS stands when an observation has no value."),
        .init("types", \.types, "The type of a column, where the rules find another."),
      ]
    }
  }

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "sdmx_ml",
    summary: "Reads SDMX-ML 2.1 and 3.0 data, generic or structure-specific, series or flat, with its structure file.",
    details: """
      Every observation is a row. Columns are the dimensions (text, role key), the dimension at the observations, the value
      `OBS_VALUE` (`float64`), and the attributes (text) of observation, series, group and data set; the innermost level
      that states one counts. They carry the identifiers of their concepts. With `structure` their order, their titles and
      what is a dimension come from the data structure, also for attributes that no observation has; a column whose code
      list holds codes is followed by `<column>_label`. Without it they are those of the first 256 KiB of the messages, and
      a structure-specific series' attributes are dimensions unless SDMX's guidelines list them as attributes. What only
      later observations have is warned of.

      **Missing values.** An observation without a value, or with `NaN`, is missing; why, its status says: `M` and `H` are
      `not_applicable`, `L` `not_asked`, `Q` `suppressed`, `O` `unknown`, a confidentiality other than `F` `suppressed`;
      Eurostat's flags `c` and `z` are `suppressed` and `not_applicable`; `statuses` adds to these. Otherwise `NaN` is
      `unknown` and no value `unspecified`. An attribute that is not stated is `unspecified`, a label whose code is not in
      its list `not_matched`.

      **Messages.** A message without a data set whose footer says why (413: too large, the answer is in a file elsewhere)
      is an error with that text. A structure message is a table of its codes, concepts and components.

      **Origin.** Producer, table and date of delivery come from the header where the pipeline file does not state them.

      **Safety.** As for `xml_records`.
      """,
    example: """
      sources:
        gdp:
          adapter: sdmx_ml
          files: data/nama_10_gdp.xml
          structure: data/nama_10_gdp_structure.xml
      """)

  private let options: Options
  private let structure: SDMXStructure?

  /// An adapter with its options; the structure file is read here.
  public init(options: Options, context: RunContext) throws(SpecError) {
    self.options = options
    guard let path = options.structure else {
      structure = nil
      return
    }
    do throws(SourceError) {
      let read = try Self.structure(path.path, options.language, context)
      guard !read.structures.isEmpty else {
        throw SourceError(
          file: path.path, "has no data structure; ask for it with its code lists (references=children)")
      }
      structure = read
    } catch { throw SpecError(path.position, "\(error)") }
  }

  /// SDMX messages are known by the namespace of their root element.
  public static func recognise(head: [UInt8], path: String) -> Recognition {
    let root = XMLRoot(head)
    switch root.space {
    case SDMXNames.v21: return Recognition(95, "an SDMX-ML 2.1 message, \(root.name)")
    case SDMXNames.v30: return Recognition(95, "an SDMX-ML 3.0 message, \(root.name)")
    case SDMXNames.v20: return Recognition(60, "an SDMX-ML 2.0 message")
    default: return Recognition(0, root.name.isEmpty ? root.fault : "XML without a namespace of SDMX messages")
    }
  }

  /// The columns of the structure file and of all messages' heads.
  public func schema(of input: Input, context: RunContext) throws(SourceError) -> Schema {
    guard let first = input.parts.first else { return Schema() }
    var origin = input.origin
    var columns = SDMXColumns()
    for part in input.parts {
      let (sample, isStructure) = try sample(part.path, context)
      if isStructure {
        guard input.parts.count == 1 else {
          throw SourceError(file: part.path, "is a structure message; give it under \"structure\", not among the files")
        }
        return SDMXCodes.schema(origin)
      }
      let header = sample.header
      if origin.producer.isEmpty { origin.producer = header.sender }
      if origin.table.isEmpty { origin.table = header.structures.first?.structure ?? "" }
      if origin.vintage.isEmpty { origin.vintage = String(header.prepared.prefix(10)) }
      if let structure, let found = try dataStructure(header, part.path) { columns.add(found, of: structure) }
      columns.add(sample.cells, header: header, isGeneric: header.root.hasPrefix("Generic"))
    }
    guard !columns.columns.isEmpty else {
      throw SourceError(
        file: first.path, "has a data set without observations; give its structure file to read it as an empty table")
    }
    for key in options.types.keys where columns[key] == nil {
      throw SourceError(
        file: first.path, column: key,
        "the option types names this column, but the data has none of that name"
          + didYouMean(key, among: columns.columns.map(\.name)))
    }
    do { return try Schema(columns.fields(types: options.types, origin: origin)) } catch {
      throw SourceError(file: first.path, error.description)
    }
  }

  /// Reads one message.
  ///
  /// Memory grows with the groups of its data sets, not with its series.
  public func read(
    _ part: InputPart, of input: Input, as schema: Schema, context: RunContext, into receive: (Batch) -> ReadControl
  ) throws(SourceError) {
    let (sample, isStructure) = try sample(part.path, context)
    if isStructure {
      let read = try Self.structure(part.path, options.language, context)
      let table: Table
      do { table = try SDMXCodes.table(read, schema) } catch {
        throw SourceError(file: part.path, error.description)
      }
      context.count(read: table.rowCount)
      if table.rowCount > 0 { _ = receive(Batch(table)) }
      return
    }
    var columns = SDMXColumns()
    var components: [SDMXStructure.Component] = []
    if let structure, let found = try dataStructure(sample.header, part.path) {
      columns.add(found, of: structure)
      components = found.components
    }
    columns.add(sample.cells, header: sample.header, isGeneric: sample.header.root.hasPrefix("Generic"))
    let file = try context.open(part.path)
    let source = XMLInput(path: part.path) { (buffer) throws(SourceError) in try file.read(into: buffer) }
    let rows = try SDMXRows(
      schema: schema, columns: columns, structure: structure, components: components, reasons: options.statuses,
      cells: Self.cells, file: part.path)
    let reader = SDMXReader(source, dimensions: Self.dimensions(components))
    withoutActuallyEscaping(receive) { receive in
      source.beforeRead = {
        guard rows.rows >= rows.decoder.batchRows else { return }
        context.count(read: rows.rows)
        if receive(Batch(rows.take())) == .stop { source.stop() }
      }
      reader.observe = { line in
        if !rows.append(reader.cells), let trouble = rows.decoder.trouble {
          let name = schema[trouble.column].name
          source.fail(
            SourceError(
              file: part.path, line: line, column: name,
              CellMessage.text(trouble, column: name, numbers: Self.cells.numbers)))
        }
      }
      reader.parse()
      source.beforeRead = {}
      reader.observe = { _ in }
    }
    if let failure = source.failure { throw failure }
    if rows.rows > 0, !source.isStopped {
      context.count(read: rows.rows)
      _ = receive(Batch(rows.take()))
    }
    if !reader.header.messages.isEmpty { context.warn("\(part.path): the message ends with \(reader.header.notices)") }
    if !rows.others.isEmpty {
      context.warn(
        "\(part.path): not in the structure or the first observations, and left out: \(rows.others.joined(separator: ", "))"
      )
    }
  }

  private static let cells = CellDialect(markers: [], emptyReason: .unspecified)

  private static func dimensions(_ components: [SDMXStructure.Component]) -> Set<String> {
    Set(components.filter { $0.kind == .dimension || $0.kind == .timeDimension }.map(\.id))
  }

  // MARK: Finding out

  private static func structure(
    _ path: String, _ language: String, _ context: RunContext
  ) throws(SourceError) -> SDMXStructure {
    let file = try context.open(path)
    let source = XMLInput(path: path) { (buffer) throws(SourceError) in try file.read(into: buffer) }
    let read = try SDMXStructureReader(source, language: language).structure
    guard read.root == "Structure" else {
      throw SourceError(file: path, "is XML with the root element \"\(read.root)\"; expected an SDMX structure message")
    }
    return read
  }

  /// The data structure of a message: the one that it names, or the only one that there is.
  private func dataStructure(_ header: SDMXHeader, _ path: String) throws(SourceError) -> SDMXStructure.DataStructure? {
    guard let structure else { return nil }
    let names = header.structures.map(\.structure)
    if let named = structure.structures.first(where: { names.contains($0.id) }) { return named }
    if structure.structures.count == 1 { return structure.structures[0] }
    throw SourceError(
      file: path,
      "refers to the structure \"\(names.first ?? "")\", which is not in the structure file"
        + didYouMean(names.first ?? "", among: structure.structures.map(\.id)))
  }

  /// The head of a message, read as far as it goes, and whether it is a structure message.
  private func sample(_ path: String, _ context: RunContext) throws(SourceError) -> (SDMXReader, Bool) {
    var limit = 1 << 18
    while true {
      let head = try context.head(path, count: limit)
      guard !head.isEmpty else { throw SourceError(file: path, "is empty; expected an SDMX-ML message") }
      let isWhole = head.count < limit
      let source = XMLInput(path: path, head: head, isWhole: isWhole)
      let reader = SDMXReader(source, dimensions: [])
      reader.observe = { _ in if reader.observations >= 10_000 { source.stop() } }
      reader.parse()
      reader.observe = { _ in }
      if reader.header.root == "Structure" { return (reader, true) }
      if let failure = source.failure {
        let isCut = !isWhole && source.isAtEnd
        if !isCut { throw failure }
        if reader.observations > 0 { return (reader, false) }
      } else {
        try check(reader, path)
        return (reader, false)
      }
      guard limit < 1 << 24 else { return (reader, false) }
      limit *= 8  // the first observation may lie further on
    }
  }

  /// - Throws: ``SourceError`` when a message that was read to its end is not one with data.
  private func check(_ reader: SDMXReader, _ path: String) throws(SourceError) {
    let header = reader.header
    if header.space == SDMXNames.v20 {
      throw SourceError(file: path, "is an SDMX-ML 2.0 message; ask the sender for version 2.1 (or 3.0)")
    }
    guard header.space == SDMXNames.v21 || header.space == SDMXNames.v30 else {
      throw SourceError(file: path, "is XML with the root element \"\(header.root)\"; expected an SDMX-ML message")
    }
    if header.root == "Error" { throw SourceError(file: path, "is an error message: \(header.notices)") }
    guard header.root.hasPrefix("Generic") || header.root.hasPrefix("StructureSpecific") else {
      throw SourceError(file: path, "is an SDMX-ML message \"\(header.root)\"; expected data or a structure")
    }
    if !reader.sawDataSet {
      let why =
        header.messages.isEmpty
        ? "ask for the data again"
        : "the sender says, under \(header.notices); get the file it speaks of, or ask for less at a time"
      throw SourceError(file: path, "is a message without a data set; \(why)")
    }
  }
}

/// A structure message as a table: one row for each code, concept and component.
enum SDMXCodes {
  static let names = ["kind", "list", "list_name", "id", "parent", "name", "codelist"]

  static func schema(_ origin: Origin) -> Schema {
    let fields = names.map { name in
      var mine = origin
      mine.column = name
      return Field(
        name, .string, role: ["kind", "list", "id"].contains(name) ? .key : .measure,
        origins: origin.isEmpty ? [] : [mine])
    }
    return (try? Schema(fields)) ?? Schema()
  }

  static func table(_ structure: SDMXStructure, _ schema: Schema) throws(TabularError) -> Table {
    var rows: [[String]] = []
    for list in structure.codelists {
      for item in list.items { rows.append(["code", list.id, list.name, item.id, item.parent, item.name, ""]) }
    }
    for list in structure.schemes {
      for item in list.items { rows.append(["concept", list.id, list.name, item.id, item.parent, item.name, ""]) }
    }
    for data in structure.structures {
      for component in data.components {
        rows.append([
          component.kind.rawValue, data.id, data.name, component.id, "", structure.name(of: component),
          component.codelist,
        ])
      }
    }
    let decoder = try BatchDecoder(schema: schema, dialect: CellDialect(markers: []), batchRows: max(rows.count, 1))
    for (i, name) in schema.names.enumerated() {
      guard let place = names.firstIndex(of: name) else { continue }
      for row in rows {
        var text = row[place]
        text.withUTF8 { bytes in
          guard let start = bytes.baseAddress, bytes.count > 0 else {
            decoder.slot(i).pointee.appendMissing(.notApplicable)
            return
          }
          ColumnSlot.append(start, bytes.count, to: decoder.slot(i))
        }
      }
    }
    return decoder.take(rows: rows.count)
  }
}
