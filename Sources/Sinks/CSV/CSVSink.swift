public import PipelineKit
public import Tabular

/// Writes a table as CSV after RFC 4180, in UTF-8.
public struct CSVSink: StreamingSink {
  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var status = StatusColumns.all

    /// With status columns.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [.init("status", \.status, "Whether missing reasons are written as `<name>_status` columns.")]
    }
  }

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "csv", summary: "Write a table as CSV: comma, UTF-8, a header, text in quotes.",
    details: """
      RFC 4180 with LF line ends. Text always stands in quotes, so that an empty text (`""`) differs from a missing cell
      (nothing). Numbers are the shortest decimals that read back as the same double, with a point; truth values are `true`
      and `false`; days are `YYYY-MM-DD`.
      """,
    example: "- {sink: csv, from: scores, path: mdi.csv}")

  private let options: Options

  /// A sink with its options.
  public init(options: Options, context: RunContext) throws(SpecError) { self.options = options }

  /// One table; its columns and their status columns have different names.
  public func check(_ inputs: [NamedSchema]) throws(SpecError) {
    guard inputs.count == 1 else {
      throw SpecError(SourcePosition(file: "csv"), "writes one table a file; \"from\" names \(inputs.count)")
    }
    _ = try options.status.schema(inputs[0].schema, at: SourcePosition(file: "csv sink, \(inputs[0].name)"))
  }

  /// Starts a file of `schema`.
  public func open(_ schema: Schema, to output: OutputFile, context: RunContext) throws(SinkError) -> any SinkStream {
    let written: Schema
    do throws(SpecError) { written = try options.status.schema(schema, at: SourcePosition(file: output.path)) } catch {
      throw SinkError(path: output.path, error.message)
    }
    return try Stream(written.names.map { Self.quoted($0) }.joined(separator: ",") + "\n", options.status, output)
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  private final class Stream: SinkStream {
    private let status: StatusColumns
    private let output: OutputFile

    init(_ header: String, _ status: StatusColumns, _ output: OutputFile) throws(SinkError) {
      self.status = status
      self.output = output
      try output.write(header)
    }

    func append(_ table: Table) throws(SinkError) {
      let whole: Table
      do throws(TabularError) { whole = try status.apply(table) } catch {
        throw SinkError(path: output.path, error.description)
      }
      try write(whole)
    }

    private func write(_ table: Table) throws(SinkError) {
      if table.rowCount == 0 { return }
      let cells = table.columns.map { CellWriter($0) }
      var buffer: [UInt8] = []
      buffer.reserveCapacity(1 << 17)
      for row in 0..<table.rowCount {
        for (i, cell) in cells.enumerated() {
          if i > 0 { buffer.append(UInt8(ascii: ",")) }
          cell.write(row, to: &buffer)
        }
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count > 1 << 16 {
          try output.write(buffer)
          buffer.removeAll(keepingCapacity: true)
        }
      }
      try output.write(buffer)
    }

    func finish() throws(SinkError) {}
  }
}

/// Writes cells of one column as CSV text.
private struct CellWriter {
  private let column: Column
  private let missing: MissingMask?

  init(_ column: Column) {
    self.column = column
    missing = column.missing
  }

  func write(_ row: Int, to buffer: inout [UInt8]) {
    if let missing, !missing.isPresent(row) { return }
    switch column {
    case .float64(let c): buffer += JSON.text(of: c.values[row]).utf8
    case .int64(let c): buffer += String(c.values[row]).utf8
    case .bool(let c): buffer += (c.values[row] == 0 ? "false" : "true").utf8
    case .date(let c): buffer += CalendarDay.text(of: c.values[row]).utf8
    case .string(let c):
      let quote = UInt8(ascii: "\"")
      let (code, dictionary) = (Int(c.codes[row]), c.dictionary)
      let text = dictionary.bytes[Int(dictionary.offsets[code])..<Int(dictionary.offsets[code + 1])]
      buffer.append(quote)
      if text.contains(quote) {
        for byte in text { buffer += byte == quote ? [quote, quote] : [byte] }
      } else {
        buffer += text
      }
      buffer.append(quote)
    }
  }
}
