import Synchronization
import Tabular

/// Makes a plan from a pipeline file: plugins, files and schemas, before data is read.
public struct Planner: Sendable {
  let catalog: PluginCatalog
  let threads: Int
  private let record = RunRecord()

  /// A planner that knows the plugins of `catalog`; plugins may use `threads` threads.
  public init(catalog: PluginCatalog, threads: Int = 1) {
    self.catalog = catalog
    self.threads = threads
  }

  /// The plan for the pipeline file at `path`, with parameters from the command line: every plugin is made, every file
  /// found, every schema checked.
  public func plan(path: String, settings: [(name: String, value: String)] = []) throws(PipelineError) -> Plan {
    let text = try source { () throws(SourceError) in try context("pipeline").text(path) }
    var spec = try spec { () throws(SpecError) in
      try SpecParser.pipeline(text, file: path, settings: settings)
    }
    for file in spec.ruleFiles {
      let rules = try source { () throws(SourceError) in try context("pipeline").text(file.path.path) }
      try self.spec { () throws(SpecError) in try RuleParser.add(rules, of: file, to: &spec) }
    }
    let graph = try self.spec { () throws(SpecError) in try Graph(spec) }
    return try bind(spec, graph)
  }

  private func context(_ stage: String) -> RunContext { RunContext(stage: stage, threads: threads, record: record) }

  private func spec<T>(_ body: () throws(SpecError) -> T) throws(PipelineError) -> T {
    do throws(SpecError) { return try body() } catch { throw .spec(error) }
  }

  private func source<T>(_ body: () throws(SourceError) -> T) throws(PipelineError) -> T {
    do throws(SourceError) { return try body() } catch { throw .source(error) }
  }

  /// Calls `body`; a file that cannot be read gets the place that names it.
  private func source<T>(
    of source: SourceSpec, at position: (String) -> SourcePosition?, _ body: () throws(SourceError) -> T
  ) throws(PipelineError) -> T {
    do throws(SourceError) { return try body() } catch {
      var located = error
      if error.kind == .unreadable, let position = position(error.file) {
        located.message += " (source \"\(source.id)\", \(position))"
      }
      throw .source(located)
    }
  }

  // MARK: - Plugins

  private func bind(_ spec: PipelineSpec, _ graph: Graph) throws(PipelineError) -> Plan {
    // Names of plugins, options and circles first: they need no file of a source.
    let outputs = try self.spec { () throws(SpecError) in try bindOutputs(spec) }
    let transforms = try self.spec { () throws(SpecError) in try bindTransforms(spec) }
    var folders: [String] = []
    let sources = try bindSources(spec.sources, &folders)
    let quarantine = try self.spec { () throws(SpecError) in
      try catalog.sink("parquet")?.make(
        SpecNode(.map([]), at: SourcePosition(file: spec.file)), [], context(Quarantine.path))
    }
    var plan = Plan(
      spec: spec, graph: graph, sources: sources, steps: [], outputs: outputs, record: record,
      quarantineSink: quarantine, searchedFolders: folders)
    let full = try self.spec { () throws(SpecError) in try typeSteps(plan, transforms) }
    plan.steps = full
    try self.spec { () throws(SpecError) in try checkEnds(plan) }
    try self.spec { () throws(SpecError) in try narrow(&plan) }
    plan.steps = try self.spec { () throws(SpecError) in try typeSteps(plan, transforms) }
    return plan
  }

  private func bindTransforms(_ spec: PipelineSpec) throws(SpecError) -> [(any Transform, PluginInfo)] {
    var transforms: [(any Transform, PluginInfo)] = []
    for step in spec.steps {
      guard let entry = catalog.transform(step.uses.text) else {
        throw SpecError(
          step.uses.position,
          "no transform \"\(step.uses)\""
            + didYouMean(step.uses.text, among: catalog.transforms.map(\.plugin.info.name)))
      }
      let range = entry.inputCount
      guard range.contains(step.from.count) else {
        let wanted = range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "at least \(range.lowerBound)"
        throw SpecError(
          step.node.position, "\"\(step.uses)\" takes \(wanted) input(s), \"from\" names \(step.from.count)")
      }
      transforms.append((try entry.plugin.make(step.node, StepSpec.reserved, context(step.id)), entry.plugin.info))
    }
    return transforms
  }

