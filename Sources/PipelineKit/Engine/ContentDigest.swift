public import Tabular

/// A digest of what a table says, whatever file format or codec carries it.
public enum ContentDigest {
  /// SHA-256 over the schema (names, types, roles, units) and, column by column, the missing reasons and the values in
  /// little-endian order; text as the distinct values in order of first appearance followed by one code a row.
  public static func of(_ table: Table) -> String {
    var digest = SHA256()
    add("rows \(table.rowCount)\n", to: &digest)
    for (field, column) in zip(table.schema.fields, table.columns) {
      add("\(field.name)\u{1F}\(field.type.rawValue)\u{1F}\(field.role.rawValue)\u{1F}\(field.unit)\n", to: &digest)
      if let missing = column.missing { missing.reasons.withUnsafeBytes { digest.update($0) } }
      switch column {
      case .float64(let c): c.values.withUnsafeBytes { digest.update($0) }
      case .int64(let c): c.values.withUnsafeBytes { digest.update($0) }
      case .bool(let c): c.values.withUnsafeBytes { digest.update($0) }
      case .date(let c): c.values.withUnsafeBytes { digest.update($0) }
      case .string(let c): add(c, to: &digest)
      }
    }
    return digest.finish()
  }

  private static func add(_ text: String, to digest: inout SHA256) {
    var text = text
    text.withUTF8 { digest.update(UnsafeRawBufferPointer($0)) }
  }

  private static func add(_ column: StringColumn, to digest: inout SHA256) {
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
    texts.withUnsafeBytes { digest.update($0) }
    codes.withUnsafeBytes { digest.update($0) }
  }
}
