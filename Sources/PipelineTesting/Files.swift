import Glibc
import Synchronization

/// Files on disk, for checks and tests.
package enum Files {
  /// The size in bytes; 0 when the file is not there.
  static func size(_ path: String) -> Int {
    var info = stat()
    return stat(path, &info) == 0 ? Int(info.st_size) : 0
  }

  /// The whole file; nil when it cannot be read.
  package static func bytes(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  /// The names in a folder, sorted; none when it is not a folder.
  package static func names(_ path: String) -> [String] {
    guard isFolder(path), let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      names.append(withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
    }
    return names.filter { $0 != "." && $0 != ".." }.sorted()
  }

  /// The paths of all files in a folder and in those below it, relative to it, sorted.
  package static func all(_ path: String) -> [String] {
    names(path).flatMap { name in
      isFolder(path + "/" + name) ? all(path + "/" + name).map { name + "/" + $0 } : [name]
    }
  }

  /// Removes a file, or a folder with its content; what a link names stays.
  static func remove(_ path: String) {
    for name in names(path) { remove(path + "/" + name) }
    Glibc.remove(path)
  }

  private static func isFolder(_ path: String) -> Bool {
    var info = stat()
    return lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
  }

  /// Calls `body` with the path of a file that holds `bytes` until it returns.
  static func with<Result>(_ bytes: [UInt8], suffix: String = "", _ body: (String) -> Result) -> Result {
    let folder = TemporaryFolder()
    return withExtendedLifetime(folder) { body(folder.write("trial" + suffix, bytes)) }
  }
}

/// Places that threads fill side by side.
final class Slots<Value: Sendable>: Sendable {
  private let state: Mutex<[Value?]>

  init(_ count: Int) { state = Mutex([Value?](repeating: nil, count: count)) }

  func set(_ i: Int, _ value: Value) { state.withLock { $0[i] = value } }

  var values: [Value?] { state.withLock { $0 } }
}

/// Watches what goes to standard output.
enum StandardOutput {
  private static let lock = Mutex(())

  /// Whether anything is written to standard output while `body` runs; it is passed on afterwards.
  static func isWritten(during body: () -> Void) -> Bool {
    lock.withLock { _ in
      guard let passing = tmpfile() else { return false }
      defer { fclose(passing) }
      let file = fileno(passing)
      fflush(nil)
      let old = dup(1)
      guard old >= 0 else { return false }
      dup2(file, 1)
      body()
      fflush(nil)
      dup2(old, 1)
      close(old)
      let size = lseek(file, 0, SEEK_END)
      guard size > 0 else { return false }
      lseek(file, 0, SEEK_SET)
      var bytes = [UInt8](repeating: 0, count: Int(size))
      let count = read(file, &bytes, bytes.count)
      if count > 0 { _ = write(1, bytes, count) }
      return true
    }
  }
}
