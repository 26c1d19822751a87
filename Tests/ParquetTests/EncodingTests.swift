import CByteMasks
import Tabular
import Testing

@testable import Parquet

struct EncodingTests {
  private func page(_ bytes: UnsafeRawBufferPointer) -> PageBytes { PageBytes(bytes, column: "x", offset: 0) }

  private func encoded(_ values: [UInt32], width: Int) -> [UInt8] {
    let store = ByteStore()
    let start = store.room(for: HybridEncoder.bound(count: values.count, width: width), of: UInt8.self)
    var out = ByteCursor(start)
    HybridEncoder.encode(values, count: values.count, width: width, to: &out)
    return withExtendedLifetime(store) {
      Array(UnsafeRawBufferPointer(start: start, count: UnsafeRawPointer(out.next) - UnsafeRawPointer(start)))
    }
  }

  /// The example of the format's description: 0 to 7 in three bits.
  @Test func bitPackingExample() { #expect(encoded(Array(0...7), width: 3) == [0x03, 0x88, 0xC6, 0xFA]) }

  @Test func runExample() {
    #expect(encoded([UInt32](repeating: 4, count: 100), width: 3) == [0xC8, 0x01, 4])
    #expect(encoded([UInt32](repeating: 0x1234, count: 8), width: 13) == [0x10, 0x34, 0x12])
    #expect(encoded([0, 0, 0], width: 0) == [6])
  }

  @Test(arguments: 0...32) func hybridOfEveryWidth(_ width: Int) throws {
    var random = Sequence64(UInt64(width) + 1)
    let mask: UInt32 = width == 32 ? .max : (1 << UInt32(width)) - 1
    for count in [1, 2, 7, 8, 9, 63, 64, 65, 1_000] {
      for runs in [1, 3, 12, 100] {
        var values: [UInt32] = []
        while values.count < count {
          let value = UInt32(truncatingIfNeeded: random.next()) & mask
          values.append(contentsOf: repeatElement(value, count: 1 + random.below(runs)))
        }
        values.removeLast(values.count - count)
        let bytes = encoded(values, width: width)
        #expect(bytes.count <= HybridEncoder.bound(count: count, width: width))
        #expect(try bytes.withUnsafeBytes { try HybridDecoder.decode(page($0), count: count, width: width) } == values)
      }
    }
  }

  @Test(arguments: [1, 7, 8, 64, 65, 200, 1_000]) func levels(_ count: Int) throws {
    var random = Sequence64(UInt64(count))
    for share in [2, 30, 300] {
      let reasons = (0..<(count + 70)).map { _ in UInt8(random.below(share) == 0 ? 1 : 0) }
      let mask = MissingMask(reasons: reasons)
      for start in [0, 1, 63, 64, 70] {
        let bitStore = ByteStore()
        let bits = bitStore.room(for: count / 8 + 16, of: UInt8.self)
        mask.packBits(of: start..<(start + count), to: bits)
        let store = ByteStore()
        let place = store.room(for: HybridEncoder.bound(count: count, width: 1), of: UInt8.self)
        var out = ByteCursor(place)
        HybridEncoder.encode(bits: bits, count: count, to: &out)
        let bytes = UnsafeRawBufferPointer(start: place, count: UnsafeRawPointer(out.next) - UnsafeRawPointer(place))
        let expected = reasons[start..<(start + count)].map { UInt32(1 - $0) }
        #expect(try HybridDecoder.decode(page(bytes), count: count, width: 1) == expected)
        withExtendedLifetime((bitStore, store)) {}
        #expect(mask.presentCount(in: start..<(start + count)) == Int(expected.reduce(0, +)))
      }
    }
  }

  /// Runs of every length beside each other: what decodes is what went in, and each run of 64 rows and more is one.
  @Test(arguments: 0..<40) func levelsInRuns(_ seed: Int) throws {
    var random = Sequence64(UInt64(seed + 1))
    var bits: [UInt8] = []
    var level: UInt8 = 0
    while bits.count < 4_000 {
      bits += [UInt8](repeating: level, count: 1 + random.below(seed % 2 == 0 ? 300 : 90))
      level ^= 1
    }
    var packed = [UInt8](repeating: 0, count: bits.count / 8 + 1)
    for (i, bit) in bits.enumerated() { packed[i / 8] |= bit << (i % 8) }
    let store = ByteStore()
    let place = store.room(for: HybridEncoder.bound(count: bits.count, width: 1), of: UInt8.self)
    var out = ByteCursor(place)
    HybridEncoder.encode(bits: packed, count: bits.count, to: &out)
    let bytes = UnsafeRawBufferPointer(start: place, count: UnsafeRawPointer(out.next) - UnsafeRawPointer(place))
    #expect(try HybridDecoder.decode(page(bytes), count: bits.count, width: 1) == bits.map(UInt32.init))
    // Byte by byte: stretches of 8 equal bytes of 0 or 255 and more count as runs of 3 bytes at most, the rest as it is.
    let whole = packed.prefix(bits.count / 8)
    var (size, i) = (0, 0)
    while i < whole.count {
      let end = whole[i...].firstIndex { $0 != whole[i] } ?? whole.count
      size += end - i >= 8 && (whole[i] == 0 || whole[i] == 255) ? 5 : end - i
      i = end
    }
    #expect(bytes.count <= size + 3)
    withExtendedLifetime(store) {}
  }

  @Test(arguments: 0..<200) func valuesOfRowsThatHoldOne(_ count: Int) {
    var random = Sequence64(UInt64(count + 1))
    let values = (0..<count).map { _ in random.next() }
    for share in [1, 2, 20, 1_000] {
      let reasons = (0..<count).map { _ in UInt8(random.below(share) == 0 ? 1 + random.below(255) : 0) }
      let expected = zip(values, reasons).filter { $1 == 0 }.map(\.0)
      for compact in [peil_compact, peil_compact_plainly] {
        // What stands behind the room must stay.
        var out = [UInt64](repeating: 7, count: expected.count + 6)
        #expect(compact(values, reasons, count, &out) == expected.count)
        #expect(Array(out[..<expected.count]) == expected && Array(out.suffix(2)) == [7, 7])
      }
    }
  }

  @Test func checksumOfTheStandardText() {
    let digits = Array("123456789".utf8)
    #expect(digits.withUnsafeBytes(Checksum.crc32) == 0xCBF4_3926)
    #expect([UInt8]().withUnsafeBytes(Checksum.crc32) == 0)
    // 32 zero bytes.
    #expect([UInt8](repeating: 0, count: 32).withUnsafeBytes(Checksum.crc32) == 0x190A_55AD)
  }

  @Test func distinctValuesKeepTheirOrder() {
    let table = DistinctTable()
    // 0 is what free places are compared with; large numbers of values make the table grow.
    for values: [UInt64] in [
      [5, 0, 5, 7, 0, .max] + [UInt64](repeating: 9, count: 40), (0..<60_000).map { UInt64($0 % 9_000) << 40 },
      (0..<60_000).map { UInt64(8_999 - $0 % 9_000) },
    ] {
      let indices = UnsafeMutablePointer<UInt32>.allocate(capacity: values.count)
      defer { indices.deallocate() }
      let distinct = table.index(values, count: values.count, into: indices)
      var order: [UInt64] = []
      var seen = Set<UInt64>()
      for value in values where seen.insert(value).inserted { order.append(value) }
      #expect(distinct == order.count)
      #expect((0..<order.count).map { table.values[$0] } == order)
      #expect((0..<values.count).allSatisfy { order[Int(indices[$0])] == values[$0] })
    }
    withExtendedLifetime(table) {}
  }

  @Test func dictionaryLimit() {
    // 100 doubles: 640 bytes of budget less 30 for the header; n distinct cost 8n and ceil(log2 n) bits a value: 65 and 7.
    #expect(DistinctTable.limit(count: 100, valueSize: 8) == 65)
    #expect(DistinctTable.limit(count: 4, valueSize: 8) == 0)
    #expect(DistinctTable.limit(count: 0, valueSize: 8) == 0)
  }

  @Test func thrift() throws {
    var writer = CompactWriter()
    writer.structure {
      $0.field(1, i32: -1)
      $0.field(20, i64: .min)
      $0.field(21, bool: true)
      $0.field(22, bools: [Bool](repeating: false, count: 15))
      $0.field(23, text: "né")
      $0.field(24) { $0.field(3, i32s: [1, 2]) }
      $0.field(25, i16: -300)
    }
    // Field 1 by its step, field 20 by its number since the step is over 15.
    #expect(writer.bytes.prefix(6) == [0x15, 0x01, 0x06, 0x28, 0xFF, 0xFF])
    var seen: [Int16] = []
    try writer.bytes.withUnsafeBytes { bytes in
      var reader = CompactReader(bytes, origin: 0)
      try reader.structure { (r, id, type) throws(ParquetError) in
        seen.append(id)
        switch id {
        case 1: #expect(try r.int32(type) == -1)
        case 20: #expect(try r.integer(type) == .min)
        case 21: #expect(try r.bool(type))
        case 23: #expect(try r.text(type) == "né")
        case 25: #expect(try r.integer(type) == -300)
        default: return false
        }
        return true
      }
      #expect(reader.position == bytes.count)
    }
    #expect(seen == [1, 20, 21, 22, 23, 24, 25])
  }

  @Test func days() {
    #expect(isoDay(0) == "1970-01-01")
    #expect(isoDay(-1) == "1969-12-31")
    #expect(isoDay(11_016) == "2000-02-29")
    #expect(isoDay(19_782) == "2024-02-29")
    #expect(isoDay(-719_528) == "0000-01-01")
    #expect(moment(-1, .millis, utc: true) == "1969-12-31T23:59:59.999Z")
  }

  @Test func decimals() {
    #expect(decimalValue(12_345, scale: 2) == 123.45)
    #expect(decimalValue(-1, scale: 22) == -1e-22)
    #expect(decimalValue(9_007_199_254_740_993, scale: 1) == 900_719_925_474_099.3)
    #expect(bigEndian([0xFF, 0x38]) == -200)
    #expect(bigEndian([0x00, 0xC8]) == 200)
    #expect(half(0x3C00) == 1 && half(0xC000) == -2 && half(0x0001) == 0x1p-24 && half(0x7C00) == .infinity)
  }

  @Test func fieldsAsText() throws {
    let schema = try mixedTable(rows: 1).schema
    #expect(SchemaText.read(SchemaText.write(schema)) == schema.fields)
    let odd = try Schema([Field("a\"b\\c\n\u{1}é🏘", .string, unit: "%")])
    #expect(SchemaText.read(SchemaText.write(odd)) == odd.fields)
    #expect(
      SchemaText.write(try Schema([Field("x", .int64, role: .key, decimals: 0, origins: [Origin(table: "T")])]))
        == #"[{"name":"x","type":"int64","role":"key","decimals":0,"origin":[{"table":"T"}]}]"#)
    #expect(SchemaText.read("[{}]") == nil)
    #expect(SchemaText.read("[") == nil)
  }

  @Test func json() {
    #expect(
      JSON.parse(#" {"a": [1, -2.5e3, true, null, "\u00e9\ud83c\udfd8\/"]} "#)?["a"]
        == .array([.number("1"), .number("-2.5e3"), .bool(true), .null, .text("é🏘/")]))
    for text in ["", "{", "[1,]", "\"\\ud800\"", "nul", "1 2", "{\"a\" 1}", String(repeating: "[", count: 100)] {
      #expect(JSON.parse(text) == nil, "\(text)")
    }
  }
}
