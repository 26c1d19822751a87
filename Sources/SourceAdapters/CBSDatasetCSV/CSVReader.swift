import CLibCSV
import PipelineKit
import Tabular

/// What happens with a field of the running record.
struct FieldPlan {
  enum Action: UInt8 {
    /// The column is not asked for.
    case skip
    /// The slot decodes it.
    case decode
    /// The reader looks at it: a header, a first field that may be a footer, one field too many.
    case ask
  }

  var action: Action
  var slot: UnsafeMutablePointer<ColumnSlot>?
}

/// What libcsv's callbacks see.
///
/// Raw memory: a class in their place would cost a retain and a release per field.
struct CSVCursor {
  /// The plan of the next field.
  var next: UnsafeMutablePointer<FieldPlan>
  /// The plan of a record's first field.
  var first: UnsafeMutablePointer<FieldPlan>
  /// The plan behind that of a record's last field.
  var end: UnsafeMutablePointer<FieldPlan>
  /// Rows since the last batch.
  var rows = 0
  /// The row before which the plan changes.
  var turn = Int.max
  /// An address for empty fields.
  let empty: UnsafeMutableRawPointer
  let reader: Unmanaged<CSVReader>
}

/// Reads one CSV file: records through libcsv into a ``BatchDecoder``.
///
/// The columns that are not asked for cost their callback and nothing else. Callbacks only note what is wrong; the loop
/// around libcsv then finds the line by reading the file once more (see ``CSVLocator``), so that counting lines costs
/// nothing as long as all is well.
final class CSVReader {
  private enum Phase { case header, rows, footer, failed }

  /// A record with the wrong number of fields.
  private struct Irregularity {
    var record: Int
    var found: Int
  }

  private let path: String
  private let schema: Schema
  private let dialect: CSVDialect
  private let context: RunContext
  private let onError: OnError
  private var rejected: [CellTrouble] = []
  let decoder: BatchDecoder
  /// Rows that the decoder took for an earlier reader.
  private let earlierRows: Int
  /// Whether the records are a stretch of a file: what is wrong is then found again by a reader of the whole.
  private let isStretch: Bool
  private let cursor: UnsafeMutablePointer<CSVCursor>
  /// Two entries that no record gets past: one for the header, one for records that are left alone.
  private let idle: UnsafeMutablePointer<FieldPlan>
  private var plan: UnsafeMutablePointer<FieldPlan>
  private var planCount = 0
  /// The plan of records that ``CSVProjection`` has shortened.
  private var shortPlan: UnsafeMutablePointer<FieldPlan>
  private var shortPlanCount = 0
  /// Whether records are shortened no more; pieces may then end inside a record.
  private var isWholeToTheEnd = false
  private let projection: CSVProjection
  private var phase = Phase.header
  private var header: [[UInt8]] = []
  private var failure: SourceError?
  private var irregularity: Irregularity?
  private(set) var rowsTaken = 0
  private var extraFields = 0

  init(
    path: String, schema: Schema, dialect: CSVDialect, cells: CellDialect, onError: OnError, context: RunContext,
    stretch used: UsedDecoder? = nil
  ) throws(SourceError) {
    self.path = path
    self.onError = onError
    self.schema = schema
    self.dialect = dialect
    self.context = context
    isStretch = used != nil
    earlierRows = used?.rows ?? 0
    do throws(TabularError) {
      if let known = used?.decoder {
        decoder = known
      } else {
        decoder = try BatchDecoder(schema: schema, dialect: cells)
      }
    } catch {
      throw SourceError(file: path, error.description)
    }
    if onError == .reject { decoder.collectTroubles(limit: RejectedCells.limit + 1) }
    idle = .allocate(capacity: 2)
    idle.initialize(repeating: FieldPlan(action: .ask, slot: nil), count: 2)
    plan = .allocate(capacity: 1)
    shortPlan = .allocate(capacity: 1)
    projection = CSVProjection(separator: dialect.separator, capacity: CBSDatasetCSV.chunkSize)
    cursor = .allocate(capacity: 1)
    cursor.initialize(
      to: CSVCursor(
        next: idle, first: idle, end: idle + 1, empty: .allocate(byteCount: 16, alignment: 16),
        reader: Unmanaged.passUnretained(self)))
  }

