import Tabular
import Testing

@testable import Parquet

/// Damaged bytes give an error or, where no checksum covers them, other values: never a crash.
struct DamageTests {
  private static func sample(_ codec: ParquetCodec) throws -> [UInt8] {
    try ParquetWriter.encode(
      mixedTable(rows: 24).selecting(["gebied", "inkomen", "stedelijk"]),
      options: ParquetWriterOptions(codec: codec, pageRows: 10))
  }

  @Test func everyTruncationIsRefused() throws {
    let bytes = try Self.sample(.zstd)
    for length in 0..<bytes.count {
      #expect(throws: ParquetError.self) { try ParquetReader(bytes: Array(bytes[..<length])).read() }
    }
  }

  /// A file cut short whose end is made to look whole: its offsets point past the bytes that are left.
  @Test func everyTruncationOfThePagesIsRefused() throws {
    let bytes = try Self.sample(.none)
    let footer = Int(bytes[bytes.count - 8]) | Int(bytes[bytes.count - 7]) << 8 | Int(bytes[bytes.count - 6]) << 16
    let start = bytes.count - 8 - footer
    for length in stride(from: 4, to: start / 2, by: 3) {
      #expect(throws: ParquetError.self) {
        try ParquetReader(bytes: Array(bytes[..<length] + bytes[start...])).read()
      }
    }
  }

  @Test(arguments: ParquetCodec.allCases) func changedBytesAreSurvived(_ codec: ParquetCodec) throws {
    let bytes = try Self.sample(codec)
    let options = ParquetReaderOptions(verifyChecksums: false)
    var refused = 0
    for (i, change) in zip(stride(from: 0, to: bytes.count, by: 3), [0xFF, 0x01, 0x80, 0x7F, 0x10].cycled()) {
      var damaged = bytes
      damaged[i] ^= UInt8(change)
      do { _ = try ParquetReader(bytes: damaged, options: options).read() } catch { refused += 1 }
    }
    #expect(refused > 100)
  }

  @Test(arguments: [ForeignFiles.version1, ForeignFiles.version2])
  func changedBytesOfAForeignFileAreSurvived(_ text: String) throws {
    let bytes = ForeignFiles.bytes(text)
    let options = ParquetReaderOptions(verifyChecksums: false)
    var refused = 0
    for (i, change) in zip(stride(from: 0, to: bytes.count, by: 5), [0x7F, 0xFF, 0x01].cycled()) {
      var damaged = bytes
      damaged[i] ^= UInt8(change)
      do { _ = try ParquetReader(bytes: damaged, options: options).read() } catch { refused += 1 }
    }
    #expect(refused > 100)
  }

  @Test func changedPagesFailTheirChecksum() throws {
    let bytes = try Self.sample(.zstd)
    let reader = try ParquetReader(bytes: bytes)
    let chunk = reader.metadata.rowGroups[0].columns[1]
    // The last bytes of a chunk belong to the body of its last page.
    var damaged = bytes
    damaged[chunk.dataPageOffset + 60] ^= 4
    let error = #expect(throws: ParquetError.self) { try ParquetReader(bytes: damaged).read() }
    #expect(error?.description.contains("inkomen") == true)
  }

  @Test func otherFilesAreNamedForWhatTheyAre() throws {
    let csv = Array("ID;WijkenEnBuurten;Codering_3\n0;NL00;NL00\n".utf8)
    let error = #expect(throws: ParquetError.self) { try ParquetReader(bytes: csv) }
    #expect(error?.description.contains("does not start with PAR1") == true)
    #expect(throws: ParquetError.self) { try ParquetReader(bytes: []) }
    #expect(throws: ParquetError.self) { try ParquetReader(path: "/nonexistent/file.parquet") }
    #expect(throws: ParquetError.self) { try ParquetReader(path: "/") }
  }
}

extension Array {
  /// The elements again and again.
  fileprivate func cycled() -> some Sequence<Element> {
    sequence(state: 0) { (i: inout Int) -> Element? in
      defer { i += 1 }
      return self[i % self.count]
    }
  }
}