  private func bindOutputs(_ spec: PipelineSpec) throws(SpecError) -> [Plan.Output] {
    var outputs: [Plan.Output] = []
    var paths: Set<String> = []
    for output in spec.outputs {
      guard let entry = catalog.sink(output.sink.text) else {
        throw SpecError(
          output.sink.position,
          "no sink \"\(output.sink)\"" + didYouMean(output.sink.text, among: catalog.sinks.map(\.info.name)))
      }
      guard paths.insert(output.path.text).inserted else {
        throw SpecError(output.path.position, "two outputs write \"\(output.path)\"")
      }
      if output.path.text == Quarantine.path {
        throw SpecError(
          output.path.position, "\(Quarantine.path) is the file of rejected rows and cells; choose another name")
      }
      let parts = output.path.text.split(separator: "/")
      guard !output.path.text.hasPrefix("/"), !parts.contains(".."), !parts.isEmpty else {
        throw SpecError(
          output.path.position, "an output's path stays inside the output folder: no leading \"/\", no \"..\"")
      }
      let sink = try entry.make(output.node, OutputSpec.reserved, context(output.path.text))
      outputs.append(Plan.Output(spec: output, sink: sink, info: entry.info))
    }
    return outputs
  }

  // MARK: - Sources

  /// Looks at the files of several sources side by side; of several errors the first source's is thrown.
  private func bindSources(_ specs: [SourceSpec], _ folders: inout [String]) throws(PipelineError) -> [Plan.Source] {
    let results = Mutex([(source: Plan.Source, folders: [String])?](repeating: nil, count: specs.count))
    var tasks = TaskGraph()
    for (i, spec) in specs.enumerated() {
      tasks.add { () throws(PipelineError) in
        var folders: [String] = []
        let source = try bindSource(spec, &folders)
        results.withLock { $0[i] = (source, folders) }
      }
    }
    try tasks.run(threads: threads, crew: record.crew)
    let bound = results.withLock { $0.compactMap { $0 } }
    for (_, found) in bound { folders += found }
    return bound.map(\.source)
  }

  private func bindSource(_ source: SourceSpec, _ folders: inout [String]) throws(PipelineError) -> Plan.Source {
    let context = context(source.id)
    var matches: [FilePattern.Match] = []
    var places: [String: SourcePosition] = [:]  // file -> the pattern that found it
    for var pattern in source.files {
      let place = pattern.position
      var found = try self.source(of: source, at: { _ in place }) { () throws(SourceError) in try pattern.expand() }
      if found.isEmpty, let otherwise = source.otherwise {
        found = [.init(path: otherwise.path, captures: pattern.captureNames.map { (name: $0, value: "") })]
      }
      if found.isEmpty {
        throw .source(
          SourceError(
            .unreadable, file: pattern.path,
            "no file matches (source \"\(source.id)\", \(pattern.position)); check the folder and the pattern"))
      }
      folders += pattern.searchedFolders
      matches += found
      for match in found { places[match.path] = pattern.position }
    }
    let captures = try spec { () throws(SpecError) in try captureFields(source, matches) }
    let parts = matches.map { match in
      Plan.Part(
        input: InputPart(path: match.path),
        captures: zip(captures, match.captures).map { (field: $0, value: $1.value) })
    }
    let input = Input(parts: parts.map(\.input), origin: source.origin)
    let entry = try adapter(of: source, first: matches[0].path, at: source.files[0].position)
    let adapter = try spec { () throws(SpecError) in
      try entry.plugin.make(source.node, SourceSpec.reserved, context)
    }
    let schema = try self.source(of: source, at: { places[$0] }) { () throws(SourceError) in
      try adapter.schema(of: input, context: context)
    }
    let full = try withCaptures(schema, captures, source)
    return Plan.Source(
      spec: source, adapter: adapter, info: entry.plugin.info, parts: parts, input: input, fullSchema: full,
      adapterSchema: schema)
  }

  /// The adapter that the pipeline file names, or with `adapter: auto` the one that recognises the first file.
  private func adapter(of source: SourceSpec, first path: String, at position: SourcePosition)
    throws(PipelineError) -> SourceEntry
  {
    if source.adapter.text == "auto" {
      return try self.source(of: source, at: { _ in position }) { () throws(SourceError) in
        try Recogniser(catalog: catalog).recognise(path, context: context(source.id)).entry
      }
    }
    guard let entry = catalog.source(source.adapter.text) else {
      throw .spec(
        SpecError(
          source.adapter.position,
          "no source adapter \"\(source.adapter)\""
            + didYouMean(source.adapter.text, among: ["auto"] + catalog.sources.map(\.plugin.info.name))))
    }
    return entry
  }

