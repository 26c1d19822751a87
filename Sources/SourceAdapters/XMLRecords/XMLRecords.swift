public import PipelineKit
public import Tabular

/// Reads XML in general: elements that repeat are rows, what stands in them are columns.
public struct XMLRecords: SourceAdapter {
  /// What the pipeline file says about it.
  public struct Options: PluginOptions {
    /// The path of the records.
    public var records: Located?
    /// The columns and their paths.
    public var fields = OrderedMap<String>()
    /// Texts that stand for a missing value.
    public var markers = OrderedMap<MarkerReason>()
    /// Types by column.
    public var types = OrderedMap<SourceColumnType>()
    /// The byte before a fraction.
    public var decimalMark = DecimalMark.point
    /// Whether blanks around text are cut off.
    public var trim = true
    /// What stands between the values of a field that occurs more than once in a record.
    public var joinRepeated = ""

    /// Everything found out from the content.
    public init() {}

    /// The options, as documentation lists them.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "records", \.records,
          "The path of the elements that are rows: /list/item from the root, or //item wherever it stands. Without it, the "
            + "elements with content that repeat most often."),
        .init(
          "fields", \.fields,
          "The columns and where they stand, as seen from the record: @code, name, name/text, name/@lang, . for its own "
            + "text, ../@year and ../name for what stands around it (elements: before it). Without it, all that the first "
            + "records have."),
        .init(
          "markers", \.markers, "Texts that stand for a missing value and the reason of each; \"\" is an empty cell."),
        .init("types", \.types, "The type of a column, where the content shows another."),
        .init("decimal_mark", \.decimalMark, "The character between the whole part of a number and its fraction."),
        .init("trim", \.trim, "Whether blanks and line ends around texts are cut off."),
        .init(
          "join_repeated", \.joinRepeated,
          "What to put between the values of a field that occurs more than once in a record; without it that is an error."
        ),
      ]
    }
  }

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "xml_records",
    summary: "Reads XML of any kind: elements that repeat are rows, their attributes and elements are columns.",
    details: """
      Names are local names, in any namespace. Without `records`, the elements are rows that repeat inside one parent, hold
      attributes or elements, and occur most often in the first 256 KiB. Without `fields`, the columns are all attributes of
      the elements around the record, as `<element>_<attribute>`, then the record's own attributes and what stands in it, as
      `<element>_<element>`; a name that is taken becomes the path itself. `xsi:` attributes are left out. What only later
      records have is warned of. Several files are one table with the columns of the first.

      **Types.** A column holds numbers (`float64`) when all its cells in the first 1,000 records are numbers and at least
      one has a fraction other than zero. Whole numbers may be codes, and codes never become numbers: they are text with role key, unless
      `types` says otherwise. Everything else is text.

      **Missing values.** A field that a record lacks is `unspecified`; so is an empty one, unless `markers` has an entry
      for "". There are no other markers but those of the option.

      **Safety.** Documents with a DOCTYPE are refused, nothing is fetched, no entities are expanded but XML's own five;
      elements may stand 64 deep, one text or attribute may hold 1 MiB. The document is read as a stream: memory does not
      grow with it.
      """,
    example: """
      sources:
        municipalities:
          adapter: xml_records
          files: data/gemeentelijke-indeling.xml
          records: /gemeentelijke_indeling/indeling/provincie/gemeente
          fields: {year: ../../@jaar, province: ../@code, code: "@code", name: "@naam"}
      """)

  private let options: Options
  private let records: XMLRecordPath?
  private let fields: [(name: String, path: XMLFieldPath)]
  private let cells: CellDialect

  /// An adapter with its options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    self.options = options
    if let path = options.records { records = try XMLRecordPath(path) } else { records = nil }
    var fields: [(name: String, path: XMLFieldPath)] = []
    for entry in options.fields.entries {
      fields.append((entry.key, try XMLFieldPath(entry.value, at: entry.position)))
      if let count = records?.names.count, records?.isFromRoot == true, let up = fields.last?.path.up, up >= count {
        throw SpecError(entry.position, "\"\(entry.value)\" goes up beyond the root element")
      }
    }
    self.fields = fields
    cells = CellDialect(
      numbers: NumberParser(decimalMark: options.decimalMark.byte),
      markers: options.markers.entries.map { .init($0.key, $0.value.reason) },
      emptyReason: options.markers[""]?.reason ?? .unspecified, trimsText: options.trim)
  }

  /// Any XML document; formats of their own are surer of theirs.
  public static func recognise(head: [UInt8], path: String) -> Recognition {
    let root = XMLRoot(head)
    if root.name.isEmpty { return Recognition(0, root.fault) }
    if root.name == "schema", root.space == "http://www.w3.org/2001/XMLSchema" {
      return Recognition(40, "an XML Schema")
    }
    return Recognition(15, "XML with the root element \"\(root.name)\"")
  }

  /// The columns that `fields` names, or those of the first records.
  public func schema(of input: Input, context: RunContext) throws(SourceError) -> Schema {
    guard let part = input.parts.first else { return Schema() }
    let (plan, head, isWhole) = try plan(part.path, context)
    let strings: Schema
    do { strings = try Schema(plan.fields.map { Field($0.name, .string) }) } catch {
      throw SourceError(file: part.path, error.description)
    }
    for key in options.types.keys where strings[key] == nil {
      throw SourceError(
        file: part.path, column: key,
        "the option types names this column, but the records have none of that name"
          + didYouMean(key, among: strings.names))
    }
    let sample = XMLInput(path: part.path, head: head, isWhole: isWhole)
    let reader = try XMLRecordReader(
      plan: plan, schema: strings, cells: cells, joiner: options.joinRepeated, input: sample, context: RunContext(),
      noticesOthers: false, rowLimit: 1000)
    var tables: [Table] = []
    do {
      try reader.read {
        tables.append($0.table); return .more
      }
    } catch {
      // A head that breaks off ends early; what is wrong with the whole comes to light when it is read.
    }
    let evidence = plan.fields.indices.map { i in TextEvidence(tables.map { $0.columns[i] }, cells.numbers) }
    do {
      return try Schema(
        zip(plan.fields, evidence).map { field, evidence in
          let type = options.types[field.name]?.type ?? (evidence.isMeasure ? .float64 : .string)
          var described = Field(field.name, type, role: evidence.isCode && type == .string ? .key : .measure)
          if !input.origin.isEmpty {
            var origin = input.origin
            origin.column = field.name
            described.origins = [origin]
          }
          return described
        })
    } catch { throw SourceError(file: part.path, error.description) }
  }

  /// Reads one document.
  ///
  /// Memory stays the same however long it is.
  public func read(
    _ part: InputPart, of input: Input, as schema: Schema, context: RunContext, into receive: (Batch) -> ReadControl
  ) throws(SourceError) {
    let plan = try plan(input.parts.first?.path ?? part.path, context).plan
    let file = try context.open(part.path)
    let source = XMLInput(path: part.path) { (buffer) throws(SourceError) in try file.read(into: buffer) }
    let reader = try XMLRecordReader(
      plan: plan, schema: schema, cells: cells, joiner: options.joinRepeated, input: source, context: context,
      noticesOthers: fields.isEmpty)
    try reader.read(into: receive)
    if reader.rowsTotal == 0, !reader.sawParent {
      throw SourceError(
        file: part.path,
        "has no element \(plan.records.text); its root element is \"\(reader.root)\"; correct the path under \"records\""
      )
    }
  }

  // MARK: Finding out

  /// What is read from a file, and the head that shows it.
  private func plan(_ path: String, _ context: RunContext) throws(SourceError) -> (
    plan: XMLRecordPlan, head: [UInt8], isWhole: Bool
  ) {
    var limit = 1 << 18
    while true {
      let head = try context.head(path, count: limit)
      guard !head.isEmpty else { throw SourceError(file: path, "is empty; expected XML") }
      let isWhole = head.count < limit
      if let records, !fields.isEmpty { return (XMLRecordPlan(records: records, fields: fields), head, isWhole) }
      let outline = try XMLOutline(head, path: path, isWhole: isWhole)
      if outline.root == "schema" || outline.root == "html" {
        let what = outline.root == "html" ? "a web page" : "an XML Schema, which describes documents"
        throw SourceError(file: path, "is \(what); it holds no data")
      }
      if let found = records ?? outline.records {
        let columns = fields.isEmpty ? outline.fields(of: found) : fields
        if !columns.isEmpty { return (XMLRecordPlan(records: found, fields: columns), head, isWhole) }
      }
      guard !isWhole, limit < 1 << 24 else {
        if outline.root.isEmpty {
          throw SourceError(file: path, "has no element in its first \(limit >> 20) MiB; expected XML with data")
        }
        let what = records.map { "has no element \($0.text) with content" } ?? "has no elements that repeat"
        throw SourceError(
          file: path, "\(what); its root element is \"\(outline.root)\"; give the path of the rows under \"records\"")
      }
      limit *= 8  // the first record may lie further on
    }
  }
}

/// What the texts of a column's first rows show of its type.
struct TextEvidence {
  /// Whether all are numbers, at least one with a fraction that is not zero.
  private(set) var isMeasure = false
  /// Whether all are whole numbers.
  private(set) var isCode = false

  /// Looks through the dictionaries of string columns.
  init(_ columns: [Column], _ numbers: NumberParser) {
    var seen = false
    var hasFraction = false
    for case .string(let column) in columns {
      for row in column.codes.indices where column.missing?.isPresent(row) ?? true {
        let code = Int(column.codes[row])
        let range = Int(column.dictionary.offsets[code])..<Int(column.dictionary.offsets[code + 1])
        let isNumber = column.dictionary.bytes.withUnsafeBufferPointer { bytes in
          bytes.baseAddress.map { !numbers.parse($0 + range.lowerBound, range.count).isNaN } ?? false
        }
        if !isNumber { return }
        seen = true
        if !hasFraction {
          let fraction = column.dictionary.bytes[range].drop { $0 != numbers.decimalMark }
          hasFraction = fraction.contains { (0x31...0x39).contains($0) }
        }
      }
    }
    isMeasure = seen && hasFraction
    isCode = seen && !hasFraction
  }
}
