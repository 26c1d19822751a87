internal import Parquet
public import PipelineKit
public import Tabular

/// Reads flat Apache Parquet files, a row group at a time.
public struct ParquetSource: SourceAdapter {
  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "parquet", summary: "Read flat Apache Parquet files, written by Peil or by another program.",
    details: """
      Integers become int64, other numbers float64, dates days. A null is missing for `unspecified`, unless a column
      `<name>_status` (as Peil writes it) states the reason. Units, roles, labels and origins come back from files that Peil
      wrote. Page checksums are verified. Nested columns are refused.
      """,
    example: "scores: {adapter: parquet, files: out/balance/mdi.parquet}")

  /// An adapter; it has no options.
  public init(options: NoOptions, context: RunContext) throws(SpecError) {}

  /// Parquet files begin with `PAR1`.
  public static func recognise(head: [UInt8], path: String) -> Recognition {
    head.starts(with: Array("PAR1".utf8))
      ? Recognition(100, "starts with PAR1") : Recognition(0, "does not start with PAR1")
  }

  /// The schema of the first file; the others must have its columns.
  public func schema(of input: Input, context: RunContext) throws(SourceError) -> Schema {
    var first: Schema?
    for part in input.parts {
      let schema = try reader(part, context).schema
      guard let expected = first else {
        first = schema
        continue
      }
      guard schema.names == expected.names, schema.fields.map(\.type) == expected.fields.map(\.type) else {
        throw SourceError(
          file: part.path, "has other columns than \(input.parts[0].path); read them as two sources and use union")
      }
    }
    return first ?? Schema()
  }

  /// Hands on each row group in pieces.
  public func read(
    _ part: InputPart, of input: Input, as schema: Schema, context: RunContext, into receive: (Batch) -> ReadControl
  ) throws(SourceError) {
    let bytes = try context.open(part.path).readAll()
    let reader = try Self.reading(part) { () throws(ParquetError) in
      try ParquetReader(
        bytes: bytes,
        options: ParquetReaderOptions(
          threads: context.threads, parallel: { context.parallel($0, $1) }))
    }
    for group in 0..<reader.rowGroupCount {
      let table = try Self.reading(part) { () throws(ParquetError) in
        try reader.readRowGroup(group, columns: schema.names)
      }
      context.count(read: table.rowCount)
      if receive(Batch(table)) == .stop { return }
    }
  }

  private func reader(_ part: InputPart, _ context: RunContext) throws(SourceError) -> ParquetReader {
    _ = try context.head(part.path, count: 4)
    return try Self.reading(part) { () throws(ParquetError) in try ParquetReader(path: part.path) }
  }

  private static func reading<T>(_ part: InputPart, _ body: () throws(ParquetError) -> T) throws(SourceError) -> T {
    do throws(ParquetError) { return try body() } catch { throw SourceError(file: part.path, "\(error)") }
  }
}
