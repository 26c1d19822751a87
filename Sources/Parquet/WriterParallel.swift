import Dispatch
import Synchronization
import Tabular

/// Encoders of column chunks, of which each serves one thread at a time.
final class EncoderPool: Sendable {
  private let encoders: [Cell]

  /// One encoder, which its worker holds while it works.
  private final class Cell: Sendable {
    let encoder: Mutex<ChunkEncoder>

    init(_ options: ParquetWriterOptions) throws(ParquetError) { encoder = Mutex(try ChunkEncoder(options)) }
  }

  /// As many encoders as `options` allows threads, at most `columns`.
  init(_ options: ParquetWriterOptions, columns: Int) throws(ParquetError) {
    var cells: [Cell] = []
    for _ in 0..<min(options.threads, columns) { cells.append(try Cell(options)) }
    encoders = cells
  }

  /// The chunks of the rows `rows` of all columns of `table`, in column order.
  ///
  /// Which encoder makes a chunk is left to chance; encoders hold working memory alone, so that it does not matter.
  func encode(_ table: Table, rows: Range<Int>, required: [Bool]) -> [Result<EncodedChunk, ParquetError>] {
    let count = table.columns.count
    let results = Mutex([Result<EncodedChunk, ParquetError>?](repeating: nil, count: count))
    let next = Atomic<Int>(0)
    @Sendable func work(_ cell: Cell) {
      cell.encoder.withLock { encoder in
        while true {
          let i = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if i >= count { return }
          let chunk = Result { () throws(ParquetError) in
            try encoder.encode(table.columns[i], rows: rows, required: required[i])
          }
          results.withLock { $0[i] = chunk }
        }
      }
    }
    if encoders.count == 1 {
      work(encoders[0])
    } else {
      DispatchQueue.concurrentPerform(iterations: encoders.count) { work(encoders[$0]) }
    }
    return results.withLock { $0.compactMap { $0 } }
  }
}
