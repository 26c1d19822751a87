import Tabular

/// What a run would do and why, for people to read before it does.
public struct PlanOutline: Sendable {
  private let plan: Plan
  private let folder: String
  /// Why the pipeline would run; empty when everything is up to date.
  public let reasons: [String]

  /// The outline of `plan` for outputs in `folder`.
  public init(_ plan: Plan, folder: String) {
    self.plan = plan
    self.folder = folder
    reasons = LastRun(plan, folder: folder).reasons()
  }

  private var sources: [(id: String, text: String)] {
    plan.sources.map { source in
      let files = source.parts.count == 1 ? source.parts[0].input.path : "\(source.parts.count) files"
      let bytes = source.parts.reduce(0) { $0 + fileSize($1.input.path) }
      return (
        source.spec.id,
        "\(source.info.name), \(files), \(bytes) bytes, \(source.schema.count) of \(source.fullSchema.count) columns"
      )
    }
  }

  private var steps: [(id: String, text: String)] {
    let fusion = Fusion(plan)
    return plan.graph.order.map { i in
      let step = plan.steps[i]
      let from = step.spec.from.map(\.text).joined(separator: ", ")
      let way = fusion.fusedSteps.contains(i) ? ", batch by batch behind its source" : ""
      return (step.spec.id, "\(step.info.name) of \(from), \(step.schema.count) columns\(way)")
    }
  }

  private var outputs: [(id: String, text: String)] {
    let streamed = Fusion(plan).streamedOutputs
    return plan.outputs.enumerated().map { i, output in
      let from = output.spec.from.map(\.text).joined(separator: ", ")
      return (
        folder + "/" + output.spec.path.text,
        "\(output.info.name) of \(from)" + (streamed.contains(i) ? ", as rows come" : "")
      )
    }
  }

  /// The outline as text.
  public var text: String {
    var lines = ["\(plan.spec.name): " + (reasons.isEmpty ? "up to date, nothing would run" : "would run")]
    lines += reasons.map { "  because \($0)" }
    for (title, list) in [("read", sources), ("step", steps), ("write", outputs)] {
      lines += list.map { "  \(title) \($0.id): \($0.text)" }
    }
    lines += plan.spec.corrections.map { "  correct \($0.on): \($0.columns.last ?? "")" }
    lines += plan.spec.checks.map { "  check \($0.on): \($0.rule.text)" }
    return lines.joined(separator: "\n")
  }

  /// The outline as JSON.
  public var json: JSON {
    func list(_ entries: [(id: String, text: String)]) -> JSON {
      .array(entries.map { .object([("id", .string($0.id)), ("does", .string($0.text))]) })
    }
    return .object([
      ("pipeline", .string(plan.spec.name)), ("would_run", .bool(!reasons.isEmpty)),
      ("because", .array(reasons.map { .string($0) })), ("sources", list(sources)), ("steps", list(steps)),
      ("outputs", list(outputs)),
    ])
  }
}
