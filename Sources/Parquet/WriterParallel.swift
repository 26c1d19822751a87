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

  /// The chunks of the rows `rows` of the columns `columns` of `table`, in column order.
  ///
  /// Which encoder makes a chunk is left to chance; encoders hold working memory alone, so that it does not matter.
  func encode(_ table: Table, columns: Range<Int>, rows: Range<Int>, required: [Bool]) -> [Result<
    EncodedChunk, ParquetError
  >] {
    let results = Mutex([Result<EncodedChunk, ParquetError>?](repeating: nil, count: columns.count))
    let next = Atomic<Int>(columns.lowerBound)
    @Sendable func work(_ cell: Cell) {
      cell.encoder.withLock { encoder in
        while true {
          let i = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if i >= columns.upperBound { return }
          let chunk = Result { () throws(ParquetError) in
            try encoder.encode(table.columns[i], rows: rows, required: required[i])
          }
          results.withLock { $0[i - columns.lowerBound] = chunk }
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
