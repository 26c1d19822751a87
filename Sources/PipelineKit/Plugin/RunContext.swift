internal import Glibc
import Synchronization

/// The only door between a plugin and the world: files, warnings, counts, chance and time.
///
/// What passes through it feeds the manifest, the dependency file for make and the printed counts. A context is a cheap
/// value that knows the stage it was made for; all contexts of a run share one record.
public struct RunContext: Sendable {
  /// The source, step or output on whose behalf the plugin works.
  public let stage: String
  /// How many threads a kernel may use at once.
  public let threads: Int
  let record: RunRecord

  /// A context of its own, for tests and tools outside a run.
  public init(stage: String = "test", threads: Int = 1) {
    self.init(stage: stage, threads: threads, record: RunRecord())
  }

  init(stage: String, threads: Int, record: RunRecord) {
    self.stage = stage
    self.threads = threads
    self.record = record
  }

  /// The same run, for another stage.
  func context(for stage: String) -> RunContext { RunContext(stage: stage, threads: threads, record: record) }

  /// Opens a file for reading from its start. The file's size and SHA-256 enter the manifest once it is read to the end.
  /// - Throws: ``SourceError`` of kind `unreadable`, saying why.
  ///
  /// Gzip is unpacked while it is read, and so is a zip archive: its only file, or the one that the path names, as in
  /// `archive.zip/table.csv`.
  public func open(_ path: String) throws(SourceError) -> InputFile {
    noteDependency(path)
    return try InputFile(path: path, record: record, isHashed: !record.isHashedApart(path))
  }

  /// At most `count` bytes from the start of a file, unpacked, to recognise it and find its columns. A zip archive of
  /// several files is shown as it is: the path must name one of them.
  /// - Throws: ``SourceError`` of kind `unreadable`.
  public func head(_ path: String, count: Int = 1 << 18) throws(SourceError) -> [UInt8] {
    noteDependency(path)
    return try InputFile.head(path, count: count)
  }

  /// Notes that the stage depends on the file on disk from which `path` is read.
  func noteDependency(_ path: String) { record.addDependency(InputLocation(path).file, stage: stage) }

  /// Reads a file to its end for the manifest alone, where its content is read in stretches or by another thread.
  func hash(_ path: String) throws(SourceError) {
    noteDependency(path)
    let file = try InputFile(path: path, record: record)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 4096)
    defer { buffer.deallocate() }
    while try file.read(into: buffer) > 0 {}
  }

  /// A whole small file as text: a profile, a mapping, a code list.
  /// - Throws: ``SourceError`` when it cannot be read or is not UTF-8.
  public func text(_ path: String) throws(SourceError) -> String {
    let file = try open(path)
    let bytes = try file.readAll()
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw SourceError(file: path, "is not UTF-8 text")
    }
    return text
  }

  /// Tells the user about something that does not stop the run. Printed once per text, at the end of the stage.
  public func warn(_ message: String) { record.warn(stage: stage, message) }

  /// Tells the user a result in a line: printed when the run is done, in the order given.
  public func note(_ message: String) { record.note(stage: stage, message) }

  /// The warnings that the stage has given so far, sorted: for tests of plugins.
  public var warnings: [String] { record.warnings.filter { $0.stage == stage }.map(\.message) }

  /// Whether there is a file at `path`.
  public func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }

  /// Writes `text` to `path` after all outputs of the run have their names, and not at all when the run fails: for what
  /// must not be ahead of the data, such as how far a source was read.
  public func keep(_ text: String, at path: String) { record.keep(text, at: path) }

  /// Runs `body` for 0 to `count - 1`, side by side with threads of the run that have nothing else to do. The order is not
  /// fixed: each call writes to a place of its own, and none waits for another.
  public func parallel(_ count: Int, _ body: @Sendable (Int) -> Void) {
    if threads > 1, count > 1 {
      record.crew.parallel(count, body)
    } else {
      for i in 0..<count { body(i) }
    }
  }

  /// Puts a cell aside that cannot be read: it goes to the quarantine file, and the stage's count of cells rejected
  /// rises by one. The caller makes the cell a missing value for ``MissingReason/rejected``.
  public func reject(file: String, line: Int, column: String, value: String, reason: String) {
    reject(RejectedCell(stage: stage, file: file, line: line, column: column, value: value, reason: reason))
  }

  func reject(_ cell: RejectedCell) { record.reject(cell) }

  /// Adds to the stage's row counts: read = kept + rejected + filtered.
  public func count(read: Int = 0, rejected: Int = 0, filtered: Int = 0) {
    record.count(stage: stage, read: read, rejected: rejected, filtered: filtered)
  }
}

/// What passed through a context, for the checks of PipelineTesting.
extension RunContext {
  /// A file that was read to its end.
  package struct FileRead: Sendable, Equatable {
    /// The path as the plugin gave it.
    package var path: String
    /// Bytes handed out.
    package var bytes: Int
  }

  /// The files that were read to their end, by path.
  package var filesRead: [FileRead] {
    record.files.values.map { FileRead(path: $0.path, bytes: $0.bytes) }.sorted { $0.path < $1.path }
  }

  /// What ``keep(_:at:)`` would write, by path.
  package var keptFiles: [(path: String, text: String)] { record.keptFiles }

  /// The cells of the context's stage that were put aside, by file, line and column.
  package var rejectedCells: [RejectedCell] { record.rejectedCells.filter { $0.stage == stage } }

  /// The row counts of the context's stage.
  package var rowCounts: RowCounts { record.counts(of: stage) }

