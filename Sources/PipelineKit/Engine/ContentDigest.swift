public import Tabular

/// A digest of what a table says, whatever file format or codec carries it.
///
/// 128 bits that tell changed content from unchanged, fast enough to take of every output; it guards against accidents,
/// not against forgery. The SHA-256 of the file does that.
public enum ContentDigest {
  /// The digest over the schema (names, types, roles, units) and, column by column, the missing reasons and the values in
  /// little-endian order; text as the distinct values in order of first appearance followed by one code a row.
  public static func of(_ table: Table) -> String {
    var mixer = Mixer()
    mixer.add("rows \(table.rowCount)\n")
    for (field, column) in zip(table.schema.fields, table.columns) {
      mixer.add("\(field.name)\u{1F}\(field.type.rawValue)\u{1F}\(field.role.rawValue)\u{1F}\(field.unit)\n")
      if let missing = column.missing { missing.reasons.withUnsafeBytes { mixer.add($0) } }
      switch column {
      case .float64(let c): c.values.withUnsafeBytes { mixer.add($0) }
      case .int64(let c): c.values.withUnsafeBytes { mixer.add($0) }
      case .bool(let c): c.values.withUnsafeBytes { mixer.add($0) }
      case .date(let c): c.values.withUnsafeBytes { mixer.add($0) }
      case .string(let c): add(c, to: &mixer)
      }
    }
    return mixer.finish()
  }

  private static func add(_ column: StringColumn, to mixer: inout Mixer) {
    var codeOfFirst = [UInt32](repeating: .max, count: column.dictionary.count)
    var texts: [UInt8] = []
    var next: UInt32 = 0
    var codes = column.codes
    for row in codes.indices where column.missing?.isPresent(row) ?? true {
      let code = Int(codes[row])
      if codeOfFirst[code] == .max {
        codeOfFirst[code] = next
        next += 1
        let range = Int(column.dictionary.offsets[code])..<Int(column.dictionary.offsets[code + 1])
        texts += column.dictionary.bytes[range]
        texts.append(0)
      }
      codes[row] = codeOfFirst[code]
    }
    texts.withUnsafeBytes { mixer.add($0) }
    codes.withUnsafeBytes { mixer.add($0) }
  }

  /// Four 64-bit lanes, each fed every fourth word by xor, multiplication with an odd constant and rotation.
  private struct Mixer {
    private var lanes: SIMD4<UInt64> = [
      0x9E37_79B9_7F4A_7C15, 0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB, 0xD6E8_FEB8_6659_FD93,
    ]
    private static let odd: UInt64 = 0xFF51_AFD7_ED55_8CCD

    mutating func add(_ text: String) {
      var text = text
      text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    /// The bytes and their number: two pieces differ from their concatenation.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
      var (a, b, c, d) = (lanes[0], lanes[1], lanes[2], lanes[3])
      let whole = bytes.count & ~31
      var i = 0
      while i < whole {
        a = Self.mixed(a, bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self))
        b = Self.mixed(b, bytes.loadUnaligned(fromByteOffset: i &+ 8, as: UInt64.self))
        c = Self.mixed(c, bytes.loadUnaligned(fromByteOffset: i &+ 16, as: UInt64.self))
        d = Self.mixed(d, bytes.loadUnaligned(fromByteOffset: i &+ 24, as: UInt64.self))
        i &+= 32
      }
      while i < bytes.count {
        a = Self.mixed(a, UInt64(bytes[i]))
        i &+= 1
      }
      b = Self.mixed(b, UInt64(bytes.count))
      lanes = [a, b, c, d]
    }

    @inline(__always)
    private static func mixed(_ lane: UInt64, _ word: UInt64) -> UInt64 {
      let product = (lane ^ UInt64(littleEndian: word)) &* odd
      return product &<< 29 | product &>> 35
    }

    func finish() -> String {
      var low: UInt64 = 0
      var high: UInt64 = 0
      for lane in 0..<4 {
        low = Self.mixed(low ^ lanes[lane] &>> 32, lanes[lane])
        high = Self.mixed(high ^ low, lanes[3 - lane])
      }
      for _ in 0..<2 {
        low = Self.mixed(low ^ low &>> 32, high)
        high = Self.mixed(high ^ high &>> 29, low)
      }
      return withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { hexadecimal([UInt8]($0)) }
    }
  }
}