  private func captureFields(_ source: SourceSpec, _ matches: [FilePattern.Match]) throws(SpecError) -> [Field] {
    let names = source.files[0].captureNames
    for pattern in source.files where pattern.captureNames != names {
      throw SpecError(pattern.position, "all patterns of a source must capture the same names, in the same order")
    }
    return names.enumerated().map { i, name in
      let isWhole = matches.allSatisfy { match in
        let value = match.captures[i].value
        return Int64(value).map { String($0) == value } ?? false
      }
      return Field(name, isWhole ? .int64 : .string, role: .key)
    }
  }

  private func withCaptures(_ schema: Schema, _ captures: [Field], _ source: SourceSpec) throws(PipelineError) -> Schema
  {
    do throws(TabularError) { return try Schema(captures + schema.fields) } catch {
      throw .spec(
        SpecError(source.node.position, "a name in braces is also a column of the files: \(error)"))
    }
  }

  // MARK: - Schemas

  private func typeSteps(_ plan: Plan, _ transforms: [(any Transform, PluginInfo)]) throws(SpecError) -> [Plan.Step] {
    var typed: [Int: Plan.Step] = [:]
    func schema(of name: String) -> Schema {
      switch plan.graph.nodes[name] {
      case .source(let i): plan.sources[i].schema
      case .step(let i): typed[i]?.schema ?? Schema()
      case nil: Schema()
      }
    }
    for i in plan.graph.order {
      let spec = plan.spec.steps[i]
      let inputs = spec.from.map { schema(of: $0.text) }
      typed[i] = Plan.Step(
        spec: spec, transform: transforms[i].0, info: transforms[i].1, inputs: inputs,
        schema: try transforms[i].0.outputSchema(for: inputs))
    }
    return plan.spec.steps.indices.compactMap { typed[$0] }
  }

  private func checkEnds(_ plan: Plan) throws(SpecError) {
    for output in plan.outputs {
      try output.sink.check(output.spec.from.map { NamedSchema($0.text, plan.schema(of: $0.text)) })
    }
    for check in plan.spec.checks {
      try check.rule.check(plan.schema(of: check.on.text))
    }
    for correction in plan.spec.corrections { try correction.check(plan.schema(of: correction.on)) }
  }

  /// Leaves out the source columns that nobody needs, from the ends of the graph backwards.
  private func narrow(_ plan: inout Plan) throws(SpecError) {
    var needs = Needs()
    for output in plan.outputs {
      let inputs = output.spec.from.map { NamedSchema($0.text, plan.schema(of: $0.text)) }
      for (input, columns) in zip(inputs, output.sink.neededColumns(inputs)) { needs.add(columns, of: input.name) }
    }
    for check in plan.spec.checks { needs.add(Set(check.rule.columns), of: check.on.text) }
    for correction in plan.spec.corrections { needs.add(Set(correction.columns), of: correction.on) }
    for i in plan.graph.order.reversed() {
      let step = plan.steps[i]
      guard let wanted = needs[step.spec.id] else { continue }  // nobody uses it: it runs only to be checked
      let columns = step.transform.neededColumns(wanted.columns, inputs: step.inputs)
      for (input, columns) in zip(step.spec.from, columns) { needs.add(columns, of: input.text) }
    }
    for i in plan.graph.order where needs[plan.steps[i].spec.id] == nil {
      for input in plan.steps[i].spec.from { needs.add(nil, of: input.text) }
    }
    for i in plan.sources.indices {
      guard let columns = needs[plan.sources[i].spec.id]?.columns else { continue }
      let source = plan.sources[i]
      plan.sources[i].narrow(to: source.fullSchema.fields.filter { columns.contains($0.name) })
    }
  }
}

/// The columns that are needed of each name: all of them, or a set.
private struct Needs {
  struct Wanted { var columns: Set<String>? }
  private var byName: [String: Wanted] = [:]

  subscript(name: String) -> Wanted? { byName[name] }

  mutating func add(_ columns: Set<String>?, of name: String) {
    guard let old = byName[name] else {
      byName[name] = Wanted(columns: columns)
      return
    }
    guard let had = old.columns, let columns else {
      byName[name] = Wanted(columns: nil)
      return
    }
    byName[name] = Wanted(columns: had.union(columns))
  }
}
