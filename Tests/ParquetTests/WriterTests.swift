import Tabular
import Testing

@testable import Parquet

struct WriterTests {
  /// The statistics of the only chunk of a file with `column`.
  private func statistics(_ column: Column, pageRows: Int = 4) throws -> Statistics {
    let bytes = try ParquetWriter.encode(try single(column), options: ParquetWriterOptions(pageRows: pageRows))
    return try #require(try ParquetReader(bytes: bytes).metadata.rowGroups[0].columns[0].statistics)
  }

  @Test func missingKeyIsNamed() throws {
    let column = StringColumn(["BU01", nil], reason: .notMatched)
    let table = try single(.string(column), role: .key)
    #expect(throws: ParquetError.missingKey(column: "x", row: 1, reason: .notMatched)) {
      try ParquetWriter.encode(table)
    }
    let bytes = try ParquetWriter.encode(table, options: ParquetWriterOptions(requiredKeys: false))
    #expect(try ParquetReader(bytes: bytes).read().columns[0].missingCount == 1)
  }

  @Test func missingKeyInALaterGroupCountsRowsOfTheFile() throws {
    let texts: [String?] = (0..<25).map { $0 == 23 ? nil : "BU\($0)" }
    let table = try single(.string(StringColumn(texts)), role: .key)
    #expect(throws: ParquetError.missingKey(column: "x", row: 23, reason: .unspecified)) {
      try ParquetWriter.encode(table, options: ParquetWriterOptions(rowGroupRows: 10))
    }
  }

  @Test func nullabilityFollowsTheRole() throws {
    let schema = try ParquetReader(bytes: ParquetWriter.encode(mixedTable(rows: 1))).leaves
    #expect(schema.map(\.repetition) == [.required, .required, .optional, .optional, .optional, .optional, .optional])
  }

  @Test(arguments: [
    ParquetWriterOptions(zstdLevel: 0), ParquetWriterOptions(rowGroupRows: 0), ParquetWriterOptions(pageRows: 0),
    ParquetWriterOptions(keyValues: [("a", "1"), ("a", "2")]), ParquetWriterOptions(keyValues: [("peil.schema", "")]),
    ParquetWriterOptions(sortingColumns: ["gebeid"]), ParquetWriterOptions(threads: 0),
  ])
  func senselessOptionsAreRefused(_ options: ParquetWriterOptions) throws {
    let table = try mixedTable(rows: 3)
    #expect(throws: ParquetError.self) { try ParquetWriter.encode(table, options: options) }
  }

  @Test func otherColumnsAreRefused() throws {
    let table = try mixedTable(rows: 3)
    var writer = try ParquetWriter(schema: table.schema) { _ in }
    #expect(throws: ParquetError.self) { try writer.append(table.selecting(["gebied"])) }
    #expect(throws: ParquetError.self) { try writer.append(table.selecting(table.schema.names.reversed())) }
  }

  @Test func numbersInStatistics() throws {
    let reasons = MissingMask(reasons: [0, 1, 0, 0, 0, 2, 0])
    let some = try statistics(.float64(Float64Column([3, 0, -2.5, 9, 1, 0, 4], missing: reasons)))
    #expect(some == Statistics(nullCount: 2, nanCount: 0, minimum: (-2.5).bytes, maximum: Double(9.0).bytes))
    // Zeros of both signs lie within the bounds, whichever of them is stored.
    let zeros = try statistics(.float64(Float64Column([0, 0])))
    #expect(zeros.minimum == (-0.0).bytes && zeros.maximum == Double(0.0).bytes)
    let negative = try statistics(.float64(Float64Column([-0.0, -0.0])))
    #expect(negative.minimum == (-0.0).bytes && negative.maximum == Double(0.0).bytes)
    let none = try statistics(.allMissing(.int64, reason: .unknown, count: 5))
    #expect(none == Statistics(nullCount: 5))
    let whole = try statistics(.int64(Int64Column([5, .min, .max])))
    #expect(whole.minimum == Int64.min.bytes && whole.maximum == Int64.max.bytes && whole.nanCount == nil)
    let bools = try statistics(.bool(BoolColumn([1, 1, 1, 1, 1, 0])))
    #expect(bools.minimum == [0] && bools.maximum == [1])
  }

  @Test func textsInStatisticsAreCutOnCharacters() throws {
    let short = try statistics(.string(StringColumn(["b", "", "ab", "é"])))
    #expect(short == Statistics(nullCount: 0, minimum: [], maximum: Array("é".utf8)))
    // 63 bytes and a character of two: only whole characters within 64 bytes are kept.
    let long = String(repeating: "x", count: 63) + "éz"
    let cut = try statistics(.string(StringColumn([long])))
    #expect(cut.minimum == Array(repeating: UInt8(ascii: "x"), count: 63) && !cut.minimumIsExact)
    #expect(cut.maximum == Array((String(repeating: "x", count: 62) + "y").utf8) && !cut.maximumIsExact)
    // The character before the surrogates is followed by the one behind them, and the last one by nothing.
    let edges = String(repeating: "x", count: 58) + "\u{D7FF}\u{D7FF}\u{D7FF}"
    #expect(
      try statistics(.string(StringColumn([edges]))).maximum
        == Array((String(repeating: "x", count: 58) + "\u{D7FF}\u{E000}").utf8))
    let last = try statistics(.string(StringColumn([String(repeating: "\u{10FFFF}", count: 20)])))
    #expect(last.maximum == nil && last.minimum?.count == 64 && last.nullCount == 0)
  }

  @Test func pageIndex() throws {
    let encoder = try ChunkEncoder(ParquetWriterOptions(pageRows: 3))
    let reasons = MissingMask(reasons: [0, 0, 1, 2, 2, 2, 0, 0, 0, 0])
    let column = Float64Column([1, 2, 0, 0, 0, 0, 2, 5, 4, 9], missing: reasons)
    let chunk = try encoder.encode(.float64(column), rows: 0..<10, required: false, codec: .none)
    #expect(
      chunk.columnIndex
        == ColumnIndex(
          nullPages: [false, true, false, false],
          minima: [Double(1.0).bytes, [], Double(2.0).bytes, Double(9.0).bytes],
          maxima: [Double(2.0).bytes, [], Double(5.0).bytes, Double(9.0).bytes], order: .ascending,
          nullCounts: [1, 3, 0, 0],
          nanCounts: [0, 0, 0, 0]))
    #expect(chunk.offsetIndex.pages.map(\.firstRow) == [0, 3, 6, 9])
    #expect(chunk.offsetIndex.pages.reduce(0) { $0 + $1.size } == chunk.bytes.count)
    let none = try encoder.encode(
      .allMissing(.float64, reason: .unknown, count: 4), rows: 0..<4, required: false, codec: .none)
    #expect(none.columnIndex == nil && none.offsetIndex.pages.count == 2)
    let falling = try encoder.encode(
      .int64(Int64Column([9, 8, 8, 7, 7, 7, 1])), rows: 0..<7, required: true, codec: .none)
    #expect(falling.columnIndex?.order == .descending)
    let mixed = try encoder.encode(
      .string(StringColumn(["a", "a", "a", "b", "b", "b", "a"])), rows: 0..<7, required: true, codec: .none)
    #expect(mixed.columnIndex?.order == .unordered)
  }

  @Test func aDictionaryOfOneWritesItsRunHeader() throws {
    let encoder = try ChunkEncoder(ParquetWriterOptions(codec: .none))
    let chunk = try encoder.encode(
      .string(StringColumn([String?](repeating: "NL00", count: 100))), rows: 0..<100, required: true, codec: .none)
    // Bit width 0, then a run of 100.
    #expect(chunk.bytes.suffix(3) == [0, 0xC8, 0x01])
  }

  /// Bytes that pyarrow, DuckDB and Polars have read back, kept so that a change of the bytes does not pass unseen.
  @Test func goldenFile() throws {
    let missing = MissingMask(reasons: [0, MissingReason.unknown.rawValue, 0])
    let table = try Table(
      schema: Schema([Field("r", .string, role: .key), Field("v", .float64, unit: "%")]),
      columns: [.string(StringColumn(["BU1", "BU2", "BU2"])), .float64(Float64Column([1.5, 0, 2], missing: missing))])
    let bytes = try ParquetWriter.encode(
      table,
      options: ParquetWriterOptions(codec: .none, createdBy: "peil version 1.0.0 (build 0)", sortingColumns: ["r"]))
    let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(digits == Self.golden.filter { $0.isHexDigit })
  }

  private static let golden = """
    504152311500152a152a159a93968d041c150615001506150600000300000042553103000000425532030000004255321500152c152c15e0
    adf6c9031c15061500150615060000020000000305000000000000f83f000000000000004019110219180342553119180342553215021916
    0000191102191808000000000000f83f1918080000000000000040150219160239160000191c1608155816000000191c1660155a16000000
    1502193c4806736368656d61150400150c250018017225004c1c000000150a2502180176001606191c192c26001c150c1915001918017215
    0016061658165826083c360028034255321803425531111100191c150015001502000016a802151416ba01152a0026001c150a1925000619
    18017615001606165a165a26603c3602280800000000000000401808000000000000f83f1111160000191c150015001502000016bc021514
    16e40115440016b2011606191c1500121200160816b201140000191c180b7065696c2e736368656d6118655b7b226e616d65223a2272222c
    2274797065223a22737472696e67222c22726f6c65223a226b6579227d2c7b226e616d65223a2276222c2274797065223a22666c6f617436
    34222c22726f6c65223a226d656173757265222c22756e6974223a2225227d5d00181c7065696c2076657273696f6e20312e302e30202862
    75696c64203029192c1c00001c0000006001000050415231
    """
}
