import Tabular
import Testing

@testable import Parquet

/// Files of another writer with every encoding and both page versions, against the formulas that made them.
struct ForeignFileTests {
  private static let rows = 0..<70

  private func strings(_ column: Column) throws -> [String?] {
    guard case .string(let c) = column else { throw ParquetError.usage("not text") }
    return (0..<c.codes.count).map { c[$0] }
  }

  @Test(arguments: [ForeignFiles.version1, ForeignFiles.version2])
  func everyEncoding(_ text: String) throws {
    let table = try ParquetReader(bytes: ForeignFiles.bytes(text)).read()
    let rows = Self.rows
    #expect(table.rowCount == rows.count)
    let none = MissingReason.unspecified.rawValue
    // DELTA_BINARY_PACKED with nulls, and with differences that wrap around.
    #expect(
      try table.column("i")
        == .int64(
          Int64Column(
            rows.map { $0 % 7 == 3 ? 0 : Int64(($0 * $0 * 1_000_003) % 100_000 - 50_000) },
            missing: MissingMask(reasons: rows.map { $0 % 7 == 3 ? none : 0 }))))
    #expect(
      try table.column("j")
        == .int64(Int64Column(rows.map { $0 == 5 ? -2_147_483_648 : $0 == 6 ? 2_147_483_647 : Int64($0) })))
    // DELTA_LENGTH_BYTE_ARRAY and DELTA_BYTE_ARRAY.
    #expect(
      try strings(try table.column("s"))
        == rows.map { $0 % 5 == 4 ? nil : "BU0141" + String(String(10_000 + $0).dropFirst()) })
    #expect(
      try strings(try table.column("p")) == rows.map { "Gemeente \($0 % 2 == 1 ? "Súd" : "Noord") \($0 / 10)" })
    // BYTE_STREAM_SPLIT of three widths.
    #expect(try table.column("d") == .float64(Float64Column(rows.map { Double($0) / 8 - 3 })))
    #expect(try table.column("f") == .float64(Float64Column(rows.map { Double($0) * 0.5 })))
    #expect(try table.column("h") == .float64(Float64Column(rows.map { Double($0) * 0.25 - 2 })))
    // RLE of truth values.
    #expect(
      try table.column("b")
        == .bool(
          BoolColumn(
            rows.map { $0 % 6 != 0 && $0 % 3 == 0 ? 1 : 0 },
            missing: MissingMask(reasons: rows.map { $0 % 6 == 0 ? none : 0 }))))
    // Decimals of 30 digits, beyond what a double holds exactly.
    #expect(
      try table.column("m")
        == .float64(Float64Column(try rows.map { try #require(Double("\($0 * 12_345_678_901_234_567)e-2")) })))
    #expect(try strings(try table.column("t"))[1] == "01:02:03.004")
    #expect(try strings(try table.column("t"))[23] == "23:47:09.092")
  }

  @Test func aDamagedPageFailsItsChecksum() throws {
    var bytes = ForeignFiles.bytes(ForeignFiles.version1)
    bytes[60] ^= 1
    let error = #expect(throws: ParquetError.self) { try ParquetReader(bytes: bytes).read() }
    guard case .checksum(let column, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(column == "i")
  }

  /// The smallest file that readers accept, byte by byte from the format's description.
  @Test func minimalFile() throws {
    let hex = """
      504152311500152a152a2c150615001506150600000300000042553103000000425532030000004255321500152c152c2c150615001506
      150600000200000003050000000000 00f83f000000000000004015021 93c480673636865 6d6115040015 0c250018017225004c1c0000
      00150a25021801760016061 91c192c26001c150c1915001918017215001606164c164c26080000 2600 1c150a1925000619180176150016
      06164e164e26540000169a0116060028157820766572 73696f6e2031202862 75696c642030 29007a00000050415231
      """
    let digits = hex.filter { $0.isHexDigit }
    let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { i -> UInt8? in
      let start = digits.index(digits.startIndex, offsetBy: i)
      return UInt8(digits[start...].prefix(2), radix: 16)
    }
    #expect(bytes.count == 211)
    let reader = try ParquetReader(bytes: bytes)
    #expect(reader.createdBy == "x version 1 (build 0)")
    let table = try reader.read()
    #expect(try table.column("r") == .string(StringColumn(["BU1", "BU2", "BU2"])))
    let reasons: [UInt8] = [0, MissingReason.unspecified.rawValue, 0]
    #expect(
      try table.column("v") == .float64(Float64Column([1.5, 0, 2], missing: MissingMask(reasons: reasons))))
  }
}
