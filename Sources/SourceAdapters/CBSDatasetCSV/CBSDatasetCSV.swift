public import PipelineKit
import Synchronization
public import Tabular

/// Reads a CBS data set in CSV: StatLine's and OData's `TypedDataSet` and `UntypedDataSet`, and kin.
public struct CBSDatasetCSV: SourceAdapter {
  /// What the pipeline file says about it.
  public struct Options: CBSDatasetOptions {
    /// The byte between fields.
    public var separator = CharacterOption(UInt8(ascii: ";"))
    /// The byte before a fraction.
    public var decimalMark = DecimalMark.point
    /// The byte between groups of three digits.
    public var groupingMark = CharacterOption(0)
    /// The form of the data set.
    public var dataset = CBSDatasetForm.auto
    /// Texts that stand for a missing value.
    public var markers = OrderedMap<MarkerReason>()
    /// The start of the record that ends the data.
    public var footer = ""
    /// Whether blanks around text are cut off.
    public var trim = true
    /// Types by column.
    public var types = OrderedMap<SourceColumnType>()
    /// Files with metadata.
    public var metadata: [SpecPath] = []
    /// Dimensions of which the titles of the codes are wanted.
    public var labels: [Located] = []
    /// What a cell that cannot be read does.
    public var onError = OnError.fail
    /// What a null of a typed data set means.
    public var typedNull = TypedNull.unspecified
    /// Whether every title has the groups of topics before it.
    public var topicPaths = false

    /// CBS's own dialect.
    public init() {}

