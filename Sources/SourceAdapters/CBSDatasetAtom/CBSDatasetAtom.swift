public import PipelineKit
public import Tabular

/// Reads a CBS data set from an OData v3 Atom feed.
public struct CBSDatasetAtom: SourceAdapter {
  /// What the pipeline file says about it.
  public typealias Options = CBSODataOptions

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "cbs_dataset_atom",
    summary: "Reads a CBS data set from the Atom feed of OData v3, one or more pages.",
    details: """
      Every `m:properties` of the feed is a row and every property in it, an element in the data service namespace
      whatever its prefix, a cell. Pages are given as files, in order, and are one table. A last page that
      names a next one (`<link rel="next">`) is warned about: the table is then not complete. Feeds of a table's metadata,
      such as `DataProperties` or a dimension's categories, are read in the same way.

      **Types.** A property with `m:type` of a number is one: `float64` for topics (names that end in `_<number>`),
      `int64` for whole numbers otherwise. A property without it is text. In an `UntypedDataSet`, where topics have no type,
      a topic holds numbers when every cell of the first entries is at least eight characters wide, right-aligned, and a
      number or `.`. `types` overrules all of this.

      **Missing values.** `m:null="true"` and an empty element are `unspecified` in a typed data set, where CBS has folded
      "unknown" and "cannot occur" into one null, and `not_applicable` in an untyped one, where `.` is `unknown`. A property
      that an entry lacks is `unspecified`. The form is known by the feed's id or its entries' category.

      **Metadata.** `metadata` names files with the table's metadata. They give columns their title (with the groups of
      topics before it when another topic has the same), unit, decimals and type, the table its id and day of change, and
      say what an empty cell means: in an untyped data set what the topic's `Default` says (Impossible: `not_applicable`,
      Missing: `unknown`); in a typed one `unknown` where `Default` is Missing, else see `typed_null`.

      **Origin.** The table's id and the date of delivery come from the feed's `id` and `updated` where the pipeline file
      does not state them.

      **Safety.** Documents with a DOCTYPE are refused, nothing is fetched, no entities are expanded but XML's own five;
      elements may stand 64 deep, one text may hold 1 MiB. The feed is read as a stream: memory does not grow with it.
      """,
    example: """
      sources:
        kwb:
          adapter: cbs_dataset_atom
          files: [data/84799NED_page1.xml, data/84799NED_page2.xml]
          origin: {producer: CBS, licence: CC BY 4.0}
      """)

  private let options: Options
  private let rules: SampleRules
  private let description: CBSDescription

  /// An adapter with its options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    self.options = options
    rules = SampleRules(numbers: NumberParser(), markers: options.markers)
    description = try CBSDescription(options, context: context)
  }

  /// Looks for an Atom feed with properties in the data service namespace.
  public static func recognise(head: [UInt8], path: String) -> Recognition {
    let text = String(decoding: head.prefix(1 << 16), as: UTF8.self)
    guard let start = text.unicodeScalars.first(where: { $0 != "\u{FEFF}" && !$0.properties.isWhitespace }),
      start == "<"
    else { return Recognition(0, "not XML") }
    if text.contains("\(AtomNamespace.metadata)"), text.contains("\(AtomNamespace.atom)") {
      return text.contains("properties>")
        ? Recognition(95, "an Atom feed with m:properties") : Recognition(80, "an Atom feed of an OData service")
    }
    if text.contains("\"\(AtomNamespace.application)\"") {
      return Recognition(60, "an OData service document: the list of a table's feeds, without data")
    }
    return Recognition(0, "XML without the namespaces of an OData feed")
  }

  /// The properties of all pages, in order of first appearance; types by the rules above.
  public func schema(of input: Input, context: RunContext) throws(SourceError) -> Schema {
    var columns = ColumnFindings()
    var origin = input.origin
    var isUntyped = options.dataset == .untyped
    var isDataset = false
    for (i, part) in input.parts.enumerated() {
      var sample = try sample(part.path, limit: 1 << 16, context: context)
      // What the feed states of types shows in its first entries; what has to be found out takes more of them.
      if i == 0, !sample.columns.contains(where: { $0.statedType != nil }) {
        sample = try self.sample(part.path, limit: 1 << 18, context: context)
      }
      if origin.table.isEmpty { origin.table = sample.table }
      if origin.vintage.isEmpty { origin.vintage = String(sample.updated.prefix(10)) }
      if options.dataset == .auto, sample.isUntyped { isUntyped = true }
      if sample.isDataset { isDataset = true }
      for column in sample.columns { columns.add(column) }
    }
    guard !columns.list.isEmpty else {
      throw SourceError(
        file: input.parts.first?.path ?? "",
        "is an Atom feed without entries that have m:properties; there is nothing to read")
    }
    if !isUntyped {
      for i in columns.list.indices where columns.list[i].statedType == nil { columns.list[i].statedType = .string }
    }
    return try description.schema(
      columns.list, types: options.types, isUntyped: isUntyped, origin: origin, dimensionsAreKeys: isDataset,
      file: input.parts.first?.path ?? "", context: context)
  }

  private func sample(_ path: String, limit: Int, context: RunContext) throws(SourceError) -> AtomSample {
    var limit = limit
    while true {
      let head = try context.head(path, count: limit)
      guard !head.isEmpty else { throw SourceError(file: path, "is empty; expected an Atom feed") }
      let isWhole = head.count < limit
      let sample = try AtomSample(head, path: path, isWhole: isWhole, rules: rules)
      if !sample.isCut || !sample.root.isEmpty { try Self.checkRoot(sample.root, base: sample.base, path: path) }
      if !sample.isCut || sample.entries > 0 { return sample }
      guard limit < 1 << 24 else {
        throw SourceError(file: path, "has no entry in its first \(limit >> 20) MiB; expected an Atom feed")
      }
      limit *= 8  // the first entry may lie further on
    }
  }

  private static func checkRoot(_ root: String, base: String = "", path: String) throws(SourceError) {
    if root == "service", base.lowercased().contains("catalog") {
      throw SourceError(
        file: path, "is the OData service document of a catalogue, the list of its feeds; it holds no table's data")
    }
    if root == "service" {
      throw SourceError(
        file: path,
        "is an OData service document, the list of a table's feeds; fetch the feed TypedDataSet that it names")
    }
    guard root == "feed" || root == "entry" else {
      throw SourceError(file: path, "is XML with the root element \"\(root)\"; expected an Atom feed")
    }
  }

  /// Reads one page.
  ///
  /// Memory stays the same however long it is.
  public func read(
    _ part: InputPart, of input: Input, as schema: Schema, context: RunContext, into receive: (Batch) -> ReadControl
  ) throws(SourceError) {
    var form = options.dataset
    if form == .auto, options.markers[""] == nil {
      form = try sample(part.path, limit: 1 << 14, context: context).isUntyped ? .untyped : .typed
    }
    let cells = options.cells(form, description)
    let mapper = try description.mapper(for: schema, file: part.path)
    let file = try context.open(part.path)
    let projection = AtomProjection(on: mapper.needed.names) { (buffer) throws(SourceError) in
      try file.read(into: buffer)
    }
    let source = XMLInput(path: part.path) { (buffer) throws(SourceError) in try projection.read(into: buffer) }
    let reader = try AtomReader(
      schema: mapper.needed, cells: cells, input: source, projection: projection, onError: options.onError,
      context: context)
    try withExtendedLifetime(reader) { () throws(SourceError) in try reader.read { mapper.pass($0, to: receive) } }
    try Self.checkRoot(reader.root, path: part.path)
    if part == input.parts.last, !reader.nextLink.isEmpty {
      context.warn(
        "\(part.path): names a next page, \(reader.nextLink), but is the last of the files; the table is not complete")
    }
  }
}
