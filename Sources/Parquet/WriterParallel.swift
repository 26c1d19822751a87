import Synchronization
import Tabular

/// Encoders of column chunks, of which each serves one thread at a time.
final class EncoderPool: Sendable {
  private let encoders: [Cell]
  private let runner: ParallelRunner?

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
    runner = options.parallel
  }

  /// The chunks of `rows` of the columns `columns`, in column order; `required` and `codecs` are those of all columns.
  ///
  /// Which encoder makes a chunk is left to chance; encoders hold working memory alone, so that it does not matter.
  func encode(
    _ rows: RowPieces, columns: Range<Int>, required: [Bool], codecs: [ParquetCodec]
  ) -> [Result<EncodedChunk, ParquetError>] {
    let results = Mutex([Result<EncodedChunk, ParquetError>?](repeating: nil, count: columns.count))
    let next = Atomic<Int>(columns.lowerBound)
    @Sendable func work(_ cell: Cell) {
      cell.encoder.withLock { encoder in
        while true {
          let i = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if i >= columns.upperBound { return }
          let chunk = Result { () throws(ParquetError) in
            let (column, range) = rows.column(i)
            return try encoder.encode(column, rows: range, required: required[i], codec: codecs[i])
          }
          results.withLock { $0[i - columns.lowerBound] = chunk }
        }
      }
    }
    if encoders.count == 1 {
      work(encoders[0])
    } else {
      run(encoders.count, by: runner) { work(encoders[$0]) }
    }
    return results.withLock { $0.compactMap { $0 } }
  }
}

/// The rows of a row group, in the tables in which they came.
///
/// A column is put together when its turn comes, by who encodes it: one column at a time stays in the processor's cache,
/// where a copy of the whole group would not.
struct RowPieces: Sendable {
  private let pieces: [(table: Table, rows: Range<Int>)]
  /// All rows.
  let count: Int

  /// `pieces` one after the other, each some rows of a table; at least one.
  init(_ pieces: [(table: Table, rows: Range<Int>)]) {
    self.pieces = pieces
    count = pieces.reduce(0) { $0 + $1.rows.count }
  }

  /// Column `c`, and which of its rows belong to the group.
  func column(_ c: Int) -> (column: Column, rows: Range<Int>) {
    if pieces.count > 1, let whole = Column.concatenating(pieces.map { ($0.table.columns[c], $0.rows) }) {
      return (whole, 0..<count)
    }
    return (pieces[0].table.columns[c], pieces[0].rows)
  }

  /// The first row without a value of column `c`, counted from the group's first, and its reason.
  func firstMissing(column c: Int) -> (row: Int, reason: MissingReason)? {
    var start = 0
    for (table, rows) in pieces {
      if let missing = table.columns[c].missing, missing.presentCount(in: rows) < rows.count {
        for row in rows {
          if let reason = missing[row] { return (start + row - rows.lowerBound, reason) }
        }
      }
      start += rows.count
    }
    return nil
  }
}
