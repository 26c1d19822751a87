import Glibc
import Tabular
import Testing

@testable import Parquet

/// Compares the reader, value for value, with files whose contents are known from their generator.
///
/// `PEIL_ORACLES` names a directory with `parquet/NAME.parquet` and `parquet/NAME.truth.json`.
@Suite(.enabled(if: environment("PEIL_ORACLES") != nil))
struct OracleTests {
  static let directory = (environment("PEIL_ORACLES") ?? "") + "/parquet"

  static func names() -> [String] {
    guard let listing = opendir(directory) else { return [] }
    defer { closedir(listing) }
    var names: [String] = []
    while let entry = readdir(listing) {
      let name = withUnsafePointer(to: entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".truth.json"), name != "BASE_TABLE.truth.json" { names.append(String(name.dropLast(11))) }
    }
    return names.sorted()
  }

  static func truth(_ name: String) throws -> JSON {
    try #require(JSON.parse(String(decoding: try contents("\(directory)/\(name).truth.json"), as: UTF8.self)))
  }

  @Test func filesAreThere() { #expect(Self.names().count >= 30) }

  @Test(arguments: names()) func file(_ name: String) throws {
    let reader = try ParquetReader(path: "\(Self.directory)/\(name).parquet")
    if name.hasSuffix("_brotli") {
      let error = #expect(throws: ParquetError.self) { try reader.read() }
      #expect(error?.description.contains("brotli") == true)
      return
    }
    let truth = try Self.truth(name)
    let base = try Self.truth("BASE_TABLE")
    guard case .number(let rows)? = truth["rows"], case .array(let columns)? = truth["columns"] else {
      Issue.record("no rows and columns in the truth")
      return
    }
    let table = try reader.read()
    #expect(table.rowCount == Int(rows))
    #expect(table.columns.count == columns.count)
    for column in columns {
      let columnName = try #require(column["name"]?.text)
      guard case .array(let values)? = column["values"] == .null ? base[columnName] : column["values"] else {
        Issue.record("no values of \(columnName)")
        continue
      }
      let read = try table.column(columnName)
      #expect(values.count == read.count)
      var wrong = 0
      for (row, value) in values.enumerated()
      where !matches(read, row, value, column["kind"]?.text ?? "", column["logical"]?.text ?? "") {
        wrong += 1
        if wrong == 1 { Issue.record("\(name).\(columnName), row \(row): expected \(value)") }
      }
      #expect(wrong == 0)
    }
  }

  func matches(_ column: Column, _ row: Int, _ value: JSON, _ kind: String, _ logical: String) -> Bool {
    if value == .null || value == .text("nan") { return column.missingReason(at: row) == .unspecified }
    if column.missingReason(at: row) != nil { return false }
    switch (column, value) {
    case (.string(let c), .text(let text)): return kind == "s" && c[row] == text
    case (.float64(let c), .text(let hex)): return UInt64(hex, radix: 16) == c.values[row].bitPattern
    case (.float64(let c), .number(let digits)): return kind == "dec" && Double("\(digits)e-2") == c.values[row]
    case (.int64(let c), .number(let digits)): return Int64(digits) == c.values[row]
    case (.date(let c), .number(let digits)): return Int32(digits) == c.values[row]
    case (.bool(let c), .bool(let truth)): return c.values[row] == (truth ? 1 : 0)
    case (.string(let c), .number(let digits)): return Int64(digits).flatMap { moment($0, logical) } == c[row]
    default: return false
    }
  }

  /// The moment as the C library writes it.
  func moment(_ value: Int64, _ logical: String) -> String? {
    let digits = logical.contains("ms") ? 3 : logical.contains("us") ? 6 : 9
    let unit: Int64 = digits == 3 ? 1_000 : digits == 6 ? 1_000_000 : 1_000_000_000
    var seconds = time_t(value / unit)
    var parts = tm()
    guard gmtime_r(&seconds, &parts) != nil else { return nil }
    var buffer = [CChar](repeating: 0, count: 64)
    let length = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S.", &parts)
    let fraction = String(value % unit)
    return String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
      + String(repeating: "0", count: digits - fraction.count) + fraction + (logical.contains("True") ? "Z" : "")
  }
}
