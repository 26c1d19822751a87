import Synchronization
import Tabular

extension Runner {
  /// Reads a source's files into a step that takes rows as they come, so that they never stand in memory together.
  ///
  /// - Returns: The piece of work after which the step's table is there.
  func addFold(
    _ source: Plan.Source, _ chain: Fusion.Chain, into index: Int, _ state: RunState, to tasks: inout TaskGraph
  ) -> Int? {
    let step = plan.steps[index]
    guard let transform = step.transform as? any FoldingTransform, let first = transform.fold(over: step.inputs[0])
    else { return nil }
    let folds = FoldPool(first, step) { transform.fold(over: step.inputs[0]) }
    let ordered = first.isOrderFree ? nil : OrderedStream { (table) throws(PipelineError) in try folds.take(table) }
    let cost = source.parts.reduce(0) { $0 + fileSize($1.input.path) }
    @Sendable func finishing() throws(PipelineError) {
      try timed("step \(step.spec.id)") { () throws(PipelineError) in
        options.progress?("step \(step.spec.id)")
        state.set(step.spec.id, try settle(step.spec.id, folds.finish(), state), steps: [index])
      }
    }
    if first.isOrderFree, let stretches = stretches(of: source) {
      let reads = addStretches(stretches, source, chain, folds, cost: cost, to: &tasks)
      return tasks.add(after: reads, cost: .max) { () throws(PipelineError) in try finishing() }
    }
    let reads = source.parts.indices.map { part in
      tasks.add(cost: cost) { () throws(PipelineError) in
        try timed("fold \(source.parts[part].input.path)") { () throws(PipelineError) in
          guard let ordered else {
            try folds.withFold { (fold) throws(PipelineError) in
              try read(source, part: part, chain) { (table) throws(PipelineError) in try folds.take(table, into: fold) }
            }
            return
          }
          do throws(PipelineError) {
            try read(source, part: part, chain) { (table) throws(PipelineError) in try ordered.append(table, part: part)
            }
            try ordered.finish(part)
          } catch {
            ordered.fail(error)
            throw error
          }
        }
      }
    }
    return tasks.add(after: reads, cost: .max) { () throws(PipelineError) in try finishing() }
  }

  /// The one large file of a source in stretches, when threads can share it.
  private func stretches(of source: Plan.Source) -> (any SourceStretches)? {
    guard options.threads > 1, source.parts.count == 1, let adapter = source.adapter as? any DividingSource,
      !plan.spec.corrections.contains(where: { $0.on == source.spec.id }),
      fileSize(source.parts[0].input.path) >= 2 * options.stretchBytes
    else { return nil }
    // Whatever is wrong comes to light when the file is read as a whole.
    return try? adapter.stretches(
      of: source.parts[0].input, of: source.input, as: source.adapterSchema, bytes: options.stretchBytes,
      context: context(source.spec.id))
  }

  /// Reads the stretches of a file side by side, and beside them the file for its hash.
  private func addStretches(
    _ stretches: any SourceStretches, _ source: Plan.Source, _ chain: Fusion.Chain, _ folds: FoldPool, cost: Int,
    to tasks: inout TaskGraph
  ) -> [Int] {
    let part = source.parts[0]
    // What steps count on the way is forgotten when the stretches turn out not to fit.
    let record = RunRecord()
    addHash(of: part.input.path, source.spec.id, to: &tasks)
    var reads: [Int] = []
    for index in 0..<stretches.count {
      reads.append(
        tasks.add(cost: cost) { () throws(PipelineError) in
          if index == 0 { options.progress?("reading \(part.input.path)") }
          try timed("fold \(part.input.path) \(index + 1)/\(stretches.count)") { () throws(PipelineError) in
            try folds.withFold { (fold) throws(PipelineError) in
              var failure: PipelineError?
              stretches.read(index) { batch in
                do throws(PipelineError) {
                  try folds.take(passed(batch, part, source, chain, record: record), into: fold)
                  return .more
                } catch {
                  failure = error
                  return .stop
                }
              }
              if let failure { throw failure }
            }
          }
        })
    }
    let joined = tasks.add(after: reads, cost: .max) { () throws(PipelineError) in
      if stretches.join() {
        plan.record.absorb(record)
        return
      }
      folds.reset()
      try timed("fold \(part.input.path)") { () throws(PipelineError) in
        try folds.withFold { (fold) throws(PipelineError) in
          try read(source, part: 0, chain) { (table) throws(PipelineError) in try folds.take(table, into: fold) }
        }
      }
    }
    return [joined]
  }
}

/// The folds of a step: as many as threads read for it at once.
final class FoldPool: Sendable {
  /// A fold, held by one thread at a time.
  private final class Held: @unchecked Sendable {
    let fold: any TableFold
    init(_ fold: any TableFold) { self.fold = fold }
  }

  private let idle: Mutex<[Held]>
  private let step: Plan.Step
  private let make: @Sendable () -> (any TableFold)?

  /// A pool that starts with `first`; `make` makes others like it.
  init(_ first: any TableFold, _ step: Plan.Step, make: @escaping @Sendable () -> (any TableFold)?) {
    idle = Mutex([Held(first)])
    self.step = step
    self.make = make
  }

  /// Lends a fold that nobody else holds.
  func withFold(_ body: (any TableFold) throws(PipelineError) -> Void) throws(PipelineError) {
    let free = idle.withLock { $0.popLast() }
    guard let fold = free?.fold ?? make() else { return }
    let held = free ?? Held(fold)
    defer { idle.withLock { $0.append(held) } }
    try body(fold)
  }

  /// Forgets all rows.
  func reset() { idle.withLock { $0 = [] } }

  /// Gives rows to a fold.
  func take(_ table: Table, into fold: any TableFold) throws(PipelineError) {
    if table.rowCount == 0 { return }
    do throws(TransformError) { try fold.take(table) } catch { throw failure(error) }
  }

  /// Gives the next rows to the one fold.
  func take(_ table: Table) throws(PipelineError) {
    try withFold { (fold) throws(PipelineError) in try take(table, into: fold) }
  }

  /// The step's table, from all folds.
  func finish() throws(PipelineError) -> Table {
    var folds = idle.withLock { held in
      defer { held = [] }
      return held
    }
    guard let first = folds.first?.fold ?? make() else { preconditionFailure("a fold that was made can be made again") }
    do throws(TransformError) {
      // One at a time: each gives its memory back before the next.
      while folds.count > 1 { try first.merge(folds.removeLast().fold) }
      folds = []
      return try first.finish()
    } catch { throw failure(error) }
  }

  private func failure(_ error: TransformError) -> PipelineError {
    .transform(step: step.spec.id, step.spec.node.position, error)
  }
}
