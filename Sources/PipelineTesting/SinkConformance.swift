public import PipelineKit
import Tabular

/// The contract of sinks, checked on given tables. One call in a sink's test:
///
/// ```swift
/// #expect(SinkConformance(CSVSink.self, options: "{}", inputs: [NamedTable("scores", table)]).violations() == [])
/// ```
///
/// What is checked: the schemas are accepted; the same tables give the same bytes, also with several threads and, from a
/// streaming sink, when rows come in pieces; tables without rows can be written.
public struct SinkConformance<Writer: Sink>: Sendable {
  private let options: String
  private let inputs: [NamedTable]

  /// A trial of `sink` with options as YAML on `inputs`.
  public init(_ sink: Writer.Type, options: String = "{}", inputs: [NamedTable]) {
    self.options = options
    self.inputs = inputs
  }

  /// The bytes that the sink writes.
  /// - Throws: what the sink throws.
  public func bytes(threads: Int = 1) throws -> [UInt8] {
    try written { sink, file in
      try sink.write(inputs, to: file, context: RunContext(stage: "conformance", threads: threads))
    }
  }

  /// What the sink does against its contract, a sentence each; empty when all is well.
  public func violations() -> [String] {
    do {
      let bytes = try bytes()
      var found: [String] = []
      if try self.bytes() != bytes { found.append("the same tables give other bytes the second time") }
      if try self.bytes(threads: 4) != bytes { found.append("four threads give other bytes than one") }
      if let table = inputs.first?.table, inputs.count == 1, Writer.self is any StreamingSink.Type {
        let pieces = try written { sink, file in
          guard let sink = sink as? any StreamingSink else { return }
          let stream = try sink.open(table.schema, to: file, context: RunContext(stage: "conformance"))
          let half = Int32(table.rowCount / 2)
          try stream.append(table.gathering(Array(0..<half)))
          try stream.append(table.gathering(Array(half..<Int32(table.rowCount))))
          try stream.finish()
        }
        if pieces != bytes { found.append("rows that come in two pieces give other bytes") }
      }
      let empty = inputs.map { NamedTable($0.name, Table(empty: $0.table.schema)) }
      _ = try SinkConformance(Writer.self, options: options, inputs: empty).bytes()
      return found
    } catch { return ["\(error)"] }
  }

  private func written(_ body: (Writer, OutputFile) throws -> Void) throws -> [UInt8] {
    let node = try SpecParser.nodes(options, file: "options")
    let sink = try Writer(options: Writer.Options(option: node), context: RunContext(stage: "conformance"))
    try sink.check(inputs.map { NamedSchema($0.name, $0.table.schema) })
    return try Files.with([]) { path in
      Result {
        let file = try OutputFile(path: path)
        try body(sink, file)
        try file.finishAndName()
        return Files.bytes(path) ?? []
      }
    }.get()
  }
}
