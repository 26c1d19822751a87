import Dispatch
import Synchronization
import Tabular

/// Brings the rows of files that are read side by side into a sink in the order of the files.
///
/// The file whose turn it is goes straight through. Another one waits in memory until its turn comes, up to a limit; beyond
/// it its reader pauses. Files must be started in order, so that the one whose turn it is always has a thread.
final class OrderedStream: Sendable {
  private struct State {
    var turn = 0
    var waiting: [Int: [Table]] = [:]
    var waitingBytes: [Int: Int] = [:]
    var finished: Set<Int> = []
    var sleepers: [Int: DispatchSemaphore] = [:]
    var failure: PipelineError?
  }

  /// The sink, used by one thread at a time.
  private final class Writing: @unchecked Sendable {
    let append: (Table) throws(PipelineError) -> Void
    init(_ append: @escaping (Table) throws(PipelineError) -> Void) { self.append = append }
  }

  private let state = Mutex(State())
  private let writing: Mutex<Writing>
  private let limit: Int

  /// A stream into `append`; a file that waits keeps at most about `limit` bytes of rows.
  init(limit: Int = 32 << 20, append: @escaping (Table) throws(PipelineError) -> Void) {
    self.limit = limit
    writing = Mutex(Writing(append))
  }

  /// Takes the next rows of file `part`.
  func append(_ table: Table, part: Int) throws(PipelineError) {
    let (isTurn, sleeper) = try checked { (state: inout State) -> (Bool, DispatchSemaphore?) in
      if state.turn == part, state.waiting[part] == nil { return (true, nil) }
      state.waiting[part, default: []].append(table)
      state.waitingBytes[part, default: 0] += table.rowCount * table.schema.count * 9
      guard state.turn != part, state.waitingBytes[part, default: 0] > limit else { return (false, nil) }
      let sleeper = DispatchSemaphore(value: 0)
      state.sleepers[part] = sleeper
      return (false, sleeper)
    }
    if isTurn {
      try write([table])
    } else if let sleeper {
      sleeper.wait()
      try drain(part)
    } else if try checked({ (state: inout State) -> Bool in state.turn == part }) {
      try drain(part)
    }
  }

  /// Says that file `part` has no more rows.
  func finish(_ part: Int) throws(PipelineError) {
    try checked { (state: inout State) -> Void in state.finished.insert(part) }
    while true {
      let turn = try checked { (state: inout State) -> Int? in state.finished.contains(state.turn) ? state.turn : nil }
      guard let turn else { return }
      // Whoever gets here first moves the turn on; what the file left is written before the next one's rows.
      let isMine = try checked { (state: inout State) -> Bool in
        guard state.turn == turn, state.finished.remove(turn) != nil else { return false }
        return true
      }
      if !isMine { return }
      try drain(turn)
      let sleeper = try checked { (state: inout State) -> DispatchSemaphore? in
        state.turn = turn + 1
        return state.sleepers.removeValue(forKey: turn + 1)
      }
      sleeper?.signal()
    }
  }

  /// Ends the stream with an error: all who wait go on and hear of it.
  func fail(_ error: PipelineError) {
    let sleepers = state.withLock { state in
      if state.failure == nil { state.failure = error }
      defer { state.sleepers = [:] }
      return Array(state.sleepers.values)
    }
    for sleeper in sleepers { sleeper.signal() }
  }

  private func drain(_ part: Int) throws(PipelineError) {
    while true {
      let tables = try checked { (state: inout State) -> [Table]? in state.waiting.removeValue(forKey: part) }
      guard let tables else { return }
      _ = try checked { (state: inout State) -> Int? in state.waitingBytes.removeValue(forKey: part) }
      try write(tables)
    }
  }

  private func write(_ tables: [Table]) throws(PipelineError) {
    let result = writing.withLock { writing in
      Result { () throws(PipelineError) in for table in tables { try writing.append(table) } }
    }
    try result.get()
  }

  private func checked<T>(_ body: (inout State) -> T) throws(PipelineError) -> T {
    let result = state.withLock { state -> Result<T, PipelineError> in
      if let failure = state.failure { return .failure(failure) }
      return .success(body(&state))
    }
    return try result.get()
  }
}

/// A file that a streaming sink writes, opened with its first rows; used by one thread at a time.
final class StreamedOutput: @unchecked Sendable {
  private let open: () throws(SinkError) -> (OutputFile, any SinkStream)
  private var parts: (file: OutputFile, stream: any SinkStream)?
  private var rows = 0

  init(_ open: @escaping () throws(SinkError) -> (OutputFile, any SinkStream)) { self.open = open }

  /// Writes the next rows.
  func append(_ table: Table) throws(PipelineError) {
    try writing { () throws(SinkError) in try opened().stream.append(table) }
    rows += table.rowCount
  }

  /// Ends the file: what it has become, and its rows.
  func finish() throws(PipelineError) -> (FinishedOutput, Int) {
    let finished = try writing { () throws(SinkError) in
      let (file, stream) = try opened()
      try stream.finish()
      return try file.finish()
    }
    return (finished, rows)
  }

  private func opened() throws(SinkError) -> (file: OutputFile, stream: any SinkStream) {
    if let parts { return parts }
    let made = try open()
    parts = made
    return made
  }

  private func writing<T>(_ body: () throws(SinkError) -> T) throws(PipelineError) -> T {
    do throws(SinkError) { return try body() } catch { throw .sink(error) }
  }
}
