import Tabular
import Synchronization

/// How a plan is carried out.
public struct RunOptions: Sendable {
  /// Where outputs go.
  public var outputFolder: String
  /// How many threads work at once.
  public var threads: Int
  /// Told of each stage as it starts; called from any thread.
  public var progress: (@Sendable (String) -> Void)?
  /// Told of each stage as it ends, with its seconds; called from any thread.
  public var timing: (@Sendable (String, Double) -> Void)?
  /// About how many bytes of a large file are read at a time, where several threads share it.
  package var stretchBytes = 8 << 20

  /// Options for a run into `outputFolder`.
  public init(
    outputFolder: String, threads: Int = 1, progress: (@Sendable (String) -> Void)? = nil,
    timing: (@Sendable (String, Double) -> Void)? = nil
  ) {
    self.outputFolder = outputFolder
    self.threads = threads
    self.progress = progress
    self.timing = timing
  }
}

/// Carries out a plan: reads, transforms, checks, writes. Outputs get their names only when all went well.
public struct Runner: Sendable {
  let plan: Plan
  let options: RunOptions

  /// A runner for `plan`.
  public init(_ plan: Plan, options: RunOptions) {
    self.plan = plan
    self.options = options
  }

  /// Runs the plan and leaves its outputs, the manifest and the dependency file for make in the output folder.
  /// - Throws: ``PipelineError``; earlier outputs are then as they were.
  public func run() throws(PipelineError) -> RunReport {
    let lock = try FolderLock(options.outputFolder)
    defer { lock.release() }
    let state = RunState(plan)
    do throws(PipelineError) {
      try tasks(state).run(threads: options.threads, crew: plan.record.crew)
      let failures = state.checkFailures(plan)
      if !failures.isEmpty { throw .checks(failures) }
      try writeQuarantine(state)
      var report = state.report(plan)
      do throws(SinkError) {
        for i in report.outputs.indices { report.outputs[i].isUnchanged = try state.commit(i) }
        if report.outputs.count == plan.outputs.count { Quarantine.remove(from: options.outputFolder) }
        try Manifest(plan: plan, report: report).write(to: options.outputFolder)
        try LastRun(plan, folder: options.outputFolder).note(report)
        for file in plan.record.keptFiles { try OutputFile.write(file.text, to: file.path) }
      } catch { throw .sink(error) }
      return report
    } catch {
      state.discardOutputs()
      throw error
    }
  }

  // MARK: - Tasks

  private func tasks(_ state: RunState) throws(PipelineError) -> TaskGraph {
    var tasks = TaskGraph()
    let fusion = Fusion(plan)
    var producers: [String: Int] = [:]
    for (i, source) in plan.sources.enumerated() {
      let chain = fusion.chains[i]
      for part in source.parts.suffix(2 * options.threads) where isWorthHashingApart(part) {
        addHash(of: part.input.path, source.spec.id, to: &tasks)
      }
      if let output = chain.streamedOutput {
        addStream(source, chain, into: output, state, to: &tasks)
        continue
      }
      if let fold = chain.fold {
        producers[plan.steps[fold].spec.id] = addFold(source, chain, into: fold, state, to: &tasks)
        continue
      }
      // All files of a source cost the same to the scheduler, which then takes them in order; of two sources the larger
      // goes first.
      let sizes = source.parts.map { fileSize($0.input.path) }
      let total = sizes.reduce(0, +)
      let assembler = PartAssembler(schema: plan.schema(of: chain.name), sizes: sizes)
      let reads = source.parts.indices.map { p in
        tasks.add(cost: total) { () throws(PipelineError) in
          let path = source.parts[p].input.path
          try timed("read \(path)") { () throws(PipelineError) in
            let batches = try read(source, part: p, chain)
            do throws(TabularError) { try assembler.set(p, batches) } catch {
              throw .source(SourceError(file: path, error.description))
            }
          }
        }
      }
      producers[chain.name] = tasks.add(after: reads, cost: .max) { () throws(PipelineError) in
        state.set(chain.name, try settle(chain.name, assembler.table(), state), steps: chain.steps)
      }
    }
    for i in plan.graph.order where !fusion.fusedSteps.contains(i) {
      let step = plan.steps[i]
      let inputs = step.spec.from.map(\.text)
      producers[step.spec.id] = tasks.add(after: inputs.compactMap { producers[$0] }) { () throws(PipelineError) in
        try timed("step \(step.spec.id)") { () throws(PipelineError) in
          let table = try apply(step, inputs.map { state.use($0) })
          state.set(step.spec.id, try settle(step.spec.id, table, state), steps: [i])
        }
      }
    }
    for (i, output) in plan.outputs.enumerated() where !fusion.streamedOutputs.contains(i) {
      let inputs = output.spec.from.map(\.text)
      tasks.add(after: inputs.compactMap { producers[$0] }) { () throws(PipelineError) in
        try timed("write \(output.spec.path)") { () throws(PipelineError) in
          try write(i, inputs.map { NamedTable($0, state.use($0)) }, state)
        }
      }
    }
    for (i, check) in plan.spec.checks.enumerated() where check.severity != .quarantine {
      tasks.add(after: [producers[check.on.text]].compactMap { $0 }) { () throws(PipelineError) in
        state.set(check: i, try decide(check, state.use(check.on.text)).result)
      }
    }
    return tasks
  }

