public import PipelineKit
public import Tabular

/// Reads the open data of DUO on schools: counts below five are withheld and written as `<5`.
public struct DUOCSV: SourceAdapter {
  /// What the pipeline file says about it.
  public struct Options: PluginOptions {
    /// Whether the bounds of withheld counts are columns.
    public var hasBounds = false
    /// Texts that stand for a missing value.
    public var markers = OrderedMap<MarkerReason>()

    /// Without bounds.
    public init() {}

    /// The options, as documentation lists them.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "bounds", \.hasBounds,
          "Whether every column of numbers is followed by `<name>_lower` and `<name>_upper`: 0 and 4 for `<5`, the number "
            + "itself where it is known."),
        .init("markers", \.markers, "More texts that stand for a missing value and the reason of each."),
      ]
    }
  }

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "duo_csv",
    summary: "Reads the open data of DUO on schools; `<5` is an interval, kept as such.",
    details: """
      **Columns.** Those whose name says code, nummer or BRIN are text with role key, whatever they look like, and so are all
      others that are not numbers in the head of the file. Columns whose cells are numbers or intervals are `float64`; their
      unit is `%` when the name starts with SLAAGPERC. Figures stand side by side for school years and sexes: `unpivot` makes
      rows of them.

      **Intervals.** `<5` says that a count is withheld and lies between 0 and 4. The column has no value there
      (`suppressed`); with `bounds` two more columns hold the lowest and the highest count it can be. Nothing is put in its
      place: what to do with an interval is for the research to say.

      **Missing values.** An empty cell is `unspecified`, `.` is `unknown`. The encoding is found out: older files are
      Windows-1252.
      """,
    example: """
      sources:
        exams:
          adapter: duo_csv
          files: data/duo/examenkandidaten-en-geslaagden.csv
          bounds: true
      """)

  private let options: Options

  /// An adapter with its options.
  public init(options: Options, context: RunContext) throws(SpecError) { self.options = options }

  private static let marks: Set<String> = [
    "INSTELLINGSCODE", "BRIN NUMMER", "BRIN-NUMMER", "BRINNUMMER", "BRIN_NUMMER", "BRIN", "BEVOEGD GEZAG NUMMER",
    "BEVOEGD GEZAGNUMMER",
  ]

  /// Whether the header names a school by its BRIN code.
  public static func recognise(head: [UInt8], path: String) -> Recognition {
    guard let text = TextHead.text(head) else { return Recognition(0, "not text") }
    let sample = TextSample(text, isWhole: head.count < 1 << 16, dialect: RecordDialect(), limit: 1)
    guard let header = sample.records.first?.fields.map({ SampleCell.text($0) }), header.count > 1,
      let mark = header.first(where: { marks.contains($0.uppercased()) })
    else { return Recognition(0, "no column that names a school by its BRIN code") }
    return Recognition(85, "\(header.count) columns between semicolons, schools by DUO's \(mark)")
  }

  private struct Finding {
    var names: [String] = []
    var isNumeric: [Bool] = []
  }

  private var cells: CellDialect { CellDialect(markers: options.markers.markers, emptyReason: emptyReason) }
  private var emptyReason: MissingReason { options.markers[""]?.reason ?? .unspecified }

  private func finding(_ path: String, _ context: RunContext) throws(SourceError) -> Finding {
    let limit = 1 << 20
    let head = try context.textHead(path, count: limit)
    let sample = TextSample(
      head, isWhole: head.count < limit, dialect: RecordDialect(), limit: 2_001, path: path)
    guard let header = sample.records.first else {
      if let trouble = sample.trouble { throw trouble }
      throw SourceError(file: path, "is empty; expected a first line with the column names")
    }
    try TextLimits.check(header.fields.count, file: path, line: header.line)
    var finding = Finding()
    let repeated: [String]
    (finding.names, repeated) = SampleCell.names(header.fields)
    for name in repeated { context.warn("\(path): two columns are called \"\(name)\"; the later one gets a number") }
    let cells = cells
    finding.isNumeric = finding.names.indices.map { i in
      if ColumnWords.isCode(finding.names[i]) { return false }
      let texts = sample.records.dropFirst().filter { $0.fields.count == finding.names.count }
        .map { SampleCell.text($0.fields[i]) }.filter { !$0.isEmpty }
      return !texts.isEmpty
        && texts.allSatisfy {
          if case .unreadable = IntervalCell.cell($0, .value, cells) { return false }
          return true
        }
    }
    return finding
  }

  /// The columns of all parts, in order of first appearance.
  public func schema(of input: Input, context: RunContext) throws(SourceError) -> Schema {
    var fields: [Field] = []
    var seen: Set<String> = []
    for part in input.parts {
      for column in columns(try finding(part.path, context), input.origin) where seen.insert(column.field.name).inserted
      {
        fields.append(column.field)
      }
    }
    do throws(TabularError) { return try Schema(fields) } catch {
      throw SourceError(file: input.parts.first?.path ?? "", line: 1, error.description)
    }
  }

  private func columns(_ finding: Finding, _ origin: Origin) -> [OutputColumn] {
    var result: [OutputColumn] = []
    for (place, name) in finding.names.enumerated() {
      var field = Field(name, .string, role: .key)
      if !origin.isEmpty {
        var mine = origin
        mine.column = name
        field.origins = [mine]
      }
      guard finding.isNumeric[place] else {
        result.append(OutputColumn(field: field, place: place))
        continue
      }
      field.role = .measure
      if name.uppercased().hasPrefix("SLAAGPERC") { field.unit = "%" }
      let all = IntervalCell.columns(field, place: place, cells: cells)
      result += options.hasBounds ? all : Array(all.prefix(1))
    }
    return result
  }

  /// Reads one file, in memory that does not grow with it.
  public func read(
    _ part: InputPart, of input: Input, as schema: Schema, context: RunContext, into receive: (Batch) -> ReadControl
  ) throws(SourceError) {
    let found = try finding(part.path, context)
    let offered = columns(found, input.origin)
    var wanted: [OutputColumn] = []
    let places = Dictionary(zip(offered.map(\.field.name), 0...), uniquingKeysWith: { first, _ in first })
    for field in schema.fields {
      guard var column = places[field.name].map({ offered[$0] }) else {
        throw SourceError(
          file: part.path, line: 1, column: field.name,
          "is missing from the header" + didYouMean(field.name, among: offered.map(\.field.name)))
      }
      guard column.field.type == field.type else {
        throw SourceError(
          file: part.path, column: field.name,
          "holds \(column.field.type == .string ? "text" : "numbers") here, and not so in another file of the source")
      }
      column.field = field
      wanted.append(column)
    }
    var layout = TextLayout()
    layout.names = found.names
    layout.numbers = cells
    layout.texts = CellDialect(markers: options.markers.markers, emptyReason: emptyReason)
    let reader = try TextTableReader(path: part.path, columns: wanted, layout: layout, context: context)
    try reader.read(try context.openText(part.path), into: receive)
  }
}