  deinit {
    cursor.pointee.empty.deallocate()
    cursor.deallocate()
    plan.deallocate()
    shortPlan.deallocate()
    idle.deallocate()
  }

  // MARK: Callbacks

  private static let field: CSVParser.FieldCallback = { bytes, count, context in
    let cursor = context.unsafelyUnwrapped.assumingMemoryBound(to: CSVCursor.self)
    let entry = cursor.pointee.next
    cursor.pointee.next = entry + 1
    if entry.pointee.action == .skip { return }
    let text = csvBytes(bytes, cursor.pointee.empty)
    if entry.pointee.action == .decode {
      ColumnSlot.append(text, count, to: entry.pointee.slot.unsafelyUnwrapped)
    } else {
      cursor.pointee.reader._withUnsafeGuaranteedRef { $0.ask(entry, UnsafeBufferPointer(start: text, count: count)) }
    }
  }

  private static let row: CSVParser.RowCallback = { _, context in
    let cursor = context.unsafelyUnwrapped.assumingMemoryBound(to: CSVCursor.self)
    if cursor.pointee.next == cursor.pointee.end {
      cursor.pointee.next = cursor.pointee.first
      cursor.pointee.rows &+= 1
      if cursor.pointee.rows == cursor.pointee.turn { cursor.pointee.reader._withUnsafeGuaranteedRef { $0.turn() } }
    } else {
      cursor.pointee.reader._withUnsafeGuaranteedRef { $0.endIrregularRow() }
    }
  }

  /// A field that is not simply decoded or skipped.
  @inline(never)
  private func ask(_ entry: UnsafeMutablePointer<FieldPlan>, _ bytes: UnsafeBufferPointer<UInt8>) {
    switch phase {
    case .header:
      header.append(Array(bytes))
      cursor.pointee.next = idle
    case .rows:
      if entry == cursor.pointee.end || entry == cursor.pointee.end + 1 {  // a field too many: stay behind the end
        extraFields += 1
        cursor.pointee.next = cursor.pointee.end + 1
      } else if dialect.isFooter(bytes) {
        enter(.footer)
      } else if let slot = entry.pointee.slot, let base = bytes.baseAddress {
        ColumnSlot.append(base, bytes.count, to: slot)
      }
    case .footer, .failed: cursor.pointee.next = idle
    }
  }

  /// A row that is not a whole record of data.
  @inline(never)
  private func endIrregularRow() {
    switch phase {
    case .header:
      do { try makePlan() } catch {
        failure = error
        enter(.failed)
      }
    case .rows:
      irregularity = Irregularity(
        record: 1 + rowsTaken + cursor.pointee.rows,
        found: extraFields > 0 ? planCount + extraFields : cursor.pointee.next - cursor.pointee.first)
      enter(.failed)
    case .footer, .failed: cursor.pointee.next = idle
    }
  }

  private func enter(_ phase: Phase) {
    self.phase = phase
    cursor.pointee.first = idle
    cursor.pointee.next = idle
    cursor.pointee.end = idle + 1
  }

  /// Lays out what happens with each field, now that the header is known.
  private func makePlan() throws(SourceError) {
    let names = try CSVHeader.names(header, dialect, file: path)
    plan.deallocate()
    planCount = names.count
    plan = .allocate(capacity: planCount + 2)
    plan.initialize(repeating: FieldPlan(action: .skip, slot: nil), count: planCount)
    (plan + planCount).initialize(repeating: FieldPlan(action: .ask, slot: nil), count: 2)
    for (i, field) in schema.fields.enumerated() {
      guard let place = names.firstIndex(of: field.name) else {
        throw SourceError(
          file: path, line: 1, column: field.name, "is missing from the header" + didYouMean(field.name, among: names))
      }
      plan[place] = FieldPlan(action: .decode, slot: decoder.slot(i))
    }
    if !dialect.footer.isEmpty { plan[0].action = .ask }
    phase = .rows
    use(plan, planCount)
    makeShortPlan()
  }