  func timed(_ stage: String, _ body: () throws(PipelineError) -> Void) throws(PipelineError) {
    guard let timing = options.timing else { return try body() }
    let start = monotonicSeconds()
    try body()
    timing(stage, monotonicSeconds() - start)
  }

  func context(_ stage: String, _ record: RunRecord? = nil) -> RunContext {
    RunContext(stage: stage, threads: options.threads, record: record ?? plan.record)
  }

  // MARK: - Sources

  /// Reads one file of a source, batch by batch, through the row-level steps behind it.
  private func read(_ source: Plan.Source, part: Int, _ chain: Fusion.Chain) throws(PipelineError) -> [Table] {
    var batches: [Table] = []
    try read(source, part: part, chain) { (table) throws(PipelineError) in
      if table.rowCount > 0 { batches.append(table) }
    }
    return batches
  }

  func read(
    _ source: Plan.Source, part: Int, _ chain: Fusion.Chain, _ receive: (Table) throws(PipelineError) -> Void
  ) throws(PipelineError) {
    let part = source.parts[part]
    options.progress?("reading \(part.input.path)")
    var failure: PipelineError?
    do throws(SourceError) {
      try source.adapter.read(
        part.input, of: source.input, as: source.adapterSchema, context: context(source.spec.id)
      ) { batch in
        do throws(PipelineError) {
          try receive(try passed(batch, part, source, chain))
          return .more
        } catch {
          failure = error
          return .stop
        }
      }
    } catch { throw failure ?? .source(error) }
    if let failure { throw failure }
  }

  /// Whether the SHA-256 of a part's file should be a piece of work of its own, when it is one of a source's last.
  ///
  /// Small enough to fill the time in which one thread reads the last file of a source, and another has nothing to do; an
  /// earlier or a larger file is better hashed while its bytes are at hand.
  private func isWorthHashingApart(_ part: Plan.Part) -> Bool {
    options.threads > 1 && (1 << 20...1 << 24).contains(FileStretch.size(of: part.input.path) ?? 0)
  }

  /// Adds the hashing of the file at `path` for the source `stage`: last of all, beside what one thread does alone. Once
  /// for a file; whoever else opens it only reads.
  func addHash(of path: String, _ stage: String, to tasks: inout TaskGraph) {
    guard plan.record.hashApart(path) else { return }
    tasks.add(cost: -1) { () throws(PipelineError) in
      try timed("hash \(path)") { () throws(PipelineError) in
        do throws(SourceError) { try context(stage).hash(path) } catch { throw .source(error) }
      }
    }
  }

  /// What a batch has become behind the corrections and the row-level steps of the chain.
  func passed(
    _ batch: Batch, _ part: Plan.Part, _ source: Plan.Source, _ chain: Fusion.Chain, record: RunRecord? = nil
  ) throws(PipelineError) -> Table {
    var table = try CorrectionRun(plan, source: source.spec.id).apply(to: withCaptures(batch.table, part, source))
    for step in chain.steps { table = try apply(plan.steps[step], [table], record) }
    return table
  }

  private func withCaptures(_ table: Table, _ part: Plan.Part, _ source: Plan.Source) throws(PipelineError) -> Table {
    if part.captures.isEmpty { return table }
    let constants = part.captures.map { Column.constant($0.value, $0.field.type, count: table.rowCount) }
    do throws(TabularError) {
      return try Table(schema: source.schema, columns: constants + table.columns)
    } catch { throw .source(SourceError(file: part.input.path, error.description)) }
  }

  /// Reads a source's files side by side into a streaming sink, which gets their rows in order.
  private func addStream(
    _ source: Plan.Source, _ chain: Fusion.Chain, into output: Int, _ state: RunState, to tasks: inout TaskGraph
  ) {
    let bound = plan.outputs[output]
    guard let sink = bound.sink as? any StreamingSink else { return }
    let path = options.outputFolder + "/" + bound.spec.path.text
    let schema = plan.schema(of: chain.name)
    let open = StreamedOutput { () throws(SinkError) in
      let file = try OutputFile(path: path)
      return (file, try sink.open(schema, to: file, context: context(bound.spec.path.text)))
    }
    let ordered = OrderedStream { (table) throws(PipelineError) in try open.append(table) }
    let cost = source.parts.reduce(0) { $0 + fileSize($1.input.path) }
    let reads = source.parts.indices.map { part in
      tasks.add(cost: cost) { () throws(PipelineError) in
        do throws(PipelineError) {
          try timed("stream \(source.parts[part].input.path)") { () throws(PipelineError) in
            try read(source, part: part, chain) { (table) throws(PipelineError) in try ordered.append(table, part: part)
            }
            try ordered.finish(part)
          }
        } catch {
          ordered.fail(error)
          throw error
        }
      }
    }
    tasks.add(after: reads, cost: .max) { () throws(PipelineError) in
      let (finished, rows) = try open.finish()
      state.set(output: output, finished, rows: rows, digests: [])
    }
  }

