public import PipelineKit
import Synchronization
public import Tabular

extension CBSDatasetCSV: DividingSource {
  /// The file in stretches, when it is not packed and its header is UTF-8.
  public func stretches(
    of part: InputPart, of input: Input, as schema: Schema, bytes: Int, context: RunContext
  ) throws(SourceError) -> (any SourceStretches)? {
    guard let size = FileStretch.size(of: part.path) else { return nil }
    let head = try context.head(part.path, count: Self.chunkSize)
    return head.withUnsafeBytes { head in
      let end = CSVReader.headerEnd(head, head.starts(with: byteOrderMark) ? 3 : 0)
      guard end < head.count, String(validating: head[..<end], as: UTF8.self) != nil else { return nil }
      return CSVStretches(
        self, part, schema, form(head), header: Array(head[..<end]), size: size, bytes: bytes, context)
    }
  }
}

/// A decoder on its way from one reader to the next, so that a column's texts keep their codes.
struct UsedDecoder {
  /// The decoder, or nil for a new one.
  var decoder: BatchDecoder?
  /// The rows that it has taken.
  var rows = 0
}

/// A CSV file in stretches, each read through libcsv behind the header.
///
/// Each stretch guesses where its first record starts, and reads whole records by libcsv's judgement; together they are the
/// file when each ends, with a record, where the next starts. Everything else is left to a reading of the whole file.
final class CSVStretches: SourceStretches {
  private struct Outcome {
    var start: Int
    var end: Int
    var rows: Int
    var rejected: [CellTrouble]
    var isPastFooter: Bool
  }

  /// A decoder that no thread holds.
  private struct Idle: @unchecked Sendable { var used: UsedDecoder }

  private struct State {
    var outcomes: [Outcome?]
    var idle: [Idle] = []
    var hasFailed = false
  }

  let count: Int
  private let adapter: CBSDatasetCSV
  private let part: InputPart
  private let schema: Schema
  private let form: CBSDatasetForm
  private let header: [UInt8]
  private let size: Int
  private let bytes: Int
  private let context: RunContext
  private let state: Mutex<State>

  init(
    _ adapter: CBSDatasetCSV, _ part: InputPart, _ schema: Schema, _ form: CBSDatasetForm, header: [UInt8], size: Int,
    bytes: Int, _ context: RunContext
  ) {
    self.adapter = adapter
    self.part = part
    self.schema = schema
    self.form = form
    self.header = header
    self.size = size
    self.bytes = bytes
    self.context = context
    count = max(1, (size - header.count + bytes - 1) / bytes)
    state = Mutex(State(outcomes: [Outcome?](repeating: nil, count: count)))
  }

  func read(_ index: Int, into receive: (Batch) -> ReadControl) {
    let idle: Idle? = state.withLock { state in
      if state.hasFailed { return nil }
      return state.idle.popLast() ?? Idle(used: UsedDecoder())
    }
    guard let idle else { return }
    do throws(SourceError) {
      let (outcome, used) = try read(index, idle.used, into: receive)
      let back = Idle(used: used)
      state.withLock { state in
        state.outcomes[index] = outcome
        state.idle.append(back)
      }
    } catch { state.withLock { $0.hasFailed = true } }
  }

  private func read(
    _ index: Int, _ used: UsedDecoder, into receive: (Batch) -> ReadControl
  ) throws(SourceError) -> (Outcome?, UsedDecoder) {
    let first = header.count + index * bytes
    let stretch = try FileStretch(
      path: part.path, range: first..<min(first + bytes, size), startsRecord: index == 0, quote: 0x22)
    let mapper = try adapter.mapper(for: schema, part)
    let reader = try adapter.reader(part, mapper.needed, form, context, stretch: used)
    try header.withUnsafeBufferPointer { (header) throws(SourceError) in
      try withExtendedLifetime(reader) { () throws(SourceError) in
        try reader.read(
          { (buffer) throws(SourceError) in try stretch.read(into: buffer) }, head: UnsafeRawBufferPointer(header)
        ) {
          mapper.pass($0, to: receive)
        }
      }
    }
    let back = UsedDecoder(decoder: reader.decoder, rows: used.rows + reader.rowsTaken)
    guard stretch.isUTF8, stretch.end >= 0 else { return (nil, back) }
    return (
      Outcome(
        start: stretch.start, end: stretch.end, rows: reader.rowsTaken, rejected: reader.rejectedCells,
        isPastFooter: reader.isPastFooter), back
    )
  }

  func join() -> Bool {
    let outcomes = state.withLock { $0.outcomes }
    var place = header.count
    var rows = 0
    var rejected: [CellTrouble] = []
    for outcome in outcomes {
      guard let outcome, outcome.start == place, !outcome.isPastFooter || outcome.end == size else {
        return false
      }
      rejected += outcome.rejected.map { cell in
        var cell = cell
        cell.row += rows
        return cell
      }
      rows += outcome.rows
      place = outcome.end
    }
    guard place == size, rejected.count <= RejectedCells.limit else { return false }
    if !rejected.isEmpty {
      guard let mapper = try? adapter.mapper(for: schema, part),
        let reader = try? adapter.reader(part, mapper.needed, form, context)
      else { return false }
      let isDone = try? withExtendedLifetime(reader) { () throws(SourceError) in
        try reader.putAside(rejected, header: header)
        return true
      }
      if isDone == nil { return false }
    }
    context.count(read: rows)
    return true
  }
}
