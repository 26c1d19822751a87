import Tabular
import Testing

@Suite struct BatchDecoderTests {
  private func append(_ text: String, to decoder: BatchDecoder, _ column: Int) -> Bool {
    var text = text
    if text.isEmpty {
      return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1) {
        ColumnSlot.append(UnsafePointer($0.baseAddress.unsafelyUnwrapped), 0, to: decoder.slot(column))
      }
    }
    return text.withUTF8 {
      ColumnSlot.append($0.baseAddress.unsafelyUnwrapped, $0.count, to: decoder.slot(column))
    }
  }

  private func decode(_ texts: [String], _ type: ColumnType, _ dialect: CellDialect = CellDialect()) throws -> Column {
    let decoder = try BatchDecoder(schema: Schema([Field("x", type)]), dialect: dialect)
    for text in texts { #expect(append(text, to: decoder, 0), "\(text)") }
    return decoder.take(rows: texts.count).columns[0]
  }

  @Test func numbersAndReasons() throws {
    let column = try decode(
      ["   135.5", "       .", "", "   ", "1052177.5", "-3", ".", "12345678901234567890"], .float64)
    let values = [135.5, 0, 0, 0, 1_052_177.5, -3, 0, 12_345_678_901_234_567_168]
    let mask = MissingMask(reasons: [0, 2, 1, 1, 0, 0, 2, 0])
    #expect(column == .float64(Float64Column(values, missing: mask)))
  }

  @Test func markersThatReadAsNumbers() throws {
    let dialect = CellDialect(markers: [.init("-1", .unknown), .init("-99997", .suppressed), .init("n/a", .notAsked)])
    let column = try decode(["-1", "-99997", "-2", "  -1", "n/a", "1"], .float64, dialect)
    let mask = MissingMask(reasons: [2, 5, 0, 2, 6, 0])
    #expect(column == .float64(Float64Column([0, 0, -2, 0, 0, 1], missing: mask)))
  }

  /// Short plain texts wait to be looked up together; longer ones and others do not. Nobody sees it.
  @Test(arguments: [1, 3, 64, 256, 700]) func textsOfEveryLength(batch: Int) throws {
    let decoder = try BatchDecoder(schema: Schema([Field("x", .string)]), dialect: CellDialect(), batchRows: batch)
    let all = "BU00010101 é€𝄞 abcdefghijklmnopqrstuvwxyz"
    var texts: [String] = []
    for row in 0..<1_500 {
      let part = all.dropFirst(row * 7 % 23).prefix(1 + row * 13 % 20)
      let text = part.trimmingBlanks()
      texts.append(row % 11 == 0 ? "" : text.isEmpty ? "x" : text)
    }
    var found: [String?] = []
    var distinct: [String] = []
    for text in texts where !text.isEmpty && !distinct.contains(text) { distinct.append(text) }
    var row = 0
    while row < texts.count {
      let end = min(row + batch, texts.count)
      for text in texts[row..<end] { #expect(append(text, to: decoder, 0)) }
      // The first cell of the next row may have come in already.
      if end < texts.count { #expect(append(texts[end], to: decoder, 0)) }
      let table = decoder.take(rows: end - row)
      guard case .string(let column) = table.columns[0] else { return }
      found += (0..<table.rowCount).map { column[$0] }
      // Codes are given in order of first appearance.
      #expect(column.dictionary.strings == Array(distinct.prefix(column.dictionary.count)))
      row = end
      if row < texts.count {
        row += 1
        guard case .string(let carried) = decoder.take(rows: 1).columns[0] else { return }
        found.append(carried[0])
      }
    }
    #expect(found == texts.map { $0.isEmpty ? nil : $0 })
  }

  @Test func integers() throws {
    let column = try decode(["9223372036854775807", "-9223372036854775808", " 7 ", "+3", "", "0"], .int64)
    let mask = MissingMask(reasons: [0, 0, 0, 0, 1, 0])
    #expect(column == .int64(Int64Column([.max, .min, 7, 3, 0, 0], missing: mask)))
    for bad in ["9223372036854775808", "1.5", "-", "x"] {
      let decoder = try BatchDecoder(schema: Schema([Field("x", .int64)]), dialect: CellDialect())
      #expect(!append(bad, to: decoder, 0))
      #expect(decoder.trouble?.kind == .notAnInteger)
    }
  }

  @Test func textsOfEveryLength() throws {
    var texts: [String] = []
    for length in 1...40 {
      texts.append(String(repeating: "a", count: length))
      texts.append(String(repeating: "a", count: length - 1) + "b")
      texts.append("é" + String(repeating: "c", count: length))
    }
    texts += texts.reversed()
    #expect(try decode(texts, .string) == .string(StringColumn(texts.map { $0 })))
    let padded = texts.map { "  \($0)" + String(repeating: " ", count: 9) }
    #expect(try decode(padded, .string) == .string(StringColumn(texts.map { $0 })))
    #expect(
      try decode(padded, .string, CellDialect(trimsText: false)) == .string(StringColumn(padded.map { $0 })))
  }

  @Test func theFirstTroubleIsKept() throws {
    let decoder = try BatchDecoder(schema: Schema([Field("a", .string), Field("b", .float64)]), dialect: CellDialect())
    for i in 0..<3 {
      #expect(append("x", to: decoder, 0))
      #expect(append(i == 1 ? "x1" : "1", to: decoder, 1) == (i != 1))
      if i == 0 { _ = decoder.take(rows: 1) }
    }
    #expect(!append("\u{0}", to: decoder, 0))
    #expect(decoder.trouble == CellTrouble(kind: .notANumber, column: 1, row: 1, bytes: Array("x1".utf8)))
  }

  @Test func bytesThatAreNoText() throws {
    for (bytes, kind) in [
      ([0x61, 0xEB, 0x62], CellTrouble.Kind.notUTF8), ([0xC0, 0xAF], .notUTF8), ([0xED, 0xA0, 0x80], .notUTF8),
      ([0x61, 0x00], .nulByte), ([0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x00], .nulByte),
      ([0x00], .nulByte), ([0xF5, 0x80, 0x80, 0x80], .notUTF8), ([0xC3], .notUTF8),
    ] as [([UInt8], CellTrouble.Kind)] {
      let decoder = try BatchDecoder(schema: Schema([Field("x", .string)]), dialect: CellDialect())
      let isText = bytes.withUnsafeBufferPointer {
        ColumnSlot.append($0.baseAddress.unsafelyUnwrapped, $0.count, to: decoder.slot(0))
      }
      #expect(!isText)
      #expect(decoder.trouble?.kind == kind)
    }
  }

  /// Batches that end in the middle of a row, and a dictionary that starts anew.
  @Test func batchesJoinToTheSameTable() throws {
    let schema = try Schema([Field("key", .string), Field("value", .float64), Field("same", .string)])
    let decoder = try BatchDecoder(schema: schema, dialect: CellDialect(), batchRows: 64)
    var builder = TableBuilder(schema: schema)
    let rows = 40_000
    var pending = 0
    for i in 0..<rows {
      #expect(append("key \(i % 39_000)", to: decoder, 0))
      if pending == 61 {
        try builder.append(decoder.take(rows: pending))
        pending = 0
      }
      if i % 5 == 0 {
        decoder.slot(1).pointee.appendMissing(.suppressed)
      } else {
        #expect(append("\(i).25", to: decoder, 1))
      }
      #expect(append(["a", "b", ".", "c"][i / 1000 % 4], to: decoder, 2))
      pending += 1
    }
    try builder.append(decoder.take(rows: pending))
    let table = builder.build()
    #expect(table.rowCount == rows)
    guard case .string(let keys) = table.columns[0], case .float64(let values) = table.columns[1],
      case .string(let same) = table.columns[2]
    else {
      Issue.record("other column types")
      return
    }
    var wrong = 0
    for i in 0..<rows {
      let letter: String? = ["a", "b", nil, "c"][i / 1000 % 4]
      if keys[i] != "key \(i % 39_000)" || same[i] != letter || values.missing?[i] != (i % 5 == 0 ? .suppressed : nil)
        || values.values[i] != (i % 5 == 0 ? 0 : Double(i) + 0.25)
      {
        wrong += 1
      }
    }
    #expect(wrong == 0)
    #expect(keys.dictionary.count == 39_000)
  }

  @Test func dictionariesAreSharedWhileNothingIsNew() throws {
    let decoder = try BatchDecoder(schema: Schema([Field("x", .string)]), dialect: CellDialect())
    func batch(_ texts: [String]) -> StringDictionary? {
      for text in texts { #expect(append(text, to: decoder, 0)) }
      guard case .string(let column) = decoder.take(rows: texts.count).columns[0] else { return nil }
      return column.dictionary
    }
    let first = batch(["a", "b"])
    let second = batch(["b", "a", "a"])
    let third = batch(["a", "c"])
    #expect(first === second)
    #expect(third !== second)
    #expect(third?.strings == ["a", "b", "c"])
  }

  @Test func typesThatCannotBeDecoded() throws {
    #expect(throws: TabularError.wrongType(column: "d", is: .date, expected: [.float64, .int64, .string])) {
      _ = try BatchDecoder(schema: Schema([Field("d", .date)]), dialect: CellDialect())
    }
  }

  @Test func masksOfEveryLength() {
    for count in 0..<200 {
      let reasons = (0..<count).map { UInt8($0 * 7 % 11) }
      let mask = MissingMask(reasons: reasons)
      #expect(mask.missingCount == reasons.count { $0 != 0 })
      for row in 0..<count {
        #expect(mask.words[row / 64] >> UInt64(row % 64) & 1 == (reasons[row] == 0 ? 1 : 0))
      }
    }
  }
}

extension Substring {
  /// The text without blanks at both ends.
  fileprivate func trimmingBlanks() -> String {
    var rest = self
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}
