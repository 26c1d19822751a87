import Glibc

/// The files of the project, as the tests find them.
enum Repository {
  /// The folder that holds Package.swift.
  static let root: String = {
    var parts = #filePath.split(separator: "/")
    parts.removeLast(3)
    return "/" + parts.joined(separator: "/")
  }()

  /// Paths of all files below `folder`, relative to the root and sorted. Hidden names and build folders are left out.
  static func files(_ folder: String, suffix: String = "") -> [String] {
    guard let directory = opendir(root + "/" + folder) else { return [] }
    defer { closedir(directory) }
    var found: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name.hasPrefix(".") || name == "__pycache__" { continue }
      let path = folder + "/" + name
      var info = stat()
      stat(root + "/" + path, &info)
      if info.st_mode & S_IFMT == S_IFDIR {
        found += files(path, suffix: suffix)
      } else if name.hasSuffix(suffix) {
        found.append(path)
      }
    }
    return found.sorted()
  }

  /// Names directly in `folder`, sorted.
  static func names(_ folder: String) -> [String] {
    Set(files(folder).map { String($0.dropFirst(folder.count + 1).prefix { $0 != "/" }) }).sorted()
  }

  /// The text of a file.
  static func text(_ path: String) -> String {
    guard let file = fopen(root + "/" + path, "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk[..<count]
    }
  }

  /// The lines of a file.
  static func lines(_ path: String) -> [Substring] {
    text(path).split(separator: "\n", omittingEmptySubsequences: false)
  }
}