  // MARK: - Steps, outputs, checks

  private func apply(
    _ step: Plan.Step, _ inputs: consuming [Table], _ record: RunRecord? = nil
  ) throws(PipelineError) -> Table {
    if !step.transform.isRowLevel { options.progress?("step \(step.spec.id)") }
    do throws(TransformError) {
      let table = try step.transform.apply(inputs, context: context(step.spec.id, record))
      assert(
        table.schema.fields.map(\.name) == step.schema.fields.map(\.name)
          && table.schema.fields.map(\.type) == step.schema.fields.map(\.type),
        "\(step.spec.uses): the result is not what outputSchema promised")
      return table
    } catch { throw .transform(step: step.spec.id, step.spec.node.position, error) }
  }

  private func write(_ output: Int, _ inputs: [NamedTable], _ state: RunState) throws(PipelineError) {
    let bound = plan.outputs[output]
    options.progress?("writing \(bound.spec.path)")
    do throws(SinkError) {
      let file = try OutputFile(path: options.outputFolder + "/" + bound.spec.path.text)
      try bound.sink.write(inputs, to: file, context: context(bound.spec.path.text))
      state.set(
        output: output, try file.finish(), rows: inputs.reduce(0) { $0 + $1.table.rowCount },
        digests: inputs.map { ContentDigest.of($0.table) })
    } catch { throw .sink(error) }
  }

  private func decide(_ check: CheckSpec, _ table: Table)
    throws(PipelineError) -> (result: RunReport.Check, outcomes: [CheckRule.Outcome])
  {
    do throws(TransformError) {
      let outcomes = try check.rule.outcomes(on: table)
      var counts = [0, 0, 0]
      for outcome in outcomes { counts[Int(outcome.rawValue)] += 1 }
      let allowed = check.allow?.limit(of: Double(table.rowCount)) ?? (check.severity == .quarantine ? .infinity : 0)
      let result = RunReport.Check(
        on: check.on.text, expect: check.rule.text, severity: check.severity, exceeds: Double(counts[0]) > allowed,
        passed: counts[1], failed: counts[0], undecided: counts[2])
      return (result, outcomes)
    } catch { throw .transform(step: check.on.text, check.position, error) }
  }

  /// Takes the rows out of the table `name` that its checks put into quarantine.
  func settle(_ name: String, _ table: Table, _ state: RunState) throws(PipelineError) -> Table {
    var table = table
    for (i, check) in plan.spec.checks.enumerated() where check.severity == .quarantine && check.on.text == name {
      let (result, outcomes) = try decide(check, table)
      state.set(check: i, result)
      if result.failed == 0 { continue }
      let files = plan.sources.first { $0.spec.id == name }?.parts.map(\.input.path) ?? []
      let shown = table.schema.index(of: check.rule.shownColumn)
      for row in outcomes.indices where outcomes[row] == .failed {
        plan.record.reject(
          RejectedCell(
            stage: name, file: files.count == 1 ? files[0] : "", line: 0, column: check.rule.shownColumn,
            value: shown.flatMap { table.columns[$0].text(at: row) } ?? "", reason: check.rule.text + " does not hold",
            row: Quarantine.name(ofRow: row, in: table), isRow: true))
      }
      plan.record.count(stage: name, read: 0, rejected: result.failed, filtered: 0)
      table = table.gathering(outcomes.indices.filter { outcomes[$0] != .failed }.map { Int32($0) })
    }
    return table
  }

  /// Writes what was put aside, as one more output; nothing when there is nothing.
  private func writeQuarantine(_ state: RunState) throws(PipelineError) {
    let cells = plan.record.rejectedCells
    guard !cells.isEmpty, let sink = plan.quarantineSink else { return }
    let path = options.outputFolder + "/" + Quarantine.path
    do throws(SinkError) {
      let table: Table
      do throws(TabularError) { table = try Quarantine.table(cells) } catch {
        throw SinkError(path: path, error.description)
      }
      let file = try OutputFile(path: path)
      try sink.write([NamedTable("quarantine", table)], to: file, context: context(Quarantine.path))
      state.set(
        output: plan.outputs.count, try file.finish(), rows: table.rowCount, digests: [ContentDigest.of(table)])
    } catch { throw .sink(error) }
  }
}
