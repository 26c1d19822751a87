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
  public func isUpToDate() -> Bool {
    guard let bytes = try? InputFile.head(path, count: 1 << 26), let text = String(validating: bytes, as: UTF8.self),
      let state = try? SpecParser.nodes(text, file: path), state["key"]?.scalar == key
    else { return false }
    let inputs = state["inputs"]?.entries ?? []
    let outputs = state["outputs"]?.entries ?? []
    guard !outputs.isEmpty else { return false }
    return inputs.allSatisfy { OutputFile.sha256(ofFile: $0.key, size: nil) == $0.value.scalar }
      && outputs.allSatisfy { OutputFile.sha256(ofFile: folder + "/" + $0.key, size: nil) == $0.value.scalar }
  }

  /// Says to make that the outputs are as new as this moment.
  public func touch() { OutputFile.touch(folder + "/manifest.json") }

  /// Notes what `report`'s run was made from.
  func note(_ report: RunReport) throws(SinkError) {
    let inputs = plan.record.files.values.sorted { $0.path < $1.path }
    let state = JSON.object([
      ("key", .string(key)),
      ("inputs", .object(inputs.map { ($0.path, .string($0.sha256)) })),
      ("outputs", .object(report.outputs.map { ($0.path, .string($0.sha256)) })),
    ])
    let file = try OutputFile(path: path)
    try file.write(state.text(indent: 1) + "\n")
    var finished = try file.finish()
    try finished.commit()
  }

  /// The program by its size and time: to hash its bytes would take longer than many a run.
  private static var program: String {
    var info = stat()
    guard stat("/proc/self/exe", &info) == 0 else { return "" }
    return "\(info.st_size) \(info.st_mtim.tv_sec) \(info.st_mtim.tv_nsec)"
  }

  private var key: String {
    var parts = [peilVersion, Self.program]
    parts.append(Manifest.json(plan.spec.root).text())
    for source in plan.sources {
      parts.append("\(source.info.name) \(source.info.version)")
      parts += source.parts.map(\.input.path)
    }
    parts += plan.steps.map { "\($0.info.name) \($0.info.version)" }
    parts += plan.outputs.map { "\($0.info.name) \($0.info.version)" }
    return SHA256.hash(parts.joined(separator: "\n"))
  }
}

extension SpecNode {
  /// The text of a scalar, or nil.
  var scalar: String? {
    if case .scalar(let text, _) = content { return text }
    return nil
  }
}
