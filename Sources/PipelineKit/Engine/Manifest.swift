import Tabular

/// The version of Peil: raised with every release, part of the manifest and of every Parquet file.
public let peilVersion = "0.1.0"

/// What a run read, did and wrote, as a file beside the outputs. The same run gives the same manifest on any machine.
struct Manifest {
  let plan: Plan
  let report: RunReport

  /// Writes `manifest.json` and the dependency file `manifest.d` into `folder`.
  func write(to folder: String) throws(SinkError) {
    let path = folder + "/manifest.json"
    try Self.write(MakeRules.text(target: path, dependencies: dependencies), to: folder + "/manifest.d")
    try Self.write(json.text(indent: 2) + "\n", to: path)
  }

  private static func write(_ text: String, to path: String) throws(SinkError) {
    try OutputFile.write(text, to: path)
    // make compares times: a manifest that came out the same is as new as the run.
    OutputFile.touch(path)
  }

  /// Every file that decided what came out, and the folders whose content did.
  var dependencies: [String] { Set(plan.record.allDependencies + plan.searchedFolders).sorted() }

  /// The manifest as JSON.
  var json: JSON {
    .object([
      ("peil", .string(peilVersion)),
      ("pipeline", .string(plan.spec.name)),
      ("title", .string(plan.spec.title)),
      ("parameters", .object(plan.spec.parameters.map { ($0.name, .string($0.value)) })),
      ("inputs", .array(inputs)),
      ("sources", .array(zip(plan.sources, report.sources).map { source($0, $1) })),
      ("steps", .array(zip(plan.steps, report.steps).map { step($0, $1) })),
      ("checks", .array(report.checks.map { check($0) })),
      ("corrections", .array(report.corrections.map { correction($0) })),
      ("outputs", .array(report.outputs.map { output($0) })),
      (
        "warnings",
        .array(report.warnings.map { .object([("stage", .string($0.stage)), ("message", .string($0.message))]) })
      ),
    ])
  }

  private var inputs: [JSON] {
    let files = plan.record.files
    return plan.record.allDependencies.compactMap { files[$0] }.map { facts in
      .object([("path", .string(facts.path)), ("bytes", .integer(facts.bytes)), ("sha256", .string(facts.sha256))])
    }
  }

  private func source(_ source: Plan.Source, _ done: RunReport.Source) -> JSON {
    let origin = source.spec.origin
    let filtered = report.filtered(by: done.id, in: plan)
    let rejected = report.rejected(of: done.id, in: plan)
    return .object([
      ("id", .string(done.id)), ("adapter", .string(source.info.name)), ("version", .integer(source.info.version)),
      ("files", .array(source.parts.map { .string($0.input.path) })),
      (
        "origin",
        .object([
          ("producer", .string(origin.producer)), ("table", .string(origin.table)),
          ("vintage", .string(origin.vintage)), ("licence", .string(origin.licence)),
        ])
      ),
      ("columns", .array(source.schema.names.map { .string($0) })),
      ("rows_read", .integer(done.counts.read)), ("rows_rejected", .integer(rejected)),
      ("rows_filtered", .integer(filtered)),
      ("rows_kept", .integer(done.counts.read - rejected - filtered)),
      ("cells_rejected", .integer(done.counts.cellsRejected)),
    ])
  }

  private func step(_ step: Plan.Step, _ done: RunReport.Step) -> JSON {
    .object([
      ("id", .string(done.id)), ("transform", .string(step.info.name)), ("version", .integer(step.info.version)),
      ("from", .array(step.spec.from.map { .string($0.text) })),
      ("options", Self.json(step.spec.node, leavingOut: StepSpec.reserved)),
      ("rows", done.rows.map { .integer($0) } ?? .null), ("rows_filtered", .integer(done.filtered)),
      ("rows_rejected", .integer(done.rejected)),
    ])
  }

  private func check(_ check: RunReport.Check) -> JSON {
    .object([
      ("on", .string(check.on)), ("expect", .string(check.expect)), ("severity", .string(check.severity.rawValue)),
      ("passed", .integer(check.passed)), ("failed", .integer(check.failed)), ("undecided", .integer(check.undecided)),
    ])
  }

  private func correction(_ correction: RunReport.Correction) -> JSON {
    .object([
      ("on", .string(correction.on)), ("column", .string(correction.column)), ("when", .string(correction.old)),
      ("reason", .string(correction.reason)), ("source", .string(correction.source)),
      ("rows_matched", .integer(correction.matched)), ("rows_corrected", .integer(correction.applied)),
    ])
  }

  private func output(_ output: RunReport.Output) -> JSON {
    .object([
      ("path", .string(output.path)), ("sink", .string(output.sink)),
      ("from", .array(output.from.map { .string($0) })), ("rows", .integer(output.rows)),
      ("bytes", .integer(output.bytes)), ("sha256", .string(output.sha256)),
      ("content_digest", .array(output.contentDigests.map { .string($0) })),
    ])
  }

  /// A piece of the pipeline file as JSON; scalars stay the texts that they are.
  static func json(_ node: SpecNode, leavingOut keys: [String] = []) -> JSON {
    switch node.content {
    case .null: .null
    case .scalar(let text, _): .string(text)
    case .list(let list): .array(list.map { json($0) })
    case .map(let entries): .object(entries.filter { !keys.contains($0.key) }.map { ($0.key, json($0.value)) })
    }
  }
}

/// The dependency file that make includes.
enum MakeRules {
  /// One rule: `target` depends on `dependencies`; an empty rule for each, so that a vanished file leads to Peil's own
  /// error instead of make's.
  static func text(target: String, dependencies: [String]) -> String {
    var lines = [escaped(target) + ":" + dependencies.map { " \\\n  " + escaped($0) }.joined()]
    lines += dependencies.map { escaped($0) + ":" }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func escaped(_ path: String) -> String {
    var text = ""
    for character in path {
      switch character {
      case " ", "#": text += "\\\(character)"
      case "$": text += "$$"
      default: text.append(character)
      }
    }
    return text
  }
}
