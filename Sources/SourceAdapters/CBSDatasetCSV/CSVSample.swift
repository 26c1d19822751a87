import CLibCSV
import PipelineKit
import Tabular

/// The head of a CSV file: its column names, and what the first rows show of each column.
final class CSVSample {
  /// The fields of the first record, or nil when the head does not hold all of it.
  private(set) var header: [[UInt8]]?
  /// What the cells show, by column.
  var evidence: [ColumnEvidence] { Array(cells) }
  /// Complete rows seen.
  private(set) var rows = 0
  /// Whether a cell is written as only untyped data sets write it.
  var isUntyped: Bool { cells.contains { $0.isUntyped } }

  private let dialect: CSVDialect
  private let rules: SampleRules
  private let hasFooter: Bool
  private let rowLimit: Int
  private var firstFields: [[UInt8]] = []
  private var isDone = false
  private var field = 0
  /// The evidence, and which columns it is collected for.
  ///
  /// Raw memory: an array of a class is looked after at every cell.
  private var cells = UnsafeMutableBufferPointer<ColumnEvidence>(start: nil, count: 0)
  private var isTopic = UnsafeMutableBufferPointer<Bool>(start: nil, count: 0)

  /// Reads `head`, the first bytes of a file; `isWhole` says that they are all of it.
  init(_ head: UnsafeRawBufferPointer, isWhole: Bool, dialect: CSVDialect, rowLimit: Int = 1000) {
    self.dialect = dialect
    rules = dialect.sampling
    hasFooter = !dialect.footer.isEmpty
    self.rowLimit = rowLimit
    let parser = CSVParser(separator: dialect.separator)
    let context = Unmanaged.passUnretained(self).toOpaque()
    var rest = head
    if rest.starts(with: byteOrderMark) { rest = UnsafeRawBufferPointer(rebasing: rest[3...]) }
    let field: CSVParser.FieldCallback = { bytes, count, context in
      guard let context else { return }
      let start = UnsafePointer(bytes?.assumingMemoryBound(to: UInt8.self))
      let text = UnsafeBufferPointer(start: start, count: start == nil ? 0 : count)
      Unmanaged<CSVSample>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.take(text) }
    }
    let row: CSVParser.RowCallback = { _, context in
      guard let context else { return }
      Unmanaged<CSVSample>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.endRow() }
    }
    // In pieces, so that a long head is not parsed to its end when the rows are enough.
    var start = 0
    while start < rest.count, !isDone {
      let end = min(rest.count, start + 16_384)
      if !parser.parse(UnsafeRawBufferPointer(rebasing: rest[start..<end]), field, row, context) { return }
      start = end
    }
    if isWhole, !isDone { _ = parser.finish(field, row, context) }
  }

  deinit {
    cells.deallocate()
    isTopic.deallocate()
  }

  private func take(_ bytes: UnsafeBufferPointer<UInt8>) {
    if isDone { return }
    if header == nil {
      firstFields.append(Array(bytes))
      return
    }
    if field == 0, hasFooter, dialect.isFooter(bytes) {
      isDone = true
      return
    }
    if field < isTopic.count, isTopic[field] { cells[field].add(bytes, rules) }
    field += 1
  }

  private func endRow() {
    if isDone { return }
    if header != nil {
      rows += 1
      if rows >= rowLimit { isDone = true }
    } else {
      header = firstFields
      cells = .allocate(capacity: firstFields.count)
      cells.initialize(repeating: ColumnEvidence())
      isTopic = .allocate(capacity: firstFields.count)
      _ = isTopic.initialize(from: firstFields.lazy.map { CBSColumnName.isTopic(CSVHeader.name($0, self.dialect)) })
    }
    field = 0
  }
}
