import Parquet
import PipelineKit
import Sinks
import Tabular
import Testing

@Suite struct ParquetSinkTests {
  @Test(arguments: ["zstd", "snappy", "none"]) func whatIsWrittenReadsBackWithReasons(codec: String) throws {
    let table = try sample()
    let bytes = try written(sink(ParquetSink.self, "{compression: \(codec)}"), [NamedTable("t", table)])
    let reader = try ParquetReader(bytes: bytes)
    #expect(reader.schema == table.schema)
    #expect(try reader.read() == table)
  }

  @Test func theBytesDoNotDependOnThreads() throws {
    let tables = [NamedTable("t", try sample())]
    let one = try written(sink(ParquetSink.self), tables, context: RunContext(threads: 1))
    #expect(try written(sink(ParquetSink.self), tables, context: RunContext(threads: 4)) == one)
  }
}
