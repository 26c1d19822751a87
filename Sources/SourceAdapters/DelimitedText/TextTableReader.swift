import PipelineKit
import Tabular

/// How a text file is laid out: where its records are and what its columns are called.
struct TextLayout: Sendable {
  /// How records are told apart.
  var records = RecordDialect()
  /// The encoding.
  var encoding = TextEncoding.auto
  /// Where in the text the table starts.
  var offset = 0
  /// Records at the start of the table that are not data: the header, a row of units.
  var headerRecords = 1
  /// The names of the columns.
  var names: [String] = []
  /// Cells of columns of numbers, and of text.
  var numbers = CellDialect(), texts = CellDialect()
  /// A record whose first field starts with one of these ends the data.
  var footers: [[UInt8]] = []
}

/// Reads the records of a text file into batches of typed columns.
final class TextTableReader {
  private struct Target {
    var place: Int
    var slot: UnsafeMutablePointer<ColumnSlot>
  }

  /// Where a column's cells are decoded.
  private enum Home { case numbers(Int), texts(Int), raw(Int) }

  private let path: String
  private let schema: Schema
  private let columns: [OutputColumn]
  private let layout: TextLayout
  private let context: RunContext
  private let numbers: BatchDecoder, texts: BatchDecoder, raw: BatchDecoder
  private var homes: [Home] = []
  private var targets: [Target] = []
  private var rawPlaces: [Int] = []
  private let batchRows: Int
  /// The line of each row of the batch.
  private var lines: [Int] = []
  private var rowsTaken = 0
  private var numberMaps: [DictionaryMap<OutputColumn.NumberCell>]
  private var textMaps: [DictionaryMap<String?>]

  init(path: String, columns: [OutputColumn], layout: TextLayout, context: RunContext) throws(SourceError) {
    self.path = path
    self.columns = columns
    self.layout = layout
    self.context = context
    var (numberFields, textFields, rawFields): ([Field], [Field], [Field]) = ([], [], [])
    for column in columns {
      switch column.reading {
      case .plain where column.field.type == .string:
        homes.append(.texts(textFields.count))
        textFields.append(column.field)
      case .plain:
        homes.append(.numbers(numberFields.count))
        numberFields.append(column.field)
      case .numbers, .texts:
        if let known = rawPlaces.firstIndex(of: column.place) {
          homes.append(.raw(known))
        } else {
          homes.append(.raw(rawPlaces.count))
          rawPlaces.append(column.place)
          rawFields.append(Field(column.field.name, .string))
        }
      }
    }
    batchRows = min(4_096, max(512, (1 << 15) / max(columns.count, 1)))
    numberMaps = [DictionaryMap](repeating: DictionaryMap(), count: columns.count)
    textMaps = [DictionaryMap](repeating: DictionaryMap(), count: columns.count)
    do throws(TabularError) {
      schema = try Schema(columns.map(\.field))
      numbers = try BatchDecoder(schema: Schema(numberFields), dialect: layout.numbers, batchRows: batchRows)
      texts = try BatchDecoder(schema: Schema(textFields), dialect: layout.texts, batchRows: batchRows)
      var plain = layout.texts
      plain.markers = []
      plain.trimsText = true
      raw = try BatchDecoder(schema: Schema(rawFields), dialect: plain, batchRows: batchRows)
    } catch { throw SourceError(file: path, error.description) }
    var seen: Set<Int> = []
    for (column, home) in zip(columns, homes) {
      switch home {
      case .numbers(let i): targets.append(Target(place: column.place, slot: numbers.slot(i)))
      case .texts(let i): targets.append(Target(place: column.place, slot: texts.slot(i)))
      case .raw(let i):
        if seen.insert(i).inserted { targets.append(Target(place: column.place, slot: raw.slot(i))) }
      }
    }
    targets.sort { $0.place < $1.place }
  }

  /// Reads the file and hands on its batches.
  func read(_ file: InputFile, into receive: (Batch) -> ReadControl) throws(SourceError) {
    let scanner = RecordScanner(path: path, dialect: layout.records) { (buffer) throws(SourceError) in
      try file.read(into: buffer)
    }
    if layout.offset > 0 { try scanner.skip(layout.offset) }
    for _ in 0..<layout.headerRecords where try !scanner.next() { return }
    let width = layout.names.count
    while try scanner.next() {
      if !layout.footers.isEmpty, isFooter(scanner[0]) {
        try scanner.drain()
        break
      }
      guard scanner.count == width else { throw fieldCountError(scanner) }
      for target in targets {
        let bytes = scanner[target.place]
        ColumnSlot.append(bytes.baseAddress.unsafelyUnwrapped, bytes.count, to: target.slot)
      }
      lines.append(scanner.recordLine)
      if lines.count == batchRows, try handOn(receive) == .stop { return }
    }
    if !lines.isEmpty { _ = try handOn(receive) }
  }