  /// The warnings of all stages.
  package var warningTexts: [String] { record.warnings.map(\.message) }
}

/// Row counts of one stage.
public struct RowCounts: Sendable, Equatable {
  /// Rows that came in.
  public var read = 0
  /// Rows put aside: by a check that quarantines.
  public var rejected = 0
  /// Rows left out because a filter says so.
  public var filtered = 0
  /// Cells put aside because they could not be read; their rows are kept, without a value in that cell.
  public var cellsRejected = 0

  /// Rows handed on.
  public var kept: Int { read - rejected - filtered }

  /// No rows.
  public init() {}
}

/// What a run did, shared by all its contexts.
final class RunRecord: Sendable {
  struct FileFacts: Sendable, Equatable {
    var path: String
    var bytes: Int
    var sha256: String
  }

  private struct State {
    var dependencies: [String: Set<String>] = [:]  // stage -> paths
    var files: [String: FileFacts] = [:]
    var warnings: [(stage: String, message: String)] = []
    var counts: [String: RowCounts] = [:]
    var rejected: [RejectedCell] = []
    var corrected: [Int: (matched: Int, applied: Int)] = [:]
    var notes: [String: [String]] = [:]
    var kept: [String: String] = [:]
    var identities: [String: [Int]] = [:]
    var hashedApart: Set<String> = []
  }

  private let state = Mutex(State())
  /// The threads of the run.
  let crew = Crew()

  func addDependency(_ path: String, stage: String) {
    state.withLock { _ = $0.dependencies[stage, default: []].insert(path) }
  }

  func keep(_ text: String, at path: String) { state.withLock { $0.kept[path] = text } }

  /// Texts to write when the run has succeeded, by path.
  var keptFiles: [(path: String, text: String)] {
    state.withLock { $0.kept.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
  }

  /// Leaves the hash of the file at `path` to ``RunContext/hash(_:)``; false when it already was.
  func hashApart(_ path: String) -> Bool { state.withLock { $0.hashedApart.insert(path).inserted } }

  /// Whether opening the file at `path` need not hash it.
  func isHashedApart(_ path: String) -> Bool { state.withLock { $0.hashedApart.contains(path) } }

  func finished(_ facts: FileFacts) { state.withLock { $0.files[facts.path] = facts } }

  /// Whether the file was in the state `identity` whenever it was read so far.
  func isSame(_ path: String, _ identity: [Int]) -> Bool {
    state.withLock { state in
      let known = state.identities[path, default: identity]
      state.identities[path] = known
      return known == identity
    }
  }

  func warn(stage: String, _ message: String) {
    state.withLock { state in
      if !state.warnings.contains(where: { $0.stage == stage && $0.message == message }) {
        state.warnings.append((stage, message))
      }
    }
  }

  func reject(_ cell: RejectedCell) {
    state.withLock { state in
      state.rejected.append(cell)
      if !cell.isRow { state.counts[cell.stage, default: RowCounts()].cellsRejected += 1 }
    }
  }

  /// Takes over what another record holds: that of a reading that turned out to be good.
  func absorb(_ other: RunRecord) {
    let theirs = other.state.withLock { $0 }
    for (stage, paths) in theirs.dependencies { for path in paths { addDependency(path, stage: stage) } }
    for facts in theirs.files.values { finished(facts) }
    for (stage, message) in theirs.warnings { warn(stage: stage, message) }
    for (stage, messages) in theirs.notes { for message in messages { note(stage: stage, message) } }
    for cell in theirs.rejected { reject(cell) }
    for (stage, counts) in theirs.counts {
      count(stage: stage, read: counts.read, rejected: counts.rejected, filtered: counts.filtered)
    }
  }

  func corrected(_ index: Int, matched: Int, applied: Int) {
    state.withLock { state in
      let before = state.corrected[index] ?? (0, 0)
      state.corrected[index] = (before.matched + matched, before.applied + applied)
    }
  }

  /// The rows that correction `index` was meant for, and those that it changed.
  func corrections(_ index: Int) -> (matched: Int, applied: Int) { state.withLock { $0.corrected[index] ?? (0, 0) } }

  /// What was put aside, in an order that does not depend on threads.
  var rejectedCells: [RejectedCell] { state.withLock { $0.rejected.sorted() } }

  func note(stage: String, _ message: String) { state.withLock { $0.notes[stage, default: []].append(message) } }

  func notes(of stage: String) -> [String] { state.withLock { $0.notes[stage] ?? [] } }

  func count(stage: String, read: Int, rejected: Int, filtered: Int) {
    state.withLock { state in
      var counts = state.counts[stage, default: RowCounts()]
      counts.read += read
      counts.rejected += rejected
      counts.filtered += filtered
      state.counts[stage] = counts
    }
  }

  /// Every path that a stage asked for, sorted.
  func dependencies(of stage: String) -> [String] { state.withLock { ($0.dependencies[stage] ?? []).sorted() } }

  /// Every path that any stage asked for, sorted.
  var allDependencies: [String] {
    state.withLock { Set($0.dependencies.values.joined()).sorted() }
  }

  /// Facts of the files that were read to their end, by path.
  var files: [String: FileFacts] { state.withLock { $0.files } }

  /// Warnings, by stage and then in order of text, whatever the order in which threads gave them.
  var warnings: [(stage: String, message: String)] {
    state.withLock { $0.warnings.sorted { ($0.stage, $0.message) < ($1.stage, $1.message) } }
  }

  func counts(of stage: String) -> RowCounts { state.withLock { $0.counts[stage] ?? RowCounts() } }
}
