import Tabular
import Testing

@testable import Parquet

struct RoundTripTests {
  @Test(arguments: ParquetCodec.allCases, [1, 2, 7, 63, 64, 65, 500])
  func everyTypeAndReason(_ codec: ParquetCodec, _ rows: Int) throws {
    let table = try mixedTable(rows: rows)
    let back = try roundTrip(table, ParquetWriterOptions(codec: codec))
    #expect(back.schema == table.schema)
    #expect(back == table)
  }

  @Test func noRows() throws {
    let table = Table(empty: try mixedTable(rows: 1).schema)
    let bytes = try ParquetWriter.encode(table)
    let reader = try ParquetReader(bytes: bytes)
    #expect(reader.rowGroupCount == 0)
    #expect(try reader.read() == table)
  }

  @Test(arguments: ColumnType.allCases) func allMissing(_ type: ColumnType) throws {
    let table = try single(.allMissing(type, reason: .suppressed, count: 130))
    let back = try roundTrip(table, ParquetWriterOptions(pageRows: 50))
    #expect(back == table)
  }

  @Test(arguments: [1, 8, 63, 64, 65, 1000]) func constantColumns(_ rows: Int) throws {
    for column: Column in [
      .float64(Float64Column([Double](repeating: 1.5, count: rows))),
      .int64(Int64Column([Int64](repeating: -7, count: rows))),
      .date(DateColumn([Int32](repeating: 18_000, count: rows))),
      .bool(BoolColumn([UInt8](repeating: 1, count: rows))),
      .string(StringColumn([String?](repeating: "NL00", count: rows))),
      .string(StringColumn([String?](repeating: "", count: rows))),
    ] {
      let table = try single(column)
      #expect(try roundTrip(table) == table)
    }
  }

  @Test(arguments: [1, 3, 64, 100, 333, 1000], [50, 128, 1 << 20])
  func pagesAndRowGroups(_ pageRows: Int, _ groupRows: Int) throws {
    let table = try mixedTable(rows: 333, seed: 9)
    let back = try roundTrip(table, ParquetWriterOptions(rowGroupRows: groupRows, pageRows: pageRows))
    #expect(back == table)
  }

  /// Widths from 1 to 10 bits of dictionary places, and numbers for which no dictionary pays.
  @Test(arguments: [2, 17, 1_000, 30_000]) func distinctNumbers(_ distinct: Int) throws {
    var random = Sequence64(UInt64(distinct))
    let rows = 33_000
    let values = (0..<rows).map { _ in random.below(distinct) }
    let table = try Table(
      schema: Schema([Field("d", .float64), Field("i", .int64), Field("t", .date), Field("s", .string)]),
      columns: [
        .float64(Float64Column(values.map { Double($0) / 8 })), .int64(Int64Column(values.map { Int64($0) << 33 })),
        .date(DateColumn(values.map { Int32($0) })), .string(StringColumn(values.map { "code \($0)" })),
      ])
    #expect(try roundTrip(table, ParquetWriterOptions(threads: 2)) == table)
  }

  @Test func dictionariesOnlyWhereTheyPay() throws {
    let rows = 40_000
    let table = try Table(
      schema: Schema([Field("unique", .float64), Field("few", .float64), Field("names", .string)]),
      columns: [
        .float64(Float64Column((0..<rows).map { Double($0).squareRoot() })),
        .float64(Float64Column((0..<rows).map { Double($0 % 10) })),
        .string(StringColumn((0..<rows).map { "naam \($0)" })),
      ])
    let reader = try ParquetReader(bytes: ParquetWriter.encode(table))
    let chunks = reader.metadata.rowGroups[0].columns
    #expect(chunks.map { $0.dictionaryPageOffset != nil } == [false, true, false])
    #expect(chunks[0].uncompressedSize < 8 * rows + 200)
    #expect(chunks[1].uncompressedSize < rows / 2 + 300)
    #expect(try reader.read() == table)
  }

  /// Numbers drawn at random do not shrink, and names that repeat do; what loses more than an eighth and less than a quarter
  /// is stored only where speed was asked for.
  @Test func columnsThatDoNotShrinkAreStoredAsTheyAre() throws {
    var random = Sequence64(9)
    let (groups, rows) = (11, 2_000)
    let noise = (0..<(groups * rows)).map { _ in Int64(bitPattern: random.next()) }
    let table = try Table(
      schema: Schema([Field("noise", .int64), Field("few", .string), Field("half", .int64)]),
      columns: [
        .int64(Int64Column(noise)),
        .string(StringColumn((0..<(groups * rows)).map { "naam \($0 / 40)" })),
        // 44 bits at random below 20 that are 0: a fifth less by the frequency of bytes.
        .int64(Int64Column(noise.map { Int64(UInt64(bitPattern: $0) >> 20) })),
      ])
    func codecs(_ options: ParquetWriterOptions) throws -> [[Int32]] {
      let bytes = try ParquetWriter.encode(table, options: options)
      let reader = try ParquetReader(bytes: bytes)
      #expect(try reader.read() == table)
      return (0..<3).map { c in reader.metadata.rowGroups.map { $0.columns[c].codec } }
    }
    let stored = [Int32](repeating: 0, count: 7)
    for codec in [ParquetCodec.zstd, .snappy] {
      let found = try codecs(ParquetWriterOptions(codec: codec, rowGroupRows: rows))
      #expect(found[0] == [codec.code] + stored + [codec.code] + stored.prefix(2))
      #expect(found[1] == [Int32](repeating: codec.code, count: groups))
    }
    let whole = [Int32](repeating: ParquetCodec.zstd.code, count: groups)
    #expect(try codecs(ParquetWriterOptions(zstdLevel: 3, rowGroupRows: rows))[2] == whole)
    #expect(try codecs(ParquetWriterOptions(zstdLevel: 1, rowGroupRows: rows))[2][1] == 0)
    #expect(try codecs(ParquetWriterOptions(codec: .none, rowGroupRows: rows)).allSatisfy { $0.allSatisfy { $0 == 0 } })
  }

