import Glibc
import Synchronization
import Tabular

/// Tables on their way through a run. A table is let go when its last user has taken it.
final class RunState: Sendable {
  private struct State {
    var tables: [String: Table] = [:]
    var uses: [String: Int] = [:]
    var rows: [Int: Int] = [:]
    var outputs: [Int: Written] = [:]
    var checks: [Int: RunReport.Check] = [:]
  }

  private struct Written {
    var file: FinishedOutput
    var rows: Int
    var digests: [String]
  }

  private let state: Mutex<State>

  init(_ plan: Plan) {
    var uses: [String: Int] = [:]
    let references =
      plan.spec.steps.flatMap(\.from) + plan.spec.outputs.flatMap(\.from)
      + plan.spec.checks.filter { $0.severity != .quarantine }.map(\.on)
    for reference in references { uses[reference.text, default: 0] += 1 }
    var initial = State()
    initial.uses = uses
    state = Mutex(initial)
  }

  /// Puts down the table `name`, the result of the last of `steps`.
  func set(_ name: String, _ table: Table, steps: [Int]) {
    state.withLock { state in
      if state.uses[name, default: 0] > 0 { state.tables[name] = table }
      if let last = steps.last { state.rows[last] = table.rowCount }
    }
  }

  /// Takes the table `name`; it is let go with the last use.
  func use(_ name: String) -> Table {
    state.withLock { state in
      let uses = state.uses[name, default: 0] - 1
      state.uses[name] = uses
      guard let table = state.tables[name] else { preconditionFailure("\(name) is used before it is made") }
      if uses == 0 { state.tables[name] = nil }
      return table
    }
  }

  func set(output: Int, _ file: FinishedOutput, rows: Int, digests: [String]) {
    state.withLock { $0.outputs[output] = Written(file: file, rows: rows, digests: digests) }
  }

  func set(check: Int, _ result: RunReport.Check) { state.withLock { $0.checks[check] = result } }

  /// Texts of the checks that failed and should stop the run.
  func checkFailures(_ plan: Plan) -> [String] {
    state.withLock { state in
      state.checks.sorted { $0.key < $1.key }.compactMap { i, check in
        guard check.exceeds, check.severity != .warn else { return nil }
        let allowed = plan.spec.checks[i].allow.map { ", \($0.optionText ?? "") allowed" } ?? ""
        return
          "\(plan.spec.checks[i].position): check failed on \"\(check.on)\": \"\(check.expect)\" does not hold for \(check.failed) row(s) "
          + "(\(check.passed) pass, \(check.undecided) undecided\(allowed)); outputs are left as they were"
      }
    }
  }

  /// Gives output `i` its name.
  /// - Returns: whether a file with the same bytes stood there already.
  func commit(_ i: Int) throws(SinkError) -> Bool {
    guard var file = state.withLock({ $0.outputs[i]?.file }) else { return false }
    try file.commit()
    return file.isUnchanged
  }

  /// Removes the temporary files of a run that failed.
  func discardOutputs() { for written in state.withLock({ $0.outputs.values.map(\.file) }) { written.discard() } }

  func report(_ plan: Plan) -> RunReport {
    state.withLock { state in
      var report = RunReport()
      for source in plan.sources {
        report.sources.append(
          .init(id: source.spec.id, files: source.parts.count, counts: plan.record.counts(of: source.spec.id)))
      }
      for (i, step) in plan.steps.enumerated() {
        report.steps.append(
          .init(
            id: step.spec.id, uses: step.spec.uses.text, rows: state.rows[i],
            filtered: plan.record.counts(of: step.spec.id).filtered,
            rejected: plan.record.counts(of: step.spec.id).rejected))
      }
      for (i, output) in plan.outputs.enumerated() {
        guard let written = state.outputs[i] else { continue }
        report.outputs.append(
          .init(
            path: output.spec.path.text, sink: output.spec.sink.text, from: output.spec.from.map(\.text),
            rows: written.rows, bytes: written.file.bytes,
            sha256: written.file.sha256, contentDigests: written.digests, isUnchanged: false))
      }
      if let written = state.outputs[plan.outputs.count] {
        report.outputs.append(
          .init(
            path: Quarantine.path, sink: "parquet", from: [], rows: written.rows, bytes: written.file.bytes,
            sha256: written.file.sha256, contentDigests: written.digests, isUnchanged: false))
      }
      for (i, correction) in plan.spec.corrections.enumerated() {
        let (matched, applied) = plan.record.corrections(i)
        let result = RunReport.Correction(
          on: correction.on, column: correction.rule.column.text, old: correction.rule.old.text,
          reason: correction.rule.reason, source: correction.rule.source, position: correction.position,
          matched: matched, applied: applied)
        if let warning = result.warning { plan.record.warn(stage: correction.on, warning) }
        report.corrections.append(result)
      }
      report.checks = state.checks.sorted { $0.key < $1.key }.map(\.value)
      report.warnings = plan.record.warnings
      report.notes = plan.outputs.flatMap { plan.record.notes(of: $0.spec.path.text) }
      return report
    }
  }
}

/// Puts the files of a source together in their order, whatever the order in which they are read.
///
/// Batches go straight to their place in the final columns as soon as all files before theirs are there, so that nothing
/// stands in memory twice when files are read in order.
final class PartAssembler: Sendable {
  private struct State {
    var next = 0
    var waiting: [Int: [Table]] = [:]
    var builder: TableBuilder?
  }

  private let schema: Schema
  private let sizes: [Int]
  private let state = Mutex(State())

  /// An assembler of files of the given sizes in bytes.
  init(schema: Schema, sizes: [Int]) {
    self.schema = schema
    self.sizes = sizes
  }

  /// Takes the batches of file `part`.
  func set(_ part: Int, _ batches: [Table]) throws(TabularError) {
    let result = state.withLock { state in
      state.waiting[part] = batches
      return Result { () throws(TabularError) in
        while let batches = state.waiting.removeValue(forKey: state.next) {
          if state.builder == nil { state.builder = TableBuilder(schema: schema, capacity: capacity(batches)) }
          for batch in batches { try state.builder?.append(batch) }
          state.next += 1
        }
      }
    }
    try result.get()
  }

  /// Rows to reserve: as many for each byte as the first file has, and some more. Memory that is never touched costs nothing.
  private func capacity(_ first: [Table]) -> Int {
    let rows = first.reduce(0) { $0 + $1.rowCount }
    guard sizes.count > 1, let size = sizes.first, size > 0 else { return rows }
    return rows + Int(Double(rows) * Double(sizes.dropFirst().reduce(0, +)) / Double(size) * 1.1)
  }

  /// The whole table.
  func table() -> Table {
    state.withLock { state in
      defer { state.builder = nil }
      return state.builder.map { $0.build() } ?? Table(empty: schema)
    }
  }
}

/// Holds an output folder for one run at a time.
struct FolderLock {
  private let descriptor: CInt

  /// - Throws: ``PipelineError/busy(_:)`` when another run holds the folder.
  init(_ folder: String) throws(PipelineError) {
    do throws(SinkError) { try OutputFile.makeFolder(of: folder + "/x") } catch { throw .sink(error) }
    descriptor = open(folder + "/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .sink(OutputFile.unwritable(folder, errno)) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw .busy(folder)
    }
  }

  func release() { close(descriptor) }
}

/// The size of a file in bytes, 0 when it cannot be told.
func fileSize(_ path: String) -> Int {
  var info = stat()
  return stat(path, &info) == 0 ? Int(info.st_size) : 0
}

/// Seconds of a clock that only goes forward: for progress and timings, never for outputs.
public func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
