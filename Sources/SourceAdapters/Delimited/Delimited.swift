public import PipelineKit
public import Tabular

/// Reads delimited text in general: its dialect is found out, or given.
public struct Delimited: SourceAdapter {
  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "delimited",
    summary: "Reads delimited text in general: separator, header, decimal mark and types are found out, or given.",
    details: """
      What is not given is found out from the first 256 KiB (at most 1,000 rows) of each file, and `peil inspect` shows it.
      Give in a pipeline what must not depend on a file's first rows.

      **Table.** The separator is the one that makes the most even table. Lines above the first record that has as many
      fields as most are passed over. The first record is a header when no cell of it is a number, when a cell of it that is
      no number stands above numbers only, or when its numbers are years. A column without a name is called `column_<n>`;
      a name that occurs again gets a number behind it, with a warning.

      **Types.** A column holds numbers (`float64`) when every cell of the head reads as one, save missing ones. It stays
      text when a cell has a leading zero, a plus sign or more than 15 digits, or when a word of its name says that it holds
      codes (code, nummer, nr, id, key, postcode, pc4, pc6, brin). A column of whole years that is called so (jaar, year) is
      `int64`. A column without a value in the head is text. `types` overrules all of this.

      **Missing values.** `.` is `unknown`; an empty cell is `unspecified`; in columns of numbers so are NA, N/A, NaN, nan,
      NULL and null. Others, such as -99999999 or the -1 of old key figures of neighbourhoods, are named under `markers` or,
      for one column of numbers, under `column_markers`: a text that is a marker there may be a number elsewhere. Markers
      are compared as texts, without the blanks around them.

      **Intervals.** In a column named under `intervals`, `<5` says that the count is withheld and lies between 0 and 4. The
      column has no value there (`suppressed`); the columns `<name>_lower` and `<name>_upper` hold 0 and 4. Where the count
      is known, both are equal to it; where it is missing for another reason, so are they.

      **Encoding.** A byte order mark decides; without one, text is UTF-8 when all of it is, else Windows-1252 with a
      warning.

      **Errors.** A cell that does not fit its column, a record with too few or too many fields, a quote that is not closed
      (or closed before the end of the field) and a column that a further file lacks end the reading with file, line and
      column. A quote inside a field that does not start with one is text.
      """,
    example: """
      sources:
        livability:
          adapter: delimited
          files: data/leefbaarometer/open-data-leefbaarometer.zip/*_buurt*.csv
          decimal_mark: "."
        shapes:
          adapter: delimited
          files: data/buurten_2014.csv
          separator: ","
          markers: {"-99999999": unspecified, "-99997": suppressed}
          column_markers: {afstand_school_km: {"-1": unknown}}
          types: {postcode: string}
      """)

  private let options: Options

  /// An adapter with its options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    let marks = [options.decimalMark?.byte, options.separator.byte].compactMap { $0 }
    if options.groupingMark.byte != 0, marks.contains(options.groupingMark.byte),
      let position = options.groupingMark.position
    {
      throw SpecError(position, "grouping_mark is also the decimal mark or the separator; give it another character")
    }
    if options.separator.byte == options.quote.byte, let position = options.separator.position {
      throw SpecError(position, "separator is also the quote; give one of them another character")
    }
    if let lines = options.skipLines, !(0...100_000).contains(lines) {
      throw SpecError(SourcePosition(file: ""), "skip_lines is \(lines), expected 0 to 100000")
    }
    var seen: Set<String> = []
    for name in options.names where !seen.insert(name).inserted {
      throw SpecError(SourcePosition(file: ""), "names lists \"\(name)\" twice")
    }
    for entry in options.columnMarkers.entries where options.intervals.contains(entry.key) {
      throw SpecError(
        entry.position, "\"\(entry.key)\" is also under intervals; name its markers under markers")
    }
    self.options = options
  }

  /// Whether the head is a table of text in some dialect: never sure, so that adapters for a certain export go first.
  public static func recognise(head: [UInt8], path: String) -> Recognition {
    guard let text = TextHead.text(head), let first = text.first(where: { $0 > 0x20 }) else {
      return Recognition(0, "not text")
    }
    if first == UInt8(ascii: "<") || first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
      return Recognition(0, "starts with \"\(Character(UnicodeScalar(first)))\": XML or JSON, not delimited text")
    }
    if let sections = metadataSections(text) { return Recognition(0, sections) }
    // A head of 64 KiB is cut, a shorter one is all there is.
    let isWhole = head.count < 1 << 16
    let sniffer = DelimitedSniffer(options: Options(), path: path)
    guard let found = try? sniffer.sniff(text, isWhole: isWhole) else { return Recognition(0, "no table of text") }
    return Recognition(found.layout.names.count > 1 ? 40 : 20, found.summary)
  }

  /// Why a file that holds the metadata of a CBS table is no table: it has a section for each list, one below the other.
  private static func metadataSections(_ text: [UInt8]) -> String? {
    let first = text.prefix { $0 != 0x0A && $0 != 0x0D }.filter { $0 != UInt8(ascii: "\"") }
    guard first.elementsEqual("TableInfos".utf8) else { return nil }
    return "the metadata of a CBS table, in sections (TableInfos, DataProperties, a list for each dimension)"
  }

  /// The columns of all parts, in order of first appearance; types by the rules above.
  public func schema(of input: Input, context: RunContext) throws(SourceError) -> Schema {
    var names: [String] = []
    var found: [String: (ColumnType, FieldRole)] = [:]
    for part in input.parts {
      let sniffed = try sniff(part.path, context)
      for name in sniffed.repeated {
        context.warn("\(part.path): two columns are called \"\(name)\"; the later one is called \"\(name)_2\"")
      }
      context.note("dialect: \(sniffed.summary)" + (input.parts.count > 1 ? " (\(part.path))" : ""))
      for (name, evidence) in zip(sniffed.layout.names, sniffed.evidence) {
        let type = evidence.type(name, comma: sniffed.isComma)
        if let known = found[name] {
          // A column is what all files can give.
          if known.0 != type.0 {
            found[name] = [known.0, type.0].contains(.string) ? (.string, known.1) : (.float64, .measure)
          }
        } else {
          names.append(name)
          found[name] = type
        }
      }
    }
    let file = input.parts.first?.path ?? ""
    try checkNames(options.types.keys, "types", names, file)
    try checkNames(options.intervals, "intervals", names, file)
    try checkNames(options.columnMarkers.keys, "column_markers", names, file)
    var fields: [Field] = []
    for name in names {
      guard let (type, role) = found[name] else { continue }
      fields += columns(name, type, role, input.origin, TextLayout()).map(\.field)
    }
    do throws(TabularError) { return try Schema(fields) } catch {
      throw SourceError(file: file, line: 1, error.description)
    }
  }

  private func checkNames(_ wanted: [String], _ option: String, _ names: [String], _ file: String)
    throws(SourceError)
  {
    for name in wanted where !names.contains(name) {
      throw SourceError(
        file: file, column: name,
        "the option \(option) names this column, but the file has none of that name" + didYouMean(name, among: names))
    }
  }

  /// The columns that the field `name` of the file gives.
  private func columns(_ name: String, _ type: ColumnType, _ role: FieldRole, _ origin: Origin, _ layout: TextLayout)
    -> [OutputColumn]
  {
    var field = Field(name, type, role: role)
    if let chosen = options.types[name] {
      field.type = chosen.type
      if role == .key, chosen == .float64 { field.role = .measure }
    }
    if !origin.isEmpty {
      var mine = origin
      mine.column = name
      field.origins = [mine]
    }
    if options.intervals.contains(name) {
      field.role = .measure
      return IntervalCell.columns(field, place: 0, cells: layout.numbers)
    }
    guard let own = options.columnMarkers[name] else { return [OutputColumn(field: field, place: 0)] }
    field.type = .float64
    field.role = .measure
    var cells = layout.numbers
    cells.markers = own.entries.map { CellDialect.Marker($0.key, $0.value.reason) } + cells.markers
    return [
      OutputColumn(
        field: field, place: 0,
        reading: .numbers { [cells] text in
          if let marker = cells.markers.first(where: { $0.text == text }) { return .missing(marker.reason) }
          return cells.numbers.parse(text).map { .value($0) } ?? .unreadable
        })
    ]
  }

  private func sniff(_ path: String, _ context: RunContext) throws(SourceError) -> DelimitedSniffer.Result {
    let limit = 1 << 18
    let head = try context.textHead(path, count: limit, encoding: options.encoding)
    return try DelimitedSniffer(options: options, path: path).sniff(head, isWhole: head.count < limit)
  }

  /// Reads one file, in memory that does not grow with it.
  public func read(
    _ part: InputPart, of input: Input, as schema: Schema, context: RunContext, into receive: (Batch) -> ReadControl
  ) throws(SourceError) {
    let sniffed = try sniff(part.path, context)
    var wanted: [OutputColumn] = []
    // A line of separators makes a column of each: looking every one up among all would take for ever.
    let places = Dictionary(zip(sniffed.layout.names, 0...), uniquingKeysWith: { first, _ in first })
    for field in schema.fields {
      guard let column = column(field, places, sniffed.layout, input.origin) else {
        throw SourceError(
          file: part.path, line: sniffed.preamble + 1, column: field.name,
          "is missing from the header" + didYouMean(field.name, among: sniffed.layout.names))
      }
      wanted.append(column)
    }
    let reader = try TextTableReader(path: part.path, columns: wanted, layout: sniffed.layout, context: context)
    try reader.read(try context.openText(part.path, encoding: options.encoding), into: receive)
  }

  /// How the column `field` comes from a file of this layout.
  private func column(
    _ field: Field, _ places: [String: Int], _ layout: TextLayout, _ origin: Origin
  ) -> OutputColumn? {
    let bounds = ["_lower", "_upper"].filter { field.name.hasSuffix($0) }
    for name in [field.name] + bounds.map({ String(field.name.dropLast($0.count)) }) {
      guard let place = places[name] else { continue }
      for var column in columns(name, field.type, field.role, origin, layout) where column.field.name == field.name {
        column.place = place
        column.field = field
        return column
      }
    }
    return nil
  }
}