  /// Asks for shortened records when that spares libcsv enough.
  private func makeShortPlan() {
    var kept = (0..<planCount).filter { plan[$0].action != .skip }
    for field in 0..<planCount where kept.count < 2 && !kept.contains(field) { kept = (kept + [field]).sorted() }
    guard kept.count >= 2, kept.count * 4 <= planCount * 3 else { return projection.turnOff() }
    shortPlan.deallocate()
    shortPlanCount = kept.count
    shortPlan = .allocate(capacity: shortPlanCount + 2)
    for (i, field) in kept.enumerated() { (shortPlan + i).initialize(to: plan[field]) }
    (shortPlan + shortPlanCount).initialize(repeating: FieldPlan(action: .ask, slot: nil), count: 2)
    projection.keep(kept, of: planCount)
  }

  private func use(_ plan: UnsafeMutablePointer<FieldPlan>, _ count: Int) {
    cursor.pointee.first = plan
    cursor.pointee.next = plan
    cursor.pointee.end = plan + count
  }

  /// Takes the plan of the next record, which comes whole or shortened.
  private func turn() {
    guard phase == .rows, shortPlanCount > 0, !isWholeToTheEnd else { return }
    let record = rowsTaken + cursor.pointee.rows
    let isWhole = projection.takeWhole(record)
    if isWhole { use(plan, planCount) } else { use(shortPlan, shortPlanCount) }
    let next = projection.nextWhole
    cursor.pointee.turn = isWhole ? cursor.pointee.rows + 1 : next == .max ? .max : next - rowsTaken
    if record >= projection.wholeFrom {
      isWholeToTheEnd = true
      cursor.pointee.turn = .max
    }
  }

  // MARK: The loop

  /// Reads what `source` gives behind `head` and hands on its batches. The head holds the header, at least.
  func read(
    _ source: ByteSource, head: UnsafeRawBufferPointer, into receive: (Batch) -> ReadControl
  ) throws(SourceError) {
    let parser = CSVParser(separator: dialect.separator)
    let start = head.starts(with: byteOrderMark) ? 3 : 0
    let header = Self.headerEnd(head, start)
    try parse(parser, UnsafeRawBufferPointer(rebasing: head[start..<header]))
    if phase != .rows { projection.turnOff() }
    projection.input.copyMemory(from: UnsafeRawBufferPointer(rebasing: head[header...]))
    var count = head.count - header
    repeat {
      if count == 0 { count = try source(projection.input) }
      let isLast = count == 0
      let bytes = projection.take(count, isLast: isLast)
      count = 0
      if cursor.pointee.turn == .max || cursor.pointee.rows == cursor.pointee.turn { turn() }
      try parse(parser, bytes)
      if parser.isOverfull { throw openQuoteError("a field of more than 16 MiB") }
      if cursor.pointee.rows >= decoder.batchRows, handOn(receive) == .stop { return reportRejected() }
      if isLast { break }
    } while true
    let rows = cursor.pointee.rows
    guard parser.finish(Self.field, Self.row, cursor) else {
      throw openQuoteError("the file ends inside a quoted field")
    }
    try checkCells(isLast: cursor.pointee.rows == rows)
    if phase == .header {
      throw SourceError(file: path, "is empty; expected a first line with the column names, then the data")
    }
    if cursor.pointee.rows > 0 { _ = handOn(receive) }
    reportRejected()
  }

  private func parse(_ parser: CSVParser, _ bytes: UnsafeRawBufferPointer) throws(SourceError) {
    guard !bytes.isEmpty else { return }
    guard parser.parse(bytes, Self.field, Self.row, cursor) else { throw quoteError() }
    try checkCells()
  }

  /// Where the first record ends: behind the first line end outside quotes, or at the end of `head`.
  static func headerEnd(_ head: UnsafeRawBufferPointer, _ start: Int) -> Int {
    var isQuoted = false
    var hasContent = false
    for i in start..<head.count {
      switch head[i] {
      case 0x22: isQuoted.toggle()
      case 0x0A, 0x0D: if !isQuoted, hasContent { return i + 1 }
      case 0x20, 0x09: continue
      default: break
      }
      hasContent = hasContent || (head[i] != 0x0A && head[i] != 0x0D)
    }
    return head.count
  }

