public import PipelineKit
public import Tabular

/// Reads a CBS data set from OData in JSON.
public struct CBSDatasetJSON: SourceAdapter {
  /// What the pipeline file says about it.
  public typealias Options = CBSODataOptions

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "cbs_dataset_json",
    summary: "Reads a CBS data set from OData v3 in JSON, one or more pages.",
    details: """
      Every object in the list `value` is a row and every member a cell; members may stand in any order. Pages are given as
      files, in order, and are one table. A last page that names a next one (`odata.nextLink`) is warned about: the table
      is then not complete. The answers of OData v4 (`@odata.context`) and documents with a table's metadata have the same
      form and are read too.

      **Types.** A member that is a JSON number is one: `float64` for topics (names that end in `_<number>`), `int64` for
      whole numbers otherwise. A member that is a text is text; in an `UntypedDataSet`, where all is text, a topic holds
      numbers when every cell of the first rows is at least eight characters wide, right-aligned, and a number or `.`. A
      topic without a single value holds numbers. The `Datatype` in the metadata, and above all `types`, overrule this.

      **Missing values.** `null` and an empty text are `unspecified` in a typed data set, where CBS has folded "unknown" and
      "cannot occur" into one null, and `not_applicable` in an untyped one, where `.` is `unknown`. A member that a row
      lacks is `unspecified`. The form is known by `odata.metadata`, else by the content. Observations of OData v4 without a
      value are missing for what their `ValueAttribute` says, as with `cbs_odata4`.

      **Metadata.** `metadata` names files with the table's metadata. They give columns their title (with the groups of
      topics before it when another topic has the same), unit, decimals and type, the table its id and day of change, and
      say what an empty cell means: in an untyped data set what the topic's `Default` says (Impossible: `not_applicable`,
      Missing: `unknown`); in a typed one `unknown` where `Default` is Missing, else see `typed_null`.

      **Errors.** What is not well-formed, a member that occurs twice in a row, and a cell that is neither a number nor a
      marker where a number is expected end the reading with file, line and member. With `on_error: reject` such a cell is
      missing for the reason `rejected`, its row is kept, and the file `quarantine.parquet` beside the outputs gets its
      file, line, member, text and what is wrong; more than 1,000 of them in a file are an error all the same.

      **Origin.** The table's id comes from `odata.metadata` where the pipeline file does not state it.

      **Safety.** Lists and objects may stand 64 deep, one text may hold 1 MiB. The document is read as a stream: memory does
      not grow with it.
      """,
    example: """
      sources:
        kwb:
          adapter: cbs_dataset_json
          files: [data/84799NED_0.json, data/84799NED_10000.json]
          metadata: data/84799NED_DataProperties.json
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

  /// Looks for an object with OData's marks.
  public static func recognise(head: [UInt8], path: String) -> Recognition {
    var bytes = head[...]
    if bytes.starts(with: byteOrderMark) { bytes = bytes.dropFirst(3) }
    guard bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else { return Recognition(0, "not a JSON object") }
    let text = String(decoding: bytes.prefix(1 << 14), as: UTF8.self)
    if text.contains("\"odata.metadata\"") { return Recognition(95, "a JSON document of OData v3") }
    if text.contains("\"@odata.context\"") { return Recognition(95, "a JSON document of OData v4") }
    if text.contains("\"Identifier\""), text.contains("\"Title\"") {
      return Recognition(50, "the description of a CBS data set in JSON")
    }
    return Recognition(10, "a JSON object without the marks of OData")
  }

  /// The members of all pages' rows, in order of first appearance; types by the rules above.
  public func schema(of input: Input, context: RunContext) throws(SourceError) -> Schema {
    var columns = ColumnFindings()
    var origin = input.origin
    var isUntyped = options.dataset == .untyped
    var isDataset = false
    for (i, part) in input.parts.enumerated() {
      let sample = try sample(part.path, limit: i == 0 ? 1 << 18 : 1 << 16, context: context)
      if origin.table.isEmpty { origin.table = sample.table }
      if options.dataset == .auto, sample.isUntyped { isUntyped = true }
      if sample.isDataset { isDataset = true }
      for column in sample.columns { columns.add(column) }
    }
    let file = input.parts.first?.path ?? ""
    guard !columns.list.isEmpty else {
      throw SourceError(file: file, "is an OData document whose list \"value\" is empty; there is nothing to read")
    }
    if !isUntyped {
      for i in columns.list.indices where columns.list[i].hasText { columns.list[i].statedType = .string }
    }
    return try description.schema(
      columns.list, types: options.types, isUntyped: isUntyped, origin: origin, dimensionsAreKeys: isDataset,
      file: file,
      context: context)
  }

  private func sample(_ path: String, limit: Int, context: RunContext) throws(SourceError) -> JSONSample {
    var limit = limit
    while true {
      let head = try context.textHead(path, count: limit)
      guard !head.isEmpty else { throw SourceError(file: path, "is empty; expected an OData document in JSON") }
      let isWhole = head.count < limit
      let sample = try JSONSample(head, path: path, isWhole: isWhole, rules: rules)
      if sample.rows > 0 || isWhole || limit >= 1 << 24 {
        try Self.check(sample, path)
        return sample
      }
      limit *= 8  // the first row may lie further on
    }
  }

  /// Says what a document is that holds no rows.
  private static func check(_ sample: JSONSample, _ path: String) throws(SourceError) {
    if sample.isService {
      throw SourceError(
        file: path,
        "is an OData service document, the list of a table's entity sets; fetch the TypedDataSet that it names")
    }
    if sample.hasValue { return }
    let members = sample.members
    if let id = members.first(where: { $0.name == "Identifier" })?.text, members.contains(where: { $0.name == "Title" })
    {
      throw SourceError(
        file: path,
        "is the description of the data set \(id), not its data; fetch https://datasets.cbs.nl/csv/CBS/nl/\(id) and "
          + "read it with cbs_odata4")
    }
    if let message = members.first(where: { $0.name == "odata.error" || $0.name == "error" }) {
      throw SourceError(file: path, "is an error message of the server (\"\(message.name)\"), not data; fetch it again")
    }
    let names = members.map(\.name).filter { !$0.isEmpty }.prefix(3).joined(separator: ", ")
    throw SourceError(
      file: path,
      "is JSON without a list \"value\" (its members: \(names)\(members.count > 3 ? ", ..." : "")); "
        + "expected an OData document")
  }

  /// Reads one page.
  ///
  /// Memory stays the same however long it is.
  public func read(
    _ part: InputPart, of input: Input, as schema: Schema, context: RunContext, into receive: (Batch) -> ReadControl
  ) throws(SourceError) {
    var form = options.dataset
    var start: JSONSample?
    if form == .auto, options.markers[""] == nil {
      start = try sample(part.path, limit: 1 << 14, context: context)
      form = start?.isUntyped ?? false ? .untyped : .typed
    }
    let cells = options.cells(form, description)
    let mapper = try description.mapper(for: schema, file: part.path)
    let file = try context.openText(part.path)
    let observations: JSONObservations?
    do throws(TabularError) {
      observations = try start.flatMap { sample throws(TabularError) in
        try JSONObservations(reading: mapper.needed, of: sample)
      }
    } catch { throw SourceError(file: part.path, error.description) }
    let needed = observations?.needed ?? mapper.needed
    let reader = try JSONReader(
      path: part.path, file: file, schema: needed, cells: cells, onError: options.onError, context: context)
    try reader.read { batch in
      guard let observations else { return mapper.pass(batch, to: receive) }
      do throws(TabularError) {
        return mapper.pass(Batch(try observations.explained(batch.table)), to: receive)
      } catch { preconditionFailure("observations: \(error)") }
    }
    observations?.warn(file: part.path, context)
    if part == input.parts.last, !reader.nextLink.isEmpty {
      context.warn(
        "\(part.path): names a next page, \(reader.nextLink), but is the last of the files; the table is not complete"
      )
    }
  }
}
