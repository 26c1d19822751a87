import Glibc

/// A folder for the files of a test, removed with its content when nobody holds it any more.
public final class TemporaryFolder: Sendable {
  /// Where it is.
  public let path: String

  /// An empty folder in `TMPDIR`, or else in `/tmp`. Stops the program when there cannot be one.
  public init() {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/peil-test-XXXXXX".utf8CString)
    guard let made = template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) else {
      preconditionFailure("no temporary folder in \(parent): \(String(cString: strerror(errno)))")
    }
    path = String(cString: made)
  }

  deinit { Files.remove(path) }

  /// Writes a file and returns its path; folders in its name are made.
  @discardableResult
  public func write(_ name: String, _ bytes: [UInt8]) -> String {
    let file = path + "/" + name
    for slash in name.indices where name[slash] == "/" { mkdir(path + "/" + name[..<slash], 0o755) }
    guard let handle = fopen(file, "w") else {
      preconditionFailure("\(file) cannot be written: \(String(cString: strerror(errno)))")
    }
    defer { fclose(handle) }
    precondition(fwrite(bytes, 1, bytes.count, handle) == bytes.count, "\(file): the disk is full")
    return file
  }

  /// Writes a file of text and returns its path.
  @discardableResult
  public func write(_ name: String, _ text: String) -> String { write(name, Array(text.utf8)) }

  /// The bytes of a file; nil when it is not there.
  public func read(_ name: String) -> [UInt8]? { Files.bytes(path + "/" + name) }

  /// The text of a file; nil when it is not there.
  public func text(_ name: String) -> String? { read(name).map { String(decoding: $0, as: UTF8.self) } }

  /// The names of what stands in the folder, sorted.
  public var names: [String] { Files.names(path) }

  /// The paths of all files in the folder and in those below it, relative to it, sorted.
  public var files: [String] { Files.all(path) }
}
