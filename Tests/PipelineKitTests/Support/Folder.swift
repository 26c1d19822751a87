import Glibc

/// A temporary folder that is removed with its content when the test is done.
final class Folder {
  let path: String

  init() {
    var template = Array("/tmp/peil-test-XXXXXX".utf8CString)
    path = String(cString: mkdtemp(&template))
  }

  deinit { Self.remove(path) }

  /// Writes a file and returns its path; folders are made as needed.
  @discardableResult
  func write(_ name: String, _ text: String) -> String { write(name, Array(text.utf8)) }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) -> String {
    let file = path + "/" + name
    if let slash = name.lastIndex(of: "/") { mkdir(path + "/" + name[..<slash], 0o755) }
    let handle = fopen(file, "w")
    fwrite(bytes, 1, bytes.count, handle)
    fclose(handle)
    return file
  }

  func read(_ name: String) -> String? {
    guard let handle = fopen(path + "/" + name, "r") else { return nil }
    defer { fclose(handle) }
    var bytes: [UInt8] = []
    var byte = fgetc(handle)
    while byte >= 0 {
      bytes.append(UInt8(byte))
      byte = fgetc(handle)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  var names: [String] { Self.names(path) }

  private static func names(_ path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      names.append(withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
    }
    return names.filter { $0 != "." && $0 != ".." }.sorted()
  }

  private static func remove(_ path: String) {
    for name in names(path) { remove(path + "/" + name) }
    Glibc.remove(path)
  }
}
