import PipelineKit
import SourceAdapters
import Tabular
import Testing

/// Files of several chunks and batches.
@Suite struct CBSDatasetCSVStreamTests {
  private func line(_ i: Int) -> String {
    let name = i % 7 == 0 ? "De \"\"Riet\"\"; \(i % 13)" : "wijk \(i % 13)\n\(i % 3)"
    let value =
      i % 11 == 0 ? "       ." : i % 13 == 0 ? "" : String(repeating: " ", count: 3) + "\(i % 900 + 100).\(i % 10)"
    return "\"\(i)\";\"BU\(100_000 + i)  \";\"\(name)\";\"\(value)\"\r\n"
  }

  private static let header = "\u{FEFF}\"ID\";\"WijkenEnBuurten\";\"Naam_1\";\"Waarde_2\"\r\n"

  @Test func everyCellOfALongFile() throws {
    let count = 20_000
    var text = Self.header
    for i in 0..<count { text += line(i) }
    try withFile(text, ".csv") { path in
      let context = RunContext()
      let adapter = try csv()
      let input = Input(parts: [InputPart(path: path)])
      let schema = try adapter.schema(of: input, context: context)
      var row = 0
      var batches = 0
      var wrong = 0
      try adapter.read(input.parts[0], of: input, as: schema, context: context) { batch in
        batches += 1
        for i in 0..<batch.table.rowCount {
          guard case .int64(let ids) = batch.table.columns[0], case .string(let codes) = batch.table.columns[1],
            case .string(let names) = batch.table.columns[2], case .float64(let values) = batch.table.columns[3]
          else { return .stop }
          let name = row % 7 == 0 ? "De \"Riet\"; \(row % 13)" : "wijk \(row % 13)\n\(row % 3)"
          let reason: MissingReason? = row % 11 == 0 ? .unknown : row % 13 == 0 ? .notApplicable : nil
          let value = reason == nil ? Double("\(row % 900 + 100).\(row % 10)") : 0
          if ids.values[i] != Int64(row) || codes[i] != "BU\(100_000 + row)" || names[i] != name
            || values.values[i] != value || values.missing?[i] != reason
          {
            wrong += 1
          }
          row += 1
        }
        return .more
      }
      #expect(wrong == 0)
      #expect(row == count)
      #expect(batches > 3)
    }
  }

  @Test func stopsWhenToldTo() throws {
    var text = Self.header
    for i in 0..<20_000 { text += line(i) }
    try withFile(text, ".csv") { path in
      let adapter = try csv()
      let input = Input(parts: [InputPart(path: path)])
      let schema = try adapter.schema(of: input, context: RunContext())
      var batches = 0
      try adapter.read(input.parts[0], of: input, as: schema, context: RunContext()) { _ in
        batches += 1
        return .stop
      }
      #expect(batches == 1)
    }
  }

  @Test func theLineOfALateError() throws {
    var text = Self.header
    var lines = 1
    for i in 0..<9_000 {
      text += line(i)
      lines += i % 7 == 0 ? 1 : 2
    }
    text += "\"9000\";\"BU1\";\"twee\nregels\";\"   1,5\"\r\n"
    try withFile(text, ".csv") { path in
      let found = message { _ = try readAll(csv(), [path]) }
      #expect(found.contains(":\(lines + 2): column \"Waarde_2\": cannot read \"   1,5\" as a number"))
    }
    try withFile(text + "\"1\";\"2\r\n", ".csv") { path in
      #expect(message { _ = try readAll(csv { $0.decimalMark = .comma }, [path]) }.contains("cannot read"))
    }
  }

  @Test func everyPrefixOfAFileIsReadOrRefused() throws {
    var text = Self.header
    for i in 0..<12 { text += line(i) }
    let bytes = Array(text.utf8)
    for length in 0..<bytes.count {
      try withFile(Array(bytes[..<length]), ".csv") { path in
        let found = message { _ = try readAll(csv(), [path]) }
        #expect(found == "no error" || found.contains(".csv:") || found.contains("is empty"))
      }
    }
  }

  @Test func headersAndNothingElse() throws {
    try withFile(Self.header, ".csv") { path in
      let table = try readAll(csv(), [path])
      #expect(table.rowCount == 0)
      #expect(table.schema["Naam_1"]?.type == .float64)
    }
  }

  @Test func noColumnsStillCountsRows() throws {
    try withFile(Self.header + line(1) + line(2), ".csv") { path in
      let table = try readAll(csv(), [path], columns: [])
      #expect(table.rowCount == 2)
    }
  }
}