  private func isFooter(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    layout.footers.contains { $0.count <= field.count && field[..<$0.count].elementsEqual($0) }
  }

  // MARK: Batches

  private func handOn(_ receive: (Batch) -> ReadControl) throws(SourceError) -> ReadControl {
    let rows = lines.count
    for (decoder, dialect) in [(numbers, layout.numbers), (texts, layout.texts), (raw, layout.texts)] {
      guard let trouble = decoder.trouble else { continue }
      let name = decoder.schema[trouble.column].name
      throw SourceError(
        file: path, line: lines[trouble.row - rowsTaken], column: name,
        CellMessage.text(trouble, column: name, numbers: dialect.numbers))
    }
    let (numberTable, textTable, rawTable) = (
      numbers.take(rows: rows), texts.take(rows: rows), raw.take(rows: rows)
    )
    var result: [Column] = []
    for (i, home) in homes.enumerated() {
      switch home {
      case .numbers(let at): result.append(numberTable.columns[at])
      case .texts(let at): result.append(textTable.columns[at])
      case .raw(let at): result.append(try mapped(rawTable.columns[at], i))
      }
    }
    rowsTaken += rows
    lines.removeAll(keepingCapacity: true)
    context.count(read: rows)
    let table: Table
    do throws(TabularError) {
      table = result.isEmpty ? numberTable : try Table(schema: schema, columns: result)
    } catch { throw SourceError(file: path, error.description) }
    return receive(Batch(table))
  }

  /// Column `i` from the texts of its cells.
  private func mapped(_ column: Column, _ i: Int) throws(SourceError) -> Column {
    guard case .string(let strings) = column else { return column }
    switch columns[i].reading {
    case .numbers(let map):
      numberMaps[i].update(strings.dictionary, map)
      return try numberColumn(strings, numberMaps[i].values, columns[i].field.name)
    case .texts(let map):
      textMaps[i].update(strings.dictionary, map)
      return textColumn(strings, textMaps[i].values)
    case .plain: return column
    }
  }

  private func numberColumn(_ strings: StringColumn, _ known: [OutputColumn.NumberCell], _ name: String)
    throws(SourceError) -> Column
  {
    var values = [Double](repeating: 0, count: strings.codes.count)
    var reasons = strings.missing?.reasons ?? [UInt8](repeating: 0, count: values.count)
    for (row, code) in strings.codes.enumerated() where reasons[row] == 0 {
      switch known[Int(code)] {
      case .value(let value): values[row] = value
      case .missing(let reason): reasons[row] = reason.rawValue
      case .unreadable:
        let trouble = CellTrouble(kind: .notANumber, column: 0, row: row, bytes: Array((strings[row] ?? "").utf8))
        throw SourceError(
          file: path, line: lines[row], column: name,
          CellMessage.text(trouble, column: name, numbers: layout.numbers.numbers))
      }
    }
    return .float64(Float64Column(values, missing: MissingMask(reasons: reasons)))
  }

  private func textColumn(_ strings: StringColumn, _ known: [String?]) -> Column {
    var builder = StringDictionaryBuilder()
    let codes = known.map { text in text.map { builder.code(of: $0) } }
    var rows = [UInt32](repeating: 0, count: strings.codes.count)
    var reasons = strings.missing?.reasons ?? [UInt8](repeating: 0, count: rows.count)
    for (row, code) in strings.codes.enumerated() where reasons[row] == 0 {
      if let text = codes[Int(code)] {
        rows[row] = text
      } else {
        reasons[row] = MissingReason.notApplicable.rawValue
      }
    }
    return .string(StringColumn(codes: rows, dictionary: builder.build(), missing: MissingMask(reasons: reasons)))
  }

  // MARK: Trouble

  private func fieldCountError(_ scanner: RecordScanner) -> SourceError {
    let found = scanner.count
    var message = "found \(found) field\(found == 1 ? "" : "s"), expected \(layout.names.count) as in the header"
    if found == 1 { message += "; if the data end here, name the start of this line as footer" }
    return SourceError(file: path, line: scanner.recordLine, message)
  }
}
