@testable import PipelineKit
import Tabular

/// Reads files of lines `key,value`; the first line is the header.
struct PairSource: SourceAdapter {
  static let info = PluginInfo(name: "pairs", summary: "Key and value.")
  init(options: NoOptions, context: RunContext) {}

  static func recognise(head: [UInt8], path: String) -> Recognition {
    head.starts(with: Array("key,".utf8)) ? Recognition(80, "starts with \"key,\"") : Recognition(0, "no \"key,\"")
  }

  func schema(of input: Input, context: RunContext) throws(SourceError) -> Schema {
    let head = String(decoding: try context.head(input.parts[0].path), as: UTF8.self)
    let names = head.split(separator: "\n").first?.split(separator: ",").map(String.init) ?? []
    guard names.count == 2, let schema = try? Schema([Field(names[0], .string, role: .key), Field(names[1], .float64)])
    else { throw SourceError(file: input.parts[0].path, line: 1, "needs a header of two names") }
    return schema
  }

  func read(
    _ part: InputPart, of input: Input, as schema: Schema, context: RunContext, into receive: (Batch) -> ReadControl
  ) throws(SourceError) {
    let text = String(decoding: try context.open(part.path).readAll(), as: UTF8.self)
    for (i, line) in text.split(separator: "\n").dropFirst().enumerated() {
      let cells = line.split(separator: ",").map(String.init)
      guard cells.count == 2, let value = Double(cells[1]) else {
        throw SourceError(file: part.path, line: i + 2, column: "value", "cannot read \"\(line)\" as a number")
      }
      context.count(read: 1)
      let columns: [Column] = schema.fields.map { field in
        field.type == .string ? .string(StringColumn([cells[0]])) : .float64(Float64Column([value]))
      }
      guard let table = try? Table(schema: schema, columns: columns) else { return }
      if receive(Batch(table)) == .stop { return }
    }
  }
}

/// Multiplies the column `value`; row-level.
struct ScaleTransform: Transform {
  struct Options: PluginOptions {
    var factor = 1.0
    static var declaration: [OptionField<Self>] { [.init("factor", \.factor, "The factor.")] }
  }
  static let info = PluginInfo(name: "scale", summary: "Multiply.")
  let factor: Double
  let isRowLevel = true

  init(options: Options, context: RunContext) { factor = options.factor }

  func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema { inputs[0] }

  func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    if factor < 0 { throw TransformError("a negative factor") }
    let table = inputs[0]
    let columns = table.columns.map { column in
      guard case .float64(let c) = column else { return column }
      return Column.float64(Float64Column(c.values.map { $0 * factor }))
    }
    guard let result = try? Table(schema: table.schema, columns: columns) else { throw TransformError("shape") }
    return result
  }
}

/// Appends the rows of its second input to those of its first.
struct AppendTransform: Transform {
  static let info = PluginInfo(name: "append", summary: "Append.")
  static let inputCount = 2...2
  init(options: NoOptions, context: RunContext) {}
  func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema { inputs[0] }
  func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    do { return try Table.concatenating(inputs) } catch { throw TransformError("\(error)") }
  }
}

/// Writes `name value` lines, one a row.
struct LinesSink: Sink {
  static let info = PluginInfo(name: "lines", summary: "Lines.")
  init(options: NoOptions, context: RunContext) {}
  func write(_ inputs: [NamedTable], to output: OutputFile, context: RunContext) throws(SinkError) {
    for input in inputs {
      for row in 0..<input.table.rowCount {
        try output.write(input.table.columns.map { $0.text(at: row) ?? "-" }.joined(separator: " ") + "\n")
      }
    }
  }
}

/// As `LinesSink`, under the name of the sink that the quarantine file needs.
struct QuarantineSink: Sink {
  static let info = PluginInfo(name: "parquet", summary: "Lines.")
  let lines: LinesSink
  init(options: NoOptions, context: RunContext) { lines = LinesSink(options: options, context: context) }
  func write(_ inputs: [NamedTable], to output: OutputFile, context: RunContext) throws(SinkError) {
    try lines.write(inputs, to: output, context: context)
  }
}

/// As `LinesSink`, piece by piece.
struct StreamSink: StreamingSink {
  static let info = PluginInfo(name: "stream", summary: "Lines, streaming.")
  init(options: NoOptions, context: RunContext) {}
  func open(_ schema: Schema, to output: OutputFile, context: RunContext) throws(SinkError) -> any SinkStream {
    Stream(output)
  }
  final class Stream: SinkStream {
    let output: OutputFile
    var pieces = 0
    init(_ output: OutputFile) { self.output = output }
    func append(_ table: Table) throws(SinkError) {
      pieces += 1
      for row in 0..<table.rowCount {
        try output.write(table.columns.map { $0.text(at: row) ?? "-" }.joined(separator: " ") + "\n")
      }
    }
    func finish() throws(SinkError) { try output.write("\(pieces) pieces\n") }
  }
}

extension PluginCatalog {
  static let test = PluginCatalog(
    sources: [PairSource.self], transforms: [ScaleTransform.self, AppendTransform.self],
    sinks: [LinesSink.self, QuarantineSink.self, StreamSink.self])
}
