import Parquet
public import PipelineKit
public import Tabular

/// Writes a table as Apache Parquet.
public struct ParquetSink: StreamingSink {
  /// The codec of the pages.
  public enum Codec: String, OptionChoice {
    /// Zstandard.
    case zstd
    /// Snappy.
    case snappy
    /// None.
    case none
  }

  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var compression = Codec.zstd
    var level = 3
    var rowGroup: Int?
    var status = StatusColumns.all
    var sortedBy: [Located] = []

    /// zstd, with status columns.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("compression", \.compression, "The codec of the pages."),
        .init("level", \.level, "The level of zstd, 1 (fast) to 19 (small)."),
        .init(
          "row_group", \.rowGroup,
          "Rows in a row group; without it about two million cells: 2^20 rows, fewer in tables of several columns, at least 2^14."
        ),
        .init("status", \.status, "Whether missing reasons are written as `<name>_status` columns."),
        .init("sorted_by", \.sortedBy, "Columns by which the table is sorted, as a note to readers."),
      ]
    }
  }

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "parquet", summary: "Write a table as Apache Parquet, with units, origins and missing reasons.",
    details: """
      One table a file. Missing cells are nulls; the reason stands in `<name>_status`. Keys are REQUIRED. Units, roles,
      labels and origins of every column are JSON under the footer key `peil.schema`. The bytes depend on the table and the
      options alone: no clock, host or number of threads. A column that compression shrinks by less than an eighth (with
      `level` 1 or 2, or snappy: a quarter) is stored as it is in the seven row groups that follow, so that no reader
      unpacks it in vain.
      """,
    example: "- {sink: parquet, from: scores, path: mdi.parquet}")

  private let options: Options

  /// A sink with its options.
  public init(options: Options, context: RunContext) throws(SpecError) { self.options = options }

  /// One table; its columns and their status columns have different names.
  public func check(_ inputs: [NamedSchema]) throws(SpecError) {
    guard inputs.count == 1 else {
      throw SpecError(SourcePosition(file: "parquet"), "writes one table a file; \"from\" names \(inputs.count)")
    }
    _ = try options.status.schema(inputs[0].schema, at: SourcePosition(file: "parquet sink, \(inputs[0].name)"))
    for column in options.sortedBy where inputs[0].schema.index(of: column.text) == nil {
      throw SpecError(
        column.position, "no column \"\(column)\"" + didYouMean(column.text, among: inputs[0].schema.names))
    }
  }

  /// Starts a file of `schema`.
  public func open(_ schema: Schema, to output: OutputFile, context: RunContext) throws(SinkError) -> any SinkStream {
    let written: Schema
    do throws(SpecError) { written = try options.status.schema(schema, at: SourcePosition(file: output.path)) } catch {
      throw SinkError(path: output.path, error.message)
    }
    var writing = ParquetWriterOptions()
    writing.codec = ParquetCodec(rawValue: options.compression.rawValue) ?? .zstd
    writing.zstdLevel = options.level
    writing.createdBy = "peil version \(peilVersion) (build 0)"
    writing.rowGroupRows = options.rowGroup ?? Self.rowGroup(columns: schema.count)
    writing.sortingColumns = options.sortedBy.map(\.text)
    writing.threads = context.threads
    writing.parallel = { context.parallel($0, $1) }
    return try Stream(written, writing, options.status, output)
  }

  /// Rows in a row group: about two million cells, so that memory stays bounded in wide tables.
  static func rowGroup(columns: Int) -> Int {
    var rows = 1 << 20
    while rows > 1 << 14, rows * columns > 2 << 20 { rows /= 2 }
    return rows
  }

  private final class Stream: SinkStream {
    private var writer: ParquetWriter
    private let status: StatusColumns
    private let path: String

    init(_ schema: Schema, _ options: ParquetWriterOptions, _ status: StatusColumns, _ output: OutputFile)
      throws(SinkError)
    {
      self.status = status
      path = output.path
      do {
        writer = try ParquetWriter(schema: schema, options: options) { bytes in try output.write(bytes) }
      } catch { throw Self.sinkError(error, output.path) }
    }

    func append(_ table: Table) throws(SinkError) {
      do { try writer.append(try status.apply(table)) } catch { throw Self.sinkError(error, path) }
    }

    func finish() throws(SinkError) {
      do { try writer.finish() } catch { throw Self.sinkError(error, path) }
    }

    private static func sinkError(_ error: any Error, _ path: String) -> SinkError {
      error as? SinkError ?? SinkError(path: path, "\(error)")
    }
  }
}
