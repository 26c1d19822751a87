/// Whether the files of a run are what its manifest says, by SHA-256.
public struct Verification: Sendable {
  /// What became of a file.
  public enum State: String, Sendable {
    /// The bytes are those of the run.
    case unchanged
    /// Other bytes.
    case changed
    /// Not there.
    case gone
  }

  /// A file of the run.
  public struct File: Sendable, Equatable {
    /// `input` or `output`.
    public var role: String
    /// The path.
    public var path: String
    /// What became of it.
    public var state: State
  }

  /// The inputs and then the outputs, in the order of the manifest.
  public private(set) var files: [File] = []
  private let folder: String

  /// Hashes every file that the manifest in `folder` names. Paths of inputs are relative to the folder in which the run
  /// was started.
  public init(folder: String) throws(PipelineError) {
    self.folder = folder
    let manifest = try ExtractFile.manifest(folder)
    for (role, key, prefix) in [("input", "inputs", ""), ("output", "outputs", folder + "/")] {
      for entry in ExtractFile.list(manifest[key]) {
        guard let path = entry["path"]?.scalar else { continue }
        let now = OutputFile.sha256(ofFile: prefix + path, size: nil)
        let state: State = now == nil ? .gone : now == entry["sha256"]?.scalar ? .unchanged : .changed
        files.append(File(role: role, path: prefix + path, state: state))
      }
    }
  }

  /// Whether every file is unchanged.
  public var isSound: Bool { files.allSatisfy { $0.state == .unchanged } }

  /// The findings as text.
  public var text: String {
    let odd = files.filter { $0.state != .unchanged }
    let lines = odd.map { "\($0.role) \($0.path): \($0.state.rawValue)" }
    let total = "\(folder): \(files.count - odd.count) of \(files.count) files as in the manifest"
    return (lines + [total]).joined(separator: "\n")
  }

  /// The findings as JSON.
  public var json: JSON {
    .object([
      ("folder", .string(folder)), ("sound", .bool(isSound)),
      (
        "files",
        .array(
          files.map {
            .object([
              ("role", .string($0.role)), ("path", .string($0.path)), ("state", .string($0.state.rawValue)),
            ])
          })
      ),
    ])
  }
}