  @Test func extremeNumbers() throws {
    let doubles = [0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, -.greatestFiniteMagnitude, 0.1, 1e22]
    let table = try Table(
      schema: Schema([Field("d", .float64), Field("i", .int64), Field("t", .date)]),
      columns: [
        .float64(Float64Column(doubles)), .int64(Int64Column([0, -1, .max, .min, 1, 2, 3, 4])),
        .date(DateColumn([0, -1, .max, .min, 1, 2, 3, 4])),
      ])
    guard case .float64(let back) = try roundTrip(table).columns[0] else { return }
    #expect(back.values.map(\.bitPattern) == doubles.map(\.bitPattern))
    #expect(try roundTrip(table) == table)
  }

  @Test func batchesAndThreadsDoNotShow() throws {
    let table = try mixedTable(rows: 1_000, seed: 4)
    let options = ParquetWriterOptions(rowGroupRows: 300, pageRows: 64)
    let whole = try ParquetWriter.encode(table, options: options)
    for threads in [2, 3, 16] {
      var parallel = options
      parallel.threads = threads
      #expect(try ParquetWriter.encode(table, options: parallel) == whole)
    }
    for size in [1, 7, 299, 300, 301, 650] {
      var bytes: [UInt8] = []
      try withoutActuallyEscaping({ (part: UnsafeRawBufferPointer) throws -> Void in bytes.append(contentsOf: part) }) {
        var writer = try ParquetWriter(schema: table.schema, options: options, sink: $0)
        for start in stride(from: 0, to: 1_000, by: size) {
          try writer.append(table.gathering((start..<min(start + size, 1_000)).map { Int32($0) }))
        }
        try writer.finish()
      }
      #expect(bytes == whole, "batches of \(size) rows")
    }
  }

  @Test func columnsAndGroupsMayBeChosen() throws {
    let table = try mixedTable(rows: 100)
    let bytes = try ParquetWriter.encode(
      try table.withStatusColumns(),
      options: ParquetWriterOptions(rowGroupRows: 30, keyValues: [("b", "2"), ("a", "1")]))
    let reader = try ParquetReader(bytes: bytes, options: ParquetReaderOptions(threads: 2))
    #expect(reader.rowCount == 100)
    #expect((0..<reader.rowGroupCount).map(reader.rowCount(ofGroup:)) == [30, 30, 30, 10])
    #expect(reader.keyValues.map(\.key) == ["a", "b", "peil.schema"])
    let names = ["aantal", "gebied"]
    #expect(try reader.read(columns: names) == table.selecting(names))
    #expect(try reader.readRowGroup(3, columns: names) == table.selecting(names).gathering((90..<100).map { $0 }))
    #expect(throws: ParquetError.self) { try reader.readRowGroup(4) }
    #expect(throws: ParquetError.self) { try reader.read(columns: ["aantallen"]) }
  }

  @Test func statusColumnsStayOnDemand() throws {
    let table = try mixedTable(rows: 100).withStatusColumns()
    let bytes = try ParquetWriter.encode(table)
    let unfolded = try ParquetReader(bytes: bytes, options: ParquetReaderOptions(foldStatus: false)).read()
    #expect(unfolded.schema == table.schema)
    #expect(unfolded.schema.names.contains("inkomen_status"))
    // Without the fold the reason of a cell stands beside it as text alone.
    guard case .string(let labels) = try unfolded.column("inkomen_status") else { return }
    let column = try table.column("inkomen")
    for row in 0..<100 { #expect(labels[row] == column.missingReason(at: row)?.label) }
    #expect(try unfolded.column("inkomen").missing?.reasons.allSatisfy { $0 == 0 || $0 == 3 } == true)
  }

  @Test func unknownStatusLabelIsRefused() throws {
    let missing = MissingMask(reasons: [0, 3])
    let table = try Table(
      schema: Schema([Field("x", .float64), Field("x_status", .string, role: .status)]),
      columns: [.float64(Float64Column([1, 0], missing: missing)), .string(StringColumn([nil, "geheim"]))])
    let bytes = try ParquetWriter.encode(table)
    let error = #expect(throws: ParquetError.self) { try ParquetReader(bytes: bytes).read() }
    #expect(error?.description.contains("row 2: \"geheim\"") == true)
  }
}
