internal import CMalloc
import Glibc

/// A file being written under a temporary name. The engine renames it when the sink is done.
///
/// A reader never sees half a file, a failed run leaves the earlier file whole, and an output that comes out with the
/// same bytes is left untouched, so that what make builds from it stays up to date.
public final class OutputFile {
  /// The path that the file will have.
  public let path: String
  private let temporary: String
  private var descriptor: CInt
  private var digest = SHA256()
  /// Bytes written so far.
  public private(set) var bytesWritten = 0
  /// Bytes that the kernel was asked to begin to write to the disk: ``finish()`` then has little to wait for.
  private var bytesStarted = 0

  /// Opens `path` with a temporary name beside it; folders are made as needed.
  /// - Throws: ``SinkError`` saying why it cannot be written.
  public init(path: String) throws(SinkError) {
    self.path = path
    temporary = path + ".partial"
    try Self.makeFolder(of: path)
    // A folder of that name would come to light only when other outputs have their names already.
    var info = stat()
    if stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR { throw Self.unwritable(path, EISDIR) }
    descriptor = Glibc.open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.unwritable(path, errno) }
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      unlink(temporary)
    }
  }

  /// Appends bytes.
  /// - Throws: ``SinkError``, for example when the disk is full.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(SinkError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw Self.unwritable(path, errno)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    digest.update(bytes)
    bytesWritten += bytes.count
    if bytesWritten - bytesStarted >= 1 << 20 {
      peil_start_writeback(descriptor, bytesStarted, bytesWritten - bytesStarted)
      bytesStarted = bytesWritten
    }
  }

  /// Appends bytes.
  /// - Throws: ``SinkError``.
  public func write(_ bytes: [UInt8]) throws(SinkError) {
    try bytes.withUnsafeBufferPointer { (buffer) throws(SinkError) in try write(UnsafeRawBufferPointer(buffer)) }
  }

  /// Appends text as UTF-8.
  /// - Throws: ``SinkError``.
  public func write(_ text: String) throws(SinkError) { try write(Array(text.utf8)) }

  /// Makes the content durable and closes the file; it keeps its temporary name until ``FinishedOutput/commit()``.
  func finish() throws(SinkError) -> FinishedOutput {
    let finished = FinishedOutput(
      path: path, temporary: temporary, bytes: bytesWritten, sha256: digest.finish(), isUnchanged: false)
    guard fsync(descriptor) == 0 else { throw Self.unwritable(path, errno) }
    close(descriptor)
    descriptor = -1
    return finished
  }

  /// Writes a text under its name at once, for files that belong to no run.
  public static func write(_ text: String, to path: String) throws(SinkError) {
    let file = try OutputFile(path: path)
    try file.write(text)
    try file.finishAndName()
  }

  /// Makes the content durable and gives the file its name, for sinks that are tried outside a run.
  package func finishAndName() throws(SinkError) {
    var finished = try finish()
    try finished.commit()
  }

  /// The SHA-256 of a file if it is there and has `size` bytes (or any number, when nil).
  static func sha256(ofFile path: String, size: Int?) -> String? {
    var info = stat()
    guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
    if let size, Int(info.st_size) != size { return nil }
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var digest = SHA256()
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { chunk.deallocate() }
    while true {
      let count = Glibc.read(descriptor, chunk.baseAddress, chunk.count)
      if count < 0 { return nil }
      if count == 0 { return digest.finish() }
      digest.update(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
    }
  }

  static func makeFolder(of path: String) throws(SinkError) {
    var end = path.startIndex
    while let slash = path[end...].dropFirst().firstIndex(of: "/") {
      let folder = String(path[..<slash])
      if mkdir(folder, 0o755) != 0, errno != EEXIST { throw unwritable(folder, errno) }
      end = slash
    }
  }

  /// Sets the file's time to now.
  static func touch(_ path: String) { utimensat(AT_FDCWD, path, nil, 0) }

  static func unwritable(_ path: String, _ code: CInt) -> SinkError {
    let advice =
      switch code {
      case ENOTDIR: "; a file stands where a folder is needed: choose another path"
      case EISDIR: "; a folder has this name: choose another path"
      case EACCES, EPERM: "; check the permissions of the folder, or choose another"
      case ENOSPC, EDQUOT: "; make room, or choose another folder"
      default: "; choose another path"
      }
    return SinkError(.unwritable, path: path, "cannot be written: \(String(cString: strerror(code)))\(advice)")
  }
}

/// An output that is whole, under its temporary name.
struct FinishedOutput: Sendable {
  let path: String
  let temporary: String
  let bytes: Int
  let sha256: String
  /// Whether a file with the same bytes stood there already; known after ``commit()``.
  private(set) var isUnchanged: Bool

  /// Gives the file its name, unless one with the same bytes stands there.
  mutating func commit() throws(SinkError) {
    if OutputFile.sha256(ofFile: path, size: bytes) == sha256 {
      unlink(temporary)
      isUnchanged = true
    } else if rename(temporary, path) != 0 {
      let code = errno
      unlink(temporary)
      throw OutputFile.unwritable(path, code)
    }
  }

  /// Removes the file: the run failed elsewhere.
  func discard() { unlink(temporary) }
}
