public import PipelineKit
public import Tabular

/// Reads what programs write that speak the Singer protocol: from a child process, or from a file of their messages.
public struct Singer: SourceAdapter {
  /// What the pipeline file says about it.
  public struct Options: PluginOptions {
    /// The program and its arguments.
    public var command: [Located] = []
    /// The stream to read.
    public var stream = ""
    /// Where the tap's state is kept.
    public var state: SpecPath?
    /// Seconds that the program may take.
    public var timeLimit = 3600
    /// Texts that stand for a missing value.
    public var markers = OrderedMap<MarkerReason>()
    /// Types by column.
    public var types = OrderedMap<SourceColumnType>()

    /// A file of messages.
    public init() {}

    /// The options, as documentation lists them.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "command", \.command,
          "The tap: a program and its arguments, as a list; no shell reads them. It gets --config with the source's file, and "
            + "--state when there is a state. What starts with ./ or ../ is seen from the pipeline file. Without a command the "
            + "source's file holds messages."),
        .init("stream", \.stream, "The stream to read; without it the first one that the tap describes."),
        .init(
          "state", \.state,
          "The file that keeps the tap's last state: given to the tap when it is there, replaced when all outputs of the run "
            + "are written."),
        .init("time_limit", \.timeLimit, "How many seconds the tap may take."),
        .init(
          "markers", \.markers,
          "Texts that stand for a missing value and the reason of each; \"\" is an empty text or null."),
        .init("types", \.types, "The type of a column, where the tap's schema says another."),
      ]
    }
  }

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "singer",
    summary:
      "Reads any program that speaks the Singer protocol (a tap), as a child process, or a file of its messages.",
    details: """
      The columns are the properties of the stream's SCHEMA message: `number` is `float64`, `integer` is `int64`, everything
      else text. The properties of the key are text with role key, whatever their type: codes never become numbers.
      Properties that hold objects or lists, those that the schema does not name, and other streams are left out with a
      warning. ACTIVATE_VERSION is skipped; other messages are refused.

      **The tap** starts twice: until it has described its stream, when the pipeline is checked, and for its records. It has
      no standard input. A tap that fails, or takes longer than `time_limit`, is an error with its exit code and the last
      lines of its standard error; nothing is written then.

      **State.** The value of the last STATE message goes to the file `state` after all outputs of the run have their names,
      and only if the whole run went well. The tap decides what it leaves out the next time. Peil does not look at the
      tap's own sources: `peil run --force` runs a pipeline again whose files are as they were.

      **Missing values.** A null, an empty text and a property that a record lacks are `unspecified`, unless `markers` has
      an entry for "".

      **Safety.** One message may hold 16 MiB, one text 1 MiB, objects may stand 64 deep; memory does not grow with the
      number of records.
      """,
    example: """
      sources:
        permits:
          adapter: singer
          command: [python3, ./tap_permits.py]
          files: permits_config.json
          stream: permits
          state: permits_state.json
      """)

  private let options: Options
  private let arguments: [String]
  private let cells: CellDialect

  /// An adapter with its options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    self.options = options
    guard (1...10_000_000).contains(options.timeLimit) else {
      throw SpecError(SourcePosition(file: ""), "time_limit is \(options.timeLimit); expected seconds, at least 1")
    }
    arguments = options.command.map { argument in
      let isPath = argument.text.hasPrefix("./") || argument.text.hasPrefix("../")
      return isPath ? SpecPath.resolve(argument.text, beside: argument.position.file) : argument.text
    }
    cells = CellDialect(
      markers: options.markers.entries.map { .init($0.key, $0.value.reason) },
      emptyReason: options.markers[""]?.reason ?? .unspecified, trimsText: false)
  }

  /// A message of the protocol in the first line.
  public static func recognise(head: [UInt8], path: String) -> Recognition {
    var line = head.prefix { $0 != 0x0A }
    if line.starts(with: byteOrderMark) { line = line.dropFirst(3) }
    let type = Array(line).withUnsafeBufferPointer { bytes -> String? in
      let json = JSONStream(path: path)
      return (try? SingerMessage(bytes, json, line: 1))?.kind.rawValue
    }
    return type.map { Recognition(95, "a \($0) message of the Singer protocol") }
      ?? Recognition(0, "no message of the Singer protocol")
  }

  /// The properties of the stream.
  public func schema(of input: Input, context: RunContext) throws(SourceError) -> Schema {
    guard let part = input.parts.first else { return Schema() }
    if options.state != nil, input.parts.count > 1 {
      throw SourceError(
        file: part.path,
        "is one of \(input.parts.count) files of a source with one state; give each file a source of its own")
    }
    let (lines, tap) = try open(part.path, context)
    defer { tap?.end() }
    let stream = try SingerReader(path: tap?.name ?? part.path, lines: lines, wanted: options.stream).stream()
    for key in options.types.keys where !stream.properties.contains(where: { $0.name == key }) {
      throw SourceError(
        file: part.path, column: key,
        "the option types names this column, but the stream \"\(stream.name)\" has none of that name"
          + didYouMean(key, among: stream.properties.map(\.name)))
    }
    let nested = stream.properties.filter { $0.kind == .nested }.map(\.name)
    if !nested.isEmpty {
      context.warn(
        "\(part.path): properties that hold objects or lists are left out: " + nested.joined(separator: ", "))
    }
    let fields = stream.fields(types: options.types, origin: input.origin)
    guard !fields.isEmpty else {
      throw SourceError(file: part.path, "the schema of the stream \"\(stream.name)\" has no properties to read")
    }
    do { return try Schema(fields) } catch { throw SourceError(file: part.path, error.description) }
  }

  /// Reads the records of the stream.
  public func read(
    _ part: InputPart, of input: Input, as schema: Schema, context: RunContext, into receive: (Batch) -> ReadControl
  ) throws(SourceError) {
    let (lines, tap) = try open(part.path, context)
    defer { tap?.end() }
    let path = tap?.name ?? part.path
    let reader = SingerReader(path: path, lines: lines, wanted: options.stream)
    let rows = try SingerRows(schema: schema, cells: cells, path: path)
    guard try reader.read(rows, context: context, into: receive) else { return }
    if let state = options.state, let text = reader.state { context.keep(text + "\n", at: state.path) }
  }

  /// The messages of a file, or of the tap with the file as its configuration.
  private func open(_ path: String, _ context: RunContext) throws(SourceError) -> (MessageLines, TapProcess?) {
    let file = try context.open(path)
    guard !arguments.isEmpty else {
      return (MessageLines(path: path) { (buffer) throws(SourceError) in try file.read(into: buffer) }, nil)
    }
    _ = try file.readAll()  // it is the tap's to read, and the manifest's to know
    var command = arguments + ["--config", path]
    if let state = options.state, context.exists(state.path) { command += ["--state", state.path] }
    let tap = try TapProcess(command, timeLimit: options.timeLimit)
    return (MessageLines(path: tap.name) { (buffer) throws(SourceError) in try tap.read(into: buffer) }, tap)
  }
}
