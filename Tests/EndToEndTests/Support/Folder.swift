import Glibc

/// A temporary folder that is removed with its content when the test is done.
final class Folder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/peil-test-XXXXXX".utf8CString)
    path = String(cString: mkdtemp(&template))
  }

  deinit { Self.remove(path) }

  /// Writes a file and returns its path; folders are made as needed.
  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) -> String {
    let file = path + "/" + name
    for slash in name.indices where name[slash] == "/" { mkdir(path + "/" + name[..<slash], 0o755) }
    let handle = fopen(file, "w")
    fwrite(bytes, 1, bytes.count, handle)
    fclose(handle)
    return file
  }

  @discardableResult
  func write(_ name: String, _ text: String) -> String { write(name, Array(text.utf8)) }

  /// The bytes of a file, or nil when it is not there.
  func read(_ name: String) -> [UInt8]? { Files.bytes(path + "/" + name) }

  /// Paths of all files below the folder, relative to it and sorted.
  var files: [String] { Files.all(path) }

  private static func remove(_ path: String) {
    for name in Files.names(path) { remove(path + "/" + name) }
    Glibc.remove(path)
  }
}

/// Files on disk.
enum Files {
  /// The folder that holds Package.swift.
  static let root: String = {
    var parts = #filePath.split(separator: "/")
    parts.removeLast(4)
    return "/" + parts.joined(separator: "/")
  }()

  /// The bytes of a file, or nil when it cannot be read.
  static func bytes(_ path: String) -> [UInt8]? {
    guard let handle = fopen(path, "r") else { return nil }
    defer { fclose(handle) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, handle)
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  /// The names in a folder, sorted; none when it is not a folder.
  static func names(_ path: String) -> [String] {
    var info = stat()
    guard lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR, let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      names.append(withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
    }
    return names.filter { $0 != "." && $0 != ".." }.sorted()
  }

  /// Paths of all files below a folder, relative to it and sorted.
  static func all(_ path: String) -> [String] {
    names(path).flatMap { name in
      let below = all(path + "/" + name)
      var info = stat()
      let isFolder = lstat(path + "/" + name, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
      return isFolder ? below.map { name + "/" + $0 } : [name]
    }
  }

  /// The value of an environment variable, or nil.
  static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
