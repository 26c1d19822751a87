import Glibc
import Tabular

/// What the last run into a folder was made from, so that the same run need not be done again.
///
/// Stands beside the outputs as `.peil-state`: it knows this machine's copy of the program and is no part of an extract.
public struct LastRun: Sendable {
  private let plan: Plan
  private let folder: String
  private var path: String { folder + "/.peil-state" }

  /// The last run of `plan` into `folder`.
  public init(_ plan: Plan, folder: String) {
    self.plan = plan
    self.folder = folder
  }

  /// Whether every ingredient and every output is as the last run left it: the program, the pipeline file with its
  /// parameters, every file that was read (by content) and every file that was written.
  public func isUpToDate() -> Bool { reasons().isEmpty }

  /// Why a run would do something; empty when it would not.
  public func reasons() -> [String] {
    guard let bytes = try? InputFile.head(path, count: 1 << 26), let text = String(validating: bytes, as: UTF8.self),
      let state = try? SpecParser.nodes(text, file: path)
    else { return ["there is no earlier run in \(folder)"] }
    var reasons: [String] = []
    for part in parts where state["parts"]?[part.name]?.scalar != part.value { reasons.append(part.reason) }
    let parameters = state["parameters"]
    for (name, value) in plan.spec.parameters where parameters?[name]?.scalar != value {
      let before = parameters?[name]?.scalar.map { "\"\($0)\"" } ?? "absent"
      reasons.append("the parameter \(name) is \"\(value)\", it was \(before)")
    }
    for entry in state["inputs"]?.entries ?? [] {
      guard let now = OutputFile.sha256(ofFile: entry.key, size: nil) else {
        reasons.append("the file \(entry.key) is gone")
        continue
      }
      if now != entry.value.scalar { reasons.append("the file \(entry.key) has another content") }
    }
    let outputs = state["outputs"]?.entries ?? []
    if outputs.isEmpty { reasons.append("the earlier run wrote nothing") }
    for entry in outputs {
      let now = OutputFile.sha256(ofFile: folder + "/" + entry.key, size: nil)
      if now == nil { reasons.append("the output \(entry.key) is gone") }
      if let now, now != entry.value.scalar { reasons.append("the output \(entry.key) was changed by another hand") }
    }
    return reasons
  }

  /// Says to make that the outputs are as new as this moment.
  public func touch() { OutputFile.touch(folder + "/manifest.json") }

  /// Notes what `report`'s run was made from.
  func note(_ report: RunReport) throws(SinkError) {
    let inputs = plan.record.files.values.sorted { $0.path < $1.path }
    let state = JSON.object([
      ("parts", .object(parts.map { ($0.name, .string($0.value)) })),
      ("parameters", .object(plan.spec.parameters.map { ($0.name, .string($0.value)) })),
      ("inputs", .object(inputs.map { ($0.path, .string($0.sha256)) })),
      ("outputs", .object(report.outputs.map { ($0.path, .string($0.sha256)) })),
    ])
    try OutputFile.write(state.text(indent: 1) + "\n", to: path)
  }

  /// The program by its size and time: to hash its bytes would take longer than many a run.
  private static var program: String {
    var info = stat()
    guard stat("/proc/self/exe", &info) == 0 else { return "" }
    return "\(info.st_size) \(info.st_mtim.tv_sec) \(info.st_mtim.tv_nsec)"
  }

  /// What else decides the outputs, each with the reason that a change of it is.
  private var parts: [(name: String, value: String, reason: String)] {
    // Parameters stand in the pipeline file filled in; where only they differ, the file itself has not changed.
    let file = Manifest.json(plan.spec.bare, leavingOut: ["parameters"]).text()
    var plugins = plan.sources.map { "\($0.info.name) \($0.info.version)" }
    plugins += plan.steps.map { "\($0.info.name) \($0.info.version)" }
    plugins += plan.outputs.map { "\($0.info.name) \($0.info.version)" }
    let files = plan.sources.map { source in
      source.spec.id + ": " + source.parts.map(\.input.path).joined(separator: ", ")
    }
    return [
      ("program", "\(peilVersion) \(Self.program)", "the program is another one"),
      ("pipeline", SHA256.hash(file), "the pipeline file \(plan.spec.file) was changed"),
      ("plugins", plugins.joined(separator: ", "), "a plugin has another version"),
      ("files", SHA256.hash(files.joined(separator: "\n")), "the patterns of the sources find other files"),
    ]
  }
}

extension SpecNode {
  /// The text of a scalar, or nil.
  var scalar: String? {
    if case .scalar(let text, _) = content { return text }
    return nil
  }
}