    /// The options, as documentation lists them.
    public static var declaration: [OptionField<Self>] {
      [
        .init("separator", \.separator, "The character between fields; `tab` stands for a tab."),
        .init("decimal_mark", \.decimalMark, "The character between the whole part of a number and its fraction."),
        .init(
          "grouping_mark", \.groupingMark,
          "The character between groups of three digits, as in 1.234.567; without it digits must not be grouped."),
        .init(
          "dataset", \.dataset,
          "The form of the data set. It decides what an empty cell means: unspecified in a typed one, not_applicable in an "
            + "untyped one."),
        .init(
          "markers", \.markers,
          "Texts that stand for a missing value and the reason of each, beside `.` for unknown. An entry for \"\" says what "
            + "an empty cell means."),
        .init("footer", \.footer, "A record whose first field starts with this text ends the data."),
        .init("trim", \.trim, "Whether blanks around keys and texts are cut off."),
        .init("types", \.types, "The type of a column, where the rules for names and content find another."),
        .init("on_error", \.onError, OnError.help),
      ] + metadataDeclaration
    }
  }

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "cbs_dataset_csv",
    summary: "Reads a CBS data set in CSV: TypedDataSet, UntypedDataSet, and tables written alike.",
    details: """
      The file is UTF-8 text, with or without a byte order mark; UTF-16 with one is read too, and what is not UTF-8 is read
      as Windows-1252 with a warning. Its first line holds the column keys. Fields may be quoted
      or not; a quoted field may hold separators, line ends and doubled quotes. Several files are one table: each file's
      header is checked, and columns may stand in another order.

      **Types.** A column whose name ends in `_<number>` is a topic, every other one a dimension. Dimensions are text,
      whatever they look like: codes never become numbers. `ID` is a whole number. Topics are numbers (`float64`) or text,
      by what the first rows hold (256 KiB, at most 1,000 rows):
      in a typed data set a topic holds numbers when every cell that is not empty reads as a number without blanks around
      it; in an untyped one when every cell is at least eight characters wide, right-aligned, and a number or `.`.
      A topic without a single value holds numbers. `types` overrules all of this.

      **Missing values.** `.` is `unknown`. An empty cell is `not_applicable` in an untyped data set, and `unspecified` in a
      typed one, where CBS has folded both into one null. A data set counts as untyped when a number or `.` in it is padded
      to eight characters. Blanks around a marker do not matter.

      **Metadata.** `metadata` names files with the table's metadata. They give columns their title (with the groups of
      topics before it when another topic has the same), unit, decimals and type, the table its id and day of change, and
      say what an empty cell means: in an untyped data set what the topic's `Default` says (Impossible: `not_applicable`,
      Missing: `unknown`); in a typed one `unknown` where `Default` is Missing, else see `typed_null`.

      **Errors.** A cell that is neither a number nor a marker, a record with too few or too many fields, a quote out of
      place, and a column that the header lacks end the reading with file, line and column. With `on_error: reject` a cell
      that cannot be read is missing for the reason `rejected` instead, its row is kept, and the file `quarantine.parquet`
      beside the outputs gets its file, line, column, text and what is wrong; more than 1,000 such cells in a file are an
      error all the same. A column is only known to hold numbers by `types`, metadata or its first rows: a bad cell among
      those makes it text.
      """,
    example: """
      sources:
        kwb:
          adapter: cbs_dataset_csv
          files: data/kwb/84799NED_TypedDataSet.csv
          origin: {producer: CBS, table: 84799NED, licence: CC BY 4.0}
        older:
          adapter: cbs_dataset_csv
          files: data/kerncijfers_*.csv
          decimal_mark: ","
          markers: {".": unknown, "x": suppressed, "": not_applicable}
          footer: "©"
      """)

  /// The bytes of a chunk: small enough for the second cache beside libcsv's buffers.
  static let chunkSize = 1 << 16

  private let options: Options
  private let dialect: CSVDialect
  private let description: CBSDescription

  /// An adapter with its options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    let grouping = options.groupingMark.byte
    let isTaken = grouping == options.decimalMark.byte || grouping == options.separator.byte
    if grouping != 0, isTaken, let position = options.groupingMark.position {
      throw SpecError(position, "grouping_mark is also the decimal mark or the separator; give it another character")
    }
    if options.separator.byte == options.decimalMark.byte, let position = options.separator.position,
      options.decimalMark == .point
    {
      throw SpecError(position, "separator is also the decimal mark; set decimal_mark, or another separator")
    }
    self.options = options
    dialect = CSVDialect(options)
    description = try CBSDescription(options, context: context)
  }

  /// Looks at the first line: column keys between separators, `ID` first in a CBS data set.
  public static func recognise(head: [UInt8], path: String) -> Recognition {
    let line = (TextHead.text(head) ?? []).prefix { $0 != 0x0A && $0 != 0x0D }
    guard let first = line.first, first != UInt8(ascii: "<"), first != UInt8(ascii: "{"), !line.contains(0),
      let text = String(validating: line, as: UTF8.self)
    else { return Recognition(0, "no first line with column names") }
    let names = text.split(separator: ";", omittingEmptySubsequences: false).map { name in
      String(name.hasPrefix("\"") && name.hasSuffix("\"") && name.count > 1 ? name.dropFirst().dropLast() : name)
    }
    let topics = names.filter { CBSColumnName.isTopic($0) }.count
    if names.count > 1, names.first == "ID", topics > 0 {
      return Recognition(95, "a first line with the keys of a CBS data set: ID, then \(topics) topics")
    }
    // Three digits: `naam_2014` is a column of a year, not the 2014th topic.
    let isShort = names.allSatisfy { !CBSColumnName.isTopic($0) || ($0.split(separator: "_").last?.count ?? 0) < 4 }
    if names.count > 1, topics > 0, isShort { return Recognition(70, "a first line with column keys of CBS topics") }
    if names.count > 1 { return Recognition(30, "a first line of \(names.count) names between semicolons") }
    return Recognition(0, "a first line without semicolons")
  }

  /// The columns of all parts, in order of first appearance; types by the rules above.
  public func schema(of input: Input, context: RunContext) throws(SourceError) -> Schema {
    var columns = ColumnFindings()
    typealias Head = (names: [[UInt8]], evidence: [ColumnEvidence])
    let heads = Mutex([Result<Head, SourceError>?](repeating: nil, count: input.parts.count))
    context.parallel(input.parts.count) { i in
      let head = Result { () throws(SourceError) -> Head in
        let sample = try sample(input.parts[i].path, limit: i == 0 ? 1 << 18 : 1 << 15, context: context)
        return (sample.header ?? [], sample.evidence)
      }
      heads.withLock { $0[i] = head }
    }
    for (part, result) in zip(input.parts, heads.withLock { $0 }) {
      guard let head = try result?.get() else { continue }
      let names = try CSVHeader.names(head.names, dialect, file: part.path)
      for (name, evidence) in zip(names, head.evidence) { columns.add(ColumnFinding(name: name, evidence: evidence)) }
    }
    let isUntyped =
      options.dataset == .untyped || (options.dataset == .auto && columns.list.contains { $0.evidence.isUntyped })
    return try description.schema(
      columns.list, types: options.types, isUntyped: isUntyped, origin: input.origin,
      file: input.parts.first?.path ?? "", context: context)
  }

  private func sample(_ path: String, limit: Int, context: RunContext) throws(SourceError) -> CSVSample {
    var limit = limit
    while true {
      let head = try context.textHead(path, count: limit)
      let isWhole = head.count < limit
      let sample = head.withUnsafeBytes { CSVSample($0, isWhole: isWhole, dialect: dialect) }
      if sample.header != nil { return sample }
      guard !isWhole, limit < 1 << 24 else {
        if head.isEmpty {
          throw SourceError(file: path, "is empty; expected a first line with the column names, then the data")
        }
        if let error = CSVHeader.separatorError(head, dialect, file: path) { throw error }
        throw SourceError(file: path, line: 1, "no first line with column names can be read; is this a CSV file?")
      }
      limit *= 8
    }
  }

  /// Reads one file.
  ///
  /// Memory stays the same however long the file is.
  public func read(
    _ part: InputPart, of input: Input, as schema: Schema, context: RunContext, into receive: (Batch) -> ReadControl
  ) throws(SourceError) {
    let file = try context.openText(part.path)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunkSize, alignment: 4096)
    defer { buffer.deallocate() }
    var filled = 0
    while filled < buffer.count {
      let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      if count == 0 { break }
      filled += count
    }
    let form = form(UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
    let mapper = try mapper(for: schema, part)
    let reader = try reader(part, mapper.needed, form, context)
    try withExtendedLifetime(reader) { () throws(SourceError) in
      try reader.read(
        { (buffer) throws(SourceError) in try file.read(into: buffer) },
        head: UnsafeRawBufferPointer(rebasing: buffer[..<filled])
      ) { mapper.pass($0, to: receive) }
    }
  }

  /// What makes the columns of `schema` of those that are read.
  func mapper(for schema: Schema, _ part: InputPart) throws(SourceError) -> LabelColumns.Mapper {
    try description.mapper(for: schema, file: part.path)
  }

  /// A reader of the part, or with a used decoder of a stretch of it.
  func reader(
    _ part: InputPart, _ schema: Schema, _ form: CBSDatasetForm, _ context: RunContext, stretch used: UsedDecoder? = nil
  ) throws(SourceError) -> CSVReader {
    try CSVReader(
      path: part.path, schema: schema, dialect: dialect,
      cells: options.cells(form, description, numbers: dialect.numbers), onError: options.onError, context: context,
      stretch: used)
  }

  /// The form of the data set that starts with `head`; the content is looked at only when it matters.
  func form(_ head: UnsafeRawBufferPointer) -> CBSDatasetForm {
    guard options.dataset == .auto, options.markers[""] == nil else { return options.dataset }
    return CSVSample(head, isWhole: false, dialect: dialect).isUntyped ? .untyped : .typed
  }
}
