public import PipelineKit
public import Tabular

/// Reads an OData v4 bulk download of CBS.
public struct CBSOData4: SourceAdapter {
  /// The form of the table.
  public enum Shape: String, OptionChoice {
    /// One row an observation, as published.
    case long
    /// One row a combination of the dimensions' codes, one column a measure.
    case wide
  }

  /// What the pipeline file says about it.
  public struct Options: PluginOptions {
    /// The form of the table.
    public var shape = Shape.long
    /// The measures that are wanted.
    public var measures: [Located] = []
    /// The columns of codes of which titles are wanted.
    public var labels: [Located] = []
    /// Whether every title of a measure has its groups before it.
    public var topicPaths = false
    /// What the values' attributes mean.
    public var attributes = OrderedMap<MarkerReason>()
    /// Why a cell of a wide table is empty that no observation is for.
    public var absent = MarkerReason.unspecified
    /// The byte before a fraction.
    public var decimalMark = DecimalMark.comma
    /// Whether the number of observations must be the published one.
    public var complete = true

    /// The download as published.
    public init() {}

    /// The options, as documentation lists them.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "shape", \.shape,
          "long: one row an observation. wide: one row a combination of the dimensions' codes, one column a measure, named by "
            + "its code."),
        .init(
          "measures", \.measures,
          "The codes of the measures to keep, in that order; without it all. In a wide table without MeasureCodes.csv it "
            + "names those that the first 256 KiB do not show."),
        .init(
          "labels", \.labels,
          "Columns whose codes get a column with their titles, `<column>_label`: dimensions, and in a long table Measure. A "
            + "dimension of periods also gets `<dimension>_state`: Definitief, Voorlopig or NaderVoorlopig."),
        .init(
          "topic_paths", \.topicPaths,
          "Whether every measure's title has its groups before it, as in Bevolking / Leeftijd / 0 tot 15 jaar; otherwise only "
            + "where another measure has the same title."),
        .init(
          "attributes", \.attributes,
          "Why an observation without a value has none, by its ValueAttribute, where that is another reason than below."
        ),
        .init(
          "absent", \.absent, "Why a cell of a wide table holds no value when there is no observation for it."),
        .init("decimal_mark", \.decimalMark, "The character between the whole part of a number and its fraction."),
        .init(
          "complete", \.complete,
          "Whether to fail when the number of observations is not the one that Properties.csv states."),
      ]
    }
  }

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "cbs_odata4",
    summary: "Reads an OData v4 bulk download of CBS: observations, long or wide by measure, with titles and units.",
    details: """
      `files` names the folder of one download, the zip archive as CBS hands it out, or its `Observations.csv`; the files beside it explain the codes:
      `MeasureCodes`, `MeasureGroups`, `Dimensions`, `<Dimension>Codes`, `Properties`. Each of them may be absent. Other files
      of the download are not looked at.

      **Long** tables have the columns of the observations: `Id`, `Measure`, the dimensions, `Value`, `StringValue`,
      `ValueAttribute`. **Wide** tables have one row a combination of the dimensions' codes, in order of first appearance, and
      one column a measure, named by its code, with title and unit from `MeasureCodes`; titles that two measures share get
      their groups before them, with `topic_paths` all of them. The cells of a wide table stand in memory; two observations of one cell are an error.

      **Missing values.** Where `Value` is empty the `ValueAttribute` says why: Impossible is `not_applicable`, Confidential
      and Secret are `suppressed`, Missing, NotAvailable, Unknown, Unreliable and every other text `unknown`, None is
      `unspecified`; `attributes` overrules. A text that is not in this list is warned about. A value with another attribute
      than None is kept.

      **Whole downloads.** When `Dimensions.csv` names other dimensions than the observations have, or `Properties.csv` another
      number of observations, the folder mixes two downloads or the download broke off: that is an error.
      """,
    example: """
      sources:
        income:
          adapter: cbs_odata4
          files: data/85678NED
          shape: wide
          labels: [RegioS, Perioden]
          origin: {producer: CBS, licence: CC BY 4.0}
      """)

  let options: Options

  /// An adapter with its options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    var seen: Set<String> = []
    for measure in options.measures where !seen.insert(measure.text).inserted {
      throw SpecError(measure.position, "the measure \"\(measure)\" is named twice")
    }
    self.options = options
  }

  /// A part may be the folder of a download, or its archive.
  public static var readsFolders: Bool { true }

  /// Looks at the first line for the columns of observations.
  public static func recognise(head: [UInt8], path: String) -> Recognition {
    let names = ObservationHeader.names(head)
    if names.contains("Measure"), names.contains("Value"), names.contains("ValueAttribute") {
      return Recognition(98, "a first line with the columns of OData v4 observations")
    }
    if names.starts(with: ["Id", "Title", "Url", "DatasetId"]) {
      return Recognition(60, "a list of links of an OData v4 download")
    }
    return Recognition(0, "no first line with Measure, Value and ValueAttribute")
  }

  // MARK: Schema

  /// The columns, from the headers and the files beside the observations.
  public func schema(of input: Input, context: RunContext) throws(SourceError) -> Schema {
    if options.shape == .wide, input.parts.count > 1 {
      throw SourceError(
        file: input.parts[1].path,
        "a wide table is made of one download; name its folder, which may hold several files of "
          + "observations, or read the files with shape: long")
    }
    var first: Schema?
    for part in input.parts {
      let schema = try schema(part, input, context)
      if let first, first.names != schema.names {
        throw SourceError(
          file: part.path, "has other columns than \(input.parts[0].path); read them as two sources and use union")
      }
      first = first ?? schema
    }
    return first ?? Schema()
  }

  private func schema(_ part: InputPart, _ input: Input, _ context: RunContext) throws(SourceError) -> Schema {
    let download = try Download(part.path, labels: options.labels.map(\.text), context: context)
    let header = try header(of: download, context)
    var origin = input.origin
    if origin.table.isEmpty { origin.table = download.identifier }
    if origin.vintage.isEmpty { origin.vintage = download.modified }
    func origins(_ column: String) -> [Origin] {
      if origin.isEmpty { return [] }
      var mine = origin
      mine.column = column
      return [mine]
    }
    var fields: [Field] = []
    for (name, kind) in zip(header.names, header.kinds) {
      switch kind {
      case .dimension:
        let title = download.dimensions?.first { $0.identifier == name }?.title ?? ""
        fields.append(Field(name, .string, role: .key, label: title == name ? "" : title, origins: origins(name)))
      case _ where options.shape == .wide: break
      case .id: fields.append(Field(name, .int64, role: .key, origins: origins(name)))
      case .measure: fields.append(Field(name, .string, role: .key, origins: origins(name)))
      case .value: fields.append(Field(name, .float64, origins: origins(name)))
      case .text, .attribute: fields.append(Field(name, .string, origins: origins(name)))
      }
    }
    if options.shape == .wide {
      for measure in try measures(download, header, context) {
        fields.append(
          Field(
            measure.identifier, measure.isText ? .string : .float64, unit: measure.unit,
            label: download.label(of: measure, showsPath: options.topicPaths),
            decimals: measure.isText ? nil : measure.decimals,
            origins: origins(measure.identifier)))
      }
    }
    let labels = try labels(download, header)
    do { return try labels.extended(try Schema(fields)) } catch {
      throw SourceError(file: part.path, error.description)
    }
  }

  /// The header of the observations; all files have the same, and that of the download's dimensions.
  func header(of download: Download, _ context: RunContext) throws(SourceError) -> ObservationHeader {
    let first = try ObservationHeader(download.observations[0], context: context)
    try first.check(download, file: download.observations[0])
    for file in download.observations.dropFirst() where try ObservationHeader(file, context: context) != first {
      throw SourceError(
        file: file, line: 1,
        "has other columns than \(download.observations[0]): the folder mixes two downloads; "
          + "unpack each one in a folder of its own")
    }
    return first
  }

  /// The label columns that the options ask for.
  func labels(_ download: Download, _ header: ObservationHeader) throws(SourceError) -> LabelColumns {
    var labels = LabelColumns()
    for column in options.labels {
      if column.text == "Measure", options.shape == .long, let measures = download.measures {
        var titles = CBSMetadata.Categories()
        for measure in measures {
          titles.titles[measure.identifier] = download.label(of: measure, showsPath: options.topicPaths)
        }
        labels.add("Measure", titles)
        continue
      }
      guard header.dimensions.contains(column.text) else {
        throw SourceError(
          file: download.observations[0], column: column.text,
          "the option labels names this column, but it is no dimension of the observations"
            + didYouMean(column.text, among: header.dimensions))
      }
      guard let categories = download.categories[column.text] else {
        throw SourceError(
          file: download.observations[0], column: column.text,
          "the option labels names this column, but there is no file \(column)Codes.csv beside the observations")
      }
      labels.add(column.text, categories)
    }
    return labels
  }

  /// The measures of a wide table, in order: those of the options, else those of `MeasureCodes.csv`, else those that the
  /// head of the observations shows.
  func measures(_ download: Download, _ header: ObservationHeader, _ context: RunContext) throws(SourceError)
    -> [Measure]
  {
    let known = download.measures
    if !options.measures.isEmpty {
      var list: [Measure] = []
      for name in options.measures {
        if let measure = known?.first(where: { $0.identifier == name.text }) {
          list.append(measure)
        } else if let known {
          throw SourceError(
            file: download.observations[0], column: name.text,
            "the option measures names this measure, but MeasureCodes.csv does not"
              + didYouMean(name.text, among: known.map(\.identifier)))
        } else {
          list.append(Measure(identifier: name.text, title: ""))
        }
      }
      return list
    }
    if let known { return known }
    return try Self.sampledMeasures(download.observations[0], header, context)
  }

  private static func sampledMeasures(_ path: String, _ header: ObservationHeader, _ context: RunContext)
    throws(SourceError)
    -> [Measure]
  {
    let head = try context.textHead(path, count: 1 << 18)
    var list: [Measure] = []
    var places: [String: Int] = [:]
    let place = header.kinds.firstIndex(of: .measure) ?? 0
    let (value, text) = (header.kinds.firstIndex(of: .value) ?? 0, header.kinds.firstIndex(of: .text))
    head.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      var splitter = RecordSplitter()
      defer { splitter.destroy() }
      var start = head.starts(with: byteOrderMark) ? base + 3 : base
      var isHeader = true
      while case .record(let next) = splitter.split(start, base + bytes.count, isLast: false) {
        start = next
        if !isHeader, splitter.fields.count == header.names.count {
          let field = splitter.fields[place]
          let name = CSVHeader.trimBlanks(
            String(decoding: UnsafeBufferPointer(start: field.start, count: field.count), as: UTF8.self))
          if places[name] == nil {
            places[name] = list.count
            list.append(Measure(identifier: name, title: ""))
          }
          if let text, let i = places[name], splitter.fields[text].count > 0, splitter.fields[value].count == 0 {
            list[i].isText = true
          }
        }
        isHeader = false
      }
    }
    return list
  }

  // MARK: Reading

  /// Reads one download.
  ///
  /// Long: memory stays the same however long it is. Wide: all cells stand in memory.
  public func read(
    _ part: InputPart, of input: Input, as schema: Schema, context: RunContext, into receive: (Batch) -> ReadControl
  ) throws(SourceError) {
    let download = try Download(part.path, labels: options.labels.map(\.text), context: context)
    let header = try header(of: download, context)
    let mapper: LabelColumns.Mapper
    do { mapper = try labels(download, header).mapper(for: schema) } catch let error as TabularError {
      throw SourceError(file: part.path, error.description)
    } catch let error as SourceError { throw error } catch { throw SourceError(file: part.path, "\(error)") }
    let attributes = AttributeReasons(options.attributes)
    let numbers = NumberParser(decimalMark: options.decimalMark.byte)
    let rows: Int?
    if options.shape == .wide {
      let pivot = try ObservationPivot(
        schema: mapper.needed, header: header, measures: try measures(download, header, context),
        isSelection: !options.measures.isEmpty, attributes: attributes, absent: options.absent.reason, numbers: numbers,
        context: context)
      for file in download.observations { try pivot.read(file) }
      try check(pivot.observations, download, input)
      pivot.handOn { mapper.pass($0, to: receive) }
      rows = nil
    } else {
      let reader = try ObservationReader(
        schema: mapper.needed, header: header, measures: options.measures.map(\.text), attributes: attributes,
        numbers: numbers, context: context)
      var isStopped = false
      for file in download.observations where !isStopped {
        isStopped = try reader.read(file) { mapper.pass($0, to: receive) } == .stop
      }
      rows = isStopped ? nil : reader.observations
    }
    if let rows { try check(rows, download, input) }
  }

  private func check(_ found: Int, _ download: Download, _ input: Input) throws(SourceError) {
    guard options.complete, input.parts.count == 1, let expected = download.observationCount, expected != found else {
      return
    }
    throw SourceError(
      file: download.observations[0],
      "holds \(found) observations, but Properties.csv states \(expected) for \(download.identifier): the download broke off, "
        + "or the folder mixes two; fetch it again, or set complete: false")
  }
}