  private func handOn(_ receive: (Batch) -> ReadControl) -> ReadControl {
    let rows = cursor.pointee.rows
    let table = decoder.take(rows: rows)
    cursor.pointee.rows = 0
    if cursor.pointee.turn != .max { cursor.pointee.turn -= rows }
    rowsTaken += rows
    if !isStretch { context.count(read: rows) }
    return receive(Batch(table))
  }

  // MARK: Trouble

  private func checkCells(isLast: Bool = false) throws(SourceError) {
    if let failure { throw failure }
    let trouble = try troubleToReport()
    if let irregularity, irregularity.record <= trouble.map({ $0.row + 1 }) ?? .max {
      throw fieldCountError(irregularity, isLast: isLast)
    }
    if let trouble {
      throw SourceError(
        file: path, line: line(of: place(of: trouble)), column: schema[trouble.column].name,
        CellMessage.text(trouble, column: schema[trouble.column].name, numbers: dialect.numbers))
    }
  }

  private func place(of trouble: CellTrouble) -> CSVLocator.Target {
    let name = schema[trouble.column].name
    return .cell(
      record: trouble.row + 1, field: header.firstIndex { CSVHeader.name($0, dialect) == name } ?? 0)
  }

  /// The cell that ends the reading, if any: the first that cannot be read, or with `reject` the first that is too many.
  private func troubleToReport() throws(SourceError) -> CellTrouble? {
    guard onError == .reject else { return decoder.trouble }
    rejected += decoder.takeTroubles().map { trouble in
      var trouble = trouble
      trouble.row -= earlierRows
      return trouble
    }
    guard rejected.count > RejectedCells.limit else { return nil }
    throw RejectedCells.tooMany(file: path, option: "on_error")
  }

  /// Puts the cells aside that could not be read.
  private func reportRejected() {
    if !isStretch { putAside(rejectedCells) }
  }

  /// The cells of the rows so far that could not be read.
  var rejectedCells: [CellTrouble] {
    let taken = rowsTaken + cursor.pointee.rows
    return rejected.filter { $0.row < taken }
  }

  /// Puts cells of the file with this header aside.
  func putAside(_ cells: [CellTrouble], header: [UInt8]) throws(SourceError) {
    try header.withUnsafeBufferPointer { (header) throws(SourceError) in
      try read({ (_) throws(SourceError) in 0 }, head: UnsafeRawBufferPointer(header)) { _ in .stop }
    }
    putAside(cells)
  }

  /// Puts cells of the file aside, with their lines, which one more pass over the file gives.
  private func putAside(_ cells: [CellTrouble]) {
    guard !cells.isEmpty else { return }
    let lines = locator.lines(of: cells.map { place(of: $0) })
    for (cell, line) in zip(cells, lines) {
      let name = schema[cell.column].name
      context.reject(
        file: path, line: line, column: name, value: String(decoding: cell.bytes, as: UTF8.self),
        reason: CellMessage.text(cell, column: name, numbers: dialect.numbers))
    }
  }

  /// Whether a footer has ended the data.
  var isPastFooter: Bool { phase == .footer }

  private var locator: CSVLocator { CSVLocator(path: path, separator: dialect.separator, context: context) }

  private func line(of target: CSVLocator.Target) -> Int { isStretch ? 0 : locator.line(of: target) }

  private func fieldCountError(_ row: Irregularity, isLast: Bool) -> SourceError {
    let fields = "\(row.found) field" + (row.found == 1 ? "" : "s")
    var message = "found \(fields), expected \(planCount) as in the header"
    if isLast {
      message = "the file ends in the middle of a record: " + message
    } else if row.found == 1 {
      message += "; if the data end here, name the start of this line as footer"
    }
    return SourceError(file: path, line: line(of: .record(row.record)), message)
  }

  private func quoteError() -> SourceError {
    if let failure { return failure }
    return SourceError(
      file: path, line: line(of: .end),
      "a quote stands inside a field; a quote in a quoted field is written twice (\"\"), and a field with quotes is quoted"
    )
  }

  private func openQuoteError(_ what: String) -> SourceError {
    SourceError(
      file: path, line: line(of: .end),
      "\(what) that starts here; the file is cut off, or a quote is missing")
  }
}
